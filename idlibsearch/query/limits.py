"""How much one question may ask for: the one place of all bounds on expansions. Over a bound it is refused, never cut short."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds on what a question's patterns (wildcards, fuzzy words, regular expressions) may cost.

    None of them is a time, so that the same question is answered or refused on every machine.
    """

    expanded_words: int = 50_000  # one pattern's distinct words; the words of 200,000 news stories with one letter in front
    patterns: int = 50  # and exact spellings, in one question; each takes 8 bytes a report while it is answered
    pattern_characters: int = 255  # as long as the longest word
    program_size: int = 2_000  # steps of one compiled pattern, counted repeats written out
    effort: int = 2_000_000  # steps taken to work out one question's automata; half a second or so


LIMITS = Limits()


class PatternError(ValueError):
    """A pattern that cannot be run; ``plan`` turns it into a QueryError with its place in the question."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

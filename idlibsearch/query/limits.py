"""How much one question may ask for, and how long it may take. Over a bound on expansions it is refused, never cut short."""

from __future__ import annotations

import time
from types import TracebackType
from typing import NamedTuple, Self

from idlibsearch.errors import SearchTimeoutError

MAX_DISTANCE = 1_000  # of nearness, in tokens: beyond that a report is meant
MAX_FLAT = 8  # operands of one NEAR/n(…): what the kernel takes


class Limits(NamedTuple):
    """Bounds on a question's length, and on what its patterns (wildcards, fuzzy words, expressions) and nearness may cost.

    None of them is a time, so that the same question is answered or refused on every machine.

    >>> index.search("cease*", limits=idlibsearch.Limits(characters=5))
    Traceback (most recent call last):
        ...
    idlibsearch.errors.QueryError: the query is 6 characters long; ask in at most 5 characters
    """

    expanded_words: int = 50_000  # one pattern's distinct words; the words of 200,000 news stories with one letter in front
    patterns: int = 50  # and exact spellings, in one question; each takes 8 bytes a report while it is answered
    pattern_characters: int = 255  # as long as the longest word
    program_size: int = 2_000  # steps of one compiled pattern, counted repeats written out
    effort: int = 2_000_000  # steps taken to work out one question's automata; half a second or so
    combinations: int = 1_000_000  # ways to satisfy one piece of nearness in one field of one report; 24 bytes each
    characters: int = 10_000  # of a question: a page of text; longer ones are pasted by mistake
    depth: int = 50  # groups in groups, NOT before NOT: at ten calls a group far from Python's own limit


LIMITS = Limits()


class PatternError(ValueError):
    """A pattern that cannot be run; ``plan`` turns it into a QueryError with its place in the question."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class CombinationsError(ValueError):
    """Nearness that is satisfied in too many ways in one report; ``most`` is the bound. ``Found`` turns it into a QueryError."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most:,} combinations")
        self.most = most


class LateError(Exception):
    """The time is up. ``found``: the best hits a kernel has by then, as it gives them."""

    def __init__(self, found: list[tuple[float, int]]) -> None:
        super().__init__("the time is up")
        self.found = found


class Deadline:
    """How long each step of an answer may take: the hits, and what is counted when it is asked for.

    A context manager around each, which turns LateError into SearchTimeoutError. ``end_ns``: when the present one has to be
    over, on the clock of ``time.time_ns``; 0 for never.
    """

    def __init__(self, query: str, timeout_ms: float | None) -> None:
        self._query, self._timeout_ms = query, timeout_ms
        self._depth = 0
        self.end_ns = 0

    def __enter__(self) -> Self:
        if self._timeout_ms is not None:
            self._depth += 1
            if self._depth == 1:
                self.end_ns = time.time_ns() + round(self._timeout_ms * 1e6)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._timeout_ms is not None:
            self._depth -= 1
            if self._depth == 0:
                self.end_ns = 0
                if kind is LateError:
                    raise SearchTimeoutError(self._query, self._timeout_ms) from None

    def check(self) -> None:
        """Raise LateError where the time is up."""
        if self.end_ns and time.time_ns() > self.end_ns:
            raise LateError([])

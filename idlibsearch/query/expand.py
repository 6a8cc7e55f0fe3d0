"""From a pattern or a spelling to the words a snapshot has of it. Where they stand in reports is ``spelled``'s business."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.errors import KernelError
from idlibsearch.index.lexicon import Lexicon
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.index.strings import Strings
from idlibsearch.query.automaton import Automaton
from idlibsearch.query.limits import Limits, PatternError
from idlibsearch.query.patterns import Close, Pattern, Shaped, pattern_of
from idlibsearch.query.spelled import Spelled, Word
from idlibsearch.query.tree import Expansion

try:
    from idlibsearch.query import patterns_kernel
except ImportError as error:
    raise KernelError("idlibsearch.query.patterns_kernel") from error


class Expander:
    """Expands the patterns of one question over a snapshot; counts what they cost together against ``limits``."""

    def __init__(self, snapshot: Snapshot, limits: Limits) -> None:
        self._segments = snapshot.segments
        self._limits = limits
        self._patterns = 0
        self._effort = 0

    def expand(self, node: Expansion) -> tuple[Spelled, ...]:
        """The words of each segment that match. Raises PatternError where the pattern is wrong or asks for too much."""
        self._count_one()
        if len(node.text) > self._limits.pattern_characters:
            length, most = len(node.text), self._limits.pattern_characters
            raise PatternError(
                f"the pattern is {length:,} characters long", f"ask for at most {most}, which no word is longer than"
            )
        pattern = pattern_of(node)
        automaton = None
        if isinstance(pattern, Shaped) and pattern.part is not None:
            automaton = Automaton(pattern.part, self._limits, self._effort)
        numbers = [words_of(segment.lexicon.folded, pattern, automaton) for segment in self._segments]
        self._effort = automaton.effort if automaton else self._effort
        self._check_count(node, numbers)
        return tuple(
            Spelled(segment, _words(segment.lexicon, found)) for segment, found in zip(self._segments, numbers, strict=True)
        )

    def spell(self, surface: str) -> tuple[Spelled, ...]:
        """A spelling in each segment. Raises PatternError where there are too many in the question."""
        self._count_one()
        return tuple(Spelled(segment, _surfaces(segment.lexicon, surface)) for segment in self._segments)

    def _count_one(self) -> None:
        self._patterns += 1
        if self._patterns > self._limits.patterns:
            message = f"more than {self._limits.patterns} patterns and exact spellings in one question"
            raise PatternError(message, "ask for fewer at a time")

    def _check_count(self, node: Expansion, numbers: Sequence[Sequence[int]]) -> None:
        most = self._limits.expanded_words
        if sum(map(len, numbers)) <= most:
            return
        tables = [segment.lexicon.folded for segment in self._segments]
        count = len({table[number] for table, found in zip(tables, numbers, strict=True) for number in found})
        if count > most:
            advice = f"at most {most:,} are searched; write more of its letters"
            raise PatternError(f"{node} stands for {count:,} words", advice)


def words_of(table: Strings, pattern: Pattern, automaton: Automaton | None) -> Sequence[int]:
    """The numbers of the folded words of a sorted table that match, ascending. Raises PatternError."""
    span = table.starting(pattern.prefix)
    if isinstance(pattern, Close):
        found = array("I", bytes(4 * len(span)))
        wanted = array("I", map(ord, pattern.word))
        return found[: patterns_kernel.near(*table.arrays, span.start, span.stop, wanted, pattern.distance, found)]
    return span if automaton is None else _scanned(table, span, automaton)


def _scanned(table: Strings, span: range, automaton: Automaton) -> array[int]:
    found = array("I", bytes(4 * len(span)))
    word, count = span.start, 0
    while True:
        word, count, state, point = patterns_kernel.scan(
            *table.arrays, word, span.stop, automaton.classes, automaton.table, automaton.accepting, found, count
        )
        if word == span.stop:
            return found[:count]
        automaton.fill(state, point)


def _words(lexicon: Lexicon, numbers: Sequence[int]) -> list[Word]:
    return [Word(*lexicon.written(number)) for number in numbers]


def spellings(text: str) -> list[str]:
    """The surfaces that ``=text`` asks for, as they are cut in a text."""
    return [text[start:end] for start, end in tokenize(text)]


def _surfaces(lexicon: Lexicon, surface: str) -> list[Word]:
    number = lexicon.folded.find(fold(surface))
    if number is None:
        return []
    word = Word(*lexicon.written(number))
    return [word._replace(surfaces=range(s, s + 1)) for s in word.surfaces if lexicon.surfaces[s] == surface]

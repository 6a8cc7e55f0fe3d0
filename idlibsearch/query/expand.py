"""From a pattern or a spelling to the words a snapshot has of it. Where they stand in reports is ``spelled``'s business."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.errors import KernelError
from idlibsearch.index.lexicon import Lexicon
from idlibsearch.index.own_words import FIRST_OTHER, is_own
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.automaton import Automaton
from idlibsearch.query.limits import Limits, PatternError
from idlibsearch.query.patterns import Close, Pattern, Shaped, own_pattern_of, pattern_of
from idlibsearch.query.spelled import Spelled
from idlibsearch.query.tree import Expansion

try:
    from idlibsearch.index.words import Words
    from idlibsearch.query.gathered import Chosen
    from idlibsearch.query.patterns_kernel import Scan
except ImportError as error:
    raise KernelError("idlibsearch.query.patterns_kernel") from error


class Expander:
    """Expands the patterns of one question over a snapshot; counts what they cost together against ``limits``."""

    def __init__(self, snapshot: Snapshot, limits: Limits) -> None:
        self._segments = snapshot.segments
        self._limits = limits
        self._patterns = 0
        self._effort = 0

    def expand(self, node: Expansion, group: str = "") -> tuple[Spelled, ...]:
        """The words of each segment that match, of the library's own analysis or of another ``group``.

        Raises PatternError where the pattern is wrong or asks for too much.
        """
        self._count_one()
        if len(node.text) > self._limits.pattern_characters:
            length, most = len(node.text), self._limits.pattern_characters
            raise PatternError(
                f"the pattern is {length:,} characters long", f"ask for at most {most}, which no word is longer than"
            )
        pattern = own_pattern_of(node) if group else pattern_of(node)
        automaton = None
        if isinstance(pattern, Shaped) and pattern.part is not None:
            automaton = Automaton(pattern.part, self._limits, self._effort)
        numbers = [words_of(segment.lexicon.folded, pattern, automaton, group) for segment in self._segments]
        self._effort = automaton.effort if automaton else self._effort
        self._check_count(node, numbers)
        return tuple(
            Spelled(segment, Chosen(segment.lexicon.entries, found), anywhere=bool(group))
            for segment, found in zip(self._segments, numbers, strict=True)
        )

    def spell(self, surface: str) -> tuple[Spelled, ...]:
        """A spelling in each segment. Raises PatternError where there are too many in the question."""
        self._count_one()
        return tuple(Spelled(segment, _spelt(segment.lexicon, surface)) for segment in self._segments)

    def chosen(self, words: Iterable[str]) -> tuple[Spelled, ...]:
        """These words of other analyzers in each segment, as one."""
        wanted = list(words)
        found = []
        for segment in self._segments:
            numbers = array("I", sorted(number for word in wanted if (number := segment.lexicon.folded.find(word)) >= 0))
            found.append(Spelled(segment, Chosen(segment.lexicon.entries, numbers), anywhere=True))
        return tuple(found)

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


def words_of(table: Words, pattern: Pattern, automaton: Automaton | None, group: str = "") -> Sequence[int]:
    """The numbers of the folded words of a group that match, ascending. Raises PatternError."""
    beginning = group + pattern.prefix
    span = table.starting(beginning) if beginning else _of_recipe(table)
    if isinstance(pattern, Close):
        scan = Scan(table, span.start, span.stop)
        scan.near(array("I", map(ord, group + pattern.word)), pattern.distance)
        return scan.found
    if automaton is None:
        return span
    scan = Scan(table, span.start, span.stop, len(beginning.encode("utf-8", "surrogatepass")))
    while step := scan.run(automaton.pages, automaton.classes, automaton.table, automaton.accepting):
        automaton.fill(*step)
    return scan.found


def _of_recipe(table: Words) -> range:
    """All words but those of other analyzers, which stand before them."""
    first = 0
    if len(table) and is_own(table[0]):
        first = bisect_left(range(len(table)), FIRST_OTHER, key=table.__getitem__)
    return range(first, len(table))


def spellings(text: str) -> list[str]:
    """The surfaces that ``=text`` asks for, as they are cut in a text."""
    return [text[start:end] for start, end in tokenize(text)]


def _spelt(lexicon: Lexicon, surface: str) -> Chosen:
    folded = fold(surface)
    first, surfaces = lexicon.surfaces(folded)
    for number, (text, _, _) in enumerate(surfaces, first):
        if text == surface:
            word = lexicon.folded.find(folded)
            return Chosen(lexicon.entries, range(word, word + 1), number)
    return Chosen(lexicon.entries, range(0))

"""Runs a plan over one segment: which docs match, what they score, and where the matching words stand.

Lists of docs with their scores come from the ``lists`` kernel and are joined there; spans, which only shown hits need, are
found here. Spans are (start, end) in positions, end exclusive.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from idlibsearch.errors import KernelError, QueryError
from idlibsearch.index.fields import BM25F
from idlibsearch.index.postings import PostingList
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.limits import CombinationsError, Deadline
from idlibsearch.query.restrict import picked
from idlibsearch.query.steps import (
    All,
    Asked,
    Beside,
    Between,
    Chosen,
    Fading,
    Filled,
    Given,
    Having,
    Kept,
    Leaf,
    Mentioned,
    Placed,
    Plus,
    Some,
    Spanned,
    Step,
    Term,
    Times,
    Unit,
    Where,
    sequences,
)

try:
    from idlibsearch.query import docsets, lists, wordsets
except ImportError as error:
    raise KernelError("idlibsearch.query.lists") from error

if TYPE_CHECKING:
    from idlibsearch.query.lucene import Lucene
    from idlibsearch.query.spans import Program

Answer = TypeVar("Answer")
Spans = list[tuple[int, int]]
Docs: TypeAlias = "memoryview[int]"  # uint32, ascending
Numbers: TypeAlias = "tuple[float, array[float], array[float], array[float], float]"
Marks = dict[int, set[tuple[int, int]]]  # column -> the spans that take part in the match
PICK, WORD, NEARNESS = range(3)
MANY = 1 << 28  # words side by side are no more than one of them has places
NOTHING: lists.Scored = (memoryview(b"").cast("I"), memoryview(b"").cast("d"))


class Matcher:
    """Matches plans against a segment of a snapshot, the one of this number."""

    def __init__(self, snapshot: Snapshot, number: int, deadline: Deadline) -> None:
        self._segment = snapshot.segments[number]
        self.number = number
        self._reader = self._segment.postings
        self._ranking = snapshot.ranking  # which may be another than the segment's, of which it has the fields
        self._normalisation = snapshot.normalisation
        self._lucene = _lucene(snapshot, number)
        self.deadline = deadline
        self._lists: dict[Term, PostingList | None] = {}
        self._programs: dict[int, tuple[Placed, Program]] = {}

    def run(self, step: Step, among: Docs | None = None) -> lists.Scored:  # noqa: PLR0911, PLR0912 - a line a kind of step
        """The docs that match, ascending, deleted ones included, and their scores; of ``among`` (ascending) at least.

        Raises LateError where the time is up.
        """
        self.deadline.check()
        match step:
            case Leaf() | Placed():
                found = self._leaf(step, among) if isinstance(step, Leaf) else self._placed(step, among)
                return found if self._lucene is None else self._lucene.scored(step, *found)
            case Between() | Having() | Mentioned():
                return unscored(docsets.members(picked(step, self._segment)))
            case Given():
                return unscored(docsets.members(step.sets[self.number]))
            case Filled():
                fields = bytes(column in step.columns for column in range(len(self._segment.positional)))
                return unscored(docsets.members(docsets.filled(self._reader, fields)))
            case Kept():
                return lists.both(*self.run(step.wanted, among), *unscored(self.run(step.restriction, among)[0]))
            case All():
                return self._all(step, among)
            case Some():
                found = NOTHING
                for child in step.children:
                    found = lists.either(*found, *self.run(child, among))
                return found
            case Times():
                return lists.times(*self.run(step.child, among), step.factor)
            case Fading():
                found, days = self.run(step.child, among), self._segment.date_starts
                return lists.faded(*found, days, step.half_life, step.today, step.undated)
            case Plus():
                found = self.run(step.child, among)
                for option in step.options:
                    found = lists.plus(*found, *self.run(option, among))
                return found
            case Where():
                found = self.run(step.child, among)
                for required in step.required:
                    found = lists.both(*found, *unscored(self.run(required, among)[0]))
                return found

    def scores(self, step: Step, docs: Docs) -> memoryview[float]:
        """The scores of docs (ascending) that match."""
        return lists.both(*unscored(docs), *self.run(step, docs))[1]

    def _is_filled(self, step: Filled, doc: int) -> bool:
        return any(self._segment.lengths[column][doc] for column in step.columns)

    def _all(self, step: All, among: Docs | None) -> lists.Scored:
        """What costs least goes first (dates and columns, words, nearness); each then looks at the docs that are left, no others.

        Scores are added in the order of the question, so that they are the same to the last bit however it is run.
        """
        parts: dict[int, lists.Scored] = {}
        left = among
        narrowed = any(_cost(child) != WORD for child in step.wanted)
        for number, child in sorted(enumerate(step.wanted), key=lambda pair: _cost(pair[1])):
            docs, _ = parts[number] = self.run(child, left)
            if narrowed:
                left = docs if left is None else lists.both(*unscored(left), *unscored(docs))[0]
        found = reduce(
            lambda one, other: lists.both(*one, *other),
            [parts[number] for number in range(len(step.wanted))] or [lists.every(self._segment.doc_count)],
        )
        for child in step.unwanted:
            found = lists.without(*found, self.run(child, among)[0])
        return found

    def _weights(self, columns: Sequence[int]) -> array[float]:
        """Of all fields, 0 for those that do not count."""
        return array("d", [field.weight if c in columns else 0.0 for c, field in enumerate(self._ranking.fields)])

    def _numbers(self, step: Leaf | Placed) -> Numbers:
        """What kernels score by: idf, weights, b and mean lengths of the fields, k1."""
        if self._lucene is not None:
            return self._lucene.counting(step.columns)
        return step.idf, self._weights(step.columns), *self._normalisation, self._ranking.k1

    def _placed(self, placed: Placed, among: Docs | None) -> lists.Scored:
        rest = self._numbers(placed)
        return self._asked(placed, lambda program: program.scores(*rest, placed.at_least, among))

    def docs_of_placed(self, placed: Placed) -> docsets.Docset:
        """Its docs alone, deleted ones included."""
        weights = self._weights(placed.columns)
        return self._asked(placed, lambda program: program.docs(weights, placed.at_least))

    def best(self, placed: Placed, count: int, floor: float) -> Sequence[tuple[float, int]]:
        """The best ``count`` live docs with a score above ``floor``: (score, doc). Raises LateError with what it has by then."""
        rest = self._numbers(placed)
        return self._asked(placed, lambda program: program.best(*rest, placed.at_least, count, floor))

    def _asked(self, placed: Placed, ask: Callable[[Program], Answer]) -> Answer:
        """Ask where things stand; a place that can be reached in too many ways is the question's fault."""
        from idlibsearch.query.spanned import Builder  # noqa: PLC0415 - for nearness only

        try:
            if id(placed) not in self._programs:  # chosen spellings have no hash
                builder = Builder(self._segment, self.number, self._docs_of, self.deadline)
                self._programs[id(placed)] = placed, builder.program(placed)
            program = self._programs[id(placed)][1]
            program.end_ns = self.deadline.end_ns
            return ask(program)
        except CombinationsError as error:
            message = f"in one report this can be satisfied in more than {error.most:,} ways"
            advice = "ask for a smaller distance, or for rarer words"
            raise QueryError(placed.asked.text, placed.asked.span, message, advice) from None

    def _docs_of(self, leaf: Leaf) -> docsets.Docset:
        if leaf.single_term is None:
            return docsets.of(self.run(leaf)[0], self._segment.doc_count)
        terms = array("I", [number for number in (leaf.single_term[self.number],) if number >= 0])
        fields = bytes(column in leaf.columns for column in range(len(self._segment.positional)))
        return wordsets.words(self._reader, terms, fields * len(terms), True)

    def _leaf(self, leaf: Leaf, among: Docs | None = None) -> lists.Scored:
        """A leaf's docs, in ``among`` at least."""
        rest = self._numbers(leaf)
        if leaf.single_term is not None:
            term = leaf.single_term[self.number]
            if term < 0:
                return NOTHING
            return lists.word(self._reader, term, *rest) if among is None else lists.word_among(self._reader, term, among, *rest)
        units = [unit for unit in leaf.units if isinstance(unit, Unit)]
        if len(units) == len(leaf.units):
            joined = units[0].joined if len(units) == 1 else None
            return lists.phrase(self._reader, sequences(units, self.number), joined[self.number] if joined else -1, *rest)
        chosen = leaf.units[0]
        if len(leaf.units) == 1 and isinstance(chosen, Chosen):
            return chosen.found[self._segment].gathered.scores(*rest)
        return self._placed(_in_a_row(leaf), among)

    # ---- where a shown hit matches

    def marks(self, step: Step, doc: int) -> Marks | None:  # noqa: PLR0911, PLR0912 - one line a kind of step
        """The spans of a doc that take part in the match; None where it does not match."""
        match step:
            case Leaf():
                return self._leaf_marks(step, doc)
            case Placed():
                return self._placed_marks(step, doc)
            case Mentioned():
                return self._mention_marks(step, doc)
            case Between() | Having():
                return {} if picked(step, self._segment)[doc >> 6] >> (doc & 63) & 1 else None
            case Given():
                return {} if step.sets[self.number][doc >> 6] >> (doc & 63) & 1 else None
            case Filled():
                return {} if self._is_filled(step, doc) else None
            case Kept():
                return self.marks(step.wanted, doc)
            case Times() | Fading():
                return self.marks(step.child, doc)
            case Plus():
                return self._branch_marks(step.child, (), step.options, doc)
            case Where():
                return self._branch_marks(step.child, step.required, (), doc)
            case All():
                if any(self.marks(child, doc) is not None for child in step.unwanted):
                    return None
                parts = [self.marks(child, doc) for child in step.wanted]
                return None if None in parts else _united(parts)
            case Some():
                parts = [self.marks(child, doc) for child in step.children]
                return None if all(part is None for part in parts) else _united(parts)

    def _branch_marks(self, child: Step, required: Sequence[Step], options: Sequence[Step], doc: int) -> Marks | None:
        needed = [self.marks(step, doc) for step in (child, *required)]
        return None if None in needed else _united([*needed, *(self.marks(step, doc) for step in options)])

    def _placed_marks(self, placed: Placed, doc: int) -> Marks | None:
        weights = self._weights(placed.columns)
        found = self._asked(placed, lambda program: program.marks(doc, weights, placed.at_least))
        marks: Marks = {}
        for column, start, end in found or ():
            marks.setdefault(column, set()).add((start, end))
        return None if found is None else marks

    def _mention_marks(self, mentioned: Mentioned, doc: int) -> Marks | None:
        """Those of a mention; a report that has the entity among its keywords only has none."""
        from idlibsearch.query.mentioned import mentions  # noqa: PLC0415 - few questions need it

        if not picked(mentioned, self._segment)[doc >> 6] >> (doc & 63) & 1:
            return None
        found = mentions(mentioned, self._segment, docsets.of(array("I", [doc]), self._segment.doc_count), self.deadline)
        marks: Marks = {}
        for column, start, end in zip(found.columns, found.starts, found.stops, strict=True):
            marks.setdefault(column, set()).add((start, end))
        return marks

    def _leaf_marks(self, leaf: Leaf, doc: int) -> Marks | None:
        spans = {column: set(self._leaf_spans(leaf, doc, column)) for column in leaf.columns if self._segment.positional[column]}
        marks = {column: found for column, found in spans.items() if found}
        return marks if marks or self._stands_elsewhere(leaf, doc) else None

    def _stands_elsewhere(self, leaf: Leaf, doc: int) -> bool:
        """Does a doc have a leaf, as one term, in a field that keeps no positions?"""
        unit = leaf.units[0]
        if isinstance(unit, Chosen):
            return len(leaf.units) == 1 and unit.found[self._segment].is_in(doc, leaf.columns)
        term = leaf.single_term or (unit.joined if len(leaf.units) == 1 and isinstance(unit, Unit) else None)
        postings = self._list(term) if term else None
        columns = (column for column in leaf.columns if not self._segment.positional[column])
        return postings is not None and any(postings.freq(doc, column) for column in columns)

    def _list(self, term: Term) -> PostingList | None:
        if term not in self._lists:
            number = term[self.number]
            self._lists[term] = PostingList(self._reader, number, len(self._segment.lengths)) if number >= 0 else None
        return self._lists[term]

    def _leaf_spans(self, leaf: Leaf, doc: int, column: int) -> Spans:
        spans = self._unit_spans(leaf.units[0], doc, column)
        for unit in leaf.units[1:]:
            spans = _chained(spans, self._unit_spans(unit, doc, column))
        return spans

    def _unit_spans(self, unit: Unit | Chosen, doc: int, column: int) -> Spans:
        if isinstance(unit, Chosen):
            return unit.found[self._segment].spans(doc, column)
        spans = self._term_spans(unit.parts[0], doc, column)
        for part in unit.parts[1:]:
            spans = _chained(spans, self._term_spans(part, doc, column))
        if unit.joined:
            spans = sorted({*spans, *self._term_spans(unit.joined, doc, column)})
        return spans

    def _term_spans(self, term: Term, doc: int, column: int) -> Spans:
        postings = self._list(term)
        return [(start, end) for start, end, _ in postings.occurrences(doc, column)] if postings else []


def _lucene(snapshot: Snapshot, number: int) -> Lucene | None:
    """What scores a segment where it is ranked by a formula of Lucene's."""
    if snapshot.ranking.formula == BM25F:
        return None
    from idlibsearch.query.lucene import Lucene  # noqa: PLC0415 - only for those who ask for it

    return Lucene(snapshot, number)


def _cost(step: Step) -> int:
    """In which order steps are run."""
    return PICK if isinstance(step, Between | Having | Mentioned) else NEARNESS if isinstance(step, Placed) else WORD


def _in_a_row(leaf: Leaf) -> Placed:
    """Words and spellings side by side, as nearness."""
    parts: list[Spanned] = [leaf._replace(units=(unit,)) for unit in leaf.units]
    root = reduce(lambda left, right: Beside((left, right), 1, ordered=True), parts)
    return Placed(root, leaf.columns, leaf.idf, 1, Asked("", (0, 0), MANY))


def unscored(docs: Docs) -> lists.Scored:
    """Docs that match without scoring."""
    return docs, memoryview(bytes(8 * len(docs))).cast("d")


def _chained(left: Spans, right: Spans) -> Spans:
    """Spans of a left one with a right one directly behind it."""
    ends_of: dict[int, set[int]] = {}
    for start, end in right:
        ends_of.setdefault(start, set()).add(end)
    return sorted({(start, far) for start, end in left for far in ends_of.get(end, ())})


def _united(parts: Iterable[Marks | None]) -> Marks:
    union: Marks = {}
    for part in parts:
        for column, spans in (part or {}).items():
            union.setdefault(column, set()).update(spans)
    return union

"""A page of hits in the order that a column gives. Reports that lack what is sorted by come last; ties as ``order`` has them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import accumulate, islice, repeat
from typing import Any, Protocol

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.order import Scored, Sort

try:
    from idlibsearch.query import sorting
except ImportError as error:
    raise KernelError("idlibsearch.query.sorting") from error


class Matches(Protocol):
    """All that a question matches, by segment."""

    @property
    def total(self) -> int:
        """How many live docs match."""

    @property
    def docs(self) -> tuple[memoryview[int], ...]:
        """They, uint32 ascending."""

    @property
    def sets(self) -> tuple[memoryview[int], ...]:
        """They, as bitmaps."""

    def scores(self, number: int, docs: memoryview[int]) -> memoryview[float]:
        """The scores of some of them (ascending) in a segment."""


def page(matches: Matches, sort: Sort, snapshot: Snapshot, offset: int, limit: int) -> tuple[Scored, ...]:
    """Hits ``offset`` to ``offset + limit`` in the order of a column; reports that lack what is sorted by come last, up or down.

    O(matches + (offset + limit) * log(offset + limit)).
    """
    end = min(offset + limit, matches.total)
    if offset >= end:
        return ()
    if sort.field == "key":
        return _by_key(matches, sort.down, snapshot, offset, end)
    return _by_column(matches, sort, snapshot, offset, end)


def _by_column(matches: Matches, sort: Sort, snapshot: Snapshot, offset: int, end: int) -> tuple[Scored, ...]:
    """The ranks at both ends of the page first; then the docs from the one to the other, which alone are scored."""
    columns = [_column(snapshot, number, sort.field) for number in range(len(snapshot.segments))]
    bases = [0, *accumulate(segment.doc_count for segment in snapshot.segments)]
    ranks = sorting.Sorter(end)
    for docs, column in zip(matches.docs, columns, strict=True):
        ranks.add(docs, None, column, sort.down, 0)
    ends = ranks.ends(offset)
    parts = [sorting.between(docs, column, sort.down, *ends) for docs, column in zip(matches.docs, columns, strict=True)]
    before = sum(count for count, _ in parts)
    hits = sorting.Sorter(end - before)
    for number, ((_, docs), column) in enumerate(zip(parts, columns, strict=True)):
        hits.add(docs, matches.scores(number, docs), column, sort.down, bases[number])
    return tuple(_located(score, place, bases) for score, place in hits.page(offset - before))


def _column(snapshot: Snapshot, number: int, field: str) -> memoryview[Any] | None:
    """What the docs of a segment are sorted by; None where it has no such thing. A vague date stands where it starts."""
    segment = snapshot.segments[number]
    if field == "date" and snapshot.schema is None:
        return segment.date_starts
    if snapshot.schema is not None and field in segment.columns.keywords:
        return snapshot.values(field).first_of_docs(number, segment.doc_count)
    return segment.columns.number_values(field) if field in segment.columns.numbers else None


def _located(score: float, place: int, bases: Sequence[int]) -> Scored:
    segment = bisect_right(bases, place) - 1
    return Scored(score, segment, place - bases[segment])


def _by_key(matches: Matches, down: bool, snapshot: Snapshot, offset: int, end: int) -> tuple[Scored, ...]:
    """Keys are unique: no ties to settle."""
    parts = [_along_keys(segment, docs, end, down) for segment, docs in zip(snapshot.segments, matches.sets, strict=True)]
    chosen = list(islice(_merged(parts, snapshot, down), offset, end))
    scores: dict[tuple[int, int], float] = {}
    for number in range(len(parts)):
        docs = memoryview(array("I", sorted(doc for at, doc in chosen if at == number)))
        scores |= {(number, doc): score for doc, score in zip(docs, matches.scores(number, docs), strict=True)}
    return tuple(Scored(scores[place], *place) for place in chosen)


def _along_keys(segment: Segment, docs: memoryview[int], limit: int, down: bool) -> memoryview[int]:
    try:
        return sorting.along(segment.key_order, docs, limit, down)
    except IndexError as error:
        raise CorruptIndexError(str(segment.path), str(error), "keys.order") from None


def _merged(parts: Sequence[memoryview[int]], snapshot: Snapshot, down: bool) -> Iterator[tuple[int, int]]:
    """(segment, doc) in the order of the keys, which need not be read where only one segment has matches."""
    runs = [zip(repeat(number), docs) for number, docs in enumerate(parts) if docs]
    return runs[0] if len(runs) == 1 else merge(*runs, key=lambda place: snapshot.segments[place[0]].keys[place[1]], reverse=down)

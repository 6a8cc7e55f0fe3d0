"""The order of hits: by score, or by what a column says. Ties stand by score, then in the order of adding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import nsmallest
from math import inf, isnan
from typing import NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.index.columns import WORDS
from idlibsearch.index.snapshot import Snapshot


class Scored(NamedTuple):
    """A doc that matched: higher scores first, equal ones in the order of adding."""

    score: float
    segment: int
    doc: int


class Sort(NamedTuple):
    """What hits are sorted by: score, key, date or a column of numbers; the largest (newest) first where ``down``."""

    field: str = "score"
    down: bool = True


def read_sort(text: str, snapshot: Snapshot) -> Sort:
    """``score``, ``date``, ``key`` or a number field, with ``:asc`` or ``:desc`` behind it where it is not to go its usual way.

    Dates and numbers go down (newest, largest first), keys up. Raises QueryError for anything else.
    """
    if text == "score":
        return Sort()
    field, _, way = (part.strip().lower() for part in text.partition(":"))
    known = field in ("score", "date", "key", WORDS) or snapshot.has_numbers(field)
    if not known:
        advice = "sort by score, date, key, words or another field of numbers"
        raise QueryError(text, (0, len(text)), f"reports cannot be sorted by {field or 'nothing'}", advice)
    if way not in ("", "asc", "desc") or (field == "score" and way == "asc"):
        raise QueryError(text, (0, len(text)), f"there is no order {way} of {field}", f"write {field} or {field}:desc")
    return Sort(field, down=way == "desc" or (way == "" and field != "key"))


def page(scored: Iterable[Scored], sort: Sort, snapshot: Snapshot, offset: int, limit: int) -> tuple[Scored, ...]:
    """Hits ``offset`` to ``offset + limit`` in their order; reports that lack what is sorted by come last, up or down."""
    if sort.field == "score":
        return tuple(nsmallest(offset + limit, scored, key=_by_score)[offset:])
    if sort.field == "key":
        return tuple(sorted(scored, key=_by_key(snapshot), reverse=sort.down)[offset : offset + limit])
    value, sign = _value_of(sort, snapshot), -1 if sort.down else 1

    def rank(hit: Scored) -> tuple[float, float, int, int]:
        found = value(hit)
        return (inf if found is None else sign * found), -hit.score, hit.segment, hit.doc

    return tuple(nsmallest(offset + limit, scored, key=rank)[offset:])


def _by_key(snapshot: Snapshot) -> Callable[[Scored], str]:
    """Keys are unique: no ties to settle."""
    return lambda hit: snapshot.segments[hit.segment].keys[hit.doc]


def _by_score(hit: Scored) -> tuple[float, int, int]:
    return -hit.score, hit.segment, hit.doc


def _value_of(sort: Sort, snapshot: Snapshot) -> Callable[[Scored], float | None]:
    """What a hit is sorted by; None where its report has no such thing."""
    if sort.field == "date":  # a vague date stands where it starts
        starts = [segment.date_starts for segment in snapshot.segments]
        return lambda hit: starts[hit.segment][hit.doc] or None
    columns = [s.columns.number_values(sort.field) if sort.field in s.columns.numbers else None for s in snapshot.segments]

    def number(hit: Scored) -> float | None:
        column = columns[hit.segment]
        return None if column is None or isnan(column[hit.doc]) else column[hit.doc]

    return number

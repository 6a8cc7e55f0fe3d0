"""Counts over all reports that match: how many have each value of a field, how many were published in each stretch of time.

Exact, over the whole match set, in an order that hangs on nothing but the reports. A report counts once for each of its values.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from math import inf, isnan
from typing import NamedTuple

from idlibsearch.errors import CorruptIndexError, KernelError, QueryError
from idlibsearch.index.columns import KEYWORD_COLUMNS, WORDS, Columns
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.ranges import number_of

try:
    from idlibsearch.results.counting import count_days, count_values, extent, most
except ImportError as error:
    raise KernelError("idlibsearch.results.counting") from error

ALL = sys.maxsize
MOST = 1000  # up to here the kernel picks the largest counts, beyond it they are sorted
LIMIT = 10  # values shown of a field where no number is given
UNITS = ("year", "quarter", "month", "week", "day")
VAGUE, UNDATED = "vague", "undated"  # a date that no single stretch holds; no date
_STEPS = {"year": 12, "quarter": 3, "month": 1}
_LAST_DAY = date.max.toordinal()
_ADVICE = "write FIELD, FIELD:20 for that many values (FIELD:0 for all), or date:year, quarter, month, week or day"

Counts = list[tuple[str, int]]
Docs = Sequence["memoryview[int]"]  # the docs that match, ascending, by segment


class Facet(NamedTuple):
    """What is to be counted: a field and how many of its values at most, or publication dates by a unit."""

    field: str
    limit: int = LIMIT
    unit: str = ""

    @property
    def name(self) -> str:
        """What the counts go by."""
        return f"{self.field}:{self.unit}" if self.unit else self.field


def read_facets(specs: Iterable[str], snapshot: Snapshot) -> tuple[Facet, ...]:
    """``source``, ``place:20`` or ``date:month``, each. Raises QueryError where one is none of these or of no field."""
    return tuple(_read(spec, snapshot) for spec in specs)


def _read(spec: str, snapshot: Snapshot) -> Facet:
    field, _, rest = (part.strip().lower() for part in spec.partition(":"))
    if field == "date":
        if rest not in UNITS:
            raise QueryError(spec, (0, len(spec)), f"{spec} is nothing to count by", f"write date:{', date:'.join(UNITS)}")
        return Facet(field, unit=rest)
    if not (field in KEYWORD_COLUMNS or field == WORDS or snapshot.has_column(field)):
        raise QueryError(spec, (0, len(field)), f"there is no field {field} to count", f"there are {', '.join(KEYWORD_COLUMNS)}")
    if rest and not (rest.isascii() and rest.isdigit()):
        raise QueryError(spec, (len(spec) - len(rest), len(spec)), f"{rest} is no number of values", _ADVICE)
    return Facet(field, (int(rest[:9]) or ALL) if rest else LIMIT)


def count(facets: Iterable[Facet], snapshot: Snapshot, docs: Docs) -> dict[str, Counts]:
    """(value, count) by facet. Fields: the most frequent values first, equal ones by value. Dates: in their order.

    A date counts in the stretch that holds all of it; behind the stretches stand, where there are any, the ``vague`` dates
    that reach over more than one and the ``undated`` reports. Stretches without a report are left out.
    """
    return {facet.name: _dates(facet.unit, snapshot, docs) if facet.unit else _values(facet, snapshot, docs) for facet in facets}


def _values(facet: Facet, snapshot: Snapshot, docs: Docs) -> Counts:
    if snapshot.has_numbers(facet.field):
        return _numbers(facet, snapshot, docs)
    values = snapshot.values(facet.field)
    counts = array("Q", bytes(8 * len(values)))
    for segment, here, numbers, found in zip(snapshot.segments, values.ranges, values.numbers, docs, strict=True):
        if here:
            with _damage_told(segment, "keywords.values"):
                count_values(found, *segment.columns.values(facet.field), here.start, numbers, counts)
    if facet.limit > MOST:
        ranked = sorted((number for number, count in enumerate(counts) if count), key=lambda number: -counts[number])
        return [(values.shown(number), counts[number]) for number in ranked[: facet.limit]]
    best = array("I", bytes(4 * facet.limit))
    return [(values.shown(number), counts[number]) for number in best[: most(counts, best)]]


@contextmanager
def _damage_told(segment: Segment, section: str) -> Iterator[None]:
    """A number that points nowhere means a damaged file."""
    try:
        yield
    except IndexError as error:
        raise CorruptIndexError(str(segment.path), str(error), section) from None


def _numbers(facet: Facet, snapshot: Snapshot, docs: Docs) -> Counts:
    """A field of numbers, maybe beside keywords: in plain Python, since such fields are for sorting and restricting."""
    counts, shown = Counter[str](), dict[str, str]()
    for segment, found in zip(snapshot.segments, docs, strict=True):
        for doc in found:
            counts.update(set(_texts(segment.columns, facet.field, doc)))
    values = snapshot.values(facet.field)
    for number in range(len(values)):
        shown[values.folded(number)] = values.shown(number)
    ranked = sorted(counts, key=lambda text: (-counts[text], *_by_number(text)))
    return [(shown.get(text, text), counts[text]) for text in ranked[: facet.limit]]


def _texts(columns: Columns, field: str, doc: int) -> Iterator[str]:
    if field in columns.keywords:
        starts, values = columns.values(field)
        yield from (columns.folded(value) for value in values[starts[doc] : starts[doc + 1]])
    if field in columns.numbers and not isnan(number := columns.number_values(field)[doc]):
        yield str(int(number)) if number == int(number) else repr(number)


def _by_number(text: str) -> tuple[float, str]:
    """Numbers in their own order, keywords beside them behind."""
    number = number_of(text)
    return (inf if number is None else number), text


def _dates(unit: str, snapshot: Snapshot, docs: Docs) -> Counts:
    dated = list(zip(snapshot.segments, docs, strict=True))
    extents = [extent(found, segment.date_starts) for segment, found in dated]
    days = [day for both in extents for day in both if day]
    edges = array("i", _edges(unit, min(days), max(days)) if days else [0])
    counts = array("Q", bytes(8 * (len(edges) + 1)))
    for segment, found in dated:
        with _damage_told(segment, "dates.start"):
            count_days(found, segment.date_starts, segment.date_ends, edges, counts)
    labels = [_label(unit, day) if count else "" for day, count in zip(edges[:-1], counts, strict=False)]
    return [(label, count) for label, count in zip([*labels, VAGUE, UNDATED], counts, strict=True) if count]


def _edges(unit: str, first: int, last: int) -> Iterable[int]:
    """The first days of all stretches from the one of ``first`` to the one behind that of ``last``, in proleptic ordinals."""
    if unit == "day":
        return range(first, last + 2)
    if unit == "week":
        return range(first - (first - 1) % 7, last + 8, 7)  # day 1 of the calendar, 0001-01-01, is a Monday
    start, step = date.fromordinal(first), _STEPS[unit]
    month = start.year * 12 + start.month - 1
    edges = [_month_start(month - month % step)]
    while edges[-1] <= last:
        month += step
        edges.append(_month_start(month - month % step))
    return edges


def _month_start(month: int) -> int:
    """The first day of a month, counted from the year 0; behind the last that the calendar has, the day after it."""
    year, number = divmod(month, 12)
    return date(year, number + 1, 1).toordinal() if year <= date.max.year else _LAST_DAY + 1


def _label(unit: str, day: int) -> str:
    start = date.fromordinal(day)
    if unit == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    if unit == "quarter":
        return f"{start.year:04}-Q{(start.month + 2) // 3}"
    return start.isoformat()[: {"year": 4, "month": 7, "day": 10}[unit]]

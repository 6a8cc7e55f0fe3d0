"""Publication dates of all segments by years, quarters, months, weeks or days: which stretch a day lies in, what it is called."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from math import isnan

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.columns import Bounds
from idlibsearch.index.instants import day_of
from idlibsearch.index.segment import Segment

UNITS = ("year", "quarter", "month", "week", "day")
_STEPS = {"year": 12, "quarter": 3, "month": 1}
_LAST_DAY = date.max.toordinal()


class Calendar:
    """The stretches of a unit, from that of the first day on which a report starts to that of the last.

    ``edges``: int32, the first day of each stretch, and behind them the day after the last; ``stretches``: uint32, the stretch
    of each day from ``edges[0]`` on; ``labels``: its name. Days are proleptic ordinals. Without a date there is one edge and no
    stretch.
    """

    def __init__(self, segments: Sequence[Segment], unit: str, field: str = "") -> None:
        """``field``: a column of points in time, "" for the dates of publication."""
        days = [day for segment in segments for day in (_extent_of(segment, field) if field else _extent(segment))]
        self.edges = array("i", edges_of(unit, min(days), max(days)) if days else [0])
        self.labels = _Labels(unit, self.edges)
        self.stretches = array("I", range(len(self))) if unit == "day" else array("I")
        if unit != "day":
            for stretch, (start, end) in enumerate(pairwise(self.edges)):
                self.stretches.extend(array("I", [stretch]) * (end - start))

    def __len__(self) -> int:
        return len(self.edges) - 1


class _Labels(dict[int, str]):
    """What a stretch is called: 2020, 2020-Q1, 2020-01, 2020-W02 or 2020-01-12; made when first asked for."""

    def __init__(self, unit: str, edges: Sequence[int]) -> None:
        super().__init__()
        self._unit, self._edges = unit, edges

    def __missing__(self, stretch: int) -> str:
        label = self[stretch] = stretch_of(self._unit, self._edges[stretch])
        return label


def _extent(segment: Segment) -> tuple[int, ...]:
    """The first and the last day on which a report starts; nothing where none has a date."""
    order, starts = segment.columns.date_order(), segment.own_starts
    try:
        found = [day for day in starts if day] if order is None else [starts[doc] for doc in (*order[:1], *order[-1:])]
    except IndexError as error:
        raise CorruptIndexError(str(segment.path), str(error), "dates.order") from None
    found += segment.inherited.starts if segment.inherited is not None else ()
    if any(not 0 < day <= _LAST_DAY for day in found):
        raise CorruptIndexError(str(segment.path), "a date lies outside the calendar", "dates.start")
    return (min(found), max(found)) if found else ()


def _extent_of(segment: Segment, field: str) -> tuple[int, ...]:
    order = segment.columns.docs_of_numbers(field, Bounds(None, None))
    seconds = segment.columns.number_values(field) if len(order) else ()
    return tuple(day_of(seconds[doc]) for doc in (*order[:1], *order[-1:]))


def days_of(segment: Segment, field: str) -> tuple[memoryview[int], memoryview[int]]:
    """The days of a column of points in time as ``Segment`` has dates: int32[docs], where each begins and where it ends."""
    if field not in segment.columns.numbers:
        return memoryview(array("i", bytes(4 * segment.doc_count))), memoryview(array("i", bytes(4 * segment.doc_count)))
    starts = array("i", (0 if isnan(number) else day_of(number) for number in segment.columns.number_values(field)))
    return memoryview(starts), memoryview(array("i", (start + (start > 0) for start in starts)))


def edges_of(unit: str, first: int, last: int) -> Iterable[int]:
    """The first days of all stretches from the one of ``first`` to the one behind that of ``last``."""
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


def stretch_of(unit: str, day: int) -> str:
    """What the stretch is called in which a day lies, a proleptic ordinal."""
    start = date.fromordinal(day)
    if unit == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    if unit == "quarter":
        return f"{start.year:04}-Q{(start.month + 2) // 3}"
    return start.isoformat()[: {"year": 4, "month": 7, "day": 10}[unit]]

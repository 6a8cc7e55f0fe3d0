"""The column of times that reports name, ``event``: each an interval of days, written as a keyword.

A day, month or year is written as such (2019-05-06, 2019-05, 2019), all else by its first and last day
(2019-04-21/2019-04-30). So the values stand in the order in which the intervals begin, and those that begin inside a stretch of
time are found by bisection; each of these is then looked at. Costs nothing where it is not asked for, and no format of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from idlibsearch.errors import ReportError
from idlibsearch.index.calendar import stretch_of
from idlibsearch.index.columns import EVENT, Columns
from idlibsearch.model import parse_date

_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=1 << 14)  # thirty years of days, and more
def interval_of(value: str) -> tuple[int, int]:
    """The half-open interval of proleptic ordinals that a value of the column says; raises ValueError where it is none."""
    first, _, last = value.partition("/")
    try:
        start = parse_date(first)
        end = parse_date(last).end if last else start.end
    except ReportError as error:
        raise ValueError(error.reason) from None
    return start.start.toordinal(), end.toordinal()


def lists_inside(columns: Columns, start: int, end: int) -> Iterator[memoryview]:
    """The docs that name a time all of which lies inside [start, end), proleptic ordinals; one may come several times.

    Raises ValueError for a value that is no interval, which a damaged file has.
    """
    values = columns.value_range(EVENT)
    if not values:
        return
    run = range(0)
    for value in range(_first_from(columns, values, start), values.stop):
        first, last = interval_of(columns.folded(value))
        if first >= end:
            break
        if start <= first and last <= end:
            if run and run.stop == value:
                run = range(run.start, value + 1)
                continue
            yield from _lists(columns, run)
            run = range(value, value + 1)
    yield from _lists(columns, run)


class Stretches(dict[int, str]):
    """The stretch of a unit of ``calendar.UNITS`` in which a value of the column lies, by its number; "" where none holds it."""

    def __init__(self, columns: Columns, unit: str) -> None:
        super().__init__()
        self._columns, self._unit = columns, unit

    def __missing__(self, value: int) -> str:
        first, last = interval_of(self._columns.folded(value))
        label = stretch_of(self._unit, first)
        self[value] = within = label if label == stretch_of(self._unit, last - 1) else ""
        return within


def _first_from(columns: Columns, values: range, start: int) -> int:
    """The first value that may begin on a day or later. Years and months stand before their days, so the year is sought."""
    year = date.fromordinal(min(max(start, 1), date.max.toordinal())).isoformat()[:4]
    return bisect_left(values, year, key=columns.folded) + values.start


def _lists(columns: Columns, run: range) -> Iterator[memoryview]:
    if run:
        yield columns.docs_of_values(run)

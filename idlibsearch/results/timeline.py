"""How many of the matches were published in each stretch of time, and what share of all reports of that time they are.

Stretches without a match between the first and the last are there as well, so that a line drawn through them is true. A date that
reaches over several stretches is vague: it is kept apart, or spread over them by days. Stories may be counted in place of reports
(``by_story``): one has all dates of its versions that match, and of each stretch the largest part that any of them has.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from math import floor, isnan
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from idlibsearch.errors import KernelError, QueryError
from idlibsearch.index.calendar import UNITS, edges_of, stretch_of
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.field_names import names_of
from idlibsearch.query.found import Found
from idlibsearch.results.by_story import Per, Sets, Told, check_per, told

try:
    from idlibsearch.query import docsets
except ImportError as error:
    raise KernelError("idlibsearch.query.docsets") from error

Unit = Literal["day", "week", "month", "quarter", "year"]
Vague = Literal["apart", "spread"]
UNDATED = (0, 0)
MOST = 10_000  # stretches; 27 years of days
DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}  # at most, in each
Interval = tuple[int, int]  # days [start, end); (0, 0): no date
Dates = Mapping[tuple[Interval, ...], int]  # how many reports have each interval, or stories each set of them, sorted
DaysOf = Callable[[int, Iterable[int]], Iterable[Interval]]  # of docs of a segment


class Stretch(NamedTuple):
    """A day, week, month, quarter or year [start, end): how many matches, and how many reports (or stories) in all. Parts of
    them where vague dates are spread.
    """

    label: str
    start: date
    end: date
    matches: float
    reports: float

    @property
    def share(self) -> float:
        """The matches among all reports of this time, 0 to 1; 0 where there are none."""
        return self.matches / self.reports if self.reports else 0.0


class Timeline(NamedTuple):
    """The stretches from the first with a match to the last, and the matches that are in none of them."""

    by: str
    stretches: tuple[Stretch, ...]
    total: int
    vague: int
    undated: int
    diagnostics: tuple[Diagnostic, ...] = ()
    per: Per = "report"

    def rows(self) -> list[dict[str, Any]]:
        """The stretches as plain JSON values; whole counts as whole numbers."""
        return [
            {
                "label": each.label,
                "start": each.start.isoformat(),
                "end": each.end.isoformat(),
                "matches": _rounded(each.matches),
                "reports": _rounded(each.reports),
                "share": round(each.share, 6),
            }
            for each in self.stretches
        ]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "by": self.by,
            **({"per": self.per} if self.per != "report" else {}),
            "total": self.total,
            "stretches": self.rows(),
            "vague": self.vague,
            "undated": self.undated,
        }


def timeline(
    found: Found,
    by: Unit = "month",
    *,
    field: str = "date",
    vague: Vague = "apart",
    zone: str | None = None,
    per: Per = "report",
) -> Timeline:
    """The matches by time. ``field``: publication dates, or a field of points in time; ``zone``: where their days begin.

    ``per``: reports are counted, or stories. Raises QueryError where there is no such unit, field or zone, for a zone of
    publication dates, which are whole days, and where there would be more than 10,000 stretches; ValueError for another ``per``.
    """
    check_per(per)
    snapshot = found.snapshot
    field = _checked(by, names_of(snapshot.schema).named(field), vague, snapshot)
    days = _days_of(snapshot, field, _zone(zone, snapshot))
    total, matching = _dates(snapshot, days, found.sets, per)
    every = [docsets.alive(each.postings, docsets.every(each.doc_count)) for each in snapshot.segments]
    edges = _edges(by, matching, spread=vague == "spread")
    counts, kept_apart = _laid_out(matching, edges, spread=vague == "spread")
    reports, _ = _laid_out(_dates(snapshot, days, every, per)[1], edges, spread=vague == "spread")
    stretches = [
        Stretch(stretch_of(by, edges[n]), date.fromordinal(edges[n]), _day(edges[n + 1]), counts[n], reports[n])
        for n in _between_the_ends(counts)
    ]
    undated = matching.get((UNDATED,), 0)
    return Timeline(by, tuple(stretches), total, kept_apart, undated, found.diagnostics, per)


def _checked(by: str, field: str, vague: str, snapshot: Snapshot) -> str:
    if by not in UNITS:
        raise QueryError(by, (0, len(by)), f"{by} is nothing to count by", f"there are {', '.join(UNITS)}")
    if vague not in ("apart", "spread"):
        raise QueryError(vague, (0, len(vague)), f"vague dates cannot be {vague}", "they are kept apart, or spread")
    if snapshot.schema is None:
        is_dated = field == "date"
    else:
        declared = snapshot.schema.field(field)
        is_dated = declared is not None and declared.kind == "datetime"
    if not is_dated:
        raise QueryError(
            field, (0, len(field)), f"there are no points in time in the field {field}", "name a field that has some"
        )
    return field


def _zone(name: str | None, snapshot: Snapshot) -> ZoneInfo | None:
    if name is None:
        return None
    if snapshot.schema is None:
        message = "publication dates are whole days, as their sources give them, and have no zone"
        raise QueryError(name, (0, len(name)), message, "leave the zone out")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise QueryError(name, (0, len(name)), f"there is no zone {name}", "write UTC, Europe/Berlin …") from None


def _dates(snapshot: Snapshot, days: DaysOf, sets: Sets, per: Per) -> tuple[int, Dates]:
    """How many reports or stories docsets hold, and how many of them have which intervals of days."""
    alone, groups = told(snapshot, sets) if per == "story" else Told(tuple(map(docsets.members, sets)), ())
    single = Counter[Interval]()
    for number, docs in enumerate(alone):
        single.update(days(number, docs))
    found = Counter[tuple[Interval, ...]]({(interval,): count for interval, count in single.items()})
    for group in groups:
        found[tuple(sorted({interval for number, doc in group for interval in days(number, (doc,))}))] += 1
    return sum(map(len, alone)) + len(groups), found


def _days_of(snapshot: Snapshot, field: str, zone: ZoneInfo | None) -> DaysOf:
    """What says of docs of a segment which interval of days each has."""
    if zone is not None:
        return lambda number, docs: _days_in_zone(snapshot.segments[number], field, docs, zone)
    bounds = snapshot.days("" if snapshot.schema is None else field)

    def days(number: int, docs: Iterable[int]) -> Iterable[Interval]:
        starts, ends = bounds[number]
        return ((starts[doc], ends[doc]) for doc in docs)

    return days


def _days_in_zone(segment: Segment, field: str, docs: Iterable[int], zone: ZoneInfo) -> Iterator[Interval]:
    values = segment.columns.number_values(field) if field in segment.columns.numbers else None
    known = cache(lambda second: datetime.fromtimestamp(second, UTC).astimezone(zone).toordinal())
    for doc in docs:
        if values is None or isnan(values[doc]):
            yield UNDATED
        else:
            day = known(floor(values[doc]))
            yield day, day + 1


def _edges(by: str, dates: Dates, *, spread: bool) -> Sequence[int]:
    """The first days of the stretches and the day behind the last. A vague date counts where it begins, and spread to its end."""
    intervals = [interval for some in dates for interval in some if interval != UNDATED]
    if not intervals:
        return (0,)
    first, last = min(intervals)[0], max(end - 1 if spread else start for start, end in intervals)
    if (last - first) // DAYS[by] <= MOST:
        return tuple(edges_of(by, first, last))
    advice = "count by a longer unit, or only what was published in some years (from, to)"
    raise QueryError(by, (0, len(by)), f"from the first to the last match there are more than {MOST:,} {by}s", advice)


def _laid_out(dates: Dates, edges: Sequence[int], *, spread: bool) -> tuple[list[float], int]:
    """How many are in each stretch, and how many are vague and in none."""
    counts, vague = [0.0] * (len(edges) - 1), 0
    for intervals, count in dates.items():
        parts: dict[int, float] = {}
        is_dated = False
        for interval in intervals:
            for n, part in _parts(*interval, edges, spread=spread):
                parts[n] = max(part, parts.get(n, 0.0))
            is_dated = is_dated or interval != UNDATED
        for n, part in parts.items():
            counts[n] += count * part
        vague += count if is_dated and not parts else 0
    return counts, vague


def _parts(start: int, end: int, edges: Sequence[int], *, spread: bool) -> Iterator[tuple[int, float]]:
    """Each stretch that a date counts in, and which part of it."""
    place = bisect_right(edges, start) - 1
    if start and place + 1 < len(edges) and place >= 0 and end <= edges[place + 1]:
        yield place, 1.0
    elif start and spread:
        yield from ((n, days / (end - start)) for n, days in _overlaps(start, end, edges))


def _overlaps(start: int, end: int, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each stretch that an interval reaches into, and by how many days."""
    for n in range(max(bisect_right(edges, start) - 1, 0), len(edges) - 1):
        if edges[n] >= end:
            break
        yield n, min(end, edges[n + 1]) - max(start, edges[n])


def _between_the_ends(counts: Sequence[float]) -> Iterable[int]:
    there = [n for n, count in enumerate(counts) if count]
    return range(there[0], there[-1] + 1) if there else ()


def _day(ordinal: int) -> date:
    """Behind the last day of the calendar there is none."""
    return date.fromordinal(min(ordinal, date.max.toordinal()))


def _rounded(count: float) -> float:
    return int(count) if count == int(count) else round(count, 6)

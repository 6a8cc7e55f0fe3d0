"""How many of the matches were published in each stretch of time, and what share of all reports of that time they are.

Stretches without a match between the first and the last are there as well, so that a line drawn through them is true. A date that
reaches over several stretches is vague: it is kept apart, or spread over them by days.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from math import floor, isnan
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from idlibsearch.errors import KernelError, QueryError
from idlibsearch.index.calendar import UNITS, edges_of, stretch_of
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.field_names import names_of
from idlibsearch.query.found import Found

try:
    from idlibsearch.query import docsets
except ImportError as error:
    raise KernelError("idlibsearch.query.docsets") from error

Unit = Literal["day", "week", "month", "quarter", "year"]
Vague = Literal["apart", "spread"]
MOST = 10_000  # stretches; 27 years of days
DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}  # at most, in each
Dates = Mapping[tuple[int, int], int]  # how many reports have each interval of days [start, end); (0, 0): no date


class Stretch(NamedTuple):
    """A day, week, month, quarter or year [start, end): how many matches, and how many reports in all. Parts of reports where
    vague dates are spread.
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
            "total": self.total,
            "stretches": self.rows(),
            "vague": self.vague,
            "undated": self.undated,
        }


def timeline(
    found: Found, by: Unit = "month", *, field: str = "date", vague: Vague = "apart", zone: str | None = None
) -> Timeline:
    """The matches by time. ``field``: publication dates, or a field of points in time; ``zone``: where their days begin.

    Raises QueryError where there is no such unit, field or zone, for a zone of publication dates, which are whole days, and where
    there would be more than 10,000 stretches.
    """
    snapshot = found.snapshot
    field = _checked(by, names_of(snapshot.schema).named(field), vague, snapshot)
    where = _zone(zone, snapshot)
    matching = _dates(snapshot, field, found.docs, where)
    every = [docsets.members(docsets.alive(each.postings, docsets.every(each.doc_count))) for each in snapshot.segments]
    edges = _edges(by, matching, spread=vague == "spread")
    counts, kept_apart = _laid_out(matching, edges, spread=vague == "spread")
    reports, _ = _laid_out(_dates(snapshot, field, every, where), edges, spread=vague == "spread")
    stretches = [
        Stretch(stretch_of(by, edges[n]), date.fromordinal(edges[n]), _day(edges[n + 1]), counts[n], reports[n])
        for n in _between_the_ends(counts)
    ]
    return Timeline(by, tuple(stretches), found.total, kept_apart, matching.get((0, 0), 0), found.diagnostics)


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


def _dates(snapshot: Snapshot, field: str, docs: Sequence[memoryview[int]], zone: ZoneInfo | None) -> Dates:
    """How many of the docs have each interval of days."""
    if zone is not None:
        return _days_in_zone(snapshot, field, docs, zone)
    found = Counter[tuple[int, int]]()
    for (starts, ends), some in zip(snapshot.days("" if snapshot.schema is None else field), docs, strict=True):
        found.update(zip(map(starts.__getitem__, some), map(ends.__getitem__, some), strict=True))
    return found


def _days_in_zone(snapshot: Snapshot, field: str, docs: Sequence[memoryview[int]], zone: ZoneInfo) -> Dates:
    seconds = Counter[int]()
    undated = 0
    for segment, some in zip(snapshot.segments, docs, strict=True):
        values = segment.columns.number_values(field) if field in segment.columns.numbers else None
        known = [] if values is None else [values[doc] for doc in some]
        seconds.update(floor(value) for value in known if not isnan(value))
        undated += len(some) - len(known) + sum(map(isnan, known))
    days = Counter[tuple[int, int]]({(0, 0): undated})
    for second, count in seconds.items():
        day = datetime.fromtimestamp(second, UTC).astimezone(zone).toordinal()
        days[day, day + 1] += count
    return days


def _edges(by: str, dates: Dates, *, spread: bool) -> Sequence[int]:
    """The first days of the stretches and the day behind the last. A vague date counts where it begins, and spread to its end."""
    starts = [start for start, _ in dates if start]
    if not starts:
        return (0,)
    first, last = min(starts), max(end - 1 for _, end in dates) if spread else max(starts)
    if (last - first) // DAYS[by] <= MOST:
        return tuple(edges_of(by, first, last))
    advice = "count by a longer unit, or only what was published in some years (from, to)"
    raise QueryError(by, (0, len(by)), f"from the first to the last match there are more than {MOST:,} {by}s", advice)


def _laid_out(dates: Dates, edges: Sequence[int], *, spread: bool) -> tuple[list[float], int]:
    """How many are in each stretch, and how many are vague and in none."""
    counts, vague = [0.0] * (len(edges) - 1), 0
    for (start, end), count in dates.items():
        if not start:
            continue
        place = bisect_right(edges, start) - 1
        if place + 1 < len(edges) and place >= 0 and end <= edges[place + 1]:
            counts[place] += count
        elif spread:
            for n, days in _overlaps(start, end, edges):
                counts[n] += count * days / (end - start)
        else:
            vague += count
    return counts, vague


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

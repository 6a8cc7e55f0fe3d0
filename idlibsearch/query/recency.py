"""Newer reports first: a score fades with the age of its report, to half in every half-life.

A report without a date fades as one of the middle date of the index does (half of the dated ones are as old or older), so that it
is neither favoured nor punished. Vague dates count from their first day; a date to come does not fade.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime

from idlibsearch.errors import QueryError
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.steps import Fading, Step

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
MAX_DAYS = 1_000_000.0  # longer than anything was published
UNDATED = 0  # what the index has for the day of a report without a date


def fading(plan: Step, snapshot: Snapshot, half_life: str, today: date | None) -> Fading:
    """A plan whose scores fade by a half-life: "30d", "2w", "6m" (of 30 days), "1y", seen from ``today``, by default in UTC.

    Raises QueryError for what is no half-life, and where nothing has a date of publication.
    """
    if snapshot.schema is not None:
        message = "documents of this index have no date of publication"
        raise QueryError(half_life, (0, len(half_life)), message, "sort by a field of theirs")
    days = _days(half_life)
    day = datetime.now(UTC).date() if today is None else today
    seen_from = date(day.year, day.month, day.day).toordinal()
    middle = middle_day(snapshot)
    return Fading(plan, days, seen_from, 1.0 if middle is None else faded(middle, days, seen_from))


def faded(day: int, half_life: float, today: int) -> float:
    """The factor of a report published on a day: 0.5 to the power of its age in half-lives."""
    return math.pow(0.5, max(today - day, 0) / half_life)


def middle_day(snapshot: Snapshot) -> int | None:
    """The first day by which half of the dated reports were published (deleted ones count until they are merged away)."""
    columns = [(_by_date(segment), segment.date_starts) for segment in snapshot.segments]
    wanted = (sum(len(docs) for docs, _ in columns) + 1) // 2
    low, high = UNDATED, date.max.toordinal()
    while low + 1 < high:  # the day lies in (low, high]
        day = (low + high) // 2
        count = sum(bisect_right(docs, day, key=days.__getitem__) for docs, days in columns)
        low, high = (low, day) if count >= wanted else (day, high)
    return high if wanted else None


def _by_date(segment: Segment) -> Sequence[int]:
    """The docs that have a date, by its first day."""
    docs, days = segment.columns.date_order(), segment.date_starts
    return docs if docs is not None else sorted((doc for doc in range(len(days)) if days[doc]), key=days.__getitem__)


def _days(half_life: str) -> float:
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(d|w|m|y|days?|weeks?|months?|years?|)\s*", half_life.lower())
    days = float(found[1]) * _DAYS[found[2][:1] or "d"] if found and found[1].isascii() else 0.0
    if not 0.0 < days <= MAX_DAYS:
        message = f"{half_life or 'nothing'} is no half-life"
        raise QueryError(half_life, (0, len(half_life)), message, "write a number and d, w, m or y: 30d, 2w, 6m, 1y")
    return days

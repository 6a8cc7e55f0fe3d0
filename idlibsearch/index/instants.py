"""Points in time as the columns of DATETIME fields hold them: seconds since 1970-01-01, as the clock of the document shows them.

A microsecond counts from the year 1700 to 2240; further away the next microseconds fall together. A time with a zone is turned
into UTC, one without is taken as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

FORMS = "2020, 2020-01, 2020-01-12, 2020-01-12T10, 2020-01-12T10:30, 2020-01-12T10:30:05 or 2020-01-12T10:30:05.250"
EPOCH = datetime(1970, 1, 1)
EPOCH_DAY = EPOCH.toordinal()
DAY_S = 86_400
# As text: compiled when a time comes along. Without signs, as 20200112103005, it is one as well.
_FORM = r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.?(\d{1,6}))?)?)?)?)?)?"


class Period(NamedTuple):
    """The half-open interval that a text names, in seconds."""

    start: float
    end: float


def seconds_of(when: date) -> float:
    """A datetime, or the beginning of a day, in seconds."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    if when.tzinfo is not None:
        when = when.astimezone(UTC).replace(tzinfo=None)
    return (when - EPOCH).total_seconds()


def period(text: str) -> Period:
    """What a year, month, day, hour, minute, second or part of a second is from beginning to end.

    >>> period("2020-01")
    Period(start=1577836800.0, end=1580515200.0)

    Raises ValueError where the text names none.
    """
    match = re.fullmatch(_FORM, text.strip(), re.ASCII)
    if match is None:
        raise ValueError(f"{text} is not a time; write {FORMS}")
    year, month, day, hour, minute, second, fraction = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        clock = time(int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError as error:
        raise ValueError(f"{text} is not a time: {error}") from None
    start = seconds_of(datetime.combine(first, clock))
    if hour is None:
        return Period(start, start_of(_day_after(first, month, day)))
    unit = 3600.0 if minute is None else 60.0 if second is None else 1.0
    return Period(start, start + (10.0 ** -len(fraction) if fraction else unit))


def _day_after(first: date, month: str | None, day: str | None) -> int:
    """The ordinal of the day behind a year, a month or a day."""
    if day is not None:
        return first.toordinal() + 1
    months = 12 if month is None else 1
    year, number = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, number + 1, 1).toordinal() if year <= date.max.year else date.max.toordinal() + 1


def start_of(day: int) -> float:
    """When a day, by its proleptic ordinal, begins."""
    return float((day - EPOCH_DAY) * DAY_S)


def day_of(seconds: float) -> int:
    """The proleptic ordinal of the day in which a point in time lies."""
    return int(seconds // DAY_S) + EPOCH_DAY


def written(seconds: float) -> str:
    """A point in time as ``period`` reads it."""
    return (EPOCH + timedelta(seconds=seconds)).isoformat()

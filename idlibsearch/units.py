"""Units of time, and days counted in them: intervals from ordinals and from months, days so many units later.

What these are called is the business of ``periods``. Days beyond the calendar (years 1 to 9999) raise ValueError or
OverflowError, as ``date`` does.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

Days = tuple[date, date]  # the first, and the one after the last


class TimeUnit(NamedTuple):
    """A length of time: so many days, or so many months."""

    days: int = 0
    months: int = 0


DAY, WEEK = TimeUnit(days=1), TimeUnit(days=7)
MONTH, QUARTER, YEAR, DECADE = (TimeUnit(months=months) for months in (1, 3, 12, 120))


def days_from(ordinal: int, count: int = 1) -> Days:
    return date.fromordinal(ordinal), date.fromordinal(ordinal + count)


def months_from(number: int, count: int = 1) -> Days:
    """Some months from the one with this number, as ``month_number`` gives it."""
    return date(number // 12, number % 12 + 1, 1), date((number + count) // 12, (number + count) % 12 + 1, 1)


def month_number(day: date) -> int:
    """The months before the day's own, from year 0 on."""
    return day.year * 12 + day.month - 1


def moved(day: date, count: int, unit: TimeUnit) -> date:
    """So many units later; where the month is shorter, on its last day."""
    if unit.days:
        return days_from(day.toordinal() + count * unit.days)[0]
    start, end = months_from(month_number(day) + count * unit.months)
    return days_from(start.toordinal() + min(day.day, (end - start).days) - 1)[0]


def monday(day: date) -> int:
    """The ordinal of the first day of the week."""
    return day.toordinal() - day.weekday()


def starts_of_pieces(start: date, end: date, pieces: int) -> list[date]:
    """Where equal pieces of whole months begin, and where the last one ends."""
    first, months = month_number(start), month_number(end) - month_number(start)
    if start.day != 1 or end.day != 1:
        return []
    if months == 1:
        days = {2: (1, 16), 3: (1, 11, 21)}.get(pieces, ())  # the last one has what is left
        return [*(start.replace(day=day) for day in days), end] if days else []
    if (months, pieces) == (DECADE.months, 3):
        return [months_from(first + years * 12)[0] for years in (0, 4, 7, 10)]  # mid 2010s: 2014 to 2016
    return [months_from(first + at)[0] for at in range(0, months + 1, months // pieces)] if months % pieces == 0 else []

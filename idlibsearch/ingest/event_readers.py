"""Which days the forms mean in which texts name times: of each form a reader, which is given the parts that it names.

What a form means may hang on where it is seen from: a day, and whether what was meant lies ahead of it. Readers raise ValueError
for days that are not (31 February, a Sunday that was a Monday) and for what they cannot tell. What forms look like is the
business of ``event_forms``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from idlibsearch.calendar_words import by_word
from idlibsearch.model import Precision
from idlibsearch.units import (
    WEEK,
    Days,
    TimeUnit,
    days_from,
    monday,
    month_number,
    months_from,
    starts_of_pieces,
)

YEARS_WITHOUT_LEAP_DAY = 8  # at most, as from 1896 to 1904
MUCH_NEARER = 3  # how many times as near the next 3 June must be as the last one, to be the one that is meant
SPAN_OF_YEARS = 100  # 1990-2010; what reaches further is no span of years
_ONE_DAY = timedelta(days=1)


class Seen(NamedTuple):
    """From where an expression is seen: a day, and whether the text speaks of what lies ahead of it; None: it does not say."""

    day: date
    ahead: bool | None = None


class Meaning(NamedTuple):
    """The days [start, end) that an expression names, and how exact it is."""

    days: Days
    precision: Precision


Parts = Mapping[str, str | None]
Reader = Callable[[Parts, Seen], Meaning]


_MONTH_OF, _SEASON_OF, _UNIT_OF = by_word("month"), by_word("season"), by_word("unit")
_COUNT_OF, _NTH_OF = by_word("small"), by_word("nth") | {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "final": 4}
_PARTS = {"early": 1, "mid": 2, "late": 3, "beginning": 1, "start": 1, "middle": 2, "end": 3}
_WHICH_OF = by_word("which") | {"past": -1, "the": 0}
_NEAR_OF = by_word("near")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _number(written: str) -> int:
    return int(re.sub(r"\D", "", written))


def _month(written: str) -> tuple[int, int]:
    found: tuple[int, int] = _MONTH_OF[written.lower().rstrip(".")]
    return found


def _precision(days: Days) -> Precision:
    """What an interval is, where it is a year, quarter, month or day of the calendar."""
    start, end = days
    if (end - start).days == 1:
        return "day"
    months = month_number(end) - month_number(start) if start.day == end.day == 1 else 0
    names: dict[int, Precision] = {1: "month", 3: "quarter", 12: "year"}
    return names.get(months, "span")


def _pieced(parts: Parts, whole: Meaning) -> Meaning:
    """Early, mid or late of a time; all of it where no part is named."""
    word = (parts.get("part") or parts.get("piece") or "").lower()
    if not word:
        return whole
    starts = starts_of_pieces(*whole.days, 3)
    if not starts:  # late last week, the end of the day: what is named is a day or some
        return whole
    number = _PARTS[word]
    return Meaning((starts[number - 1], starts[number]), "part-month" if whole.precision == "month" else "span")


def _checked(parts: Parts, days: Days) -> Meaning:
    weekday = parts.get("weekday")
    if weekday and not weekday.lower().startswith(_WEEKDAYS[days[0].weekday()]):
        raise ValueError
    return Meaning(days, _precision(days))


def _of_year(parts: Parts, seen: Seen, read: Callable[[int], Meaning]) -> Meaning:
    """What lacks a year: where the text does not say, the latest that has begun, unless the next one is much nearer."""
    if parts.get("year"):
        return read(_number(str(parts["year"])))
    year = seen.day.year
    behind = _first(range(year, year - YEARS_WITHOUT_LEAP_DAY - 1, -1), read, lambda days: days[0] <= seen.day)
    if seen.ahead is False and behind:
        return behind
    ahead = _first(range(year, year + YEARS_WITHOUT_LEAP_DAY + 1), read, lambda days: days[0] > seen.day)
    if seen.ahead and ahead:
        return ahead
    is_nearer = behind is None or (ahead and (ahead.days[0] - seen.day) * MUCH_NEARER < seen.day - behind.days[0])
    found = ahead if is_nearer else behind
    if found is None:
        raise ValueError
    return found


def _first(years: Iterable[int], read: Callable[[int], Meaning], fits: Callable[[Days], bool]) -> Meaning | None:
    for year in years:
        try:
            found = read(year)
        except ValueError:  # 29 February, a weekday that it is not, beyond the calendar
            continue
        if fits(found.days):
            return found
    return None


def read_iso(parts: Parts, _seen: Seen) -> Meaning:
    year, month, day = (int(part) for part in re.split(r"[-/.]", str(parts["iso"])))
    return Meaning(days_from(date(year, month, day).toordinal()), "day")


def read_numeric(parts: Parts, _seen: Seen) -> Meaning:
    """13/01/2020: the day or the month first, as far as only one of them can be."""
    one, other, year = (int(part) for part in re.split(r"[-/.]", str(parts["numeric"])))
    days = set()
    for month, day in (one, other), (other, one):
        if month <= 12:
            days.add(date(year, month, day))
    if len(days) != 1:
        raise ValueError
    return Meaning(days_from(days.pop().toordinal()), "day")


def read_day(parts: Parts, seen: Seen) -> Meaning:
    month, first = _month(str(parts["month"]))[0], _number(str(parts["day"]))
    last = _number(parts.get("last") or "") if parts.get("last") else first

    def read(year: int) -> Meaning:
        start, end = date(year, month, first), date(year, month, last) + _ONE_DAY
        if end <= start:
            raise ValueError
        return _checked(parts, (start, end))

    return _of_year(parts, seen, read)


def read_named(parts: Parts, seen: Seen) -> Meaning:
    """A month or season, with or without a year, or a part of one."""
    name = parts.get("month") or parts.get("season")
    start, count = _month(str(name)) if parts.get("month") else _SEASON_OF[str(name).lower()]
    precision: Precision = "month" if parts.get("month") else "season"

    def read(year: int) -> Meaning:
        return _pieced(parts, Meaning(months_from(year * 12 + start - 1, count), precision))

    which = (parts.get("which") or "").lower()
    if which in ("next", "coming"):
        seen = Seen(months_from(month_number(seen.day) + 1)[0], ahead=True)
    elif which in ("last", "past", "previous"):
        this = months_from(seen.day.year * 12 + start - 1, count)
        seen = Seen(this[0] - _ONE_DAY if this[0] <= seen.day < this[1] else seen.day, ahead=False)
    elif which:
        return read(seen.day.year)
    return _of_year(parts, seen, read)


def read_quarter(parts: Parts, seen: Seen) -> Meaning:
    """A quarter or half of a year; without one the latest that has begun."""
    number, pieces = _NTH_OF.get((parts.get("nth") or "").lower(), 0), 4
    if parts.get("named"):
        number = int(str(parts["named"])[1:])
        pieces = 4 if str(parts["named"])[0] in "Qq" else 2
    elif (parts.get("fraction") or "").lower() == "half":
        pieces = 2
    if not 1 <= number <= pieces:
        raise ValueError

    def read(year: int) -> Meaning:
        months = 12 // pieces
        return Meaning(months_from(year * 12 + (number - 1) * months, months), "quarter" if pieces == 4 else "span")

    if parts.get("which"):
        return read(seen.day.year + _WHICH_OF[str(parts["which"]).lower()])
    return _of_year(parts, seen._replace(ahead=False), read)


def read_year(parts: Parts, _seen: Seen) -> Meaning:
    return _pieced(parts, Meaning(months_from(_number(str(parts["year"])) * 12, 12), "year"))


def read_years(parts: Parts, _seen: Seen) -> Meaning:
    """2009-2010, 2018/19."""
    first, last = str(parts["year"]), str(parts["last"])
    start, end = int(first), int(first[: 4 - len(last)] + last)
    if not 0 < end - start <= SPAN_OF_YEARS:
        raise ValueError
    return Meaning(months_from(start * 12, (end - start + 1) * 12), "span")


def read_decade(parts: Parts, seen: Seen) -> Meaning:
    """The 1990s, the '90s."""
    written = _number(str(parts["decade"]))
    year = written if written > 99 else _century_before(written, seen)
    if year % 10:
        raise ValueError
    return _pieced(parts, Meaning(months_from(year * 12, 120), "decade"))


def _century_before(written: int, seen: Seen) -> int:
    """The '20s are those of the century in which they were last."""
    year = seen.day.year // 100 * 100 + written
    return year if year <= seen.day.year else year - 100


def read_century(parts: Parts, _seen: Seen) -> Meaning:
    return Meaning(months_from(((_number(str(parts["century"])) - 1) * 100 + 1) * 12, 1200), "span")


def read_near(parts: Parts, seen: Seen) -> Meaning:
    return Meaning(days_from(seen.day.toordinal() + _NEAR_OF[str(parts["near"]).lower()]), "day")


def _unit_from(day: date, count: int, unit: TimeUnit) -> Meaning:
    """A whole unit of the calendar, so many from the one of a day."""
    if unit.months:
        days = months_from((month_number(day) // unit.months + count) * unit.months, unit.months)
        return Meaning(days, "decade" if unit.months == 120 else _precision(days))
    if unit == WEEK:
        return Meaning(days_from(monday(day) + count * 7, 7), "week")
    return Meaning(days_from(day.toordinal() + count * unit.days), "day")


def read_calendar(parts: Parts, seen: Seen) -> Meaning:
    """This week, last month, early next year."""
    return _pieced(parts, _unit_from(seen.day, _WHICH_OF[str(parts["which"]).lower()], _UNIT_OF[str(parts["unit"]).lower()]))


def read_ago(parts: Parts, seen: Seen) -> Meaning:
    """Two days ago: the unit of the calendar that lies so far back, of weeks the whole one, as in questions."""
    written, unit = str(parts["count"]).lower(), _UNIT_OF[str(parts["unit"]).lower()]
    count = int(written) if written.isdigit() else int(_COUNT_OF[written])
    return _unit_from(seen.day, -count, unit)


def read_weekend(parts: Parts, seen: Seen) -> Meaning:
    """The one that has begun last, or what a word says; a weekend is Saturday and Sunday."""
    which = _WHICH_OF[(parts.get("which") or "the").lower()]
    saturday = monday(seen.day) + 5
    if which == 0 and not seen.ahead and parts.get("which") != "this" and seen.day.toordinal() < saturday:
        which = -1
    return Meaning(days_from(saturday + which * 7, 2), "span")


def read_weekday(parts: Parts, seen: Seen) -> Meaning:
    """The latest, that very day among them, or the first behind it, as the text speaks of it."""
    number = _WEEKDAYS.index(str(parts["weekday"])[:3].lower())
    which = (parts.get("which") or "").lower()
    today = seen.day.toordinal()
    if seen.ahead or which in ("next", "coming"):
        return Meaning(days_from(today + 1 + (number - seen.day.weekday() - 1) % 7), "day")
    if which == "this":
        return Meaning(days_from(monday(seen.day) + number), "day")
    today -= which in ("last", "past")
    return Meaning(days_from(today - (date.fromordinal(today).weekday() - number) % 7), "day")

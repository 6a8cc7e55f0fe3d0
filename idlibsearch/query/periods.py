"""One period as typed (``2019-W07``, ``late March``, ``last 3 days``, ``12 January 2020``): tokens in, an interval of days out.

The kinds of the tokens are looked up in a table of forms. What joins several periods is the business of ``when``.

Conventions: weeks begin on Monday (ISO 8601); seasons are the northern ones of meteorology, a winter named by the year it begins
in; "2 weeks ago" is a whole week, as in TimeML's TIMEX3; "last 3 days" ends with today; a month, day, quarter, season or weekday
without a year is the latest that has begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.units import (
    QUARTER,
    WEEK,
    Days,
    TimeUnit,
    days_from,
    monday,
    month_number,
    months_from,
    moved,
    starts_of_pieces,
)

_Reader = Callable[..., Days]

MAX_CHARACTERS = 100  # "between Wednesday the 25th of September 2019 and Wednesday the 25th of September 2020" has 84
YEARS_WITHOUT_LEAP_DAY = 8  # at most, as from 1896 to 1904
ADVICE = "write 2020, 2020-01, 2020-01-12, Q3 2019, yesterday, last 3 days, since March 2019, 2020-01..2020-03 or the like"


class Token(NamedTuple):
    """A word, number or sign: what it may be part of, and what it stands for."""

    kind: str
    value: Any = None


class Asked(NamedTuple):
    """What is read and from where it is seen; what has no year begins on ``latest`` or before."""

    text: str
    today: date
    latest: date


def refusal(asked: Asked, reason: str, advice: str) -> QueryError:
    """The error to raise; ``reason`` goes on after "the date …"."""
    text = asked.text
    shown = text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…"
    return QueryError(text, (0, len(text)), f"the date {shown!r} {reason}", advice)


def unknown(asked: Asked) -> QueryError:
    return refusal(asked, "cannot be read", ADVICE)


def period_of(asked: Asked, tokens: list[Token]) -> Days | None:
    """The days of a period, None where the tokens are none; raises QueryError, or what ``date`` raises for days that are not."""
    kinds = [token.kind for token in tokens]
    form = _FORMS.get(" ".join(kinds).replace("–", "-"))
    if form is not None:
        reader, slots = form
        return reader(asked, **{name: tokens[at].value for at, name in slots})
    match kinds:
        case ["part", "-", *_]:
            pieces, rest = 3, tokens[2:]
        case ["part", *_]:
            pieces, rest = 3, tokens[1:]
        case ["nth", "half", *_]:
            pieces, rest = 2, tokens[2:]
        case ["nth", "unit", *_] if tokens[1].value == QUARTER:
            pieces, rest = 4, tokens[2:]
        case ["weekday", *_]:
            return _checked_weekday(asked, tokens[0].value, period_of(asked, tokens[1:]))
        case _:
            return None
    return _piece(asked, tokens[0].value, pieces, rest)


def _piece(asked: Asked, number: int, pieces: int, rest: list[Token]) -> Days | None:
    """One of two, three or four pieces of a period; None where there is none, or none that falls into such pieces."""
    whole = period_of(asked, rest)
    starts = starts_of_pieces(*whole, pieces) if whole else []
    if not whole or not starts:
        return None
    if not 1 <= number <= pieces:
        raise ValueError
    start, end = starts[number - 1], starts[number]
    if start > asked.latest >= whole[0]:  # late January, and it is early yet: where no year is named, the one before
        asked = asked._replace(latest=whole[0] - timedelta(days=1))
        if period_of(asked, rest) != whole:
            return _piece(asked, number, pieces, rest)
    return start, end


def _checked_weekday(asked: Asked, weekday: int, days: Days | None) -> Days | None:
    """Sunday, 12 January 2020: the day behind its weekday, refused where it is another."""
    if days is None or (days[1] - days[0]).days != 1:
        return None
    if days[0].weekday() != weekday:
        raise refusal(asked, f"names the wrong weekday for {days[0]}", "leave the weekday out, or write the year")
    return days


# ---- forms: each is called with the values of its slots


def _year(_asked: Asked, yyyy: int) -> Days:
    return months_from(yyyy * 12, 12)


def _years_month(_asked: Asked, yyyy: int, mm: int) -> Days:
    return months_from(month_number(date(yyyy, mm, 1)))


def _day(_asked: Asked, yyyy: int, mm: int, dd: int) -> Days:
    return days_from(date(yyyy, mm, dd).toordinal())


def _compact_day(asked: Asked, yyyymmdd: int) -> Days:
    return _day(asked, yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100)


def _day_of_month(asked: Asked, yyyy: int, month: tuple[int, int], dd: int) -> Days:
    return _day(asked, yyyy, month[0], dd)


def _numeric_day(asked: Asked, one: int, other: int, yyyy: int) -> Days:
    """12/01/2020: the day or the month first, as far as both exist; refused where that makes two days."""
    found = set()
    for month, day in (one, other), (other, one):
        try:
            found.add(date(yyyy, month, day))
        except ValueError:
            continue
    if len(found) > 1:
        days = " or ".join(day.isoformat() for day in sorted(found))
        raise refusal(asked, "can be read in two ways", f"write {days}")
    return days_from(max(found).toordinal())


def _named(_asked: Asked, yyyy: int, named: tuple[int, int]) -> Days:
    """A month, season, quarter or half of a year."""
    return months_from(yyyy * 12 + named[0] - 1, named[1])


def _winter(asked: Asked, season: tuple[int, int], yyyy: int, then: int) -> Days:
    """winter 2019-2020, winter 2019/20."""
    if season[0] != 12 or then not in (yyyy + 1, (yyyy + 1) % 100):
        raise ValueError
    return _named(asked, yyyy, season)


def _iso_week(_asked: Asked, yyyy: int, isoweek: int, dd: int | None = None) -> Days:
    """2019-W07, or one day of it: 2019-W07-3 is the Wednesday."""
    return days_from(date.fromisocalendar(yyyy, isoweek, 1 if dd is None else dd).toordinal(), 7 if dd is None else 1)


def _numbered_week(asked: Asked, unit: TimeUnit, dd: int, yyyy: int) -> Days:
    if unit != WEEK:
        raise unknown(asked)
    return _iso_week(asked, yyyy, dd)


def _decade(_asked: Asked, yyyy: int) -> Days:
    if yyyy % 10:
        raise ValueError
    return months_from(yyyy * 12, 120)


def _near_day(asked: Asked, near: int) -> Days:
    return days_from(asked.today.toordinal() + near)


def _counted_day(asked: Asked, sign: int, count: int, unit: TimeUnit, near: int = 0) -> Days:
    """now-7d, -1 week: one day."""
    return days_from(moved(_near_day(asked, near)[0], sign * count, unit).toordinal())


def _calendar_unit(asked: Asked, which: int, unit: TimeUnit) -> Days:
    """this week, last month: whole ones of the calendar."""
    today = asked.today
    if unit.months:
        return months_from((month_number(today) // unit.months + which) * unit.months, unit.months)
    return days_from((monday(today) if unit == WEEK else today.toordinal()) + which * unit.days, unit.days)


def _ago(asked: Asked, count: int, unit: TimeUnit) -> Days:
    return _calendar_unit(asked, -count, unit)


def _weekend(asked: Asked, which: int) -> Days:
    return days_from(monday(asked.today) + 5 + which * 7, 2)


def _counted(asked: Asked, which: int, count: int, unit: TimeUnit) -> Days:
    """last 3 days, next 2 months: so many units that end, or begin, with today."""
    today, tomorrow = _near_day(asked, 0)
    if which * count == 0:
        raise ValueError
    if which < 0:
        return moved(tomorrow, -count, unit), tomorrow
    return today, moved(today, which * count, unit)


def _past(asked: Asked, unit: TimeUnit, count: int = 1) -> Days:
    return _counted(asked, -1, count, unit)


def _weekday(asked: Asked, weekday: int) -> Days:
    """The latest one, today among them."""
    return days_from(asked.latest.toordinal() - (asked.latest.weekday() - weekday) % 7)


def _which_weekday(asked: Asked, which: int, weekday: int) -> Days:
    """The one of this week, the latest before today, the first after today."""
    if which == 0:
        return days_from(monday(asked.today) + weekday)
    nearest = asked.today.toordinal() + which
    return days_from(nearest + which * (which * (weekday - nearest + 1) % 7))  # day 1 of the calendar is a Monday


def _named_alone(asked: Asked, named: tuple[int, int]) -> Days:
    return _latest(asked, lambda year: _named(asked, year, named), lambda days: days[0] <= asked.latest)


def _day_alone(asked: Asked, month: tuple[int, int], dd: int) -> Days:
    return _latest(asked, lambda year: _day(asked, year, month[0], dd), lambda days: days[0] <= asked.latest)


def _which_named(asked: Asked, which: int, named: tuple[int, int]) -> Days:
    """last March: the latest that is over; next: the first to begin; this: this year's, or a winter that has not ended."""
    today, year = asked.today, asked.today.year

    def read(year: int) -> Days:
        return _named(asked, year, named)

    if which < 0:
        return _latest(asked, read, lambda days: days[1] <= today)
    if which > 0:
        return _first((year, year + 1), read, lambda days: days[0] > today)
    return _first((year - 1, year), read, lambda days: days[1] > today or days[0].year == year)


def _latest(asked: Asked, read: Callable[[int], Days], fits: Callable[[Days], bool]) -> Days:
    year = asked.latest.year
    return _first(range(year, year - YEARS_WITHOUT_LEAP_DAY - 1, -1), read, fits)


def _first(years: Iterable[int], read: Callable[[int], Days], fits: Callable[[Days], bool]) -> Days:
    """What is read of the first of the years in which it exists and fits; raises ValueError where there is none."""
    for year in years:
        try:
            days = read(year)
        except ValueError:  # 29 February, or beyond the calendar
            continue
        if fits(days):
            return days
    raise ValueError


_SLOTS = {  # a slot's name is that of a parameter; which kinds of tokens may stand there
    **dict.fromkeys(("mm", "one", "other"), ("number",)),
    "yyyy": ("year",),
    "dd": ("number", "nth"),
    "then": ("number", "year"),
    "count": ("number", "small", "count", "year"),
    "sign": ("-", "+"),
    "named": ("month", "season", "named"),
}
_SLOTS |= {kind: (kind,) for kind in ("yyyymmdd", "month", "season", "isoweek", "unit", "near", "which", "weekday")}

_READERS: tuple[tuple[_Reader, str], ...] = (  # ~ is any of - / .
    (_year, "yyyy"),
    (_years_month, "yyyy ~ mm; mm ~ yyyy"),
    (_day, "yyyy ~ mm ~ dd"),
    (_compact_day, "yyyymmdd"),
    (_numeric_day, "one ~ other ~ yyyy"),
    (_day_of_month, "dd month yyyy; month dd yyyy; yyyy month dd; dd ~ month ~ yyyy; month ~ dd ~ yyyy; yyyy ~ month ~ dd"),
    (_named, "named yyyy; yyyy named; named ~ yyyy; yyyy ~ named"),
    (_winter, "season yyyy ~ then"),
    (_iso_week, "yyyy isoweek; yyyy - isoweek; isoweek yyyy; yyyy - isoweek - dd"),
    (_numbered_week, "unit dd yyyy"),
    (_decade, "yyyy s"),
    (_near_day, "near"),
    (_counted_day, "near sign count unit; sign count unit"),
    (_calendar_unit, "which unit"),
    (_weekend, "which weekend"),
    (_counted, "which count unit"),
    (_past, "past unit; past count unit"),
    (_ago, "count unit ago"),
    (_weekday, "weekday"),
    (_which_weekday, "which weekday"),
    (_named_alone, "named"),
    (_day_alone, "month dd; dd month"),
    (_which_named, "which named"),
)


def _forms() -> Iterable[tuple[str, tuple[_Reader, tuple[tuple[int, str], ...]]]]:
    """Every form as the kinds of its tokens, with what reads it and where its slots are."""
    for reader, forms in _READERS:
        for form in forms.split("; "):
            for sign in "-/." if "~" in form else "-":
                words = form.replace("~", sign).split()
                slots = tuple((at, word) for at, word in enumerate(words) if word in _SLOTS)
                for kinds in product(*(_SLOTS.get(word, (word,)) for word in words)):
                    yield " ".join(kinds), (reader, slots)


_FORMS = dict(_forms())

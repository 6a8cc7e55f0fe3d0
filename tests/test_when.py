"""Dates as people type them: every form with its days written out, what is refused and why, and what holds for any day."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from idlibsearch import QueryError
from idlibsearch.model import ReportDate
from idlibsearch.query.days import days_of
from idlibsearch.query.when import read_when

TUESDAY = date(2020, 1, 14)
ONE_DAY = timedelta(days=1)
FIRST, LAST = "0001-01-01", "9999-12-31"  # where the calendar of `date` ends

FORMS = """
    today                               2020-01-14 2020-01-15
    now                                 2020-01-14 2020-01-15
    Yesterday                           2020-01-13 2020-01-14
    tomorrow                            2020-01-15 2020-01-16

    this week                           2020-01-13 2020-01-20
    last week                           2020-01-06 2020-01-13
    previous week                       2020-01-06 2020-01-13
    next week                           2020-01-20 2020-01-27
    this month                          2020-01-01 2020-02-01
    last month                          2019-12-01 2020-01-01
    next month                          2020-02-01 2020-03-01
    the current quarter                 2020-01-01 2020-04-01
    last quarter                        2019-10-01 2020-01-01
    next quarter                        2020-04-01 2020-07-01
    this year                           2020-01-01 2021-01-01
    previous year                       2019-01-01 2020-01-01
    next year                           2021-01-01 2022-01-01
    last decade                         2010-01-01 2020-01-01
    last day                            2020-01-13 2020-01-14
    last weekend                        2020-01-11 2020-01-13
    this weekend                        2020-01-18 2020-01-20

    Friday                              2020-01-10 2020-01-11
    on Tuesday                          2020-01-14 2020-01-15
    last Friday                         2020-01-10 2020-01-11
    last Tuesday                        2020-01-07 2020-01-08
    previous mon                        2020-01-13 2020-01-14
    this Friday                         2020-01-17 2020-01-18
    this Monday                         2020-01-13 2020-01-14
    next Friday                         2020-01-17 2020-01-18
    next Tuesday                        2020-01-21 2020-01-22

    last 3 days                         2020-01-12 2020-01-15
    last three days                     2020-01-12 2020-01-15
    the last 2 weeks                    2020-01-01 2020-01-15
    last 3 months                       2019-10-15 2020-01-15
    last 12 months                      2019-01-15 2020-01-15
    last 5 years                        2015-01-15 2020-01-15
    past 7 days                         2020-01-08 2020-01-15
    past 1000 days                      2017-04-20 2020-01-15
    past week                           2020-01-08 2020-01-15
    past year                           2019-01-15 2020-01-15
    last 7d                             2020-01-08 2020-01-15
    next 3 days                         2020-01-14 2020-01-17

    3 days ago                          2020-01-11 2020-01-12
    a week ago                          2020-01-06 2020-01-13
    2 weeks ago                         2019-12-30 2020-01-06
    3 months ago                        2019-10-01 2019-11-01
    two years ago                       2018-01-01 2019-01-01
    now-7d                              2020-01-07 2020-01-08
    now - 7 days                        2020-01-07 2020-01-08
    now-1M                              2019-12-14 2019-12-15
    today+2w                            2020-01-28 2020-01-29
    -1 week                             2020-01-07 2020-01-08
    -7d                                 2020-01-07 2020-01-08
    -14 mo                              2018-11-14 2018-11-15

    2020                                2020-01-01 2021-01-01
    in 2020                             2020-01-01 2021-01-01
    2020-01                             2020-01-01 2020-02-01
    2020/1                              2020-01-01 2020-02-01
    01/2020                             2020-01-01 2020-02-01
    2020-01-12                          2020-01-12 2020-01-13
    2020/1/12                           2020-01-12 2020-01-13
    2020.01.12                          2020-01-12 2020-01-13
    20200112                            2020-01-12 2020-01-13
    13/01/2020                          2020-01-13 2020-01-14
    01/13/2020                          2020-01-13 2020-01-14
    5.5.2020                            2020-05-05 2020-05-06
    2020-01-12T10:30:00Z                2020-01-12 2020-01-13
    2020-01-12t23:30:00.25-05:00        2020-01-12 2020-01-13
    2020-01-12 10:30                    2020-01-12 2020-01-13

    January 2020                        2020-01-01 2020-02-01
    Jan 2020                            2020-01-01 2020-02-01
    SEPT. 2019                          2019-09-01 2019-10-01
    2020 January                        2020-01-01 2020-02-01
    12 January 2020                     2020-01-12 2020-01-13
    12th of January, 2020               2020-01-12 2020-01-13
    the first of March 2019             2019-03-01 2019-03-02
    January 12, 2020                    2020-01-12 2020-01-13
    Jan. 12th 2020                      2020-01-12 2020-01-13
    12-Jan-2020                         2020-01-12 2020-01-13
    Sunday, 12 January 2020             2020-01-12 2020-01-13
    Sun Jan 12 2020                     2020-01-12 2020-01-13

    Q3 2019                             2019-07-01 2019-10-01
    2019-Q3                             2019-07-01 2019-10-01
    2019q3                              2019-07-01 2019-10-01
    third quarter of 2019               2019-07-01 2019-10-01
    H2 2019                             2019-07-01 2020-01-01
    first half of 2019                  2019-01-01 2019-07-01
    the 2nd half of 2019                2019-07-01 2020-01-01
    second half of January 2020         2020-01-16 2020-02-01
    first half of last year             2019-01-01 2019-07-01
    2019-W07                            2019-02-11 2019-02-18
    2019W07                             2019-02-11 2019-02-18
    2019-W07-3                          2019-02-13 2019-02-14
    2020-W53                            2020-12-28 2021-01-04
    week 7 of 2019                      2019-02-11 2019-02-18
    2010s                               2010-01-01 2020-01-01
    the 1990s                           1990-01-01 2000-01-01

    early 2019                          2019-01-01 2019-05-01
    mid-2019                            2019-05-01 2019-09-01
    late 2019                           2019-09-01 2020-01-01
    early January 2020                  2020-01-01 2020-01-11
    mid January 2020                    2020-01-11 2020-01-21
    late January 2020                   2020-01-21 2020-02-01
    late Q3 2019                        2019-09-01 2019-10-01
    early summer 2019                   2019-06-01 2019-07-01
    late last year                      2019-09-01 2020-01-01
    early 2010s                         2010-01-01 2014-01-01
    mid 2010s                           2014-01-01 2017-01-01
    late 2010s                          2017-01-01 2020-01-01

    spring 2019                         2019-03-01 2019-06-01
    summer of 2019                      2019-06-01 2019-09-01
    autumn 2019                         2019-09-01 2019-12-01
    fall 2019                           2019-09-01 2019-12-01
    winter 2019                         2019-12-01 2020-03-01
    winter 2019-2020                    2019-12-01 2020-03-01
    winter 2019/20                      2019-12-01 2020-03-01
    winter 2019 – 2020                  2019-12-01 2020-03-01
    last winter                         2018-12-01 2019-03-01
    this winter                         2019-12-01 2020-03-01
    next winter                         2020-12-01 2021-03-01
    last summer                         2019-06-01 2019-09-01
    this summer                         2020-06-01 2020-09-01

    march                               2019-03-01 2019-04-01
    January                             2020-01-01 2020-02-01
    December                            2019-12-01 2020-01-01
    winter                              2019-12-01 2020-03-01
    Q4                                  2019-10-01 2020-01-01
    last January                        2019-01-01 2019-02-01
    last March                          2019-03-01 2019-04-01
    this March                          2020-03-01 2020-04-01
    next January                        2021-01-01 2021-02-01
    12 January                          2020-01-12 2020-01-13
    January 15                          2019-01-15 2019-01-16
    29 February                         2016-02-29 2016-03-01
    late December                       2019-12-21 2020-01-01
    late January                        2019-01-21 2019-02-01
    second half of January              2019-01-16 2019-02-01
    late 2020                           2020-09-01 2021-01-01

    since 2019                          2019-01-01 LAST
    since March 2019                    2019-03-01 LAST
    since late April                    2019-04-21 LAST
    since 3 days ago                    2020-01-11 LAST
    from 2019-03-12                     2019-03-12 LAST
    after 2018                          2019-01-01 LAST
    after last week                     2020-01-13 LAST
    2019..                              2019-01-01 LAST
    2019-03...                          2019-03-01 LAST
    before 2019                         FIRST 2019-01-01
    before yesterday                    FIRST 2020-01-13
    until 2019                          FIRST 2020-01-01
    till March 2019                     FIRST 2019-04-01
    by 12 March 2019                    FIRST 2019-03-13
    to today                            FIRST 2020-01-15
    ..2019                              FIRST 2020-01-01
    …2019-03                            FIRST 2019-04-01

    between January 2019 and March 2019 2019-01-01 2019-04-01
    between 12 and 15 January 2020      2020-01-12 2020-01-16
    from Jan 2019 to Mar 2019           2019-01-01 2019-04-01
    since 2018 until last week          2018-01-01 2020-01-13
    2018 to now                         2018-01-01 2020-01-15
    late 2018 through early 2019        2018-09-01 2019-05-01
    January to March 2019               2019-01-01 2019-04-01
    November to February 2019           2018-11-01 2019-03-01
    November to January                 2019-11-01 2020-02-01
    November to February                2019-11-01 2020-03-01
    February to November                2019-02-01 2019-12-01
    late November to mid January        2019-11-21 2020-01-21
    Monday to Friday                    2020-01-13 2020-01-18
    Friday to Monday                    2020-01-10 2020-01-14
    29 February to 5 March              2016-02-29 2016-03-06
    January to last week                2020-01-01 2020-01-13
    December to yesterday               2019-12-01 2020-01-14
    Q1-Q3 2019                          2019-01-01 2019-10-01
    12-15 January 2020                  2020-01-12 2020-01-16
    12 to 15 January                    2020-01-12 2020-01-16
    January 12–15, 2020                 2020-01-12 2020-01-16
    January 12 to 15                    2020-01-12 2020-01-16
    28 December to 3 January 2020       2019-12-28 2020-01-04
    2017-2019                           2017-01-01 2020-01-01
    2020-01..2020-03                    2020-01-01 2020-04-01
    2020-01-12...2020-01-15             2020-01-12 2020-01-16
    2020-01-12/2020-01-15               2020-01-12 2020-01-16
    2020-01 - 2020-03                   2020-01-01 2020-04-01
    2020-01–2020-03                     2020-01-01 2020-04-01
    2020-01-12T10:00Z..2020-01-13T11:00Z 2020-01-12 2020-01-14
"""


def table(text: str) -> list[tuple[str, str, str]]:
    rows = (line.strip().replace("LAST", LAST).replace("FIRST", FIRST) for line in text.splitlines() if line.strip())
    return [(typed.strip(), start, end) for typed, start, end in (row.rsplit(maxsplit=2) for row in rows)]


@pytest.mark.parametrize(("typed", "start", "end"), table(FORMS))
def test_a_date_means(typed: str, start: str, end: str):
    assert read_when(typed, TUESDAY) == (date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("typed", "today", "start", "end"),
    [
        ("last week", "2020-01-13", "2020-01-06", "2020-01-13"),  # a Monday
        ("last week", "2020-01-12", "2019-12-30", "2020-01-06"),  # a Sunday
        ("last weekend", "2020-01-12", "2020-01-04", "2020-01-06"),
        ("last 1 month", "2020-03-31", "2020-03-01", "2020-04-01"),
        ("last 1 month", "2020-03-30", "2020-02-29", "2020-03-31"),  # 31 February would be its first day
        ("now-1M", "2020-03-31", "2020-02-29", "2020-03-01"),
        ("-1 year", "2020-02-29", "2019-02-28", "2019-03-01"),
        ("this winter", "2020-03-01", "2020-12-01", "2021-03-01"),
        ("last winter", "2020-03-01", "2019-12-01", "2020-03-01"),
        ("this March", "2020-06-15", "2020-03-01", "2020-04-01"),
        ("29 February", "1904-02-28", "1896-02-29", "1896-03-01"),  # 1900 was no leap year
        ("last 3 days", "0001-01-03", "0001-01-01", "0001-01-04"),
        ("winter", "9999-12-30", "9998-12-01", "9999-03-01"),  # the last one does not end inside the calendar
        ("today", "9999-12-30", "9999-12-30", "9999-12-31"),
    ],
)
def test_it_hangs_on_the_day_it_is_seen_from(typed: str, today: str, start: str, end: str):
    assert read_when(typed, date.fromisoformat(today)) == (date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("31 February", "does not exist"),
        ("31 February 2020", "does not exist"),
        ("29 February 2019", "does not exist"),
        ("2020-13-01", "does not exist"),
        ("2020-13", "does not exist"),
        ("20201301", "does not exist"),
        ("30/02/2020", "does not exist"),
        ("Q5 2019", "does not exist"),
        ("2019-W53", "does not exist"),
        ("third half of 2019", "does not exist"),
        ("winter 2019-2021", "does not exist"),
        ("spring 2019-2020", "does not exist"),
        ("2015s", "does not exist"),
        ("0000", "does not exist"),
        ("9999-12-31", "does not exist"),  # the day after it has no number
        ("9999 years ago", "does not exist"),
        ("last 99999999999999999999 days", "does not exist"),
        ("+99999999999 years", "does not exist"),
        ("12/01/2020", "can be read in two ways; write 2020-01-12 or 2020-12-01"),
        ("12-01-2020", "can be read in two ways"),
        ("Monday 12 January 2020", "names the wrong weekday for 2020-01-12"),
        ("2021..2020", "ends on 2020-12-31, before it begins on 2021-01-01; write the earlier date first"),
        ("between yesterday and last week", "ends on 2020-01-12, before it begins on 2020-01-13"),
        ("15-12 January 2020", "ends on 2020-01-12, before it begins on 2020-01-15"),
        ("January 2020 to March", "has a year on one side only"),
        ("March to 2020", "has a year on one side only"),
        ("Friday to 2020", "has a year on one side only"),
        ("last 0 days", "does not exist"),
        ("since last 0 days", "does not exist"),
        ("this 3 days", "does not exist"),
        ("before 0001", "has no day in it"),
        ("after 9999-12-30", "has no day in it"),
        ("before of 2020", "cannot be read"),
        ("Jan,, 2020", "cannot be read"),
        ("", "cannot be read"),
        ("soon", "cannot be read"),
        ("last", "cannot be read"),
        ("last few days", "cannot be read"),
        ("last 24 hours", "cannot be read"),
        ("now-1m", "cannot be read"),  # minutes, to some
        ("2020 foo", "cannot be read"),
        ("202001", "cannot be read"),  # or 20 January 2020
        ("12/01/20", "cannot be read"),
        ("end of 2019", "cannot be read"),
        ("early last week", "cannot be read"),
        ("first quarter of January", "cannot be read"),
        ("day 7 of 2019", "cannot be read"),
        ("2020 of", "cannot be read"),
        ("2020 to", "cannot be read"),
        ("to 2019 to 2020", "cannot be read"),
        ("between 2019", "cannot be read"),
        ("between 2018 and 2019 and 2020", "cannot be read"),
        ("since", "cannot be read"),
        ("since since 2019", "cannot be read"),
        ("2020-01-12T25:00", "cannot be read"),
        ("2020-01 10:30", "cannot be read"),
        ("² 2020", "cannot be read"),
        ("2020" + " " * 200, "cannot be read"),
    ],
)
def test_what_is_no_date_is_refused(typed: str, message: str):
    with pytest.raises(QueryError) as caught:
        read_when(typed, TUESDAY)
    assert message in str(caught.value)
    assert (caught.value.query, caught.value.span) == (typed, (0, len(typed)))
    assert caught.value.advice


def test_a_long_text_is_refused_in_short():
    with pytest.raises(QueryError) as caught:
        read_when("early " * 200_000, TUESDAY)
    assert len(caught.value.message) < 200


# ---- what holds for any day

days = st.dates(date(1, 1, 1), date(9999, 12, 30))
middle_days = st.dates(date(1200, 1, 1), date(9000, 1, 1))
counts = st.integers(1, 1000)
MONTHS = [date(2020, month, 1).strftime("%B") for month in range(1, 13)]
WEEKDAYS = [date(2020, 1, day).strftime("%A") for day in range(6, 13)]


def written(day: date) -> list[str]:
    """A day in many forms, each made without what reads it."""
    year, month, number = f"{day.year:04}", MONTHS[day.month - 1], day.day
    iso = day.isocalendar()
    return [
        day.isoformat(),
        day.isoformat().replace("-", ""),
        day.isoformat().replace("-", "/"),
        f"{number} {month} {year}",
        f"{number}th of {month[:3].upper()}., {year}",
        f"{month} {number}, {year}",
        f"{WEEKDAYS[day.weekday()]} {number:02} {month} {year}",
        f"{year} {month.lower()} {number}",
        f"{iso.year:04}-W{iso.week:02}-{iso.weekday}",
        f"{day.isoformat()}T12:00:00Z",
    ]


@given(days, middle_days)
@example(date(9999, 12, 30), TUESDAY)
@example(date(1, 1, 1), TUESDAY)
def test_a_day_reads_the_same_in_all_its_forms(day: date, today: date):
    forms = [form for form in written(day) if not form.startswith("10000")]
    assert {form: read_when(form, today) for form in forms} == dict.fromkeys(forms, (day, day + ONE_DAY))


@given(days, days, middle_days, st.data())
def test_an_interval_reads_the_same_in_all_its_forms(one: date, other: date, today: date, data: st.DataObject):
    first, last = sorted((one, other))
    low, high = (data.draw(st.sampled_from(written(day)[:8])) for day in (first, last))
    forms = [f"{low} to {high}", f"{low}..{high}", f"{low}…{high}", f"{low} - {high}", f"from {low} until {high}",
             f"between {low} and {high}", f"since {low} through {high}"]  # fmt: skip
    interval = (first, last + ONE_DAY)
    assert {form: read_when(form, today) for form in forms} == dict.fromkeys(forms, interval)
    assert read_when(str(ReportDate(*interval, "span")), today) == interval
    assert read_when(f"since {low}", today) == read_when(f"{low}..", today) == (first, date.max)
    assert read_when(f"until {high}", today) == read_when(f"..{high}", today) == (date.min, interval[1])


def same(unit: str, day: date) -> object:
    """What all days of one unit have in common."""
    return {
        "day": day,
        "week": day.isocalendar()[:2],
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month - 1) // 3),
        "year": day.year,
        "decade": day.year // 10,
    }[unit]


@given(middle_days, st.sampled_from(["day", "week", "month", "quarter", "year", "decade"]), counts)
def test_units_lie_side_by_side_and_hold_what_belongs_to_them(today: date, unit: str, count: int):
    (last, start), (this, end), (following, _) = (read_when(f"{which} {unit}", today) for which in ("last", "this", "next"))
    assert (start, end) == (this, following)
    assert same(unit, this) == same(unit, today) == same(unit, end - ONE_DAY)
    assert same(unit, this - ONE_DAY) != same(unit, this)
    assert same(unit, end) != same(unit, this)
    assert same(unit, last) == same(unit, this - ONE_DAY)
    assert read_when(f"1 {unit} ago", today) == (last, this)
    while_ago = read_when(f"{count} {unit}s ago" if unit != "decade" else "a decade ago", today)
    assert same(unit, while_ago[0]) == same(unit, while_ago[1] - ONE_DAY)


@given(middle_days, counts)
def test_counted_units_end_or_begin_with_today(today: date, count: int):
    assert read_when(f"last {count} days", today) == (today - timedelta(days=count - 1), today + ONE_DAY)
    assert read_when(f"past {count} weeks", today) == (today - timedelta(days=7 * count - 1), today + ONE_DAY)
    assert read_when(f"next {count} days", today) == (today, today + timedelta(days=count))
    assert read_when(f"{count} days ago", today)[0] == read_when(f"now-{count}d", today)[0] == today - timedelta(days=count)
    start, end = read_when(f"last {count} months", today)
    assert end == today + ONE_DAY
    assert (end.year - start.year) * 12 + end.month - start.month == count
    assert start.day == end.day or (start.day < end.day and (start + ONE_DAY).day == 1)


@given(middle_days, st.sampled_from(range(7)))
def test_weekdays_are_the_nearest(today: date, number: int):
    latest, last, this, following = (
        read_when(f"{which} {WEEKDAYS[number]}".strip(), today)[0] for which in ("", "last", "this", "next")
    )
    assert {day.weekday() for day in (latest, last, this, following)} == {number}
    assert 0 <= (today - latest).days < 7
    assert 0 < (today - last).days <= 7
    assert this.isocalendar()[:2] == today.isocalendar()[:2]
    assert 0 < (following - today).days <= 7


named = st.sampled_from([*MONTHS, "spring", "summer", "autumn", "winter", "Q1", "Q4", "H1", "H2"])


@given(middle_days, named)
def test_what_comes_every_year_is_the_latest_without_one(today: date, name: str):
    start, end = read_when(name, today)
    later, _ = read_when(f"next {name}", today)
    assert start <= today < later <= start.replace(year=start.year + 1)
    assert read_when(f"{name} {start.year:04}", today) == (start, end)
    over = read_when(f"last {name}", today)
    assert over[1] <= today
    assert over in [(start, end), read_when(f"{name} {start.year - 1:04}", today)]


@given(st.integers(1, 9990), st.sampled_from(["", "first half of ", "Q2 ", "winter ", "May "]))
def test_early_mid_and_late_are_a_period_in_three(year: int, name: str):
    whole = f"{name}{year:04}"
    (start, a), (b, c), (d, end) = (read_when(f"{part} {whole}", TUESDAY) for part in ("early", "mid", "late"))
    assert start < a == b < c == d < end
    assert (start, end) == read_when(whole, TUESDAY)


WORDS = """
    today now this last next past previous 3 12 0 31 99999999999 day weeks months M year ago - – + / . .. , : of the in on
    2020 0001 9999 20200112 Q3 H1 W07 2019-W01 s half first second 3rd early mid late spring winter march feb 29 sunday since
    from until by to between and before after weekend 2020-01 2020-01-12 T10:30Z a ² ١ é
"""
words = st.lists(st.sampled_from(WORDS.split()), max_size=9)


@given(st.one_of(words.map(" ".join), words.map("".join), st.text(max_size=40)), days)
@example("today", date.max)
@example("since today", date.max)
@example("yesterday", date.min)
@example("march", date.min)
@example("last monday", date.min)
@example("next winter", date.max)
@example("..0001", date.min)
@example("early 9999", date.max)
def test_whatever_is_typed_is_an_interval_or_refused(typed: str, today: date):
    try:
        start, end = read_when(typed, today)
    except QueryError:
        return
    assert start < end
    assert not isinstance(start, datetime)


def test_every_form_that_the_documents_list_is_read():
    text = (Path(__file__).parent.parent / "docs" / "query-language.md").read_text(encoding="utf-8")
    section = text.partition("\n## Dates\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    forms = [form for row in rows for form in re.findall("`([^`]+)`", row)]
    assert len(forms) > 80
    for form in forms:
        read_when(form, TUESDAY)


# ---- the door


@given(days)
def test_plain_dates_are_read_as_in_words(day: date):
    for typed in (day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]):
        try:
            expected = read_when(typed, TUESDAY)
        except QueryError:
            assert day.year == 9999
            continue
        assert days_of(typed, None) == expected


def test_today_is_a_day_whatever_the_time():
    assert days_of("yesterday", datetime(2020, 1, 14, 23, 59)) == (date(2020, 1, 13), date(2020, 1, 14))
    start, end = days_of("today", None)
    assert end - start == ONE_DAY
    assert not isinstance(start, datetime)


def test_who_does_not_name_a_date_in_words_does_not_load_what_reads_them():
    code = (
        "import sys\nfrom idlibsearch.query.syntax import parse\nparse('date:2020-01 AND truce date:[2019 TO 2020]')\n"
        "assert 'idlibsearch.query.when' not in sys.modules\n"
        "parse('date:yesterday')\nassert 'idlibsearch.query.when' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Times that texts name: which days they mean, from where they are seen, and what is left alone."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from gold_event_dates import EVENT_DATES, WINDOW
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.ingest.event_dates import event_dates, with_event_dates
from idlibsearch.ingest.pages import reports_of
from idlibsearch.model import Report, ReportDate, parse_date

SEEDS = Path(__file__).parent.parent / "seeds"
TUESDAY = "2020-01-14"


def told(text: str, published: str = TUESDAY, years: tuple[int, int] | None = None) -> list[tuple[str, str]]:
    """(as written, interval) of the times in a text."""
    found = list(event_dates(text, "body", parse_date(published) if published else None, years))
    assert all(text[event.start : event.end] == event.spelling for event in found)
    return [(event.spelling, event.interval) for event in found]


# ---- the seeds


@pytest.mark.parametrize("place", range(len(EVENT_DATES)), ids=lambda place: "{0}-{2}".format(*EVENT_DATES[place]))
def test_the_times_of_the_seed_pages(place):
    page, before, written, published, interval = EVENT_DATES[place]
    text = next(SEEDS.glob(f"{page}*")).read_text(encoding="utf-8")
    when, years = ("", WINDOW) if published == "window" else (published, None)
    at = text.index(f"{before} {written}" if before else written) + len(before) + bool(before)
    found = {event.start: event for event in event_dates(text, "body", parse_date(when) if when else None, years)}
    assert (found[at].spelling, found[at].interval) == (written, interval)


@pytest.mark.parametrize("page", ["000", "001", "002", "003", "004"])
def test_nothing_else_of_the_seed_pages_is_a_time(page):
    text = next(SEEDS.glob(f"{page}*")).read_text(encoding="utf-8")
    expected = Counter(written for other, _, written, _, _ in EVENT_DATES if other == page)
    assert Counter(written for written, _ in told(text)) == expected


def test_a_report_of_a_page_has_its_times_seen_from_its_own_date():
    (report,) = reports_of((SEEDS / "003_68dc4d247c074b28.txt").read_text(encoding="utf-8"), "003.txt")
    found = [(event.spelling, event.field, event.interval) for event in report.event_dates]
    assert found[:3] == [("Sunday", "body", "2020-01-12"), ("Sunday", "body", "2020-01-12"), ("Friday", "body", "2020-01-10")]
    assert all(getattr(report, event.field)[event.start : event.end] == event.spelling for event in report.event_dates)


# ---- forms

WRITTEN = [
    ("on 15 October 2018", "15 October 2018", "2018-10-15"),
    ("on Oct. 15, 2018, and", "Oct. 15, 2018", "2018-10-15"),
    ("on the 15th of October, 2018", "15th of October, 2018", "2018-10-15"),
    ("(12-Jan-2020)", "12-Jan-2020", "2020-01-12"),
    ("Sunday, 12 January 2020", "Sunday, 12 January 2020", "2020-01-12"),
    ("on 2020-01-12 and", "2020-01-12", "2020-01-12"),
    ("at 2020-01-12T10:35", "2020-01-12", "2020-01-12"),
    ("on 13/01/2020", "13/01/2020", "2020-01-13"),
    ("on 01/13/2020", "01/13/2020", "2020-01-13"),
    ("on 13.1.2020.", "13.1.2020", "2020-01-13"),
    ("in May 2019", "May 2019", "2019-05"),
    ("in October of 2018", "October of 2018", "2018-10"),
    ("since late April 2019", "late April 2019", "2019-04-21/2019-04-30"),
    ("the end of February 2020", "the end of February 2020", "2020-02-21/2020-02-29"),
    ("since 2015,", "2015", "2015"),
    ("in early 2015", "early 2015", "2015-01-01/2015-04-30"),
    ("in mid-2015", "mid-2015", "2015-05-01/2015-08-31"),
    ("the 1990s", "the 1990s", "1990-01-01/1999-12-31"),
    ("the late 1990s", "the late 1990s", "1997-01-01/1999-12-31"),
    ("in the summer of 2018", "summer of 2018", "2018-06-01/2018-08-31"),
    ("winter 2019", "winter 2019", "2019-12-01/2020-02-29"),
    ("in the third quarter of 2019", "the third quarter of 2019", "2019-07-01/2019-09-30"),
    ("Q3 2019", "Q3 2019", "2019-07-01/2019-09-30"),
    ("the first half of 2019", "the first half of 2019", "2019-01-01/2019-06-30"),
    ("in the 19th century", "19th century", "1801-01-01/1900-12-31"),
    ("in 2009-2010", "2009-2010", "2009-01-01/2010-12-31"),
    ("in 2018/19", "2018/19", "2018-01-01/2019-12-31"),
    ("12-15 January 2020", "12-15 January 2020", "2020-01-12/2020-01-15"),
    ("January 12-15, 2020", "January 12-15, 2020", "2020-01-12/2020-01-15"),
    ("between 12 and 15 January 2020", "12 and 15 January 2020", "2020-01-12/2020-01-15"),
    ("on 10 and 13 December 2015", "13 December 2015", "2015-12-13"),
    ("(March–June 2016)", "March–June 2016", "2016-03-01/2016-06-30"),
    ("between June and August 2019", "June and August 2019", "2019-06-01/2019-08-31"),
    ("from December 2019 to March", "December 2019 to March", "2019-12-01/2020-03-31"),
    ("from 12 May 2018 until 3 June 2018", "12 May 2018 until 3 June 2018", "2018-05-12/2018-06-03"),
]


@pytest.mark.parametrize(("text", "written", "interval"), WRITTEN)
def test_what_says_all_needs_no_date_of_publication(text, written, interval):
    assert told(text, published="") == [(written, interval)]


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("was killed on Sunday", "2020-01-12"),
        ("was killed Tuesday", "2020-01-14"),
        ("will meet on Tuesday", "2020-01-21"),
        ("until Friday", "2020-01-17"),
        ("is due to arrive on Friday", "2020-01-17"),
        ("last Tuesday", "2020-01-07"),
        ("next Tuesday", "2020-01-21"),
        ("yesterday", "2020-01-13"),
        ("Tomorrow", "2020-01-15"),
        ("last week", "2020-01-06/2020-01-12"),
        ("earlier this month", "2020-01"),
        ("last month", "2019-12"),
        ("late last year", "2019-09-01/2019-12-31"),
        ("last weekend", "2020-01-11/2020-01-12"),
        ("over the weekend", "2020-01-11/2020-01-12"),
        ("two days ago", "2020-01-12"),
        ("three weeks ago", "2019-12-23/2019-12-29"),
        ("two-years ago", "2018"),
        ("ten years ago", "2010"),
        ("on 15 October", "2019-10-15"),
        ("on February 3", "2020-02-03"),
        ("since March", "2019-03"),
        ("in December", "2019-12"),
        ("last March", "2019-03"),
        ("next May", "2020-05"),
        ("last summer", "2019-06-01/2019-08-31"),
        ("in the third quarter", "2019-07-01/2019-09-30"),
        ("next year's first quarter", "2021-01-01/2021-03-31"),
        ("the '90s", "1990-01-01/1999-12-31"),
        ("on Monday, May 6", "2019-05-06"),
        ("from Monday to Wednesday", "2020-01-13/2020-01-15"),
    ],
)
def test_what_is_told_from_the_day_of_writing(text, interval):
    assert [found for _, found in told(text)] == [interval]
    assert told(text, published="") == []


@pytest.mark.parametrize(
    "text",
    [
        "He may march on Damascus",
        "May we ask? March on!",
        "April Jones said",
        "at 6:00am, 17:30 or half past ten",
        "2000 people, 1990 Syrian soldiers and 2015 homes",
        "$2015, 2,015 and 20150",
        "on 31 February 2020, on 2020-13-01",
        "Monday, 12 January 2020",
        "on 03/04/2020",
        "for two days and for three months",
        "every Sundays",
        "version 1.2019 of example.com/2019x",
        "the second half of the match",
    ],
)
def test_what_is_no_time_or_none_that_can_be_told(text):
    assert told(text) == []


# ---- from where it is seen


def test_a_vague_date_of_publication_gives_what_all_of_its_days_give():
    assert told("last year, last month, yesterday, on Sunday", "2020-01") == [("last year", "2019"), ("last month", "2019-12")]
    assert told("last year, last month", "2020") == [("last year", "2019")]


def test_the_years_that_are_covered_give_the_year_that_fits_if_only_one_does():
    assert told("On Monday, May 6", "", (2017, 2020)) == [("Monday, May 6", "2019-05-06")]
    assert told("On Monday, May 6", "", (2010, 2020)) == []  # 2013 as well
    assert told("on 3 June", "", (2019, 2019)) == [("3 June", "2019-06-03")]
    assert told("on 3 June, last week", "", (2017, 2020)) == []


def test_title_and_body_are_read_and_a_new_date_gives_new_times():
    report = with_event_dates(Report("a", "Strikes on Sunday", "Since 2015 it was calm.", date="2020-01-14"))
    assert [(event.field, event.interval) for event in report.event_dates] == [("title", "2020-01-12"), ("body", "2015")]
    lent = Report("a", "Strikes on Sunday", date=ReportDate(*_day("2020-01-22"), found="near-duplicate"))
    assert [event.interval for event in with_event_dates(lent).event_dates] == ["2020-01-19"]


def _day(text: str):
    read = parse_date(text)
    return read.start, read.end


MEANT = "Monday May 6 12 2019 the late last week of and to between from June two days ago 1990s early quarter third , - /"
WORDS = MEANT.split()


@given(
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.sampled_from(["", "2020", "2020-02", "2020-02-29", "0001", "9998-12-31"]),
)
def test_whatever_is_written_spans_are_apart_and_intervals_whole(text, published):
    found = list(event_dates(text, "body", parse_date(published) if published else None))
    assert all(event.first < event.until for event in found)
    assert all(one.end <= other.start for one, other in pairwise(found))

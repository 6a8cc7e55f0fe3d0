"""Questions for reports that name a time: which match, how they are counted, and that columns keep them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import EventDate, Report
from idlibsearch.ingest.event_dates import with_event_dates

TEXTS = {
    "day": "The base was shelled on 6 May 2019.",
    "month": "In May 2019 it was calm.",
    "part": "It has been bombed since late April 2019.",
    "year": "Since 2019 nobody came back.",
    "two": "First on 6 May 2019, and again on 7 May 2019, as in 2015.",
    "long": "In the 1990s nobody knew.",
    "none": "Nobody says when.",
}


@pytest.fixture
def index(tmp_path):
    with idlibsearch.create(tmp_path / "index") as made:
        made.add([with_event_dates(Report(key, body=body)) for key, body in TEXTS.items()])
        yield made
        assert made.check() == []


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("event:2019-05", "day month two"),
        ("event:2019-05-06", "day two"),
        ('event:"6 May 2019"', "day two"),
        ("event:2019", "day month part year two"),
        ("event:[2019-04-21 TO 2019-05-06]", "day part two"),
        ("event:{2019-05-06 TO 2019-05-07]", "two"),
        ("event:<2000", "long"),
        ("event:>2018", "day month part year two"),
        ("event:1995", ""),
        ('event:"since 2018"', "day month part year two"),
        ("event:*", "day month part year two long"),
        ("NOT event:*", "none"),
        ("shelled event:2019-05", "day"),
        ("nobody NOT event:2019", "long none"),
        ("event:2015 event:2019-05", "two"),
    ],
)
def test_a_report_matches_by_a_time_it_names_all_of_which_lies_inside(index, question, keys):
    assert {hit.key for hit in index.search(question, limit=100)} == set(keys.split())


def test_times_are_counted_by_stretches_of_the_calendar_and_by_themselves(index):
    facets = index.search("*", facets=["event:year", "event:month", "event:day", "event"]).facets
    assert facets["event:year"] == [("2015", 1), ("2019", 5), ("vague", 1), ("undated", 1)]
    assert facets["event:month"] == [("2019-04", 1), ("2019-05", 3), ("vague", 3), ("undated", 1)]
    assert facets["event:day"] == [("2019-05-06", 2), ("2019-05-07", 1), ("vague", 5), ("undated", 1)]
    assert facets["event"][0] == ("2019-05-06", 2)


def test_what_cannot_be_read_as_a_date_is_refused(index):
    with pytest.raises(idlibsearch.QueryError, match="cannot be read"):
        index.search("event:nonsense")


def test_a_report_comes_back_as_it_was_added(index):
    assert index.get("two") == with_event_dates(Report("two", body=TEXTS["two"]))
    index.add([Report("new", body="6 May")])
    index.merge()
    assert index.get("two") == with_event_dates(Report("two", body=TEXTS["two"]))
    index.rebuild()
    assert index.search("event:2019-05").total == 3


def test_an_interval_is_written_by_what_it_is_and_not_by_what_is_said_of_it():
    written = {"2019-05-06": (6, 7), "2019-05-06/2019-05-07": (6, 8)}
    for text, (first, until) in written.items():
        assert EventDate("x", "body", 0, 1, date(2019, 5, first), date(2019, 5, until), "month").interval == text
    assert EventDate("x", "body", 0, 1, date(2019, 12, 1), date(2020, 1, 1), "span").interval == "2019-12"
    assert EventDate("x", "body", 0, 1, date(2019, 1, 1), date(2020, 1, 1), "span").interval == "2019"


def test_a_time_that_ends_before_it_starts_is_refused():
    backwards = EventDate("x", "body", 0, 1, date(2019, 5, 2), date(2019, 5, 2), "day")
    with pytest.raises(idlibsearch.ReportError, match="must end after it starts"):
        Report("a", body="x", event_dates=(backwards,))


FIRST = date(2018, 12, 30)


def _event(start: int, days: int) -> EventDate:
    first = FIRST + timedelta(days=start)
    return EventDate("x", "body", 0, 1, first, first + timedelta(days=days), "span")


SPANS = st.builds(_event, st.integers(0, 400), st.sampled_from([1, 1, 7, 28, 30, 31, 365]))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(SPANS, max_size=4).map(tuple), min_size=1, max_size=12),
    st.integers(0, 400),
    st.integers(1, 400),
    st.integers(0, 12),
)
def test_any_times_match_any_stretch_as_one_looks_at_each(tmp_path_factory, reports, start, days, cut):
    low, high = FIRST + timedelta(days=start), FIRST + timedelta(days=start + days)
    expected = {
        str(number)
        for number, events in enumerate(reports)
        if any(low <= event.first and event.until <= high for event in events)
    }
    all_of_them = [Report(str(number), body="x", event_dates=events) for number, events in enumerate(reports)]
    with idlibsearch.create(tmp_path_factory.mktemp("any") / "index", merge="never") as index:
        for part in (all_of_them[:cut], all_of_them[cut:]):
            index.add(part)
        question = f"event:[{low} TO {high - timedelta(days=1)}]"
        assert {hit.key for hit in index.search(question, limit=100)} == expected
        counted = dict(index.search("*", facets=["event:month"]).facets["event:month"])
        for month in ("2019-01", "2019-05"):
            naming = sum(
                any(str(e.first)[:7] == str(e.until - timedelta(days=1))[:7] == month for e in events) for events in reports
            )
            assert counted.get(month, 0) == naming
        assert index.check() == []

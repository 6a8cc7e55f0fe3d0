"""When a report was published: what counts as its date, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.ingest.pages import reports_of
from idlibsearch.ingest.publication import date_line, dateline, read_date, url_date

BODY = "The army left the city on 3 March 2018, residents said.\n\nHowever, they said it would come back."


def line(text):
    found = date_line(text, 0, len(text))
    return found and (str(found.date), found.date.found, text[found.start : found.end])


@pytest.mark.parametrize(
    ("text", "date", "written"),
    [
        ("January 12, 2020", "2020-01-12", "January 12, 2020"),
        ("Jan. 12, 2020", "2020-01-12", "Jan. 12, 2020"),
        ("12 January 2020", "2020-01-12", "12 January 2020"),
        ("Sunday, 12 January 2020", "2020-01-12", "Sunday, 12 January 2020"),
        ("Sunday 12th of January 2020 | 14:02 GMT", "2020-01-12", "Sunday 12th of January 2020"),
        ("2020-01-12", "2020-01-12", "2020-01-12"),
        ("2020-01-12T10:35:00Z", "2020-01-12", "2020-01-12"),
        ("2020/01/12 10:35", "2020-01-12", "2020/01/12"),
        ("13/01/2020", "2020-01-13", "13/01/2020"),
        ("01/13/2020", "2020-01-13", "01/13/2020"),
        ("12/12/2020", "2020-12-12", "12/12/2020"),
        ("29 February 2020", "2020-02-29", "29 February 2020"),
        ("January 2020", "2020-01", "January 2020"),
        ("12-Jan-2020, 9.15 a.m.", "2020-01-12", "12-Jan-2020"),
    ],
)
def test_a_line_of_its_own_is_a_date(text, date, written):
    assert line(text) == (date, "dateline", written)


@pytest.mark.parametrize("label", ["Published: ", "Published on ", "Date: ", "Posted "])
def test_a_labelled_date_is_metadata(label):
    assert line(f"{label}12 January 2020") == ("2020-01-12", "metadata", "12 January 2020")


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2020", "31 February 2020", "29 February 2019", "Monday, 12 January 2020", "12 January", "January 12", "2020",
        "2020-13-01", "12-14 January 2020", "12 January 2020 - 14 January 2020", "On 12 January 2020",
        "The truce of 12 January 2020", "12 January 2020 in Geneva", "12/01/20", "1 January 20200", "12 Jan 1820",
        "Version 2020-01-12.3", "0 January 2020",
    ],
)  # fmt: skip
def test_no_date_is_better_than_a_wrong_one(text):
    assert line(text) is None


@pytest.mark.parametrize(
    ("text", "date", "agency"),
    [
        ("DAMASCUS, 12 January 2020 (Reuters) - The army left.", "2020-01-12", "Reuters"),
        ("DAMASCUS, Jan 12 (Reuters) - The army left.", None, "Reuters"),
        ("AMMAN/BEIRUT (AP) — The army left.", None, "AP"),
        ("Tel Aviv, Israel, Jan. 12, 2020 – The army left.", "2020-01-12", None),
        ("Beirut - The army left.", None, None),
    ],
)
def test_datelines_are_read_and_years_not_guessed(text, date, agency):
    opening = dateline(text, 0, len(text))
    assert opening is not None
    assert text[opening.end :] == "The army left."
    assert (opening.date and str(opening.date.date)) == date
    assert (opening.agency and text[slice(*opening.agency)]) == agency


@pytest.mark.parametrize(
    "text", ["The army - or what is left of it - fled.", "He fled - again.", "12 - 14 people fled.", "Idlib is quiet."]
)
def test_a_dash_does_not_make_a_dateline(text):
    assert dateline(text, 0, len(text)) is None


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://example.org/2020/01/12/truce", "2020-01-12"),
        ("https://example.org/world/2020/jan/12/truce", "2020-01-12"),
        ("https://example.org/2020-01-12-truce", "2020-01-12"),
        ("https://example.org/20200112/truce", "2020-01-12"),
        ("https://example.org/2020/01/truce", "2020-01"),
        ("https://example.org/english/2020-01/12/c_138.htm", "2020-01-12"),
        ("https://example.org/n3/2020/0112/c90000.html", "2020-01-12"),
        ("https://example.org/world-news_20200112.html", "2020-01-12"),
        ("https://example.org/truce-holds-2020-01-12", "2020-01-12"),
        ("https://example.org/2020/13/12/truce", None),
        ("https://example.org/2020/02/31/truce", None),
        ("https://example.org/story/20200112345", None),
        ("https://example.org/truce-2020", None),
    ],
)
def test_addresses_tell_their_date(url, date):
    found = url_date(url, 0, len(url))
    assert (found and str(found.date)) == date
    assert found is None or found.date.found == "url"


def date_of(text):
    (report,) = reports_of(text, "a.txt", split="article")
    return report.date and (str(report.date), report.date.found)


def test_a_date_in_running_text_is_no_publication_date():
    assert date_of(f"Army leaves the city\n\n{BODY}") is None


def test_a_dateline_without_a_year_gives_no_date_but_the_address_may():
    text = f"Army leaves the city\n\nDAMASCUS, Jan 12 (Reuters) - {BODY}"
    assert date_of(text) is None
    assert date_of(f"{text}\n\nhttps://example.org/2020/01/13/army") == ("2020-01-13", "url")


def test_what_the_page_prints_wins_over_its_address():
    assert date_of(f"Army leaves the city\n12 January 2020\n\n{BODY}\n\nhttps://example.org/2020/01/13/army") == (
        "2020-01-12",
        "dateline",
    )


def test_the_date_of_an_update_comes_last():
    assert date_of(f"Army leaves the city\nUpdated: 14 January 2020\nPublished: 12 January 2020\n\n{BODY}") == (
        "2020-01-12",
        "metadata",
    )
    assert date_of(f"Army leaves the city\nUpdated: 14 January 2020\n\n{BODY}") == ("2020-01-14", "metadata")
    assert date_of(f"Army leaves the city\nPublished 12 January 2020, updated 14 January 2020\n\n{BODY}") == (
        "2020-01-12",
        "metadata",
    )


def test_a_byline_may_hold_the_date():
    (report,) = reports_of(f"Army leaves the city\nBy Jane Roe, 12 January 2020\n\n{BODY}", "a.txt")
    assert (report.byline, str(report.date)) == ("Jane Roe", "2020-01-12")


def test_of_several_addresses_none_is_the_reports_own():
    assert date_of(f"Army leaves the city\n\n{BODY}\n\nhttps://a.org/2020/01/13/a\nhttps://b.org/2020/01/14/b") is None


@given(st.text(alphabet="0123456789 /-.,:JanuryMonday", max_size=60))
def test_any_line_is_a_date_or_not_and_nothing_else(text):
    found = date_line(text, 0, len(text))
    assert found is None or read_date(text[found.start : found.end])[0].start == found.date.start

"""Counts over all matches: by value, by calendar; and the order of hits and what restricts them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from idlibsearch import Entity, QueryError, Report, ReportDate
from idlibsearch.query.syntax import parse


def report(key: str, title: str = "Truce", *places: str, **fields) -> Report:
    entities = tuple(Entity("PLACE", place, place, "body", 0, 0) for place in places)
    return Report(key, title, entities=entities, **fields)


@pytest.fixture
def index(new_index):
    """Three commits, so three segments; the report e is deleted."""
    new_index.add([
        report("a", "Truce truce", "Idlib", "Aleppo", "Idlib", source="Reuters", date="2020-01-12", numbers={"price": 3}),
        report("b", "Truce", "IDLIB", source="REUTERS", date="2020-01", numbers={"price": 10}),
    ])  # fmt: skip
    new_index.add([
        report("c", "Truce", "Aleppo", "Sochi", source="AFP", date="2020", numbers={"price": 2.5}),
        report("d", "War", "Idlib", source="Reuters"),
        report("e", "Truce", "Sochi", source="Reuters", date="2019-12-30"),
    ])  # fmt: skip
    new_index.add([report("f", "Truce", source="reuters", date=ReportDate(date(2019, 12, 30), date(2020, 1, 2), "span"))])
    new_index.remove("e")
    return new_index


def test_values_are_counted_over_all_matches_whatever_page_is_shown(index):
    for limit in (0, 1, 10):
        facets = index.search("truce", limit=limit, facets=["source", "place"]).facets
        assert facets == {"source": [("Reuters", 3), ("AFP", 1)], "place": [("Aleppo", 2), ("Idlib", 2), ("Sochi", 1)]}


def test_equal_counts_stand_by_value_and_a_limit_cuts_the_list(index):
    assert index.search("truce", facets=["place:2"]).facets == {"place": [("Aleppo", 2), ("Idlib", 2)]}
    assert index.search("truce", facets="place:1").facets == {"place": [("Aleppo", 2)]}
    index.add([report(f"k{n}", "Truce", f"Place {n:02}") for n in range(20)])
    assert len(index.search("truce", facets=["place"]).facets["place"]) == 10
    assert len(index.search("truce", facets=["place:0"]).facets["place"]) == 23


def test_few_matches_are_counted_among_very_many_values(index):
    """There a table of what was met takes the place of one with room for every value."""
    index.add([report(f"m{n}", "Convoy" if n % 100 == 0 else "War", f"Place {n % 90:02}", f"Spot {n}") for n in range(300)])
    index.add([report(f"n{n}", "Convoy" if n == 7 else "War", f"Place {n:02}", f"Spot {n}") for n in range(90)])
    counts = index.search("convoy", facets=["place:0"]).facets["place"]
    assert counts == [
        (name, 1) for name in ("Place 00", "Place 07", "Place 10", "Place 20", "Spot 0", "Spot 100", "Spot 200", "Spot 7")
    ]
    assert index.search("convoy OR key", facets=["place:1"]).facets["place"] == [("Place 00", 1)]


def test_a_value_is_shown_in_its_commonest_spelling_over_all_segments(index):
    index.add([report("g", "War", "IDLIB"), report("h", "War", "IDLIB")])
    assert index.search("title:war", facets=["place"]).facets["place"] == [("IDLIB", 3)]


def test_numbers_can_be_counted_too(index):
    facets = index.search("NOT xyz", facets=["price", "words"]).facets
    assert facets == {"price": [("2.5", 1), ("3", 1), ("10", 1)], "words": [("1", 4), ("2", 1)]}


@pytest.mark.parametrize(
    ("unit", "counts"),
    [
        ("year", [("2020", 3), ("vague", 1), ("undated", 1)]),
        ("quarter", [("2020-Q1", 2), ("vague", 2), ("undated", 1)]),
        ("month", [("2020-01", 2), ("vague", 2), ("undated", 1)]),
        ("week", [("2020-W01", 1), ("2020-W02", 1), ("vague", 2), ("undated", 1)]),
        ("day", [("2020-01-12", 1), ("vague", 3), ("undated", 1)]),
    ],
)
def test_dates_are_counted_in_the_stretch_that_holds_all_of_them(index, unit, counts):
    assert index.search("NOT xyz", facets=[f"date:{unit}"]).facets == {f"date:{unit}": counts}


def test_the_ends_of_the_calendar_can_be_counted(new_index):
    new_index.add([report("a", date="0001-01-01"), report("b", date="9999-12-30"), report("c", date="9999-11")])
    facets = new_index.search("truce", facets=["date:year", "date:quarter", "date:month", "date:week"]).facets
    assert list(facets.values()) == [
        [("0001", 1), ("9999", 2)],
        [("0001-Q1", 1), ("9999-Q4", 2)],
        [("0001-01", 1), ("9999-11", 1), ("9999-12", 1)],
        [("0001-W01", 1), ("9999-W52", 1), ("vague", 1)],
    ]


def test_a_field_without_values_and_a_question_without_matches_count_nothing(index, tmp_path):
    assert index.search("truce", facets=["byline", "date:month"]).facets["byline"] == []
    assert index.search("source:nobody", facets=["place", "date:month", "price"]).facets == {
        "place": [], "date:month": [], "price": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "span", "message"),
    [
        ("colour", (0, 6), "there is no field colour to count"),
        ("title", (0, 5), "there is no field title to count"),
        ("place:many", (6, 10), "many is no number of values"),
        ("place:-1", (6, 8), "-1 is no number of values"),
        ("date", (0, 4), "date is nothing to count by"),
        ("date:hour", (0, 9), "date:hour is nothing to count by"),
    ],
)
def test_what_cannot_be_counted_is_refused(index, spec, span, message):
    with pytest.raises(QueryError, match=message) as caught:
        index.search("truce", facets=[spec])
    assert (caught.value.query, caught.value.span) == (spec, span)


# ---- ranges


def test_what_a_range_or_value_cannot_find_is_told(index):
    def noted(question: str) -> list[str]:
        return [note.code for note in index.search(question).diagnostics]

    assert noted("words:[3 TO 1]") == noted("price:{3 TO 3]") == noted("source:[m TO a]") == ["empty-range"]
    assert noted("place:[30 TO 4] price:[3 TO 3] place:idlib words:999") == []
    assert noted("place:nowhere") == noted("words:many") == ["unknown-value"]
    with pytest.raises(QueryError, match="holds numbers, which a and b cannot be compared with") as caught:
        index.search("truce price:[a TO b]")
    assert caught.value.span == (12, 20)


# ---- filters


def keys(results) -> list[str]:
    return [hit.key for hit in results]


def test_a_filter_restricts_and_neither_scores_nor_marks(index):
    plain = {hit.key: hit.score for hit in index.search("truce")}
    found = index.search("truce", filter="place:aleppo OR title:truce source:afp")
    assert {hit.key: hit.score for hit in found} == {key: plain[key] for key in ("c",)}
    words = index.search("place:aleppo", filter="truce")
    assert [(hit.key, hit.score, hit.spans) for hit in words] == [("a", 0.0, {}), ("c", 0.0, {})]
    assert words.total == 2
    assert keys(index.search("truce", filter=parse("place:idlib").tree)) == ["a", "b"]
    assert index.search("truce", filter="place:aleppo", facets=["source"]).facets == {"source": [("AFP", 1), ("Reuters", 1)]}


def test_a_filter_is_pointed_at_where_it_is_odd_or_wrong(index):
    (note,) = index.search("truce", filter="place:idlib nosuchword").diagnostics
    assert (note.code, note.span, note.text) == ("unknown-word", (12, 22), "place:idlib nosuchword")
    with pytest.raises(QueryError, match="never closed") as caught:
        index.search("truce", filter="(war")
    assert caught.value.query == "(war"
    with pytest.raises(QueryError, match="no report has the word") as caught:
        index.search("truce", filter="nosuchword", strict=True)
    assert caught.value.query == "nosuchword"


def test_dates_restrict_to_whole_intervals_ends_included(index):
    def between(start=None, end=None) -> list[str]:
        return sorted(keys(index.search("NOT xyz", date_from=start, date_to=end)))

    assert between("2020") == ["a", "b", "c"]
    assert between("2020-01-12", "2020-01-12") == ["a"]
    assert between("2019-12", "2020-01") == ["a", "b", "f"]
    assert between(None, date(2020, 1, 1)) == ["f"]
    assert between("2021") == []
    with pytest.raises(QueryError, match="cannot be read") as caught:
        between("soon")
    assert (caught.value.query, caught.value.span) == ("soon", (0, 4))


def test_dates_in_words_are_seen_from_the_day_given(index):
    def on(day: date, query: str = "NOT xyz", **options) -> list[str]:
        return sorted(keys(index.search(query, today=day, **options)))

    assert on(date(2020, 1, 14), "date:yesterday") == []
    assert on(date(2020, 1, 13), "date:yesterday") == ["a"]
    assert on(date(2020, 1, 14), date_from="last week", date_to="last week") == ["a"]
    assert on(date(2020, 1, 14), filter='date:"this month"') == ["a", "b"]
    assert on(datetime(2020, 2, 1, 8), date_from="this year", date_to="last month") == ["a", "b"]
    assert on(date(2020, 2, 1), date_from=datetime(2020, 1, 12, 8), date_to="yesterday") == ["a"]


# ---- order


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("score", ["a", "b", "c", "f", "d"]),
        ("date", ["a", "b", "c", "f", "d"]),
        ("date:asc", ["f", "b", "c", "a", "d"]),
        ("key", ["a", "b", "c", "d", "f"]),
        ("key:desc", ["f", "d", "c", "b", "a"]),
        ("price", ["b", "a", "c", "f", "d"]),
        ("price:asc", ["c", "a", "b", "f", "d"]),
        ("Words:desc", ["a", "b", "c", "f", "d"]),
    ],
)
def test_hits_are_sorted_missing_ones_last_both_ways(index, sort, expected):
    assert keys(index.search("truce OR NOT truce", sort=sort)) == expected
    paged = [key for at in range(0, 6, 2) for key in keys(index.search("truce OR NOT truce", sort=sort, limit=2, offset=at))]
    assert paged == expected


@pytest.mark.parametrize("sort", ["title", "source", "", "date:up", "score:asc"])
def test_what_cannot_be_sorted_by_is_refused(index, sort):
    with pytest.raises(QueryError) as caught:
        index.search("truce", sort=sort)
    assert caught.value.query == sort

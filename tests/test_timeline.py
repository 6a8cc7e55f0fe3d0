"""Timelines beside a count in loops; facets of which several values are chosen; bars and blocks."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.fields import DATETIME, ID, TEXT, Schema

import idlibsearch
from idlibsearch import Entity, QueryError, Report, ReportDate
from idlibsearch.results import plot
from idlibsearch.results.plot import bar, sparkline


def dated(key: str, start: str, days: int = 1, title: str = "Truce") -> Report:
    first = date.fromisoformat(start)
    return Report(key, title, date=ReportDate(first, first + timedelta(days), "day" if days == 1 else "span"))


@pytest.fixture
def index(new_index):
    new_index.add([dated("a", "2020-01-12"), dated("b", "2020-01-31"), dated("w", "2020-01-05", title="War")])
    new_index.add([dated("c", "2020-04-01"), Report("d", "Truce"), Report("e", "Truce", date="2020"), dated("x", "2020-04-02")])
    new_index.remove("x")
    return new_index


def counts(timeline) -> list[tuple[str, float]]:
    return [(stretch.label, stretch.matches) for stretch in timeline.stretches]


def test_stretches_without_a_match_stand_between_those_with_one(index):
    found = index.timeline("truce", "month")
    assert counts(found) == [("2020-01", 2), ("2020-02", 0), ("2020-03", 0), ("2020-04", 1)]
    assert (found.total, found.vague, found.undated) == (5, 1, 1)
    assert [(each.reports, round(each.share, 3)) for each in found.stretches] == [(3, 0.667), (0, 0), (0, 0), (1, 1)]


def test_a_vague_date_is_spread_by_days_and_counts_whole_where_it_is_not_vague(index):
    found = index.timeline("truce", "quarter", vague="spread")
    assert [label for label, _ in counts(found)] == ["2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"]
    assert [round(count * 366) for _, count in counts(found)] == [2 * 366 + 91, 366 + 91, 92, 92]
    assert (found.vague, sum(count for _, count in counts(found))) == (0, pytest.approx(4))
    assert counts(index.timeline("truce", "year")) == [("2020", 4)]


def test_a_question_may_be_restricted_and_find_nothing(index):
    assert counts(index.timeline("truce", date_from="2020-02")) == [("2020-04", 1)]
    assert index.timeline("truce", filter="title:war").stretches == ()
    assert index.timeline("truce xylophone").diagnostics[0].code == "unknown-word"


def test_the_ends_of_the_calendar_hold(new_index):
    new_index.add([Report("a", "T", date="0001"), dated("b", "9999-12-30", title="T")])
    for vague in ("apart", "spread"):
        assert [label for label, count in counts(new_index.timeline("*", "year", vague=vague)) if count] == ["0001", "9999"]
    with pytest.raises(QueryError, match="more than 10,000 days"):
        new_index.timeline("*", "day")
    assert counts(new_index.timeline("*", "day", date_from="9998")) == [("9999-12-30", 1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "hour"}, "hour is nothing to count by"),
        ({"vague": "gone"}, "vague dates cannot be gone"),
        ({"field": "title"}, "no points in time in the field title"),
        ({"zone": "Europe/Berlin"}, "have no zone"),
    ],
)
def test_what_cannot_be_counted_is_refused(index, options, message):
    with pytest.raises(QueryError, match=message):
        index.timeline("truce", **options)


def test_points_in_time_are_counted_by_the_days_of_a_zone(tmp_path):
    schema = Schema(path=ID(unique=True), text=TEXT, when=DATETIME)
    with idlibsearch.create(tmp_path / "index", schema) as index:
        index.add([
            {"path": "a", "text": "truce", "when": datetime(2020, 1, 31, 23, 30)},
            {"path": "b", "text": "truce", "when": datetime(2020, 2, 1, 12)},
            {"path": "c", "text": "truce"},
        ])  # fmt: skip
        assert counts(index.timeline("truce", "month", field="when")) == [("2020-01", 1), ("2020-02", 1)]
        found = index.timeline("truce", "month", field="when", zone="Europe/Berlin")
        assert (counts(found), found.undated) == ([("2020-02", 2)], 1)
        with pytest.raises(QueryError, match="there is no zone Mars/Base"):
            index.timeline("truce", field="when", zone="Mars/Base")


# ---- the same in loops


def stretch_of(day: date, unit: str) -> str:
    year, week, _ = day.isocalendar()
    return {
        "day": f"{day}", "week": f"{year:04}-W{week:02}", "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}", "year": f"{day.year}",
    }[unit]  # fmt: skip


def naive(reports, unit: str, vague: str) -> tuple[dict[str, float], int, int]:
    found, apart, undated = Counter[str](), 0, 0
    for report in reports:
        if report.date is None:
            undated += 1
            continue
        days = [report.date.start + timedelta(n) for n in range((report.date.end - report.date.start).days)]
        labels = [stretch_of(day, unit) for day in days]
        if vague == "apart" and len(set(labels)) > 1:
            apart += 1
            continue
        for label in labels:
            found[label] += 1 / len(labels)
    return found, apart, undated


DATES = st.none() | st.builds(
    lambda first, days: ReportDate(date(2019, 11, 1) + timedelta(first), date(2019, 11, 1) + timedelta(first + days), "span"),
    st.integers(0, 400), st.sampled_from([1, 1, 1, 7, 30, 366]),
)  # fmt: skip


@given(st.lists(st.tuples(st.booleans(), DATES), max_size=12), st.sampled_from(["day", "week", "month", "quarter", "year"]),
       st.sampled_from(["apart", "spread"]))  # fmt: skip
def test_a_timeline_is_what_counting_day_by_day_gives(tmp_path_factory, drawn, unit, vague):
    reports = [Report(f"{n}", "truce" if matches else "war", date=when) for n, (matches, when) in enumerate(drawn)]
    with idlibsearch.create(tmp_path_factory.mktemp("timeline") / "index") as index:
        index.add(reports)
        found = index.timeline("truce", unit, vague=vague)
    expected, apart, undated = naive([report for report in reports if report.title == "truce"], unit, vague)
    assert {label: count for label, count in counts(found) if count} == pytest.approx(expected)
    assert (found.vague, found.undated) == (apart, undated)
    every, _, _ = naive(reports, unit, vague)
    assert [each.reports for each in found.stretches] == pytest.approx([every.get(each.label, 0) for each in found.stretches])
    assert all(one.end == other.start for one, other in pairwise(found.stretches))


# ---- facets


def placed(key: str, source: str, *places: str) -> Report:
    return Report(key, "Truce", source=source, entities=tuple(Entity("PLACE", place, place, "body", 0, 0) for place in places))


@pytest.fixture
def shop(new_index):
    new_index.add([placed("a", "Reuters", "Idlib", "Aleppo"), placed("b", "Reuters", "Sochi"), placed("c", "TASS", "Sochi")])
    new_index.add([placed("d", "TASS", "Idlib"), Report("e", "Truce", source="AFP", date="2020-01-12"), Report("f", "War")])
    return new_index


def test_a_facet_does_not_restrict_itself_and_restricts_all_others(shop):
    found = shop.facets("truce", ["source", "place"], chosen={"source": ["Reuters"]})
    assert found.facets == {
        "source": [("Reuters", 2), ("TASS", 2), ("AFP", 1)],
        "place": [("Aleppo", 1), ("Idlib", 1), ("Sochi", 1)],
    }
    assert found.total == 2


def test_several_values_of_a_facet_are_joined_by_or_and_several_facets_by_and(shop):
    found = shop.facets("truce", ["source", "place", "date:month"], chosen={"source": ["TASS", "reuters"], "place": ["IDLIB"]})
    assert found.facets["source"] == [("Reuters", 1), ("TASS", 1)]
    assert found.facets["place"] == [("Idlib", 2), ("Sochi", 2), ("Aleppo", 1)]
    assert (found.total, found.facets["date:month"]) == (2, [("undated", 2)])


@pytest.mark.parametrize("label", ["2020", "2020-Q1", "2020-01", "2020-W02", "2020-01-12"])
def test_stretches_of_time_can_be_chosen_by_the_names_they_have(shop, label):
    unit = {4: "year", 7: "quarter" if "Q" in label else "month", 8: "week", 10: "day"}[len(label)]
    found = shop.facets("*", [f"date:{unit}", "source"], chosen={f"date:{unit}": [label]})
    assert found.facets == {f"date:{unit}": [(label, 1), ("undated", 5)], "source": [("AFP", 1)]}
    assert shop.facets("*", ["source"], chosen={f"date:{unit}": [label, "undated"]}).total == 6
    assert shop.facets("*", ["source"], chosen={f"date:{unit}": ["undated"]}).total == 5


def test_without_a_choice_facets_are_those_of_a_search(shop):
    assert shop.facets("truce", ["source", "place:1"]).facets == shop.search("truce", facets=["source", "place:1"]).facets
    assert shop.facets("truce", ["source"], chosen={"source": []}).total == 5


def test_an_unknown_facet_is_refused(shop):
    with pytest.raises(QueryError, match="no field colour"):
        shop.facets("truce", ["source"], chosen={"colour": ["red"]})


# ---- drawn


def test_bars_are_as_long_as_their_counts_and_never_nothing():
    assert [bar(count, 8, 1) for count in (0, 1, 4, 8)] == ["", "▏", "▌", "█"]
    assert bar(1, 10**9, 40) == "▏"
    assert len(bar(10**9, 10**9, 40)) == 40


def test_a_line_of_blocks_adds_up_neighbours_where_there_is_no_room():
    assert sparkline([1] * 100, 50) == "█" * 50
    assert sparkline([], 10) == ""
    assert sparkline([0, 0.01, 8], 10) == " ▁█"


@pytest.mark.parametrize("columns", [80, 120, 40])
def test_what_is_drawn_fits_the_terminal(index, shop, columns):
    lines = [*plot.timeline(index.timeline("*", "week"), columns), *plot.facets(shop.facets("*", ["source", "place"]), columns)]
    assert max(map(len, lines)) <= columns
    assert any("█" in line for line in lines)


def test_without_a_terminal_there_are_no_bars(index):
    assert list(plot.timeline(index.timeline("truce"), 0)) == [
        "5 reports, 1 vague, 1 undated", "  2020-01  2   66.7 %", "  2020-02  0    0.0 %", "  2020-03  0    0.0 %",
        "  2020-04  1  100.0 %",
    ]  # fmt: skip


def test_rows_are_plain_json(index):
    value = json.loads(json.dumps(index.timeline("truce", vague="spread").to_json()))
    assert value["stretches"][0]["start"] == "2020-01-01"
    assert value["stretches"][0]["matches"] == pytest.approx(2 + 31 / 366, abs=1e-6)

"""Facets and timelines per story, beside a count in loops over what each story's matching versions have."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Report, ReportDate
from idlibsearch.results import plot

TEXTS = [" ".join(f"{name}{n}" for n in range(40)) for name in ("first", "second", "third")]
ALONE = "Nothing that is told twice."


def dated(start: str, days: int = 1) -> ReportDate:
    first = date.fromisoformat(start)
    return ReportDate(first, first + timedelta(days), "day" if days == 1 else "span")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Two stories, of three and two versions, in two segments; a report without versions."""
    with idlibsearch.create(tmp_path_factory.mktemp("by_story") / "index", merge="never") as index:
        index.add([
            Report("a1", "Truce", TEXTS[0], dated("2020-01-12"), source="AFP", numbers={"price": 3}),
            Report("a2", "Truce", TEXTS[0], dated("2020-02-01"), source="Reuters"),
            Report("b1", "Truce", TEXTS[1], dated("2020-01-20"), source="Reuters", numbers={"price": 3}),
        ])  # fmt: skip
        index.add([
            Report("a3", "War", TEXTS[0], dated("2020-01-13"), source="Reuters", numbers={"price": 5}),
            Report("b2", "Truce", TEXTS[1], dated("2020-01-01", 366), source="Reuters"),
            Report("c", "Truce", ALONE, source="AFP"),
        ])  # fmt: skip
        yield index


def test_a_story_has_each_value_that_a_version_that_matches_has(index):
    assert index.facets("truce", ["source"]).facets == {"source": [("Reuters", 3), ("AFP", 2)]}
    found = index.facets("truce", ["source", "price", "date:month"], per="story")
    assert (found.total, found.per) == (3, "story")
    assert found.facets == {
        "source": [("AFP", 2), ("Reuters", 2)],
        "price": [("3", 2)],
        "date:month": [("2020-01", 2), ("2020-02", 1), ("undated", 1)],
    }
    assert index.facets("title:war", ["source"], per="story").facets == {"source": [("Reuters", 1)]}
    assert index.facets("*", ["source:1"], per="story").facets == {"source": [("AFP", 2)]}


def test_what_is_chosen_restricts_the_versions_that_count(index):
    found = index.facets("*", ["source", "date:month"], chosen={"source": ["AFP"]}, per="story")
    assert (found.total, found.facets["date:month"]) == (2, [("2020-01", 1), ("undated", 1)])
    assert found.facets["source"] == [("AFP", 2), ("Reuters", 2)]


def test_a_story_is_in_every_stretch_in_which_a_version_was_published(index):
    found = index.timeline("truce", per="story")
    assert [(each.label, each.matches, each.reports) for each in found.stretches] == [("2020-01", 2, 2), ("2020-02", 1, 1)]
    assert (found.total, found.vague, found.undated, found.per) == (3, 0, 1, "story")
    spread = index.timeline("title:truce source:reuters", "quarter", vague="spread", per="story").stretches
    assert [(each.label, each.matches) for each in spread] == [
        ("2020-Q1", 2), ("2020-Q2", 91 / 366), ("2020-Q3", 92 / 366), ("2020-Q4", 92 / 366),
    ]  # fmt: skip


def test_a_story_all_of_whose_dates_are_vague_is_vague_once(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(
            [Report("a", "Truce", TEXTS[0], dated("2020-01-01", 366)), Report("b", "Truce", TEXTS[0], dated("2019-01-01", 365))]
        )
        assert index.facets("*", ["date:month"], per="story").facets == {"date:month": [("vague", 1)]}
        assert (index.timeline("*", per="story").vague, index.timeline("*").vague) == (1, 2)


def test_how_many_stories_is_said(index):
    assert next(plot.facets(index.facets("truce", ["source"], per="story"), 0)) == "3 stories"
    assert next(plot.timeline(index.timeline("title:war", per="story"), 0)) == "1 story"
    assert json.loads(json.dumps(index.facets("truce", [], per="story").to_json())) == {"total": 3, "per": "story", "facets": {}}
    assert index.timeline("truce", per="story").to_json()["per"] == "story"
    assert "per" not in index.timeline("truce").to_json()


def test_there_are_reports_and_stories_and_nothing_else(index):
    for count in (lambda: index.facets("*", ["source"], per="day"), lambda: index.timeline("*", per="day")):
        with pytest.raises(ValueError, match="not per day"):
            count()


def test_without_stories_every_report_counts(tmp_path):
    with idlibsearch.create(tmp_path / "index", stories=False) as index:
        index.add([Report("a", "Truce", TEXTS[0], source="AFP"), Report("b", "Truce", TEXTS[0], source="AFP")])
        assert index.facets("*", ["source"], per="story").facets == {"source": [("AFP", 2)]}


# ---- the oracle

DATES = [
    None, dated("2020-01-12"), dated("2020-02-03"), dated("2020-01-01", 31), dated("2019-01-01", 365), dated("2020-01-30", 4),
]  # fmt: skip
REPORTS = st.builds(
    lambda text, title, source, places, published, numbers: Report(
        "k", title, text, published, source=source, keywords={"spot": tuple(places)}, numbers=numbers
    ),
    st.sampled_from([*TEXTS, ALONE]), st.sampled_from(["Truce", "War"]), st.sampled_from(["AFP", "Reuters", ""]),
    st.lists(st.sampled_from(["x", "y", "10", "9"]), max_size=2, unique=True), st.sampled_from(DATES),
    st.sampled_from([{}, {"price": 1, "spot": 9}, {"price": 10.5, "spot": 7}]),
)  # fmt: skip
QUESTIONS = st.sampled_from(["*", "truce", "NOT source:afp"])


def stories(index: idlibsearch.Index, question: str) -> list[list[Report]]:
    """What matches, story by story."""
    found: dict[str, list[Report]] = {}
    for hit in index.search(question, limit=100):
        found.setdefault(hit.story.id if hit.story else hit.key, []).append(hit.report)
    return list(found.values())


def values(report: Report, field: str) -> set[str]:
    if field == "source":
        return {report.source} - {""}
    return {*report.keywords.get(field, ()), *(f"{report.numbers[name]:g}" for name in report.numbers if name == field)}


def in_order(value: str) -> tuple[float, str]:
    return (float(value) if value[0].isdigit() else inf), value


def months(published: ReportDate | None) -> set[str]:
    if published is None:
        return {"undated"}
    first, last = f"{published.start:%Y-%m}", f"{published.end - timedelta(1):%Y-%m}"
    return {first if first == last else "vague"}


def stretches(story: list[Report]) -> set[str]:
    had = set().union(*(months(report.date) for report in story))
    if had - {"vague", "undated"}:
        return had - {"vague", "undated"}
    return had - {"undated"} or had


@settings(max_examples=40)
@given(
    st.lists(st.lists(REPORTS, min_size=1, max_size=5), min_size=1, max_size=3), st.sampled_from(["*", "truce", "NOT source:afp"])
)
def test_counts_per_story_are_those_of_loops(tmp_path_factory, batches, question):
    with idlibsearch.create(tmp_path_factory.mktemp("counted") / "index", merge="never") as index:
        index.add([Report("first", "Truce", ALONE, keywords={"spot": ("x", "9")}, numbers={"price": 1, "spot": 9})])
        number = 0
        for batch in batches:
            index.add([replace(report, key=f"k{(number := number + 1)}") for report in batch])
        if number > 3:
            index.remove("k2")
        told = stories(index, question)
        found = index.facets(question, ["source:0", "spot:0", "price:0", "date:month"], per="story")
        assert found.total == len(told)
        for field in ("source", "spot", "price"):
            counts = Counter(value for story in told for value in set().union(*(values(report, field) for report in story)))
            rows = [(value, counts[value]) for value in sorted(counts, key=in_order)]
            assert found.facets[field] == sorted(rows, key=lambda row: -row[1])
        by_month = Counter(label for story in told for label in stretches(story))
        assert dict(found.facets["date:month"]) == by_month
        line = index.timeline(question, per="story")
        assert {each.label: each.matches for each in line.stretches if each.matches} == {
            label: count for label, count in by_month.items() if label[0] == "2"
        }
        assert (line.total, line.vague, line.undated) == (len(told), by_month["vague"], by_month["undated"])
        every = Counter(label for story in stories(index, "*") for label in stretches(story))
        assert all(each.reports == every[each.label] for each in line.stretches)

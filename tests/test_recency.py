"""Newer reports first: against the naive engine, with all that goes with a ranking, and told by cases."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import naive
import pytest
import test_agreement
from hypothesis import given, settings
from hypothesis import strategies as st
from test_explain import assert_explained

import idlibsearch
from idlibsearch import QueryError, Report
from idlibsearch.query.syntax import parse

TODAY = date(2020, 3, 1)


def faded(oracle, matches, half_life):
    """(key, score) of matches, best first, by the definition: half for every half-life, undated ones as the middle one."""
    days = sorted(report.date.start.toordinal() for report in oracle.reports if report.date)
    middle = days[(len(days) - 1) // 2] if days else TODAY.toordinal()
    found = []
    for doc, score in matches:
        when = oracle.reports[doc].date
        age = TODAY.toordinal() - (when.start.toordinal() if when else middle)
        found.append((-score * 0.5 ** (max(age, 0) / half_life), doc))
    return [(oracle.reports[doc].key, -score) for score, doc in sorted(found)]


@settings(max_examples=80)
@given(
    test_agreement.collections,
    st.lists(test_agreement.trees, min_size=1, max_size=5),
    st.sampled_from([("1d", 1), ("30d", 30), ("2.5 weeks", 17.5), ("1y", 365)]),
    st.integers(0, 5),
)
def test_scores_fade_by_the_definition(found, questions, half_life, cut):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        oracle = naive.NaiveIndex(found)
        for tree in questions:
            read = parse(str(tree), is_column=test_agreement.OWN_COLUMNS.__contains__).tree
            expected = faded(oracle, oracle.matches(read), half_life[1])
            options = {"recent": half_life[0], "today": TODAY}
            answer = index.search(str(tree), limit=100, **options)
            assert [hit.key for hit in answer] == [key for key, _ in expected]
            assert [hit.score for hit in answer] == pytest.approx([score for _, score in expected], rel=1e-9)
            assert answer.total == len(expected)
            pages = [hit.key for start in range(0, 6, 2) for hit in index.search(tree, limit=2, offset=start, **options)]
            assert pages == [key for key, _ in expected][:6]
            by_key = index.search(str(tree), limit=100, sort="key", **options)
            assert {hit.key: hit.score for hit in by_key} == {hit.key: hit.score for hit in answer}
            assert_explained(index, found, tree, **options)


@pytest.fixture
def index(tmp_path):
    ages = {"today": 0, "month": 30, "old": 300, "future": -9}
    with idlibsearch.create(tmp_path / "index") as made:
        made.add(Report(key, "Truce", date=str(TODAY - timedelta(days=age))) for key, age in ages.items())
        made.add([Report("undated", "Truce")])
        yield made


def test_half_for_every_half_life(index):
    plain = {hit.key: hit.score for hit in index.search("truce")}
    scores = {hit.key: hit.score for hit in index.search("truce", recent="30d", today=TODAY)}
    assert scores["today"] == plain["today"]
    assert scores["future"] == plain["future"]
    assert scores["month"] == plain["month"] / 2
    assert scores["old"] == plain["old"] / 1024


def test_a_report_without_a_date_stands_in_the_middle(index):
    ranked = [hit.key for hit in index.search("truce", recent="30d", today=TODAY)]
    assert ranked == ["today", "future", "month", "undated", "old"]  # half of those with a date are as old as "month"


def test_without_any_dates_nothing_fades(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([Report("a", "Truce"), Report("b", "Truce talks")])
        assert [h.score for h in index.search("truce", recent="1d")] == [h.score for h in index.search("truce")]


@pytest.mark.parametrize("text", ["", "soon", "-3d", "0d", "30x", "1e3d", "٣d", "nan", "9999999y"])
def test_what_is_no_half_life_is_refused(index, text):
    with pytest.raises(QueryError, match="half-life"):
        index.search("truce", recent=text)

"""Explanations: what they come to is the score, to the last bit, whatever the question; what a person reads of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import test_agreement
import test_nearness
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import QueryError, Report, SchemaError

ONE = np.float32(1)
IN_SINGLE = {
    "weight": lambda a, b: a * b,
    "gain": lambda w, f, i: w - w / (ONE + f * i),
    "inverse": lambda k1, b, length, mean: ONE / (k1 * ((ONE - b) + b * length / mean)),
}


def recomputed(explained):
    """The value that the parts make by what is said of them, each of which is looked at likewise."""
    values = [recomputed(part) for part in explained.parts]
    if explained.how == "sum":
        made = 0.0
        for value in values:
            made += value
    elif explained.how == "product":
        made = values[0] * values[1]
    elif explained.how == "quotient":
        made = values[0] / values[1]
    elif explained.how == "saturation":
        made = values[0] / (values[1] + values[0])
    elif explained.how == "normalisation":
        made = 1 - values[0] + values[0] * values[1] / values[2]
    elif explained.how in IN_SINGLE:
        with np.errstate(divide="ignore"):  # where k1 is 0, a word scores its weight
            made = float(IN_SINGLE[explained.how](*map(np.float32, values)))
    else:
        made = explained.value
    assert made == explained.value
    return made


def assert_explained(index, reports, tree, **options):
    """All that is found is explained by its score; all else does not match."""
    scores = {hit.key: hit.score for hit in index.search(tree, limit=100, **options)}
    for report in reports:
        explained = index.explain(report.key, tree, **options)
        assert explained.matches == (report.key in scores)
        assert explained.value == scores.get(report.key, 0.0)
        recomputed(explained)
        assert "\n".join(explained.lines())
        assert explained.to_json()["value"] == explained.value


@settings(max_examples=60)
@given(test_agreement.collections, st.lists(test_agreement.trees, min_size=1, max_size=6))
def test_every_score_is_explained_to_the_last_bit(found, questions):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        for tree in questions:
            assert_explained(index, found, tree)


@settings(max_examples=60)
@given(test_nearness.collections, st.lists(test_nearness.questions, min_size=1, max_size=6))
def test_nearness_is_explained_to_the_last_bit(found, questions):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        half = len(found) // 2
        index.add(found[:half])
        index.add(found[half:])
        for tree in questions:
            assert_explained(index, found, tree)


@pytest.fixture
def index(tmp_path):
    with idlibsearch.create(tmp_path / "index") as made:
        made.add([
            Report("a", "Truce holds", "The truce in Idlib holds. A second truce is near.", source="Reuters"),
            Report("b", "Bank crisis", "No truce between the bank and its creditors.", source="AFP"),
        ])  # fmt: skip
        yield made


def test_the_numbers_of_the_formula_are_named(index):
    lines = list(index.explain("a", "truce").lines())
    assert lines[0].strip().endswith("truce, product of")
    assert any("n = 2 of N = 2 reports" in line for line in lines)
    assert any(line.endswith("2  frequency") for line in lines)
    assert any("weight of title" in line for line in lines)


def test_what_is_missing_is_named(index):
    explained = index.explain("b", "truce idlib")
    assert not explained.matches
    assert explained.value == 0.0
    assert [part.matches for part in explained.parts] == [True, False]
    assert explained.parts[1].description.startswith("idlib: not in title")


def test_a_restriction_that_keeps_a_report_out_is_named(index):
    explained = index.explain("b", "truce", filter="source:reuters")
    assert [part.description for part in explained.parts if not part.matches] == ["value in source"]


def test_what_is_not_wanted_is_named(index):
    explained = index.explain("b", "truce NOT bank")
    assert [part.description for part in explained.parts if not part.matches] == ["unwanted: bank"]


def test_a_boost_is_a_factor(index):
    explained = index.explain("a", "truce^2.5")
    assert explained.how == "product"
    assert explained.parts[1].value == 2.5


def test_a_key_that_no_report_has_is_an_error(index):
    with pytest.raises(KeyError):
        index.explain("nobody", "truce")


def test_other_numbers_for_one_call_are_explained_with_it(index):
    numbers = {"k1": 0.4, "title": 5, "title.b": 0.1}
    assert_explained(index, list(index), "truce OR bank", ranking=numbers)
    assert index.explain("a", "truce", ranking=numbers).value != index.explain("a", "truce").value


@pytest.mark.parametrize(
    ("numbers", "named"),
    [({"k1": -1}, "k1"), ({"body.b": 1.5}, "body.b"), ({"title": 0}, "title"), ({"k2": 1}, "k2"), ({"k1": float("nan")}, "k1")],
)
def test_numbers_that_cannot_be_are_refused(index, tmp_path, numbers, named):
    with pytest.raises(QueryError, match=named):
        index.search("truce", ranking=numbers)
    with pytest.raises(SchemaError, match=named):
        idlibsearch.create(tmp_path / "other", ranking=numbers)


def test_an_index_keeps_the_numbers_it_was_made_with(tmp_path):
    with idlibsearch.create(tmp_path / "index", ranking={"k1": 0.5, "title": 7}) as index:
        index.add([Report("a", "Truce", "A truce holds."), Report("b", "Talks", "A truce is near.")])
        scores = [hit.score for hit in index.search("truce")]
    with idlibsearch.open(tmp_path / "index") as index, idlibsearch.create(tmp_path / "other") as other:
        assert [hit.score for hit in index.search("truce")] == scores
        other.add(list(index))
        assert [hit.score for hit in other.search("truce", ranking={"k1": 0.5, "title": 7})] == scores
        assert [hit.score for hit in other.search("truce")] != scores


def test_an_index_of_other_numbers_opens_with_its_schema(tmp_path):
    with idlibsearch.create(tmp_path / "index", ranking={"k1": 0.5, "body.b": 0.3}) as index:
        schema = index.schema
    with idlibsearch.open(tmp_path / "index", schema) as index:
        assert len(index) == 0

"""What tells some reports from others, against counts made with Python's own sets."""

from __future__ import annotations

import tempfile
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import QueryError, Report
from idlibsearch.results.significant import log_likelihood

texts = st.lists(st.sampled_from(["idlib", "truce", "war", "turkey", "russia", "peace", "bank"]), max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=14), st.integers(0, 14), st.integers(0, 13))
def test_counts_are_of_live_reports_on_both_sides(found, cut, removed):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(f"{folder}/index", merge="never") as index:
        reports = [Report(f"r{n}", "", " ".join(words)) for n, words in enumerate(found)]
        index.add(reports[:cut])
        index.add(reports[cut:])
        index.remove(f"r{removed}")
        live = [set(words) for n, words in enumerate(found) if n != removed]
        here, there = ([words for words in live if ("idlib" in words) == side] for side in (True, False))
        ours, theirs = (Counter(word for words in side for word in words) for side in (here, there))
        expected = {
            (word, n, theirs[word])
            for word, n in ours.items()
            if n >= min(2, len(here)) and word != "idlib" and log_likelihood(n, len(here), theirs[word], len(there)) > 0
            if (n, theirs[word]) != (len(here), 0)
        }
        got = index.terms("idlib", kinds=["word"], limit=99)
        assert {(row.text, row.here, row.there) for row in got} == expected
        assert [row.score for row in got] == sorted((row.score for row in got), reverse=True)
        assert {(row.of, row.there_of) for row in got} <= {(len(here), len(there))}


def test_the_ratio_is_what_the_textbook_says():
    assert log_likelihood(10, 100, 10, 1000) == pytest.approx(22.9078, abs=1e-4)
    assert log_likelihood(10, 1000, 10, 100) == 0.0  # less frequent here
    assert log_likelihood(0, 0, 5, 10) == log_likelihood(5, 10, 0, 0) == 0.0


def test_words_and_names_of_one_question_stand_out_against_another(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        talks = [Report(f"t{n}", "", "negotiations in Sochi", keywords={"place": ("Sochi",)}, date="2019") for n in range(5)]
        raids = [Report(f"b{n}", "", "bombings in Idlib", keywords={"place": ("Idlib",)}, date="2020") for n in range(5)]
        index.add([*talks, *raids, Report("other", "", "negotiations and bombings")])
        assert (
            index.terms("date:2019", against="date:2020", kinds=["place"]) == []
        )  # all here have it and none there: that is the question
        rows = index.terms("negotiations OR bombings", against="bombings", kinds=["place", "word"])
        assert [(row.text, row.kind, row.here, row.there) for row in rows[:3]] == [
            ("sochi", "word", 5, 0),
            ("Sochi", "place", 5, 0),
            ("negotiations", "word", 6, 1),
        ]
        with pytest.raises(QueryError, match="there is no field colour"):
            index.terms("bombings", kinds=["colour"])


def test_words_are_shown_as_they_are_mostly_written(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(
            [Report(f"r{n}", "", "the bombings and bombings of de-escalation zones" if n < 3 else "the day") for n in range(9)]
        )
        shown = {row.text for row in index.terms("zones OR r", kinds=["word"])} | {
            row.text for row in index.terms("zones OR day", against="day", kinds=["word"])
        }
        assert {"bombings", "zones", "de-escalation"} <= shown
        assert "bomb" not in shown

"""What tells some reports from others, against counts made with Python's own sets."""

from __future__ import annotations

import tempfile
from collections import Counter

import naive_stories
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import QueryError, Report
from idlibsearch.faces.cli import cli
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


BASES = [" ".join(f"{name}{n}" for n in range(18)) for name in ("a", "b", "c")]  # texts of three stories
versions = st.tuples(st.sampled_from(BASES), texts, st.integers(1, 28)).map(lambda v: (f"{v[0]} {' '.join(v[1])}", v[2]))


@settings(max_examples=60, deadline=None)
@given(st.lists(versions, min_size=2, max_size=12), st.integers(0, 12), st.integers(0, 14), st.sampled_from([None, "truce"]))
def test_versions_count_as_one_story_where_stories_are_counted(found, cut, removed, against):
    """By hand: the stories of the live reports; on each side the earliest version found of each; words as sets."""
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(f"{folder}/index", merge="never") as index:
        reports = [Report(f"r{n}", "", body, f"2020-01-{day:02}") for n, (body, day) in enumerate(found)]
        index.add(reports[:cut])
        index.add(reports[cut:])
        index.remove(f"r{removed}")
        live = [row for n, row in enumerate(found) if n != removed]
        anchors = naive_stories.stories([body for body, _ in live])
        having = [{n for n, (body, _) in enumerate(live) if word in body.split()} for word in ("idlib", "truce")]
        told = {anchors[n] for n in having[0]}
        sides = [having[0], having[1] if against else {n for n in anchors if anchors[n] not in told}]
        here, there = ([set(body.split()) for body in earliest(live, anchors, side)] for side in sides)
        ours, theirs = (Counter(word for words in side for word in words) for side in (here, there))
        expected = {
            (word, n, theirs[word])
            for word, n in ours.items()
            if n >= min(2, len(here)) and log_likelihood(n, len(here), theirs[word], len(there)) > 0
            if (n, theirs[word]) != (len(here), 0)
        }
        got = index.terms("idlib", against=against, kinds=["word"], limit=99, per="story")
        assert {(row.text, row.here, row.there) for row in got} == expected
        assert {(row.of, row.there_of) for row in got} <= {(len(here), len(there))}


def earliest(live, anchors, side):
    """The texts that stand for the stories of some reports."""
    for anchor in {anchors[n] for n in side}:
        yield min((live[n][1], n, live[n][0]) for n in side if anchors[n] == anchor)[2]


def test_a_story_that_ten_papers_print_says_its_words_once(tmp_path):
    wire = " ".join(f"word{n}" for n in range(30))
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(Report(f"p{n}", "", f"Idlib {wire}", source=f"paper{n}") for n in range(10))
        index.add(Report(f"t{n}", "", f"Idlib truce day{n}") for n in range(3))
        index.add(Report(f"o{n}", "", f"weather number{n}") for n in range(30))
        assert index.terms("idlib", kinds=["word"])[0].here == 10
        (row,) = index.terms("idlib", kinds=["word"], per="story")
        assert (row.text, row.here, row.of, row.there, row.there_of) == ("truce", 3, 4, 0, 30)
    asked = ["terms", "idlib", "--per", "story", "--kind", "word", "--format", "csv", "--index", str(tmp_path / "index")]
    answer = CliRunner().invoke(cli, asked)
    assert answer.exit_code == 0
    assert answer.output.splitlines()[1].startswith("truce,word,")


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
        with pytest.raises(QueryError, match="there is no field colour") as refused:
            index.terms("bombings", kinds=["colour"])
        assert (refused.value.query, refused.value.span) == ("colour", (0, 6))


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

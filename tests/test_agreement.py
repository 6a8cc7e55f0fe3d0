"""The engine against the naive one: same reports, same order, same scores, on random collections and questions."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import naive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Entity, Report, ReportDate
from idlibsearch.model import parse_date
from idlibsearch.query.syntax import parse
from idlibsearch.query.tree import (
    And,
    Boosted,
    Dated,
    Every,
    Exact,
    Fuzzy,
    Maybe,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Require,
    Wildcard,
    Word,
)

# Few words, so that they meet; every trick of analysis among them.
WORDS = (
    "truce", "truces", "Idlib", "rebel", "held", "rebel-held", "rebelheld", "air", "strikes", "airstrikes", "cease-fire",
    "ceasefire", "al-Qaeda", "Qaeda", "al Qaeda", "U.S.", "US", "us", "may", "May", "march", "2020", "12", "2020-01", "January",
    "seventeen", "17", "twenty-five", "25", "300,000", "Syria's", "defence", "defense", "Fu’ah", "de-escalation", "in",
    "Truce", "door-to-door", "door", "Çavuşoğlu", "rebels",
)  # fmt: skip
texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
dates = st.one_of(
    st.none(),
    st.sampled_from(["2020", "2020-01", "2020-01-12", "2020-05-03", "2019-03"]).map(parse_date),
    st.just(ReportDate(date(2020, 1, 10), date(2020, 1, 10) + timedelta(days=3), "part-month")),
)


@st.composite
def reports(draw, key="r"):
    body = draw(texts)
    names = draw(st.lists(st.sampled_from(["al-Qaeda", "Idlib", "Rebel Air", "Fu’ah"]), max_size=2))
    entities = tuple(Entity("NAME", name, name, "body", 0, 0) for name in names)
    return Report(key=key, title=draw(texts), body=body, date=draw(dates), entities=entities)


def keyed(found):
    return [Report(f"r{n}", r.title, r.body, r.date, entities=r.entities) for n, r in enumerate(found)]


collections = st.lists(reports(), min_size=1, max_size=6).map(keyed)
words = st.builds(
    Word, st.sampled_from([word for word in WORDS if " " not in word]), st.sampled_from(["", "", "", "title", "body", "entities"])
)
phrases = st.builds(
    Phrase, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), st.sampled_from(["", "", "title", "body"])
)
dated = st.sampled_from([Dated(date(2020, 1, 1), date(2021, 1, 1), "2020"), Dated(date(2020, 1, 1), date(2020, 2, 1), "2020-01")])


spelled_in = st.sampled_from(["", "", "", "title", "body"])
exact = st.builds(Exact, st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join), spelled_in)
patterns = st.sampled_from(
    ["t*", "truce*", "rebel*", "*held", "r?bel*", "ai?", "*-*", "202[0-3]*", "[!0-9]*s", "[0-9][0-9]", "U.S*", "fu’*", "ÇAV*",
     "qaed*", "al?qaeda", "*e*e*", "door*", "?", "zz*", "300,0*", "US*", "[ar]*"]
)  # fmt: skip
rows = st.lists(
    st.sampled_from(["t*", "rebel*", "*held", "air", "rebel-held", "door*", "truce", "U.S.", "strikes"]), min_size=2, max_size=3
)
mixed = st.builds(Phrase, rows.filter(lambda row: any("*" in piece for piece in row)).map(" ".join), spelled_in)
fuzzy = st.builds(
    Fuzzy, st.sampled_from(["turce", "Rebel-held", "us", "airstrike", "cavusoglu", "2021"]), st.integers(0, 3), st.integers(0, 2)
)
regexes = st.sampled_from(
    ["truces?", "(air|door).*", r"\d+", r"\D{2,4}", "[a-t]+", "r(eb|x)*el.?.*", "US", "us|US", "[^aeiou]+", ".*", "",
     "(a|b)*|m.y", "al.qaeda", r"de\-?esc\w+", "t+?ruce$", "^.{2}$"]
)  # fmt: skip
expansions = st.one_of(
    st.builds(Wildcard, patterns, spelled_in), fuzzy, st.builds(Regex, regexes.filter(bool), spelled_in), exact, mixed,
    st.builds(Every, st.sampled_from(["", "title", "body", "entities", "date"])),
)  # fmt: skip


def branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    pairs = st.tuples(children, several)
    return st.one_of(
        several.map(And),
        several.map(Or),
        children.map(Not),
        pairs.map(lambda pair: Maybe(*pair)),
        pairs.map(lambda pair: Require(*pair)),
        st.builds(Boosted, children, st.sampled_from([0.0, 0.5, 2.0, 30.0])),
    )


trees = st.recursive(st.one_of(words, words, words, phrases, phrases, dated, expansions, expansions), branches, max_leaves=5)


SPELLED = Exact | Wildcard | Fuzzy | Regex


def engine_answer(index, tree):
    found = index.search(str(tree), limit=100)
    assert found.total == len(found)
    return [(hit.key, hit.score) for hit in found]


def assert_same(index, oracle, tree):
    expected = oracle.search(parse(str(tree)).tree)
    actual = engine_answer(index, tree)
    assert [key for key, _ in actual] == [key for key, _ in expected]
    assert [score for _, score in actual] == pytest.approx([score for _, score in expected], rel=1e-9)


@settings(max_examples=150)
@given(collections, st.lists(trees, min_size=1, max_size=8))
def test_one_segment_answers_as_the_naive_engine_does(found, questions):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index") as index:
        index.add(found)
        assert index.check() == []
        oracle = naive.NaiveIndex(found)
        for tree in questions:
            assert_same(index, oracle, tree)


@settings(max_examples=60)
@given(collections, st.data())
def test_several_segments_with_deletes_answer_as_one_index(found, data):
    cut = data.draw(st.integers(0, len(found)))
    gone = data.draw(st.sets(st.integers(0, len(found) - 1)))
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        index.remove(*(found[number].key for number in gone))
        assert index.check() == []
        assert len(index) == len(found) - len(gone)
        kept, deleted = still_counted(found, cut, gone)
        oracle = naive.NaiveIndex(kept, deleted)
        for tree in data.draw(st.lists(trees, min_size=1, max_size=6)):
            assert_same(index, oracle, tree)


def still_counted(found, cut, gone):
    """A segment whose every report is deleted goes with the commit, and its statistics with it."""
    halves = [range(cut), range(cut, len(found))]
    numbers = [number for half in halves if not set(half) <= gone for number in half]
    return [found[n] for n in numbers], frozenset(at for at, n in enumerate(numbers) if n in gone)


@settings(max_examples=60)
@given(collections, st.one_of(trees, expansions))
def test_marks_are_the_spans_the_naive_engine_finds(found, tree):
    """For a single word or phrase the marks are its spans, no more and no fewer."""
    mixed_row = isinstance(tree, Phrase) and "*" in tree.text
    leaf = tree if isinstance(tree, Word | Phrase | SPELLED) and not mixed_row else Word("truce")
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index") as index:
        index.add(found)
        oracle = naive.NaiveIndex(found)
        spelled = isinstance(leaf, SPELLED)
        wanted = naive.choosers(leaf) if spelled else naive.query_entries(leaf.text)
        spans_of = oracle.spelled_spans if spelled else oracle.spans
        fields = (leaf.field,) if leaf.field else ("title", "body")
        for hit in index.search(str(leaf), limit=100):
            doc = int(hit.key[1:])
            spans = {name: sorted(spans_of(wanted, doc, name)) for name in fields if name != "entities"}
            assert hit.spans == {name: places for name, places in spans.items() if places}

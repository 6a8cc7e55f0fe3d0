"""The engine against the naive one: same reports, same order, same scores, on random collections and questions."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import naive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import made

import idlibsearch
from idlibsearch import Entity, Report, ReportDate
from idlibsearch.model import parse_date
from idlibsearch.query.syntax import parse
from idlibsearch.query.tree import (
    Analysed,
    And,
    Boosted,
    Dated,
    Every,
    Exact,
    Fuzzy,
    Keyword,
    Maybe,
    Node,
    Not,
    Or,
    Phrase,
    Ranged,
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

values = st.sampled_from(["", "Reuters", "REUTERS", "Al Masdar News", "Fu’ah", "AFP", "2.5", "2", " "])


@st.composite
def reports(draw, key="r"):
    body = draw(texts)
    names = draw(st.lists(st.sampled_from(["al-Qaeda", "Idlib", "Rebel Air", "Fu’ah"]), max_size=2))
    entities = tuple(Entity("NAME", name, name, "body", 0, 0) for name in names)
    keywords = draw(st.dictionaries(st.sampled_from(["tag", "Tag", "mixed"]), st.lists(values, max_size=3), max_size=2))
    numbers = draw(st.dictionaries(st.sampled_from(["price", "mixed"]), st.sampled_from([-1, 0, 2, 2.5, 300]), max_size=2))
    return Report(
        key=key, title=draw(texts), body=body, date=draw(dates), source=draw(values), entities=entities, keywords=keywords,
        numbers=numbers,
    )  # fmt: skip


OWN_COLUMNS = ("tag", "mixed", "price")
WITH_ALL = Report("all", "truce", keywords={"tag": ["AFP"], "mixed": ["2", "Reuters"]}, numbers={"price": 1, "mixed": 7})


def keyed(found):
    """With keys of their own, the last of them a report that has every column, so that all are known."""
    return [replace(r, key=f"r{n}") for n, r in enumerate([*found, WITH_ALL])]


collections = st.lists(reports(), max_size=5).map(keyed)
words = made(
    Word, st.sampled_from([word for word in WORDS if " " not in word]), st.sampled_from(["", "", "", "title", "body", "entities"])
)
phrases = made(
    Phrase, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), st.sampled_from(["", "", "title", "body"])
)
TERMS = (
    "truce",
    "ceasefir",
    "ceas+fire|ceasefir",
    "rebel+held|rebelheld",
    "rebel+held",
    "rebelheld",
    "qaeda",
    "20+5|25",
    "2020-01",
    "us",
)
analysed = st.builds(
    Analysed,
    st.lists(st.sampled_from(TERMS), min_size=1, max_size=2).map(" ".join),
    st.sampled_from(["", "", "title", "body"]),
)
dated = st.sampled_from([Dated(date(2020, 1, 1), date(2021, 1, 1), "2020"), Dated(date(2020, 1, 1), date(2020, 2, 1), "2020-01")])

columns = st.sampled_from(["source", "name", "tag", "mixed", "price", "words", "place"])
keywords = made(Keyword, values.filter(str.strip), columns)
bounds = st.sampled_from([None, "0", "2", "2.5", "5"])
word_bounds = st.sampled_from([None, "a", "Al Masdar News", "reuters", "fu'ah", "3"])
ranges = st.one_of(
    made(Ranged, columns, bounds, bounds, st.booleans(), st.booleans()),
    made(Ranged, st.sampled_from(["source", "tag", "name"]), word_bounds, word_bounds, st.booleans(), st.booleans()),
)
date_ranges = st.sampled_from(
    ["[2020 TO]", ">2019-03", "<2020-01-11", "{2019 TO 2020-05]", "<=2020-01", ">=2020-01-10", "[2020-01-10 TO 2020-01-12]"]
).map(lambda typed: parse(f"date:{typed}").tree)


spelled_in = st.sampled_from(["", "", "", "title", "body"])
exact = made(Exact, st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join), spelled_in)
patterns = st.sampled_from(
    ["t*", "truce*", "rebel*", "*held", "r?bel*", "ai?", "*-*", "202[0-3]*", "[!0-9]*s", "[0-9][0-9]", "U.S*", "fu’*", "ÇAV*",
     "qaed*", "al?qaeda", "*e*e*", "door*", "?", "zz*", "300,0*", "US*", "[ar]*"]
)  # fmt: skip
rows = st.lists(
    st.sampled_from(["t*", "rebel*", "*held", "air", "rebel-held", "door*", "truce", "U.S.", "strikes"]), min_size=2, max_size=3
)
mixed = made(Phrase, rows.filter(lambda row: any("*" in piece for piece in row)).map(" ".join), spelled_in)
fuzzy = made(
    Fuzzy, st.sampled_from(["turce", "Rebel-held", "us", "airstrike", "cavusoglu", "2021"]), st.integers(0, 3), st.integers(0, 2)
)
regexes = st.sampled_from(
    ["truces?", "(air|door).*", r"\d+", r"\D{2,4}", "[a-t]+", "r(eb|x)*el.?.*", "US", "us|US", "[^aeiou]+", ".*", "",
     "(a|b)*|m.y", "al.qaeda", r"de\-?esc\w+", "t+?ruce$", "^.{2}$"]
)  # fmt: skip
expansions = st.one_of(
    made(Wildcard, patterns, spelled_in), fuzzy, made(Regex, regexes.filter(bool), spelled_in), exact, mixed,
    made(Every, st.sampled_from(["", "title", "body", "entities", "date"])),
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
        made(Boosted, children, st.sampled_from([0.0, 0.5, 2.0, 30.0])),
    )


leaves = st.one_of(words, words, words, phrases, phrases, analysed, dated, expansions, expansions, keywords, ranges, date_ranges)
trees = st.recursive(leaves, branches, max_leaves=5)
SPELLED = Exact | Wildcard | Fuzzy | Regex


def engine_answer(index, tree):
    found = index.search(str(tree), limit=100)
    assert found.total == len(found)
    return [(hit.key, hit.score) for hit in found]


def assert_same(index, oracle, tree):
    expected = oracle.search(parse(str(tree), is_column=OWN_COLUMNS.__contains__).tree)
    actual = engine_answer(index, tree)
    assert [key for key, _ in actual] == [key for key, _ in expected]
    assert [score for _, score in actual] == pytest.approx([score for _, score in expected], rel=1e-9)


@settings(max_examples=150)
@given(collections, st.lists(trees, min_size=1, max_size=8))
def test_one_segment_answers_as_the_naive_engine_does(found, questions):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        assert index.check() == []
        oracle = naive.NaiveIndex(found)
        for tree in questions:
            assert_same(index, oracle, tree)


@settings(max_examples=60)
@given(collections, st.data())
def test_several_segments_with_deletes_answer_as_one_index(found, data):
    cut = data.draw(st.integers(0, len(found)))
    gone = data.draw(st.sets(st.integers(0, len(found) - 2)) if len(found) > 1 else st.just(set()))
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
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
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
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


sorts = st.sampled_from(["date", "date:asc", "key", "key:desc", "words", "words:asc", "price", "mixed:asc"])
facets = st.sampled_from(["source", "name:2", "tag:0", "mixed", "price", "words:3", "place"])
units = st.sampled_from(["year", "quarter", "month", "week", "day"])


@settings(max_examples=100)
@given(collections, st.data())
def test_filters_orders_and_counts_are_the_naive_engines(found, data):
    """Over two segments with deletes, so that numbers of values have to be translated."""
    cut = data.draw(st.integers(0, len(found)))
    gone = data.draw(st.sets(st.integers(0, len(found) - 2))) if len(found) > 1 else set()
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        index.remove(*(found[number].key for number in gone))
        oracle = naive.NaiveIndex(*still_counted(found, cut, gone))
        for tree, kept, sort in data.draw(st.lists(st.tuples(trees, trees, sorts), min_size=1, max_size=4)):
            field, unit = data.draw(facets), data.draw(units)
            results = index.search(str(tree), filter=str(kept), sort=sort, limit=3, offset=1, facets=[field, f"date:{unit}"])
            read, restriction = (parse(str(part), is_column=OWN_COLUMNS.__contains__).tree for part in (tree, kept))
            matches = oracle.matches(read, restriction)
            docs = [doc for doc, _ in matches]
            name, _, limit = field.partition(":")
            assert results.total == len(matches)
            assert [hit.key for hit in results] == oracle.sorted_keys(matches, sort)[1:4]
            assert results.facets[name] == oracle.facet(name, int(limit or 10), docs)
            assert results.facets[f"date:{unit}"] == oracle.histogram(unit, docs)

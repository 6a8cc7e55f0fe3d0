"""Whoosh's own matchers, over our reader, are a second oracle: the same query objects find the same reports.

Scores differ and are not compared: Whoosh scores each field by itself.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as wq
from whoosh.searching import Searcher

import idlibsearch
from idlibsearch import Entity, Report
from idlibsearch.faces.whoosh_compat import analysed_words

COLLECTIONS = int(os.environ.get("WHOOSH_COLLECTIONS", "30"))  # some ten questions each
WORDS = (
    "truce", "truces", "Idlib", "rebel", "held", "rebel-held", "rebelheld", "air", "strikes", "airstrikes", "cease-fire",
    "ceasefire", "al-Qaeda", "Qaeda", "al Qaeda", "U.S.", "US", "us", "2020", "12", "2020-01", "seventeen", "17", "twenty-five",
    "25", "Syria's", "defence", "defense", "Fu’ah", "in", "door-to-door", "door", "Çavuşoğlu", "rebels", "the",
)  # fmt: skip
TERMS = sorted({analysed_words(word) for word in WORDS} | {"ceas", "fire", "doortodoor", "nowhere"})
SOURCES = ("", "Reuters", "REUTERS", "Al Masdar News", "AFP")
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@st.composite
def reports(draw):
    names = draw(st.lists(st.sampled_from(["al-Qaeda", "Idlib", "Rebel Air"]), max_size=2))
    return Report(
        key="?",
        title=draw(texts),
        body=draw(texts),
        date=draw(st.sampled_from([None, "2020-01-12", "2020-01-13", "2019-03-31"])),  # days: Whoosh's date is a point
        source=draw(st.sampled_from(SOURCES)),
        entities=tuple(Entity("NAME", name, name, "body", 0, 0) for name in names),
        keywords={"tag": tuple(draw(st.lists(st.sampled_from(["War", "Aid", "war"]), max_size=2)))},
        numbers=draw(st.dictionaries(st.just("price"), st.sampled_from([-1.5, 0, 2, 300]), max_size=1)),
    )


LAST = Report("?", keywords={"tag": ["other"]}, numbers={"price": 1})  # so that both columns are known
collections = st.lists(reports(), max_size=6).map(lambda found: [replace(r, key=f"r{n}") for n, r in enumerate([*found, LAST])])

placed = st.sampled_from(["title", "body", "body"])
written = placed.map("spell_{}".format)  # where Whoosh, too, matches words as written
term_texts = st.sampled_from(TERMS)
terms = st.builds(wq.Term, st.sampled_from(["title", "body", "body", "body", "entities"]), term_texts)
phrases = st.builds(wq.Phrase, placed, st.lists(term_texts, min_size=1, max_size=3))
patterns = st.one_of(
    st.builds(wq.Prefix, written, st.sampled_from(["t", "rebel", "cease", "al-", "2", "zz", "US", "fu'"])),
    st.builds(wq.Wildcard, written, st.sampled_from(["r?bel*", "*held", "[0-9][0-9]", "202[0-3]*", "[!a-r]*", "*", "door"])),
    st.builds(wq.Regex, written, st.sampled_from(["ceas", "(air|door)", "[a-d]+e", "t.*e$", "^rebel", ".*", "[0-9]{2}"])),
    st.builds(
        wq.FuzzyTerm,
        written,
        st.sampled_from(["turce", "rebel", "airstrike", "us", "door"]),
        maxdist=st.integers(0, 2),
        prefixlength=st.integers(0, 2),
    ),
    st.builds(wq.Term, written, st.sampled_from(["truces", "rebel-held", "al qaeda", "US", "ceasefire"])),
)
numbers = st.sampled_from([None, -2, -1.5, 0, 1, 2, 5.5, 300])
moments = st.sampled_from([None, datetime(2019, 3, 31), datetime(2020, 1, 12), datetime(2020, 1, 12, 15), datetime(2020, 1, 13)])
keyword_bounds = st.sampled_from([None, "a", "afp", "al masdar news", "other", "reuters", "war"])
picks = st.one_of(
    st.builds(wq.Term, st.just("source"), st.sampled_from(["reuters", "al masdar news", "bbc"])),
    st.builds(wq.Term, st.just("tag"), st.sampled_from(["war", "aid"])),
    st.builds(wq.Term, st.just("price"), st.sampled_from([0.0, 2.0, 3.0])),
    st.builds(wq.Term, st.just("date"), st.sampled_from([datetime(2020, 1, 12), datetime(2020, 1, 12, 1)])),
    st.builds(wq.NumericRange, st.sampled_from(["price", "words"]), numbers, numbers, st.booleans(), st.booleans()),
    st.builds(wq.DateRange, st.just("date"), moments, moments, st.booleans(), st.booleans()),
    st.builds(wq.TermRange, st.sampled_from(["source", "tag"]), keyword_bounds, keyword_bounds, st.booleans(), st.booleans()),
    st.builds(wq.Every, st.sampled_from([None, "title", "body", "entities", "date", "source", "tag", "price"])),
    st.just(wq.NullQuery),
)


def placed_in(field):
    """What stands somewhere in a field."""
    words = st.builds(wq.Term, st.just(field), term_texts)
    slop = st.sampled_from([1, 1, 2, 3])
    return st.one_of(
        words,
        words,
        st.builds(wq.Phrase, st.just(field), st.lists(term_texts, min_size=1, max_size=3), slop),
        st.lists(words, min_size=2, max_size=3).map(wq.Or),
        st.builds(wq.Prefix, st.just(f"spell_{field}"), st.sampled_from(["rebel", "ai", "2"])),
        st.builds(wq.Wildcard, st.just(f"spell_{field}"), st.sampled_from(["*held", "d*-*"])),
    )


def near(children):
    """Nearness of all kinds but SpanNear2 without order: Whoosh overlooks what begins far and ends near."""
    slop = st.sampled_from([1, 1, 2, 3, 6])
    two, more = st.tuples(children, children), st.lists(children, min_size=2, max_size=3)
    return st.one_of(
        st.builds(lambda pair, slop, ordered: wq.SpanNear(*pair, slop=slop, ordered=ordered), two, slop, st.booleans()),
        st.builds(wq.SpanNear2, more, slop),
        st.builds(wq.Sequence, more, slop),
        st.builds(wq.SpanFirst, children, st.integers(0, 8)),
        more.map(wq.Or),
    )


def joined(children):
    several = st.lists(children, min_size=1, max_size=3)
    return st.one_of(
        several.map(wq.And),
        several.map(wq.Or),
        children.map(wq.Not),
        st.builds(wq.AndNot, children, children),
        st.builds(wq.AndMaybe, children, children),
        st.builds(wq.Require, children, children),
        st.builds(wq.ConstantScoreQuery, children),
        st.builds(wq.And, several, st.sampled_from([0.5, 2.0])),
    )


leaves = st.one_of(terms, terms, phrases, patterns, picks)
places = st.sampled_from(["title", "body"]).flatmap(lambda field: st.recursive(placed_in(field), near, max_leaves=5))
queries = st.recursive(leaves, joined, max_leaves=5)


def sound(query):
    """Without AndNot, which in Whoosh lets its first report pass where what is excluded begins before it."""
    return wq.And([query.a, wq.Not(query.b)]) if isinstance(query, wq.AndNot) else query


def theirs(index, query):
    with Searcher(index.whoosh_reader()) as searcher:
        return sorted(hit["key"] for hit in searcher.search(query, limit=None))


def ours(index, query):
    return sorted(hit.key for hit in index.search(query, limit=1000))


@pytest.fixture(autouse=True)
def _whoosh_can_estimate(monkeypatch):
    """Whoosh asks nearness how many reports it has, wherever And or Or joins it, and has no answer but an exception."""
    monkeypatch.setattr(wq.SpanQuery, "estimate_size", lambda *_: 1)


@settings(max_examples=COLLECTIONS)
@given(collections, st.lists(queries, min_size=5, max_size=15))
def test_one_segment_is_searched_as_whoosh_searches_it(found, asked):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        for query in asked:
            assert ours(index, query) == theirs(index, query.accept(sound)), query


@settings(max_examples=COLLECTIONS)
@given(collections, st.integers(0, 6), st.sets(st.integers(0, 5)), st.lists(queries, min_size=5, max_size=10))
def test_several_segments_with_deletes_are_searched_as_whoosh_searches_them(found, cut, gone, asked):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        removed = {f"r{number}" for number in gone if number < len(found) - 1}
        index.remove(*removed)
        for query in asked:
            live = [key for key in theirs(index, query.accept(sound)) if key not in removed]  # its Not may find what was removed
            assert ours(index, query) == live, query


@settings(max_examples=COLLECTIONS)
@given(collections, st.integers(0, 6), st.lists(places, min_size=5, max_size=10))
def test_nearness_is_whooshs(found, cut, asked):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        for query in asked:
            assert ours(index, query) == theirs(index, query), query

"""Schemas of users' own: the engine against the naive one, and against Whoosh itself on an index with the same schema."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_documents import NaiveDocuments
from strategies import made
from whoosh.analysis import Composable, LowercaseFilter, RegexTokenizer, SimpleAnalyzer, StandardAnalyzer, StemmingAnalyzer
from whoosh.fields import BOOLEAN, DATETIME, ID, KEYWORD, NGRAM, NUMERIC, STORED, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser

import idlibsearch
from idlibsearch.query.tree import (
    And,
    Boosted,
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


class Mirrored(Composable):
    """Every word, and at the same position the word read backwards; a place stays free behind each *far*."""

    def __call__(self, value, mode="", **options):
        position = 3
        for token in (RegexTokenizer() | LowercaseFilter())(value, mode=mode, **options):
            text = token.text
            for word in dict.fromkeys((text, text[::-1])):
                token.text, token.pos = word, position
                yield token
            position += 1 + (text == "far" and mode == "index")


SCHEMA = Schema(
    path=ID(unique=True, stored=True),
    heading=TEXT(field_boost=2.0, stored=True),
    lead=TEXT,
    content=TEXT(analyzer=StemmingAnalyzer()),
    mirror=TEXT(analyzer=Mirrored()),
    loose=TEXT(analyzer=SimpleAnalyzer(), phrase=False),
    bare=TEXT(analyzer=StandardAnalyzer(stoplist=None)),
    grams=NGRAM(2, 3),
    tags=KEYWORD(commas=True, lowercase=True),
    kind=ID,
    price=NUMERIC(float),
    stock=NUMERIC,
    when=DATETIME,
    draft=BOOLEAN,
    note=STORED,
)
GROUPS = (("bare", "loose"), ("content",), ("grams",), ("heading", "lead"), ("mirror",))
TEXTS = ("heading", "lead", "content", "mirror", "loose", "bare", "grams")

# Few words, so that they meet; some that are left out, or that stems, pieces and mirrors make one of.
WORDS = (
    "the",
    "Render",
    "rendering",
    "engine",
    "Engines",
    "a",
    "x",
    "abba",
    "far",
    "deed",
    "no",
    "on",
    "ab-cd",
    "3.5",
    "is",
    "Élan",
)
texts = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
DAYS = (datetime(2020, 1, 1), datetime(2020, 1, 12, 10, 30), datetime(2020, 2, 29, 23, 59, 59), datetime(2021, 5, 3))
optional = dict.fromkeys(TEXTS, texts) | {
    "tags": st.sampled_from(["x", "X, y", "y,Two Words", " z ,", ""]),
    "kind": st.sampled_from(["A b", "a b", "Two", "/a/b.txt"]),
    "price": st.sampled_from([0.0, 1.5, 2.0, 10.0]),
    "stock": st.integers(-2, 3),
    "when": st.sampled_from(DAYS),
    "draft": st.booleans(),
    "note": st.sampled_from([{"any": ["json"]}, "text", 3]),
}
documents = st.lists(st.fixed_dictionaries({}, optional=optional), max_size=6).map(
    lambda found: [{"path": f"p{number}"} | values for number, values in enumerate(found)]
)

fields = st.sampled_from(["", "", *TEXTS])
ordered = st.sampled_from(["", "heading", "lead", "content", "mirror", "bare"])
words = made(Word, st.sampled_from(WORDS), fields)
phrases = made(Phrase, st.lists(st.sampled_from([w for w in WORDS if w != "far"]), min_size=1, max_size=3).map(" ".join), ordered)
spelled = st.one_of(
    made(Exact, st.sampled_from(["render", "Render", "the", "engin", "re", "ba"]), fields),
    made(Exact, st.sampled_from(["render engine", "abba deed", "engin render"]), ordered),
    made(Wildcard, st.sampled_from(["r*", "*nd*", "?b*", "[ae]*", "[!a]?", "e*s", "zz*"]), fields),
    made(Fuzzy, st.sampled_from(["rendr", "engine", "abab", "x"]), st.integers(0, 2), st.integers(0, 1), fields),
    made(Regex, st.sampled_from(["(re|en).*", "[a-d]+", ".{2}", r"\w\.\d", "the|is"]), fields),
    made(Every, st.sampled_from(["", *TEXTS])),
)
bounds = st.sampled_from([None, "0", "1.5", "2", "-1"])
value_bounds = st.sampled_from([None, "a", "two words", "x", "A b"])
time_bounds = st.sampled_from([None, "2020", "2020-01", "2020-01-12", "2020-01-12T10", "2020-01-12T10:30", "2021"])
values = st.one_of(
    made(Keyword, st.sampled_from(["x", "X", "y", "two words", "x, y", "z"]), st.just("tags")),
    made(Keyword, st.sampled_from(["A b", "a b", "Two", "/a/b.txt"]), st.just("kind")),
    made(Keyword, st.sampled_from(["0", "2", "1.5", "-1"]), st.sampled_from(["price", "stock"])),
    made(Keyword, time_bounds.filter(bool), st.just("when")),
    made(Keyword, st.sampled_from(["true", "no", "t", "0"]), st.just("draft")),
    made(Ranged, st.sampled_from(["price", "stock"]), bounds, bounds, st.booleans(), st.booleans()),
    made(Ranged, st.sampled_from(["tags", "kind"]), value_bounds, value_bounds, st.booleans(), st.booleans()),
    made(Ranged, st.just("when"), time_bounds, time_bounds, st.booleans(), st.booleans()),
    made(Ranged, st.just("draft"), st.none(), st.none()),
)


def branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    pairs = st.tuples(children, several)
    return st.one_of(
        several.map(And),
        several.map(Or),
        children.map(Not),
        pairs.map(lambda pair: Maybe(*pair)),
        pairs.map(lambda pair: Require(*pair)),
        made(Boosted, children, st.sampled_from([0.5, 2.0])),
    )


trees = st.recursive(st.one_of(words, words, phrases, spelled, values), branches, max_leaves=4)


def assert_same(index, oracle, tree):
    expected = oracle.search(tree)
    found = index.search("*", filter=tree, limit=100)
    assert sorted(hit.key for hit in found) == sorted(key for key, _ in expected), tree
    assert found.total == len(expected)
    scored = index.search(str(tree), limit=100)
    assert [hit.key for hit in scored] == [key for key, _ in expected]
    assert [hit.score for hit in scored] == pytest.approx([score for _, score in expected], rel=1e-9)


@settings(max_examples=50)
@given(documents, st.data())
def test_own_schemas_answer_as_the_naive_engine_does(found, data):
    """Over two segments with deletes, then merged into one."""
    cut = data.draw(st.integers(0, len(found)))
    gone = data.draw(st.sets(st.sampled_from(range(len(found))))) if found else set()
    questions = data.draw(st.lists(trees, min_size=1, max_size=6))
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", SCHEMA, merge="never") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        index.remove(*(found[number]["path"] for number in gone))
        assert index.check() == []
        counted = [n for half in (range(cut), range(cut, len(found))) if not set(half) <= gone for n in half]
        deleted = frozenset(at for at, number in enumerate(counted) if number in gone)
        oracle = NaiveDocuments(SCHEMA, GROUPS, [found[number] for number in counted], deleted)
        for tree in questions:
            assert_same(index, oracle, tree)
        index.merge()
        assert index.check() == []
        oracle = NaiveDocuments(SCHEMA, GROUPS, [each for number, each in enumerate(found) if number not in gone], frozenset())
        for tree in questions:
            assert_same(index, oracle, tree)


# ---- Whoosh itself

asked_words = made(Word, st.sampled_from([w for w in WORDS if w.isalnum()]), st.sampled_from([*TEXTS[:6], "grams"]))
asked_phrases = made(
    Phrase,
    st.lists(st.sampled_from(["render", "engine", "the", "abba", "on"]), min_size=2, max_size=3).map(" ".join),
    st.sampled_from(["heading", "lead", "content", "bare"]),
)
asked_values = st.one_of(
    made(Keyword, st.sampled_from(["x", "Y", "z"]), st.just("tags")),
    made(Keyword, st.just("Two"), st.just("kind")),
    made(Keyword, st.sampled_from(["0", "2"]), st.sampled_from(["price", "stock"])),
    made(Keyword, st.sampled_from(["2020", "202001", "20200112"]), st.just("when")),
    made(Keyword, st.sampled_from(["true", "no"]), st.just("draft")),
    made(Ranged, st.sampled_from(["price", "stock"]), st.sampled_from(["0", "1"]), st.sampled_from(["1", "2"]), st.booleans()),
    made(Ranged, st.just("kind"), st.sampled_from(["A", "B"]), st.sampled_from(["U", "z"])),
)


def whoosh_branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), st.tuples(children, children).map(lambda two: And((two[0], Not(two[1])))))


asked = st.recursive(st.one_of(asked_words, asked_words, asked_phrases, asked_values), whoosh_branches, max_leaves=4)


@settings(max_examples=40)
@given(documents, st.lists(asked, min_size=1, max_size=6))
def test_own_schemas_match_what_whoosh_matches(found, questions):
    """Words, phrases and values of named fields, joined by AND, OR and NOT."""
    theirs = RamStorage().create_index(SCHEMA)
    with theirs.writer() as writer:
        for values in found:
            writer.add_document(**values)
    parser = QueryParser("content", SCHEMA)
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", SCHEMA, merge="never") as index:
        index.add(found)
        with theirs.searcher() as searcher:
            for tree in questions:
                expected = {hit["path"] for hit in searcher.search(parser.parse(str(tree)), limit=None)}
                assert {hit["path"] for hit in index.search(str(tree), limit=100)} == expected, tree

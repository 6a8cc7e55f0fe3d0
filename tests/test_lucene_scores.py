"""Scores by Lucene's formulas: against a naive engine, against numbers that Lucene gave, and beside Lucene where it is installed.

``RECORDED`` was made by Lucene 10.5.2 (the jars of ``arcadedb-embedded``): ``PAGES`` indexed as two text fields by its standard
tokenizer and small letters, one segment, asked by the Boolean, phrase and combined queries of ``in_lucene``.
"""

from __future__ import annotations

import random
import tempfile
from array import array
from pathlib import Path

import naive_lucene
import numpy as np
import pytest
import test_agreement
import test_nearness
from hypothesis import given, settings
from hypothesis import strategies as st
from test_explain import assert_explained
from whoosh.fields import ID, TEXT, Schema

import idlibsearch
from idlibsearch import QueryError, Report, SchemaError
from idlibsearch.index.fields import Ranking
from idlibsearch.query import lucene_kernel
from idlibsearch.query.syntax import parse

LUCENE, COMBINED = {"formula": "lucene"}, {"formula": "lucene-combined"}
formulas = st.sampled_from([LUCENE, COMBINED, LUCENE | {"k1": 0.9, "title": 2.5, "body.b": 0.4}, COMBINED | {"title": 2.5}])


def ranked_by(found, numbers, deleted=frozenset()):
    return naive_lucene.NaiveLucene(found, deleted, Ranking().tuned(numbers))


def assert_same(index, oracle, tree, numbers):
    expected = oracle.search(parse(str(tree), is_column=test_agreement.OWN_COLUMNS.__contains__).tree)
    found = index.search(str(tree), limit=100, ranking=numbers)
    assert found.total == len(found)
    assert [hit.key for hit in found] == [key for key, _ in expected]
    assert [hit.score for hit in found] == pytest.approx([score for _, score in expected], rel=1e-12)


@settings(max_examples=100)
@given(test_agreement.collections, st.lists(st.one_of(test_agreement.trees, test_nearness.questions), max_size=6), formulas)
def test_every_question_scores_as_in_the_naive_engine(found, trees, numbers):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        oracle = ranked_by(found, numbers)
        for tree in trees:
            assert_same(index, oracle, tree, numbers)
            assert_explained(index, found, str(tree), ranking=numbers)


@settings(max_examples=40)
@given(test_agreement.collections, st.data(), formulas)
def test_segments_and_deletes_count_as_they_do_otherwise(found, data, numbers):
    cut = data.draw(st.integers(0, len(found)))
    gone = data.draw(st.sets(st.integers(0, len(found) - 2)) if len(found) > 1 else st.just(set()))
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        index.remove(*(found[number].key for number in gone))
        kept, deleted = test_agreement.still_counted(found, cut, gone)
        for tree in data.draw(st.lists(test_agreement.trees, min_size=1, max_size=4)):
            assert_same(index, ranked_by(kept, numbers, deleted), tree, numbers)


# ---- beside Lucene itself

PAGES = (
    ("ant", "ant bee " * 3),
    ("", "ant cat dog"),
    ("bee cat", "bee " * 45 + "cat dog"),
    ("dog ant bee", "cat dog " * 60),
    ("", "ant " * 2 + "dog " * 331),
    ("cat", "bee cat cat ant"),
)
# question (its words any, all, as a phrase, or combined) -> page -> score
RECORDED = {
    ("any", "ant"): {0: 1.5402719, 1: 0.33181116, 3: 0.7314619, 4: 0.1582436, 5: 0.32920873},
    ("any", "ant bee dog"): {0: 2.1585722, 1: 0.6636223, 2: 1.8219212, 3: 3.164062, 4: 0.59534323, 5: 0.84567136},
    ("all", "cat dog"): {1: 0.6636223, 2: 1.3882815, 3: 2.1317523},
    ("phrase", "cat dog"): {1: 0.6636223, 2: 0.49526975, 3: 0.8612282},
    ("combined", "ant"): {0: 0.4148008, 1: 0.3321209, 3: 0.28850415, 4: 0.16199017, 5: 0.3223206},
    ("combined", "ant bee dog"): {0: 1.0280224, 1: 0.6642418, 2: 0.9234116, 3: 1.1720364, 4: 0.5992586, 5: 0.8279772},
}  # fmt: skip
WORDS = ("ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen")
LENGTHS = (1, 2, 5, 23, 24, 39, 40, 41, 60, 100, 333, 999)


class Lucene:
    """Pages in Lucene; what it scores them."""

    def __init__(self, module, pages):
        self.java = java = module.java
        directory, kept = java("store.ByteBuffersDirectory")(), java("document.Field").Store.NO
        builder = java("analysis.custom.CustomAnalyzer").builder().withTokenizer("standard").addTokenFilter("lowercase")
        writer = java("index.IndexWriter")(directory, java("index.IndexWriterConfig")(builder.build()))
        for page in pages:
            document = java("document.Document")()
            for field, text in zip(("title", "body"), page, strict=True):
                if text:
                    document.add(java("document.TextField")(field, text, kept))
            writer.addDocument(document)
        writer.forceMerge(1)
        writer.close()
        self._searcher = java("search.IndexSearcher")(java("index.DirectoryReader").open(directory))
        self._any, self._all = java("search.BooleanClause").Occur.SHOULD, java("search.BooleanClause").Occur.MUST

    def scores(self, kind, words, title):
        """By page, of words joined by "any" or "all", as a "phrase", or "combined"."""
        made = self.query(kind, words.split(), title)
        return {int(hit.doc): float(hit.score) for hit in self._searcher.search(made, 10_000).scoreDocs}

    def query(self, kind, words, title):
        java = self.java
        if kind == "phrase":
            return self._fields(lambda field: java("search.PhraseQuery")(field, words), title)
        joined = java("search.BooleanQuery").Builder()
        for word in words:
            if kind == "combined":
                builder = java("search.CombinedFieldQuery").Builder(java("util.BytesRef")(word))
                joined.add(builder.addField("title", title).addField("body").build(), self._any)
            else:
                term = self._fields(lambda field, text=word: java("search.TermQuery")(java("index.Term")(field, text)), title)
                joined.add(term, self._all if kind == "all" else self._any)
        return joined.build()

    def _fields(self, make, title):
        either = self.java("search.BooleanQuery").Builder()
        either.add(self.java("search.BoostQuery")(make("title"), title), self._any)
        return either.add(make("body"), self._any).build()


def ours(index, kind, words, title=3.0):
    """The same question asked here."""
    text, formula = f'"{words}"' if kind == "phrase" else words, COMBINED if kind == "combined" else LUCENE
    mode = "all" if kind in ("all", "phrase") else "any"
    return {int(hit.key): hit.score for hit in index.search(text, limit=10_000, mode=mode, ranking=formula | {"title": title})}


def indexed(index, pages):
    index.add(Report(str(number), title, body) for number, (title, body) in enumerate(pages))
    return index


@pytest.fixture
def pages(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        yield indexed(index, PAGES)


@pytest.mark.parametrize(("kind", "words"), RECORDED)
def test_scores_are_those_that_lucene_gave(pages, kind, words):
    """All digits of single precision; where Lucene rounds a sum inside a sum, all but the last."""
    found, expected = ours(pages, kind, words), RECORDED[kind, words]
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, rel=1.2e-7)


def test_what_was_recorded_is_what_lucene_gives_today(lucene):
    theirs = Lucene(lucene, PAGES)
    for (kind, words), expected in RECORDED.items():
        assert theirs.scores(kind, words, 3.0) == pytest.approx(expected, rel=1e-6)


def test_scores_of_many_pages_are_lucenes_digit_by_digit(lucene, tmp_path):
    rng = random.Random(11)
    made = [
        [" ".join(rng.choices(WORDS, range(8, 0, -1), k=k)) for k in (rng.randint(0, 5), rng.choice(LENGTHS))] for _ in range(200)
    ]
    theirs, same, count = Lucene(lucene, made), 0, 0
    with idlibsearch.create(tmp_path / "index") as index:
        indexed(index, made)
        for number in range(60):
            kind, title = ("any", "all", "phrase", "combined")[number % 4], rng.choice([1.0, 3.0, 2.5])
            words = " ".join(rng.sample(WORDS, k=rng.randint(1 + (kind == "phrase"), 3)))
            expected, found = theirs.scores(kind, words, title), ours(index, kind, words, title)
            assert found == pytest.approx(expected, rel=1e-6), (kind, words)
            if kind != "all":  # there Lucene rounds the sum over the fields of a word before it adds up words
                count += len(found)
                same += sum(np.float32(score) == np.float32(expected[page]) for page, score in found.items())
    assert count > 2000
    assert same > 0.999 * count  # a sum that lies between two numbers of single precision may be rounded to the other


# ---- as an option


def test_a_formula_brings_its_numbers_and_other_settings_change_them(pages):
    plain = ours(pages, "any", "ant bee")
    same = {"formula": "lucene", "k1": 1.2, "title.b": 0.75, "body.b": 0.75, "title": 3}
    assert {int(hit.key): hit.score for hit in pages.search("ant bee", mode="any", ranking=same)} == plain
    other = pages.search("ant bee", mode="any", ranking=same | {"k1": 0.5})
    assert {int(hit.key): hit.score for hit in other} != plain
    again = pages.search("ant bee", mode="any", ranking={"formula": "bm25f"})
    assert [hit.score for hit in again] == [hit.score for hit in pages.search("ant bee", mode="any")]


def test_an_index_keeps_its_formula(tmp_path, pages):
    with idlibsearch.create(tmp_path / "other", ranking=LUCENE) as index:
        indexed(index, PAGES)
    with idlibsearch.open(tmp_path / "other") as index:
        assert {int(hit.key): hit.score for hit in index.search("ant bee", mode="any")} == ours(pages, "any", "ant bee")
        assert index.check() == []


def test_the_best_are_the_first_of_all(pages):
    for formula in (LUCENE, COMBINED):
        for text in ("ant", "ant OR bee", "ant bee", '"ant bee"', "ant NEAR/3 bee"):
            whole = [(hit.key, hit.score) for hit in pages.search(text, limit=100, ranking=formula)]
            assert [(hit.key, hit.score) for hit in pages.search(text, limit=2, ranking=formula)] == whole[:2]


def test_fields_of_a_schema_score_alike(pages, tmp_path):
    schema = Schema(key=ID(stored=True, unique=True), title=TEXT(field_boost=3.0), body=TEXT(phrase=True))
    with idlibsearch.create(tmp_path / "other", schema, ranking=LUCENE) as index:
        index.add({"key": str(number), "title": title, "body": body} for number, (title, body) in enumerate(PAGES))
        for kind, words in RECORDED:
            assert ours(index, kind, words) == ours(pages, kind, words)


def test_other_orders_show_the_same_scores(pages):
    scores = {hit.key: hit.score for hit in pages.search("ant bee", mode="any", ranking=LUCENE, limit=100)}
    by_key = pages.search("ant bee", mode="any", ranking=LUCENE, sort="key", limit=100)
    assert {hit.key: hit.score for hit in by_key} == scores
    assert [hit.key for hit in by_key] == sorted(scores)


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        ({"formula": "tfidf"}, "no formula tfidf"),
        ({"formula": 3}, "no formula 3"),
        (COMBINED | {"title.b": 0.3}, "one b for all"),
        ({"k1": "lucene"}, "k1 cannot be lucene"),
        (LUCENE | {"title": 1e300}, "no number above"),
    ],
)
def test_formulas_that_cannot_be_are_refused(pages, tmp_path, numbers, named):
    with pytest.raises(QueryError, match=named):
        pages.search("ant", ranking=numbers)
    with pytest.raises(SchemaError, match=named):
        idlibsearch.create(tmp_path / "other", ranking=numbers)


def test_an_explanation_names_the_numbers_of_the_formula(pages):
    text = "\n".join(pages.explain("4", "body:ant", ranking=LUCENE).lines())
    assert "312  length, as a byte keeps it" in text
    assert "n = 4 of N = 6 reports" in text


@pytest.mark.parametrize(
    "numbers", [{"k1": 0}, {"k1": 1e9}, {"title.b": 1, "body.b": 1, "date.b": 1, "entities.b": 1, "body": 0.1}]
)
def test_numbers_at_the_edge_make_scores_that_are_explained(pages, numbers):
    for formula in (LUCENE, COMBINED):
        assert all(hit.score >= 0 for hit in pages.search("ant bee", mode="any", ranking=formula | numbers))
        assert_explained(pages, list(pages), "ant bee", mode="any", ranking=formula | numbers)


def test_lengths_are_exact_below_40_and_rounded_down_beyond():
    kept = {length: lucene_kernel.quantised(length) for length in (0, 1, 23, 24, 39, 40, 41, 42, 55, 56, 333, 10**6, 2**32 - 1)}
    assert kept == {length: naive_lucene.kept_by_a_byte(length) for length in kept}
    assert [kept[length] for length in (39, 40, 41, 42, 333)] == [39, 40, 40, 42, 312]


def test_numbers_that_do_not_fit_each_other_are_refused():
    lengths, one = array("I", [3, 4]), array("d", [1.0])
    with pytest.raises(IndexError):
        lucene_kernel.scored(array("I", [2]), one, lengths, one, 1.0, 1.2, 0.75, 3.0)
    with pytest.raises(IndexError):
        lucene_kernel.scored(array("I", [0, 1]), one, lengths, one, 1.0, 1.2, 0.75, 3.0)
    with pytest.raises(IndexError):
        lucene_kernel.combined(lengths, one, 2)

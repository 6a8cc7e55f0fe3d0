"""Nearness against its definition: random texts and random nested questions, and cases told apart by hand."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import naive
import naive_nearness
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import made

import idlibsearch
from idlibsearch import Report
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.search import Request, search
from idlibsearch.query.tree import (
    Analysed,
    And,
    AtLeast,
    Boosted,
    Exact,
    First,
    Fuzzy,
    Near,
    Not,
    NotNear,
    Or,
    Phrase,
    Regex,
    Same,
    Wildcard,
    Word,
)

# Few words, so that they meet and overlap; some take two positions, some of two are as good as one.
WORDS = (
    "a",
    "b",
    "c",
    "d",
    "bank",
    "banks",
    "Bank",
    "air strikes",
    "airstrikes",
    "rebel-held",
    "held",
    "cease-fire",
    "ceasefire",
)
texts = st.lists(st.sampled_from([*WORDS, *WORDS, ".", ". The", "\n\n"]), max_size=12).map(" ".join)
collections = st.lists(st.builds(Report, st.just("r"), texts, texts), min_size=1, max_size=4).map(
    lambda found: [Report(f"r{n}", report.title.replace("\n", ""), report.body) for n, report in enumerate(found)]
)
plain = [word for word in WORDS if " " not in word]
words = made(Word, st.sampled_from(plain))
leaves = st.one_of(
    words, words, words,
    made(Word, st.sampled_from(plain), st.just("body")),
    made(Phrase, st.lists(st.sampled_from([*WORDS, "b*"]), min_size=2, max_size=3).map(" ".join)),
    made(Phrase, st.lists(st.sampled_from([*plain, "b*"]), min_size=2, max_size=3).map(" ".join), st.just(""), st.integers(1, 4)),
    made(Analysed, st.sampled_from(["bank", "rebel+held|rebelheld", "ceas+fire|ceasefir a"]), st.sampled_from(["", "body"])),
    made(Exact, st.sampled_from(["bank", "Bank", "rebel-held", "a b"])),
    made(Wildcard, st.sampled_from(["b*", "*held", "?", "[a-c]", "ban?s"])),
    made(Fuzzy, st.sampled_from(["bank", "a"])),
    made(Regex, st.sampled_from(["[ab]", "b.*"])),
)  # fmt: skip
distances = st.integers(1, 5)


def branches(children):
    pairs = st.tuples(children, children)
    return st.one_of(
        made(Near, pairs, distances),
        made(Near, pairs, distances, st.booleans()),
        made(Near, st.tuples(children, children, children), distances),
        made(Near, st.lists(words, min_size=3, max_size=4).map(tuple), distances),
        made(Same, pairs, st.sampled_from("SP")),
        made(NotNear, children, children, distances),
        made(First, st.integers(1, 9), children),
        made(Or, pairs),
        made(Boosted, children, st.sampled_from([0.5, 2.0])),
    )


spans = st.recursive(leaves, branches, max_leaves=4).filter(naive_nearness.is_placed)
placed = st.one_of(spans, spans, made(AtLeast, st.integers(1, 4), st.one_of(spans, leaves)))
questions = st.one_of(
    placed, placed, placed,
    made(And, st.tuples(placed, words)),
    made(Or, st.tuples(words, placed)),
    made(And, st.tuples(words, made(Not, placed))),
)  # fmt: skip


def answer(index, tree):
    found = search(Snapshot.open(index.path), Request(str(tree), 100, tree=tree))
    return found, [(found.snapshot.segments[hit.segment].keys[hit.doc], hit.score) for hit in found.hits]


def assert_same(index, oracle, tree):
    expected = oracle.search(tree)
    found, actual = answer(index, tree)
    assert [key for key, _ in actual] == [key for key, _ in expected]
    assert [score for _, score in actual] == pytest.approx([score for _, score in expected], rel=1e-9)
    assert found.total == len(expected)


@settings(max_examples=400)
@given(collections, st.lists(questions, min_size=1, max_size=8))
def test_nearness_is_what_its_definition_says(found, trees):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        oracle = naive.NaiveIndex(found)
        for tree in trees:
            assert_same(index, oracle, tree)


@st.composite
def long_texts(draw):
    """Few words often, or rarely among others, in texts of some words or of thousands."""
    rng = draw(st.randoms(use_true_random=False))
    others = ["x"] * draw(st.sampled_from([0, 3, 40, 400]))
    size = draw(st.sampled_from([5, 40, 130, 700, 5000]))
    return " ".join(rng.choices(["a", "b", "held", "rebel-held", *others], k=size))


@settings(max_examples=15)
@given(st.lists(long_texts(), min_size=1, max_size=3), st.sampled_from([1, 2, 5, 63, 64, 65, 900]), st.integers(1, 3))
def test_two_words_in_long_texts(found, distance, times):
    reports = [Report(f"r{n}", "", text) for n, text in enumerate(found)]
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index") as index:
        index.add(reports)
        oracle = naive.NaiveIndex(reports)
        for pair in ("a", "b"), ("b", "a"), ("held", "a"), ("held", "rebel"), ("a", "a"):
            both = tuple(map(Word, pair))
            for tree in (
                Near(both, distance),
                Near(both, distance, True),
                AtLeast(times, Near(both, distance)),
                Phrase(" ".join(pair)),
            ):
                assert_same(index, oracle, tree)


@settings(max_examples=100)
@given(collections, st.integers(0, 4), st.lists(questions, min_size=1, max_size=4))
def test_nearness_over_several_segments_is_that_of_one_index(found, cut, trees):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found[:cut])
        index.add(found[cut:])
        oracle = naive.NaiveIndex(found)
        for tree in trees:
            assert_same(index, oracle, tree)


@settings(max_examples=200)
@given(collections, st.lists(spans, min_size=1, max_size=4))
def test_marks_are_what_takes_part_in_some_way_to_satisfy_the_question(found, trees):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        oracle = naive.NaiveIndex(found)
        for tree in trees:
            answered, _ = answer(index, tree)
            for hit in answered.hits:
                named = {oracle.ranking.fields[column].name: spans for column, spans in answered.marks(hit).items()}
                assert named == naive_nearness.marks(oracle, tree, hit.doc)


# ---- by the ten thousand: NEARNESS_QUESTIONS=20000 pytest tests/test_nearness.py -k ten_thousand

LETTERS = ("a", "b", "c", "d", "e", "ab", "rebel-held", "held", "air strikes", "airstrikes")
WEIGHTS = (5, 4, 3, 2, 1, 1, 1, 1, 1, 1)


def random_leaf(rng: random.Random):
    word = rng.choice([word for word in LETTERS if " " not in word])
    return rng.choice(
        [
            Word(word),
            Word(word),
            Word(word),
            Phrase(" ".join(rng.choices(LETTERS, WEIGHTS, k=2))),
            Phrase(" ".join(rng.choices("abcde", k=rng.randint(2, 3))), "", rng.randint(2, 4)),
            Wildcard(rng.choice(["a*", "*held", "[b-d]"])),
            Or((Word("a"), Word(word))),
        ]
    )


def random_span(rng: random.Random, depth: int):
    """A nested question, of at most 8 leaves."""
    if depth == 0 or rng.random() < 0.3:
        return random_leaf(rng)
    pair = (random_span(rng, depth - 1), random_span(rng, depth - 1))
    distance = rng.choice([1, 1, 2, 3, 5, 9])
    return rng.choice(
        [
            Near(pair, distance),
            Near(pair, distance),
            Near(pair, distance, ordered=True),
            Near((*pair, random_leaf(rng)), distance),
            Same(pair, rng.choice("SP")),
            NotNear(*pair, distance),
            First(rng.randint(2, 12), pair[0]),
            Or(pair),
        ]
    )


def random_text(rng: random.Random, length: int) -> str:
    return " ".join(rng.choices([*LETTERS, ".", ". The", "\n\n"], [*WEIGHTS, 0.5, 1, 0.5], k=length))


def test_random_nested_questions_by_the_ten_thousand_show_no_difference(tmp_path):
    rng, count = random.Random(2020), int(os.environ.get("NEARNESS_QUESTIONS", "400"))
    found = [Report(f"r{n}", random_text(rng, rng.randint(0, 4)), random_text(rng, rng.randint(3, 14))) for n in range(12)]
    matches = 0
    with idlibsearch.create(tmp_path / "index", merge="never") as index:
        index.add(found[:7])
        index.add(found[7:])
        oracle, snapshot = naive.NaiveIndex(found), Snapshot.open(index.path)
        for _ in range(count):
            tree = Near((random_span(rng, 2), random_span(rng, 1)), rng.choice([1, 2, 4, 8]), rng.random() < 0.2)
            expected = oracle.search(tree)
            hits = search(snapshot, Request(str(tree), 100, tree=tree)).hits
            assert [snapshot.segments[hit.segment].keys[hit.doc] for hit in hits] == [key for key, _ in expected], str(tree)
            assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected], rel=1e-9)
            matches += len(expected)
    assert matches > count  # the questions are not vain

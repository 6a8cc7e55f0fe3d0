"""Sets of docs as bitmaps against Python's own sets."""

from __future__ import annotations

import inspect
import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Report
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query import docsets, wordsets

WORDS = [f"w{n}" for n in range(1, 30)]
NAMES = ("filled", "of", "every", "within", "both", "either", "without", "alive", "size", "members")
some_docs = st.integers(0, 200).flatmap(
    lambda n: st.tuples(st.just(n), *[st.sets(st.integers(0, n - 1)) if n else st.just(set())] * 2)
)


def made(docs: set[int], doc_count: int) -> memoryview:
    return docsets.of(array("I", docs), doc_count)


@given(some_docs)
def test_the_algebra_is_that_of_sets(given_docs):
    count, a, b = given_docs
    for name, expected in (("both", a & b), ("either", a | b), ("without", a - b)):
        found = getattr(docsets, name)(made(a, count), made(b, count))
        assert list(docsets.members(found)) == sorted(expected)
        assert docsets.size(found) == len(expected)
    assert list(docsets.members(docsets.every(count))) == list(range(count))


days = st.integers(1, 30)
intervals = st.lists(
    st.one_of(st.just((0, 0)), st.tuples(days, st.integers(1, 9)).map(lambda d: (d[0], d[0] + d[1]))), max_size=90
)


@given(intervals, days, days)
def test_days_lie_within_with_an_order_or_without(dates, low, high):
    starts, ends = (array("i", [date[side] for date in dates]) for side in (0, 1))
    order = array("I", sorted((doc for doc, start in enumerate(starts) if start), key=starts.__getitem__))
    expected = [doc for doc, (start, end) in enumerate(dates) if start and low <= start and end <= high]
    for known in (order, None):
        assert list(docsets.members(docsets.within(known, starts, ends, low, high))) == expected


@pytest.fixture(scope="module")
def segment(tmp_path_factory):
    """1,500 reports: word n stands in every n-th or so, some of it in the title; every fifth report is deleted."""
    rng = random.Random(3)
    folder = tmp_path_factory.mktemp("sets") / "index"
    with idlibsearch.create(folder, merge="never") as index:
        for_each = [[word for word in WORDS if rng.random() < 1 / int(word[1:])] for _ in range(1500)]
        index.add(
            Report(f"r{n}", " ".join(rng.sample(found, len(found) // 3)), " ".join(found)) for n, found in enumerate(for_each)
        )
        index.remove(*(f"r{n}" for n in range(0, 1500, 5)))
    return Snapshot.open(folder).segments[0]


@pytest.mark.parametrize("seed", range(40))
def test_docs_that_have_words_are_those_of_their_lists(segment, seed):
    rng = random.Random(seed)
    for _ in range(5):
        chosen = [(rng.choice(WORDS), rng.choice([(1, 1, 1, 1), (1, 0, 0, 0), (0, 0, 0, 1)])) for _ in range(rng.randint(1, 4))]
        having = []
        for word, fields in chosen:
            postings = segment.posting_list(word)
            rows = zip(postings.docs, *postings.freqs, strict=True)
            having.append({doc for doc, *freqs in rows if any(f and freq for f, freq in zip(fields, freqs, strict=True))})
        terms = array("I", [segment.term(word) for word, _ in chosen])
        marks = b"".join(bytes(fields) for _, fields in chosen)
        for every, expected in ((False, set.union(*having)), (True, set.intersection(*having))):
            found = wordsets.words(segment.postings, terms, marks, every)
            assert list(docsets.members(found)) == sorted(expected)
            alive = [doc for doc in sorted(expected) if doc % 5]
            assert list(docsets.members(docsets.alive(segment.postings, found))) == alive


def test_filled_docs_are_those_with_a_length(segment):
    for column, lengths in enumerate(segment.lengths):
        found = docsets.filled(segment.postings, bytes(c == column for c in range(4)))
        assert list(docsets.members(found)) == [doc for doc, length in enumerate(lengths) if length]


def test_what_does_not_fit_is_refused(segment):
    reader, one, two = segment.postings, docsets.every(1), docsets.every(65)
    for wrong in (
        lambda: wordsets.words(reader, array("I", [10**6]), bytes(4), False),
        lambda: wordsets.words(reader, array("I", [0]), bytes(3), True),
        lambda: docsets.filled(reader, bytes(3)),
        lambda: docsets.of(array("I", [9]), 9),
        lambda: docsets.within(array("I", [9]), array("i", [1]), array("i", [2]), 0, 5),
        lambda: docsets.within(array("I", [0, 9]), array("i", [1] * 9), array("i", [2] * 9), 0, 5),
        lambda: docsets.within(None, array("i", [1]), array("i"), 0, 5),
        lambda: docsets.both(one, two),
        lambda: docsets.either(one, two),
        lambda: docsets.without(two, one),
    ):
        with pytest.raises(IndexError):
            wrong()
    for call in (docsets.size, docsets.members):
        with pytest.raises(TypeError):
            call(None)
    with pytest.raises(TypeError):
        wordsets.words(reader, None, None, False)


def test_every_public_function_says_what_it_gives():
    assert all(inspect.getdoc(getattr(docsets, name)) for name in NAMES)
    assert inspect.getdoc(wordsets.words)

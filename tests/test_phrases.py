"""The phrase kernel, on lists of many blocks, against matching every posting, and that against the texts themselves."""

from __future__ import annotations

import random
from array import array
from heapq import nsmallest

import naive
import pytest

import idlibsearch
from idlibsearch import Report
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query import lists, phrases
from idlibsearch.query.found import Found
from idlibsearch.query.order import Scored
from idlibsearch.query.search import Request, search

WORDS = ["ta", "ke", "mi", "zo", "pu", "ra"]  # the first in most reports, the last in few
COMPOUNDS = ["ta-ke", "take", "mi-zo", "mizo", "ke-mi-zo"]  # take and mizo take two positions where they are written apart


def sentence(rng: random.Random, length: int) -> str:
    weights = [8, 6, 4, 3, 2, 1, 0.4, 0.4, 0.3, 0.3, 0.1]
    return " ".join(rng.choices([*WORDS, *COMPOUNDS], weights, k=length))


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    rng = random.Random(11)
    return [Report(f"r{n}", sentence(rng, rng.randint(0, 5)), sentence(rng, rng.choice([2, 5, 12, 60]))) for n in range(2400)]


@pytest.fixture(scope="module")
def snapshot(reports, tmp_path_factory) -> Snapshot:
    """Three segments of 800 reports, every ninth deleted."""
    with idlibsearch.create(tmp_path_factory.mktemp("phrases") / "index", merge="never") as index:
        for start in range(0, len(reports), 800):
            index.add(reports[start : start + 800])
        index.remove(*(f"r{number}" for number in range(0, len(reports), 9)))
        assert index.check() == []
    return Snapshot.open(index.path)


def matches(snapshot: Snapshot, found: Found) -> list[Scored]:
    """Every live match, from the lists."""
    return [
        Scored(score, number, doc)
        for number, (segment, pairs) in enumerate(zip(snapshot.segments, found.lists, strict=True))
        for doc, score in zip(*pairs, strict=True)
        if not segment.is_deleted(doc)
    ]


def question(rng: random.Random) -> str:
    words = rng.choices([*WORDS, "take", "mizo", "mi-zo"], [4, 4, 4, 3, 3, 3, 1, 1, 0.5], k=rng.choice([2, 2, 2, 3, 3, 4, 6]))
    return rng.choice(["", "", "title:", "body:"]) + f'"{" ".join(words)}"'


def near_question(rng: random.Random) -> str:
    a, b, c = rng.choices([*WORDS, "take", "mizo", '"ta ke"', '"mi zo"', "(ta OR ra)"], k=3)
    near = f"{rng.choice(['NEAR', 'NEAR', 'PRE'])}/{rng.choice([1, 2, 5, 20, 100])}"
    same = f"SAME/{rng.choice('SP')}"
    forms = [f"{a} {near} {b}"] * 4 + [f"{a} {same} {b}", f"({a} {near} {b}) {same} {c}", f"{c} {near} ({a} {near} {b})"]
    return rng.choice([*forms, f"NEAR/5({a}, {b}, {c})", f"{a} NOTNEAR/3 {b}"])


@pytest.mark.parametrize("asked", [question, near_question])
@pytest.mark.parametrize("seed", range(80))
def test_the_best_k_are_the_first_k_of_all(snapshot, seed, asked):
    rng = random.Random(seed)
    for _ in range(4):
        text = asked(rng)
        limit, offset = rng.choice([1, 3, 10, 50, 5000]), rng.choice([0, 0, 2, 9])
        found = search(snapshot, Request(text, limit, offset))
        ranked = nsmallest(offset + limit, matches(snapshot, found), key=lambda hit: (-hit.score, hit.segment, hit.doc))
        assert list(found.hits) == ranked[offset:], text


@pytest.fixture(scope="module")
def oracle(reports) -> naive.NaiveIndex:
    return naive.NaiveIndex(reports, frozenset(range(0, len(reports), 9)))


@pytest.mark.parametrize("words", ["ta ke", "ra pu", "take mi", "mi take mi", "ta ta ta", "pu mizo", "ra ra zo ta"])
def test_a_phrase_is_found_where_the_naive_engine_sees_it(snapshot, oracle, words):
    entries = naive.query_entries(words)
    expected = {
        report.key
        for doc, report in enumerate(oracle.reports)
        if doc not in oracle.deleted and any(oracle.spans(entries, doc, name) for name in ("title", "body"))
    }
    found = search(snapshot, Request(f'"{words}"', len(oracle.reports)))
    assert {snapshot.segments[hit.segment].keys[hit.doc] for hit in found.hits} == expected
    assert expected


def test_what_is_no_phrase_is_refused(snapshot):
    reader, ones = snapshot.segments[0].postings, array("d", [1.0] * 4)
    assert phrases.best(reader, array("I", [0, 1]), 1.0, ones, ones, ones, 1.2, 0, -1.0) == []
    for terms, message in (([], "not 0"), ([0] * 65, "not 65"), ([10**6], "no term")):
        with pytest.raises(IndexError, match=message):
            phrases.best(reader, array("I", terms), 1.0, ones, ones, ones, 1.2, 10, -1.0)
    with pytest.raises(IndexError, match="one weight"):
        phrases.best(reader, array("I", [0]), 1.0, ones[:3], ones, ones, 1.2, 10, -1.0)
    with pytest.raises(TypeError):
        phrases.best(None, array("I", [0]), 1.0, ones, ones, ones, 1.2, 10, -1.0)
    with pytest.raises(TypeError):
        phrases.best(reader, *[None] * 5, 1.2, 10, -1.0)
    with pytest.raises(IndexError, match="not 65"):
        lists.phrase(reader, [array("I", [0] * 65)], -1, 1.0, ones, ones, ones, 1.2)

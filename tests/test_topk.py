"""The top-k kernel and the packed lists, on collections of many blocks, against matching everything."""

from __future__ import annotations

import random
from heapq import nsmallest

import pytest

import idlibsearch
from idlibsearch import Entity, Report
from idlibsearch.index.reader import PostingReader
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query import lists
from idlibsearch.query.found import Found
from idlibsearch.query.gathered import Chosen, Gathered
from idlibsearch.query.order import Scored
from idlibsearch.query.search import Request, search
from idlibsearch.query.topk import best

# Word number n stands in about one of n reports; some only in titles, some only as mentions.
WORDS = [f"w{n}" for n in range(1, 40)]


def report(number: int, rng: random.Random) -> Report:
    length = rng.choice([3, 10, 10, 40, 300])
    body = " ".join(
        w for w in WORDS if rng.random() < 1 / int(w[1:]) for _ in range(rng.choice([1, 1, 1, 2, 5]) * (1 + length // 100))
    )
    title = " ".join(rng.choices(WORDS, k=rng.randint(0, 4)))
    mention = rng.choice(WORDS)
    entities = (Entity("NAME", mention, mention, "body", 0, 2),) if rng.random() < 0.2 else ()
    return Report(f"r{number}", title, f"{body} {'filler ' * length}", rng.choice([None, "2020-03", "2019"]), entities=entities)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """3,000 reports in three segments, every seventh deleted: frequent words have eight blocks a segment."""
    rng = random.Random(7)
    with idlibsearch.create(tmp_path_factory.mktemp("big") / "index", merge="never") as index:
        for start in range(0, 3000, 1000):
            index.add(report(number, rng) for number in range(start, start + 1000))
        index.remove(*(f"r{number}" for number in range(0, 3000, 7)))
        assert index.check() == []
        yield index


@pytest.fixture(scope="module")
def snapshot(big):
    return Snapshot.open(big.path)


def ways_to_ask(rng: random.Random) -> list[str]:
    words = [
        rng.choice(["", "", "", "title:", "body:"]) + rng.choice([*WORDS, "march", "2020"]) for _ in range(rng.randint(1, 5))
    ]
    return [
        " OR ".join(words),
        " ".join(words),
        " ".join(words[:2]),
        f"({' OR '.join(words)}) NOT {words[0]}",
        f'"w1 {words[0][-2:]}" OR w3',
        f"{' '.join(words[:2])} NOT {words[-1]}",
        f"{words[0]} date:{rng.choice(['2019', '2020-03', '2021'])}",
        f"({' OR '.join(words)}) REQUIRE (words:>{rng.choice([20, 60, 300])} NOT date:2019)",
        f'"{words[0]} {words[1 % len(words)]}" words:>20 NOT w7'.replace("title:", "").replace("body:", ""),
    ]


def matches(snapshot: Snapshot, found: Found) -> list[Scored]:
    """Every live match, by reading every posting."""
    return [
        Scored(score, number, doc)
        for number, (segment, matcher) in enumerate(zip(snapshot.segments, found.matchers, strict=True))
        for doc, score in zip(*matcher.run(found.plan), strict=True)
        if not segment.is_deleted(doc)
    ]


@pytest.mark.parametrize("seed", range(150))
def test_the_best_k_are_the_first_k_of_all(snapshot, seed):
    rng = random.Random(seed)
    for question in ways_to_ask(rng):
        limit, offset = rng.choice([1, 2, 3, 10, 25, 200, 5000]), rng.choice([0, 0, 1, 7])
        found = search(snapshot, Request(question, limit, offset))
        ranked = nsmallest(offset + limit, matches(snapshot, found), key=lambda hit: (-hit.score, hit.segment, hit.doc))
        assert list(found.hits) == ranked[offset:], question
        assert found.total == len(matches(snapshot, found))


def test_packed_lists_read_back_as_the_reports_have_them(big, snapshot):
    reports = list(big)
    for word in ("w1", "w2", "w17", "2019"):
        seen = {}
        for segment in snapshot.segments:
            postings = segment.posting_list(word)
            for doc, in_title in zip(postings.docs, postings.freqs[0], strict=True):
                if not segment.is_deleted(doc):
                    seen[segment.keys[doc]] = (in_title, [start for start, _, _ in postings.occurrences(doc, 3)])
        for found in reports:
            places = [at for at, token in enumerate(found.body.split()) if token == word]
            in_title = found.title.split().count(word)
            assert seen.get(found.key, (0, [])) == (in_title, places)


def test_counts_are_those_of_the_lists(snapshot):
    for segment in snapshot.segments:
        for word in ("w1", "w5", "w39"):
            postings = segment.posting_list(word)
            assert postings.count() == len(postings.docs)
            assert [postings.count(c) for c in range(4)] == [sum(map(bool, freqs)) for freqs in postings.freqs]
        assert segment.term("nowhere") == -1
        assert segment.posting_list("nowhere") is None


def test_kernels_refuse_what_is_no_array(snapshot):
    with pytest.raises(TypeError):
        PostingReader(*[None] * 14)
    with pytest.raises(TypeError):
        best(snapshot.segments[0].postings, None, *snapshot.normalisation, 1.2, 10, -1.0, False)
    with pytest.raises(TypeError):
        best(None, [], *[None] * 3, 1.2, 10, -1.0, False)
    with pytest.raises(TypeError):
        lists.word_among(snapshot.segments[0].postings, 0, None, 1.0, None, None, None, 1.2)
    with pytest.raises(TypeError):
        snapshot.segments[0].lexicon.terms.find(None)
    chosen = Chosen(snapshot.segments[0].lexicon.entries, range(1))
    gathered = Gathered(snapshot.segments[0].postings, chosen)
    for refused in (
        lambda: Gathered(None, chosen),
        lambda: Gathered(snapshot.segments[0].postings, None),
        lambda: gathered.frequency(None),
        lambda: gathered.scores(1.0, None, None, None, 1.2),
    ):
        with pytest.raises(TypeError):
            refused()
    with pytest.raises(IndexError, match="one mark for each field"):
        gathered.frequency(bytes(3))


def test_numbers_that_point_nowhere_are_refused(snapshot):
    reader = snapshot.segments[0].postings
    for method in (reader.count, reader.docs):
        with pytest.raises(IndexError):
            method(10**6)
    for method in (reader.count_in, reader.freqs):
        with pytest.raises(IndexError):
            method(0, 4)
    assert reader.occurrences(0, 10**6, 3) == []

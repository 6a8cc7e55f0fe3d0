"""Gathering over lists of many blocks against looking at every occurrence."""

from __future__ import annotations

import random
from array import array

import pytest

import idlibsearch
from idlibsearch import Report
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.expand import Expander
from idlibsearch.query.limits import LIMITS
from idlibsearch.query.rank import saturated
from idlibsearch.query.tree import Expansion, Fuzzy, Regex, Wildcard

# Commonest first, so that many blocks of a list have common spellings only, and some a rare one among them.
WORDS = [
    *(["truce"] * 60 + ["Truce"] * 30 + ["truces"] * 20 + ["rebel"] * 40 + ["held"] * 9 + ["rebels"] * 5),
    *(
        "TRUCE",
        "anti-truce",
        "rebel-held",
        "rebel-held",
        "Rebel-Held",
        "door-to-door",
        "door-to-door",
        "door",
        "twenty-five",
        "25",
    ),
]
PATTERNS: list[Expansion] = [
    *map(Wildcard, ("truce*", "t*", "rebel*", "rebel", "*held", "door*", "to", "anti*", "2*", "twenty*", "*", "r*d")),
    *(Fuzzy("truces", 1, 0), Fuzzy("rebal", 2, 1), Regex("truces|door.*"), Regex("(anti-)?truce")),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    rng = random.Random(7)
    with idlibsearch.create(tmp_path_factory.mktemp("gathered") / "index") as index:
        index.add(
            Report(f"k{n}", " ".join(rng.choices(WORDS, k=rng.choice([0, 2]))), " ".join(rng.choices(WORDS, k=rng.randrange(9))))
            for n in range(2000)
        )
        opened = Snapshot.open(index.path)
        yield opened
        opened.close()


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_what_is_gathered_is_what_stands_there(snapshot, pattern):
    [segment], [spelled] = snapshot.segments, Expander(snapshot, LIMITS).expand(pattern)
    columns = [column for column, kept in enumerate(segment.positional) if kept]
    expected = {}
    for doc in range(segment.doc_count):
        freqs = [len(spelled.spans(doc, column)) for column in range(len(segment.positional))]
        if any(freqs):
            lengths = [column[doc] for column in segment.lengths]
            expected[doc] = 2.5 * saturated(snapshot.ranking, freqs, lengths, snapshot.normalisation[1])
    weights = array("d", [field.weight for field in snapshot.ranking.fields])
    docs, scores = spelled.gathered.scores(2.5, weights, *snapshot.normalisation, snapshot.ranking.k1)
    assert dict(zip(docs, scores, strict=True)) == expected
    assert list(docs) == sorted(expected)
    assert spelled.frequency(columns) == len(expected)
    [title, *_] = columns
    assert spelled.frequency([title]) == sum(bool(spelled.spans(doc, title)) for doc in expected)

"""Packed posting lists: what is packed reads back, takes the room the format says, and is refused where it does not fit."""

from __future__ import annotations

from array import array
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idlibsearch.index.encoder import Encoder
from idlibsearch.index.reader import PostingReader

POSITIONAL = [True, False, True]
LENGTH = 1 << 20  # of every field of every doc


@st.composite
def posting_lists(draw):
    """terms[term] = {doc: [positions with surfaces, or a freq where a field keeps none]}: lists, gaps and freqs of any size."""
    rng = draw(st.randoms(use_true_random=False))
    largest = draw(st.sampled_from([1, 3, 40]))

    def field(keeps):
        freq = rng.choice([0, 1, 1, 1, rng.randint(1, largest)])
        places = sorted(rng.sample(range(rng.choice([freq, 100, LENGTH]) + freq), freq))
        return [(place, rng.choice([0, 0, 0, rng.randint(0, 5)])) for place in places] if keeps else freq

    terms = []
    for _ in range(draw(st.integers(1, 3))):
        span = rng.choice([1, 2, 50, 5000])
        docs = accumulate(rng.randint(1, rng.choice([1, span])) for _ in range(rng.choice([1, 2, 7, 127, 128, 129, 256, 300])))
        lists = {doc: [field(keeps) for keeps in POSITIONAL] for doc in docs}
        terms.append({doc: fields if any(fields) else [[], 1, []] for doc, fields in lists.items()})
    return terms


def packed(terms):
    """The sections of some lists, term by term, and a reader of them."""
    docs = 1 + max(max(lists) for lists in terms)
    lengths = array("I", [LENGTH] * 3 * docs)
    encoder = Encoder(bytes(POSITIONAL), lengths)
    for lists in terms:
        rows = list(lists.values())
        freqs = [row[f] if isinstance(row[f], int) else len(row[f]) for f in range(3) for row in rows]
        places = [[place for f in range(3) if POSITIONAL[f] for place in row[f]] for row in rows]
        flat = [place for row in places for place in row]
        encoder.add(
            *(array("Q", [0, len(lists)]), array("I", lists), array("I", freqs), array("Q", [0, *accumulate(map(len, places))])),
            *(array("I", [start for start, _ in flat]), array("I", [surface for _, surface in flat])),
        )
    sections = encoder.finish()
    start, last, block_start, position, bounds, data, places = sections
    surfaces, ends = array("I", list(range(6)) * len(terms)), array("I", range(1, len(terms) + 1))
    tables = [memoryview(each).cast("I") for each in (start, last, block_start, position)]
    return PostingReader(
        *(bytes(POSITIONAL), b"abc"[: len(terms)], ends, *tables, bounds, data, places, lengths),
        *(array("I", [6 * n for n in range(len(terms) + 1)]), surfaces, bytes([1, 2, 3, 1, 1, 1] * len(terms)), b"", "here"),
    )


@settings(max_examples=25)  # lists of hundreds of postings: a second or two
@given(posting_lists())
def test_what_is_packed_reads_back(terms):
    reader = packed(terms)
    for term, lists in enumerate(terms):
        assert reader.count(term) == len(lists)
        assert list(reader.docs(term)) == list(lists)
        for column in range(3):
            freqs = [row[column] if isinstance(row[column], int) else len(row[column]) for row in lists.values()]
            assert list(reader.freqs(term, column)) == freqs
            assert reader.count_in(term, column) == sum(map(bool, freqs))
        for doc in [*list(lists)[:3], *list(lists)[-3:]]:
            for column in (0, 2):
                found = reader.occurrences(term, doc, column)
                assert [(start, surface) for start, _, surface in found] == lists[doc][column]
                assert all(end - start == [1, 2, 3, 1, 1, 1][surface] for start, end, surface in found)
                assert reader.freq(term, doc, column) == len(found)
            assert reader.occurrences(term, doc, 1) == []


def test_the_worked_example_of_the_format():
    """As the docstring of ``index.postings`` has it."""
    lengths = array("I", [0, 0, 0, 99] * 11)
    encoder = Encoder(b"\1\0\0\1", lengths)
    freqs = array("I", [0, 0, 0, 0, 0, 0, 1, 1])
    arrays = array("Q", [0, 2]), array("I", [3, 10]), freqs, array("Q", [0, 1, 2]), array("I", [5, 70]), array("I", [0, 0])
    encoder.add(*arrays)
    start, *tables, data, places = encoder.finish()
    assert data == bytes.fromhex("01 08 02 00 0A 00 00 00 01 38 03 07 05 23 00") + bytes(8)  # 99 is rounded down to 24 * 4
    assert (start, tables, places) == (bytes(4), [b"", b"", b"", b""], bytes(8))


def test_terms_may_be_added_in_pieces():
    """Two terms at once, or one after the other: the same sections."""
    whole, pieces = Encoder(b"\1", array("I", [9, 9])), Encoder(b"\1", array("I", [9, 9]))
    whole.add(
        *(array("Q", [0, 1, 3]), array("I", [1, 0, 1]), array("I", [1, 2, 1])),
        *(array("Q", [0, 1, 3, 4]), array("I", [4, 0, 8, 5]), array("I", [0, 0, 1, 0])),
    )
    pieces.add(array("Q", [0, 1]), array("I", [1]), array("I", [1]), array("Q", [0, 1]), array("I", [4]), array("I", [0]))
    pieces.add(
        *(array("Q", [0, 2]), array("I", [0, 1]), array("I", [2, 1])),
        *(array("Q", [0, 2, 3]), array("I", [0, 8, 5]), array("I", [0, 1, 0])),
    )
    assert whole.finish() == pieces.finish()


def test_the_encoder_refuses_lists_that_do_not_fit():
    encoder = Encoder(b"\1", array("I", [9, 9]))
    fine = [
        array("Q", [0, 1]),
        array("I", [1]),
        array("I", [1]),
        array("Q", [0, 1]),
        array("I", [4]),
        array("I", [0]),
    ]
    for number, wrong in enumerate(
        [array("Q", [0]), array("I", [5]), array("I", [1, 1]), array("Q", [0, 7]), array("I"), array("I", [3, 3])]
    ):
        with pytest.raises(IndexError):
            encoder.add(*[wrong if at == number else right for at, right in enumerate(fine)])
    with pytest.raises(IndexError, match="do not ascend"):
        encoder.add(
            array("Q", [0, 2]),
            array("I", [1, 1]),
            array("I", [1, 1]),
            array("Q", [0, 0, 0]),
            array("I"),
            array("I"),
        )
    with pytest.raises(TypeError):
        encoder.add(*[None] * 6)
    with pytest.raises(TypeError):
        Encoder(None, None)

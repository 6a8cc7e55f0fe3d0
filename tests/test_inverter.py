"""The inverting kernel against its slow twin."""

from __future__ import annotations

import inspect
from array import array
from itertools import accumulate

import naive
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.index import inverter
from idlibsearch.index.inverter import TokenStream, mark_met, packed

POSITIONAL = [True, False, True]


@st.composite
def streams(draw):
    """docs[doc][field] = surface numbers; the (term, offset) entries and the width of each surface."""
    surface_count = draw(st.integers(1, 6))
    widths = draw(st.lists(st.integers(1, 3), min_size=surface_count, max_size=surface_count))
    entries = [
        sorted(draw(st.sets(st.tuples(st.integers(0, 4), st.integers(0, width - 1)), max_size=4)), key=lambda e: e[1])
        for width in widths
    ]
    tokens = st.lists(st.integers(0, surface_count - 1), max_size=8)
    docs = draw(st.lists(st.lists(tokens, min_size=3, max_size=3), max_size=5))
    return docs, entries, widths


def stream_bytes(tokens):
    return memoryview(packed(array("I", tokens))).cast("H")


def stream_of(docs, entries, widths, terms=5):
    flat = [surface for doc in docs for field in doc for surface in field]
    counts = [len(field) for doc in docs for field in doc]
    starts = [0, *accumulate(map(len, entries))]
    rows = [entry for row in entries for entry in row]
    return TokenStream(
        stream_bytes(flat), array("I", counts), bytes(POSITIONAL), array("I", starts),
        array("I", [term for term, _ in rows]), array("H", [offset << 8 | 1 for _, offset in rows]), bytes(widths), terms,
    )  # fmt: skip


def inverted(docs, entries, widths, terms=5, window=2):
    """All lists, some terms at a time, and what was counted of the surfaces."""
    stream = stream_of(docs, entries, widths, terms)
    postings, occurrences = array("Q", [9] * terms), array("Q", [9] * terms)
    surface_docs, surface_count = array("I", [9] * len(widths)), array("I", [9] * len(widths))
    stream.count(postings, occurrences, surface_docs, surface_count)
    lists: naive.Postings = {}
    notes = array("I", [surface for surface, row in enumerate(entries) for _ in row])
    for first in range(0, terms, window):
        here = slice(first, first + window)
        lists |= lists_from(stream, first, postings[here], occurrences[here], notes)
    return lists, list(surface_docs), list(surface_count)


def lists_from(stream, first, postings, occurrences, notes) -> naive.Postings:
    starts, occurrence_starts = array("Q", [0, *accumulate(postings)]), array("Q", [0, *accumulate(occurrences)])
    p, o = starts[-1], occurrence_starts[-1]
    out_docs, freqs, position_starts = array("I", [9] * p), array("I", [9] * 3 * p), array("Q", [9] * (p + 1))
    positions, surfaces = array("I", [9] * o), array("I", [9] * o)
    stream.invert(first, starts, occurrence_starts, notes, out_docs, freqs, position_starts, positions, surfaces)
    lists: naive.Postings = {}
    for term in range(len(postings)):
        for i in range(starts[term], starts[term + 1]):
            places = range(position_starts[i], position_starts[i + 1])
            found = [freqs[f * p + i] for f in range(3)], [(positions[at], surfaces[at]) for at in places]
            lists.setdefault(first + term, {})[out_docs[i]] = found
    return lists


@given(streams(), st.integers(1, 5))
def test_the_kernel_inverts_as_its_twin_does(stream, window):
    docs, entries, widths = stream
    lists, surface_docs, surface_count = inverted(docs, entries, widths, window=window)
    assert lists == naive.invert(docs, entries, widths, POSITIONAL)
    kept = [[s for f, field in enumerate(doc) if POSITIONAL[f] for s in field] for doc in docs]
    assert surface_count == [sum(doc.count(s) for doc in kept) for s in range(len(widths))]
    assert surface_docs == [sum(s in doc for doc in kept) for s in range(len(widths))]


@given(streams(), st.integers(0, 2))
def test_lengths_and_breaks_are_measured_in_positions(stream, field):
    docs, entries, widths = stream
    positions = [[list(accumulate((widths[s] for s in tokens), initial=0)) for tokens in doc] for doc in docs]
    lengths = array("I", [9] * 3 * len(docs))
    stream_of(docs, entries, widths).measure(lengths)
    assert list(lengths) == [counted[-1] for doc in positions for counted in doc]
    breaks = [list(range(0, len(doc[field]), 2)) for doc in docs]  # every other token
    ends, flat = array("Q", accumulate(map(len, breaks))), array("I", [at for part in breaks for at in part])
    stream_of(docs, entries, widths).place(field, ends, flat)
    assert list(flat) == [doc[field][at] for doc, part in zip(positions, breaks, strict=True) for at in part]


def test_breaks_that_do_not_fit_are_refused():
    stream = stream_of([[[0, 0], [], []]], [[(0, 0)]], [1])
    for field, ends, breaks in ((3, [0], []), (0, [], []), (0, [1], [2]), (0, [2], [1, 0]), (0, [1], []), (1, [1], [0])):
        with pytest.raises(IndexError):
            stream.place(field, array("Q", ends), array("I", breaks))
    with pytest.raises(IndexError):
        stream.measure(array("I", [0]))


@given(streams(), st.data())
def test_stretches_of_tokens_become_stretches_of_positions(stream, data):
    docs, entries, widths = stream
    fields = [tokens for doc in docs for tokens in doc]
    positions = [list(accumulate((widths[s] for s in tokens), initial=0)) for tokens in fields]
    rows = sorted(data.draw(st.lists(st.integers(0, len(fields) - 1), max_size=6))) if fields else []
    ends = [[data.draw(st.integers(0, len(fields[row]))) for row in rows] for _ in range(2)]
    firsts, stops = (array("I", part) for part in ends)
    stream_of(docs, entries, widths).locate(array("Q", rows), firsts, stops)
    for found, part in zip((firsts, stops), ends, strict=True):
        assert list(found) == [positions[row][token] for row, token in zip(rows, part, strict=True)]


@pytest.mark.parametrize(
    ("rows", "firsts", "stops"),
    [([0], [0], []), ([0], [], [0]), ([3], [0], [0]), ([1, 0], [0, 0], [0, 0]), ([0], [3], [0]), ([0], [0], [3])],
)
def test_stretches_that_do_not_fit_are_refused(rows, firsts, stops):
    with pytest.raises(IndexError, match="stretch"):
        stream_of([[[0, 0], [], []]], [[(0, 0)]], [1]).locate(array("Q", rows), array("I", firsts), array("I", stops))


def test_docs_of_a_term_ascend_and_positions_follow_the_fields():
    lists, _, _ = inverted([[[0, 1], [0], [1]], [[], [], [1, 0]]], [[(0, 0)], [(0, 0), (1, 1)]], [1, 2])
    assert lists == {
        0: {0: ([2, 1, 1], [(0, 0), (1, 1), (0, 1)]), 1: ([0, 0, 2], [(0, 1), (2, 0)])},
        1: {0: ([1, 0, 1], [(2, 1), (1, 1)]), 1: ([0, 0, 1], [(1, 1)])},
    }


def test_numbers_that_point_nowhere_are_refused():
    with pytest.raises(IndexError, match="no surface 7"):
        stream_of([[[7], [], []]], [[(0, 0)]], [1])
    with pytest.raises(IndexError, match="no term 9"):
        stream_of([[[0], [], []]], [[(9, 0)]], [1])
    with pytest.raises(ValueError, match="add up to 2 tokens, there are 1"):
        TokenStream(
            stream_bytes([0]), array("I", [2, 0, 0]), bytes(POSITIONAL), array("I", [0, 0]), array("I"), array("H"), b"\1", 1
        )


@given(st.lists(st.sampled_from([0, 1, 65534, 65535, 65536, 70000, 131071])))
def test_rare_surfaces_take_three_places_in_a_stream(tokens):
    stream = stream_bytes(tokens)
    met = bytearray(131072)
    mark_met(stream, met)
    assert {number for number, mark in enumerate(met) if mark} == set(tokens)
    assert len(stream) == sum(1 if token < 65535 else 3 for token in tokens)


def test_a_rare_surface_counts_and_stands_where_it_does():
    entries = [[] for _ in range(65537)]
    entries[0], entries[65536] = [(0, 0)], [(1, 0), (0, 1)]
    lists, _, _ = inverted([[[65536, 0], [], []]], entries, [1] * 65536 + [2], terms=2)
    assert lists == {0: {0: ([2, 0, 0], [(1, 65536), (2, 0)])}, 1: {0: ([1, 0, 0], [(0, 65536)])}}


@pytest.mark.parametrize("stream", [[65535], [65535, 0], [7]])
def test_streams_that_end_early_or_name_no_surface_are_refused(stream):
    with pytest.raises(IndexError, match="no surface"):
        mark_met(array("H", stream), bytearray(7))
    with pytest.raises(IndexError, match="no surface"):
        TokenStream(
            array("H", stream), array("I", [1, 0, 0]), bytes(POSITIONAL), array("I", [0, 0]), array("I"), array("H"), b"\1", 1
        )


def test_outputs_that_are_too_short_are_refused():
    stream = stream_of([[[0, 0], [], []]], [[(0, 0)]], [1], terms=1)
    with pytest.raises(IndexError):
        stream.count(array("Q", []), array("Q", [0]), array("I", [0]), array("I", [0]))
    with pytest.raises(IndexError, match="starts do not fit"):
        stream.invert(
            0, array("Q", [0, 1]), array("Q", [0, 1]), array("I", [0]), array("I", [0]), array("I", [0] * 3),
            array("Q", [0, 0]), array("I", [0]), array("I", [0]),
        )  # fmt: skip


def test_none_is_no_array():
    arguments = [array("H"), array("I"), b"\1", array("I", [0]), array("I"), array("H"), b"", 0]
    for number in range(7):
        with pytest.raises(TypeError):
            TokenStream(*[None if at == number else argument for at, argument in enumerate(arguments)])
    stream = TokenStream(*arguments)
    for method, arguments in (
        (stream.count, [None] * 4),
        (stream.invert, [0, *[None] * 8]),
        (stream.measure, [None]),
        (stream.place, [0, None, None]),
        (stream.locate, [None] * 3),
    ):
        with pytest.raises(TypeError):
            method(*arguments)
    assert inspect.isclass(inverter.TokenStream)

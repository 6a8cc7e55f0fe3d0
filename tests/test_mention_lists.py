"""The kernel that packs and reads mentions, against its twin; and on bytes that nobody wrote."""

from __future__ import annotations

from array import array
from itertools import groupby

import naive_mentions
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.index import mention_lists

FIELDS, DOCS, LENGTH = 3, 4, 70_000
LENGTHS = array("I", [LENGTH] * (FIELDS * DOCS))
starts = st.one_of(st.integers(0, 30), st.integers(0, LENGTH - 300))
ranks = st.one_of(st.integers(0, 3), st.integers(0, 2**32 - 1))
mentions = st.tuples(
    st.integers(0, DOCS - 1),
    st.integers(0, FIELDS - 1),
    st.integers(0, 4),
    starts,
    st.one_of(st.integers(1, 6), st.just(300)),
    ranks,
).map(lambda found: (*found[:4], found[3] + found[4], found[5]))
collections = st.lists(mentions, max_size=40).map(lambda found: sorted(set(found)))


def packed(found):
    columns = list(zip(*found, strict=True)) or [()] * 6
    doc, column, kind, start, stop, rank = columns
    rows = array("Q", [d * FIELDS + c for d, c in zip(doc, column, strict=True)])
    numbers = array("I", rank), array("I", start), array("I", stop)
    return mention_lists.packed(rows, array("B", kind), *numbers, FIELDS, DOCS)


def read(sections, docs, kind, entity=None):
    """{doc: [(column, start, stop)]}."""
    docs, ends, columns, starts, stops = mention_lists.spans_of(*sections, LENGTHS, FIELDS, array("I", docs), kind, entity)
    places = list(zip(columns, starts, stops, strict=True))
    return {doc: places[begin:end] for doc, begin, end in zip(docs, [0, *ends], ends, strict=False)}


def spans(found, docs, kind, rank=None):
    """The same, from what was packed."""
    kept = sorted({(m[0], m[1], m[3], m[4]) for m in found if m[0] in docs and m[2] == kind and rank in (None, m[5])})
    return {doc: [place[1:] for place in places] for doc, places in groupby(kept, key=lambda place: place[0])}


@given(collections)
def test_mentions_are_packed_as_the_specification_says(found):
    starts, data = packed(found)
    assert (list(starts), data) == naive_mentions.written(found, DOCS)
    mention_lists.check(starts, data, LENGTHS, FIELDS)


@given(collections, st.sets(st.integers(0, DOCS - 1)), st.integers(0, 4))
def test_what_was_packed_is_read_of_any_docs(found, docs, kind):
    assert read(packed(found), sorted(docs), kind) == spans(found, docs, kind)


@given(collections, st.integers(0, 4), st.integers(0, 3))
def test_of_one_entity_those_of_its_rank_among_the_values_of_a_report_are_read(found, kind, rank):
    values = array("I", [10, 11, 12, 13])  # of report 0; report 1 has none, report 2 has others
    ranges = array("I", [0, 4, 4, 4, 4])
    assert read(packed(found), range(DOCS), kind, (ranges, values, 10 + rank)) == spans(found, {0}, kind, rank)


@given(collections, st.data())
def test_damaged_mentions_are_refused_or_lie_inside_their_report(found, data):
    starts, written = packed(found)
    starts, damaged = array("Q", starts), bytearray(written)
    for _ in range(data.draw(st.integers(1, 3))):
        if damaged and data.draw(st.booleans()):
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        else:
            starts[data.draw(st.integers(0, DOCS))] = data.draw(st.one_of(st.integers(0, 200), st.integers(0, 2**64 - 1)))
    lengths = array("I", data.draw(st.lists(st.sampled_from([0, 40, LENGTH]), min_size=12, max_size=12)))
    for kind in range(5):
        try:
            docs, ends, columns, begins, stops = mention_lists.spans_of(
                starts, damaged, lengths, FIELDS, array("I", range(DOCS)), kind
            )
        except ValueError:
            continue
        for doc, begin, end in zip(docs, [0, *ends], ends, strict=False):
            assert all(
                a < b <= lengths[doc * FIELDS + column]
                for column, a, b in zip(columns[begin:end], begins[begin:end], stops[begin:end], strict=True)
            )
    try:
        mention_lists.check(starts, damaged, lengths, FIELDS)
    except ValueError:
        return
    assert list(starts) == sorted(starts)


ONE = (array("Q", [0]), b"\0", array("I", [2]), array("I", [1]), array("I", [3]))


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: mention_lists.packed(array("Q", [0, 0]), *ONE[1:], FIELDS, DOCS), "a row, a kind, a rank, a start and a stop"),
        (lambda: mention_lists.packed(array("Q", [12]), *ONE[1:], FIELDS, DOCS), "no such row"),
        (lambda: mention_lists.packed(ONE[0], b"\5", *ONE[2:], FIELDS, DOCS), "no such row or kind"),
        (lambda: mention_lists.packed(*ONE[:4], array("I", [1]), FIELDS, DOCS), "ends before it starts"),
        (lambda: mention_lists.packed(*(2 * part for part in ONE), FIELDS, DOCS), "out of order, or there twice"),
        (lambda: mention_lists.check(array("Q"), b"", LENGTHS, FIELDS), "a start for each report"),
        (lambda: mention_lists.check(array("Q", [0, 0]), b"", LENGTHS, FIELDS), "a length for each of its fields"),
        (lambda: read(packed([]), [0, 4], 0), "no doc 4"),
        (lambda: read(packed([]), [1, 1], 0), "no doc 1 behind"),
        (lambda: read(packed([]), [1], 0, (array("I", [0]), array("I"), 0)), "a range of values for each report"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call, reason):
    with pytest.raises(IndexError, match=reason):
        call()


def test_a_report_whose_values_lie_outside_the_table_is_refused():
    with pytest.raises(ValueError, match="report 0 cannot be read"):
        read(packed([]), [0], 0, (array("I", [0, 9, 9, 9, 9]), array("I", [1]), 1))

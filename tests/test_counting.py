"""The counting kernel against its slow twin."""

from __future__ import annotations

import inspect
from array import array
from itertools import accumulate

import naive
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.results import counting
from idlibsearch.results.counting import count_days, count_values, extent

BASE = 3
columns = st.lists(st.lists(st.integers(BASE, BASE + 4), max_size=3), max_size=8)


def some(data, rows):
    return sorted(data.draw(st.sets(st.integers(0, len(rows) - 1)))) if rows else []


@given(columns, st.one_of(st.none(), st.lists(st.integers(0, 6), min_size=5, max_size=5)), st.data())
def test_values_are_counted_as_the_twin_does(rows, numbers, data):
    docs, counts = some(data, rows), array("Q", [1] * 7)
    flat, starts = [value for row in rows for value in row], [0, *accumulate(map(len, rows))]
    translated = None if numbers is None else array("I", numbers)
    count_values(array("I", docs), array("I", starts), array("I", flat), BASE, translated, counts)
    assert list(counts) == naive.count_values(docs, rows, BASE, numbers, [1] * 7)


intervals = st.one_of(st.just((0, 0)), st.tuples(st.integers(10, 29), st.integers(1, 9)).map(lambda d: (d[0], d[0] + d[1])))


@given(st.lists(intervals, max_size=9), st.sets(st.integers(11, 29), max_size=5), st.data())
def test_days_are_counted_as_the_twin_does(dates, cuts, data):
    docs, edges = some(data, dates), [10, *sorted(cuts), 30]
    starts, ends = (array("i", [date[side] for date in dates]) for side in (0, 1))
    counts = array("Q", [0] * (len(edges) + 1))
    count_days(array("I", docs), starts, ends, array("i", edges), counts)
    assert list(counts) == naive.count_days(docs, dates, edges)
    days = [dates[doc][0] for doc in docs if dates[doc][0]]
    assert extent(array("I", docs), starts) == ((min(days), max(days)) if days else (0, 0))


@pytest.mark.parametrize(
    ("docs", "starts", "values", "numbers", "size"),
    [
        ([2], [0, 1, 2], [3, 4], None, 9),  # no such doc
        ([4_000_000_000], [0, 1, 2], [3, 4], None, 9),
        ([0], [], [], None, 9),  # no doc at all
        ([1], [0, 1, 9], [3, 4], None, 9),  # values that are not there
        ([0], [0, 1], [2], None, 9),  # a value before the column's first
        ([0], [0, 1], [4], None, 1),  # a value beyond its last
        ([0], [0, 1], [5], [0, 1], 9),  # a value that is not translated
        ([0], [0, 1], [4], [0, 9], 9),  # one that is translated to nothing
    ],
)
def test_wrong_numbers_are_refused_not_followed(docs, starts, values, numbers, size):
    translated = None if numbers is None else array("I", numbers)
    with pytest.raises(IndexError):
        count_values(array("I", docs), array("I", starts), array("I", values), BASE, translated, array("Q", [0] * size))


@pytest.mark.parametrize(
    ("docs", "starts", "ends", "edges", "size"),
    [
        ([1], [10], [11], [10, 20], 3),  # no such doc
        ([0], [10], [11], [10, 20], 2),  # no room
        ([0], [10], [], [10, 20], 3),
        ([0], [20], [21], [10, 20], 3),  # outside the edges
        ([0], [9], [10], [10, 20], 3),
        ([0], [10], [11], [10], 2),  # no stretch
        ([0], [10], [11], [], 1),
    ],
)
def test_wrong_days_are_refused_not_followed(docs, starts, ends, edges, size):
    with pytest.raises(IndexError):
        count_days(array("I", docs), array("i", starts), array("i", ends), array("i", edges), array("Q", [0] * size))
    with pytest.raises(IndexError):
        extent(array("I", [1]), array("i", [10]))


def test_nothing_is_no_array():
    with pytest.raises(TypeError):
        count_values(None, array("I"), array("I"), 0, None, array("Q"))


def test_every_public_function_says_what_it_takes():
    assert all(inspect.getdoc(getattr(counting, name)) for name in ("count_values", "count_days", "extent"))

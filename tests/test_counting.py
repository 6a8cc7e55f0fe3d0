"""The counting kernel against its slow twin."""

from __future__ import annotations

import inspect
import sys
from array import array
from itertools import accumulate, pairwise

import naive
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.results import counting
from idlibsearch.results.counting import Numbers, count_days, count_values, most, present

BASE = 3
values = st.integers(BASE, BASE + 4)
columns = st.one_of(
    st.lists(st.lists(values, max_size=3), max_size=8), st.lists(st.lists(values, min_size=1, max_size=1), max_size=8)
)


def some(data, rows):
    return sorted(data.draw(st.sets(st.integers(0, len(rows) - 1)))) if rows else []


@given(columns, st.one_of(st.none(), st.lists(st.integers(0, 6), min_size=5, max_size=5)), st.data())
def test_values_are_counted_as_the_twin_does(rows, numbers, data):
    docs = some(data, rows)
    flat, starts = [value for row in rows for value in row], [0, *accumulate(map(len, rows))]
    translated = None if numbers is None else array("I", numbers)
    single = [None] if all(len(row) == 1 for row in rows) else []
    for ranges in [array("I", starts), *single]:
        counts, table = array("Q", [1] * 7), Numbers()
        count_values(array("I", docs), ranges, array("I", flat), BASE, translated, counts)
        assert list(counts) == naive.count_values(docs, rows, BASE, numbers, [1] * 7)
        table.add_values(array("I", docs), ranges, array("I", flat), BASE, translated, 7)
        counted = naive.count_values(docs, rows, BASE, numbers, [0] * 7)
        assert table.most(9) == [(place, counted[place]) for place in naive.most(counted, 9)]


@given(st.lists(st.integers(0, 4), max_size=60), st.one_of(st.integers(0, 9), st.just(sys.maxsize)))
def test_the_largest_counts_are_the_twins(counts, limit):
    assert list(most(array("Q", counts), limit)) == naive.most(counts, limit)
    assert list(present(array("Q", counts))) == sorted(naive.most(counts, 60))


some_numbers = st.lists(st.one_of(st.sampled_from([0.0, -0.0, 1.5, 300.0, float("nan")]), st.floats(-9, 9)), max_size=40)


@given(st.lists(some_numbers, max_size=3), st.integers(0, 50))
def test_numbers_are_counted_over_segments_as_the_twin_does(segments, limit):
    numbers = Numbers()
    for values in segments:
        numbers.add(array("I", range(len(values))), array("d", values))
    assert numbers.most(limit) == naive.most_numbers([value for values in segments for value in values], limit)


def test_there_may_be_many_numbers():
    numbers, many = Numbers(), [float(n % 5000) / 7 for n in range(12000)]
    numbers.add(array("I", range(0, 12000, 2)), array("d", many))
    assert numbers.most(sys.maxsize) == naive.most_numbers(many[::2], 12000)
    with pytest.raises(IndexError):
        numbers.add(array("I", [12000]), array("d", many))


def stretches(edges: list[int]) -> array[int]:
    return array("I", [number for number, (low, high) in enumerate(pairwise(edges)) for _ in range(low, high)])


intervals = st.one_of(st.just((0, 0)), st.tuples(st.integers(10, 29), st.integers(1, 9)).map(lambda d: (d[0], d[0] + d[1])))


@given(st.lists(intervals, max_size=9), st.sets(st.integers(11, 29), max_size=5), st.data())
def test_days_are_counted_as_the_twin_does(dates, cuts, data):
    docs, edges = some(data, dates), [10, *sorted(cuts), 30]
    starts, ends = (array("i", [date[side] for date in dates]) for side in (0, 1))
    counts = array("Q", [0] * (len(edges) + 1))
    count_days(array("I", docs), starts, ends, array("i", edges), stretches(edges), counts)
    assert list(counts) == naive.count_days(docs, dates, edges)


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
        ([2], None, [3, 4], None, 9),  # the same where each doc has one value
        ([0], None, [2], None, 9),
        ([0], None, [4], None, 1),
        ([0], None, [5], [0, 1], 9),
        ([0], None, [4], [0, 9], 9),
    ],
)
def test_wrong_numbers_are_refused_not_followed(docs, starts, values, numbers, size):
    translated = None if numbers is None else array("I", numbers)
    ranges = None if starts is None else array("I", starts)
    with pytest.raises(IndexError):
        count_values(array("I", docs), ranges, array("I", values), BASE, translated, array("Q", [0] * size))
    with pytest.raises(IndexError):
        Numbers().add_values(array("I", docs), ranges, array("I", values), BASE, translated, size)


@pytest.mark.parametrize(
    ("docs", "starts", "ends", "edges", "days", "size"),
    [
        ([1], [10], [11], [10, 20], [0] * 10, 3),  # no such doc
        ([0], [10], [11], [10, 20], [0] * 10, 2),  # no room
        ([0], [10], [], [10, 20], [0] * 10, 3),
        ([0], [20], [21], [10, 20], [0] * 10, 3),  # outside the stretches
        ([0], [9], [10], [10, 20], [0] * 10, 3),
        ([0], [10], [11], [10], [], 2),  # no stretch
        ([0], [10], [11], [], [], 1),
        ([0], [10], [11], [10, 20], [1] * 10, 3),  # a day in a stretch that is not there
        ([0], [15], [16], [10, 20], [0] * 5, 3),  # a day in none
    ],
)
def test_wrong_days_are_refused_not_followed(docs, starts, ends, edges, days, size):
    dates = array("I", docs), array("i", starts), array("i", ends)
    with pytest.raises(IndexError):
        count_days(*dates, array("i", edges), array("I", days), array("Q", [0] * size))


def test_nothing_is_no_array():
    with pytest.raises(TypeError):
        count_values(None, array("I"), array("I"), 0, None, array("Q"))


def test_every_public_function_says_what_it_takes():
    assert all(inspect.getdoc(getattr(counting, name)) for name in ("count_values", "count_days", "most", "present", "Numbers"))

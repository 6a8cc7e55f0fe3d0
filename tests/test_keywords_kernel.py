"""Keyword columns as a whole, the kernel: values of several tables numbered alike, against ``sorted`` and a dict."""

from __future__ import annotations

from array import array
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.index.keywords_kernel import one_each, unite

words = st.text(alphabet="abé字\ud800", max_size=3)


def table(strings: list[str]) -> tuple[bytes, array[int]]:
    encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
    return b"".join(encoded), array("I", accumulate(map(len, encoded)))


@given(st.lists(st.tuples(st.sets(words, max_size=8), st.lists(words, max_size=2)), max_size=5))
def test_equal_strings_have_one_number_over_all_tables(found):
    tables, meant = [], []
    for strings, before in found:  # what stands before the range is another column's
        tables.append((*table([*before, *sorted(strings)]), range(len(before), len(before) + len(strings))))
        meant.append(sorted(strings))
    number = {string: n for n, string in enumerate(sorted({string for strings in meant for string in strings}))}
    united, count = unite(tables)
    assert count == len(number)
    assert [list(numbers) for numbers in united] == [[number[string] for string in strings] for strings in meant]


@given(st.integers(0, 9), st.lists(st.sampled_from([1, 1, 1, 0, 2]), max_size=9))
def test_one_value_each_is_known(first, steps):
    assert one_each(array("I", accumulate(steps, initial=first))) == (set(steps) <= {1})
    assert not one_each(array("I"))


def test_damaged_tables_are_refused():
    good = (b"ab", array("I", [1, 2]), range(2))
    for wrong in (
        (b"a", array("I", [1, 2]), range(2)),
        (b"a", array("I", [2]), range(1)),
        (b"ab", array("I", [2, 1]), range(2)),
    ):
        with pytest.raises(ValueError, match="damaged"):
            unite([good, wrong])
    for meant in (range(1, 3), range(-1, 1), range(0, 2, 2)):
        with pytest.raises(IndexError):
            unite([(b"ab", array("I", [1, 2]), meant)])
    with pytest.raises(TypeError):
        unite(None)

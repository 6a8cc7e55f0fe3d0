"""The sorting kernel against Python's ``sorted``, and pages far down a long answer."""

from __future__ import annotations

import inspect
import random
from array import array
from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Report
from idlibsearch.query import docsets, sorting
from idlibsearch.query.sorting import Sorter, along, between

numbers = st.sampled_from([nan, -2.0, 0.0, -0.0, 1.5, 7.0])
segments = st.lists(
    st.one_of(
        st.lists(numbers, max_size=12).map(lambda values: memoryview(array("d", values))),
        st.lists(st.integers(0, 4), max_size=12).map(lambda values: memoryview(array("i", values))),
        st.none(),
    ),
    max_size=3,
)


def rank(column, doc: int, down: bool) -> float:
    value = None if column is None else column[doc]
    missing = value is None or (column.format == "i" and not value) or isnan(value)
    return inf if missing else -value if down else value


@given(segments, st.booleans(), st.integers(0, 40), st.integers(0, 40), st.randoms(use_true_random=False))
def test_the_first_docs_are_those_of_sorted(columns, down, room, first, rng):
    sorter, ranks, expected = Sorter(room), Sorter(room), []
    for number, column in enumerate(columns):
        docs = array(
            "I",
            sorted(rng.sample(range(12 if column is None else len(column)), rng.randint(0, 0 if not column else len(column)))),
        )
        scores = array("d", [rng.choice([0.0, 1.0, 2.0]) for _ in docs])
        sorter.add(docs, scores, column, down, 100 * number)
        ranks.add(docs, None, column, down, 0)
        found = [(rank(column, doc, down), -score, 100 * number + doc) for doc, score in zip(docs, scores, strict=True)]
        expected += found
        low, high = sorted([rng.choice([-7.0, -1.5, 0.0, 2.0, inf]), rng.choice([-7.0, -1.5, 0.0, 2.0, inf])])
        inside = [place % 100 for value, _, place in found if low <= value <= high]
        before, got = between(docs, column, down, low, high)
        assert (before, list(got)) == (sum(value < low for value, _, _ in found), inside)
    expected = sorted(expected)[:room]
    if first < len(expected):
        assert ranks.ends(first) == (expected[first][0], expected[-1][0])
    assert sorter.page(first) == [(-score, place) for _, score, place in expected[first:]]


@given(st.permutations(range(70)), st.sets(st.integers(0, 69)), st.integers(0, 80), st.booleans())
def test_docs_along_an_order(order, docs, limit, down):
    expected = [doc for doc in (order[::-1] if down else order) if doc in docs]
    assert list(along(array("I", order), docsets.of(array("I", docs), 70), limit, down)) == expected[:limit]


def test_what_is_not_there_is_refused():
    days, one = memoryview(array("i", [1])), array("I", [1])
    for wrong in (
        lambda: between(one, days, False, 0.0, 1.0),
        lambda: Sorter(1).add(one, None, days, False, 0),
        lambda: Sorter(1).add(array("I", [0]), array("d"), days, False, 0),
        lambda: Sorter(1).ends(0),
        lambda: along(array("I", [64]), docsets.every(64), 9, False),
    ):
        with pytest.raises(IndexError):
            wrong()
    with pytest.raises(TypeError):
        between(None, days, False, 0.0, 1.0)


def test_every_public_name_says_what_it_does():
    assert all(inspect.getdoc(getattr(sorting, name)) for name in ("between", "along", "Sorter"))


@pytest.fixture(scope="module")
def long_answer(tmp_path_factory):
    """600 reports in two segments of which all but some have the word, many dates and numbers alike, many missing."""
    rng = random.Random(11)
    reports = [
        Report(
            f"r{rng.randrange(10**9)}", "Truce" if rng.random() < 0.9 else "War", "truce " * rng.randrange(3),
            date=rng.choice([None, "2020-01", "2020-01-01", f"2019-03-{rng.randint(1, 31):02}"]),
            numbers={"price": rng.randrange(40)} if rng.random() < 0.5 else {},
        )
        for _ in range(600)
    ]  # fmt: skip
    with idlibsearch.create(tmp_path_factory.mktemp("long") / "index", merge="never") as index:
        index.add(reports[:350])
        index.add(reports[350:])
        index.remove(*(report.key for report in reports[::6]))
        yield index, [report for number, report in enumerate(reports) if number % 6]


@pytest.mark.parametrize("sort", ["date", "date:asc", "price", "price:asc", "key", "key:desc", "words:asc"])
def test_pages_of_any_size_make_up_the_whole_order(long_answer, sort):
    index, reports = long_answer
    plain = {hit.key: hit.score for hit in index.search("truce", limit=600)}
    found = {number: report for number, report in enumerate(reports) if report.key in plain}
    field, _, way = sort.partition(":")
    down = way == "desc" or (not way and field != "key")

    def value(report):
        words = len(f"{report.title} {report.body}".split())
        start = report.date and report.date.start.toordinal()
        return {"date": start, "price": report.numbers.get("price"), "words": words, "key": report.key}[field]

    order = sorted(found, key=lambda number: (-plain[found[number].key], number))
    having = sorted((n for n in order if value(found[n]) is not None), key=lambda n: value(found[n]), reverse=down)
    expected = [found[n].key for n in (*having, *(n for n in order if value(found[n]) is None))]
    for size in (1, 7, 100, 1000):
        for offset in range(0, len(expected) + size, max(size, 37)):
            hits = index.search("truce", sort=sort, offset=offset, limit=size)
            assert [hit.key for hit in hits] == expected[offset : offset + size]
            assert [hit.score for hit in hits] == [plain[hit.key] for hit in hits]
            assert hits.total == len(expected)

"""Questions that may take only so long: an error, or the best that was found by then; and never a wrong answer."""

from __future__ import annotations

from array import array

import pytest

import idlibsearch
from idlibsearch import Report
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query import phrases, topk
from idlibsearch.query.limits import LateError

NOW = 1e-6  # milliseconds: over before anything is looked at
AN_HOUR = 3_600_000.0
QUESTIONS = (
    "truce",
    "truce OR report",
    "truce report",
    '"truce report"',
    "truce NOT report",
    "(truce OR report) NOT idlib",
    "tru*",
    "date:2020",
    "truce date:2020",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """20,000 reports: lists long enough for kernels to look at the clock."""
    reports = (Report(f"r{n}", "", f"truce report {n % 97} {'idlib ' * (n % 7)}", "2020-01-01") for n in range(20_000))
    with idlibsearch.create(tmp_path_factory.mktemp("late") / "index") as opened:
        opened.add(reports)
        yield opened


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("sort", ["score", "date"])
def test_what_is_in_time_is_answered_as_ever_and_what_is_not_is_an_error(index, question, sort):
    expected = index.search(question, sort=sort)
    found = index.search(question, sort=sort, timeout_ms=AN_HOUR)
    assert [(hit.key, hit.score) for hit in found] == [(hit.key, hit.score) for hit in expected]
    assert (found.total, found.partial) == (expected.total, False)
    with pytest.raises(idlibsearch.SearchTimeoutError, match="not answered within 1e-06 ms") as caught:
        assert index.search(question, sort=sort, timeout_ms=NOW).total is None
    assert (caught.value.query, caught.value.timeout_ms) == (question, NOW)


@pytest.mark.parametrize("question", QUESTIONS)
def test_partial_answers_are_marked_and_hold_only_what_matches(index, question):
    found = index.search(question, timeout_ms=NOW, partial=True, facets=["date:year"])
    assert found.facets == {}
    assert found.partial
    assert found.to_json()["partial"] is True
    assert found.to_json()["total"] is None
    scores = {hit.key: hit.score for hit in index.search(question, limit=20_000)}
    assert all(hit.score == scores[hit.key] for hit in found)


def test_a_kernel_that_is_late_hands_over_the_best_it_has(index):
    snapshot = Snapshot.open(index.path)
    segment, rest = snapshot.segments[0], (*snapshot.normalisation, 1.2, 10, -1.0)
    words = [(segment.term("truce"), 1.0, range(4)), (segment.term("report"), 1.0, range(4))]
    asks = [
        lambda end: topk.best(segment.postings, words, snapshot.weights, *rest, False, None, end),
        lambda end: topk.best(segment.postings, words, snapshot.weights, *rest, True, None, end),
        lambda end: phrases.best(
            segment.postings, array("I", [term for term, _, _ in words]), 1.0, snapshot.weights, *rest, None, end
        ),
    ]
    for ask in asks:
        assert len(ask(0)) == 10
        with pytest.raises(LateError) as caught:
            ask(1)  # the first nanosecond of 1970
        assert len(caught.value.found) == 10
        assert ask((1 << 64) - 1) == ask(0)

"""Questions that may take only so long: an error, or the best that was found by then; and never a wrong answer."""

from __future__ import annotations

from array import array

import pytest

import idlibsearch
from idlibsearch import Entity, Report
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query import phrases, topk
from idlibsearch.query.limits import Deadline, LateError
from idlibsearch.query.mentioned import mentions
from idlibsearch.query.steps import Mentioned

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
    "truce NEAR/3 report",
    "(truce NEAR/3 rep*) idlib",
    "ATLEAST/2 idlib",
    "idlib SAME/S {PLACE}",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """20,000 reports: lists long enough for kernels to look at the clock."""
    place = (Entity("PLACE", "truce", "truce", "body", 0, 5),)
    bodies = (f"truce report {n % 97} {'idlib ' * (n % 7)}" for n in range(20_000))
    reports = (
        Report(f"r{n}", "", body, "2020-01-01", entities=() if n % 1_000 else place) for n, body in enumerate(bodies, start=1)
    )
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


def test_mentions_are_read_only_while_there_is_time(index):
    segment, places = Snapshot.open(index.path).segments[0], Mentioned("place", "")
    assert len(mentions(places, segment, None, Deadline("", AN_HOUR)).docs) == 20
    deadline = Deadline("", NOW)
    with pytest.raises(idlibsearch.SearchTimeoutError), deadline:
        mentions(places, segment, None, deadline)

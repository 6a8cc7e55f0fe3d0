"""A searcher: one generation, asked again and again, that stays as it is whatever is done to the index meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

import idlibsearch
from idlibsearch import ClosedError, Index, Report, Searcher


def truces(*numbers: int, title: str = "Truce") -> list[Report]:
    return [Report(f"{n}", f"{title} {n}", "in Idlib", f"2020-01-{n + 1:02}", source="Reuters") for n in numbers]


@pytest.fixture
def index(new_index):
    new_index.add(truces(0, 1, 2))
    new_index.add(truces(3))
    return new_index


def segments(index: Index) -> set[str]:
    return {path.name for path in index.path.glob("*.seg")}


def told(searcher: Searcher) -> dict[str, object]:
    """What there is to be asked, in plain values."""
    return {
        "hits": [(hit.key, hit.score, hit.title, hit.snippet()) for hit in searcher.search("truce OR war", limit=100)],
        "generation": searcher.generation,
        "keys": [report.key for report in searcher],
        "facets": searcher.facets("*", ["source", "date:month"]).facets,
        "timeline": searcher.timeline("truce", "day").rows(),
        "counts": (len(searcher), "0" in searcher, "9" in searcher, searcher.stats()["reports"]),
        "one": (searcher.get("0"), searcher.document("1"), searcher.explain("2", "truce").value),
        "terms": searcher.terms("source:reuters"),
        "suggested": searcher.suggest("truc"),
        "batch": [answer.results.total for answer in searcher.batch(["truce", "war"])],
    }


def test_it_stays_when_others_commit_and_the_index_goes_on(index):
    with index.searcher() as searcher:
        before = told(searcher)
        with idlibsearch.open(index.path) as other:
            other.add(truces(7, title="War"))
        assert told(searcher) == before
        index.refresh()
        index.remove("0")
        assert told(searcher) == before
        assert told(index) != before
        assert (searcher.search("war").total, index.search("war").total) == (0, 1)


def test_it_stays_when_a_merge_takes_its_files_away(index):
    with index.searcher() as searcher:
        before = told(searcher)
        files = segments(index)
        assert files
        found = searcher.search("truce", limit=100)
        rest = found.export()
        first = next(rest)
        index.remove("1", "3")
        index.add(truces(0, title="War"))
        index.merge()
        index.add(truces(8))
        index.remove("8")
        assert not files & segments(index)
        assert told(searcher) == before
        assert [first.title, *(hit.title for hit in rest)] == [f"Truce {n}" for n in range(4)]
        assert [hit.title for hit in found] == [title for _, _, title, _ in before["hits"]]


def test_threads_get_the_same_answers_while_another_one_writes(index):
    with index.searcher() as searcher, ThreadPoolExecutor(4) as pool:
        before, done = told(searcher), Event()

        def ask() -> int:
            asked = 0
            while not done.is_set() or not asked:
                assert told(searcher) == before
                asked += 1
            return asked

        asking = [pool.submit(ask) for _ in range(3)]
        for n in range(10, 16):
            index.add(truces(n))
            index.remove(f"{n - 10}")
        index.merge()
        done.set()
        assert min(each.result() for each in asking) > 0


def test_who_asks_a_closed_one_is_told(index):
    searcher = index.searcher()
    hits = searcher.search("truce")
    searcher.close()
    searcher.close()
    for ask in (lambda: searcher.search("truce"), lambda: len(searcher), lambda: searcher.generation, lambda: list(searcher)):
        with pytest.raises(ClosedError):
            ask()
    assert hits[0].snippet() == "in Idlib"
    assert index.search("truce").total == 4


def test_it_is_closed_with_its_index(index):
    with idlibsearch.open(index.path) as other:
        searcher = other.searcher()
        other.refresh()
    with pytest.raises(ClosedError):
        searcher.search("truce")
    with pytest.raises(ClosedError):
        other.searcher()


def test_an_index_is_a_searcher_that_can_be_written_to(index):
    with index.searcher() as searcher:
        assert isinstance(index, Searcher)
        assert not isinstance(searcher, Index)
        assert not hasattr(searcher, "add")
        assert (searcher.root, searcher.has_reports, searcher.path) == (index.root, True, index.path)

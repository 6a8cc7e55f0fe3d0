"""The benchmarks ask every engine the same and tell the truth about what it answered; nothing here is about time."""

from __future__ import annotations

import fnmatch
import importlib
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

corpus, queries, engine, runner, children = (
    importlib.import_module(f"benchmarks.{name}") for name in ("corpus", "queries", "engine", "run", "children")
)

DOCUMENTS = 200
PER_CLASS = 6
KINDS = [kind for kind in queries.KINDS if kind not in queries.RANKED]  # whose answers can be counted


def matches(query: Any, document: Any) -> bool:
    """What the question means, word by word. The made-up words are their own stems."""
    fields = [document.title.split(), document.body.split()]
    words, asked = {*fields[0], *fields[1]}, query.text.split()
    meanings: dict[str, Callable[[], bool]] = {
        "or": lambda: bool(words & set(asked)),
        "facets": lambda: bool(words & set(asked)),
        "phrase": lambda: any(field[at : at + len(asked)] == asked for field in fields for at in range(len(field))),
        "near": lambda: any(set(asked) <= set(field[at : at + 6]) for field in fields for at in range(len(field))),
        "nested": lambda: any(are_nested(field, *asked) for field in fields),
        "prefix": lambda: any(word.startswith(query.text) for word in words),
        "wildcard": lambda: bool(fnmatch.filter(words, query.text)),
        "fuzzy": lambda: any(one_edit(query.text, word) for word in words),
        "range": lambda: query.text in words and query.first <= document.date <= query.last,
    }
    return meanings.get(query.kind, lambda: set(asked) <= words)()


def are_nested(field: list[str], first: str, second: str, third: str) -> bool:
    """Are two words within 5, and what they span within 10 of a third?"""
    places = {word: [at for at, found in enumerate(field) if found == word] for word in (first, second, third)}
    return any(abs(a - b) <= 5 and max(0, c - max(a, b), min(a, b) - c) <= 10 for a, b, c in itertools.product(*places.values()))


def one_edit(a: str, b: str) -> bool:
    """At most one letter put in, left out, changed or swapped with its neighbour."""
    start = len([*itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))])
    rests = {a[start:], a[start + 1 :]} & {b[start:], b[start + 1 :]}
    return a == b or (bool(rests) and abs(len(a) - len(b)) <= 1) or a[:start] + a[start : start + 2][::-1] + a[start + 2 :] == b


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("feed") / "feed.jsonl"
    corpus.write_feed(corpus.synthetic(DOCUMENTS), path, DOCUMENTS)
    return path


@pytest.fixture(scope="module")
def expected(feed: Path) -> dict[str, dict[Any, int]]:
    """Kind -> query -> how many documents match."""
    documents = list(corpus.read_feed(feed))
    drawn = queries.draw(feed, {}, KINDS, PER_CLASS)
    return {kind: {query: sum(matches(query, d) for d in documents) for query in asked} for kind, asked in drawn.items()}


def test_questions_drawn_from_the_collection_have_answers(expected: dict[str, dict[Any, int]]) -> None:
    assert list(expected) == KINDS
    assert all(len(counts) == PER_CLASS for counts in expected.values())
    assert all(sum(expected[kind].values()) > 0 for kind in KINDS)


def test_a_run_counts_as_the_naive_count_does_and_writes_its_report(
    tmp_path: Path, expected: dict[str, dict[Any, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"synthetic": DOCUMENTS, "per-class": PER_CLASS, "engines": "ours,fts5", "rounds": 1, "warm-up": 0, "starts": 1}
    folder = runner.main([*(f"--{name}={value}" for name, value in options.items()), f"--runs={tmp_path / 'runs'}"])
    run = json.loads((folder / "run.json").read_text())
    (size,) = run["sizes"]
    counted = {
        (row["kind"], name): row["engines"][name] for row in size["classes"] for name in row["engines"] if row["measure"] != "top"
    }
    assert {("or", "ours"), ("and", "ours"), ("phrase", "ours"), ("term", "ours"), ("facets", "fts5")} <= set(counted)
    for (kind, name), row in counted.items():
        assert row["matches"] == sum(expected[kind].values()), (kind, name)
    assert {row["engine"] for row in size["build"]} == {"ours", "fts5"}
    assert str(tmp_path) not in json.dumps(run)  # a run does not tell where on whose machine it was
    page = (folder / "report.md").read_text()
    assert page.strip() == capsys.readouterr().out.strip()
    assert "### or, TOP 10 + COUNT" in page


@pytest.mark.parametrize("name", ["tantivy", "xapian", "whoosh3"])
def test_a_rival_in_this_process_counts_as_the_naive_count_does(
    name: str, feed: Path, tmp_path: Path, expected: dict[str, dict[Any, int]]
) -> None:
    pytest.importorskip({"whoosh3": "whoosh"}.get(name, name), reason=f"{name} is not installed: pip install .[bench]")
    module: ModuleType = engine.load(name)
    module.build(corpus.read_feed(feed), tmp_path / name, engine.Plan(memory_mb=64, columns=True))
    searcher = module.open_index(tmp_path / name)
    for kind in set(module.SUPPORTS) & {*KINDS}:
        for query, count in expected[kind].items():
            if kind == "facets":
                assert searcher.facets(query)[0] == count, query
                continue
            hits, told = searcher.search_and_count(query, 10)
            assert (told, searcher.count(query)) == (count, count), query
            assert len(hits) == min(10, count)
    searcher.close()
    assert sum(module.sizes(tmp_path / name).values()) > 0


@pytest.mark.parametrize("name", ["ours", "tantivy", "xapian", "lucene"])
def test_reports_like_another_and_words_of_the_best_are_asked_for(name: str, feed: Path, tmp_path: Path) -> None:
    """The report itself is not among its hits; words added to a question find whatever it finds without, and more."""
    drawn = queries.draw(feed, {}, [*queries.RANKED], PER_CLASS)
    with children.Child(name) as child:
        if "missing" in child.hello:
            pytest.skip(child.hello["missing"])
        child.ask("build", feed=str(feed), folder=str(tmp_path / "i"), plan=list(engine.Plan(1, 64, True, False)))
        assert "seconds" in child.ask("open", folder=str(tmp_path / "i"))

        def asked(kind: str, limit: int, measured: list[Any]) -> list[list[int]]:
            order = {"measure": "top", "limit": limit, "patience": 60}
            return [hits for hits, _ in child.ask("run", queries=[[kind, *each[1:]] for each in measured], **order)["answers"]]

        alike = asked("similar", 10, drawn["similar"])
        assert all(int(query.text) not in hits for query, hits in zip(drawn["similar"], alike, strict=True))
        assert name == "xapian" or all(len(hits) == 10 for hits in alike)  # it chooses words that no other report has
        assert any(alike)
        if "rm3" in child.hello["supports"]:
            plain, wider = (asked(kind, DOCUMENTS, drawn["rm3"]) for kind in ("or", "rm3"))
            assert all(set(few) <= set(many) for few, many in zip(plain, wider, strict=True))
            assert sum(map(len, plain)) < sum(map(len, wider))
        else:
            assert child.hello["lacks"]["rm3"]


def test_lucene_in_a_process_of_its_own_counts_as_the_naive_count_does(
    feed: Path, tmp_path: Path, expected: dict[str, dict[Any, int]]
) -> None:
    pytest.importorskip("jpype", reason="jpype1 is not installed: pip install .[bench]")
    with children.Child("lucene") as child:
        if "missing" in child.hello:
            pytest.skip(child.hello["missing"])
        assert "seconds" in child.ask(
            "build", feed=str(feed), folder=str(tmp_path / "l"), plan=list(engine.Plan(1, 64, True, True))
        )
        assert "seconds" in child.ask("open", folder=str(tmp_path / "l"))
        for kind, counts in expected.items():
            measure = "facets" if kind == "facets" else "top+count"
            told = child.ask("run", queries=list(counts)[:3], measure=measure, limit=10, patience=60)
            assert [count for _, count in told["answers"]] == list(counts.values())[:3], kind


def test_an_engine_that_is_not_installed_is_left_out_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engine.ENGINES, "tantivy", "nowhere")
    with pytest.raises(ImportError):
        engine.load("tantivy")


def test_synthetic_reports_are_the_same_for_the_same_seed() -> None:
    assert list(corpus.synthetic(3, seed=5)) == list(corpus.synthetic(3, seed=5))
    assert list(corpus.synthetic(3, seed=5)) != list(corpus.synthetic(3, seed=6))

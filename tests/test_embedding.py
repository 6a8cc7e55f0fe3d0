"""The page on embedding: each of its blocks runs as it stands, in the framework it is for."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

import idlibsearch

PAGE = (Path(__file__).parent.parent / "docs" / "embedding.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python (\w+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(autouse=True)
def there_is_an_index(tmp_path, seeds, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with idlibsearch.create("index") as index:
        index.add_path(seeds)


def run(name: str) -> SimpleNamespace:
    """The names that a block leaves; its index is closed by whoever asks."""
    names: dict[str, object] = {"__name__": f"page_{name}"}
    exec(compile(BLOCKS[name], f"embedding.md, {name}", "exec"), names)
    return SimpleNamespace(**names)


def test_flask():
    pytest.importorskip("flask")
    page = run("flask")
    with page.index, page.app.test_client() as client:
        told = client.get("/search?q=ceasefire Sochi").get_json()
        assert told["total"] == len(told["hits"]) > 0
        assert told["facets"]["place"]
        refused = client.get("/search?q=(truce")
        assert (refused.status_code, refused.get_json()["error"]) == (400, "a bracket is opened and never closed")


def test_fastapi():
    pytest.importorskip("fastapi")
    pytest.importorskip("httpx")
    from fastapi.testclient import TestClient  # noqa: PLC0415 - only where it is installed

    page = run("fastapi")
    with page.index:
        client = TestClient(page.app)
        assert client.get("/search", params={"q": "ceasefire", "limit": 2}).json()["hits"][1]["title"]
        assert client.get("/search", params={"q": "(truce"}).status_code == 400


def test_django():
    django = pytest.importorskip("django")
    from django.conf import settings  # noqa: PLC0415 - only where it is installed
    from django.test import RequestFactory  # noqa: PLC0415

    if not settings.configured:
        settings.configure(DEBUG=True)
        django.setup()
    page = run("django")
    with page.index:
        response = page.urlpatterns[0].callback(RequestFactory().get("/search", {"q": "ceasefire"}))
        assert response.status_code == 200
        assert b'"total": ' in response.content


def test_asyncio():
    with idlibsearch.open("index") as index:
        assert asyncio.run(run("asyncio").answer(index, "ceasefire", "zzzz")) == [index.search("ceasefire").total, 0]


def test_rows_of_a_table_are_replaced_by_key():
    rows = [{"id": n, "title": "A truce", "text": "in Idlib", "day": "2020-01-12"} for n in range(3)]
    with idlibsearch.open("index") as index:
        for title in ("A truce", "A war"):
            run("rows").save(index, [row | {"title": title} for row in rows])
        assert (index.search("title:truce date:2020-01-12").total, index.search('title:"a war"').total) == (0, 3)


def test_who_waits_for_news_is_told():
    page, told = run("alerts"), []
    with idlibsearch.open("index") as index:
        page.watch(index, {"truce": "truce NEAR/3 idlib", "war": "war"})
        page.take_in(index, [idlibsearch.Report("a", "Truce in Idlib")], lambda name, match: told.append((name, match["key"])))
    assert told == [("truce", "a")]


def test_a_notebook():
    page = run("notebook")
    with page.index:
        assert page.table[0].keys() == {"date", "source", "title", "score"}
        assert len(page.table) == page.results.total


def test_pages_of_one_answer():
    with idlibsearch.open("index") as index:
        pages = run("searcher").pages(index, "ceasefire", 2)
        counts, first = next(pages)
        index.remove(*(report.key for report in index))
        rest = list(pages)
        assert len({hit.key for page in [first, *(page for _, page in rest)] for hit in page}) == counts.total > 2
        assert index.search("ceasefire").total == 0


def test_every_block_of_the_page_is_run_here():
    tests = Path(__file__).read_text(encoding="utf-8")
    assert BLOCKS
    assert [name for name in BLOCKS if f'run("{name}")' not in tests] == []
    assert PAGE.count("```python") == len(BLOCKS)

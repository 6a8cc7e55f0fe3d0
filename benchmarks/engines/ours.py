"""idlibsearch through its public names. What it refuses, or has no argument for, is "not yet"."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterable
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import idlibsearch
from benchmarks.corpus import FACETS, Document
from benchmarks.engine import Hits, NotYetError, Plan, Tables, sizes_by_suffix
from benchmarks.queries import KINDS, Query
from idlibsearch.query import plan as planning

SUPPORTS = KINDS
LACKS: dict[str, str] = {}
SHARES = ""
ARGUMENTS = inspect.signature(idlibsearch.Index.add).parameters
PROCESSES = (1, 2) if "processes" in ARGUMENTS else (1,)
FORMS = {
    "phrase": '"{}"',
    "near": "{} NEAR/5 {}",
    "nested": "({} NEAR/5 {}) NEAR/10 {}",
    "prefix": "{}*",
    "fuzzy": "{}~1",
    "range": "{} date:[{} TO {}]",
}
ANY = ("or", "facets", "rm3")


def version() -> str:
    """Of the installed package."""
    return version_of("idlibsearch")


def build(documents: Iterable[Document], folder: Path, plan: Plan) -> dict[str, float]:
    """One commit of reports."""
    wanted = {"processes": plan.processes, "memory_mb": plan.memory_mb}
    options: dict[str, Any] = {name: value for name, value in wanted.items() if name in ARGUMENTS}
    started = time.perf_counter()
    with idlibsearch.create(folder, stories=False) as index:  # none of the others looks for near-duplicates
        index.add((_report(document, plan.columns) for document in documents), **options)
    return {"add and commit": time.perf_counter() - started}


def _report(document: Document, columns: bool) -> idlibsearch.Report:
    if not columns:
        return idlibsearch.Report(key=str(document.key), title=document.title, body=document.body)
    facets = dict(zip(FACETS, document.facets, strict=True))
    return idlibsearch.Report(
        key=str(document.key),
        title=document.title,
        body=document.body,
        date=document.date or None,
        source=facets["source"],
        section=facets["section"],
        byline=facets["byline"],
        keywords={"place": (facets["place"],), "topic": (facets["topic"],)},
    )


def sizes(folder: Path) -> dict[str, int]:
    """By part where the library tells, else by file."""
    with idlibsearch.open(folder) as index:
        parts = index.stats().get("sizes")
    return parts if isinstance(parts, dict) else sizes_by_suffix(folder, {})


class OursSearcher:
    """An open index."""

    def __init__(self, folder: Path) -> None:
        planning.MOST_REMEMBERED = 0  # rounds repeat questions, so that what was looked up before must not count
        self._index = idlibsearch.open(folder)

    def _ask(self, query: Query, limit: int, **options: Any) -> idlibsearch.Results:
        form = FORMS.get(query.kind)
        parts = query.text.split() if query.kind in ("near", "nested") else (query.text, query.first, query.last)
        text = form.format(*parts) if form else query.text
        if query.kind == "rm3":
            options["expand"] = "rm3"
        try:
            return self._index.search(text, limit=limit, mode="any" if query.kind in ANY else "all", **options)
        except (idlibsearch.QueryError, TypeError) as error:
            raise NotYetError(f"{type(error).__name__}: {error}") from error

    def search(self, query: Query, limit: int) -> Hits:
        """Asks for no total."""
        if query.kind == "similar":
            return [(hit.key, hit.score) for hit in self._index.similar(query.text, limit=limit).hits]
        return [(hit.key, hit.score) for hit in self._ask(query, limit)]

    def count(self, query: Query) -> int:
        """A search for no hits."""
        return self._ask(query, 0).total

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """One search."""
        results = self._ask(query, limit)
        return [(hit.key, hit.score) for hit in results], results.total

    def facets(self, query: Query) -> Tables:
        """One search with facets."""
        results = self._ask(query, 0, facets=[*FACETS, "date:month"])
        tables = {name: {str(value): count for value, count in _pairs(table)} for name, table in results.facets.items()}  # type: ignore[attr-defined]
        return results.total, tables

    def close(self) -> None:
        """Close it."""
        self._index.close()


def _pairs(table: Any) -> Iterable[tuple[Any, int]]:
    return table.items() if hasattr(table, "items") else ((row[0], row[1]) for row in table)


def open_index(folder: Path) -> OursSearcher:
    """Open it."""
    return OursSearcher(folder)

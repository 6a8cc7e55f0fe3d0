"""What an engine's module must have, and how to find one by its name.

``SUPPORTS``: the kinds of query it answers · ``LACKS``: kind -> why not · ``PROCESSES``: numbers of processes or threads that
``build`` takes · ``SHARES``: the engine whose index it reads, "" for its own · ``version()`` · ``build(documents, folder,
plan)`` -> phase -> seconds · ``open_index(folder)`` -> a Searcher · ``sizes(folder)`` -> part -> bytes.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

from benchmarks.queries import Query

ENGINES = {
    "ours": "ours",
    "tantivy": "tantivy_py",
    "lucene": "lucene",
    "lucene-combined": "lucene_combined",
    "fts5": "fts5",
    "xapian": "xapian_",
    "bm25s": "bm25s_",
    "whoosh3": "whoosh3",
}
Hits = list[tuple[int | str, float]]
Tables = tuple[int, dict[str, dict[str, int]]]  # the total, and for each facet and "month" its values with their counts


class Plan(NamedTuple):
    """How to build: ``stored`` keeps the text for showing hits, ``columns`` the date and the facets beside title and body."""

    processes: int = 1
    memory_mb: int = 1024
    stored: bool = True
    columns: bool = False


class NotYetError(Exception):
    """The engine should answer this and does not yet."""


class Searcher(Protocol):
    """An open index. Everything takes the query as words and gives plain Python values."""

    def search(self, query: Query, limit: int) -> Hits:
        """The best ``limit`` as (key, score), best first."""

    def count(self, query: Query) -> int:
        """How many match, exactly."""

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """Both, in the cheapest way the engine has."""

    def facets(self, query: Query) -> Tables:
        """The total, the ten commonest values of each facet and all months, over every match."""

    def close(self) -> None:
        """Let go of the index."""


def load(name: str) -> ModuleType:
    """The engine's module; raises ImportError where its package is not installed."""
    return importlib.import_module(f"benchmarks.engines.{ENGINES[name]}")


def sizes_by_suffix(folder: Path, parts: dict[str, str]) -> dict[str, int]:
    """Bytes of the files under a folder by part; ``parts`` maps a suffix to the part's name, the rest is "other"."""
    sizes: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            part = parts.get(path.suffix, "other")
            sizes[part] = sizes.get(part, 0) + path.stat().st_size
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))

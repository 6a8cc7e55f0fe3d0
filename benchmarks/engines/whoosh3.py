"""Whoosh (the whoosh3 fork): title and body, StemmingAnalyzer without stop words, scores of the two fields summed.

It indexes a few hundred reports a second: leave it out of large runs.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from whoosh import fields, index, qparser
from whoosh.analysis import StemmingAnalyzer

from benchmarks.corpus import FACETS, Document
from benchmarks.engine import Hits, Plan, Tables, sizes_by_suffix
from benchmarks.queries import Query

SUPPORTS = ("term", "or", "and", "phrase", "prefix", "wildcard", "fuzzy", "range")
LACKS = {
    "near": "not in its query language",
    "nested": "not in its query language",
    "rm3": "not measured: it indexes too slowly for large runs",
    "similar": "not measured: it indexes too slowly for large runs",
    "facets": "groups hits, too slowly to count every match",
}
SHARES = ""
PROCESSES = (1,)
FIELDS = ["title", "body"]
FORMS = {"phrase": '"{}"', "prefix": "{}*", "fuzzy": "{}~1"}


def version() -> str:
    """Of the Python package."""
    return version_of("whoosh3")


def build(documents: Iterable[Document], folder: Path, plan: Plan) -> dict[str, float]:
    """One commit, merged."""
    started = time.perf_counter()
    folder.mkdir(parents=True)
    words = StemmingAnalyzer(stoplist=None, cachesize=-1)
    texts = {name: fields.TEXT(analyzer=words, stored=plan.stored) for name in FIELDS}
    columns: dict[str, Any] = {"date": fields.DATETIME, **dict.fromkeys(FACETS, fields.ID)} if plan.columns else {}
    made = index.create_in(folder, fields.Schema(key=fields.STORED, **texts, **columns))
    writer = made.writer(limitmb=plan.memory_mb)
    for document in documents:
        values: dict[str, Any] = {"key": document.key, "title": document.title, "body": document.body}
        if plan.columns:
            values |= dict(zip(FACETS, document.facets, strict=True))
            if document.date:
                values["date"] = datetime.datetime.fromisoformat(document.date)
        writer.add_document(**values)
    writer.commit(optimize=True)
    made.close()
    return {"add and commit": time.perf_counter() - started}


def sizes(folder: Path) -> dict[str, int]:
    """One file holds nearly all."""
    return sizes_by_suffix(folder, {})


class WhooshSearcher:
    """An open index."""

    def __init__(self, folder: Path) -> None:
        self._index = index.open_dir(folder)
        self._searcher = self._index.searcher()
        joints = {True: qparser.OrGroup, False: qparser.AndGroup}
        self._parsers = {
            any_: qparser.MultifieldParser(FIELDS, self._index.schema, group=joint) for any_, joint in joints.items()
        }
        for parser in self._parsers.values():
            parser.add_plugin(qparser.FuzzyTermPlugin())

    def _parse(self, query: Query) -> Any:
        text = FORMS.get(query.kind, "{}").format(query.text)
        if query.kind == "range":
            text += f" date:[{query.first.replace('-', '')} TO {query.last.replace('-', '')}]"
        return self._parsers[query.kind == "or"].parse(text)

    def search(self, query: Query, limit: int) -> Hits:
        """Reads the stored key of each hit."""
        return [(hit["key"], hit.score) for hit in self._searcher.search(self._parse(query), limit=limit)]

    def count(self, query: Query) -> int:
        """Walks all matches without scores."""
        return sum(1 for _ in self._searcher.docs_for_query(self._parse(query)))

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """Two passes inside Whoosh."""
        found = self._searcher.search(self._parse(query), limit=limit)
        return [(hit["key"], hit.score) for hit in found], len(found)

    def facets(self, query: Query) -> Tables:
        """Not measured."""
        raise NotImplementedError(query.kind)

    def close(self) -> None:
        """Close it."""
        self._searcher.close()
        self._index.close()


def open_index(folder: Path) -> WhooshSearcher:
    """Open it."""
    return WhooshSearcher(folder)

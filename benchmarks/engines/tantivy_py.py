"""tantivy through tantivy-py: title and body, ``en_stem``, scores of the two fields summed."""

from __future__ import annotations

import datetime
import functools
import re
import time
from collections.abc import Iterable
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.corpus import FACETS, Document
from benchmarks.engine import Hits, Plan, Tables, sizes_by_suffix
from benchmarks.queries import KINDS, Query

LACKS = {**dict.fromkeys(("near", "nested"), "gaps in phrases only, by another rule"), "rm3": "not offered"}
SUPPORTS = tuple(kind for kind in KINDS if kind not in LACKS)
SHARES = ""
PROCESSES = (1, 2)  # threads of one process
FIELDS = ["title", "body"]
PARTS = {
    ".idx": "docs and freqs",
    ".pos": "positions",
    ".term": "terms",
    ".store": "stored text",
    ".fast": "columns",
    ".fieldnorm": "lengths",
}
EPOCH = datetime.datetime(1970, 1, 1)
# Calendar months are not offered: 30 days stand in for them.
TABLES: dict[str, Any] = {name: {"terms": {"field": name, "size": 10}} for name in FACETS}
TABLES["month"] = {"date_histogram": {"field": "date", "fixed_interval": "30d", "min_doc_count": 1}}
TOTAL = {"total": {"value_count": {"field": "key"}}}
TABLES |= TOTAL


def version() -> str:
    """Of the Python package."""
    return version_of("tantivy")


def _schema(plan: Plan) -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("key", fast=True)
    for field in FIELDS:
        schema.add_text_field(field, stored=plan.stored, tokenizer_name="en_stem")
    if plan.columns:
        schema.add_date_field("date", fast=True, indexed=True)
        for name in FACETS:
            schema.add_text_field(name, fast=True, tokenizer_name="raw")
    return schema.build()


def build(documents: Iterable[Document], folder: Path, plan: Plan) -> dict[str, float]:
    """One commit, then waiting for merges."""
    started = time.perf_counter()
    folder.mkdir(parents=True)
    schema = _schema(plan)
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(heap_size=plan.memory_mb * 1_000_000, num_threads=plan.processes)
    for document in documents:
        writer.add_document(_document(document, plan.columns))
    added = time.perf_counter()
    writer.commit()
    writer.wait_merging_threads()
    return {"add": added - started, "commit and merge": time.perf_counter() - added}


def _document(document: Document, columns: bool) -> tantivy.Document:
    made = tantivy.Document()
    made.add_unsigned("key", document.key)
    made.add_text("title", document.title)
    made.add_text("body", document.body)
    if columns:
        if document.date:
            made.add_date("date", datetime.datetime.fromisoformat(document.date))
        for name, value in zip(FACETS, document.facets, strict=True):
            made.add_text(name, value)
    return made


def sizes(folder: Path) -> dict[str, int]:
    """By the suffixes of its files."""
    return sizes_by_suffix(folder, PARTS)


class TantivySearcher:
    """An open index."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    def _parse(self, query: Query) -> tantivy.Query:
        kind, text = query.kind, query.text
        if kind in ("term", "or", "facets"):
            return self._index.parse_query(text, FIELDS)
        if kind == "and":
            return self._index.parse_query(text, FIELDS, conjunction_by_default=True)
        if kind == "phrase":
            return self._index.parse_query(f'"{text}"', FIELDS)
        if kind == "similar":
            return tantivy.Query.more_like_this_query(self._addresses[int(text)])
        if kind == "range":
            dates = f"date:[{query.first}T00:00:00Z TO {query.last}T23:59:59Z]"
            return self._index.parse_query(f"{text} {dates}", FIELDS, conjunction_by_default=True)
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, self._expansion(kind, text, field)) for field in FIELDS])

    @functools.cached_property
    def _addresses(self) -> dict[int, tantivy.DocAddress]:
        """The documents by key; the first round reads them, whose time does not count."""
        every = self._searcher.search(tantivy.Query.all_query(), self._searcher.num_docs, count=False)
        return {int(key): address for (key, _), (_, address) in zip(self._hits(every), every.hits, strict=True)}

    def _expansion(self, kind: str, text: str, field: str) -> tantivy.Query:
        if kind == "fuzzy":
            return tantivy.Query.fuzzy_term_query(self._schema, field, text, distance=1)
        pattern = f"{text}.*" if kind == "prefix" else re.sub(r"[*?]", lambda found: ".*" if found[0] == "*" else ".", text)
        return tantivy.Query.regex_query(self._schema, field, pattern)

    def _hits(self, found: tantivy.SearchResult) -> Hits:
        hits = found.hits
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        return [(key, score) for key, (score, _) in zip(keys, hits, strict=True)]

    def search(self, query: Query, limit: int) -> Hits:
        """Keys come from a fast field."""
        if query.kind == "similar":
            hits = self._hits(self._searcher.search(self._parse(query), limit + 1, count=False))
            return [hit for hit in hits if hit[0] != int(query.text)][:limit]
        return self._hits(self._searcher.search(self._parse(query), limit, count=False))

    def count(self, query: Query) -> int:
        """Counting keys computes no scores, which pays except for phrases; a search with a limit of 0 is refused."""
        if query.kind == "phrase":
            return int(self._searcher.search(self._parse(query), 1, count=True).count)
        return int(self._searcher.aggregate(self._parse(query), TOTAL)["total"]["value"])

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """One search."""
        found = self._searcher.search(self._parse(query), limit, count=True)
        return self._hits(found), int(found.count)

    def facets(self, query: Query) -> Tables:
        """One aggregation."""
        answer = self._searcher.aggregate(self._parse(query), TABLES)
        tables = {name: {str(b["key"]): b["doc_count"] for b in answer[name]["buckets"]} for name in (*FACETS, "month")}
        return int(answer["total"]["value"]), tables

    def close(self) -> None:
        """Nothing to let go of but the memory."""
        del self._searcher, self._index


def open_index(folder: Path) -> TantivySearcher:
    """Open it."""
    return TantivySearcher(folder)

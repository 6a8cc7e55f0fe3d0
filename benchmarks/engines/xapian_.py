"""Xapian: title and body under one prefix (so their frequencies add up before the saturation), Snowball English."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xapian

from benchmarks.corpus import FACETS, Document
from benchmarks.engine import Hits, Plan, Tables, sizes_by_suffix
from benchmarks.queries import Query

SUPPORTS = ("term", "or", "and", "phrase", "prefix", "range", "facets", "rm3", "similar")
LACKS = {
    "near": "its NEAR counts a window over both fields",
    "nested": "NEAR takes words only",
    "wildcard": "only at the end of a word in version 1.4",
    "fuzzy": "from version 2 on",
}
SHARES = ""
PROCESSES = (1,)
PARTS = {"postlist.glass": "docs and freqs", "position.glass": "positions", "termlist.glass": "columns and words of a document"}
DATE, MONTH = 0, 1  # numbers of value slots; the facets follow
BEST, ADDED, WORDS = 10, 20, 25  # documents that feedback reads, words it adds; words of a document that others have
GAP = 100  # positions between title and body, so that no phrase reaches over


def version() -> str:
    """Of the C++ library."""
    return str(xapian.version_string())


def build(documents: Iterable[Document], folder: Path, plan: Plan) -> dict[str, float]:
    """One commit."""
    started = time.perf_counter()
    base = xapian.WritableDatabase(str(folder), xapian.DB_CREATE)
    reader = xapian.TermGenerator()
    reader.set_stemmer(xapian.Stem("english"))
    reader.set_stemming_strategy(reader.STEM_ALL)
    for document in documents:
        made = xapian.Document()
        reader.set_document(made)
        reader.set_termpos(0)
        reader.index_text(document.title)
        reader.increase_termpos(GAP)
        reader.index_text(document.body)
        if plan.stored:
            made.set_data(f"{document.title}\n{document.body}")
        if plan.columns:
            for slot, value in enumerate((document.date, document.date[:7], *document.facets)):
                made.add_value(slot, value)
        base.replace_document(document.key + 1, made)  # its numbers start at 1
    base.commit()
    base.close()
    return {"add and commit": time.perf_counter() - started}


def sizes(folder: Path) -> dict[str, int]:
    """By its tables."""
    by_suffix = sizes_by_suffix(folder, {})
    parts = {part: (folder / name).stat().st_size for name, part in PARTS.items() if (folder / name).exists()}
    if (folder / "docdata.glass").exists():
        parts["stored text"] = (folder / "docdata.glass").stat().st_size
    parts["other"] = sum(by_suffix.values()) - sum(parts.values())
    return parts


class XapianSearcher:
    """An open database."""

    def __init__(self, folder: Path) -> None:
        self._base = xapian.Database(str(folder))
        self._parsers = {True: self._parser(xapian.Query.OP_OR), False: self._parser(xapian.Query.OP_AND)}
        self._all = self._base.get_doccount()

    def _parser(self, joint: int) -> Any:
        parser = xapian.QueryParser()
        parser.set_stemmer(xapian.Stem("english"))
        parser.set_stemming_strategy(xapian.QueryParser.STEM_ALL)
        parser.set_database(self._base)
        parser.set_default_op(joint)
        return parser

    def _parse(self, query: Query) -> Any:
        kind, text = query.kind, query.text
        if kind == "phrase":
            words = [self._stem(word) for word in text.split()]
            return xapian.Query(xapian.Query.OP_PHRASE, words)
        if kind == "prefix":
            return xapian.Query(xapian.Query.OP_WILDCARD, text)
        parsed = self._parsers[kind in ("or", "facets", "rm3")].parse_query(text, 0)
        if kind == "range":
            days = xapian.Query(xapian.Query.OP_VALUE_RANGE, DATE, query.first, query.last)
            return xapian.Query(xapian.Query.OP_FILTER, parsed, days)
        return parsed

    _stem = staticmethod(xapian.Stem("english"))

    def _enquire(self, query: Query) -> Any:
        if query.kind == "similar":
            return self._asking(self._words_of([int(query.text) + 1], WORDS))
        enquire = self._asking(self._parse(query))
        if query.kind == "rm3":
            best = [match.docid for match in enquire.get_mset(0, BEST)]
            enquire.set_query(xapian.Query(xapian.Query.OP_OR, enquire.get_query(), self._words_of(best, ADDED)))
        return enquire

    def _words_of(self, documents: list[int], count: int) -> Any:
        """Any of the words that tell documents from others, as its own expansion chooses them."""
        relevant = xapian.RSet()
        for document in documents:
            relevant.add_document(document)
        words = [item.term for item in xapian.Enquire(self._base).get_eset(count, relevant)]
        return xapian.Query(xapian.Query.OP_OR, words)

    def _asking(self, asked: Any) -> Any:
        enquire = xapian.Enquire(self._base)
        enquire.set_query(asked)
        enquire.set_weighting_scheme(xapian.BM25Weight(1.2, 0, 1, 0.75, 0.0))
        return enquire

    @staticmethod
    def _hits(found: Any) -> Hits:
        return [(match.docid - 1, match.weight) for match in found]

    def search(self, query: Query, limit: int) -> Hits:
        """Counts no further than it must."""
        if query.kind == "similar":
            hits = self._hits(self._enquire(query).get_mset(0, limit + 1))
            return [hit for hit in hits if hit[0] != int(query.text)][:limit]
        return self._hits(self._enquire(query).get_mset(0, limit))

    def count(self, query: Query) -> int:
        """Exact because all documents are to be checked; scores are off."""
        enquire = self._enquire(query)
        enquire.set_weighting_scheme(xapian.BoolWeight())
        return int(enquire.get_mset(0, 0, self._all).get_matches_estimated())

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """One search that checks all documents."""
        found = self._enquire(query).get_mset(0, limit, self._all)
        return self._hits(found), int(found.get_matches_estimated())

    def facets(self, query: Query) -> Tables:
        """Counting spies on value slots."""
        enquire = self._enquire(query)
        enquire.set_weighting_scheme(xapian.BoolWeight())
        spies = {name: xapian.ValueCountMatchSpy(slot) for slot, name in enumerate(("month", *FACETS), MONTH)}
        for spy in spies.values():
            enquire.add_matchspy(spy)
        found = enquire.get_mset(0, 0, self._all)
        tables = {name: self._table(spy.values() if name == "month" else spy.top_values(10)) for name, spy in spies.items()}
        return int(found.get_matches_estimated()), tables

    @staticmethod
    def _table(rows: Any) -> dict[str, int]:
        return {row.term.decode(): row.termfreq for row in rows}

    def close(self) -> None:
        """Close it."""
        self._base.close()


def open_index(folder: Path) -> XapianSearcher:
    """Open it for reading."""
    return XapianSearcher(folder)

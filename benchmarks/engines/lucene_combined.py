"""Lucene again, on the same index, words scored by CombinedFieldQuery (its BM25F) in place of the sum of two fields.

The text is read by Lucene's QueryBuilder, then each word becomes a combined query: Lucene has no parser that does so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.engine import Plan
from benchmarks.engines.lucene import FIELDS, LuceneSearcher, analyzer, java, sizes, version
from benchmarks.queries import Query

__all__ = ["LACKS", "PROCESSES", "SHARES", "SUPPORTS", "Plan", "open_index", "sizes", "version"]
SUPPORTS = ("term", "or", "and", "range")
LACKS = dict.fromkeys(
    ("phrase", "near", "nested", "prefix", "wildcard", "fuzzy", "facets", "rm3", "similar"),
    "combined scoring is for words; see lucene",
)
SHARES = "lucene"
PROCESSES = ()


class CombinedSearcher(LuceneSearcher):
    """An open index; inherits from its sibling all but how a query is made."""

    COUNTED = ()

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._reads = java("util.QueryBuilder")(analyzer())
        self._combined = java("search.CombinedFieldQuery").Builder
        self._term_query = java("search.TermQuery")

    def parse(self, query: Query) -> Any:
        """A Boolean query of combined ones."""
        read = self._reads.createBooleanQuery("body", query.text)
        if isinstance(read, self._term_query):
            parsed = self._word(read)
        else:
            builder, occur = self._boolean(), self._occur.SHOULD if query.kind == "or" else self._occur.MUST
            for clause in read.clauses():
                builder.add(self._word(clause.query()), occur)
            parsed = builder.build()
        return self._dated(parsed, query) if query.kind == "range" else parsed

    def _word(self, found: Any) -> Any:
        builder = self._combined(found.getTerm().bytes())
        for field in FIELDS:
            builder.addField(field)
        return builder.build()


def open_index(folder: Path) -> CombinedSearcher:
    """Start the JVM and open it."""
    return CombinedSearcher(folder)

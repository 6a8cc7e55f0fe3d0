"""SQLite FTS5 of the standard library: title and body, ``porter unicode61``, bm25 with equal weights."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.corpus import FACETS, Document
from benchmarks.engine import Hits, Plan, Tables
from benchmarks.queries import Query

SUPPORTS = ("term", "or", "and", "phrase", "near", "prefix", "range", "facets")
LACKS = {
    "nested": "NEAR takes phrases only",
    "wildcard": "no wildcards inside a word",
    "fuzzy": "no fuzzy words",
    "rm3": "not offered",
    "similar": "not offered",
}
SHARES = ""
PROCESSES = (1,)
FORMS = {"phrase": '"{}"', "prefix": '"{}"*'}


def version() -> str:
    """Of the SQLite that Python holds."""
    return sqlite3.sqlite_version


def build(documents: Iterable[Document], folder: Path, plan: Plan) -> dict[str, float]:
    """One transaction, then one merge of its b-trees ("optimize")."""
    started = time.perf_counter()
    folder.mkdir(parents=True)
    base = sqlite3.connect(folder / "index.db")
    content = "" if plan.stored else ", content=''"
    base.execute(f"CREATE VIRTUAL TABLE reports USING fts5(title, body, tokenize='porter unicode61'{content})")
    base.execute(f"CREATE TABLE facts (key INTEGER PRIMARY KEY, date TEXT, {' TEXT, '.join(FACETS)} TEXT)")
    insert = f"INSERT INTO facts VALUES (?, ?{', ?' * len(FACETS)})"
    for document in documents:
        base.execute("INSERT INTO reports (rowid, title, body) VALUES (?, ?, ?)", (document.key, document.title, document.body))
        if plan.columns:
            base.execute(insert, (document.key, document.date, *document.facets))
    base.commit()
    added = time.perf_counter()
    base.execute("INSERT INTO reports (reports) VALUES ('optimize')")
    base.commit()
    base.close()
    return {"add and commit": added - started, "merge": time.perf_counter() - added}


def sizes(folder: Path) -> dict[str, int]:
    """By table: ``_data`` is the index, ``_content`` the stored text."""
    base = sqlite3.connect(folder / "index.db")
    tables = {
        "inverted index": "reports_data",
        "stored text": "reports_content",
        "lengths": "reports_docsize",
        "columns": "facts",
    }
    names = {name for (name,) in base.execute("SELECT name FROM sqlite_master")}
    parts = {}
    for part, table in tables.items():
        if table in names:
            columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
            measured = " + ".join(f"coalesce(sum(length(CAST({column} AS BLOB))), 0)" for column in columns)
            parts[part] = base.execute(f"SELECT {measured} FROM {table}").fetchone()[0]
    base.close()
    parts["other"] = (folder / "index.db").stat().st_size - sum(parts.values())
    return parts


class Fts5Searcher:
    """An open database."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(f"file:{folder / 'index.db'}?mode=ro", uri=True)

    @staticmethod
    def _text(query: Query) -> str:
        if query.kind == "near":
            return f"NEAR({query.text}, 4)"  # counts the tokens between
        if query.kind in FORMS:
            return FORMS[query.kind].format(query.text)
        joint = " OR " if query.kind in ("or", "facets") else " AND "
        return joint.join(f'"{word}"' for word in query.text.split())

    def _where(self, query: Query) -> tuple[str, tuple[str, ...]]:
        if query.kind == "range":
            joined = "reports JOIN facts ON facts.key = reports.rowid WHERE reports MATCH ? AND facts.date BETWEEN ? AND ?"
            return joined, (self._text(query), query.first, query.last)
        return "reports WHERE reports MATCH ?", (self._text(query),)

    def search(self, query: Query, limit: int) -> Hits:
        """Sorts by the hidden column ``rank``, the fast way the manual names; bm25 is negative there."""
        where, values = self._where(query)
        rows = self._base.execute(f"SELECT reports.rowid, rank FROM {where} ORDER BY rank LIMIT {limit}", values)
        return [(key, -score) for key, score in rows]

    def count(self, query: Query) -> int:
        """One statement."""
        where, values = self._where(query)
        return int(self._base.execute(f"SELECT count(*) FROM {where}", values).fetchone()[0])

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """Two statements."""
        return self.search(query, limit), self.count(query)

    def facets(self, query: Query) -> Tables:
        """The matches' facts are read once, materialised, and grouped by each facet."""
        groups = [f"SELECT * FROM (SELECT '{f}', {f}, count(*) FROM found GROUP BY 2 ORDER BY 3 DESC LIMIT 10)" for f in FACETS]
        months = "SELECT 'month', substr(date, 1, 7), count(*) FROM found GROUP BY 2"
        found = (
            "found AS MATERIALIZED (SELECT facts.* FROM reports JOIN facts ON facts.key = reports.rowid WHERE reports MATCH ?)"
        )
        tables: dict[str, dict[str, int]] = {}
        statement = f"WITH {found} {' UNION ALL '.join([*groups, months])}"
        for name, value, count in self._base.execute(statement, (self._text(query),)):
            tables.setdefault(name, {})[value] = count
        return sum(tables.get("month", {}).values()), tables

    def close(self) -> None:
        """Close it."""
        self._base.close()


def open_index(folder: Path) -> Fts5Searcher:
    """Open it for reading."""
    return Fts5Searcher(folder)

"""bm25s: title and body as one text, Snowball English by NLTK, Lucene's BM25; every document is scored, nothing is counted."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterable
from importlib.metadata import version as version_of
from pathlib import Path

import bm25s
from nltk.stem.snowball import SnowballStemmer

from benchmarks.corpus import Document
from benchmarks.engine import Hits, Plan, Tables, sizes_by_suffix
from benchmarks.queries import Query

SUPPORTS = ("term", "or")
LACKS = dict.fromkeys(
    ("and", "phrase", "near", "nested", "prefix", "wildcard", "fuzzy", "range", "facets", "rm3", "similar"),
    "ranks bags of words, no operators",
)
SHARES = ""
PROCESSES = (1,)
WORD = re.compile(r"\w+")
stem = functools.cache(SnowballStemmer("english").stem)


def version() -> str:
    """Of the Python package."""
    return version_of("bm25s")


def _analyze(text: str) -> list[str]:
    return [stem(word) for word in WORD.findall(text.lower())]


def build(documents: Iterable[Document], folder: Path, plan: Plan) -> dict[str, float]:
    """All words in memory, then one matrix."""
    del plan
    started = time.perf_counter()
    texts = [_analyze(f"{document.title} {document.body}") for document in documents]
    read = time.perf_counter()
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index(texts, show_progress=False)
    index.save(str(folder))
    return {"analyse": read - started, "index and save": time.perf_counter() - read}


def sizes(folder: Path) -> dict[str, int]:
    """By file."""
    return sizes_by_suffix(folder, {".npy": "scores and docs", ".json": "terms"})


class Bm25sSearcher:
    """A matrix in a memory map."""

    def __init__(self, folder: Path) -> None:
        self._index = bm25s.BM25.load(str(folder), mmap=True)

    def search(self, query: Query, limit: int) -> Hits:
        """One query at a time."""
        words = [word for word in _analyze(query.text) if word in self._index.vocab_dict]
        if not words:
            return []
        docs, scores = self._index.retrieve([words], k=limit, show_progress=False)
        return list(zip(docs[0].tolist(), scores[0].tolist(), strict=True))

    def count(self, query: Query) -> int:
        """Not offered."""
        raise NotImplementedError(query.kind)

    def search_and_count(self, query: Query, limit: int) -> tuple[Hits, int]:
        """Not offered."""
        raise NotImplementedError(query.kind, limit)

    def facets(self, query: Query) -> Tables:
        """Not offered."""
        raise NotImplementedError(query.kind)

    def close(self) -> None:
        """Nothing to let go of but the memory."""
        del self._index


def open_index(folder: Path) -> Bm25sSearcher:
    """Open it."""
    return Bm25sSearcher(folder)

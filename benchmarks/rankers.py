"""Everything whose ranking is measured, as functions from a judged set to a run: idlibsearch with its options, and its rivals.

All see the same texts, title and body, and rank documents that have any word of a question. Questions are given without
punctuation, since each engine reads that in its own way. Stop words stay in, but where a name says so.
"""

from __future__ import annotations

import functools
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import idlibsearch
from benchmarks import engine
from benchmarks.engine import Plan
from benchmarks.judged import DEPTH, Judged, Run
from benchmarks.queries import Query
from idlibsearch.query.compose import any_of
from idlibsearch.query.tree import Node

Ranker = Callable[[Judged], Run]
WORD = re.compile(r"\w(?:[\w.'’-]*\w)?")
PLAIN = re.compile(r"[^\W_]+")
LUCENE_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def tree_of(question: str) -> Node:
    """Any of the words of a question, none of its signs an operator."""
    return any_of(*WORD.findall(question))


@contextmanager
def opened(judged: Judged) -> Iterator[idlibsearch.Index]:
    """An index of a set, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index") as index:
        index.add(idlibsearch.Report(key=str(d.key), title=d.title, body=d.body) for d in judged.documents)
        yield index


def answered(judged: Judged, index: idlibsearch.Index, **options: Any) -> Run:
    """The answers of an open index."""
    return {
        question: [judged.keys[int(hit.key)] for hit in index.search(tree_of(text), limit=DEPTH, **options)]
        for question, text in judged.questions.items()
    }


def ours(judged: Judged, **options: Any) -> Run:
    """idlibsearch with these arguments to ``search``."""
    with opened(judged) as index:
        return answered(judged, index, **options)


def rival(judged: Judged, name: str) -> Run:
    """Another engine, with the analysis and formula of its module in ``benchmarks.engines``."""
    module = engine.load(name)
    builder = engine.load(module.SHARES) if module.SHARES else module
    form = LUCENE_WORD if name.startswith("lucene") else PLAIN
    with tempfile.TemporaryDirectory() as folder:
        builder.build(iter(judged.documents), Path(folder) / "index", Plan(stored=False, memory_mb=256))
        searcher = module.open_index(Path(folder) / "index")
        run = {}
        for question, text in judged.questions.items():
            words = " ".join(form.findall(text.lower()))
            hits = searcher.search(Query("or", words), min(DEPTH, len(judged.keys)))
            run[question] = [judged.keys[int(key)] for key, score in hits if score > 0]
        searcher.close()
        return run


def _ours(**options: Any) -> Ranker:
    return functools.partial(ours, **options)


def variants() -> Mapping[str, Ranker]:
    """By name, the default first."""
    rivals = ("lucene", "lucene-combined", "bm25s", "tantivy", "xapian", "whoosh3")
    lucenes = {"k1": 1.2, "title.b": 0.75, "body.b": 0.75}
    return {
        "ours": _ours(),
        **{name: functools.partial(rival, name=name) for name in rivals},
        "ours, k1 1.2, b .75": _ours(ranking=lucenes),
        "ours, k1 .9, b .4": _ours(ranking={"k1": 0.9, "title.b": 0.4, "body.b": 0.4}),
        "ours, title 1": _ours(ranking={"title": 1.0}),
        "ours, title 5": _ours(ranking={"title": 5.0}),
        "ours, proximity": _ours(proximity=True),
        "ours, lucene's formula, title 1": _ours(ranking={"formula": "lucene", "title": 1.0}),
        "ours, lucene's combined, title 1": _ours(ranking={"formula": "lucene-combined", "title": 1.0}),
        "ours, rm3": _ours(expand="rm3", mode="any"),
        "ours, bo1": _ours(expand="bo1", mode="any"),
        "ours, rm3 and proximity": _ours(expand="rm3", mode="any", proximity=True),
    }

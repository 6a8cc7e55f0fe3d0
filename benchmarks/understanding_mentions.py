"""What it takes to keep where entities are mentioned, and how long questions about it take.

    python -m benchmarks.understanding mentions --data DIR [--reports 50000]

The first reports of ``DIR/news/mixed_200k.jsonl.xz``, their entities recognised, are indexed with their entities and without.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import idlibsearch
from idlibsearch import Index, Report
from idlibsearch.ingest import jsonl
from idlibsearch.ingest.entities import entities_of
from idlibsearch.ingest.habits import habits_of

TIMES = 15  # a question is asked; the median counts, the first time apart
QUESTIONS = (
    *("{PERSON}", "crime NEAR/5 {PERSON}", "said NEAR/5 {PERSON}", "{PERSON} NEAR/3 {PLACE}", "ATLEAST/3 {PERSON}"),
    *('{PERSON:"Barack Obama"} NEAR/5 president', "crime NOTNEAR/5 {PERSON}", "crime NEAR/5 police"),
)


def main(arguments: list[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reports", type=int, default=50_000)
    told = parser.parse_args(arguments)
    started = time.process_time()
    reports = list(islice(recognised(told.data / "news" / "mixed_200k.jsonl.xz"), told.reports))
    mentions = sum(len(report.entities) for report in reports)
    print(f"{len(reports):,} reports, {mentions:,} mentions, recognised in {time.process_time() - started:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        built(Path(folder) / "without", [replace(report, entities=()) for report in reports]).close()
        with built(Path(folder) / "with", reports) as index:
            for question in QUESTIONS:
                ask(index, question)


def recognised(path: Path) -> Iterator[Report]:
    """The reports of a file of JSON lines with their entities."""
    for item in jsonl.Items(jsonl.File(str(path), path.name), ""):
        if isinstance(item, Report):
            (entities,) = entities_of([(item.title, item.body)], habits_of(item.body))
            yield replace(item, entities=entities)


def built(folder: Path, reports: list[Report]) -> Index:
    """An index of reports, and what it took."""
    started = time.process_time()
    index = idlibsearch.create(folder)
    index.add(reports)
    parts = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in index.stats()["sizes"].items())
    print(f"{folder.name} entities: built in {time.process_time() - started:.1f} s; MB: {parts}")
    return index


def ask(index: Index, question: str) -> None:
    """Tell how long the best ten and the total take, in milliseconds."""
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        results = index.search(question)
        took.append((time.perf_counter() - started) * 1000)
    started = time.perf_counter()
    total = results.total
    rest = (time.perf_counter() - started) * 1000
    print(
        f"{question:42} {total:7,} found; best ten {statistics.median(took):7.3f} ms (first {took[0]:.1f}); total {rest:.3f} ms"
    )

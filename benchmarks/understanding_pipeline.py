"""The whole pipeline: reports of JSON lines with entities, named times, stories and the index, and what each step takes.

Steps are timed in one process, by processor time; indexing is what is left of an `add` that is fed prepared reports.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import idlibsearch
from idlibsearch.ingest.entities import entities_of
from idlibsearch.ingest.habits import habits_of


def main(arguments: list[str]) -> None:
    """Print reports and bytes a second, and the share of each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder with the collections")
    parser.add_argument("--reports", type=int, default=20_000, help="how many to take (20000)")
    told = parser.parse_args(arguments)
    reports = list(_read(told.data / "news" / "mixed_200k.jsonl.xz", told.reports))
    size = sum(len(report.title.encode()) + len(report.body.encode()) for report in reports)
    took: dict[str, float] = {}
    named = _timed(took, "entities", lambda: [replace(report, entities=_entities(report)) for report in reports])
    dated = _timed(took, "named times", lambda: [idlibsearch.with_event_dates(report) for report in named])
    with tempfile.TemporaryDirectory() as folder:
        with idlibsearch.create(Path(folder) / "warm") as index:  # what is loaded once is not what is asked
            index.add(dated[:100])
        for name, stories in (("index", False), ("index and stories", True)):
            with idlibsearch.create(Path(folder) / name, stories=stories) as index:
                _timed(took, name, lambda index=index: index.add(dated))
    took["stories"] = took.pop("index and stories") - took["index"]
    whole = sum(took.values())
    speed = f"{len(reports) / whole:,.0f} reports/s, {size / whole / 1e6:.2f} MB/s of processor time"
    print(f"{len(reports):,} reports, {size / 1e6:.1f} MB: {speed}")
    for name, seconds in took.items():
        print(f"  {name:12} {seconds / whole:6.1%}  {size / seconds / 1e6:6.2f} MB/s")


def _read(path: Path, count: int) -> Iterator[idlibsearch.Report]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(itertools.islice(lines, count)):
            told = json.loads(line)
            date = told.get("date") if len(told.get("date") or "") in (4, 7, 10) else None
            try:
                yield idlibsearch.Report(str(number), told.get("title", ""), told.get("text", ""), date=date)
            except idlibsearch.ReportError:  # a day that there is not
                yield idlibsearch.Report(str(number), told.get("title", ""), told.get("text", ""))


def _entities(report: idlibsearch.Report) -> tuple[idlibsearch.Entity, ...]:
    return entities_of([(report.title, report.body)], habits_of(report.body))[0]


def _timed(took: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    started = time.process_time()
    done = work()
    took[name] = time.process_time() - started
    return done

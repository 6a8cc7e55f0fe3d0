"""Ours and its rivals on the same reports and the same questions, in turns.

    python -m benchmarks.run [--corpus FILE.jsonl[.xz]] [--queries FILE.jsonl] [--engines ours,tantivy,fts5] [--classes or,and]

Without --corpus it makes up reports, without --queries it draws all questions from the collection. Every engine lives in a
process of its own; for each class of question they take turns, round by round, after a warm-up, and a query counts with the
fastest of its rounds. Writes a table and JSON to a dated folder and prints the table. docs/performance.md explains.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import corpus, queries, report
from benchmarks.children import AnonymousPeak, Child, first_answer
from benchmarks.engine import ENGINES, Plan
from benchmarks.queries import Query

MEASURES = ("top", "top+count", "count")
EVERY = 10**9  # more documents than any collection here
WARM_QUERIES = 2000  # enough for a JVM to compile what a class of questions needs


def main(arguments: list[str] | None = None) -> Path:
    """Measure, print, and return the folder of the run."""
    options = parse(arguments)
    sizes = [int(size) for size in options.growth.split(",")] if options.growth else [options.documents]
    run: dict[str, Any] = {"command": report.command_line(arguments), "machine": report.machine(), "options": _plain(options)}
    run["sizes"] = []
    with _working_folder(options.work) as work:
        for size in sizes:
            _say(f"== {size if size < EVERY else 'all'} documents")
            run["sizes"].append(Measurement(options, work / (str(size) if size < EVERY else "all"), size).run())
    run["machine"]["load_after"] = report.load()
    return report.write(run, Path(options.runs), options.name)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options; engines and classes come as lists."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--corpus", type=Path, help="reports as JSON lines with title, text, date; .xz is read too")
    add("--synthetic", type=int, default=20_000, help="reports to make up where there is no --corpus (20000)")
    add("--queries", type=Path, help="tagged queries as JSON lines: query, tags (union, intersection, phrase, term)")
    add("--engines", default=",".join(ENGINES), help=f"of {', '.join(ENGINES)}")
    add("--classes", default=",".join(queries.KINDS), help=f"of {', '.join(queries.KINDS)}")
    add("--measures", default=",".join(MEASURES), help=f"of {', '.join(MEASURES)}")
    add("--documents", type=int, default=EVERY, help="take at most so many documents")
    add("--growth", default="", help="several numbers of documents, such as 10000,100000,1000000: measure at each")
    add("--per-class", type=int, default=300, help="queries a class (300)")
    add(
        "--warm-up", type=float, default=1, help="seconds of unmeasured rounds a class, of at most 2000 queries (1); one at least"
    )
    add("--rounds", type=int, default=5, help="rounds that count (5)")
    add("--patience", type=float, default=20, help="seconds that an engine has for a round; later queries it leaves out (20)")
    add("--limit", type=int, default=10, help="hits (10)")
    add("--build-rounds", type=int, default=1)
    add("--processes", default="1", help="numbers of processes or threads to build with, such as 1,2; 1 is what is searched")
    add("--memory-mb", type=int, default=1024, help="what an engine may hold while building, where it can be told")
    add("--unstored", action="store_true", help="do not keep the text, where an engine can leave it out")
    add("--starts", type=int, default=5, help="fresh processes for the first answer (5)")
    add("--seed", type=int, default=0)
    add("--runs", default="benchmarks/runs", help="where runs are written")
    add("--name", default="run", help="goes into the folder's name")
    add("--work", help="where indexes are built and kept; those already there are used again (default: a temporary folder)")
    options = parser.parse_args(arguments)
    for name, known in (("engines", tuple(ENGINES)), ("classes", queries.KINDS), ("measures", MEASURES)):
        chosen = getattr(options, name).split(",")
        if unknown := set(chosen) - set(known):
            parser.error(f"--{name}: {', '.join(sorted(unknown))} not among {', '.join(known)}")
        setattr(options, name, chosen)
    options.processes = [int(number) for number in options.processes.split(",")]
    return options


def _plain(options: argparse.Namespace) -> dict[str, Any]:
    """Options as JSON values, without the folders of this machine."""
    values = {name: value for name, value in vars(options).items() if name not in ("runs", "work")}
    return {name: value.name if isinstance(value, Path) else value for name, value in values.items()}


@contextlib.contextmanager
def _working_folder(wanted: str | None) -> Iterator[Path]:
    if wanted is not None:
        Path(wanted).mkdir(parents=True, exist_ok=True)
        yield Path(wanted).absolute()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Measurement:
    """All that is measured at one size of the collection."""

    def __init__(self, options: argparse.Namespace, work: Path, size: int) -> None:
        self._options, self._work, self._size = options, work, size
        self._feed = work / "feed.jsonl"
        self._hello: dict[str, dict[str, Any]] = {}
        columns = bool({"range", "facets"} & set(options.classes))
        self._plan = Plan(1, options.memory_mb, not options.unstored, columns)

    def run(self) -> dict[str, Any]:
        """Feed, build, first answers, classes."""
        self._work.mkdir(parents=True, exist_ok=True)
        found: dict[str, Any] = {"corpus": self._prepare(), "engines": self._hello, "plan": self._plan._asdict()}
        asked = queries.load(self._options.queries) if self._options.queries else {}
        chosen = queries.draw(self._feed, asked, self._options.classes, self._options.per_class, self._options.seed)
        self._meet()
        found["build"] = self._build()
        found["first"] = self._first_answers((chosen.get("or") or next(iter(chosen.values())))[0])
        found["classes"], found["peak_mb"] = self._ask_all(chosen)
        return found

    def _prepare(self) -> dict[str, Any]:
        options = self._options
        made_up = options.corpus is None
        count = min(options.synthetic, self._size) if not options.growth else self._size
        records = corpus.synthetic(count, options.seed) if made_up else corpus.read(options.corpus)
        tally = corpus.write_feed(records, self._feed, self._size, options.seed)
        started = time.perf_counter()
        tally_again = sum(1 for _ in corpus.read_feed(self._feed))
        assert tally_again == tally["documents"]
        name = "synthetic" if made_up else options.corpus.name
        return {"name": name, **tally, "seconds_to_read_the_feed": time.perf_counter() - started}

    def _meet(self) -> None:
        for name in self._options.engines:
            with Child(name) as child:
                self._hello[name] = child.hello
            _say(f"{name}: {child.hello.get('version') or child.hello}")

    def _present(self) -> list[str]:
        return [name for name, hello in self._hello.items() if "version" in hello]

    def _folder(self, name: str, processes: int = 1) -> Path:
        return self._work / f"{self._hello[name]['shares'] or name}-{processes}"

    def _build(self) -> list[dict[str, Any]]:
        rows: dict[tuple[str, int], dict[str, Any]] = {}
        for _ in range(self._options.build_rounds):
            for name, processes in self._builds():
                row = self._build_one(name, processes)
                if row is not None and row["seconds"] < rows.get((name, processes), {"seconds": 1e9})["seconds"]:
                    rows[name, processes] = row
        return list(rows.values())

    def _builds(self) -> list[tuple[str, int]]:
        wanted = {1, *self._options.processes}
        return [
            (name, processes) for name in self._present() for processes in sorted(wanted & set(self._hello[name]["processes"]))
        ]

    def _build_one(self, name: str, processes: int) -> dict[str, Any] | None:
        folder = self._folder(name, processes)
        note = folder.with_suffix(".json")  # what building it took, for later runs that find the index
        if note.exists() and self._options.build_rounds == 1:
            _say(f"{name}: the index is there already")
            return dict(json.loads(note.read_text()))
        shutil.rmtree(folder, ignore_errors=True)
        with Child(name) as child, AnonymousPeak(child.pid) as memory:
            row = child.ask("build", feed=str(self._feed), folder=str(folder), plan=[processes, *self._plan[1:]])
        if "error" in row:
            self._hello[name].pop("version", None)
            self._hello[name]["missing"] = f"could not build: {row['error']}"
            shutil.rmtree(folder, ignore_errors=True)
            _say(f"{name}: {row['error']}")
            return None
        _say(f"{name}: built with {processes} in {row['seconds']:.1f} s")
        row = {"engine": name, "processes": processes, **row, "anonymous_mb": memory.peak_mb}
        note.write_text(json.dumps(row))
        return row

    def _searchable(self) -> list[str]:
        return [name for name in self._present() if self._folder(name).exists()]

    def _first_answers(self, query: Query) -> dict[str, Any]:
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in self._searchable()}
        for _ in range(self._options.starts):
            for name, rows in found.items():
                if query.kind in self._hello[name]["supports"]:
                    rows.append(first_answer(name, self._folder(name), list(query)))
        return {"query": list(query), "engines": {name: report.medians(rows) for name, rows in found.items() if rows}}

    def _ask_all(self, chosen: dict[str, list[Query]]) -> tuple[list[dict[str, Any]], dict[str, float]]:
        with contextlib.ExitStack() as stack:
            children = {name: stack.enter_context(Child(name)) for name in self._searchable()}
            for name, child in children.items():
                answer = child.ask("open", folder=str(self._folder(name)))
                if "error" in answer:
                    _say(f"{name}: {answer['error']}")
            classes = []
            for kind, asked in chosen.items():
                for measure in ["facets"] if kind == "facets" else ["top"] if kind in queries.RANKED else self._options.measures:
                    classes.append(self._ask_class(children, kind, measure, asked))
                    _say(report.class_line(classes[-1]))
            peaks = {name: child.ask("peak").get("peak_mb", 0.0) for name, child in children.items()}
        return classes, peaks

    def _ask_class(self, children: dict[str, Child], kind: str, measure: str, asked: list[Query]) -> dict[str, Any]:
        orders = [list(query) for query in asked]
        order = {"measure": measure, "limit": self._options.limit, "patience": self._options.patience}
        absent = {name: self._hello[name]["lacks"][kind] for name in children if kind not in self._hello[name]["supports"]}
        best: dict[str, list[int]] = {}
        answers: dict[str, list[Any]] = {}
        for name in [name for name in children if name not in absent]:
            warm = children[name].ask("run", queries=orders, **order)
            self._warm_up(children[name], orders, order, warm.get("nanoseconds", []))
            if "nanoseconds" in warm:
                best[name], answers[name] = warm["nanoseconds"], warm["answers"]
            else:
                absent[name] = ": ".join(next(iter(warm.items())))
        if best:
            self._take_turns(children, orders, order, best)
        return {"kind": kind, "measure": measure, "queries": len(asked), **report.compared(best, answers), "absent": absent}

    def _warm_up(self, child: Child, orders: list[list[str]], order: dict[str, Any], first: list[int]) -> None:
        """Further rounds whose times nobody looks at."""
        if not first:
            return
        rounds = min(WARM_QUERIES / len(first), self._options.warm_up / (sum(first) / 1e9))
        for _ in range(int(rounds)):
            child.ask("run", queries=orders, **order)

    def _take_turns(
        self, children: dict[str, Child], orders: list[list[str]], order: dict[str, Any], best: dict[str, list[int]]
    ) -> None:
        """Rounds; who begins changes from round to round. The warm-up's times are thrown away first."""
        done = {name: len(times) for name, times in best.items()}
        fastest: dict[str, list[int]] = {}
        names = list(best)
        for turn in range(self._options.rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                answer = children[name].ask("run", queries=orders[: done[name]], **{**order, "patience": 1e9})
                times = answer["nanoseconds"]
                fastest[name] = [min(pair) for pair in zip(fastest.get(name, times), times, strict=True)]
        best.update(fastest)


if __name__ == "__main__":
    now = datetime.datetime.now(tz=datetime.UTC)
    folder = main()
    _say(f"written to {folder} after {(datetime.datetime.now(tz=datetime.UTC) - now).seconds} s")

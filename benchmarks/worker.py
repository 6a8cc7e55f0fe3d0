"""One engine in one process of its own, doing what it is told on standard input, one JSON object a line.

So no engine's memory, threads or garbage collection stand in another's way, and the parent can let them take turns round by
round. It measures and counts; what is asked when, and what it comes to, is the parent's.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import engine
from benchmarks.corpus import read_feed
from benchmarks.engine import NotYetError, Plan, Searcher
from benchmarks.queries import Query

Answer = dict[str, Any]


def main() -> None:
    """``worker ENGINE`` obeys; ``worker ENGINE --first FOLDER QUERY`` measures a fresh process and ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an engine prints must not end up among the answers
    if sys.argv[2:3] == ["--first"]:
        print(json.dumps(_first(sys.argv[1], Path(sys.argv[3]), Query(*json.loads(sys.argv[4])))), file=out, flush=True)
        return
    try:
        worker = Worker(sys.argv[1])
        print(json.dumps(worker.hello()), file=out, flush=True)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}), file=out, flush=True)
        return
    for line in sys.stdin:
        print(json.dumps(worker.obey(json.loads(line))), file=out, flush=True)


class Worker:
    """Holds the engine's module and, once opened, its searcher."""

    def __init__(self, name: str) -> None:
        self.module = engine.load(name)
        self._searcher: Searcher | None = None

    def hello(self) -> Answer:
        """What the engine is and can do."""
        module = self.module
        kinds = {"supports": list(module.SUPPORTS), "lacks": module.LACKS}
        return {"version": module.version(), **kinds, "processes": list(module.PROCESSES), "shares": module.SHARES}

    def obey(self, order: Answer) -> Answer:
        """Do ``order["do"]``; what goes wrong is an answer too."""
        try:
            return getattr(self, f"_{order.pop('do')}")(**order)
        except NotYetError as error:
            return {"not yet": str(error)}
        except NotImplementedError:
            return {"lacks": "not offered"}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}".partition("\n")[0]}

    def _build(self, feed: str, folder: str, plan: list[Any]) -> Answer:
        started, processor = time.perf_counter(), time.process_time()
        phases = self.module.build(read_feed(Path(feed)), Path(folder), Plan(*plan))
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        parts = self.module.sizes(Path(folder))
        return {"seconds": seconds, "processor_seconds": processor, "phases": phases, "sizes": parts, "peak_mb": peak_mb()}

    def _open(self, folder: str) -> Answer:
        started = time.perf_counter()
        self._searcher = self.module.open_index(Path(folder))
        return {"seconds": time.perf_counter() - started}

    def _run(self, queries: list[list[str]], measure: str, limit: int, patience: float) -> Answer:
        """Each query once; stops when ``patience`` seconds are over. Garbage collection is off, as in ``timeit``."""
        assert self._searcher is not None
        ask, read = _measured(self._searcher, measure, limit)
        nanoseconds, answers = [], []
        gc.collect()
        gc.disable()
        end = time.perf_counter() + patience
        for query in [Query(*values) for values in queries]:
            started = time.perf_counter_ns()
            answer = ask(query)
            nanoseconds.append(time.perf_counter_ns() - started)
            answers.append(answer)
            if time.perf_counter() > end:
                break
        gc.enable()
        return {"nanoseconds": nanoseconds, "answers": [read(answer) for answer in answers]}

    def _peak(self) -> Answer:
        return {"peak_mb": peak_mb()}


def _measured(searcher: Searcher, measure: str, limit: int) -> tuple[Callable[[Query], Any], Callable[[Any], Any]]:
    """What to call, and how to make of its answer what is kept: keys, a count, or both."""
    if measure == "count":
        return searcher.count, lambda answer: [None, answer]
    if measure == "top+count":
        return lambda query: searcher.search_and_count(query, limit), lambda answer: [_keys(answer[0]), answer[1]]
    if measure == "facets":
        return searcher.facets, lambda answer: [None, answer[0]]
    return lambda query: searcher.search(query, limit), lambda answer: [_keys(answer), None]


def _keys(hits: engine.Hits) -> list[int]:
    return [int(key) for key, _ in hits]


def _first(name: str, folder: Path, query: Query) -> Answer:
    """Milliseconds from here to imported, opened and answered; the parent adds the start of Python."""
    marks = [time.perf_counter()]
    module = engine.load(name)
    marks.append(time.perf_counter())
    searcher = module.open_index(folder)
    marks.append(time.perf_counter())
    hits = searcher.search(query, 10)
    marks.append(time.perf_counter())
    steps = [round((after - before) * 1000, 3) for before, after in itertools.pairwise(marks)]
    return {"import_ms": steps[0], "open_ms": steps[1], "first_ms": steps[2], "hits": len(hits), "peak_mb": peak_mb()}


def peak_mb() -> float:
    """Peak resident memory of this process; where Linux tells, without what its parent once held."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


if __name__ == "__main__":
    main()

"""Engines' processes as the parent sees them: started, asked, watched, ended."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent
WATCH_EVERY_S = 0.1


class Child:
    """An engine in a process of its own; a context manager."""

    def __init__(self, engine: str) -> None:
        command = [sys.executable, "-m", "benchmarks.worker", engine]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        self.hello = self._answer()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        """Send an order and wait for its answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return {"error": "its process has ended"}
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {"error": f"its process ended with {self._process.wait()}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def first_answer(engine: str, folder: Path, query: list[str]) -> dict[str, Any]:
    """A fresh process: import, open, one query; with the milliseconds of the whole process."""
    command = [sys.executable, "-m", "benchmarks.worker", engine, "--first", str(folder), json.dumps(query)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    whole = (time.perf_counter() - started) * 1000
    if done.returncode:
        return {"error": done.stderr.strip().rpartition("\n")[2]}
    return {**json.loads(done.stdout), "whole_ms": round(whole, 3)}


class AnonymousPeak:
    """Watches the anonymous memory (heap, not mapped files) of a process and its descendants; Linux only, else stays 0."""

    def __init__(self, pid: int) -> None:
        self.peak_mb = 0.0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.wait(WATCH_EVERY_S):
            self.peak_mb = max(self.peak_mb, sum(map(_anonymous_kb, _family(self._pid))) / 1024)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    for member in found:  # grows while it is walked
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue  # it ended meanwhile
    return found


def _anonymous_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))

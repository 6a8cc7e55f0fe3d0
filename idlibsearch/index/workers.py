"""Has other processes build runs: starts them, deals batches out to whoever is free, gathers what they wrote.

Plain child processes with a pipe, not ``multiprocessing``: they work for scripts without a ``__main__`` guard, in notebooks and
wherever Python itself starts. What goes through the pipe is what will be stored of each report (``worker``).
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

import idlibsearch
from idlibsearch.errors import WorkerError
from idlibsearch.index.runs import Batch, Place, Run
from idlibsearch.index.worker import write_batch, write_place

LAST = Batch(0, [], [])
LOOK_UP_S = 0.5  # how often who waits looks whether there is still somebody to wait for


class WorkerRuns:
    """Builds in ``processes`` others, each within ``place.memory_bytes``. Raises WorkerError where one of them fails."""

    def __init__(self, place: Place, processes: int) -> None:
        self._batches: queue.Queue[Batch] = queue.Queue(maxsize=1)  # each worker has another one in hand
        self._stopped = threading.Event()
        self._workers = [
            _Worker(place._replace(stem=f"{place.stem}-{n}"), self._batches, self._stopped) for n in range(processes)
        ]

    def add(self, batch: Batch) -> None:
        """Hand a batch to the next worker that is free."""
        while True:
            self._check()
            with suppress(queue.Full):
                self._batches.put(batch, timeout=LOOK_UP_S)
                return

    def _check(self) -> None:
        for worker in self._workers:
            if worker.error:
                raise WorkerError(worker.error)

    def finish(self) -> list[Run]:
        """Wait for all workers; their runs."""
        for _ in self._workers:
            self.add(LAST)
        for worker in self._workers:
            worker.join()
        self._check()
        return [run for worker in self._workers for run in worker.runs]

    def discard(self) -> None:
        """Stop them all; they leave nothing half written."""
        self._stopped.set()
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.join()


class _Worker(threading.Thread):
    """One worker process, and the thread that feeds it."""

    def __init__(self, place: Place, batches: queue.Queue[Batch], stopped: threading.Event) -> None:
        super().__init__(daemon=True)
        self.runs: list[Run] = []
        self.error = ""
        self._place, self._batches, self._stopped = place, batches, stopped
        self._process = _start()
        self.start()

    def run(self) -> None:
        """Feed the process until there is no more, and read its answer."""
        with suppress(OSError):  # it breaks off: its answer, if there is one, says why
            self._feed(_pipe(self._process.stdin))
        answer = _pipe(self._process.stdout).read()
        code = self._process.wait()
        if answer:
            told = json.loads(answer)
            self.error = told.get("error", "")
            self.runs = [_run(self._place.folder, *run) for run in told.get("runs", ())]
        else:
            self.error = f"it ended with code {code} and said nothing"
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _pipe(pipe).close()

    def _feed(self, out: IO[bytes]) -> None:
        write_place(out, self._place)
        while not self._stopped.is_set():
            with suppress(queue.Empty):
                batch = self._batches.get(timeout=LOOK_UP_S)
                write_batch(out, batch)
                if not batch.records:
                    return

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()


def _start() -> subprocess.Popen[bytes]:
    home = str(Path(idlibsearch.__file__).parent.parent)
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-P", "-m", "idlibsearch.index.worker"]  # -P: nothing is imported from the folder it runs in
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path})
    except OSError as error:
        raise WorkerError(f"it could not be started ({error})") from None


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _run(folder: Path, name: str, *docs: tuple[int, int]) -> Run:
    return Run(folder / name, tuple(range(first, end) for first, end in docs))

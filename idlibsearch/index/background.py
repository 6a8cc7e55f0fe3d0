"""Merges in a thread of its own, as long as anything is due, and stops when told to."""

from __future__ import annotations

import threading
from math import inf
from pathlib import Path

from idlibsearch.index.forks import BRIEFLY
from idlibsearch.index.merging import merge_due


class StoppedError(Exception):
    """Nobody wants the merge any more."""


class Background:
    """A thread that is there while there is something to merge.

    It waits for writers however long they take. Where the program ends, it gives up.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread: threading.Thread | None = None
        self._woken = False
        self._stopped = threading.Event()

    def wake(self) -> None:
        """See whether something is due."""
        with BRIEFLY:
            self._woken = True
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(target=self._work, name="idlibsearch merge")
        self._thread.start()

    def stop(self) -> None:
        """Give up what is going on, and wait for the end of it."""
        self._stopped.set()
        self.wait()

    def wait(self) -> None:
        """Wait until nothing is due any more."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        try:
            while self._is_woken():
                merge_due(self._folder, inf, self._ask)
        except StoppedError:
            pass

    def _is_woken(self) -> bool:
        with BRIEFLY:
            woken, self._woken = self._woken, False
            if not woken:
                self._thread = None
            return woken

    def _ask(self) -> None:
        if self._stopped.is_set() or not threading.main_thread().is_alive():
            raise StoppedError

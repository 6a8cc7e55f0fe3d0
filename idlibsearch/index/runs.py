"""Builds runs: segments under temporary names, as large as memory allows, that ``merge`` makes one of.

Reports come in batches; a run has the docs of whole batches, in order, but not necessarily of consecutive ones. Here they are
built in this process; ``workers`` has others do it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

from idlibsearch.index.analysed import Analysed
from idlibsearch.index.builder import SegmentBuilder
from idlibsearch.index.fields import Ranking
from idlibsearch.model import Document, Report

BASE_BYTES = 48 << 20  # what a process holds before the first report: Python, numpy, the stemmer, tables of characters
LEAST_BYTES = 128 << 20  # for a process that builds; with less, runs would have a few hundred reports


class Batch(NamedTuple):
    """Reports that are added together; ``first`` is the number of the first one."""

    first: int
    reports: list[Report | Document]
    records: list[bytes]

    @property
    def docs(self) -> range:
        """The numbers of its reports."""
        return range(self.first, self.first + len(self.records))


class Run(NamedTuple):
    """A segment file and the docs it has, in its order."""

    path: Path
    docs: tuple[range, ...]


class Place(NamedTuple):
    """Where runs are written, for what index, and how much memory (bytes) a process that builds them may take."""

    folder: Path
    stem: str  # what their names begin with
    ranking: Ranking
    memory_bytes: int


class Runs(Protocol):
    """What makes runs of batches."""

    def add(self, batch: Batch) -> None:
        """Take a batch."""

    def finish(self) -> list[Run]:
        """Write what is left; all runs."""

    def discard(self) -> None:
        """Give up what is not written yet."""


class LocalRuns:
    """Builds in this process."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._room = place.memory_bytes - BASE_BYTES
        self._words = Analysed()
        self._builder: SegmentBuilder | None = None
        self._docs: list[range] = []
        self._runs: list[Run] = []

    def add(self, batch: Batch) -> None:
        """Take a batch."""
        builder = self._builder = self._builder or self._new_builder()
        for report, record in zip(batch.reports, batch.records, strict=True):
            builder.add(report, record)
        builder.end_batch()
        self._docs.append(batch.docs)
        if builder.size_bytes >= self._room:
            self._flush()

    def _new_builder(self) -> SegmentBuilder:
        path = self._place.folder / f"{self._place.stem}-{len(self._runs)}"
        return SegmentBuilder(path, self._place.ranking, self._words, window_bytes=self._room // 7)

    def _flush(self) -> None:
        if self._builder is None:
            return
        self._builder.finish()
        self._runs.append(Run(self._builder.path, tuple(self._docs)))
        self._builder, self._docs = None, []
        if self._words.listed_bytes >= self._room * 2 // 5:  # else the next run would be full of words before it has reports
            self._words = Analysed()

    def finish(self) -> list[Run]:
        """Write what is left; all runs."""
        self._flush()
        return self._runs

    def discard(self) -> None:
        """Give up what is not written yet."""
        if self._builder is not None:
            self._builder.discard()

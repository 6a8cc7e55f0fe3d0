"""Changes to an index, gathered and made true in one commit: add, replace by key, remove.

Holds the lock from beginning to end. Leaving it by an error commits nothing and leaves nothing behind. What a commit adds
becomes one segment, which is the same, byte for byte, however many processes built it in however much memory. Long work may
commit what it has so far and go on (``commit``); what it comes to is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from idlibsearch.errors import LockedError, StorageError
from idlibsearch.index import documents, storage
from idlibsearch.index.deletions import deleted, marked, write_bitmap
from idlibsearch.index.directory import SegmentRecord, StoryFiles, clean, write_manifest
from idlibsearch.index.documents import to_record
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.merge import merge
from idlibsearch.index.runs import BASE_BYTES, LEAST_BYTES, Batch, LocalRuns, Place, Run, Runs
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.index.stories import own
from idlibsearch.index.story_keeping import keep_stories
from idlibsearch.index.stretches import Merged, Stretch, without
from idlibsearch.index.versions import Counts, is_same, settled
from idlibsearch.model import Document, Report

MB = 1 << 20
UNTOUCHED, KEPT, REPLACED, REMOVED = range(4)  # what became of a report that was there before


class Effort(NamedTuple):
    """How many processes build, and how much memory (MB) they all take together. One process is this one."""

    processes: int = 1
    memory_mb: int = 512

    @property
    def worker_bytes(self) -> int:
        """What each process that builds may take: an equal share, but never less than it can work with."""
        if self.processes < 1:
            raise ValueError(f"an index is built by at least one process, not by {self.processes}")
        others = 0 if self.processes == 1 else BASE_BYTES
        return max((self.memory_mb * MB - others) // self.processes, LEAST_BYTES)


class Writer:
    """Gathers changes to the index in ``folder``; a context manager that commits when left without an error.

    Changes count in the order in which they are made. ``wait_s``: how long to wait for another writer, in seconds. ``counts`` are
    right after a commit, not before. ``unfinished`` are the source files of which more reports are to come than the next commit
    has (see ``Manifest``); they stay so until somebody takes them out. ``stories``: whether they are kept from now on, None: as
    before. Raises LockedError, whatever opening raises, and WorkerError.
    """

    def __init__(
        self,
        folder: Path,
        wait_s: float = 10.0,
        effort: Effort = Effort(),  # noqa: B008 - a constant
        stories: bool | None = None,
    ) -> None:
        self._folder, self._stories = folder, stories
        self._lock = WriteLock(folder, wait_s)
        self._effort, self._worker_bytes = effort, effort.worker_bytes
        self.counts = Counts()

    def __enter__(self) -> Self:
        self._lock.__enter__()
        try:
            clean(self._folder)
            self._begin(Snapshot.open(self._folder), {}, UNTOUCHED)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def _begin(self, snapshot: Snapshot, marks: dict[str, bytearray], others: int) -> None:
        """Gather changes to a generation, of which ``marks`` are known by file; all other docs are marked ``others``."""
        self.snapshot = snapshot
        self.unfinished = dict(snapshot.manifest.unfinished)
        new = bytes([others])
        self._marks = [marks.get(segment.path.name) or bytearray(new * segment.doc_count) for segment in snapshot.segments]
        self._runs: Runs | None = None
        self._batch = Batch(0, [], [])
        self._batch_bytes = 0
        self._removals = defaultdict[str, list[int]](list)  # keys of reports added here, and how many were added before

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._lock.is_held:  # a forked child: what is open here is its parent's
            self._lock.__exit__(kind, error, trace)
            return
        try:
            if kind is None:
                self._commit()
        finally:
            if self._runs is not None:
                self._runs.discard()
            self.snapshot.close()
            with suppress(StorageError):  # the next writer cleans as well; what was committed stays so
                clean(self._folder)
            self._lock.__exit__(kind, error, trace)

    # ---- gathering

    def add(self, report: Report | Document) -> None:
        """Add a report or document, or replace the one of the same key; one that is as it was is left alone, and where it was.

        It is as it was where every field is equal but for the hash of its file. What comes of several with one key is found out
        when they are committed. Raises LockedError in a child that was forked from the process that writes.
        """
        if not self._lock.is_held:
            raise LockedError(str(self._folder), "the process that this one was forked from", 0.0)
        report = own(report)
        record = to_record(report)
        place = self.snapshot.find(report.key)
        if place is None:
            self.counts.added += 1
        elif self._meet(place, report.key, record):
            self.counts.unchanged += 1
            return
        else:
            self.counts.changed += 1
        self._batch.reports.append(report)
        self._batch.records.append(record)
        self._batch_bytes += len(record) if isinstance(report, Report) else len(record) + report.size_bytes
        if self._batch_bytes >= documents.BATCH_BYTES:
            self._end_batch()

    @property
    def gathered(self) -> int:
        """How many reports or documents are to be written by the next commit."""
        return self._batch.docs.stop

    def _meet(self, place: tuple[int, int], key: str, record: bytes) -> bool:
        """Compare a report with the one of its key that was there before; True where that one stays."""
        number, doc = place
        mark = self._marks[number][doc]
        if mark in (KEPT, REPLACED):
            self.counts.repeated.append(key)
        elif mark == REMOVED:
            self.counts.removed -= 1
        same = mark in (UNTOUCHED, KEPT) and is_same(self.snapshot.segments[number].documents.record(doc), record)
        self._marks[number][doc] = KEPT if same else REPLACED
        return same

    def _end_batch(self) -> None:
        if self._runs is None:
            self._runs = self._new_runs()
        self._runs.add(self._batch)
        self._batch, self._batch_bytes = Batch(self._batch.docs.stop, [], []), 0

    def _new_runs(self) -> Runs:
        stem = f"{self.snapshot.manifest.next_segment:08d}.run"
        place = Place(self._folder, stem, self.snapshot.ranking, self._worker_bytes)
        if self._effort.processes == 1 or self.snapshot.schema is not None:  # other analyzers run in this process only
            return LocalRuns(place)
        from idlibsearch.index.workers import WorkerRuns  # noqa: PLC0415 - only for those who want several

        return WorkerRuns(place, self._effort.processes)

    def remove(self, key: str) -> None:
        """Remove the report with this key, if there is one."""
        place, before = self.snapshot.find(key), self._batch.docs.stop
        mark = self._marks[place[0]][place[1]] if place else REPLACED
        if place and mark != REMOVED:
            self._marks[place[0]][place[1]] = REMOVED
            self.counts.removed += 1
            self.counts.changed -= mark == REPLACED
        if mark == REPLACED and before:
            self._removals[key].append(before)

    def remove_docs(self, number: int, docs: Iterable[int]) -> None:
        """Remove docs of a segment of the snapshot, but for those whose report was added again."""
        marks = self._marks[number]
        for doc in docs:
            if marks[doc] == UNTOUCHED:
                marks[doc] = REMOVED
                self.counts.removed += 1

    def remove_files(self, paths: Set[str]) -> None:
        """Remove the reports committed earlier that came from these source files, but for those added again."""
        for number, segment in enumerate(self.snapshot.segments) if paths else ():
            self.remove_docs(number, segment.docs_of_files(paths))

    def keep_files(self, paths: Set[str]) -> None:
        """Take the reports committed earlier that came from these source files as if they had been added again as they are."""
        for segment, marks in zip(self.snapshot.segments, self._marks, strict=True):
            for doc in segment.docs_of_files(paths):
                marks[doc] = marks[doc] or KEPT

    # ---- committing

    def commit(self) -> None:
        """Make true what was gathered so far, and go on; what was added counts as added here, not as there before."""
        self._commit()
        marks = {segment.path.name: marks for segment, marks in zip(self.snapshot.segments, self._marks, strict=True)}
        self._begin(Snapshot.open(self._folder, self.snapshot), marks, KEPT)
        with suppress(StorageError):  # as at the end
            clean(self._folder)

    def _commit(self) -> None:
        runs = self._finish_runs()
        old = self.snapshot.manifest
        records = [
            self._record(record, segment, marks)
            for record, segment, marks in zip(old.segments, self.snapshot.segments, self._marks, strict=True)
        ]
        if runs:
            records.append(self._new_segment(runs, old.next_segment))
        kept = tuple(record for record in records if record.deleted < record.docs)
        new = old._replace(segments=kept, next_segment=old.next_segment + bool(runs), unfinished=dict(self.unfinished))
        if self._stories is not None and self._stories is not (old.stories is not None):
            new = new._replace(stories=StoryFiles() if self._stories and old.schema is None else None)
        if new != old:
            new = new._replace(generation=old.generation + 1)
            same = (new.segments, new.stories) == (old.segments, old.stories)
            write_manifest(self._folder, new if same else keep_stories(self._folder, old, new))

    def _finish_runs(self) -> list[Run]:
        """Write what is left, and let go of what building took: merging needs the room."""
        if self._batch.records:
            self._end_batch()
        if self._runs is None:
            return []
        runs, self._runs = self._runs.finish(), None
        return runs

    def _record(self, record: SegmentRecord, segment: Segment, marks: bytearray) -> SegmentRecord:
        """A segment of the generation before, with what this commit takes away from it."""
        if REPLACED not in marks and REMOVED not in marks:
            return record
        gone = deleted(segment) | marked(marks, REPLACED)
        count = int(gone.sum())
        if count in (record.deleted, record.docs):
            return record._replace(deleted=count)
        path = self._folder / f"{Path(record.file).stem}.del-{self.snapshot.manifest.generation + 1:08d}"
        write_bitmap(path, gone)
        return record._replace(deleted_file=path.name, deleted=count)

    def _new_segment(self, runs: list[Run], number: int) -> SegmentRecord:
        """Make one segment of the runs."""
        path = self._folder / f"{number:08d}.seg"
        segments = [Segment(run.path, None, self.snapshot.ranking) for run in runs]
        stretches = _stretches(runs)
        known = self.snapshot.find
        dead = settled(Merged(segments, stretches), self._removals, lambda key: known(key) is not None, self.counts)
        stretches = without(stretches, dead)
        if len(runs) > 1 or any(dead):
            merge(path, segments, stretches, self.snapshot.ranking)
        for segment in segments:
            segment.close()
        if len(runs) == 1 and not any(dead):
            storage.sync_file(runs[0].path)
            storage.replace(runs[0].path, path)
        return SegmentRecord(path.name, sum(stretch.stop - stretch.start for stretch in stretches))


def _stretches(runs: list[Run]) -> list[Stretch]:
    """The batches of all runs in the order in which their reports were added."""
    found = []
    for part, run in enumerate(runs):
        at = 0
        for docs in run.docs:
            found.append((docs.start, Stretch(part, at, at + len(docs))))
            at += len(docs)
    return [stretch for _, stretch in sorted(found)]

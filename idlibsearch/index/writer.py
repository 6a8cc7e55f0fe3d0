"""Changes to an index, gathered and made true in one commit: add, replace by key, remove, merge.

Holds the lock from beginning to end. Leaving it by an error commits nothing and leaves nothing behind. What a commit adds
becomes one segment, which is the same, byte for byte, however many processes built it in however much memory.
"""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from idlibsearch.errors import StorageError
from idlibsearch.index import storage
from idlibsearch.index.directory import Manifest, SegmentRecord, clean, write_manifest
from idlibsearch.index.documents import to_record
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.merge import merge, repeated
from idlibsearch.index.runs import BASE_BYTES, LEAST_BYTES, Batch, LocalRuns, Place, Run, Runs
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.index.stretches import Merged, Stretch, without
from idlibsearch.model import Document, Report

BATCH_BYTES = 512 * 1024  # of records: sixteen blocks of stored reports, the last of which is shorter than it might be
MB = 1 << 20
UNTOUCHED, KEPT, GONE = 0, 1, 2  # what this commit does with a report that was there before


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

    ``timeout_s``: how long to wait for another writer, in seconds. Raises LockedError, whatever opening raises, and WorkerError.
    After the commit ``added``, ``changed`` and ``unchanged`` count reports, and ``repeated`` are the keys that came again after
    a report with the same key (which it replaces), once for each time.
    """

    def __init__(self, folder: Path, timeout_s: float = 10.0, effort: Effort = Effort()) -> None:  # noqa: B008 - a constant
        self._folder = folder
        self._lock = WriteLock(folder, timeout_s)
        self._effort, self._worker_bytes = effort, effort.worker_bytes
        self.added = self.changed = self.unchanged = 0
        self.repeated: list[str] = []

    def __enter__(self) -> Self:
        self._lock.__enter__()
        try:
            clean(self._folder)
            self.snapshot = Snapshot.open(self._folder)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        self._marks = [bytearray(segment.doc_count) for segment in self.snapshot.segments]
        self._runs: Runs | None = None
        self._batch = Batch(0, [], [])
        self._batch_bytes = 0
        self._merging = False
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
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
        """Add a report or document, or replace the one of the same key; one that is equal in every field is left alone.

        Of several with one key the last counts; that is found out when they are committed.
        """
        place = self.snapshot.find(report.key)
        if place is None:
            self.added += 1
        elif self._meet(place, report):
            self.unchanged += 1
            return
        else:
            self.changed += 1
        record = to_record(report)
        self._batch.reports.append(report)
        self._batch.records.append(record)
        self._batch_bytes += len(record) if isinstance(report, Report) else len(record) + report.size_bytes
        if self._batch_bytes >= BATCH_BYTES:
            self._end_batch()

    def _meet(self, place: tuple[int, int], report: Report | Document) -> bool:
        """Compare a report with the one of its key that was there before; True where that one stays."""
        number, doc = place
        mark = self._marks[number][doc]
        if mark != UNTOUCHED:
            self.repeated.append(report.key)
        same = mark != GONE and self.snapshot.segments[number].documents.read(doc) == report
        self._marks[number][doc] = KEPT if same else GONE
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

    def remove(self, key: str) -> bool:
        """Remove the report with this key that was committed earlier; False where there is none."""
        place = self.snapshot.find(key)
        if place is None or self._marks[place[0]][place[1]] == GONE:
            return False
        self._marks[place[0]][place[1]] = GONE
        return True

    def remove_files(self, paths: Set[str]) -> int:
        """Remove the reports committed earlier that came from these source files, but for those added again; how many."""
        removed = 0
        for segment, marks in zip(self.snapshot.segments, self._marks, strict=True):
            for doc in segment.docs_of_files(paths):
                removed += marks[doc] == UNTOUCHED
                marks[doc] = marks[doc] or GONE
        return removed

    def merge(self) -> None:
        """Make one segment of all, without what was removed."""
        self._merging = True

    # ---- committing

    def _commit(self) -> None:
        runs = self._finish_runs()
        old = self.snapshot.manifest
        generation = old.generation + 1
        records = tuple(
            self._record(record, segment, marks, generation)
            for record, segment, marks in zip(old.segments, self.snapshot.segments, self._marks, strict=True)
        )
        merging = self._merging and (len(records) + bool(runs) > 1 or any(record.deleted for record in records))
        if not runs and not merging and records == old.segments:
            return
        if runs or merging:
            records = (*(() if merging else records), self._new_segment(runs, old.next_segment, merging))
        kept = tuple(record for record in records if record.deleted < record.docs)
        write_manifest(self._folder, _next(old, kept, old.next_segment + bool(runs or merging)))

    def _finish_runs(self) -> list[Run]:
        """Write what is left, and let go of what building took: merging needs the room."""
        if self._batch.records:
            self._end_batch()
        if self._runs is None:
            return []
        runs, self._runs = self._runs.finish(), None
        return runs

    def _record(self, record: SegmentRecord, segment: Segment, marks: bytearray, generation: int) -> SegmentRecord:
        """A segment of the generation before, with what this commit takes away from it."""
        if GONE not in marks:
            return record
        gone = [doc for doc in range(record.docs) if marks[doc] == GONE or segment.is_deleted(doc)]
        path = self._folder / f"{Path(record.file).stem}.del-{generation:08d}"
        if len(gone) < record.docs and not self._merging:
            write_bitmap(path, gone, record.docs)
            return record._replace(deleted_file=path.name, deleted=len(gone))
        return record._replace(deleted=len(gone))

    def _new_segment(self, runs: list[Run], number: int, merging: bool) -> SegmentRecord:
        """Make one segment of the runs, and of all that was there before where everything is to be merged."""
        path = self._folder / f"{number:08d}.seg"
        segments = [Segment(run.path, None, self.snapshot.ranking) for run in runs]
        stretches = _stretches(runs)
        dead = repeated(Merged(segments, stretches))
        self._count_repeated(segments, dead)
        stretches = without(stretches, dead)
        if merging:
            old, marks = self.snapshot.segments, self._marks
            for fault in (fault for segment in old for fault in segment.verify()):
                raise fault  # what is damaged must not get a new checksum
            live = [_live(segment, gone, part) for part, (segment, gone) in enumerate(zip(old, marks, strict=True))]
            stretches = [*(s for part in live for s in part), *(s._replace(part=s.part + len(old)) for s in stretches)]
            segments = [*old, *segments]
        if len(runs) == 1 and not merging and not any(dead):
            docs = segments[0].doc_count
            segments[0].close()
            storage.sync_file(runs[0].path)
            storage.replace(runs[0].path, path)
            return SegmentRecord(path.name, docs)
        merge(path, segments, stretches, self.snapshot.ranking)
        for segment in segments[-len(runs) :] if runs else ():
            segment.close()
        return SegmentRecord(path.name, sum(stretch.stop - stretch.start for stretch in stretches))

    def _count_repeated(self, segments: list[Segment], dead: list[frozenset[int]]) -> None:
        """A report that came again was added once and changed then; those that were there before are counted already."""
        for segment, docs in zip(segments, dead, strict=True):
            for doc in sorted(docs):
                if self.snapshot.find(segment.keys[doc]) is None:
                    self.repeated.append(segment.keys[doc])
                    self.added -= 1
                    self.changed += 1


def _next(old: Manifest, segments: tuple[SegmentRecord, ...], next_segment: int) -> Manifest:
    return old._replace(generation=old.generation + 1, segments=segments, next_segment=next_segment)


def _stretches(runs: list[Run]) -> list[Stretch]:
    """The batches of all runs in the order in which their reports were added."""
    found = []
    for part, run in enumerate(runs):
        at = 0
        for docs in run.docs:
            found.append((docs.start, Stretch(part, at, at + len(docs))))
            at += len(docs)
    return [stretch for _, stretch in sorted(found)]


def _live(segment: Segment, marks: bytearray, part: int) -> list[Stretch]:
    """What is left of a segment."""
    dead: list[frozenset[int]] = [frozenset()] * part
    gone = frozenset(doc for doc in range(segment.doc_count) if marks[doc] == GONE or segment.is_deleted(doc))
    return without([Stretch(part, 0, segment.doc_count)], [*dead, gone])


def write_bitmap(path: Path, docs: list[int], doc_count: int) -> None:
    """Write the deleted docs of a segment as a bitmap file, bit ``doc & 7`` of byte ``doc >> 3``."""
    bitmap = bytearray((doc_count + 7) // 8)
    for doc in docs:
        bitmap[doc >> 3] |= 1 << (doc & 7)
    with SectionWriter(path) as out:
        out.add("deleted", "B", bytes(bitmap))

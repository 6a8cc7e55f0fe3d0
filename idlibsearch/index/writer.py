"""Changes to an index, gathered and made true in one commit: add, replace by key, remove.

Holds the lock from beginning to end. Leaving it by an error commits nothing and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from idlibsearch.index.builder import SegmentBuilder, write_bitmap
from idlibsearch.index.directory import SegmentRecord, clean, write_manifest
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Report

SEGMENT_BYTES = 256 * 1024 * 1024  # a segment is written when this much is gathered; inverting takes about as much again
Outcome = Literal["added", "changed", "unchanged"]


@dataclass(slots=True)
class _Pending:
    """A segment written or being built in this commit, and its docs that were replaced since."""

    number: int
    docs: int
    deleted: set[int]


class Writer:
    """Gathers changes to the index in ``folder``; a context manager that commits when left without an error.

    ``timeout_s``: how long to wait for another writer, in seconds. Raises LockedError, and whatever opening raises.
    """

    def __init__(self, folder: Path, timeout_s: float = 10.0) -> None:
        self._folder = folder
        self._lock = WriteLock(folder, timeout_s)

    def __enter__(self) -> Self:
        self._lock.__enter__()
        try:
            clean(self._folder)
            self.snapshot = Snapshot.open(self._folder)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        self._builder = SegmentBuilder(self.snapshot.ranking)
        self._written: list[_Pending] = []
        self._current = _Pending(self.snapshot.manifest.next_segment, 0, set())
        self._deleted: list[set[int]] = [set() for _ in self.snapshot.segments]
        self._fresh: dict[str, tuple[_Pending, int]] = {}  # key -> where this commit put it
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._commit()
        finally:
            self.snapshot.close()
            clean(self._folder)
            self._lock.__exit__(kind, error, trace)

    def add(self, report: Report) -> Outcome:
        """Add a report, or replace the one of the same key; one that is equal in every field is left alone."""
        place = self._committed(report.key)
        if place is not None and self.snapshot.segments[place[0]].documents.read(place[1]) == report:
            return "unchanged"
        outcome: Outcome = "changed" if self.remove(report.key) else "added"
        self._fresh[report.key] = (self._current, self._builder.add(report))
        if self._builder.size_bytes >= SEGMENT_BYTES:
            self._flush()
        return outcome

    def _committed(self, key: str) -> tuple[int, int] | None:
        """(segment number, doc) of a report that was there before this commit and that it has not touched."""
        place = self.snapshot.find(key)
        return None if place is None or place[1] in self._deleted[place[0]] else place

    def remove(self, key: str) -> bool:
        """Remove the report with this key; False where there is none."""
        if key in self._fresh:
            pending, doc = self._fresh.pop(key)
            pending.deleted.add(doc)
            return True
        place = self._committed(key)
        if place is None:
            return False
        self._deleted[place[0]].add(place[1])
        return True

    def remove_files(self, paths: Set[str], keep: Set[str] = frozenset()) -> list[str]:
        """Remove the reports committed earlier that came from these source files, but for the keys in ``keep``; their keys."""
        keys = [
            segment.keys[doc]
            for number, segment in enumerate(self.snapshot.segments)
            for doc in segment.docs_of_files(paths)
            if doc not in self._deleted[number]
        ]
        return [key for key in keys if key not in keep and self.remove(key)]

    def _flush(self) -> None:
        """Write the segment gathered so far."""
        if len(self._builder):
            self._current.docs = len(self._builder)
            self._builder.write(self._folder / f"{self._current.number:08d}.seg")
            self._written.append(self._current)
            self._builder = SegmentBuilder(self.snapshot.ranking)
            self._current = _Pending(self._current.number + 1, 0, set())

    def _commit(self) -> None:
        self._flush()
        if not self._written and not any(self._deleted):
            return
        old = self.snapshot.manifest
        generation = old.generation + 1
        records = [
            self._record(generation, record, docs | segment.deleted_docs(), renew=bool(docs))
            for record, docs, segment in zip(old.segments, self._deleted, self.snapshot.segments, strict=True)
        ]
        for pending in self._written:
            record = SegmentRecord(f"{pending.number:08d}.seg", pending.docs)
            records.append(self._record(generation, record, pending.deleted, renew=bool(pending.deleted)))
        segments = tuple(record for record in records if record.deleted < record.docs)
        write_manifest(self._folder, old._replace(generation=generation, segments=segments, next_segment=self._current.number))

    def _record(self, generation: int, record: SegmentRecord, deleted: set[int], *, renew: bool) -> SegmentRecord:
        if not renew or len(deleted) == record.docs:
            return record._replace(deleted=len(deleted))
        path = self._folder / f"{Path(record.file).stem}.del-{generation:08d}"
        write_bitmap(path, deleted, record.docs)
        return record._replace(deleted_file=path.name, deleted=len(deleted))

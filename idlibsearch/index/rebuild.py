"""Analyses the stored reports of an index again, as today's recipe and its fields want it, without their sources.

The new segments are written beside the old ones and made true in one commit: whatever happens before it leaves the index as it
was. Also here: how reports become segments of their own, which ``repair`` does too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from idlibsearch.analysis.analyzer import RECIPE
from idlibsearch.errors import SchemaError
from idlibsearch.index import storage
from idlibsearch.index.directory import Manifest, SegmentRecord, clean, read_manifest, write_manifest
from idlibsearch.index.documents import BATCH_BYTES, to_record
from idlibsearch.index.fields import Ranking
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.runs import Batch, LocalRuns, Place
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.index.story_keeping import keep_stories
from idlibsearch.index.writer import Effort
from idlibsearch.model import Report

Progress = Callable[[int, int], None]  # how many reports are done, of how many


def rebuild(
    folder: Path,
    ranking: Ranking | None = None,
    *,
    wait_s: float = 10.0,
    memory_mb: int = 512,
    progress: Progress | None = None,
) -> Manifest:
    """Make a generation of the same reports in the same order, analysed anew; with another ``ranking`` where one is given.

    Reads indexes of other recipes, which can be opened in no other way. Takes about ``memory_mb`` MB, and room on disk for the
    index once more. Raises LockedError, DiskError, CorruptIndexError where a segment is damaged (``repair`` first).
    """
    read_manifest(folder)  # nothing is locked where there is no index
    with WriteLock(folder, wait_s):
        clean(folder)
        old = read_manifest(folder)
        if old.schema is not None:
            raise SchemaError("an index keeps too little of documents of its own schema to analyse them again; add them again")
        snapshot = Snapshot(folder, old._replace(stories=None))  # reports as they are stored; stories are worked out anew
        try:
            for fault in snapshot.verify():
                raise fault  # what is damaged must not get a new checksum
            stored = (report for report in snapshot.reports() if isinstance(report, Report))
            reports = counted(stored, snapshot.live_count, progress)
            new = old._replace(recipe=RECIPE, ranking=ranking or old.ranking, generation=old.generation + 1)
            records = build_segments(folder, old.next_segment, new.ranking, reports, memory_mb)
            new = new._replace(segments=tuple(records), next_segment=old.next_segment + len(records))
            new = keep_stories(folder, None, new)
            write_manifest(folder, new)
        finally:
            snapshot.close()
            clean(folder)
    return new


def build_segments(folder: Path, number: int, ranking: Ranking, reports: Iterable[Report], memory_mb: int) -> list[SegmentRecord]:
    """Reports as segments with names from ``number`` on, each as large as memory allows; synced, and named by no manifest yet."""
    runs = LocalRuns(Place(folder, f"{number:08d}.run", ranking, Effort(1, memory_mb).worker_bytes))
    try:
        for batch in _batches(reports):
            runs.add(batch)
        done = runs.finish()
    except BaseException:
        runs.discard()
        raise
    records = []
    for later, run in enumerate(done, number):
        path = folder / f"{later:08d}.seg"
        storage.sync_file(run.path)
        storage.replace(run.path, path)
        records.append(SegmentRecord(path.name, sum(map(len, run.docs))))
    return records


def _batches(reports: Iterable[Report]) -> Iterator[Batch]:
    batch, size = Batch(0, [], []), 0
    for report in reports:
        record = to_record(report)
        batch.reports.append(report)
        batch.records.append(record)
        size += len(record)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = Batch(batch.docs.stop, [], []), 0
    if batch.records:
        yield batch


def counted(reports: Iterable[Report], count: int, progress: Progress | None) -> Iterator[Report]:
    """The same reports, told of as they go by."""
    for number, report in enumerate(reports, 1):
        yield report
        if progress is not None:
            progress(number, count)

"""Makes one segment of several neighbours while others write: nobody waits for it, and no commit made meanwhile is lost.

1. One merge at a time: a lock of its own (``merge.lock``), held to the end. Writers do not ask for it.
2. A snapshot is opened, the segments are chosen (``merge_policy``) and written as one under a passing name (``merging.tmp``).
   That is nearly all of the work, and any number of commits may come meanwhile.
3. The write lock is taken. Where the chosen segments still stand side by side in the newest generation, the new one takes their
   place: reports deleted since the snapshot are marked as deleted in it, and a new generation is written as by any commit.

Stopped or killed anywhere before the manifest is renamed, it leaves the generation that was there, and its file, which the next
writer removes as soon as nobody holds the lock. It needs as much room on disk as it writes; the old files go with the next
commits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NamedTuple

from idlibsearch.errors import CorruptIndexError, LockedError, StorageError
from idlibsearch.index import storage
from idlibsearch.index.deletions import deleted, lost, members, write_bitmap
from idlibsearch.index.directory import MERGE_NAME, MERGED_SKETCH_NAME, Manifest, SegmentRecord, clean, write_manifest
from idlibsearch.index.lock import MERGE_LOCK_NAME, WriteLock, go_on
from idlibsearch.index.merge import merge
from idlibsearch.index.merge_policy import due
from idlibsearch.index.sketches import Sketch, merge_sketches
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.index.story_keeping import Moved, keep_stories
from idlibsearch.index.stretches import Merged, Stretch, without

log = logging.getLogger(__name__)
Choice = Callable[[Snapshot], range | None]


def all_of(snapshot: Snapshot) -> range | None:
    """All segments, unless there is only one without deletions."""
    records = snapshot.manifest.segments
    return range(len(records)) if len(records) > 1 or any(record.deleted for record in records) else None


def those_due(snapshot: Snapshot) -> range | None:
    """What the policy says."""
    dead = [record.deleted / record.docs for record in snapshot.manifest.segments]
    sizes = [int(segment.size_bytes * (1 - share)) for segment, share in zip(snapshot.segments, dead, strict=True)]
    return due(sizes, dead)


def merge_due(folder: Path, wait_s: float, ask: Callable[[], None] = go_on) -> bool:
    """Merge what is due, one stretch after the other. False: nothing was, or others are at it already.

    What stands in the way is no error but goes to the log: nothing is wrong with what was committed, and the next commit brings
    the next attempt. ``ask`` is called now and then; what it raises ends the merge that is going on.
    """
    merged = False
    try:
        while merge_chosen(folder, those_due, wait_s, ask, merge_wait_s=0):
            merged = True
    except LockedError as error:
        log.info("merging is left to the next commit: %s", error)
    except StorageError as error:
        log.warning("merging is put off: %s", error)
    return merged


def merge_chosen(
    folder: Path, choose: Choice, wait_s: float, ask: Callable[[], None] = go_on, *, merge_wait_s: float | None = None
) -> bool:
    """Merge the segments chosen, once. False: none were, or something else has taken their place meanwhile.

    Waits ``wait_s`` seconds for a writer to end, ``merge_wait_s`` (as long) for another merge. Raises LockedError,
    CorruptIndexError where a segment is damaged (it must not get a new checksum), and whatever opening raises.
    """
    if choose(Snapshot.open(folder)) is None:
        return False
    with WriteLock(folder, wait_s if merge_wait_s is None else merge_wait_s, MERGE_LOCK_NAME):
        snapshot = Snapshot.open(folder)
        chosen = choose(snapshot)
        if chosen is None:
            return False
        _remove_passing(folder)  # of a merge that was killed
        try:
            made = _write(snapshot, chosen, ask)
            with WriteLock(folder, wait_s, ask=ask):
                return _commit(snapshot, made)
        finally:
            _remove_passing(folder)


def _remove_passing(folder: Path) -> None:
    for name in (MERGE_NAME, MERGED_SKETCH_NAME):
        storage.remove(folder / name)


class _Made(NamedTuple):
    """A merged segment that is not part of the index yet."""

    chosen: range
    merged: Merged


def _write(snapshot: Snapshot, chosen: range, ask: Callable[[], None]) -> _Made:
    segments = snapshot.segments[chosen.start : chosen.stop]
    for segment in segments:
        ask()
        for fault in segment.verify():
            raise fault
    whole = [Stretch(part, 0, segment.doc_count) for part, segment in enumerate(segments)]
    live = without(whole, [set(members(deleted(segment))) for segment in segments])
    merge(snapshot.folder / MERGE_NAME, segments, live, snapshot.ranking, ask)
    merged = Merged(segments, live)
    if snapshot.manifest.stories is not None:
        _write_sketch(snapshot, snapshot.manifest.stories.sketches[chosen.start : chosen.stop], merged)
    return _Made(chosen, merged)


def _write_sketch(snapshot: Snapshot, names: Sequence[str], merged: Merged) -> None:
    """Merge the sketches of the segments as well. Where one is damaged none is written, and the commit makes it of the texts."""
    try:
        with ExitStack() as stack:
            opened = [
                stack.enter_context(closing(Sketch(snapshot.folder / name, segment.doc_count)))
                for name, segment in zip(names, merged.segments, strict=True)
            ]
            for sketch in opened:
                for fault in sketch.file.verify():
                    raise fault
            merge_sketches(snapshot.folder / MERGED_SKETCH_NAME, opened, merged.docs, merged.doc_count)
    except (CorruptIndexError, FileNotFoundError) as error:
        log.warning("a sketch is made anew: %s", error)


def _commit(before: Snapshot, made: _Made) -> bool:
    """Put the merged segment in the place of those it was made of, as far as they are there."""
    folder = before.folder
    clean(folder)
    now = Snapshot.open(folder, before)
    parts = {record.file: part for part, record in enumerate(before.manifest.segments[made.chosen.start : made.chosen.stop])}
    places = [place for place, record in enumerate(now.manifest.segments) if record.file in parts]
    if not places or places != list(range(places[0], places[-1] + 1)):
        return False
    records, generation = now.manifest.segments, now.manifest.generation + 1
    gone = lost(made.merged, {parts[records[place].file]: now.segments[place] for place in places})
    file = f"{now.manifest.next_segment:08d}.seg"
    record = SegmentRecord(file, made.merged.doc_count, None, int(gone.sum()))
    if record.deleted:
        record = record._replace(deleted_file=f"{now.manifest.next_segment:08d}.del-{generation:08d}")
        write_bitmap(folder / str(record.deleted_file), gone)
    storage.replace(folder / MERGE_NAME, folder / file)
    between = (record,) if record.deleted < record.docs else ()
    new = _next(now.manifest, (*records[: places[0]], *between, *records[places[-1] + 1 :]))
    write_manifest(folder, keep_stories(folder, now.manifest, new, _moved(folder, made, parts, record, generation)))
    with suppress(StorageError):  # the next writer cleans as well
        clean(folder)
    return True


def _moved(folder: Path, made: _Made, parts: Mapping[str, int], record: SegmentRecord, generation: int) -> Moved:
    """What becomes of the docs of the merged segments, and the merged sketch under its name, where there is one."""
    sketch = ""
    if MERGED_SKETCH_NAME in storage.names(folder):
        sketch = f"{record.file[:8]}.sketch-{generation:08d}"
        storage.replace(folder / MERGED_SKETCH_NAME, folder / sketch)
    return Moved({file: made.merged.docs[part] for file, part in parts.items()}, record.file, sketch)


def _next(old: Manifest, segments: tuple[SegmentRecord, ...]) -> Manifest:
    return old._replace(generation=old.generation + 1, segments=segments, next_segment=old.next_segment + 1)

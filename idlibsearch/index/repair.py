"""Makes a damaged index whole: keeps every whole segment, saves what can be read of the others, and says what is lost.

All that is found wrong is judged by ``check``. The repaired generation becomes true in one commit, as any other, and the files of
the damaged one stay until the commit after it. Of a damaged segment those stored reports are saved whose bytes are vouched for
by a checksum, that of their section or of their block; their words are analysed anew. A report that cannot be saved may still
come from its source, if that is what it was: who repairs may hand in a way to read it again (this room knows no sources).

Where the newest manifest cannot be read, the one before it and the segments and bitmaps in the folder tell what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from idlibsearch.analysis.analyzer import RECIPE
from idlibsearch.errors import CorruptIndexError, IdlibsearchError, NoIndexError, RecipeError
from idlibsearch.index.check import Progress, faults_of, open_one
from idlibsearch.index.check_stories import story_faults
from idlibsearch.index.deletions import write_bitmap
from idlibsearch.index.directory import (
    Manifest,
    SegmentRecord,
    StoryFiles,
    clean,
    manifests_in,
    read_manifest,
    remove_passing,
    segments_in,
    write_manifest,
)
from idlibsearch.index.fields import Ranking
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.rebuild import build_segments
from idlibsearch.index.salvage import Salvage
from idlibsearch.index.segment import Segment
from idlibsearch.index.story_keeping import keep_stories
from idlibsearch.model import Report

Reread = Callable[[Path, Mapping[str, str]], Iterator[Report]]
"""Reads reports again: the index's root, and source path to the fingerprint it had; a source with another one now is left out."""


class Repaired(NamedTuple):
    """What repairing came to, counted in reports; nothing was done where there are no ``faults``.

    ``kept`` are those of whole segments, ``saved`` were read from damaged ones, ``restored`` came from their sources again.
    ``lost``: how many are gone; ``lost_keys`` their keys, as far as these can be told. ``notes``: what else should be known.

    >>> idlibsearch.repair("index").faults
    ()
    """

    generation: int
    faults: tuple[IdlibsearchError, ...] = ()
    kept: int = 0
    saved: int = 0
    restored: int = 0
    lost: int = 0
    lost_keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class _Part(NamedTuple):
    """A segment, as far as it is there: whole, or to be salvaged."""

    record: SegmentRecord
    faults: list[CorruptIndexError]
    whole: Segment | None
    salvage: Salvage | None
    dead: set[int]


def repair(
    folder: Path,
    *,
    reread: Reread | None = None,
    wait_s: float = 10.0,
    memory_mb: int = 512,
    progress: Progress | None = None,
) -> Repaired:
    """Find out what is wrong with the newest generation and make a whole one of it.

    ``progress`` is called as by ``check``. Raises NoIndexError, LockedError, DiskError, FormatVersionError, and RecipeError where
    the index is of another recipe and reports would have to be analysed.
    """
    if not manifests_in(folder) and not segments_in(folder):
        raise NoIndexError(str(folder))
    with WriteLock(folder, wait_s):
        work = _Repair(folder, progress)
        try:
            return work.done(reread, memory_mb)
        finally:
            work.close()


class _Repair:
    """One repair, from finding out to the commit."""

    def __init__(self, folder: Path, progress: Progress | None) -> None:
        remove_passing(folder)
        self._folder = folder
        self._notes: list[str] = []
        self._faults: list[IdlibsearchError] = []
        self._newest = max(manifests_in(folder), default=0)
        self._base = self._best_manifest()
        self._parts = []
        for number, record in enumerate(self._base.segments):
            if progress is not None:
                progress(record.file, number, len(self._base.segments))
            self._parts.append(self._part(record))

    def close(self) -> None:
        for part in self._parts:
            if part.whole is not None:
                part.whole.close()

    # ---- what is there

    def _best_manifest(self) -> Manifest:
        """The newest manifest, or what can be told of it."""
        numbers = sorted(manifests_in(self._folder), reverse=True)
        for number in numbers:
            try:
                manifest = read_manifest(self._folder, number)
            except CorruptIndexError as error:
                self._faults.append(error)
                continue
            return manifest if number == self._newest else self._with_later_segments(manifest)
        self._notes.append("no manifest can be read: weights, and the folder that keys are relative to, are the default ones now")
        if not numbers:
            self._faults.append(CorruptIndexError(str(self._folder), "no manifest is there"))
        return self._with_later_segments(Manifest(0, RECIPE, Ranking(), "..", (), stories=StoryFiles()))

    def _with_later_segments(self, base: Manifest) -> Manifest:
        """What a lost generation was, by the files it left: the segments of the one before, its own, and the newest bitmaps."""
        named = {record.file for record in base.segments}
        later = sorted(name for name in segments_in(self._folder) if name not in named and int(name[:8]) >= base.next_segment)
        records = [*base.segments, *(SegmentRecord(name, 0) for name in later)]
        self._notes.append("the newest manifest is lost: reports that were removed in that very commit may be back")
        return base._replace(
            segments=tuple(self._with_newest_bitmap(record) for record in records),
            next_segment=max((int(record.file[:8]) + 1 for record in records), default=1),
        )

    def _with_newest_bitmap(self, record: SegmentRecord) -> SegmentRecord:
        bitmaps = sorted(path.name for path in self._folder.glob(f"{record.file[:8]}.del-*"))
        return record._replace(deleted_file=bitmaps[-1]) if bitmaps else record

    def _part(self, record: SegmentRecord) -> _Part:
        """Look at a segment, and at its bitmap apart from it."""
        alone = record._replace(deleted_file=None, deleted=0)
        opened = open_one(self._folder, alone, self._base.ranking)
        dead, faults = self._dead(record)
        if not isinstance(opened, Segment):
            return _Part(record, [opened, *faults], None, Salvage.of(self._folder / record.file), dead)
        wrong = faults_of(alone._replace(docs=opened.doc_count), opened)
        if wrong:
            opened.close()
            return _Part(record, wrong + faults, None, Salvage.of(self._folder / record.file), dead)
        if any(doc >= opened.doc_count for doc in dead) or (record.docs and record.docs != opened.doc_count):
            faults.append(CorruptIndexError(str(opened.path), "the manifest or its bitmap counts other reports than the segment"))
        return _Part(record._replace(docs=opened.doc_count), faults, opened, None, {d for d in dead if d < opened.doc_count})

    def _dead(self, record: SegmentRecord) -> tuple[set[int], list[CorruptIndexError]]:
        """The docs that were removed, as far as their bitmap can be read."""
        if record.deleted_file is None:
            return set(), []
        path = self._folder / record.deleted_file
        try:
            file = SectionFile(path)
            for fault in file.verify():
                raise fault
            bitmap = file.array("deleted")
        except FileNotFoundError:
            error = CorruptIndexError(str(path), "it is missing")
        except CorruptIndexError as found:
            error = found
        else:
            return {doc for doc in range(8 * len(bitmap)) if bitmap[doc >> 3] >> (doc & 7) & 1}, []
        self._notes.append(f"up to {record.deleted} removed reports of {record.file} may be back: which they were is lost")
        return set(), [error]

    # ---- what becomes of it

    def done(self, reread: Reread | None, memory_mb: int) -> Repaired:
        self._faults += [fault for part in self._parts for fault in part.faults]
        dead = self._replaced()
        doubled = [part for part, docs in zip(self._parts, dead, strict=True) if docs != part.dead]
        if doubled and not self._faults:
            self._faults.append(CorruptIndexError(str(self._folder / doubled[0].record.file), "a key is live twice"))
        if not self._faults:
            self._faults += story_faults(self._folder, self._base, [part.whole for part in self._parts if part.whole])
        if not self._faults:
            return Repaired(self._base.generation)
        kept = sum(part.whole.doc_count - len(docs) for part, docs in zip(self._parts, dead, strict=True) if part.whole)
        if self._base.recipe != RECIPE and any(part.whole is None for part in self._parts):
            raise RecipeError(str(self._folder), self._base.recipe, RECIPE)  # two analyses must not stand side by side
        if self._base.schema is not None and any(part.whole is None for part in self._parts):
            self._notes.append("documents of its own schema cannot be analysed from what is stored: add the lost ones again")
        rescue = _Rescue(self._base, self._live_keys(dead), [part for part in self._parts if part.whole is None])
        generation = self._newest + 1
        number = max([self._base.next_segment, *(int(name[:8]) + 1 for name in segments_in(self._folder))])
        new = build_segments(self._folder, number, self._base.ranking, rescue.reports(self._root(), reread), memory_mb)
        records = [self._record(part, docs, generation) for part, docs in zip(self._parts, dead, strict=True) if part.whole]
        segments = tuple(record for record in (*records, *new) if record.deleted < record.docs)
        unfinished = dict.fromkeys(self._base.unfinished)  # what was read of them may be lost: they are begun anew
        manifest = self._base._replace(
            generation=generation, segments=segments, next_segment=number + len(new), unfinished=unfinished
        )
        write_manifest(self._folder, keep_stories(self._folder, None, manifest))
        clean(self._folder)
        lost, keys = rescue.lost()
        return Repaired(generation, tuple(self._faults), kept, rescue.saved, rescue.restored, lost, keys, tuple(self._notes))

    def _root(self) -> Path:
        return (self._folder / self._base.root).resolve()

    def _replaced(self) -> list[set[int]]:
        """For each segment its dead docs: those removed, and those whose key a later segment has."""
        later: set[str] = set()
        found = []
        for part in reversed(self._parts):
            dead = set(part.dead)
            for doc in range(part.whole.doc_count - 1, -1, -1) if part.whole else ():
                key = part.whole.keys[doc] if part.whole else ""
                if doc not in dead and key in later:
                    dead.add(doc)
                elif doc not in dead:
                    later.add(key)
            found.append(dead)
        return found[::-1]

    def _live_keys(self, dead: list[set[int]]) -> set[str]:
        return {
            part.whole.keys[doc]
            for part, docs in zip(self._parts, dead, strict=True)
            if part.whole
            for doc in range(part.whole.doc_count)
            if doc not in docs
        }

    def _record(self, part: _Part, dead: set[int], generation: int) -> SegmentRecord:
        if dead == part.dead and not part.faults and len(dead) == part.record.deleted:
            return part.record
        record = part.record._replace(deleted_file=None, deleted=len(dead))
        if dead and len(dead) < record.docs:
            path = self._folder / f"{record.file[:8]}.del-{generation:08d}"
            write_bitmap(path, [doc in dead for doc in range(record.docs)])
            record = record._replace(deleted_file=path.name)
        return record


class _Rescue:
    """Gets reports of damaged segments back, and counts."""

    def __init__(self, base: Manifest, live: set[str], damaged: list[_Part]) -> None:
        self._live = live
        self._damaged = damaged
        self._missing: set[str] = set()  # keys
        self._nameless = 0  # reports that are gone and whose keys are not known
        self._sources: dict[str, str] = {}
        self.saved = self.restored = 0

    def reports(self, root: Path, reread: Reread | None) -> Iterator[Report]:
        """All that can be had, each once; what a later segment has is what counts."""
        keys = [part.salvage.keys(part.dead) if part.salvage else set() for part in self._damaged]
        for number, part in enumerate(self._damaged):
            yield from self._salvaged(part, set[str]().union(*keys[number + 1 :]))
        self._missing -= self._live
        if reread is not None and self._sources:
            for report in reread(root, self._sources):
                known = report.key in self._missing
                if report.key not in self._live and (known or self._nameless > 0):
                    self._missing.discard(report.key)
                    self._nameless -= not known
                    self._live.add(report.key)
                    self.restored += 1
                    yield report

    def _salvaged(self, part: _Part, later: set[str]) -> Iterator[Report]:
        expected = max(part.record.docs - part.record.deleted, 0)
        if part.salvage is None:
            self._nameless += expected
            return
        met = 0
        for doc, report in part.salvage.reports(part.dead):
            key = report.key if report else part.salvage.key(doc)
            met += 1
            if report is None:
                self._sources |= part.salvage.sources(doc)
                self._nameless += key is None
                self._missing |= set() if key is None else {key}
            elif report.key not in self._live and report.key not in later:
                self._live.add(report.key)
                self.saved += 1
                yield report
        self._nameless += max(expected - met, 0)

    def lost(self) -> tuple[int, tuple[str, ...]]:
        """How many are gone, and the keys of those that have one."""
        return len(self._missing) + max(self._nameless, 0), tuple(sorted(self._missing))

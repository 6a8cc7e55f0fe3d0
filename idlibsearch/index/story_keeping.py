"""Brings the stories of an index along with a commit: sketches for new segments, links for new reports. Needs numpy.

Called with the manifest that is about to be written, and gives it back with the files of its stories, which are synced by then.
What it costs goes with what the commit adds, but for some nanoseconds for each report of the index (its anchor and its number of
shingles stand in memory, 20 bytes) and for writing the reports that have versions anew (16 bytes each). Where what the
generation before left is damaged, or not there, all reports are looked at.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index import storage
from idlibsearch.index.deletions import deleted
from idlibsearch.index.directory import Manifest, SegmentRecord, StoryFiles
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.grouping import GONE, Links, Texts, fresh, regrouped
from idlibsearch.index.segment import Segment
from idlibsearch.index.shingling import Shingles
from idlibsearch.index.similarity import Similarity
from idlibsearch.index.sketches import Sketch, write_sketch
from idlibsearch.index.stories import PRECISIONS, VERSION, Stories
from idlibsearch.index.stretches import NO_DOC
from idlibsearch.index.wordlist import U32
from idlibsearch.model import Report

log = logging.getLogger(__name__)


class Moved(NamedTuple):
    """A merge that the new manifest holds: of each segment it replaces, by file, the merged number of each doc; and where to."""

    docs: Mapping[str, U32]
    file: str
    sketch: str


def keep_stories(folder: Path, old: Manifest | None, new: Manifest, moved: Moved | None = None) -> Manifest:
    """The new manifest with its stories; as it is where it keeps none.

    ``old``: the generation before, None where all is to be worked out anew. Raises DiskError.
    """
    if new.stories is None or new.schema is not None:
        return new._replace(stories=None)
    if old is not None and old.stories is not None:
        try:
            return _kept(folder, old, new, moved)
        except (CorruptIndexError, FileNotFoundError) as error:
            log.warning("stories are worked out anew: %s", error)
    try:
        return _kept(folder, None, new, None)
    except CorruptIndexError as error:  # a report cannot be read: what is to be committed must not fail for that
        log.warning("stories are kept no longer: %s", error)
        return new._replace(stories=None)


def _kept(folder: Path, old: Manifest | None, new: Manifest, moved: Moved | None) -> Manifest:
    before = _Before(folder, old, moved)
    shingles = Shingles()
    with ExitStack() as stack:
        segments = [stack.enter_context(closing(_opened(folder, record, new))) for record in new.segments]
        names, known = [], []
        for number, (record, segment) in enumerate(zip(new.segments, segments, strict=True)):
            name = before.sketches.get(record.file)
            if name is None:
                name = f"{Path(record.file).stem}.sketch-{new.generation:08d}"
                storage.remove(folder / name)  # of an attempt that failed
                write_sketch(folder / name, segment, shingles)
            else:
                known.append(number)
            names.append(name)
        sketches = [
            stack.enter_context(closing(Sketch(folder / name, segment.doc_count)))
            for name, segment in zip(names, segments, strict=True)
        ]
        texts = Texts(segments, sketches, shingles)
        gone = np.concatenate([np.zeros(0, np.bool_), *map(deleted, segments)])
        links = fresh(texts, gone)
        orphans = before.carry(links, {new.segments[number].file: texts.bases[number] for number in known})
        regrouped(texts, links, orphans, [number for number in range(len(segments)) if number not in set(known)])
        rows = rows_of(texts, links)
        file = before.same(rows)
        if file is None:
            file = _written(folder, new.generation, rows)
    return new._replace(stories=StoryFiles(file, tuple(names)))


def _opened(folder: Path, record: SegmentRecord, manifest: Manifest) -> Segment:
    return Segment(folder / record.file, folder / record.deleted_file if record.deleted_file else None, manifest.ranking)


class _Before:
    """The stories of the generation before, as far as there are any."""

    def __init__(self, folder: Path, old: Manifest | None, moved: Moved | None) -> None:
        self._folder, self._old, self._moved = folder, old, moved
        self._said: dict[str, bytes] = {}  # the sections of its file
        self.sketches: dict[str, str] = {}  # by the file of the segment
        if old is not None and old.stories is not None:
            self.sketches = {record.file: name for record, name in zip(old.segments, old.stories.sketches, strict=True)}
        if moved is not None and moved.sketch and self.sketches.keys() >= moved.docs.keys():
            self.sketches[moved.file] = moved.sketch

    @property
    def _file(self) -> str:
        return self._old.stories.file if self._old is not None and self._old.stories is not None else ""

    def carry(self, links: Links, bases: Mapping[str, int]) -> list[int]:
        """Put the links of old reports into new ones; returns the reports whose anchor went.

        ``bases``: the place of the first report of each segment that is still there, or was merged.
        """
        if not self._file or self._old is None:
            return []
        places = self._places(bases)
        with closing(Stories(self._folder / self._file, len(places))) as stories:
            try:
                anchors = places[
                    np.repeat(np.asarray(stories.anchors), np.diff(np.asarray(stories.starts, np.int64)).astype(np.int64))
                ]
                members, shared = places[np.asarray(stories.members)], np.array(stories.shared)
                self._said = {name: bytes(stories.file.array(name)) for name in stories.file.sections}
            except (IndexError, ValueError) as error:
                raise CorruptIndexError(str(self._folder / self._file), f"its parts do not fit together ({error})") from None
        there = members != GONE
        members, anchors, shared = members[there], anchors[there], shared[there]
        alive = links.anchors[members] != GONE
        members, anchors, shared = members[alive], anchors[alive], shared[alive]
        led = anchors != GONE
        led[led] = links.anchors[anchors[led]] != GONE
        links.anchors[members[led]], links.shared[members[led]] = anchors[led], shared[led]
        orphans: list[int] = members[~led].tolist()
        return orphans

    def _places(self, bases: Mapping[str, int]) -> U32:
        """Where each report of the generation before stands now, GONE where it does not."""
        assert self._old is not None
        parts: list[Any] = [np.zeros(0, np.uint32)]
        for record in self._old.segments:
            docs = np.arange(record.docs, dtype=np.uint32)
            file = record.file
            if self._moved is not None and file in self._moved.docs:
                docs, file = self._moved.docs[file], self._moved.file
            base = bases.get(file)
            parts.append(np.full(record.docs, GONE, np.uint32) if base is None else np.where(docs == NO_DOC, GONE, docs + base))
        return np.concatenate(parts).astype(np.uint32)

    def same(self, rows: Mapping[str, tuple[str, Any]]) -> str | None:
        """The file of the generation before, where it says just this; "" where there is nothing to say; else None."""
        if not len(rows["anchors"][1]):
            return ""
        return self._file if self._said == {name: memoryview(data).tobytes() for name, (_, data) in rows.items()} else None


def rows_of(texts: Texts, links: Links) -> dict[str, tuple[str, Any]]:
    """What is written: sections by name, as ``stories`` specifies them."""
    places = np.arange(len(links.anchors), dtype=np.uint32)
    members = places[(links.anchors != places) & (links.anchors != GONE)]
    members = members[np.lexsort((members, links.anchors[members]))]
    anchors, counts = np.unique(links.anchors[members], return_counts=True)
    starts = np.concatenate((np.zeros(1, np.uint32), np.cumsum(counts))).astype(np.uint32)
    found: dict[str, tuple[str, Any]] = {
        "meta": ("B", json.dumps({"version": VERSION, "docs": len(places)}).encode()),
        "anchors": ("I", anchors),
        "anchors.sizes": ("I", texts.sizes[anchors]),
        "starts": ("I", starts),
        "members": ("I", members),
        "members.shared": ("I", links.shared[members]),
        "members.sizes": ("I", texts.sizes[members]),
        "members.order": ("I", np.argsort(members).astype(np.uint32)),
    }
    return found | _date_rows(texts, links, anchors, starts, members)


def _date_rows(texts: Texts, links: Links, anchors: U32, starts: U32, members: U32) -> dict[str, tuple[str, Any]]:
    own = np.concatenate([np.zeros(0, np.int32), *(np.asarray(segment.own_starts) for segment in texts.segments)])
    undated = np.flatnonzero(
        np.add.reduceat((own[members] == 0), starts[:-1].astype(np.int64)) + (own[anchors] == 0) if len(anchors) else []
    )
    rows: list[tuple[int, int, int, int, int]] = []
    for number in undated:
        rows += _inherited(texts, links, own, int(anchors[number]), members[starts[number] : starts[number + 1]])
    rows.sort()
    columns: Sequence[Any] = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    types = (("dates", "I"), ("dates.donors", "I"), ("dates.start", "i"), ("dates.end", "i"), ("dates.precision", "B"))
    return {name: (typecode, np.array(column, typecode)) for (name, typecode), column in zip(types, columns, strict=True)}


def _inherited(texts: Texts, links: Links, own: Any, anchor: int, members: U32) -> Iterable[tuple[int, int, int, int, int]]:
    """The dates that reports of a story inherit: what its anchor says, else the version most like it that has a date.

    Only along links of level "high": the same text, edited or cut.
    """
    size = int(texts.sizes[anchor])
    alike = {int(member): Similarity(int(links.shared[member]), int(texts.sizes[member]), size) for member in members}
    close = [member for member, found in alike.items() if found.level == "high"]
    dated = [member for member in close if own[member]]
    donor = anchor if own[anchor] else max(dated, key=lambda member: (alike[member].jaccard, -member), default=None)
    if donor is None:
        return
    segment, doc = texts.located(donor)
    report = segment.documents.read(doc)
    assert isinstance(report, Report)
    if report.date is not None:
        date = report.date.start.toordinal(), report.date.end.toordinal(), PRECISIONS.index(report.date.precision)
        yield from ((place, donor, *date) for place in (anchor, *close) if not own[place])


def _written(folder: Path, generation: int, rows: Mapping[str, tuple[str, Any]]) -> str:
    name = f"{generation:08d}.stories"
    storage.remove(folder / name)  # likewise
    with SectionWriter(folder / name) as out:
        for section, (typecode, data) in rows.items():
            out.add(section, typecode, data)
    return name

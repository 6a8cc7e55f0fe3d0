"""An open generation: segments that answer as one index, whatever writers do meanwhile.

Statistics are over the whole collection; deleted docs count in them until their segment is merged.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections.abc import Hashable, Iterator
from contextlib import nullcontext
from copy import copy
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idlibsearch.analysis.analyzer import RECIPE, Entry
from idlibsearch.errors import CorruptIndexError, NoIndexError, RecipeError
from idlibsearch.index.directory import Manifest, SegmentRecord, read_manifest
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.lock import held_open
from idlibsearch.index.segment import Segment
from idlibsearch.model import Document, Report

if TYPE_CHECKING:
    from idlibsearch.index.calendar import Calendar
    from idlibsearch.index.fields import Ranking
    from idlibsearch.index.schema import Analysis
    from idlibsearch.index.stories import Inherited, Stories
    from idlibsearch.index.values import Values

_PART_OF = {
    **dict.fromkeys(("lexicon", "terms", "folded", "entries", "surfaces", "term", "postings.start"), "lexicon"),
    **dict.fromkeys(("postings", "blocks"), "postings"),
    **dict.fromkeys(("postings.places", "blocks.positions"), "positions"),
    "mentions": "mentions",
    "stored": "stored",
}
FREE_ATTEMPTS = 3  # a reader loses the race against commits when two of them come between reading a name and opening the file
ATTEMPTS = 8  # one that asked for nothing to be removed cannot lose it, but not every file system listens
_Opened = dict[tuple[object, ...], Segment]


class Snapshot:
    """A generation, open for reading. Safe to share between threads: nothing in it changes.

    ``opened``: segments that are open already, by what ``_mark`` says; those of this generation are taken from there or added.
    """

    def __init__(self, folder: Path, manifest: Manifest, opened: _Opened | None = None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.ranking = manifest.ranking
        self.schema = manifest.schema
        self.analysis: Analysis | None = None  # runs the analyzers of the schema; whoever opens the snapshot gives it
        opened = {} if opened is None else opened
        self.stories = _stories(folder, manifest)
        self.bases = [0, *accumulate(record.docs for record in manifest.segments)]  # the place of each segment's first report
        dates = [_inherited(self.stories, base, record) for base, record in zip(self.bases, manifest.segments, strict=False)]
        marks = [(*_mark(folder, record), *_told(inherited)) for record, inherited in zip(manifest.segments, dates, strict=True)]
        for mark, record, inherited in zip(marks, manifest.segments, dates, strict=True):
            if mark not in opened:
                deleted = folder / record.deleted_file if record.deleted_file else None
                opened[mark] = Segment(folder / record.file, deleted, manifest.ranking, inherited)
        self._opened = {mark: opened[mark] for mark in marks}
        self.segments = tuple(self._opened.values())
        for record, segment in zip(manifest.segments, self.segments, strict=True):
            if (record.docs, record.deleted) != (segment.doc_count, segment.deleted_count):
                raise CorruptIndexError(str(segment.path), "the manifest counts other reports than the segment")
        self.doc_count = sum(segment.doc_count for segment in self.segments)
        self.live_count = self.doc_count - sum(record.deleted for record in manifest.segments)
        self.looked_up: dict[Hashable, Any] = {}  # what plans of questions found of words, for the next question to have them
        self._values: dict[str, Values] = {}
        self._calendars: dict[tuple[str, str], Calendar] = {}
        self._days: dict[str, list[tuple[memoryview, memoryview]]] = {}
        self.mean_lengths = tuple(self._mean_length(column) for column in range(len(self.ranking.fields)))
        self._rank()

    def _rank(self) -> None:
        """What the ranking kernels take: the weight of each field, its b and its mean length."""
        self.weights = array("d", [field.weight for field in self.ranking.fields])
        self.normalisation = array("d", [field.b for field in self.ranking.fields]), array("d", self.mean_lengths)

    def ranked(self, ranking: Ranking) -> Snapshot:
        """The same generation, its reports ranked otherwise; the fields are those that it has."""
        other = copy(self)
        other.ranking = ranking
        other._rank()
        return other

    @classmethod
    def open(cls, folder: Path, before: Snapshot | None = None) -> Snapshot:
        """Open the newest generation; segments that ``before`` has open are shared with it.

        Never fails because of a commit or a merge. A file that is gone by the time it is opened was named by a generation that
        is old by then: the newest is read again, and what was opened stays open. Who loses that race too often asks writers to
        leave everything where it is, and cannot lose again. Raises NoIndexError, CorruptIndexError, FormatVersionError, and
        RecipeError where its words were analysed differently.
        """
        opened = dict(before._opened) if before is not None else {}
        missing, seen = "", 0
        for attempt in range(ATTEMPTS):
            try:
                with held_open(folder) if attempt >= FREE_ATTEMPTS else nullcontext():
                    manifest = read_manifest(folder)
                    seen = manifest.generation
                    if manifest.recipe != RECIPE:
                        raise RecipeError(str(folder), _name(manifest.recipe), _name(RECIPE))
                    return cls(folder, manifest, opened)
            except (NoIndexError, FileNotFoundError) as error:  # a list of names may miss what is renamed meanwhile
                missing = str(error)
        if not seen:
            raise NoIndexError(str(folder)) from None
        raise CorruptIndexError(str(folder), f"a file of generation {seen} is missing ({missing})")

    @property
    def generation(self) -> int:
        """The number of the commit that it shows."""
        return self.manifest.generation

    def _mean_length(self, column: int) -> float:
        """The mean length of a field over the docs that have it; 1 where none has."""
        total = sum(segment.length_sums[column][0] for segment in self.segments)
        docs = sum(segment.length_sums[column][1] for segment in self.segments)
        return total / docs if docs else 1.0

    def entry(self, folded: str) -> Entry | None:
        """What a folded word stands for, from the first lexicon that has it; None: no report does."""
        for segment in self.segments:
            entry = segment.lexicon.entry(folded)
            if entry is not None:
                return entry
        return None

    def term(self, term: str) -> tuple[int, ...]:
        """The number of a term in each segment, -1 where it has none."""
        return tuple([segment.term(term) for segment in self.segments])

    def simple_term(self, folded: str) -> tuple[int, ...] | None:
        """The term of a word that takes one position and stands for nothing else, as ``term`` has it; None for all others."""
        for number, segment in enumerate(self.segments):
            found = segment.lexicon.simple_term(folded)
            if found >= 0:
                rest = self.segments[number + 1 :]
                text = segment.lexicon.terms[found] if number or rest else ""
                return (*(s.term(text) for s in self.segments[:number]), found, *(s.term(text) for s in rest))
        return None

    def has_keywords(self, field: str) -> bool:
        """Does any segment have a keyword column of this name?"""
        return any(field in segment.columns.keywords for segment in self.segments)

    def has_numbers(self, field: str) -> bool:
        """Does any segment have a number column of this name?"""
        return any(field in segment.columns.numbers for segment in self.segments)

    @property
    def keyword_names(self) -> list[str]:
        """The keyword columns that there are."""
        return sorted({name for segment in self.segments for name in segment.columns.keywords})

    @property
    def number_names(self) -> list[str]:
        """The number columns that there are."""
        return sorted({name for segment in self.segments for name in segment.columns.numbers})

    def has_column(self, field: str) -> bool:
        """Is there a keyword or number column of this name?"""
        return self.has_keywords(field) or self.has_numbers(field)

    def values(self, field: str) -> Values:
        """The values of a keyword column over all segments; made once. Two threads that make it at once make the same."""
        if field not in self._values:
            from idlibsearch.index.values import Values  # noqa: PLC0415 - only for those who count

            self._values[field] = Values([segment.columns for segment in self.segments], field)
        return self._values[field]

    def calendar(self, unit: str, field: str = "") -> Calendar:
        """The publication dates of all segments, or a column of points in time, by a unit of ``calendar.UNITS``; made once."""
        if (unit, field) not in self._calendars:
            from idlibsearch.index.calendar import Calendar  # noqa: PLC0415 - only for those who count

            self._calendars[unit, field] = Calendar(self.segments, unit, field)
        return self._calendars[unit, field]

    def days(self, field: str = "") -> list[tuple[memoryview, memoryview]]:
        """Of each segment the days that ``calendar`` divides, int32[docs], where each date begins and where it ends."""
        if not field:
            return [(segment.date_starts, segment.date_ends) for segment in self.segments]
        if field not in self._days:
            from idlibsearch.index.calendar import days_of  # noqa: PLC0415 - see above

            self._days[field] = [days_of(segment, field) for segment in self.segments]
        return self._days[field]

    def located(self, place: int) -> tuple[int, int]:
        """(segment number, doc) of the report at a place (``stories``). Raises IndexError where there is none."""
        number = bisect_right(self.bases, place) - 1
        if number == len(self.segments):
            raise IndexError(f"there is no place {place}")
        return number, place - self.bases[number]

    def find(self, key: str) -> tuple[int, int] | None:
        """(segment number, doc) of the report with this key, or None."""
        for number, segment in enumerate(self.segments):
            doc = segment.find_key(key)
            if doc is not None:
                return number, doc
        return None

    def get(self, key: str) -> Report | Document | None:
        """The report or document with this key, or None."""
        place = self.find(key)
        return None if place is None else self.segments[place[0]].stored(place[1])

    def reports(self) -> Iterator[Report | Document]:
        """Every live report or document, in the order of adding."""
        for segment in self.segments:
            for doc in segment.live_docs():
                yield segment.stored(doc)

    def files(self) -> dict[str, str]:
        """Source file to fingerprint, for every file that a live report came from."""
        return {path: mark for segment in self.segments for path, mark in segment.files().items()}

    @property
    def size_bytes(self) -> int:
        """How many bytes its segments take, with the bitmaps of what was deleted."""
        return sum(segment.size_bytes for segment in self.segments)

    def sizes(self) -> dict[str, int]:
        """Bytes on disk by part: lexicon, postings, positions, mentions, stored (reports), rest (columns, keys, lengths …)."""
        parts = dict.fromkeys(("lexicon", "postings", "positions", "mentions", "stored", "rest"), 0)
        for segment in self.segments:
            for name, section in segment.file.sections.items():
                parts[_PART_OF.get(name, _PART_OF.get(name.split(".")[0], "rest"))] += section.size
        return parts

    @property
    def story_count(self) -> int | None:
        """How many stories of two or more reports there are, None where they are not kept."""
        if self.manifest.stories is None:
            return None
        return len(self.stories) if self.stories is not None else 0

    def verify(self) -> Iterator[CorruptIndexError]:
        """Every checksum of its segments that is wrong."""
        yield from (fault for segment in self.segments for fault in segment.verify())
        if self.manifest.stories is not None:
            yield from self.stories.verify() if self.stories is not None else ()
            for name in self.manifest.stories.sketches:
                sketch = SectionFile(self.folder / name)
                yield from sketch.verify()
                sketch.close()

    def close(self) -> None:
        """Let go of the files."""
        self.looked_up.clear()
        self._values.clear()
        self._calendars.clear()
        self._days.clear()
        for segment in self.segments:
            segment.close()
        if self.stories is not None:
            self.stories.close()


def _stories(folder: Path, manifest: Manifest) -> Stories | None:
    """The stories of a generation, None where it has none; mapped, so that who does not ask for them reads nothing."""
    if manifest.stories is None or not manifest.stories.file:
        return None
    from idlibsearch.index.stories import Stories  # noqa: PLC0415 - an index without them need not load it

    return Stories(folder / manifest.stories.file, sum(record.docs for record in manifest.segments))


def _inherited(stories: Stories | None, base: int, record: SegmentRecord) -> Inherited | None:
    return None if stories is None else stories.inherited(base, record.docs)


def _told(inherited: Inherited | None) -> tuple[object, ...]:
    """Tells inherited dates from others: a segment that is open with these can be shared."""
    return () if inherited is None else tuple(bytes(part) for part in inherited)


def _mark(folder: Path, record: SegmentRecord) -> tuple[object, ...]:
    """Tells a segment from all others: files never change, but the folder may have been deleted and another index made there."""
    status = os.stat(folder / record.file)
    return record.file, record.deleted_file, status.st_ino, status.st_size, status.st_mtime_ns


def _name(recipe: dict[str, object]) -> str:
    steps = ", ".join(f"{step} {version}" for step, version in recipe.items() if step not in ("name", "version"))
    return f"{recipe.get('name')} {recipe.get('version')} ({steps})"

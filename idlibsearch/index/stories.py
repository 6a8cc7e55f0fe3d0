"""Stories: which reports of a generation are versions of one another, read from the file that its manifest names.

A *place* is a report's number in the generation: the docs of the first segment, then those of the second, deleted ones included.
Each story stands around one report, its *anchor*; every other member is a near-duplicate of that one (``similarity``). The file
(``fileformat``) belongs to one generation, as bitmaps do:

    meta             JSON: {"version": 1, "docs": how many places there are}
    anchors          uint32, the anchor of each story, ascending
    anchors.sizes    uint32, how many distinct shingles it has
    starts           uint32[stories + 1], where each story's members start
    members          uint32, the other reports of each story, ascending in each
    members.shared   uint32, how many shingles each shares with the anchor
    members.sizes    uint32, how many it has
    members.order    uint32, the members sorted: numbers of ``members``
    dates            uint32, undated reports that have a date from a version of theirs, ascending
    dates.donors     uint32, that version
    dates.start .end int32, the date as segments have it
    dates.precision  uint8, a number of ``PRECISIONS``

Nothing here needs numpy: who asks for the story of a hit should not wait for it.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.similarity import Similarity
from idlibsearch.model import Document, Precision, Report, ReportDate

VERSION = 1
PRECISIONS: tuple[Precision, ...] = ("day", "part-month", "month", "season", "quarter", "year", "span")
INHERITED = "near-duplicate"  # how such a date was found
_STORY_ROWS = {"anchors": "I", "anchors.sizes": "I"}
_MEMBER_ROWS = {"members": "I", "members.shared": "I", "members.sizes": "I", "members.order": "I"}
_DATE_ROWS = {"dates": "I", "dates.donors": "I", "dates.start": "i", "dates.end": "i", "dates.precision": "B"}


def own(report: Report | Document) -> Report | Document:
    """A report as it is to be stored: without a date that it has from another one, which is worked out anew."""
    if isinstance(report, Report) and report.date is not None and report.date.found == INHERITED:
        return replace(report, date=None)
    return report


class Inherited(NamedTuple):
    """The dates that reports of one segment have from versions of theirs: docs (uint32 ascending), days (int32), precisions."""

    docs: memoryview[int]
    starts: memoryview[int]
    ends: memoryview[int]
    precisions: memoryview[int]

    def date(self, doc: int) -> ReportDate | None:
        """The date that a doc inherits, if it does."""
        at = bisect_left(self.docs, doc)
        if at == len(self.docs) or self.docs[at] != doc:
            return None
        start, end = date.fromordinal(self.starts[at]), date.fromordinal(self.ends[at])
        return ReportDate(start, end, PRECISIONS[self.precisions[at]], INHERITED)


class Stories:
    """The stories of a generation with ``places`` reports. Raises CorruptIndexError, FormatVersionError or FileNotFoundError."""

    def __init__(self, path: Path, places: int) -> None:
        self.file = SectionFile(path)
        try:
            meta = json.loads(bytes(self.file.array("meta")))
        except ValueError as error:
            raise CorruptIndexError(str(path), f"cannot be read ({error})", "meta") from None
        if meta != {"version": VERSION, "docs": places}:
            raise CorruptIndexError(str(path), f"it does not tell of {places} reports", "meta")
        self.ranks: dict[str, tuple[array[int], array[int]]] = {}  # of anchors and members, what questions worked out
        self.anchors, self.anchor_sizes = self._rows(_STORY_ROWS)
        self.members, self.shared, self.sizes, self._order = self._rows(_MEMBER_ROWS)
        self.dated, self.donors, self.date_starts, self.date_ends, self.precisions = self._rows(_DATE_ROWS)
        (self.starts,) = self._rows({"starts": "I"})
        if len(self.starts) != len(self.anchors) + 1 or (self.starts[0], self.starts[-1]) != (0, len(self.members)):
            raise CorruptIndexError(str(path), "its members are not those of its stories", "starts")

    def _rows(self, sections: dict[str, str]) -> list[memoryview[int]]:
        found = [self.file.array(name) for name in sections]
        for (name, typecode), rows in zip(sections.items(), found, strict=True):
            if rows.format != typecode or len(rows) != len(found[0]):
                raise CorruptIndexError(str(self.file.path), "its parts do not fit together", name)
        return found

    def __len__(self) -> int:
        return len(self.anchors)

    def find(self, place: int) -> int | None:
        """The number of the story that a report belongs to, None where it has no versions. O(log reports)."""
        at = bisect_left(self.anchors, place)
        if at < len(self.anchors) and self.anchors[at] == place:
            return at
        member = self._member(place)
        return None if member is None else bisect_left(self.starts, member + 1) - 1

    def _member(self, place: int) -> int | None:
        at = bisect_left(self._order, place, key=lambda number: self._checked(self.members, number))
        if at == len(self._order) or self.members[self._order[at]] != place:
            return None
        return self._order[at]

    def _checked(self, rows: memoryview[int], number: int) -> int:
        if number >= len(rows):
            raise CorruptIndexError(str(self.file.path), "names a member that is not there", "members.order")
        return rows[number]

    def places_of(self, number: int) -> list[int]:
        """The reports of a story, in the order of adding."""
        return sorted([self.anchors[number], *self.members[self.starts[number] : self.starts[number + 1]]])

    def size(self, number: int) -> int:
        """How many reports a story has."""
        return self.starts[number + 1] - self.starts[number] + 1

    def similarity(self, number: int, place: int) -> Similarity:
        """How alike a report of a story and its anchor are; of the anchor itself: the member that is most like it."""
        size = self.anchor_sizes[number]
        if self.anchors[number] == place:
            members = range(self.starts[number], self.starts[number + 1])
            alike = (Similarity(self.shared[member], self.sizes[member], size) for member in members)
            return max(alike, key=lambda found: (found.level == "high", found.jaccard))
        member = self._member(place)
        assert member is not None
        return Similarity(self.shared[member], self.sizes[member], size)

    def inherited(self, base: int, docs: int) -> Inherited | None:
        """The inherited dates of a segment with so many docs, whose first stands at place ``base``; None where it has none."""
        low, high = bisect_left(self.dated, base), bisect_left(self.dated, base + docs)
        if low == high:
            return None
        local = memoryview(bytearray(4 * (high - low))).cast("I")
        for at in range(low, high):
            local[at - low] = self.dated[at] - base
        if max(self.precisions[low:high]) >= len(PRECISIONS):
            raise CorruptIndexError(str(self.file.path), "a precision that is none", "dates.precision")
        return Inherited(local, self.date_starts[low:high], self.date_ends[low:high], self.precisions[low:high])

    def verify(self) -> list[CorruptIndexError]:
        """Check every checksum; one error for each that is wrong."""
        return self.file.verify()

    def close(self) -> None:
        """Let go of the file; arrays still in use keep their map until they go."""
        for name in ("anchors", "anchor_sizes", "members", "shared", "sizes", "_order", "starts"):
            setattr(self, name, memoryview(b""))
        for name in ("dated", "donors", "date_starts", "date_ends", "precisions"):
            setattr(self, name, memoryview(b""))
        self.file.close()

"""One segment, read: an immutable small index of its own, mapped into memory.

Beside the sections of ``lexicon``, ``postings``, ``columns`` and ``documents`` a segment file holds, by doc number:

    meta                JSON: {"docs": n, "lengths": {field: [sum, docs that have the field]}}
    lengths             uint32[docs, fields], positions in each field
    lengths.codes       uint8[fields, docs], the same as codes rounded down (``blocks.pxd``): a fraction of the memory to look at
    sentences.starts    uint64[n + 1], each doc's range in ``sentences``; the same for ``paragraphs``
    sentences           uint32, positions of the body at which a sentence starts, ascending, 0 not named
    paragraphs          uint32, the same for paragraphs
    mentions.*          where entities are mentioned (``mentions``); a file of version 2 has none
    dates.start .end    int32, the publication date as a half-open interval of proleptic ordinals (1 = 0001-01-01); 0, 0: none
    keys.text .ends     the keys, by doc
    keys.order          uint32, docs sorted by key
    files.text .ends    the source files, sorted
    files.prints.*      their fingerprints, beside them
    docs.file           uint32, each doc's file, NO_FILE where it came from none

A worked example with measured sizes stands in ``docs/architecture.md``.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Set
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.columns import Columns
from idlibsearch.index.documents import Documents
from idlibsearch.index.fields import Ranking
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.lexicon import Lexicon
from idlibsearch.index.postings import PostingList, open_postings
from idlibsearch.index.reader import PostingReader
from idlibsearch.index.strings import Strings
from idlibsearch.model import Document, Report

if TYPE_CHECKING:
    from idlibsearch.index.stories import Inherited

NO_FILE = 0xFFFFFFFF
_ROWS = {  # sections with a row for each report: their type, and the bytes of a row
    **dict.fromkeys(("keys.ends", "keys.order", "docs.file", "stored.records"), ("I", 4)),
    **dict.fromkeys(("dates.start", "dates.end"), ("i", 4)),
}
_FIELD_ROWS = {"lengths": ("I", 4), "lengths.codes": ("B", 1)}  # a row for each report and field
_BREAKS = {"sentences.starts": ("Q", 8), "paragraphs.starts": ("Q", 8)}  # one more
_MENTIONS = {"mentions.starts": ("Q", 8)}  # the same, where anything is mentioned


class Segment:
    """A segment file and the bitmap of its deleted docs (in a file of its own, since segments never change).

    ``inherited``: dates that undated reports have from versions of theirs, which are the generation's to say.
    """

    def __init__(self, path: Path, deleted: Path | None, ranking: Ranking, inherited: Inherited | None = None) -> None:
        self.file = SectionFile(path)
        self.path = path
        self._bitmap_file = SectionFile(deleted) if deleted else None
        self._bitmap = self._bitmap_file.array("deleted") if self._bitmap_file else memoryview(b"")
        self.ranking = ranking
        self.positional = tuple(field.positions for field in ranking.fields)
        self.bitmaps: dict[Hashable, memoryview] = {}  # what restrictions found here and may be asked for again
        try:
            meta = json.loads(bytes(self.file.array("meta")))
            self.doc_count: int = meta["docs"]
            self.length_sums = tuple((meta["lengths"][field.name][0], meta["lengths"][field.name][1]) for field in ranking.fields)
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptIndexError(str(path), f"cannot be read ({error})", "meta") from None
        self._measure()
        if len(self._bitmap) not in (0, (self.doc_count + 7) // 8):
            raise CorruptIndexError(str(deleted), f"not a bit for each of {self.doc_count} reports", "deleted")
        rows, fields = self.file.array("lengths"), len(ranking.fields)
        self.lengths = tuple(rows[column::fields] for column in range(fields))
        self.inherited = inherited
        self.own_starts = self.file.array("dates.start")  # what the reports themselves say; see ``date_starts``
        self.own_ends = self.file.array("dates.end")

    def _measure(self) -> None:
        """Sections with a row for each report must have as many rows as there are reports: all reading counts on that."""
        numbers = (self.doc_count, *(number for sums in self.length_sums for number in sums))
        if not all(type(number) is int and number >= 0 for number in numbers):
            raise CorruptIndexError(str(self.path), "a count that is none", "meta")
        docs = self.doc_count
        mentions = _MENTIONS if "mentions" in self.file.sections else {}
        fields = docs * len(self.ranking.fields)
        for rows, count in ((_ROWS, docs), (_FIELD_ROWS, fields), (_BREAKS, docs + 1), (mentions, docs + 1)):
            for name, (typecode, row_bytes) in rows.items():
                section = self.file.sections.get(name)
                if section is None or (section.typecode, section.size) != (typecode, count * row_bytes):
                    raise CorruptIndexError(str(self.path), f"not a row for each of {docs} reports", name)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words of the segment."""
        return Lexicon(self.file)

    @cached_property
    def postings(self) -> PostingReader:
        """Its posting lists."""
        try:
            if len(self.file.array("postings.start")) != len(self.lexicon.terms):
                raise ValueError("not a list for each term")
            return open_postings(self.file, self.positional, self.lexicon.surface_count, self._bitmap)
        except ValueError as error:
            raise CorruptIndexError(str(self.path), str(error), "postings.data") from None

    @cached_property
    def breaks(self) -> tuple[tuple[memoryview, memoryview], tuple[memoryview, memoryview]]:
        """Of sentences and of paragraphs of the body: each doc's range, and the positions at which they start (see above)."""
        array = self.file.array
        return (array("sentences.starts"), array("sentences")), (array("paragraphs.starts"), array("paragraphs"))

    @cached_property
    def columns(self) -> Columns:
        """Its keywords and numbers."""
        return Columns(self.file, self.doc_count)

    @cached_property
    def documents(self) -> Documents:
        """Its stored reports."""
        return Documents(self.file)

    @cached_property
    def keys(self) -> Strings:
        """The keys, by doc."""
        return Strings(self.file, "keys")

    @cached_property
    def date_starts(self) -> memoryview:
        """The first day of each report's date, int32[docs], 0 where it has none, neither of its own nor inherited."""
        return (
            self.own_starts if self.inherited is None else _patched(self.own_starts, self.inherited.docs, self.inherited.starts)
        )

    @cached_property
    def date_ends(self) -> memoryview:
        """The day after the last one, likewise."""
        return self.own_ends if self.inherited is None else _patched(self.own_ends, self.inherited.docs, self.inherited.ends)

    def stored(self, doc: int) -> Report | Document:
        """A report as it is to be shown: with the date that it inherits, if it does. Raises CorruptIndexError."""
        found = self.documents.read(doc)
        date = self.inherited.date(doc) if self.inherited is not None else None
        return found if date is None or not isinstance(found, Report) else replace(found, date=date)

    @property
    def size_bytes(self) -> int:
        """How large its file is, and that of its deleted docs."""
        return self.file.size_bytes + (self._bitmap_file.size_bytes if self._bitmap_file else 0)

    def term(self, term: str) -> int:
        """The number of a term, -1 where no report of this segment has it."""
        return self.lexicon.terms.find(term)

    def posting_list(self, term: str) -> PostingList | None:
        """The postings of a term, or None where no report of this segment has it."""
        number = self.term(term)
        return None if number < 0 else PostingList(self.postings, number, len(self.ranking.fields))

    @property
    def key_order(self) -> memoryview:
        """The docs, uint32, sorted by key."""
        return self.file.array("keys.order")

    @property
    def deleted_bitmap(self) -> memoryview:
        """Bit ``doc & 7`` of byte ``doc >> 3`` is set for each doc that was deleted or replaced; empty where none was."""
        return self._bitmap

    @property
    def deleted_count(self) -> int:
        """How many docs were deleted or replaced."""
        return int.from_bytes(self._bitmap, "little").bit_count()

    def is_deleted(self, doc: int) -> bool:
        """Was this doc deleted or replaced?"""
        return doc >> 3 < len(self._bitmap) and bool(self._bitmap[doc >> 3] >> (doc & 7) & 1)

    def deleted_docs(self) -> set[int]:
        """The docs that were deleted or replaced."""
        return {doc for doc in range(self.doc_count) if self.is_deleted(doc)} if len(self._bitmap) else set()

    def live_docs(self) -> Iterator[int]:
        """The docs that still count, in order."""
        return (doc for doc in range(self.doc_count) if not self.is_deleted(doc))

    def find_key(self, key: str) -> int | None:
        """The live doc with this key, or None. O(log n); a replaced doc of the same key may stand beside it."""
        return next((doc for doc in self.docs_of_key(key) if not self.is_deleted(doc)), None)

    def docs_of_key(self, key: str) -> Iterator[int]:
        """The docs with this key, deleted ones included, in order."""
        order = self.file.array("keys.order")
        at = self.keys.first_at(order, key)
        while at < len(order) and self.keys[order[at]] == key:
            doc: int = order[at]
            yield doc
            at += 1

    def files(self) -> dict[str, str]:
        """Source file to fingerprint, for the files that live docs came from."""
        of_doc = self.file.array("docs.file")
        names, prints = Strings(self.file, "files"), Strings(self.file, "files.prints")
        met = {of_doc[doc] for doc in self.live_docs()} if len(self._bitmap) else set(of_doc)
        numbers = sorted(met - {NO_FILE})
        return {names[number]: prints[number] for number in numbers}

    def docs_of_files(self, paths: Set[str]) -> list[int]:
        """The live docs that came from one of these source files."""
        of_doc, names = self.file.array("docs.file"), Strings(self.file, "files")
        wanted = {number for number in (names.find(path) for path in paths) if number is not None}
        return [doc for doc in self.live_docs() if of_doc[doc] in wanted] if wanted else []

    def verify(self) -> list[CorruptIndexError]:
        """Check every checksum of the segment and its bitmap; one error for each that is wrong."""
        return self.file.verify() + (self._bitmap_file.verify() if self._bitmap_file else [])

    def close(self) -> None:
        """Let go of the files; arrays still in use keep their map until they go."""
        for name in ("lexicon", "postings", "columns", "documents", "keys", "date_starts", "date_ends"):
            self.__dict__.pop(name, None)
        self.lengths, self.own_starts, self.own_ends, self._bitmap = (), memoryview(b""), memoryview(b""), memoryview(b"")
        self.file.close()
        if self._bitmap_file:
            self._bitmap_file.close()


def _patched(days: memoryview, docs: memoryview, others: memoryview) -> memoryview:
    """A copy of int32[docs] with other days for some docs."""
    found = memoryview(bytearray(days)).cast("i")
    for doc, day in zip(docs, others, strict=True):
        found[doc] = day
    return found

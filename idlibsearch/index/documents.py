"""Stored reports: records in compressed blocks; a block is unpacked to read one of its reports.

A record is one line of JSON with all of a report but its body, a newline, and the body as it is (UTF-8, lone surrogates too):
the long text is neither escaped when it is written nor searched for quotes when it is read. JSON has no newlines of its own.
In an index with a schema of its own the line is all there is, and has the stored values of a document under ``fields``.
``{"key":"a","title":"Truce holds"}``, newline, ``In Idlib the truce holds.`` is a record of 59 bytes.

    stored.blocks   the blocks, each a zstd frame (with its checksum, so that one that is whole can be told in a damaged file),
                    one behind the other
    stored.ends     uint64, where each block ends
    stored.firsts   uint32, the first doc of each block
    stored.records  uint32, where each doc's record ends in its unpacked block

Where blocks end depends on nothing but the records of the segment, whatever it was made of: a block ends with the record that
fills it up (``BLOCK_BYTES``) or fills up a batch of several blocks (``BATCH_BYTES``), after which all begins anew. So processes
that build from batches write blocks that can be copied when their runs are merged, and blocks that stand elsewhere than they
should, as behind the end of a commit, are packed again. zstd packs news 3.5 times as fast as zlib does at the same size and
unpacks it 3 times as fast; of its levels, 3 is the last that is cheap (240 MB/s; level 6 saves 3 % at a third of the speed).

Not here: anything that is searched. No pickle: a damaged or hostile index can hold wrong text, never code.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.fileformat import SectionFile, SectionWriter
from idlibsearch.model import Document, Entity, EventDate, Piece, Provenance, Report, ReportDate

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK_BYTES = 32 * 1024  # text before compression: large enough to compress to about 40 %, small enough to unpack in .05 ms
BATCH_BYTES = 512 * 1024  # of records: sixteen blocks, the last of which is shorter than it might be
LEVEL = 3
_OPTIONS: dict[int, int] = {zstd.CompressionParameter.compression_level: LEVEL, zstd.CompressionParameter.checksum_flag: 1}
_VOUCHED = 4  # the bit of a frame's fifth byte that says that a checksum stands behind it (RFC 8878)
_SELDOM = frozenset(("member", "page", "page_breaks", "extracted"))  # left out where a file's own text was read
_TEXTS = ("title", "body", "source", "byline", "url", "section", "language")


def to_json(report: Report) -> dict[str, Any]:
    """A report as plain JSON values; what is empty is left out."""
    value: dict[str, Any] = {"key": report.key}
    for name in _TEXTS:
        if text := getattr(report, name):
            value[name] = text
    if report.date is not None:
        value["date"] = [report.date.start.isoformat(), report.date.end.isoformat(), report.date.precision, report.date.found]
    if report.provenance is not None:
        value["provenance"] = _provenance_to_json(report.provenance)
    if report.truncated:
        value["truncated"] = True
    if report.entities:
        value["entities"] = [list(entity) for entity in report.entities]
    if report.event_dates:
        value["event_dates"] = [_event_to_json(event) for event in report.event_dates]
    if report.derived:
        value["derived"] = list(report.derived)
    if report.repeats:
        value["repeats"] = [list(span) for span in report.repeats]
    if report.keywords:
        value["keywords"] = {name: list(values) for name, values in report.keywords.items()}
    if report.numbers:
        value["numbers"] = dict(report.numbers)
    return value


def from_json(value: dict[str, Any]) -> Report:
    """The reverse of ``to_json``; raises KeyError, TypeError or ValueError where the value is not one of its results."""
    when, came_from = value.get("date"), value.get("provenance")
    return Report(
        key=value["key"],
        **{name: value.get(name, "") for name in _TEXTS},
        date=ReportDate(date.fromisoformat(when[0]), date.fromisoformat(when[1]), when[2], when[3]) if when else None,
        truncated=value.get("truncated", False),
        entities=tuple(Entity(*entity) for entity in value.get("entities", ())),
        event_dates=tuple(_event_from_json(event, value) for event in value.get("event_dates", ())),
        derived=tuple(value.get("derived", ())),
        repeats=tuple((start, end) for start, end in value.get("repeats", ())),
        provenance=_provenance_from_json(came_from) if came_from else None,
        keywords={name: tuple(values) for name, values in value.get("keywords", {}).items()},
        numbers=value.get("numbers", {}),
    )


def _event_to_json(event: EventDate) -> list[Any]:
    """What it is called stands in the text: it is not stored twice."""
    return [event.field, event.start, event.end, event.first.isoformat(), event.until.isoformat(), event.precision]


def _event_from_json(event: list[Any], report: dict[str, Any]) -> EventDate:
    field, start, end, first, until, precision = event
    spelling = report.get(field, "")[start:end]
    return EventDate(spelling, field, start, end, date.fromisoformat(first), date.fromisoformat(until), precision)


def _provenance_to_json(provenance: Provenance) -> dict[str, Any]:
    value = {name: part for name in provenance.__slots__ if (part := getattr(provenance, name)) or name not in _SELDOM}
    return value | {"pieces": {name: [list(piece) for piece in pieces] for name, pieces in provenance.pieces.items()}}


def _provenance_from_json(value: dict[str, Any]) -> Provenance:
    pieces = {name: tuple(Piece(*piece) for piece in spans) for name, spans in value["pieces"].items()}
    return Provenance(**(value | {"pieces": pieces, "page_breaks": tuple(value.get("page_breaks", ()))}))


_encode = json.JSONEncoder(separators=(",", ":")).encode


def to_record(report: Report | Document) -> bytes:
    """A report or document as it is stored (see the head of this module)."""
    if isinstance(report, Document):
        kept = {"key": report.key, "digest": report.digest, "fields": report.fields, "texts": report.texts}
        return _encode(kept).encode("ascii") + b"\n"
    value = to_json(report)
    body = value.pop("body", "")
    return f"{_encode(value)}\n{body}".encode("utf-8", "surrogatepass")


def from_record(record: bytes) -> Report | Document:
    """The reverse of ``to_record``; raises KeyError, TypeError or ValueError where it is none."""
    line, _, body = record.partition(b"\n")
    value = json.loads(line)
    if "fields" in value:
        return Document(value["key"], value["digest"], value["fields"], value["texts"])
    return from_json(value | {"body": body.decode("utf-8", "surrogatepass")})


def is_vouched_for(block: memoryview) -> bool:
    """Does a packed block bring a checksum of its own, which unpacking it compares?"""
    return len(block) > 5 and bool(block[4] & _VOUCHED)


class DocumentsWriter:
    """Writes the sections of stored reports; the blocks go to the file at once, so they are its first section."""

    def __init__(self, out: SectionWriter) -> None:
        self._out = out
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._ends, self._firsts, self._records = array("Q"), array("I"), array("I")
        self._written = 0
        self._batch_bytes = 0  # of the records before the block that is being filled
        self._compressor = zstd.ZstdCompressor(options=_OPTIONS)  # one for all blocks: to make one takes as long as packing 4 kB
        out.begin("stored.blocks", "B")

    def add(self, record: bytes) -> None:
        """Append a record; its doc number is the count of records before it."""
        self._pending.append(record)
        self._pending_bytes += len(record)
        self._records.append(self._pending_bytes)
        if self._is_full(self._pending_bytes):
            self._cut()

    def _is_full(self, size: int) -> bool:
        """Does a block that begins here end with the record that makes it this large?"""
        return size >= BLOCK_BYTES or self._batch_bytes + size >= BATCH_BYTES

    def _cut(self) -> None:
        if self._pending:
            block = self._compressor.compress(b"".join(self._pending), zstd.ZstdCompressor.FLUSH_FRAME)
            self._append(block, len(self._records) - len(self._pending), self._pending_bytes)
            self._pending, self._pending_bytes = [], 0

    def copy(self, documents: Documents, docs: range) -> None:
        """Append consecutive docs of another segment; whole blocks as they are, where these may stand here as they are."""
        at = docs.start
        while at < docs.stop:
            block = documents.block_of(at)
            here, ends = documents.docs_of(block), documents.record_ends(block)
            stop = min(here.stop, docs.stop)
            if at == here.start and stop == here.stop and self._may_stand(ends):
                self._append(documents.packed(block), len(self._records), ends[-1])
                self._records += ends
            else:
                for doc in range(at, stop):
                    self.add(documents.record(doc))
            at = stop

    def _may_stand(self, ends: Sequence[int]) -> bool:
        """Would a block that begins here end where one does whose records end like this?"""
        return not self._pending and self._is_full(ends[-1]) and not self._is_full(ends[-2] if len(ends) > 1 else 0)

    def _append(self, block: bytes | memoryview, first: int, size: int) -> None:
        """Write a block whose records have ``size`` bytes."""
        self._out.write(block)
        self._written += len(block)
        self._ends.append(self._written)
        self._firsts.append(first)
        self._batch_bytes += size
        if self._batch_bytes >= BATCH_BYTES:
            self._batch_bytes = 0

    def finish(self) -> None:
        """Write the other sections."""
        self._cut()
        self._out.add("stored.ends", "Q", self._ends)
        self._out.add("stored.firsts", "I", self._firsts)
        self._out.add("stored.records", "I", self._records)


class Documents:
    """Reads stored reports by doc number."""

    def __init__(self, file: SectionFile) -> None:
        self._path = str(file.path)
        self._blocks = file.array("stored.blocks")
        self._ends = file.array("stored.ends")
        self._firsts = file.array("stored.firsts")
        self._records = file.array("stored.records")
        # Not bound to self: a circle would keep the file open until garbage is looked for.
        unpack = partial(_unpacked, self._blocks, self._ends, self._firsts, self._records)
        self._unpacked = lru_cache(maxsize=16)(unpack)  # hits of one result page often share a block

    def __len__(self) -> int:
        return len(self._records)

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        return len(self._ends)

    def docs_of(self, block: int) -> range:
        """The docs of a block."""
        return range(self._firsts[block], self._firsts[block + 1] if block + 1 < len(self._firsts) else len(self))

    def block_of(self, doc: int) -> int:
        """The block that holds a doc."""
        return bisect_right(self._firsts, doc) - 1

    def packed(self, block: int) -> memoryview:
        """A block as it stands in the file."""
        return self._blocks[self._ends[block - 1] if block else 0 : self._ends[block]]

    def record_ends(self, block: int) -> array[int]:
        """Where the records of a block end in it."""
        docs = self.docs_of(block)
        return array("I", self._records[docs.start : docs.stop])

    def record(self, doc: int) -> bytes:
        """A report as it is stored; raises CorruptIndexError where its block cannot be unpacked."""
        try:
            block = self.block_of(doc)
            start = self._records[doc - 1] if doc > self._firsts[block] else 0
            return self._unpacked(block)[start : self._records[doc]]
        except (zstd.ZstdError, ValueError, IndexError) as error:
            raise CorruptIndexError(self._path, f"report {doc} cannot be read ({error})", "stored.blocks") from None

    def read(self, doc: int) -> Report | Document:
        """The report as it was added, or what is kept of a document; raises CorruptIndexError where it cannot be unpacked."""
        try:
            return from_record(self.record(doc))
        except (KeyError, TypeError, ValueError) as error:
            raise CorruptIndexError(self._path, f"report {doc} cannot be read ({error})", "stored.blocks") from None


def _unpacked(blocks: memoryview, ends: memoryview, firsts: memoryview, records: memoryview, block: int) -> bytes:
    size = records[
        (firsts[block + 1] if block + 1 < len(firsts) else len(records)) - 1
    ]  # a damaged frame must not fill the memory
    # How much there is to come is said, as a damaged frame must not fill the memory.
    return zstd.ZstdDecompressor().decompress(blocks[ends[block - 1] if block else 0 : ends[block]], size)

"""Stored reports: JSON lines in compressed blocks; a block is unpacked to read one of its reports.

Not here: anything that is searched. No pickle: a damaged or hostile index can hold wrong text, never code.
"""

from __future__ import annotations

import json
import zlib
from array import array
from bisect import bisect_right
from datetime import date
from functools import lru_cache
from typing import Any

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.fileformat import SectionFile, SectionWriter
from idlibsearch.model import Entity, Piece, Provenance, Report, ReportDate

BLOCK_BYTES = 32 * 1024  # text before compression: large enough to compress to about 40 %, small enough to unpack in .1 ms
LEVEL = 3  # packs 2.4 times as fast as level 6 for 6 % more bytes, measured on news
_TEXTS = ("title", "body", "source", "byline", "url", "section", "language")


def to_json(report: Report) -> dict[str, Any]:
    """A report as plain JSON values; what is empty is left out."""
    value: dict[str, Any] = {"key": report.key}
    value |= {name: getattr(report, name) for name in _TEXTS if getattr(report, name)}
    if report.date is not None:
        value["date"] = [report.date.start.isoformat(), report.date.end.isoformat(), report.date.precision, report.date.found]
    if report.provenance is not None:
        value["provenance"] = _provenance_to_json(report.provenance)
    rest: dict[str, Any] = {
        "truncated": report.truncated,
        "entities": [list(entity) for entity in report.entities],
        "derived": list(report.derived),
        "repeats": [list(span) for span in report.repeats],
        "keywords": {name: list(values) for name, values in report.keywords.items()},
        "numbers": dict(report.numbers),
    }
    return value | {name: part for name, part in rest.items() if part}


def from_json(value: dict[str, Any]) -> Report:
    """The reverse of ``to_json``; raises KeyError, TypeError or ValueError where the value is not one of its results."""
    when, came_from = value.get("date"), value.get("provenance")
    return Report(
        key=value["key"],
        **{name: value.get(name, "") for name in _TEXTS},
        date=ReportDate(date.fromisoformat(when[0]), date.fromisoformat(when[1]), when[2], when[3]) if when else None,
        truncated=value.get("truncated", False),
        entities=tuple(Entity(*entity) for entity in value.get("entities", ())),
        derived=tuple(value.get("derived", ())),
        repeats=tuple((start, end) for start, end in value.get("repeats", ())),
        provenance=_provenance_from_json(came_from) if came_from else None,
        keywords={name: tuple(values) for name, values in value.get("keywords", {}).items()},
        numbers=value.get("numbers", {}),
    )


def _provenance_to_json(provenance: Provenance) -> dict[str, Any]:
    value = {name: getattr(provenance, name) for name in provenance.__slots__}
    return value | {"pieces": {name: [list(piece) for piece in pieces] for name, pieces in provenance.pieces.items()}}


def _provenance_from_json(value: dict[str, Any]) -> Provenance:
    pieces = {name: tuple(Piece(*piece) for piece in spans) for name, spans in value["pieces"].items()}
    return Provenance(**(value | {"pieces": pieces}))


class DocumentsWriter:
    """Gathers reports into blocks; ``write`` puts them into a file as three sections.

    stored.blocks  the compressed blocks, one behind the other
    stored.ends    uint64, where each block ends
    stored.firsts  uint32, the first doc of each block
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._pending_bytes = 0
        self._blocks: list[bytes] = []
        self._ends = array("Q")
        self._firsts = array("I")
        self._count = 0
        self.size_bytes = 0

    def add(self, report: Report) -> None:
        """Append a report; its doc number is the count of reports before it."""
        line = json.dumps(to_json(report), separators=(",", ":")).encode("ascii")
        self._lines.append(line)
        self._pending_bytes += len(line)
        self._count += 1
        if self._pending_bytes >= BLOCK_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._lines:
            return
        block = zlib.compress(b"\n".join(self._lines), LEVEL)
        self._blocks.append(block)
        self.size_bytes += len(block)
        self._ends.append(self.size_bytes)
        self._firsts.append(self._count - len(self._lines))
        self._lines, self._pending_bytes = [], 0

    def write(self, out: SectionWriter) -> None:
        """Write the three sections."""
        self._flush()
        out.add_chunks("stored.blocks", self._blocks)
        out.add("stored.ends", "Q", self._ends)
        out.add("stored.firsts", "I", self._firsts)


class Documents:
    """Reads stored reports by doc number."""

    def __init__(self, file: SectionFile) -> None:
        self._path = str(file.path)
        self._blocks = file.array("stored.blocks")
        self._ends = file.array("stored.ends")
        self._firsts = file.array("stored.firsts")
        self._lines = lru_cache(maxsize=16)(self._unpack)  # hits of one result page often share a block

    def read(self, doc: int) -> Report:
        """The report as it was added; raises CorruptIndexError where it cannot be unpacked."""
        block = bisect_right(self._firsts, doc) - 1
        try:
            return from_json(json.loads(self._lines(block)[doc - self._firsts[block]]))
        except (zlib.error, KeyError, TypeError, ValueError, IndexError) as error:
            raise CorruptIndexError(self._path, f"report {doc} cannot be read ({error})", "stored.blocks") from None

    def _unpack(self, block: int) -> list[bytes]:
        start = self._ends[block - 1] if block else 0
        return zlib.decompress(self._blocks[start : self._ends[block]]).split(b"\n")

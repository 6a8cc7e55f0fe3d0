"""Builds one segment in memory and writes it: tokens are numbered as they come, inverted once at the end.

Analysis (fold, stem) runs over the distinct words at the end, not over the tokens. Needs numpy; nothing that answers a
query imports this module.
"""

from __future__ import annotations

import json
from array import array
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from idlibsearch.analysis import sentences
from idlibsearch.analysis.tokens import encoded, new_vocabulary
from idlibsearch.errors import KernelError
from idlibsearch.index.columns import ColumnsWriter
from idlibsearch.index.documents import DocumentsWriter
from idlibsearch.index.fields import Ranking, text_of
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.lexicon_writer import U8, U32, U64, LexiconBuilder
from idlibsearch.index.segment import NO_FILE
from idlibsearch.index.strings import write_strings
from idlibsearch.model import Report

try:
    from idlibsearch.index.encoder import Encoder, length_codes
    from idlibsearch.index.inverter import TokenStream
except ImportError as error:
    raise KernelError("idlibsearch.index.inverter") from error

TITLE, BODY = "title", "body"
_PACKED = (
    "postings.start",
    "blocks.last",
    "blocks.start",
    "blocks.positions",
    "blocks.bounds",
    "postings.data",
    "postings.places",
)


class SegmentBuilder:
    """Takes reports, then writes them as one segment file."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking
        self._vocabulary = new_vocabulary()
        self._counts = array("I")  # tokens of each (doc, field)
        self._breaks = {"sentences": array("I"), "paragraphs": array("I")}  # tokens of the body before each start
        self._break_ends = {"sentences": array("Q"), "paragraphs": array("Q")}
        self._documents = DocumentsWriter()
        self._columns = ColumnsWriter()
        self._keys: list[str] = []
        self._dates = (array("i"), array("i"))
        self._files: list[str | None] = []
        self._prints: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def size_bytes(self) -> int:
        """About how much memory the reports gathered so far hold."""
        return self._vocabulary.size_bytes + self._documents.size_bytes + 100 * len(self)

    def add(self, report: Report) -> int:
        """Append a report and return its doc number."""
        for field in self._ranking.fields:
            text = text_of(report, field.name)
            self._counts.append(self._scan_body(text) if field.name == BODY else self._vocabulary.scan(encoded(text)))
        self._documents.add(report)
        self._columns.add(report)
        self._keys.append(report.key)
        self._dates[0].append(report.date.start.toordinal() if report.date else 0)
        self._dates[1].append(report.date.end.toordinal() if report.date else 0)
        self._files.append(report.provenance.path if report.provenance else None)
        if report.provenance:
            self._prints[report.provenance.path] = report.provenance.fingerprint
        return len(self._keys) - 1

    def _scan_body(self, text: str) -> int:
        data = encoded(text)
        count, *starts = self._vocabulary.scan_breaks(data, *sentences.byte_starts(data))
        for name, part in zip(("sentences", "paragraphs"), starts, strict=True):
            self._breaks[name].frombytes(part.cast("B"))
            self._break_ends[name].append(len(self._breaks[name]))
        return count

    def write(self, path: Path) -> None:
        """Analyse, invert and write the file."""
        words = LexiconBuilder(self._vocabulary.surfaces(), len(self._ranking.fields))
        with SectionWriter(path) as out:
            self._write_postings(out, words)
            self._write_documents(out)

    def _write_postings(self, out: SectionWriter, words: LexiconBuilder) -> None:
        tokens = np.frombuffer(self._vocabulary.ids(), np.uint32)
        counts = np.frombuffer(self._counts, np.uint32)
        positional = np.array([field.positions for field in self._ranking.fields], np.uint8)
        stream = TokenStream(tokens, counts, positional, *words.entries[1:], words.entries.positions, len(words.terms))
        lengths = self._write_lengths(out, words.entries.positions[tokens], counts.reshape(-1, len(positional)))
        inverted = _inverted(stream, words)  # the largest arrays of all: nothing else is to be alive beside them
        words.write(out, inverted.surface_docs, inverted.surface_count)
        encoder = Encoder(positional, lengths.ravel())
        encoder.add(*inverted[:6])
        for name, typecode, data in zip(_PACKED, "IIIIBBB", encoder.finish(), strict=True):
            out.add(name, typecode, data)

    def _write_lengths(self, out: SectionWriter, widths: U8, counts: U32) -> U32:
        """Write field lengths and where sentences and paragraphs start; returns the lengths, uint32[docs, fields]."""
        before = np.zeros(len(widths) + 1, np.uint64)  # positions before each token of the stream
        np.cumsum(widths, out=before[1:], dtype=np.uint64)
        ends = np.cumsum(counts.ravel(), dtype=np.uint64)
        starts = ends - counts.ravel()
        lengths: U32 = (before[ends] - before[starts]).astype(np.uint32).reshape(counts.shape)
        out.add("lengths", "I", lengths)
        out.add("lengths.codes", "B", length_codes(lengths.ravel(), lengths.shape[1]))
        names = [field.name for field in self._ranking.fields]
        sums = {name: [int(lengths[:, c].sum()), int(np.count_nonzero(lengths[:, c]))] for c, name in enumerate(names)}
        out.add("meta", "B", json.dumps({"docs": len(self), "lengths": sums}).encode("ascii"))
        self._columns.write(out, (lengths[:, names.index(TITLE)] + lengths[:, names.index(BODY)]).tolist(), self._dates[0])
        self._write_breaks(out, before, starts.reshape(counts.shape)[:, names.index(BODY)])
        return lengths

    def _write_breaks(self, out: SectionWriter, before: U64, body: U64) -> None:
        """Turn the tokens at which sentences and paragraphs of the body start into positions."""
        for name, breaks in self._breaks.items():
            ends = np.frombuffer(self._break_ends[name], np.uint64)
            per_doc = np.diff(ends, prepend=np.uint64(0))
            first = np.repeat(body, per_doc.astype(np.int64))
            at = before[first + np.frombuffer(breaks, np.uint32)] - before[first]
            out.add(f"{name}.starts", "Q", np.concatenate(([np.uint64(0)], ends)).astype(np.uint64))
            out.add(name, "I", at.astype(np.uint32))

    def _write_documents(self, out: SectionWriter) -> None:
        out.add("dates.start", "i", self._dates[0])
        out.add("dates.end", "i", self._dates[1])
        write_strings(out, "keys", self._keys)
        out.add("keys.order", "I", array("I", sorted(range(len(self)), key=lambda doc: (self._keys[doc], doc))))
        numbers = {path: number for number, path in enumerate(sorted(self._prints))}
        write_strings(out, "files", numbers)
        write_strings(out, "files.prints", (self._prints[path] for path in numbers))
        out.add("docs.file", "I", array("I", (NO_FILE if path is None else numbers[path] for path in self._files)))
        self._documents.write(out)


class _Inverted(NamedTuple):
    """What two passes over the tokens give; the first six are what the encoder packs."""

    starts: U64
    docs: U32
    freqs: U32
    position_starts: U64
    positions: U32
    surfaces: U32
    surface_docs: U32
    surface_count: U32


def _inverted(stream: TokenStream, words: LexiconBuilder) -> _Inverted:
    terms, fields = len(words.terms), words.fields
    postings, occurrences = np.empty(terms, np.uint64), np.empty(terms, np.uint64)
    surface_docs, surface_count = np.empty(len(words.ranks), np.uint32), np.empty(len(words.ranks), np.uint32)
    stream.count(postings, occurrences, surface_docs, surface_count)
    starts, occurrence_starts = _running(postings), _running(occurrences)
    docs, freqs = np.empty(int(starts[-1]), np.uint32), np.empty(fields * int(starts[-1]), np.uint32)
    position_starts = np.empty(len(docs) + 1, np.uint64)
    positions, surfaces = np.empty(int(occurrence_starts[-1]), np.uint32), np.empty(int(occurrence_starts[-1]), np.uint32)
    stream.invert(
        starts, occurrence_starts, words.number_surfaces(surface_count), docs, freqs, position_starts, positions, surfaces
    )
    return _Inverted(starts, docs, freqs, position_starts, positions, surfaces, surface_docs, surface_count)


def _running(counts: U64) -> U64:
    return np.concatenate(([np.uint64(0)], np.cumsum(counts, dtype=np.uint64)))


def write_bitmap(path: Path, docs: set[int], doc_count: int) -> dict[str, Any]:
    """Write the deleted docs of a segment as a bitmap file, bit ``doc & 7`` of byte ``doc >> 3``."""
    bitmap = bytearray((doc_count + 7) // 8)
    for doc in docs:
        bitmap[doc >> 3] |= 1 << (doc & 7)
    with SectionWriter(path) as out:
        out.add("deleted", "B", bytes(bitmap))
    return {"file": path.name, "count": len(docs)}

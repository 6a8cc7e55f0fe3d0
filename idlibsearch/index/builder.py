"""Builds one segment in memory and writes it: tokens are numbered as they come, inverted once at the end.

Analysis (fold, stem) runs over the distinct words at the end, not over the tokens. Needs numpy; nothing that answers a
query imports this module.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from idlibsearch.analysis import sentences
from idlibsearch.analysis.analyzer import Entry, analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import encoded, new_vocabulary
from idlibsearch.errors import KernelError
from idlibsearch.index.columns import ColumnsWriter
from idlibsearch.index.documents import DocumentsWriter
from idlibsearch.index.fields import Ranking, text_of
from idlibsearch.index.fileformat import SectionWriter
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
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]


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
        words = _Words(self._vocabulary.surfaces(), len(self._ranking.fields))
        with SectionWriter(path) as out:
            words.write(out)
            self._write_postings(out, words)
            self._write_documents(out)

    def _write_postings(self, out: SectionWriter, words: _Words) -> None:
        tokens = np.frombuffer(self._vocabulary.ids(), np.uint32)
        counts = np.frombuffer(self._counts, np.uint32)
        positional = np.array([field.positions for field in self._ranking.fields], np.uint8)
        stream = TokenStream(
            tokens, counts, positional, words.entry_starts, words.entry_terms, words.entry_places, words.widths, len(words.terms)
        )
        lengths = self._write_lengths(out, words.widths[tokens], counts.reshape(-1, len(positional)))
        inverted = _inverted(stream, words)  # the largest arrays of all: nothing else is to be alive beside them
        order = np.argsort(words.ranks)
        out.add("surfaces.docs", "I", inverted.surface_docs[order])
        out.add("surfaces.count", "I", inverted.surface_count[order])
        encoder = Encoder(positional, lengths.ravel())
        encoder.add(*inverted[:6])
        for name, typecode, data in zip(_PACKED, "IIIIBBB", encoder.finish(), strict=True):
            out.add(name, typecode, data)
        out.add("term.first", "I", words.term_first)
        out.add("term.surfaces", "I", words.term_surfaces)
        out.add("term.widths", "B", words.term_widths)

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


def _inverted(stream: TokenStream, words: _Words) -> _Inverted:
    terms, fields = len(words.terms), words.fields
    postings, occurrences = np.empty(terms, np.uint64), np.empty(terms, np.uint64)
    surface_docs, surface_count = np.empty(len(words.widths), np.uint32), np.empty(len(words.widths), np.uint32)
    stream.count(postings, occurrences, surface_docs, surface_count)
    starts, occurrence_starts = _running(postings), _running(occurrences)
    docs, freqs = np.empty(int(starts[-1]), np.uint32), np.empty(fields * int(starts[-1]), np.uint32)
    position_starts = np.empty(len(docs) + 1, np.uint64)
    positions, surfaces = np.empty(int(occurrence_starts[-1]), np.uint32), np.empty(int(occurrence_starts[-1]), np.uint32)
    stream.invert(
        starts, occurrence_starts, words.number_surfaces(surface_count), docs, freqs, position_starts, positions, surfaces
    )
    return _Inverted(starts, docs, freqs, position_starts, positions, surfaces, surface_docs, surface_count)


class _Words:
    """The vocabulary of a segment, analysed: what each surface number stands for, and the lexicon's order."""

    def __init__(self, surfaces: Sequence[str], fields: int) -> None:
        self.fields = fields
        folded = [fold(surface) for surface in surfaces]
        self._entries: dict[str, Entry] = {word: analyze_folded(word) for word in sorted(set(folded))}
        self.terms = sorted({term for entry in self._entries.values() for term, _, _ in entry.terms})
        self._number = {term: n for n, term in enumerate(self.terms)}
        order = sorted(range(len(surfaces)), key=lambda s: (folded[s], surfaces[s]))
        self.surfaces = [surfaces[s] for s in order]
        self._surface_folded = [folded[s] for s in order]
        self.ranks = np.empty(len(surfaces), np.uint32)
        self.ranks[order] = np.arange(len(surfaces), dtype=np.uint32)
        entries = [self._entries[word] for word in folded]
        self.widths = np.array([entry.positions for entry in entries], np.uint8)
        self.entry_starts, self.entry_terms, self.entry_places = _flat(entries, self._number)

    def number_surfaces(self, counts: U32) -> U32:
        """Each term's surfaces, the commonest first, and for each entry of a surface its number among them.

        ``counts``: uint32, the occurrences of each surface, by its number in the stream. Returns uint32[entries].
        """
        of_entry = np.repeat(np.arange(len(self.ranks)), np.diff(self.entry_starts))
        order = np.lexsort((self.ranks[of_entry], -counts[of_entry].astype(np.int64), self.entry_terms))
        pairs = self.entry_terms[order].astype(np.uint64) << np.uint64(32) | self.ranks[of_entry[order]]
        new = np.concatenate((np.ones(min(len(pairs), 1), np.bool_), pairs[1:] != pairs[:-1]))  # a word may have a term twice
        terms = self.entry_terms[order][new]
        self.term_first = np.searchsorted(terms, np.arange(len(self.terms) + 1)).astype(np.uint32)
        self.term_surfaces = pairs[new].astype(np.uint32)  # the lower half
        self.term_widths = (self.entry_places[order][new] & np.uint16(0xFF)).astype(np.uint8)
        numbers = np.empty(len(order), np.uint32)
        numbers[order] = np.cumsum(new) - 1 - self.term_first[self.entry_terms[order]]
        return numbers

    def write(self, out: SectionWriter) -> None:
        """Write the lexicon's sections, all but the counts of surfaces."""
        write_strings(out, "terms", self.terms)
        write_strings(out, "folded", self._entries)
        entries = list(self._entries.values())
        starts, terms, places = _flat(entries, self._number)
        out.add("folded.positions", "B", bytes(entry.positions for entry in entries))
        out.add("folded.entries", "I", starts)
        out.add("entries.terms", "I", terms)
        out.add("entries.places", "H", places)
        first: dict[str, int] = {}
        for rank, word in enumerate(self._surface_folded):
            first.setdefault(word, rank)
        out.add("folded.surfaces", "I", array("I", [*(first[word] for word in self._entries), len(self.surfaces)]))
        write_strings(out, "surfaces", self.surfaces)


def _flat(entries: Sequence[Entry], number: dict[str, int]) -> tuple[U32, U32, npt.NDArray[np.uint16]]:
    """Entries as three arrays: the start of each, its term numbers, its places (offset << 8 | width)."""
    starts = _running(np.array([len(entry.terms) for entry in entries], np.uint64)).astype(np.uint32)
    flat = [term for entry in entries for term in entry.terms]
    terms = np.array([number[term] for term, _, _ in flat], np.uint32)
    return starts, terms, np.array([offset << 8 | width for _, offset, width in flat], np.uint16)


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

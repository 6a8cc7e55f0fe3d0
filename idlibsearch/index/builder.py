"""Builds one segment and writes it: tokens are numbered as they come, inverted at the end, some terms at a time.

Analysis (fold, stem) runs over distinct words, not over the tokens; stored reports go to the file as they come. Needs numpy;
nothing that answers a query imports this module.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import NamedTuple

import numpy as np

from idlibsearch.analysis import sentences
from idlibsearch.analysis.tokens import encoded
from idlibsearch.errors import KernelError
from idlibsearch.index.analysed import NOWHERE, Analysed
from idlibsearch.index.columns_writer import ColumnsWriter
from idlibsearch.index.documents import DocumentsWriter
from idlibsearch.index.fields import Ranking, text_of
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.mentions_writer import MentionsWriter
from idlibsearch.index.packing import PostingsWriter
from idlibsearch.index.rows import Rows, word_counts, write_breaks, write_lengths, write_rows
from idlibsearch.index.wordlist import U8, U16, U32, U64, WordList, numbered, spread, write_words
from idlibsearch.model import Document, Report

try:
    from idlibsearch.index.encoder import Encoder
    from idlibsearch.index.inverter import TokenStream, mark_met, packed
except ImportError as error:
    raise KernelError("idlibsearch.index.inverter") from error

BODY = "body"
BREAKS = ("sentences", "paragraphs")
WINDOW_BYTES = 80 << 20  # of inverted lists that stand in memory at once; each window costs a pass over the tokens (2 ns each)
OCCURRENCE_BYTES = 8  # position and surface
REPORT_BYTES = 60  # a report in ``Rows``, beside its key, and its counts of tokens


class SegmentBuilder:
    """Takes reports, then writes them as one segment file.

    ``words`` may have served other segments before. Leave it by ``finish`` or ``discard``.
    """

    def __init__(self, path: Path, ranking: Ranking, words: Analysed, window_bytes: int = WINDOW_BYTES) -> None:
        self.path = path
        self._ranking, self._words = ranking, words
        self._window_bytes = min(window_bytes, WINDOW_BYTES)
        self._out = SectionWriter(path, sync=False)
        self._tokens = array("H")  # packed
        self._counts = array("I")  # tokens of each (doc, field)
        self._breaks = {name: array("I") for name in BREAKS}  # tokens of the body before each start
        self._break_ends = {name: array("Q") for name in BREAKS}
        self._documents = DocumentsWriter(self._out)
        self._columns = ColumnsWriter(exact=not ranking.of_reports)
        self._mentions = MentionsWriter(ranking)
        self._rows = Rows()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes to write what was gathered so far."""
        tokens = 2 * len(self._tokens) + sum(4 * len(breaks) for breaks in self._breaks.values())
        window = self._window_bytes * 3 // 2  # packed, it is half
        rows = self._rows.size_bytes + self._columns.size_bytes + self._mentions.size_bytes + REPORT_BYTES * len(self)
        return self._words.listed_bytes + tokens + rows + window

    def add(self, report: Report | Document, record: bytes) -> None:
        """Append a report or a document; ``record`` is how it is to be stored."""
        self._documents.add(record)
        if isinstance(report, Document):
            self._add_document(report)
            return
        scan = self._words.vocabulary.scan
        for field in self._ranking.fields:
            text = text_of(report, field.name)
            self._counts.append(self._scan_body(text) if field.name == BODY else scan(encoded(text)) if text else 0)
        self._columns.add(report)
        self._mentions.add(len(self), report)
        self._rows.add(report)

    def _add_document(self, document: Document) -> None:
        vocabulary = self._words.vocabulary
        for field in self._ranking.fields:
            if field.group:
                self._counts.append(vocabulary.number(document.words.get(field.name, b"")))
            else:
                self._counts.append(vocabulary.scan(encoded(document.texts.get(field.name, ""))))
        for ends in self._break_ends.values():
            ends.append(0)
        self._columns.add_document(document)
        self._rows.add_key(document.key)

    def _scan_body(self, text: str) -> int:
        data = encoded(text)
        count, *starts = self._words.vocabulary.scan_breaks(data, *sentences.byte_starts(data))
        for name, part in zip(BREAKS, starts, strict=True):
            self._breaks[name].frombytes(part.cast("B"))
            self._break_ends[name].append(len(self._breaks[name]))
        return count

    def end_batch(self) -> None:
        """Make room: the vocabulary is free of tokens."""
        self._tokens.frombytes(packed(self._words.vocabulary.ids()))
        self._words.vocabulary.clear_ids()
        self._words.learn()

    def discard(self) -> None:
        """Give up; nothing is left of the file."""
        self._words.vocabulary.clear_ids()
        self._out.discard()

    def finish(self) -> None:
        """Analyse, invert and write the rest of the file."""
        self.end_batch()
        with self._out as out:
            self._documents.finish()
            self._write(out)

    def _write(self, out: SectionWriter) -> None:
        met = np.zeros(len(self._words.vocabulary), np.uint8)
        mark_met(self._tokens, met)
        own, steps = self._words.own_widths()
        met[own[steps > 0]] = 0  # a step is no word
        words, ranks = self._words.words_in(np.flatnonzero(met).astype(np.uint32))
        vocabulary = _Spread.of(words, ranks)
        vocabulary.widths[own] = steps
        counts = np.frombuffer(self._counts, np.uint32)
        positional = np.array([field.positions for field in self._ranking.fields], np.uint8)
        stream = TokenStream(
            self._tokens,
            counts,
            positional,
            vocabulary.starts,
            vocabulary.terms,
            vocabulary.places,
            vocabulary.widths,
            len(words.terms),
        )
        lengths = np.empty(len(counts), np.uint32)
        stream.measure(lengths)
        rows = lengths.reshape(-1, len(positional))
        write_lengths(out, rows, self._ranking)
        self._columns.write(out, word_counts(rows, self._ranking), self._rows.date_starts)
        for name in BREAKS:
            if self._ranking.of_reports:
                stream.place(self._ranking.column(BODY), self._break_ends[name], self._breaks[name])
            write_breaks(
                out, name, np.frombuffer(self._break_ends[name], np.uint64), np.frombuffer(self._breaks[name], np.uint32)
            )
        self._mentions.write(out, stream, len(self))
        self._write_postings(out, stream, words, vocabulary, Encoder(positional, lengths))
        write_rows(out, self._rows)

    def _write_postings(
        self, out: SectionWriter, stream: TokenStream, words: WordList, vocabulary: _Spread, encoder: Encoder
    ) -> None:
        postings, occurrences = np.empty(len(words.terms), np.uint64), np.empty(len(words.terms), np.uint64)
        docs, counts = np.empty(len(vocabulary.widths), np.uint32), np.empty(len(vocabulary.widths), np.uint32)
        stream.count(postings, occurrences, docs, counts)
        numbering = numbered(words, counts[vocabulary.order])
        numbers = numbering.numbers[vocabulary.entries]
        writer = PostingsWriter(out, encoder)
        fields = len(self._ranking.fields)
        for first, end in _windows(postings, occurrences, fields, self._window_bytes):
            writer.add(*_inverted(stream, first, postings[first:end], occurrences[first:end], numbers, fields))
        writer.finish()
        write_words(out, words, numbering, docs[vocabulary.order], counts[vocabulary.order])


class _Spread(NamedTuple):
    """Words as the token stream takes them: by number of the vocabulary, which has the common words side by side."""

    order: U32  # [surfaces], the vocabulary's number of each surface of the lexicon
    entries: U32  # of each entry its place in ``Numbering``, where they go by surface
    starts: U32  # [vocabulary + 1]
    terms: U32
    places: U16
    widths: U8  # [vocabulary]

    @classmethod
    def of(cls, words: WordList, ranks: U32) -> _Spread:
        met = np.flatnonzero(ranks != NOWHERE)
        order = met[np.argsort(ranks[met])].astype(np.uint32)
        by_surface, entries = spread(words.entry_starts, words.folded_of)
        starts, index = spread(by_surface, ranks[met])
        sizes, widths = np.zeros(len(ranks), np.uint32), np.zeros(len(ranks), np.uint8)
        sizes[met], widths[met] = np.diff(starts), words.positions[words.folded_of[ranks[met]]]
        terms, places = words.entry_terms[entries][index], words.entry_places[entries][index]
        return cls(order, index.astype(np.uint32), running(sizes).astype(np.uint32), terms, places, widths)


def running(counts: U32 | U64) -> U64:
    """Where each of several parts starts, and the last one ends."""
    return np.concatenate((np.zeros(1, np.uint64), np.cumsum(counts, dtype=np.uint64)))


def _windows(postings: U64, occurrences: U64, fields: int, size: int) -> list[tuple[int, int]]:
    """Ranges of terms whose lists fit into a window; at least one term each."""
    ends = np.cumsum(postings * np.uint64(12 + 4 * fields) + occurrences * np.uint64(OCCURRENCE_BYTES))
    found, first = [], 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + size, "right")))
        found.append((first, end))
        first = end
    return found


def _inverted(
    stream: TokenStream, first: int, postings: U64, occurrences: U64, numbers: U32, fields: int
) -> tuple[U64, U32, U32, U64, U32, U32]:
    starts, occurrence_starts = running(postings), running(occurrences)
    docs, freqs = np.empty(int(starts[-1]), np.uint32), np.empty(fields * int(starts[-1]), np.uint32)
    position_starts = np.empty(len(docs) + 1, np.uint64)
    positions, surfaces = np.empty(int(occurrence_starts[-1]), np.uint32), np.empty(int(occurrence_starts[-1]), np.uint32)
    stream.invert(first, starts, occurrence_starts, numbers, docs, freqs, position_starts, positions, surfaces)
    return starts, docs, freqs, position_starts, positions, surfaces

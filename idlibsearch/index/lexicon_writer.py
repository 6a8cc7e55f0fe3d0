"""Writes the lexicon of a segment: from the surfaces of a build, analysed here, or from tables that are there already.

Analysis (fold, stem) runs over the distinct words. Needs numpy; nothing that answers a query imports this module.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from idlibsearch.analysis.analyzer import Entry, analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import encoded
from idlibsearch.errors import KernelError
from idlibsearch.index.fileformat import SectionWriter

try:
    from idlibsearch.index import lexicon_encoder
except ImportError as error:
    raise KernelError("idlibsearch.index.lexicon_encoder") from error

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]


class EntryTable(NamedTuple):
    """What words stand for: each one's positions (uint8[n]) and range (``starts``, uint32[n + 1]) in the other two: term numbers,
    primaries first, and their places (offset << 8 | width)."""

    positions: U8
    starts: U32
    terms: U32
    places: U16


class SurfaceTable(NamedTuple):
    """The surfaces of a segment by folded word (``starts``, uint32[n + 1]: the range of each): texts, forms, and how often."""

    texts: list[bytes]
    forms: U8
    starts: U32
    docs: U32
    counts: U32


class TermTable(NamedTuple):
    """Each term's range (``starts``, uint32[n + 1]) in its surfaces, commonest first; their places as ``entries`` has them."""

    starts: U32
    surfaces: U32
    places: U8


def write_lexicon(
    out: SectionWriter, terms: list[bytes], folded: list[bytes], entries: EntryTable, surfaces: SurfaceTable, of_terms: TermTable
) -> None:
    """Write all sections of a lexicon; ``terms`` and ``folded`` are sorted, in UTF-8."""
    longest = [_write_words(out, name, words) for name, words in (("terms", terms), ("folded", folded))]
    counts = (len(terms), longest[0], len(folded), longest[1], len(surfaces.texts))
    out.add("lexicon", "I", array("I", counts))
    forms, starts = surfaces.forms, surfaces.starts
    _write(out, "entries.data", "entries.blocks", lexicon_encoder.write_entries(*entries, forms, starts))
    _write(out, "surfaces.data", "surfaces.blocks", lexicon_encoder.write_surfaces(*surfaces))
    _write(out, "term.surfaces", "term.blocks", lexicon_encoder.write_term_surfaces(*of_terms))


def _write_words(out: SectionWriter, name: str, words: list[bytes]) -> int:
    text, blocks, longest = lexicon_encoder.front_coded(words)
    _write(out, f"{name}.text", f"{name}.blocks", (text, blocks))
    return longest


def _write(out: SectionWriter, name: str, blocks_name: str, sections: tuple[Any, Any]) -> None:
    out.add(name, "B", sections[0])
    out.add(blocks_name, "I", sections[1])


class LexiconBuilder:
    """The surfaces of a build, analysed: what each stands for, by its number in the stream of tokens, and the lexicon's order.

    entries    EntryTable, by surface
    ranks      uint32[surfaces], each one's number in the lexicon
    terms      the terms, sorted
    """

    def __init__(self, surfaces: Sequence[str], fields: int) -> None:
        self.fields = fields
        folded = [fold(surface) for surface in surfaces]
        self._entries: dict[str, Entry] = {word: analyze_folded(word) for word in sorted(set(folded))}
        self.terms = sorted({term for entry in self._entries.values() for term, _, _ in entry.terms})
        self._number = {term: n for n, term in enumerate(self.terms)}
        self._words = {word: encoded(word) for word in self._entries}
        texts = [encoded(surface) for surface in surfaces]
        forms = [lexicon_encoder.form(self._words[word], text) for word, text in zip(folded, texts, strict=True)]
        order = sorted(range(len(surfaces)), key=lambda s: (folded[s], forms[s], texts[s]))
        self._texts, self._forms = [texts[s] for s in order], np.array([forms[s] for s in order], np.uint8)
        self._surface_starts = self._starts_of([folded[s] for s in order])
        self.ranks = np.empty(len(surfaces), np.uint32)
        self.ranks[order] = np.arange(len(surfaces), dtype=np.uint32)
        self.entries = _flat([self._entries[word] for word in folded], self._number)

    def _starts_of(self, folded: list[str]) -> U32:
        first: dict[str, int] = {}
        for rank, word in enumerate(folded):
            first.setdefault(word, rank)
        return np.array([*(first[word] for word in self._entries), len(folded)], np.uint32)

    def number_surfaces(self, counts: U32) -> U32:
        """Each term's surfaces, the commonest first, and for each entry of a surface its number among them.

        ``counts``: uint32, the occurrences of each surface, by its number in the stream. Returns uint32[entries].
        """
        entries = self.entries
        of_entry = np.repeat(np.arange(len(self.ranks)), np.diff(entries.starts))
        order = np.lexsort((self.ranks[of_entry], -counts[of_entry].astype(np.int64), entries.terms))
        pairs = entries.terms[order].astype(np.uint64) << np.uint64(32) | self.ranks[of_entry[order]]
        new = np.concatenate((np.ones(min(len(pairs), 1), np.bool_), pairs[1:] != pairs[:-1]))  # a word may have a term twice
        starts = np.searchsorted(entries.terms[order][new], np.arange(len(self.terms) + 1)).astype(np.uint32)
        self._of_terms = TermTable(starts, pairs[new].astype(np.uint32), self._places(of_entry)[order][new])  # the lower half
        numbers = np.empty(len(order), np.uint32)
        numbers[order] = np.cumsum(new) - 1 - starts[entries.terms[order]]
        return numbers

    def _places(self, of_entry: npt.NDArray[np.int64]) -> U8:
        """Of each entry, as ``entries`` has it: the token's positions where its term leads, else those the term spans."""
        leads = self.entries.starts[of_entry] == np.arange(len(of_entry))
        spans = np.where(leads, self.entries.positions[of_entry], self.entries.places & np.uint16(0xFF))
        places: U8 = ((spans - 1) << 1 | leads).astype(np.uint8)
        return places

    def write(self, out: SectionWriter, docs: U32, counts: U32) -> None:
        """Write the lexicon; ``docs`` and ``counts``: reports and occurrences of each surface, by its number in the stream."""
        order = np.argsort(self.ranks)
        surfaces = SurfaceTable(self._texts, self._forms, self._surface_starts, docs[order], counts[order])
        entries = _flat(list(self._entries.values()), self._number)
        write_lexicon(out, list(map(encoded, self.terms)), list(self._words.values()), entries, surfaces, self._of_terms)


def _flat(entries: Sequence[Entry], number: dict[str, int]) -> EntryTable:
    starts = np.zeros(len(entries) + 1, np.uint32)
    np.cumsum([len(entry.terms) for entry in entries], out=starts[1:])
    flat = [term for entry in entries for term in entry.terms]
    terms = np.array([number[term] for term, _, _ in flat], np.uint32)
    positions = np.array([entry.positions for entry in entries], np.uint8)
    return EntryTable(positions, starts, terms, np.array([offset << 8 | width for _, offset, width in flat], np.uint16))

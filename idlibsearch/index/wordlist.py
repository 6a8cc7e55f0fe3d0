"""The words of a segment as arrays in the order of its lexicon, whether they were just read or come from several segments.

``WordList`` is what the two ways of making a segment, ``builder`` and ``merge``, share: how a term's surfaces are numbered, and
how the lexicon's sections are written (``lexicon`` says what they mean). Needs numpy.
"""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.strings import Table, write_table

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]


class WordList(NamedTuple):
    """Terms, folded words and surfaces, each sorted as in the lexicon, and what stands for what."""

    terms: Table
    folded: Table
    surfaces: Table
    folded_of: U32  # [surfaces]
    positions: U8  # [folded words]
    entry_starts: U32  # [folded words + 1], each one's range in the next two
    entry_terms: U32
    entry_places: U16  # offset << 8 | width


class Numbering(NamedTuple):
    """Each term's surfaces, commonest first, and for every entry of every surface the surface's number in its term."""

    term_first: U32  # [terms + 1], each term's range in the next two
    term_surfaces: U32
    term_widths: U8
    starts: U32  # [surfaces + 1], each surface's range in the rest
    terms: U32
    places: U16
    numbers: U32


def numbered(words: WordList, counts: U32) -> Numbering:
    """Number the surfaces of each term: the commonest first, equally common ones in the lexicon's order.

    ``counts``: uint32[surfaces], the occurrences of each in fields with positions.
    """
    starts, index = spread(words.entry_starts, words.folded_of)
    terms, places = words.entry_terms[index], words.entry_places[index]
    surfaces = np.repeat(np.arange(len(words.folded_of), dtype=np.uint32), np.diff(starts))
    order = np.lexsort((surfaces, -counts[surfaces].astype(np.int64), terms))
    pairs = terms[order].astype(np.uint64) << np.uint64(32) | surfaces[order]
    new = np.concatenate((np.ones(min(len(pairs), 1), np.bool_), pairs[1:] != pairs[:-1]))  # a word may have a term twice
    term_first = np.searchsorted(terms[order][new], np.arange(len(words.terms) + 1)).astype(np.uint32)
    numbers = np.empty(len(order), np.uint32)
    numbers[order] = np.cumsum(new) - 1 - term_first[terms[order]]
    widths = (places[order][new] & np.uint16(0xFF)).astype(np.uint8)
    return Numbering(term_first, pairs[new].astype(np.uint32), widths, starts, terms, places, numbers)  # the lower half of a pair


def spread(starts: U32, rows: npt.NDArray[np.integer[Any]]) -> tuple[U32, I64]:
    """The ranges of some rows one behind the other: where each starts then, and the numbers of all items in them.

    >>> [part.tolist() for part in spread(np.array([0, 2, 3], np.uint32), np.array([1, 0, 1]))]
    [[0, 1, 3, 4], [2, 0, 1, 2]]
    """
    first = starts[rows].astype(np.int64)
    sizes = starts[1:][rows].astype(np.int64) - first
    begins = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    index = np.arange(begins[-1], dtype=np.int64) + np.repeat(first - begins[:-1], sizes)
    return begins.astype(np.uint32), index


def write_words(out: SectionWriter, words: WordList, numbering: Numbering, docs: U32, counts: U32) -> None:
    """Write the lexicon's sections. ``docs``, ``counts``: uint32[surfaces], reports and occurrences with positions of each."""
    out.add("term.first", "I", numbering.term_first)
    out.add("term.surfaces", "I", numbering.term_surfaces)
    out.add("term.widths", "B", numbering.term_widths)
    write_table(out, "terms", words.terms)
    write_table(out, "folded", words.folded)
    out.add("folded.positions", "B", words.positions)
    out.add("folded.entries", "I", words.entry_starts)
    out.add("entries.terms", "I", words.entry_terms)
    out.add("entries.places", "H", words.entry_places)
    bounds = np.searchsorted(words.folded_of, np.arange(len(words.folded) + 1)).astype(np.uint32)
    out.add("folded.surfaces", "I", bounds)
    write_table(out, "surfaces", words.surfaces)
    out.add("surfaces.docs", "I", docs)
    out.add("surfaces.count", "I", counts)


def kept_strings(table: Table, kept: npt.NDArray[np.bool_]) -> Table:
    """The strings of a table that are marked, in a table of their own."""
    if kept.all():
        return table
    starts = np.concatenate((np.zeros(1, np.uint32), np.asarray(table.ends)))
    begins, index = spread(starts, np.flatnonzero(kept))
    text = np.frombuffer(table.text, np.uint8)[index].tobytes()
    return Table(text, array("I", begins[1:].tobytes()))

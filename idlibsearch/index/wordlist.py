"""The words of a segment as arrays in the order of its lexicon, whether they were just read or come from several segments.

``WordList`` is what the two ways of making a segment, ``builder`` and ``merge``, share: how a term's surfaces are numbered, and
how the lexicon's sections are written (``lexicon`` says what they mean). Needs numpy.
"""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.lexicon import Lexicon
from idlibsearch.index.strings import Table

try:
    from idlibsearch.index import lexicon_decoder, lexicon_encoder
except ImportError as error:
    raise KernelError("idlibsearch.index.lexicon_encoder") from error

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]


class WordList(NamedTuple):
    """Terms, folded words and surfaces, each sorted as in the lexicon, and what stands for what.

    Surfaces are sorted by folded word, then by form, then by their text.
    """

    terms: Table
    folded: Table
    surfaces: Table
    folded_of: U32  # [surfaces]
    forms: U8  # [surfaces], how each differs from its folded word: see ``entries``
    positions: U8  # [folded words]
    entry_starts: U32  # [folded words + 1], each one's range in the next two
    entry_terms: U32
    entry_places: U16  # offset << 8 | width


class Numbering(NamedTuple):
    """Each term's surfaces, commonest first, and for every entry of every surface the surface's number in its term."""

    term_first: U32  # [terms + 1], each term's range in the next two
    term_surfaces: U32
    term_places: U8  # as ``entries`` has them
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
    leads = starts[surfaces] == np.arange(len(terms))  # the term at a token's first position: with it goes the whole token
    spans = np.where(leads, words.positions[words.folded_of[surfaces]], places & np.uint16(0xFF))
    term_places = ((spans - 1) << 1 | leads).astype(np.uint8)[order][new]
    return Numbering(term_first, pairs[new].astype(np.uint32), term_places, starts, terms, places, numbers)  # the lower half


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
    longest = []
    for name, table in (("terms", words.terms), ("folded", words.folded)):
        text, blocks, most = lexicon_encoder.front_coded(list(table))
        _write(out, f"{name}.text", f"{name}.blocks", (text, blocks))
        longest.append(most)
    out.add("lexicon", "I", array("I", (len(words.terms), longest[0], len(words.folded), longest[1], len(words.surfaces))))
    starts = np.searchsorted(words.folded_of, np.arange(len(words.folded) + 1)).astype(np.uint32)
    entries = words.positions, words.entry_starts, words.entry_terms, words.entry_places
    _write(out, "entries.data", "entries.blocks", lexicon_encoder.write_entries(*entries, words.forms, starts))
    surfaces = lexicon_encoder.write_surfaces(list(words.surfaces), words.forms, starts, docs, counts)
    _write(out, "surfaces.data", "surfaces.blocks", surfaces)
    _write(out, "term.surfaces", "term.blocks", lexicon_encoder.write_term_surfaces(*numbering[:3]))


def _write(out: SectionWriter, name: str, blocks_name: str, sections: tuple[Any, Any]) -> None:
    out.add(name, "B", sections[0])
    out.add(blocks_name, "I", sections[1])


class Written(NamedTuple):
    """The words of a segment as read from it, reports and occurrences of each surface, and the surfaces of each term."""

    words: WordList
    docs: U32
    counts: U32
    term_first: U32  # [terms + 1]
    term_surfaces: U32


def read_words(lexicon: Lexicon) -> Written:
    """Read a lexicon back into arrays. Raises CorruptIndexError where it is damaged."""
    file = lexicon.file
    terms, folded = lexicon_decoder.read_table(lexicon.terms.capsule), lexicon_decoder.read_table(lexicon.folded.capsule)
    entries = lexicon_decoder.read_entries(lexicon.entries.capsule)
    sections = file.array("surfaces.data"), file.array("surfaces.blocks")
    spelled = lexicon_decoder.read_all_surfaces(lexicon.folded.capsule, lexicon.entries.capsule, *sections)
    sections = file.array("term.surfaces"), file.array("term.blocks")
    of_terms = lexicon_decoder.read_term_surfaces(*sections, len(lexicon.terms), lexicon.surface_count)
    if terms is None or folded is None or entries is None or spelled is None or of_terms is None:
        raise CorruptIndexError(str(file.path), "its words cannot be read", "lexicon")
    positions, entry_ends, entry_terms, places = map(np.asarray, entries)
    folded_of, forms, docs, counts = map(np.asarray, spelled[1:])
    words = WordList(
        terms=Table(*terms),
        folded=Table(*folded),
        surfaces=Table(*spelled[0]),
        folded_of=folded_of,
        forms=forms.astype(np.uint8),
        positions=positions.astype(np.uint8),
        entry_starts=_starts(entry_ends),
        entry_terms=entry_terms,
        entry_places=places.astype(np.uint16),
    )
    return Written(words, docs, counts, _starts(np.asarray(of_terms[0])), np.asarray(of_terms[1]))


def _starts(ends: U32) -> U32:
    return np.concatenate((np.zeros(1, np.uint32), ends))


def kept_strings(table: Table, kept: npt.NDArray[np.bool_]) -> Table:
    """The strings of a table that are marked, in a table of their own."""
    if kept.all():
        return table
    starts = np.concatenate((np.zeros(1, np.uint32), np.asarray(table.ends)))
    begins, index = spread(starts, np.flatnonzero(kept))
    text = np.frombuffer(table.text, np.uint8)[index].tobytes()
    return Table(text, array("I", begins[1:].tobytes()))

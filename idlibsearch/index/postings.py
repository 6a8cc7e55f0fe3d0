"""Posting lists: for each term the reports that have it, how often in which field, and where.

One list a term over all text fields, in blocks of 128 postings. A block keeps one freq column a field beside its docs, none
where it is all zero. Numbers are packed to the width (bits) of the block's largest, lowest bits first, every column from a
whole byte on; so any of them can be read, and a doc be searched for, without unpacking the rest. The sections:

    postings.first      uint32[terms + 1]  each term's range of blocks
    blocks.last         uint32             each block's last doc
    blocks.start        uint32             where it starts in ``postings.data``, in bytes
    blocks.positions    uint32             where its positions start in ``postings.places``
    blocks.bounds       uint8[2f]          of each field its largest freq and the smallest length among docs that have it, as
                                           codes rounded so that they stay bounds, whatever k1, b, weights and statistics:
                                           exact below 32, then 4 bits of mantissa and the rest exponent (``blocks.pxd``)
    postings.data       bytes              the blocks. A byte each: count - 1, bits of a doc, of a position, of a surface, and
                                           of a freq of each field (0: none, all zero; 33: none, all one). Then the docs
                                           but for the last, from the last doc of the block before + 1 (0 in the first);
                                           then the freq columns in field order
    postings.places     bytes              of each block the positions of its postings, field after field (fields that keep
                                           positions only), and behind them the surface of each, as a number within its term's

The surfaces of each term stand in ``term.surfaces`` (see ``entries``), commonest first, so that numbers are small. Eight zero
bytes stand at the end of all byte sections, so that any number can be read as part of a 64-bit word.

Example: a term that stands once in the body (the last of four fields) of docs 3 and 10, at positions 5 and 70, in its only
spelling. Its block is 01 04 07 00 00 00 00 21 03 (two postings, 4 bits a doc, 7 a position, freqs in the body only and all one;
doc 3), its places 05 23 (5 and 70, 7 bits each, no bits for the surface), its bounds 00 00 00 00 00 00 01 and the shorter
length. With last (10), start and positions it takes 9 + 2 + 8 + 12 bytes.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from idlibsearch.errors import KernelError
from idlibsearch.index.fileformat import SectionFile

try:
    from idlibsearch.index.reader import PostingReader
except ImportError as error:
    raise KernelError("idlibsearch.index.reader") from error

_SECTIONS = (
    *("postings.first", "blocks.last", "blocks.start", "blocks.positions", "blocks.bounds"),
    *("postings.data", "postings.places", "lengths", "term.surfaces", "term.blocks"),
)


def open_postings(file: SectionFile, positional: tuple[bool, ...], surfaces: int, deleted: memoryview) -> PostingReader:
    """Bind the sections of a segment that has so many surfaces. Raises ValueError where they do not fit each other."""
    arrays: list[Any] = [bytes(positional), *(file.array(name) for name in _SECTIONS), surfaces, deleted, str(file.path)]
    return PostingReader(*arrays)


class PostingList:
    """One term's postings, unpacked when they are asked for."""

    def __init__(self, reader: PostingReader, term: int, columns: int) -> None:
        self._reader = reader
        self.term = term
        self._columns = columns

    @cached_property
    def docs(self) -> memoryview[int]:
        """Its docs, uint32 ascending, deleted ones included."""
        return self._reader.docs(self.term)

    @cached_property
    def freqs(self) -> tuple[memoryview[int], ...]:
        """One freq column a field, uint32, beside the docs."""
        return tuple(self._reader.freqs(self.term, column) for column in range(self._columns))

    def count(self, column: int | None = None) -> int:
        """How many docs have the term, in one field or in any; deleted ones included."""
        return self._reader.count(self.term) if column is None else self._reader.count_in(self.term, column)

    def freq(self, doc: int, column: int) -> int:
        """How often it stands in a field of a doc."""
        return self._reader.freq(self.term, doc, column)

    def occurrences(self, doc: int, column: int) -> list[tuple[int, int, int]]:
        """Where it stands in a field of a doc: (start, end, surface), ascending; empty where no positions are kept."""
        return self._reader.occurrences(self.term, doc, column)

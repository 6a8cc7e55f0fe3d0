"""Posting lists: for each term the reports that have it, how often in which field, and where.

One list a term over all text fields, in blocks of 128 postings. A block keeps one freq column a field beside its docs, none
where it is all zero. Numbers are packed, lowest bits first, every column from a whole byte on; docs and freqs at the width
(bits) of the block's largest, so that any of them can be read, and a doc be searched for, without unpacking the rest. The
sections:

    postings.start      uint32[terms]  where each term's list starts in ``postings.data``, in bytes
    postings.data       bytes          the lists. One of at most 128 postings is a block that has all in one place (see below);
                                       a longer one is the byte 80 and two uint32, its first row in the four tables of blocks
                                       and how many postings it has, and its blocks stand where these say
    blocks.last         uint32         each block's last doc
    blocks.start        uint32         where it starts in ``postings.data``, in bytes
    blocks.positions    uint32         where its places start in ``postings.places``
    blocks.bounds       uint8[2f]      of each field its largest freq and the smallest length among docs that have it, as
                                       codes rounded so that they stay bounds, whatever k1, b, weights and statistics:
                                       exact below 32, then 4 bits of mantissa and the rest exponent (``blocks.pxd``)
    postings.places     bytes          the places of blocks

A block, in this order:

    count               a byte: postings - 1
    fields              a byte: bit f is set where the freqs of field f are not all zero
    width of docs       a byte: bits
    widths of freqs     a byte for each of those fields: bits; 0 where all freqs are 1 and none is stored
    last, bounds        short lists only: what long ones have in tables (uint32; two bytes for each of those fields)
    docs                all but the last, each as what it is more than the last doc of the block before + 1 (0 in the first). In
                        a block of 128 they are stored as what they differ from an even spread over the docs the block spans,
                        ``range * (i + 1) >> 7``, which takes two bits less, raised so that none is negative; by how much
                        says the last, which stands there too and differs by 0
    freqs               the columns in field order
    places              short lists only, else in ``postings.places``: the positions of its postings, field after field (fields
                        that keep positions only), the first of a posting and field as it is, the others as the gap to the one
                        before - 1; and behind them the surface of each, as a number within its term's

Positions and surfaces are each a patched column (after Zukowski and others, "Super-scalar RAM-CPU cache compression", 2006):
a byte with the width; the numbers at that width; and, where bit 7 of that byte is set, the upper bits of the few numbers that
have more. Of these there stand three bytes in front (bits of an upper part, uint16 how many) and behind the numbers first
which they are (ascending, in as many bits as the count of all numbers has), then the upper parts.


The surfaces of each term stand in ``term.surfaces`` (see ``entries``), commonest first, so that numbers are small. Eight zero
bytes stand at the end of all byte sections, so that any number can be read as part of a 64-bit word.

Example: a term that stands once in the body (the last of four fields) of docs 3 and 10, at positions 5 and 70, in its only
spelling, where the shorter body has 99 positions. Its list is 01 08 02 00 (two postings; in the body only; 2 bits a doc; freqs
all one) 0A 00 00 00 01 38 (last doc 10; freqs up to 1, lengths from 96 on) 03 (doc 3) 07 05 23 (7 bits a position: 5 and 70)
00 (no bits for the surface). With its start it takes 19 bytes.
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
    *("postings.start", "blocks.last", "blocks.start", "blocks.positions", "blocks.bounds"),
    *("postings.data", "postings.places", "lengths", "lengths.codes", "term.surfaces", "term.blocks"),
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

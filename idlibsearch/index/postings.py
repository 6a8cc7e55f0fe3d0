"""Posting lists: for each term the reports that have it, how often in which field, and where.

One list a term over all text fields, with a freq column a field beside the docs. Plain arrays for now:

    postings.starts     uint64[terms + 1], each term's range of postings
    postings.docs       uint32, ascending within a term
    postings.freqs      uint32, one column of all postings after the other, in field order
    positions.starts    uint64[postings + 1], each posting's range in the next two
    positions           uint32, field after field, ascending within a field (fields that keep positions only)
    positions.surfaces  uint32, the surface at each
"""

from __future__ import annotations

from typing import NamedTuple

from idlibsearch.index.fileformat import SectionFile


class PostingList(NamedTuple):
    """One term's postings: ``docs`` uint32[n], ``freqs`` one uint32[n] a field, and views to find positions by."""

    docs: memoryview
    freqs: tuple[memoryview, ...]
    starts: memoryview  # uint64[n + 1] into positions and surfaces
    positions: memoryview
    surfaces: memoryview
    positional: tuple[bool, ...]

    def place(self, posting: int, column: int) -> range:
        """Where in ``positions`` and ``surfaces`` the occurrences of one posting in one field stand (none: an empty range)."""
        if not self.positional[column]:
            return range(0)
        start = self.starts[posting] + sum(self.freqs[c][posting] for c in range(column) if self.positional[c])
        return range(start, start + self.freqs[column][posting])


class Postings:
    """All posting lists of a segment, by term number."""

    def __init__(self, file: SectionFile, positional: tuple[bool, ...]) -> None:
        self._starts = file.array("postings.starts")
        self._docs = file.array("postings.docs")
        self._freqs = file.array("postings.freqs")
        self._position_starts = file.array("positions.starts")
        self._positions = file.array("positions")
        self._surfaces = file.array("positions.surfaces")
        self._positional = positional

    def of(self, term: int) -> PostingList:
        """The postings of a term."""
        low, high, column = self._starts[term], self._starts[term + 1], len(self._docs)
        return PostingList(
            self._docs[low:high],
            tuple(self._freqs[f * column + low : f * column + high] for f in range(len(self._positional))),
            self._position_starts[low : high + 1],
            self._positions,
            self._surfaces,
            self._positional,
        )

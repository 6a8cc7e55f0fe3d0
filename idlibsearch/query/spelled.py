"""Where chosen spellings stand in a segment: the occurrences of a term's list whose surface was chosen, each token once.

A token is found through the term at its first position, so that rebel-held, of which *rebel*, *held* and *rebelheld* tell in
three lists, counts once. Only fields that keep positions know surfaces. What the ``lists`` kernel gathers is counted; spans,
which only shown hits need, are found here.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from idlibsearch.index.segment import Segment
from idlibsearch.query import lists


class Word(NamedTuple):
    """Some surfaces of a folded word, the term at its first position, and how many positions it takes."""

    surfaces: range
    term: int
    positions: int


class Spelled:
    """The occurrences in a segment of some words' surfaces; to be asked, not changed."""

    def __init__(self, segment: Segment, words: Iterable[Word]) -> None:
        self._segment = segment
        self._chosen: dict[int, dict[int, int]] = {}  # term -> surface -> positions
        for word in words:
            self._chosen.setdefault(word.term, {}).update(dict.fromkeys(word.surfaces, word.positions))

    @cached_property
    def _gathered(self) -> lists.Gathered:
        gathered = lists.Gathered(self._segment.postings)
        for term, positions in self._chosen.items():
            gathered.add(term, bytes(positions.get(surface, 0) for surface in self._segment.surfaces_of(term)))
        return gathered

    def frequency(self, columns: Sequence[int]) -> int:
        """How many docs have an occurrence in any of these columns; deleted ones count."""
        return self._gathered.frequency(bytes(column in columns for column in range(len(self._segment.positional))))

    def scores(self, idf: float, weights: array[float], b: array[float], means: array[float], k1: float) -> lists.Scored:
        """Every doc that has an occurrence in a column whose weight is not 0, with its score; float64 one a column."""
        return self._gathered.scores(idf, weights, b, means, k1)

    def spans(self, doc: int, column: int) -> list[tuple[int, int]]:
        """The occurrences in one field of a doc, as (start, end) in positions, ascending; none where it keeps no positions."""
        found: list[tuple[int, int]] = []
        for term, positions in self._chosen.items():
            covered = 0
            for start, _, surface in self._segment.postings.occurrences(term, doc, column):
                if surface in positions and start >= covered:  # the first entry of a token is at its first position
                    covered = start + positions[surface]
                    found.append((start, covered))
        return sorted(found)

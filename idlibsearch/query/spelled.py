"""Where chosen spellings stand in a segment: the occurrences of a term's list whose surface was chosen, each token once.

A token is found through the term at its first position, so that rebel-held, of which *rebel*, *held* and *rebelheld* tell in
three lists, counts once. Only fields that keep positions know surfaces. The first form: plain Python over the mapped arrays.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from idlibsearch.index.postings import PostingList
from idlibsearch.index.segment import Segment


class Word(NamedTuple):
    """Some surfaces of a folded word, the term at its first position, and how many positions it takes."""

    surfaces: range
    term: int
    positions: int


class Spelled:
    """The occurrences in a segment of some words' surfaces; to be asked, not changed."""

    def __init__(self, segment: Segment, words: Iterable[Word]) -> None:
        self._segment = segment
        self._chosen: dict[int, set[int]] = {}  # term -> surfaces
        self._widths: dict[int, int] = {}  # surface -> positions, where more than one
        self._terms_of: dict[int, list[int]] = {}  # doc -> the terms through which it has an occurrence
        for word in words:
            self._chosen.setdefault(word.term, set()).update(word.surfaces)
            if word.positions > 1:
                self._widths.update(dict.fromkeys(word.surfaces, word.positions))

    def __len__(self) -> int:
        """How many surfaces were chosen."""
        return sum(map(len, self._chosen.values()))

    @cached_property
    def freqs(self) -> dict[int, tuple[int, ...]]:
        """Doc to its occurrences in every column, for the docs that have any."""
        sums: dict[int, tuple[int, ...]] = {}
        for term, surfaces in self._chosen.items():
            postings = self._segment.postings.of(term)
            rows = self._whole(postings) if self._is_whole(postings, surfaces) else self._counted(postings, surfaces)
            for doc, row in rows:
                if any(row):
                    before = sums.get(doc)
                    sums[doc] = row if before is None else tuple(map(int.__add__, before, row))
                    self._terms_of.setdefault(doc, []).append(term)
        return sums

    def frequency(self, columns: Sequence[int]) -> int:
        """How many docs have an occurrence in any of these columns."""
        if all(column in columns for column, kept in enumerate(self._segment.positional) if kept):
            return len(self.freqs)
        return sum(any(row[column] for column in columns) for row in self.freqs.values())

    def _is_whole(self, postings: PostingList, surfaces: set[int]) -> bool:
        """Does every occurrence in the list belong to the chosen surfaces? (Each of theirs gives it at least one.)"""
        counts = self._segment.lexicon.surface_count
        return sum(counts[surface] for surface in surfaces) == postings.starts[-1] - postings.starts[0]

    def _whole(self, postings: PostingList) -> Iterator[tuple[int, tuple[int, ...]]]:
        nothing = bytes(len(postings.docs))
        columns = [freqs if kept else nothing for freqs, kept in zip(postings.freqs, postings.positional, strict=True)]
        return zip(postings.docs, zip(*columns, strict=True), strict=True)

    def _counted(self, postings: PostingList, surfaces: set[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
        first, last = postings.starts[0], postings.starts[-1]
        if surfaces.isdisjoint(postings.surfaces[first:last]):
            return
        columns = range(len(postings.positional))
        for posting, doc in enumerate(postings.docs):
            yield doc, tuple(len(self._places(postings, posting, column, surfaces)) for column in columns)

    def _places(self, postings: PostingList, posting: int, column: int, surfaces: set[int]) -> list[tuple[int, int]]:
        """The spans of the chosen tokens in one field of a posting. The first entry of a token is at its first position."""
        spans, covered = [], 0
        for at in postings.place(posting, column):
            surface, start = postings.surfaces[at], postings.positions[at]
            if surface in surfaces and start >= covered:
                covered = start + self._widths.get(surface, 1)
                spans.append((start, covered))
        return spans

    def spans(self, doc: int, column: int) -> list[tuple[int, int]]:
        """The occurrences in one field of a doc, as (start, end) in positions, ascending; none where it keeps no positions."""
        found: list[tuple[int, int]] = []
        for term in self._terms_of.get(doc, ()) if doc in self.freqs else ():
            postings = self._segment.postings.of(term)
            found += self._places(postings, bisect_left(postings.docs, doc), column, self._chosen[term])
        return sorted(found)

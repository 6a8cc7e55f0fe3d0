"""Where chosen spellings stand in a segment: the occurrences of a term's list whose surface was chosen, each token once.

A token is found through the term at its first position, so that rebel-held, of which *rebel*, *held* and *rebelheld* tell in
three lists, counts once. Only fields that keep positions know surfaces. The first form: plain Python over the mapped arrays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from idlibsearch.index.postings import PostingList
from idlibsearch.index.segment import Segment

Sums = list[defaultdict[int, int]]  # for each column, doc to occurrences


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
        self._terms_of: defaultdict[int, list[int]] = defaultdict(list)  # doc -> the terms through which it has an occurrence
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
        sums: Sums = [defaultdict(int) for _ in self._segment.positional]
        for term, surfaces in self._chosen.items():
            postings = self._segment.postings.of(term)
            docs = self._add(sums, postings, surfaces)
            for doc in docs:
                self._terms_of[doc].append(term)
        rows = ((doc, tuple(column.get(doc, 0) for column in sums)) for doc in self._terms_of)
        return {doc: row for doc, row in rows if any(row)}

    def frequency(self, columns: Sequence[int]) -> int:
        """How many docs have an occurrence in any of these columns."""
        if all(column in columns for column, kept in enumerate(self._segment.positional) if kept):
            return len(self.freqs)
        return sum(any(row[column] for column in columns) for row in self.freqs.values())

    def _is_whole(self, postings: PostingList, surfaces: set[int]) -> bool:
        """Does every occurrence in the list belong to the chosen surfaces? (Each of theirs gives it at least one.)"""
        counts = self._segment.lexicon.surface_count
        return sum(counts[surface] for surface in surfaces) == postings.starts[-1] - postings.starts[0]

    def _add(self, sums: Sums, postings: PostingList, surfaces: set[int]) -> Iterable[int]:
        """Add a list's chosen occurrences to ``sums``; the docs that may have some."""
        if self._is_whole(postings, surfaces):
            return _add_whole(sums, postings)
        first, last = postings.starts[0], postings.starts[-1]
        written = postings.surfaces[first:last].tolist()
        plain = surfaces.difference(self._widths)  # every entry of these is a token of its own
        odd = [at for at, surface in enumerate(written, first) if surface not in plain]
        if 2 * len(odd) > len(written):  # the chosen are the fewer: count them alone
            near = _postings_of(postings, (at for at, surface in enumerate(written, first) if surface in surfaces))
            for posting in near:
                self._add_one(sums, postings, posting, surfaces)
            return [postings.docs[posting] for posting in near]
        _add_whole(sums, postings)
        for posting in _postings_of(postings, odd):
            for column, freqs in _kept(postings):
                sums[column][postings.docs[posting]] -= freqs[posting]
            self._add_one(sums, postings, posting, surfaces)
        return postings.docs

    def _add_one(self, sums: Sums, postings: PostingList, posting: int, surfaces: set[int]) -> None:
        for column, _ in _kept(postings):
            sums[column][postings.docs[posting]] += len(self._places(postings, posting, column, surfaces))

    def _places(self, postings: PostingList, posting: int, column: int, surfaces: set[int]) -> list[tuple[int, int]]:
        """The spans of the chosen tokens in one field of a posting. The first entry of a token is at its first position."""
        place, spans, covered = postings.place(posting, column), [], 0
        for surface, start in zip(
            postings.surfaces[place.start : place.stop], postings.positions[place.start : place.stop], strict=True
        ):
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


def _kept(postings: PostingList) -> Iterator[tuple[int, memoryview]]:
    """The columns that keep positions, each with its freqs."""
    return ((c, freqs) for c, (freqs, kept) in enumerate(zip(postings.freqs, postings.positional, strict=True)) if kept)


def _add_whole(sums: Sums, postings: PostingList) -> memoryview:
    for column, freqs in _kept(postings):
        total = sums[column]
        for doc, freq in zip(postings.docs, freqs, strict=True):
            if freq:
                total[doc] += freq
    return postings.docs


def _postings_of(postings: PostingList, entries: Iterable[int]) -> list[int]:
    """The postings in which these entries (ascending) stand."""
    found, end = [], 0
    for at in entries:
        if at >= end:
            found.append(bisect_right(postings.starts, at) - 1)
            end = postings.starts[found[-1] + 1]
    return found

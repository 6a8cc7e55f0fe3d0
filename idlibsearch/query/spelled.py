"""Where chosen spellings stand in a segment: the occurrences of a term's list whose surface was chosen, each token once.

A token is found through the term at its first position, so that rebel-held, of which *rebel*, *held* and *rebelheld* tell in
three lists, counts once. Only fields that keep positions know surfaces.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from idlibsearch.errors import KernelError
from idlibsearch.index.segment import Segment

try:
    from idlibsearch.query import lists
except ImportError as error:
    raise KernelError("idlibsearch.query.lists") from error


class Word(NamedTuple):
    """Some surfaces of a folded word, the term at its first position, and how many positions it takes."""

    surfaces: range
    term: int
    positions: int


class Spelled:
    """The occurrences in a segment of some words' surfaces; to be asked, not changed."""

    def __init__(self, segment: Segment, words: Iterable[Word]) -> None:
        self._segment = segment
        self._chosen: dict[int, dict[int, int]] = {}  # term -> surface -> the positions a token of it takes
        for word in words:
            self._chosen.setdefault(word.term, {}).update(dict.fromkeys(word.surfaces, word.positions))

    def __len__(self) -> int:
        """How many surfaces were chosen."""
        return sum(map(len, self._chosen.values()))

    @cached_property
    def gathered(self) -> lists.Gathered:
        """All of their occurrences, counted."""
        gathered = lists.Gathered(self._segment.postings)
        for term, widths in self._chosen.items():
            gathered.add(term, bytes(widths.get(surface, 0) for surface in self._segment.surfaces_of(term)))
        return gathered

    def frequency(self, columns: Sequence[int]) -> int:
        """How many docs have an occurrence in any of these columns."""
        return self.gathered.frequency(bytes(column in columns for column in range(len(self._segment.positional))))

    def spans(self, doc: int, column: int) -> list[tuple[int, int]]:
        """The occurrences in one field of a doc, as (start, end) in positions, ascending; none where it keeps no positions."""
        terms = self._segment.postings.present(array("I", self._chosen), doc)
        return sorted(span for term in terms for span in self._spans_of(term, doc, column))

    def _spans_of(self, term: int, doc: int, column: int) -> list[tuple[int, int]]:
        spans, covered = [], 0
        for start, _, surface in self._segment.postings.occurrences(term, doc, column):
            width = self._chosen[term].get(surface, 0)
            if width and start >= covered:  # a token that has the term twice counts from the first
                covered = start + width
                spans.append((start, covered))
        return spans

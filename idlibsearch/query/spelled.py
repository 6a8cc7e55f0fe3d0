"""Where chosen spellings stand in a segment: the occurrences of a term's list whose surface was chosen, each token once.

A token is found through the term at its first position; see ``gathered``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from idlibsearch.errors import KernelError
from idlibsearch.index.segment import Segment

try:
    from idlibsearch.query.gathered import Chosen, Gathered
except ImportError as error:
    raise KernelError("idlibsearch.query.gathered") from error


class Spelled:
    """The occurrences in a segment of some words' surfaces; to be asked, not changed."""

    def __init__(self, segment: Segment, chosen: Chosen) -> None:
        self._segment = segment
        self.chosen = chosen
        self._tokens: dict[int, dict[int, int]] = {}

    def __len__(self) -> int:
        """How many surfaces were chosen."""
        return self.chosen.size

    @cached_property
    def gathered(self) -> Gathered:
        """All of their occurrences, counted."""
        return Gathered(self._segment.postings, self.chosen)

    def frequency(self, columns: Sequence[int]) -> int:
        """How many docs have an occurrence in any of these columns."""
        return self.gathered.frequency(bytes(column in columns for column in range(len(self._segment.positional))))

    def spans(self, doc: int, column: int) -> list[tuple[int, int]]:
        """The occurrences in one field of a doc, as (start, end) in positions, ascending; none where it keeps no positions."""
        terms = self._segment.postings.present(self.chosen.terms, doc)
        return sorted(span for term in terms for span in self._spans_of(term, doc, column))

    def _spans_of(self, term: int, doc: int, column: int) -> list[tuple[int, int]]:
        spans, covered = [], 0
        for start, _, surface in self._segment.postings.occurrences(term, doc, column):
            width = self._tokens_of(term).get(surface, 0)
            if width and start >= covered:  # a token that has the term twice counts from the first
                covered = start + width
                spans.append((start, covered))
        return spans

    def _tokens_of(self, term: int) -> dict[int, int]:
        """The chosen surfaces whose tokens a term leads, and how many positions these take."""
        if term not in self._tokens:
            surfaces = self._segment.lexicon.term_surfaces.of(term)
            self._tokens[term] = {surface: token for surface, _, token in surfaces if token and self.chosen.has(surface)}
        return self._tokens[term]

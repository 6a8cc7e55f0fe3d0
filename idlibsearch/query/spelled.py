"""Where chosen spellings stand in a segment: the occurrences of a term's list whose surface was chosen, each token once.

A token is found through the term at its first position; see ``gathered``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from idlibsearch.errors import KernelError
from idlibsearch.index.postings import PostingList
from idlibsearch.index.segment import Segment

try:
    from idlibsearch.query.gathered import Chosen, Gathered
except ImportError as error:
    raise KernelError("idlibsearch.query.gathered") from error


class Spelled:
    """The occurrences in a segment of some words' surfaces; to be asked, not changed.

    ``anywhere``: also those in fields that keep no positions, which can be told of words that have but one surface.
    """

    def __init__(self, segment: Segment, chosen: Chosen, *, anywhere: bool = False) -> None:
        self._segment = segment
        self.chosen = chosen
        self._anywhere = anywhere
        self._tokens: dict[int, dict[int, int]] = {}

    def __len__(self) -> int:
        """How many surfaces were chosen."""
        return self.chosen.size

    @cached_property
    def gathered(self) -> Gathered:
        """All of their occurrences, counted."""
        return Gathered(self._segment.postings, self.chosen, self._anywhere)

    def frequency(self, columns: Sequence[int]) -> int:
        """How many docs have an occurrence in any of these columns."""
        return self.gathered.frequency(bytes(column in columns for column in range(len(self._segment.positional))))

    def is_in(self, doc: int, columns: Sequence[int]) -> bool:
        """Does a doc have any in one of these columns? Of words that stand ``anywhere``; of others spans tell."""
        postings, fields = self._segment.postings, len(self._segment.positional)
        lists = (PostingList(postings, term, fields) for term in postings.present(self.chosen.terms, doc))
        return self._anywhere and any(each.freq(doc, column) for each in lists for column in columns)

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

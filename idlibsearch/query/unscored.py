"""Which docs of a segment a plan matches, as bitmaps (see ``docsets``) and without a score: for totals, facets, orders, filters.

The same docs as those of ``match``, deleted ones included.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain

from idlibsearch.errors import KernelError
from idlibsearch.index.segment import Segment
from idlibsearch.query.match import Matcher
from idlibsearch.query.restrict import picked
from idlibsearch.query.steps import (
    All,
    Between,
    Fading,
    Filled,
    Given,
    Having,
    Kept,
    Leaf,
    Mentioned,
    Placed,
    Plus,
    Some,
    Step,
    Times,
    Where,
)

try:
    from idlibsearch.query import docsets, wordsets
except ImportError as error:
    raise KernelError("idlibsearch.query.docsets") from error


class Unscored:
    """Matches plans against the segment of a matcher, which is asked only for what needs its positions."""

    def __init__(self, segment: Segment, matcher: Matcher) -> None:
        self._segment = segment
        self._matcher = matcher

    def docs(self, step: Step) -> docsets.Docset:  # noqa: PLR0911 - one line a kind of step
        """The docs that match. Not to be written to. Raises LateError where the time is up."""
        self._matcher.deadline.check()
        match step:
            case Leaf():
                return self._leaf(step)
            case Placed():
                return self._matcher.docs_of_placed(step)
            case Between() | Having() | Mentioned():
                return picked(step, self._segment)
            case Given():
                return step.sets[self._matcher.number]
            case Filled():
                return docsets.filled(self._segment.postings, self._fields(step))
            case Kept():
                return docsets.both(self.docs(step.wanted), self.docs(step.restriction))
            case All():
                return self._all(step)
            case Some():
                words, others = _split(step.children)
                return reduce(docsets.either, chain(self._words(words, every=False), map(self.docs, others)))
            case Times() | Plus() | Fading():
                return self.docs(step.child)
            case Where():
                return self._common(map(self.docs, (step.child, *step.required)))

    def _all(self, step: All) -> docsets.Docset:
        words, others = _split(step.wanted)
        found = self._common(chain(self._words(words, every=True), map(self.docs, others)))
        return reduce(docsets.without, map(self.docs, step.unwanted), found)

    def _common(self, parts: Iterable[docsets.Docset]) -> docsets.Docset:
        """The docs of all parts; without any, all docs."""
        first, *rest = [*parts] or [docsets.every(self._segment.doc_count)]
        return reduce(docsets.both, rest, first)

    def _leaf(self, leaf: Leaf) -> docsets.Docset:
        if leaf.single_term is not None:
            return next(self._words([leaf], every=True))
        return docsets.of(self._matcher.run(leaf)[0], self._segment.doc_count)

    def _words(self, leaves: Sequence[Leaf], *, every: bool) -> Iterator[docsets.Docset]:
        """The docs of all words, or of any; nothing where there are no words."""
        if not leaves:
            return
        known = [(term[self._matcher.number], leaf) for leaf in leaves if (term := leaf.single_term) is not None]
        there = [(number, leaf) for number, leaf in known if number >= 0]
        if every and len(there) < len(leaves):
            there = []
        terms = array("I", [number for number, _ in there])
        yield wordsets.words(self._segment.postings, terms, b"".join(self._fields(leaf) for _, leaf in there), every)

    def _fields(self, step: Leaf | Filled) -> bytes:
        """A 1 for each field in which something of a step counts."""
        return bytes(column in step.columns for column in range(len(self._segment.positional)))


def _split(steps: Iterable[Step]) -> tuple[list[Leaf], list[Step]]:
    """Words, which a kernel joins at once, and the rest."""
    words = [step for step in steps if isinstance(step, Leaf) and step.single_term is not None]
    return words, [step for step in steps if not (isinstance(step, Leaf) and step.single_term is not None)]

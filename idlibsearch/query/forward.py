"""Many questions asked of a few docs, the new ones: each is planned over the whole index, so that it means what it does there.

Most questions need a word that no new doc has. Which words one needs is read off its tree (``needs``), and kept from one time to
the next: those whose words are not there are not even planned. Of the others it is read off the plan, which knows the rarest. A
word is looked up once for all questions, and only those that have theirs are matched, in the new docs alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from idlibsearch.errors import KernelError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.found import Found
from idlibsearch.query.match import unscored
from idlibsearch.query.needs import Needs, are_met
from idlibsearch.query.order import Scored
from idlibsearch.query.steps import (
    All,
    Apart,
    Beside,
    Early,
    Either,
    Kept,
    Leaf,
    Placed,
    Plus,
    Some,
    Spanned,
    Step,
    Term,
    Times,
    Together,
    Unit,
    Where,
)

try:
    from idlibsearch.query import docsets, lists, wordsets
except ImportError as error:
    raise KernelError("idlibsearch.query.lists") from error

Needed = tuple[Term, ...]  # at least one of them stands in every doc that matches


class Forward:
    """Matches plans over a snapshot in ``docs`` (live, uint32 ascending, by segment) alone."""

    def __init__(self, snapshot: Snapshot, docs: Sequence[array[int]]) -> None:
        self._snapshot = snapshot
        self._docs = [memoryview(some) for some in docs]
        self._sets = [docsets.of(some, each.doc_count) for some, each in zip(docs, snapshot.segments, strict=True)]
        self._there: dict[Term, bool] = {}
        self._written: dict[str, bool] = {}

    @property
    def is_idle(self) -> bool:
        """Are there no docs to match in?"""
        return not any(map(len, self._docs))

    def may_match(self, needs: Needs) -> bool:
        """May any of the docs answer a question of an index of reports that needs these words?"""
        return are_met(needs, self._has_term)

    def _has_term(self, term: str) -> bool:
        if term not in self._written:
            self._written[term] = self._is_there(self._snapshot.term(term))
        return self._written[term]

    def matches(self, found: Found) -> list[Scored]:
        """The docs that match what was asked, in the order of adding, with the scores that a search gives them."""
        needed = self._needed(found.plan)
        if needed is not None and not any(map(self._is_there, needed)):
            return []
        hits: list[Scored] = []
        with found.deadline:
            for number, docs in enumerate(self._docs):
                if len(docs):
                    matching, scores = lists.both(*unscored(docs), *found.matchers[number].run(found.plan, docs))
                    hits += [Scored(score, number, doc) for doc, score in zip(matching, scores, strict=True)]
        return hits

    def _is_there(self, term: Term) -> bool:
        """Has any of the docs this word?"""
        if term not in self._there:
            self._there[term] = any(self._has(number, each) for number, each in enumerate(term) if each >= 0)
        return self._there[term]

    def _has(self, number: int, term: int) -> bool:
        if not len(self._docs[number]):
            return False
        postings = self._snapshot.segments[number].postings
        fields = b"\1" * len(self._snapshot.ranking.fields)
        found = wordsets.words(postings, array("I", [term]), fields, True)
        return docsets.size(docsets.both(found, self._sets[number])) > 0

    def _count(self, needed: Needed) -> int:
        """In how many docs of the index they stand, together."""
        segments = self._snapshot.segments
        return sum(
            segment.postings.count(number)
            for term in needed
            for segment, number in zip(segments, term, strict=True)
            if number >= 0
        )

    def _rarest(self, options: Iterable[Needed | None]) -> Needed | None:
        return min((option for option in options if option is not None), key=self._count, default=None)

    def _needed(self, step: Step | Spanned) -> Needed | None:  # noqa: PLR0911 - one line a kind of step
        """Words of which every doc that matches has one; None where that cannot be said."""
        match step:
            case Leaf():
                return self._rarest(map(_of_unit, (unit for unit in step.units if isinstance(unit, Unit))))
            case All():
                return self._rarest(map(self._needed, step.wanted))
            case Beside() | Together():
                return self._rarest(map(self._needed, step.parts))
            case Where():
                return self._rarest(map(self._needed, (step.child, *step.required)))
            case Kept():
                return self._rarest(map(self._needed, (step.wanted, step.restriction)))
            case Some():
                return _any_of([self._needed(child) for child in step.children])
            case Either():
                return _any_of([self._needed(part) for part in step.parts])
            case Times() | Plus():
                return self._needed(step.child)
            case Placed():
                return self._needed(step.root)
            case Apart():
                return self._needed(step.parts[0])
            case Early():
                return self._needed(step.part)
            case _:
                return None


def _of_unit(unit: Unit) -> Needed:
    """A word of several parts is written with the first of them, or as one."""
    return (unit.parts[0], unit.joined) if unit.joined else (unit.parts[0],)


def _any_of(options: Sequence[Needed | None]) -> Needed | None:
    terms: list[Term] = []
    for option in options:
        if option is None:
            return None
        terms += option
    return tuple(terms)

"""Asks the ``spans`` kernel where things stand in a segment: steps of nearness become a ``Program``, with its leaves' sources."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import cached_property

from idlibsearch.errors import KernelError
from idlibsearch.index.segment import Segment
from idlibsearch.query.candidates import Candidates
from idlibsearch.query.limits import Deadline
from idlibsearch.query.steps import (
    Apart,
    Beside,
    Chosen,
    Early,
    Either,
    Leaf,
    Mentioned,
    Placed,
    Spanned,
    Together,
    Unit,
    sequences,
)

try:
    from idlibsearch.query import docsets, spans, standing
except ImportError as error:
    raise KernelError("idlibsearch.query.spans") from error

MANY = 1 << 28  # words side by side are no more than one of them has places
_UNITS = {"S": spans.SENTENCE, "P": spans.PARAGRAPH}


class Builder:
    """Builds programs for the segment of this number; ``docs_of`` says in which docs a leaf is."""

    def __init__(self, segment: Segment, number: int, docs_of: Callable[[Leaf], docsets.Docset], deadline: Deadline) -> None:
        self._segment = segment
        self._number = number
        self._deadline = deadline
        self._candidates = Candidates(segment, docs_of)
        self._root: Spanned | None = None

    @cached_property
    def _among(self) -> docsets.Docset | None:
        """The docs that are worth a look where all occurrences of something have to be found beforehand."""
        return None if self._root is None else self._candidates.of(self._root)

    def program(self, placed: Placed) -> spans.Program:
        """What a step asks; one step a builder."""
        self._root = placed.root
        return _program(self._tree(placed.root), self._segment, placed.asked.most)

    def _tree(self, spanned: Spanned) -> tuple[object, ...]:
        match spanned:
            case Leaf():
                return spans.LEAF, self._sources(spanned)
            case Mentioned():
                from idlibsearch.query.mentioned import mentions  # noqa: PLC0415 - few questions need it

                return spans.LEAF, [mentions(spanned, self._segment, self._among, self._deadline)]
            case Early():
                return spans.EARLY, spanned.tokens, [self._tree(spanned.part)]
            case Beside():
                kind, limit = spans.PRE if spanned.ordered else spans.NEAR, spanned.distance
            case Together():
                kind, limit = _UNITS[spanned.unit], 0
            case Apart():
                kind, limit = spans.APART, spanned.distance
            case Either():
                kind, limit = spans.ANY, 0
        return kind, limit, [self._tree(part) for part in spanned.parts]

    def _sources(self, leaf: Leaf) -> list[object]:
        """The ways to write a leaf that the segment has: as rows of terms, or as the places where all of it stands."""
        if leaf.single_term is not None:
            term = leaf.single_term[self._number]
            return [array("I", (term,))] if term >= 0 else []
        units = [unit for unit in leaf.units if isinstance(unit, Unit)]
        if len(units) == len(leaf.units):
            return [*sequences(units, self._number)]
        if len(leaf.units) == 1:
            return [self._standing(unit) for unit in leaf.units if isinstance(unit, Chosen)]
        parts = [(spans.LEAF, self._sources(leaf._replace(units=(unit,)))) for unit in leaf.units]
        return [_program(side_by_side(parts), self._segment, MANY).occurrences()]

    def _standing(self, chosen: Chosen) -> spans.Occurrences:
        return standing.occurrences(self._segment.postings, chosen.found[self._segment].chosen, self._among)


def _program(tree: tuple[object, ...], segment: Segment, most: int) -> spans.Program:
    return spans.Program(segment.postings, tree, (*segment.breaks, segment.ranking.broken_column), most)


def side_by_side(parts: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    """Trees in a row, each directly behind the one before it."""
    row = parts[0]
    for part in parts[1:]:
        row = (spans.PRE, 1, [row, part])
    return row

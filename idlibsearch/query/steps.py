"""What a plan is made of: which terms to look up in which columns, and how what they find is joined. Values only.

``plan`` makes them from a tree, ``match`` runs them over a segment. None of them is compared across kinds, so they are
NamedTuples: a fresh process defines them before it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from idlibsearch.index.columns import Bounds
from idlibsearch.index.segment import Segment

if TYPE_CHECKING:
    from idlibsearch.query.spelled import Spelled


Term = tuple[int, ...]  # a term by its number in each segment, -1 where that has none


class Unit(NamedTuple):
    """One analysed word: terms at consecutive positions, or all of them written as one (``joined``, may be missing)."""

    parts: tuple[Term, ...]
    joined: Term | None


class Chosen(NamedTuple):
    """Any of some spellings, counted as one word: where they stand in each segment."""

    found: dict[Segment, Spelled]


class Leaf(NamedTuple):
    """Units side by side in one of these freq columns. ``idf`` is the sum of the units'.

    ``single_term``: where the leaf is nothing but one term, which then can be counted without positions.
    """

    units: tuple[Unit | Chosen, ...]
    columns: tuple[int, ...]
    idf: float
    single_term: Term | None = None


class Between(NamedTuple):
    """Publication dates that lie inside [start, end), in proleptic ordinals."""

    start: int
    end: int


class Having(NamedTuple):
    """A keyword or a number of a column inside these bounds (None: such values do not count)."""

    field: str
    keywords: Bounds | None
    numbers: Bounds | None


class Kept(NamedTuple):
    """What matches ``wanted`` and ``restriction`` both; scores and marks are those of ``wanted`` alone."""

    wanted: Step
    restriction: Step


class All(NamedTuple):
    """Every wanted child (none: every report) and no unwanted one."""

    wanted: tuple[Step, ...]
    unwanted: tuple[Step, ...]


class Some(NamedTuple):
    """At least one child."""

    children: tuple[Step, ...]


class Filled(NamedTuple):
    """Docs that have something in one of these freq columns; they score nothing."""

    columns: tuple[int, ...]


class Plus(NamedTuple):
    """What the child matches; the options only add to its score."""

    child: Step
    options: tuple[Step, ...]


class Where(NamedTuple):
    """What the child matches and all of ``required`` do too; they score nothing."""

    child: Step
    required: tuple[Step, ...]


class Times(NamedTuple):
    """The child, its score multiplied."""

    child: Step
    factor: float


Step = Leaf | Between | Having | Filled | Kept | All | Some | Plus | Where | Times

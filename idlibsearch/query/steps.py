"""What a plan is made of: which terms to look up in which columns, and how what they find is joined. Values only.

``plan`` makes them from a tree, ``match`` runs them over a segment. None of them is compared across kinds, so they are
NamedTuples: a fresh process defines them before it answers.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

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
    """Any of some spellings, counted as one word: where they stand in each segment. ``text``: what was typed for them."""

    found: dict[Segment, Spelled]
    text: str = ""


class Leaf(NamedTuple):
    """Units side by side in one of these freq columns. ``idf`` is the sum of the units'.

    ``single_term``: where the leaf is nothing but one term, which then can be counted without positions. ``text``: what was
    typed for it, as far as that is known.
    """

    units: tuple[Unit | Chosen, ...]
    columns: tuple[int, ...]
    idf: float
    single_term: Term | None = None
    text: str = ""


class Mentioned(NamedTuple):
    """Mentions of entities of a kind, of any one ("") or of that of a folded name; by itself: reports with one, unscored."""

    column: str
    name: str


class Beside(NamedTuple):
    """One occurrence of each part, at most ``distance`` - 1 tokens among them in none (``tree.Near``)."""

    parts: tuple[Spanned, ...]
    distance: int
    ordered: bool


class Together(NamedTuple):
    """One occurrence of either part in the same sentence, or paragraph (``tree.Same``)."""

    parts: tuple[Spanned, Spanned]
    unit: Literal["S", "P"]


class Apart(NamedTuple):
    """Occurrences of the first part that none of the other stands near (``tree.NotNear``)."""

    parts: tuple[Spanned, Spanned]
    distance: int


class Early(NamedTuple):
    """Occurrences within the first ``tokens`` of a field (``tree.First``)."""

    part: Spanned
    tokens: int


class Either(NamedTuple):
    """Occurrences of any part, which count as one word."""

    parts: tuple[Spanned, ...]


class Asked(NamedTuple):
    """Where nearness was typed, and in how many ways one field of one report may satisfy a piece of it."""

    text: str
    span: tuple[int, int]
    most: int


class Placed(NamedTuple):
    """What stands in one of these columns at least so often, all of them together."""

    root: Spanned
    columns: tuple[int, ...]
    idf: float
    at_least: int
    asked: Asked


class Between(NamedTuple):
    """Publication dates, or times named in the text (``event``), that lie inside [start, end), in proleptic ordinals."""

    start: int
    end: int
    field: str = "date"


class Having(NamedTuple):
    """A keyword or a number of a column inside these bounds (None: such values do not count)."""

    field: str
    keywords: Bounds | None
    numbers: Bounds | None


class Given(NamedTuple):
    """Docs that were worked out before, as docsets, by segment; they score nothing."""

    sets: tuple[memoryview[int], ...]


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


class Fading(NamedTuple):
    """The child, its scores halved for every ``half_life`` days from a report's date to ``today`` (an ordinal).

    ``undated``: what the scores of reports without a date are multiplied by.
    """

    child: Step
    half_life: float
    today: int
    undated: float


Spanned = Leaf | Mentioned | Beside | Together | Apart | Early | Either  # what stands somewhere in a text
Step = Leaf | Placed | Mentioned | Between | Having | Filled | Given | Kept | All | Some | Plus | Where | Times | Fading


def sequences(units: Sequence[Unit], number: int) -> list[array[int]]:
    """Every way to write units, as term numbers of a segment; those with a term that it does not have are left out."""
    ways = product(*([unit.parts, (unit.joined,)] if unit.joined else [unit.parts] for unit in units))
    numbered = ([term[number] for terms in way for term in terms] for way in ways)
    return [array("I", numbers) for numbers in numbered if min(numbers) >= 0]

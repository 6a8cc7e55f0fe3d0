"""The one path from a question to scored docs: parse, plan, match every segment, rank.

Words joined by AND or OR take the short way through the ``topk`` kernel, which scores no more docs than it must; all else is
matched in full. Both give the same scores. What was not asked for (the total, marks) is not computed until it is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from idlibsearch.errors import KernelError
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic, refuse_all
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.match import Marks, Matcher
from idlibsearch.query.plan import All, Leaf, Planner, Some, Step
from idlibsearch.query.syntax import Mode, parse
from idlibsearch.query.tree import Node

try:
    from idlibsearch.query.topk import best
except ImportError as error:
    raise KernelError("idlibsearch.query.topk") from error


class Scored(NamedTuple):
    """A doc that matched: higher scores first, equal ones in the order of adding."""

    score: float
    segment: int
    doc: int


class Words(NamedTuple):
    """A plan that is nothing but words, of which ``every`` one or any must match."""

    leaves: tuple[Leaf, ...]
    every: bool


class Found:
    """What a question found: the ``hits`` asked for, in order; how many there are in all and where they match, when asked."""

    def __init__(self, snapshot: Snapshot, tree: Node, plan: Step, diagnostics: tuple[Diagnostic, ...]) -> None:
        self._snapshot = snapshot
        self.tree = tree
        self.plan = plan
        self.diagnostics = diagnostics
        self.hits: tuple[Scored, ...] = ()

    @cached_property
    def matchers(self) -> tuple[Matcher, ...]:
        """One for each segment."""
        return tuple(Matcher(segment, self._snapshot.normalisation) for segment in self._snapshot.segments)

    @cached_property
    def total(self) -> int:
        """How many live docs match."""
        return sum(matcher.total(self.plan) for matcher in self.matchers)

    def marks(self, hit: Scored) -> Marks:
        """The spans that take part in a hit's match, by column."""
        return self.matchers[hit.segment].marks(self.plan, hit.doc) or {}


def search(
    snapshot: Snapshot,
    text: str,
    *,
    limit: int,
    offset: int = 0,
    mode: Mode = "all",
    strict: bool = False,
    limits: Limits = LIMITS,
) -> Found:
    """Answer a question: hits ``offset`` to ``offset + limit`` of all matches, best first.

    Raises QueryError where it cannot be answered, with ``strict`` also where there is anything to report about it.
    """
    parsed = parse(text, mode)
    planner = Planner(snapshot, text, limits)
    plan = planner.plan(parsed.tree)
    found = Found(snapshot, parsed.tree, plan, parsed.diagnostics + tuple(planner.diagnostics))
    if strict:
        refuse_all(text, found.diagnostics)
    words = _words_of(plan)

    def best_of(segment: int, count: int, floor: float) -> Sequence[tuple[float, int]]:
        if words is not None:
            return _best_of_words(snapshot, snapshot.segments[segment], words, count, floor)
        return found.matchers[segment].best(plan, count, floor)

    found.hits = tuple(_ranked(len(snapshot.segments), offset + limit, best_of)[offset:])
    return found


def _ranked(segments: int, count: int, best_of: Callable[[int, int, float], Sequence[tuple[float, int]]]) -> list[Scored]:
    """The best of all segments; each is held to beat what the ones before it gave."""
    ranked: list[Scored] = []
    for number in range(segments):
        floor = ranked[count - 1].score if 0 < count <= len(ranked) else -1.0
        better = [Scored(score, number, doc) for score, doc in best_of(number, count, floor)]
        ranked = sorted(ranked + better, key=lambda hit: -hit.score)[:count] if ranked else better
    return ranked


def _words_of(plan: Step) -> Words | None:
    """The plan as words, if it is nothing else."""
    steps: Sequence[Step] = (plan,)
    if isinstance(plan, Some):
        steps = plan.children
    elif isinstance(plan, All) and not plan.unwanted:
        steps = plan.wanted
    leaves = tuple(step for step in steps if isinstance(step, Leaf) and step.single_term is not None)
    return Words(leaves, not isinstance(plan, Some)) if leaves and len(leaves) == len(steps) else None


def _best_of_words(snapshot: Snapshot, segment: Segment, words: Words, count: int, floor: float) -> Sequence[tuple[float, int]]:
    known = [(segment.term(leaf.single_term or ""), leaf) for leaf in words.leaves]
    there = [(number, leaf) for number, leaf in known if number >= 0]
    if not there or (words.every and len(there) < len(known)):
        return ()
    fields = snapshot.ranking.fields
    return best(
        segment.postings,
        array("I", [number for number, _ in there]),
        array("d", [leaf.idf for _, leaf in there]),
        array("d", [field.weight if c in leaf.columns else 0.0 for _, leaf in there for c, field in enumerate(fields)]),
        *snapshot.normalisation,
        snapshot.ranking.k1,
        count,
        floor,
        words.every,
    )

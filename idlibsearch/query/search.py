"""The one path from a question to scored docs: parse, plan, match every segment, rank."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from typing import NamedTuple

from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic, refuse_all
from idlibsearch.query.match import Marks, Matcher
from idlibsearch.query.plan import Planner, Step
from idlibsearch.query.syntax import Mode, parse
from idlibsearch.query.tree import Node


class Scored(NamedTuple):
    """A doc that matched: higher scores first, equal ones in the order of adding."""

    score: float
    segment: int
    doc: int


class Found(NamedTuple):
    """What a question found: the ``hits`` asked for, in order, and how many there are in ``total``."""

    tree: Node
    plan: Step
    total: int
    hits: tuple[Scored, ...]
    diagnostics: tuple[Diagnostic, ...]
    matchers: tuple[Matcher, ...]

    def marks(self, hit: Scored) -> Marks:
        """The spans that take part in a hit's match, by column."""
        return self.matchers[hit.segment].marks(self.plan, hit.doc) or {}


def search(snapshot: Snapshot, text: str, *, limit: int, offset: int = 0, mode: Mode = "all", strict: bool = False) -> Found:
    """Answer a question: hits ``offset`` to ``offset + limit`` of all matches, best first.

    Raises QueryError where it cannot be answered, with ``strict`` also where there is anything to report about it.
    """
    parsed = parse(text, mode, snapshot.has_column)
    planner = Planner(snapshot, text)
    plan = planner.plan(parsed.tree)
    diagnostics = parsed.diagnostics + tuple(planner.diagnostics)
    if strict:
        refuse_all(text, diagnostics)
    matchers = tuple(Matcher(segment, snapshot.mean_lengths) for segment in snapshot.segments)
    scored = [
        Scored(score, number, doc) for number, matcher in enumerate(matchers) for doc, score in matcher.scores(plan).items()
    ]
    return Found(parsed.tree, plan, len(scored), _best(scored, offset, limit), diagnostics, matchers)


def _best(scored: Iterable[Scored], offset: int, limit: int) -> tuple[Scored, ...]:
    return tuple(nsmallest(offset + limit, scored, key=lambda hit: (-hit.score, hit.segment, hit.doc))[offset:])

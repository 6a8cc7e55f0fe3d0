"""The one path from a question to scored docs: parse, plan, match every segment, rank."""

from __future__ import annotations

from array import array
from datetime import date
from typing import NamedTuple

from idlibsearch.errors import QueryError, ReportError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import parse_date
from idlibsearch.query.diagnostics import Diagnostic, refuse_all
from idlibsearch.query.match import Marks, Matcher
from idlibsearch.query.order import Scored, page, read_sort
from idlibsearch.query.plan import Kept, Planner, Step
from idlibsearch.query.syntax import Mode, parse
from idlibsearch.query.tree import Dated, Node, conjunction

When = str | date


class Request(NamedTuple):
    """A question and how it is to be answered: hits ``offset`` to ``offset + limit`` in the order of ``sort``.

    ``filter`` (a question or a tree) and the publication dates from the start of ``date_from`` to the end of ``date_to``
    restrict what is found, and score nothing. ``every``: also say which docs match, for whoever counts over them.
    """

    text: str
    limit: int = 10
    offset: int = 0
    mode: Mode = "all"
    strict: bool = False
    filter: str | Node | None = None
    date_from: When | None = None
    date_to: When | None = None
    sort: str = "score"
    every: bool = False


class Found(NamedTuple):
    """What a question found: the ``hits`` asked for, in order, and how many there are in ``total``.

    ``docs`` are all that match, ascending, by segment; () where the request did not ask for them.
    """

    tree: Node
    plan: Step
    total: int
    hits: tuple[Scored, ...]
    diagnostics: tuple[Diagnostic, ...]
    matchers: tuple[Matcher, ...]
    docs: tuple[array[int], ...] = ()

    def marks(self, hit: Scored) -> Marks:
        """The spans that take part in a hit's match, by column."""
        return self.matchers[hit.segment].marks(self.plan, hit.doc) or {}


def search(snapshot: Snapshot, request: Request) -> Found:
    """Answer a question.

    Raises QueryError where it cannot be answered, with ``strict`` also where there is anything to report about it.
    """
    sort = read_sort(request.sort, snapshot)
    parsed = parse(request.text, request.mode, snapshot.has_column)
    planner = Planner(snapshot, request.text)
    plan = planner.plan(parsed.tree)
    restriction, noted = _restriction(snapshot, request)
    diagnostics = (*parsed.diagnostics, *planner.diagnostics, *noted)
    if restriction is not None:
        plan = Kept(plan, restriction)
    if request.strict:
        refuse_all(request.text, diagnostics)
    matchers = tuple(Matcher(segment, snapshot.mean_lengths) for segment in snapshot.segments)
    scores = [matcher.scores(plan) for matcher in matchers]
    scored = [Scored(score, number, doc) for number, found in enumerate(scores) for doc, score in found.items()]
    hits = page(scored, sort, snapshot, request.offset, request.limit)
    docs = tuple(array("I", sorted(found)) for found in scores) if request.every else ()
    return Found(parsed.tree, plan, len(scored), hits, diagnostics, matchers, docs)


def _restriction(snapshot: Snapshot, request: Request) -> tuple[Step | None, list[Diagnostic]]:
    """The plan of what restricts a request (None: nothing does), and what is to be said about its filter."""
    nodes: list[Node] = []
    text, notes = "", list[Diagnostic]()
    if isinstance(request.filter, str):
        text = request.filter
        parsed = parse(text, is_column=snapshot.has_column)
        nodes.append(parsed.tree)
        notes += parsed.diagnostics
    elif request.filter is not None:
        text = str(request.filter)
        nodes.append(request.filter)
    if request.date_from is not None or request.date_to is not None:
        nodes.append(_published(request.date_from, request.date_to))
    if not nodes:
        return None, []
    planner = Planner(snapshot, text)
    step = planner.plan(conjunction(nodes))
    return step, [note._replace(text=text) for note in (*notes, *planner.diagnostics)]


def _published(start: When | None, end: When | None) -> Dated:
    """From the first day of ``start`` to the last of ``end``."""
    low = date.min if start is None else _interval(start)[0]
    high = date.max if end is None else _interval(end)[1]
    return Dated(low, high, f"[{start or ''} TO {end or ''}]")


def _interval(when: When) -> tuple[date, date]:
    text = when.isoformat() if isinstance(when, date) else when
    try:
        named = parse_date(text)
    except ReportError as error:
        raise QueryError(text, (0, len(text)), error.reason, "write 2020, 2020-01 or 2020-01-12") from None
    return named.start, named.end

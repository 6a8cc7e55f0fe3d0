"""The one path from a question to scored docs: parse, plan, match every segment, rank.

Words joined by AND or OR take the short way through the ``topk`` kernel, which scores no more docs than it must, and a phrase
that through ``phrases``; all else is matched in full. All give the same scores. What was not asked for (the total, all docs,
marks) is not computed until it is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from idlibsearch.errors import KernelError, QueryError, ReportError
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import parse_date
from idlibsearch.query.diagnostics import Diagnostic, refuse_all
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.match import Marks, Matcher
from idlibsearch.query.order import Scored, Sort, read_sort
from idlibsearch.query.plan import Planner
from idlibsearch.query.steps import All, Chosen, Kept, Leaf, Some, Step
from idlibsearch.query.syntax import Mode, parse
from idlibsearch.query.tree import Dated, Node, conjunction

try:
    from idlibsearch.query import docsets, lists, phrases, topk
except ImportError as error:
    raise KernelError("idlibsearch.query.topk") from error

When = str | date


class Request(NamedTuple):
    """A question and how it is to be answered: hits ``offset`` to ``offset + limit`` in the order of ``sort``.

    ``filter`` (a question or a tree) and the publication dates from the start of ``date_from`` to the end of ``date_to``
    restrict what is found, and score nothing. ``limits``: what patterns may cost.
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
    limits: Limits = LIMITS


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
        return tuple(Matcher(segment, n, self._snapshot.normalisation) for n, segment in enumerate(self._snapshot.segments))

    @cached_property
    def lists(self) -> tuple[lists.Scored, ...]:
        """All docs that match and their scores, by segment, deleted ones included."""
        return tuple(matcher.run(self.plan) for matcher in self.matchers)

    @cached_property
    def sets(self) -> tuple[docsets.Docset, ...]:
        """All live docs that match, as bitmaps, by segment; from the lists where there are any, else without a score."""
        return tuple(
            docsets.alive(segment.postings, self._matching(number, segment))
            for number, segment in enumerate(self._snapshot.segments)
        )

    def _matching(self, number: int, segment: Segment) -> docsets.Docset:
        if "lists" in self.__dict__:
            return docsets.of(self.lists[number][0], segment.doc_count)
        from idlibsearch.query.unscored import Unscored  # noqa: PLC0415 - only for those who count

        return Unscored(segment, self.matchers[number]).docs(self.plan)

    @cached_property
    def total(self) -> int:
        """How many live docs match."""
        return sum(map(docsets.size, self.sets))

    @cached_property
    def docs(self) -> tuple[memoryview[int], ...]:
        """All live docs that match, uint32 ascending, by segment."""
        return tuple(map(docsets.members, self.sets))

    def scores(self, number: int, docs: memoryview[int]) -> memoryview[float]:
        """The scores of some docs (ascending) of a segment, all of which match."""
        return self.matchers[number].scores(self.plan, docs)

    def marks(self, hit: Scored) -> Marks:
        """The spans that take part in a hit's match, by column."""
        return self.matchers[hit.segment].marks(self.plan, hit.doc) or {}


def search(snapshot: Snapshot, request: Request) -> Found:
    """Answer a question.

    Raises QueryError where it cannot be answered, with ``strict`` also where there is anything to report about it.
    """
    sort = read_sort(request.sort, snapshot)
    parsed = parse(request.text, request.mode, snapshot.has_column)
    planner = Planner(snapshot, request.text, request.limits)
    plan = planner.plan(parsed.tree)
    restriction, noted = _restriction(snapshot, request)
    diagnostics = (*parsed.diagnostics, *planner.diagnostics, *noted)
    if request.strict:
        refuse_all(request.text, diagnostics)
    found = Found(snapshot, parsed.tree, plan if restriction is None else Kept(plan, restriction), diagnostics)
    found.hits = _hits(snapshot, found, request.offset, request.limit, sort)
    return found


def _hits(snapshot: Snapshot, found: Found, offset: int, limit: int, sort: Sort) -> tuple[Scored, ...]:
    if limit == 0:
        return ()
    if sort.field != "score":
        from idlibsearch.query.paging import page  # noqa: PLC0415 - only for those who sort

        return page(found, sort, snapshot, offset, limit)
    words, phrase = _words_of(found.plan), _phrase_of(found.plan)

    def best_of(number: int, count: int, floor: float) -> Sequence[tuple[float, int]]:
        if words is not None:
            return _best_of_words(snapshot, number, words, count, floor)
        if phrase is not None:
            return _best_of_phrase(snapshot, number, phrase, count, floor)
        return lists.best(snapshot.segments[number].postings, *found.lists[number], count, floor)

    return tuple(_ranked(len(snapshot.segments), min(offset + limit, snapshot.doc_count), best_of)[offset:])


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


def _phrase_of(plan: Step) -> Leaf | None:
    """The plan as one phrase of words that are written in one way only, if it is nothing else."""
    if not isinstance(plan, Leaf) or plan.single_term is not None:
        return None
    return None if any(isinstance(unit, Chosen) or unit.joined for unit in plan.units) else plan


def _numbered(segment: int, words: Words) -> list[tuple[int, float, tuple[int, ...]]]:
    """The words a segment has, by term number, idf and columns; none where it lacks one of those that must all match."""
    known = [(term[segment], leaf.idf, leaf.columns) for leaf in words.leaves if (term := leaf.single_term) is not None]
    there = [word for word in known if word[0] >= 0]
    return [] if words.every and len(there) < len(known) else there


def _best_of_words(snapshot: Snapshot, number: int, words: Words, count: int, floor: float) -> Sequence[tuple[float, int]]:
    there = _numbered(number, words)
    if not there:
        return ()
    rest = (*snapshot.normalisation, snapshot.ranking.k1, count, floor, words.every)
    return topk.best(snapshot.segments[number].postings, there, snapshot.weights, *rest)


def _best_of_phrase(snapshot: Snapshot, number: int, phrase: Leaf, count: int, floor: float) -> Sequence[tuple[float, int]]:
    terms = [term[number] for unit in phrase.units if not isinstance(unit, Chosen) for term in unit.parts]
    if min(terms) < 0:
        return ()
    weights = array("d", [weight if c in phrase.columns else 0.0 for c, weight in enumerate(snapshot.weights)])
    rest = (*snapshot.normalisation, snapshot.ranking.k1, count, floor)
    return phrases.best(snapshot.segments[number].postings, array("I", terms), phrase.idf, weights, *rest)


def _restriction(snapshot: Snapshot, request: Request) -> tuple[Step | None, list[Diagnostic]]:
    """The plan of what restricts a request (None: nothing does), and what is to be said about its filter."""
    if request.filter is None and request.date_from is None and request.date_to is None:
        return None, []
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
    planner = Planner(snapshot, text, request.limits)
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

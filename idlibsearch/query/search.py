"""The one path from a question to scored docs: parse, plan, match every segment, rank.

What was not asked for (the total, all docs, marks) is not computed until it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from idlibsearch.errors import QueryError, SearchTimeoutError
from idlibsearch.index.fields import BM25F
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic, refuse_all
from idlibsearch.query.found import Found
from idlibsearch.query.limits import LIMITS, Deadline, LateError, Limits
from idlibsearch.query.order import Scored, Sort, read_sort
from idlibsearch.query.plan import Planner
from idlibsearch.query.steps import Kept, Some, Step
from idlibsearch.query.syntax import Parsed, no_further_columns, parse
from idlibsearch.query.tree import Dated, Mode, Node, conjunction
from idlibsearch.query.ways import best_hits

if TYPE_CHECKING:
    from idlibsearch.query.feedback import Added

When = str | date
# What may be an amount: three digits and more that are no year of 1000 to 2999, a suffix, a scale.
_AMOUNT = re.compile(r"(?<![\d,])(?![12]\d{3}(?![\d,]))\d[\d,]{2}|\d(?:k|mn|bn|tn)\b|hundred|thousand|illion|dozen")
NOTHING = Some(())  # what is found where the time is up before it is known what to look for


class Request(NamedTuple):
    """A question and how it is to be answered: hits ``offset`` to ``offset + limit`` in the order of ``sort``.

    ``filter`` (a question, typed or read, or a tree) and the publication dates from the start of ``date_from`` to the end of
    ``date_to`` restrict what is found, and score nothing. ``limits``: what patterns may cost. ``timeout_ms``: how long finding
    the hits may take, and counting them; with ``partial`` those found by then are the answer, without it there is none.

    ``recent``: the half-life by which scores fade with age, such as "30d".
    ``proximity``: does it count how near to each other words stand? ``expand``: how words are added to the question ("rm3",
    "bo1"), ``expand_without`` these.
    ``names``: words that name an entity of the index also match its mentions in other spellings.

    ``tree``: the question, where it was not typed; ``text`` then is what messages call it, ``notes`` what is to be said of it.
    ``today``: the day that dates such as "last week" are seen from, by default today's in UTC. ``aliases``: further names for
    fields. ``collapse``: of each story only the report that ``lead`` says (``collapse.leads``).
    """

    text: str
    limit: int = 10
    offset: int = 0
    mode: Mode = "all"
    strict: bool = False
    filter: str | Node | Parsed | None = None
    date_from: When | None = None
    date_to: When | None = None
    sort: str = "score"
    limits: Limits = LIMITS
    timeout_ms: float | None = None
    partial: bool = False
    tree: Node | None = None
    today: date | None = None
    aliases: Mapping[str, str] | None = None
    recent: str | None = None
    proximity: bool = False
    expand: str | None = None
    expand_without: tuple[str, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    collapse: bool = False
    lead: str = "earliest"
    names: bool = False


def search(snapshot: Snapshot, request: Request) -> Found:
    """Answer a question.

    Raises QueryError where it cannot be answered, with ``strict`` also where there is anything to report about it, and
    SearchTimeoutError where it takes too long.
    """
    try:
        return _answered(snapshot, request)
    except RecursionError:
        span, advice = (0, len(request.text)), "use fewer groups inside each other"
        raise QueryError(request.text, span, "the question is nested too deeply", advice) from None


def _answered(snapshot: Snapshot, request: Request) -> Found:
    sort = read_sort(request.sort, snapshot)
    deadline = Deadline(request.text, request.timeout_ms)
    with deadline:
        parsed = _parsed(snapshot, request)
        if request.names:
            from idlibsearch.query.named import with_names  # noqa: PLC0415 - only for those who ask for it

            parsed = parsed._replace(tree=with_names(parsed.tree, snapshot))
        tree, expansion = _widened(snapshot, parsed.tree, request, deadline)
        plan, noted = _planned(snapshot, tree, request, deadline)
        diagnostics = (*parsed.diagnostics, *noted)
        if request.strict:
            refuse_all(request.text, diagnostics)
        found = Found(snapshot, tree, plan, diagnostics, deadline, partial=request.partial)
        if request.collapse:
            found = _collapsed(found, request.lead)
        found.expansion = expansion
        if not found.is_partial:
            found.hits = _hits(found, request, sort)
    return found


def _collapsed(found: Found, lead: str) -> Found:
    from idlibsearch.query.collapse import collapsed  # noqa: PLC0415 - only for those who count stories

    try:
        return collapsed(found, lead)
    except (LateError, SearchTimeoutError):
        found.is_partial = found.allows_partial
        if not found.is_partial:
            raise
        return found


def _widened(snapshot: Snapshot, tree: Node, request: Request, deadline: Deadline) -> tuple[Node, tuple[Added, ...] | None]:
    """The question with what is asked for beside what was typed, and which words that adds to it."""
    if not request.proximity and request.expand is None:
        return tree, None
    if snapshot.schema is not None:
        message = "words are added to questions, and their nearness counts, in indexes of reports only"
        raise QueryError(request.text, (0, len(request.text)), message, "leave out expand and proximity")
    if request.proximity:
        from idlibsearch.query.dependence import with_nearness  # noqa: PLC0415 - only for those who ask for it

        tree = with_nearness(tree)
    if request.expand is None:
        return tree, None
    from idlibsearch.query.feedback import feedback, method_of, weight_of, with_added  # noqa: PLC0415 - see above

    method = method_of(request.expand)
    plan, _ = _planned(snapshot, tree, request._replace(recent=None), deadline)
    first = Found(snapshot, tree, plan, (), deadline, partial=request.partial)
    added = feedback(snapshot, best_hits(first, method.reports), weight_of(tree), method, request.expand_without)
    return with_added(tree, added, request.mode), added


def _parsed(snapshot: Snapshot, request: Request) -> Parsed:
    if request.tree is not None:
        return Parsed(request.text, request.tree, request.notes)
    return _read(snapshot, request.text, request.mode, request)


def _read(snapshot: Snapshot, text: str, mode: Mode, request: Request) -> Parsed:
    rest = request.today, request.limits, request.aliases
    if snapshot.schema is None:
        return parse(text, mode, snapshot.has_column, *rest)
    from idlibsearch.query.field_names import names_of  # noqa: PLC0415 - reports need none of it

    return parse(text, mode, no_further_columns, *rest, names_of(snapshot.schema))


def _plan(planner: Planner, tree: Node, today: date | None) -> Step:
    """The plan of a tree, by the rules of reports or of the schema that the index has in their place."""
    if planner.snapshot.schema is None:
        return planner.plan(_in_all_spellings(tree, planner))
    from idlibsearch.query.own_fields import OwnFields  # noqa: PLC0415 - see above

    return OwnFields(planner, today).plan(tree)


def has_amount(text: str) -> bool:
    """May a question hold a number that is sought in several spellings?"""
    return _AMOUNT.search(text.lower()) is not None


def _in_all_spellings(tree: Node, planner: Planner) -> Node:
    """The tree with its numbers sought however they are written; plain words pay no more than a look at the text."""
    if not has_amount(planner.text):
        return tree
    from idlibsearch.query.quantities import widened  # noqa: PLC0415 - only for questions with a number

    return widened(tree, planner.knows)


def _planned(snapshot: Snapshot, tree: Node, request: Request, deadline: Deadline) -> tuple[Step, list[Diagnostic]]:
    """The plan of a question with what restricts it, and what is to be said about both."""
    planner = Planner(snapshot, request.text, request.limits, deadline)
    try:
        plan = _plan(planner, tree, request.today)
        if snapshot.ranking.formula != BM25F:
            from idlibsearch.query.lucene import by_formula  # noqa: PLC0415 - only for those who ask for it

            plan = by_formula(plan, snapshot)
        if request.recent is not None:
            from idlibsearch.query.recency import fading  # noqa: PLC0415 - only for those who ask for it

            plan = fading(plan, snapshot, request.recent, request.today)
        restriction, noted = _restriction(snapshot, request, deadline)
    except LateError:
        if not request.partial:
            raise
        return NOTHING, planner.diagnostics
    notes = [*dict.fromkeys((*planner.diagnostics, *noted))]  # words that also stand near others are planned more than once
    return plan if restriction is None else Kept(plan, restriction), notes


def _hits(found: Found, request: Request, sort: Sort) -> tuple[Scored, ...]:
    if request.limit == 0:
        return ()
    if sort.field == "score":
        return tuple(best_hits(found, min(request.offset + request.limit, found.snapshot.doc_count))[request.offset :])
    from idlibsearch.query.paging import page  # noqa: PLC0415 - only for those who sort

    try:
        return page(found, sort, found.snapshot, request.offset, request.limit)
    except LateError:
        found.is_partial = found.allows_partial
        if not found.is_partial:
            raise
        return ()


def _restriction(snapshot: Snapshot, request: Request, deadline: Deadline) -> tuple[Step | None, list[Diagnostic]]:
    """The plan of what restricts a request (None: nothing does), and what is to be said about its filter."""
    if request.filter is None and request.date_from is None and request.date_to is None:
        return None, []
    nodes: list[Node] = []
    text, notes = "", list[Diagnostic]()
    kept = request.filter
    if isinstance(kept, str):
        kept = _read(snapshot, kept, "all", request)
    if isinstance(kept, Parsed):
        text = kept.text
        nodes.append(kept.tree)
        notes += kept.diagnostics
    elif kept is not None:
        text = str(kept)
        nodes.append(kept)
    if request.date_from is not None or request.date_to is not None:
        if snapshot.schema is not None:
            message = "documents of this index have no date of publication, which date_from and date_to ask for"
            raise QueryError(text, (0, 0), message, "restrict a field: filter='when:[2020-01 TO 2020-03]'")
        nodes.append(_published(request.date_from, request.date_to, request.today))
    planner = Planner(snapshot, text, request.limits, deadline)
    step = _plan(planner, conjunction(nodes), request.today)
    return step, [note._replace(text=text) for note in (*notes, *planner.diagnostics)]


def _published(start: When | None, end: When | None, today: date | None) -> Dated:
    """From the first day of ``start`` to the last of ``end``."""
    from idlibsearch.query.days import days_of  # noqa: PLC0415 - only for those who restrict by dates

    first, last = (when.isoformat()[:10] if isinstance(when, date) else when for when in (start, end))
    low = date.min if first is None else days_of(first, today)[0]
    high = date.max if last is None else days_of(last, today)[1]
    return Dated(low, high, f"[{first or ''} TO {last or ''}]")

"""What to look up for nearness: the part of the plan that asks where words stand, not only whether.

All of it happens inside one field that keeps the order of words: the one that some operand names, else any. What can be
replaced by one another (an OR group, the words of a pattern) counts as one word; what has no place in a text is refused.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple, Protocol

from idlibsearch.errors import QueryError
from idlibsearch.index.columns import folded_value
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query import docsets
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.limits import MAX_DISTANCE, MAX_FLAT, Deadline, Limits
from idlibsearch.query.match import Matcher
from idlibsearch.query.rank import idf
from idlibsearch.query.restrict import picked
from idlibsearch.query.steps import Apart, Asked, Beside, Early, Either, Leaf, Mentioned, Placed, Some, Spanned, Together
from idlibsearch.query.tree import (
    Analysed,
    AtLeast,
    Boosted,
    Exact,
    First,
    Fuzzy,
    Mention,
    Near,
    Node,
    NotNear,
    Or,
    Phrase,
    Regex,
    Same,
    Span,
    Wildcard,
    Word,
)
from idlibsearch.query.unscored import Unscored

MAX_TIMES = 1_000_000
_IN_PLACE_OF = "join whole groups: (a NEAR/5 b) AND c, not (a AND c) NEAR/5 b; for words side by side use quotation marks"


class Planner(Protocol):
    """What is asked of the plan around: words and patterns by themselves (``plan.Planner``)."""

    snapshot: Snapshot
    text: str
    limits: Limits
    deadline: Deadline
    diagnostics: list[Diagnostic]

    def leaf(self, node: Word | Phrase | Analysed | Exact | Wildcard | Fuzzy | Regex) -> Leaf: ...
    def parts_of_phrase(self, node: Phrase, columns: tuple[int, ...]) -> list[Leaf]: ...
    def keeps_order(self, field: str) -> bool: ...
    def positional(self, field: str) -> tuple[int, ...]: ...
    def error(self, span: Span, message: str, advice: str) -> QueryError: ...


class Operand(NamedTuple):
    """What stands somewhere, and its idf."""

    spanned: Spanned
    idf: float


def placed(planner: Planner, node: Node) -> Placed:
    """The step of a node that asks where its parts stand.

    Raises QueryError for operands that stand nowhere, for operands of different fields and for bounds out of range.
    """
    times = node.times if isinstance(node, AtLeast) else 1
    if not 1 <= times <= MAX_TIMES:
        raise planner.error(node.span, f"ATLEAST/{times} cannot be", f"ask for 1 to {MAX_TIMES:,} times")
    child = node.child if isinstance(node, AtLeast) else node
    placer = _Placer(planner, _one_field(planner, child))
    root = placer.operand(child)
    asked = Asked(planner.text, node.span, planner.limits.combinations)
    return Placed(root.spanned, placer.columns, root.idf, times, asked)


def _one_field(planner: Planner, node: Node) -> str:
    """The only field that operands name; "" where none does."""
    found = dict[str, Span]()
    _name(node, found)
    if len(found) > 1:
        message = f"nearness holds inside one field, and {' and '.join(found)} are several"
        raise planner.error(node.span, message, "ask for both in one field, or join two groups by AND")
    field = next(iter(found), "")
    if field and not planner.keeps_order(field):
        message = f"the field {field} keeps no order of words"
        raise planner.error(found[field], message, "ask in title: or body:, or without a field")
    return field


def _name(node: Node, found: dict[str, Span]) -> None:
    """Put down which fields operands name, and where last."""
    match node:
        case Word() | Phrase() | Analysed() | Exact() | Wildcard() | Fuzzy() | Regex() | Mention():
            if node.field:
                found[node.field] = node.span
        case Near() | Same() | Or():
            for child in node.children:
                _name(child, found)
        case NotNear():
            _name(node.child, found)
            _name(node.other, found)
        case First() | Boosted():
            _name(node.child, found)


class _Placer:
    """Places operands in one field ("": any that keeps the order of words). What is not scored needs no idf (by counting)."""

    def __init__(self, planner: Planner, field: str, *, is_scored: bool = True) -> None:
        self._planner = planner
        self._field = field
        self._is_scored = is_scored
        self.columns = planner.positional(field)

    def operand(self, node: Node) -> Operand:  # noqa: PLR0911 - a line a kind of node
        """What a node asks for, as it stands in a text."""
        match node:
            case Near():
                return self._near(node)
            case Same():
                return self._same(node)
            case NotNear():
                child, other = self.operand(node.child), _Placer(self._planner, self._field, is_scored=False).operand(node.other)
                return Operand(Apart((child.spanned, other.spanned), self._distance(node)), child.idf)
            case First():
                child = self.operand(node.child)
                if node.tokens < 1:
                    raise self._planner.error(node.span, f"FIRST/{node.tokens} cannot be", "ask for the first 1 token or more")
                return Operand(Early(child.spanned, min(node.tokens, 0x7FFFFFFF)), child.idf)
            case Or():
                return self._either(node)
            case Boosted():
                child = self.operand(node.child)
                return child._replace(idf=child.idf * node.factor)
            case Mention():
                return self._mentions(node) if node.name else self._mention(node)
            case Phrase() if node.slop > 1:
                return self._sloppy(node)
            case Word() | Phrase() | Analysed() | Exact() | Wildcard() | Fuzzy() | Regex():
                leaf = self._planner.leaf(node if node.field == self._field else node._replace(field=self._field))
                return Operand(leaf._replace(columns=self.columns), leaf.idf)
            case _:
                what = "ATLEAST" if isinstance(node, AtLeast) else str(node)
                message = f"{what} is true of a report as a whole, and has no place in its text"
                raise self._planner.error(node.span, message, _IN_PLACE_OF)

    def _distance(self, node: Near | NotNear) -> int:
        if not 1 <= node.distance <= MAX_DISTANCE:
            message = f"a distance of {node.distance:,} cannot be asked for"
            raise self._planner.error(node.span, message, f"use 1 (side by side) to {MAX_DISTANCE:,}, SAME/P or AND")
        return node.distance

    def _near(self, node: Near) -> Operand:
        if len(node.children) > MAX_FLAT:
            message = f"NEAR of {len(node.children)} operands"
            raise self._planner.error(node.span, message, f"use at most {MAX_FLAT}")
        operands = [self.operand(child) for child in node.children]
        parts = tuple(operand.spanned for operand in operands)
        return Operand(Beside(parts, self._distance(node), node.ordered), sum(operand.idf for operand in operands))

    def _same(self, node: Same) -> Operand:
        operands = [self.operand(child) for child in node.children]
        spanned = reduce(lambda left, right: Together((left, right), node.unit), [operand.spanned for operand in operands])
        return Operand(spanned, sum(operand.idf for operand in operands))

    def _either(self, node: Or) -> Operand:
        return self._any_of([self.operand(child) for child in node.children])

    def _any_of(self, operands: list[Operand]) -> Operand:
        parts = tuple(operand.spanned for operand in operands)
        return operands[0] if len(parts) == 1 else Operand(Either(parts), self._idf_of_any(parts) if self._is_scored else 0.0)

    def _idf_of_any(self, parts: tuple[Spanned, ...]) -> float:
        """The idf of what stands in as many docs as any of some parts."""
        planner = self._planner
        asked = Asked(planner.text, (0, 0), planner.limits.combinations)
        steps = [part if isinstance(part, Leaf) else Placed(part, self.columns, 0.0, 1, asked) for part in parts]
        count = 0
        for number, segment in enumerate(planner.snapshot.segments):
            matcher = Matcher(planner.snapshot, number, planner.deadline)
            count += docsets.size(Unscored(segment, matcher).docs(Some(tuple(steps))))
        return idf(count, planner.snapshot.doc_count)

    def _sloppy(self, node: Phrase) -> Operand:
        """Each part at most ``slop`` behind the one before it."""
        parts = self._planner.parts_of_phrase(node._replace(field=self._field), self.columns)
        operands = [Operand(part, part.idf) for part in parts]
        slop = self._distance(Near((), node.slop, span=node.span))
        spanned = reduce(lambda left, right: Beside((left, right), slop, True), [operand.spanned for operand in operands])
        return Operand(spanned, sum(operand.idf for operand in operands))

    def _mentions(self, node: Mention) -> Operand:
        """Where any entity is mentioned that a name means."""
        from idlibsearch.query.known_names import meant_by  # noqa: PLC0415 - as in ``plan``

        return self._any_of([self._mention(each) for each in meant_by(node, self._planner.snapshot)])

    def _mention(self, node: Mention) -> Operand:
        snapshot, mentioned = self._planner.snapshot, Mentioned(node.kind.lower(), folded_value(node.name))
        docs = sum(docsets.size(picked(mentioned, segment)) for segment in snapshot.segments)
        if not docs:
            self._planner.diagnostics.append(Diagnostic(node.span, "unknown-value", f"no report mentions {node}"))
        return Operand(mentioned, idf(docs, snapshot.doc_count))

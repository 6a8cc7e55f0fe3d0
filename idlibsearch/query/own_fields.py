"""Plans what is asked of the fields of a schema that is not the reports'. The words of a question are made by the analyzers that
made those of the documents.

A word without a field is looked for in all text fields. Fields of one analysis (a group) count together, as those of reports do,
in one posting list; words of different groups are different words, whose scores are added. A word that an analyzer leaves out is
left out of the question as well. Values are what their fields say: words of an analyzer, numbers, points in time, truths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from idlibsearch.errors import QueryError
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.expand import Expander
from idlibsearch.query.limits import PatternError
from idlibsearch.query.own_pruning import Pruner
from idlibsearch.query.own_scopes import Scope, Scopes, Text
from idlibsearch.query.own_values import OwnValues
from idlibsearch.query.placed import placed
from idlibsearch.query.plan import MAX_PHRASE_WORDS, Planner
from idlibsearch.query.rank import idf
from idlibsearch.query.steps import All, Chosen, Filled, Leaf, Some, Step, Unit
from idlibsearch.query.tree import (
    Analysed,
    And,
    AtLeast,
    Boosted,
    Every,
    Exact,
    Expansion,
    First,
    Fuzzy,
    Keyword,
    Mention,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Ranged,
    Regex,
    Same,
    Span,
    Wildcard,
    Word,
)

NOTHING = Some(())


class OwnFields:
    """Plans the leaves of one question for a planner, which plans what joins them, and words of the library's own analysis."""

    def __init__(self, planner: Planner, today: date | None = None) -> None:
        self._planner, self._snapshot = planner, planner.snapshot
        self._diagnostics = planner.diagnostics
        self._scopes = Scopes(planner.snapshot, planner.text)
        self._values = OwnValues(planner.snapshot, planner.text, planner.diagnostics, today)
        self._expander = Expander(planner.snapshot, planner.limits)
        planner.own = self.step

    def plan(self, tree: Node) -> Step:
        """The plan of a question."""
        left = Pruner(self._scopes, self._values, self._diagnostics).pruned(tree)
        return self._planner.plan(left) if left else NOTHING

    def step(self, node: Node) -> Step:
        """The step for a node that joins no others, or asks where others stand."""
        match node:
            case Phrase() if node.slop > 1:
                return self._nearness(node)
            case Word() | Phrase() | Exact() | Wildcard() | Fuzzy() | Regex():
                return self._anywhere(node)
            case Near() | NotNear() | First() | AtLeast():
                return self._nearness(node)
            case Every():
                return Filled(self._scopes.of(node.field)[0].columns) if node.field else All((), ())
            case Keyword():
                return self._values.keyword(node)
            case Ranged():
                return self._values.ranged(node)
        what = "sentences and paragraphs are" if isinstance(node, Same) else f"what {node} asks for is"
        raise self._error(
            node.span, f"{what} not known in an index with a schema of its own", "ask for words and values of fields"
        )

    def _anywhere(self, node: Text) -> Step:
        """In any of the groups; a word is missing only where all of them lack it."""
        noted, found, complaints = len(self._diagnostics), list[Step](), 0
        scopes = self._scopes.of(node.field)
        for scope in scopes:
            before = len(self._diagnostics)
            step = self._planned(node, scope)
            if step is not None:
                found.append(step)
                complaints += len(self._diagnostics) > before
        if not found:
            self._scopes.ordered(node, scopes)
        del self._diagnostics[noted + (complaints == len(found)) :]
        return found[0] if len(found) == 1 else Some(tuple(found))

    def _planned(self, node: Text, scope: Scope) -> Step | None:
        """In the fields of one group; None where it has none of it."""
        if not scope.group:
            return self._planner.leaf(node) if isinstance(node, Word) or self._scopes.positional(scope) else None
        match node:
            case Word():
                return self._joined(node, [word for word, _ in self._scopes.words(node, scope)], scope)
            case Phrase():
                return self._row(node, self._phrase_units(node, scope), scope)
            case Exact():
                return self._row(node, [self._unit(scope, {word}) for word in node.text.split()], scope)
            case Wildcard() | Fuzzy() | Regex():
                return self._leaf(node, [self._expanded(node, scope)], scope)

    def _row(self, node: Text, units: Sequence[Unit | Chosen], scope: Scope) -> Leaf | None:
        """Units side by side; several only in fields that keep positions."""
        if len(units) > 1:
            scope = scope._replace(columns=self._scopes.positional(scope))
        return self._leaf(node, units, scope) if units and scope.columns else None

    def _nearness(self, node: Node) -> Step:
        """In any of the groups: the words of one are not near to those of another."""
        for part in _inside(node):
            if isinstance(part, Same | Mention | Analysed):
                self.step(part)
        field = next((name for part in _inside(node) if (name := _field_of(part))), "")
        scopes = self._scopes.ordered(node, self._scopes.of(field))
        found = list[Step]()
        missed: _NothingError | None = None
        for scope in scopes:
            try:
                found.append(placed(_InScope(self, self._planner, scope), node))
            except _NothingError as nothing:
                missed = nothing
        if missed is not None and not found:
            raise self._error(missed.node.span, f"{missed.node} has no word that is searched", "leave it out")
        return found[0] if len(found) == 1 else Some(tuple(found))

    def leaf(self, node: Text, scope: Scope) -> Leaf:
        """What stands as one piece of text in a group that keeps the order of words."""
        if not scope.group:
            return self._planner.leaf(node)
        units = self._phrase_units(node, scope) if isinstance(node, Word | Phrase) else []
        step = self._leaf(node, units, scope) if units else self._planned(node, scope)
        if isinstance(step, Leaf):
            return step
        raise _NothingError(node)

    def parts_of_phrase(self, node: Phrase, scope: Scope) -> list[Leaf]:
        """Each word of a phrase, or pattern in it, by itself."""
        units = self._phrase_units(node, scope)
        if not units:
            raise _NothingError(node)
        return [self._leaf(node, [unit], scope) for unit in units]

    def _joined(self, node: Word, words: Sequence[str], scope: Scope) -> Step | None:
        """The words that a typed one turns into, joined as the field says."""
        if not words:
            return None
        if scope.several == "phrase" and len(words) > 1:
            return self._row(node, self._phrase_units(node, scope), scope)
        chosen = words[:1] if scope.several == "first" else list(dict.fromkeys(words))
        leaves = tuple(self._leaf(node, [self._unit(scope, {word})], scope) for word in chosen)
        if len(leaves) == 1:
            return leaves[0]
        return Some(leaves) if scope.several == "or" else All(leaves, ())

    def _phrase_units(self, node: Word | Phrase, scope: Scope) -> list[Unit | Chosen]:
        """One unit a position; words that an analyzer gives at the same one stand for each other."""
        pieces = node.text.split() if "*" in node.text else [node.text]
        units = list[Unit | Chosen]()
        for piece in pieces:
            if "*" in piece:
                units.append(self._expanded(Wildcard(piece, span=node.span), scope))
            else:
                units += self._placed(node, self._scopes.words(node._replace(text=piece), scope), scope)
        if len(units) > MAX_PHRASE_WORDS:
            raise self._error(node.span, f"a phrase of more than {MAX_PHRASE_WORDS} words", "ask for a shorter part of it")
        return units

    def _placed(self, node: Word | Phrase, words: Sequence[tuple[str, int]], scope: Scope) -> list[Unit | Chosen]:
        by_position: dict[int, set[str]] = {}
        for word, position in words:
            by_position.setdefault(position, set()).add(word)
        positions = sorted(by_position)
        if positions and positions[-1] - positions[0] >= len(positions):
            message = f"the analyzer of {scope.field} leaves room for a word in {node} that it does not search"
            raise self._error(node.span, message, "ask for the words on both sides, joined by AND")
        return [self._unit(scope, by_position[position]) for position in positions]

    def _unit(self, scope: Scope, words: set[str]) -> Unit | Chosen:
        """A word, or several that stand for each other."""
        named = sorted(scope.group + word for word in words)
        if len(named) == 1:
            return Unit((self._snapshot.term(named[0]),), None)
        return Chosen(dict(zip(self._snapshot.segments, self._expander.chosen(named), strict=True)))

    def _expanded(self, node: Expansion, scope: Scope) -> Chosen:
        """What stands for a pattern, which the analyzer of the field prepares as far as it does not cut it."""
        if not isinstance(node, Regex):
            words = self._scopes.words(node, scope, "pattern")
            node = node._replace(text=words[0][0]) if len(words) == 1 else node
        self._planner.deadline.check()
        try:
            found = self._expander.expand(node, scope.group)
        except PatternError as error:
            raise self._error(node.span, error.message, error.advice) from None
        return Chosen(dict(zip(self._snapshot.segments, found, strict=True)), str(node))

    def _leaf(self, node: Text, units: Sequence[Unit | Chosen], scope: Scope) -> Leaf:
        frequencies = [self._frequency(unit, scope, bool(node.field)) for unit in units]
        if not all(frequencies):
            where = f" in the field {node.field}" if node.field else ""
            self._diagnostics.append(Diagnostic(node.span, "unknown-word", f"no document has {node.text}{where}"))
        worth = sum(idf(frequency, self._snapshot.doc_count) for frequency in frequencies)
        first = units[0]
        return Leaf(
            tuple(units), scope.columns, worth, first.parts[0] if len(units) == 1 and isinstance(first, Unit) else None, node.text
        )

    def _frequency(self, unit: Unit | Chosen, scope: Scope, in_field: bool) -> int:
        """How many docs have a word, in the field that was named or in any of its group."""
        if isinstance(unit, Chosen):
            return sum(spelled.frequency(scope.columns) for spelled in unit.found.values())
        count = 0
        for segment, number in zip(self._snapshot.segments, unit.parts[0], strict=True):
            if number >= 0:
                postings = segment.postings
                count += postings.count_in(number, scope.columns[0]) if in_field else postings.count(number)
        return count

    def _error(self, span: Span, message: str, advice: str) -> QueryError:
        return self._planner.error(span, message, advice)


class _NothingError(Exception):
    """Nothing of a node is searched in a group, and what stands nowhere is not near to anything."""

    def __init__(self, node: Text) -> None:
        super().__init__(str(node))
        self.node = node


class _InScope:
    """What plans nearness asks of a planner (``placed.Planner``), inside one group."""

    def __init__(self, own: OwnFields, planner: Planner, scope: Scope) -> None:
        self._own, self._scope = own, scope
        self.snapshot, self.text, self.limits, self.deadline = planner.snapshot, planner.text, planner.limits, planner.deadline
        self.diagnostics = planner.diagnostics
        self._planner = planner

    def leaf(self, node: Text | Analysed) -> Leaf:
        assert not isinstance(node, Analysed)  # refused before
        return self._own.leaf(node, self._scope)

    def parts_of_phrase(self, node: Phrase, columns: tuple[int, ...]) -> list[Leaf]:
        return self._own.parts_of_phrase(node, self._scope) if self._scope.group else self._planner.parts_of_phrase(node, columns)

    def keeps_order(self, field: str) -> bool:
        return self._planner.keeps_order(field)

    def positional(self, _field: str) -> tuple[int, ...]:
        return self._scope.columns

    def error(self, span: Span, message: str, advice: str) -> QueryError:
        return self._planner.error(span, message, advice)


def _inside(node: Node) -> Iterator[Node]:
    """A node and all in it."""
    yield node
    match node:
        case Near() | Same() | And() | Or():
            children: tuple[Node, ...] = node.children
        case NotNear():
            children = (node.child, node.other)
        case First() | AtLeast() | Boosted() | Not():
            children = (node.child,)
        case _:
            children = ()
    for child in children:
        yield from _inside(child)


def _field_of(node: Node) -> str:
    return node.field if isinstance(node, Word | Phrase | Exact | Wildcard | Fuzzy | Regex) else ""

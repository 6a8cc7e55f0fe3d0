"""Takes those words out of a question that the analyzers of a schema leave out: what is not in the index is not asked of it.

A word without a field that one text leaves out (a stop word there) and another one knows is not asked of every document, since
that one text cannot tell: it adds to scores. Fields of pieces of words have no say in that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.own_scopes import Scopes
from idlibsearch.query.own_values import OwnValues
from idlibsearch.query.tree import (
    And,
    Boosted,
    Keyword,
    Maybe,
    Node,
    Not,
    Or,
    Phrase,
    Require,
    Span,
    Word,
    conjunction,
    disjunction,
)


class Pruner:
    """Prunes one question; ``diagnostics`` gathers what was left out."""

    def __init__(self, scopes: Scopes, values: OwnValues, diagnostics: list[Diagnostic]) -> None:
        self._scopes, self._values, self._diagnostics = scopes, values, diagnostics

    def pruned(self, node: Node) -> Node | None:  # noqa: PLR0911 - one line a kind of node
        """What is left; None: nothing."""
        match node:
            case And():
                return self._conjunction(self._all(node.children), node.span)
            case Or():
                left = self._all(node.children)
                return disjunction(left, node.span) if left else None
            case Not() | Boosted():
                child = self.pruned(node.child)
                return child and node._replace(child=child)
            case Maybe():
                child, others = self.pruned(node.child), self._all(node.options)
                return node._replace(child=child, options=others) if child and others else child
            case Require():
                child, others = self.pruned(node.child), self._all(node.required)
                return node._replace(child=child, required=others) if child and others else child
            case Word() | Phrase():
                return self._noted(node, any(self._scopes.is_searched(scope, node) for scope in self._scopes.of(node.field)))
            case Keyword():
                return self._noted(node, bool(self._values.words(node)))
        return node

    def _all(self, nodes: Iterable[Node]) -> tuple[Node, ...]:
        return tuple(child for child in map(self.pruned, nodes) if child is not None)

    def _conjunction(self, children: Sequence[Node], span: Span) -> Node | None:
        known = [child for child in children if not self._is_unsure(child)]
        unsure = tuple(child for child in children if self._is_unsure(child))
        if unsure and any(not isinstance(child, Not) for child in known):
            return Maybe(conjunction(known, span), unsure, span)
        return conjunction(children, span) if children else None

    def _is_unsure(self, node: Node) -> bool:
        if isinstance(node, Boosted):
            return self._is_unsure(node.child)
        if not isinstance(node, Word | Phrase) or node.field:
            return False
        whole = (scope for scope in self._scopes.of("") if not self._scopes.field(scope.field).grams)
        return not all(self._scopes.is_searched(scope, node) for scope in whole)

    def _noted(self, node: Word | Phrase | Keyword, has_any: bool) -> Node | None:
        if has_any:
            return node
        message = f"{node} has no word that is searched, and was left out"
        self._diagnostics.append(Diagnostic(node.span, "nothing-in-it", message))
        return None

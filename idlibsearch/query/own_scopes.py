"""The text fields of a schema that is not the reports', by the analysis they share; what analyzers make of a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.index.schema import Field, Purpose
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.tree import Exact, Expansion, Node, Phrase, Word

Text = Word | Phrase | Exact | Expansion


class Scope(NamedTuple):
    """Text fields of one group: the first of them, and their freq columns. ``several``: see ``schema.Field``."""

    group: str
    field: str
    columns: tuple[int, ...]
    several: str


class Scopes:
    """Divides the text fields of an index for one question. An analyzer runs once for each text of it."""

    def __init__(self, snapshot: Snapshot, text: str) -> None:
        assert snapshot.schema is not None
        assert snapshot.analysis is not None
        self._ranked, self._schema, self._analysis = snapshot.ranking.fields, snapshot.schema, snapshot.analysis
        self._text = text
        self._known: dict[tuple[str, str, Purpose], list[tuple[str, int]]] = {}

    def of(self, name: str) -> list[Scope]:
        """The text fields of this name, or ("") all of them."""
        found: dict[str, Scope] = {}
        for column, each in enumerate(self._ranked):
            if name in ("", each.name):
                scope = found.get(each.group) or Scope(each.group, each.name, (), self.field(each.name).several)
                found[each.group] = scope._replace(columns=(*scope.columns, column))
        return list(found.values())

    def ordered(self, node: Node, scopes: Sequence[Scope]) -> list[Scope]:
        """The same with the fields that keep positions alone. Raises QueryError where none does."""
        kept = [scope._replace(columns=self.positional(scope)) for scope in scopes]
        kept = [scope for scope in kept if scope.columns]
        if not kept:
            message = f"the field {scopes[0].field} keeps no order of words, which {node} asks for"
            raise QueryError(self._text, node.span, message, "ask for the words, joined by AND")
        return kept

    def positional(self, scope: Scope) -> tuple[int, ...]:
        """The columns of a scope in which positions are kept."""
        return tuple(column for column in scope.columns if self._ranked[column].positions)

    def words(self, node: Text, scope: Scope, purpose: Purpose = "query") -> list[tuple[str, int]]:
        """What the analyzer of a scope makes of a text. Raises QueryError where it fails."""
        asked = scope.field, node.text, purpose
        if asked not in self._known:
            try:
                self._known[asked] = self._analysis.words(*asked)
            except ValueError as error:
                raise QueryError(self._text, node.span, f"the field {scope.field}: {error}") from None
        return self._known[asked]

    def is_searched(self, scope: Scope, node: Word | Phrase) -> bool:
        """Does the analyzer of a scope leave anything of a text?"""
        return not scope.group or "*" in node.text or bool(self.words(node, scope))

    def field(self, name: str) -> Field:
        """What the schema says of a field."""
        field = self._schema.field(name)
        assert field is not None, name
        return field

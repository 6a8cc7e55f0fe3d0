"""The only door to whoosh: the report schema as Whoosh declares it, and Whoosh schemas as this library reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Composable, Token
from whoosh.fields import DATETIME, ID, KEYWORD, STORED, TEXT, Schema

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.errors import SchemaError
from idlibsearch.index.fields import Ranking

__all__ = ["ReportAnalyzer", "Schema", "ranking_of", "schema_of"]

_TEXT_NAMES = ("title", "entities", "body")
_STORED_NAMES = ("byline", "url", "language", "provenance")


class ReportAnalyzer(Composable):  # type: ignore[misc]  # whoosh asks for inheritance, and has no types
    """Our analysis as Whoosh runs it: every term with its position and characters; joined forms stand at their first place."""

    is_morph = True

    def __call__(
        self, value: str, positions: bool = False, chars: bool = False, start_pos: int = 0, start_char: int = 0, **_: Any
    ) -> Iterator[Token]:
        position = start_pos
        for start, end in tokenize(value):
            entry = analyze(value[start:end])
            for term, offset, _width in sorted(entry.terms, key=lambda place: place[1]):
                token = Token(positions, chars, removestops=False, original=value[start:end])
                token.text, token.boost, token.stopped = term, 1.0, False
                token.pos, token.startchar, token.endchar = position + offset, start_char + start, start_char + end
                yield token
            position += entry.positions


def schema_of(ranking: Ranking) -> Schema:
    """The report schema with the field boosts of an index."""
    boosts = {field.name: field.weight for field in ranking.fields}
    analyzer = ReportAnalyzer()
    return Schema(
        key=ID(unique=True, stored=True),
        **{name: TEXT(analyzer=analyzer, stored=name != "entities", field_boost=boosts[name]) for name in _TEXT_NAMES},
        date=DATETIME(stored=True, sortable=True),
        source=KEYWORD(stored=True, commas=True),
        section=KEYWORD(stored=True, commas=True),
        **{name: STORED() for name in _STORED_NAMES},
    )


def ranking_of(schema: Schema) -> Ranking:
    """Ranking by the field boosts of a Whoosh schema.

    Raises SchemaError where the schema is none, has a field that a report has not, or lacks a text field of the report.
    """
    if not isinstance(schema, Schema):
        raise SchemaError(f"a schema must be a whoosh.fields.Schema, not {type(schema).__name__}")
    ranking = Ranking()
    known = {*schema_of(ranking).names()}
    strange = sorted(set(schema.names()) - known)
    if strange:
        raise SchemaError(f"the field {strange[0]} is not one of a report's; those are {', '.join(sorted(known))}")
    missing = [name for name in _TEXT_NAMES if name != "entities" and name not in schema]
    if missing:
        raise SchemaError(f"the schema needs the text field {missing[0]}")
    weights = {name: float(schema[name].format.field_boost) for name in _TEXT_NAMES if name in schema}
    for name, weight in weights.items():
        if not weight > 0:
            raise SchemaError(f"the boost of the field {name} must be above 0, not {weight}")
    fields = tuple(field._replace(weight=weights.get(field.name, field.weight)) for field in ranking.fields)
    return ranking._replace(fields=fields)

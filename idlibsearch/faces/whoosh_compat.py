"""Schemas: the report's as Whoosh declares it, and Whoosh schemas as this library reads them.

The other modules of the door to whoosh, ``whoosh_query`` and ``whoosh_reader`` with theirs, stand on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

from whoosh.analysis import Composable, Token
from whoosh.fields import DATETIME, ID, NUMERIC, STORED, TEXT, FieldType, Schema
from whoosh.formats import Existence
from whoosh.qparser.common import QueryParserError
from whoosh.query import DateRange, Every, Query

from idlibsearch.analysis.analyzer import Entry, analyze, analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.errors import QueryError, SchemaError
from idlibsearch.index.columns import KEYWORD_COLUMNS, folded_value
from idlibsearch.index.fields import Ranking, TextField
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.plan import word_spans
from idlibsearch.query.ranges import Typed, dated
from idlibsearch.query.tree import NOWHERE

__all__ = ["ReportAnalyzer", "Schema", "analysed_text", "analysed_words", "ranking_of", "schema_of", "schema_of_snapshot"]

_TEXT_NAMES = ("title", "entities", "body")
_STORED_NAMES = ("url", "provenance")


class _Piece(NamedTuple):
    """A token to be: its text, its position and its (start, end) in characters."""

    text: str
    position: int
    start: int
    end: int


class ReportAnalyzer(Composable):  # type: ignore[misc]  # whoosh asks for inheritance, and has no types
    """Our analysis as Whoosh runs it.

    A text gives every term with its position and characters; joined forms stand at their first place, and so does what a question
    with the same hyphenated word asks for. Words of a question (``mode="query"``) give one token each, as ``analysed_text`` has
    it; patterns and bounds (``tokenize=False``) stay as they
    are. ``no_morph`` (Whoosh spells it either way) leaves out all but folding.

    >>> [token.text for token in idlibsearch.ReportAnalyzer()("Ceasefires hold")]
    ['ceasefir', 'hold']
    """

    is_morph = True

    def __call__(  # noqa: PLR0913, PLR0917 - what Whoosh calls analyzers with
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        tokenize: bool = True,
        no_morph: bool = False,
        nomorph: bool = False,
        **_: Any,
    ) -> Iterator[Token]:
        if not tokenize:
            pieces = iter((_Piece(value, 0, 0, len(value)),))
        elif no_morph or nomorph:
            pieces = _written(value)
        else:
            pieces = _asked(value) if mode == "query" else _terms(value)
        for piece in pieces:
            token = Token(positions, chars, removestops=False, original=value[piece.start : piece.end])
            token.text, token.boost, token.stopped = piece.text, 1.0, False
            token.pos = start_pos + piece.position
            token.startchar, token.endchar = start_char + piece.start, start_char + piece.end
            yield token


def _terms(text: str) -> Iterator[_Piece]:
    position = 0
    for start, end in tokenize(text):
        entry = analyze(text[start:end])
        if entry.positions > 1:
            yield _Piece(analysed_text(entry), position, start, end)
        for term, offset, _width in sorted(entry.terms, key=lambda place: place[1]):
            yield _Piece(term, position + offset, start, end)
        position += entry.positions


def _written(text: str) -> Iterator[_Piece]:
    position = 0
    for start, end in tokenize(text):
        entry = analyze(text[start:end])
        yield _Piece(entry.folded, position, start, end)
        position += entry.positions


def _asked(text: str) -> Iterator[_Piece]:
    for position, (start, end) in enumerate(word_spans(text)):
        yield _Piece(analysed_text(analyze_folded(fold(text[start:end]))), position, start, end)


def analysed_text(entry: Entry) -> str:
    """What a word of a question stands for, as one text; ``tree.Analysed`` says how it is written.

    >>> [analysed_text(analyze(word)) for word in ("ceasefires", "Rebel-held", "US-led")]
    ['ceasefir', 'rebel+held|rebelheld', 'US+led']
    """
    parts = "+".join(term for term, _, _ in entry.terms[: entry.positions])
    more = entry.terms[entry.positions :] if entry.positions > 1 else ()
    return next((f"{parts}|{term}" for term, offset, width in more if (offset, width) == (0, entry.positions)), parts)


def analysed_words(text: str) -> str:
    """Words of a question side by side; "" where there are none."""
    return " ".join(piece.text for piece in _asked(text))


class KeywordAnalyzer(Composable):  # type: ignore[misc]
    """A keyword as it is matched: the whole value, folded."""

    def __call__(self, value: str, positions: bool = False, chars: bool = False, **_: Any) -> Iterator[Token]:
        token = Token(positions, chars, removestops=False, original=value)
        token.text, token.boost, token.stopped, token.pos = folded_value(value), 1.0, False, 0
        token.startchar, token.endchar = 0, len(value)
        if token.text:
            yield token


class PublicationDate(DATETIME):  # type: ignore[misc]
    """The day of publication. Whoosh's parser reads it as ours does, and YYYYMM as well, which is Whoosh's."""

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Query:
        """All days that a date names. Raises QueryParserError where it is none."""
        return self.parse_range(fieldname, qstring, qstring, False, False, boost)

    def parse_range(
        self, fieldname: str, start: str | None, end: str | None, startexcl: bool, endexcl: bool, boost: float = 1.0
    ) -> Query:
        """From the first day of a date to the last of another; an open bound leaves out all that it names."""
        if start == "*" or not (start or end):
            return Every(fieldname, boost=boost)
        low, high = (re.sub(r"^(\d{4})(\d\d)$", r"\1-\2", bound) if bound else None for bound in (start, end))
        try:
            days = dated(Typed(low, high, startexcl, endexcl), "", NOWHERE, None)
        except QueryError as error:
            raise QueryParserError(str(error)) from None
        first = None if days.start == date.min else _midnight(days.start)
        return DateRange(fieldname, first, None if days.end == date.max else _midnight(days.end), endexcl=True, boost=boost)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def keyword_field() -> FieldType:
    """A column of keywords."""
    return FieldType(Existence(), KeywordAnalyzer(), stored=True, sortable=True)


def number_field() -> FieldType:
    """A column of numbers. They have no coarser terms beside them: a range reads the terms of its own numbers."""
    return NUMERIC(float, shift_step=0, stored=True, sortable=True)


def schema_of(ranking: Ranking) -> Schema:
    """The report schema with the field boosts of an index."""
    return Schema(
        key=ID(unique=True, stored=True, sortable=True),
        **{field.name: _text_field(field) for field in ranking.fields if field.name in _TEXT_NAMES},
        date=PublicationDate(stored=True, sortable=True),
        **{name: keyword_field() for name in KEYWORD_COLUMNS},
        words=number_field(),
        **{name: STORED() for name in _STORED_NAMES},
    )


def _text_field(field: TextField) -> FieldType:
    """Where order is kept, so are words as written, in ``spell_title`` and ``spell_body``: Whoosh's way with stems."""
    return TEXT(
        ReportAnalyzer(),
        phrase=field.positions,
        stored=field.name != "entities",
        field_boost=field.weight,
        multitoken_query="phrase",
        spelling=field.positions,
    )


def schema_of_snapshot(snapshot: Snapshot) -> Schema:
    """The schema of what an index holds, its further columns included, but for those whose name Whoosh forbids (``_2nd``)."""
    schema = schema_of(snapshot.ranking)
    keywords = {name for segment in snapshot.segments for name in segment.columns.keywords}
    numbers = {name for segment in snapshot.segments for name in segment.columns.numbers}
    for name in sorted((keywords | numbers) - {*schema.names()}):
        if not name.startswith("_"):
            schema.add(name, keyword_field() if name in keywords else number_field())
    return schema


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

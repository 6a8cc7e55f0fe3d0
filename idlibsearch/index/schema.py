"""The schema of an index that does not hold reports, as data: which fields its documents have and how each is read.

It stands in the manifest, so it has no code in it: an analyzer is there by name and parameters, or as a fingerprint of what it
does, and then whoever opens the index hands it in again. How its text fields are ranked is ``fields.Ranking``'s business; where
a schema comes from is the business of ``faces``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol, get_args

from idlibsearch.errors import SchemaError

Kind = Literal["text", "keyword", "number", "datetime", "boolean", "stored"]
KINDS: tuple[str, ...] = get_args(Kind)
Purpose = Literal["index", "query", "pattern"]  # a text of a document, of a question, or a pattern, which is not to be cut


class Analysis(Protocol):
    """Runs the analyzers of a schema, by the names of their fields. Raises ValueError where an analyzer fails."""

    def words(self, field: str, value: str | Sequence[str], purpose: Purpose) -> list[tuple[str, int]]:
        """The words of a value with their positions, in the order in which the analyzer gives them."""

    def places(self, field: str, text: str) -> list[tuple[int, int, int]]:
        """The (start, end) of each word of a text in characters, and its position."""


class Field(NamedTuple):
    """One field of a schema.

    ``unique``: its value is the key. ``number``: "int", "float" or "decimal", of numbers. ``several``: how the words that one
    typed word turns into are joined ("and", "or", "phrase", "first"). ``grams``: are its words parts of words? ``analysis``: what
    is known of the analyzer.
    """

    name: str
    kind: Kind
    stored: bool = False
    unique: bool = False
    number: str = ""
    several: str = "and"
    grams: bool = False
    analysis: dict[str, Any] | None = None

    @property
    def is_plain(self) -> bool:
        """Is it a text that the library's own analysis reads?"""
        return self.kind == "text" and self.analysis is not None and "fingerprint" not in self.analysis


class Schema(NamedTuple):
    """The fields of an index, by name."""

    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def texts(self) -> tuple[str, ...]:
        """The names of its text fields."""
        return tuple(field.name for field in self.fields if field.kind == "text")

    @property
    def key(self) -> str:
        """The field whose value is the key; "" where documents are numbered."""
        return next((field.name for field in self.fields if field.unique), "")

    def check_recorded(self) -> None:
        """Raises SchemaError where a field has an analyzer that could not be recorded."""
        for field in self.fields:
            if field.analysis and "fingerprint" in field.analysis and "parts" not in field.analysis:
                raise SchemaError(
                    f"the field {field.name} has an analyzer ({field.analysis['class']}) that an index cannot record; "
                    "hand the schema in again: idlibsearch.open(path, schema=schema)"
                )

    def to_json(self) -> list[dict[str, Any]]:
        """As it stands in the manifest: what is as usual is left out."""
        usual = Field("", "stored")._asdict()
        return [
            {name: part for name, part in field._asdict().items() if name in ("name", "kind") or part != usual[name]}
            for field in self.fields
        ]

    @classmethod
    def from_json(cls, value: list[dict[str, Any]]) -> Schema:
        """The reverse of ``to_json``. Raises KeyError, TypeError or ValueError for what is none of its results."""
        fields = tuple(Field(**field) for field in value)
        for field in fields:
            if not isinstance(field.name, str) or field.kind not in KINDS or type(field.stored) is not bool:
                raise ValueError("a field of the schema without a name or of no kind")
            if not isinstance(field.analysis, dict | None) or (field.analysis is None) is (field.kind in ("text", "keyword")):
                raise ValueError("a field of the schema without what is to make its words")
        if not 0 < len({field.name for field in fields}) == len(fields) or sum(field.unique for field in fields) > 1:
            raise ValueError("two fields of the schema with one name, or two that are unique")
        return cls(fields)

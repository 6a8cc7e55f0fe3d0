"""Reads a mapping by the schema of an index: what is kept of it, and what goes into texts, keywords and numbers; and back."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from idlibsearch.errors import ReportError, SchemaError
from idlibsearch.index.fields import Ranking
from idlibsearch.index.instants import period, seconds_of, written
from idlibsearch.index.own_words import stream
from idlibsearch.index.schema import Analysis, Field, Schema
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Document

TRUE, FALSE = "true", "false"  # as they stand in a column of keywords
_TRUTHS = {**dict.fromkeys(("t", TRUE, "yes", "1"), TRUE), **dict.fromkeys(("f", FALSE, "no", "0"), FALSE)}  # as in Whoosh
_EXACT = 1 << 53  # beyond it a column of numbers cannot tell whole ones apart
_STORED = "_stored_"  # before the name of a field: what is kept of it in place of what is searched, as in Whoosh


class Reader:
    """Makes documents of mappings. ``analysis`` runs the analyzers of the schema."""

    def __init__(self, schema: Schema, ranking: Ranking, analysis: Analysis) -> None:
        self._schema, self._analysis = schema, analysis
        self._groups = {field.name: field.group for field in ranking.fields}

    def document(self, values: Mapping[str, Any], number: int) -> Document:
        """The document of a mapping; ``number`` is its key where the schema has no unique field. A value of None is no value.

        Raises ReportError for a field that the schema does not have and for a value that does not fit its field.
        """
        given = {name: value for name, value in values.items() if value is not None}
        key = self._key(given, number)
        self._check_names(key, given)
        draft = _Draft()
        for field in self._schema.fields:
            try:
                if field.name in given:
                    draft.plain[field.name] = self._take(field, given[field.name], draft)
                draft.keep(field, given.get(_STORED + field.name))
            except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
                raise ReportError(key, f"the field {field.name}: {error}") from None
        return draft.document(key)

    def _key(self, given: Mapping[str, Any], number: int) -> str:
        name = self._schema.key
        if not name:
            return str(number)
        if name not in given or given[name] == "":
            raise ReportError("", f"the field {name} tells documents apart, and this one has none")
        return str(given[name])

    def _check_names(self, key: str, given: Mapping[str, Any]) -> None:
        names = [field.name for field in self._schema.fields]
        kept = (_STORED + field.name for field in self._schema.fields if field.stored)
        unknown = sorted(map(str, set(given) - {*names, *kept}))
        if unknown:
            raise ReportError(key, f"there is no field {unknown[0]} in the schema; it has {', '.join(names)}")

    def _take(self, field: Field, value: Any, draft: _Draft) -> Any:
        """Put a value into the index as its field asks for; the value as plain JSON."""
        match field.kind:
            case "text":
                return self._text(field.name, _texts(value), draft)
            case "keyword":
                draft.keywords[field.name] = tuple(word for word, _ in self._analysis.words(field.name, _texts(value), "index"))
                return value
            case "number":
                plain, draft.numbers[field.name] = _number(field.number, value)
                return plain
            case "datetime":
                plain, draft.numbers[field.name] = _instant(value)
                return plain
            case "boolean":
                truth = truth_of(value)
                draft.keywords[field.name] = (truth,)
                return truth == TRUE
            case "stored":
                return value

    def _text(self, name: str, value: str | Sequence[str], draft: _Draft) -> str | Sequence[str]:
        group = self._groups[name]
        if group:
            draft.words[name] = stream(group, self._analysis.words(name, value, "index"))
            return value
        draft.texts[name] = value if isinstance(value, str) else "\n".join(value)
        return draft.texts[name]


def documents(items: Iterable[object], snapshot: Snapshot, analysis: Analysis, added: int = 0) -> Iterator[Document]:
    """The documents of mappings. Without a unique field they are numbered on from the last that the index has and ``added`` more.

    Raises SchemaError for what is no mapping, and ReportError as ``Reader`` does.
    """
    assert snapshot.schema is not None
    reader = Reader(snapshot.schema, snapshot.ranking, analysis)
    ends = [] if snapshot.schema.key else [segment.keys[segment.doc_count - 1] for segment in snapshot.segments]
    for number, item in enumerate(items, max(map(int, ends), default=0) + added + 1):
        if not isinstance(item, Mapping):
            raise SchemaError(f"this index takes mappings of the fields of its schema, and a {type(item).__name__} is none")
        yield reader.document(item, number)


class _Draft:
    """A document in the making; ``plain``: its values as JSON."""

    def __init__(self) -> None:
        self.plain: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._digest = blake2b(digest_size=16)
        self.texts: dict[str, str] = {}
        self.words: dict[str, bytes] = {}
        self.keywords: dict[str, tuple[str, ...]] = {}
        self.numbers: dict[str, float] = {}

    def keep(self, field: Field, instead: Any) -> None:
        """Note a field that was taken, and keep its value, or what is to be kept ``instead``."""
        value = self.plain.get(field.name)
        self._digest.update(json.dumps([field.name, value, instead], sort_keys=True, allow_nan=False).encode("ascii"))
        if instead is not None:
            self._kept[field.name] = instead
        elif field.stored and value is not None and field.name not in self.texts:
            self._kept[field.name] = value

    def document(self, key: str) -> Document:
        return Document(key, self._digest.hexdigest(), self._kept, self.texts, self.words, self.keywords, self.numbers)


def _texts(value: Any) -> str | Sequence[str]:
    if isinstance(value, str) or (isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)):
        return value
    raise TypeError(f"a text, or a list of texts, is needed, not {value!r}")


def _number(kind: str, value: Any) -> tuple[Any, float]:
    """A number as plain JSON, and as it stands in its column."""
    if isinstance(value, bool | list | tuple):
        raise TypeError(f"one number is needed, not {value!r}")
    if kind == "decimal":
        exact = Decimal(str(value))
        return str(exact), _finite(float(exact))
    if kind == "float":
        return _finite(float(value)), float(value)
    whole = int(value) if isinstance(value, str | float | Decimal) else operator.index(value)
    if isinstance(value, float | Decimal) and whole != value:
        raise ValueError(f"whole numbers are needed, not {value}")
    if abs(whole) > _EXACT:
        raise ValueError(f"{whole} is beyond {_EXACT:,}, up to which whole numbers are told apart")
    return whole, float(whole)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"a finite number is needed, not {number}")
    return number


def _instant(value: Any) -> tuple[str, float]:
    """A point in time as text, and as it stands in its column."""
    if isinstance(value, date):
        return value.isoformat(), seconds_of(value)
    if isinstance(value, str):
        start = period(value).start
        return written(start), start
    raise TypeError(f"a datetime, a date or a text such as 2020-01-12 is needed, not {value!r}")


def truth_of(value: object) -> str:
    """``TRUE`` or ``FALSE`` for a truth value, also as it is typed. Raises ValueError for all else."""
    found = _TRUTHS.get(str(value).lower()) if isinstance(value, str | int) else None
    if found is None:
        raise ValueError(f"true or false is needed, not {value!r}")
    return found


def stored(schema: Schema, document: Document) -> dict[str, Any]:
    """The stored values of a document by field, as plain JSON."""
    texts = {name: text for name, text in document.texts.items() if (field := schema.field(name)) and field.stored}
    found = {**texts, **document.fields}
    return {field.name: found[field.name] for field in schema.fields if field.name in found}


def shown(schema: Schema, document: Document) -> dict[str, Any]:
    """The same as they were given: points in time are datetimes, exact numbers Decimals."""
    return {name: _shown(schema.field(name), plain) for name, plain in stored(schema, document).items()}


def _shown(field: Field | None, plain: Any) -> Any:
    assert field is not None
    if field.kind == "datetime" and isinstance(plain, str):
        return datetime.fromisoformat(plain)
    return Decimal(plain) if field.number == "decimal" and isinstance(plain, str) else plain

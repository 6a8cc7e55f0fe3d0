"""Plain values written as JSON, JSON lines or CSV, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Literal

Format = Literal["text", "json", "jsonl", "csv"]


def records(rows: Iterable[Mapping[str, Any]], form: Format, columns: Iterable[str]) -> Iterator[str]:
    """Rows as JSON lines or, with these columns, as CSV."""
    if form == "jsonl":
        return (as_json(row) for row in rows)
    return _csv(rows, tuple(columns))


def as_json(value: object, indent: int | None = None) -> str:
    """JSON that any terminal takes: letters as they are, lone surrogates escaped; what JSON has no form for as text."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return text if text.isprintable() or not _has_surrogate(text) else json.dumps(value, indent=indent, default=str)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _csv(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> Iterator[str]:
    import csv  # noqa: PLC0415 - one format of four
    import io  # noqa: PLC0415

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="")
    for row in chain([dict(zip(columns, columns, strict=True))], rows):
        writer.writerow([_cell(row[column]) for column in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: object) -> object:
    """Two numbers as a span, several texts behind one another; of a story its name, of changed numbers both; else JSON."""
    if isinstance(value, list) and not any(isinstance(part, dict) for part in value):
        return ("; " if any(isinstance(part, str) for part in value) else "-").join(map(str, value))
    if not isinstance(value, dict):
        return as_json(value) if isinstance(value, list) else value
    if {"before", "after"} == value.keys():
        return " -> ".join(" ".join(part) for part in value.values())
    return value["id"] if "id" in value else as_json(value)

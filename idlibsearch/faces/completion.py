"""What the shell may put where a value is asked for, by what is in the index that is named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click import Context, Parameter

    from idlibsearch.index.snapshot import Snapshot

VALUES = 200  # nobody reads more of them


def fields_of(context: Context, _: Parameter, typed: str) -> list[str]:
    """The fields that a question may name, with their colon; nothing is proposed before a word is begun."""
    from idlibsearch.query.field_names import names_of

    if not typed or (snapshot := _snapshot(context)) is None:
        return []
    names = names_of(snapshot.schema)
    return _begun(
        (f"{name}:" for name in (*names.searched, *names.columns, *snapshot.keyword_names, *snapshot.number_names)), typed
    )


def facets_of(context: Context, _: Parameter, typed: str) -> list[str]:
    """What --facet may count."""
    from idlibsearch.index.calendar import UNITS

    snapshot = _snapshot(context)
    return [] if snapshot is None else _begun((*snapshot.keyword_names, *snapshot.number_names, *_dates(snapshot, UNITS)), typed)


def orders_of(context: Context, _: Parameter, typed: str) -> list[str]:
    """What --sort may sort by."""
    snapshot = _snapshot(context)
    return _begun(("score", "date", "key", *(() if snapshot is None else snapshot.number_names)), typed)


def choices_of(context: Context, _: Parameter, typed: str) -> list[str]:
    """A field, and then one of its values, as --choose has them: source=Reuters."""
    if (snapshot := _snapshot(context)) is None:
        return []
    field, sign, begun = typed.partition("=")
    if not sign:
        return _begun((f"{name}=" for name in snapshot.keyword_names), typed)
    values = snapshot.values(field) if snapshot.has_keywords(field) else None
    shown = (values.shown[number] for number in range(len(values))) if values else ()
    return [f"{field}={value}" for value in shown if value.lower().startswith(begun.lower())][:VALUES]


def _begun(candidates: Iterable[str], typed: str) -> list[str]:
    return [candidate for candidate in dict.fromkeys(candidates) if candidate.startswith(typed.lower())]


def _dates(snapshot: Snapshot, units: Iterable[str]) -> list[str]:
    """Fields of points in time by each unit of the calendar."""
    schema = snapshot.schema
    fields = ["date"] if schema is None else [field.name for field in schema.fields if field.kind == "datetime"]
    return [f"{field}:{unit}" for field in fields for unit in units]


def _snapshot(context: Context) -> Snapshot | None:
    """The index that is named; None where none can be opened: who presses a key wants no error."""
    from pathlib import Path

    from idlibsearch.errors import IdlibsearchError
    from idlibsearch.index.snapshot import Snapshot

    path = context.params.get("index_path") or os.environ.get("IDLIBSEARCH_INDEX") or "index"
    try:
        return Snapshot.open(Path(path))
    except (IdlibsearchError, OSError):
        return None

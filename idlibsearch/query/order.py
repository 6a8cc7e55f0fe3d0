"""What hits can be ordered by. Ties stand by score, then in the order of adding. ``search`` ranks scores, ``paging`` the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.index.columns import WORDS
from idlibsearch.index.snapshot import Snapshot

if TYPE_CHECKING:
    from idlibsearch.index.schema import Schema


class Scored(NamedTuple):
    """A doc that matched: higher scores first, equal ones in the order of adding."""

    score: float
    segment: int
    doc: int


class Sort(NamedTuple):
    """What hits are sorted by: score, key, date or a column of numbers; the largest (newest) first where ``down``."""

    field: str = "score"
    down: bool = True


def read_sort(text: str, snapshot: Snapshot) -> Sort:
    """``score``, ``date``, ``key`` or a number field, with ``:asc`` or ``:desc`` behind it where it is not to go its usual way.

    Dates and numbers go down (newest, largest first), keys up. Raises QueryError for anything else.
    """
    if text == "score":
        return Sort()
    field, _, way = (part.strip().lower() for part in text.partition(":"))
    if snapshot.schema is not None:
        return _own_sort(text, field, way, snapshot.schema)
    known = field in ("score", "date", "key", WORDS) or snapshot.has_numbers(field)
    if not known:
        advice = f"sort by {', '.join(dict.fromkeys(('score', 'date', 'key', WORDS, *snapshot.number_names)))}"
        raise QueryError(text, (0, len(text)), f"reports cannot be sorted by {field or 'nothing'}", advice)
    return _directed(text, field, way, up=field == "key")


def _directed(text: str, field: str, way: str, *, up: bool) -> Sort:
    """``up``: does it go up where nothing is said?"""
    if way not in ("", "asc", "desc") or (field == "score" and way == "asc"):
        raise QueryError(text, (0, len(text)), f"there is no order {way} of {field}", f"write {field} or {field}:desc")
    return Sort(field, down=way == "desc" or (way == "" and not up))


def _own_sort(text: str, typed: str, way: str, schema: Schema) -> Sort:
    """Any field of values, of several the first; keys and keywords go up, numbers and points in time down."""
    from idlibsearch.query.field_names import names_of  # noqa: PLC0415 - reports need none of it

    field = schema.field(names_of(schema).named(typed))
    if typed in ("score", "key") and field is None:
        return _directed(text, typed, way, up=typed == "key")
    if field is None or field.kind in ("text", "stored"):
        names = ", ".join(field.name for field in schema.fields if field.kind not in ("text", "stored"))
        message = f"documents cannot be sorted by {typed or 'nothing'}"
        raise QueryError(text, (0, len(text)), message, f"sort by score, key, {names}")
    return _directed(text, field.name, way, up=field.kind in ("keyword", "boolean"))

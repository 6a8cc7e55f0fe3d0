"""What hits can be ordered by. Ties stand by score, then in the order of adding. ``search`` ranks scores, ``paging`` the rest."""

from __future__ import annotations

from typing import NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.index.columns import WORDS
from idlibsearch.index.snapshot import Snapshot


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
    known = field in ("score", "date", "key", WORDS) or snapshot.has_numbers(field)
    if not known:
        advice = "sort by score, date, key, words or another field of numbers"
        raise QueryError(text, (0, len(text)), f"reports cannot be sorted by {field or 'nothing'}", advice)
    if way not in ("", "asc", "desc") or (field == "score" and way == "asc"):
        raise QueryError(text, (0, len(text)), f"there is no order {way} of {field}", f"write {field} or {field}:desc")
    return Sort(field, down=way == "desc" or (way == "" and field != "key"))

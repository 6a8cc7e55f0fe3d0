"""Which field a query object of Whoosh asks in, and what it asks there of keywords, numbers and dates.

Words and patterns are ``whoosh_query``'s. A value that a column cannot have is refused, never compared as something else.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from whoosh.query import NumericRange, Query
from whoosh.util.times import datetime_to_long, long_to_datetime

from idlibsearch.errors import QueryError
from idlibsearch.faces.whoosh_compat import PublicationDate, number_field
from idlibsearch.index.columns import WORDS
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.field_names import REPORT_NAMES
from idlibsearch.query.ranges import Typed, dated
from idlibsearch.query.tree import NOWHERE, Dated, Keyword, Node, Ranged

RUN_IT = "run it as it is with whoosh.searching.Searcher(index.whoosh_reader())"
WRITTEN = {"spell_title": "title", "spell_body": "body"}  # words as written, by Whoosh's custom


class Place(NamedTuple):
    """Where a query looks: a field of ours, and what it keeps ("any", "text", "names", "written", "date", "column")."""

    name: str
    keeps: str


class Reading:
    """A query object while it is read: how it is shown, the index it asks, and what was noticed."""

    def __init__(self, text: str, snapshot: Snapshot) -> None:
        self.text = text
        self.snapshot = snapshot
        self.diagnostics: list[Diagnostic] = []

    def error(self, message: str, advice: str) -> QueryError:
        return QueryError(self.text, (0, len(self.text)), message, advice)

    def refused(self, query: Query, why: str, advice: str = RUN_IT) -> QueryError:
        return self.error(f"{type(query).__name__} {why}", advice)

    def note(self, code: str, message: str, advice: str = "") -> None:
        self.diagnostics.append(Diagnostic((0, len(self.text)), code, message, advice))

    def place(self, query: Query) -> Place:
        """Raises QueryError for a field that cannot be searched."""
        name = query.fieldname or ""
        if name in WRITTEN:
            return Place(WRITTEN[name], "written")
        if name in REPORT_NAMES.searched or not name:
            return Place(name, {"": "any", "entities": "names", "date": "date"}.get(name, "text"))
        if name in REPORT_NAMES.columns or self.snapshot.has_column(name):
            return Place(name, "column")
        raise self.refused(query, f"asks in the field {name}, which cannot be searched", REPORT_NAMES.advice)

    def spelled_field(self, query: Query) -> str:
        """The field of a query for words by their letters."""
        place = self.place(query)
        if place.keeps in ("any", "text", "written"):
            return place.name
        raise self.refused(query, f"asks for spellings, and the field {place.name} keeps none", "ask in title or body")


def in_column(reading: Reading, query: Query, field: str, value: Any) -> Node:
    """A keyword, or a number, of a column."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace") if reading.snapshot.has_keywords(field) else number_field().from_bytes(value)
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, str):
        return Keyword(value, field)
    number = _number(reading, query, value)
    return _numbers(reading, query, field, Ranged(field, number, number))


def _numbers(reading: Reading, query: Query, field: str, node: Ranged) -> Node:
    if field == WORDS or reading.snapshot.has_numbers(field):
        return node
    raise reading.refused(query, f"asks for numbers, and the field {field} holds none", "ask for keywords by Term or TermRange")


def _number(reading: Reading, query: Query, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise reading.refused(query, f"asks for {value!r}, which is no number", "give a finite number, or None for no bound")
    return str(value).removesuffix(".0")


def numeric_range(reading: Reading, query: Any) -> Node:
    """A NumericRange or DateRange: of a column of numbers, or of days."""
    place = reading.place(query)
    if place.keeps == "date":
        return _days(reading, query)
    if place.keeps != "column":
        raise reading.refused(query, f"asks for numbers, and the field {place.name} is text", "ask for words by Term")
    low, high = _number(reading, query, query.start), _number(reading, query, query.end)
    return _numbers(reading, query, place.name, Ranged(place.name, low, high, query.startexcl, query.endexcl))


def term_range(reading: Reading, query: Any) -> Node:
    """A TermRange: of keywords, or of dates as they are typed."""
    place = reading.place(query)
    low, high = query.start or None, query.end or None
    opens = query.startexcl and bool(low), query.endexcl and bool(high)
    if place.keeps == "date":
        return _typed(reading, query, Typed(low, high, *opens), f"[{low or ''} TO {high or ''}]")
    if place.keeps == "column":
        return Ranged(place.name, low, high, *opens)
    raise reading.refused(query, f"asks for a range of words in the field {place.name}")


def on_day(reading: Reading, query: Query, value: Any) -> Node:
    """A moment, or a date as it is typed, as the days it names."""
    if isinstance(value, str):
        return _typed(reading, query, Typed(value, value), value)
    return _days(reading, NumericRange("date", _moment(value), _moment(value)))


def _typed(reading: Reading, query: Query, typed: Typed, text: str) -> Node:
    try:
        return dated(typed, text, NOWHERE, None)
    except QueryError as error:
        raise reading.refused(query, f"asks for a date: {error.message}", error.advice) from None


def _days(reading: Reading, query: Any) -> Node:
    """Publication days whose midnight lies in the range; a vague date is found where all of its days are such."""
    start = date.min if query.start is None else _first_day(long_to_datetime(query.start), query.startexcl)
    end = date.max if query.end is None else _first_day(long_to_datetime(query.end), not query.endexcl)
    last = end - timedelta(days=1) if end > date.min else end
    bounds = ("" if query.start is None else start), ("" if query.end is None else last)
    node = Dated(start, end, f"[{bounds[0]} TO {bounds[1]}]")
    if end <= start:
        reading.note("empty-range", f"nothing can lie in {node}")
    return node


def _moment(value: Any) -> int:
    """Whoosh's number for a moment: microseconds since the year 1."""
    moment = PublicationDate().from_bytes(value) if isinstance(value, bytes) else value
    number: int = datetime_to_long(moment) if isinstance(moment, datetime) else moment
    return number


def _first_day(moment: datetime, after: bool) -> date:
    """The first day whose midnight is this moment or later; or later only, where ``after``."""
    passed = after or moment.time() != time()
    return moment.date() + timedelta(days=1) if passed and moment.date() < date.max else moment.date()

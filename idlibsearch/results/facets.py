"""Counts over all reports that match: how many have each value of a field, how many were published in each stretch of time.

Exact, over the whole match set, in an order that hangs on nothing but the reports. A report counts once for each of its values.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple

from idlibsearch.errors import CorruptIndexError, KernelError, QueryError
from idlibsearch.index.calendar import UNITS
from idlibsearch.index.columns import EVENT, KEYWORD_COLUMNS, WORDS, Bounds, folded_value
from idlibsearch.index.schema import Schema
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.field_names import names_of
from idlibsearch.query.ranges import number_of
from idlibsearch.query.restrict import picked
from idlibsearch.query.steps import Having

try:
    from idlibsearch.query import docsets
    from idlibsearch.results.counting import Numbers, count_days, count_values, most, present
except ImportError as error:
    raise KernelError("idlibsearch.results.counting") from error

ALL = sys.maxsize
SPARSE = 16  # where a column has so many values a match or more, few of them are met: making room for all would take longest
LIMIT = 10  # values shown of a field where no number is given
NAMING = "naming"  # among stretches, which are numbers: reports that name any time
VAGUE, UNDATED = "vague", "undated"  # a date that no single stretch holds; no date
_LAST = {VAGUE: 1, UNDATED: 2}
_ADVICE = "write FIELD, FIELD:20 for that many values (FIELD:0 for all), or date:year, quarter, month, week or day"

Counts = list[tuple[str, int]]
Docs = Sequence["memoryview[int]"]  # the docs that match, ascending, by segment


class Facet(NamedTuple):
    """What is to be counted: a field and how many of its values at most, or publication dates by a unit."""

    field: str
    limit: int = LIMIT
    unit: str = ""

    @property
    def name(self) -> str:
        """What the counts go by."""
        return f"{self.field}:{self.unit}" if self.unit else self.field


def read_facets(specs: Iterable[str], snapshot: Snapshot) -> tuple[Facet, ...]:
    """``source``, ``place:20`` or ``date:month``, each. Raises QueryError where one is none of these or of no field."""
    return tuple(_read(spec, snapshot) for spec in specs)


def _read(spec: str, snapshot: Snapshot) -> Facet:
    field, _, rest = (part.strip().lower() for part in spec.partition(":"))
    field = names_of(snapshot.schema).named(field)
    if _is_dated(field, snapshot.schema) or (field == EVENT and snapshot.schema is None and rest in UNITS):
        if rest not in UNITS:
            ways = ", ".join(f"{field}:{unit}" for unit in UNITS)
            raise QueryError(spec, (0, len(spec)), f"{spec} is nothing to count by", f"write {ways}")
        return Facet(field, unit=rest)
    countable = _countable(snapshot.schema)
    if not (field in countable or (snapshot.schema is None and snapshot.has_column(field))):
        names = dict.fromkeys((*countable, *snapshot.keyword_names, *snapshot.number_names))
        raise QueryError(spec, (0, len(field)), f"there is no field {field} to count", f"there are {', '.join(names)}")
    if rest and not (rest.isascii() and rest.isdigit()):
        raise QueryError(spec, (len(spec) - len(rest), len(spec)), f"{rest} is no number of values", _ADVICE)
    return Facet(field, (int(rest[:9]) or ALL) if rest else LIMIT)


def _is_dated(field: str, schema: Schema | None) -> bool:
    """Is a field counted by the calendar?"""
    if schema is None:
        return field == "date"
    declared = schema.field(field)
    return declared is not None and declared.kind == "datetime"


def _countable(schema: Schema | None) -> tuple[str, ...]:
    """The fields that every index with this schema has values of."""
    if schema is None:
        return (*KEYWORD_COLUMNS, WORDS)
    return tuple(field.name for field in schema.fields if field.kind in ("keyword", "number", "boolean"))


def count(facets: Iterable[Facet], snapshot: Snapshot, docs: Docs) -> dict[str, Counts]:
    """(value, count) by facet. Fields: the most frequent values first, equal ones by value. Dates: in their order.

    A date counts in the stretch that holds all of it; behind the stretches stand, where there are any, the ``vague`` dates
    that reach over more than one and the ``undated`` reports. Stretches without a report are left out.
    """
    return {facet.name: _dates(facet, snapshot, docs) if facet.unit else _values(facet, snapshot, docs) for facet in facets}


def ranked(facet: Facet, snapshot: Snapshot, table: Mapping[str, int]) -> Counts:
    """Counts by value in the order of ``count``, as many as the facet has room for."""
    if facet.unit:
        return sorted(table.items(), key=lambda row: (_LAST.get(row[0], 0), row[0]))
    order = _by_number if snapshot.has_numbers(facet.field) else lambda text: (0.0, text)
    rows = sorted(table.items(), key=lambda row: (-row[1], *order(folded_value(row[0]))))
    return rows[: facet.limit]


def _values(facet: Facet, snapshot: Snapshot, docs: Docs) -> Counts:
    if not snapshot.has_numbers(facet.field):
        return _keywords(facet, snapshot, docs)
    numbers = _numbers(facet.field, snapshot, docs)
    if not snapshot.has_keywords(facet.field):
        return [(_written(number), count) for number, count in numbers.most(facet.limit)]
    return _mixed(facet, snapshot, docs, {_written(number): (number, count) for number, count in numbers.most(ALL)})


def _keywords(facet: Facet, snapshot: Snapshot, docs: Docs) -> Counts:
    values = snapshot.values(facet.field)
    if SPARSE * sum(map(len, docs)) < len(values):
        numbers = Numbers()
        for segment, of_docs, found in _parts(facet.field, snapshot, docs):
            _add(segment, "keywords.values", numbers.add_values, found, *of_docs, len(values))
        return [(values.shown[int(number)], count) for number, count in numbers.most(facet.limit)]
    counts = _value_counts(facet.field, snapshot, docs)
    return [(values.shown[number], counts[number]) for number in most(counts, facet.limit)]


def _parts(field: str, snapshot: Snapshot, docs: Docs) -> Iterator[tuple[Segment, tuple[object, ...], memoryview[int]]]:
    """The segments that have a keyword column, its values as the kernel takes them, and the docs to count there."""
    values = snapshot.values(field)
    parts = zip(snapshot.segments, values.of_docs, values.ranges, values.numbers, docs, strict=True)
    return ((segment, (*of_docs, here.start, numbers), found) for segment, of_docs, here, numbers, found in parts if of_docs)


def _value_counts(field: str, snapshot: Snapshot, docs: Docs) -> array[int]:
    """How many docs have each value, by the numbers of ``values``."""
    values = snapshot.values(field)
    counts = array("Q", bytes(8 * len(values)))
    for segment, of_docs, found in _parts(field, snapshot, docs):
        _add(segment, "keywords.values", count_values, found, *of_docs, counts)
    return counts


def _numbers(field: str, snapshot: Snapshot, docs: Docs) -> Numbers:
    numbers = Numbers()
    for segment, found in zip(snapshot.segments, docs, strict=True):
        if field in segment.columns.numbers:
            _add(segment, "numbers.values", numbers.add, found, segment.columns.number_values(field))
    return numbers


def _add(segment: Segment, section: str, count: Callable[..., None], *arguments: object) -> None:
    """Count the docs of a segment. A number that points nowhere means a damaged file."""
    try:
        count(*arguments)
    except IndexError as error:
        raise CorruptIndexError(str(segment.path), str(error), section) from None


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _mixed(facet: Facet, snapshot: Snapshot, docs: Docs, numbers: dict[str, tuple[float, int]]) -> Counts:
    """Keywords and numbers of one field: what is written alike is one value, and counts once for a report that has both."""
    counts, values = _value_counts(facet.field, snapshot, docs), snapshot.values(facet.field)
    table = {text: count for text, (_, count) in numbers.items()}
    for place in present(counts):
        text = values.folded(place)
        table[text] = table.get(text, 0) + counts[place]
        if text in numbers:
            table[text] -= _having_both(facet.field, text, numbers[text][0], snapshot, docs)
    ranked = sorted(table, key=lambda text: (-table[text], *_by_number(text)))[: facet.limit]
    places = [values.find(text) for text in ranked]
    return [(text if place is None else values.shown[place], table[text]) for text, place in zip(ranked, places, strict=True)]


def _having_both(field: str, keyword: str, number: float, snapshot: Snapshot, docs: Docs) -> int:
    """How many of the docs have this keyword and this number."""
    found = 0
    for segment, matching in zip(snapshot.segments, docs, strict=True):
        keywords = picked(Having(field, Bounds(keyword, keyword), None), segment)
        numbers = picked(Having(field, None, Bounds(number, number)), segment)
        here = docsets.of(matching, segment.doc_count)
        found += docsets.size(docsets.both(here, docsets.both(keywords, numbers)))
    return found


def _by_number(text: str) -> tuple[float, str]:
    """Numbers in their own order, keywords beside them behind."""
    number = number_of(text)
    return (inf if number is None else number), text


def _dates(facet: Facet, snapshot: Snapshot, docs: Docs) -> Counts:
    if facet.field == EVENT and snapshot.schema is None:
        return _events(facet.unit, snapshot, docs)
    field = facet.field if snapshot.schema is not None else ""
    calendar = snapshot.calendar(facet.unit, field)
    counts = array("Q", bytes(8 * (len(calendar) + 2)))
    for segment, found, days in zip(snapshot.segments, docs, snapshot.days(field), strict=True):
        _add(segment, "dates.start", count_days, found, *days, calendar.edges, calendar.stretches, counts)
    labels = calendar.labels
    rows = [(labels[place], counts[place]) for place in present(memoryview(counts)[:-2])]
    return rows + [(name, count) for name, count in ((VAGUE, counts[-2]), (UNDATED, counts[-1])) if count]


def _events(unit: str, snapshot: Snapshot, docs: Docs) -> Counts:
    """A report counts once in every stretch that holds a time it names; ``vague``: those naming one that no stretch holds."""
    counts, undated = Counter[str](), 0
    for segment, found in zip(snapshot.segments, docs, strict=True):
        try:
            here = _stretches_of(segment, unit, found)
        except (IndexError, ValueError) as error:
            raise CorruptIndexError(str(segment.path), str(error), "keywords.values") from None
        undated += len(found) - here.pop(NAMING)
        counts.update(here)
    vague = counts.pop("", 0)
    rows = sorted((label, count) for label, count in counts.items() if count)
    return rows + [(name, count) for name, count in ((VAGUE, vague), (UNDATED, undated)) if count]


def _stretches_of(segment: Segment, unit: str, docs: memoryview[int]) -> Counter[str]:
    """How many docs name a time in each stretch, and any time at all. O(times that they name)."""
    from idlibsearch.index.event_column import Stretches  # noqa: PLC0415 - only for those who ask

    counts = Counter({NAMING: 0})
    if EVENT not in segment.columns.keywords:
        return counts
    stretches = Stretches(segment.columns, unit)
    starts, values = segment.columns.values(EVENT)
    for doc in docs:
        low, high = starts[doc], starts[doc + 1]
        if low < high:
            counts[NAMING] += 1
            for label in {stretches[value] for value in values[low:high]}:
                counts[label] += 1
    return counts

"""Where entities are mentioned: what a segment knows of it, and what a report says.

A mention is a span of positions, from the first to the last token that it overlaps; one that overlaps none, that has no name or
that is of no kind a question can ask for is not indexed. The entity is known by its rank among the values that its report has
in the keyword column of the kind, so that a report's bytes are the same wherever it stands, and merging copies them. Entities
are found by the keyword columns; here stands where in the text.

    mentions.starts   uint64[docs + 1], each doc's range in ``mentions``
    mentions          uint8, group after group, ascending: the mentions of one kind in one field

All numbers are written in sevens of bits, the lowest first, each byte but the last with its high bit set. A group is its number
(field << 3 | kind, a kind being its place in ``ENTITY_COLUMNS``), the size of the rest in bytes, and its entries, ascending: how
far behind the entry before (behind 0) it starts; rank << 2 | width - 1 (3 for a width of 4 and more); and for these width - 4.

The third of the organisations that a report names (kind 2), mentioned in its body (field 3) at positions 130 to 131, is the group
1a 03 82 01 09. A segment in which nothing is mentioned lacks both sections, and so does one that an older version wrote: there
the stored reports have to say.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.analysis.tokens import encoded, new_vocabulary, token_bounds
from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.columns import ENTITY_COLUMNS, column_name, folded_value
from idlibsearch.index.fields import Ranking, text_of
from idlibsearch.model import Report

try:
    from idlibsearch.index import mention_lists
except ImportError as error:
    raise KernelError("idlibsearch.index.mention_lists") from error

if TYPE_CHECKING:
    from idlibsearch.index.mention_lists import Packed, Spans
    from idlibsearch.index.segment import Segment

FIRST_VERSION = 3  # of the format: the first that knows of mentions
_KIND = {name: kind for kind, name in enumerate(ENTITY_COLUMNS)}


Mention = tuple[int, int, int, int, int]  # column, kind, first token, end token, rank: so they are ordered


def mentions_of(report: Report, ranking: Ranking) -> list[Mention]:
    """The mentions of a report in the fields that keep positions, by tokens of the field, in order, each once."""
    if not report.entities:
        return []
    ranks = _ranks(report)
    columns = {field.name: number for number, field in enumerate(ranking.fields) if field.positions}
    bounds = {
        field: token_bounds(text_of(report, field)) for field in {entity.field for entity in report.entities} & columns.keys()
    }
    found = set[Mention]()
    for entity in report.entities:
        kind, value = column_name(entity.type), _folded(entity.name)
        if entity.field in bounds and kind in ranks and value in ranks[kind]:
            starts, ends = bounds[entity.field]
            first, stop = bisect_right(ends, entity.start), bisect_left(starts, entity.end)
            if first < stop:
                found.add((columns[entity.field], _KIND[kind], first, stop, ranks[kind][value]))
    return sorted(found)


def _ranks(report: Report) -> dict[str, dict[str, int]]:
    """Keyword column -> folded value -> its place among those that the report has in the column."""
    values: dict[str, set[str]] = {name: set() for name in ENTITY_COLUMNS}
    for entity in report.entities:
        name = column_name(entity.type)
        if name in values and entity.name.strip():
            values[name].add(_folded(entity.name))
    for given, more in report.keywords.items():
        if column_name(given) in values:
            values[column_name(given)].update(_folded(value) for value in more if value.strip())
    return {name: {value: rank for rank, value in enumerate(sorted(found))} for name, found in values.items()}


_folded = lru_cache(maxsize=1 << 14)(folded_value)  # a collection names the same ones again and again


class Standing:
    """Finds mentions by positions in reports as they are stored; every distinct word is analysed once. For want of an index."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking
        self._vocabulary = new_vocabulary()
        self._widths: list[int] = []

    def packed(self, reports: Iterable[tuple[int, Report]], doc_count: int) -> Packed:
        """The two sections of ``doc_count`` docs, of which those given, ascending, have mentions."""
        rows, kinds, columns = array("Q"), array("B"), (array("I"), array("I"), array("I"))
        for doc, report in reports:
            for column, kind, *numbers in self._mentions(report):
                rows.append(doc * len(self._ranking.fields) + column)
                kinds.append(kind)
                for gathered, number in zip(columns, numbers, strict=True):
                    gathered.append(number)
        ranks, starts, stops = columns
        return mention_lists.packed(rows, kinds, ranks, starts, stops, len(self._ranking.fields), doc_count)

    def _mentions(self, report: Report) -> Iterator[tuple[int, int, int, int, int]]:
        """(column, kind, rank, start, stop) of each."""
        positions: dict[int, list[int]] = {}
        for column, kind, first, stop, rank in mentions_of(report, self._ranking):
            if column not in positions:
                positions[column] = self._positions(text_of(report, self._ranking.fields[column].name))
            yield column, kind, rank, positions[column][first], positions[column][stop]

    def _positions(self, text: str) -> list[int]:
        """Where each token of a text stands, and where the text ends."""
        self._vocabulary.clear_ids()
        self._vocabulary.scan(encoded(text))
        for surface in self._vocabulary.surfaces(len(self._widths)):
            self._widths.append(analyze(surface).positions)
        return [0, *accumulate([self._widths[number] for number in self._vocabulary.ids()])]


def table(segment: Segment, docs: Iterable[int], ask: Callable[[], None]) -> Packed | tuple[memoryview, memoryview]:
    """The two sections of a segment, which hold for these docs (ascending) at least.

    Of a segment that an older version wrote they are made from its stored reports; ``ask`` is called for each, and what it raises
    is passed on. Raises CorruptIndexError where one of them cannot be read.
    """
    if not is_written(segment):
        return Standing(segment.ranking).packed(stored_reports(segment, docs, ask), segment.doc_count)
    if "mentions" in segment.file.sections:
        return segment.file.array("mentions.starts"), segment.file.array("mentions")
    return Standing(segment.ranking).packed((), segment.doc_count)


def is_written(segment: Segment) -> bool:
    """Does a segment say itself what is mentioned in it?"""
    return segment.file.version >= FIRST_VERSION


def stored_reports(segment: Segment, docs: Iterable[int], ask: Callable[[], None]) -> Iterator[tuple[int, Report]]:
    """(doc, report) of some docs; documents of other schemas, which mention nothing, are left out. ``ask`` as in ``table``."""
    for doc in docs:
        ask()
        report = segment.documents.read(doc)
        if isinstance(report, Report):
            yield doc, report


def spans_of(segment: Segment, docs: memoryview[int], column: str, name: str, ask: Callable[[], None]) -> Spans:
    """Where an entity is mentioned in docs (uint32, ascending): as ``mention_lists.spans_of``.

    ``column``: of its kind; ``name``: folded, "" for any entity. ``ask`` as in ``table``. Raises CorruptIndexError.
    """
    starts, data = table(segment, docs, ask)
    lengths, fields = segment.file.array("lengths"), len(segment.ranking.fields)
    try:
        entity = (*segment.columns.values(column), segment.columns.find(column, name)) if name else None
        return mention_lists.spans_of(starts, data, lengths, fields, docs, _KIND[column], entity)
    except KeyError:
        return mention_lists.spans_of(starts, data, lengths, fields, array("I"), _KIND[column], None)
    except (ValueError, IndexError) as error:
        raise CorruptIndexError(str(segment.path), str(error), "mentions") from None

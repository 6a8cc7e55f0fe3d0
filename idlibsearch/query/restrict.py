"""Which docs of a segment a date, a keyword, a mention or a number picks out. Nothing here scores; deleted docs are still there.

Answers are bitmaps, as ``docsets`` has them, and are kept with the segment: filters come again.
"""

from __future__ import annotations

from array import array
from functools import reduce

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.columns import EVENT, Bounds
from idlibsearch.index.segment import Segment
from idlibsearch.query.steps import Between, Having, Mentioned

try:
    from idlibsearch.query import docsets
except ImportError as error:
    raise KernelError("idlibsearch.query.docsets") from error

END_OF_TIME = (1 << 31) - 1  # the largest day the index can hold
KEPT = 32  # bitmaps a segment: with a million docs, 4 MB


def picked(step: Between | Having | Mentioned, segment: Segment) -> docsets.Docset:
    """The docs that a step picks out: uint64 words, doc d is bit d & 63 of word d >> 6. Not to be written to."""
    found = segment.bitmaps.get(step)
    if found is None:
        if len(segment.bitmaps) >= KEPT:
            segment.bitmaps.clear()
        found = segment.bitmaps[step] = _picked(step, segment)
    return found


def _picked(step: Between | Having | Mentioned, segment: Segment) -> docsets.Docset:
    if isinstance(step, Mentioned):
        step = Having(step.column, Bounds(step.name or None, step.name or None), None)
    try:
        return _between(step, segment) if isinstance(step, Between) else _having(step, segment)
    except IndexError as error:
        raise CorruptIndexError(str(segment.path), str(error), "columns") from None


def _between(step: Between, segment: Segment) -> docsets.Docset:
    """Docs whose whole interval lies inside, or one of those that they name."""
    if step.field == EVENT:
        return _naming(step, segment)
    end = min(step.end, END_OF_TIME)
    found = docsets.within(segment.columns.date_order(), segment.own_starts, segment.own_ends, step.start, end)
    if segment.inherited is None:
        return found
    dates = zip(segment.inherited.docs, segment.inherited.starts, segment.inherited.ends, strict=True)
    inside = array("I", (doc for doc, start, stop in dates if step.start <= start and stop <= end))
    return docsets.either(found, docsets.of(inside, segment.doc_count))


def _naming(step: Between, segment: Segment) -> docsets.Docset:
    from idlibsearch.index.event_column import lists_inside  # noqa: PLC0415 - only for those who ask

    try:
        lists = [*lists_inside(segment.columns, step.start, step.end)]
    except ValueError as error:
        raise CorruptIndexError(str(segment.path), str(error), "keywords.folded.text") from None
    none = docsets.of(memoryview(b"").cast("I"), segment.doc_count)
    return reduce(docsets.either, (docsets.of(docs, segment.doc_count) for docs in lists), none)


def _having(step: Having, segment: Segment) -> docsets.Docset:
    lists = []
    if step.keywords is not None:
        lists.append(segment.columns.docs_of_keywords(step.field, step.keywords))
    if step.numbers is not None:
        lists.append(segment.columns.docs_of_numbers(step.field, step.numbers))
    return reduce(docsets.either, (docsets.of(docs, segment.doc_count) for docs in lists))

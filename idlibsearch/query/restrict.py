"""Which docs of a segment a date, a keyword or a number picks out. Nothing here scores or marks; deleted docs are still there."""

from __future__ import annotations

from collections.abc import Sequence

from idlibsearch.errors import KernelError
from idlibsearch.index.segment import Segment
from idlibsearch.query.steps import Between, Having

try:
    from idlibsearch.query import lists
except ImportError as error:
    raise KernelError("idlibsearch.query.lists") from error

END_OF_TIME = (1 << 31) - 1  # the largest day the index can hold


def docs_of(step: Between | Having, segment: Segment) -> Sequence[int]:
    """The docs that a step picks out, ascending."""
    if isinstance(step, Between):
        return _between(step, segment)
    keywords = segment.columns.docs_of_keywords(step.field, step.keywords) if step.keywords is not None else ()
    numbers = segment.columns.docs_of_numbers(step.field, step.numbers) if step.numbers is not None else ()
    if keywords and numbers:
        return sorted({*keywords, *numbers})
    return keywords or numbers


def _between(step: Between, segment: Segment) -> Sequence[int]:
    """Docs whose whole interval lies inside; a start of 0 is no date."""
    starts, ends, order = segment.date_starts, segment.date_ends, segment.columns.date_order()
    if order is None:
        return [doc for doc, start in enumerate(starts) if start and step.start <= start and ends[doc] <= step.end]
    return lists.within(order, starts, ends, step.start, min(step.end, END_OF_TIME))

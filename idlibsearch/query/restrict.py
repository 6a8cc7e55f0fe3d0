"""Which docs of a segment a date, a keyword or a number picks out. Nothing here scores or marks; deleted docs are still there."""

from __future__ import annotations

from collections.abc import Sequence

from idlibsearch.index.segment import Segment
from idlibsearch.query.steps import Between, Having


def docs_of(step: Between | Having, segment: Segment) -> Sequence[int]:
    """The docs that a step picks out, ascending."""
    if isinstance(step, Between):
        return _between(step, segment)
    keywords = segment.columns.docs_of_keywords(step.field, step.keywords) if step.keywords is not None else ()
    numbers = segment.columns.docs_of_numbers(step.field, step.numbers) if step.numbers is not None else ()
    if keywords and numbers:
        return sorted({*keywords, *numbers})
    return keywords or numbers


def _between(step: Between, segment: Segment) -> list[int]:
    """Docs whose whole interval lies inside; a start of 0 is no date, and no interval starts before 1."""
    starts, ends, order = segment.date_starts, segment.date_ends, segment.columns.date_order()
    if order is None:
        return [doc for doc, start in enumerate(starts) if start and step.start <= start and ends[doc] <= step.end]
    ranks = _Starts(starts, order)
    low, high = ranks.rank(step.start), ranks.rank(step.end)
    return sorted(doc for doc in order[low:high] if ends[doc] <= step.end)


class _Starts:
    """The first days of a segment's reports, ascending."""

    def __init__(self, starts: memoryview, order: memoryview) -> None:
        self._starts, self._order = starts, order

    def rank(self, day: int) -> int:
        """How many reports begin before a day."""
        low, high = 0, len(self._order)
        while low < high:
            middle = (low + high) // 2
            if self._starts[self._order[middle]] < day:
                low = middle + 1
            else:
                high = middle
        return low

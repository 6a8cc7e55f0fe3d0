"""The values of one keyword column over all segments: numbered alike, so that what is counted in several can be added up."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from idlibsearch.index.columns import Columns


class Values:
    """Numbers the folded values of a column in their order.

    ``numbers[s]`` translates segment s: its value ``base + i`` is ``numbers[s][i]`` here; None where nothing is to be
    translated. O(values) to make where several segments have the column, else O(1).
    """

    def __init__(self, segments: Sequence[Columns], name: str) -> None:
        self._segments = segments
        self.ranges = [columns.value_range(name) for columns in segments]
        having = [number for number, values in enumerate(self.ranges) if values]
        self.numbers: list[array[int] | None] = [None] * len(segments)
        self._count = len(self.ranges[having[0]]) if having else 0
        if len(having) > 1:
            self._unite([[columns.folded(v) for v in values] for columns, values in zip(segments, self.ranges, strict=True)])

    def _unite(self, words: list[list[str]]) -> None:
        number = {word: n for n, word in enumerate(sorted({word for column in words for word in column}))}
        self.numbers = [array("I", [number[word] for word in column]) for column in words]
        self._count = len(number)

    def __len__(self) -> int:
        return self._count

    def _places(self, number: int) -> list[tuple[Columns, int]]:
        """Where a value stands: the segments that have it, each with its own number for it."""
        found = []
        for columns, values, numbers in zip(self._segments, self.ranges, self.numbers, strict=True):
            at = number if numbers is None else bisect_left(numbers, number)
            if at < len(values) and (numbers is None or numbers[at] == number):
                found.append((columns, values[at]))
        return found

    def folded(self, number: int) -> str:
        """A value as it is matched."""
        columns, value = self._places(number)[0]
        return columns.folded(value)

    def shown(self, number: int) -> str:
        """A value in its commonest spelling, of equally common ones the first in order; deleted reports count until merged."""
        times = Counter[str]()
        for columns, value in self._places(number):
            times.update(dict(columns.spellings(value)))
        return min(times, key=lambda spelling: (-times[spelling], spelling))

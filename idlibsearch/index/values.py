"""The values of one keyword column over all segments: numbered alike, so that what is counted in several can be added up."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.columns import NAN, Columns

try:
    from idlibsearch.index.keywords_kernel import one_each, unite
except ImportError as error:
    raise KernelError("idlibsearch.index.keywords_kernel") from error

REMEMBERED = 4096  # spellings shown before that are kept: the commonest are wanted again and again


class Values:
    """Numbers the folded values of a column in their order; ``shown[number]`` is a value in its commonest spelling.

    ``numbers[s]`` translates segment s: its value ``base + i`` is ``numbers[s][i]`` here; None where nothing is to be
    translated. ``of_docs[s]`` is (starts, values) of segment s as ``columns`` has them, None where it lacks the column; starts
    are None where every doc has one value, which then is ``values[doc]``.

    O(docs) to make, and O(values) where several segments have the column.
    """

    def __init__(self, segments: Sequence[Columns], name: str) -> None:
        self._segments = segments
        self.shown = _Shown(self)
        self.ranges = [columns.value_range(name) for columns in segments]
        self.of_docs = [
            _of_docs(columns, name) if values else None for columns, values in zip(segments, self.ranges, strict=True)
        ]
        having = [number for number, values in enumerate(self.ranges) if values]
        self.numbers: list[memoryview[int] | None] = [None] * len(segments)
        self._count = len(self.ranges[having[0]]) if having else 0
        if len(having) > 1:
            self._unite(having)

    def _unite(self, having: Sequence[int]) -> None:
        """Only segments that have the column have a table of values at all."""
        try:
            united, self._count = unite([(*self._segments[number].folded_arrays, self.ranges[number]) for number in having])
        except (IndexError, ValueError) as error:
            raise CorruptIndexError(self._segments[having[0]].path, str(error), "keywords.folded.text") from None
        for number, numbers in zip(having, united, strict=True):
            if len(numbers) < self._count:
                self.numbers[number] = numbers

    def __len__(self) -> int:
        return self._count

    def first_of_docs(self, segment: int, doc_count: int) -> memoryview[float]:
        """The number of each doc's first value as something to sort by, float64[docs], NaN where it has none."""
        ranks = array("d", [NAN]) * doc_count
        found = self.of_docs[segment]
        if found is None:
            return memoryview(ranks)
        starts, values = found
        base, numbers = self.ranges[segment].start, self.numbers[segment]
        for doc in range(doc_count):
            at, end = (doc, doc + 1) if starts is None else (starts[doc], starts[doc + 1])
            if at < end:
                ranks[doc] = values[at] - base if numbers is None else numbers[values[at] - base]
        return memoryview(ranks)

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

    def find(self, folded: str) -> int | None:
        """The number of a value, or None. O(log values)."""
        number = bisect_left(range(len(self)), folded, key=self.folded)
        return number if number < len(self) and self.folded(number) == folded else None

    def commonest(self, number: int) -> str:
        """A value in its commonest spelling, of equally common ones the first in order; deleted reports count until merged."""
        times = Counter[str]()
        for columns, value in self._places(number):
            times.update(dict(columns.spellings(value)))
        return min(times, key=lambda spelling: (-times[spelling], spelling))


class _Shown(dict[int, str]):
    """Values in their commonest spelling, by number."""

    def __init__(self, values: Values) -> None:
        super().__init__()
        self._values = values

    def __missing__(self, number: int) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        shown = self[number] = self._values.commonest(number)
        return shown


def _of_docs(columns: Columns, name: str) -> tuple[memoryview | None, memoryview]:
    starts, values = columns.values(name)
    if one_each(starts) and starts[-1] <= len(values):
        return None, values[starts[0] : starts[-1]]
    return starts, values

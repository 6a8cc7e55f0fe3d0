"""The columns of a segment: what reports are restricted, sorted and counted by, beside their words.

Keywords match folded and are shown in their commonest spelling; a report may have many of one column. A number column has at
most one number a report. Dates are ``segment``'s; here is only their order. Nothing here scores. All numbers are docs of this
segment or ranks in its tables; a segment may lack any of the columns, or (written before there were any) all.

    columns                 JSON: {"keywords": [names], "numbers": [names]}, each sorted; "exact": true where keywords are not
                            folded, but values as they are (in schemas other than the reports')
    keywords.columns        uint32[k + 1], each keyword column's range of values
    keywords.folded.*       the folded values, column after column, sorted inside a column; a value's number is its rank here
    keywords.lists          uint32[v + 1], each value's range in keywords.docs
    keywords.docs           uint32, the docs that have a value, ascending
    keywords.starts         uint32[k * docs + 1], column after column, each doc's range in keywords.values
    keywords.values         uint32, the values of a doc, ascending
    keywords.spelled        uint32[v + 1], each value's range of spellings
    keywords.spellings.*    the spellings, sorted inside a value
    keywords.times          uint32, how many reports have each spelling
    numbers.values          float64[n * docs], column after column; NaN where a report has none
    numbers.ends            uint32[n + 1], each number column's range in numbers.order
    numbers.order           uint32, the docs that have a number, by the number, then by doc
    dates.order             uint32, the docs that have a date, by its first day, then by doc
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from idlibsearch.analysis.fold import fold
from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.strings import Strings
from idlibsearch.model import Report

ENTITY_COLUMNS = ("person", "place", "org", "group", "name")
TEXT_COLUMNS = ("source", "section", "byline", "language")  # fields of a report that are one keyword each
EVENT = "event"  # the times that title and body name (``event_column``)
KEYWORD_COLUMNS = (*TEXT_COLUMNS, *ENTITY_COLUMNS, EVENT)  # known in every index, whether a report has them or not
WORDS = "words"  # positions of title and body together
# Other things go by these names in a question, in a sort or in a report; a column of such a name takes an underscore.
_TAKEN = frozenset({"title", "body", "entities", "date", "key", "url", "path", "score", EVENT, WORDS})
_NAME_CHARACTERS = 64
NAN = float("nan")
_NO_DOCS = memoryview(b"").cast("I")


@lru_cache(maxsize=1024)  # every report names the same few
def column_name(name: str) -> str:
    """A field's name as questions write it: small letters, digits and underscores, not one that is taken.

    >>> [column_name(name) for name in ("Author", "pub-date", "2nd", "title")]
    ['author', 'pub_date', '_2nd', 'title_']
    """
    plain = "".join(char if char.isalnum() or char == "_" else "_" for char in name.lower()) or "_"
    if not (plain[0].isascii() and (plain[0].isalpha() or plain[0] == "_")):
        plain = f"_{plain}"
    plain = plain[: _NAME_CHARACTERS - 1]
    return f"{plain}_" if plain in _TAKEN else plain


def folded_value(value: str) -> str:
    """A keyword as it is matched: every word folded, all in small letters, single spaces; "" where nothing is left.

    >>> folded_value("  Al  Masdar NEWS"), folded_value("U.S."), folded_value("İstanbul")
    ('al masdar news', 'us', 'istanbul')
    """
    plain = value.replace(" ", "")
    if plain.isascii() and plain.isalnum():  # most values: nothing but case falls away
        return " ".join(value.split()).lower()
    return " ".join(fold(word) for word in value.split()).lower()


def keywords_of(report: Report) -> Iterator[tuple[str, str]]:
    """(column, value as written) of a report; the same one may come several times."""
    for name in TEXT_COLUMNS:
        yield name, getattr(report, name)
    for entity in report.entities:
        yield column_name(entity.type), entity.name
    for event in report.event_dates:
        yield EVENT, event.interval
    for name, values in report.keywords.items():
        for value in values:
            yield column_name(name), value


def spellings_of(report: Report) -> dict[str, dict[str, None]]:
    """Keyword column -> the spellings a report has in it, each once, in single spaces."""
    found: dict[str, dict[str, None]] = {}
    for name, value in keywords_of(report):
        spelling = " ".join(value.split())
        if spelling:
            found.setdefault(name, {})[spelling] = None
    return found


class Bounds(NamedTuple):
    """An interval of numbers or of folded keywords; None: no bound on that side. ``low_open``: the bound itself is outside."""

    low: float | str | None
    high: float | str | None
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        """Can nothing lie inside?"""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))  # type: ignore[operator]

    def within(self, values: Sequence[float] | _Column, size: int) -> range:
        """The ranks of an ascending sequence of ``size`` values that lie inside; empty where the bounds are crossed."""
        cut = {False: bisect_left, True: bisect_right}
        start = 0 if self.low is None else cut[self.low_open](values, self.low, 0, size)
        end = size if self.high is None else cut[not self.high_open](values, self.high, 0, size)
        return range(start, max(start, end))


class _Column:
    """The folded values of one keyword column, or the numbers of one number column in their order: something to bisect."""

    def __init__(self, table: Strings | memoryview, order: memoryview | None, base: int) -> None:
        self._table, self._order, self._base = table, order, base

    def __getitem__(self, rank: int) -> str | float:
        return self._table[self._base + (rank if self._order is None else self._order[rank])]


def _keyword_rows(columns: int, values: int, spellings: int, docs: int) -> dict[str, int]:
    by_value = {"keywords.lists": values + 1, "keywords.spelled": values + 1, "keywords.times": spellings}
    return by_value | {"keywords.columns": columns + 1, "keywords.starts": columns * docs + 1}


class Columns:
    """Reads the columns of one segment."""

    def __init__(self, file: SectionFile, doc_count: int) -> None:
        self._file, self._doc_count = file, doc_count
        try:
            names = json.loads(bytes(file.array("columns"))) if "columns" in file.sections else {"keywords": [], "numbers": []}
            self.keywords = {str(name): number for number, name in enumerate(names["keywords"])}
            self.numbers = {str(name): number for number, name in enumerate(names["numbers"])}
            self.exact = bool(names.get("exact", False))
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptIndexError(str(file.path), f"cannot be read ({error})", "columns") from None
        if names["keywords"]:
            self._folded = Strings(file, "keywords.folded")
            self._spellings = Strings(file, "keywords.spellings")
            self._measure(_keyword_rows(len(self.keywords), len(self._folded), len(self._spellings), doc_count))
        if self.numbers:
            self._measure({"numbers.values": len(self.numbers) * doc_count, "numbers.ends": len(self.numbers) + 1})

    def _measure(self, rows: dict[str, int]) -> None:
        """Sections that are read by the number of a column, a value or a doc must have as many rows."""
        for name, count in rows.items():
            if len(self._file.array(name)) != count:
                raise CorruptIndexError(self.path, f"{count} rows are needed", name)

    def value_range(self, name: str) -> range:
        """The numbers of a keyword column's values; empty where there is no such column."""
        if name not in self.keywords:
            return range(0)
        bounds, number = self._file.array("keywords.columns"), self.keywords[name]
        return range(bounds[number], bounds[number + 1])

    @property
    def path(self) -> str:
        """The file, for errors."""
        return str(self._file.path)

    @property
    def folded_arrays(self) -> tuple[memoryview, memoryview]:
        """The table of all folded values, as ``strings`` has it. There must be a keyword column."""
        return self._folded.arrays

    def find(self, name: str, folded: str) -> int:
        """The number of a value of a keyword column; raises KeyError where no report has it."""
        values = self.value_range(name)
        number = bisect_left(_Column(self._folded, None, 0), folded, values.start, values.stop) if values else 0
        if number == values.stop or self._folded[number] != folded:
            raise KeyError(folded)
        return number

    def folded(self, value: int) -> str:
        """A value as it is matched."""
        return self._folded[value]

    def all_folded(self, name: str) -> list[str]:
        """All values of a keyword column as they are matched, in their order."""
        values = self.value_range(name)
        return self._folded.several(values) if values else []

    def spellings(self, value: int) -> list[tuple[str, int]]:
        """How a value is written, and in how many reports each way; sorted by spelling."""
        spelled, times = self._file.array("keywords.spelled"), self._file.array("keywords.times")
        try:
            return [(self._spellings[number], times[number]) for number in range(spelled[value], spelled[value + 1])]
        except IndexError as error:
            raise CorruptIndexError(self.path, f"spellings are missing ({error})", "keywords.spelled") from None

    def values(self, name: str) -> tuple[memoryview, memoryview]:
        """(starts, values) of a keyword column: doc d has ``values[starts[d] : starts[d + 1]]``. It must be there."""
        at = self.keywords[name] * self._doc_count
        return self._file.array("keywords.starts")[at : at + self._doc_count + 1], self._file.array("keywords.values")

    def number_values(self, name: str) -> memoryview:
        """float64[docs], NaN where a report has none. The column must be there."""
        at = self.numbers[name] * self._doc_count
        return self._file.array("numbers.values")[at : at + self._doc_count]

    def docs_of_keywords(self, name: str, bounds: Bounds) -> memoryview:
        """The docs that have a keyword inside the bounds (folded), value after value, in each ascending. O(log values)."""
        values = self.value_range(name)
        if not values:
            return _NO_DOCS
        ranks = bounds.within(_Column(self._folded, None, values.start), len(values))
        return self.docs_of_values(range(values.start + ranks.start, values.start + ranks.stop))

    def docs_of_values(self, values: range) -> memoryview:
        """The docs that have one of several consecutive values, value after value, in each ascending."""
        lists = self._file.array("keywords.lists")
        return self._file.array("keywords.docs")[lists[values.start] : lists[values.stop]]

    def docs_of_numbers(self, name: str, bounds: Bounds) -> memoryview:
        """The docs whose number is inside the bounds, uint32, by the number. O(log docs)."""
        if name not in self.numbers:
            return _NO_DOCS
        ends, number = self._file.array("numbers.ends"), self.numbers[name]
        order = self._file.array("numbers.order")[ends[number] : ends[number + 1]]
        ranks = bounds.within(_Column(self.number_values(name), order, 0), len(order))
        return order[ranks.start : ranks.stop]

    def date_order(self) -> memoryview | None:
        """The docs that have a date, by its first day; None where the segment does not say."""
        return self._file.array("dates.order") if "dates.order" in self._file.sections else None

"""Gathers the columns of a segment's reports and writes them (``columns`` specifies them). Needs numpy."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from idlibsearch.index.columns import NAN, WORDS, column_name, folded_value, keywords_of
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.strings import write_strings
from idlibsearch.index.wordlist import U32
from idlibsearch.model import Document, Report

NOBODY = NOTHING = -1
PAIR_BYTES = 24  # a keyword of a report, gathered and laid out
SPELLING_BYTES = 300  # a distinct one


class ColumnsWriter:
    """Gathers the columns of a segment's reports; ``write`` puts them into its file.

    ``exact``: keywords are values as they are, as in schemas other than the reports', and are not folded.
    """

    def __init__(self, *, exact: bool = False) -> None:
        self._exact = exact
        self._docs = 0
        self._keywords: dict[str, _Gathered] = {}
        self._numbers: dict[str, array[float]] = {}

    @property
    def size_bytes(self) -> int:
        """About how much memory the columns take, when they are written."""
        keywords = self._keywords.values()
        pairs, spellings = sum(len(column.docs) for column in keywords), sum(len(column.spellings) for column in keywords)
        return PAIR_BYTES * pairs + SPELLING_BYTES * spellings + 24 * self._docs * len(self._numbers)

    def add(self, report: Report) -> None:
        """Append a report; its doc number is the count of reports before it."""
        doc, columns = self._docs, self._keywords
        for name, value in keywords_of(report):
            if value:
                column = columns.get(name)
                if column is None:
                    column = columns[name] = _Gathered(exact=False)
                column.add(doc, value)
        for name, number in report.numbers.items():
            self._put(column_name(name), number)
        self._docs += 1

    def add_document(self, document: Document) -> None:
        """Append a document of another schema."""
        for name, values in document.keywords.items():
            column = self._keywords.setdefault(name, _Gathered(exact=True))
            for value in values:
                column.add(self._docs, value)
        for name, number in document.numbers.items():
            self._put(name, number)
        self._docs += 1

    def _put(self, name: str, number: float) -> None:
        column = self._numbers.setdefault(name, array("d"))
        column.extend(array("d", [NAN]) * (self._docs + 1 - len(column)))
        column[self._docs] = number

    def write(self, out: SectionWriter, words: Sequence[float], date_starts: Sequence[int]) -> None:
        """Write the sections. ``words``: the length of each report; ``date_starts``: its first day, 0 where it has none."""
        numbers = self._numbers if self._exact else {WORDS: array("d", words), **self._numbers}
        keywords = {name: column for name, column in sorted(self._keywords.items()) if column.docs}
        names = {"keywords": list(keywords), "numbers": sorted(numbers)}
        write_names(out, names, exact=self._exact)
        _KeywordTable(self._docs, keywords.values()).write(out)
        columns = [_filled(numbers[name], self._docs) for name in names["numbers"]]
        orders = [order(column, ~np.isnan(column)) for column in columns]
        out.add("numbers.values", "d", np.concatenate([np.zeros(0), *columns]))
        out.add("numbers.ends", "I", _running([len(found) for found in orders]))
        out.add("numbers.order", "I", np.concatenate([np.zeros(0, np.uint32), *orders]))
        dates = np.array(date_starts, np.int32)
        out.add("dates.order", "I", order(dates, dates != 0))


def write_names(out: SectionWriter, names: dict[str, list[str]], *, exact: bool) -> None:
    """Write which columns there are."""
    out.add("columns", "B", json.dumps(names | ({"exact": True} if exact else {})).encode("ascii"))


def _filled(column: array[float], size: int) -> Any:
    return np.concatenate((np.array(column, np.float64), np.full(size - len(column), NAN)))


def order(numbers: Any, there: Any) -> U32:
    """The docs (uint32) that are marked as having a number, by the number, then by doc."""
    docs = np.flatnonzero(there)
    found: U32 = docs[np.argsort(numbers[docs], kind="stable")].astype(np.uint32)
    return found


def _running(sizes: Any) -> U32:
    """Where each of several parts starts, and the last one ends."""
    ends: U32 = np.concatenate((np.zeros(1, np.uint32), np.cumsum(sizes))).astype(np.uint32)
    return ends


class _Gathered:
    """One keyword column while it is being gathered: spellings numbered as they come, and who has them, doc by doc."""

    def __init__(self, *, exact: bool) -> None:
        self._exact = exact
        self.spellings: dict[str, int] = {}
        self._last = array("q")  # of each spelling the last doc that has it
        self.docs = array("I")
        self.spelled = array("I")

    def add(self, doc: int, value: str) -> None:
        """Note that a doc has a value; the same one may come again."""
        number = self.spellings.get(value)
        if number is None:
            number = self._number(value)
        if number != NOTHING and self._last[number] != doc:
            self._last[number] = doc
            self.docs.append(doc)
            self.spelled.append(number)

    def _number(self, value: str) -> int:
        spelling = value if self._exact else " ".join(value.split())
        if not spelling:
            return NOTHING
        number = self.spellings.setdefault(spelling, len(self.spellings))
        if number == len(self._last):
            self._last.append(NOBODY)
        return number

    def values(self) -> dict[str, list[int]]:
        """Folded value -> the numbers of its spellings in their order, sorted by value."""
        found: dict[str, list[int]] = {}
        for spelling, number in sorted(self.spellings.items()):
            found.setdefault(spelling if self._exact else folded_value(spelling), []).append(number)
        return dict(sorted(found.items()))


class _KeywordTable:
    """All keyword columns of a segment, laid out one behind the other."""

    def __init__(self, docs: int, columns: Iterable[_Gathered]) -> None:
        self._doc_count = docs
        self._columns = array("I", [0])
        self._folded: list[str] = []
        self._spellings: list[str] = []
        self._spelled: list[int] = []  # spellings of each value
        none = np.zeros(0, np.uint32)
        self._docs, self._values, self._times = [none], [none], [none]
        self._having, self._of_doc = [none], [none]  # how many docs each value has, and values each doc
        for column in columns:
            self._add(column)

    def _add(self, column: _Gathered) -> None:
        values, written = column.values(), list(column.spellings)
        spelled = np.array(column.spelled, np.uint32)
        in_order = np.array([number for numbers in values.values() for number in numbers], np.uint32)
        value_of = np.empty(len(written), np.uint64)
        value_of[in_order] = np.repeat(np.arange(len(values), dtype=np.uint64), [len(numbers) for numbers in values.values()])
        pairs = np.array(column.docs, np.uint64) << np.uint64(32) | value_of[spelled]
        pairs = np.unique(pairs)  # two spellings of one value count once
        docs, numbers = (pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32)
        self._docs.append(docs[np.argsort(numbers, kind="stable")])
        self._having.append(np.bincount(numbers, minlength=len(values)).astype(np.uint32))
        self._values.append(numbers + np.uint32(len(self._folded)))
        self._of_doc.append(np.bincount(docs, minlength=self._doc_count).astype(np.uint32))
        self._times.append(np.bincount(spelled, minlength=len(written)).astype(np.uint32)[in_order])
        self._spellings += [written[number] for number in in_order.tolist()]
        self._spelled += map(len, values.values())
        self._folded += values
        self._columns.append(len(self._folded))

    def write(self, out: SectionWriter) -> None:
        out.add("keywords.columns", "I", self._columns)
        write_strings(out, "keywords.folded", self._folded)
        out.add("keywords.lists", "I", _running(np.concatenate(self._having)))
        out.add("keywords.docs", "I", np.concatenate(self._docs))
        out.add("keywords.starts", "I", _running(np.concatenate(self._of_doc)))
        out.add("keywords.values", "I", np.concatenate(self._values))
        out.add("keywords.spelled", "I", _running(self._spelled))
        write_strings(out, "keywords.spellings", self._spellings)
        out.add("keywords.times", "I", np.concatenate(self._times))

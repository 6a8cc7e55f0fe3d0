"""Merges the columns of several segments (``columns`` specifies them). Needs numpy."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.check_columns import layout_faults
from idlibsearch.index.columns import NAN, WORDS, folded_value, spellings_of
from idlibsearch.index.columns_writer import order, write_names
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.merger import TableMerge
from idlibsearch.index.segment import Segment
from idlibsearch.index.stretches import Merged
from idlibsearch.index.strings import Strings, Table, write_table
from idlibsearch.index.wordlist import U32, kept_strings
from idlibsearch.model import Report


def merge_columns(out: SectionWriter, merged: Merged) -> None:
    """Write the columns of the merged segment; those that no doc of it has are left out.

    Raises CorruptIndexError where the ranges and sizes of a segment's columns do not fit: they say how much memory is taken.
    """
    for segment in merged.segments:
        for section, reason in layout_faults(segment):
            raise CorruptIndexError(str(segment.path), reason, section)
    numbers = sorted({name for segment in merged.segments for name in segment.columns.numbers})
    keywords = _Keywords(merged)
    kept = () if keywords.exact else (WORDS,)
    numbers = [name for name in numbers if name in kept or not np.isnan(_number_column(merged, name)).all()]
    write_names(out, {"keywords": keywords.names, "numbers": numbers}, exact=keywords.exact)
    keywords.write(out)
    orders, ends = [], array("I", [0])
    out.begin("numbers.values", "d")
    for name in numbers:
        values = _number_column(merged, name)
        out.write(values)
        orders.append(order(values, ~np.isnan(values)))
        ends.append(ends[-1] + len(orders[-1]))
    out.add("numbers.ends", "I", ends)
    out.add("numbers.order", "I", _joined(np.uint32, orders))
    starts = _joined(np.int32, merged.rows(merged.arrays("dates.start")))
    out.add("dates.order", "I", order(starts, starts != 0))


def _number_column(merged: Merged, name: str) -> Any:
    """float64[docs]."""
    return _joined(np.float64, merged.rows([_numbers_of(segment, name) for segment in merged.segments]))


def _numbers_of(segment: Segment, name: str) -> Any:
    columns = segment.columns
    return np.asarray(columns.number_values(name)) if name in columns.numbers else np.full(segment.doc_count, NAN)


def _joined(dtype: Any, parts: Iterable[Any]) -> Any:
    return np.concatenate([np.zeros(0, dtype), *map(np.asarray, parts)])


class _Keywords:
    """All keyword columns of the merged segment: values and spellings united, then those dropped that only dead docs had."""

    def __init__(self, merged: Merged) -> None:
        self._merged = merged
        self._columns = [segment.columns for segment in merged.segments]
        self.exact = any(columns.exact for columns in self._columns)
        names = sorted({name for columns in self._columns for name in columns.keywords})
        self._number = {name: number for number, name in enumerate(names)}
        folded = TableMerge([parts_of(segment, "keywords.folded") for segment in merged.segments], None, self._column_groups())
        self._values = [_joined(np.uint32, [numbers]) for numbers in folded.numbers]
        of_doc, starts = self._read_docs(names)
        having = np.bincount(of_doc, minlength=len(folded.ends))
        live = having > 0
        ranks = np.cumsum(live) - 1
        self._of_doc = ranks[of_doc].astype(np.uint32)
        self._folded = kept_strings(Table(folded.text, folded.ends), live)
        bounds = np.searchsorted(np.asarray(folded.groups)[live], np.arange(len(names) + 1))
        filled = np.flatnonzero(np.diff(bounds))  # the columns that are left
        self.names = [names[number] for number in filled.tolist()]
        self._bounds = np.concatenate((np.zeros(1, np.uint32), bounds[1:][filled].astype(np.uint32)))
        docs = merged.doc_count
        self._starts = np.concatenate([starts[:1], *(starts[1:].reshape(-1, docs)[number] for number in filled)])
        self._merge_spellings(having, ranks)

    def _column_groups(self) -> list[Any]:
        """What column each value of each segment is of, by its merged number."""
        groups = []
        for columns in self._columns:
            sizes = [len(columns.value_range(name)) for name in columns.keywords]
            groups.append(np.repeat(np.array([self._number[name] for name in columns.keywords], np.uint64), sizes))
        return groups

    def _read_docs(self, names: list[str]) -> tuple[U32, U32]:
        """The values of each doc, column after column, and where they start."""
        parts, sizes = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint64)]
        for name in names:
            for part, start, stop in self._merged.stretches:
                if name not in self._columns[part].keywords:
                    sizes.append(np.zeros(stop - start, np.uint64))
                    continue
                starts, numbers = self._columns[part].values(name)
                parts.append(self._values[part][np.asarray(numbers[starts[start] : starts[stop]])])
                sizes.append(np.diff(np.asarray(starts[start : stop + 1])))
        return np.concatenate(parts), np.concatenate((np.zeros(1, np.uint32), np.cumsum(np.concatenate(sizes)).astype(np.uint32)))

    def _merge_spellings(self, having: Any, ranks: Any) -> None:
        """``having``: how many docs have each value, of which those that any has are numbered by ``ranks``."""
        groups = [
            np.repeat(values, np.diff(np.asarray(segment.file.array("keywords.spelled")))).astype(np.uint64)
            for segment, values in zip(self._merged.segments, self._values, strict=True)
        ]
        spellings = TableMerge([parts_of(segment, "keywords.spellings") for segment in self._merged.segments], None, groups)
        times = having[np.asarray(spellings.groups).astype(np.int64)] if self.exact else self._times_of(spellings)
        there = times > 0
        self._spellings = kept_strings(Table(spellings.text, spellings.ends), there)
        self._times = times[there].astype(np.uint32)
        values = ranks[np.asarray(spellings.groups)[there].astype(np.int64)]
        self._spelled = np.searchsorted(values, np.arange(np.count_nonzero(having) + 1)).astype(np.uint32)

    def _times_of(self, spellings: TableMerge) -> Any:
        """How many docs have each spelling."""
        times = np.zeros(len(spellings.ends), np.int64)
        for numbers, here in zip(spellings.numbers, self._merged.arrays("keywords.times"), strict=True):
            times[np.asarray(numbers)] += np.asarray(here)
        self._forget_dead(spellings, times)
        return times

    def _forget_dead(self, spellings: TableMerge, times: Any) -> None:
        """Take back what dead docs added to the counts of spellings: a column does not know which doc wrote which."""
        for part, segment in enumerate(self._merged.segments):
            for doc in self._merged.dead[part]:
                report = segment.documents.read(doc)
                assert isinstance(report, Report)  # documents have exact values
                for name, written in spellings_of(report).items():
                    for spelling in written:
                        times[self._spelling_number(part, segment, spellings, name, spelling)] -= 1

    def _spelling_number(self, part: int, segment: Segment, spellings: TableMerge, name: str, spelling: str) -> int:
        try:
            value = segment.columns.find(name, folded_value(spelling))
            spelled = segment.file.array("keywords.spelled")
            here = range(spelled[value], spelled[value + 1])
            number = next(n for n in here if Strings(segment.file, "keywords.spellings")[n] == spelling)
        except (KeyError, StopIteration):
            raise CorruptIndexError(
                str(segment.path), f"the spelling {spelling!r} is missing", "keywords.spellings.text"
            ) from None
        return int(spellings.numbers[part][number])

    def write(self, out: SectionWriter) -> None:
        docs = np.tile(np.arange(self._merged.doc_count, dtype=np.uint32), len(self.names))
        by_value = np.argsort(self._of_doc, kind="stable")
        listed = np.repeat(docs, np.diff(self._starts))[by_value]
        lists = np.searchsorted(self._of_doc[by_value], np.arange(len(self._folded) + 1)).astype(np.uint32)
        out.add("keywords.columns", "I", self._bounds)
        write_table(out, "keywords.folded", self._folded)
        out.add("keywords.lists", "I", lists)
        out.add("keywords.docs", "I", listed)
        out.add("keywords.starts", "I", self._starts)
        out.add("keywords.values", "I", self._of_doc)
        out.add("keywords.spelled", "I", self._spelled)
        write_table(out, "keywords.spellings", self._spellings)
        out.add("keywords.times", "I", self._times)


def parts_of(segment: Segment, name: str) -> tuple[memoryview, memoryview]:
    """A table of strings as its two sections."""
    return segment.file.array(f"{name}.text"), segment.file.array(f"{name}.ends")

"""Checks the columns of a segment: by report and by value they say the same, and what the stored reports say. Needs numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from idlibsearch.index.check_rows import array_of, range_faults, text_faults
from idlibsearch.index.columns import WORDS, column_name, folded_value, spellings_of
from idlibsearch.index.segment import Segment
from idlibsearch.index.strings import Strings
from idlibsearch.model import Report


def column_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """(section, fault) for everything that does not hold."""
    found = list(layout_faults(segment))
    yield from found
    if not found and "columns" in segment.file.sections:
        folded = Strings(segment.file, "keywords.folded")
        for name in segment.columns.keywords:
            yield from _keyword_faults(segment, name, folded)
        yield from _number_faults(segment)
        yield from _time_faults(segment) if segment.columns.exact else _report_faults(segment)


def layout_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """What does not hold of the ranges and sizes that all reading of columns goes by. O(reports + values), without a loop.

    A segment that was written before there were columns has none.
    """
    if "columns" not in segment.file.sections:
        return
    columns, docs, file = segment.columns, segment.doc_count, segment.file
    folded, spellings = Strings(file, "keywords.folded"), Strings(file, "keywords.spellings")
    lists, values = array_of(segment, "keywords.docs"), array_of(segment, "keywords.values")
    for names in (list(columns.keywords), list(columns.numbers)):
        if names != sorted(set(names)):
            yield "columns", "the names are not in order"
    yield from text_faults("keywords.folded", folded, file.array("keywords.folded.text"))
    yield from text_faults("keywords.spellings", spellings, file.array("keywords.spellings.text"))
    yield from range_faults("keywords.columns", array_of(segment, "keywords.columns"), len(columns.keywords), len(folded))
    yield from range_faults("keywords.lists", array_of(segment, "keywords.lists"), len(folded), len(lists))
    yield from range_faults("keywords.starts", array_of(segment, "keywords.starts"), len(columns.keywords) * docs, len(values))
    yield from range_faults("keywords.spelled", array_of(segment, "keywords.spelled"), len(folded), len(spellings))
    if len(array_of(segment, "keywords.times")) != len(spellings):
        yield "keywords.times", "one number for each spelling is needed"
    yield from range_faults(
        "numbers.ends", array_of(segment, "numbers.ends"), len(columns.numbers), len(array_of(segment, "numbers.order"))
    )
    if len(array_of(segment, "numbers.values")) != len(columns.numbers) * docs:
        yield "numbers.values", "one number for each report is needed"


def _keyword_faults(segment: Segment, name: str, folded: Strings) -> Iterator[tuple[str, str]]:
    """A column says the same thing twice, by doc and by value: the two must agree."""
    columns = segment.columns
    here = columns.value_range(name)
    if any(folded[a].encode("utf-8", "surrogatepass") >= folded[b].encode("utf-8", "surrogatepass") for a, b in pairwise(here)):
        yield "keywords.folded.text", f"the values of {name} are not in order"
    folding = str if columns.exact else folded_value
    for value in here:
        written = [spelling for spelling, _ in columns.spellings(value)]
        if not written or written != sorted(set(written)) or any(folding(spelling) != folded[value] for spelling in written):
            yield "keywords.spellings.text", f"the spellings of a value of {name} are none, not in order, or another value's"
    starts, values = map(np.asarray, columns.values(name))
    of_doc = values[starts[0] : starts[-1]].astype(np.int64)
    docs = np.repeat(np.arange(segment.doc_count), (starts[1:] - starts[:-1]).astype(np.int64))
    lists = array_of(segment, "keywords.lists").astype(np.int64)[here.start : here.stop + 1]
    listed = array_of(segment, "keywords.docs")[lists[0] : lists[-1]]
    order = np.lexsort((docs, of_doc))
    by_value = np.repeat(np.arange(here.start, here.stop), np.diff(lists))
    if not (np.array_equal(docs[order], listed) and np.array_equal(of_doc[order], by_value)):
        yield "keywords.docs", f"the lists of {name} do not say what the reports do"
    if (np.diff(of_doc)[np.diff(docs) == 0] <= 0).any():
        yield "keywords.values", f"the values of {name} in a report are not in order"


def _number_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    columns, order, ends = segment.columns, array_of(segment, "numbers.order"), array_of(segment, "numbers.ends")
    for name, number in columns.numbers.items():
        values = np.asarray(columns.number_values(name))
        there = np.flatnonzero(~np.isnan(values))
        if not np.array_equal(there[np.argsort(values[there], kind="stable")], order[ends[number] : ends[number + 1]]):
            yield "numbers.order", f"the order of {name} is not that of its numbers"
    starts = array_of(segment, "dates.start")
    there = np.flatnonzero(starts)
    if not np.array_equal(there[np.argsort(starts[there], kind="stable")], array_of(segment, "dates.order")):
        yield "dates.order", "not in the order of the dates"


def _report_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """What stands in the columns must be what the stored reports say."""
    columns, times = segment.columns, Counter[tuple[str, str]]()
    title, body = (np.asarray(segment.lengths[segment.ranking.column(name)]) for name in ("title", "body"))
    for doc in range(segment.doc_count):
        report = segment.documents.read(doc)
        assert isinstance(report, Report)
        written = spellings_of(report)
        times.update((name, spelling) for name, spellings in written.items() for spelling in spellings)
        said = {name: sorted({folded_value(spelling) for spelling in spellings}) for name, spellings in written.items()}
        if {name: values for name in columns.keywords if (values := _values(segment, name, doc))} != said:
            yield "keywords.values", f"report {doc} has other keywords than stand beside it"
            return
        numbers = {WORDS: float(title[doc]) + float(body[doc])}
        numbers |= {column_name(name): float(number) for name, number in report.numbers.items()}
        found = {name: columns.number_values(name)[doc] for name in columns.numbers}
        if {name: number for name, number in found.items() if number == number} != numbers:  # noqa: PLR0124 - NaN is none
            yield "numbers.values", f"report {doc} has other numbers than stand beside it"
            return
    counted = ((name, number) for name in columns.keywords for number in columns.value_range(name))
    if {(name, s): n for name, number in counted for s, n in columns.spellings(number)} != times:
        yield "keywords.times", "a spelling is counted more or less often than reports have it"


def _time_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """Values that are not folded have one spelling, as often as docs have them; documents do not keep what says so."""
    lists, spelled = (array_of(segment, name).astype(np.int64) for name in ("keywords.lists", "keywords.spelled"))
    if (np.diff(spelled) != 1).any() or not np.array_equal(array_of(segment, "keywords.times"), np.diff(lists)):
        yield "keywords.times", "a value is counted more or less often than documents have it"


def _values(segment: Segment, name: str, doc: int) -> list[str]:
    starts, values = segment.columns.values(name)
    return sorted(segment.columns.folded(value) for value in values[starts[doc] : starts[doc + 1]])

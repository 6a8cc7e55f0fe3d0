"""Checks a whole index: every checksum, and that every number means something. Slow, thorough, reads only. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idlibsearch.errors import CorruptIndexError, IdlibsearchError
from idlibsearch.index.columns import folded_value
from idlibsearch.index.directory import read_manifest
from idlibsearch.index.segment import NO_FILE, Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.index.strings import Strings

Array = npt.NDArray[np.integer[npt.NBitBase]]


def check(folder: Path) -> list[IdlibsearchError]:
    """Everything that is wrong with the newest generation in ``folder``; an empty list means sound.

    Raises NoIndexError where there is no index at all.
    """
    try:
        manifest = read_manifest(folder)
        snapshot = Snapshot.open(folder)
    except CorruptIndexError as error:
        return [error]
    found: list[IdlibsearchError] = []
    for record, segment in zip(manifest.segments, snapshot.segments, strict=True):
        damaged = segment.verify()
        found += damaged or [CorruptIndexError(str(segment.path), reason, section) for section, reason in _faults(segment)]
        if not damaged and (record.docs, record.deleted) != (segment.doc_count, len(segment.deleted_docs())):
            found.append(CorruptIndexError(str(segment.path), "the manifest counts other reports than the segment"))
    found += _doubled_keys(snapshot)
    snapshot.close()
    return found


def _faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """(section, fault) for every invariant that does not hold in a segment whose checksums do."""
    try:
        yield from _lexicon_faults(segment)
        yield from _posting_faults(segment)
        yield from _document_faults(segment)
        yield from _column_faults(segment)
    except (IndexError, ValueError, UnicodeDecodeError, CorruptIndexError) as error:
        yield "", f"its parts do not fit together ({error})"


def _array(segment: Segment, name: str) -> Array:
    array: Array = np.asarray(segment.file.array(name))
    return array


def _lexicon_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    lexicon = segment.lexicon
    for name, table in (("terms", lexicon.terms), ("folded", lexicon.folded)):
        words = [table[number] for number in range(len(table))]
        if any(a >= b for a, b in pairwise(words)):
            yield f"{name}.text", "not in order"
    for name, target in (("folded.entries", len(_array(segment, "entries.terms"))), ("folded.surfaces", len(lexicon.surfaces))):
        yield from _range_faults(name, _array(segment, name), len(lexicon.folded), target)
    if _beyond(_array(segment, "entries.terms"), len(lexicon.terms)):
        yield "entries.terms", "names a term that is not there"


def _posting_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    reader, terms = segment.postings, len(segment.lexicon.terms)
    yield from _range_faults("term.first", _array(segment, "term.first"), terms, len(_array(segment, "term.surfaces")))
    if _beyond(_array(segment, "term.surfaces"), len(segment.lexicon.surfaces)):
        yield "term.surfaces", "names a surface that is not there"
    for term in range(terms):
        docs = np.asarray(reader.docs(term))
        if not len(docs) or _beyond(docs, segment.doc_count) or (np.diff(docs.astype(np.int64)) <= 0).any():
            yield "postings.data", f"the docs of term {term} are none, not there or not in order"
            return
        freqs = [np.asarray(reader.freqs(term, column)) for column in range(len(segment.lengths))]
        if (np.sum(freqs, axis=0) == 0).any():
            yield "postings.data", f"term {term} has a posting without an occurrence"
        yield from _position_faults(segment, term, docs, freqs)


def _position_faults(segment: Segment, term: int, docs: Array, freqs: list[Array]) -> Iterator[tuple[str, str]]:
    for column in (column for column, kept in enumerate(segment.positional) if kept):
        lengths = segment.lengths[column]
        for doc, freq in zip(docs.tolist(), freqs[column].tolist(), strict=True):
            places = segment.postings.occurrences(term, doc, column) if freq else []
            if len(places) != freq or any(a[0] >= b[0] for a, b in pairwise(places)) or (places and places[-1][1] > lengths[doc]):
                yield "postings.places", f"positions of term {term} in report {doc} are missing, not in order or beyond its end"
                return


def _document_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    docs = segment.doc_count
    for column, (total, having) in enumerate(segment.length_sums):
        lengths = np.asarray(segment.lengths[column])
        if (len(lengths), int(lengths.sum()), int(np.count_nonzero(lengths))) != (docs, total, having):
            yield "meta", "the lengths do not add up"
    for name in ("sentences", "paragraphs"):
        yield from _range_faults(f"{name}.starts", _array(segment, f"{name}.starts"), docs, len(_array(segment, name)))
    if len(segment.keys) != docs or sorted(segment.file.array("keys.order")) != list(range(docs)):
        yield "keys.order", "not every report once"
    of_doc = _array(segment, "docs.file")
    if len(of_doc) != docs or _beyond(of_doc[of_doc != NO_FILE], len(segment.file.array("files.ends"))):
        yield "docs.file", "names a file that is not there"
    starts, ends = _array(segment, "dates.start"), _array(segment, "dates.end")
    if len(starts) != docs or len(ends) != docs or ((ends <= starts) & (starts != 0)).any():
        yield "dates.end", "a date that ends before it starts"
    for doc in range(docs):
        if segment.documents.read(doc).key != segment.keys[doc]:
            yield "stored.blocks", f"report {doc} is stored under another key"


def _column_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    if "columns" not in segment.file.sections:
        return
    columns, docs = segment.columns, segment.doc_count
    folded = Strings(segment.file, "keywords.folded")
    lists, values = _array(segment, "keywords.docs"), _array(segment, "keywords.values")
    spellings, spelled = len(Strings(segment.file, "keywords.spellings")), _array(segment, "keywords.spelled")
    yield from _range_faults("keywords.columns", _array(segment, "keywords.columns"), len(columns.keywords), len(folded))
    yield from _range_faults("keywords.lists", _array(segment, "keywords.lists"), len(folded), len(lists))
    yield from _range_faults("keywords.starts", _array(segment, "keywords.starts"), len(columns.keywords) * docs, len(values))
    yield from _range_faults("keywords.spelled", spelled, len(folded), spellings)
    if len(_array(segment, "keywords.times")) != spellings:
        yield "keywords.times", "one number for each spelling is needed"
    for name in columns.keywords:
        yield from _keyword_faults(segment, name, folded)
    yield from _number_faults(segment)


def _keyword_faults(segment: Segment, name: str, folded: Strings) -> Iterator[tuple[str, str]]:
    """A column says the same thing twice, by doc and by value: the two must agree."""
    columns = segment.columns
    here = columns.value_range(name)
    if any(folded[value - 1] >= folded[value] for value in here[1:]):
        yield "keywords.folded.text", f"the values of {name} are not in order"
    if any(folded_value(spelling) != folded[value] for value in here for spelling, _ in columns.spellings(value)):
        yield "keywords.spellings.text", f"a spelling of {name} that is not one of its value"
    starts, values = map(np.asarray, columns.values(name))
    of_doc = values[starts[0] : starts[-1]].astype(np.int64)
    docs = np.repeat(np.arange(segment.doc_count), (starts[1:] - starts[:-1]).astype(np.int64))
    lists = _array(segment, "keywords.lists").astype(np.int64)[here.start : here.stop + 1]
    listed = _array(segment, "keywords.docs")[lists[0] : lists[-1]]
    order = np.lexsort((docs, of_doc))
    by_value = np.repeat(np.arange(here.start, here.stop), np.diff(lists))
    if not (np.array_equal(docs[order], listed) and np.array_equal(of_doc[order], by_value)):
        yield "keywords.docs", f"the lists of {name} do not say what the reports do"


def _number_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    columns, docs, order = segment.columns, segment.doc_count, _array(segment, "numbers.order")
    ends = _array(segment, "numbers.ends")
    yield from _range_faults("numbers.ends", ends, len(columns.numbers), len(order))
    if len(_array(segment, "numbers.values")) != len(columns.numbers) * docs:
        yield "numbers.values", "one number for each report is needed"
        return
    for name, number in columns.numbers.items():
        values = np.asarray(columns.number_values(name))
        there = np.flatnonzero(~np.isnan(values))
        if not np.array_equal(there[np.argsort(values[there], kind="stable")], order[ends[number] : ends[number + 1]]):
            yield "numbers.order", f"the order of {name} is not that of its numbers"
    starts = _array(segment, "dates.start")
    there = np.flatnonzero(starts)
    if not np.array_equal(there[np.argsort(starts[there], kind="stable")], _array(segment, "dates.order")):
        yield "dates.order", "not in the order of the dates"


def _range_faults(name: str, starts: Array, count: int, end: int) -> Iterator[tuple[str, str]]:
    """``starts`` must be ``count + 1`` rising numbers from 0 to ``end``."""
    if len(starts) != count + 1 or starts[0] != 0 or starts[-1] != end or (np.diff(starts.astype(np.int64)) < 0).any():
        yield name, "the ranges do not cover what they divide"


def _beyond(numbers: Array, count: int) -> bool:
    return bool((numbers >= count).any())


def _doubled_keys(snapshot: Snapshot) -> list[IdlibsearchError]:
    seen: set[str] = set()
    for segment in snapshot.segments:
        for doc in segment.live_docs():
            if segment.keys[doc] in seen:
                return [CorruptIndexError(str(segment.path), f"the key {segment.keys[doc]!r} is live twice", "keys.text")]
            seen.add(segment.keys[doc])
    return []

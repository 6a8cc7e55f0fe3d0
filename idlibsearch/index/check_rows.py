"""Checks what a segment keeps report by report: stored text, lengths, dates, keys, files, starts of sentences. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from idlibsearch.errors import KernelError
from idlibsearch.index.segment import NO_FILE, Segment
from idlibsearch.index.strings import Strings
from idlibsearch.model import Document, Report

try:
    from idlibsearch.index.encoder import length_codes
except ImportError as error:
    raise KernelError("idlibsearch.index.encoder") from error

Array = npt.NDArray[Any]


def row_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """(section, fault) for everything that does not hold."""
    yield from _length_faults(segment)
    yield from _break_faults(segment)
    yield from _key_faults(segment)
    yield from _file_faults(segment)
    yield from _document_faults(segment)


def array_of(segment: Segment, name: str) -> Array:
    """A section as numpy has it."""
    array: Array = np.asarray(segment.file.array(name))
    return array


def range_faults(name: str, starts: Array, count: int, end: int) -> Iterator[tuple[str, str]]:
    """``starts`` must be ``count + 1`` rising numbers from 0 to ``end``."""
    if len(starts) != count + 1 or starts[0] != 0 or starts[-1] != end or (np.diff(starts.astype(np.int64)) < 0).any():
        yield name, "the ranges do not cover what they divide"


def text_faults(name: str, table: Strings, text: memoryview) -> Iterator[tuple[str, str]]:
    """A table of strings must be divided by its ends."""
    ends = np.asarray(table.arrays[1])
    yield from range_faults(f"{name}.ends", np.concatenate((np.zeros(1, np.uint32), ends)), len(ends), len(text))


def _length_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    for column, (total, having) in enumerate(segment.length_sums):
        lengths = np.asarray(segment.lengths[column])
        if (int(lengths.sum()), int(np.count_nonzero(lengths))) != (total, having):
            yield "meta", "the lengths do not add up"
    if bytes(segment.file.array("lengths.codes")) != length_codes(segment.file.array("lengths"), len(segment.length_sums)):
        yield "lengths.codes", "are not those of the lengths"


def _break_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    column = segment.ranking.broken_column
    lengths = np.asarray(segment.lengths[column]) if column >= 0 else np.zeros(segment.doc_count, np.uint32)
    for name in ("sentences", "paragraphs"):
        starts, positions = array_of(segment, f"{name}.starts"), array_of(segment, name).astype(np.int64)
        found = list(range_faults(f"{name}.starts", starts, segment.doc_count, len(positions)))
        yield from found
        if found:
            continue
        sizes: Array = np.diff(starts.astype(np.int64))
        doc = np.repeat(np.arange(segment.doc_count), sizes)
        in_order = (np.diff(positions)[np.diff(doc) == 0] > 0).all()
        if not in_order or (positions < 1).any() or (positions >= lengths[doc]).any():
            yield name, "a start that is out of order, or not inside the body"


def _key_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    keys, order = segment.keys, segment.key_order
    yield from text_faults("keys", keys, segment.file.array("keys.text"))
    if sorted(order) != list(range(segment.doc_count)):
        yield "keys.order", "not every report once"
    elif any((_bytes(keys[a]), a) > (_bytes(keys[b]), b) for a, b in pairwise(order)):
        yield "keys.order", "not in the order of the keys"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _file_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    names, prints = Strings(segment.file, "files"), Strings(segment.file, "files.prints")
    yield from text_faults("files", names, segment.file.array("files.text"))
    yield from text_faults("files.prints", prints, segment.file.array("files.prints.text"))
    paths = [_bytes(names[number]) for number in range(len(names))]
    if len(prints) != len(names) or any(a >= b for a, b in pairwise(paths)):
        yield "files.text", "not in order, or without a fingerprint each"
    of_doc = array_of(segment, "docs.file")
    if set(of_doc[of_doc != NO_FILE].tolist()) != set(range(len(names))):
        yield "docs.file", "names a file that is not there, or leaves one out"


def _document_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """Every stored report must be readable, and say of itself what stands beside it."""
    documents, docs = segment.documents, segment.doc_count
    firsts = np.concatenate((array_of(segment, "stored.firsts"), np.array([docs], np.uint32)))
    yield from range_faults("stored.firsts", firsts, documents.block_count, docs)
    ends = np.concatenate((np.zeros(1, np.uint64), array_of(segment, "stored.ends")))
    yield from range_faults("stored.ends", ends, documents.block_count, len(segment.file.array("stored.blocks")))
    names, prints = Strings(segment.file, "files"), Strings(segment.file, "files.prints")
    of_doc, seen = segment.file.array("docs.file"), dict[int, str]()
    for doc in range(docs):
        report = documents.read(doc)
        if report.key != segment.keys[doc]:
            yield "stored.blocks", f"report {doc} is stored under another key"
        if _days(report) != (segment.date_starts[doc], segment.date_ends[doc]):
            yield "dates.start", f"report {doc} has another date than stands beside it"
        came_from = report.provenance if isinstance(report, Report) else None
        if (came_from.path if came_from else None) != (None if of_doc[doc] == NO_FILE else names[of_doc[doc]]):
            yield "docs.file", f"report {doc} came from another file than stands beside it"
        if came_from:
            seen[of_doc[doc]] = came_from.fingerprint  # of several reports the last counts
    if any(prints[number] != mark for number, mark in seen.items()):
        yield "files.prints.text", "a file has another fingerprint than its reports"


def _days(report: Report | Document) -> tuple[int, int]:
    if isinstance(report, Document):
        return 0, 0
    return (report.date.start.toordinal(), report.date.end.toordinal()) if report.date else (0, 0)

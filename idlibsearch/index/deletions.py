"""Which docs of a segment no longer count, as arrays of truth values and as the bitmap file beside the segment. Needs numpy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.segment import Segment
from idlibsearch.index.stretches import NO_DOC, Merged

Bools = npt.NDArray[np.bool_]


def deleted(segment: Segment) -> Bools:
    """bool[docs], true for docs that were deleted."""
    bits = np.frombuffer(segment.deleted_bitmap, np.uint8)
    if not len(bits):
        return np.zeros(segment.doc_count, np.bool_)
    return np.unpackbits(bits, count=segment.doc_count, bitorder="little").view(np.bool_)


def marked(marks: bytearray, least: int) -> Bools:
    """bool[docs], true where the mark of a doc is ``least`` or more."""
    found: Bools = np.frombuffer(marks, np.uint8) >= least
    return found


def members(gone: Any) -> list[int]:
    """The docs for which it is true."""
    docs: list[int] = np.flatnonzero(gone).tolist()
    return docs


def lost(merged: Merged, now: Mapping[int, Segment]) -> Bools:
    """bool[merged docs], true for those that count no longer in ``now``: what became of the merged segments, by number."""
    gone = np.ones(merged.doc_count, np.bool_)
    for part, segment in now.items():
        docs = merged.docs[part][~deleted(segment)]
        gone[docs[docs != NO_DOC]] = False
    return gone


def write_bitmap(path: Path, gone: Any) -> None:
    """Write bool[docs] as a bitmap file, bit ``doc & 7`` of byte ``doc >> 3``."""
    with SectionWriter(path) as out:
        out.add("deleted", "B", np.packbits(gone, bitorder="little"))

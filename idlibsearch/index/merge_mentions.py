"""Merges what several segments know of mentions: a report's bytes stay as they are (``mentions`` says why). Needs numpy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from idlibsearch.errors import KernelError
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.mentions import table
from idlibsearch.index.stretches import Merged

try:
    from idlibsearch.index import mention_lists
except ImportError as error:
    raise KernelError("idlibsearch.index.mention_lists") from error


def merge_mentions(out: SectionWriter, merged: Merged, ask: Callable[[], None]) -> None:
    """Write the mentions of the merged segment; of segments that an older version wrote they are made. ``ask`` as in ``merge``.

    Raises ValueError where those of a segment are damaged: their ranges say how much is copied.
    """
    tables = [
        table(segment, (doc for doc in range(segment.doc_count) if doc not in dead), ask)
        for segment, dead in zip(merged.segments, merged.dead, strict=True)
    ]
    for segment, (starts, data) in zip(merged.segments, tables, strict=True):
        mention_lists.check(starts, data, segment.file.array("lengths"), len(segment.ranking.fields))
    all_starts = [starts for starts, _ in tables]
    ends = merged.ends(all_starts)
    if len(ends) and ends[-1]:
        out.add("mentions.starts", "Q", np.concatenate((np.zeros(1, np.uint64), ends)))
        out.begin("mentions", "B")
        for part in merged.ranges(all_starts, [data for _, data in tables]):
            out.write(part)

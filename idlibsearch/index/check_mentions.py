"""Checks what a segment knows of mentions: that it can be read, and is what its stored reports say."""

from __future__ import annotations

from collections.abc import Iterator

from idlibsearch.errors import KernelError
from idlibsearch.index.lock import go_on
from idlibsearch.index.mentions import Standing, is_written, stored_reports, table
from idlibsearch.index.segment import Segment

try:
    from idlibsearch.index import mention_lists
except ImportError as error:
    raise KernelError("idlibsearch.index.mention_lists") from error


def mention_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """(section, fault) for what does not hold. Nothing is held against a segment that was written before there were mentions."""
    if not is_written(segment):
        return
    docs = range(segment.doc_count)
    starts, data = table(segment, docs, go_on)
    try:
        mention_lists.check(starts, data, segment.file.array("lengths"), len(segment.ranking.fields))
    except ValueError as error:
        yield "mentions", str(error)
        return
    said_starts, said = Standing(segment.ranking).packed(stored_reports(segment, docs, go_on), segment.doc_count)
    if starts != said_starts or data != said:
        yield "mentions", "a report mentions other entities, or elsewhere, than stands beside it"

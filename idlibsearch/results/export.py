"""Every match as a row with all that is known of it, for programs: what ``idlibsearch export`` writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from idlibsearch.index.snapshot import Snapshot
from idlibsearch.results.hits import Hit
from idlibsearch.results.render import report_json

REPORT_COLUMNS = (
    *("key", "score", "title", "date", "date_found", "source", "byline", "url", "section", "language", "truncated", "derived"),
    *("entities", "event_dates", "keywords", "numbers", "path", "span", "layout", "split_score", "body"),
)


def rows_of(hits: Iterable[Hit], columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """All that is known of each hit, as plain JSON values: the report in full, or the stored fields, with key and score."""
    for hit in hits:
        row = {"key": hit.key, "score": hit.score} | (report_json(hit.report) if hit.is_report else hit.plain_fields)
        yield {name: row.get(name) for name in columns}


def columns_of(snapshot: Snapshot) -> tuple[str, ...]:
    """What there is to give of every hit, in order."""
    if snapshot.schema is None:
        return REPORT_COLUMNS
    return tuple(dict.fromkeys(("key", "score", *(field.name for field in snapshot.schema.fields if field.stored))))

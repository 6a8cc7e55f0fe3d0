"""Where entities are mentioned, as spans of positions: read from the stored reports, of those docs only that may matter.

Ingest knows a mention by its characters; the text is tokenised again to know it by its positions.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import accumulate

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.index.columns import folded_value
from idlibsearch.index.fields import text_of
from idlibsearch.index.segment import Segment
from idlibsearch.model import Report
from idlibsearch.query import docsets
from idlibsearch.query.candidates import mentioning
from idlibsearch.query.limits import Deadline
from idlibsearch.query.spans import Occurrences
from idlibsearch.query.steps import Mentioned


def mentions(mentioned: Mentioned, segment: Segment, among: docsets.Docset | None, deadline: Deadline) -> Occurrences:
    """The mentions in docs of a set (None: all); each stands from its first to its last token. Raises LateError."""
    having = mentioning(mentioned, segment)
    docs, ends, columns, starts, stops = array("I"), array("Q"), array("B"), array("I"), array("I")
    for doc in docsets.members(having if among is None else docsets.both(having, among)):
        deadline.check()
        report = segment.documents.read(doc)
        assert isinstance(report, Report)  # documents of other schemas have no entities
        found = sorted(set(_mentions_in(report, mentioned, segment)))
        if found:
            columns.extend([column for column, _, _ in found])
            starts.extend([start for _, start, _ in found])
            stops.extend([stop for _, _, stop in found])
            docs.append(doc)
            ends.append(len(starts))
    return Occurrences(memoryview(docs), memoryview(ends), memoryview(columns), memoryview(starts), memoryview(stops))


def _mentions_in(report: Report, mentioned: Mentioned, segment: Segment) -> Iterator[tuple[int, int, int]]:
    """The mentions of a report: (column, start, stop)."""
    wanted = [
        entity
        for entity in report.entities
        if entity.type.lower() == mentioned.column and mentioned.name in ("", folded_value(entity.name))
    ]
    for field in sorted({entity.field for entity in wanted}):
        text, column = text_of(report, field), segment.ranking.column(field)
        tokens = tokenize(text)
        positions = [0, *accumulate(analyze(text[start:end]).positions for start, end in tokens)]
        for entity in wanted:
            inside = [n for n, (start, end) in enumerate(tokens) if start < entity.end and entity.start < end]
            if entity.field == field and inside:
                yield column, positions[inside[0]], positions[inside[-1] + 1]

"""Where entities are mentioned, as spans of positions: read from the stored reports, of those docs only that may matter.

Ingest knows a mention by its characters; the text is tokenised again to know it by its positions.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import accumulate

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.index.columns import Bounds, folded_value
from idlibsearch.index.fields import text_of
from idlibsearch.index.segment import Segment
from idlibsearch.model import Report
from idlibsearch.query import docsets
from idlibsearch.query.spans import Occurrences
from idlibsearch.query.steps import Apart, Beside, Early, Either, Leaf, Mentioned, Spanned, Together


def mentioning(mentioned: Mentioned, segment: Segment) -> docsets.Docset:
    """The docs with such a mention."""
    bounds = Bounds(mentioned.name or None, mentioned.name or None)
    return docsets.of(segment.columns.docs_of_keywords(mentioned.column, bounds), segment.doc_count)


def candidates(spanned: Spanned, segment: Segment, docs_of: Callable[[Leaf], docsets.Docset]) -> docsets.Docset:
    """All docs that could satisfy nearness, by what is in them."""
    match spanned:
        case Leaf():
            return docs_of(spanned)
        case Mentioned():
            return mentioning(spanned, segment)
        case Apart():
            return candidates(spanned.parts[0], segment, docs_of)
        case Early():
            return candidates(spanned.part, segment, docs_of)
        case Beside() | Together() | Either():
            join = docsets.either if isinstance(spanned, Either) else docsets.both
            return reduce(join, [candidates(part, segment, docs_of) for part in spanned.parts])


def mentions(mentioned: Mentioned, segment: Segment, among: docsets.Docset) -> Occurrences:
    """The mentions in docs of a set; each stands from its first to its last token."""
    having = mentioning(mentioned, segment)
    docs, ends, columns, starts, stops = array("I"), array("Q"), array("B"), array("I"), array("I")
    for doc in docsets.members(docsets.both(having, among)):
        found = sorted(set(_mentions_in(segment.documents.read(doc), mentioned, segment)))
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

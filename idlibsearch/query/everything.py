"""Every match of a question, some at a time: without a ceiling, and in the order of adding without a list of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from idlibsearch.query.found import Found
from idlibsearch.query.order import Scored, read_sort
from idlibsearch.query.ways import best_hits

ADDED = "added"  # the order of adding
SCORED = 65_536  # docs that are scored at a time: a pass over the lists of the question each, and a megabyte
CHUNK = 1024  # docs whose keys are read together


def everything(found: Found, sort: str = ADDED) -> Iterator[Sequence[Scored]]:
    """All that was found; in the order of adding, or as ``Index.search`` sorts. Raises QueryError for an unknown order."""
    return _as_added(found) if sort == ADDED else _chunks(_sorted(found, sort))


def _as_added(found: Found) -> Iterator[list[Scored]]:
    for number, docs in enumerate(found.docs):
        for start in range(0, len(docs), SCORED):
            part = docs[start : start + SCORED]
            scores = found.scores(number, part)
            for at in range(0, len(part), CHUNK):
                pairs = zip(part[at : at + CHUNK], scores[at : at + CHUNK], strict=True)
                yield [Scored(score, number, doc) for doc, score in pairs]


def _sorted(found: Found, text: str) -> Sequence[Scored]:
    sort = read_sort(text, found.snapshot)
    if sort.field == "score":
        return best_hits(found, found.total)
    from idlibsearch.query.paging import page  # noqa: PLC0415 - only for those who sort by a column

    return page(found, sort, found.snapshot, 0, found.total)


def _chunks(hits: Sequence[Scored]) -> Iterator[Sequence[Scored]]:
    return (hits[start : start + CHUNK] for start in range(0, len(hits), CHUNK))

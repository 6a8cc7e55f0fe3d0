"""How a question is answered, with the facets that were asked for beside it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.search import Request, search
from idlibsearch.results.hits import Results, results_of

if TYPE_CHECKING:
    from idlibsearch.query.found import Found


def answer(snapshot: Snapshot, request: Request, asked: tuple[str, ...], by: str, started: float) -> Results:
    """What was found, with the facets asked for; their module is loaded only then."""
    if not asked:
        found = search(snapshot, request)
        return results_of(snapshot, request.text, found, (time.perf_counter() - started) * 1000)
    from idlibsearch.results.facets import count, read_facets

    facets = read_facets(asked, snapshot)
    found = search(snapshot, request)
    counts = {} if found.known_total is None else count(facets, snapshot, _counted(found, request, by))
    return replace(results_of(snapshot, request.text, found, (time.perf_counter() - started) * 1000), facets=counts)


def _counted(found: Found, request: Request, by: str) -> tuple[memoryview[int], ...]:
    """The docs that facets count: all that match, or one a story."""
    if by == "report" or (request.collapse and found.whole is not found):
        return (found.whole if by == "report" else found).docs
    from idlibsearch.query.collapse import collapsed

    return collapsed(found, request.lead).docs

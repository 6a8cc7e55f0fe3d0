"""Facets of which values can be chosen, several at once: a choice restricts all other facets, and not the one it is made in.

So the counts beside the values that were not chosen say how many reports, or stories, choosing them as well would bring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from idlibsearch.errors import KernelError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.found import Found
from idlibsearch.query.search import Request, search
from idlibsearch.query.tree import Every, Keyword, Node, Not, disjunction
from idlibsearch.results.by_story import Per, check_per, count_stories, told
from idlibsearch.results.facets import UNDATED, Counts, Facet, count, read_facets

try:
    from idlibsearch.query import docsets
except ImportError as error:
    raise KernelError("idlibsearch.query.docsets") from error

Sets = Sequence["memoryview[int]"]  # bitmaps by segment


class Faceted(NamedTuple):
    """``facets``: (value, count) of each, by its name; ``total``: how many match with all that is chosen; ``per``: of what."""

    total: int
    facets: dict[str, Counts]
    diagnostics: tuple[Diagnostic, ...] = ()
    per: Per = "report"

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        rows = {name: [{"value": value, "count": times} for value, times in counts] for name, counts in self.facets.items()}
        return {"total": self.total, **({"per": self.per} if self.per != "report" else {}), "facets": rows}

    def rows(self) -> list[dict[str, Any]]:
        """A row for each value."""
        return [
            {"facet": name, "value": value, "count": times} for name, counts in self.facets.items() for value, times in counts
        ]


def faceted(found: Found, specs: Iterable[str], chosen: Mapping[str, Sequence[str]], per: Per = "report") -> Faceted:
    """Count facets ("place", "place:20", "date:month") over what was found and has a chosen value of each facet chosen in.

    ``chosen``: values by facet ("place", "date:month"); a facet's own choice does not restrict it. ``per``: reports are
    counted, or stories. Raises QueryError, and ValueError for anything else in ``per``.
    """
    check_per(per)
    facets = read_facets(specs, found.snapshot)
    choices = read_facets(chosen, found.snapshot)
    picks = {facet: _picked(found, facet, values) for facet, values in zip(choices, chosen.values(), strict=True) if values}
    counts: dict[str, Counts] = {}
    for facet in facets:
        others = [sets for choice, sets in picks.items() if choice.name != facet.name]
        counts |= _counted(facet, found.snapshot, _all(found.sets, others), per)
    every = _all(found.sets, picks.values())
    total = sum(map(docsets.size, every)) if per == "report" else len(told(found.snapshot, every))
    return Faceted(total, counts, found.diagnostics, per)


def _counted(facet: Facet, snapshot: Snapshot, sets: Sets, per: Per) -> dict[str, Counts]:
    if per == "story":
        return count_stories((facet,), snapshot, sets)
    return count((facet,), snapshot, [docsets.members(docs) for docs in sets])


def _all(sets: Sets, others: Iterable[Sets]) -> Sets:
    return reduce(lambda one, other: [docsets.both(a, b) for a, b in zip(one, other, strict=True)], others, sets)


def _picked(found: Found, facet: Facet, values: Sequence[str]) -> Sets:
    """The docs with any of the values."""
    if not facet.unit:
        tree = disjunction([Keyword(value, facet.field) for value in values])
        return search(found.snapshot, Request(str(tree), 0, tree=tree)).sets
    parts = [_published(found, facet.field, value) for value in values]
    return reduce(lambda one, other: [docsets.either(a, b) for a, b in zip(one, other, strict=True)], parts)


def _published(found: Found, field: str, label: str) -> Sets:
    """The docs of a stretch of time, by its name."""
    undated: Node | None = Not(Every(field)) if label == UNDATED else None
    return search(found.snapshot, Request(f'{field}:"{label}"', 0, tree=undated)).sets

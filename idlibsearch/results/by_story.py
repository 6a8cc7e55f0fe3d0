"""Counts per story in place of per report: what several versions of one story say is counted once.

A story has a value where any of its versions that match has it; so it counts in several stretches of time where its versions were
published in several. It is undated where none of these versions has a date, and vague where one has, but none that lies in a
stretch. A report without versions is a story of its own. (``collapse`` is something else: one version stands for the story, and
only what that one has counts.)
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.columns import EVENT
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.results.facets import ALL, UNDATED, VAGUE, Counts, Docs, Facet, count, ranked

try:
    from idlibsearch.query import docsets
except ImportError as error:
    raise KernelError("idlibsearch.query.docsets") from error

Per = Literal["report", "story"]  # what is counted
Sets = Sequence["memoryview[int]"]  # bitmaps by segment
Place = tuple[int, int]  # segment, doc


class Told(NamedTuple):
    """Docs by story: those whose story has no other one among them (by segment, ascending), and the others, story by story."""

    alone: tuple[memoryview[int], ...]
    groups: tuple[tuple[Place, ...], ...]

    def __len__(self) -> int:
        """How many stories they are."""
        return sum(map(len, self.alone)) + len(self.groups)


def check_per(per: str) -> None:
    """Raises ValueError for anything else than "report" and "story"."""
    if per not in ("report", "story"):
        raise ValueError(f"counts are per report or per story, not per {per}")


def told(snapshot: Snapshot, sets: Sets) -> Told:
    """Docsets by story. O(reports that have versions, and docs)."""
    groups = tuple(_together(snapshot, sets))
    together = _by_segment(snapshot, (place for group in groups for place in group))
    alone = tuple(
        docsets.members(docsets.without(docs, docsets.of(grouped, segment.doc_count)))
        for docs, grouped, segment in zip(sets, together, snapshot.segments, strict=True)
    )
    return Told(alone, groups)


def _together(snapshot: Snapshot, sets: Sets) -> Iterable[tuple[Place, ...]]:
    """Of each story the versions that are in docsets, where there are two or more."""
    stories = snapshot.stories
    if stories is None:
        return
    try:
        for number in range(len(stories)):
            found = tuple(place for place in map(snapshot.located, stories.places_of(number)) if _is_in(sets, place))
            if len(found) > 1:
                yield found
    except IndexError as error:
        raise CorruptIndexError(str(stories.file.path), str(error), "members") from None


def _is_in(sets: Sets, place: Place) -> int:
    segment, doc = place
    return sets[segment][doc >> 6] >> (doc & 63) & 1


def _by_segment(snapshot: Snapshot, places: Iterable[Place]) -> list[array[int]]:
    docs = [array("I") for _ in snapshot.segments]
    for segment, doc in sorted(places):
        docs[segment].append(doc)
    return docs


def count_stories(facets: Iterable[Facet], snapshot: Snapshot, sets: Sets) -> dict[str, Counts]:
    """(value, count of stories) by facet, in the order of ``facets.count``."""
    found = told(snapshot, sets)
    return {facet.name: _counted(facet, snapshot, found) for facet in facets}


def _counted(facet: Facet, snapshot: Snapshot, found: Told) -> Counts:
    def values(docs: Docs) -> Counts:
        return count((facet._replace(limit=ALL),), snapshot, docs)[facet.name]

    table = Counter(dict(values(found.alone)))
    for group in found.groups:
        had = {value for value, _ in values([memoryview(docs) for docs in _by_segment(snapshot, group)])}
        table.update(had - _no_stretches(facet, had))
    return ranked(facet, snapshot, table)


def _no_stretches(facet: Facet, had: set[str]) -> set[str]:
    """What versions of a story are called that have no date, or no exact one, where others have."""
    if not facet.unit:
        return set()
    vague = {VAGUE} if facet.field != EVENT and had - {VAGUE, UNDATED} else set()
    return vague | ({UNDATED} if had - {UNDATED} else set())

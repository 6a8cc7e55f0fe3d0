"""One report a story: of the reports that match, those that stand for their story. Reports without versions stand for themselves.

Which version is shown is the question's to say (its ``lead``): the earliest published, the longest, or one of a preferred source.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from idlibsearch.errors import CorruptIndexError, KernelError, QueryError
from idlibsearch.index.columns import Bounds, folded_value
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.found import Found
from idlibsearch.query.restrict import picked
from idlibsearch.query.steps import Given, Having, Kept

try:
    from idlibsearch.query.leads import keep_leads
except ImportError as error:
    raise KernelError("idlibsearch.query.leads") from error

if TYPE_CHECKING:
    from idlibsearch.index.stories import Stories

LEADS = 'write earliest, longest, or source:NAME for one of that source where there is one, such as "source:reuters"'
UNDATED = 1 << 33  # behind all days
OTHERS = 1 << 34  # behind all of a preferred source
RULES_KEPT = 8


def leads(snapshot: Snapshot, sets: Sequence[memoryview[int]], lead: str) -> tuple[memoryview[int], ...]:
    """Of docsets, one a segment, those docs that are shown, as docsets.

    ``lead``: "earliest" (by date of publication; undated reports behind dated ones), "longest" (in distinct shingles) or
    "source:NAME" (of that source, by its folded name, and the earliest of several); ties go to the report added first. Raises
    QueryError for another one.
    """
    preferred = _preferred(snapshot, lead)
    if snapshot.stories is None:
        return tuple(sets)
    stories = snapshot.stories
    ranks = _kept_ranks(snapshot, stories, lead, preferred)
    kept = [memoryview(bytearray(docs)).cast("Q") for docs in sets]
    try:
        keep_leads(kept, snapshot.bases, stories.anchors, stories.starts, stories.members, *ranks)
    except IndexError as error:
        raise CorruptIndexError(str(stories.file.path), str(error), "members") from None
    return tuple(each.toreadonly() for each in kept)


def with_versions(snapshot: Snapshot, sets: Sequence[memoryview[int]]) -> tuple[memoryview[int], ...]:
    """Of docsets, one a segment, all versions of what is in them, as docsets: whole stories. O(reports that have versions)."""
    if snapshot.stories is None:
        return tuple(sets)
    stories = snapshot.stories
    whole = [memoryview(bytearray(docs)).cast("Q") for docs in sets]
    try:
        for number, anchor in enumerate(stories.anchors):
            members = stories.members[stories.starts[number] : stories.starts[number + 1]]
            docs = [_found(snapshot.bases, place) for place in (anchor, *members)]
            if any(sets[segment][doc >> 6] >> (doc & 63) & 1 for segment, doc in docs):
                for segment, doc in docs:
                    whole[segment][doc >> 6] |= 1 << (doc & 63)
    except IndexError as error:
        raise CorruptIndexError(str(stories.file.path), str(error), "members") from None
    return tuple(each.toreadonly() for each in whole)


def _found(bases: Sequence[int], place: int) -> tuple[int, int]:
    """The segment of a report, and its doc there."""
    number = bisect_right(bases, place) - 1
    return number, place - bases[number]


def _preferred(snapshot: Snapshot, lead: str) -> list[memoryview[int]]:
    """The docs of the preferred source, by segment; none where none is preferred."""
    rule, _, name = (part.strip() for part in lead.partition(":"))
    if rule in ("earliest", "longest") and not name:
        return []
    if rule != "source" or not name:
        raise QueryError(lead, (0, len(lead)), f"{lead} does not say which version to show", LEADS)
    folded = folded_value(name)
    return [picked(Having("source", Bounds(folded, folded), None), segment) for segment in snapshot.segments]


def _kept_ranks(
    snapshot: Snapshot, stories: Stories, lead: str, preferred: list[memoryview[int]]
) -> tuple[array[int], array[int]]:
    """The ranks of anchors and members, int64, the lowest is shown; worked out once for each rule."""
    if lead not in stories.ranks:
        if len(stories.ranks) >= RULES_KEPT:
            stories.ranks.clear()
        if lead.strip() == "longest":
            parts = [array("q", (-size for size in sizes)) for sizes in (stories.anchor_sizes, stories.sizes)]
        else:
            parts = [_ranks(snapshot, places, preferred) for places in (stories.anchors, stories.members)]
        stories.ranks[lead] = parts[0], parts[1]
    return stories.ranks[lead]


def _ranks(snapshot: Snapshot, places: Iterable[int], preferred: list[memoryview[int]]) -> array[int]:
    ranks = array("q")
    days = [segment.date_starts for segment in snapshot.segments]
    for place in places:
        number, doc = _found(snapshot.bases, place)
        rank = days[number][doc] or UNDATED
        if preferred and not preferred[number][doc >> 6] >> (doc & 63) & 1:
            rank += OTHERS
        ranks.append(rank)
    return ranks


def collapsed(found: Found, lead: str) -> Found:
    """What a question found with one report a story; ``whole`` is all of it. Raises QueryError, SearchTimeoutError."""
    sets = leads(found.snapshot, found.sets, lead)
    plan = Kept(found.plan, Given(sets))
    shown = Found(found.snapshot, found.tree, plan, found.diagnostics, found.deadline, partial=found.allows_partial)
    shown.chosen_of = found
    return shown

"""Stories as a person or a program sees them: the versions of a report, and how alike they are."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Any, NamedTuple

from idlibsearch.index.similarity import Level
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.index.stories import Stories
from idlibsearch.model import Report, ReportDate


class Member(NamedTuple):
    """One version. ``level``, ``jaccard`` and ``containment``: how like it is to the report that its story stands around.

    Of that report itself: how like it the most similar version is. Both numbers are of four-word shingles, from 0 to 1.

    >>> key = next(hit.key for hit in index.search("*", limit=100) if hit.story)
    >>> [member.level for member in index.story(key).members]
    ['high', 'high']
    """

    key: str
    title: str
    date: ReportDate | None
    source: str
    level: Level
    jaccard: float
    containment: float

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        rounded = {"jaccard": round(self.jaccard, 4), "containment": round(self.containment, 4)}
        return self._asdict() | {"date": str(self.date) if self.date else None} | rounded


class Story:
    """A group of near-duplicate reports, seen from one of them.

    ``id`` is the key of the report it stands around: it lasts as long as that report does. ``size``: how many reports it has.
    ``level``: "high" or "moderate", as in ``Member``.

    >>> hit = next(hit for hit in index.search("*", limit=100) if hit.story)
    >>> hit.story.size, hit.story.level
    (2, 'high')
    """

    def __init__(self, snapshot: Snapshot, stories: Stories, number: int, place: int) -> None:
        self._snapshot, self._stories, self._number = snapshot, stories, number
        self.id = _key(snapshot, stories.anchors[number])
        self.size = stories.size(number)
        self.level = _level(stories, number, place)

    def __repr__(self) -> str:
        return f"<Story {self.id} of {self.size}>"

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Its reports, in the order of adding."""
        return tuple(self._member(place) for place in self._stories.places_of(self._number))

    def _member(self, place: int) -> Member:
        segment, doc = _located(self._snapshot, place)
        report = self._snapshot.segments[segment].stored(doc)
        assert isinstance(report, Report)
        alike = self._stories.similarity(self._number, place)
        level = _level(self._stories, self._number, place)
        return Member(report.key, report.title, report.date, report.source, level, alike.jaccard, alike.containment)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, without its members."""
        return {"id": self.id, "size": self.size, "level": self.level}


def story_of(snapshot: Snapshot, segment: int, doc: int) -> Story | None:
    """The story of a report, None where it has no versions."""
    if snapshot.stories is None:
        return None
    place = snapshot.bases[segment] + doc
    number = snapshot.stories.find(place)
    return None if number is None else Story(snapshot, snapshot.stories, number, place)


def _level(stories: Stories, number: int, place: int) -> Level:
    return stories.similarity(number, place).level or "moderate"


def _located(snapshot: Snapshot, place: int) -> tuple[int, int]:
    number = bisect_right(snapshot.bases, place) - 1
    return number, place - snapshot.bases[number]


def _key(snapshot: Snapshot, place: int) -> str:
    segment, doc = _located(snapshot, place)
    return snapshot.segments[segment].keys[doc]

"""Which docs of which segments make up a merged one, and in which order: stretches of consecutive docs.

What a segment keeps doc by doc is copied a stretch at a time, from map to file; deleted docs lie in none. Needs numpy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from idlibsearch.index.segment import Segment
from idlibsearch.index.wordlist import U32

NO_DOC = 0xFFFFFFFF


class Stretch(NamedTuple):
    """Docs ``start`` to ``stop`` of segment number ``part``."""

    part: int
    start: int
    stop: int


class Merged:
    """Segments and the stretches of them, in the order of the merged docs; the stretches of one segment ascend."""

    def __init__(self, segments: Sequence[Segment], stretches: Sequence[Stretch]) -> None:
        self.segments = segments
        self.stretches = stretches
        self.doc_count = sum(stretch.stop - stretch.start for stretch in stretches)

    @cached_property
    def docs(self) -> list[U32]:
        """For each segment the merged number of each of its docs, NO_DOC for those left out."""
        found = [np.full(segment.doc_count, NO_DOC, np.uint32) for segment in self.segments]
        at = 0
        for part, start, stop in self.stretches:
            found[part][start:stop] = np.arange(at, at + stop - start, dtype=np.uint32)
            at += stop - start
        return found

    @cached_property
    def dead(self) -> list[frozenset[int]]:
        """For each segment the docs left out."""
        return [frozenset(np.flatnonzero(docs == NO_DOC).tolist()) for docs in self.docs]

    def rows(self, arrays: Sequence[Any], width: int = 1) -> Iterator[Any]:
        """Parts of an array that each segment has ``width`` numbers a doc of, in merged order."""
        return (arrays[part][width * start : width * stop] for part, start, stop in self.stretches)

    def ranges(self, starts: Sequence[Any], arrays: Sequence[Any]) -> Iterator[Any]:
        """The same of an array in which doc d has the items ``starts[d]`` to ``starts[d + 1]``."""
        return (arrays[part][starts[part][start] : starts[part][stop]] for part, start, stop in self.stretches)

    def ends(self, starts: Sequence[Any]) -> Any:
        """Where the items of each merged doc end then, uint64[docs]."""
        sizes = [np.diff(np.asarray(starts[part][start : stop + 1])) for part, start, stop in self.stretches]
        return np.cumsum(np.concatenate(sizes) if sizes else np.zeros(0, np.uint64), dtype=np.uint64)

    def arrays(self, name: str) -> list[memoryview]:
        """A section of every segment."""
        return [segment.file.array(name) for segment in self.segments]


def without(stretches: Iterable[Stretch], dead: Sequence[frozenset[int] | set[int]]) -> list[Stretch]:
    """The same stretches but for dead docs.

    >>> without([Stretch(0, 2, 6)], [{0, 3}])
    [Stretch(part=0, start=2, stop=3), Stretch(part=0, start=4, stop=6)]
    """
    found = []
    ordered = [sorted(docs) for docs in dead]
    for part, start, stop in stretches:
        docs = ordered[part]
        for doc in docs[bisect_left(docs, start) : bisect_left(docs, stop)]:
            found.append(Stretch(part, start, doc))
            start = doc + 1  # noqa: PLW2901 - the rest of it
        found.append(Stretch(part, start, stop))
    return [stretch for stretch in found if stretch.start < stretch.stop]

"""Groups near-duplicates into stories: each report joins the most similar anchor before it, or is one itself. Needs numpy.

Reports are taken in the order of adding. Members are compared with their anchor alone, so that a chain of versions, each a little
like the one before, does not glue what has nothing in common; and copies by the thousand cost one comparison each. What comes
out depends on the reports and their order alone, not on commits: where a report goes or stops being an anchor, exactly those are
looked at again for whom that may change something, in order.

Which reports to compare is told by the samples that they share (``shingles``); what counts is their exact number of common
shingles, worked out from the texts. Two limits keep the work linear: of a sample the first CROWD reports are looked at, and a
report is compared with at most COMPARED others, those that share most samples. A sample of more reports is boilerplate.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.segment import Segment
from idlibsearch.index.shingling import Shingles, body_of
from idlibsearch.index.similarity import MODERATE_CONTAINMENT, MODERATE_JACCARD, Similarity
from idlibsearch.index.sketches import Sketch, ranges
from idlibsearch.index.wordlist import U32, U64

try:
    from idlibsearch.index.shingles import RATE, SAMPLES, Meeting, sampled, shared
except ImportError as error:
    raise KernelError("idlibsearch.index.shingles") from error

GONE = 0xFFFFFFFF  # the anchor of a report that was deleted
CROWD = 256
COMPARED = 32
CERTAIN = 4  # a pair with a quarter of the samples in common that the least similar versions have on average is compared
CACHE_BYTES = 32 << 20  # of shingles of texts that may be compared again


class Links(NamedTuple):
    """Who belongs to whom, by place: uint32 both. ``anchors``: itself for anchors, and for reports without versions."""

    anchors: U32
    shared: U32  # shingles shared with the anchor; 0 for an anchor


class Texts:
    """The segments of a generation with their sketches, by place, and the shingles of their reports."""

    def __init__(self, segments: Sequence[Segment], sketches: Sequence[Sketch], shingles: Shingles) -> None:
        self.segments, self.sketches = segments, sketches
        self.bases = [0, *accumulate(segment.doc_count for segment in segments)]
        self.parts = [(s.hashes, s.docs, base) for s, base in zip(sketches, self.bases, strict=False)]
        self.sizes: U32 = np.concatenate([np.zeros(0, np.uint32), *(np.asarray(sketch.sizes) for sketch in sketches)])
        self._shingles = shingles
        self._kept: dict[int, memoryview[int]] = {}
        self._kept_bytes = 0

    def located(self, place: int) -> tuple[Segment, int]:
        """The segment and the doc of a place."""
        number = bisect_right(self.bases, place) - 1
        return self.segments[number], place - self.bases[number]

    def shingles(self, place: int) -> memoryview[int]:
        """The shingles of a report, uint64 ascending."""
        if place not in self._kept:
            segment, doc = self.located(place)
            found = self._shingles.of_bodies([body_of(segment.documents.record(doc))])[0]
            if self._kept_bytes + found.nbytes > CACHE_BYTES:
                self._kept, self._kept_bytes = {}, 0
            self._kept[place] = found
            self._kept_bytes += found.nbytes
        return self._kept[place]

    def samples(self, place: int) -> U32:
        """Its samples."""
        found = self.shingles(place)
        return (np.asarray(sampled(found, [len(found)], 0)) >> np.uint64(32)).astype(np.uint32)


def regrouped(texts: Texts, links: Links, orphans: Sequence[int], new: Sequence[int]) -> None:
    """Bring links up to date, in place.

    ``links`` hold for all but ``orphans``, whose anchor went, and for the reports of the segments number ``new``, which are their
    own anchors yet; deleted reports have the anchor GONE. Raises CorruptIndexError where a sketch is damaged.
    """
    work = _Regrouping(texts, links, orphans, new)
    try:
        work.run()
    except IndexError as error:
        raise CorruptIndexError(str(texts.sketches[0].file.path), f"a sketch is damaged ({error})") from None


class _Regrouping:
    def __init__(self, texts: Texts, links: Links, orphans: Sequence[int], new: Sequence[int]) -> None:
        self._texts, self._anchors, self._shared = texts, *links
        self._meeting = Meeting(len(links.anchors))
        self._orphans = set(orphans)
        self._met = _Met(texts, links, new)
        self._settled = [range(texts.bases[n], texts.bases[n + 1]) for n in range(len(texts.segments)) if n not in set(new)]
        self._waiting = sorted({*orphans, *self._met.places})

    def run(self) -> None:
        done = -1
        while self._waiting:
            place = heapq.heappop(self._waiting)
            if place != done:
                self._settle(place)
            done = place

    def _settle(self, place: int) -> None:
        """Find the anchor of a report; those behind it for whom that changes something wait for their turn."""
        was_anchor = self._anchors[place] == place and place not in self._orphans
        self._orphans.discard(place)
        anchor, common = self._best(place)
        self._anchors[place], self._shared[place] = anchor, common
        if was_anchor and anchor != place:
            self._wait(np.flatnonzero(self._anchors == place))
        elif anchor == place and not was_anchor and any(place < known.stop for known in self._settled):
            self._wait(self._meeting.of(self._texts.samples(place), self._texts.parts, self._anchors, place, CROWD, True)[0])

    def _wait(self, places: Any) -> None:
        for place in places:
            heapq.heappush(self._waiting, int(place))

    def _best(self, place: int) -> tuple[int, int]:
        """The anchor to join and the shingles shared with it; the report itself and 0 where there is none."""
        samples = self._met.samples(place)
        if samples is None:
            samples = self._texts.samples(place)
        places, counts = self._meeting.of(samples, self._texts.parts, self._anchors, place, CROWD, False)
        best, found = (False, 0.0, 0), (place, 0)
        size = int(self._texts.sizes[place])
        for other in self._promising(size, places, counts):
            common = shared(self._texts.shingles(place), self._texts.shingles(other))
            alike = Similarity(common, size, int(self._texts.sizes[other]))
            rank = alike.level == "high", alike.jaccard, -other
            if alike.level is not None and rank > best:
                best, found = rank, (other, common)
        return found

    def _promising(self, size: int, places: memoryview[int], counts: memoryview[int]) -> list[int]:
        """Those of the reports met that share so many samples that they may be near-duplicates; the likeliest first."""
        if not len(places):
            return []
        others, met = np.asarray(places), np.asarray(counts)
        sizes = self._texts.sizes[others].astype(np.float64)
        least = np.minimum(
            MODERATE_JACCARD / (1 + MODERATE_JACCARD) * (sizes + size), MODERATE_CONTAINMENT * np.minimum(sizes, size)
        )
        rates = np.clip(SAMPLES / np.maximum(sizes, size), 1 / RATE, 1)  # what ``threshold`` comes to for the longer of two
        kept = np.flatnonzero(met * CERTAIN >= least * rates)
        order = np.lexsort((others[kept], -(met[kept] / least[kept])))[:COMPARED]
        return [int(place) for place in others[kept][order]]


class _Met:
    """Of each report of new segments the samples that another report has too, deleted ones included."""

    def __init__(self, texts: Texts, links: Links, new: Sequence[int]) -> None:
        parts = [np.zeros(0, np.uint64), *(part for number in new for part in _common(texts, number))]
        found = np.sort(np.concatenate(parts))
        places = (found >> np.uint64(32)).astype(np.int64)
        alive = links.anchors[places] != GONE
        self._samples: U32 = found[alive].astype(np.uint32)
        unique, starts = np.unique(places[alive], return_index=True)
        self.places: list[int] = unique.tolist()
        self._starts = [*starts.tolist(), len(self._samples)]

    def samples(self, place: int) -> U32 | None:
        at = bisect_right(self.places, place) - 1
        if at < 0 or self.places[at] != place:
            return None
        return self._samples[self._starts[at] : self._starts[at + 1]]


def _common(texts: Texts, number: int) -> Iterator[U64]:
    """The samples of a segment that occur more than once in the index, each behind its place."""
    own = texts.sketches[number]
    for low, high in ranges(len(own.hashes)):
        samples = own.between(low, high)
        hashes = (samples >> np.uint64(32)).astype(np.uint32)
        common = np.zeros(len(hashes), np.bool_)
        common[1:] = hashes[1:] == hashes[:-1]
        common[:-1] |= common[1:]
        for other, sketch in enumerate(texts.sketches):
            if other != number and len(sketch.hashes):
                there = np.asarray(sketch.hashes)
                at = np.minimum(np.searchsorted(there, hashes), len(there) - 1)
                common |= there[at] == hashes
        places = (samples[common] & np.uint64(0xFFFFFFFF)) + np.uint64(texts.bases[number])
        yield places << np.uint64(32) | hashes[common]


def fresh(texts: Texts, gone: Any) -> Links:
    """Links of reports that were not looked at yet. ``gone``: bool[places], true for deleted ones."""
    anchors = np.arange(texts.bases[-1], dtype=np.uint32)
    anchors[gone] = GONE
    return Links(anchors, np.zeros(len(anchors), np.uint32))

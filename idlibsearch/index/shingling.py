"""The shingles of stored reports: their bodies scanned again, their words analysed once each, their terms taken four by four.

Of a document of another schema nothing is read: it has no body. Nothing here is compared or kept; see ``sketches``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from idlibsearch.analysis.tokens import encoded
from idlibsearch.errors import KernelError
from idlibsearch.index.analysed import Analysed
from idlibsearch.index.segment import Segment

try:
    from idlibsearch.index.shingles import Shingler
except ImportError as error:
    raise KernelError("idlibsearch.index.shingles") from error

VOCABULARY_BYTES = 64 << 20  # of words remembered, some 400,000; beyond that they are forgotten and met again
BATCH = 256  # texts at a time: some 500 kB of shingles


class Shingles:
    """Makes shingles of texts, and remembers what their words stand for. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self._words = Analysed()
        self._shingler = Shingler()

    def of_bodies(self, bodies: Sequence[bytes]) -> tuple[memoryview[int], list[int]]:
        """The shingles of texts in UTF-8, ascending, one text behind the other (uint64), and where each text's end."""
        if self._words.size_bytes + self._shingler.size_bytes > VOCABULARY_BYTES:
            self._words, self._shingler = Analysed(), Shingler()
        vocabulary = self._words.vocabulary
        counts = [vocabulary.scan(body) for body in bodies]
        try:
            self._shingler.learn(*self._words.primaries(len(self._shingler)))
            return self._shingler.sets(vocabulary.ids(), counts)
        finally:
            vocabulary.clear_ids()

    def of_text(self, text: str) -> memoryview[int]:
        """The shingles of one text, uint64 ascending."""
        return self.of_bodies([encoded(text)])[0]

    def of_segment(self, segment: Segment) -> Iterator[tuple[range, memoryview[int], list[int]]]:
        """Those of all reports of a segment, some at a time: the docs, their shingles, and where each one's end."""
        bodies = (body_of(segment.documents.record(doc)) for doc in range(segment.doc_count))
        at = 0
        while batch := list(islice(bodies, BATCH)):
            yield range(at, at + len(batch)), *self.of_bodies(batch)
            at += len(batch)


def body_of(record: bytes) -> bytes:
    """The body of a stored report, as it stands in its record."""
    return record.partition(b"\n")[2]

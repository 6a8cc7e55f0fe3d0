"""Sketches: what is remembered of the shingles of a segment's reports, so that near-duplicates find each other. Needs numpy.

A file beside its segment (``fileformat``), which hangs on nothing but the segment and like it never changes:

    meta     JSON: {"version": 1, "docs": n}
    sizes    uint32[docs], how many distinct shingles each report's body has
    hashes   uint32, all samples (``shingles.threshold``), ascending: the lower halves of their numbers
    docs     uint32, of each sample the doc that has it; of equal samples ascending

A report has about 16 samples, or an eighth of its shingles where that is more: eight bytes each. Sketches are written in runs of
RUN samples (32 MB) that are merged a range of hashes at a time, and merged like this where segments are.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index import storage
from idlibsearch.index.fileformat import SectionFile, SectionWriter
from idlibsearch.index.segment import Segment
from idlibsearch.index.shingling import Shingles
from idlibsearch.index.stretches import NO_DOC
from idlibsearch.index.wordlist import U32, U64

try:
    from idlibsearch.index.shingles import sampled
except ImportError as error:
    raise KernelError("idlibsearch.index.shingles") from error

VERSION = 1  # of what a shingle and a sample is
RUN = 1 << 22  # samples sorted in memory
RANGE = 1 << 17  # samples that are merged at a time, about
_COPY_BYTES = 1 << 20


class Sketch:
    """A sketch file, mapped into memory. Raises CorruptIndexError, FormatVersionError or FileNotFoundError."""

    def __init__(self, path: Path, docs: int) -> None:
        self.file = SectionFile(path)
        try:
            meta = json.loads(bytes(self.file.array("meta")))
        except ValueError as error:
            raise CorruptIndexError(str(path), f"cannot be read ({error})", "meta") from None
        if meta != {"version": VERSION, "docs": docs}:
            raise CorruptIndexError(str(path), f"it is not the sketch of {docs} reports", "meta")
        self.sizes, self.hashes, self.docs = (_uint32s(self.file, name) for name in ("sizes", "hashes", "docs"))
        if len(self.sizes) != docs or len(self.hashes) != len(self.docs):
            raise CorruptIndexError(str(path), "its parts do not fit together", "sizes")

    def between(self, low: int, high: int) -> U64:
        """The samples from ``low`` to below ``high``, each in front of its doc, ascending."""
        hashes = np.asarray(self.hashes)
        start, stop = np.searchsorted(hashes, np.uint32(low), "left"), np.searchsorted(hashes, np.uint32(high - 1), "right")
        found: U64 = hashes[start:stop].astype(np.uint64) << np.uint64(32) | np.asarray(self.docs)[start:stop]
        return found

    def close(self) -> None:
        """Let go of the file."""
        self.sizes = self.hashes = self.docs = memoryview(b"")
        self.file.close()


def _uint32s(file: SectionFile, name: str) -> memoryview:
    found = file.array(name)
    if found.format != "I":
        raise CorruptIndexError(str(file.path), "not of its type", name)
    return found


class _Source(Protocol):
    """Something that has samples in front of their docs, by ranges of hashes."""

    def between(self, low: int, high: int) -> U64: ...


def write_sketch(path: Path, segment: Segment, shingles: Shingles) -> None:
    """Sketch the reports of a segment, deleted ones too: a segment's sketch never changes."""
    runs, pending = list[_Source](), list[U64]()
    sizes = array("I")
    try:
        for docs, found, ends in shingles.of_segment(segment):
            sizes.extend(end - start for start, end in zip([0, *ends], ends, strict=False))
            pending.append(np.asarray(sampled(found, ends, docs.start)))
            if sum(map(len, pending)) >= RUN:
                runs.append(_Run(path.parent, pending))
                pending = []
        runs.append(_Sorted(pending))
        _write(path, sizes, runs)
    finally:
        for run in runs:
            if isinstance(run, _Run):
                run.close()


def merge_sketches(path: Path, sketches: Sequence[Sketch], docs: Sequence[U32], doc_count: int) -> None:
    """Write the sketch of a merged segment, the same as if it were made of its reports.

    docs    of each sketch the merged number of each of its docs, NO_DOC for those left out
    """
    sizes = np.zeros(doc_count, np.uint32)
    for sketch, numbers in zip(sketches, docs, strict=True):
        kept = numbers != NO_DOC
        sizes[numbers[kept]] = np.asarray(sketch.sizes)[kept]
    _write(path, sizes, [_Renumbered(sketch, numbers) for sketch, numbers in zip(sketches, docs, strict=True)])


class _Sorted:
    """Samples in memory."""

    def __init__(self, parts: list[U64]) -> None:
        self.samples: U64 = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)

    def __len__(self) -> int:
        return len(self.samples)

    def between(self, low: int, high: int) -> U64:
        return self.samples[slice(*_places(self.samples, low, high))]


class _Run:
    """Samples in a nameless file."""

    def __init__(self, folder: Path, parts: list[U64]) -> None:
        samples = _Sorted(parts).samples
        self._ends = np.searchsorted(samples, np.arange(1, 257, dtype=np.uint64) << np.uint64(56), "left")
        self._ends[-1] = self._count = len(samples)
        self._file: BinaryIO = storage.scratch(folder)
        self._file.write(samples.tobytes())

    def __len__(self) -> int:
        return self._count

    def between(self, low: int, high: int) -> U64:
        """By whole 256ths of all hashes, as ``_ranges`` has them."""
        start = int(self._ends[(low >> 24) - 1]) if low >> 24 else 0
        stop = int(self._ends[((high - 1) >> 24)])
        self._file.seek(8 * start)
        return np.frombuffer(self._file.read(8 * (stop - start)), np.uint64)

    def close(self) -> None:
        self._file.close()


class _Renumbered:
    """A sketch whose docs have other numbers."""

    def __init__(self, sketch: Sketch, numbers: U32) -> None:
        self._sketch, self._numbers = sketch, numbers

    def __len__(self) -> int:
        return len(self._sketch.hashes)

    def between(self, low: int, high: int) -> U64:
        samples = self._sketch.between(low, high)
        numbers = self._numbers[samples & np.uint64(0xFFFFFFFF)]
        kept = numbers != NO_DOC
        found: U64 = samples[kept] & ~np.uint64(0xFFFFFFFF) | numbers[kept]
        return found


def _places(samples: U64, low: int, high: int) -> tuple[int, int]:
    start = np.searchsorted(samples, np.uint64(low) << np.uint64(32), "left")
    stop = np.searchsorted(samples, (np.uint64(high - 1) << np.uint64(32)) | np.uint64(0xFFFFFFFF), "right")
    return int(start), int(stop)


def ranges(count: int) -> Iterator[tuple[int, int]]:
    """All hashes in ranges, 256 at most, that have about RANGE of ``count`` samples each."""
    parts = 1
    while parts < 256 and count // parts > RANGE:
        parts *= 2
    step = (1 << 32) // parts
    return ((low, low + step) for low in range(0, 1 << 32, step))


def _write(path: Path, sizes: Any, sources: Sequence[Any]) -> None:
    with SectionWriter(path) as out, storage.scratch(path.parent) as beside:
        meta = {"version": VERSION, "docs": len(sizes)}
        out.add("meta", "B", json.dumps(meta).encode())
        out.add("sizes", "I", sizes)
        out.begin("hashes", "I")
        for low, high in ranges(sum(map(len, sources))):
            samples = np.sort(np.concatenate([source.between(low, high) for source in sources]))
            out.write((samples >> np.uint64(32)).astype(np.uint32))
            beside.write((samples & np.uint64(0xFFFFFFFF)).astype(np.uint32).tobytes())
        beside.seek(0)
        out.begin("docs", "I")
        while chunk := beside.read(_COPY_BYTES):
            out.write(chunk)

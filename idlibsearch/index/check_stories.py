"""Checks the stories of a generation against its reports: sketches made again, links compared text by text. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.deletions import deleted
from idlibsearch.index.directory import Manifest
from idlibsearch.index.grouping import GONE, Links, Texts, fresh
from idlibsearch.index.segment import Segment
from idlibsearch.index.shingling import Shingles
from idlibsearch.index.similarity import Similarity
from idlibsearch.index.sketches import Sketch
from idlibsearch.index.stories import Stories
from idlibsearch.index.story_keeping import rows_of
from idlibsearch.index.wordlist import U64

try:
    from idlibsearch.index.shingles import sampled, shared
except ImportError as error:
    raise KernelError("idlibsearch.index.shingles") from error

_ODD = np.uint64(0x9E3779B97F4A7C15)  # any odd number: multiplying by it loses nothing


def story_faults(folder: Path, manifest: Manifest, segments: Sequence[Segment]) -> list[CorruptIndexError]:
    """All that is wrong with the stories of a generation whose segments are sound."""
    if manifest.stories is None:
        return []
    shingles = Shingles()
    found: list[CorruptIndexError] = []
    with ExitStack() as stack:
        sketches = []
        for name, segment in zip(manifest.stories.sketches, segments, strict=True):
            try:
                sketch = stack.enter_context(closing(Sketch(folder / name, segment.doc_count)))
                found += sketch.file.verify() or _sketch_faults(sketch, segment, shingles)
                sketches.append(sketch)
            except FileNotFoundError:
                found.append(CorruptIndexError(str(folder / name), "it is missing"))
            except CorruptIndexError as error:
                found.append(error)
        if found or not manifest.stories.file:
            return found
        return _told(folder / manifest.stories.file, Texts(segments, sketches, shingles))


def _sketch_faults(sketch: Sketch, segment: Segment, shingles: Shingles) -> list[CorruptIndexError]:
    path = str(sketch.file.path)
    hashes, docs = np.asarray(sketch.hashes), np.asarray(sketch.docs)
    samples: U64 = hashes.astype(np.uint64) << np.uint64(32) | docs
    if np.any(samples[1:] <= samples[:-1]):
        return [CorruptIndexError(path, "its samples are not in order", "hashes")]
    count, digest = 0, 0
    for batch, found, ends in shingles.of_segment(segment):
        if np.any(np.diff([0, *ends]) != np.asarray(sketch.sizes)[batch.start : batch.stop]):
            return [CorruptIndexError(path, "its reports have other numbers of shingles", "sizes")]
        part = np.asarray(sampled(found, ends, batch.start))
        count, digest = count + len(part), (digest + _digest(part)) % 2**64
    if count != len(samples) or digest != _digest(samples):
        return [CorruptIndexError(path, "its reports have other samples", "hashes")]
    return []


def _digest(samples: U64) -> int:
    """Tells sets of samples apart, in whatever order they come."""
    mixed = samples * _ODD
    mixed ^= mixed >> np.uint64(29)
    return int(np.sum(mixed * _ODD, dtype=np.uint64))


def _told(path: Path, texts: Texts) -> list[CorruptIndexError]:
    try:
        with closing(Stories(path, texts.bases[-1])) as stories:
            return stories.verify() or [
                CorruptIndexError(str(path), reason, section) for section, reason in _faults(stories, texts)
            ]
    except FileNotFoundError:
        return [CorruptIndexError(str(path), "it is missing")]
    except CorruptIndexError as error:
        return [error]
    except (IndexError, ValueError, OverflowError) as error:
        return [CorruptIndexError(str(path), f"its parts do not fit together ({error})")]


def _faults(stories: Stories, texts: Texts) -> Iterator[tuple[str, str]]:
    gone = np.concatenate([np.zeros(0, np.bool_), *map(deleted, texts.segments)])
    links = fresh(texts, gone)
    members = np.asarray(stories.members)
    anchors = np.repeat(np.asarray(stories.anchors), np.diff(np.asarray(stories.starts, np.int64)).astype(np.int64))
    if np.any(links.anchors[members] == GONE) or np.any(links.anchors[anchors] == GONE):
        yield "members", "names reports that are deleted"
        return
    links.anchors[members], links.shared[members] = anchors, np.asarray(stories.shared)
    if np.any(links.anchors[anchors] != anchors):
        yield "anchors", "an anchor stands in a story of another one"
    yield from _link_faults(links, members, texts)
    for name, (_, data) in rows_of(texts, links).items():
        if memoryview(data).tobytes() != bytes(stories.file.array(name)):
            yield name, "not what the links and the reports come to"


def _link_faults(links: Links, members: Any, texts: Texts) -> Iterator[tuple[str, str]]:
    for member in map(int, members):
        anchor = int(links.anchors[member])
        common = shared(texts.shingles(member), texts.shingles(anchor))
        if common != links.shared[member]:
            yield "members.shared", f"reports {member} and {anchor} share {common} shingles"
        elif Similarity(common, int(texts.sizes[member]), int(texts.sizes[anchor])).level is None:
            yield "members", f"reports {member} and {anchor} are no near-duplicates"

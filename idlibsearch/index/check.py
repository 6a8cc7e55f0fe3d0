"""Checks a whole index: every checksum, and that every number means something. Slow, thorough, reads only. Needs numpy.

The manifest and what it says of its segments is looked at here; what is inside a segment by ``check_words`` (the lexicon),
``check_lists`` (postings), ``check_rows`` (stored reports and what stands beside them), ``check_columns`` and
``check_mentions``. A segment with a wrong checksum is not looked into further. Stories (``check_stories``) are looked at where
all else is sound.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from idlibsearch.errors import CorruptIndexError, DiskError, IdlibsearchError
from idlibsearch.index.check_columns import column_faults
from idlibsearch.index.check_lists import list_faults
from idlibsearch.index.check_mentions import mention_faults
from idlibsearch.index.check_rows import row_faults
from idlibsearch.index.check_stories import story_faults
from idlibsearch.index.check_words import word_faults
from idlibsearch.index.directory import Manifest, SegmentRecord, read_manifest
from idlibsearch.index.fields import Ranking
from idlibsearch.index.segment import Segment

Fault = tuple[str, str]  # section, reason
Progress = Callable[[str, int, int], None]  # of what, how many are done, of how many
_ATTEMPTS = 5  # to find all files of a generation while others commit


def check(folder: Path, progress: Progress | None = None) -> list[IdlibsearchError]:
    """Everything that is wrong with the newest generation in ``folder``; an empty list means sound.

    ``progress`` is called with the name of each segment as it is begun, its number, and how many there are. Raises NoIndexError
    where there is no index at all, FormatVersionError where another version wrote it, DiskError where it may not be read.
    """
    try:
        manifest, opened = _opened(folder)
    except CorruptIndexError as error:
        return [error]
    found: list[IdlibsearchError] = []
    for number, (record, segment) in enumerate(opened):
        if progress is not None:
            progress(record.file, number, len(opened))
        found += faults_of(record, segment) if isinstance(segment, Segment) else [segment]
    if not found:
        segments = [segment for _, segment in opened if isinstance(segment, Segment)]
        found += [*doubled_keys(segments), *_words_of_two_minds(segments)]
    if not found:
        found += story_faults(folder, manifest, segments)
    for _, segment in opened:
        if isinstance(segment, Segment):
            segment.close()
    return found


Opened = list[tuple[SegmentRecord, Segment | CorruptIndexError]]


def _opened(folder: Path) -> tuple[Manifest, Opened]:
    """The newest generation; where a file of it is missing because it is no longer the newest, the one after."""
    for _ in range(_ATTEMPTS):
        manifest = read_manifest(folder)
        opened = open_apart(folder, manifest)
        if all(isinstance(segment, Segment) for _, segment in opened) or read_manifest(folder) == manifest:
            break
    return manifest, opened


def open_apart(folder: Path, manifest: Manifest) -> Opened:
    """Each segment of a generation, or why it cannot be opened."""
    return [(record, open_one(folder, record, manifest.ranking)) for record in manifest.segments]


def open_one(folder: Path, record: SegmentRecord, ranking: Ranking) -> Segment | CorruptIndexError:
    """A segment as a manifest names it, or why it cannot be opened."""
    try:
        return Segment(folder / record.file, folder / record.deleted_file if record.deleted_file else None, ranking)
    except FileNotFoundError as error:
        return CorruptIndexError(str(error.filename or folder / record.file), "it is missing")
    except CorruptIndexError as error:
        return error


def faults_of(record: SegmentRecord, segment: Segment) -> list[CorruptIndexError]:
    """All that is wrong with a segment and its bitmap; what it means only where no checksum is wrong."""
    path = str(segment.path)
    return segment.verify() or [CorruptIndexError(path, reason, section) for section, reason in _faults(record, segment)]


def _faults(record: SegmentRecord, segment: Segment) -> Iterator[Fault]:
    """What is wrong inside a segment; a part that cannot be read at all is told of, and the next one looked at."""
    yield from _told(_record_faults(record, segment))
    for part in (row_faults, word_faults, list_faults, column_faults, mention_faults):
        yield from _told(part(segment))


def _told(faults: Iterator[Fault]) -> Iterator[Fault]:
    try:
        yield from faults
    except DiskError:
        raise
    except CorruptIndexError as error:
        yield error.section, error.reason
    except (IndexError, KeyError, ValueError, TypeError, OverflowError) as error:
        yield "", f"its parts do not fit together ({error})"


def _record_faults(record: SegmentRecord, segment: Segment) -> Iterator[Fault]:
    if (record.docs, record.deleted) != (segment.doc_count, segment.deleted_count):
        yield "", "the manifest counts other reports than the segment"
    bitmap = segment.deleted_bitmap
    if len(bitmap) and (len(bitmap) != (segment.doc_count + 7) // 8 or bitmap[-1] >> ((segment.doc_count - 1) & 7) + 1):
        yield "deleted", "marks reports that are not there"


def doubled_keys(segments: Sequence[Segment]) -> list[CorruptIndexError]:
    """A key that stands for two live reports, if there is one."""
    seen: set[str] = set()
    for segment in segments:
        for doc in segment.live_docs():
            if segment.keys[doc] in seen:
                return [CorruptIndexError(str(segment.path), f"the key {segment.keys[doc]!r} is live twice", "keys.text")]
            seen.add(segment.keys[doc])
    return []


def _words_of_two_minds(segments: Sequence[Segment]) -> list[CorruptIndexError]:
    """A folded word that stands for one thing in one segment and for another in another, if there is one."""
    last: Any = None
    for word in heapq.merge(*map(_meanings, segments), key=lambda word: word[0].encode("utf-8", "surrogatepass")):
        if last is not None and last[0] == word[0] and last[1] != word[1]:
            return [CorruptIndexError(word[2], f"the word {word[0]!r} stands for other terms than elsewhere", "entries.data")]
        last = word
    return []


def _meanings(segment: Segment) -> Iterator[tuple[str, object, str]]:
    terms = list(segment.lexicon.terms)
    for word, positions, entries, _ in segment.lexicon:
        yield word, (positions, [(terms[term], offset, width) for term, offset, width in entries]), str(segment.path)

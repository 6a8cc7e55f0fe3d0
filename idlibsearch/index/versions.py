"""Which of several reports with one key counts: what was gathered for a commit is looked through once it stands in runs.

The answer is that of a commit after each report: a report that is as the one before it is left alone, any other takes its
place, and a removal ends what came before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from idlibsearch.index.merge import doubled
from idlibsearch.index.stretches import Merged

Version = tuple[int, int]  # run, doc
_FILE_HASH = re.compile(rb'"file_hash":"[^"]*"')  # in a line of JSON; in a text there the quotes have backslashes before them


class Counts:
    """What became of reports. ``repeated``: the keys that came again, in one piece of work, after a report of the same key."""

    def __init__(self) -> None:
        self.added = self.changed = self.unchanged = self.removed = 0
        self.repeated: list[str] = []


def is_same(stored: bytes, record: bytes) -> bool:
    """Do two records hold the same report? The hash of its file may differ: something else changed there."""
    return stored == record or _but_for_its_file(stored) == _but_for_its_file(record)


def _but_for_its_file(record: bytes) -> tuple[bytes, bytes]:
    """A record's line of JSON without the hash, and its body."""
    line, _, body = record.partition(b"\n")
    return _FILE_HASH.sub(b"", line, 1), body


def settled(
    merged: Merged, removals: Mapping[str, Sequence[int]], is_known: Callable[[str], bool], counts: Counts
) -> list[set[int]]:
    """For each run the docs that do not count: their report came again, or was removed after it was added.

    ``removals``: for some keys how many reports had been added when they were removed, ascending. ``is_known`` says whether a
    key was there before all this. ``counts`` has every doc as added, or as changed where its key is known; that is put right.
    """
    dead: list[set[int]] = [set() for _ in merged.segments]
    for versions in _disputed(merged, removals):
        part, doc = versions[0]
        key = merged.segments[part].keys[doc]
        for part, doc in _outdone(key, versions, merged, removals.get(key, ()), is_known(key), counts):
            dead[part].add(doc)
    return dead


def _disputed(merged: Merged, removals: Mapping[str, Sequence[int]]) -> Iterator[list[Version]]:
    """The reports of one key, in the order of adding, for each key that came several times or was removed."""
    yield from doubled(merged)
    for key in removals:
        found = [(part, doc) for part, segment in enumerate(merged.segments) for doc in segment.docs_of_key(key)]
        if len(found) == 1:
            yield found


def _outdone(
    key: str, versions: Sequence[Version], merged: Merged, removals: Sequence[int], known: bool, counts: Counts
) -> Iterator[Version]:
    """Those of the reports of a key that do not count in the end."""
    live, seen = versions[0], _removals_before(versions[0], merged, removals)
    for version in versions[1:]:
        met = _removals_before(version, merged, removals)
        if met > seen:
            yield live
            counts.added -= not known
            live, seen = version, met
            continue
        if not known:
            counts.repeated.append(key)
            counts.added -= 1
            counts.changed += 1
        if is_same(_record(live, merged), _record(version, merged)):
            counts.changed -= 1
            counts.unchanged += 1
            yield version
        else:
            yield live
            live = version
    if seen < len(removals):
        yield live
        counts.added -= not known


def _removals_before(version: Version, merged: Merged, removals: Sequence[int]) -> int:
    part, doc = version
    return bisect_right(removals, int(merged.docs[part][doc]))


def _record(version: Version, merged: Merged) -> bytes:
    part, doc = version
    return merged.segments[part].documents.record(doc)

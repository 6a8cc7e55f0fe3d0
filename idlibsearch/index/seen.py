"""Which source files need not be opened again: what the system said of each when the index was last brought up to date with it.

A cache beside the index, no part of any generation: when it is lost, damaged or of another time, files are read that need not be,
and nothing else happens. It says of a path in which state (size, times of change, inode) it was read, in which manner, and what
the index knew of it then (the fingerprint of ``Provenance``); where any of that is different now, the file is read. A file that
had just been changed when it was read may be changed again without a trace in its time, so it is not remembered.

    files.seen   sections "paths" and "states", uint64 each: hashes of paths, ascending, and of all that was said of them
"""

from __future__ import annotations

import os
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from idlibsearch.errors import StorageError
from idlibsearch.index import storage
from idlibsearch.index.directory import SEEN_NAME
from idlibsearch.index.fileformat import SectionFile, SectionWriter

SETTLED_S = 2.0  # how long after its last change a file is trusted to show the next one: FAT counts time in steps of two seconds


class Seen:
    """The states of files, as they were read from the index folder, and those that were met since."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / SEEN_NAME
        self._paths, self._states = array("Q"), array("Q")
        with suppress(OSError, StorageError):
            self._read()
        self._asked: tuple[str, os.stat_result, str] | None = None
        self._new: dict[str, tuple[os.stat_result, str]] = {}

    def _read(self) -> None:
        file = SectionFile(self._path)
        if not file.verify():
            self._paths.frombytes(file.array("paths").cast("B"))
            self._states.frombytes(file.array("states").cast("B"))
        if len(self._paths) != len(self._states):
            self._paths, self._states = array("Q"), array("Q")
        file.close()

    def has(self, path: str, status: os.stat_result, manner: str, known: str) -> bool:
        """Was the file in this state, and was it read in this manner, when the index knew this of it?"""
        number = _hash(path)
        at = bisect_left(self._paths, number)
        if at < len(self._paths) and self._paths[at] == number and self._states[at] == _state(path, status, manner, known):
            self._asked = None
            return True
        self._asked = (path, status, manner) if status.st_mtime + SETTLED_S <= time.time() else None
        return False

    def note(self, path: str) -> None:
        """The file that was asked for last was read to its end since; nothing where it is another one, or it was known."""
        if self._asked is not None and self._asked[0] == path:
            self._new[path] = self._asked[1:]

    def write(self, files: Callable[[], Mapping[str, str]]) -> None:
        """Keep the states of the files met since: the index has what they hold. ``files`` says what it knows of them now."""
        if not self._new and self._path.exists():
            return
        known, states = files(), dict(zip(self._paths, self._states, strict=True))
        for path, (status, manner) in self._new.items():
            states[_hash(path)] = _state(path, status, manner, known.get(path, ""))
        self._new = {}
        self._paths = array("Q", sorted(states))
        self._states = array("Q", map(states.__getitem__, self._paths))
        temporary = self._path.with_name(self._path.name + ".tmp")
        storage.remove(temporary)
        with SectionWriter(temporary, sync=False) as out:
            out.add("paths", "Q", self._paths)
            out.add("states", "Q", self._states)
        storage.replace(temporary, self._path)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _state(path: str, status: os.stat_result, manner: str, known: str) -> int:
    times = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
    return _hash(f"{path}\0{times}\0{manner}\0{known}")

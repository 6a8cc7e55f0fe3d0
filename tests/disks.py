"""Disks for tests: one that remembers every call, so that power can fail at any of them; one that refuses; one that kills.

``Recorder`` works on a real folder and notes what reaches the system. ``after_power_cuts`` plays the notes back into what a disk
may hold when the power fails behind any of them: what was synced is there; of the rest any part may be, in any order: names made,
renamed or removed, and bytes written, a piece of which may be garbage. It plays one folder, not those below it.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import IO, Any, NamedTuple

from idlibsearch.index.storage import Disk

GARBAGE = b"\xa5garbage"
SECTOR = 512  # what a disk writes all or nothing of


class Note(NamedTuple):
    """A call: what was done, to which name or file, with what."""

    what: str
    name: str = ""
    file: int = 0  # number of a file, whatever its names
    at: int = 0
    data: bytes = b""


class Recorder(Disk):
    """Notes every change to the files of one folder. ``say`` puts a word of the test's between the notes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[Note] = []
        self._files: dict[str, int] = {}  # the names that are there
        self._numbers: dict[int, int] = {}  # of open files
        self._count = 0

    def say(self, what: str) -> None:
        self.notes.append(Note("say", what))

    def _numbered(self, path: Path) -> int:
        if path.name not in self._files:
            self._count += 1
            self._files[path.name] = self._count
            self.notes.append(Note("create", path.name, self._count))
        return self._files[path.name]

    def open(self, path: Path, mode: str) -> IO[bytes]:
        file = super().open(path, mode)
        self._numbers.pop(id(file), None)
        if mode != "rb" and path.parent == self.folder:
            self._numbers[id(file)] = self._numbered(path)
            if "x" in mode:
                self.notes.append(Note("truncate", path.name, self._files[path.name]))
        return file

    def scratch(self, folder: Path) -> IO[bytes]:
        file = super().scratch(folder)
        self._numbers.pop(id(file), None)  # it may be where another one was
        return file

    def write(self, file: IO[bytes], data: Any) -> int:
        at = file.tell()
        size = super().write(file, data)
        if id(file) in self._numbers:
            self.notes.append(Note("write", "", self._numbers[id(file)], at, bytes(data[:size])))
        return size

    def sync(self, file: IO[bytes]) -> None:
        super().sync(file)
        if id(file) in self._numbers:
            self.notes.append(Note("sync", "", self._numbers[id(file)]))

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        number = self._files[target.name] = self._files.pop(source.name)
        self.notes.append(Note("replace", f"{source.name}\0{target.name}", number))

    def link(self, source: Path, target: Path) -> None:
        super().link(source, target)
        if target.parent == self.folder:
            self._files[target.name] = self._files[source.name]
            self.notes.append(Note("create", target.name, self._files[source.name]))

    def remove(self, path: Path) -> None:
        super().remove(path)
        if path.parent == self.folder:
            del self._files[path.name]
            self.notes.append(Note("remove", path.name))

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        if folder == self.folder:
            self.notes.append(Note("sync folder"))


class _Bytes:
    """What a file holds: what was synced, and the changes since."""

    def __init__(self) -> None:
        self.sure = b""
        self.since: list[Note] = []

    def sync(self) -> None:
        self.sure, self.since = _changed(self.sure, self.since), []

    def may_be(self) -> list[bytes]:
        """What is there after a power cut: nothing since, all, the last write torn, or garbage, or alone, or not there."""
        if not self.since:
            return [self.sure]
        *before, last = self.since
        torn = last._replace(data=last.data[: len(last.data) // 2 // SECTOR * SECTOR])
        garbage = last._replace(data=(GARBAGE * len(last.data))[: len(last.data)])
        cases = [[], self.since, [*before, torn], [*before, garbage], [last], before]
        return list(dict.fromkeys(_changed(self.sure, notes) for notes in cases))


def _changed(content: bytes, notes: list[Note]) -> bytes:
    data = bytearray(content)
    for note in notes:
        if note.what == "truncate":
            data.clear()
        else:
            data.extend(bytes(max(0, note.at - len(data))))
            data[note.at : note.at + len(note.data)] = note.data
    return bytes(data)


def after_power_cuts(notes: list[Note], rng: random.Random, at_once: int) -> Iterator[tuple[list[str], dict[str, bytes]]]:
    """For every prefix of the notes: what was said until then, and what the folder may hold when power fails there.

    Of the names that were changed since the folder was synced, all subsets are played where they are at most ``at_once``, else
    none, all, each alone, all but each, and some at random; of the bytes of files all combinations likewise.
    """
    sure: dict[str, int] = {}
    since: list[Note] = []
    files: dict[int, _Bytes] = {}
    said: list[str] = []
    for note in [*notes, Note("end")]:
        for subset in _subsets(since, rng, at_once):
            names = _named(sure, subset)
            yield from ((list(said), held) for held in _held(names, files, rng, at_once))
        if note.what == "say":
            said.append(note.name)
        elif note.what == "sync":
            files[note.file].sync()
        elif note.what == "sync folder":
            sure, since = _named(sure, since), []
        elif note.what in ("write", "truncate"):
            files[note.file].since.append(note)
        else:
            since.append(note)
            files.setdefault(note.file, _Bytes())


def _named(sure: dict[str, int], notes: list[Note]) -> dict[str, int]:
    names = dict(sure)
    for note in notes:
        if note.what == "remove":
            names.pop(note.name, None)
        elif note.what == "replace":
            source, target = note.name.split("\0")
            names.pop(source, None)
            names[target] = note.file
        else:
            names[note.name] = note.file
    return names


def _subsets(notes: list[Note], rng: random.Random, at_once: int) -> Iterator[list[Note]]:
    if len(notes) <= at_once:
        for size in range(len(notes) + 1):
            yield from map(list, combinations(notes, size))
        return
    yield from ([], notes)
    for note in notes:
        yield [note]
        yield [other for other in notes if other is not note]
    for _ in range(2**at_once):
        yield [note for note in notes if rng.random() < 0.5]


def _held(names: dict[str, int], files: dict[int, _Bytes], rng: random.Random, at_once: int) -> Iterator[dict[str, bytes]]:
    """What the named files may hold: each in turn in all its ways while the others are whole, and some mixtures."""
    ways = {name: files[number].may_be() for name, number in names.items()}
    whole = {name: _changed(files[number].sure, files[number].since) for name, number in names.items()}
    yield whole
    unsure = [name for name in ways if len(ways[name]) > 1]
    for name in unsure:
        yield from (whole | {name: content} for content in ways[name])
    for _ in range(at_once if len(unsure) > 1 else 0):
        yield whole | {name: rng.choice(ways[name]) for name in unsure}


class Refusing(Disk):
    """Counts calls, and refuses number ``at`` (and, where ``lasting``, all after it) with an error of the system.

    ``kinds`` are the calls that count. With ``late`` the call is done and refused all the same, as a network may.
    """

    def __init__(self, at: int, error: int, kinds: frozenset[str], *, lasting: bool = False, late: bool = False) -> None:
        self.at, self.error, self.kinds, self.lasting, self.late = at, error, kinds, lasting, late
        self.calls: list[str] = []

    @property
    def refused(self) -> bool:
        return len(self.calls) > self.at

    def meet(self, kind: str, call: Callable[[], Any]) -> Any:
        number = len(self.calls)
        if kind in self.kinds:
            self.calls.append(kind)
            if number == self.at or (self.lasting and number > self.at):
                if self.late:
                    call()
                raise OSError(self.error, os.strerror(self.error))
        return call()


class Killing(Refusing):
    """Ends the process in place of call number ``at``, as ``kill -9`` would."""

    def __init__(self, at: int) -> None:
        super().__init__(at, 0, KINDS)

    def meet(self, kind: str, call: Callable[[], Any]) -> Any:
        if len(self.calls) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.calls.append(kind)
        return call()


KINDS = frozenset(name for name, value in vars(Disk).items() if callable(value))


def _met(name: str) -> Callable[..., Any]:
    def method(self: Refusing, *arguments: Any) -> Any:
        return self.meet(name, lambda: getattr(Disk, name)(self, *arguments))

    return method


for _name in KINDS:
    setattr(Refusing, _name, _met(_name))

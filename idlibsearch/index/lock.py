"""Who may write to an index folder, and who may take files away: locks that the operating system lets go of when their process
ends, however it ends.

``WriteLock`` is one writer at a time. Its file is never removed (removing a lock file is a race); a note in it says who holds
it. ``held_open`` and ``removable`` are about the folder itself: a reader that lost the race against commits too often asks with
the one that nothing be taken away, and who takes files away asks with the other whether it may. Own code in place of a library:
those at hand either fall back to locks that outlive their process or weigh more than the rest of this room.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from idlibsearch.errors import LockedError, StorageError
from idlibsearch.index import storage

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_NAME = "write.lock"
MERGE_LOCK_NAME = "merge.lock"
_BYTE = 1 << 30  # the byte locked on Windows: far behind the note, which stays readable
_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)  # what is said of a lock that somebody has; the last one by Windows


def go_on() -> None:
    """What is asked now and then whether to go on, where nobody stops it."""


class WriteLock:
    """The right to write to an index folder; a context manager.

    Waits up to ``wait_s`` seconds (0: not at all), then raises ``LockedError`` naming the holder; ``StorageError`` where there
    can be no lock, since the folder cannot be written to or its file system has none. While it waits it calls ``ask`` now and
    then; what that raises ends the waiting. A forked child has no part in the lock.
    """

    def __init__(self, folder: Path, wait_s: float = 10.0, name: str = LOCK_NAME, ask: Callable[[], None] = go_on) -> None:
        self._path = folder / name
        self._wait_s = wait_s
        self._ask = ask
        self._file: BinaryIO | None = None
        self._holder = 0

    @property
    def is_held(self) -> bool:
        """Has this process the lock? Not in a child that was forked while it was held."""
        return self._file is not None and self._holder == os.getpid()

    def __enter__(self) -> Self:
        file = storage.append(self._path)  # it stays open as long as the lock is held
        try:
            self._wait(file)
        except BaseException:
            file.close()
            raise
        self._file, self._holder = file, os.getpid()
        import socket  # noqa: PLC0415 - 3 ms that reading need not pay

        note = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        _write_note(file, json.dumps(note).encode())
        return self

    def _wait(self, file: BinaryIO) -> None:
        started, pause_s, holder = time.monotonic(), 0.005, ""
        while not self._try(file):
            self._ask()
            holder = _read_note(file) or holder  # who has just taken it has not written yet
            waited_s = time.monotonic() - started
            if waited_s >= self._wait_s:
                raise LockedError(str(self._path.parent), holder or "it left no name", waited_s)
            time.sleep(min(pause_s, max(self._wait_s - waited_s, 0.001)))
            pause_s = min(2 * pause_s, 0.02)  # often, as the lock goes to whoever asks first when it is free

    def _try(self, file: BinaryIO) -> bool:
        try:
            _lock(file)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise StorageError(str(self._path.parent), f"its file system has no locks ({error.strerror})") from None
        return True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        if self._holder == os.getpid():
            _write_note(file, b"")
            _unlock(file)
        with suppress(OSError):  # the note that found no room
            file.close()


def _lock(file: BinaryIO) -> None:
    if fcntl is not None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        _windows_lock(file, unlock=False)


def _unlock(file: BinaryIO) -> None:
    if fcntl is not None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
    else:
        _windows_lock(file, unlock=True)


def _windows_lock(file: BinaryIO, *, unlock: bool) -> None:
    import msvcrt  # noqa: PLC0415 - there on Windows only

    file.seek(_BYTE)
    mode = "LK_UNLCK" if unlock else "LK_NBLCK"
    msvcrt.locking(file.fileno(), getattr(msvcrt, mode), 1)  # type: ignore[attr-defined]


def _write_note(file: BinaryIO, note: bytes) -> None:
    with suppress(OSError):  # a full disk has room for the lock, if not for the name of who has it
        file.truncate(0)
        file.write(note)
        file.flush()


def _read_note(file: BinaryIO) -> str:
    """Who holds the lock; empty where it does not say."""
    file.seek(0)
    try:
        note = json.loads(file.read(4096))
        mine = ", which is this very one" if note["pid"] == os.getpid() else ""
        return f"process {int(note['pid'])} on {note['host']} since {note['since']}{mine}"
    except (ValueError, KeyError, TypeError):
        return ""


def is_locked(folder: Path, name: str) -> bool:
    """Has somebody this lock just now?"""
    if not (folder / name).exists():
        return False
    try:
        with WriteLock(folder, 0, name):
            return False
    except LockedError:
        return True


# ---- taking files away


@contextmanager
def held_open(folder: Path) -> Iterator[None]:
    """Nothing is taken out of the folder meanwhile; for readers, who need no right to write. No promise where there are no locks.

    Waits while somebody is taking something away.
    """
    with _asked(folder, fcntl.LOCK_SH if fcntl is not None else 0):
        yield


@contextmanager
def removable(folder: Path) -> Iterator[bool]:
    """May files be taken out of the folder now, or does a reader hold it open? Does not wait."""
    with _asked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB if fcntl is not None else 0) as free:
        yield free


@contextmanager
def _asked(folder: Path, operation: int) -> Iterator[bool]:
    """A lock on the folder; False where somebody has another one. Where there are none it is as if nobody asked."""
    if fcntl is None:
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        free = True
        try:
            fcntl.flock(descriptor, operation)
        except OSError as error:
            free = error.errno not in _TAKEN
        yield free
    finally:
        os.close(descriptor)

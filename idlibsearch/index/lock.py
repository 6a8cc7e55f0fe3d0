"""One writer at a time: a lock on a file that the operating system lets go of when its process ends, however it ends.

The file is never removed (removing a lock file is a race); a note in it says who holds it. Own code in place of a library:
those at hand either fall back to locks that outlive their process or weigh more than the rest of this room.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from idlibsearch.errors import LockedError
from idlibsearch.index import storage

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_NAME = "write.lock"
_BYTE = 1 << 30  # the byte locked on Windows: far behind the note, which stays readable


class WriteLock:
    """The right to write to an index folder; a context manager.

    Waits up to ``timeout_s`` seconds, then raises ``LockedError`` naming the holder. A forked child shares its parent's lock.
    """

    def __init__(self, folder: Path, timeout_s: float = 10.0) -> None:
        self._path = folder / LOCK_NAME
        self._timeout_s = timeout_s
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        file = storage.append(self._path)  # it stays open as long as the lock is held
        started, pause_s = time.monotonic(), 0.005
        while not _try_lock(file):
            waited_s = time.monotonic() - started
            if waited_s >= self._timeout_s:
                holder = _read_note(file)
                file.close()
                raise LockedError(str(self._path.parent), holder, waited_s)
            time.sleep(min(pause_s, max(self._timeout_s - waited_s, 0.001)))
            pause_s = min(2 * pause_s, 0.1)
        self._file = file
        import socket  # noqa: PLC0415 - 3 ms that reading need not pay

        note = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        _write_note(file, json.dumps(note).encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            _write_note(self._file, b"")
            _unlock(self._file)
            self._file.close()
            self._file = None


def _try_lock(file: BinaryIO) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            _windows_lock(file, unlock=False)
    except OSError:
        return False
    return True


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
    file.seek(0)
    try:
        note = json.loads(file.read(4096))
        return f"process {int(note['pid'])} on {note['host']} since {note['since']}"
    except (ValueError, KeyError, TypeError):
        return "it left no name"

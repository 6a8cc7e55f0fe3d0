"""The door to the disk: whatever an index writes, renames, removes or maps goes through here.

What the system refuses becomes a ``DiskError`` with its cure; only what is missing stays a ``FileNotFoundError``, where files
are read: readers know what to do then. ``Disk`` is the bare operations of the system, and ``through`` puts another one in its
place: tests record what would have reached a disk, or refuse at a chosen call.

Not here: what is written and in which order, which is what makes a commit safe (``directory``).
"""

from __future__ import annotations

import errno
import io
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

from idlibsearch.errors import DiskError
from idlibsearch.index.forks import keep_from_children

BUFFER_BYTES = 128 * 1024  # what is gathered before the system is called
SCRATCH_PREFIX = "scratch-"  # of nameless files, on systems where such a file has a name for a moment


class Disk:
    """The operations of the operating system, one method each; they raise OSError."""

    def open(self, path: Path, mode: str) -> IO[bytes]:
        """Open a file without a buffer."""
        return open(path, mode, buffering=0)

    def scratch(self, folder: Path) -> IO[bytes]:
        """A nameless file, to be written and read, without a buffer."""
        import tempfile  # noqa: PLC0415 - a query writes nothing

        return tempfile.TemporaryFile(dir=folder, prefix=SCRATCH_PREFIX, buffering=0)

    def read(self, file: IO[bytes], buffer: Any) -> int:
        """Fill a buffer with what comes next; how many bytes that was."""
        return file.readinto(buffer)  # type: ignore[attr-defined, no-any-return]

    def write(self, file: IO[bytes], data: Any) -> int:
        """Write some or all of the data; how many bytes it was."""
        return file.write(data)

    def sync(self, file: IO[bytes]) -> None:
        """Make what was written to a file safe against power loss."""
        os.fsync(file.fileno())

    def map(self, file: IO[bytes]) -> mmap.mmap:
        """Map a file into memory, to be read."""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def replace(self, source: Path, target: Path) -> None:
        """Give a file another name, in place of what had that name, all at once."""
        source.replace(target)

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name."""
        os.link(source, target)

    def remove(self, path: Path) -> None:
        """Take a name away."""
        path.unlink()

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, where they are missing."""
        folder.mkdir(parents=True, exist_ok=True)

    def names(self, folder: Path) -> list[str]:
        """What is in a folder."""
        return os.listdir(folder)

    def sync_folder(self, folder: Path) -> None:
        """Make the folder's list of names safe against power loss (where the system can: not on Windows)."""
        if os.name != "posix":
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_disk = Disk()


@contextmanager
def through(disk: Disk) -> Iterator[None]:
    """Have everything in this process go through another disk for a while."""
    global _disk  # noqa: PLW0603 - there is one door
    before, _disk = _disk, disk
    try:
        yield
    finally:
        _disk = before


@contextmanager
def _refusals(path: Path, *passing: type[OSError]) -> Iterator[None]:
    """Turn what the system refuses into a DiskError, but for the errors that the caller knows what to do with."""
    try:
        yield
    except OSError as error:
        if isinstance(error, (DiskError, *passing)):
            raise
        if error.errno == errno.ESTALE and FileNotFoundError in passing:  # NFS: it was removed while we had it open
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from error
        raise DiskError(str(path), error.errno or 0, error.strerror or str(error)) from error


class _File(io.RawIOBase):
    """An open file whose refusals are DiskErrors."""

    def __init__(self, path: Path, raw: IO[bytes]) -> None:
        self._path, self._raw = path, raw

    def readable(self) -> bool:
        return self._raw.readable()

    def writable(self) -> bool:
        return self._raw.writable()

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        with _refusals(self._path, FileNotFoundError):
            return _disk.read(self._raw, buffer)

    def write(self, data: Any) -> int:
        with _refusals(self._path):
            return _disk.write(self._raw, data)

    def truncate(self, size: int | None = None) -> int:
        with _refusals(self._path):
            return self._raw.truncate(size)

    def sync(self) -> None:
        with _refusals(self._path):
            _disk.sync(self._raw)

    def close(self) -> None:
        if not self.closed:
            super().close()
            with _refusals(self._path):
                self._raw.close()


def create(path: Path) -> BinaryIO:
    """A new file to be written. One of that name is an error: what is there may be in use, and is never written over."""
    return io.BufferedWriter(_opened(path, "xb"), BUFFER_BYTES)


def scratch(folder: Path) -> BinaryIO:
    """A nameless file to be written, then read; it goes when it is closed."""
    with _refusals(folder):
        return io.BufferedRandom(_kept_from_children(folder, _disk.scratch(folder)), BUFFER_BYTES)


def append(path: Path) -> BinaryIO:
    """A file to be read and appended to, made where it is missing."""
    return io.BufferedRandom(_opened(path, "a+b"))


def _opened(path: Path, mode: str) -> _File:
    with _refusals(path):
        return _kept_from_children(path, _disk.open(path, mode))


def _kept_from_children(path: Path, raw: IO[bytes]) -> _File:
    keep_from_children(raw)
    return _File(path, raw)


def reader(path: Path) -> BinaryIO:
    """A file to be read. Raises FileNotFoundError where there is none."""
    with _refusals(path, FileNotFoundError):
        return io.BufferedReader(_opened_to_read(path))


def sync(file: BinaryIO) -> None:
    """Make what was written to a file that was made here safe against power loss."""
    file.flush()
    file.raw.sync()  # type: ignore[attr-defined]


def sync_file(path: Path) -> None:
    """The same for a file that was closed."""
    with _opened(path, "r+b") as file:
        file.sync()


def sync_folder(folder: Path) -> None:
    """Make the folder's list of names safe against power loss."""
    with _refusals(folder):
        _disk.sync_folder(folder)


def discard(file: BinaryIO, path: Path) -> None:
    """Close a file that is not to be and remove it, as far as the disk lets us; what stays is nobody's."""
    with suppress(OSError):
        file.close()
    with suppress(OSError):
        _disk.remove(path)


def replace(source: Path, target: Path) -> None:
    """Rename a file, in place of one that has that name."""
    with _refusals(target):
        _disk.replace(source, target)


def link(source: Path, target: Path) -> None:
    """Give a file a second name. Raises FileNotFoundError where it is not there."""
    with _refusals(target, FileNotFoundError):
        _disk.link(source, target)


def remove(path: Path) -> None:
    """Remove a file; one that is not there is none."""
    with _refusals(path), suppress(FileNotFoundError):
        _disk.remove(path)


def make_folder(folder: Path) -> None:
    """Make a folder where there is none. Raises FileExistsError or NotADirectoryError where something else is."""
    with _refusals(folder, FileExistsError, NotADirectoryError):
        _disk.make_folder(folder)


def names(folder: Path) -> list[str]:
    """What is in a folder. Raises FileNotFoundError or NotADirectoryError where it is none."""
    with _refusals(folder, FileNotFoundError, NotADirectoryError):
        return _disk.names(folder)


def read(path: Path) -> bytes:
    """A whole small file. Raises FileNotFoundError where there is none."""
    with reader(path) as file:
        return file.read()


def mapped(path: Path, least: int) -> mmap.mmap | None:
    """A file mapped into memory, None where it has fewer than ``least`` bytes. Raises FileNotFoundError where there is none."""
    with _refusals(path, FileNotFoundError), _opened_to_read(path) as file:
        if os.fstat(file.fileno()).st_size < least:
            return None
        return _disk.map(file._raw)


def _opened_to_read(path: Path) -> _File:
    return _File(path, _disk.open(path, "rb"))

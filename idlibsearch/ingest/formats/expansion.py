"""How much a packed file may become: limits, and streams that stop at them.

A few kilobytes can unpack to gigabytes, or to archives in archives without end. What is unpacked is counted, on every level and
all of a file together, while it is unpacked: what an archive says of its own sizes is not believed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from typing import BinaryIO, NamedTuple, cast

from idlibsearch.errors import ExpansionError

MB = 1 << 20


class Expansion(NamedTuple):
    """How much one file may unpack to."""

    total_bytes: int = 16 << 30  # a large archive of the web; what is unpacked is never held as a whole
    ratio: int = 200  # times the file's size; text packs to a third, or to a hundredth where it is tables
    free_bytes: int = 32 * MB  # below this the ratio does not matter: a file of one repeated line is no attack
    members: int = 1_000_000
    depth: int = 4  # archives in archives; a packed archive counts twice


EXPANSION = Expansion()


class Budget:
    """What one file on disk has unpacked to so far. Raises ExpansionError where it is more than it may."""

    def __init__(self, path: str, packed_bytes: int, limits: Expansion = EXPANSION) -> None:
        self.path, self.limits = path, limits
        self._most = min(limits.total_bytes, max(limits.free_bytes, limits.ratio * packed_bytes))
        self._spent = self._members = 0

    def spend(self, count: int) -> None:
        """So many bytes more came out of it."""
        self._spent += count
        if self._spent > self._most:
            self.refuse(f"unpacks to more than {self._most:,} bytes")

    def promise(self, count: int) -> None:
        """It says itself that so many bytes are to come."""
        if self._spent + count > self._most:
            self.refuse(f"says that it unpacks to {count:,} bytes")

    def meet(self, members: int = 1) -> None:
        """So many members more."""
        self._members += members
        if self._members > self.limits.members:
            self.refuse(f"has more than {self.limits.members:,} members")

    def descend(self, depth: int) -> None:
        """It has archives nested so deeply."""
        if depth > self.limits.depth:
            self.refuse(f"has archives in archives, more than {self.limits.depth} deep")

    def refuse(self, reason: str) -> None:
        """Raise the error."""
        raise ExpansionError(self.path, f"{reason}; unpack it yourself if that is right")


class Counted(io.RawIOBase):
    """A stream whose bytes are taken from a budget as they are read."""

    def __init__(self, inner: BinaryIO, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        chunk = self._inner.read(len(view))
        self._budget.spend(len(chunk))
        view[: len(chunk)] = chunk
        return len(chunk)


def counted(inner: BinaryIO, budget: Budget) -> BinaryIO:
    """A buffered stream of what ``inner`` gives."""
    return cast(BinaryIO, io.BufferedReader(Counted(inner, budget), 64 * 1024))


def unpacked(kind: str, stream: BinaryIO, budget: Budget) -> BinaryIO:
    """What is packed ("gzip", "bz2" or "xz"). If it is damaged, reading raises OSError, EOFError, LZMAError, zlib.error."""
    if kind == "gzip":
        return counted(cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb")), budget)
    if kind == "bz2":
        return counted(cast(BinaryIO, bz2.BZ2File(stream, "rb")), budget)
    return counted(cast(BinaryIO, lzma.LZMAFile(stream, "rb")), budget)

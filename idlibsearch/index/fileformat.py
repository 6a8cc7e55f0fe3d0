"""The container every binary file of an index uses: named arrays, each with a checksum, in one memory-mapped file.

This docstring is the specification. All numbers are little-endian; offsets and sizes are in bytes from the file's start.

    header   64 bytes
        0   8  magic           b"\\x89IDLSEG\\n"  (a high bit and a newline, so that a transfer as text is noticed)
        8   4  version         uint32, 3; 2 is the same but for what ``segment`` says
       12   4  section count   uint32
       16   8  table offset    uint64
       24   8  file size       uint64
       32   4  table checksum  uint32, CRC-32 (zlib) of the table's bytes
       36   4  header checksum uint32, CRC-32 of bytes 0 to 35
       40  24  zero
    sections, each at a multiple of 64 bytes (so that every array is aligned for its type), zero bytes between them
    table    one entry of 48 bytes a section, in the order of the sections
        0  24  name            ASCII, filled up with zero bytes
       24   8  offset          uint64
       32   8  size            uint64
       40   4  checksum        uint32, CRC-32 of the section's bytes
       44   1  type            B H I i Q d (uint8, uint16, uint32, int32, uint64, float64), as in Python's struct module
       45   3  zero

A file with one section "deleted" of three bytes is 64 + 3 + 61 zero bytes + 48 = 176 bytes long.

The table is the end of the file. Opening checks the header, the table, that every section lies inside the file, and the checksum
of small sections; ``verify`` checks them all, and the zero bytes. What the sections mean is ``segment``'s business, not this
module's.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple, Self

from idlibsearch.errors import ClosedError, CorruptIndexError, FormatVersionError, StorageError
from idlibsearch.index import storage

MAGIC = b"\x89IDLSEG\n"
VERSION = 3
OLDEST = 2  # of those that can be read
ALIGNMENT = 64  # a cache line; more than any array type asks for
SMALL_SECTION_BYTES = 4096  # checked at every open: costs microseconds, and holds what all else hangs on
_HEADER = struct.Struct("<8sIIQQI")
_ENTRY = struct.Struct("<24sQQIc3x")
_ITEM_BYTES = {"B": 1, "H": 2, "I": 4, "i": 4, "Q": 8, "d": 8}


class Section(NamedTuple):
    """Where a named array lies in its file."""

    offset: int
    size: int
    checksum: int
    typecode: str


class SectionWriter:
    """Writes one file, section after section; the header comes last, so that a torn file is never taken for a whole one.

    A context manager: leaving it without an error finishes the file and syncs it to disk (not where ``sync`` is off: for files
    that no commit names), leaving it with one removes it.
    """

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        self.path = path
        self._sync = sync
        self._file: BinaryIO = storage.create(path)
        self._file.write(bytes(ALIGNMENT))
        self._sections: dict[str, Section] = {}
        self._name = ""

    def add(self, name: str, typecode: str, data: Any) -> None:
        """Append a section; ``data`` is one contiguous buffer (bytes, array, memoryview, ndarray) of that type's items."""
        self.begin(name, typecode)
        self.write(data)

    def add_chunks(self, name: str, chunks: Iterable[bytes]) -> None:
        """Append a section of bytes, given piece by piece."""
        self.begin(name, "B")
        for chunk in chunks:
            self.write(chunk)

    def begin(self, name: str, typecode: str) -> None:
        """Begin a section; ``write`` fills it, the next section or the end of the file ends it."""
        self._pad()
        self._name = name
        self._sections[name] = Section(self._file.tell(), 0, 0, typecode)

    def write(self, data: Any) -> None:
        """Append a buffer to the section begun last."""
        offset, size, checksum, typecode = self._sections[self._name]
        view = memoryview(data)
        chunk = view.cast("B") if view.nbytes else memoryview(b"")  # no empty array can be cast
        self._file.write(chunk)
        self._sections[self._name] = Section(offset, size + len(chunk), zlib.crc32(chunk, checksum), typecode)

    def _pad(self) -> None:
        self._file.write(bytes(-self._file.tell() % ALIGNMENT))

    def _finish(self) -> None:
        self._pad()
        table_offset = self._file.tell()
        table = b"".join(
            _ENTRY.pack(name.encode("ascii"), at.offset, at.size, at.checksum, at.typecode.encode("ascii"))
            for name, at in self._sections.items()
        )
        self._file.write(table)
        header = _HEADER.pack(MAGIC, VERSION, len(self._sections), table_offset, self._file.tell(), zlib.crc32(table))
        self._file.seek(0)
        self._file.write(header + struct.pack("<I", zlib.crc32(header)))
        if self._sync:
            storage.sync(self._file)
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self.discard()
            return
        try:
            self._finish()
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Remove the file, whatever was written."""
        storage.discard(self._file, self.path)


class SectionFile:
    """A file of sections, mapped into memory. ``trusting``: small sections are not checked; for who checks what he uses.

    Raises ``CorruptIndexError`` or ``FormatVersionError`` where it is not whole, ``FileNotFoundError`` where it is missing.
    """

    def __init__(self, path: Path, *, trusting: bool = False) -> None:
        self.path = path
        if sys.byteorder != "little":
            raise StorageError(str(path), "an index can be read on little-endian machines only")
        found = storage.mapped(path, least=ALIGNMENT)
        if found is None:
            raise CorruptIndexError(str(path), f"it has less than the {ALIGNMENT} bytes of a header")
        self.size_bytes = len(found)
        self._map, self._view = found, memoryview(found)
        self._closed = False
        self.sections = self._read_table(len(found))
        for name, section in self.sections.items():
            if section.size <= SMALL_SECTION_BYTES and not trusting:
                self._verify(name, section)

    def _read_table(self, size: int) -> dict[str, Section]:
        magic, version, count, table_offset, recorded_size, table_checksum = _HEADER.unpack_from(self._view, 0)
        if magic != MAGIC:
            raise CorruptIndexError(str(self.path), "it does not begin like a file of an index")
        if zlib.crc32(self._view[: _HEADER.size]) != struct.unpack_from("<I", self._view, _HEADER.size)[0]:
            raise CorruptIndexError(str(self.path), "wrong checksum", "header")
        if not OLDEST <= version <= VERSION:
            raise FormatVersionError(str(self.path), version, VERSION, OLDEST)
        self.version: int = version
        if recorded_size != size or table_offset + count * _ENTRY.size != size:
            raise CorruptIndexError(str(self.path), f"{size} bytes long where {recorded_size} were written", "table")
        table = self._view[table_offset:]
        if zlib.crc32(table) != table_checksum:
            raise CorruptIndexError(str(self.path), "wrong checksum", "table")
        return dict(map(self._entry, _ENTRY.iter_unpack(table)))

    def _entry(self, fields: tuple[bytes, int, int, int, bytes]) -> tuple[str, Section]:
        name, typecode = fields[0].rstrip(b"\0").decode("ascii", "replace"), fields[4].decode("ascii", "replace")
        section = Section(fields[1], fields[2], fields[3], typecode)
        item_bytes = _ITEM_BYTES.get(typecode)
        if item_bytes is None or section.size % item_bytes:
            raise CorruptIndexError(str(self.path), "does not consist of items of its type", name)
        if section.offset % ALIGNMENT or section.offset + section.size > len(self._view):
            raise CorruptIndexError(str(self.path), "lies outside the file", name)
        return name, section

    def array(self, name: str) -> memoryview:
        """The section as a read-only typed memoryview over the map; a byte section as ``B``."""
        try:
            section = self.sections[name]
        except KeyError:
            raise CorruptIndexError(str(self.path), "it is missing", name) from None
        if self._closed:
            raise ClosedError(str(self.path))
        return self._view[section.offset : section.offset + section.size].cast(section.typecode)  # type: ignore[call-overload, no-any-return]

    def verify(self) -> list[CorruptIndexError]:
        """Check every section's checksum, and that there is nothing between them; one error for each that is damaged."""
        found = [] if self._is_padded() else [CorruptIndexError(str(self.path), "something stands between the sections")]
        for name, section in self.sections.items():
            try:
                self._verify(name, section)
            except CorruptIndexError as error:
                found.append(error)
        return found

    def _is_padded(self) -> bool:
        """Are all bytes zero that belong to nothing? Damage there does no harm, but tells of a disk that does."""
        at = _HEADER.size + 4
        for offset, size in sorted((section.offset, section.size) for section in self.sections.values()):
            if any(self._view[at:offset]):
                return False
            at = max(at, offset + size)
        return not any(self._view[at : at + -at % ALIGNMENT])

    def _verify(self, name: str, section: Section) -> None:
        if zlib.crc32(self._view[section.offset : section.offset + section.size]) != section.checksum:
            raise CorruptIndexError(str(self.path), "wrong checksum", name)

    def close(self) -> None:
        """Unmap the file as soon as no array of it is in use any more."""
        self._closed = True
        with suppress(BufferError):  # arrays still handed out keep the map; it goes with the last of them
            self._view.release()
            self._map.close()

"""Numbered tables of strings on disk, sorted or not: the UTF-8 texts one behind the other, and where each ends.

For keys, files and keywords; the words of texts are many more, always sorted, and stand in ``words``."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.fileformat import SectionFile, SectionWriter

try:
    from idlibsearch.index.words import find_string, strings_at
except ImportError as error:
    raise KernelError("idlibsearch.index.words") from error


@dataclass(frozen=True, slots=True)
class Table:
    """A table in memory: the UTF-8 texts one behind the other, and where each ends (uint32)."""

    text: bytes | memoryview
    ends: array[int] | memoryview

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[bytes]:
        """The texts as they lie there."""
        start = 0
        for end in self.ends:
            yield bytes(self.text[start:end])
            start = end

    def bytes_of(self, number: int) -> bytes:
        """A text as it lies there."""
        return bytes(self.text[self.ends[number - 1] if number else 0 : self.ends[number]])

    def __getitem__(self, number: int) -> str:
        return self.bytes_of(number).decode("utf-8", "surrogatepass")


def table_of(strings: Iterable[str]) -> Table:
    """Strings as a table."""
    return table_of_bytes([string.encode("utf-8", "surrogatepass") for string in strings])


def table_of_bytes(texts: list[bytes]) -> Table:
    """Strings in UTF-8 as a table."""
    return Table(b"".join(texts), array("I", accumulate(map(len, texts))))


def write_strings(out: SectionWriter, name: str, strings: Iterable[str]) -> None:
    """Write two sections: ``name.text`` (UTF-8) and ``name.ends`` (uint32, where each string ends)."""
    write_table(out, name, table_of(strings))


def write_table(out: SectionWriter, name: str, table: Table) -> None:
    """Write a table as ``write_strings`` does."""
    out.add(f"{name}.text", "B", table.text)
    out.add(f"{name}.ends", "I", table.ends)


class Strings:
    """Reads a table by number; ``find`` needs it to have been written in code-point order (which is UTF-8's byte order)."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._path, self._name = str(file.path), name
        self._text = file.array(f"{name}.text")
        self._ends = file.array(f"{name}.ends")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        """A string by number. Raises CorruptIndexError where there is none: numbers come from the same file."""
        try:
            return str(self._text[self._ends[number - 1] if number else 0 : self._ends[number]], "utf-8", "surrogatepass")
        except (IndexError, ValueError) as error:
            raise CorruptIndexError(self._path, f"string {number} cannot be read ({error})", f"{self._name}.text") from None

    def several(self, numbers: Sequence[int]) -> list[str]:
        """Some strings by number. Raises CorruptIndexError where the table is damaged."""
        try:
            return strings_at(self._text, self._ends, numbers)
        except ValueError as error:
            raise CorruptIndexError(self._path, str(error), f"{self._name}.text") from None

    def first_at(self, order: memoryview, string: str) -> int:
        """The first place in ``order`` (uint32, numbers sorted by their strings) of a string that is not before this one."""
        from idlibsearch.index.string_tables import first_at  # noqa: PLC0415 - few questions look for a key

        try:
            return first_at(self._text, self._ends, order, string.encode("utf-8", "surrogatepass"))
        except IndexError as error:
            raise CorruptIndexError(self._path, str(error), f"{self._name}.ends") from None

    @property
    def table(self) -> Table:
        """The two sections as they stand in the file."""
        return Table(self._text, self._ends)

    @property
    def arrays(self) -> tuple[memoryview, memoryview]:
        """The two sections: the bytes of all texts, and where each ends in them."""
        return self._text, self._ends

    def find(self, string: str) -> int | None:
        """The number of a string in a sorted table, or None. O(log n)."""
        number = find_string(self._text, self._ends, string.encode("utf-8", "surrogatepass"))
        return None if number < 0 else number

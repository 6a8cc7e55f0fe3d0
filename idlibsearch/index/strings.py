"""Numbered tables of strings on disk, sorted or not: the UTF-8 texts one behind the other, and where each ends.

For keys, files and keywords; the words of texts are many more, always sorted, and stand in ``words``."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from idlibsearch.errors import KernelError
from idlibsearch.index.fileformat import SectionFile, SectionWriter

try:
    from idlibsearch.index.words import find_string
except ImportError as error:
    raise KernelError("idlibsearch.index.words") from error


def write_strings(out: SectionWriter, name: str, strings: Iterable[str]) -> None:
    """Write two sections: ``name.text`` (UTF-8) and ``name.ends`` (uint32, where each string ends)."""
    ends, chunks, total = array("I"), [], 0
    for string in strings:
        chunk = string.encode("utf-8", "surrogatepass")
        total += len(chunk)
        chunks.append(chunk)
        ends.append(total)
    out.add_chunks(f"{name}.text", chunks)
    out.add(f"{name}.ends", "I", ends)


class Strings:
    """Reads a table by number; ``find`` needs it to have been written in code-point order (which is UTF-8's byte order)."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._text = file.array(f"{name}.text")
        self._ends = file.array(f"{name}.ends")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        return str(self._text[self._ends[number - 1] if number else 0 : self._ends[number]], "utf-8", "surrogatepass")

    @property
    def arrays(self) -> tuple[memoryview, memoryview]:
        """The two sections: the bytes of all texts, and where each ends in them."""
        return self._text, self._ends

    def find(self, string: str) -> int | None:
        """The number of a string in a sorted table, or None. O(log n)."""
        number = find_string(self._text, self._ends, string.encode("utf-8", "surrogatepass"))
        return None if number < 0 else number

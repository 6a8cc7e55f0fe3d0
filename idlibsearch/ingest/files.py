"""Files and folders walked, and bytes made text: every character of a page has its place here, and keeps it.

Offsets everywhere else are characters of the text that ``decode`` gives: without a byte order mark, with the line ends
as they stand. Nothing here looks at what a text says.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import NamedTuple

from idlibsearch.errors import InputError
from idlibsearch.ingest.formats.kinds import is_readable, suffix_of

MAX_BYTES = 64 * 2**20  # a page of news has 0.01 MB, a year of one agency 50; what is larger is rather a mistake
STDIN = Path("-")  # what comes in by the pipe; a file of that name is ./-
SAMPLE = 4096  # bytes that are looked at for NULs and control characters

LINE_FORMATS = tuple(kind + packing for kind in (".jsonl", ".ndjson") for packing in ("", ".gz", ".xz"))  # read by ``jsonl``
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CP1252 = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1a\x1b")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that was passed over on purpose, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, the encoding it was read in, and the hash of its bytes."""

    text: str
    encoding: str
    file_hash: str


def walk(paths: Iterable[str | os.PathLike[str]], *, every: bool = False) -> Iterator[Path | Skipped | InputError]:
    """The files to read among ``paths`` and below them, each once, in the order given and inside folders by name.

    A path that is not there and has ``*``, ``?`` or ``[`` is a pattern (``**``: folders in folders), for what is there by name.
    "-" is ``STDIN``. ``every``: files of all formats, not only of those that are known to be read.
    A path that is named is read even when hidden; below a folder, hidden files and folders are passed over. Links are
    followed; what was met before, through whatever link, is passed over, so that a link to a parent ends.
    """
    met: set[str] = set()
    for path in paths:
        if os.fspath(path) == "-":
            yield STDIN
        elif is_pattern(path):
            matching = sorted(glob(os.fspath(path), recursive=True))
            for match in matching:
                yield from _walk(Path(match), met, every)
            if not matching:
                yield InputError(os.fspath(path), "matches no file")
        else:
            yield from _walk(Path(path), met, every)


def is_pattern(path: str | os.PathLike[str]) -> bool:
    """Does a path stand for others?"""
    return has_magic(os.fspath(path)) and not os.path.lexists(path)


class _Entry(NamedTuple):
    """What a folder has, or a path that was given: where it is, where it really is, whether it is a folder."""

    path: str
    real: str
    is_folder: bool
    is_given: bool = False

    @property
    def is_hidden(self) -> bool:
        return not self.is_given and os.path.basename(self.path).startswith(".")


def _walk(given: Path, met: set[str], every: bool) -> Iterator[Path | Skipped | InputError]:
    """One given path; a stack of its own, since folders may be nested deeper than calls may."""
    real = os.path.realpath(given)
    stack = [_Entry(str(given), real, os.path.isdir(real), is_given=True)]
    while stack:
        entry = stack.pop()
        if entry.is_hidden:
            yield Skipped(str(Path(entry.path)), "hidden; name it to have it read")
        elif entry.real in met:
            yield Skipped(str(Path(entry.path)), "met before, maybe through a link")
        elif entry.is_folder:
            met.add(entry.real)
            try:
                stack += _entries(entry)
            except OSError as error:
                yield InputError(str(Path(entry.path)), _reason(error))
        else:
            met.add(entry.real)
            yield Path(entry.path) if every else _file(Path(entry.path), entry.is_given)


def _entries(folder: _Entry) -> list[_Entry]:
    """What is in a folder, last name first. What is no link is where it seems to be, which saves asking the system five times."""
    with os.scandir(folder.path) as found:
        entries = sorted(found, key=lambda entry: entry.name, reverse=True)
    return [
        _Entry(
            os.path.join(folder.path, entry.name),
            os.path.realpath(entry.path) if entry.is_symlink() else os.path.join(folder.real, entry.name),
            os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir(),
        )
        for entry in entries
    ]


def _file(path: Path, named: bool) -> Path | Skipped | InputError:
    if is_readable(path.name):
        return path
    reason = f"the format {suffix_of(path.name)} is not read"
    if named:
        return InputError(
            str(path), f"{reason}; give its text as a .txt file, or say what it is (--as)", suffix_of(path.name)[1:]
        )
    return Skipped(str(path), reason)


def is_lines(path: str | os.PathLike[str]) -> bool:
    """Is this, by its name, a file of JSON lines?"""
    return os.fspath(path).lower().endswith(LINE_FORMATS)


def refuse_unreadable(path: str | os.PathLike[str]) -> os.stat_result:
    """What the system says of a file. Raises ``InputError`` where it is missing, closed to us or no plain file."""
    name = os.fspath(path)
    try:
        status = os.stat(name)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(name, _reason(error)) from None
    if not stat.S_ISREG(status.st_mode):
        raise InputError(name, "is not a file" if not stat.S_ISDIR(status.st_mode) else "is a folder")
    return status


def read_text(path: str | os.PathLike[str], *, encoding: str | None = None, max_bytes: int = MAX_BYTES) -> Text:
    """Read and decode one file. Raises ``InputError`` where it is missing, closed to us, no plain file, too large or no text."""
    name = os.fspath(path)
    refuse_unreadable(name)
    try:
        with open(name, "rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        raise InputError(name, _reason(error)) from None
    if len(content) > max_bytes:
        raise InputError(name, f"is larger than {max_bytes} bytes; split it or raise the limit")
    text, used = decode(content, encoding, path=name)
    return Text(text, used, hashlib.blake2b(content, digest_size=16).hexdigest())


def decode(content: bytes, encoding: str | None = None, *, path: str = "") -> tuple[str, str]:
    """The text of ``content`` without a byte order mark, and the encoding it was read in.

    By byte order mark; else, where there are NULs, UTF-16 by their places (before UTF-8, which would take them for text);
    else UTF-8, also where a few of its characters are damaged (they become U+FFFD); else Windows-1252, whose five
    undefined bytes become the control characters of their numbers, as browsers do. No guessing among other encodings: it
    was measured to do harm. ``encoding`` overrules all this. Raises ``InputError`` for what is no text.
    """
    if encoding is not None:
        return _decoded(content, encoding, path).removeprefix("\ufeff"), encoding
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _marked(content[len(mark) :], name, path), name
    if b"\0" in content:
        name = _wide(content, path)
        return _decoded(content, name, path), name
    _refuse_binary(content, path)
    return _narrow(content)


def _marked(content: bytes, name: str, path: str) -> str:
    """What stands behind a byte order mark; one damaged character must not lose the file."""
    return content.decode("utf-8", "replace") if name == "utf-8" else _decoded(content, name, path)


def _decoded(content: bytes, encoding: str, path: str) -> str:
    try:
        if codecs.lookup(encoding).name == "cp1252":
            return codecs.charmap_decode(content, "strict", _CP1252)[0]
        return content.decode(encoding)
    except LookupError:
        raise InputError(path, f"there is no encoding named {encoding!r}") from None
    except UnicodeError as error:
        raise InputError(path, f"is not in {encoding} ({error}); name its encoding") from None


def _wide(content: bytes, path: str) -> str:
    """Which UTF-16 a text with NULs is in: Latin letters have their NUL second in little-endian, first in big-endian."""
    sample = content[:SAMPLE]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if len(content) % 2 == 0 and max(first, second) * 10 >= len(sample) * 3 and min(first, second) * 20 <= max(first, second):
        return "utf-16-le" if second > first else "utf-16-be"
    raise InputError(path, "is not text (it holds NUL bytes)")


def _refuse_binary(content: bytes, path: str) -> None:
    sample = content[:SAMPLE]
    if len(sample.translate(None, _CONTROL)) < len(sample) * 0.95:  # text has no control characters, compressed data one in ten
        raise InputError(path, "is not text (it is full of control characters)")


def _narrow(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    wide = len(text) - sum(map(text.count, ("\ufffd",))) - sum(byte < 128 for byte in content)
    if text.count("\ufffd") * 2 <= wide:
        return text, "utf-8"
    return codecs.charmap_decode(content, "strict", _CP1252)[0], "cp1252"


def _reason(error: Exception) -> str:
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)

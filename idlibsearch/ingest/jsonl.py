"""JSON Lines: every line an object, every object a report; read as a stream, however long the file is.

The first field that is there of ``_id``, ``id`` and ``key`` makes the key, behind the file's path and a "#", so that several
files do not clash; a line without one takes a hash of its text. ``title`` or ``headline``, ``text``, ``body`` or ``content``,
``date`` or ``published``, ``source``, ``url``, ``byline``, ``section`` and ``language`` are the report's own fields. Other
texts, lists of texts and truth values become keywords, other numbers numbers; objects, mixed lists and texts longer than a
keyword are left to the file. A time of day is cut off a date. What is wrong with a line never stops the rest.

Names are looked for only where that is asked for, and nothing is split: whoever writes JSON has said what is what.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import lzma
import math
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.errors import InputError, ReportError
from idlibsearch.ingest.assemble import digest
from idlibsearch.ingest.entities import entities_of
from idlibsearch.ingest.files import Skipped
from idlibsearch.ingest.formats.expansion import Budget, unpacked
from idlibsearch.ingest.habits import habits_of
from idlibsearch.model import Entity, Provenance, Report, ReportDate, parse_date

READER = "jsonl 2"  # the number goes up whenever the same line would be read otherwise than before
LINE_BYTES = 64 * 2**20  # as for a page: what is larger is rather a mistake
KEYWORD_CHARACTERS = 200  # longer texts are no names of anything
KEY_DIGITS = 16  # 64 bits: among a million lines without an id, two different ones share a key once in 40 million files
COMPLAINTS = 1000  # of a kind and file; a file of another format would have one for every line
NAMES: Mapping[str, tuple[str, ...]] = {
    "key": ("_id", "id", "key"),
    "title": ("title", "headline"),
    "body": ("text", "body", "content"),
    "date": ("date", "published"),
    **{name: (name,) for name in ("source", "url", "byline", "section", "language")},
}
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a line that was read all the same."""

    error: InputError


Item = Report | InputError | Notice | Skipped


class Position(NamedTuple):
    """A place between two lines: the number of the next one, and what comes before it in bytes (unpacked) and in characters."""

    line: int
    byte: int
    character: int


BEGINNING = Position(1, 0, 0)


@dataclass(frozen=True, slots=True)
class File:
    """A file of lines to read: where it is, its path in keys, which of its fields are taken for which, whom to tell of progress.

    ``fields`` says for some of the report's fields which one of the object is taken (``{"title": "headline"}``);
    ``advance`` is told the bytes read since it was last. ``entities``: are names looked for?
    """

    path: str
    name: str
    encoding: str = "utf-8"
    fields: Mapping[str, str] = field(default_factory=dict)
    advance: Callable[[int], None] | None = None
    entities: bool = False
    gazetteer: Gazetteer | None = None

    @property
    def reader(self) -> str:
        """What is recorded of the reader, so that a file is read again when it would be read otherwise."""
        return reader_of(self.fields, self.entities, self.gazetteer)


def reader_of(fields: Mapping[str, str], entities: bool = False, gazetteer: Gazetteer | None = None) -> str:
    """The reader that takes these fields for others, and looks for names or not, with its version."""
    names = ["entities", *([gazetteer.digest] if gazetteer else [])] if entities else []
    return " ".join([READER, *(f"{name}={fields[name]}" for name in sorted(fields)), *names])


def file_hash(path: str) -> str:
    """BLAKE2b of the file's bytes as they stand on disk, 16 bytes in hexadecimal. Raises OSError."""
    with open(path, "rb") as source:
        return hash_of(source)


def hash_of(source: BinaryIO) -> str:
    """The same of an open file, from where it stands."""
    state = hashlib.blake2b(digest_size=16)
    while chunk := source.read(_CHUNK):
        state.update(chunk)
    return state.hexdigest()


class Items:
    """The reports of a file line by line, an error for each line that holds none, a notice where one lacks something.

    To be gone through once. ``content`` is the hash of the file; ``Provenance.start`` and ``end`` are characters of its text,
    unpacked and decoded. What comes before ``start`` is passed over. Raises InputError where the file breaks off or unpacks to
    more than is allowed; what came before it holds.
    """

    def __init__(self, file: File, content: str, start: Position = BEGINNING) -> None:
        self._file = file
        origin = Origin(
            file.path, file.name, file.name, file.encoding, content, file.reader, file.fields,
            entities=file.entities, gazetteer=file.gazetteer,
        )  # fmt: skip
        self._records = Records(origin)
        self._at = self.start = start

    @property
    def position(self) -> Position | None:
        """Where the line ends that the last report was on; None where one cannot begin to read there.

        That is so where lines without an id have been met, which are told apart by those before them, and in encodings in which
        what a byte means depends on those before it.
        """
        return None if self._records.any_without_id or codecs.lookup(self._file.encoding).name != "utf-8" else self._at

    def __iter__(self) -> Iterator[Item]:
        return curbed(self._items(), self._file.path)

    def _items(self) -> Iterator[Item]:
        file = self._file
        told = 0
        try:
            with open(file.path, "rb") as raw, _unpacked(raw, file.path) as source:
                for line in numbered(source, file.encoding, self.start):
                    self._at = line.end
                    if file.advance is not None and line.start.line % 256 == 0:
                        file.advance(-told + (told := raw.tell()))
                    yield from self._records.read(line)
                if file.advance is not None:
                    file.advance(raw.tell() - told)
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise InputError(file.path, f"cannot be read to its end ({reason})") from None


def curbed(items: Iterable[Item], path: str) -> Iterator[Item]:
    """The items of a file; of errors and of notices no more than COMPLAINTS, and how many there would have been."""
    met = Counter[type]()
    for item in items:
        met[type(item)] += 1
        if isinstance(item, Report) or met[type(item)] <= COMPLAINTS:
            yield item
    if met[InputError] > COMPLAINTS:
        yield InputError(path, f"{met[InputError] - COMPLAINTS:,} more lines hold no report")
    if met[Notice] > COMPLAINTS:
        yield Notice(InputError(path, f"{met[Notice] - COMPLAINTS:,} more lines are kept without a date"))


def lines_of(path: str, encoding: str) -> Iterator[tuple[int, int, str]]:
    """Number, first character and text (without its end) of each line that is not blank, as ``Provenance`` counts them.

    Raises InputError where the file cannot be read to its end.
    """
    try:
        with open(path, "rb") as raw, _unpacked(raw, path) as source:
            for line in numbered(source, encoding):
                if line.text is not None:
                    yield line.start.line, line.start.character, line.text.rstrip("\r\n")
    except (OSError, EOFError, LookupError, lzma.LZMAError, zlib.error) as error:
        raise InputError(path, f"cannot be read to its end ({error})") from None


class Line(NamedTuple):
    """A line that is not blank: where it begins, its text (None: too long to be read), where it ends."""

    start: Position
    text: str | None
    end: Position


def numbered(source: BinaryIO, encoding: str, start: Position = BEGINNING) -> Iterator[Line]:
    """The lines of a stream from a place on, those that are blank left out."""
    decode = codecs.getincrementaldecoder(encoding)("replace").decode
    number, byte, at = start
    _leap(source, byte)
    while line := source.readline(LINE_BYTES + 1):
        place = Position(number, byte, at)
        whole = line.endswith(b"\n") or len(line) <= LINE_BYTES
        text = decode(line, whole)
        if at == 0:
            text = text.removeprefix("\ufeff")
        byte, at = byte + len(line), at + len(text)
        while not line.endswith(b"\n") and not whole and (line := source.readline(LINE_BYTES)):
            byte, at = byte + len(line), at + len(decode(line, line.endswith(b"\n")))
        number += 1
        if text.strip() or not whole:
            yield Line(place, text if whole else None, Position(number, byte, at))


def _leap(source: BinaryIO, byte: int) -> None:
    if source.seekable():
        source.seek(byte)
    while not source.seekable() and byte > 0:  # what is packed has to be unpacked up to there
        byte -= len(source.read(min(byte, _CHUNK))) or byte


def _unpacked(raw: BinaryIO, path: str) -> BinaryIO:
    kind = {".gz": "gzip", ".xz": "xz"}.get(path[-3:].lower())
    return unpacked(kind, raw, Budget(path, os.fstat(raw.fileno()).st_size)) if kind else raw


class Origin(NamedTuple):
    """Where records come from: what messages call it, what keys begin with, the file; and which fields are taken for which."""

    place: str
    key: str
    path: str
    encoding: str
    file_hash: str
    reader: str
    fields: Mapping[str, str]
    member: str = ""
    layout: str = "jsonl"
    entities: bool = False  # are names looked for?
    gazetteer: Gazetteer | None = None


class Records:
    """Makes records into reports; remembers what it has to so that no two have one key."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        fields = origin.fields
        self._names = {name: (fields[name],) if name in fields else taken for name, taken in NAMES.items()}
        self._renamed = {taken: name for name, taken in fields.items() if name not in NAMES}
        self._hashes = Counter[str]()

    @property
    def any_without_id(self) -> bool:
        """Did any record come without a key of its own?"""
        return bool(self._hashes)

    def read(self, line: Line) -> Iterator[Item]:
        """The report of a line of JSON, or what is wrong with it."""
        place = f"{self._origin.place}:{line.start.line}"
        if line.text is None:
            yield InputError(place, f"is longer than {LINE_BYTES:,} bytes", "jsonl")
            return
        try:
            value = json.loads(line.text, parse_constant=no_number)
        except (ValueError, RecursionError) as error:
            yield InputError(place, f"is not JSON ({error})", "jsonl")
            return
        yield from self.record(place, value, line.text.rstrip("\r\n"), line.start.character)

    def record(self, place: str, value: object, shown: str, at: int) -> Iterator[Item]:
        """The report of a record that stands as ``shown`` at a character of the text, or what is wrong with it."""
        if not isinstance(value, dict):
            yield InputError(place, "is not an object", self._origin.layout)
            return
        try:
            yield from self._report(place, value, shown, at)
        except ReportError as error:
            yield InputError(place, error.reason, self._origin.layout)

    def _report(self, place: str, value: dict[str, Any], shown: str, at: int) -> Iterator[Item]:
        used = {name: found for name in NAMES if (found := self._taken(name, value)) is not None}
        texts: dict[str, Any] = {name: _text(name, value[found]) for name, found in used.items() if name not in ("key", "date")}
        if not (texts.get("title", "").strip() or texts.get("body", "").strip()):
            raise ReportError("", "has no text")
        when = None
        try:
            when = _date(value[used["date"]]) if "date" in used else None
        except ReportError as error:
            yield Notice(InputError(place, f"{error.reason}; the report is kept without a date"))
        rest = {self._renamed.get(name, name): part for name, part in value.items() if name not in used.values()}
        origin = self._origin
        yield Report(
            self._key(value[used["key"]] if "key" in used else None, texts),
            date=when,
            keywords=_keywords(rest),
            numbers=_numbers(rest),
            entities=_entities(texts, origin.gazetteer) if origin.entities else (),
            provenance=Provenance(
                origin.path, at, at + len(shown), origin.layout, 0.0, origin.encoding, origin.file_hash, digest(shown),
                reader=origin.reader, member=origin.member,
            ),
            **texts,
        )  # fmt: skip

    def _taken(self, name: str, value: dict[str, Any]) -> str | None:
        """Which field of the object is taken for one of the report's: the first that holds anything."""
        return next((found for found in self._names[name] if value.get(found) not in (None, "", [])), None)

    def _key(self, given: object, texts: Mapping[str, str]) -> str:
        if isinstance(given, str | int | float) and not isinstance(given, bool):
            return f"{self._origin.key}#{given}"
        if given is not None:
            raise ReportError("", "has a key that is neither a text nor a number")
        made = digest(f"{texts.get('title', '')}\n{texts.get('body', '')}")[:KEY_DIGITS]
        self._hashes[made] += 1
        return f"{self._origin.key}#{made}" + (f".{self._hashes[made]}" if self._hashes[made] > 1 else "")


def _entities(texts: Mapping[str, str], gazetteer: Gazetteer | None) -> tuple[Entity, ...]:
    title, body = texts.get("title", ""), texts.get("body", "")
    return entities_of([(title, body)], habits_of(body), gazetteer)[0]


def no_number(name: str) -> float:
    """For a parser of JSON: what it calls a number, JSON does not."""
    raise ValueError(f"{name} is no number of JSON")


def _text(name: str, value: object) -> str:
    """A field as text: a number as it is written, a list of texts as paragraphs."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ("\n\n" if name == "body" else ", ").join(value)
    raise ReportError("", f"has a field {name} that is no text")


def _date(value: object) -> ReportDate:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ReportError("", f"the date {value!r} is no text")
    return parse_date(str(value))


def _keywords(rest: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    found = {name: tuple(part for part in _values(value) if 0 < len(part) <= KEYWORD_CHARACTERS) for name, value in rest.items()}
    return {name: values for name, values in found.items() if values}


def _values(value: object) -> list[str]:
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, str):
        return [value]
    return value if isinstance(value, list) and all(isinstance(part, str) for part in value) else []


def _numbers(rest: Mapping[str, object]) -> dict[str, float]:
    return {name: value for name, value in rest.items() if isinstance(value, int | float) and _is_kept(value)}


def _is_kept(value: float) -> bool:
    """A whole number too large for a float is no number one could compare; true and false are keywords."""
    try:
        return not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False

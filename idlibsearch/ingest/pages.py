"""The one door to this room: files in, pages of reports out, with keys that last.

A key is the file's path relative to a root, and behind a "#" ten digits of a hash of the report's text where the page
holds several. So it does not depend on how the path was typed, where the program runs, or the order of items on the page.
Files of JSON lines come in by the same door; ``jsonl`` reads them, as a stream, and all other formats go through ``formats``.
"""

from __future__ import annotations

import codecs
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.errors import InputError
from idlibsearch.ingest import jsonl, stdin
from idlibsearch.ingest.assemble import Setting, digest, reports_from
from idlibsearch.ingest.files import MAX_BYTES, STDIN, Skipped, Text, is_lines, read_text, refuse_unreadable, walk
from idlibsearch.ingest.formats.cutting import Place, keys_of
from idlibsearch.ingest.formats.expansion import Budget
from idlibsearch.ingest.formats.kinds import HEAD_BYTES, KINDS, NAMES, Kind, kind_by_name, kind_of
from idlibsearch.ingest.formats.members import Manner, Members, Part
from idlibsearch.ingest.formats.sandbox import Sandbox
from idlibsearch.ingest.layout import Mode
from idlibsearch.ingest.split import split as split_text
from idlibsearch.model import Report

READER = "text 2"  # the number goes up whenever the same file would be read otherwise than before

Pathlike = str | os.PathLike[str]
Opener = Callable[[], AbstractContextManager[BinaryIO]]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """A file that was read: its path relative to the root with forward slashes, and the reports it holds, maybe none.

    ``kind`` is its format. ``unchanged`` says that it is as it was known, and was not split again: ``reports`` is empty then. Of
    a file that holds many, ``reports`` is read as it is gone through, once, with errors and notices among them; it may raise
    ``InputError`` at last. ``state`` is what the system said of the file before it was read, ``manner`` how it is to be read,
    ``fingerprint`` that of a file of JSON lines.
    """

    path: str
    state: os.stat_result
    manner: str
    reports: Iterable[jsonl.Item] = ()
    unchanged: bool = False
    fingerprint: str = ""
    kind: str = "text"

    def left(self) -> Left | None:
        """What it takes to go on behind the report that was given out last; None where one has to begin anew."""
        position = self.reports.position if isinstance(self.reports, jsonl.Items) else None
        return None if position is None else Left(position, self.fingerprint)

    @property
    def is_taken_up(self) -> bool:
        """Were reports passed over that were given out before?"""
        return isinstance(self.reports, jsonl.Items) and self.reports.start != jsonl.BEGINNING


class Left(NamedTuple):
    """Where the reading of a file broke off, and what the file was then."""

    position: jsonl.Position
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are to be read: seen from ``root``, split and decoded as told, ``known`` fingerprints left alone.

    ``fields``: see ``jsonl.File``. ``advance`` is told the bytes of every file that was read or left alone. ``is_settled`` may
    say of a page without reports yet that its file need not even be opened. ``left_at``: files to go on with, as long as they are
    as they were. ``entities``: are names looked for? None: in pages and documents, not in JSON and tables, whose writer has said
    what is what. ``format``: what all files are, whatever they look like. ``passed`` is told what is passed over.
    ``gazetteer``: names known beside those that come with the library.
    """

    root: Pathlike
    split: Mode = "auto"
    encoding: str | None = None
    known: Mapping[str, str] | None = None
    max_bytes: int = MAX_BYTES
    fields: Mapping[str, str] = field(default_factory=dict)
    advance: Callable[[int], None] | None = None
    is_settled: Callable[[Page], bool] | None = None
    left_at: Mapping[str, Left] | None = None
    entities: bool | None = None
    format: Kind | None = None
    passed: Callable[[Skipped], None] | None = None
    gazetteer: Gazetteer | None = None
    sandbox: Sandbox = field(default_factory=Sandbox)
    _folders: dict[str, str] = field(default_factory=dict)

    @property
    def manner(self) -> Manner:
        """How files of other formats than plain text are to be read."""
        return Manner(self.split, self.encoding, self.fields, self.entities, self.gazetteer)

    def name_of(self, path: str) -> str:
        """``relative_path`` of a file; of a folder only the first time."""
        folder, name = os.path.split(path)
        if name in ("", os.curdir, os.pardir) or os.path.islink(path):
            return relative_path(path, self.root)
        if folder not in self._folders:
            self._folders[folder] = relative_path(folder or os.curdir, self.root)
        place = self._folders[folder]
        return _as_text(name if place == os.curdir else f"{place}/{name}")


def read_paths(  # noqa: PLR0913 - files may be read in many ways, and each should read by its name
    paths: Iterable[Pathlike],
    root: Pathlike,
    *,
    split: Mode = "auto",
    encoding: str | None = None,
    known: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    advance: Callable[[int], None] | None = None,
    is_settled: Callable[[Page], bool] | None = None,
    left_at: Mapping[str, Left] | None = None,
    entities: bool | None = None,
    format: str | None = None,
    passed: Callable[[Skipped], None] | None = None,
    gazetteer: Gazetteer | None = None,
) -> Iterator[Page | InputError]:
    """Every page in the given files and folders, inside folders by name; a file that cannot be read comes as its error.

    ``known`` are fingerprints (``Provenance.fingerprint``) by path: files that still have theirs come as unchanged pages.
    ``fields``, ``advance``, ``is_settled``, ``left_at``, ``entities``, ``format``, ``passed`` and ``gazetteer`` as in
    ``Reading``. "-" is standard input.
    What is passed over on purpose (hidden files, formats not read, a file met before) goes to the log. Raises ValueError for a
    format that there is not.
    """
    reading = Reading(
        root, split, encoding, known, fields=fields or {}, advance=advance, is_settled=is_settled, left_at=left_at,
        entities=entities, passed=passed, gazetteer=gazetteer, format=None if format is None else kind_named(format),
    )  # fmt: skip
    try:
        for met in walk(paths, every=format is not None):
            if isinstance(met, Skipped):
                log.info("%s: %s", met.path, met.reason)
                if passed is not None:
                    passed(met)
            elif isinstance(met, InputError):
                yield met
            else:
                yield from _pages(met, reading)
    finally:
        reading.sandbox.close()


def kind_named(name: str) -> Kind:
    """The format of a name, as the table has it or as people call it. Raises ValueError."""
    if name.lower() not in NAMES:
        raise ValueError(f"there is no format {name!r}; there are {', '.join(KINDS)}")
    return KINDS[NAMES[name.lower()]]


def read_page(path: Pathlike, root: Pathlike, *, split: Mode = "auto", encoding: str | None = None) -> list[Report]:
    """The reports of one file. Raises ``InputError`` where it cannot be read."""
    reading = Reading(root, split, encoding)
    try:
        return [item for item in page_of(path, reading).reports if isinstance(item, Report)]
    finally:
        reading.sandbox.close()


def _pages(path: Path, reading: Reading) -> Iterator[Page | InputError]:
    """The page of a file; what came in by the pipe is kept as long as it is looked at."""
    try:
        if path is STDIN:
            with stdin.spooled() as spool:
                yield _piped(spool, reading)
        else:
            yield page_of(path, reading)
    except InputError as error:
        error.kind = error.kind or (reading.format or kind_by_name(path.name)).name
        yield error


def _piped(spool: BinaryIO, reading: Reading) -> Page:
    kind = reading.format or kind_of("", spool.read(HEAD_BYTES))
    page = Page(stdin.NAME, os.fstat(spool.fileno()), "", kind=kind.name)

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        spool.seek(0)
        yield spool

    return _formatted(opened, "-", page, reading)


def page_of(path: Pathlike, reading: Reading) -> Page:
    """Read one file as a page. Raises ``InputError`` where it cannot be read."""
    given, state = os.fspath(path), refuse_unreadable(path)
    kind = reading.format or kind_by_name(given)
    as_lines = is_lines(given) and (reading.format is None or kind.name == "jsonl")
    reader = jsonl.reader_of(reading.fields, bool(reading.entities), reading.gazetteer) if as_lines else _reader(kind, reading)
    page = Page(reading.name_of(given), state, f"{reading.encoding or ''} {reader}", kind="jsonl" if as_lines else kind.name)
    if reading.is_settled is not None and reading.is_settled(page):
        page = replace(page, unchanged=True)
    else:
        page = _lines(given, page, reading) if as_lines else _opened(given, page, reading)
        if not page.unchanged and KINDS[page.kind].holds_many:
            return page  # it tells of its progress as it is gone through
    if reading.advance is not None:
        reading.advance(state.st_size)
    return page


def _reader(kind: Kind, reading: Reading) -> str:
    if kind.name == "text":
        return reader_of(reading.split, reading.entities, reading.gazetteer)
    return f"{kind.name} {reading.manner.options(kind)}"


def _opened(path: str, page: Page, reading: Reading) -> Page:
    """A file that is no file of JSON lines by its name: text as text, all else by ``formats``."""
    kind = reading.format
    try:
        if kind is None:
            with open(path, "rb") as file:
                kind = kind_of(path, file.read(HEAD_BYTES))
        if kind.name != "text":
            return _formatted(lambda: open(path, "rb"), path, replace(page, kind=kind.name), reading)
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from None
    return _text(path, replace(page, kind="text"), reading)


def _text(path: str, page: Page, reading: Reading) -> Page:
    file = read_text(path, encoding=reading.encoding, max_bytes=reading.max_bytes)
    reader = reader_of(reading.split, reading.entities, reading.gazetteer)
    if reading.known and reading.known.get(page.path) == f"{file.file_hash} {file.encoding} {reader}":
        return replace(page, unchanged=True)
    return replace(page, reports=tuple(_reports(file, page.path, reading.split, reading.entities, reading.gazetteer)))


def _lines(path: str, page: Page, reading: Reading) -> Page:
    """A file of JSON lines: its bytes are gone through once to see whether they are known, and again for its reports."""
    encoding = reading.encoding or "utf-8"
    try:
        codecs.lookup(encoding)
        content = jsonl.file_hash(path)
    except LookupError:
        raise InputError(path, f"there is no encoding named {encoding!r}") from None
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from None
    file = jsonl.File(path, page.path, encoding, reading.fields, reading.advance, bool(reading.entities), reading.gazetteer)
    fingerprint = f"{content} {encoding} {file.reader}"
    if reading.known and reading.known.get(file.name) == fingerprint:
        return replace(page, unchanged=True)
    left = (reading.left_at or {}).get(file.name)
    start = left.position if left is not None and left.fingerprint == fingerprint else jsonl.BEGINNING
    return replace(page, reports=jsonl.Items(file, content, start), fingerprint=fingerprint)


def _formatted(opened: Opener, shown: str, page: Page, reading: Reading) -> Page:
    """A file of another format: gone through once to see whether it is known, and again for its reports."""
    kind, told = KINDS[page.kind], reading.advance
    options = reading.manner.options(kind)
    with opened() as file:
        content = jsonl.hash_of(file)
    if is_known((reading.known or {}).get(page.path, ""), content, options):
        return replace(page, unchanged=True)
    members = Members(reading.manner, options, reading.sandbox, Budget(shown, page.state.st_size))
    place = Place(shown, page.path, page.path, content, f"{kind.name} {options}")

    def items() -> Iterator[jsonl.Item]:
        with opened() as file:
            at = 0
            for item in members.items(Part(file, shown, place, kind=reading.format)):
                yield item
                if told is not None and kind.holds_many and file.tell() > at:
                    told(-at + (at := file.tell()))
            if told is not None and kind.holds_many:
                told(page.state.st_size - at)

    return replace(page, reports=items() if kind.holds_many else tuple(items()))


def is_known(mark: str, content: str, options: str) -> bool:
    """Is this the fingerprint (``Provenance.fingerprint``) of a file with this hash, read with these options?"""
    parts = mark.split(" ", 3)
    return len(parts) == 4 and (parts[0], parts[3]) == (content, options)


def reader_of(split: Mode, entities: bool | None = None, gazetteer: Gazetteer | None = None) -> str:
    """What is recorded of the reader, so that a file is read again when it would be read otherwise."""
    if entities is False:
        return f"{READER} {split} no-entities"
    return f"{READER} {split}" + (f" names {gazetteer.digest}" if gazetteer else "")


def reports_of(text: str, path: str, *, split: Mode = "auto", encoding: str = "utf-8") -> list[Report]:
    """The reports that the text of a page holds; none for a page without text.

    ``path`` opens the keys; ``encoding`` is only recorded, as the file's hash is that of the text in UTF-8.
    """
    return _reports(Text(text, encoding, digest(text)), path, split)


def _reports(
    file: Text, path: str, split: Mode, entities: bool | None = None, gazetteer: Gazetteer | None = None
) -> list[Report]:
    cut = split_text(file.text, split)
    reader = reader_of(split, entities, gazetteer)
    setting = Setting(path, file.encoding, file.file_hash, cut.score, reader, entities is not False, gazetteer)
    return reports_from(file.text, cut.drafts, keys_of(file.text, path, cut.drafts), setting)


def relative_path(path: Pathlike, root: Pathlike) -> str:
    """``path`` as seen from ``root``, both with their links followed, with forward slashes; "../" for what lies outside.

    A name that is no text (odd bytes on a Unix disk) is written with backslash escapes, so that every key is text.
    """
    real, base = os.path.realpath(path), os.path.realpath(root)
    try:
        relative = os.path.relpath(real, base)
    except ValueError:  # another drive: there is no way from one to the other
        relative = real
    return _as_text(Path(relative).as_posix())


def _as_text(path: str) -> str:
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

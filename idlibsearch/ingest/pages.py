"""The one door to this room: files in, pages of reports out, with keys that last.

A key is the file's path relative to a root, and behind a "#" ten digits of a hash of the report's text where the page
holds several. So it does not depend on how the path was typed, where the program runs, or the order of items on the page.
Files of JSON lines come in by the same door; ``jsonl`` reads them, as a stream.
"""

from __future__ import annotations

import codecs
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from idlibsearch.errors import InputError
from idlibsearch.ingest import jsonl
from idlibsearch.ingest.article import Draft
from idlibsearch.ingest.assemble import Setting, digest, field_of, reports_from
from idlibsearch.ingest.files import MAX_BYTES, Skipped, Text, is_lines, read_text, refuse_unreadable, walk
from idlibsearch.ingest.layout import Mode
from idlibsearch.ingest.split import split as split_text
from idlibsearch.model import Report

READER = "text 2"  # the number goes up whenever the same file would be read otherwise than before
KEY_DIGITS = 10  # 40 bits: two of a thousand different items on a page share a key once in two million pages

Pathlike = str | os.PathLike[str]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """A file that was read: its path relative to the root with forward slashes, and the reports it holds, maybe none.

    ``unchanged`` says that it is as it was known, and was not split again: ``reports`` is empty then. Of a file of JSON lines
    ``reports`` is read as it is gone through, once, with errors and notices among them; it may raise ``InputError`` at last.
    ``state`` is what the system said of the file before it was read, ``manner`` how it is to be read, ``fingerprint`` that of a
    file of JSON lines.
    """

    path: str
    state: os.stat_result
    manner: str
    reports: Iterable[jsonl.Item] = ()
    unchanged: bool = False
    fingerprint: str = ""

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
    as they were. ``entities``: are names looked for? None: in pages, not in JSON lines, whose writer has said what is what.
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
    _folders: dict[str, str] = field(default_factory=dict)

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
) -> Iterator[Page | InputError]:
    """Every page in the given files and folders, inside folders by name; a file that cannot be read comes as its error.

    ``known`` are fingerprints (``Provenance.fingerprint``) by path: files that still have theirs come as unchanged pages.
    ``fields``, ``advance``, ``is_settled``, ``left_at`` and ``entities`` as in ``Reading``.
    What is passed over on purpose (hidden files, formats not read, a file met before) goes to the log.
    """
    reading = Reading(
        root, split, encoding, known, fields=fields or {}, advance=advance, is_settled=is_settled, left_at=left_at,
        entities=entities,
    )  # fmt: skip
    for met in walk(paths):
        if isinstance(met, Skipped):
            log.info("%s: %s", met.path, met.reason)
        else:
            yield met if isinstance(met, InputError) else _page_or_error(met, reading)


def read_page(path: Pathlike, root: Pathlike, *, split: Mode = "auto", encoding: str | None = None) -> list[Report]:
    """The reports of one file. Raises ``InputError`` where it cannot be read."""
    return [item for item in page_of(path, Reading(root, split, encoding)).reports if isinstance(item, Report)]


def _page_or_error(path: Path, reading: Reading) -> Page | InputError:
    try:
        return page_of(path, reading)
    except InputError as error:
        return error


def page_of(path: Pathlike, reading: Reading) -> Page:
    """Read one file as a page. Raises ``InputError`` where it cannot be read."""
    given, state = os.fspath(path), refuse_unreadable(path)
    lines = is_lines(given)
    reader = jsonl.reader_of(reading.fields, bool(reading.entities)) if lines else reader_of(reading.split, reading.entities)
    page = Page(reading.name_of(given), state, f"{reading.encoding or ''} {reader}")
    if reading.is_settled is None or not reading.is_settled(page):
        page = _lines(given, page, reading) if lines else _text(given, page, reading)
        if lines and not page.unchanged:
            return page  # it tells of its progress as it is gone through
    else:
        page = replace(page, unchanged=True)
    if reading.advance is not None:
        reading.advance(state.st_size)
    return page


def _text(path: str, page: Page, reading: Reading) -> Page:
    file = read_text(path, encoding=reading.encoding, max_bytes=reading.max_bytes)
    reader = reader_of(reading.split, reading.entities)
    if reading.known and reading.known.get(page.path) == f"{file.file_hash} {file.encoding} {reader}":
        return replace(page, unchanged=True)
    return replace(page, reports=tuple(_reports(file, page.path, reading.split, reading.entities)))


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
    file = jsonl.File(path, page.path, encoding, reading.fields, reading.advance, bool(reading.entities))
    fingerprint = f"{content} {encoding} {file.reader}"
    if reading.known and reading.known.get(file.name) == fingerprint:
        return replace(page, unchanged=True)
    left = (reading.left_at or {}).get(file.name)
    start = left.position if left is not None and left.fingerprint == fingerprint else jsonl.BEGINNING
    return replace(page, reports=jsonl.Items(file, content, start), fingerprint=fingerprint)


def reader_of(split: Mode, entities: bool | None = None) -> str:
    """What is recorded of the reader, so that a file is read again when it would be read otherwise."""
    return f"{READER} {split}" + (" no-entities" if entities is False else "")


def reports_of(text: str, path: str, *, split: Mode = "auto", encoding: str = "utf-8") -> list[Report]:
    """The reports that the text of a page holds; none for a page without text.

    ``path`` opens the keys; ``encoding`` is only recorded, as the file's hash is that of the text in UTF-8.
    """
    return _reports(Text(text, encoding, digest(text)), path, split)


def _reports(file: Text, path: str, split: Mode, entities: bool | None = None) -> list[Report]:
    cut = split_text(file.text, split)
    reader = reader_of(split, entities)
    setting = Setting(path, file.encoding, file.file_hash, cut.score, reader, entities is not False)
    return reports_from(file.text, cut.drafts, _keys(file.text, path, cut.drafts), setting)


def _keys(text: str, path: str, drafts: Sequence[Draft]) -> list[str]:
    """One key a draft: the path alone for a page's only report, else with a hash; further reports of equal text are counted."""
    if len(drafts) == 1:
        return [path]
    keys, met = [], Counter[str]()
    for draft in drafts:
        key = f"{path}#{digest(_text_of(text, draft))[:KEY_DIGITS]}"
        met[key] += 1
        keys.append(key if met[key] == 1 else f"{key}.{met[key]}")
    return keys


def _text_of(text: str, draft: Draft) -> str:
    return f"{field_of(text, (draft.title,)).text}\n{field_of(text, draft.body).text}"


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

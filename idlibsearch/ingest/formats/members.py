"""A file of any format made reports: unpacked, its members gone through, each handed to its reader, whatever is inside what.

What goes wrong with a member is told and the rest goes on; where the file itself breaks off, or unpacks to more than is allowed,
an InputError ends it, and what came before holds. Keys are the file's path, and behind a "#" each what an archive calls its
member: ``mail.zip#2020/inbox.mbox#id@host``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.errors import ExpansionError, ExtraError, InputError
from idlibsearch.ingest.assemble import digest
from idlibsearch.ingest.files import Skipped, decode
from idlibsearch.ingest.formats import markdown
from idlibsearch.ingest.formats.charset import as_declared
from idlibsearch.ingest.formats.cutting import Place, reports_of
from idlibsearch.ingest.formats.expansion import Budget, counted, unpacked
from idlibsearch.ingest.formats.extract import About, Extract
from idlibsearch.ingest.formats.kinds import HEAD_BYTES, KINDS, VERSION, Kind, has, installed, is_readable, kind_of, suffix_of
from idlibsearch.ingest.formats.mail import messages
from idlibsearch.ingest.formats.records import LARGEST as LARGEST_TABLE
from idlibsearch.ingest.formats.records import from_json, from_table
from idlibsearch.ingest.formats.sandbox import Sandbox
from idlibsearch.ingest.formats.warc import answers
from idlibsearch.ingest.jsonl import Item, Origin, Records, curbed, numbered
from idlibsearch.ingest.layout import Mode

NOTHING = About()
LARGEST = 64 << 20  # bytes of one document
_HIDDEN = re.compile(r"(?:^|/)(?:\.|__MACOSX/)")


@dataclass(frozen=True, slots=True)
class Manner:
    """How files are to be read: as they are told to be split, decoded, and their fields taken for others."""

    split: Mode = "auto"
    encoding: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    entities: bool | None = None
    gazetteer: Gazetteer | None = None

    def options(self, kind: Kind) -> str:
        """What is recorded of the reader behind its name, so that a file is read again when it would be read otherwise."""
        told = [VERSION, self.split, *(f"{name}={self.fields[name]}" for name in sorted(self.fields))]
        names = {None: "", True: "entities", False: "no-entities"}[self.entities]
        known = "" if self.gazetteer is None or self.entities is False else f"names {self.gazetteer.digest}"
        return " ".join([*told, *filter(None, (names, known, self.encoding and f"encoding:{self.encoding}", installed(kind)))])


@dataclass(frozen=True, slots=True)
class Part:
    """A file or a member on its way to a reader: its bytes, the name that tells its format, its place, how deep it lies.

    ``kind``: its format, where that is known. ``about`` and ``hint``, an encoding: what is said of it from without.
    """

    stream: BinaryIO
    name: str
    place: Place
    depth: int = 0
    kind: Kind | None = None
    about: About = NOTHING
    hint: str | None = None


class Members:
    """Goes through one file. ``options``: those of the file's own kind (``Manner.options``), which its members share."""

    def __init__(self, manner: Manner, options: str, sandbox: Sandbox, budget: Budget) -> None:
        self._manner, self._options, self._sandbox, self._budget = manner, options, sandbox, budget

    def items(self, part: Part) -> Iterator[Item]:
        """The reports of a part, and what is wrong with any of its own parts. Raises InputError where it breaks off."""
        kind = part.kind
        try:
            found = kind_of(part.name, cast(io.BufferedReader, part.stream).peek(HEAD_BYTES)[:HEAD_BYTES])
            kind = found if kind is None or found.is_packing else kind
            if kind.library and not has(kind.library):
                raise ExtraError(part.place.shown, kind.extra, kind.name)
            yield from self._read(replace(part, place=self._by(part.place, kind)), kind)
        except InputError as error:
            error.kind = error.kind or (kind.name if kind else "")
            if error.path:
                raise
            raise InputError(part.place.shown, error.reason, error.kind) from None
        except Exception as error:
            shown = error.strerror if isinstance(error, OSError) and error.strerror else " ".join(str(error).split())[:200]
            reason = f"cannot be read to its end ({shown or type(error).__name__})"
            raise InputError(part.place.shown, reason, kind.name if kind else "") from None

    def _by(self, place: Place, kind: Kind) -> Place:
        return replace(place, reader=f"{kind.name} {self._options}")

    def _read(self, part: Part, kind: Kind) -> Iterator[Item]:
        if kind.is_packing:
            return self._unpacked(part, kind)
        if kind.is_archive:
            return self._each({"zip": self._zipped, "mbox": self._mailed, "warc": self._answered}[kind.name](part))
        if kind.is_records:
            return self._records(part, kind)
        return self._document(part, kind)

    def _unpacked(self, part: Part, kind: Kind) -> Iterator[Item]:
        self._budget.descend(part.depth + 1)
        name = part.name[: -len(suffix_of(part.name))] if suffix_of(part.name) in kind.suffixes else part.name
        stream = unpacked(kind.name, part.stream, self._budget)
        inner = None if part.kind is kind else part.kind
        yield from self.items(replace(part, stream=stream, name=name, kind=inner, depth=part.depth + 1))

    # ---- archives

    def _each(self, parts: Iterator[Part | Skipped | InputError]) -> Iterator[Item]:
        for part in parts:
            try:
                if isinstance(part, Part):
                    yield from self.items(part)
                else:
                    yield part
            except ExpansionError:
                raise
            except InputError as error:
                yield error

    def _within(self, part: Part, member: str, stream: BinaryIO, kind: Kind | None = None) -> Part:
        place = part.place
        nested = f"{place.member}#{member}" if place.member else member
        inner = replace(place, shown=f"{place.shown}#{member}", key=f"{place.key}#{member}", member=nested)
        return Part(stream, member, inner, part.depth + 1, kind)

    def _zipped(self, part: Part) -> Iterator[Part | Skipped | InputError]:
        self._budget.descend(part.depth + 1)
        with zipfile.ZipFile(_seekable(part)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            self._budget.meet(len(entries))
            self._budget.promise(sum(entry.file_size for entry in entries))
            met = Counter[str]()
            for entry in entries:
                met[entry.filename] += 1
                name = _again(entry.filename, met[entry.filename])
                shown = f"{part.place.shown}#{name}"
                if _HIDDEN.search(name):
                    yield Skipped(shown, "hidden")
                elif not is_readable(name):
                    yield Skipped(shown, f"the format {suffix_of(name)} is not read")
                elif entry.flag_bits & 1:
                    yield InputError(shown, "is locked by a password", "zip")
                else:
                    with _opened(archive, entry, shown) as stream:
                        yield (
                            stream if isinstance(stream, InputError) else self._within(part, name, counted(stream, self._budget))
                        )

    def _mailed(self, part: Part) -> Iterator[Part | Skipped | InputError]:
        met = Counter[str]()
        for given, content in messages(part.stream):
            self._budget.meet()
            made = given or digest((content or b"").decode("latin-1"))[:16]
            met[made] += 1
            name = _again(made, met[made])
            yield self._in_memory(part, name, content, KINDS["mail"])
        if not met:
            raise InputError("", "holds no messages", "mbox")

    def _answered(self, part: Part) -> Iterator[Part | Skipped | InputError]:
        met = Counter[str]()
        for answer in answers(part.stream, self._budget):
            met[answer.url] += 1
            inner = self._in_memory(part, _again(answer.url, met[answer.url]), answer.content, KINDS[answer.kind])
            about = About(url=answer.url if answer.url.startswith(("http://", "https://")) else "")
            yield replace(inner, about=about, hint=answer.encoding) if isinstance(inner, Part) else inner

    def _in_memory(self, part: Part, name: str, content: bytes | None, kind: Kind) -> Part | InputError:
        if content is None:
            return InputError(f"{part.place.shown}#{name}", f"is larger than {LARGEST:,} bytes", kind.name)
        return self._within(part, name, _stream(content), kind)

    # ---- what holds no further parts

    def _records(self, part: Part, kind: Kind) -> Iterator[Item]:
        place = part.place
        encoding = self._manner.encoding
        origin = Origin(
            place.shown, place.key, place.path, encoding or "utf-8", place.file_hash, place.reader, self._manner.fields,
            place.member, kind.name, bool(self._manner.entities), self._manner.gazetteer,
        )  # fmt: skip
        if kind.name == "jsonl":
            records = Records(origin)
            return curbed((item for line in numbered(part.stream, origin.encoding) for item in records.read(line)), place.shown)
        text, used = decode(_whole(part.stream, LARGEST_TABLE, "; make it JSON lines, which are read as a stream"), encoding)
        origin = origin._replace(encoding=used)
        items = from_json(text, origin) if kind.name == "json" else from_table(text, origin, suffix_of(part.name) == ".tsv")
        return curbed(items, place.shown)

    def _document(self, part: Part, kind: Kind) -> Iterator[Item]:
        content = _whole(part.stream, LARGEST)
        encoding = self._manner.encoding
        if kind.name == "text":
            hinted = as_declared(content, part.hint) if part.hint and not encoding else None
            text, used = hinted or decode(content, encoding)
            extract = Extract(text, encoding=used, is_own=True)
        elif kind.name == "markdown":
            extract = markdown.read(content, encoding)
        else:
            extract = self._sandbox.read(kind.name, content, encoding, part.hint)
        extract = replace(extract, about=extract.about.over(part.about).clipped())
        yield from reports_of(extract, part.place, self._manner.split, self._manner.entities is not False, self._manner.gazetteer)


def _again(name: str, times: int) -> str:
    return name if times == 1 else f"{name}.{times}"


def _stream(content: bytes) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(io.BytesIO(content)))


def _whole(stream: BinaryIO, most: int, cure: str = "") -> bytes:
    content = stream.read(most + 1)
    if len(content) > most:
        raise InputError("", f"is larger than {most:,} bytes{cure}")
    return content


def _seekable(part: Part) -> BinaryIO:
    """A zip file is read from its end; one that comes out of another is read into memory first."""
    return part.stream if part.stream.seekable() else cast(BinaryIO, io.BytesIO(_whole(part.stream, LARGEST, "; unpack it")))


@contextmanager
def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> Iterator[BinaryIO | InputError]:
    try:
        stream = archive.open(entry)
    except Exception as error:
        yield InputError(shown, f"cannot be unpacked ({error})", "zip")
        return
    with stream:
        yield cast(BinaryIO, stream)

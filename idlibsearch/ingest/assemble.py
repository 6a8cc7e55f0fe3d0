"""A draft made into a report: the fields' texts with the pieces they are made of, and what the lines about it say.

Where several lines could tell the same thing, the one made for it wins. The date: a stand-alone date line (one that tells
of an update last), the byline, the dateline of the lead, the web address. The source: see ``source``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.ingest.article import Draft, Pieces
from idlibsearch.ingest.byline import byline_pieces
from idlibsearch.ingest.entities import entities_of
from idlibsearch.ingest.event_dates import with_event_dates
from idlibsearch.ingest.habits import habits_of
from idlibsearch.ingest.lines import LABEL, SOURCE, Line
from idlibsearch.ingest.paragraphs import Span
from idlibsearch.ingest.publication import FoundDate, date_line, dateline, is_update, read_date, url_date
from idlibsearch.ingest.source import cited_in, host_of, is_agency
from idlibsearch.model import Entity, Piece, Provenance, Report

HASH_BYTES = 16
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all reports of a page share."""

    path: str
    encoding: str
    file_hash: str
    split_score: float
    reader: str
    entities: bool = True  # are names looked for?
    gazetteer: Gazetteer | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """The text of a field and its pieces."""

    text: str = ""
    pieces: tuple[Piece, ...] = ()


def reports_from(source: str, drafts: Sequence[Draft], keys: Sequence[str], setting: Setting) -> list[Report]:
    """The reports that ``drafts`` are of the page ``source``."""
    fields = [fields_of(source, draft) for draft in drafts]
    texts = [(field["title"].text, field["body"].text) for field in fields]
    names = entities_of(texts, habits_of(source), setting.gazetteer) if setting.entities else [()] * len(texts)
    return [_report(source, *parts, setting) for parts in zip(drafts, keys, fields, names, strict=True)]


def _report(
    source: str, draft: Draft, key: str, fields: Mapping[str, Field], entities: tuple[Entity, ...], setting: Setting
) -> Report:
    date = date_of(source, draft)
    pieces = {name: field.pieces for name, field in fields.items() if field.pieces}
    if date:
        pieces["date"] = (Piece(0, date.start, date.end),)
    report = Report(
        key,
        title=fields["title"].text,
        body=fields["body"].text,
        date=date.date if date else None,
        source=fields["source"].text,
        byline=fields["byline"].text,
        url=fields["url"].text,
        section=fields["section"].text,
        truncated=draft.truncated,
        entities=entities,
        derived=draft.derived,
        repeats=draft.repeats,
        provenance=_provenance(source, draft, setting, pieces),
    )
    return with_event_dates(report)


def fields_of(source: str, draft: Draft) -> dict[str, Field]:
    """The text fields of a draft by name."""
    byline = _byline(source, draft)
    url = _url(source, draft.marks)
    return {
        "title": field_of(source, (draft.title,)),
        "body": field_of(source, draft.body),
        "byline": Field() if byline is None else _glued(source, byline),
        "url": _glued(source, url),
        "section": _glued(source, (draft.section,) if draft.section else ()),
        "source": _glued(source, _source(source, draft, byline, url)),
    }


def field_of(source: str, paragraphs: Sequence[Pieces]) -> Field:
    """Paragraphs shown with an empty line between them, the pieces of one with a space."""
    parts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for paragraph in paragraphs:
        for number, (start, end) in enumerate(paragraph):
            joiner = "" if not parts else " " if number else "\n\n"
            parts += (joiner, source[start:end])
            pieces.append(Piece(at + len(joiner), start, end))
            at += len(joiner) + end - start
    return Field("".join(parts), tuple(pieces))


def _glued(source: str, spans: Sequence[Span]) -> Field:
    """Spans shown with nothing between them."""
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(Piece(at, start, end))
        at += end - start
    return Field("".join(source[start:end] for start, end in spans), tuple(pieces))


def _byline(source: str, draft: Draft) -> Pieces | None:
    return next((byline_pieces(source, mark.start, mark.end) for mark in draft.marks if mark.kind == "byline"), None)


def _url(source: str, marks: Sequence[Line]) -> Pieces:
    """The report's address: the one that a label announces, else the only one; put together where it was broken."""
    labelled = next((number for number, mark in enumerate(marks) if mark.kind == "label"), None)
    if labelled is None and sum(mark.kind == "url" for mark in marks) != 1:
        return ()
    for mark in marks[labelled or 0 :]:
        start = mark.start
        if mark.kind == "label":
            label = LABEL.match(source, mark.start, mark.end)
            start = label.end() if label else start
        if mark.kind in ("label", "url") and start < mark.end:
            rest = [(line.start, line.end) for line in marks if line.kind == "text" and line.start > mark.end]
            return (*_words(source, start, mark.end), *rest[:1])
    return ()


def _words(source: str, start: int, end: int) -> Pieces:
    return tuple(match.span() for match in _WORD.finditer(source, start, end))


def _source(source: str, draft: Draft, byline: Pieces | None, url: Pieces) -> Pieces:
    for mark in draft.marks:
        label = SOURCE.match(source, mark.start, mark.end) if mark.kind == "source" else None
        if label:
            return ((label.end(), mark.end),)
    if byline and is_agency("".join(source[start:end] for start, end in byline)):
        return byline
    if draft.body:
        start, end = draft.body[0][0][0], draft.body[0][-1][1]
        opening = dateline(source, start, end)
        cited = (opening.agency if opening else None) or cited_in(source, start, end)
        if cited:
            return (cited,)
    host = host_of(source, url[0][0], url[0][1]) if url else None
    return (host,) if host else ()


def date_of(source: str, draft: Draft) -> FoundDate | None:
    """The publication date of a draft, by the order the module opens with."""
    lines = sorted(
        (mark for mark in draft.marks if mark.kind == "date"), key=lambda mark: is_update(source[mark.start : mark.end])
    )
    for mark in lines:
        found = date_line(source, mark.start, mark.end)
        if found:
            return found
    for mark in draft.marks:
        read = read_date(source[mark.start : mark.end]) if mark.kind == "byline" else None
        if read:
            return FoundDate(read[0], mark.start + read[1], mark.start + read[2])
    opening = dateline(source, draft.body[0][0][0], draft.body[0][0][1]) if draft.body else None
    if opening and opening.date:
        return opening.date
    url = _url(source, draft.marks)
    return url_date(source, *url[0]) if url else None


def _provenance(source: str, draft: Draft, setting: Setting, pieces: Mapping[str, tuple[Piece, ...]]) -> Provenance:
    return Provenance(
        setting.path, draft.start, draft.end, draft.layout, setting.split_score, setting.encoding, setting.file_hash,
        digest(source[draft.start : draft.end]), pieces, setting.reader,
    )  # fmt: skip


def digest(text: str) -> str:
    """BLAKE2b of the text in UTF-8, 16 bytes in hexadecimal; lone surrogates are hashed as they are."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).hexdigest()

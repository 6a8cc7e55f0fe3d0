"""What a report is, or a document of another schema: plain frozen values that every room passes on.

Deliberately no behaviour beyond checking what is handed in: reading, splitting and storing reports are other rooms' work.
"""

from __future__ import annotations

import datetime
import functools
import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NewType

from idlibsearch.errors import ReportError

Doc = NewType("Doc", int)  # a report's number inside a segment
Precision = Literal["day", "week", "part-month", "month", "season", "quarter", "year", "decade", "span"]

DATE_FORMS = "2020, 2020-01 or 2020-01-12"
_DATE = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"  # as text: compiled when a date comes along


class Piece(NamedTuple):
    """A stretch of a field's text that stands in the source unchanged.

    ``text[at : at + end - start] == source[start:end]``, all in characters; ``source`` is the decoded file.

    >>> report = index.search("sochi")[0].report
    >>> piece = report.provenance.pieces["body"][0]
    >>> report.body[piece.at : piece.at + 25]
    '“There is still a fairly '
    """

    at: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReportDate:
    """When a report was published: the half-open interval of days [start, end), how exact it is, and how it was found.

    ``found`` is one of "given", "dateline", "metadata", "url", "near-duplicate".

    >>> Report("a", "Truce", date="2020-01").date
    ReportDate(start=datetime.date(2020, 1, 1), end=datetime.date(2020, 2, 1), precision='month', found='given')
    """

    start: datetime.date
    end: datetime.date
    precision: Precision = "day"
    found: str = "given"

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ReportError("", f"a date must end after it starts: {self.start} to {self.end}")

    def __str__(self) -> str:
        """The shortest exact writing: 2020, 2020-01, 2020-01-12, or start/last-day for other intervals."""
        shapes = {"day": 10, "month": 7, "year": 4}
        if self.precision in shapes:
            return self.start.isoformat()[: shapes[self.precision]]
        return f"{self.start.isoformat()}/{(self.end - datetime.timedelta(days=1)).isoformat()}"


@functools.lru_cache(maxsize=4096)  # a collection has few days
def parse_date(text: str, found: str = "given") -> ReportDate:
    """Read ``2020``, ``2020-01`` or ``2020-01-12`` (a time of day behind the day is cut off) as an interval of days.

    Raises ``ReportError`` for anything else, impossible days included.
    """
    parts = re.fullmatch(_DATE, text.strip().partition("T")[0].partition(" ")[0], re.ASCII)
    if parts is None:
        raise ReportError("", f"the date {text!r} is not one of {DATE_FORMS}")
    try:
        start = datetime.date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
        end, precision = _end_of(start, parts.lastindex or 1)
    except (ValueError, OverflowError) as error:
        raise ReportError("", f"the date {text!r} does not exist ({error})") from None
    return ReportDate(start, end, precision, found)


def _end_of(start: datetime.date, parts: int) -> tuple[datetime.date, Precision]:
    if parts == 1:
        return datetime.date(start.year + 1, 1, 1), "year"
    if parts == 2:
        return (start.replace(day=28) + datetime.timedelta(days=4)).replace(day=1), "month"
    return start + datetime.timedelta(days=1), "day"


class Entity(NamedTuple):
    """A name that the report mentions: ``spelling == text[start:end]`` of ``field`` ("title" or "body"), in characters.

    >>> body = "Residents of Idlib fled."
    >>> report = Report("a", "", body, entities=(idlibsearch.Entity("PLACE", "Idlib", "Idlib", "body", 13, 18),))
    >>> index.add([report]).added
    1
    >>> index.search('{PLACE:"Idlib"} NEAR/3 fled')[0].key
    'a'
    """

    type: str  # PERSON, PLACE, ORG, GROUP or NAME (capitalised, of a kind not known)
    name: str  # the canonical name: the longest form the report itself teaches
    spelling: str
    field: str
    start: int
    end: int


class EventDate(NamedTuple):
    """A time that the text names: ``spelling == text[start:end]`` of ``field`` ("title" or "body"), in characters.

    It is the half-open interval of days [first, until); ``precision`` says how exact.

    >>> [event] = idlibsearch.with_event_dates(Report("a", "", "It happened on 12 January 2020.")).event_dates
    >>> event.spelling, event.start
    ('12 January 2020', 15)
    """

    spelling: str
    field: str
    start: int
    end: int
    first: datetime.date
    until: datetime.date
    precision: Precision

    @property
    def interval(self) -> str:
        """The shortest exact writing: 2019, 2019-05, 2019-05-06, or first/last-day for other intervals."""
        for parts, width in ((3, 10), (2, 7), (1, 4)):
            if self._is_of_calendar(parts):
                return self.first.isoformat()[:width]
        return f"{self.first.isoformat()}/{(self.until - datetime.timedelta(days=1)).isoformat()}"

    def _is_of_calendar(self, parts: int) -> bool:
        """Is it a whole day (3 parts of a date), month (2) or year (1)?"""
        first = self.first
        begins = parts == 3 or (first.day == 1 and (parts == 2 or first.month == 1))
        return begins and first.year < datetime.MAXYEAR and _end_of(first, parts)[0] == self.until


_ENTITY_TYPES = (str, str, str, str, int, int)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a report was read: enough to show it there again and to see whether it changed.

    ``start`` and ``end`` are characters of the decoded file or ``member``; where ``extracted``, of the text that its reader took
    out of it (HTML, PDF, DOCX, RTF, mail). ``pieces`` says, field by field, which stretches of that text a field is made of; a
    field that is not named there was derived.

    >>> found = index.search("sochi")[0].provenance
    >>> found.path, found.end > found.start
    ('seeds/002_467ccc5a45811305.txt', True)
    """

    path: str  # relative to the root that the index records, with forward slashes
    start: int
    end: int
    layout: str  # article, items, bullets, related, jsonl, json or csv
    split_score: float  # how surely the page was split; above 0 speaks for one article
    encoding: str
    file_hash: str  # BLAKE2b (16 bytes, hexadecimal) of the file's bytes
    content_hash: str  # BLAKE2b (16 bytes, hexadecimal) of source[start:end] in UTF-8
    pieces: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)
    reader: str = ""  # which reader, of which version, with which options: another one may read the same file differently
    member: str = ""  # of an archive or mailbox: what it calls the part that this was read from; "#" stands between nested ones
    page: int = 0  # of a PDF: on which it begins, from 1 on; 0: there are no pages
    page_breaks: tuple[int, ...] = ()  # where in [start, end) further pages begin, in characters
    extracted: bool = False  # the characters are those of an extracted text, not of the file's own

    @property
    def fingerprint(self) -> str:
        """Tells whether reading the file again could give anything new; all members of a file have the same one."""
        if self.member:
            return f"{self.file_hash} * * {self.reader.partition(' ')[2]}"
        return f"{self.file_hash} {self.encoding} {self.reader}"

    def page_at(self, character: int) -> int:
        """The page on which a character in [start, end) stands; 0: there are no pages."""
        return self.page and self.page + bisect_right(self.page_breaks, character)


@dataclass(frozen=True, slots=True)
class Report:
    """One news item as ingested.

    ``date`` may be given as text (``2020``, ``2020-01``, ``2020-01-12``). ``derived`` names the fields that are not a span
    of the source. ``repeats`` are the (start, end) in the file of further copies of this very text on the same page.
    ``keywords`` are further facet values, field name to values; ``numbers`` further numbers, field name to a finite one.

    Raises ``ReportError`` where the key is empty or a field has the wrong type.

    >>> report = idlibsearch.Report("a", "A truce holds", "It began at midnight.", "2020-01-12", source="Reuters")
    >>> report.date.start, report.date.precision
    (datetime.date(2020, 1, 12), 'day')
    """

    key: str
    title: str = ""
    body: str = ""
    date: ReportDate | None = None  # text or a datetime.date is taken too
    source: str = ""
    byline: str = ""
    url: str = ""
    section: str = ""
    language: str = ""
    truncated: bool = False  # the page itself breaks the text off ("…")
    entities: tuple[Entity, ...] = ()
    event_dates: tuple[EventDate, ...] = ()
    derived: tuple[str, ...] = ()
    repeats: tuple[tuple[int, int], ...] = ()
    provenance: Provenance | None = None
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    if TYPE_CHECKING:  # what may be handed in is wider than what is read out, which a dataclass cannot say of itself

        def __init__(
            self,
            key: str,
            title: str = ...,
            body: str = ...,
            date: ReportDate | datetime.date | str | None = ...,
            source: str = ...,
            byline: str = ...,
            url: str = ...,
            section: str = ...,
            language: str = ...,
            truncated: bool = ...,
            entities: tuple[Entity, ...] = ...,
            event_dates: tuple[EventDate, ...] = ...,
            derived: tuple[str, ...] = ...,
            repeats: tuple[tuple[int, int], ...] = ...,
            provenance: Provenance | None = ...,
            keywords: Mapping[str, Sequence[str]] = ...,
            numbers: Mapping[str, float] = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        if not isinstance(self.key, str) or not self.key:
            raise ReportError(str(self.key), "a report needs a key that is a non-empty text")
        if {*map(type, (self.title, self.body, self.source, self.byline, self.url, self.section, self.language))} != {str}:
            self._check_texts()
        if self.date is not None and type(self.date) is not ReportDate:
            object.__setattr__(self, "date", self._read_date())
        if self.keywords:
            object.__setattr__(self, "keywords", {name: self._texts(name, values) for name, values in self.keywords.items()})
        if any(event.until <= event.first for event in self.event_dates):
            raise ReportError(self.key, "a time that is named must end after it starts")
        for entity in self.entities:
            if not isinstance(entity, tuple) or tuple(map(type, entity)) != _ENTITY_TYPES:
                raise ReportError(self.key, f"an entity has four texts and two whole numbers, unlike {entity!r}")
        for name, number in self.numbers.items():
            if not isinstance(number, int | float) or isinstance(number, bool) or not _is_finite(number):
                raise ReportError(self.key, f"the number {name} must be a finite number, not {number!r}")

    def _check_texts(self) -> None:
        for name in ("title", "body", "source", "byline", "url", "section", "language"):
            if not isinstance(getattr(self, name), str):
                raise ReportError(self.key, f"the field {name} must be text, not {type(getattr(self, name)).__name__}")

    def _texts(self, name: str, values: object) -> tuple[str, ...]:
        if type(values) is tuple and {*map(type, values)} == {str}:
            return values
        if isinstance(values, Sequence) and not isinstance(values, str) and all(isinstance(value, str) for value in values):
            return tuple(values)
        raise ReportError(self.key, f'the keywords {name} must be several texts, such as ("a", "b")')

    def _read_date(self) -> ReportDate | None:
        given: object = self.date
        if given is None or isinstance(given, ReportDate):
            return given
        if isinstance(given, str):
            try:
                return parse_date(given)
            except ReportError as error:
                raise ReportError(self.key, error.reason) from None
        if isinstance(given, datetime.date):
            day = given.date() if isinstance(given, datetime.datetime) else given
            return ReportDate(day, day + datetime.timedelta(days=1))
        raise ReportError(self.key, f"the field date must be text, a date or a ReportDate, not {type(given).__name__}")


@dataclass(frozen=True, slots=True)
class Document:
    """A record of an index with a schema of its own, read by that schema.

    ``fields`` are the values that are stored, as plain JSON; ``texts`` the texts that the library's own analysis reads;
    ``digest`` tells whether all that was handed in is the same. These are kept. The rest only goes into the index: ``words``,
    field by field what ``own_words.stream`` makes of them, ``keywords`` and ``numbers``.
    """

    key: str
    digest: str
    fields: Mapping[str, Any] = field(default_factory=dict, compare=False)
    texts: Mapping[str, str] = field(default_factory=dict, compare=False)
    words: Mapping[str, bytes] = field(default_factory=dict, compare=False)
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    numbers: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def size_bytes(self) -> int:
        """About how much memory is taken by what is not kept."""
        return sum(map(len, self.words.values())) + sum(64 + len(value) for values in self.keywords.values() for value in values)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond what a float can hold
        return False

"""When a report was published: reads the day from date lines, bylines, datelines and web addresses.

No date is better than a wrong one. So a date inside running text is not a publication date, a dateline without a year
gives none (the year is not ours to guess), 03/04/2020 gives none (two countries read it two ways), the 31st of February
and a Sunday that was a Monday give none. Where several places name a date, what the page prints as its date wins over the
address, which often holds the day the page was set up.

Times and time zones are read over: the day as printed is the day of publication. Dates of what happened are another
module's work.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from idlibsearch import calendar_words
from idlibsearch.errors import ReportError
from idlibsearch.model import ReportDate, parse_date

LONGEST_DATE_LINE = 120  # characters; a line longer than this is text, whatever it holds
MOST_WORDS = 9  # words of a stand-alone date line: "Published on Sunday, 12 January 2020 at 10:35 GMT" has eight

MONTHS = tuple(name.lower() for name in calendar_words.MONTHS)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WEEKDAY = r"(?P<weekday>(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thurs|Fri|Sat|Satur|Sun)(?:day|\.)?,?\s{1,3})?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d])"
_DAY = r"(?P<day>\d{1,2})"
_END = r"(?![\w])"

# The writings of a date, surest first. Every repeat is bounded, so a long line costs a long line and no more.
FORMS = tuple(
    re.compile(r"(?<![\w/.-])" + form, re.IGNORECASE)
    for form in (
        rf"{_WEEKDAY}(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<number>\d{{1,2}})(?P=mark){_DAY}(?:(?=T\d\d)|(?![\w/-]))",
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?(?:\s{{1,3}}of)?[\s-]{{1,3}}{_MONTH}[,\s-]{{1,3}}{_YEAR}{_END}",
        rf"{_WEEKDAY}{_MONTH}[\s-]{{1,3}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}{_END}",
        rf"{_WEEKDAY}(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})(?P=mark){_YEAR}(?![\w/-])",
        rf"{_MONTH},?\s{{1,3}}{_YEAR}{_END}",
    )
)
# What may stand in a date line beside the date itself.
_LABEL = re.compile(
    r"(?:(?:first\s|last\s)?(?P<label>published|posted|issued|created|date|updated|modified|last\supdate|printed)"
    r"(?:\s(?:on|at|date))?\s{0,3}:?\s{0,3})",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:[\s|,;:()/·•–—-]|at|on|T|\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\.\d{1,6})?Z?|[ap]\.?m\.?|[A-Z]{2,4}[+-]\d{1,2}|[+-]\d\d:?\d\d"
    r"|GMT|UTC|BST|CES?T|EE?S?T|ES?T|MSK|PS?T|AST|IST|hrs?|hours)",
    re.IGNORECASE,
)
_CHANGED = frozenset(("updated", "modified", "last update"))

_URL_MONTH = "|".join(month[:3] for month in MONTHS)
_URL_DAY = re.compile(
    rf"[/_-](?P<year>(?:19|20)\d\d)[/-](?P<month>\d{{1,2}}|{_URL_MONTH})[/-](?P<day>\d{{1,2}})(?![\dA-Za-z])", re.IGNORECASE
)
_URL_SOLID = re.compile(r"[/_-](?P<year>(?:19|20)\d\d)/?(?P<month>[01]\d)(?P<day>[0-3]\d)(?![\dA-Za-z])")
_URL_MONTHLY = re.compile(rf"/(?P<year>(?:19|20)\d\d)/(?P<month>[01]\d|{_URL_MONTH})(?=/(?!\d{{1,2}}(?:[/-]|$)))", re.IGNORECASE)

# What opens a lead: DAMASCUS, 12 January 2020 (Agency) -
_OPENING = re.compile(r"[^\n]{2,100}?\s?[-–—]{1,2}\s")
_AGENCY = re.compile(r"\(([^()]{2,40})\)\s{0,3}[-–—]{1,2}\s$")
_PARTIAL = re.compile(rf"(?:{_MONTH}\s\d{{1,2}}|\d{{1,2}}\s{_MONTH.replace('?P<month>', '?:')}){_END}", re.IGNORECASE)
MOST_PLACE_WORDS = 6  # "Sharm El Sheikh, South Sinai, Egypt"


class FoundDate(NamedTuple):
    """A date and the characters of the source it was read from."""

    date: ReportDate
    start: int
    end: int


class Dateline(NamedTuple):
    """What opens a lead: its date and agency (start, end), where it names them, and the character behind it."""

    date: FoundDate | None
    agency: tuple[int, int] | None
    end: int


def read_date(text: str, found: str = "dateline") -> tuple[ReportDate, int, int] | None:
    """The first date written in ``text`` as (date, start, end), or None; None too where that date cannot be."""
    matches = [match for match in (form.search(text) for form in FORMS) if match]
    if not matches:
        return None
    first = min(matches, key=lambda match: (match.start(), -match.end()))
    date = _date_of(first, found)
    return None if date is None else (date, *first.span())


def date_line(text: str, start: int, end: int) -> FoundDate | None:
    """The date of a line that holds nothing but a date, its label and its time of day; None for any other line."""
    line = text[start:end]
    if len(line) > LONGEST_DATE_LINE or not any(map(str.isdigit, line)) or len(line.split()) > MOST_WORDS:
        return None
    label = _LABEL.match(line)
    offset = label.end() if label else 0
    read = read_date(line[offset:], "metadata" if label else "dateline")
    if (
        read is None
        or _is_told(line[offset:])
        or not _is_beside(line[offset : offset + read[1]])
        or not _is_tail(line[offset + read[2] :])
    ):
        return None
    return FoundDate(read[0], start + offset + read[1], start + offset + read[2])


def is_update(line: str) -> bool:
    """Whether a date line tells when the page was changed, which is the lesser date."""
    label = _LABEL.match(line)
    return label is not None and " ".join(label["label"].lower().split()) in _CHANGED


def dateline(text: str, start: int, end: int) -> Dateline | None:
    """The dateline that opens a lead ("DAMASCUS, 12 January 2020 (Agency) - "), or None.

    Its date is None where it names no year: the year is not ours to guess.
    """
    opening = _OPENING.match(text, start, min(end, start + 110))
    if opening is None:
        return None
    head = opening[0]
    agency = _AGENCY.search(head)
    read = read_date(head)
    partial = None if read else _PARTIAL.search(head)
    ends = [len(head.rstrip(" \t-–—")), *(found.start() for found in (agency, partial) if found), *((read[1],) if read else ())]
    if not _is_place(head[: min(ends)].rstrip(" ,\t")):
        return None
    date = FoundDate(read[0], start + read[1], start + read[2]) if read and read[0].precision == "day" else None
    return Dateline(date, (start + agency.start(1), start + agency.end(1)) if agency else None, opening.end())


def _is_place(text: str) -> bool:
    words = text.replace(",", " ").replace("/", " ").split()
    return 0 < len(words) <= MOST_PLACE_WORDS and all(word[0].isupper() and not word.endswith((".", ":")) for word in words)


def url_date(text: str, start: int, end: int) -> FoundDate | None:
    """The date in a web address: /2020/01/12/, /2020/jan/12, /2020-01/12/, -2020-01-12, _20200112, /2020/0112, or /2020/01/."""
    address = text[start:end]
    for form in (_URL_DAY, _URL_SOLID, _URL_MONTHLY):
        match = form.search(address)
        if match:
            groups = match.groupdict()
            date = _made("url", match["year"], _month_number(match["month"]), groups.get("day"))
            return FoundDate(date, start + match.start() + 1, start + match.end()) if date else None
    return None


def _date_of(match: re.Match[str], found: str) -> ReportDate | None:
    groups = match.groupdict()
    if groups.get("first"):
        day, month = _day_and_month(int(groups["first"]), int(groups["second"]))
        date = _made(found, groups["year"], month, day)
    else:
        month = int(groups["number"]) if groups.get("number") else _month_number(groups["month"])
        date = _made(found, groups["year"], month, groups.get("day"))
    weekday = (groups.get("weekday") or "").lower().strip(" ,.\t\xa0")
    return None if date and weekday and not WEEKDAYS[date.start.weekday()].startswith(weekday) else date


def _day_and_month(first: int, second: int) -> tuple[int, int]:
    """Which of two numbers is the day: the one above 12; equal numbers need no answer; (0, 0) where nobody can tell."""
    if first > 12 or first == second:
        return first, second
    return (second, first) if second > 12 else (0, 0)


def _month_number(name: str) -> int:
    if name.isdigit():
        return int(name)
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))


def _made(found: str, year: str, month: int, day: int | str | None) -> ReportDate | None:
    written = f"{year}-{month:02d}" if day is None else f"{year}-{month:02d}-{int(day):02d}"
    try:
        return parse_date(written, found)
    except ReportError:
        return None


def _is_beside(text: str) -> bool:
    """Whether ``text`` holds only what may stand beside a date: marks, a time of day, a zone."""
    at = 0
    while at < len(text):
        match = _BESIDE.match(text, at)
        if match is None:
            return False
        at = match.end()
    return True


def _is_told(text: str) -> bool:
    """Whether a line tells of a date ("On 12 January 2020") and does not only show it."""
    return text[:3].lower() in ("on ", "at ")


def _is_tail(text: str) -> bool:
    """The same behind the date, where "updated" and a second date may follow."""
    label = _LABEL.search(text)
    if label is None or label["label"].lower() not in _CHANGED:
        return _is_beside(text)
    return _is_beside(text[: label.start()])

"""Times that a report's text names, as intervals of days: "On Monday, May 6", "since late April", "last week".

What is told from the day of writing (last week, on Sunday, 3 June) is read only where that day is known: the report's own
date, as exact as it is; whatever would differ between its first and its last day is left out. Nothing is seen from today.
A day or month without a year can also be read by the years that a collection covers, where only one of them fits. What cannot be
told is left out: no date is better than a wrong one. Times of day and lengths of time are none of it. How times are written:
``event_forms``.

A weekday lies behind the report, or is its day, unless the words before it look ahead ("will meet on Friday", "until 15
October"). "Between June and August 2019", "from Monday to Wednesday" is one time, from the first day to the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from idlibsearch.ingest.event_forms import Form, Written, written_in
from idlibsearch.ingest.event_readers import Meaning, Parts, Seen
from idlibsearch.model import EventDate, Report, ReportDate

Years = tuple[int, int]  # the first and the last that a collection covers

_ONE_DAY = timedelta(days=1)
_FAR = 80  # characters before a time that may tell where it lies
_AHEAD = re.compile(
    r"\b(?:until|till|by|next|from\snow)\s(?:the\s)?$"
    r"|\b(?:will|shall|would|(?:is|are|be)\s(?:due|scheduled|expected|set)"
    r"|to\s(?:meet|visit|take|hold|begin|start|be\sheld|convene|attend|open|expire|resume|close))\b[^.;:,\n]{0,60}$"
)
_BACK = re.compile(r"\b(?:[Ss]ince|[Ll]ast)\s$")
_BETWEEN = re.compile(r"\b[Bb]etween\s(?:the\s)?$")
_JOIN = re.compile(r"\s?[-–—]\s?|\s(?:to|until|till|through)\s(?:the\s)?")


class Told(NamedTuple):
    """A time that a text names at [start, end)."""

    meaning: Meaning
    start: int
    end: int


def with_event_dates(report: Report, years: Years | None = None) -> Report:
    """The report with the times that its title and body name (``Report.event_dates``), seen from its own date.

    For reports that are not read from pages, which have them already, and for those that are given another date. ``years``: the
    first and the last year that a collection covers, by which a day or month is read that has no year, in a report that has no
    date. O(characters), about 2 MB a second. Raises nothing: what cannot be read is left out.

    >>> report = idlibsearch.with_event_dates(Report("a", "", "It happened on 12 January 2020."))
    >>> [event.spelling for event in report.event_dates]
    ['12 January 2020']
    """
    found = [event for field in ("title", "body") for event in event_dates(getattr(report, field), field, report.date, years)]
    return replace(report, event_dates=tuple(found))


def event_dates(text: str, field: str, when: ReportDate | None, years: Years | None = None) -> Iterator[EventDate]:
    """The times that ``text`` names, in their order; ``field``: what it is of the report, which was published ``when``."""
    for told in told_in(text, when, years):
        (first, until), precision = told.meaning
        yield EventDate(text[told.start : told.end], field, told.start, told.end, first, until, precision)


def told_in(text: str, when: ReportDate | None, years: Years | None = None) -> Iterator[Told]:
    """The same as meanings."""
    written = list(written_in(text))
    skipped = -1
    for number, each in enumerate(written):
        if number == skipped:
            continue
        is_joined = number + 1 < len(written) and _is_joined(text, each, written[number + 1])
        together = _told_together(text, each, written[number + 1], when, years) if is_joined else None
        if together:
            skipped = number + 1
        told = together or _told(text, each, when, years)
        if told:
            yield told


def named_times(text: str, when: ReportDate | None, years: Years | None = None) -> Iterator[Told]:
    """The times that a text names, each by itself: "from June to August" names two."""
    return (told for written in written_in(text) if (told := _told(text, written, when, years)))


def _told(text: str, written: Written, when: ReportDate | None, years: Years | None) -> Told | None:
    meaning = _meaning(written, _looks_ahead(text, written.start), when, years)
    return Told(meaning, written.start, written.end) if meaning else None


def _meaning(written: Written, ahead: bool | None, when: ReportDate | None, years: Years | None) -> Meaning | None:
    """What is written, as far as one day of those it may be seen from, or one year, gives it a meaning and no other another."""
    form, parts = written.form, written.parts
    if _is_whole(written):
        return _read(form, parts, Seen(date.min))
    if when is not None:
        return _only(_read(form, parts, Seen(day, ahead)) for day in {when.start, when.end - _ONE_DAY})
    if years is not None and form.needs == "year":
        each = (_read(form, {**parts, "year": str(year)}, Seen(date.min)) for year in range(years[0], years[1] + 1))
        return _only(found for found in each if found)
    return None


def _is_whole(written: Written) -> bool:
    return written.form.needs == "nothing" or bool(written.form.needs == "year" and written.parts.get("year"))


def _only(meanings: Iterable[Meaning | None]) -> Meaning | None:
    found = set(meanings)
    return found.pop() if len(found) == 1 else None


def _read(form: Form, parts: Parts, seen: Seen) -> Meaning | None:
    try:
        return form.read(parts, seen)
    except (ValueError, OverflowError):  # no such day, or one beyond the calendar
        return None


def _looks_ahead(text: str, start: int) -> bool | None:
    """Is what is named at ``start`` ahead of the report (True), behind it (False), or does the text not say?"""
    if _AHEAD.search(text, max(0, start - _FAR), start):
        return True
    return False if _BACK.search(text, max(0, start - _FAR), start) else None


# ---- two times that are one


def _is_joined(text: str, one: Written, other: Written) -> bool:
    joint = text[one.end : other.start]
    if len(joint) > 16:
        return False
    return bool(_JOIN.fullmatch(joint) or (joint.strip() == "and" and _BETWEEN.search(text, max(0, one.start - 16), one.start)))


def _told_together(text: str, one: Written, other: Written, when: ReportDate | None, years: Years | None) -> Told | None:
    """From the first day of one to the last of the other; what lacks a year is seen from the side that has one."""
    first, last = _told(text, one, when, years), _told(text, other, when, years)
    if _is_whole(other) and not _is_whole(one) and last:
        first = _beside(one, Seen(last.meaning.days[0], ahead=False))
    elif first and not _is_whole(other):
        last = _beside(other, Seen(first.meaning.days[0], ahead=True))
    if not first or not last or first.meaning.days[0] >= last.meaning.days[0]:
        return None
    return Told(Meaning((first.meaning.days[0], last.meaning.days[1]), "span"), one.start, other.end)


def _beside(written: Written, seen: Seen) -> Told | None:
    meaning = _read(written.form, written.parts, seen)
    return Told(meaning, written.start, written.end) if meaning else None

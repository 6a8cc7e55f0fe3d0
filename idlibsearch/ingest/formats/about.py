"""What a file says of itself, made fields of its report: what the text says itself comes first, then this, then the address.

Dates go by the conventions of ``publication``: the day as it is written, of whatever time zone. One that cannot be read, or
cannot be, is told, and the next one counts; a report whose file has only such dates has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from email.utils import parsedate
from typing import NamedTuple

from idlibsearch.errors import ReportError
from idlibsearch.ingest.event_dates import with_event_dates
from idlibsearch.ingest.formats.extract import About
from idlibsearch.ingest.publication import read_date, url_date
from idlibsearch.ingest.source import host_of, is_agency
from idlibsearch.model import Report, ReportDate, parse_date

EMPTY_YEAR = 1970  # its first day is what a system writes that knows no date
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{4}-\d{2}|\d{4})(?:[T\s].*)?", re.DOTALL)
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}.*)?")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")


class Dated(NamedTuple):
    """The date that was found, and what is wrong with those that were not taken, where none was."""

    date: ReportDate | None
    fault: str = ""


def date_among(dates: Iterable[str]) -> Dated:
    """The first of the dates that can be read."""
    fault = ""
    for written in dates:
        try:
            if (date := _read(written.strip())) is not None:
                return Dated(date)
        except ReportError as error:
            fault = fault or error.reason
    return Dated(None, fault)


def _read(written: str) -> ReportDate | None:
    """A date of metadata; None for what only a system means. Raises ReportError."""
    stamp, solid = _STAMP.fullmatch(written), _SOLID.fullmatch(written)
    if stamp or solid:
        date = parse_date(stamp[1] if stamp else "-".join(solid.groups()), "metadata")  # type: ignore[union-attr]
        return None if date.start.timetuple()[:3] == (EMPTY_YEAR, 1, 1) or date.start.year == 1 else date
    mailed = parsedate(written)
    if mailed is not None:
        return parse_date("{:04}-{:02}-{:02}".format(*mailed), "metadata")
    read = read_date(written, "metadata")
    if read is None:
        raise ReportError("", f"the date {written[:60]!r} cannot be read, or cannot be")
    return read[0]


def language_of(written: str) -> str:
    """The language of a tag, in small letters: en of en-GB and of en_US."""
    found = _LANGUAGE.fullmatch(written.strip())
    return found[1].lower() if found else ""


def told(report: Report, about: About) -> tuple[Report, str]:
    """The report with what its file says of itself, and what is wrong with the file's dates, empty where one was found."""
    url = report.url or about.url
    found = {
        "byline": report.byline or about.byline,
        "url": url,
        "source": report.source or _source(about, url),
        "section": report.section or about.section,
        "language": report.language or language_of(about.language),
    }
    new = {name: value for name, value in found.items() if value != getattr(report, name)}
    date, fault = report.date, ""
    if date is None or date.found == "url":
        dated = date_among(about.dates)
        by_address = url_date(about.url, 0, len(about.url)) if about.url else None
        date = dated.date or report.date or (by_address.date if by_address else None)
        fault = "" if date else dated.fault
    derived = (*report.derived, *new, *(("date",) if date is not report.date else ()))
    provenance = report.provenance
    if provenance is not None and date is not report.date:
        pieces = {name: parts for name, parts in provenance.pieces.items() if name != "date"}
        provenance = replace(provenance, pieces=pieces)
    whole = replace(report, **new, date=date, derived=derived, provenance=provenance)  # type: ignore[arg-type]
    return whole if date is report.date else with_event_dates(whole), fault


def _source(about: About, url: str) -> str:
    """An agency as the byline, as in a text; else what the file names, else the host of the address."""
    if is_agency(about.byline):
        return about.byline
    host = host_of(url, 0, len(url)) if url else None
    return about.source or (url[host[0] : host[1]] if host else "")

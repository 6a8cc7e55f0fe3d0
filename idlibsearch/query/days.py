"""Which days a typed date names: the door to ``when``, which only dates in words go through.

Plain dates (2020, 2020-01, 2020-01-12) are read here, so that a question with one of them loads nothing more. ``today`` is
the day that dates in words are seen from; None is today's in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from idlibsearch.errors import QueryError, ReportError
from idlibsearch.model import parse_date


def days_of(text: str, today: date | None) -> tuple[date, date]:
    """The half-open interval of days that a date names; raises QueryError as ``read_when`` does."""
    if _is_of_digits(text):
        try:
            named = parse_date(text)
        except ReportError:
            pass  # 20200112 and 2019-2020 are dates too, and of what is none `when` says why
        else:
            return named.start, named.end
    from idlibsearch.query.when import read_when  # noqa: PLC0415 - plain dates need not pay for it

    day = datetime.now(UTC) if today is None else today
    return read_when(text, day.date() if isinstance(day, datetime) else day)


def wider_date(text: str, following: Sequence[str], today: date | None) -> str:
    """The longest date that begins with ``text`` and goes on in the following words (one or more); "" where none does.

    Behind a plain date only what may join it to another is looked at: ``2020 ceasefire`` must cost nothing.
    """
    if _is_of_digits(text) and len(text) >= 4 and following[0].lower() not in ("to", "until", "-"):
        return ""
    for count in range(len(following), 0, -1):
        wider = " ".join((text, *following[:count]))
        try:
            days_of(wider, today)
        except QueryError:
            continue
        return wider
    return ""


def _is_of_digits(text: str) -> bool:
    return text.isascii() and text.replace("-", "").isdigit()

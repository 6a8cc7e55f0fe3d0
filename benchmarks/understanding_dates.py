"""Times named in news: how many are found and rightly read, beside dateparser where that is installed.

    python -m benchmarks.understanding dates [--data DIR]

DIR has ``dates/tempeval3.jsonl``: ``text``, ``dct`` (published) and ``timex`` (start, end, type, value as TIMEX3). What is sought
are the expressions of type DATE that name days, months, weeks, quarters, seasons, years, decades or centuries; the vague ones
(now, recently), lengths and repetitions are not, and what is found there counts as wrong; what is found in a time of day counts
neither way. A span is right to the character ("exact") or overlaps ("found"); a value is right where it is the interval of the
gold; a library that gives a point in time is right where that lies in it, which favours it. The rules were tuned on the even
lines.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from idlibsearch.ingest.event_dates import named_times
from idlibsearch.model import parse_date
from idlibsearch.units import Days, days_from, months_from

_SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


class Named(NamedTuple):
    """An expression at [start, end), and the days that it was taken for."""

    start: int
    end: int
    days: Days


Reader = Callable[[str, str], Iterable[Named]]  # of a text, and the day on which it was published


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    path = parser.parse_args(arguments).data / "dates" / "tempeval3.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    readers: dict[str, tuple[Reader, bool]] = {"idlibsearch": (_ours, True)}
    if importlib.util.find_spec("dateparser") is not None:
        readers["dateparser"] = (_dateparser, False)
    print("| half | reader | sought | given | exact span P / R / F | found P / R / F | value P / R / F | KB/s |")
    print("|---|---|---|---|---|---|---|---|")
    for name, half in (("even lines (tuned)", rows[0::2]), ("odd lines", rows[1::2])):
        for reader, (read, is_exact) in readers.items():
            print(f"| {name} | {reader} | {_measured(half, read, is_exact=is_exact)} |")


def _measured(rows: list[dict[str, Any]], read: Reader, *, is_exact: bool) -> str:
    sought = given = exact = found = right = size = 0
    took = 0.0
    for row in rows:
        gold = [(timex, days) for timex in row["timex"] if timex["type"] == "DATE" and (days := gold_days(timex["value"]))]
        clock = time.perf_counter()
        names = list(read(row["text"], row["dct"][:10]))
        took += time.perf_counter() - clock
        size += len(row["text"])
        sought += len(gold)
        for name in names:
            over = [(timex, days) for timex, days in gold if timex["start"] < name.end and name.start < timex["end"]]
            if not over and any(
                timex["type"] == "TIME" and timex["start"] < name.end and name.start < timex["end"] for timex in row["timex"]
            ):
                continue
            given += 1
            if over:
                timex, days = over[0]
                found += 1
                exact += (timex["start"], timex["end"]) == (name.start, name.end)
                right += name.days == days if is_exact else days[0] <= name.days[0] < days[1]
    scores = " | ".join(_scores(count, given, sought) for count in (exact, found, right))
    return f"{sought} | {given} | {scores} | {size / took / 1000:,.0f}"


def _scores(right: int, given: int, sought: int) -> str:
    return f"{right / max(given, 1):.3f} / {right / sought:.3f} / {2 * right / (given + sought):.3f}"


def _ours(text: str, published: str) -> Iterator[Named]:
    for told in named_times(text, parse_date(published)):
        yield Named(told.start, told.end, _whole(told.meaning.days, told.meaning.precision))


def _whole(days: Days, precision: str) -> Days:
    """TIMEX3 names the month of which early May is a part, and the year."""
    start, end = days
    if precision == "part-month":
        return months_from(start.year * 12 + start.month - 1)
    if precision == "span" and start.day == end.day == 1 and 88 < (end - start).days < 125:
        return months_from(start.year * 12, 12)
    return days


def _dateparser(text: str, published: str) -> Iterator[Named]:
    from dateparser.search import search_dates  # noqa: PLC0415 - only where it is installed

    settings = {"RELATIVE_BASE": datetime.fromisoformat(published), "PREFER_DATES_FROM": "past"}
    at = 0
    for written, when in search_dates(text, languages=["en"], settings=settings) or ():
        start = text.find(written, at)
        if start >= 0:
            at = start + len(written)
            yield Named(start, at, days_from(when.date().toordinal()))


def gold_days(value: str) -> Days | None:  # noqa: PLR0911 - a line a kind of value
    """The days of a TIMEX3 value; None for one that names none, such as PRESENT_REF, XXXX-SU or 1998-WXX."""
    value = value.partition("T")[0]
    if re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
        read = parse_date(value)
        return read.start, read.end
    if match := re.fullmatch(r"(\d{4})-W(\d\d)(-WE)?", value):
        start = date.fromisocalendar(int(match[1]), int(match[2]), 6 if match[3] else 1)
        return start, start + timedelta(days=2 if match[3] else 7)
    if match := re.fullmatch(r"(\d{4})-([QH])(\d)", value):
        months = 3 if match[2] == "Q" else 6
        return months_from(int(match[1]) * 12 + (int(match[3]) - 1) * months, months)
    if match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI)", value):
        return months_from(int(match[1]) * 12 + _SEASONS[match[2]] - 1, 3)
    if match := re.fullmatch(r"(\d{3})X?", value):
        return months_from(int(match[1]) * 120, 120)
    if match := re.fullmatch(r"(\d\d)(XX)?", value):
        return months_from((int(match[1]) * 100 + 1) * 12, 1200)
    return None

"""JSON and tables: an object, or a row, is a report, by the names that ``jsonl`` knows; of JSON an array of objects, or one.

Both are read as a whole; what is too large for that is better given as JSON lines, which are a stream. The first row of a table
names its columns, and what stands between them is what stands there most often. Numbers in cells are numbers.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

from idlibsearch.errors import InputError
from idlibsearch.ingest.jsonl import Item, Origin, Records, no_number

LARGEST = 256 << 20  # bytes of a file that is read as a whole
_BLANK = re.compile(r"[\s,]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?", re.ASCII)


def from_json(text: str, origin: Origin) -> Iterator[Item]:
    """The reports of a JSON text. Raises InputError where it breaks off; what came before holds."""
    records, decoder = Records(origin), json.JSONDecoder(parse_constant=no_number)
    at = len(text) - len(text.lstrip())
    is_array = text.startswith("[", at)
    at = _blank_end(text, at + 1) if is_array else at
    number = 1
    while at < len(text) and not (is_array and text[at] == "]"):
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise InputError(origin.place, f"is not JSON ({error})", "json") from None
        yield from records.record(f"{origin.place}:{number}", value, text[at:end], at)
        at, number = _blank_end(text, end), number + 1
    if is_array and at >= len(text):
        raise InputError(origin.place, "is not JSON (its array does not end)", "json")


def _blank_end(text: str, at: int) -> int:
    """Where what stands between two values ends."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


def from_table(text: str, origin: Origin, tabbed: bool) -> Iterator[Item]:
    """The reports of the rows of a table, comma-separated or the like. Raises InputError where it breaks off."""
    csv.field_size_limit(LARGEST)  # the module's own is 128 KB, less than a long report
    lines = _Lines(text)
    rows = csv.reader(lines, delimiter="\t" if tabbed else _delimiter(text))
    records, names = Records(origin), None
    while True:
        at, line = lines.at, rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise InputError(origin.place, f"is no table from line {line} on ({error})", "csv") from None
        if row is None:
            return
        place = f"{origin.place}:{line}"
        if not any(map(str.strip, row)):
            continue
        if names is None:
            names = [name.strip() for name in row]
        elif len(row) > len(names):
            yield InputError(place, f"has {len(row)} cells, and there are {len(names)} columns", "csv")
        else:
            cells = {name: _cell(cell) for name, cell in zip(names, row, strict=False) if name and cell}
            yield from records.record(place, cells, text[at : lines.at].rstrip("\r\n"), at)


class _Lines:
    """The lines of a text one by one, and where the next one begins, in characters."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._text):
            raise StopIteration
        start, end = self.at, self._text.find("\n", self.at) + 1
        self.at = end or len(self._text)
        return self._text[start : self.at]


def _delimiter(text: str) -> str:
    head = text[: text.find("\n") if "\n" in text else len(text)]
    return max(",;\t|", key=head.count)


def _cell(text: str) -> Any:
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text

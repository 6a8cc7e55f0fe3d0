"""Points out a place in a question on a terminal: the line it is in, and carets under it.

A line that is too long is cut around the place. What no terminal shows as it is (tabs, controls, signs that turn the direction of
writing) stands as one sign, so that carets stand where they should.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

WIDTH = 100  # where nobody knows how wide the terminal is
NARROWEST = 20
UNPRINTABLE = "\ufffd"
_INDENT = "  "
_CUT = "…"


def pointed(text: str, span: tuple[int, int], message: str, advice: str, width: int = WIDTH) -> Iterator[str]:
    """A message on one line; where there is a text, the line of it that the span begins in, and carets, in ``width`` columns."""
    yield "".join(_shown(char) for char in (f"{message}; {advice}" if advice else message))
    if text.strip():
        line, start, end = _line_at(text, span)
        for row in _underlined(line, start, end, max(width, NARROWEST) - len(_INDENT)):
            yield _INDENT + row


def _line_at(text: str, span: tuple[int, int]) -> tuple[str, int, int]:
    """The line that a span begins in, and the (start, end) of as much of the span as is in it."""
    at, lines = 0, text.splitlines(keepends=True)
    while len(lines) > 1 and span[0] >= at + len(lines[0]):
        at += len(lines.pop(0))
    line = lines[0].splitlines()[0]
    return line, min(span[0] - at, len(line)), min(span[1] - at, len(line))


def _underlined(line: str, start: int, end: int, room: int) -> tuple[str, str]:
    widths = [char_columns(char) for char in line]
    columns = [0, *accumulate(widths)]
    first, last = _window(columns, start, room)
    shown = "".join(_shown(char) for char in line[first:last])
    before, after = _CUT if first else "", _CUT if last < len(line) else ""
    blanks = len(before) + columns[start] - columns[first]
    return before + shown + after, " " * blanks + "^" * max(columns[min(end, last)] - columns[start], 1)


def _window(columns: list[int], start: int, room: int) -> tuple[int, int]:
    """The characters [first, last) to be shown: all where they fit, else with a third of the room before ``start``."""
    count = len(columns) - 1
    if columns[count] + (start == count) <= room:  # at the end there is a caret behind it
        return 0, count
    room -= 2 * len(_CUT)
    first = last = start
    while first and columns[start] - columns[first - 1] <= room // 3:
        first -= 1
    while last < count and columns[last + 1] - columns[first] <= room:
        last += 1
    while first and columns[last] - columns[first - 1] <= room:
        first -= 1
    return first, last


def _shown(char: str) -> str:
    return char if char.isprintable() else " " if char.isspace() else UNPRINTABLE


def char_columns(char: str) -> int:
    """How many columns a character takes: none for an accent of its own, two for signs of East Asia and pictures."""
    if char.isascii():
        return 1
    import unicodedata  # noqa: PLC0415 - most questions are ASCII

    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if char.isprintable() and unicodedata.east_asian_width(char) in ("W", "F") else 1

"""Raw lines of a page, and hard-wrapped ones put together again into the lines that were meant.

A page is hard-wrapped when most of its lines end where the next word would not have fitted any more. Only then are lines
joined: in a page of one line a paragraph, joining would glue reports together. The pieces of a joined line keep their
places in the page, so nothing here changes a character.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

Span = tuple[int, int]

NARROWEST, WIDEST = 40, 120  # columns between which text is wrapped by hand or by mail; wider lines are paragraphs
ENOUGH = 0.6  # share of line pairs that must run on in mid-sentence; wrapped text has .7 to .9, lists of headlines under .25
_ADDRESS = ("http://", "https://", "www.")  # a broken one is put together where addresses are read, without spaces


class Raw(NamedTuple):
    """A line as it stands: its content's characters [start, end), empty for a blank one, and its indentation."""

    start: int
    end: int
    indent: int


def raw_lines(text: str) -> list[Raw]:
    """Every line of ``text`` without indentation and trailing space; "\\r\\n" is one line end."""
    raws, at = [], 0
    for raw in text.splitlines(keepends=True):
        content = raw.strip()
        indent = raw.index(content[0]) if content else 0
        raws.append(Raw(at + indent, at + indent + len(content), indent))
        at += len(raw)
    return raws


def unwrapped(text: str, raws: list[Raw]) -> list[tuple[Raw, ...]]:
    """The raw lines, those of one wrapped line together; a blank line is alone."""
    width = wrap_width(text, raws)
    lines: list[list[Raw]] = []
    for raw in raws:
        if width and lines and _runs_on(text, lines[-1][-1], raw, width) and not _opens(lines[-1], raw):
            lines[-1].append(raw)
        else:
            lines.append([raw])
    return [tuple(line) for line in lines]


def wrap_width(text: str, raws: list[Raw]) -> int:
    """The column at which a page is wrapped, 0 for one that is not."""
    widths = sorted(raw.indent + raw.end - raw.start for raw in raws if " " in text[raw.start : min(raw.end, raw.start + 200)])
    if not widths:
        return 0
    width = widths[len(widths) * 9 // 10]  # nine in ten: a few lines too long must not hide that the rest is wrapped
    if not NARROWEST <= width <= WIDEST:
        return 0
    pairs = [(one, other) for one, other in itertools.pairwise(raws) if _could_run_on(one, other)]
    running = sum(text[one.end - 1] not in ".!?" and _runs_on(text, one, other, width) for one, other in pairs)
    return width if running >= 2 and running >= ENOUGH * len(pairs) else 0


def _could_run_on(raw: Raw, following: Raw) -> bool:
    """Whether two lines stand together: no blank one between, and the second not indented as the first of a paragraph."""
    return raw.start < raw.end and following.start < following.end and following.indent <= raw.indent + 1


def _runs_on(text: str, raw: Raw, following: Raw, width: int) -> bool:
    """Whether ``following`` continues ``raw``: its first word would not have fitted, or begins small in mid-sentence."""
    if raw.start == raw.end or following.start == following.end or text.startswith(_ADDRESS, raw.start):
        return False
    if raw.indent + raw.end - raw.start > 2 * width or following.end - following.start > 2 * width:
        return False
    first = text[following.start : following.end].split(None, 1)[0]
    if raw.indent + raw.end - raw.start + 1 + len(first) > width:
        return True
    return first[0].islower() and text[raw.end - 1].isalnum() and raw.end - raw.start > width // 2


def _opens(line: list[Raw], following: Raw) -> bool:
    """Whether ``following`` opens a paragraph by its indentation; the first line of one may stand further in or out."""
    last = line[-1]
    if following.indent > last.indent and len(line) > 1:
        return True
    return len(line) == 1 and following.indent > last.indent + 3


def joins_over(text: str, before: Span, after: Span) -> bool:
    """Whether a paragraph was broken in mid-sentence: it ends in a letter, digit or comma and the next begins small."""
    return before[0] < before[1] and (text[before[1] - 1].isalnum() or text[before[1] - 1] == ",") and text[after[0]].islower()

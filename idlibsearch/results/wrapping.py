"""Breaks lines between words, for a terminal of so many columns.

What goes on below stands under its text: behind the number or sign that the line begins with. A word that is longer than the line
is left whole, so that it can be copied: the terminal breaks it. Dresses and links take no room, end with the line and begin again
on the next; all else that would steer the terminal is shown as a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from idlibsearch.results.pointing import UNPRINTABLE, char_columns

PLAIN_DRESS = "\x1b[0m"
NO_LINK = "\x1b]8;;\x1b\\"
_UNSEEN = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[!-~]*\x1b\\")
_STEERING = re.compile(rf"(?P<kept>{_UNSEEN.pattern})|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_HANGING = re.compile(r" *(?:\d+\. |[-+] )?")
_NAMED = re.compile(r"[a-z_]+: ")
_NAMED_INDENT = 2


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The lines of a text, each in so many columns where it has blanks enough."""
    for line in _harmless(text.replace("\r\n", "\n")).expandtabs().split("\n"):
        if columns_of(line) <= columns:
            yield line
        else:
            yield from _broken(line, columns)


def columns_of(line: str) -> int:
    """How many columns a line takes."""
    seen = _UNSEEN.sub("", line) if "\x1b" in line else line
    return len(seen) if seen.isascii() else sum(map(char_columns, seen))


def unlinked(line: str) -> str:
    """A line without its links, for what may not know them."""
    return re.sub(r"\x1b\]8;;[!-~]*\x1b\\", "", line)


def _harmless(text: str) -> str:
    return text if text.isprintable() else _STEERING.sub(lambda found: found["kept"] or UNPRINTABLE, text)


def _broken(line: str, columns: int) -> Iterator[str]:
    hang = _hang(_UNSEEN.sub("", line))
    if hang > columns // 2:
        hang = 0
    row, used, dressed = "", 0, ""
    for number, word in enumerate(line.split(" ")):
        wide = columns_of(word)
        if number and used > hang and 0 < wide <= columns - hang and used + 1 + wide > columns:
            dressed = _open_at_the_end(dressed + row)
            yield row.rstrip(" ") + _closed(dressed)
            row, used = " " * hang + dressed + word, hang + wide
        else:
            row, used = (f"{row} {word}", used + 1 + wide) if number else (word, wide)
    yield row.rstrip(" ")


def _hang(line: str) -> int:
    indent = _HANGING.match(line)
    return indent.end() if indent and indent.end() else _NAMED_INDENT if _NAMED.match(line) else 0


def _open_at_the_end(row: str) -> str:
    """The dresses and the link that are begun in a row and not ended."""
    dress = link = ""
    for found in _UNSEEN.findall(row):
        if found.startswith("\x1b]"):
            link = "" if found == NO_LINK else found
        else:
            dress = "" if found == PLAIN_DRESS else dress + found
    return dress + link


def _closed(dressed: str) -> str:
    return (NO_LINK if "\x1b]" in dressed else "") + (PLAIN_DRESS if "\x1b[" in dressed else "")

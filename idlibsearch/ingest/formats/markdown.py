"""Markdown: a page of text, and the front matter before it (``---`` lines with ``name: value`` between them, as YAML has it).

Only plain pairs are read, and lists of texts: front matter is a header here, not a program. Marks of emphasis stay as they are:
the text is the file's own, character for character.
"""

from __future__ import annotations

import re

from idlibsearch.ingest.files import decode
from idlibsearch.ingest.formats.extract import About, Extract

LONGEST = 64 * 1024  # characters of front matter
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<pairs>(?:.*\r?\n)*?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)")
_PAIR = re.compile(r"(?P<name>[A-Za-z][\w-]{0,60}):[ \t]*(?P<value>.*)$")
_ITEM = re.compile(r"[ \t]{0,8}-[ \t]+(?P<value>.+)$")
_HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
_NAMES = {
    "title": ("title", "headline"), "byline": ("byline", "author", "authors"), "url": ("url", "canonical_url", "link"),
    "source": ("source", "publisher", "site"), "section": ("section", "category"), "language": ("language", "lang"),
    "dates": ("date", "published", "publish_date", "pubdate", "created"),
}  # fmt: skip


def read(content: bytes, encoding: str | None = None) -> Extract:
    """The text of a page. All of the front matter but the title becomes spaces, and so do the marks of headings, so that every
    character keeps its place. Raises InputError."""
    text, used = decode(content, encoding)
    front = _FRONT.match(text[:LONGEST])
    if front is None:
        return Extract(_unmarked(text), encoding=used, is_own=True)
    pairs = _pairs(front["pairs"])
    values = {field: next((pairs[name] for name in names if pairs.get(name)), []) for field, names in _NAMES.items()}
    shown = {name: ", ".join(found) for name, found in values.items()}
    about = About(
        shown["title"],
        shown["byline"],
        shown["url"],
        shown["source"],
        shown["section"],
        shown["language"],
        tuple(values["dates"]),
    )
    blank = re.sub(r"[^\r\n]", " ", front[0])
    at = front[0].find(about.title) if about.title else -1
    if at >= 0:
        blank = blank[:at] + about.title + blank[at + len(about.title) :]
    return Extract(blank + _unmarked(text[front.end() :]), about, used, is_one=at >= 0, is_own=True, title_at=at)


def _unmarked(text: str) -> str:
    return _HEADING.sub(lambda match: " " * len(match[0]), text)


def _pairs(text: str) -> dict[str, list[str]]:
    """Every name with its values."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        pair, item = _PAIR.match(line), _ITEM.match(line)
        if pair:
            name = pair["name"].lower()
            found[name] = _values(pair["value"])
        elif item and name:
            found[name].append(_unquoted(item["value"]))
    return found


def _values(text: str) -> list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [value for part in text[1:-1].split(",") if (value := _unquoted(part))]
    return [value] if (value := _unquoted(text)) else []


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text

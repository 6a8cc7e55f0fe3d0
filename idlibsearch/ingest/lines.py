"""What kind of line each line of a page is, by itself: the ground on which pages are split.

A kind is what the line looks like, not what it turns out to be: a heading may be a title, a date may stand in a table.
Deciding that takes the lines around it and is ``split``'s work. Spans leave out indentation, the bullet and trailing space.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from idlibsearch.ingest.byline import byline_pieces
from idlibsearch.ingest.cues import AGENCIES
from idlibsearch.ingest.paragraphs import Raw, Span, raw_lines, unwrapped
from idlibsearch.ingest.publication import date_line

Kind = Literal[
    "blank", "separator", "bullet", "related", "byline", "date", "credit", "url", "label", "heading", "boilerplate", "source",
    "text",
]  # fmt: skip

LONGEST_MARK = 200  # characters; only text and addresses are longer than this
FINAL = tuple(".!?…。؟")  # what ends a sentence
CLOSING = "\"'”’»)]}* \t\xa0"  # what may stand behind it
TITLE_WORDS = 22  # the longest title; the longest among a million agency headlines has about as many
CREDIT_WORDS, BOILERPLATE_WORDS, SOURCE_WORDS = 12, 10, 6


def _any_of(*forms: str) -> str:
    return "(?:" + "|".join(forms) + ")"


LABEL = re.compile(
    _any_of(
        r"(?:(?:original|full|source|article)\s)?(?:url|link)\s{0,3}:\s{0,3}",
        r"(?:read\sthe\s)?original\s(?:article|story)\s{0,3}:\s{0,3}",
    ),
    re.IGNORECASE,
)
SOURCE = re.compile(r"(?:source|agency|publisher)s?\s{0,3}:\s{0,3}(?=\S)", re.IGNORECASE)
_BULLET = re.compile(r"(?:[•●▪‣◦·■►▶⁃∙○]\s{0,8}|[*+–—-]\s{1,8})(?=\S)")
_SEPARATOR = re.compile(r"(?:[-–—_=*~#·•+]\s?){1,200}$")
_RELATED = re.compile(
    _any_of(
        r"related(?:\s(?:articles?|stor(?:y|ies)|news|reading|topics?|content|links?|coverage))?",
        r"read\s(?:more|also|next)",
        r"(?:see\salso|also\sread|you\smay\salso\slike|most\sread|don['’]t\smiss|watch|listen)",
        r"more\son\sthis(?:\sstory)?",
        r"recommended(?:\s(?:stories|articles|reading))?",
    )
    + r"\s{0,3}(?::|$|[-–—|]\s)",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]{4,2000}", re.IGNORECASE)
_URL_TAIL = re.compile(r"(?=[^\s]{0,300}[\d/=_%-])[\w./=&%?#~+:,;@!$-]{1,300}$")
_HEADING = re.compile(
    _any_of(
        r"(?:contents?|articles?|posts?|stories|news|items|entries)\s(?:tagged(?:\s(?:with|as))?|about|filed\sunder)\s",
        r"(?:tag|topic|category|archive|section)s?\s{0,3}:",
        r"latest\s(?:news|stories|articles)",
        r"(?:search\sresults|all\sstories|more\sstories)",
    ),
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    _any_of(
        r"share(?:\s(?:this|on|via|article|story)\b.{0,80}|\s?:.{0,80})?$",
        r"(?:advertisement|sponsored(?:\scontent)?|tweet|save|facebook|twitter|whatsapp|menu|search|home)$",
        r"(?:subscribe|sign\s(?:up|in)|log\sin|click\shere|follow\sus|all\srights\sreserved|copyright|loading)\b",
        r"(?:©|\(c\)\s\d|cookies?\s|skip\sto\s|back\sto\stop|load\smore|continue\sreading|leave\sa\s(?:comment|reply))",
        r"comments?\s?\(?\d{0,6}\)?$",
        r"(?:print|e-?mail)(?:\sthis)?(?:\s(?:page|article))?$",
        r"\d{1,3}\s(?:min(?:ute)?s?\sread|comments?|shares?)$",
    ),
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"[\[(]?"
    + _any_of(r"(?:(?:file\s)?photo|image|picture|photograph)s?(?:\scredit)?\s{0,3}(?::|by\b)", r"credits?\s{0,3}:", "©"),
    re.IGNORECASE,
)
_OWNERS = re.compile(r"(?:[^\n/|]{2,60}\s?[/|]\s?){1,4}[^\n/|]{2,60}$")
_OWNER = re.compile(
    r"(?<!\w)" + _any_of(*map(re.escape, sorted((*AGENCIES, "Getty", "EPA", "Shutterstock"), key=len, reverse=True))) + r"(?!\w)"
)
_BRACKETED = re.compile(r"[\[(]([^\[\]()]{2,60})[\])]$")


class Line(NamedTuple):
    """A line: its content's characters [start, end) in the page, its kind, its indentation, and the pieces it was broken into."""

    start: int
    end: int
    kind: Kind
    indent: int
    pieces: tuple[Span, ...]


def read_lines(text: str) -> list[Line]:
    """Every line of ``text`` in order, blank ones too, hard-wrapped ones joined; "\\r\\n" is one line end."""
    return [_line(text, parts) for parts in unwrapped(text, raw_lines(text))]


def _line(text: str, parts: tuple[Raw, ...]) -> Line:
    start, end, indent = parts[0].start, parts[-1].end, parts[0].indent
    if start == end:
        return Line(start, end, "blank", 0, ())
    if len(parts) == 1 and _SEPARATOR.match(text, start, end):
        return Line(start, end, "separator", indent, ((start, end),))
    bullet = _BULLET.match(text, start, parts[0].end)
    if bullet:
        start = bullet.end()
    pieces = ((start, parts[0].end), *((part.start, part.end) for part in parts[1:]))
    return Line(start, end, "bullet" if bullet else _kind(text, pieces), indent, pieces)


def _kind(text: str, pieces: tuple[Span, ...]) -> Kind:
    if len(pieces) == 1:
        return kind_of(text, *pieces[0])
    return "related" if _RELATED.match(text, *pieces[0]) else "text"


def kind_of(text: str, start: int, end: int) -> Kind:
    """The kind of the line content ``text[start:end]``, which is neither blank nor a separator nor a bullet."""
    content = text[start:end]
    if content[:8].lower().startswith(("http", "www.")) and is_address(content):
        return "url"
    if len(content) > LONGEST_MARK:
        return "text"
    if LABEL.match(content) or _RELATED.match(content):
        return "label" if LABEL.match(content) else "related"
    if byline_pieces(text, start, end):
        return "byline"
    return "date" if date_line(text, start, end) else _lesser_kind(content)


def _lesser_kind(content: str) -> Kind:
    """The kinds that a full sentence never is."""
    words = len(content.split(None, TITLE_WORDS))
    if ends_sentence(content) or words > TITLE_WORDS:
        return "text"
    if SOURCE.match(content) and words <= SOURCE_WORDS:
        return "source"
    if words <= CREDIT_WORDS and is_credit(content):
        return "credit"
    if _HEADING.match(content):
        return "heading"
    return "boilerplate" if words <= BOILERPLATE_WORDS and _BOILERPLATE.match(content) else "text"


def is_credit(content: str) -> bool:
    """Whether a line only says whose a picture is: "A / AP / TASS", "[Reuters]", "Photo: …"."""
    if _PICTURE.match(content):
        return True
    return (_BRACKETED.match(content) or _OWNERS.match(content)) is not None and _OWNER.search(content) is not None


def is_address(content: str) -> bool:
    """Whether a line is a web address, which may have been broken by a space where a page was printed."""
    address = _URL.match(content)
    return address is not None and all(_URL_TAIL.match(rest) for rest in content[address.end() :].split()[:4])


def is_address_tail(content: str) -> bool:
    """Whether a line can be the rest of an address broken over two lines."""
    return _URL_TAIL.match(content) is not None


def ends_sentence(content: str) -> bool:
    """Whether the last word of ``content`` ends a sentence."""
    return content.rstrip(CLOSING).endswith(FINAL)


def is_title_like(content: str) -> bool:
    """Whether a line could be a title: short, and not ended like a sentence."""
    return len(content) <= 300 and not ends_sentence(content) and len(content.split(None, TITLE_WORDS)) <= TITLE_WORDS

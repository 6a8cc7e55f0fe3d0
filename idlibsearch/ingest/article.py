"""One report from the lines that belong to it: its title, its paragraphs, and the lines that say who, when and where from.

A draft is made of characters of the page and of nothing else: every field is a row of pieces, [start, end) each, that are
shown with a joiner between them. It knows nothing of how the page was split.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from idlibsearch.ingest.lines import Line, is_address_tail, is_title_like
from idlibsearch.ingest.paragraphs import Span, joins_over
from idlibsearch.ingest.publication import dateline

Pieces = tuple[Span, ...]

MARKS = frozenset(("byline", "date", "url", "label", "source"))
ASIDE = frozenset(("credit", "related", "boilerplate", "heading", "separator", "blank"))
LONGEST_DERIVED = 140  # characters of a title taken from the lead: about 22 words, the longest a title may be
SHORTEST_CLAUSE = 60  # characters below which a clause says too little to be a title

_CUT_OFF = re.compile(r"(?:\.\.\.|…|\[(?:\.\.\.|…)\])[\"'”’]?$")
_CLAUSE_END = re.compile(r"[,;:](?=\s)|\s[–—-](?=\s)|[.?!](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as characters of its page: ``body`` is a row of paragraphs; ``marks`` are the lines about it."""

    layout: str
    title: Pieces
    body: tuple[Pieces, ...]
    start: int
    end: int
    marks: tuple[Line, ...] = ()
    section: Span | None = None
    truncated: bool = False
    repeats: tuple[Span, ...] = ()
    derived: tuple[str, ...] = ()


def article(text: str, lines: Sequence[Line]) -> Draft | None:
    """The one article that ``lines`` are; None where they hold no text."""
    marks, lines = _marks(text, [line for line in lines if line.kind not in ASIDE])
    titles, paragraphs = _head(text, lines)
    section = None
    if len(titles) > 1 and is_section(text, titles[0], titles[1]):
        section, titles = (titles[0].start, titles[0].end), titles[1:]
    title = titles[0].pieces if titles else ()
    body = joined(text, [line.pieces for line in (*titles[1:], *paragraphs)])
    if not title and not body:
        return None
    derived = () if title else ("title",)
    spans = [piece for pieces in (title, *body) for piece in pieces]
    return Draft(
        "article", title or derived_title(text, body[0]), body, min(spans)[0], max(spans)[1], marks, section,
        is_cut_off(text, body[-1] if body else title), (), derived,
    )  # fmt: skip


def _marks(text: str, lines: list[Line]) -> tuple[tuple[Line, ...], list[Line]]:
    """The lines at the head and the foot that tell about the article, and the rest; amid the text they are text."""
    paragraphs = [
        number for number, line in enumerate(lines) if line.kind not in MARKS and not is_title_like(text[line.start : line.end])
    ]
    first, last = (paragraphs[0], paragraphs[-1]) if paragraphs else (len(lines), 0)
    marks, rest = [], []
    for number, line in enumerate(lines):
        outside = number < first or number > last
        if outside and (line.kind in MARKS or _is_rest_of_address(text, lines[number - 1 : number + 1])):
            marks.append(line)
        else:
            rest.append(line)
    return tuple(marks), rest


def _is_rest_of_address(text: str, pair: list[Line]) -> bool:
    return (
        len(pair) == 2 and pair[0].kind == "url" and pair[1].kind == "text" and is_address_tail(text[pair[1].start : pair[1].end])
    )


def _head(text: str, lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The title-like lines before the first paragraph, and all lines from there on."""
    for number, line in enumerate(lines):
        if not is_title_like(text[line.start : line.end]):
            asks = number == 0 and len(lines) > 1 and is_question(text[line.start : line.end])
            return ([line], lines[1:]) if asks else (lines[:number], lines[number:])
    return lines[:1], lines[1:]


def is_question(content: str) -> bool:
    """Whether a line is a title that asks or exclaims."""
    return content.endswith(("?", "!")) and content.count(".") == 0 and len(content.split(None, 14)) <= 14


def is_section(text: str, first: Line, second: Line) -> bool:
    """Whether the first of two title-like lines names a section ("Middle East") and the second is the title."""
    words = text[first.start : first.end].split()
    return (
        len(words) <= 3
        and all(word[0].isupper() or word in ("and", "&", "of") for word in words)
        and len(text[second.start : second.end].split()) >= 5
    )


def joined(text: str, paragraphs: Sequence[Pieces]) -> tuple[Pieces, ...]:
    """The paragraphs, those that were broken in mid-sentence put together."""
    whole: list[list[Span]] = []
    for pieces in paragraphs:
        if whole and joins_over(text, whole[-1][-1], pieces[0]):
            whole[-1].extend(pieces)
        else:
            whole.append(list(pieces))
    return tuple(map(tuple, whole))


def is_cut_off(text: str, pieces: Pieces) -> bool:
    """Whether the page breaks the text off ("…")."""
    start, end = pieces[-1]
    return _CUT_OFF.search(text[max(start, end - 8) : end]) is not None


def derived_title(text: str, lead: Pieces) -> Pieces:
    """A title for an article that has none: the lead's first sentence, cut at a clause where it is long."""
    opening = dateline(text, lead[0][0], lead[-1][1])
    start = opening.end if opening and opening.end < lead[0][1] else lead[0][0]
    pieces = ((start, lead[0][1]), *lead[1:])
    shown = " ".join(text[at:end] for at, end in pieces)[: LONGEST_DERIVED + 1]
    return clipped(pieces, _title_length(shown))


def _title_length(shown: str) -> int:
    """How many characters of a lead make a title: to the end of the sentence, of a clause with some sense, or of a word."""
    if len(shown) <= LONGEST_DERIVED and _CLAUSE_END.search(shown) is None:
        return len(shown)
    ends = [match for match in _CLAUSE_END.finditer(shown) if SHORTEST_CLAUSE <= match.start() <= LONGEST_DERIVED]
    whole = [match.start() if match[0] == "." else match.end() for match in ends if match[0] in ".?!"]
    if not whole and len(shown) <= LONGEST_DERIVED:
        return len(shown) - shown.endswith(".")
    cut = whole[:1] or [match.start() for match in ends][:1]
    return cut[0] if cut else max(shown.rfind(" ", SHORTEST_CLAUSE, LONGEST_DERIVED), SHORTEST_CLAUSE)


def clipped(pieces: Pieces, length: int) -> Pieces:
    """The first ``length`` characters of pieces that are shown with one space between."""
    kept: list[Span] = []
    for start, end in pieces:
        if length <= 0:
            break
        kept.append((start, min(end, start + length)))
        length -= end - start + 1
    return tuple(kept)

"""Whether a page of plain lines is one article or a list of separate items, as a score.

The score adds up evidence, above 0 for one article. What is uncertain must stay one article: an article cut in pieces
loses its nearness searches and its date, a list left whole only ranks a little worse. Hence the head start.

The weights of paragraphs are log odds, counted on 2,000 agency stories and the leads of 6,000, which made-up lists are of:
.46 of a story's further paragraphs lean on what was said before, .14 of the leads do; of the others, .17 and .06 begin like
"The talks", .15 and .03 are under a hundred characters, three fifths of the mean.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Literal

from idlibsearch.ingest.lines import Line, is_title_like
from idlibsearch.ingest.publication import dateline

Mode = Literal["auto", "article", "items", "bullets"]  # how a page is to be split; all but "auto" overrule the guess
MODES: tuple[Mode, ...] = ("auto", "article", "items", "bullets")

MOST_READ = 400  # paragraphs that are weighed; what a page is shows long before
HEAD_START = 2.5  # five leads in a row, none leaning on another, weigh about as much
LEANS = 1.2  # ln(.46/.14): a paragraph that leans on what was said before
HINTS = 1.1  # ln(.17/.06): one that at least speaks of a thing as known, or is short beside the others
STANDS = -0.6  # ln(.42/.79): one that could open a story
MARK = 2.5  # a byline, a date or an address of its own: pages of items have none, or one an item
SHORT = 0.6  # of the mean length of the paragraphs; of leads of one kind none is that short
TOPIC = -2.5  # a heading of at most four words over it all
REPEAT = -2.0  # a line that repeats the one before it
CUT_OFF = -1.5  # a line that the page breaks off
DATELINE = -2.0  # a second dateline
INTRODUCES = -0.4  # says "the province of X" or "the last stronghold" again, which an article's reader knows by then
ALTERNATES = -5.0  # title, text, title, text

_LEANING = re.compile(
    r"[\"“‘«]|'(?=[A-Z])"
    r"|(?:However|He|She|It|They|His|Her|Their|Its|But|And|Yet|This|That|These|Those|Such|Meanwhile|Earlier|Later|Instead|Nevertheless|Still|Also|Both"
    r"|Others?|Then|Another|Moreover|Furthermore|In\s(?:addition|response|contrast)|As\sa\sresult|For\sexample|So|Asked"
    r"|The\s(?:statement|document|report|group|two|move|decision|company|minister|spokes(?:man|woman|person)|officials?|sources?|agreement|same|other|latter|incident))\b"
)
_KNOWN_THING = re.compile(r"The\s[a-z]")
_LINKED = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t)\s(?:also\s)?(?:said|says|added|told|noted|has|had|was|is|were|will|would)\b|\b(?:also|however|added|meanwhile)\b"
)
_INTRODUCING = re.compile(
    r"\b(?:province|region|governorate)\sof\s[A-Z]|\b[A-Z]\w{1,30}(?:['’]s)?(?:\s[A-Z][\w-]{1,30})?\s(?:province|governorate)\b"
    r"|\blast\s(?:[\w-]{1,20}\s){0,3}(?:bastion|stronghold|province|area|enclave)\b"
)
_CUT_OFF = re.compile(r"(?:\.\.\.|…)(?:\s[A-Z][\w\s&-]{0,40}[-–|]?)?$")


def article_score(text: str, lines: Sequence[Line], topic: bool) -> float:
    """The evidence that the non-blank ``lines`` are one article; ``topic`` says whether a topic heading stands over them."""
    lines = lines[:MOST_READ]
    shown = [text[line.start : line.end] for line in lines if line.kind in ("text", "bullet")]
    paragraphs = [content for content in shown if not is_title_like(content)]
    marks = sum(line.kind in ("byline", "date", "credit", "related", "label", "source", "url") for line in lines)
    score = HEAD_START + TOPIC * topic + MARK * min(marks, 3) + _repeats(shown)
    short = SHORT * sum(map(len, paragraphs)) / max(len(paragraphs), 1)
    score += sum(_weight(content, short) for content in paragraphs[1:])
    score += CUT_OFF * sum(_CUT_OFF.search(content[-60:]) is not None for content in shown[:-1])
    score += INTRODUCES * max(0, sum(_INTRODUCING.search(content) is not None for content in paragraphs) - 2)
    score += DATELINE * max(0, sum(dateline(content, 0, len(content)) is not None for content in paragraphs) - 1)
    return score + (ALTERNATES if alternates(shown) else 0.0)


def leans(paragraph: str) -> bool:
    """Whether a paragraph leans on what was said before it: begins with They or However, quotes, says "he said"."""
    return _LEANING.match(paragraph) is not None or _LINKED.search(paragraph) is not None


def _weight(paragraph: str, short: float) -> float:
    if leans(paragraph):
        return LEANS
    return HINTS if _KNOWN_THING.match(paragraph) or len(paragraph) < short else STANDS


def alternates(shown: Sequence[str]) -> bool:
    """Whether titles and texts take turns, at least three of each."""
    titles = [is_title_like(content) for content in shown]
    turns = sum(one and not other for one, other in itertools.pairwise(titles))
    return turns >= 3 and 2 * turns >= 0.8 * len(shown)


def _repeats(shown: Sequence[str]) -> float:
    return REPEAT * sum(one == other for one, other in itertools.pairwise(shown))

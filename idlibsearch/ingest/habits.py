"""How a page writes its words: which with a capital in mid-sentence, which small, which lines with capitals throughout.

A capital tells of a name only where it is not owed to a place: the first of a sentence, a headline. What a page writes
elsewhere settles many of these. It does not look for names itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from idlibsearch.ingest.cues import (
    CALENDAR,
    FUNCTION_WORDS,
    GROUP_HEADS,
    HEADLINE_SMALL,
    NATIONS,
    OPENERS,
    ORG_HEADS,
    PLACE_HEADS,
    RANKS,
)

UPPER = "".join(filter(str.isupper, map(chr, [*range(0x530), *range(0x1E00, 0x1F00)])))
CAPITAL = f"[{re.escape(UPPER)}]"
ARTICLE = "(?:[Aa][lnrstdz]|[Aa]sh|[Ee][lnrstdz]|[Ee]sh|[Uu]l)"
HEADS = ORG_HEADS | GROUP_HEADS | PLACE_HEADS
NEVER = CALENDAR | FUNCTION_WORDS  # no part of a name, wherever they stand
_CAPITALISED = re.compile(rf"(?<=[\w,;][ \u00a0])(?:{ARTICLE}[-‑])?{CAPITAL}\w{{1,40}}")
_LOWER = re.compile(r"(?<![\w’'-])[a-zß-öø-ÿ]\w{1,40}")
_LONG_WORD = re.compile(r"[^\W\d_]{4,40}")


class Habits(NamedTuple):
    """How a page writes words: ``names`` with a capital in mid-sentence and never small; ``small`` ones, capitalised here."""

    names: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()


def habits_of(text: str) -> Habits:
    """How the page ``text`` writes its words, headlines that capitalise all of them left out."""
    prose = "\n".join(line for line in text.splitlines() if not is_headline(line))
    small = frozenset(map(str.capitalize, set(_LOWER.findall(prose))))
    capital = frozenset(word for found in _CAPITALISED.findall(prose) for word in (found, found.rpartition("-")[2])) - small
    return Habits(capital - NEVER - NATIONS - RANKS - HEADS - OPENERS, small)


def is_shouted(text: str) -> bool:
    """Whether a text is in capitals throughout, which tell nothing then."""
    sample = text[:400]
    return sum(map(str.isupper, sample)) > 2 * sum(map(str.islower, sample))


def is_headline(text: str) -> bool:
    """Whether a line capitalises its words as English headlines do."""
    if len(text) > 300 or text.endswith("."):
        return False
    words = [word for word in _LONG_WORD.findall(text) if word not in HEADLINE_SMALL]
    return len(words) >= 3 and sum(word[0].islower() for word in words) < 0.15 * len(words)

"""How the words of other analyzers stand in the lexicon, beside or in place of those of the recipe.

Such a word is surface, folded word and term in one: what the analyzer gave, behind one control character that says which
analyzer it was (its group). No token of a text has control characters, so nothing meets that is not the same word, and all that
lists, merges and finds words does so for these as well. They sort before all others.

Other analyzers put words at any positions. So in the stream of tokens that a builder inverts these words take no room
themselves; a step follows, a surface that stands for nothing and has a width, and moves on to the next position.
"""

from __future__ import annotations

from collections.abc import Iterable

from idlibsearch.analysis.analyzer import Entry, analyze_folded
from idlibsearch.analysis.fold import fold

STEP = "\x01"  # begins a step; its width, as a character, is the rest of it
WIDEST = 127
FIRST_OTHER = " "  # words from here on are the recipe's
LONGEST = 255  # characters of a word; what a longer one has more is left out, so that none can fill the lexicon by itself
LAST_POSITION = 1 << 24
_BEHIND = b"\xff"


def group(number: int) -> str:
    """What the words of an analyzer begin with, 0 being the first of its index."""
    return chr(2 + number)


def is_own(word: str) -> bool:
    """Is a surface, folded word or term one of another analyzer?"""
    return "" < word < FIRST_OTHER


def folded_word(surface: str) -> str:
    """The folded word of any surface."""
    return surface if is_own(surface) else fold(surface)


def entry_of(word: str) -> Entry:
    """What any folded word stands for."""
    return Entry(word, 1, ((word, 0, 1),)) if is_own(word) else analyze_folded(word)


def plain(word: str) -> str:
    """A word as it can be written: without what makes it too long, or is no character."""
    word = word[:LONGEST]
    return word if word.isascii() else word.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def stream(prefix: str, words: Iterable[tuple[str, int]]) -> bytes:
    """Words of one group and their positions as the surfaces of a text, each ended by a byte that UTF-8 does not have.

    Positions count from that of the first word; a word that an analyzer gives twice at one position stands there once.
    Raises ValueError where two words are further apart than a text may be long.
    """
    placed = sorted({(position, word) for word, position in words})
    parts = list[str]()
    for (position, word), (following, _) in zip(placed, [*placed[1:], (placed[-1][0] + 1, "")] if placed else [], strict=True):
        parts.append(prefix + word)
        parts += _steps(following - position)
    return b"".join(part.encode() + _BEHIND for part in parts)


def _steps(distance: int) -> list[str]:
    if distance > LAST_POSITION:
        raise ValueError(f"two words are {distance:,} positions apart")
    whole, rest = divmod(distance, WIDEST)
    return [STEP + chr(WIDEST)] * whole + ([STEP + chr(rest)] if rest else [])

"""What the spellings of one name share, as far as that is safe: the folded name.

Gone are case, accents and strokes (Çavuşoğlu, Łódź), apostrophes with ayn and hamza, hyphens, dots, possessives and the Arabic
article, which al-Assad has and Assad has not. No letter of the name itself is touched, so that two names that fold alike are
spelt alike. What else may be one name is ``skeleton``'s business.
"""

from __future__ import annotations

import functools
import re

from idlibsearch.analysis.fold import fold

# Before a hyphen all of them are articles; standing alone "as", "at" and "el" are words of other languages (El Salvador).
ARTICLES = frozenset(
    ["al", "el", "ul", "il", "as", "ash", "ar", "an", "at", "ath", "ad", "adh", "az", "er", "es", "esh", "en", "et", "ed", "ez"]
)
LONE_ARTICLES = frozenset({"al", "ul"})
_WORD = r"([^\s-]+)(-?)"
_SIGNS = r"[^\w&]|_"


@functools.lru_cache(maxsize=16384)  # a text says the same names again and again
def fold_name(spelling: str) -> str:
    """The folded name: words in small letters with single spaces; "" where there is neither letter nor digit.

    >>> [fold_name(name) for name in ("al-Qa’ida", "Al Qaida's", "Hayat Tahrir ash-Sham", "U.S.", "Çavuşoğlu", "El Salvador")]
    ['qaida', 'qaida', 'hayat tahrir sham', 'us', 'cavusoglu', 'el salvador']
    """
    plain = fold_words(spelling)
    if "-" not in plain and " " not in plain:
        return plain
    words = re.findall(_WORD, plain)
    last = len(words) - 1
    kept = [
        word
        for number, (word, hyphen) in enumerate(words)
        if number == last or word not in (ARTICLES if hyphen else LONE_ARTICLES)
    ]
    return " ".join(kept)


def fold_words(spelling: str) -> str:
    """Small letters, digits, hyphens inside names and single spaces; articles stay."""
    words = (_folded_word(word) for word in spelling.replace("‑", "-").split())
    return " ".join(word for word in words if word)


def _folded_word(word: str) -> str:
    folded = fold(word).lower()
    if folded.isalnum():
        return folded
    folded = folded.removesuffix("'s").replace("&", "and")
    return "-".join(part for part in (re.sub(_SIGNS, "", piece) for piece in folded.split("-")) if part)

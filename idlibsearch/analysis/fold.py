"""Surface to folded word: the spelling without case, accents, curly quotes and other accidents of typing.

Wildcards, fuzzy words and regular expressions match folded words, so this is deliberately mild: nothing is stemmed, no
hyphen, apostrophe or article is lost. A folded word is a pure function of the surface, and folding it again changes nothing.

What falls away: case, but for US, IS, IT, WHO and AIDS in capitals, which are other words than us, is, it, who and aids; accents
and strokes (Çavuşoğlu, Łódź, ı); the kind of quote, ayn or hamza (all become '), and those at an edge; the kind of hyphen; soft
hyphens and joiners; the dots of abbreviations (U.S., a.m.); commas between digits (300,000); the script of digits. In Arabic
script: tatweel, vowel signs and the carriers of hamza; ya, kaf and ta marbuta become one letter each. Vowel signs of the Indic
and south-east Asian scripts stay: there they are spelling.
"""

from __future__ import annotations

import functools
import re

VERSION = 1

# Told apart from the small words by their capitals; a headline in capitals pays for it, which news has less of than of the US.
KEPT_UPPER = frozenset({"US", "IS", "IT", "WHO", "AIDS"})

# Patterns stand here as text: `re` compiles and keeps them at first use, which a plain query need not pay for.
_DOTTED = r"\A([^\W\d](?:\.[^\W\d])+)\.?(?='|$)"  # U.S. and U.S.'s
_GROUPED = r"\A[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])"

_QUOTES = "´‘’‛′＇ʹʻʼʽʾʿˈˊˋʔʕꞋꞌ՚"
_HYPHENS = "\u2010\u2011"
# No accent to take off by normalisation (NFKD), or another letter in Latin script for the same name.
_LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "n", "ı": "i", "ĸ": "k",
    "ə": "a", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ƒ": "f", "ß": "ss",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
}  # fmt: skip
_NOTHING = "\u0640\u00ad\u200c\u200d\u034f\u061c"  # tatweel, soft hyphen, joiners
# Marks of Latin, Greek, Cyrillic, Hebrew and Arabic by their combining class (Unicode, UAX 44 table 15): strokes through the
# letter; points and vowel signs; everything set above, below or beside.
_ACCENT_CLASSES = frozenset({1, *range(10, 37), *range(200, 241)})


def fold(surface: str) -> str:
    """The folded word of a surface; never empty for a surface that is not.

    >>> [fold(word) for word in ("Ceasefires", "Al-Fu’ah", "Çavuşoğlu", "U.S.-led", "us", "300,000", "a.m.")]
    ['ceasefires', "al-fu'ah", 'cavusoglu', 'US-led', 'us', '300000', 'am']
    """
    text = surface.replace("’", "'")  # most of what is not ASCII in English news
    if not text.isascii():
        return _folded(_plain(surface)).replace("ς", "σ") or surface  # a sigma is final by its place, not by its meaning
    return (_folded_part(text) if text.isalnum() else _folded(text)) or surface


def fold_piece(text: str) -> str:
    """A piece of a word, as patterns have them: folded like a word, but that apostrophes at its edges stay; may be empty.

    >>> [fold_piece(piece) for piece in ("Çavuş", "-Held", "o’", "U.S.-")]
    ['cavus', '-held', "o'", 'US-']
    """
    plain = (text if text.isascii() else _plain(text).replace("ς", "σ")).replace("`", "'")
    bare = plain.lstrip("'")
    core = bare.rstrip("'")
    return "'" * (len(plain) - len(bare)) + _folded(core) + "'" * (len(bare) - len(core))


def _folded(text: str) -> str:
    return "-".join(map(_folded_part, text.replace("`", "'").split("-")))


def _folded_part(part: str) -> str:
    if part.isalnum():
        return part if part in KEPT_UPPER else part.lower()
    part = part.strip("'")
    if "." in part:
        part = re.sub(_DOTTED, lambda dotted: dotted[1].replace(".", ""), part)
    if "," in part:
        part = re.sub(_GROUPED, lambda grouped: grouped[0].replace(",", ""), part)
    stem, apostrophe, rest = part.partition("'")
    return (stem if stem in KEPT_UPPER else stem.lower()) + apostrophe + rest.lower()


def _plain(text: str) -> str:
    """Letters without accents, straight quotes and hyphens; case stays."""
    import unicodedata  # noqa: PLC0415  # most words are ASCII and never come here

    table = _replacements()
    text = unicodedata.normalize("NFKD", text.translate(table)).translate(table)
    kept = (char for char in text if unicodedata.combining(char) not in _ACCENT_CLASSES and not _is_selector(char))
    digits = (char if char.isascii() or not char.isdecimal() else str(unicodedata.decimal(char)) for char in kept)
    return unicodedata.normalize("NFC", "".join(digits))


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\u20dd" <= char <= "\u20e4"  # shapes of emoji and enclosing rings


@functools.cache
def _replacements() -> dict[int, str]:
    upper = {letter.upper(): plain.upper() for letter, plain in _LETTERS.items() if letter not in "ıßĸ"}
    signs = {**dict.fromkeys(_QUOTES, "'"), **dict.fromkeys(_HYPHENS, "-"), **dict.fromkeys(_NOTHING, "")}
    pairs = {**upper, **_LETTERS, "ẞ": "SS", **signs}
    return {ord(char): plain for char, plain in pairs.items()}

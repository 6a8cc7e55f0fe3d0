"""Folded word to terms with their places: the named, versioned recipe by which an index's words are made.

Terms are a pure function of the folded word, so that a lexicon can keep the whole way (surface, folded word, terms) and a word
it knows needs neither this module nor the stemmer. Deliberately no stop words: a phrase needs every position.

A folded word takes one or more positions. Each has exactly one *primary* term, of width 1; *extra* terms come after them, such
as the joined form of a hyphenated word, which spans several positions. Extras do not count in lengths and
never repeat a primary: in one surface a term has one width.

    ceasefires    ceasefir                             2020-01-12   2020-01-12 (one position)
    syria's       syria                                al-qaeda     qaeda (one position; so is "al qaeda")
    rebel-held    rebel · held + rebelheld             seventeen    17 (in its place)
    organisation  organiz                              twenty-five  20 · 5 + 25
"""

from __future__ import annotations

import functools
import itertools
import re
from typing import NamedTuple

from idlibsearch.analysis import fold, spelling, stem, tokens

RECIPE: dict[str, object] = {
    "name": "news-en",
    "version": 1,
    "tokens": tokens.VERSION,
    "unicode": tokens.UNICODE_VERSION,
    "classes_crc": tokens.CLASSES_CRC,
    "fold": fold.VERSION,
    "spelling": "uk-us",
    "spelling_crc": spelling.TABLE_CRC,
    "stemmer": stem.NAME,
    "stem_exceptions": stem.EXCEPTIONS_VERSION,
}

JOINED_PARTS = 4  # no longer word gets a joined form: nobody writes those solid
MEMO_PARTS = 1 << 14  # some 3 MB

# "one" stays a word: it is a pronoun more often than a number. "seventeen" and "17" are one list, so that either finds both.
_SMALL = "two three four five six seven eight nine ten eleven twelve "
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {
    **{word: str(number) for number, word in enumerate((_SMALL + _TEENS).split(), 2)},
    **{word: str(10 * number) for number, word in enumerate(_TENS.split(), 2)},
}
_UNITS = {"one": 1, **{word: int(number) for word, number in NUMBER_WORDS.items() if len(number) == 1}}

_ISO_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?"
ARTICLES = frozenset({"al", "el", "ul"})
# The l of the article becomes the first consonant of the name; a is written e or u as well: ash-Sham, ez-Zor, Salah ud-Din.
_SUN_LETTERS = ("sh", "th", "dh", "s", "n", "r", "t", "z", "d")
_ASSIMILATED = {vowel + sound: sound for vowel in "ae" for sound in _SUN_LETTERS} | {"ud": "d", "ur": "r"}
_ARTICLE_SPELLINGS = frozenset({*ARTICLES, *_ASSIMILATED})
SPECIAL_PARTS = _ARTICLE_SPELLINGS | _UNITS.keys()  # of compounds: what stands beside them may count otherwise
_NO_NAMES = frozenset({"the", "that", "this", "times", "such", "soon"})  # down-at-the-heel, as-such, as-soon-as


class Entry(NamedTuple):
    """What a folded word is in an index: ``positions`` places, and ``terms`` as (term, offset, width), primaries first."""

    folded: str
    positions: int
    terms: tuple[tuple[str, int, int], ...]


def analyze(surface: str) -> Entry:
    """The entry of a spelling as it stands in a text.

    >>> analyze("Rebel-Held").terms
    (('rebel', 0, 1), ('held', 1, 1), ('rebelheld', 0, 2))
    """
    return analyze_folded(fold.fold(surface))


def analyze_folded(folded: str) -> Entry:
    """The entry of a folded word: at least one position, primaries in the order of their positions, then extras."""
    if "-" not in folded and " " not in folded:  # one part, and an article alone stays
        bare = folded if folded.isalnum() else _bare(folded)
        return _single(folded, _term(bare) if bare else folded)
    if folded[4:5] == "-" and re.fullmatch(_ISO_DATE, folded):
        return _single(folded, folded)
    parts = [part for part in map(_bare, _without_articles(_parts(folded))) if part]
    if not parts:
        return _single(folded, folded)
    own = [_part_term(part) for part in parts]
    primaries = [(term, place, 1) for place, term in enumerate(own)]
    return Entry(folded, len(parts), (*primaries, *[extra for extra in _extras(parts) if extra[0] not in own]))


@functools.cache
def known_terms() -> dict[str, str]:
    """The words of small letters whose term is not simply what the stemmer's kernel says, each with its term; to be read only."""
    return {word: _term(word) for word in (*spelling.table(), *NUMBER_WORDS, *stem.exceptions())}


def _single(folded: str, term: str) -> Entry:
    return Entry(folded, 1, ((term, 0, 1),))


def _parts(folded: str) -> list[str]:
    article, space, name = folded.partition(" ")  # only the scanner joins with a space, and only after an article
    return (name if space and (article in ARTICLES or article == "ash") else folded).split("-")


def _without_articles(parts: list[str]) -> list[str]:
    """The article of a name is no word of its own: al-Sham, ash-Sham and Sham meet; one that ends the word stays."""
    if _ARTICLE_SPELLINGS.isdisjoint(parts):
        return parts
    return [part for part, following in zip(parts, [*parts[1:], ""], strict=True) if not _is_article(part, following)]


def _is_article(part: str, following: str) -> bool:
    if not following or following in _NO_NAMES:
        return False
    return part in ARTICLES or (part in _ASSIMILATED and following.startswith(_ASSIMILATED[part]))


def _bare(part: str) -> str:
    """Without the possessive and, inside, without apostrophes: syria's, don't, fu'ah, o'brien."""
    return part.removesuffix("'s").replace("'", "")


def _extras(parts: list[str]) -> list[tuple[str, int, int]]:
    """Twenty-five is also 25, and cease-fire is also ceasefire."""
    numbers = [] if _UNITS.keys().isdisjoint(parts) else _compound_numbers(parts)
    if len(parts) == 1 or len(parts) > JOINED_PARTS or (numbers and len(parts) == 2) or _has_no_solid_spelling(parts):
        return numbers
    return [*numbers, (_term("".join(map(spelling.to_us, parts))), 0, len(parts))]


def _compound_numbers(parts: list[str]) -> list[tuple[str, int, int]]:
    return [
        (str(int(NUMBER_WORDS[tens]) + _UNITS[unit]), place, 2)
        for place, (tens, unit) in enumerate(itertools.pairwise(parts))
        if unit in _UNITS and tens in NUMBER_WORDS and tens.endswith("ty")
    ]


def _has_no_solid_spelling(parts: list[str]) -> bool:
    """10-12 is not 1012, nor is US-led any usled."""
    return "".join(parts).isdecimal() or not fold.KEPT_UPPER.isdisjoint(parts)


def _term(word: str) -> str:
    if word in fold.KEPT_UPPER or not (word.isascii() and word.isalpha()):
        return word
    word = spelling.to_us(word)
    return NUMBER_WORDS.get(word) or stem.stem(word)


# The words of compounds are few, and each stands in many: -year-old, -based, anti-.
_part_term = functools.lru_cache(maxsize=MEMO_PARTS)(_term)

"""What the spellings of one name share when letters were carried over from another script: consonants, and how vowels sound.

Bolder than folding, and so guarded: Shaykhun is Sheikhoun, but Walton would be Wilton were only consonants looked at. Two
folded names are alike when their consonants are the same, at least four, their letters differ in a third at most, and they
sound the same but for one vowel that may be left out, or be e in place of a or i. Places are many and alike: they need more.
Which of those rules do more harm than good was measured on the spellings that GeoNames has of places; see the figures in
`docs/understanding.md`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

LEAST_CONSONANTS = 4  # three where the sound is the same: Nusra, Nusrah
MOST_DIFFERENT = 0.34  # of the letters of the longer name
_CONSONANTS = "tch>c dzh>j dj>j sch>s kh>k gh>g sh>s ch>c th>t dh>d ph>f zh>j ck>k q>k x>k w>v ts>s tz>s"  # in this order
_VOWELS = (
    "iyya>ia iya>ia iye>ia ije>ia yya>ia yye>ia aye>ei aya>ei ay>e ai>e ei>e ey>e ej>e ie>i ee>i ou>u oo>u av>o au>o ov>o y>i o>u"
)
_GONE = b"aeiouyhvw "
_LIKE = bytes.maketrans(b"qcx", b"kkk")
_SILENT = r"h\Z|(?<=[aeiou])h(?=[^aeiou])"
_DOUBLED = r"(.)\1+"


@functools.lru_cache(maxsize=65536)
def sound(folded: str) -> str:
    """How a folded name sounds, roughly: digraphs and vowels by one letter each, nothing doubled, no spaces.

    >>> sound("khan shaykhun") == sound("khan sheikhoun"), sound("walton") == sound("wilton")
    (True, False)
    """
    return "".join(map(_sound_of, folded.split()))


def _sound_of(word: str) -> str:
    for letters, _, one in _rules(_CONSONANTS):
        word = word.replace(letters, one)
    word = re.sub(_SILENT, "", word)
    for letters, _, one in _rules(_VOWELS):
        word = word.replace(letters, one)
    return re.sub(_DOUBLED, r"\1", word)


@functools.cache
def _rules(text: str) -> list[tuple[str, str, str]]:
    return [rule.partition(">") for rule in text.split()]


def skeleton(folded: str) -> str:
    """The first letter of what a folded name sounds like and its other consonants.

    >>> skeleton("faylaq sham"), skeleton("failaq al-sham".replace("al-", ""))
    ('flksm', 'flksm')
    """
    sounds = sound(folded)
    return sounds[:1] + re.sub("[aeiuh]", "", sounds[1:])


def bones(names: Sequence[str]) -> list[bytes]:
    """For each of many folded names the consonants it has in common with those that sound like it, to look them up by.

    Rougher than ``skeleton`` and a hundred times as fast. Names that sound alike nearly always share it (not where ph is f).
    """
    if not names:
        return []
    text = "\n".join(names).encode("utf-8", "surrogatepass")
    return re.sub(rb"([^\n])\1+", rb"\1", text.translate(_LIKE, _GONE)).split(b"\n")


def are_alike(one: str, other: str, *, is_place: bool = False) -> bool:
    """May two folded names be spellings of one, by the rules above?

    >>> are_alike("saraqib", "sarqib"), are_alike("haftar", "hafter"), are_alike("syria", "syrian"), are_alike("rashid", "rashad")
    (True, True, False, False)
    """
    bones, sounds, others = skeleton(one), sound(one), sound(other)
    is_same = sounds == others
    if len(bones) < LEAST_CONSONANTS - (is_same and not is_place) or bones != skeleton(other):
        return False
    return (is_same or _differ_in_a_vowel(sounds, others)) and is_within(
        one, other, int(MOST_DIFFERENT * max(len(one), len(other)))
    )


def _differ_in_a_vowel(one: str, other: str) -> bool:
    """Is one vowel left out, or another one of those that are taken for each other?"""
    short, long = sorted((one, other), key=len)
    at = next((number for number, letters in enumerate(zip(short, long, strict=False)) if letters[0] != letters[1]), len(short))
    if len(short) == len(long):
        return short[at + 1 :] == long[at + 1 :] and {short[at], long[at]} in ({"a", "e"}, {"e", "i"})
    return short[at:] == long[at + 1 :] and long[at] in "aeiu"


def is_within(one: str, other: str, edits: int) -> bool:
    """Are two texts at most so many insertions, deletions and replacements apart? Wagner and Fischer 1974."""
    if abs(len(one) - len(other)) > edits:
        return False
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        here = [row]
        for column, another in enumerate(other, 1):
            here.append(min(before[column] + 1, here[-1] + 1, before[column - 1] + (letter != another)))
        if min(here) > edits:
            return False
        before = here
    return before[-1] <= edits

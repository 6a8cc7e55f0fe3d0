"""Of what kind a name is by what is known of it and by the words in it. What stands around it is ``surroundings``' business.

A reason for a kind has a weight; the heaviest of a report decides. Where nothing speaks for a kind, it is a guess for two or
three words that are no words otherwise (a person), and for letters in capitals (a body).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.gazetteer import Known
from idlibsearch.ingest.capitals import Token, is_acronym
from idlibsearch.ingest.cues import (
    ARABIC_GROUP_HEADS,
    COMPASS,
    EVENT_HEADS,
    GROUP_HEADS,
    NATIONS,
    NOT_ORGS,
    ORG_HEADS,
    ORG_OPENINGS,
    PARTICLES,
    PLACE_FIRSTS,
    PLACE_HEADS,
    PLACE_OPENINGS,
)
from idlibsearch.ingest.wordlists import given_names, small_words

Find = Callable[[str], Known | None]  # what a gazetteer knows of a spelling
SURE, CLEAR, LIKELY, GUESS = 8, 4, 2, 1  # how much a reason for a kind weighs
LONGEST_GUESS = 3  # words of a person's name that nothing else speaks for
_PLACE_ENDINGS = ("ville", "abad", "stan", "shire", "grad", "burgh", "borough", "pur")
_GROUNDS = PLACE_HEADS | {"airbase", "airport", "base"}
_BODY_LETTERS = range(3, 6)  # of letters in capitals that are taken for a body


class Kind(NamedTuple):
    """A kind and the weight of the reason for it; ``name`` where it is known which thing it is."""

    type: str
    weight: int
    name: str = ""


NO_KIND = Kind("NAME", 0)


def known(tokens: Sequence[Token], find: Find) -> Known | None:
    """What is known of a name of these words as a whole."""
    if len(tokens) == 1:
        return find(tokens[0].word)
    return find(" ".join([f"{token.word}'s" if token.owns else token.word for token in tokens[:-1]] + [tokens[-1].word]))


def kind_within(tokens: Sequence[Token], ranked: bool, find: Find) -> Kind:
    """The kind of a name by what it is known for and by the words it is made of; ``ranked``: a rank stands before it."""
    found = known(tokens, find)
    if found and not found.is_small and not (ranked and found.type == "PLACE"):
        return Kind(found.type, SURE, found.name)
    person = Kind("PERSON", CLEAR) if ranked or _is_person(tokens) else NO_KIND
    if found and found.is_small and not person.weight:
        return Kind("PLACE", LIKELY, found.name)
    headed = _by_head([token.word for token in tokens]) if len(tokens) > 1 and not (found and found.is_small) else ""
    if headed:
        return Kind(headed, SURE)
    return person if person.weight else _guessed(tokens)


def _by_head(words: list[str]) -> str:
    """The kind that a word in a name of several says it to be, or ""."""
    first, last = words[0], words[-1]
    if first in ARABIC_GROUP_HEADS or last in GROUP_HEADS or (words[-2] in GROUP_HEADS and last.lower().startswith("al-")):
        return "GROUP"
    joint = next((number for number, word in enumerate(words) if word in ("of", "for", "on")), 0)
    if joint == 1 and first in PLACE_HEADS:  # Republic of Ireland, Gulf of Aden
        return "PLACE"
    if (joint and words[joint - 1] in ORG_HEADS) or first in ORG_OPENINGS or words[-2:] == ["School", "District"]:
        return "ORG"
    return _by_last(last) or ("PLACE" if first in PLACE_OPENINGS and not words[1].islower() else "")


def _by_last(word: str) -> str:
    if word in EVENT_HEADS:
        return "NAME"
    if word in _GROUNDS:
        return "PLACE"
    return "ORG" if word in ORG_HEADS else ""


def _guessed(tokens: Sequence[Token]) -> Kind:
    """A kind for want of reasons."""
    first, last = tokens[0], tokens[-1]
    if len(tokens) == 1:
        return NO_KIND if is_acronym(first.word) and is_word(first) else _guessed_of_one(first.word)
    if first.word in COMPASS or first.word in PLACE_FIRSTS:
        return Kind("PLACE", GUESS)
    if any(token.word in PARTICLES for token in tokens[1:-1]):
        return Kind("PERSON", LIKELY)
    is_event = all(is_acronym(token.word) for token in tokens) or any(token.word in EVENT_HEADS for token in tokens)
    return NO_KIND if is_event or len(tokens) > LONGEST_GUESS or is_word(last) else Kind("PERSON", GUESS)


def _guessed_of_one(word: str) -> Kind:
    if is_acronym(word):
        return Kind("ORG", GUESS) if word not in NOT_ORGS and len(word) in _BODY_LETTERS else NO_KIND
    return Kind("PLACE", GUESS) if word.endswith(_PLACE_ENDINGS) else NO_KIND


def is_word(token: Token) -> bool:
    """Is it an English word that may be capitalised for its place alone?"""
    return token.key in small_words()


def are_words(tokens: Sequence[Token]) -> bool:
    """Are all of them?"""
    return all(is_word(token) for token in tokens if not token.is_small)


def _is_person(tokens: Sequence[Token]) -> bool:
    """Does a name of several words begin as people's names do: with a given name, or with initials?"""
    if not 2 <= len(tokens) <= 6:
        return False
    first, *rest = tokens
    if any(token.word in NATIONS or token.word in ("of", "for", "and", "in", "on", "&", "the") for token in rest):
        return False
    if _is_initial(first.word) or (len(tokens) > 2 and _is_initial(tokens[1].word)):
        return not tokens[-1].is_small
    return is_given(first.word) and not (len(rest) == 1 and _by_last(rest[0].word))


def is_given(word: str) -> bool:
    """Is a word a given name, or the first of two with a hyphen?"""
    plain = word if word.isascii() else fold(word).capitalize()
    return plain in given_names() or plain.partition("-")[0] in given_names()


def _is_initial(word: str) -> bool:
    return len(word) in (2, 4, 6) and word[1::2].strip(".") == "" and word[0].isupper()

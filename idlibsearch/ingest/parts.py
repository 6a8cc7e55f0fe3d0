"""A stretch of capitalised words cut into the names it holds, by what its words are: ranks and peoples fall off, places part.

It sees the run alone, so that what it finds holds wherever the run stands again.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.analysis.names_fold import LONE_ARTICLES
from idlibsearch.ingest.capitals import Token, is_acronym, tokens_of
from idlibsearch.ingest.cues import (
    COMPASS,
    COORDINATED,
    EVENT_HEADS,
    GROUP_HEADS,
    KEPT_POSSESSIVES,
    NATIONS,
    OFFICES,
    OPENERS,
    ORG_HEADS,
    PLACE_OPENINGS,
    RANKS,
)
from idlibsearch.ingest.habits import HEADS, NEVER
from idlibsearch.ingest.name_kinds import GUESS, LIKELY, NO_KIND, SURE, Kind, are_words, is_given, is_word, kind_within, known

_LONGEST_WITH_ARTICLE = 7  # words of the longest known name that opens with a lone article
_BARE = COMPASS | RANKS | OFFICES | OPENERS
_NO_NAME_ALONE = HEADS | _BARE | NATIONS | EVENT_HEADS | PLACE_OPENINGS
_LEADING = frozenset(("of", "for", "on", "in", "and", "the", "&"))
_ARTICLES = frozenset(("al", "el", "ash", "ul"))


class Name(NamedTuple):
    """A name's characters [start, end), the kind its words speak for, and whether a rank stands before it.

    ``is_weak``: it is made of common words, and a name only where it stands for a longer one.
    """

    start: int
    end: int
    kind: Kind
    ranked: bool = False
    is_weak: bool = False


class Part(NamedTuple):
    """A stretch of a run that may be a name; ``ranked`` with a rank before it, ``before_rank`` with one behind."""

    tokens: list[Token]
    ranked: bool = False
    before_rank: bool = False


class Cutter:
    """Cuts runs by what a gazetteer knows, and remembers the commonest."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.find = functools.lru_cache(maxsize=30_000)(gazetteer.find)
        self.names_of = functools.lru_cache(maxsize=15_000)(self._names_of)
        self._longest = gazetteer.longest

    def _names_of(self, run: str) -> tuple[Name, ...]:
        """The names in a run, in characters of the run."""
        tokens = tokens_of(run)
        names = tuple(name for part in self._parts(tokens) for name in self._names(part))
        if names and tokens[0].word == "The" and len(tokens) > 1 and names[0].start == tokens[1].start:
            return (_with_article(names[0], tokens[0].start), *names[1:])
        return names

    def known_length(self, tokens: Sequence[Token], at: int) -> int:
        """How many tokens from ``at`` on make the longest name that is known; small places count with others only."""
        first = tokens[at]
        longest = _LONGEST_WITH_ARTICLE if first.key in LONE_ARTICLES else self._longest.get(first.key.partition(" ")[0], 1)
        for length in range(min(longest, len(tokens) - at), 0, -1):
            part = tokens[at : at + length]
            if not part[-1].is_small and not (length > 1 and any(map(_ends, part[:-1]))):
                found = known(part, self.find)
                if found and not (found.is_small and length == 1):
                    return length
        return 0

    def _parts(self, tokens: Sequence[Token]) -> Iterator[Part]:
        """A run cut at ranks, days, possessives, after "the Council" and around small words that join nothing."""
        part, at = Part([]), 0
        while at < len(tokens):
            token, length = tokens[at], max(1, self.known_length(tokens, at))
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            at += length
            is_rank = length == 1 and token.word in RANKS and (following is None or following.word not in HEADS)
            if is_rank or (length == 1 and _is_apart(part.tokens, token, following)):
                yield part._replace(before_rank=is_rank)
                part = Part([], ranked=is_rank)
                continue
            if part.tokens and (_cuts_before(part.tokens, token) or (length > 1 and _hangs(part.tokens, token))):
                yield part
                part = Part([])
            part.tokens.extend(tokens[at - length : at])
            if self._cuts_after(tokens[at - 1], following if length == 1 else None):
                yield part
                part = Part([])
        yield part

    def _cuts_after(self, token: Token, following: Token | None) -> bool:
        if token.owns:
            return token.word not in KEPT_POSSESSIVES
        if following is None or token.word not in ORG_HEADS or following.word in HEADS or following.is_small:
            return False
        found = self.find(following.word)
        return found is not None and found.type == "PLACE" and not found.is_small

    def _names(self, part: Part) -> Iterator[Name]:
        """The names in a part: without peoples and offices, what is known apart from what stands beside it."""
        tokens = self._trimmed(part)
        kind = kind_within(tokens, part.ranked, self.find) if tokens else NO_KIND
        length = self.known_length(tokens, 0) if len(tokens) > 1 and kind.weight < SURE else 0
        rest = tokens[length:]
        if length and rest and self._is_body_of(tokens[:length], rest):
            yield Name(tokens[0].start, tokens[-1].end, Kind("ORG", LIKELY), part.ranked)
        elif length and rest and not rest[0].is_small and not part.ranked and (length > 1 or not is_given(tokens[0].word)):
            yield self._name(tokens[:length], part.ranked)
            yield from self._names(Part(rest, before_rank=part.before_rank))
        elif at := self._known_end(tokens, kind):
            yield from self._names(Part(tokens[:at], part.ranked))
            yield self._name(tokens[at:], ranked=False)
        elif tokens:
            yield self._name(tokens, part.ranked)

    def _known_end(self, tokens: list[Token], kind: Kind) -> int:
        """Where a known name begins that ends a part and is no part of the name before it; 0: none does."""
        for at in range(1, len(tokens) if kind.weight < SURE else 0):
            if at + self.known_length(tokens, at) == len(tokens) and not tokens[at - 1].is_small:
                is_surname = self._is_surname(tokens[at:]) or (at == 1 and len(tokens) == 2 and kind.weight > LIKELY)
                if (len(tokens) - at > 1 or kind.weight < LIKELY) and not is_surname:
                    return at
        return 0

    def _is_surname(self, tokens: list[Token]) -> bool:
        """Is it a person known by this one word, so that another name before it is another person's?"""
        found = self.find(tokens[0].word) if len(tokens) == 1 else None
        return found is not None and found.type == "PERSON"

    def _is_body_of(self, place: list[Token], rest: list[Token]) -> bool:
        """Is it a place with words behind it, as teams, papers and companies are called: Chicago Bulls, Odessa American?"""
        found = known(place, self.find)
        is_said = all(is_word(token) and token.word not in _BARE for token in rest)
        return found is not None and found.type == "PLACE" and is_said and not rest[0].joined and not place[-1].owns

    def _name(self, tokens: Sequence[Token], ranked: bool) -> Name:
        kind = kind_within(tokens, ranked, self.find)
        if len(tokens) == 1:
            is_weak = kind.weight < SURE and not ranked and is_word(tokens[0]) and not is_acronym(tokens[0].word)
        else:
            is_weak = kind == NO_KIND and are_words(tokens)
        return Name(tokens[0].start, tokens[-1].end, kind, ranked, is_weak)

    def _trimmed(self, part: Part) -> list[Token]:
        """The tokens of a part without what is no name at its ends; none where only a bare head ("the Army") is left."""
        tokens = part.tokens
        if tokens and tokens[0].word not in NATIONS and self.known_length(tokens, 0) == len(tokens):
            return tokens
        headed = len(tokens) > 1 and any(token.word in ORG_HEADS or token.word in GROUP_HEADS for token in tokens)
        while tokens and self.known_length(tokens, 0) < 2 and self._is_loose_start(tokens, headed):
            tokens = tokens[1:]
        while tokens and self._is_loose_end(tokens, part.before_rank):
            tokens = tokens[:-1]
        if len(tokens) != 1:
            return [] if all(token.word in COMPASS for token in tokens) else tokens
        word = tokens[0].word
        return [] if (len(word) == 1 or word in _NO_NAME_ALONE) and not self.known_length(tokens, 0) else tokens

    def _is_loose_start(self, tokens: list[Token], headed: bool) -> bool:
        first = tokens[0]
        if first.is_small:
            return len(tokens) == 1 or first.word in _LEADING
        if first.word in COMPASS:
            return len(tokens) == 2 and self.known_length(tokens, 1) == 1
        return first.word in NATIONS and not headed and tokens[-1].word not in EVENT_HEADS

    def _is_loose_end(self, tokens: list[Token], before_rank: bool) -> bool:
        last = tokens[-1]
        if last.is_small or (before_rank and last.word in OFFICES):
            return True
        return last.word in NATIONS and self.known_length(tokens, 0) != len(tokens)


def _with_article(name: Name, start: int) -> Name:
    """A name behind a "The" that opens no sentence, and so is part of it: The Hague, The Australian."""
    kind = name.kind
    if (kind.type == "PERSON" and kind.weight > GUESS) or (kind.type == "PLACE" and kind.name != "Hague"):
        return name
    return name._replace(start=start, kind=kind if kind.weight > GUESS else Kind("ORG", LIKELY), is_weak=False)


def _ends(token: Token) -> bool:
    """Does a possessive end the name?"""
    return token.owns and token.word not in KEPT_POSSESSIVES and not token.word.endswith("s")


def _is_apart(part: list[Token], token: Token, following: Token | None) -> bool:
    """Is a word no part of a name here?"""
    return token.word in NEVER or (token.is_small and not _joins(part, token.word, following))


def _hangs(part: list[Token], token: Token) -> bool:
    """Does a part end with a small word that does not tie it to what follows?"""
    return part[-1].is_small and not _joins(part[:-1], part[-1].word, token)


def _cuts_before(part: list[Token], token: Token) -> bool:
    """Whether a hyphen stands between two names (Russian-Turkish) and not within one (Abu-Bakr)."""
    return token.joined and any(word in NATIONS or is_acronym(word) for word in (part[-1].word, token.word))


def _joins(part: list[Token], word: str, following: Token | None) -> bool:
    """Whether a small word ties what stands before it to what follows: Bank of England, Staffan de Mistura, al Qaeda."""
    if following is None or not part:
        return following is not None and word in _ARTICLES | {"de", "von", "van", "bin"}
    last, begun = part[-1].word, any(token.word in ("of", "for") for token in part)
    if word in ("of", "for", "the", "on"):
        return last in HEADS or last in ("of", "for", "on", "in") or (begun and word == "of")
    if word in ("and", "&"):
        is_person = len(part) > 1 and is_given(part[0].word)
        return (word == "&" and not is_person) or (begun and not following.is_small and last in COORDINATED)
    if word == "in":
        return begun and following.word == "the"
    return word in _ARTICLES or (last not in NATIONS and not is_acronym(last) and last not in ("of", "for"))

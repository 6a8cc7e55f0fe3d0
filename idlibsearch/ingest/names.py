"""Where the names in a text stand: stretches of capitalised words, without what is only capitalised by its place.

A word may be capitalised because it opens a sentence or because a headline writes all words so; such a word counts as a
name only where the page writes it with a capital in mid-sentence too, or where everybody knows it. What kind of thing a
name names is another module's question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from idlibsearch.ingest.cues import (
    ARABIC_GROUP_HEADS,
    COMPASS,
    GROUP_HEADS,
    KEPT_POSSESSIVES,
    KNOWN_GROUPS,
    KNOWN_ORGS,
    NATIONS,
    OFFICES,
    OPENERS,
    ORG_HEADS,
    PLACES,
    RANKS,
)
from idlibsearch.ingest.habits import ARTICLE, CAPITAL, HEADS, NEVER, UPPER, Habits, is_headline, is_shouted

_LONE = "(?:[Aa]l|[Ee]l|[Aa]sh|[Uu]l)"  # the articles that also stand apart; "as" and "at" are English words far more often
_SHORT = "|".join(sorted(rank[:-1] for rank in RANKS if rank.endswith(".")))
_WORD = (
    rf"(?:{CAPITAL}\.(?:{CAPITAL}\.){{0,5}}|(?:{_SHORT}|St|Mt)\."
    rf"|(?:{ARTICLE}[-‑])?{CAPITAL}\w{{0,40}}(?:[’'ʼ`‘]\w{{1,30}}){{0,3}})"
)
_SMALL = r"(?:of|for|the|de|da|di|du|del|der|van|von|bin|ibn|ben|bint|abu|la|le|al|el|ash|ul)"
_GAP = "[ \u00a0]{1,2}"
_RUN = re.compile(
    rf"(?<![\w-])(?:{_LONE}{_GAP}(?={CAPITAL}))?{_WORD}(?:(?:[-‑](?:{ARTICLE}[-‑])?|{_GAP}(?:{_SMALL}{_GAP}){{0,2}}){_WORD}){{0,14}}"
)
_TOKEN = re.compile(rf"{_WORD}|{_SMALL}(?!\w)")
_POSSESSIVE = re.compile(r"[’'ʼ`]s$")
_ACRONYM = re.compile(rf"(?:{CAPITAL}[{re.escape(UPPER)}\d]{{1,7}}|(?:{CAPITAL}\.){{2,6}})$")
_GROUND = re.compile(r"\s(?:air\s?base|airport|airfield)(?!\w)")

_OPENING = " \t\u00a0\"'“‘«([•*"
_SENTENCE_ENDS = ".!?…:\n\r|"
_BARE = COMPASS | RANKS | OFFICES | OPENERS
_SURE = PLACES | KNOWN_ORGS | KNOWN_GROUPS
_ARTICLES = tuple(first + second for first in "AaEe" for second in ("l-", "s-", "sh-", "r-", "n-", "t-", "d-", "z-"))
_ARTICLES_ALONE = frozenset(("al", "el", "ash", "ul"))
_LONGEST_SURE = 4  # words of the longest name in those lists


class Token(NamedTuple):
    """A word of a run: its characters [start, end), without a possessive."""

    start: int
    end: int
    word: str
    owns: bool  # a possessive stands behind it and ends the name
    joined: bool  # a hyphen ties it to the token before


class Part(NamedTuple):
    """A stretch of a run that may be a name; ``ranked`` with a rank before it, ``before_rank`` with one behind."""

    tokens: list[Token]
    ranked: bool
    before_rank: bool = False


class Name(NamedTuple):
    """A name's characters [start, end), and whether a rank ("President") stands before it."""

    start: int
    end: int
    ranked: bool = False


def names_in(text: str, habits: Habits) -> list[Name]:
    """The names in ``text`` in order, none overlapping; in a headline that capitalises every word, only those sure to be."""
    if is_shouted(text):
        return []
    if is_headline(text):
        return [name for run in _RUN.finditer(text) for name in _sure_names(_tokens(text, run.start(), run.end()), habits)]
    names: list[Name] = []
    for run in _RUN.finditer(text):
        tokens = _tokens(text, run.start(), run.end())
        tokens = _after_opener(text, tokens, habits)
        found = [name for part in _parts(tokens, habits) for name in _names(part, habits)]
        if found and (ground := _GROUND.match(text, found[-1].end)):
            found[-1] = found[-1]._replace(end=ground.end())
        names += found
    return names


def _tokens(text: str, start: int, end: int) -> list[Token]:
    tokens = []
    for match in _TOKEN.finditer(text, start, end):
        word = match[0]
        owned = _POSSESSIVE.search(word)
        at, stop = match.start(), match.end() - (2 if owned else 0)
        tokens.append(Token(at, stop, word[:-2] if owned else word, owned is not None, at > start and text[at - 1] in "-‑"))
    return tokens


def _after_opener(text: str, tokens: list[Token], habits: Habits) -> list[Token]:
    """The tokens without a first word that only opens a sentence."""
    first = tokens[0]
    if not opens_sentence(text, first.start) or _sure_length(tokens, 0):
        return tokens
    if first.word in OPENERS:
        return tokens[1:]
    sure = (
        first.word in habits.names
        or first.word in NATIONS
        or first.word in RANKS
        or is_acronym(first.word)
        or first.word.startswith(_ARTICLES)
    )
    if sure or first.word in ARABIC_GROUP_HEADS:
        return tokens
    follows = tokens[1] if len(tokens) > 1 else None
    alone = (
        follows is None
        or (_is_small(follows.word) and first.word not in HEADS)
        or follows.word in PLACES
        or is_acronym(follows.word)
        or follows.word in NATIONS
        or follows.joined
    )
    return tokens[1:] if alone and not first.owns else tokens


def opens_sentence(text: str, at: int) -> bool:
    """Whether the word at ``at`` is the first of a sentence or a quotation."""
    before = at
    while before and at - before < 6 and text[before - 1] in _OPENING:
        before -= 1
    return before == 0 or text[before - 1] in _SENTENCE_ENDS or text[before:at].strip(" \t\u00a0[(") != ""


def is_acronym(word: str) -> bool:
    """Whether a word is letters in capitals: UN, U.S., G20."""
    return _ACRONYM.match(word) is not None


def _sure_length(tokens: list[Token], at: int) -> int:
    """How many tokens from ``at`` on make a name that everybody knows."""
    for length in range(min(_LONGEST_SURE, len(tokens) - at), 0, -1):
        if " ".join(token.word for token in tokens[at : at + length]) in _SURE:
            return length
    return 0


def _sure_names(tokens: list[Token], habits: Habits) -> list[Name]:
    names, at = [], 0
    while at < len(tokens):
        length = _sure_length(tokens, at) or (tokens[at].word in habits.names or is_acronym(tokens[at].word))
        if length:
            names.append(Name(tokens[at].start, tokens[at + length - 1].end))
        at += length or 1
    return names


def _parts(tokens: list[Token], habits: Habits) -> list[Part]:
    """A run cut at ranks, days, possessives, after "the Council" and around small words that join nothing."""
    parts, part, ranked = [], list[Token](), False
    for number, token in enumerate(tokens):
        following = tokens[number + 1].word if number + 1 < len(tokens) else ""
        rank = token.word in RANKS and following not in ORG_HEADS
        if rank or token.word in NEVER or (_is_small(token.word) and not _joins(part, token.word, following)):
            parts.append(Part(part, ranked, rank))
            part, ranked = [], rank
            continue
        if part and _cuts_before(part, token):
            parts.append(Part(part, ranked))
            part, ranked = [], False
        part.append(token)
        if _cuts_after(token, following, habits):
            parts.append(Part(part, ranked))
            part, ranked = [], False
    return [*parts, Part(part, ranked)]


def _is_small(word: str) -> bool:
    return word.islower()


def _joins(part: list[Token], word: str, following: str) -> bool:
    """Whether a small word ties what stands before it to what follows: Bank of England, Staffan de Mistura, al Qaeda."""
    if word in ("of", "for", "the"):
        begun = any(token.word in ("of", "for") for token in part)
        return bool(part) and (part[-1].word in HEADS or part[-1].word in ("of", "for") or (begun and word == "of"))
    if word in _ARTICLES_ALONE:
        return True
    return bool(part) and part[-1].word not in PLACES and not is_acronym(part[-1].word)


def _cuts_before(part: list[Token], token: Token) -> bool:
    """Whether a hyphen stands between two names (Russian-Turkish) and not within one (Abu-Bakr)."""
    return token.joined and any(word in NATIONS or word in PLACES or is_acronym(word) for word in (part[-1].word, token.word))


def _cuts_after(token: Token, following: str, habits: Habits) -> bool:
    if token.owns:
        return token.word not in KEPT_POSSESSIVES
    return token.word in ORG_HEADS and (following in PLACES or following in habits.names) and following not in HEADS


def _names(part: Part, habits: Habits) -> Iterator[Name]:
    """The names in a part: without nationality and office, places beside a name apart from it."""
    tokens = _trimmed(part, habits)
    if not tokens:
        return
    headed = any(token.word in HEADS for token in tokens[1:]) or tokens[0].word in ARABIC_GROUP_HEADS or _is_of(tokens)
    length = _sure_length(tokens, 0)
    if length and length < len(tokens) and not headed and not _is_small(tokens[length].word):
        yield Name(tokens[0].start, tokens[length - 1].end, part.ranked)
        yield from _names(Part(tokens[length:], False), habits)
        return
    if len(tokens) > 1 and not headed and tokens[-1].word in PLACES:
        yield from _names(Part(tokens[:-1], part.ranked), habits)
        yield Name(tokens[-1].start, tokens[-1].end)
        return
    yield Name(tokens[0].start, tokens[-1].end, part.ranked)


def _is_of(tokens: list[Token]) -> bool:
    """Whether a name is of the form Bank of England, House of Commons."""
    return len(tokens) > 2 and tokens[0].word in HEADS and _is_small(tokens[1].word)


def _trimmed(part: Part, habits: Habits) -> list[Token]:
    """The tokens of a part without what is no name at its ends; none where only a bare head ("the Army") is left."""
    tokens = part.tokens
    headed = len(tokens) > 1 and any(token.word in ORG_HEADS or token.word in GROUP_HEADS for token in tokens)
    if not _sure_length(tokens, 0):
        while tokens and ((tokens[0].word in NATIONS and not headed) or (_is_small(tokens[0].word) and len(tokens) == 1)):
            tokens = tokens[1:]
    while tokens and _is_loose_end(tokens, part.before_rank):
        tokens = tokens[:-1]
    if len(tokens) != 1 or tokens[0].word in _SURE:
        return [] if all(token.word in COMPASS for token in tokens) else tokens
    word = tokens[0].word
    return [] if len(word) == 1 or word in HEADS or word in _BARE or word in NATIONS or word in habits.small else tokens


def _is_loose_end(tokens: list[Token], before_rank: bool) -> bool:
    word = tokens[-1].word
    return (
        _is_small(word)
        or (before_rank and word in OFFICES)
        or (word in NATIONS and " ".join(token.word for token in tokens) not in _SURE)
    )

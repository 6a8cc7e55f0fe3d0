"""Stretches of capitalised words in a text, and the words they are made of. What in them is a name is not asked here."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from idlibsearch.analysis.names_fold import fold_name
from idlibsearch.ingest.cues import RANKS
from idlibsearch.ingest.habits import ARTICLE, CAPITAL, UPPER

_LONE = "(?:[Aa]l|[Ee]l|[Aa]sh|[Uu]l)"  # the articles that also stand apart; "as" and "at" are English words far more often
_SHORT = "|".join(sorted(rank[:-1] for rank in RANKS if rank.endswith(".")))
_WORD = (
    rf"(?:{CAPITAL}\.(?:{CAPITAL}\.){{0,5}}|(?:{_SHORT}|St|Mt|Jr|Sr|Inc|Ltd|Co|Corp|Bros)\."
    rf"|(?:{ARTICLE}[-‑])?{CAPITAL}\w{{0,40}}(?:[’'ʼ`‘]\w{{1,30}}){{0,3}}(?:(?<=s)[’'](?=[ \u00a0]{CAPITAL}))?)"
)
_SMALL = (
    "(?:of|for|on|in|and|the|de|da|di|do|dos|du|des|del|della|der|den|ter|van|von|zu|und|y|e|bin|ibn|ben|bint|abu|la|le|los|las"
    "|al|el|ash|ul|&)"
)
_WRAPPED = r"\n(?<=[^\n]{40}\n)(?!\n)"  # where a long line is broken; a short one ends, as those of lists do
_GAP = f"(?:[ \u00a0]{{1,2}}|{_WRAPPED})"
_LINK = rf"(?:[-‑/](?:(?:{ARTICLE}|e|i|ye|wal)[-‑])?|{_GAP}(?:{_SMALL}{_GAP}){{0,2}})"
_LED = rf"(?:{_LONE}{_GAP}(?={CAPITAL})|(?:de|von|van|bin|al|el){_GAP}(?:(?:la|der|den){_GAP})?(?={CAPITAL}))?"
RUN = re.compile(rf"(?<![\w-]){_LED}{_WORD}(?:{_LINK}{_WORD}){{0,14}}")
_TOKEN = re.compile(rf"{_WORD}|{_SMALL}(?!\w)")
_POSSESSIVE = re.compile(r"[’'ʼ`]s$|(?<=s)[’'ʼ`]$")
_OWNING = "s’'ʼ`"
_ACRONYM = re.compile(rf"(?:{CAPITAL}[{re.escape(UPPER)}\d]{{1,7}}|(?:{CAPITAL}\.){{2,6}}{CAPITAL}?)$")


class Token(NamedTuple):
    """A word of a run: its characters [start, end), without a possessive, and what it is looked up by."""

    start: int
    end: int
    word: str
    key: str  # the folded name
    owns: bool  # a possessive stands behind it and ends the name
    joined: bool  # a hyphen ties it to the token before
    is_small: bool  # one of the small words that hold names together


@functools.lru_cache(maxsize=5_000)  # runs of one or two words come again and again
def tokens_of(run: str) -> list[Token]:
    """The words of a run, not to be changed; places are characters of the run."""
    tokens = []
    for match in _TOKEN.finditer(run):
        word, at = match[0], match.start()
        owned = _POSSESSIVE.search(word) if word[-1] in _OWNING else None
        bare = word[: owned.start()] if owned else word
        joined = at > 0 and run[at - 1] in "-‑/"
        is_small = bare.islower() or bare == "&"
        tokens.append(Token(at, at + len(bare), bare, fold_name(bare), owned is not None, joined, is_small))
    return tokens


def is_acronym(word: str) -> bool:
    """Whether a word is letters in capitals: UN, U.S., G20."""
    return _ACRONYM.match(word) is not None

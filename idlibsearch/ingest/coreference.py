"""Which mentions of a report are of one thing: abbreviations it introduces, surnames of people it names in full.

And what stands side by side: "the towns of Al-Fu'ah and Kefriya" says of both that they are towns.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from idlibsearch.analysis.abbreviations import abbreviates
from idlibsearch.ingest.capitals import is_acronym
from idlibsearch.ingest.name_kinds import CLEAR, GUESS, LIKELY, SURE

_BETWEEN = frozenset({" and ", ", ", ", and ", " or ", "/", " & "})


@dataclass(slots=True)
class Mention:
    """A name at its place: ``own_key`` is what its spellings share, ``key`` that of what it stands for.

    ``kind`` and ``weight`` say what speaks for one kind most; ``name`` is the canonical one where it is known.
    """

    field: str
    start: int
    end: int
    spelling: str
    own_key: str
    key: str
    kind: str
    weight: int
    name: str
    is_weak: bool


def as_neighbours(texts: Mapping[str, str], mentions: Sequence[Mention]) -> None:
    """Give what is joined by "and" or a comma to a name of a clear kind that kind, where nothing speaks for another."""
    pairs = list(itertools.pairwise(mentions))
    for one, other in [*pairs, *reversed([(other, one) for one, other in pairs])]:
        if other.weight > GUESS or one.weight < LIKELY or one.field != other.field or other.is_weak or one.kind == "NAME":
            continue
        first, second = (one, other) if one.start < other.start else (other, one)
        many = " " in other.spelling
        if texts[one.field][first.end : second.start] in _BETWEEN and not (
            many and one.kind == "PLACE" and other.kind == "PERSON"
        ):
            other.kind, other.weight = one.kind, LIKELY


def aliases_of(texts: Mapping[str, str], mentions: Sequence[Mention]) -> dict[str, str]:
    """Key of a short form to key of the full one."""
    return _abbreviations(texts, mentions) | _surnames(mentions)


def _abbreviations(texts: Mapping[str, str], mentions: Sequence[Mention]) -> dict[str, str]:
    """As "X Y Z (XYZ)" or "XYZ (X Y Z)" teach it."""
    learnt: dict[str, str] = {}
    for one, other in itertools.pairwise(mentions):
        if one.field != other.field or texts[one.field][one.end : other.start].strip() != "(":
            continue
        long, short = (one, other) if is_acronym(other.spelling) else (other, one)
        closed = texts[one.field][other.end : other.end + 1] == ")"
        is_person = long.kind == "PERSON" and long.weight > GUESS
        if closed and is_acronym(short.spelling) and not is_person and abbreviates(short.spelling, long.spelling):
            learnt.setdefault(short.key, long.key)
            if long.weight <= GUESS:
                long.kind, long.weight = "ORG", LIKELY
            if short.weight < SURE or short.key != long.key:
                short.kind, short.weight, short.name = long.kind, long.weight, long.name
    return learnt


def _surnames(mentions: Sequence[Mention]) -> dict[str, str]:
    """As a person named in full has it; what the report says goes before what is known of others of that name."""
    learnt: dict[str, str] = {}
    alone = {one.own_key: one for one in mentions if one.weight < SURE or one.kind == "PERSON"}
    for one in mentions:
        words = one.own_key.split() if one.kind == "PERSON" else []
        for surname in (" ".join(words[number:]) for number in range(1, len(words))):
            short = alone.get(surname)
            if short is not None and short.key != one.key and _may_be(short, one):
                learnt.setdefault(short.key, one.key)
                learnt.setdefault(surname, one.key)
    return learnt


def _may_be(short: Mention, full: Mention) -> bool:
    """May a short form be of a person? Not where it is clearly a place, or one that is known in full by another name."""
    if short.kind == "PLACE" and short.weight >= CLEAR:
        return False
    return not (full.name and short.name and full.name != short.name and " " in short.own_key)

"""The names a report mentions, each with its kind and one canonical spelling.

A first recogniser by rules, to be replaced by one that knows more names. A kind is given only for a reason that can be
named: everybody knows it, a word in the name says it (Ministry, Front, Jaish), or the words around it do ("the town of",
"President", "militants"). Everything else is a NAME: no kind is better than a wrong one.

Within a report one thing has one canonical name: the longest form of it that the report writes, also for the
abbreviation it introduces and for the surname of a person named in full.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from idlibsearch.ingest.abbreviations import abbreviates
from idlibsearch.ingest.cues import ARABIC_GROUP_HEADS, GROUP_HEADS, KNOWN_GROUPS, KNOWN_ORGS, ORG_HEADS, PLACE_HEADS, PLACES
from idlibsearch.ingest.habits import Habits, habits_of
from idlibsearch.ingest.names import Name, is_acronym, names_in
from idlibsearch.ingest.source import is_agency
from idlibsearch.model import Entity

SURE, CLEAR, LIKELY = 3, 2, 1  # how much a reason for a kind weighs; the heaviest of a report decides

_GROUND = r"(?:province|region|governorate|city|town|village|district|countryside|border|air\s?base|airport|area|suburb|camp)"
_SAYING = r"(?:said|says|told|added|stated|tweeted)"
_WORK = (
    r"(?:activist|spokes(?:man|woman|person)|commander|journalist|leader|lawyer|analyst|counterpart|minister|president|colleague"
    r"|head|director|chief|actor|singer|writer)"
)
_BEFORE = (
    (
        "PLACE",
        CLEAR,
        re.compile(rf"(?:{_GROUND}|capital|port|(?:town|village|district|province|region|suburb|outskirt)s)\s(?:of\s)?$"),
    ),
    ("GROUP", CLEAR, re.compile(r"\b(?:group|faction|militia|militant|jihadist|insurgent|guerrilla)s?,?\s$")),
    ("PERSON", CLEAR, re.compile(rf"\b{_WORK}s?,?\s$")),
    ("PERSON", LIKELY, re.compile(rf"\b{_SAYING}\s$")),
    ("ORG", CLEAR, re.compile(r"\breports?\s$")),
    ("PLACE", LIKELY, re.compile(r"\b(?:in|near|around|outside|towards?)\s$")),
)
_AFTER = (
    ("PLACE", CLEAR, re.compile(rf"\s{_GROUND}s?\b")),
    ("GROUP", CLEAR, re.compile(r"\s(?:rebel\s)?(?:group|militants|fighters|insurgents|jihadists|terrorists|gunmen|militia)\b")),
    ("ORG", CLEAR, re.compile(r"\s(?:news\sagency|agency|newspaper|broadcaster|news\s(?:site|outlet)|quoted)\b")),
    ("PERSON", LIKELY, re.compile(rf"(?:,\s[^,.]{{3,60}},)?\s{_SAYING}\b")),
    ("PERSON", LIKELY, re.compile(rf",\s(?:an?|the)\s(?:\w+\s){{0,2}}{_WORK}\b")),
)
_ARTICLE = re.compile(r"(?<![^\W_])(?:al|el|ash|as|ar|an|at|ad|az|ul|esh)[ -](?=\w)")
_LETTERS = re.compile(r"[^\w\s-]")
_SPACE = re.compile(r"[\s-]+")


@dataclass(slots=True)
class Mention:
    """A name at its place: ``own_key`` is what its spellings share, ``key`` that of what it stands for.

    ``kind`` and ``weight`` say what speaks for one kind most.
    """

    field: str
    start: int
    end: int
    spelling: str
    own_key: str
    key: str
    kind: str
    weight: int


def entities_in(title: str, body: str) -> tuple[Entity, ...]:
    """The names in the title and the body of one report that stands alone, in their order."""
    return entities_of([(title, body)], habits_of(body))[0]


def entities_of(texts: Sequence[tuple[str, str]], habits: Habits) -> list[tuple[Entity, ...]]:
    """For the (title, body) of each report of a page, its names in their order; ``habits`` tell how the page writes words.

    Canonical names are learnt in each report by itself. A kind that a report gives no reason for is taken from the others
    of its page: one of them says "Idlib province".
    """
    read = [_read(title, body, habits) for title, body in texts]
    kinds = _kinds(one for mentions in read for one in mentions)
    return [_entities(mentions, kinds) for mentions in read]


def _read(title: str, body: str, habits: Habits) -> list[Mention]:
    """The mentions of one report, those of one thing with one key."""
    mentions = [*_mentions("title", title, habits), *_mentions("body", body, habits)]
    aliases = _abbreviations({"title": title, "body": body}, mentions) | _surnames(mentions)
    for mention in mentions:
        mention.key = aliases.get(mention.key, mention.key)
    return mentions


def _entities(mentions: list[Mention], page_kinds: dict[str, str]) -> tuple[Entity, ...]:
    names, kinds = _names(mentions), _kinds(mentions)
    return tuple(
        Entity(_kind_of(one, kinds, page_kinds), names[one.key], one.spelling, one.field, one.start, one.end) for one in mentions
    )


def _kind_of(one: Mention, kinds: dict[str, str], page_kinds: dict[str, str]) -> str:
    return kinds.get(one.key) or page_kinds.get(one.key) or page_kinds.get(one.own_key) or "NAME"


def _mentions(field: str, text: str, habits: Habits) -> list[Mention]:
    return [_mention(field, text, name) for name in names_in(text, habits)]


def _mention(field: str, text: str, name: Name) -> Mention:
    spelling = text[name.start : name.end]
    key = fold(spelling)
    kind, weight = _kind(text, name, " ".join(spelling.split()))
    return Mention(field, name.start, name.end, spelling, key, key, kind, weight)


def fold(spelling: str) -> str:
    """What the spellings of one name share: no case, accents, apostrophes and hyphens, one form for the Arabic article."""
    folded = spelling.casefold()
    if not folded.isascii():
        folded = "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))
    return _SPACE.sub(" ", _LETTERS.sub("", _ARTICLE.sub("al ", folded))).strip()


def _kind(text: str, name: Name, spelling: str) -> tuple[str, int]:
    """The kind of a name and the weight of the reason: what it is known for, what it says of itself, what is around it."""
    own = _own_kind(spelling)
    if own:
        return own, SURE
    if name.ranked:
        return "PERSON", CLEAR
    before, best = text[max(0, name.start - 30) : name.start], ("NAME", 0)
    for kind, weight, cue in _BEFORE:
        if weight > best[1] and cue.search(before):
            best = kind, weight
    for kind, weight, cue in _AFTER:
        if weight > best[1] and cue.match(text, name.end):
            best = kind, weight
    return ("NAME", 0) if best[1] < CLEAR and is_acronym(spelling) else best


def _own_kind(spelling: str) -> str:
    if spelling in KNOWN_GROUPS:
        return "GROUP"
    if spelling in PLACES:
        return "PLACE"
    if spelling in KNOWN_ORGS or is_agency(spelling):
        return "ORG"
    words = spelling.split()
    if words[0] in ARABIC_GROUP_HEADS or (len(words) > 1 and words[-1] in GROUP_HEADS):
        return "GROUP"
    if (len(words) > 1 and words[-1] in PLACE_HEADS) or words[-1] in ("airbase", "airport", "base"):
        return "PLACE"
    return "ORG" if len(words) > 1 and not ORG_HEADS.isdisjoint(words) else ""


def _abbreviations(texts: dict[str, str], mentions: list[Mention]) -> dict[str, str]:
    """Key of an abbreviation to key of the name it stands for, as "X Y Z (XYZ)" or "XYZ (X Y Z)" teach it."""
    learnt: dict[str, str] = {}
    for one, other in itertools.pairwise(mentions):
        if one.field != other.field or texts[one.field][one.end : other.start].strip() != "(":
            continue
        long, short = (one, other) if is_acronym(other.spelling) else (other, one)
        closed = texts[one.field][other.end : other.end + 1] == ")"
        if closed and is_acronym(short.spelling) and long.kind != "PERSON" and abbreviates(short.spelling, long.spelling):
            learnt.setdefault(short.key, long.key)
    return learnt


def _surnames(mentions: Iterable[Mention]) -> dict[str, str]:
    """Key of a surname to key of the first person of that name who is named in full."""
    learnt: dict[str, str] = {}
    mentions = list(mentions)
    alone = {one.key for one in mentions if one.weight < SURE}
    for one in mentions:
        words = one.key.split()
        if len(words) < 2 or one.weight >= SURE or (one.kind != "PERSON" and one.weight):
            continue
        for surname in (words[-1], " ".join(words[-2:])):
            if surname in alone and surname != one.key:
                learnt.setdefault(surname, one.key)
    return learnt


def _names(mentions: Iterable[Mention]) -> dict[str, str]:
    """For each key the longest spelling, of equals the first."""
    names: dict[str, str] = {}
    for one in mentions:
        spelling = " ".join(one.spelling.split())
        if len(spelling) > len(names.get(one.key, "")):
            names[one.key] = spelling
    return names


def _kinds(mentions: Iterable[Mention]) -> dict[str, str]:
    """For each key, and for what stands for it, the kind with the weightiest reason, of equals the first."""
    kinds: dict[str, tuple[int, str]] = {}
    for one in mentions:
        for key in {one.key, one.own_key}:
            if one.weight > kinds.get(key, (0, ""))[0]:
                kinds[key] = one.weight, one.kind
    return {key: kind for key, (_, kind) in kinds.items()}

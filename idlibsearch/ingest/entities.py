"""The names a report mentions, each with its kind and one canonical name.

A kind is given only for a reason that can be named: the gazetteer has it, a word in the name says it (Ministry, Front, Jaish),
or the words around it do ("the town of", "President", "militants"). Where nothing does it is a NAME: no kind is better than
a wrong one.

Within a report one thing has one canonical name: that of the gazetteer, else the longest form of it that the report writes,
also for the abbreviation it introduces and for the surname of a person named in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from idlibsearch.analysis.gazetteer import Gazetteer, builtin
from idlibsearch.analysis.names_fold import fold_name
from idlibsearch.ingest.capitals import is_acronym
from idlibsearch.ingest.coreference import Mention, aliases_of, as_neighbours
from idlibsearch.ingest.habits import Habits, habits_of
from idlibsearch.ingest.name_kinds import CLEAR, SURE
from idlibsearch.ingest.names import Finder
from idlibsearch.ingest.parts import Name
from idlibsearch.ingest.surroundings import kind_around
from idlibsearch.model import Entity


def entities_in(title: str, body: str, gazetteer: Gazetteer | None = None) -> tuple[Entity, ...]:
    """The names in the title and the body of one report that stands alone, in their order."""
    return entities_of([(title, body)], habits_of(body), gazetteer)[0]


def entities_of(texts: Sequence[tuple[str, str]], habits: Habits, gazetteer: Gazetteer | None = None) -> list[tuple[Entity, ...]]:
    """For the (title, body) of each report of a page, its names in their order; ``habits`` tell how the page writes words.

    Canonical names are learnt in each report by itself. A kind that a report gives no reason for is taken from the others
    of its page: one of them says "Idlib province".
    """
    finder = _finder(gazetteer or builtin())
    read = [_read(title, body, habits, finder) for title, body in texts]
    kinds = _kinds(one for mentions in read for one in mentions)
    return [_entities(mentions, kinds) for mentions in read]


_finders: dict[str, Finder] = {}


def _finder(gazetteer: Gazetteer) -> Finder:
    """One finder a gazetteer, so that what it knows of runs is not lost between pages."""
    if gazetteer.digest not in _finders:
        _finders.clear()
        _finders[gazetteer.digest] = Finder(gazetteer)
    return _finders[gazetteer.digest]


def _read(title: str, body: str, habits: Habits, finder: Finder) -> list[Mention]:
    """The mentions of one report, those of one thing with one key."""
    texts = {"title": title, "body": body}
    mentions = [_mention(field, text, name) for field, text in texts.items() for name in finder.names_in(text, habits)]
    as_neighbours(texts, mentions)
    aliases = aliases_of(texts, mentions)
    for mention in mentions:
        if mention.key in aliases:  # what the report says goes before what the gazetteer does
            mention.key, mention.name = aliases[mention.key], ""
    full = {mention.key for mention in mentions if not mention.is_weak}
    return [mention for mention in mentions if not mention.is_weak or mention.key in full]


def _entities(mentions: list[Mention], page_kinds: dict[str, str]) -> tuple[Entity, ...]:
    names, kinds = _names(mentions), _kinds(mentions)
    return tuple(
        Entity(_kind_of(one, kinds, page_kinds), names[one.key], one.spelling, one.field, one.start, one.end) for one in mentions
    )


def _kind_of(one: Mention, kinds: dict[str, str], page_kinds: dict[str, str]) -> str:
    return kinds.get(one.key) or page_kinds.get(one.key) or page_kinds.get(one.own_key) or "NAME"


def _mention(field: str, text: str, name: Name) -> Mention:
    spelling = text[name.start : name.end]
    kind = name.kind
    if kind.weight < SURE:
        around = kind_around(text, name.start, name.end)
        if around.weight > kind.weight and not (around.weight < CLEAR and is_acronym(spelling)):
            kind = around
    key = fold_name(kind.name or spelling) or spelling
    own = fold_name(spelling) or spelling
    is_weak = name.is_weak and kind.weight < CLEAR
    return Mention(field, name.start, name.end, spelling, own, key, kind.type, kind.weight, kind.name, is_weak)


def _names(mentions: Iterable[Mention]) -> dict[str, str]:
    """For each key the name that the gazetteer has, else the longest spelling, of equals the first."""
    names: dict[str, str] = {}
    known = {one.key: one.name for one in mentions if one.name}
    for one in mentions:
        spelling = " ".join(one.spelling.split())
        if len(spelling) > len(names.get(one.key, "")):
            names[one.key] = spelling
    return names | known


def _kinds(mentions: Iterable[Mention]) -> dict[str, str]:
    """For each key, and for what stands for it, the kind with the weightiest reason, of equals the first."""
    kinds: dict[str, tuple[int, str]] = {}
    for one in mentions:
        for key in {one.key, one.own_key}:
            if one.weight > kinds.get(key, (0, ""))[0]:
                kinds[key] = one.weight, one.kind
    return {key: kind for key, (_, kind) in kinds.items()}

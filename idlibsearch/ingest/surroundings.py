"""Of what kind a name is by the words around it: the town of X, President X, X militants, X said."""

from __future__ import annotations

import re

from idlibsearch.ingest.name_kinds import CLEAR, LIKELY, NO_KIND, Kind

BEFORE_CHARACTERS = 48  # that are read for a cue
_GROUND = (
    r"(?:province|region|governorate|city|town|village|district|countryside|border|air\s?base|airport|area|suburb|camp|county"
    r"|peninsula|island|valley|oblast|neighbou?rhood|municipality|prefecture|hill|mountain|river|crossing|junction|highway)"
)
_SAYING = r"(?:said|says|told|added|stated|tweeted|argued|claimed|warned|insisted|announced|wrote|replied|explained)"
_WORK = (
    r"(?:activist|spokes(?:man|woman|person)|commander|journalist|leader|lawyer|analyst|counterpart|minister|president|colleague"
    r"|head|director|chief|actor|actress|singer|writer|author|politician|senator|candidate|mayor|governor|professor|economist"
    r"|historian|philosopher|composer|painter|artist|guitarist|drummer|vocalist|bassist|producer|general|officer|chancellor"
    r"|ambassador|envoy|son|daughter|wife|husband|brother|sister|father|mother|widow|king|queen|prince|emperor|bishop|scholar)"
)
_ARMED = r"(?:armed|rebel|militant|terror(?:ist)?|jihadist|extremist|insurgent)"
_FIGHTERS = (
    r"(?:militants|fighters|insurgents|jihadis?ts?|terrorists|gunmen|militias?|militiam[ae]n|rebels|guerrillas|affiliate"
    rf"|{_ARMED}\sgroup)"
)
_PARTS = r"(?:town|village|district|province|region|suburb|outskirt|part|edge|north|south|east|west|citie|countrie)s?"
_STAYING = r"(?:born|died|lived?s?|resid\w+|located|situated|headquartered|arrived)\s(?:\w+\s){0,2}(?:in|at|near)"
_BEFORE = tuple(
    (Kind(kind, weight), re.compile(cue))
    for kind, weight, cue in (
        ("PLACE", CLEAR, rf"(?:{_GROUND}|capital|port|{_PARTS})\sof\s(?:the\s)?$"),
        ("PLACE", CLEAR, rf"(?:countries|cities|towns|provinces)\s(?:like|such\sas)\s$|\b{_STAYING}\s$"),
        ("PLACE", CLEAR, r"\b(?:north|south|east|west|northern|southern|eastern|western|central)\s$"),
        ("GROUP", CLEAR, r"\b(?:group|faction|militia|militant|jihadist|insurgent|guerrilla)s?,?\s$"),
        ("PERSON", CLEAR, rf"\b{_WORK}s?,?\s$|\b(?:named|married|nicknamed)\s$"),
        ("ORG", CLEAR, r"\breports?\s$|\b(?:interview\swith(?:\sthe)?|newspaper|magazine|company|firm|broadcaster|agency)\s$"),
        ("PERSON", LIKELY, rf"\b{_SAYING}\s$"),
        ("PLACE", LIKELY, r"\b(?:in|near|around|outside|towards?|across|throughout)\s$"),
    )
)
_AFTER = tuple(
    (Kind(kind, weight), re.compile(cue))
    for kind, weight, cue in (
        ("PLACE", CLEAR, rf"\s{_GROUND}s?\b|\ssettlements?\b|-based\b"),
        ("GROUP", CLEAR, rf"\s{_FIGHTERS}\b"),
        ("ORG", CLEAR, r"\s(?:news\sagency|agency|newspaper|broadcaster|news\s(?:site|outlet)|quoted|party|MPs?|records)\b"),
        ("PERSON", LIKELY, rf"(?:,\s[^,.]{{3,60}},)?\s(?:also\s)?{_SAYING}\b|\s(?:was\sborn|himself|herself)\b"),
        ("PERSON", LIKELY, rf",\s(?:an?|the)\s(?:\w+\s){{0,2}}{_WORK}\b|\s\(born\s|\s\(\d{{4}}\s?[-–]"),
    )
)


def kind_around(text: str, start: int, end: int) -> Kind:
    """The kind that the words before and behind [start, end) speak for most, of equals the first in the tables above."""
    before, behind, best = text[max(0, start - BEFORE_CHARACTERS) : start], text[end : end + 1], NO_KIND
    if before[-1:].isspace() and (before[-2:-1].islower() or before[-2:-1] == ","):  # else no cue can end there
        for kind, cue in _BEFORE:
            if kind.weight > best.weight and cue.search(before):
                best = kind
    if behind.isspace() or behind in (",", "-"):
        for kind, cue in _AFTER:
            if kind.weight > best.weight and cue.match(text, end):
                best = kind
    return best

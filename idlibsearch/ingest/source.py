"""Whose report it is: the agency or outlet that a byline, a dateline or the lead names, else the host of the address.

In this order: an agency as the byline; the agency of the dateline; the one the lead cites ("reports TASS news agency");
the host. The host comes last because it says who showed a report, not whose it is, and the address keeps it anyway.
Only the lead is read for citations: an agency quoted further down is a voice in the report, not its source.
"""

from __future__ import annotations

import re

from idlibsearch.ingest.cues import AGENCIES, NATIONS

Span = tuple[int, int]

LONGEST_LEAD = 2000  # characters of the first paragraph that are read for a citation

_NAME = r"(?P<name>[A-Z][\w.&-]{0,30}(?:\s(?:[A-Z][\w.&-]{0,30})){0,3})"
_OWNER = (
    r"(?:[A-Z]\w{1,20}['’]s\s)?(?:the\s)?"
    r"(?:(?:state|semi-official|state-run|private|local|official|[A-Z][a-z]{2,12}(?:an|ish|ese|i))\s){0,2}"
)
_MEDIUM = r"(?:\s(?:news|press)\sagency|\snewspaper|\sbroadcaster|\snews\s(?:outlet|site|website|channel)|\sdaily)"
_KNOWN_NAME = "(?P<name>" + "|".join(map(re.escape, sorted(AGENCIES, key=len, reverse=True))) + ")"
CITATIONS = tuple(
    re.compile(form)
    for form in (
        rf"\b(?:reports?|reported|reported\sby|according\sto|citing|told|by)\s{_OWNER}{_NAME}{_MEDIUM}\b",
        rf"\b{_NAME}{_MEDIUM}\s(?:has\s|have\s)?(?:reports|reported|said|says|quoted|cited|wrote)\b",
        rf",\s(?:reports|reported)\s{_OWNER}{_NAME}",
        rf"\b{_NAME}\squoted\s(?:him|her|them|the|an?|[A-Z]\w{{1,30}})\b",
        rf"\b(?:told|told\sthe|according\sto|reports?|reported\sby|citing)\s{_KNOWN_NAME}(?!\w)",
        rf"\b{_KNOWN_NAME}\s(?:news\sagency\s)?(?:has\s)?(?:reports|reported|quoted|wrote)\b",
    )
)
_HOST = re.compile(r"(?:https?://)?(?:(?:www\d?|m|mobile|amp)\.)?(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})", re.IGNORECASE)


def is_agency(text: str) -> bool:
    """Whether ``text`` is the name of a known agency and nothing else."""
    return text.strip() in AGENCIES


def cited_in(text: str, start: int, end: int) -> Span | None:
    """The span of the agency or outlet that the paragraph [start, end) cites first, or None."""
    end = min(end, start + LONGEST_LEAD)
    names = (match.span("name") for form in CITATIONS for match in form.finditer(text, start, end))
    return min((name for name in names if text[slice(*name)] not in NATIONS), default=None)


def host_of(text: str, start: int, end: int) -> Span | None:
    """The span of the host in a web address, without its www."""
    match = _HOST.match(text, start, end)
    return match.span("host") if match else None

"""Who wrote a report: recognises lines that only name writers, and the characters of the names in them.

A sentence that begins with "By" is not a byline: every word of one is a name or joins names, and no full stop ends it.
Markup is read over (``By <u>Reuters</u>``); what else such a line holds (a date, a section) is left to others.
"""

from __future__ import annotations

import re

from idlibsearch.ingest.source import is_agency

LONGEST_BYLINE = 160  # characters
MOST_NAME_WORDS = 14  # "Jane Doe and John Roe of The Associated Press in Beirut" has eleven

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_BY = re.compile(
    r"(?:(?:written|reported|reporting|story|text|posted)\s)?by:?\s{1,3}|(?:author|writer|reporter)s?\s?:\s{0,3}", re.IGNORECASE
)
_CUT = re.compile(
    r"\s{0,3}(?:[|•·]|\s[-–—]\s|,?\s(?:on\s)?(?=\d{1,2}[\s/.-]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|[A-Z][a-z]{2,8}\.?\s\d))"
)
_JOINING = frozenset(
    ("and", "of", "in", "for", "the", "with", "at", "de", "van", "von", "bin", "ibn", "al", "el", "der", "la", "&", "from", "to")
)


def byline_pieces(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The (start, end) of the stretches of a byline that name its writers; () for a line that is no byline."""
    if end - start > LONGEST_BYLINE:
        return ()
    stretches = _untagged(text, start, end)
    shown = "".join(text[at:stop] for at, stop in stretches)
    opening = _BY.match(shown)
    if opening is None:
        return ((start, end),) if is_agency(shown) else ()
    cut = _CUT.search(shown, opening.end())
    names = shown[opening.end() : cut.start() if cut else len(shown)]
    if not _are_names(names):
        return ()
    return _part(stretches, opening.end(), opening.end() + len(names.rstrip(" ,")))


def _untagged(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between tags."""
    stretches = []
    for tag in _TAG.finditer(text, start, end):
        stretches.append((start, tag.start()))
        start = tag.end()
    return [(at, stop) for at, stop in [*stretches, (start, end)] if at < stop]


def _are_names(names: str) -> bool:
    words = names.replace(",", " ").replace("/", " ").split()
    if not 0 < len(words) <= MOST_NAME_WORDS or names.rstrip().endswith((".", ":", "?", "!", ";")):
        return False
    return words[0][0].isupper() and all(
        word[0].isupper() or word.lower() in _JOINING or word.startswith(("al-", "el-", "d’", "d'")) for word in words
    )


def _part(stretches: list[tuple[int, int]], first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The characters [first, last) of the shown text, as stretches of the source."""
    found = []
    for start, end in stretches:
        length = end - start
        if first < length and last > 0:
            found.append((start + max(first, 0), start + min(last, length)))
        first, last = first - length, last - length
    return tuple(found)

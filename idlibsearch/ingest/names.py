"""Where the names in a text stand: stretches of capitalised words, without what is only capitalised by its place.

A word may be capitalised because it opens a sentence or because a headline writes all words so; such a word counts as a
name only where the page writes it with a capital in mid-sentence too, where it is no English word, or where it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.ingest.capitals import RUN, Token, is_acronym, tokens_of
from idlibsearch.ingest.cues import ARABIC_GROUP_HEADS, NATIONS, OFFICES, OPENERS, RANKS, TAILED
from idlibsearch.ingest.habits import HEADS, NEVER, Habits, is_headline, is_shouted
from idlibsearch.ingest.name_kinds import SURE, Kind, is_given, is_word, kind_within
from idlibsearch.ingest.parts import Cutter, Name

_GROUND = re.compile(r"\s(?:air\s?base|airport|airfield)(?!\w)")
_TAIL = re.compile(  # Center for reconciliation of the warring parties in Syria
    r"\s(?:for|on)\s(?:the\s)?(?!comment)[a-z]{4,20}(?:\s(?:of|and|the|of\sthe|[a-z]{4,20})){1,5}\s(?:in|of)\s(?:the\s)?(?=[A-Z])"
)
_OWNED = re.compile(r"[’'ʼ`]s")
_OPENING = " \t\u00a0\"'“‘«([•*-–—"
_SENTENCE_ENDS = ".!?…:\n\r|;"
_NO_END = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|Prof|Rev|No|vs|Jr|Sr|Inc|Co|Corp|Ltd))\.$")
_LONGEST_SHORT = 5  # characters of the longest of these with its dot


class Finder:
    """Finds names by what a gazetteer knows; what was found in a run is kept for the next text that has it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._cutter = Cutter(gazetteer)

    def names_in(self, text: str, habits: Habits) -> list[Name]:
        """The names in ``text`` in order, none overlapping; in a headline that capitalises every word, only those known."""
        if is_shouted(text):
            return []
        if is_headline(text):
            return [name for run in RUN.finditer(text) for name in self._known_names(run[0], run.start(), habits)]
        names: list[Name] = []
        for run in RUN.finditer(text):
            start, shown = run.start(), run[0]
            if names and start < names[-1].end:  # the tail of a long name was read already
                continue
            if opens_sentence(text, start):
                kept = self._without_opener(tokens_of(shown), len(shown), habits)
                start, shown = start + kept, shown[kept:]
            found = self._cutter.names_of(shown)
            names += [name._replace(start=start + name.start, end=start + name.end) for name in found]
            if found and names[-1].end == start + len(shown):
                names[-1] = _lengthened(text, names[-1])
            elif shown in TAILED and (end := _tail(text, start + len(shown))):
                names.append(Name(start, end, Kind("ORG", SURE)))
        return names

    def _without_opener(self, tokens: Sequence[Token], end: int, habits: Habits) -> int:
        """Where the name in a run that opens a sentence begins: at 0, or behind a word that only opens it."""
        first = tokens[0]
        behind = tokens[1].start if len(tokens) > 1 else end
        if self._is_sure(tokens, habits):
            return 0
        if first.word in OPENERS:
            return behind
        if first.word in RANKS or first.word in NATIONS or not is_word(first) or "-" in first.word:
            return 0
        return behind if self._is_apart(tokens) else 0

    def _is_sure(self, tokens: Sequence[Token], habits: Habits) -> bool:
        """Is the first word of a sentence sure to open a name?"""
        first, length = tokens[0], self._cutter.known_length(tokens, 0)
        is_common = is_word(first) and not is_acronym(first.word) and first.word not in habits.names
        if length == 1 and is_common:  # a Trump is seldom a trump there
            found = self._cutter.find(first.word)
            return found is not None and found.type == "PERSON"
        if length:
            return True
        is_said = first.word in habits.names or is_acronym(first.word) or first.word in ARABIC_GROUP_HEADS
        return is_said and first.word not in OPENERS

    def _is_apart(self, tokens: Sequence[Token]) -> bool:
        """Is an English word that opens a sentence no part of the name behind it?"""
        first, second = tokens[0], tokens[1] if len(tokens) > 1 else None
        if second is None or second.is_small:
            return second is None or first.word not in HEADS
        if first.owns or first.word in OFFICES or first.word in HEADS:
            return False
        if second.joined or is_acronym(second.word) or second.word in NATIONS or second.word in RANKS:
            return True
        opens_name = self._cutter.known_length(tokens, 1) or (len(tokens) > 2 and is_given(second.word))
        return bool(opens_name) and not is_given(first.word) and tokens[-1].word not in HEADS

    def _known_names(self, run: str, start: int, habits: Habits) -> Iterator[Name]:
        """The names in a run of a headline."""
        tokens, at = tokens_of(run), 0
        while at < len(tokens):
            token, length = tokens[at], self._cutter.known_length(tokens, at)
            if length == 1 and token.word in NATIONS:
                length = 0
            if length or token.word in habits.names or (is_acronym(token.word) and token.word not in NEVER):
                part = tokens[at : at + (length or 1)]
                kind = kind_within(part, ranked=False, find=self._cutter.find)
                yield Name(start + part[0].start, start + part[-1].end, kind)
            at += length or 1


def _lengthened(text: str, name: Name) -> Name:
    """A name with the small words that belong to it: Khmeimim airbase, Center for reconciliation of … in Syria."""
    if ground := _GROUND.match(text, name.end):
        return name._replace(end=ground.end(), kind=Kind("PLACE", SURE), is_weak=False)
    if text[name.start : name.end].rpartition(" ")[2] in TAILED and (end := _tail(text, name.end)):
        return name._replace(end=end, kind=Kind("ORG", SURE), is_weak=False)
    return name


def _tail(text: str, start: int) -> int:
    """Where a body's name ends that goes on in small words behind ``start``; 0: it does not."""
    tail = _TAIL.match(text, start)
    rest = RUN.match(text, tail.end()) if tail else None
    owned = _OWNED.search(rest[0]) if rest else None
    return 0 if rest is None else rest.start() + owned.start() if owned else rest.end()


def opens_sentence(text: str, at: int) -> bool:
    """Whether the word at ``at`` is the first of a sentence or a quotation."""
    before = at
    while before and at - before < 6 and text[before - 1] in _OPENING:
        before -= 1
    if before and text[before - 1] == "." and _NO_END.search(text, max(0, before - _LONGEST_SHORT), before):
        return False
    return before == 0 or text[before - 1] in _SENTENCE_ENDS or text[before:at].strip(" \t\u00a0[(") != ""

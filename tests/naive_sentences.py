"""The rules of sentences and paragraphs in slow Python: regular expressions and a decision a full stop.

The oracle of the compiled finder. It shares with the product the lists of words and nothing else.
"""

from __future__ import annotations

import re

from idlibsearch.analysis.sentences import AFTER_CLOCK, CLOCK, DOMAINS, NUMBERED, SENTENCE_OPENERS, SHORT, SHORT_NAMES, TITLES

_PARAGRAPH = (
    r"\r?\n[^\S\n]*\n\s*"
    r"|(?<=[.!?…:\"”’)])\r?\n(?:\t|[ \u00a0]{2})\s*"
    r"|\r?\n[^\S\n]*(?=[•▪◦‣*–—-][^\S\n])"
    r"|[\u2029\f]\s*"
)
_LINE = r"[\n\u2029\f]\s*"
_WRAPPED_AT_MOST = 120  # characters; terminals and agencies wrap at 64 to 100

# A full stop or what does its duty, reference marks, closing quotes and brackets, and the blanks after it. It matches decimal
# points and dots inside abbreviations as well, which are refused at the first look: a look ahead would be quadratic on "....".
_STOP = r"""([.!?…。！？؟]+)(?:\[[0-9]+\])*(["'”’»)\]]*)(\s*)"""
_NEXT_WORD = r"""["'“‘«([¿¡]*(\w*)"""
_ALWAYS = frozenset("。！？؟")
_OPENING = "\"'“‘«(["
_DOTTED = r"[^\W\d](?:\.[^\W\d])*"  # an initial, U.S, a.m
_GLUED_BEFORE = r"(?:[^\W\d_A-Z]{3}|\b[0-9]{4})\Z"
_GLUED_AFTER = r"[A-Z][a-z]+(?=[\s,;:’'])"
_REACH = 32  # characters before a full stop in which its word is looked for; no abbreviation is longer


def starts(text: str) -> tuple[list[int], list[int]]:
    """Where sentences and where paragraphs start: ascending offsets in characters."""
    if not text:
        return [], []
    lead = len(text) - len(text.lstrip())
    is_wrapped = max(map(len, text.split("\n"))) <= _WRAPPED_AT_MOST
    breaks = re.finditer(_PARAGRAPH if is_wrapped else _LINE, text)
    paragraphs = [0, *(match.end() for match in breaks if lead < match.end() < len(text))]
    sentences = (match.end() for match in re.finditer(_STOP, text) if match.end() < len(text) and _ends_sentence(text, match))
    return sorted({*paragraphs, *sentences}), paragraphs


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    stop, closing, blanks = match.groups()
    if stop[-1] in _ALWAYS:
        return True
    if not blanks:
        return stop == "." and _is_glued(text, match)
    follows = re.compile(_NEXT_WORD).match(text, match.end())
    word, after = (follows[1], text[follows.end() : follows.end() + 1]) if follows else ("", "")
    if stop != ".":
        return word[:1].isupper() or (word[:1].isdigit() and stop[-1] in "!?")
    before = _word_before(text, match.start())
    if word[:1].islower():
        return not closing and text[match.end()] not in _OPENING and _ends_before_small(before, word)
    if before.isdecimal() and len(before) < 3 and text[max(0, match.start() - 3) : match.start()].rpartition("\n")[2] == before:
        return False  # "1. The first point", at the start of a line
    return _ends_before_capital(before, word, after)


def _word_before(text: str, end: int) -> str:
    """What stands before a full stop, back to a blank, a hyphen or an opening quote."""
    stretch = text[max(0, end - _REACH) : end]
    if not stretch or stretch[-1].isspace():
        return ""
    return stretch.split()[-1].lstrip(_OPENING).rpartition("-")[2]


def _ends_before_small(before: str, word: str) -> bool:
    """Aleppo city. opposition fighters: an ordinary word before, so that a forgotten capital is likelier than an abbreviation."""
    if len(word) < 2 or not before.isalpha() or before.lower() in TITLES or before.lower() in SHORT or before in SHORT_NAMES:
        return False
    return len(before) > (2 if before.islower() else 4)


def _ends_before_capital(before: str, word: str, after: str) -> bool:
    small = before.lower()
    if small in TITLES or (word[:1].isdigit() and small in NUMBERED):
        return False
    if small in CLOCK:
        return word not in AFTER_CLOCK
    if re.fullmatch(_DOTTED, before) or small in SHORT or before in SHORT_NAMES:
        is_initial = len(word) == 1 and after == "."
        return word in SENTENCE_OPENERS and not is_initial
    return True


def _is_glued(text: str, match: re.Match[str]) -> bool:
    """Human Rights.Despite: an ordinary word, no blank, a capital; and neither an address nor a name with a dot."""
    stretch = text[max(0, match.start() - _REACH) : match.start()]
    before = _word_before(text, match.start())
    at = match.end() + (text[match.end()] in _OPENING)
    follows = re.compile(_GLUED_AFTER).match(text, at)
    if not follows or follows[0] in DOMAINS or not re.search(_GLUED_BEFORE, stretch) or any(sign in before for sign in "/@."):
        return False
    return not (before.lower() in TITLES or before.lower() in SHORT or before in SHORT_NAMES)

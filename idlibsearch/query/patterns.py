"""What a wildcard, a fuzzy word or a regular expression asks of a folded word. Which words there are is ``expand``'s business.

Patterns match whole folded words as written (rebel-held, al-qaeda), never stems, and are folded as words are.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from idlibsearch.analysis.fold import fold, fold_piece
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.query.automaton import ANY, ANYTHING, Letters, Part, Sequence, literal
from idlibsearch.query.limits import PatternError
from idlibsearch.query.regex import WILDCARD, parse_regex, parse_set
from idlibsearch.query.tree import Expansion, Fuzzy, Regex, Wildcard

_PIECE = r"[^*?\[]+|\*+|."
_QUOTES = "'`‘’"  # no folded word begins or ends with one


class Shaped(NamedTuple):
    """Words that an automaton of ``part`` accepts; all of them begin with ``prefix``. ``part`` None: all that begin so."""

    prefix: str
    part: Part | None


class Close(NamedTuple):
    """Words at most ``distance`` edits from ``word`` that begin with ``prefix``."""

    prefix: str
    word: str
    distance: int


Pattern = Shaped | Close


def pattern_of(node: Expansion) -> Pattern:
    """What a node asks for. Raises PatternError where it cannot be read."""
    match node:
        case Wildcard():
            return _wildcard(node.text)
        case Fuzzy():
            return _fuzzy(node)
        case Regex():
            part = parse_regex(node.text)
            return Shaped(_common_start(part), part)


def _wildcard(text: str) -> Shaped:
    text = text.strip(_QUOTES)
    prefix = fold_piece(re.match(r"[^*?\[]*", text)[0])  # type: ignore[index]
    if re.fullmatch(r"[^*?\[]*\*+", text):
        return Shaped(prefix, None)
    parts: list[Part] = []
    at = 0
    while match := re.compile(_PIECE).match(text, at):
        part, at = parse_set(text, at, WILDCARD) if match[0] == "[" else (_piece(match[0]), match.end())
        parts.append(part)
    return Shaped(prefix, Sequence(tuple(parts)))


def _piece(text: str) -> Part:
    return ANYTHING if text[0] == "*" else ANY if text == "?" else literal(fold_piece(text))


def _fuzzy(node: Fuzzy) -> Close:
    words = tokenize(node.text)
    if len(words) != 1:
        raise PatternError(f"{node.text} is not one word", "write ~ behind each word that may be misspelt")
    word = fold(node.text[slice(*words[0])])
    return Close(word[: node.prefix], word, node.distance)


def _common_start(part: Part) -> str:
    """Letters that every matching word begins with; not always all of them."""
    letters = ""
    waiting = [part]
    while waiting:
        first = waiting.pop()
        if isinstance(first, Sequence):
            waiting += reversed(first.parts)
        elif isinstance(first, Letters) and not first.kinds and not first.negated and len(first.ranges) == 1:
            low, high = first.ranges[0]
            if low != high:
                break
            letters += chr(low)
        else:
            break
    return letters

"""What a wildcard, a fuzzy word or a regular expression asks of a folded word. Which words there are is ``expand``'s business.

Patterns match whole folded words as written (rebel-held, al-qaeda), never stems, and are folded as words are.
"""

from __future__ import annotations

import itertools
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
    """Words that begin with ``prefix`` and go on in a way that an automaton of ``part`` accepts; None: in any way."""

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
            return _shaped(parse_regex(node.text))


def _wildcard(text: str) -> Shaped:
    text = text.strip(_QUOTES)
    parts: list[Part] = []
    at = 0
    while match := re.compile(_PIECE).match(text, at):
        part, at = parse_set(text, at, WILDCARD) if match[0] == "[" else (_piece(match[0]), match.end())
        parts.append(part)
    return _shaped(Sequence(tuple(parts)))


def _shaped(part: Part) -> Shaped:
    """A part, divided into the letters that all of its words begin with and what may follow."""
    parts = _row(part)
    letters = list(itertools.takewhile(lambda letter: letter, map(_only_letter, parts)))
    rest = parts[len(letters) :]
    return Shaped("".join(letters), None if rest == [ANYTHING] else Sequence(tuple(rest)))


def _row(part: Part) -> list[Part]:
    return [leaf for child in part.parts for leaf in _row(child)] if isinstance(part, Sequence) else [part]


def _only_letter(part: Part) -> str:
    """The letter that a part stands for, if it is but one."""
    if not isinstance(part, Letters) or part.kinds or part.negated or len(part.ranges) != 1:
        return ""
    low, high = part.ranges[0]
    return chr(low) if low == high else ""


def _piece(text: str) -> Part:
    return ANYTHING if text[0] == "*" else ANY if text == "?" else literal(fold_piece(text))


def _fuzzy(node: Fuzzy) -> Close:
    words = tokenize(node.text)
    if len(words) != 1:
        raise PatternError(f"{node.text} is not one word", "write ~ behind each word that may be misspelt")
    word = fold(node.text[slice(*words[0])])
    return Close(word[: node.prefix], word, node.distance)

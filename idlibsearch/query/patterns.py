"""What a wildcard, a fuzzy word or a regular expression asks of a folded word. Which words there are is ``expand``'s business.

Patterns match whole folded words as written (rebel-held, al-qaeda), never stems, and are folded as words are.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.query.automaton import ANY, ANYTHING, Letters, Part, Sequence, literal
from idlibsearch.query.limits import PatternError
from idlibsearch.query.regex import REGEX, WILDCARD, Dialect, parse_regex, parse_set
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
            return _wildcard(node.text.strip(_QUOTES), WILDCARD)
        case Fuzzy():
            return _fuzzy(node)
        case Regex():
            return _shaped(parse_regex(node.text))


def own_pattern_of(node: Expansion) -> Pattern:
    """The same of words of another analyzer, which are not folded."""
    match node:
        case Wildcard():
            return _wildcard(node.text, WILDCARD._replace(fold=str))
        case Fuzzy():
            return Close(node.text[: node.prefix], node.text, node.distance)
        case Regex():
            return _shaped(parse_regex(node.text, REGEX._replace(fold=str)))


def _wildcard(text: str, dialect: Dialect) -> Shaped:
    parts: list[Part] = []
    at = 0
    while match := re.compile(_PIECE).match(text, at):
        part, at = parse_set(text, at, dialect) if match[0] == "[" else (_piece(match[0], dialect), match.end())
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


def _piece(text: str, dialect: Dialect) -> Part:
    return ANYTHING if text[0] == "*" else ANY if text == "?" else literal(dialect.fold(text))


def _fuzzy(node: Fuzzy) -> Close:
    words = tokenize(node.text)
    if len(words) != 1:
        raise PatternError(f"{node.text} is not one word", "write ~ behind each word that may be misspelt")
    word = fold(node.text[slice(*words[0])])
    return Close(word[: node.prefix], word, node.distance)

"""Reads regular expressions, as far as they are regular, and sets of letters in square brackets. It runs nothing.

    choice  := row ("|" row)*                   row := (atom [ "*" | "+" | "?" | "{m}" | "{m,}" | "{m,n}" ] ["?"])*
    atom    := "(" choice ")" | "(?:" choice ")" | "[" ["^"] items "]" | "." | "\\d" "\\w" "\\s" and "\\D" "\\W" "\\S" | letter

As in Python's ``re``, matched from end to end. Letters are folded as in words; a capital stands for itself and the small letter,
since folded words keep some capitals (US). Groups are not remembered, so there are no references back, and nothing looks around.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from idlibsearch.analysis.fold import fold_piece
from idlibsearch.query.automaton import ANY, Choice, Letters, Part, Repeat, Sequence
from idlibsearch.query.limits import PatternError

MAX_REPEAT = 255  # letters of the longest word
MAX_NESTING = 40  # brackets in brackets
_QUANTIFIER = r"[*+?]|\{(\d*)(,?)(\d*)\}"


class Dialect(NamedTuple):
    """How sets in square brackets are written: the sign that negates, and whether a backslash escapes and capitals stay.

    ``fold``: what a letter becomes, as in the words it is compared with.
    """

    negation: str
    escapes: bool
    fold: Callable[[str], str] = fold_piece


REGEX = Dialect("^", escapes=True)
WILDCARD = Dialect("!", escapes=False)


def parse_regex(text: str, dialect: Dialect = REGEX) -> Part:
    """The automaton's view of a regular expression. Raises PatternError for what is wrong or not regular."""
    reader = _Reader(text, dialect)
    part = reader.choice(0)
    if reader.at < len(text):
        raise PatternError("a ) in the expression closes nothing", "write \\) for the sign itself")
    return part


class _Reader:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.at = 0
        self._dialect = dialect

    def _sees(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def choice(self, depth: int) -> Part:
        if depth > MAX_NESTING:
            raise PatternError(f"more than {MAX_NESTING} groups inside each other in the expression", "use fewer brackets")
        rows = [self._row(depth)]
        while self._sees("|"):
            self.at += 1
            rows.append(self._row(depth))
        return rows[0] if len(rows) == 1 else Choice(tuple(rows))

    def _row(self, depth: int) -> Part:
        parts: list[Part] = []
        while self.at < len(self.text) and not self._sees("|") and not self._sees(")"):
            if (self.at == 0 and self._sees("^")) or (self._sees("$") and self.at == len(self.text) - 1):
                self.at += 1  # the whole word is matched anyway
                continue
            parts.append(self._repeated(self._atom(depth)))
        return Sequence(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        match = re.compile(_QUANTIFIER).match(self.text, self.at)
        if match is None:
            if self._sees("{"):
                raise PatternError("a { in the expression is no repeat", "write {2}, {2,} or {2,5}")
            return part
        self.at = match.end()
        low, high = _bounds(match)
        if self._sees("?"):  # the same words match, however greedily
            self.at += 1
        if self._sees("*") or self._sees("+") or self._sees("?") or self._sees("{"):
            raise PatternError(f"{self.text[self.at]} in the expression repeats a repeat", "put brackets around the inner one")
        return Repeat(part, low, high)

    def _atom(self, depth: int) -> Part:
        sign = self.text[self.at]
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            letters, self.at = parse_set(self.text, self.at, self._dialect)
            return letters
        if sign == "\\":
            meant, self.at = _escape(self.text, self.at, self._dialect)
            return meant if isinstance(meant, Letters) else Sequence(tuple(map(_letter, meant)))
        if sign in "*+?{":
            raise PatternError(f"{sign} in the expression has nothing to repeat", f"write \\{sign} for the sign itself")
        if sign in "^$":
            raise PatternError(f"{sign} in the expression stands inside", "leave it out: whole words are matched")
        self.at += 1
        return ANY if sign == "." else Sequence(tuple(map(_letter, _both_cases(sign, self._dialect))))

    def _group(self, depth: int) -> Part:
        self.at += 3 if self._sees("(?:") else 1
        if self._sees("?"):
            raise PatternError("(? in the expression looks around or sets a flag", "use ( ) and (?: ) only")
        part = self.choice(depth + 1)
        if not self._sees(")"):
            raise PatternError("a ( in the expression is never closed", "put ) where it ends, or write \\(")
        self.at += 1
        return part


def _both_cases(letter: str, dialect: Dialect) -> list[str]:
    """The folded letters (ß gives two), each as the letters it may stand for."""
    folded = dialect.fold(letter)
    return [letter + folded] if letter.isascii() and letter.isupper() else list(folded)


def _letter(letters: str) -> Letters:
    return Letters(tuple((ord(letter), ord(letter)) for letter in letters))


def _bounds(match: re.Match[str]) -> tuple[int, int | None]:
    if match[0] in "*+?":
        return (1 if match[0] == "+" else 0), (1 if match[0] == "?" else None)
    low = int(match[1] or 0)
    high = (int(match[3]) if match[3] else None) if match[2] else low
    if match[0] == "{}" or max(low, high or 0) > MAX_REPEAT or (high is not None and high < low):
        raise PatternError(f"{match[0]} in the expression is no repeat", f"write {{2}}, {{2,}} or {{2,5}}, up to {MAX_REPEAT}")
    return low, high


def _escape(text: str, at: int, dialect: Dialect) -> tuple[Letters | str, int]:
    sign = text[at + 1 : at + 2]
    if sign and sign in "dwsDWS":
        return Letters((), sign), at + 2
    if not sign or (sign.isascii() and sign.isalnum()):
        raise PatternError(f"\\{sign} in the expression stands for nothing here", "only \\d \\w \\s and \\D \\W \\S do")
    return dialect.fold(sign), at + 2


def parse_set(text: str, start: int, dialect: Dialect) -> tuple[Letters, int]:
    """The set in square brackets at ``start``, and where the text goes on. Raises PatternError."""
    negated = text.startswith(dialect.negation, start + 1)
    at = first = start + 1 + negated
    ranges: list[tuple[int, int]] = []
    kinds = ""
    while text[at : at + 1] != "]" or at == first:
        low, at = _member(text, at, dialect)
        if isinstance(low, Letters):
            kinds += low.kinds
        elif text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("]", ""):
            high, at = _member(text, at + 1, dialect)
            ranges += _range(low, high, dialect)
        else:
            ranges += [(ord(letter), ord(letter)) for letter in _cases(low, dialect)]
    return Letters(tuple(ranges), kinds, negated), at + 1


def _member(text: str, at: int, dialect: Dialect) -> tuple[Letters | str, int]:
    if at >= len(text):
        raise PatternError("a [ is never closed", "put ] where the letters end")
    if dialect.escapes and text[at] == "\\":
        return _escape(text, at, dialect)
    return text[at], at + 1


def _cases(letter: str, dialect: Dialect) -> str:
    """A letter of a set, folded; of a regular expression a capital stays as well."""
    folded = dialect.fold(letter)
    if len(folded) != 1:
        raise PatternError(f"{letter} in square brackets is not one letter", "write it outside, as (a|b)")
    return letter + folded if dialect.escapes and letter.isascii() and letter.isupper() else folded


def _range(low: str, high: Letters | str, dialect: Dialect) -> list[tuple[int, int]]:
    if isinstance(high, Letters):
        raise PatternError("a range of letters ends in a kind of letters", "write [a-z\\d]")
    lows, highs = _cases(low, dialect), _cases(high, dialect)
    if len(lows) != len(highs) or any(first > last for first, last in zip(lows, highs, strict=True)):
        raise PatternError(f"{low}-{high} is no range of letters", "write the smaller one first, both of one case")
    return [(ord(first), ord(last)) for first, last in zip(lows, highs, strict=True)]

"""What a word could have been meant as: operators and quotation marks of other languages, a field with a space behind it.

All of these are searched as words, and that is said.
"""

from __future__ import annotations

import re

from idlibsearch.query.pieces import Reading, Token

_NAMES_OF_OPERATORS = ("NEAR", "NOTNEAR", "PRE", "SAME", "ATLEAST", "ADJ")
_SIGNS_OF_OPERATORS = ("&", "&&", "|", "||", "!")
_FOREIGN_OPERATOR = r"(?i:(?:W|ADJ|O?NEAR|NOTNEAR|PRE|SAME)/(?:\w|[+-]?\d[\d.]*)|(?:ADJ|ONEAR)\d+|/\d+)|!\w.*"
_FOREIGN_QUOTATION = r"[“„][^“”„]*\s[^“”„]*[”“]|«[^«»]*\s[^«»]*»|['‘][^'‘’]*\s[^'‘’]*['’](?!\w)"
_ADVICE = "the operators are AND, OR, NOT, NEAR/5 or W/5, PRE/5, NOTNEAR/5, SAME/S, SAME/P, ATLEAST/5 and FIRST/5"


def note_likeness(reading: Reading, token: Token) -> None:
    """Say of the word just read what else it could have been meant as."""
    text = token.text
    if text.lower() in ("or", "and", "not", "andnot", "andmaybe"):
        if _stands_between(reading):
            message = f"{text} was searched as a word: operators have capitals only"
            reading.note(token, "small-operator", message, f"for the operator write {text.upper()}")
    elif (
        token.kind == "prefix"  # behind a field
        or (text in _NAMES_OF_OPERATORS and _stands_between(reading))
        or (not text.isalpha() and re.fullmatch(_FOREIGN_OPERATOR, text))
    ):
        reading.note(token, "unknown-operator", f"{text} was searched as a word", _ADVICE)
    elif text[0] in "“„«'‘" and (match := re.compile(_FOREIGN_QUOTATION).match(reading.text, token.start)):
        message = f"{match[0]} was searched as single words"
        reading.note(Token("", "", *match.span()), "quotation-marks", message, f'for the phrase write "{match[0][1:-1]}"')
    elif text[-1] == ":" and reading.field_of(text[:-1].lower()):
        advice = f"for the field write {text} without a space behind it"
        reading.note(token, "spaced-field", f"{text} was searched as a word", advice)


def note_quoted_value(reading: Reading, token: Token) -> None:
    """Say of a value in single quotes that these belong to it; the first word of several is ``token``."""
    if token.text[0] == "'" and (match := re.compile(r"'[^']*'").match(reading.text, token.start)):
        message = f"{token.text} was searched with its ': values stand in double quotation marks"
        reading.note(Token("", "", *match.span()), "quotation-marks", message, f'for the value write "{match[0][1:-1]}"')


def note_nothing_in(reading: Reading, token: Token) -> None:
    """Say of a piece that it was left out."""
    advice = _ADVICE if token.text in _SIGNS_OF_OPERATORS else ""
    reading.note(token, "nothing-in-it", f"{token.text} has no word in it and was left out", advice)


def _stands_between(reading: Reading) -> bool:
    """Does the word just read stand between others, or directly before a bracket?"""
    following = reading.peek()
    return following.kind != "end" and (reading.at > 1 or following.kind == "open")

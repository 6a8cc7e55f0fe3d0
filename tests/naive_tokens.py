"""The slow, obvious twin of the scanner: what a token is, by definition.

One regular expression over a string of class letters, one a character. It uses the running Python's Unicode and no table.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255

# W word character (L letter, U capital, D digit, M mark) · H hyphen · A apostrophe · the rest stand for themselves or are x
START, LETTER, WORD = "[LUD]", "[LU]", "[LUDM]"
ABBREVIATION = rf"{LETTER}(?:\.{LETTER})+\.?(?!{WORD})"
NUMBER = rf"(?:D{{1,3}}(?:,D{{3}}(?!D))+|D+)(?:\.D+)*{WORD}*"
RUN = rf"{START}{WORD}*"
PART = rf"(?:{ABBREVIATION}|{NUMBER}|{RUN})(?:A{RUN})*"
TOKEN = re.compile(rf"{PART}(?:H{PART})*")
ARTICLES = ("al", "el", "ul", "ash")


def class_of(char: str) -> str:
    """The class letter of a character."""
    for letter, members in ((char, " .,"), ("H", "-\u2010\u2011"), ("A", "'`´‘’‛′＇"), ("M", "\u00ad\u200c\u200d"), ("L", "_")):
        if char in members:
            return letter
    category = unicodedata.category(char)
    if ord(char) > 0x323AF:
        return "x"
    if category in ("Lu", "Lt"):
        return "U"
    if category == "Nd":
        return "D"
    return {"L": "L", "N": "L", "M": "M"}.get(category[0], "x")


def tokenize(text: str) -> list[tuple[int, int]]:
    """The (start, end) of every token, in characters."""
    classes = "".join(map(class_of, text))
    spans: list[tuple[int, int]] = []
    at = 0
    while match := TOKEN.search(classes, at):
        start, at = match.span()
        if text[start:at] in ARTICLES and classes[at : at + 2] == " U":
            following = TOKEN.match(classes, at + 1)
            assert following is not None
            at = following.end()
        spans += [(piece, min(piece + LONGEST, at)) for piece in range(start, at, LONGEST)]
    return spans

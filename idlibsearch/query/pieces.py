"""The typed text, cut into pieces, and how far the reading of it is. What pieces mean is for ``grammar`` and ``operands``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.index.columns import EVENT
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.field_names import REPORT_NAMES, Names
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.tree import Mode

ALIASES = {"headline": "title", "head": "title", "text": "body", "content": "body", "published": "date", "src": "source"}
BINARY = ("REQUIRE", "ANDMAYBE", "ANDNOT", "OR", "AND")  # loosest first

_TOKEN = re.compile(
    r"""\s+
      | (?P<plain>[^\W_]+(?=[\s()]|$))
      | (?P<open>\() | (?P<close>\))
      | (?P<phrase>"[^"]*")
      | (?P<unclosed>")
      | (?P<range>[\[{](?:[^\[\]{}"]|"[^"]{0,200}"){0,300}?(?<=[\s\[{"'])[Tt][Oo](?=[\s"'\]}])
          (?:[^\[\]{}"]|"[^"]{0,200}"){0,300}[\]}])
      | (?P<mention>\{[A-Za-z]+(?::(?:"[^"{}]{0,200}"|[^\s{}"]{1,200}))?\})
      | (?<!\w)(?P<field>[A-Za-z_]\w{0,63}):(?=[^\s)])
      | (?P<sign>(?<![^\s(])[+-](?=[\w"(=*?{\[]))
      | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)
# Operators with a number, or a unit of text, as professionals type them: w/8, near8, NEAR/8, atleast2, w/s.
_NEARNESS = re.compile(r"(?:(W/|NEAR/?|PRE/?|NOTNEAR/?)(\d+)|(?:SAME|W)/([SP]))", re.IGNORECASE)
_PREFIX = re.compile(r"(ATLEAST|FIRST)/?(\d+)", re.IGNORECASE)
_OPERATORS = dict.fromkeys(BINARY, "binary") | {"NOT": "not"}
WORDS_AS_WELL = ("word", "binary", "not", "nearness", "prefix")  # what may be meant as a word where no operator can stand
_ENDS = ("end", "close", "comma")
_COMMA = re.compile(r"(?<!\d),|,(?!\d)")  # 300,000 is one number


class Token(NamedTuple):
    """A piece of the typed text.

    Its kind is a group of ``_TOKEN``'s, or "binary" (AND and its like), "not", "nearness", "prefix" (ATLEAST, FIRST), "comma" or,
    behind the last piece, "end".
    """

    kind: str
    text: str
    start: int
    end: int


class Operator(NamedTuple):
    """An operator with a number: W, NEAR, PRE, NOTNEAR, ATLEAST or FIRST; SAME has a unit."""

    name: str
    number: int = 0
    unit: Literal["S", "P", ""] = ""


@lru_cache(maxsize=256)  # each is looked at several times while a question is read
def operator(text: str) -> Operator:
    """What a token of the kind "nearness" or "prefix" says. Absurd numbers are as good as any too large."""
    if match := _NEARNESS.fullmatch(text):
        if match[3]:
            return Operator("SAME", unit="S" if match[3].upper() == "S" else "P")
        return Operator(match[1].upper().rstrip("/"), int(match[2][:9]))
    match = _PREFIX.fullmatch(text)
    return Operator(match[1].upper(), int(match[2][:9])) if match else Operator("")


def is_canonical(text: str) -> bool:
    """Is an operator written in the form that cannot be taken for a word?"""
    return text == text.upper() and "/" in text and not text.startswith("W/S") and not text.startswith("W/P")


def cut(text: str) -> list[Token]:
    """The pieces of a text; none of the blanks between them."""
    return [
        Token(_kind(match.lastgroup, match[0]), match[0], *match.span()) for match in _TOKEN.finditer(text) if match.lastgroup
    ]


def _kind(group: str, text: str) -> str:
    kind = "word" if group == "plain" else group
    if kind != "word":
        return kind
    if text in _OPERATORS:
        return _OPERATORS[text]
    if text[-1].isdigit() or "/" in text:
        return "nearness" if _NEARNESS.fullmatch(text) else "prefix" if _PREFIX.fullmatch(text) else kind
    return kind


class Reading:
    """The state of one reading: the pieces, how far it got, and what was noticed.

    ``is_column`` says of a name whether the index has such a column beside those of ``names``; ``aliases`` are further names of
    fields; ``today`` is the day that dates are seen from, None: this one.
    """

    def __init__(
        self,
        text: str,
        mode: Mode = "all",
        is_column: Callable[[str], bool] = lambda _name: False,
        today: date | None = None,
        limits: Limits = LIMITS,
        aliases: Mapping[str, str] | None = None,
        names: Names | None = None,
    ) -> None:
        self.text = text
        self.mode = mode
        self.today = today
        self.limits = limits
        self.names = names or REPORT_NAMES
        self.diagnostics: list[Diagnostic] = []
        self.tokens = [*cut(text), Token("end", "", len(text), len(text))]
        self.at = 0
        self._is_further_column = is_column
        self._aliases: Mapping[str, str] = ALIASES if self.names.of_reports else {}
        if aliases:
            self._aliases = {**self._aliases} | {alias.lower(): field for alias, field in aliases.items()}

    def peek(self) -> Token:
        """The next piece."""
        return self.tokens[self.at]

    def ahead(self, count: int) -> Token:
        """The piece so many behind the next one, or the end."""
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def next(self) -> Token:
        """The next piece, which is passed."""
        self.at += 1
        return self.tokens[self.at - 1]

    def glued(self, *kinds: str) -> Token | None:
        """The next piece, if it is of such a kind and stands directly behind the last one."""
        token = self.tokens[self.at]
        return token if token.kind in kinds and self.at > 0 and token.start == self.tokens[self.at - 1].end else None

    def cut_next(self, length: int) -> Token:
        """Cut the next piece in two behind so many characters, and pass the first."""
        token = self.tokens[self.at]
        halves = (self._part(token, 0, length), self._part(token, length, len(token.text)))
        self.tokens[self.at : self.at + 1] = [half for half in halves if half.text]
        return self.next()

    def is_over(self) -> bool:
        """Does the question, the group or the operand end here?"""
        return self.tokens[self.at].kind in _ENDS

    def lacks_operand(self) -> bool:
        """Does no operand follow?"""
        kind = self.tokens[self.at].kind
        return kind == "binary" or kind in _ENDS

    def split_at_commas(self) -> bool:
        """Cut the words of the group that was just opened at its commas; were there any?"""
        depth, end, pieces = 1, self.at, list[Token]()
        while (token := self.tokens[end]).kind != "end":
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                break
            pieces += self._cut_at_commas(token) if depth == 1 and token.kind == "word" and "," in token.text else (token,)
            end += 1
        self.tokens[self.at : end] = pieces
        return any(piece.kind == "comma" for piece in pieces)

    def _cut_at_commas(self, token: Token) -> list[Token]:
        pieces, start = list[Token](), 0
        for match in _COMMA.finditer(token.text):
            pieces.append(self._part(token, start, match.start()))
            pieces.append(Token("comma", ",", token.start + match.start(), token.start + match.end()))
            start = match.end()
        pieces.append(self._part(token, start, len(token.text)))
        return [piece for piece in pieces if piece.text]

    def _part(self, token: Token, start: int, end: int) -> Token:
        return Token(token.kind, token.text[start:end], token.start + start, token.start + end)

    def field_of(self, name: str) -> str:
        """The field that a name stands for; "" where it is none."""
        field = self.names.named(name)
        if field in self.names.searched or self.is_column(field):
            return field
        return self._aliases.get(name, "")

    def is_column(self, name: str) -> bool:
        """Is this the name of a column?"""
        names = self.names
        return name in names.columns or (name not in names.searched and name != "" and self._is_further_column(name))

    def is_valued(self, field: str) -> bool:
        """Does the field hold values, not text?"""
        return self.is_date(field) or self.is_column(field)

    def is_date(self, field: str) -> bool:
        """Does it hold days: the date of publication, or those of which a report tells?"""
        return field in ("date", EVENT) and self.names.of_reports

    def is_entities(self, field: str) -> bool:
        """Is it the field of names mentioned, which reports have?"""
        return field == "entities" and self.names.of_reports

    def error(self, token: Token, message: str, advice: str) -> QueryError:
        """What is raised for a fault at a piece."""
        return QueryError(self.text, (token.start, token.end), message, advice)

    def note(self, token: Token, code: str, message: str, advice: str = "") -> None:
        """Put down what is to be said about a piece."""
        self.diagnostics.append(Diagnostic((token.start, token.end), code, message, advice))

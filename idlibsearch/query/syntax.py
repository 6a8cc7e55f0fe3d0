"""What may be typed, read into a tree: a master regular expression cuts the text, a precedence climb joins the pieces.

The grammar is Whoosh's, as far as it goes yet: words side by side (all must match), "phrases", field:word, groups, and
NOT > AND > OR > side by side, so that ``a b OR c d`` is ``a AND (b OR c) AND d``. AND, OR and NOT are operators in capitals
only. What belongs to the grammar but cannot be answered yet is refused; what is odd is run and reported.

    query := side+                     joined by AND (``any`` mode: by OR)
    side  := and (OR and)*
    and   := not (AND not)*
    not   := NOT not | [field:] ( "(" query ")" | phrase | range | word )
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from idlibsearch.errors import QueryError, ReportError
from idlibsearch.index.columns import KEYWORD_COLUMNS, WORDS
from idlibsearch.model import parse_date
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.tree import Dated, Keyword, Node, Not, Phrase, Span, Word, conjunction, disjunction

if TYPE_CHECKING:
    from idlibsearch.query.ranges import Typed

Mode = Literal["all", "any"]
MAX_CHARACTERS = 10_000  # a page of text; longer ones are pasted by mistake
MAX_DEPTH = 50  # groups in groups, NOT before NOT: at seven calls a group it stays far from Python's own limit

SEARCHED_FIELDS = ("title", "body", "entities", "date")
COLUMN_FIELDS = (*KEYWORD_COLUMNS, WORDS)  # in every index; an index may have more
STORED_FIELDS = ("key", "url", "path")
OPERATORS = ("AND", "OR", "NOT")
ARTICLES = ("al", "el", "ul")  # of Arabic names; with the word behind it one word, as in the index

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<open>\() | (?P<close>\))
      | (?P<phrase>"(?P<quoted>[^"]*)")
      | (?P<unclosed>")
      | (?P<range>[\[{](?:[^\[\]{}"]|"[^"]{0,200}"){0,300}?(?<=[\s\[{"'])[Tt][Oo](?=[\s"'\]}])
          (?:[^\[\]{}"]|"[^"]{0,200}"){0,300}[\]}])
      | (?<!\w)(?P<field>[A-Za-z_]\w{0,63}):(?=[^\s)])
      | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)
_NOT_YET = (  # as text: compiled when a word that is more than letters and digits comes along
    (r"[*?]", "wildcards", "write the word out"),
    (r"[\[\]{}]", "ranges and entity operands", "name one date, such as date:2020-01"),
    (r"[~^]\d*(\.\d+)?$", "fuzzy words, nearness of phrases and boosts", "leave the ~ or ^ out"),
    (r"^[<>]", "comparisons", "name one date, such as date:2020-01"),
    (r"^=", "exact spellings", "leave the = out"),
    (r"^[+-](?=\w)", "signs before words", "every word must match already; write NOT word to exclude one"),
    (r"^(NEAR|W|PRE|SAME|NOTNEAR|ATLEAST|FIRST)/(\d+|[SP])$", "nearness operators", 'use a phrase ("…") or AND'),
)
_OPERATORS_NOT_YET = ("ANDNOT", "ANDMAYBE", "REQUIRE")


class Token(NamedTuple):
    """A piece of the typed text."""

    kind: str
    text: str
    start: int
    end: int


class Parsed(NamedTuple):
    """A question, understood: the tree, and what is to be said about the reading."""

    text: str
    tree: Node
    diagnostics: tuple[Diagnostic, ...]


def no_further_columns(_name: str) -> bool:
    """The columns of an index that has only those every index has."""
    return False


def parse(text: str, mode: Mode = "all", is_column: Callable[[str], bool] = no_further_columns) -> Parsed:
    """Read a query. ``is_column`` says of a name whether the index has such a column beside ``COLUMN_FIELDS``.

    Raises QueryError for what cannot be answered; nothing else, whatever the text.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"the query is {len(text):,} characters long"
        raise QueryError(text, (MAX_CHARACTERS, len(text)), message, f"ask in at most {MAX_CHARACTERS:,} characters")
    reader = _Reader(text, mode, is_column)
    tree = reader.query(field="", depth=0)
    if reader.peek() is not None:
        raise reader.error(reader.next(), "a bracket is closed that was never opened", "remove it, or put ( before")
    if tree is None:
        raise QueryError(text, (0, len(text)), "there is nothing to search for", "type a word")
    return Parsed(text, tree, tuple(reader.diagnostics))


class _Reader:
    """The state of one reading: the tokens, how far it got, and what was noticed."""

    def __init__(self, text: str, mode: Mode, is_column: Callable[[str], bool]) -> None:
        self.text = text
        self._is_further_column = is_column
        self.diagnostics: list[Diagnostic] = []
        self._mode = mode
        pieces = (Token(match.lastgroup or "", match[0], match.start(), match.end()) for match in _TOKEN.finditer(text))
        self._tokens = [piece for piece in pieces if piece.kind != "space"]
        self._at = 0

    def peek(self, ahead: int = 0) -> Token | None:
        return self._tokens[self._at + ahead] if self._at + ahead < len(self._tokens) else None

    def next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def error(self, token: Token, message: str, advice: str) -> QueryError:
        return QueryError(self.text, (token.start, token.end), message, advice)

    def note(self, token: Token, code: str, message: str, advice: str = "") -> None:
        self.diagnostics.append(Diagnostic((token.start, token.end), code, message, advice))

    def _is_operator(self, *names: str) -> bool:
        token = self.peek()
        return token is not None and token.kind == "word" and token.text in names

    def query(self, field: str, depth: int) -> Node | None:
        """Everything up to a closing bracket or the end; None where nothing stands there."""
        if depth > MAX_DEPTH:
            raise self.error(self._tokens[self._at - 1], f"more than {MAX_DEPTH} groups inside each other", "use fewer brackets")
        children = []
        while (token := self.peek()) is not None and token.kind != "close":
            if self._is_operator("AND", "OR"):
                self._drop_operator(self.next(), "left")
            elif (child := self._chain(("OR", "AND"), field, depth)) is not None:
                children.append(child)
        return self._side_by_side(children) if children else None

    def _side_by_side(self, children: list[Node]) -> Node:
        """Joined as the mode says; in ``any`` mode a NOT still excludes, or it would match nearly everything."""
        span = _hull(children)
        wanted = [child for child in children if not isinstance(child, Not)]
        if self._mode == "all" or not wanted:
            return conjunction(children, span)
        return conjunction([disjunction(wanted, _hull(wanted)), *(child for child in children if isinstance(child, Not))], span)

    def _chain(self, operators: Sequence[str], field: str, depth: int) -> Node | None:
        """Operands joined by the first operator, each of them a chain of the operators behind it (which bind tighter)."""
        if not operators:
            return self._not(field, depth)
        children = [self._chain(operators[1:], field, depth)]
        while self._is_operator(operators[0]):
            operator = self.next()
            token = self.peek()
            if token is None or token.kind == "close" or self._is_operator("AND", "OR"):
                self._drop_operator(operator, "right")
            else:
                children.append(self._chain(operators[1:], field, depth))
        found = [child for child in children if child is not None]
        if not found:
            return None
        return (disjunction if operators[0] == "OR" else conjunction)(found, _hull(found))

    def _not(self, field: str, depth: int) -> Node | None:
        negations = []
        while self._is_operator("NOT"):
            negations.append(self.next())
        token = self.peek()
        if len(negations) > MAX_DEPTH:
            raise self.error(negations[-1], f"more than {MAX_DEPTH} NOT in a row", "use one")
        if negations and (token is None or token.kind == "close" or self._is_operator("AND", "OR")):
            self._drop_operator(negations[-1], "right")
            return None
        child = self._operand(field, depth)
        for negation in reversed(negations):
            child = child and Not(child, (negation.start, child.span[1]))
        return child

    def _drop_operator(self, token: Token, side: str) -> None:
        message = f"{token.text} has nothing on its {side} and was left out"
        self.note(token, "dangling-operator", message, f'to search for the word, write it small: "{token.text.lower()}"')

    def _operand(self, field: str, depth: int) -> Node | None:
        while (token := self.next()).kind == "field":
            name = token.text[:-1].lower()
            if name in STORED_FIELDS:
                raise self.error(token, f"the field {name} is stored, and cannot be searched yet", _FIELD_ADVICE)
            if name not in SEARCHED_FIELDS and not self._is_column(name):
                return self._unknown_field(token, name, field, depth)
            field = name
        if token.kind == "open":
            return self._group(token, field, depth)
        if token.kind == "phrase":
            return self._phrase(token, field)
        if token.kind == "range":
            return self._range(token, field)
        if token.kind == "unclosed":
            raise self.error(token, "a quotation is opened and never closed", 'put " where it ends')
        return self._word(token, field)

    def _is_column(self, name: str) -> bool:
        return name in COLUMN_FIELDS or (name not in SEARCHED_FIELDS and name != "" and self._is_further_column(name))

    def _range(self, token: Token, field: str) -> Node:
        from idlibsearch.query.ranges import read_range  # noqa: PLC0415 - 1 ms that a question without a range need not pay

        typed = read_range(token.text)
        if typed is None or not (field == "date" or self._is_column(field)):
            what = "a range of words cannot be answered" if typed else f"{token.text} cannot be answered yet"
            raise self.error(token, what, "ask for a range of a date, a number or a keyword: date:[2019 TO 2020]")
        return self._bounded(token, field, typed)

    def _bounded(self, token: Token, field: str, typed: Typed) -> Node:
        from idlibsearch.query.ranges import dated, ranged  # noqa: PLC0415 - see above

        span = (token.start, token.end)
        try:
            node = dated(typed, token.text, span) if field == "date" else ranged(typed, field, span)
        except ReportError as error:
            raise self.error(token, error.reason, "write bounds as 2020, 2020-01 or 2020-01-12") from None
        if isinstance(node, Dated) and node.end <= node.start:
            self.note(token, "empty-range", f"nothing can lie in {token.text}")
        return node

    def _compared(self, token: Token, field: str) -> Node | None:
        """``>300`` and the like behind a field that has an order; None where the token is no comparison."""
        if token.text[0] not in "<>":
            return None
        from idlibsearch.query.ranges import compared, comparison  # noqa: PLC0415 - see above

        operator, bound = comparison(token.text)
        following = self.peek()
        if not bound and following is not None and following.kind == "phrase" and following.start == token.end:
            bound = self.next().text[1:-1]
            token = Token("word", self.text[token.start : following.end], token.start, following.end)
        if not bound.strip():
            raise self.error(
                token, f"{operator} has nothing to compare with", f"write it without a space: {field}:{operator}2020"
            )
        return self._bounded(token, field, compared(operator, bound))

    def _group(self, opening: Token, field: str, depth: int) -> Node | None:
        node = self.query(field, depth + 1)
        if self.peek() is None:
            raise self.error(opening, "a bracket is opened and never closed", "put ) where the group ends")
        closing = self.next()
        if node is None:
            self.note(Token("", "", opening.start, closing.end), "empty-group", "an empty group was left out")
        return node

    def _unknown_field(self, token: Token, name: str, field: str, depth: int) -> Node | None:
        following = self.peek()
        if following is not None and following.kind in ("word", "field"):
            word = self._glued(token)
            self.note(word, "unknown-field", f"there is no field {name}; {word.text} was searched as text", _FIELD_ADVICE)
            return (Keyword if self._is_column(field) else Word)(word.text, field, (word.start, word.end))
        if following is not None and following.kind == "range":
            raise self.error(token, f"there is no field {name}", _FIELD_ADVICE)
        self.note(token, "unknown-field", f"there is no field {name}; what follows was searched without it", _FIELD_ADVICE)
        return self._operand(field, depth)

    def _glued(self, first: Token) -> Token:
        """A would-be field and all that stands behind it without a space, as one word: http://example.org, Note:this."""
        last = first
        while (token := self.peek()) is not None and token.kind in ("word", "field") and token.start == last.end:
            last = self.next()
        return Token("word", self.text[first.start : last.end], first.start, last.end)

    def _phrase(self, token: Token, field: str) -> Node | None:
        if field == "date":
            return self._dated(token, token.text[1:-1])
        if field == "entities":
            raise self.error(token, "the field entities keeps no order of words", 'ask for the phrase in any field: "…"')
        text = token.text[1:-1]
        if text.strip() and self._is_column(field):
            return Keyword(text, field, (token.start, token.end))
        if not re.search(r"\w", text):
            self.note(token, "nothing-in-it", f"{token.text} has no word in it and was left out")
            return None
        return Phrase(text, field, (token.start, token.end))

    def _word(self, token: Token, field: str) -> Node | None:
        if (field == "date" or self._is_column(field)) and (node := self._compared(token, field)) is not None:
            return node
        if field == "date":
            return self._dated(token, token.text)
        self._refuse_what_is_not_there_yet(token)
        following = self.peek()
        if token.text == "r" and following is not None and following.kind == "phrase" and following.start == token.end:
            raise self.error(following, "regular expressions cannot be answered yet", "leave the r out for a phrase")
        if self._is_column(field):
            return Keyword(token.text, field, (token.start, token.end))
        if not re.search(r"\w", token.text):
            self.note(token, "nothing-in-it", f"{token.text} has no word in it and was left out")
            return None
        if token.text in ("or", "and", "not") and 0 < self._at - 1 < len(self._tokens) - 1:
            advice = f"for the operator write {token.text.upper()}"
            self.note(token, "small-operator", f"{token.text} in small letters was searched as a word", advice)
        return self._with_article(token, field)

    def _refuse_what_is_not_there_yet(self, token: Token) -> None:
        if token.text in _OPERATORS_NOT_YET:
            raise self.error(token, f"this operator cannot be answered yet: {token.text}", "use AND, OR and NOT")
        for pattern, what, advice in () if token.text.isalnum() else _NOT_YET:
            if re.search(pattern, token.text):
                raise self.error(token, f"{what} cannot be answered yet: {token.text}", advice)

    def _with_article(self, token: Token, field: str) -> Word:
        """``al qaeda`` is one name: the article belongs to the word behind it, as it does in the index."""
        following = self.peek()
        if (
            token.text.lower() in ARTICLES
            and following is not None
            and following.kind == "word"
            and following.text not in OPERATORS
            and self.text[token.end : following.start] == " "
        ):
            self.next()
            token = Token("word", self.text[token.start : following.end], token.start, following.end)
            self.note(token, "article", f"{token.text} was read as one name")
        return Word(token.text, field, (token.start, token.end))

    def _dated(self, token: Token, text: str) -> Dated:
        try:
            when = parse_date(text)
        except ReportError as error:
            raise self.error(token, error.reason, "write date:2020, date:2020-01 or date:2020-01-12") from None
        return Dated(when.start, when.end, text, (token.start, token.end))


_FIELD_ADVICE = f"the fields to search are {', '.join((*SEARCHED_FIELDS, *COLUMN_FIELDS))}, and those your reports bring along"


def _hull(nodes: Sequence[Node]) -> Span:
    return (nodes[0].span[0], nodes[-1].span[1]) if nodes else (0, 0)

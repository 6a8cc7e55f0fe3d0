"""What may be typed, read into a tree: a master regular expression cuts the text, a precedence climb joins the pieces.

The grammar is Whoosh's, as far as it goes yet: words side by side (all must match), "phrases", field:word, groups, and
NOT > AND > OR > ANDNOT > ANDMAYBE > REQUIRE > side by side, so that ``a b OR c d`` is ``a AND (b OR c) AND d``. Operators are
such in capitals only. What belongs to the grammar but cannot be answered yet is refused; what is odd is run and reported.

    query := side+                     joined by AND (``any`` mode: by OR)
    side  := maybe (REQUIRE maybe)*
    maybe := less (ANDMAYBE less)*
    less  := or (ANDNOT or)*
    or    := and (OR and)*
    and   := not (AND not)*
    not   := NOT not | [field:] ( "(" query ")" | phrase | range | ="spellings" | r"expression" | word ) [^boost]

A word may be a pattern (``cease*``), fuzzy (``word~2/3``), a spelling (``=Word``) or everything (``*``).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.index.columns import KEYWORD_COLUMNS, WORDS
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.tree import (
    And,
    Boosted,
    Dated,
    Every,
    Exact,
    Fuzzy,
    Keyword,
    Node,
    Not,
    Or,
    Phrase,
    Ranged,
    Regex,
    Span,
    Wildcard,
    Word,
    conjunction,
    disjunction,
    maybe,
    require,
)

if TYPE_CHECKING:
    from datetime import date

    from idlibsearch.query.ranges import Typed

Mode = Literal["all", "any"]
MAX_CHARACTERS = 10_000  # a page of text; longer ones are pasted by mistake
MAX_DEPTH = 50  # groups in groups, NOT before NOT: at ten calls a group it stays far from Python's own limit
MOST_WORDS_OF_A_DATE = 6  # behind the first: 12 January 2020 to 15 January 2020
MIN_BOOST, MAX_BOOST = 0.0001, 1_000_000  # beyond them scores lose their digits

SEARCHED_FIELDS = ("title", "body", "entities", "date")
COLUMN_FIELDS = (*KEYWORD_COLUMNS, WORDS)  # in every index; an index may have more
STORED_FIELDS = ("key", "url", "path")
BINARY = ("REQUIRE", "ANDMAYBE", "ANDNOT", "OR", "AND")  # loosest first
OPERATORS = (*BINARY, "NOT")
ARTICLES = ("al", "el", "ul")  # of Arabic names; with the word behind it one word, as in the index

_MORE_THAN_WORDS = frozenset({*(name.lower() for name in OPERATORS), *ARTICLES})  # in any case: small operators are reported

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
    (r"[{}]", "entity operands", "name the entity in quotation marks"),
    (r"[\[\]]", "ranges", "write both bounds with TO between them, such as words:[100 TO 300]"),
    (r"~\d*(\.\d+)?$", "nearness of phrases", "leave the ~ out"),
    (r"^[<>]", "comparisons", "compare a field, such as date:>2019 or words:>300"),
    (r"^[+-](?=\w)", "signs before words", "every word must match already; write NOT word to exclude one"),
    (r"^(NEAR|W|PRE|SAME|NOTNEAR|ATLEAST|FIRST)/(\d+|[SP])$", "nearness operators", 'use a phrase ("…") or AND'),
)
_NOT_IN_COLUMNS = r"[*?]|~\d?(/\d+)?$|^="
_BOOST = r"\^(\d+(?:\.\d+)?|\.\d+)$"
_FUZZY = r"(.+)~(\d?)(?:/([1-9]\d{0,2}))?"
_PATTERN = r"[*?]|\[[^\[\]]+\]"  # a bracket alone is half of a range
_EVERY = r"\*+(:\*)?"


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


def parse(
    text: str, mode: Mode = "all", is_column: Callable[[str], bool] = no_further_columns, today: date | None = None
) -> Parsed:
    """Read a query. ``is_column`` says of a name whether the index has such a column beside ``COLUMN_FIELDS``.

    ``today`` is the day that dates such as "last week" are seen from, by default today's in UTC.

    Raises QueryError for what cannot be answered; nothing else, whatever the text.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"the query is {len(text):,} characters long"
        raise QueryError(text, (MAX_CHARACTERS, len(text)), message, f"ask in at most {MAX_CHARACTERS:,} characters")
    plain = _plain_words(text, mode)
    if plain is not None:
        return Parsed(text, plain, ())
    reader = _Reader(text, mode, is_column, today)
    tree = reader.query(field="", depth=0)
    if reader.peek() is not None:
        raise reader.error(reader.next(), "a bracket is closed that was never opened", "remove it, or put ( before")
    if tree is None:
        raise QueryError(text, (0, len(text)), "there is nothing to search for", "type a word")
    return Parsed(text, tree, tuple(reader.diagnostics))


def _plain_words(text: str, mode: Mode) -> Node | None:
    """What the grammar makes of words of letters and digits with single spaces between them, or a phrase of such alone.

    None for anything else.
    """
    if text[:1] == '"':
        return _plain_phrase(text)
    pieces = text.split(" ")
    if not all(map(str.isalnum, pieces)) or not _MORE_THAN_WORDS.isdisjoint(text.lower().split(" ")):
        return None
    words, at = [], 0
    for piece in pieces:
        words.append(Word(piece, "", (at, at + len(piece))))
        at += len(piece) + 1
    if len(words) == 1:
        return words[0]
    return (And if mode == "all" else Or)(tuple(words), (0, len(text)))


def _plain_phrase(text: str) -> Phrase | None:
    """What the grammar makes of one phrase of letters, digits and spaces."""
    inner = text[1:-1]
    return Phrase(inner, span=(0, len(text))) if text[-1] == '"' and inner.replace(" ", "").isalnum() else None


class _Reader:
    """The state of one reading: the tokens, how far it got, and what was noticed."""

    def __init__(self, text: str, mode: Mode, is_column: Callable[[str], bool], today: date | None) -> None:
        self.text = text
        self._today = today
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
            if self._is_operator(*BINARY):
                self._drop_operator(self.next(), "left")
            elif (child := self._chain(0, field, depth)) is not None:
                children.append(child)
        return self._side_by_side(children) if children else None

    def _side_by_side(self, children: list[Node]) -> Node:
        """Joined as the mode says; in ``any`` mode a NOT still excludes, or it would match nearly everything."""
        span = _hull(children)
        wanted = [child for child in children if not isinstance(child, Not)]
        if self._mode == "all" or not wanted:
            return conjunction(children, span)
        return conjunction([disjunction(wanted, _hull(wanted)), *(child for child in children if isinstance(child, Not))], span)

    def _chain(self, loosest: int, field: str, depth: int) -> Node | None:
        """Operands joined by operators as loose as ``BINARY[loosest]`` or tighter ones, the tightest first."""
        found = self._not(field, depth)
        if not self._is_operator(*BINARY):
            return found
        for level in range(len(BINARY) - 1, loosest - 1, -1):
            children = [found]
            while self._is_operator(BINARY[level]):
                operator = self.next()
                token = self.peek()
                if token is None or token.kind == "close" or self._is_operator(*BINARY):
                    self._drop_operator(operator, "right")
                else:
                    children.append(self._chain(level + 1, field, depth))
            operands = [child for child in children if child is not None]
            found = _joined(BINARY[level], operands) if operands else None
        return found

    def _not(self, field: str, depth: int) -> Node | None:
        negations = []
        while self._is_operator("NOT"):
            negations.append(self.next())
        token = self.peek()
        if len(negations) > MAX_DEPTH:
            raise self.error(negations[-1], f"more than {MAX_DEPTH} NOT in a row", "use one")
        if negations and (token is None or token.kind == "close" or self._is_operator(*BINARY)):
            self._drop_operator(negations[-1], "right")
            return None
        child = self._boosted(self._operand(field, depth))
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
            node = dated(typed, token.text, span, self._today) if field == "date" else ranged(typed, field, span)
        except QueryError as error:
            raise self.error(token, error.message, error.advice) from None
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
        return Phrase(text, field, span=(token.start, token.end))

    def _boosted(self, child: Node | None) -> Node | None:
        """The operand just read with the boost glued to it; a word brings its own."""
        token = self.peek()
        if token is None or token.start != self._tokens[self._at - 1].end or not token.text.startswith("^"):
            return child
        boost = re.fullmatch(_BOOST, self.next().text)
        if boost is None:
            raise self.error(token, f"{token.text} is no boost", "write ^ and a number, such as ^2 or ^0.5")
        return child and Boosted(child, self._factor(token, boost[1]), (child.span[0], token.end))

    def _factor(self, token: Token, digits: str) -> float:
        factor = float(digits)
        if factor and not MIN_BOOST <= factor <= MAX_BOOST:
            raise self.error(token, f"the boost {digits} is out of bounds", f"use 0 or {MIN_BOOST} to {MAX_BOOST:,}")
        return factor

    def _word(self, token: Token, field: str) -> Node | None:
        following = self.peek()
        if token.text in ("r", "=") and following is not None and following.kind == "phrase" and following.start == token.end:
            return self._quoted(token, self.next(), field)
        if not self._is_valued(field):
            token = self._with_article(token)
        boost = None if token.text.isalnum() else re.search(_BOOST, token.text)
        if boost is None:
            return self._unboosted(token, field)
        bare = Token("word", token.text[: boost.start()], token.start, token.start + boost.start())
        if not bare.text:
            raise self.error(token, f"{token.text} has nothing to boost", "write it directly behind a word, a phrase or a group")
        if re.search(_BOOST, bare.text):
            raise self.error(token, f"{token.text} has more than one boost", "use one")
        child = self._unboosted(bare, field)
        return child and Boosted(child, self._factor(token, boost[1]), (token.start, token.end))

    def _quoted(self, sign: Token, quoted: Token, field: str) -> Node | None:
        text, span = quoted.text[1:-1], (sign.start, quoted.end)
        whole = Token("word", sign.text + quoted.text, *span)
        self._refuse_field(whole, field)
        if not re.search(r"\w", text) and (sign.text == "=" or not text):
            self._note_nothing_in(whole)
            return None
        return Exact(text, field, span) if sign.text == "=" else Regex(text, field, span)

    def _note_nothing_in(self, token: Token) -> None:
        self.note(token, "nothing-in-it", f"{token.text} has no word in it and was left out")

    def _unboosted(self, token: Token, field: str) -> Node | None:
        if self._is_valued(field):
            return self._value(token, field)
        special = None if token.text.isalnum() else self._special(token, field)
        if special is not None:
            return special
        self._refuse_what_is_not_there_yet(token)
        if not re.search(r"\w", token.text):
            self._note_nothing_in(token)
            return None
        if token.text in ("or", "and", "not") and 0 < self._at - 1 < len(self._tokens) - 1:
            advice = f"for the operator write {token.text.upper()}"
            self.note(token, "small-operator", f"{token.text} in small letters was searched as a word", advice)
        return Word(token.text, field, (token.start, token.end))

    def _is_valued(self, field: str) -> bool:
        """Does the field hold values, not text?"""
        return field == "date" or self._is_column(field)

    def _value(self, token: Token, field: str) -> Node:
        """A word in a column: everything, a comparison, or the value itself."""
        span = (token.start, token.end)
        if re.fullmatch(_EVERY, token.text):
            every = "" if ":" in token.text else field
            return Ranged(field, None, None, span=span) if every and every != "date" else Every(every, span)
        if (node := self._compared(token, field)) is not None:
            return node
        if field == "date":
            return self._dated(token, token.text)
        self._refuse_what_is_not_there_yet(token)
        if re.search(_NOT_IN_COLUMNS, token.text):
            message = f"patterns and spellings of values cannot be answered yet: {token.text}"
            raise self.error(token, message, f"write the value out, or a range: {field}:[a TO b]")
        return Keyword(token.text, field, span)

    def _special(self, token: Token, field: str) -> Node | None:
        """Everything, a spelling, a fuzzy word or a pattern; None where the token is none of these."""
        text, span = token.text, (token.start, token.end)
        if re.fullmatch(_EVERY, text):
            return Every("" if ":" in text else field, span)
        if text.startswith("=") and re.search(r"\w", text):
            self._refuse_field(token, field)
            return Exact(text[1:], field, span)
        if (fuzzy := re.fullmatch(_FUZZY, text)) and re.search(r"\w", fuzzy[1]):
            self._refuse_field(token, field)
            if re.search(r"[*?\[\]{}~^]", fuzzy[1]):
                raise self.error(token, f"{fuzzy[1]} is no word to be near to", "a fuzzy word has letters and digits only")
            return Fuzzy(fuzzy[1], int(fuzzy[2] or 1), int(fuzzy[3] or 0), field, span)
        if "{" in text or "}" in text or not re.search(_PATTERN, text):
            return None
        self._refuse_field(token, field)
        if text.endswith("?"):
            advice = "leave it out where it only ends a question"
            self.note(token, "question-mark", f"the ? of {text} stands for one more letter", advice)
        return Wildcard(text.replace(" ", "?"), field, span)  # al qaed*: with a space, a hyphen, as it comes

    def _refuse_field(self, token: Token, field: str) -> None:
        if field == "entities" or self._is_valued(field):
            message = f"the field {field} keeps no spellings, and {token.text} asks for some"
            raise self.error(token, message, "ask in title: or body:, or without a field")

    def _refuse_what_is_not_there_yet(self, token: Token) -> None:
        for pattern, what, advice in () if token.text.isalnum() else _NOT_YET:
            if re.search(pattern, token.text):
                raise self.error(token, f"{what} cannot be answered yet: {token.text}", advice)

    def _with_article(self, token: Token) -> Token:
        """``al qaeda`` is one name: the article belongs to the word behind it, as it does in the index."""
        following = self.peek()
        if (
            token.text.lower() in ARTICLES
            and following is not None
            and following.kind == "word"
            and following.text not in OPERATORS
            and (following.text[0].isalnum() or not re.search(r"[=*?\[~^]", following.text))
            and self.text[token.end : following.start] == " "
        ):
            self.next()
            token = Token("word", self.text[token.start : following.end], token.start, following.end)
            self.note(token, "article", f"{token.text} was read as one name")
        return token

    def _dated(self, token: Token, text: str) -> Dated:
        from idlibsearch.query.days import days_of, wider_date  # noqa: PLC0415 - only questions with a date need them

        behind = self._words_behind() if token.kind == "word" else []
        wider = wider_date(text, behind, self._today) if behind else ""
        try:
            start, end = days_of(text, self._today)
        except QueryError as error:
            raise self.error(token, error.message, _DATE_ADVICE.format(wider) if wider else error.advice) from None
        if wider:
            self.note(token, "unquoted-date", f"only {text} was read as the date", _DATE_ADVICE.format(wider))
        return Dated(start, end, text, (token.start, token.end))

    def _words_behind(self) -> list[str]:
        """The words that come next, as far as they could belong to a date."""
        words: list[str] = []
        while len(words) < MOST_WORDS_OF_A_DATE and (token := self.peek(len(words))) is not None and token.kind == "word":
            words.append(token.text)
        return words


_DATE_ADVICE = 'put quotation marks around a date of several words: date:"{}"'
_FIELD_ADVICE = f"the fields to search are {', '.join((*SEARCHED_FIELDS, *COLUMN_FIELDS))}, and those your reports bring along"


def _joined(operator: str, nodes: list[Node]) -> Node:
    """The nodes joined by one operator, from the left. ``a ANDNOT b`` is ``a AND NOT b``, bound loosely."""
    span = _hull(nodes)
    if operator == "OR":
        return disjunction(nodes, span)
    if operator == "AND":
        return conjunction(nodes, span)
    if operator == "ANDNOT":
        return conjunction([nodes[0], *(Not(node, node.span) for node in nodes[1:])], span)
    return functools.reduce(functools.partial(maybe if operator == "ANDMAYBE" else require, span=span), nodes)


def _hull(nodes: Sequence[Node]) -> Span:
    return (nodes[0].span[0], nodes[-1].span[1]) if nodes else (0, 0)

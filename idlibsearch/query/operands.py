"""One operand of a question: a word, a phrase, a pattern, a spelling, a mention, or a value of a column or a date.

What is odd is run and reported; what cannot be answered is refused with its place and a cure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from idlibsearch.analysis.analyzer import ARTICLES
from idlibsearch.errors import QueryError
from idlibsearch.query.likeness import note_likeness, note_nothing_in, note_quoted_value
from idlibsearch.query.limits import MAX_DISTANCE
from idlibsearch.query.pieces import WORDS_AS_WELL, Reading, Token
from idlibsearch.query.tree import (
    Analysed,
    Boosted,
    Dated,
    Every,
    Exact,
    Fuzzy,
    Keyword,
    Mention,
    Node,
    Phrase,
    Ranged,
    Regex,
    Wildcard,
    Word,
)

if TYPE_CHECKING:
    from idlibsearch.query.ranges import Typed

MIN_BOOST, MAX_BOOST = 0.0001, 1_000_000  # beyond them scores lose their digits
MOST_WORDS_OF_A_DATE = 6  # behind the first: 12 January 2020 to 15 January 2020
MENTIONED = ("PERSON", "PLACE", "ORG", "GROUP", "NAME")

_REFUSED = (
    (r"^~", "a ~ that stands apart", 'write it directly behind what it belongs to: "a b"~5, word~2'),
    (r"[\[\]]", "ranges", "write both bounds with TO between them, such as words:[100 TO 300]"),
    (r"[{}]", "entity operands", 'write {PERSON}, {PLACE}, {ORG}, {GROUP} or {GROUP:"its name"}'),
    (r"~\d*(\.\d+)?$", "fuzzy words of so many edits", "use one digit: word~2"),
    (r"^[<>]", "comparisons", "compare a field, such as date:>2019 or words:>300"),
)
_NOT_IN_COLUMNS = r"[*?]|~\d?(/\d+)?$|^="
_BOOST = r"\^(\d+(?:\.\d+)?|\.\d+)$"
_FUZZY = r"(.+)~(\d?)(?:/([1-9]\d{0,2}))?"
_PATTERN = r"[*?]|\[[^\[\]]+\]"  # a bracket alone is half of a range
_EVERY = r"\*+(:\*)?"
_DATE_ADVICE = 'put quotation marks around a date of several words: {}:"{}"'

Group = Callable[[Token, str], Node | None]  # reads what is in brackets


def operand(reading: Reading, field: str, group: Group) -> Node | None:
    """The next operand, in a field or ("") any; None where there is no word in it."""
    while (token := reading.next()).kind == "field":
        name = token.text[:-1].lower()
        if reading.names.named(name) in reading.names.stored:
            raise reading.error(token, f"the field {name} is stored, and cannot be searched yet", reading.names.advice)
        if not reading.field_of(name):
            return _unknown_field(reading, token, field, group)
        field = reading.field_of(name)
    if token.kind == "open":
        return group(token, field)
    return _of_field(reading, token, field)


def _of_field(reading: Reading, token: Token, field: str) -> Node | None:
    if token.kind == "phrase":
        return _phrase(reading, token, field)
    if token.kind == "range":
        return _range(reading, token, field)
    if token.kind == "mention":
        return _mention(reading, token, field)
    if token.kind == "unclosed":
        raise reading.error(token, "a quotation is opened and never closed", 'put " where it ends')
    return _word(reading, token, field)


def _unknown_field(reading: Reading, token: Token, field: str, group: Group) -> Node | None:
    following, name = reading.peek(), token.text[:-1].lower()
    if following.kind == "field" or following.kind in WORDS_AS_WELL:
        word = _glued(reading, token)
        reading.note(word, "unknown-field", f"there is no field {name}; {word.text} was searched as text", reading.names.advice)
        return (Keyword if reading.is_column(field) else Word)(word.text, field, (word.start, word.end))
    if following.kind == "range":
        raise reading.error(token, f"there is no field {name}", reading.names.advice)
    message = f"there is no field {name}; what follows was searched without it"
    reading.note(token, "unknown-field", message, reading.names.advice)
    return operand(reading, field, group)


def _glued(reading: Reading, first: Token) -> Token:
    """A would-be field and all that stands behind it without a space, as one word: http://example.org, Note:this."""
    last = first
    while (token := reading.glued("field", *WORDS_AS_WELL)) is not None:
        last = token
        reading.next()
    return Token("word", reading.text[first.start : last.end], first.start, last.end)


# ---- phrases and mentions


def _phrase(reading: Reading, token: Token, field: str) -> Node | None:
    text = token.text[1:-1]
    if reading.is_date(field):
        return _dated(reading, token, text, field)
    if text.strip() and reading.is_column(field):
        return Keyword(text, field, (token.start, token.end))
    if reading.is_entities(field):
        raise reading.error(token, "the field entities keeps no order of words", 'ask for the phrase in any field: "…"')
    slop, end = _slop(reading)
    if not re.search(r"\w", text):
        note_nothing_in(reading, token)
        return None
    return Phrase(text, field, slop, (token.start, end or token.end))


def _slop(reading: Reading) -> tuple[int, int]:
    """The ~5 glued to a phrase, and where it ends; (1, 0) where there is none."""
    token = reading.glued("word")
    if token is None or token.text[0] != "~":
        return 1, 0
    match = re.match(r"~(\d{1,9})(?=\^|$)", token.text)
    slop = int(match[1]) if match else 0
    if match is None or not 1 <= slop <= MAX_DISTANCE:
        advice = f'write 1 (side by side) to {MAX_DISTANCE:,}: "a b"~5'
        raise reading.error(token, f"{token.text} is no distance between the words of a phrase", advice)
    return slop, reading.cut_next(match.end()).end


def _mention(reading: Reading, token: Token, field: str) -> Node:
    kind, _, name = token.text[1:-1].partition(":")
    if kind.upper() not in MENTIONED:
        raise reading.error(token, f"there are no mentions of the kind {kind}", f"the kinds are {', '.join(MENTIONED)}")
    if reading.is_entities(field) or reading.is_valued(field):
        raise reading.error(token, f"the field {field} has no mentions", "ask in title: or body:, or without a field")
    return Mention(kind.upper(), " ".join(name.strip('"').split()), field, (token.start, token.end))


def _quoted(reading: Reading, sign: Token, quoted: Token, field: str) -> Node | None:
    """An exact phrase, a regular expression, or terms."""
    text, span = quoted.text[1:-1], (sign.start, quoted.end)
    whole = Token("word", sign.text + quoted.text, *span)
    if sign.text == "t" and re.search(r"\w", text) and not reading.is_valued(field):
        return Analysed(" ".join(text.split()), field, span)
    _refuse_field(reading, whole, field)
    if not re.search(r"\w", text) and (sign.text != "r" or not text):
        note_nothing_in(reading, whole)
        return None
    if (slop := reading.glued("word")) is not None and slop.text[0] == "~":
        raise reading.error(slop, "exact spellings stand side by side", "write them apart: =One NEAR/5 =Other")
    return Exact(text, field, span) if sign.text == "=" else Regex(text, field, span)


# ---- words


def _word(reading: Reading, token: Token, field: str) -> Node | None:
    quoted = reading.glued("phrase") if token.text in ("r", "=", "t") else None
    if quoted is not None:
        return _quoted(reading, token, reading.next(), field)
    if reading.names.articles and not reading.is_valued(field):
        token = _with_article(reading, token)
    boost = None if token.text.isalnum() else re.search(_BOOST, token.text)
    if boost is None:
        return _unboosted(reading, token, field)
    bare = Token("word", token.text[: boost.start()], token.start, token.start + boost.start())
    if not bare.text:
        raise reading.error(token, f"{token.text} has nothing to boost", "write it directly behind a word, a phrase or a group")
    if re.search(_BOOST, bare.text):
        raise reading.error(token, f"{token.text} has more than one boost", "use one")
    child = _unboosted(reading, bare, field)
    return child and Boosted(child, _factor(reading, token, boost[1]), (token.start, token.end))


def boosted(reading: Reading, child: Node | None) -> Node | None:
    """The operand just read with the boost glued to it; a word brings its own."""
    token = reading.glued("word")
    if token is None or not token.text.startswith("^"):
        return child
    boost = re.fullmatch(_BOOST, reading.next().text)
    if boost is None:
        raise reading.error(token, f"{token.text} is no boost", "write ^ and a number, such as ^2 or ^0.5")
    return child and Boosted(child, _factor(reading, token, boost[1]), (child.span[0], token.end))


def _factor(reading: Reading, token: Token, digits: str) -> float:
    factor = float(digits)
    if factor and not MIN_BOOST <= factor <= MAX_BOOST:
        raise reading.error(token, f"the boost {digits} is out of bounds", f"use 0 or {MIN_BOOST} to {MAX_BOOST:,}")
    return factor


def _unboosted(reading: Reading, token: Token, field: str) -> Node | None:
    if reading.is_valued(field):
        return _value(reading, token, field)
    if not token.text.isalnum():
        special = _special(reading, token, field)
        if special is not None:
            return special
        _refuse(reading, token)
        if not re.search(r"\w", token.text):
            note_nothing_in(reading, token)
            return None
    note_likeness(reading, token)
    return Word(token.text, field, (token.start, token.end))


def _special(reading: Reading, token: Token, field: str) -> Node | None:
    """Everything, a spelling, a fuzzy word or a pattern; None where the token is none of these."""
    text, span = token.text, (token.start, token.end)
    if re.fullmatch(_EVERY, text):
        return Every("" if ":" in text else field, span)
    if text.startswith("=") and re.search(r"\w", text):
        _refuse_field(reading, token, field)
        return Exact(text[1:], field, span)
    if (fuzzy := re.fullmatch(_FUZZY, text)) and re.search(r"\w", fuzzy[1]):
        _refuse_field(reading, token, field)
        if re.search(r"[*?\[\]{}~^]", fuzzy[1]):
            raise reading.error(token, f"{fuzzy[1]} is no word to be near to", "a fuzzy word has letters and digits only")
        return Fuzzy(fuzzy[1], int(fuzzy[2] or 1), int(fuzzy[3] or 0), field, span)
    if "{" in text or "}" in text or not re.search(_PATTERN, text):
        return None
    _refuse_field(reading, token, field)
    if text.endswith("?"):
        advice = "leave it out where it only ends a question"
        reading.note(token, "question-mark", f"the ? of {text} stands for one more letter", advice)
    return Wildcard(text.replace(" ", "?"), field, span)  # al qaed*: with a space, a hyphen, as it comes


def _refuse_field(reading: Reading, token: Token, field: str) -> None:
    if reading.is_entities(field) or reading.is_valued(field):
        message = f"the field {field} keeps no spellings, and {token.text} asks for some"
        raise reading.error(token, message, "ask in a field of text, or without a field")


def _refuse(reading: Reading, token: Token) -> None:
    for pattern, what, advice in _REFUSED:
        if re.search(pattern, token.text):
            raise reading.error(token, f"{what} cannot be read in {token.text}", advice)


def _with_article(reading: Reading, token: Token) -> Token:
    """``al qaeda`` is one name: the article belongs to the word behind it, as it does in the index."""
    following = reading.peek()
    if (
        len(token.text) == 2
        and token.text.lower() in ARTICLES
        and following.kind == "word"
        and (following.text[0].isalnum() or not re.search(r"[=*?\[~^+-]", following.text))
        and reading.text[token.end : following.start] == " "
    ):
        reading.next()
        token = Token("word", reading.text[token.start : following.end], token.start, following.end)
        reading.note(token, "article", f"{token.text} was read as one name")
    return token


# ---- values


def _value(reading: Reading, token: Token, field: str) -> Node:
    """A word in a column: everything, a comparison, or the value itself."""
    span = (token.start, token.end)
    if re.fullmatch(_EVERY, token.text):
        every = "" if ":" in token.text else field
        return Ranged(field, None, None, span=span) if reading.is_column(every) else Every(every, span)
    if (node := _compared(reading, token, field)) is not None:
        return node
    if reading.is_date(field):
        return _dated(reading, token, token.text, field)
    _refuse(reading, token)
    if re.search(_NOT_IN_COLUMNS, token.text):
        message = f"patterns and spellings of values cannot be answered yet: {token.text}"
        raise reading.error(token, message, f"write the value out, or a range: {field}:[a TO b]")
    note_quoted_value(reading, token)
    return Keyword(token.text, field, span)


def _dated(reading: Reading, token: Token, text: str, field: str) -> Dated:
    from idlibsearch.query.days import days_of, wider_date  # noqa: PLC0415 - only questions with a date need them

    behind = _words_behind(reading) if token.kind == "word" else []
    wider = wider_date(text, behind, reading.today) if behind else ""
    try:
        start, end = days_of(text, reading.today)
    except QueryError as error:
        raise reading.error(token, error.message, _DATE_ADVICE.format(field, wider) if wider else error.advice) from None
    if wider:
        reading.note(token, "unquoted-date", f"only {text} was read as the date", _DATE_ADVICE.format(field, wider))
    return Dated(start, end, text, field, (token.start, token.end))


def _words_behind(reading: Reading) -> list[str]:
    """The words that come next, as far as they could belong to a date."""
    words: list[str] = []
    while len(words) < MOST_WORDS_OF_A_DATE and (token := reading.ahead(len(words))).kind == "word":
        words.append(token.text)
    return words


def _range(reading: Reading, token: Token, field: str) -> Node:
    from idlibsearch.query.ranges import read_range  # noqa: PLC0415 - 1 ms that a question without a range need not pay

    typed = read_range(token.text)
    if typed is None or not reading.is_valued(field):
        what = "a range of words cannot be answered" if typed else f"{token.text} cannot be answered yet"
        raise reading.error(token, what, "ask for a range of a date, a number or a keyword: date:[2019 TO 2020]")
    return _bounded(reading, token, field, typed)


def _compared(reading: Reading, token: Token, field: str) -> Node | None:
    """``>300`` and the like behind a field that has an order; None where the token is no comparison."""
    if token.text[0] not in "<>":
        return None
    from idlibsearch.query.ranges import compared, comparison  # noqa: PLC0415 - see above

    sign, bound = comparison(token.text)
    quoted = None if bound else reading.glued("phrase")
    if quoted is not None:
        bound = reading.next().text[1:-1]
        token = Token("word", reading.text[token.start : quoted.end], token.start, quoted.end)
    if not bound.strip():
        advice = f"write it without a space: {field}:{sign}2020"
        raise reading.error(token, f"{sign} has nothing to compare with", advice)
    return _bounded(reading, token, field, compared(sign, bound))


def _bounded(reading: Reading, token: Token, field: str, typed: Typed) -> Node:
    from idlibsearch.query.ranges import dated, ranged  # noqa: PLC0415 - see above

    span = (token.start, token.end)
    try:
        node = dated(typed, token.text, span, reading.today, field) if reading.is_date(field) else ranged(typed, field, span)
    except QueryError as error:
        raise reading.error(token, error.message, error.advice) from None
    if isinstance(node, Dated) and node.end <= node.start:
        reading.note(token, "empty-range", f"nothing can lie in {token.text}")
    return node

"""Dates as people type them, read as half-open intervals of days: ``last 3 days``, ``since March 2019``, ``Q3 2019 to today``.

A text is cut into tokens, each of a kind. Words that join or open intervals (between, to, since, before) are looked for here;
what stands beside them is read by ``periods``. What is impossible, unclear or unknown is refused, never guessed. Plain ISO dates
are the business of ``days``, dates inside reports of ``ingest``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from idlibsearch.calendar_words import VALUES
from idlibsearch.errors import QueryError
from idlibsearch.query.periods import ADVICE, MAX_CHARACTERS, Asked, Token, period_of, refusal, unknown
from idlibsearch.units import WEEK, YEAR, Days, TimeUnit, moved

ONE_DAY = timedelta(days=1)
_PIECE = re.compile(r"\d{1,2}(?:st|nd|rd|th)\b|[qhw]\d{1,2}\b|\d+|[^\W\d_]+|\.{2,}|\S", re.ASCII | re.IGNORECASE)
_TIME = (  # RFC 3339's time of day, behind a day; as text: compiled when a colon comes along
    r"(?<=\d-\d\d-\d\d)[Tt ](?:[01]\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:\.\d{1,9})?)?"
    r"(?: ?(?:[Zz]|UTC|GMT|[+-]\d\d:?\d\d))?(?![\w:]|\.\d)"
)

_VALUES: dict[str, dict[str, Any]] = VALUES | {"-": {"-": -1}, "–": {"–": -1}, "+": {"+": 1}}
_BARE = {"from": "from since", "until": "until till through", "in": "in on during"}
_BARE |= {word: word for word in ("to", "by", "after", "before", "between", "and", "past", "ago", "half", "weekend", "s")}
_BARE |= {word: word for word in ("the", "of", ",", ".", "/", "..")}
_TOKENS = {
    **{word: Token(kind, value) for kind, table in _VALUES.items() for words, value in table.items() for word in words.split()},
    **{word: Token(kind) for kind, words in _BARE.items() for word in words.split()},
}
_FILLERS = {  # and what they may stand behind
    "of": ("number", "nth", "month", "season", "named", "isoweek", "unit", "half"),
    ",": ("number", "nth", "month", "season", "named", "weekday", "."),
    ".": ("month", "weekday"),
}
_NUMBERS = {1: "number", 2: "number", 4: "year", 8: "yyyymmdd"}  # by how many digits; others only count
_MONTHS_EACH = {"q": 3, "h": 6}


def _tokens(text: str) -> list[Token]:
    if ":" in text:
        text = re.sub(_TIME, "", text)
    text = " ".join(text.split()).replace(" - ", " – ").replace("—", "–").replace("…", "..")
    tokens = [_token(piece) for piece in _PIECE.findall(text)]
    return [token for at, token in enumerate(tokens) if not _is_filler(tokens, at)]


def _token(piece: str) -> Token:
    word = piece.lower()
    known = _TOKENS.get(piece) or _TOKENS.get(word)  # a capital M is months, a small one would be minutes
    if known is not None or not word.isascii():
        return known or Token("unknown")
    if word.isdigit():
        return Token(_NUMBERS.get(len(word), "count"), int(word))
    if word[0].isdigit():
        return Token("nth", int(word[:-2]))
    if word[-1].isdigit():
        return _part_of_year(word[0], int(word[1:]))
    return _TOKENS[".."] if word.startswith("..") else Token("unknown")


def _part_of_year(letter: str, number: int) -> Token:
    """Q3, H1 and W07; raises ValueError for Q5."""
    if letter == "w":
        return Token("isoweek", number)
    months = _MONTHS_EACH[letter]
    if not 1 <= number <= 12 // months:
        raise ValueError
    return Token("named", ((number - 1) * months + 1, months))


def _is_filler(tokens: list[Token], at: int) -> bool:
    """Does the token only make the text read well? What stands last never does."""
    kind = tokens[at].kind
    if at == len(tokens) - 1:
        return False
    if at == 0:
        return kind in ("the", "in")
    return kind == "the" or tokens[at - 1].kind in _FILLERS.get(kind, ())


def read_when(text: str, today: date) -> Days:
    """The days [start, end) that a date names, seen from ``today``; start < end, and an open end is ``date.min`` or ``date.max``.

    Raises QueryError, its span the whole text, for what is no date, does not exist, or can be read in two ways.
    """
    asked = Asked(text, today, today)
    try:
        start, end = _read(asked, _tokens(text) if len(text) <= MAX_CHARACTERS else [])
    except QueryError:
        raise
    except (ValueError, OverflowError):  # what `date` says of 31 February and of years before 1 and after 9999
        raise refusal(asked, "does not exist", "check its day, month, week and year") from None
    if start >= end:
        raise refusal(asked, "has no day in it", ADVICE)
    return start, end


# ---- intervals of several periods

_OPENED: dict[str, Callable[[Days], Days]] = {
    "from": lambda days: (days[0], date.max),
    "after": lambda days: (days[1], date.max),
    "before": lambda days: (date.min, days[0]),
    "until": lambda days: (date.min, days[1]),
}
_OPENED |= dict.fromkeys(("by", "to", ".."), _OPENED["until"])
_JOINS = ("to", "..", "until")


def _read(asked: Asked, tokens: list[Token]) -> Days:
    kinds = [token.kind for token in tokens]
    first = kinds[0] if kinds else ""
    if first == "between":
        return _joined(asked, tokens[1:], ("and",))
    if kinds[-1:] == [".."]:
        return _OPENED["from"](_period(asked, tokens[:-1]))
    if any(kind in _JOINS for kind in kinds[1:]):
        return _joined(asked, tokens[1:] if first == "from" else tokens, _JOINS)
    if first in _OPENED:
        return _OPENED[first](_period(asked, tokens[1:]))
    days = period_of(asked, tokens)
    if days is None:  # 12-15 January, 2019/2020: only where the sign has no part in a form
        return _joined(asked, tokens, next(((sign,) for sign in "–/-" if sign in kinds), ()))
    return days


def _period(asked: Asked, tokens: list[Token]) -> Days:
    days = period_of(asked, tokens)
    if days is None:
        raise unknown(asked)
    return days


def _joined(asked: Asked, tokens: list[Token], joins: tuple[str, ...]) -> Days:
    """From the first day of one period to the last of another, with the one join that stands between them."""
    places = [at for at, token in enumerate(tokens) if token.kind in joins]
    if len(places) != 1:
        raise unknown(asked)
    left, right = _completed(tokens[: places[0]], tokens[places[0] + 1 :])
    start, end = _ends(asked, left, right)
    if end <= start:
        reason = f"ends on {end - ONE_DAY}, before it begins on {start}"
        raise refusal(asked, reason, "write the earlier date first")
    return start, end


def _ends(asked: Asked, left: list[Token], right: list[Token]) -> Days:
    """Where one period begins and another ends. What lacks a year is seen from the side that has one, else from the left."""
    returns, then_returns = _returning(left), _returning(right)
    if returns is not None and returns == then_returns:  # November to January: the latest that has begun
        start = _period(asked, left)[0]
        return start, _period(asked._replace(latest=moved(start, 1, returns) - ONE_DAY), right)[1]
    if then_returns == YEAR or (returns is not None and [token.kind for token in right] == ["year"]):
        raise refusal(asked, "has a year on one side only", "write it on both, such as January 2020 to March 2020")
    end = _period(asked, right)[1]
    return _period(asked._replace(latest=end - ONE_DAY), left)[0], end


def _completed(left: list[Token], right: list[Token]) -> tuple[list[Token], list[Token]]:
    """Both sides with what only one of them says: 12 to 15 January 2020, January 12 to 15, 2020."""
    match [token.kind for token in left], [token.kind for token in right]:
        case ["number" | "nth"], ["number" | "nth", "month", *_]:
            return left + right[1:], right
        case ["month", "number" | "nth"], ["number" | "nth"] | ["number" | "nth", "year"]:
            return left, left[:1] + right
    return left, right


def _returning(tokens: list[Token]) -> TimeUnit | None:
    """How long it is until a period as typed comes again: a year for 12 January, a week for Friday, None for what has a year."""
    kinds = {token.kind for token in tokens}
    if kinds == {"weekday"}:
        return WEEK
    lacks_year = not kinds.isdisjoint(("month", "season", "named")) and kinds.isdisjoint(("year", "which", "yyyymmdd"))
    return YEAR if lacks_year else None

"""Bounds as they are typed, ``[a TO b]``, ``{a TO b}``, ``>a``, ``<=b``, made into tree nodes for dates, numbers and keywords.

Whoosh's grammar for ranges, with comparisons beside it. Where a range stands and what field it is of is ``syntax``'s business.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from idlibsearch.query.days import days_of
from idlibsearch.query.tree import Dated, Ranged, Span

# As text: compiled when a range comes along. TO stands between spaces, brackets or quotes, so that [tomato TO z] is one range.
_BOUND = r"""(?:"([^"]*)"|'([^']*)'|(.*?))"""
_TO = r"""(?:(?<=[\s"'])|(?<=^[\[{]))TO(?=[\s"'\]}])"""
_RANGE = rf"([\[{{])\s*{_BOUND}\s*{_TO}\s*{_BOUND}\s*([\]}}])"
COMPARISONS = (">=", "<=", ">", "<")


class Typed(NamedTuple):
    """A range as typed: each bound's text (None: open) and whether the bound itself is outside."""

    low: str | None
    high: str | None
    low_open: bool = False
    high_open: bool = False


def read_range(text: str) -> Typed | None:
    """A whole ``[… TO …]``; None where it is none."""
    match = re.fullmatch(_RANGE, text, re.DOTALL | re.IGNORECASE)
    if match is None:
        return None
    low = next((part for part in match.group(2, 3, 4) if part is not None), "").strip()
    high = next((part for part in match.group(5, 6, 7) if part is not None), "").strip()
    return Typed(low or None, high or None, match[1] == "{", match[8] == "}")


def comparison(text: str) -> tuple[str, str]:
    """The operator that a text begins with ("" for none), and what stands behind it."""
    operator = next((sign for sign in COMPARISONS if text.startswith(sign)), "")
    return operator, text[len(operator) :]


def compared(operator: str, bound: str) -> Typed:
    """The range of all that compares so to a bound."""
    if operator.startswith(">"):
        return Typed(bound, None, low_open=operator == ">")
    return Typed(None, bound, high_open=operator == "<")


def dated(typed: Typed, text: str, span: Span, today: date | None, field: str = "date") -> Dated:
    """The days of a range of dates, seen from ``today``: an open bound leaves out the whole interval that it names.

    Raises QueryError, about the bound alone, where one is no date.
    """
    low, high = (None if bound is None else days_of(bound, today) for bound in (typed.low, typed.high))
    start = date.min if low is None else low[typed.low_open]
    end = date.max if high is None else high[not typed.high_open]
    return Dated(start, end, text, field, span)


def ranged(typed: Typed, field: str, span: Span) -> Ranged:
    """A range of numbers or keywords; which of them the index has to say."""
    return Ranged(field, *typed, span)


def number_of(text: str | None) -> float | None:
    """A bound as a number; None where it is none."""
    if text is None or not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", text, re.ASCII):
        return None
    return float(text)

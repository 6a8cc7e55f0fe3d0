"""Trees built by a program: a function for each way to join, the nodes of ``tree`` as what is joined.

    all_of("ceasefire", near(5, any_of("bank", "loan"), "debt crisis"), none_of(Word("turkey", "title")))

A text may stand for a node: it is a ``Word`` or, where it is more than that, a ``Phrase``, and nothing in it is an operator or a
pattern. What is built is what is typed: ``str`` of it is the question. Distances and the like are looked at when it is asked.
"""

from __future__ import annotations

import re
from functools import reduce

from idlibsearch.query.pieces import BINARY, operator
from idlibsearch.query.tree import (
    AtLeast,
    Every,
    First,
    Near,
    Node,
    Not,
    NotNear,
    Phrase,
    Same,
    Unit,
    Word,
    conjunction,
    disjunction,
)

Part = Node | str
_PUNCTUATION = str.maketrans('"*', "  ")  # to texts; in a question the end of a phrase, and a pattern


def all_of(*parts: Part) -> Node:
    """``a AND b``; of nothing: every report."""
    return conjunction(map(_node_of, parts)) if parts else Every()


def any_of(*parts: Part) -> Node:
    """``a OR b``; of nothing: no report."""
    return disjunction(map(_node_of, parts)) if parts else Not(Every())


def none_of(*parts: Part) -> Not:
    """``NOT (a OR b)``."""
    return Not(any_of(*parts))


def near(distance: int, part: Part, other: Part, *more: Part) -> Near:
    """``a NEAR/5 b``, ``NEAR/5(a, b, c)``: at most 8 parts, a distance of 1 to 1,000."""
    return Near(tuple(map(_node_of, (part, other, *more))), distance)


def pre(distance: int, first: Part, second: Part) -> Near:
    """``a PRE/5 b``: near, and in this order."""
    return Near((_node_of(first), _node_of(second)), distance, ordered=True)


def not_near(distance: int, part: Part, other: Part) -> NotNear:
    """``a NOTNEAR/5 b``: where a stands and no b is near."""
    return NotNear(_node_of(part), _node_of(other), distance)


def same_sentence(part: Part, other: Part, *more: Part) -> Node:
    """``a SAME/S b``."""
    return _same("S", part, other, *more)


def same_paragraph(part: Part, other: Part, *more: Part) -> Node:
    """``a SAME/P b``."""
    return _same("P", part, other, *more)


def at_least(times: int, part: Part) -> AtLeast:
    """``ATLEAST/3 a``."""
    return AtLeast(times, _node_of(part))


def first(tokens: int, part: Part) -> First:
    """``FIRST/50 a``."""
    return First(tokens, _node_of(part))


def _same(unit: Unit, *parts: Part) -> Node:
    return reduce(lambda left, right: Same((left, right), unit), map(_node_of, parts))


def _node_of(part: Part) -> Node:
    if not isinstance(part, str):
        return part
    is_word = re.fullmatch(r"\w[\w.'’-]*", part) and part not in (*BINARY, "NOT") and not operator(part).name
    return Word(part) if is_word else Phrase(part.translate(_PUNCTUATION))

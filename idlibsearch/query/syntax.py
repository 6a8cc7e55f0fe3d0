"""What may be typed, read into a tree.

The grammar is Whoosh's with operators of nearness on top, and is read by ``grammar`` and ``operands``. Most questions are a few
plain words or one plain phrase: these are read here at once, and the grammar is not even loaded for them. Operators are such in
capitals; those with a number also in small letters. What cannot be answered is refused; what is odd is run and reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from idlibsearch.errors import QueryError
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.tree import And, Mode, Node, Or, Phrase, Word

if TYPE_CHECKING:
    from datetime import date

    from idlibsearch.query.field_names import Names

# In any case, since small operators are reported; articles of Arabic names belong to the word behind them.
_MORE_THAN_WORDS = frozenset(
    {"require", "andmaybe", "andnot", "or", "and", "not", "near", "notnear", "pre", "same", "atleast", "adj", "al", "el", "ul"}
)
_NUMBERED_OPERATOR = re.compile(r"(?:near|pre|adj|atleast|first)\d", re.IGNORECASE)


class Parsed(NamedTuple):
    """A question, understood: the tree, and what is to be said about the reading."""

    text: str
    tree: Node
    diagnostics: tuple[Diagnostic, ...]


def no_further_columns(_name: str) -> bool:
    """The columns of an index that has only those every index has."""
    return False


def parse(
    text: str,
    mode: Mode = "all",
    is_column: Callable[[str], bool] = no_further_columns,
    today: date | None = None,
    limits: Limits = LIMITS,
    aliases: Mapping[str, str] | None = None,
    names: Names | None = None,
) -> Parsed:
    """Read a query.

    ``is_column`` says of a name whether the index has such a column beside those every index has, ``aliases`` are further names
    for fields, ``limits`` bound its length and depth. ``today`` is the day that dates such as "last week" are seen from, by
    default today's in UTC. ``names``: the fields of a schema that is not the reports'. Raises QueryError for what cannot be
    answered; nothing else, whatever the text.
    """
    if len(text) > limits.characters:
        message = f"the query is {len(text):,} characters long"
        raise QueryError(text, (limits.characters, len(text)), message, f"ask in at most {limits.characters:,} characters")
    plain = _plain_words(text, mode)
    if plain is not None:
        return Parsed(text, plain, ())
    from idlibsearch.query.grammar import read  # noqa: PLC0415 - not paid for by plain questions
    from idlibsearch.query.pieces import Reading  # noqa: PLC0415 - see above

    try:
        tree, diagnostics = read(Reading(text, mode, is_column, today, limits, aliases, names))
    except RecursionError:  # only where the limits were raised
        raise QueryError(text, (0, len(text)), "too many groups inside each other", "use fewer brackets") from None
    if tree is None:
        why, advice = (f": {diagnostics[0].message}", diagnostics[0].advice) if diagnostics else ("", "")
        raise QueryError(text, (0, len(text)), f"there is nothing to search for{why}", advice or "type a word")
    return Parsed(text, tree, diagnostics)


def _plain_words(text: str, mode: Mode) -> Node | None:
    """What the grammar makes of words of letters and digits with single spaces between them, or a phrase of such alone.

    None for anything else.
    """
    if text[:1] == '"':
        return _plain_phrase(text)
    pieces = text.split(" ")
    if not all(map(str.isalnum, pieces)) or not _MORE_THAN_WORDS.isdisjoint(text.lower().split(" ")):
        return None
    if _NUMBERED_OPERATOR.search(text):
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

"""Which words a report needs to answer a question: read off its tree alone, so that they can be kept beside a saved question.

That they are there is necessary, and not enough. Words are terms of the recipe, which makes them a pure function of what was
typed; so what is needed hangs neither on the index nor on the day. Where it would (a field that only some indexes have), and of
patterns, dates, values, mentions and NOT, nothing is said to be needed.

Not here: what a plan needs (``forward``), which knows the index and more of the question, but has to be made first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

from idlibsearch.analysis.analyzer import RECIPE, analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.errors import QueryError
from idlibsearch.query.numerals import number_at, spellings
from idlibsearch.query.plan import folded_words
from idlibsearch.query.search import has_amount
from idlibsearch.query.syntax import parse
from idlibsearch.query.tree import (
    Analysed,
    And,
    AtLeast,
    Boosted,
    Exact,
    First,
    Maybe,
    Mode,
    Near,
    Node,
    NotNear,
    Or,
    Phrase,
    Require,
    Same,
    Word,
)

# A term; all of a list; or any of those in {"any": [...]}. An empty list needs nothing. As JSON has it, to be kept as it is.
Needs = str | list["Needs"] | dict[str, list["Needs"]]
VERSION = 1  # of what is made of a tree
MADE_BY = blake2b(json.dumps([VERSION, RECIPE], sort_keys=True).encode(), digest_size=8).hexdigest()


def needs_of_question(text: str, mode: Mode) -> Needs:
    """What a report of any index of reports needs to answer a question, [] where that cannot be said or it cannot be read."""
    asked: list[str] = []

    def is_column(name: str) -> bool:
        asked.append(name)
        return False

    try:
        tree = parse(text, mode, is_column).tree
        return [] if asked else needs_of(tree, numbers=has_amount(text))
    except (QueryError, RecursionError):
        return []


def needs_of(node: Node, *, numbers: bool = False) -> Needs:  # noqa: PLR0911 - a line a kind of node
    """What a report needs for a tree to hold of it. ``numbers``: those are sought in all their spellings."""
    match node:
        case Word():
            return _of_text(node.text, numbers)
        case Phrase() if "*" not in node.text:
            return _of_text(node.text, numbers)
        case Analysed():
            return _all(map(_of_terms, node.text.split(" ")))
        case Exact():
            return _all(_of_word(fold(node.text[start:end])) for start, end in tokenize(node.text))
        case And() | Near() | Same():
            return _all(needs_of(child, numbers=numbers) for child in node.children)
        case Or():
            return _any([needs_of(child, numbers=numbers) for child in node.children])
        case Require():
            return _all(needs_of(each, numbers=numbers) for each in (node.child, *node.required))
        case AtLeast() | Boosted() | First() | Maybe() | NotNear():
            return needs_of(node.child, numbers=numbers)
        case _:
            return []


def _of_text(text: str, numbers: bool) -> Needs:
    """All words of a text; where numbers are sought in all spellings, one of those that it is, or only the words beside them."""
    words = folded_words(text)
    if not numbers:
        return _all(map(_of_word, words))
    parts = [(at, part) for at, word in enumerate(words) for part in word.split("-")]
    texts = [part for _, part in parts]
    found = [(start, *read) for start in range(len(texts)) if (read := number_at(texts, start))]
    if found and (found[0][0], found[0][2]) == (0, len(texts)):
        ways = (text, str(found[0][1]), *spellings(found[0][1]))
        return _any([_all(map(_of_word, folded_words(way))) for way in ways])
    numbered = {parts[part][0] for start, _, end in found for part in range(start, end)}
    return _all(_of_word(word) for at, word in enumerate(words) if at not in numbered)


def _of_word(folded: str) -> Needs:
    """A word of several parts is written in parts, or as one."""
    entry = analyze_folded(folded)
    parts: Needs = _all(term for term, _, _ in entry.terms[: entry.positions])
    more = entry.terms[entry.positions :] if entry.positions > 1 else ()
    joined: list[Needs] = [term for term, offset, width in more if (offset, width) == (0, entry.positions)]
    return _any([parts, joined[0]]) if joined else parts


def _of_terms(word: str) -> Needs:
    """A word as ``tree.Analysed`` has it."""
    parts, bar, joined = word.partition("|")
    needed = _all(parts.split("+"))
    return _any([needed, joined]) if bar else needed


def _all(parts: Iterable[Needs]) -> Needs:
    needed = [part for part in parts if part != []]
    return needed[0] if len(needed) == 1 else needed


def _any(options: list[Needs]) -> Needs:
    """Any of nothing is nothing that could be said."""
    if not options or [] in options:
        return []
    return options[0] if len(options) == 1 else {"any": options}


def are_met(needs: Needs, is_there: Callable[[str], bool]) -> bool:
    """Do terms that are there suffice?"""
    if isinstance(needs, str):
        return is_there(needs)
    if isinstance(needs, list):
        return all(are_met(each, is_there) for each in needs)
    return any(are_met(each, is_there) for each in needs["any"])


def is_sound(value: Any) -> bool:
    """Is it something that ``needs_of`` can have made? Who reads a file asks first."""
    if isinstance(value, dict):
        return value.keys() == {"any"} and isinstance(value["any"], list) and is_sound(value["any"])
    return isinstance(value, str) or (isinstance(value, list) and all(map(is_sound, value)))

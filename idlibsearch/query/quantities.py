"""Numbers in a question found in all their spellings: 500000, "half a million", "500 thousand" (``numerals``).

A typed number, and a phrase that holds one, becomes an OR of its spellings, so that whatever takes an OR (nearness, NOT, ATLEAST)
takes numbers. An index knows nothing of it: what takes several words is looked for as a phrase. A spelling that is part of a
longer number is none: "a million" in "half a million", "five hundred" in "five hundred thousand".

Not here: which words are one term (seventeen and 17). Only questions that hold a number pay for it (``may_count``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from idlibsearch.analysis.analyzer import NUMBER_WORDS
from idlibsearch.analysis.fold import fold
from idlibsearch.query.numerals import number_at, spellings
from idlibsearch.query.plan import word_spans
from idlibsearch.query.tree import And, AtLeast, Boosted, First, Maybe, Near, Node, Not, NotNear, Or, Phrase, Require, Same, Word

POSITIONAL = ("", "title", "body")  # fields that know where words stand, or all of them
_LEFT = (
    "half",
    "hundred",
    "thousand",
    "million",
    "billion",
    "hundred and",
    "thousand and",
    "million and",
    "quarter of",
    "quarters of",
)
_BEFORE_HALF = ("a", "one and a", *(f"{number} and a" for number in range(1, 21)))  # a, 2 and a half million
_RIGHT = ("hundred", "thousand", "million", "billion", "trillion")
_MONTHS = frozenset(("may", "march"))  # 12 beside them is a day

Knows = Callable[[str], bool]  # does any report have this word?
Part = tuple[int, int, str]  # where a word of a phrase stands, and it or one of those that hyphens join


def widened(node: Node, knows: Knows) -> Node:  # noqa: PLR0911 - a line a kind of node
    """A question whose numbers are sought in all their spellings, as far as the index has the words for them."""
    match node:
        case Word() if node.field in POSITIONAL:
            return _widened_word(node, knows)
        case Phrase() if node.slop == 1 and node.field in POSITIONAL and "*" not in node.text:
            return _widened_phrase(node, knows)
        case And():
            return node._replace(children=tuple(_beside(node.children, at, knows) for at in range(len(node.children))))
        case Or() | Near() | Same():
            return node._replace(children=tuple(widened(child, knows) for child in node.children))
        case Not() | Boosted() | AtLeast() | First():
            return node._replace(child=widened(node.child, knows))
        case NotNear():
            return node._replace(child=widened(node.child, knows), other=widened(node.other, knows))
        case Maybe():
            return node._replace(child=widened(node.child, knows), options=tuple(widened(each, knows) for each in node.options))
        case Require():
            return node._replace(child=widened(node.child, knows), required=tuple(widened(each, knows) for each in node.required))
        case _:
            return node


def _beside(children: tuple[Node, ...], at: int, knows: Knows) -> Node:
    near = (*children[max(at - 1, 0) : at], *children[at + 1 : at + 2])
    is_day = any(isinstance(node, Word) and node.text.lower() in _MONTHS for node in near)
    return children[at] if is_day else widened(children[at], knows)


def _widened_word(node: Word, knows: Knows) -> Node:
    """500000, 3bn, half-a-million; not twenty-five, which analysis makes one term with 25."""
    words = fold(node.text).split("-")
    read = number_at(words, 0)
    is_one_term = read is not None and read[0] < 100 and "dozen" not in words
    if read is None or read[1] < len(words) or is_one_term:
        return node
    return _any_spelling(node, read[0], knows)


def _widened_phrase(node: Phrase, knows: Knows) -> Node:
    """A phrase with its numbers in all spellings: parts side by side."""
    spans = [(*span, part) for span in word_spans(node.text) for part in fold(node.text[slice(*span)]).split("-")]
    words = [part for _, _, part in spans]
    parts: list[Node] = []
    at = begun = 0
    while at < len(words):
        read = number_at(words, at)
        part = _number_in(node, spans, at, *read, knows) if read else None
        if part is None or read is None:
            at += 1
            continue
        parts += _text_between(node, spans, begun, at)
        parts.append(part)
        at = begun = read[1]
    if not parts:
        return node
    parts += _text_between(node, spans, begun, len(words))
    return reduce(lambda before, behind: Near((before, behind), 1, ordered=True, span=node.span), parts)


def _text_between(node: Phrase, spans: list[Part], start: int, end: int) -> list[Node]:
    return [node._replace(text=node.text[spans[start][0] : spans[end - 1][1]])] if start < end else []


def _number_in(node: Phrase, spans: list[Part], start: int, number: int, end: int, knows: Knows) -> Node | None:
    """The spellings of a number that the phrase has from one part to another; None where words do not begin and end with it."""
    if any(0 < cut < len(spans) and spans[cut - 1][:2] == spans[cut][:2] for cut in (start, end)):
        return None
    typed = node._replace(text=node.text[spans[start][0] : spans[end - 1][1]])
    found = _any_spelling(typed, number, knows)
    return None if found == typed else found


def _any_spelling(node: Word | Phrase, number: int, knows: Knows) -> Node:
    """What was typed, or the number in digits, or in words that are no part of a longer number.

    Digits that are a year, or fewer than three, are that: most are, and what looks for amounts takes far longer than a word.
    """
    if node.text.isdigit() and (number < 100 or 1_000 <= number < 3_000):
        return node
    digits = Word(str(number), node.field, node.span)
    several = [words for words in spellings(number) if _all_known(words, knows)]
    if not knows(digits.text):
        return _whole_only(node, several, knows) if several else node
    if several:
        return Or((digits, _whole_only(node, several, knows)), node.span)
    word = fold(node.text)
    return node if digits.text in (word, NUMBER_WORDS.get(word)) else digits


def _all_known(words: str, knows: Knows) -> bool:
    return all(knows(word) for word in words.split())


def _whole_only(node: Word | Phrase, several: list[str], knows: Knows) -> Node:
    def text(words: str) -> Node:
        return Phrase(words, node.field, span=node.span) if " " in words else Word(words, node.field, node.span)

    def any_of(texts: list[str]) -> Node:
        nodes = tuple(map(text, texts))
        return nodes[0] if len(nodes) == 1 else Or(nodes, node.span)

    def known(words: tuple[str, ...]) -> list[str]:
        return [each for each in words if _all_known(each, knows)]

    found, longer = any_of(several), list[Node]()
    halves = [words for words in several if words.startswith(("half", "quarter"))]
    for left, behind in ((known(_LEFT), several), (known(_BEFORE_HALF), halves)):
        if left and behind:
            longer.append(Near((any_of(left), any_of(behind)), 1, ordered=True, span=node.span))
    if right := known(_RIGHT):
        longer.append(Near((found, any_of(right)), 1, ordered=True, span=node.span))
    if not longer:
        return found
    return NotNear(found, longer[0] if len(longer) == 1 else Or(tuple(longer), node.span), 1, span=node.span)

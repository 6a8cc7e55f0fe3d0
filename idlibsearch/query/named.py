"""Typed names made into the entities they name: what ``names="on"`` asks for.

A word, a phrase or words side by side that name an entity of the index, in any spelling, may also match a mention of it; the
rest of a question stays as it is, spellings with ``=`` among it. The longest name counts: in ``islamic state
attack`` that of two words.
"""

from __future__ import annotations

from collections.abc import Sequence

from idlibsearch.analysis.same_name import ALIKE
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.known_names import names_of
from idlibsearch.query.tree import And, Boosted, Maybe, Mention, Node, Not, Or, Phrase, Require, Word

KINDS = ("GROUP", "ORG", "PERSON", "PLACE")
LONGEST = 6  # words side by side that are tried as one name


def with_names(node: Node, snapshot: Snapshot) -> Node:  # noqa: PLR0911 - a line a kind of node
    """The same question, with mentions beside the words that name something."""
    match node:
        case Word() | Phrase() if not node.field:
            return _either(node, _mentions(_text_of([node]), node.span, snapshot))
        case And():
            return node._replace(children=_joined(node.children, snapshot))
        case Or():
            return node._replace(children=tuple(with_names(child, snapshot) for child in node.children))
        case Not() | Boosted():
            return node._replace(child=with_names(node.child, snapshot))
        case Maybe():
            options = tuple(with_names(child, snapshot) for child in node.options)
            return node._replace(child=with_names(node.child, snapshot), options=options)
        case Require():
            return node._replace(child=with_names(node.child, snapshot))
    return node


def _joined(children: Sequence[Node], snapshot: Snapshot) -> tuple[Node, ...]:
    """Words side by side, the longest names among them first."""
    kept, at = list[Node](), 0
    while at < len(children):
        length = next((number for number in range(LONGEST, 1, -1) if _is_name(children[at : at + number], number, snapshot)), 1)
        part = children[at : at + length]
        if length == 1:
            kept.append(with_names(part[0], snapshot))
        else:
            span = part[0].span[0], part[-1].span[1]
            kept.append(_either(And(tuple(part), span), _mentions(_text_of(part), span, snapshot)))
        at += length
    return tuple(kept)


def _is_name(part: Sequence[Node], length: int, snapshot: Snapshot) -> bool:
    are_words = len(part) == length and all(isinstance(node, Word) and not node.field for node in part)
    return are_words and bool(_mentions(_text_of(part), (0, 0), snapshot))


def _text_of(part: Sequence[Node]) -> str:
    return " ".join(node.text if isinstance(node, Word | Phrase) else "" for node in part)


def _mentions(text: str, span: tuple[int, int], snapshot: Snapshot) -> list[Mention]:
    """What a text names; by its sound only where it is written like a name."""
    found = []
    for kind in KINDS:
        rules = names_of(snapshot, kind).meant_by(text).values()
        if any(rule != ALIKE or not text.islower() for rule in rules):
            found.append(Mention(kind, text, span=span))
    return found


def _either(node: Node, mentions: Sequence[Mention]) -> Node:
    return Or((node, *mentions), node.span) if mentions else node

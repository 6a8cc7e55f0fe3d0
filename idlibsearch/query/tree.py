"""What a question means: immutable nodes, the one thing the engine sees. ``str(tree)`` parses back to an equal tree.

How it is typed is ``syntax``'s business, how it is run ``plan``'s. Nodes are equal where they mean the same: their spans, which
say where they were typed, do not count.

Words, phrases, spellings, patterns, mentions, ``Or``, ``Near``, ``Same``, ``NotNear`` and ``First`` stand for stretches of text
and may stand inside one another; all else is true of a report as a whole.

Every node also has ``&``, ``|`` and ``~``. Type checkers do not know them, since NamedTuples have no base to declare them in:
``compose`` has typed functions for these and all else that can be joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, NamedTuple, TypeVar

Span = tuple[int, int]
NOWHERE: Span = (0, 0)
Mode = Literal["all", "any"]  # how words side by side are joined
Unit = Literal["S", "P"]  # sentence, paragraph
Kind = TypeVar("Kind", bound=type)


def _node(kind: Kind) -> Kind:
    """Make a NamedTuple (a dataclass takes seven times as long to define, at every start) equal by kind and all but its span.

    And give it the operators that join nodes.
    """
    for name, method in _METHODS.items():
        setattr(kind, name, method)
    return kind


def _same(node: tuple[object, ...], other: object) -> bool:
    return node.__class__ is other.__class__ and node[:-1] == other[:-1]


def _differs(node: tuple[object, ...], other: object) -> bool:
    return not _same(node, other)


def _hashed(node: tuple[object, ...]) -> int:
    return hash((node.__class__, node[:-1]))


def _and(node: Node, other: Node) -> Node:
    return conjunction((node, other)) if isinstance(other, Node) else NotImplemented


def _or(node: Node, other: Node) -> Node:
    return disjunction((node, other)) if isinstance(other, Node) else NotImplemented


def _not(node: Node) -> Not:
    return Not(node)


_METHODS = {"__eq__": _same, "__ne__": _differs, "__hash__": _hashed, "__and__": _and, "__or__": _or, "__invert__": _not}


@_node
class Word(NamedTuple):
    """A word as typed, in one field or ("") in any; it may turn out to be several tokens (rebel-held), then adjacent ones."""

    text: str
    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"{self.field}:{self.text}" if self.field else self.text


@_node
class Phrase(NamedTuple):
    """Words in this order inside one field, each at most ``slop`` behind the one before it; 1 is side by side."""

    text: str
    field: str = ""
    slop: int = 1
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, f'"{self.text}"' + (f"~{self.slop}" if self.slop > 1 else ""))


@_node
class Analysed(NamedTuple):
    """Words as the analysis gives them, side by side: each a term, or of a compound its parts and, behind |, the one term of all.

    ``t"ceasefir"``, ``t"rebel+held|rebelheld area"``. A term that was analysed before must not be analysed again.
    """

    text: str
    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, f't"{self.text}"')


@_node
class Exact(NamedTuple):
    """Spellings exactly as they stand in a text (case, accents, hyphens), side by side where there are several."""

    text: str
    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, f"={self.text}" if re.fullmatch(_BARE, self.text) else f'="{self.text}"')


@_node
class Wildcard(NamedTuple):
    """Words of a pattern: ``*`` any letters, ``?`` any one, ``[0-3]`` one of these, ``[!0-3]`` one of the others."""

    text: str
    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, self.text)


@_node
class Fuzzy(NamedTuple):
    """Words at most ``distance`` edits away that begin with the same ``prefix`` letters."""

    text: str
    distance: int = 1
    prefix: int = 0
    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, f"{self.text}~{self.distance}" + (f"/{self.prefix}" if self.prefix else ""))


@_node
class Regex(NamedTuple):
    """Words that match a regular expression from end to end."""

    text: str
    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, f'r"{self.text}"')


@_node
class Mention(NamedTuple):
    """A mention of an entity of a kind (PERSON, PLACE, ORG, GROUP), of any one or ("") of the one with this name."""

    kind: str
    name: str = ""
    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, f'{{{self.kind}:"{self.name}"}}' if self.name else f"{{{self.kind}}}")


@_node
class Near(NamedTuple):
    """One occurrence of each child inside one field, no token in two of them, at most ``distance`` - 1 tokens among them in none.

    ``ordered`` (of two): the first also ends before the second begins. A node's own occurrence reaches from the first of its
    children's to the last; every combination of theirs is one.
    """

    children: tuple[Node, ...]
    distance: int
    ordered: bool = False
    span: Span = NOWHERE

    def __str__(self) -> str:
        if len(self.children) > 2:
            return f"NEAR/{self.distance}({', '.join(map(str, self.children))})"
        return f" {'PRE' if self.ordered else 'NEAR'}/{self.distance} ".join(map(_operand, self.children))


@_node
class Same(NamedTuple):
    """One occurrence of each child in the same sentence ("S") or paragraph ("P"), no token in two of them."""

    children: tuple[Node, ...]
    unit: Unit
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f" SAME/{self.unit} ".join(map(_operand, self.children))


@_node
class NotNear(NamedTuple):
    """The occurrences of ``child`` that none of ``other`` overlaps or stands within ``distance`` of; the very same one aside."""

    child: Node
    other: Node
    distance: int
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"{_operand(self.child)} NOTNEAR/{self.distance} {_operand(self.other)}"


@_node
class First(NamedTuple):
    """The occurrences of ``child`` that end within the first ``tokens`` tokens of a field."""

    tokens: int
    child: Node
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"FIRST/{self.tokens} {_operand(self.child)}"


@_node
class AtLeast(NamedTuple):
    """Reports in which ``child`` occurs at least ``times`` times, in all fields with an order of words together."""

    times: int
    child: Node
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"ATLEAST/{self.times} {_operand(self.child)}"


@_node
class Every(NamedTuple):
    """Every report, or every one that has something in a field; does not score."""

    field: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return _fielded(self.field, "*")


@_node
class Dated(NamedTuple):
    """Published inside [start, end), or (``field`` is event) naming a time that lies inside; does not score.

    ``text`` is the date as typed, a range with its brackets. It may hang on the day it was read: what "last week" prints
    reads as an equal tree for the same ``today``.
    """

    start: date
    end: date
    text: str
    field: str = "date"
    span: Span = NOWHERE

    def __str__(self) -> str:
        is_bare = self.text[:1] in tuple("[{<>") or re.fullmatch(_BARE, self.text)
        return f"{self.field}:{self.text}" if is_bare else f'{self.field}:"{self.text}"'

    @property
    def ordinals(self) -> tuple[int, int]:
        """The interval as proleptic ordinals, as the index stores dates."""
        return self.start.toordinal(), self.end.toordinal()


@_node
class Keyword(NamedTuple):
    """Has this keyword, or this number, in a column; does not score."""

    text: str
    field: str
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"{self.field}:{_quoted(self.text)}"


@_node
class Ranged(NamedTuple):
    """Has a number or a keyword between two bounds in a column; None: no bound on that side. Does not score.

    ``low_open`` and ``high_open`` say that the bound itself is outside.
    """

    field: str
    low: str | None
    high: str | None
    low_open: bool = False
    high_open: bool = False
    span: Span = NOWHERE

    def __str__(self) -> str:
        bounds = " TO ".join("" if bound is None else _quoted(bound) for bound in (self.low, self.high))
        return f"{self.field}:{'{' if self.low_open else '['}{bounds}{'}' if self.high_open else ']'}"


@_node
class And(NamedTuple):
    """All of these."""

    children: tuple[Node, ...]
    span: Span = NOWHERE

    def __str__(self) -> str:
        return " AND ".join(_bracketed(child, And | _LOOSE) for child in self.children)


@_node
class Or(NamedTuple):
    """Any of these."""

    children: tuple[Node, ...]
    span: Span = NOWHERE

    def __str__(self) -> str:
        return " OR ".join(_bracketed(child, _LOOSE | Nearness) for child in self.children)  # a bare one is reported when read


@_node
class Not(NamedTuple):
    """Whatever this does not match; does not score."""

    child: Node
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"NOT {_bracketed(self.child, And | _LOOSE)}"


@_node
class Maybe(NamedTuple):
    """The child, which also scores for each of ``options`` that matches beside it."""

    child: Node
    options: tuple[Node, ...]
    span: Span = NOWHERE

    def __str__(self) -> str:
        return " ANDMAYBE ".join(_bracketed(node, _COMPOUND) for node in (self.child, *self.options))


@_node
class Require(NamedTuple):
    """The child where all of ``required`` match too; they do not score."""

    child: Node
    required: tuple[Node, ...]
    span: Span = NOWHERE

    def __str__(self) -> str:
        return " REQUIRE ".join(_bracketed(node, _COMPOUND) for node in (self.child, *self.required))


@_node
class Boosted(NamedTuple):
    """The child, its score multiplied by ``factor``, 0 or from 0.0001 to 1,000,000: none of them prints with an exponent."""

    child: Node
    factor: float
    span: Span = NOWHERE

    def __str__(self) -> str:
        return f"{_bracketed(self.child, Boosted | Not | _PLACED | _COMPOUND)}^{repr(self.factor).removesuffix('.0')}"


Expansion = Wildcard | Fuzzy | Regex  # what stands for a set of words
Nearness = Near | Same | NotNear
Picked = Dated | Keyword | Ranged  # what restricts and does not score
Atom = Word | Phrase | Analysed | Exact | Expansion | Mention | Every | Picked
Node = Atom | Nearness | First | AtLeast | And | Or | Not | Maybe | Require | Boosted
_LOOSE = Or | Maybe | Require  # bind less than AND does
_COMPOUND = And | _LOOSE
_PLACED = Near | Same | NotNear | First | AtLeast  # bind more than NOT does
_BARE = r"[\w.'’-]*\w"  # a spelling that needs no quotation marks


def leaves_in(node: Node) -> Iterator[Node]:
    """What a question is made of, words and mentions and all that has no parts, but for what is under a NOT."""
    match node:
        case And() | Or() | Near() | Same():
            for child in node.children:
                yield from leaves_in(child)
        case Maybe() | Require():
            for child in (node.child, *(node.options if isinstance(node, Maybe) else node.required)):
                yield from leaves_in(child)
        case Boosted() | First() | AtLeast() | NotNear():
            yield from leaves_in(node.child)
        case Not():
            return
        case _:
            yield node


def mentions_in(node: Node) -> Iterator[Mention]:
    """The mentions of named entities anywhere in a question, but those under a NOT."""
    return (leaf for leaf in leaves_in(node) if isinstance(leaf, Mention) and leaf.name)


def _quoted(text: str) -> str:
    """A keyword or bound as it can be typed; one with a double quote was typed in single ones."""
    if text.isalnum() and text.lower() != "to":
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'


def _fielded(field: str, text: str) -> str:
    return f"{field}:{text}" if field else text


def _bracketed(node: Node, kinds: type | object) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)  # type: ignore[arg-type]


def _operand(node: Node) -> str:
    return _bracketed(node, Not | _PLACED | _COMPOUND)


def conjunction(children: Iterable[Node], span: Span = NOWHERE) -> Node:
    """The children as one And, nested ones flattened; a single child as itself."""
    return _flat(And, children, span)


def disjunction(children: Iterable[Node], span: Span = NOWHERE) -> Node:
    """The children as one Or, nested ones flattened; a single child as itself."""
    return _flat(Or, children, span)


def _flat(kind: type[And] | type[Or], children: Iterable[Node], span: Span) -> Node:
    flat: list[Node] = []
    for child in children:
        flat.extend(child.children if isinstance(child, kind) else (child,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat), span)


def maybe(child: Node, option: Node, span: Span = NOWHERE) -> Node:
    """``child ANDMAYBE option``; a chain of them is one node, so that a long one is not deep."""
    return Maybe(child.child, (*child.options, option), span) if isinstance(child, Maybe) else Maybe(child, (option,), span)


def require(child: Node, required: Node, span: Span = NOWHERE) -> Node:
    """``child REQUIRE required``; a chain of them is one node."""
    if isinstance(child, Require):
        return Require(child.child, (*child.required, required), span)
    return Require(child, (required,), span)

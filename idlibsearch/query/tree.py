"""What a question means: immutable nodes, the one thing the engine sees. ``str(tree)`` parses back to an equal tree.

How it is typed is ``syntax``'s business, how it is run ``plan``'s. Spans do not count in equality.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date

Span = tuple[int, int]  # nodes have no repr of their own: `str` says more, and sixteen take a millisecond of every start
NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """A word as typed, in one field or ("") in any; it may turn out to be several tokens (rebel-held), then adjacent ones."""

    text: str
    field: str = ""
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{self.text}" if self.field else self.text


@dataclass(frozen=True, slots=True, repr=False)
class Phrase:
    """Words that stand side by side, in order, inside one field."""

    text: str
    field: str = ""
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f'{self.field}:"{self.text}"' if self.field else f'"{self.text}"'


@dataclass(frozen=True, slots=True, repr=False)
class Exact:
    """Spellings exactly as they stand in a text (case, accents, hyphens), side by side where there are several."""

    text: str
    field: str = ""
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return _fielded(self.field, f"={self.text}" if re.fullmatch(_BARE, self.text) else f'="{self.text}"')


@dataclass(frozen=True, slots=True, repr=False)
class Wildcard:
    """Words of a pattern: ``*`` any letters, ``?`` any one, ``[0-3]`` one of these, ``[!0-3]`` one of the others."""

    text: str
    field: str = ""
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return _fielded(self.field, self.text)


@dataclass(frozen=True, slots=True, repr=False)
class Fuzzy:
    """Words at most ``distance`` edits away that begin with the same ``prefix`` letters."""

    text: str
    distance: int = 1
    prefix: int = 0
    field: str = ""
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return _fielded(self.field, f"{self.text}~{self.distance}" + (f"/{self.prefix}" if self.prefix else ""))


@dataclass(frozen=True, slots=True, repr=False)
class Regex:
    """Words that match a regular expression from end to end."""

    text: str
    field: str = ""
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return _fielded(self.field, f'r"{self.text}"')


@dataclass(frozen=True, slots=True, repr=False)
class Every:
    """Every report, or every one that has something in a field; does not score."""

    field: str = ""
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return _fielded(self.field, "*")


@dataclass(frozen=True, slots=True, repr=False)
class Dated:
    """Published inside [start, end); does not score."""

    start: date
    end: date
    text: str
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"date:{self.text}"

    @property
    def ordinals(self) -> tuple[int, int]:
        """The interval as proleptic ordinals, as the index stores dates."""
        return self.start.toordinal(), self.end.toordinal()


@dataclass(frozen=True, slots=True, repr=False)
class Keyword:
    """Has this keyword, or this number, in a column; does not score."""

    text: str
    field: str
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{_quoted(self.text)}"


@dataclass(frozen=True, slots=True, repr=False)
class Ranged:
    """Has a number or a keyword between two bounds in a column; None: no bound on that side. Does not score.

    ``low_open`` and ``high_open`` say that the bound itself is outside.
    """

    field: str
    low: str | None
    high: str | None
    low_open: bool = False
    high_open: bool = False
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        bounds = " TO ".join("" if bound is None else _quoted(bound) for bound in (self.low, self.high))
        return f"{self.field}:{'{' if self.low_open else '['}{bounds}{'}' if self.high_open else ']'}"


@dataclass(frozen=True, slots=True, repr=False)
class And:
    """All of these."""

    children: tuple[Node, ...]
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return " AND ".join(_bracketed(child, And | _LOOSE) for child in self.children)


@dataclass(frozen=True, slots=True, repr=False)
class Or:
    """Any of these."""

    children: tuple[Node, ...]
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return " OR ".join(_bracketed(child, _LOOSE) for child in self.children)


@dataclass(frozen=True, slots=True, repr=False)
class Not:
    """Whatever this does not match; does not score."""

    child: Node
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"NOT {_bracketed(self.child, And | _LOOSE)}"


@dataclass(frozen=True, slots=True, repr=False)
class Maybe:
    """The child, which also scores for each of ``options`` that matches beside it."""

    child: Node
    options: tuple[Node, ...]
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return " ANDMAYBE ".join(_bracketed(node, _COMPOUND) for node in (self.child, *self.options))


@dataclass(frozen=True, slots=True, repr=False)
class Require:
    """The child where all of ``required`` match too; they do not score."""

    child: Node
    required: tuple[Node, ...]
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return " REQUIRE ".join(_bracketed(node, _COMPOUND) for node in (self.child, *self.required))


@dataclass(frozen=True, slots=True, repr=False)
class Boosted:
    """The child, its score multiplied by ``factor``, 0 or from 0.0001 to 1,000,000: none of them prints with an exponent."""

    child: Node
    factor: float
    span: Span = attribute(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{_bracketed(self.child, Boosted | Not | _COMPOUND)}^{repr(self.factor).removesuffix('.0')}"


Expansion = Wildcard | Fuzzy | Regex  # what stands for a set of words
Node = Word | Phrase | Exact | Expansion | Every | Dated | Keyword | Ranged | And | Or | Not | Maybe | Require | Boosted
_LOOSE = Or | Maybe | Require  # bind less than AND does
_COMPOUND = And | _LOOSE
_BARE = r"[\w.'’-]*\w"  # a spelling that needs no quotation marks


def _quoted(text: str) -> str:
    """A keyword or bound as it can be typed; one with a double quote was typed in single ones."""
    if text.isalnum() and text.lower() != "to":
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'


def _fielded(field: str, text: str) -> str:
    return f"{field}:{text}" if field else text


def _bracketed(node: Node, kinds: type | object) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)  # type: ignore[arg-type]


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

"""Nearness by its definition: every combination of occurrences, as sets of token positions. Exponential, and obviously right.

The oracle of ``query/spans.pyx`` and of what the plan makes of nearness. ``naive.NaiveIndex`` says where words stand.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import naive_mentions
import naive_sentences
from naive_tokens import tokenize

from idlibsearch.index.columns import folded_value
from idlibsearch.index.fields import text_of
from idlibsearch.model import Report
from idlibsearch.query.tree import (
    Analysed,
    AtLeast,
    Boosted,
    Exact,
    First,
    Fuzzy,
    Mention,
    Near,
    Node,
    NotNear,
    Or,
    Phrase,
    Regex,
    Same,
    Wildcard,
    Word,
)

if TYPE_CHECKING:
    from naive import NaiveIndex

ORDERED = ("title", "body")


class Combination(NamedTuple):
    """One way to satisfy a node: its hull, the positions of the tokens that serve, and the occurrences they belong to."""

    start: int
    end: int
    tokens: frozenset[int]
    leaves: frozenset[tuple[int, int]]


def is_placed(node: Node) -> bool:
    """Does a node need this module?"""
    return isinstance(node, Near | Same | NotNear | First | AtLeast) or (isinstance(node, Phrase) and node.slop > 1)


def fields_of(node: Node) -> tuple[str, ...]:
    """The fields a node may hold in: the one that some part of it names, else all that have an order."""
    return tuple(named(node)) or ORDERED


def named(node: Node) -> set[str]:
    if isinstance(node, NotNear):
        return named(node.child) | named(node.other)
    if isinstance(node, First | AtLeast | Boosted):
        return named(node.child)
    if isinstance(node, Near | Same | Or):
        return {field for child in node.children for field in named(child)}
    return {node.field} - {""}


def combinations(index: NaiveIndex, node: Node, doc: int, name: str) -> set[Combination]:  # noqa: PLR0911 - a line a kind
    """Every way to satisfy a node inside one field of a doc."""
    if isinstance(node, Boosted | AtLeast):
        return combinations(index, node.child, doc, name)
    if isinstance(node, Or):
        return {found for child in node.children for found in combinations(index, child, doc, name)}
    if isinstance(node, Near):
        return joined(index, node, doc, name, lambda parts: is_near(parts, node))
    if isinstance(node, Same):
        starts = starts_of_units(index.reports[doc], name, node.unit)
        return joined(index, node, doc, name, lambda parts: len({unit(starts, p) for part in parts for p in hull(part)}) == 1)
    if isinstance(node, NotNear):
        others = combinations(index, node.other, doc, name)
        return {
            found
            for found in combinations(index, node.child, doc, name)
            if not any(other.tokens != found.tokens and gap(found, other) < node.distance for other in others)
        }
    if isinstance(node, First):
        return {found for found in combinations(index, node.child, doc, name) if found.end <= node.tokens}
    if isinstance(node, Phrase) and node.slop > 1:
        return {
            union(parts)
            for parts in product(*(map(occurrence, spans) for spans in phrase_parts(index, node, doc, name)))
            if all(0 <= b.start - a.end < node.slop for a, b in pairwise(parts))
        }
    if isinstance(node, Mention):
        return set(map(occurrence, naive_mentions.spans(index.reports[doc], name, node.kind, folded_value(node.name))))
    return set(map(occurrence, index.operand_spans(node, doc, name)))


def joined(index, node, doc, name, holds) -> set[Combination]:
    choices = product(*(combinations(index, child, doc, name) for child in node.children))
    return {union(parts) for parts in choices if are_disjoint(parts) and holds(parts)}


def are_disjoint(parts) -> bool:
    return len(frozenset().union(*(part.tokens for part in parts))) == sum(len(part.tokens) for part in parts)


def is_near(parts, node: Near) -> bool:
    if node.ordered and any(a.end > b.start for a, b in pairwise(parts)):
        return False
    belonging = {position for part in parts for position in hull(part)}
    return len(hull(union(parts))) - len(belonging) < node.distance


def hull(part: Combination) -> range:
    return range(part.start, part.end)


def gap(a: Combination, b: Combination) -> int:
    """The tokens between two hulls; below 0 where they overlap."""
    return max(a.start, b.start) - min(a.end, b.end)


def union(parts) -> Combination:
    return Combination(
        min(part.start for part in parts),
        max(part.end for part in parts),
        frozenset().union(*(part.tokens for part in parts)),
        frozenset().union(*(part.leaves for part in parts)),
    )


def occurrence(span: tuple[int, int]) -> Combination:
    return Combination(*span, frozenset(range(*span)), frozenset([span]))


def phrase_parts(index: NaiveIndex, node: Phrase, doc: int, name: str) -> list[set[tuple[int, int]]]:
    """Where each word, or each pattern, of a phrase stands."""
    found = []
    for piece in node.text.split():
        if "*" in piece:
            found.append(index.operand_spans(Wildcard(piece), doc, name))
        else:
            found += [index.word_spans(entry, doc, name) for entry in index.query_entries(piece)]
    return found


# ---- sentences and paragraphs


def starts_of_units(report: Report, name: str, kind: str) -> list[int]:
    """The positions at which sentences or paragraphs start; a title is one of each."""
    text = text_of(report, name)
    if name != "body":
        return [0]
    sentences, paragraphs = naive_sentences.starts(text)
    offsets = sentences if kind == "S" else paragraphs
    positions, position = [], 0
    tokens = tokenize(text)
    from naive import entries  # noqa: PLC0415 - the two modules know each other

    for (start, _), entry in zip(tokens, entries(text), strict=True):
        positions.append((start, position))
        position += entry.positions
    return sorted({next((p for start, p in positions if start >= offset), position) for offset in offsets})


def unit(starts: list[int], position: int) -> int:
    return bisect_right(starts, position)


# ---- scores


def placed_score(index: NaiveIndex, node: Node, doc: int) -> float | None:
    """The score of nearness in a doc; None where it does not match."""
    names = fields_of(node)
    tf, times = 0.0, 0
    for name in names:
        freq = len({found.start for found in combinations(index, node, doc, name)})
        field, length = index.fields[name], index.docs[doc][name][1]
        tf += field.weight * freq / (1 - field.b + field.b * length / index.mean_length(name))
        times += freq
    if tf == 0 or (isinstance(node, AtLeast) and times < node.times):
        return None
    return worth(index, node, names) * (tf / (index.ranking.k1 + tf))


def worth(index: NaiveIndex, node: Node, names: tuple[str, ...]) -> float:  # noqa: PLR0911 - a line a kind
    """The idf of a node: the sum of its parts', where what can be replaced by one another is one part."""
    field = names[0] if len(names) == 1 else ""
    if isinstance(node, Boosted):
        return node.factor * worth(index, node.child, names)
    if isinstance(node, First | AtLeast | NotNear):
        return worth(index, node.child, names)
    if isinstance(node, Near | Same):
        return sum(worth(index, child, names) for child in node.children)
    if isinstance(node, Or):
        having = (any(combinations(index, node, doc, name) for name in names) for doc in range(len(index.docs)))
        return index.idf(sum(having))
    if isinstance(node, Mention):
        name = folded_value(node.name)
        return index.idf(sum(naive_mentions.is_mentioned(report, node.kind, name) for report in index.reports))
    if isinstance(node, Word | Analysed):
        return sum(index.word_idf(word, field) for word in index.entries_of(node))
    if isinstance(node, Phrase):
        pieces = [Wildcard(piece) if "*" in piece else Word(piece) for piece in node.text.split()]
        return sum(worth(index, piece, names) for piece in pieces)
    assert isinstance(node, Exact | Wildcard | Fuzzy | Regex)
    return index.spelled_idf(node, names)


def marks(index: NaiveIndex, node: Node, doc: int) -> dict[str, set[tuple[int, int]]]:
    """The occurrences that take part in some way to satisfy a node, by field."""
    found = {name: {leaf for way in combinations(index, node, doc, name) for leaf in way.leaves} for name in fields_of(node)}
    return {name: leaves for name, leaves in found.items() if leaves}

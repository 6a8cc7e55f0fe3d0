"""An index with a schema of its own again, in lists and loops: the oracle of the fast one.

It takes the analyzers from the Whoosh schema itself and shares nothing with the product but BM25F's constants and the tree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from naive import edits, glob

from idlibsearch.query.tree import (
    And,
    Boosted,
    Every,
    Exact,
    Fuzzy,
    Keyword,
    Maybe,
    Node,
    Not,
    Or,
    Phrase,
    Ranged,
    Regex,
    Require,
    Wildcard,
    Word,
)

K1, B = 1.7, 0.65
Place = tuple[str, int]


class NaiveDocuments:
    """Mappings to search. ``groups``: the text fields that share an analysis, and whether their words are parts of words."""

    def __init__(
        self, schema: Any, groups: Sequence[Sequence[str]], documents: Sequence[dict[str, Any]], deleted: frozenset[int]
    ) -> None:
        self.schema, self.groups, self.documents, self.deleted = schema, groups, documents, deleted
        self.places = [{name: self.indexed(name, doc.get(name)) for group in groups for name in group} for doc in documents]

    def indexed(self, name: str, text: str | None) -> set[Place]:
        """The words of a text and their positions, the first of which is 0."""
        found = self.analysed(name, text, "index") if text is not None else []
        first = min((position for _, position in found), default=0)
        return {(word, position - first) for word, position in found}

    def analysed(self, name: str, text: str, mode: str) -> list[Place]:
        return [(token.text, token.pos) for token in self.schema[name].analyzer(text, positions=True, mode=mode)]

    def length(self, doc: int, name: str) -> int:
        return max((position + 1 for _, position in self.places[doc][name]), default=0)

    def mean_length(self, name: str) -> float:
        lengths = [self.length(doc, name) for doc in range(len(self.documents)) if self.length(doc, name)]
        return sum(lengths) / len(lengths) if lengths else 1.0

    # ---- what matches

    def search(self, tree: Node) -> list[tuple[str, float]]:
        """(key, score) of every match, best first, equal ones in the order of adding."""
        left = self.pruned(tree)
        scores = [(doc, self.score(left, doc)) for doc in range(len(self.documents)) if left and doc not in self.deleted]
        found = sorted((-score, doc) for doc, score in scores if score is not None)
        return [(self.documents[doc]["path"], -score) for score, doc in found]

    def pruned(self, node: Node) -> Node | None:  # noqa: PLR0911
        """Without words that no analyzer searches; those that some text does not know of are wished for only."""
        if isinstance(node, And | Or):
            children = [child for child in map(self.pruned, node.children) if child is not None]
            if not children:
                return None
            wishes = [child for child in children if isinstance(node, And) and self.is_unsure(child)]
            rest = [child for child in children if child not in wishes]
            if wishes and any(not isinstance(child, Not) for child in rest):
                return Maybe(And(tuple(rest)), tuple(wishes))
            return node._replace(children=tuple(children))
        if isinstance(node, Not | Boosted):
            child = self.pruned(node.child)
            return None if child is None else node._replace(child=child)
        if isinstance(node, Maybe | Require):
            child = self.pruned(node.child)
            others = tuple(other for other in map(self.pruned, node[1]) if other is not None)
            return child if child is None or not others else type(node)(child, others)
        if isinstance(node, Word | Phrase):
            return node if any(self.words(group, node.text) for group in self.asked(node.field)) else None
        if isinstance(node, Keyword) and self.kind(node.field) == "keyword":
            return node if self.values(node.field, node.text, "query") else None
        return node

    def is_unsure(self, node: Node) -> bool:
        if isinstance(node, Boosted):
            return self.is_unsure(node.child)
        if not isinstance(node, Word | Phrase) or node.field:
            return False
        whole = [group for group in self.groups if "grams" not in group]
        return not all(self.words(group, node.text) for group in whole)

    def asked(self, field: str) -> list[list[str]]:
        found = [[name for name in group if field in ("", name)] for group in self.groups]
        return [group for group in found if group]

    def ordered(self, group: list[str]) -> list[str]:
        return [name for name in group if self.schema[name].supports("positions")]

    def words(self, group: Sequence[str], text: str) -> list[Place]:
        return self.analysed(group[0], text, "query")

    def score(self, node: Node, doc: int) -> float | None:  # noqa: PLR0911
        match node:
            case Not():
                return 0.0 if self.score(node.child, doc) is None else None
            case And():
                parts = [self.score(child, doc) for child in node.children]
                return None if None in parts else sum(parts)
            case Or():
                parts = [part for part in (self.score(child, doc) for child in node.children) if part is not None]
                return sum(parts) if parts else None
            case Boosted():
                part = self.score(node.child, doc)
                return None if part is None else part * node.factor
            case Maybe():
                parts = [self.score(child, doc) for child in (node.child, *node.options)]
                return None if parts[0] is None else sum(part or 0.0 for part in parts)
            case Require():
                needed = [self.score(child, doc) for child in node.required]
                return None if None in needed else self.score(node.child, doc)
            case Every():
                return 0.0 if not node.field or self.places[doc][node.field] else None
            case Keyword() | Ranged():
                return 0.0 if self.picks(node, doc) else None
        parts = [part for group in self.asked(node.field) if (part := self.text_score(node, group, doc)) is not None]
        return sum(parts) if parts else None

    def text_score(self, node: Node, group: list[str], doc: int) -> float | None:
        """In the fields of one group."""
        match node:
            case Word():
                words = dict.fromkeys(word for word, _ in self.words(group, node.text))
                parts = [self.row_score([{word}], group, doc, bool(node.field)) for word in words]
                return None if not parts or None in parts else sum(parts)
            case Phrase():
                by_position: dict[int, set[str]] = {}
                for word, position in self.words(group, node.text):
                    by_position.setdefault(position, set()).add(word)
                fields = self.ordered(group) if len(by_position) > 1 else group
                return self.row_score([by_position[p] for p in sorted(by_position)], fields, doc, bool(node.field))
            case Exact():
                words = node.text.split()
                fields = self.ordered(group) if len(words) > 1 else group
                return self.row_score([{word} for word in words], fields, doc, bool(node.field))
        known = {word for places in self.places for name in self.group_of(group[0]) for word, _ in places[name]}
        return self.row_score([{word for word in known if self.is_meant(node, word)}], group, doc, bool(node.field), pattern=True)

    def is_meant(self, node: Wildcard | Fuzzy | Regex, word: str) -> bool:
        if isinstance(node, Regex):
            return re.fullmatch(node.text, word) is not None
        if isinstance(node, Wildcard):
            return glob(node.text, word)
        return word.startswith(node.text[: node.prefix]) and edits(node.text, word) <= node.distance

    def row_score(
        self, row: list[set[str]], fields: list[str], doc: int, in_field: bool, *, pattern: bool = False
    ) -> float | None:
        """Words side by side, each any of a set."""
        tf = 0.0
        for name in fields:
            weight = self.schema[name].format.field_boost
            places = self.places[doc][name]
            starts = [position for word, position in places if row and word in row[0]]
            if len(row) > 1:
                starts = list({s for s in starts if all(any((w, s + n) in places for w in each) for n, each in enumerate(row))})
            tf += weight * len(starts) / (1 - B + B * self.length(doc, name) / self.mean_length(name)) if starts else 0.0
        if tf == 0:
            return None
        return sum(self.idf(words, fields, in_field, pattern) for words in row) * (tf / (K1 + tf))

    def idf(self, words: set[str], fields: list[str], in_field: bool, pattern: bool) -> float:
        names = fields if in_field or pattern or len(words) > 1 else self.group_of(fields[0])
        having = sum(any(word in words for name in names for word, _ in places[name]) for places in self.places)
        return math.log(1 + (len(self.documents) - having + 0.5) / (having + 0.5))

    def group_of(self, name: str) -> Sequence[str]:
        return next(group for group in self.groups if name in group)

    # ---- values

    def kind(self, field: str) -> str:
        kinds = {"ID": "keyword", "KEYWORD": "keyword", "NUMERIC": "number", "DATETIME": "datetime", "BOOLEAN": "boolean"}
        return kinds[type(self.schema[field]).__name__]

    def values(self, field: str, value: Any, mode: str) -> set[Any]:
        """What a value is as its field sees it."""
        if value is None:
            return set()
        if self.kind(field) == "keyword":
            return {token.text for token in self.schema[field].analyzer(value, mode=mode)} - {""}
        return {value}

    def picks(self, node: Keyword | Ranged, doc: int) -> bool:
        has = self.values(node.field, self.documents[doc].get(node.field), "index")
        kind = self.kind(node.field)
        if isinstance(node, Ranged) and node.low is None and node.high is None:
            return bool(has)
        if isinstance(node, Ranged):
            return any(self.lies(value, node, kind) for value in has)
        if kind == "keyword":
            return self.values(node.field, node.text, "query") <= has
        if kind == "boolean":
            return (node.text in ("true", "yes", "t", "1")) in has
        if kind == "datetime":
            start, end = period(node.text)
            return any(start <= value < end for value in has)
        return float(node.text) in has

    def lies(self, value: Any, node: Ranged, kind: str) -> bool:
        if kind == "datetime":
            low, high = (bound and period(bound) for bound in (node.low, node.high))
            above = low is None or value >= low[node.low_open]
            return above and (high is None or value < high[not node.high_open])
        low, high = (None if bound is None else float(bound) if kind == "number" else bound for bound in (node.low, node.high))
        above = low is None or (value > low if node.low_open else value >= low)
        return above and (high is None or (value < high if node.high_open else value <= high))


def period(text: str) -> tuple[datetime, datetime]:
    """From the first moment of what a text names to the one behind its last."""
    for form, step in (("%Y-%m-%dT%H:%M", timedelta(minutes=1)), ("%Y-%m-%dT%H", timedelta(hours=1)), ("%Y-%m-%d", timedelta(1))):
        try:
            start = datetime.strptime(text, form)
        except ValueError:
            continue
        return start, start + step
    start = datetime.strptime(text, "%Y-%m" if "-" in text else "%Y")
    months = 1 if "-" in text else 12
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start, datetime(year, month + 1, 1)

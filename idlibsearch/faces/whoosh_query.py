"""Query objects of Whoosh, read as our tree: each by what Whoosh's own matcher finds, or refused with its name.

Words, patterns, queries joined and nearness are read here, columns and dates in ``whoosh_fields``.

The text of a ``Term`` is a term as it stands in the index, which is what ``QueryParser(field, index.schema)`` makes of words. One
that no report has is read as a word after all, and a diagnostic says so. Patterns ask for words as written. Without a field
nobody has analysed anything, so there a text is what it is in our own language. Scores are ours, not Whoosh's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from whoosh import query as whoosh_query
from whoosh.query import Query

from idlibsearch.errors import QueryError
from idlibsearch.faces.whoosh_compat import analysed_words
from idlibsearch.faces.whoosh_fields import Place, Reading, in_column, numeric_range, on_day, term_range
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.operands import MAX_BOOST, MIN_BOOST
from idlibsearch.query.syntax import Parsed
from idlibsearch.query.tree import (
    Analysed,
    Boosted,
    Every,
    First,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Ranged,
    Regex,
    Require,
    Wildcard,
    Word,
    conjunction,
    disjunction,
    maybe,
    require,
)

__all__ = ["Query", "read_query"]

MAX_DEPTH = 100  # queries in queries; three calls each stay far from Python's own limit
MAX_SIZE = 64  # parts of what is written out in both orders, so that nests of such do not grow beyond all bounds
NOTHING = Not(Every())
_UNITS = r"[^\s+|\"]+(\+[^\s+|\"]+)*(\|[^\s+|\"]+)?"
_PLAIN = r"[\w.,'’&-]+"  # a text that is read alike as a word typed and as a word meant


def read_query(query: object, snapshot: Snapshot) -> Parsed:
    """A query object as the tree that finds the same reports.

    Raises QueryError, which names the class, for what our language has no counterpart of.
    """
    if not isinstance(query, Query):
        message = f"a question is a text, a tree or a query object of Whoosh, not {type(query).__name__}"
        raise QueryError(repr(query), (0, 0), message)
    reader = _Reader(_shown(query), snapshot)
    try:
        tree = reader.node(query)
    except QueryError:
        raise
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise reader.error(f"a query object does not hold what its class says ({error})", "make it anew") from error
    return Parsed(reader.text, tree, tuple(reader.diagnostics))


def _shown(query: Query) -> str:
    try:
        return str(query)
    except (AttributeError, NotImplementedError, RecursionError, TypeError):  # not every query of Whoosh can be printed
        return type(query).__name__


class _Reader(Reading):
    """The state of one reading: what was noticed, and how deep it is."""

    def __init__(self, text: str, snapshot: Snapshot) -> None:
        super().__init__(text, snapshot)
        self._depth = 0
        self._nearness_depth = 0

    def node(self, query: Query) -> Node:
        """The tree of a query, its boost included."""
        read = _READ.get(type(query))
        if read is None:
            raise self.refused(query, "has no counterpart here")
        if self._depth == MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} queries inside each other", "use fewer")
        self._depth += 1
        plain: Node = read(self, query)
        self._depth -= 1
        boost = getattr(query, "boost", 1.0)
        return plain if boost == 1 else Boosted(plain, self._factor(boost))

    def nodes(self, queries: Sequence[Query]) -> list[Node]:
        return [self.node(query) for query in queries]

    def _factor(self, boost: float) -> float:
        if boost == 0 or MIN_BOOST <= boost <= MAX_BOOST:
            return float(boost)
        raise self.error(f"the boost {boost} is out of bounds", f"use 0 or {MIN_BOOST} to {MAX_BOOST:,}")

    # ---- words

    def term(self, query: Any) -> Node:
        return self._value(query, self.place(query), query.text)

    def _value(self, query: Query, place: Place, value: Any) -> Node:
        """One value in a field: a term, a word, a day, a keyword or a number."""
        if place.keeps == "date":
            return on_day(self, query, value)
        if place.keeps == "column":
            return in_column(self, query, place.name, value)
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if not isinstance(text, str):
            raise self.refused(query, f"asks for {value!r}, which is no text", "give the term as text")
        if place.keeps == "any":
            return _typed(text)
        if place.keeps == "written":
            return _written(text, place.name)
        words = self._analysed(text)
        return Analysed(words, place.name) if words else NOTHING

    def _analysed(self, text: str) -> str:
        """A term that a report has as it is; any other text analysed as words are."""
        if re.fullmatch(_UNITS, text) and any(map(self._is_term, re.split(r"[+|]", text))):
            return text
        words = analysed_words(text)
        if words != text:
            message = f"no report has the term {text}; it was read as a word, {words}" if words else f"{text} is no word"
            self.note("not-a-term", message, "parse words with whoosh.qparser.QueryParser(field, index.schema)")
        return words

    def _is_term(self, text: str) -> bool:
        return max(self.snapshot.term(text), default=-1) >= 0

    def phrase(self, query: Any) -> Node:
        place, words = self.place(query), [word for word in query.words if word is not None]
        if not words:
            return NOTHING
        if place.keeps == "any":
            return Phrase(" ".join(map(str, words)).replace('"', " "), "", query.slop)
        if len(words) > 1 and place.keeps not in ("text", "written"):
            raise self.refused(query, f"asks for words in order, and the field {place.name} keeps none", "join Terms by And")
        row = [self._value(query, place, word) for word in words]
        if len(row) > 1 and query.slop == 1 and place.keeps == "text":
            return Analysed(" ".join(each.text for each in row if isinstance(each, Analysed)), place.name)
        return self._in_order(query, row, query.slop)

    def prefix(self, query: Any) -> Node:
        if not query.text:
            return self.every(query)
        text = self._letters(query, r'[\s()"*?\[]')
        return Wildcard(f"{text}*", self.spelled_field(query))

    def wildcard(self, query: Any) -> Node:
        if query.text == "*":
            return self.every(query)
        text, field = self._letters(query, r'[()"]'), self.spelled_field(query)
        return Wildcard(text, field) if re.search(r"[*?\[]", text) else _written(text, field)

    def regex(self, query: Any) -> Node:
        """Whoosh asks only for the beginning of a word to match."""
        if query.text == ".*":
            return self.every(query)
        text = self._letters(query, '"')
        if text.endswith("$") and not text.endswith("\\$") and "|" not in text:
            return Regex(text.removeprefix("^"), self.spelled_field(query))
        return Regex(f"({text.removeprefix('^')}).*", self.spelled_field(query))

    def fuzzy(self, query: Any) -> Node:
        if not 0 <= query.maxdist <= 9:
            raise self.refused(query, f"allows {query.maxdist} edits", "allow 0 to 9")
        return Fuzzy(self._letters(query, r"\s"), int(query.maxdist), query.prefixlength, self.spelled_field(query))

    def _letters(self, query: Any, impossible: str) -> str:
        """The text of a pattern, without signs that cannot be in it."""
        text = query.text
        if not isinstance(text, str):
            raise self.refused(query, f"asks for {text!r}, which is no text", "give the pattern as text")
        if re.search(impossible, text):
            raise self.refused(query, f"asks for {text}, and no word has such a sign", "leave it out")
        return text

    def every(self, query: Any) -> Node:
        place = self.place(query)
        return Ranged(place.name, None, None) if place.keeps == "column" else Every(place.name)

    # ---- several queries

    def all_of(self, query: Any) -> Node:
        return conjunction(self.nodes(query.subqueries)) if query.subqueries else NOTHING

    def any_of(self, query: Any) -> Node:
        if query.minmatch:
            raise self.refused(query, f"asks for {query.minmatch} matches, which Whoosh never did either", "leave minmatch out")
        if query.scale:
            self.note("score-left-out", "a bonus for many matching words is no part of the scores here, and scale was left out")
        return disjunction(self.nodes(query.subqueries)) if query.subqueries else NOTHING

    def constant(self, query: Any) -> Node:
        self.note("score-left-out", f"what restricts scores nothing here, and the score {query.score} was left out")
        return Require(Every(), (self.node(query.child),))

    def nothing(self, query: Any) -> Node:
        if query.error is not None:
            raise self.error(str(query.error), "Whoosh's parser would have searched for nothing in its place")
        return NOTHING

    # ---- nearness

    def near(self, query: Any) -> Node:
        if query.mindist != 1:
            raise self.refused(query, f"asks for a least distance of {query.mindist}")
        queries = query.qs if isinstance(query, whoosh_query.SpanNear2) else (query.a, query.b)
        return self._nearness(query, self._operands(queries), query.slop, query.ordered)

    def sequence(self, query: Any) -> Node:
        return self._nearness(query, self._operands(query.subqueries), query.slop, query.ordered)

    def first(self, query: Any) -> Node:
        (child,) = self._operands([query.q])
        return First(query.limit + 1, child)

    def any_span(self, query: Any) -> Node:
        if self._nearness_depth:
            raise self.refused(query, "inside nearness joins the words that touch each other, as nothing does here", "use Or")
        return disjunction(self.nodes(query.subqs)) if query.subqs else NOTHING

    def _operands(self, queries: Sequence[Query]) -> list[Node]:
        self._nearness_depth += 1
        nodes = self.nodes(queries)
        self._nearness_depth -= 1
        return nodes

    def _nearness(self, query: Query, nodes: list[Node], slop: int, ordered: bool) -> Node:
        if not nodes:
            return NOTHING
        if ordered or len(nodes) == 1:
            return self._in_order(query, nodes, slop)
        if len(nodes) > 2:
            why = "of three and more without order depends on the order they are written in"
            raise self.refused(query, why, f"ask NEAR/{slop}(a, b, c), or nest pairs")
        if all(map(_is_solid, nodes)):
            return Near(tuple(nodes), slop)
        if sum(map(_size, nodes)) > MAX_SIZE:
            raise self.refused(query, "without order has operands with gaps, which have such operands again, too many times over")
        return Or((self._in_order(query, nodes, slop), self._in_order(query, nodes[::-1], slop)))

    def _in_order(self, query: Query, nodes: list[Node], slop: int) -> Node:
        """Each behind the one before it: Whoosh counts the step from one to the next, as we do."""
        if slop < 1:
            raise self.refused(
                query, f"asks for a distance of {slop}, in which nothing stands", "ask for 1, side by side, or more"
            )
        return reduce(lambda left, right: Near((left, right), slop, ordered=True), nodes)


def _typed(text: str) -> Node:
    """Text that nobody has analysed, as it would be typed."""
    if re.fullmatch(_PLAIN, text):
        return Word(text)
    return Phrase(re.sub(r'["*]', " ", text)) if re.search(r"\w", text) else NOTHING


def _written(text: str, field: str) -> Node:
    """A folded word, and no other."""
    return Wildcard(text, field) if " " in text else Fuzzy(text, 0, 0, field)  # "al qaeda" is one


def _is_solid(node: Node) -> bool:
    """Does an occurrence have no gaps inside, in which something else could stand?"""
    if isinstance(node, Or):
        return all(map(_is_solid, node.children))
    if isinstance(node, Near):
        return node.ordered and node.distance == 1 and all(map(_is_solid, node.children))
    return not isinstance(node, First) or _is_solid(node.child)


def _size(node: Node) -> int:
    """How many parts a place in a text is described with."""
    if isinstance(node, Or | Near):
        return sum(map(_size, node.children))
    return _size(node.child) if isinstance(node, First | Boosted) else 1


_READ: dict[type, Callable[[_Reader, Any], Node]] = {
    whoosh_query.Term: _Reader.term,
    whoosh_query.Phrase: _Reader.phrase,
    whoosh_query.Prefix: _Reader.prefix,
    whoosh_query.Wildcard: _Reader.wildcard,
    whoosh_query.Regex: _Reader.regex,
    whoosh_query.FuzzyTerm: _Reader.fuzzy,
    whoosh_query.Every: _Reader.every,
    whoosh_query.TermRange: term_range,
    whoosh_query.NumericRange: numeric_range,
    whoosh_query.DateRange: numeric_range,
    whoosh_query.And: _Reader.all_of,
    **dict.fromkeys((whoosh_query.Or, whoosh_query.DefaultOr, whoosh_query.SplitOr, whoosh_query.PreloadedOr), _Reader.any_of),
    whoosh_query.Not: lambda reader, query: Not(reader.node(query.query)),
    whoosh_query.AndNot: lambda reader, query: conjunction([reader.node(query.a), Not(reader.node(query.b))]),
    whoosh_query.AndMaybe: lambda reader, query: maybe(reader.node(query.a), reader.node(query.b)),
    whoosh_query.Require: lambda reader, query: require(reader.node(query.a), reader.node(query.b)),
    whoosh_query.ConstantScoreQuery: _Reader.constant,
    type(whoosh_query.NullQuery): _Reader.nothing,
    whoosh_query.SpanNear: _Reader.near,
    whoosh_query.SpanNear2: _Reader.near,
    whoosh_query.Sequence: _Reader.sequence,
    whoosh_query.SpanFirst: _Reader.first,
    whoosh_query.SpanOr: _Reader.any_span,
}

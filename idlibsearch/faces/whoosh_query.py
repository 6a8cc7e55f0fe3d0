"""Query objects of Whoosh, read as our tree: each by what Whoosh's own matcher finds, or refused with its name.

The text of a ``Term`` is a term as it stands in the index, which is what ``QueryParser(field, index.schema)`` makes of words. One
that no report has is read as a word after all, and a diagnostic says so. Patterns ask for words as written. Without a field
nobody has analysed anything, so there a text is what it is in our own language. Scores are ours, not Whoosh's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce
from typing import Any, NamedTuple

from whoosh import query as whoosh_query
from whoosh.query import Query
from whoosh.util.times import datetime_to_long, long_to_datetime

from idlibsearch.errors import QueryError, ReportError
from idlibsearch.faces.whoosh_compat import PublicationDate, analysed_words, number_field
from idlibsearch.index.columns import WORDS
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import parse_date
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.operands import MAX_BOOST, MIN_BOOST
from idlibsearch.query.pieces import COLUMN_FIELDS, SEARCHED_FIELDS
from idlibsearch.query.syntax import Parsed
from idlibsearch.query.tree import (
    Analysed,
    Boosted,
    Dated,
    Every,
    First,
    Fuzzy,
    Keyword,
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
WRITTEN = {"spell_title": "title", "spell_body": "body"}  # words as written, by Whoosh's custom
NOTHING = Not(Every())
RUN_IT = "run it as it is with whoosh.searching.Searcher(index.whoosh_reader())"
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


class _Place(NamedTuple):
    """Where a query looks: a field of ours, and what it keeps ("any", "text", "names", "written", "date", "column")."""

    name: str
    keeps: str


class _Reader:
    """The state of one reading: what was noticed, and how deep it is."""

    def __init__(self, text: str, snapshot: Snapshot) -> None:
        self.text = text
        self._snapshot = snapshot
        self._depth = 0
        self._nearness_depth = 0
        self.diagnostics: list[Diagnostic] = []

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

    def error(self, message: str, advice: str) -> QueryError:
        return QueryError(self.text, (0, len(self.text)), message, advice)

    def refused(self, query: Query, why: str, advice: str = RUN_IT) -> QueryError:
        return self.error(f"{type(query).__name__} {why}", advice)

    def note(self, code: str, message: str, advice: str = "") -> None:
        self.diagnostics.append(Diagnostic((0, len(self.text)), code, message, advice))

    def _factor(self, boost: float) -> float:
        if boost == 0 or MIN_BOOST <= boost <= MAX_BOOST:
            return float(boost)
        raise self.error(f"the boost {boost} is out of bounds", f"use 0 or {MIN_BOOST} to {MAX_BOOST:,}")

    # ---- fields

    def _place(self, query: Query) -> _Place:
        name = query.fieldname or ""
        if name in WRITTEN:
            return _Place(WRITTEN[name], "written")
        if name in SEARCHED_FIELDS or not name:
            return _Place(name, {"": "any", "entities": "names", "date": "date"}.get(name, "text"))
        if name in COLUMN_FIELDS or self._snapshot.has_column(name):
            return _Place(name, "column")
        known = ", ".join((*SEARCHED_FIELDS, *COLUMN_FIELDS))
        raise self.refused(query, f"asks in the field {name}, which cannot be searched", f"the fields to search are {known}")

    def _spelled(self, query: Query) -> str:
        """The field of a query for words by their letters."""
        place = self._place(query)
        if place.keeps in ("any", "text", "written"):
            return place.name
        raise self.refused(query, f"asks for spellings, and the field {place.name} keeps none", "ask in title or body")

    def _has_numbers(self, field: str) -> bool:
        return field == WORDS or self._snapshot.has_numbers(field)

    # ---- words

    def term(self, query: Any) -> Node:
        return self._value(query, self._place(query), query.text)

    def _value(self, query: Query, place: _Place, value: Any) -> Node:
        """One value in a field: a term, a word, a day, a keyword or a number."""
        if place.keeps == "date":
            return self._on_day(query, value)
        if place.keeps == "column":
            return self._in_column(query, place.name, value)
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
        return max(self._snapshot.term(text), default=-1) >= 0

    def phrase(self, query: Any) -> Node:
        place, words = self._place(query), [word for word in query.words if word is not None]
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
        return Wildcard(f"{text}*", self._spelled(query))

    def wildcard(self, query: Any) -> Node:
        if query.text == "*":
            return self.every(query)
        text, field = self._letters(query, r'[()"]'), self._spelled(query)
        return Wildcard(text, field) if re.search(r"[*?\[]", text) else _written(text, field)

    def regex(self, query: Any) -> Node:
        """Whoosh asks only for the beginning of a word to match."""
        if query.text == ".*":
            return self.every(query)
        text = self._letters(query, '"')
        if text.endswith("$") and not text.endswith("\\$") and "|" not in text:
            return Regex(text.removeprefix("^"), self._spelled(query))
        return Regex(f"({text.removeprefix('^')}).*", self._spelled(query))

    def fuzzy(self, query: Any) -> Node:
        if not 0 <= query.maxdist <= 9:
            raise self.refused(query, f"allows {query.maxdist} edits", "allow 0 to 9")
        return Fuzzy(self._letters(query, r"\s"), int(query.maxdist), query.prefixlength, self._spelled(query))

    def _letters(self, query: Any, impossible: str) -> str:
        """The text of a pattern, without signs that cannot be in it."""
        text = query.text
        if not isinstance(text, str):
            raise self.refused(query, f"asks for {text!r}, which is no text", "give the pattern as text")
        if re.search(impossible, text):
            raise self.refused(query, f"asks for {text}, and no word has such a sign", "leave it out")
        return text

    def every(self, query: Any) -> Node:
        place = self._place(query)
        return Ranged(place.name, None, None) if place.keeps == "column" else Every(place.name)

    # ---- columns and dates

    def _in_column(self, query: Query, field: str, value: Any) -> Node:
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace") if self._snapshot.has_keywords(field) else number_field().from_bytes(value)
        if isinstance(value, bool):
            value = str(value).lower()
        if isinstance(value, str):
            return Keyword(value, field)
        number = self._number(query, value)
        return self._numbers(query, field, Ranged(field, number, number))

    def _numbers(self, query: Query, field: str, node: Ranged) -> Node:
        if self._has_numbers(field):
            return node
        raise self.refused(query, f"asks for numbers, and the field {field} holds none", "ask for keywords by Term or TermRange")

    def _number(self, query: Query, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refused(query, f"asks for {value!r}, which is no number", "give a finite number, or None for no bound")
        return str(value).removesuffix(".0")

    def numeric_range(self, query: Any) -> Node:
        place = self._place(query)
        if place.keeps == "date":
            return self._days(query)
        if place.keeps != "column":
            raise self.refused(query, f"asks for numbers, and the field {place.name} is text", "ask for words by Term")
        low, high = self._number(query, query.start), self._number(query, query.end)
        return self._numbers(query, place.name, Ranged(place.name, low, high, query.startexcl, query.endexcl))

    def term_range(self, query: Any) -> Node:
        place = self._place(query)
        if place.keeps != "column":
            raise self.refused(query, f"asks for a range of words in the field {place.name}")
        low, high = query.start or None, query.end or None
        return Ranged(place.name, low, high, query.startexcl and bool(low), query.endexcl and bool(high))

    def _on_day(self, query: Query, value: Any) -> Node:
        if isinstance(value, str):
            try:
                named = parse_date(value)
            except ReportError as error:
                raise self.refused(query, f"asks for a date: {error.reason}", "give a datetime, or ask by DateRange") from None
            if named.precision != "day":
                raise self.refused(query, f"asks for the date {value}, which is not one day", "ask by DateRange")
            value = datetime.combine(named.start, time())
        return self._days(whoosh_query.NumericRange("date", _moment(value), _moment(value)))

    def _days(self, query: Any) -> Node:
        """Publication days whose midnight lies in the range; a vague date is found where all of its days are such."""
        start = date.min if query.start is None else _first_day(long_to_datetime(query.start), query.startexcl)
        end = date.max if query.end is None else _first_day(long_to_datetime(query.end), not query.endexcl)
        last = end - timedelta(days=1) if end > date.min else end
        bounds = ("" if query.start is None else start), ("" if query.end is None else last)
        node = Dated(start, end, f"[{bounds[0]} TO {bounds[1]}]")
        if end <= start:
            self.note("empty-range", f"nothing can lie in {node}")
        return node

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


def _moment(value: Any) -> int:
    """Whoosh's number for a moment: microseconds since the year 1."""
    moment = PublicationDate().from_bytes(value) if isinstance(value, bytes) else value
    number: int = datetime_to_long(moment) if isinstance(moment, datetime) else moment
    return number


def _first_day(moment: datetime, after: bool) -> date:
    """The first day whose midnight is this moment or later; or later only, where ``after``."""
    passed = after or moment.time() != time()
    return moment.date() + timedelta(days=1) if passed and moment.date() < date.max else moment.date()


def _is_solid(node: Node) -> bool:
    """Does an occurrence have no gaps inside, in which something else could stand?"""
    if isinstance(node, Or):
        return all(map(_is_solid, node.children))
    if isinstance(node, Near):
        return node.ordered and node.distance == 1 and all(map(_is_solid, node.children))
    return not isinstance(node, First) or _is_solid(node.child)


_READ: dict[type, Callable[[_Reader, Any], Node]] = {
    whoosh_query.Term: _Reader.term,
    whoosh_query.Phrase: _Reader.phrase,
    whoosh_query.Prefix: _Reader.prefix,
    whoosh_query.Wildcard: _Reader.wildcard,
    whoosh_query.Regex: _Reader.regex,
    whoosh_query.FuzzyTerm: _Reader.fuzzy,
    whoosh_query.Every: _Reader.every,
    whoosh_query.TermRange: _Reader.term_range,
    whoosh_query.NumericRange: _Reader.numeric_range,
    whoosh_query.DateRange: _Reader.numeric_range,
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

"""The terms of the fields of a segment, as Whoosh looks them up: text analysed, text as written, and the values of columns.

Read from the arrays of the segment, with nothing of the query engine in between, so that both can be compared.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from whoosh.fields import FieldType

from idlibsearch.index.columns import WORDS
from idlibsearch.index.segment import Segment

Spans = list[tuple[int, int]]  # (start, end) in positions
Values = Iterator[tuple[int, Any]]  # (doc, value), docs ascending; a doc may have several


class Found(NamedTuple):
    """The docs that have a term in a field, ascending, how often each has it, and where (None: order is not kept)."""

    docs: Sequence[int]
    freqs: Sequence[int]
    spans: Callable[[int], Spans] | None


class Terms(Protocol):
    """What a field has to say."""

    def all_from(self, start: bytes) -> Iterator[bytes]:
        """Its terms that are not before ``start``, ascending."""

    def find(self, text: bytes) -> Found | None:
        """Where a term stands; None where it is in no doc."""


class AnalysedTerms:
    """The terms of a text field; in their list, those with + and | are left out."""

    def __init__(self, segment: Segment, column: int) -> None:
        self._segment, self._column = segment, column
        self._has_order = segment.positional[column]

    def all_from(self, start: bytes) -> Iterator[bytes]:
        terms, postings = self._segment.lexicon.terms, self._segment.postings
        for number in range(terms.starting(_text(start)).start, len(terms)):
            if postings.count_in(number, self._column):
                yield _bytes(terms[number])

    def find(self, text: bytes) -> Found | None:
        parts, bar, joined = _text(text).partition("|")
        return self._compound(parts.split("+"), joined) if bar or "+" in parts else self._simple(parts)

    def _simple(self, term: str) -> Found | None:
        number = self._segment.term(term)
        if number < 0:
            return None
        postings = self._segment.postings
        freqs = zip(postings.docs(number), postings.freqs(number, self._column), strict=True)
        having = {doc: freq for doc, freq in freqs if freq}
        spans = (lambda doc: self._spans(number, doc)) if self._has_order else None
        return Found([*having], [*having.values()], spans) if having else None

    def _spans(self, number: int, doc: int) -> Spans:
        return [(start, end) for start, end, _ in self._segment.postings.occurrences(number, doc, self._column)]

    def _compound(self, parts: list[str], joined: str) -> Found | None:
        """Parts side by side, or one term for all of them; where no order is kept only that."""
        whole = self._simple(joined) if joined else None
        if not self._has_order:
            return whole
        rows = [row for part in parts if (row := self._simple(part))]
        spans = {doc: {*whole.spans(doc)} for doc in whole.docs} if whole and whole.spans else {}
        if len(rows) == len(parts):
            for doc in set.intersection(*({*row.docs} for row in rows)):
                spans.setdefault(doc, set()).update(_side_by_side([row.spans(doc) for row in rows if row.spans]))
        return _found({doc: sorted(spans[doc]) for doc in sorted(spans)})


class WrittenTerms:
    """The folded words of a text field that keeps positions."""

    def __init__(self, segment: Segment, column: int) -> None:
        self._segment, self._column = segment, column

    def all_from(self, start: bytes) -> Iterator[bytes]:
        words = self._segment.lexicon.folded
        for number in range(words.starting(_text(start)).start, len(words)):
            word = _bytes(words[number])
            if self.find(word):
                yield word

    def find(self, text: bytes) -> Found | None:
        word, lexicon, postings = _text(text), self._segment.lexicon, self._segment.postings
        number = lexicon.folded.find(word)
        if number < 0:
            return None
        width, terms = lexicon.entries.terms(number)
        first, surfaces = lexicon.surfaces(word)
        spans = {}
        for doc in postings.docs(terms[0][0]):  # every token is in the list of the term at its first position
            places = postings.occurrences(terms[0][0], doc, self._column)
            starts = [start for start, _, surface in places if first <= surface < first + len(surfaces)]
            spans[doc] = _apart(starts, width)
        return _found(spans)


class ColumnTerms:
    """The values of a column as terms, by the field that Whoosh declares it with; listed when they are first asked for."""

    def __init__(self, field: FieldType, values: Callable[[], Values]) -> None:
        self._field, self.values = field, values

    @cached_property
    def _docs(self) -> dict[bytes, list[int]]:
        found: dict[bytes, list[int]] = {}
        for doc, value in self.values():
            for term, *_ in self._field.index(value):
                found.setdefault(term, []).append(doc)
        return {term: found[term] for term in sorted(found)}

    @cached_property
    def _sorted(self) -> list[bytes]:
        return [*self._docs]

    def all_from(self, start: bytes) -> Iterator[bytes]:
        return iter(self._sorted[bisect_left(self._sorted, start) :])

    def find(self, text: bytes) -> Found | None:
        docs = self._docs.get(text)
        return Found(docs, [1] * len(docs), None) if docs else None


def _found(spans: dict[int, Spans]) -> Found | None:
    having = {doc: places for doc, places in spans.items() if places}
    return Found([*having], [*map(len, having.values())], having.__getitem__) if having else None


def _side_by_side(rows: list[Spans]) -> Iterable[tuple[int, int]]:
    found = rows[0]
    for row in rows[1:]:
        found = [(start, end) for start, middle in found for begin, end in row if begin == middle]
    return found


def _apart(starts: list[int], width: int) -> Spans:
    """A token that has its first term again (door-to-door) begins only once."""
    found: Spans = []
    for start in starts:
        if not found or start >= found[-1][1]:
            found.append((start, start + width))
    return found


def _text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# ---- the values of columns


def keys(segment: Segment) -> Values:
    return ((doc, segment.keys[doc]) for doc in range(segment.doc_count))


def days(segment: Segment) -> Values:
    starts = enumerate(segment.date_starts)
    return ((doc, datetime.combine(date.fromordinal(start), time())) for doc, start in starts if start)


def keywords(segment: Segment, name: str) -> Values:
    if name in segment.columns.keywords:
        starts, values = segment.columns.values(name)
        for doc in range(segment.doc_count):
            for value in values[starts[doc] : starts[doc + 1]]:
                yield doc, segment.columns.folded(value)


def numbers(segment: Segment, name: str) -> Values:
    if name == WORDS:
        lengths = [lengths for lengths, has_order in zip(segment.lengths, segment.positional, strict=True) if has_order]
        yield from enumerate(map(sum, zip(*lengths, strict=True)))
    elif name in segment.columns.numbers:
        yield from ((doc, number) for doc, number in enumerate(segment.columns.number_values(name)) if number == number)  # noqa: PLR0124 - NaN

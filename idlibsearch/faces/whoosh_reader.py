"""A snapshot as Whoosh reads an index, so that its searchers, matchers, scorers, facets and custom queries run on ours.

``title``, ``body`` and ``entities`` hold terms, and what ``ReportAnalyzer`` makes of a hyphenated word in a question is a term
too; ``spell_title`` and ``spell_body`` hold words as written. A keyword is a folded value, a date the midnight with which it
begins. What stands where is ``whoosh_terms``'s business.
"""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any

from whoosh.columns import ColumnReader, TranslatingColumnReader
from whoosh.fields import Schema
from whoosh.formats import Format
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Span
from whoosh.reading import EmptyReader, IndexReader, MultiReader, TermInfo, TermNotFound
from whoosh.scoring import BaseScorer

from idlibsearch.faces.whoosh_compat import schema_of_snapshot
from idlibsearch.faces.whoosh_terms import AnalysedTerms, ColumnTerms, Found, Terms, WrittenTerms, days, keys, keywords, numbers
from idlibsearch.index.columns import column_name, spellings_of
from idlibsearch.index.segment import Segment
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Report

__all__ = ["IndexReader", "open_reader"]


def open_reader(snapshot: Snapshot) -> IndexReader:
    """A reader over all segments. It can be used as long as the snapshot is open."""
    schema = schema_of_snapshot(snapshot)
    readers = [SegmentReader(snapshot, segment, schema) for segment in snapshot.segments]
    if len(readers) == 1:
        return readers[0]
    return MultiReader(readers, snapshot.manifest.generation) if readers else EmptyReader(schema)


class Postings(ListMatcher):  # type: ignore[misc]  # whoosh asks for inheritance, and has no types
    """The docs of one term, its spans as wide as its tokens."""

    _i: int  # Whoosh's: which of the docs

    def __init__(self, found: Found, reader: SegmentReader, term: tuple[str, bytes], scorer: BaseScorer | None) -> None:
        form = reader.schema[term[0]].format
        weights = [freq * form.field_boost for freq in found.freqs]
        super().__init__(found.docs, weights, format=form, scorer=scorer, term=term)
        self._found, self._reader = found, reader

    def copy(self) -> Postings:
        return copy.copy(self)

    def replace(self, minquality: float = 0) -> Any:
        """There are no blocks whose quality could be known, so ``minquality`` spares nothing."""
        return self if self.is_active() else NullMatcher()

    def supports_block_quality(self) -> bool:
        return False

    def block_min_length(self) -> int:
        """Asked for all the same, of the whole list."""
        return min((self._reader.doc_field_length(doc, self._term[0]) for doc in self._ids), default=0)

    def block_max_length(self) -> int:
        return max((self._reader.doc_field_length(doc, self._term[0]) for doc in self._ids), default=0)

    def skip_to(self, id: int) -> None:
        self._i = max(self._i, bisect_left(self._ids, id))

    def supports(self, astype: str) -> bool:
        return astype in ("frequency", "weight") or (astype == "positions" and self._found.spans is not None)

    def value_as(self, astype: str) -> Any:
        if astype == "positions":
            return [span.start for span in self.spans()]
        return self._found.freqs[self._i] if astype == "frequency" else self.weight()

    def spans(self) -> list[Span]:
        if self._found.spans is None:
            raise ValueError(f"the field {self._term[0]} keeps no positions")
        return [Span(start, end - 1) for start, end in self._found.spans(self.id())]


class Column(ColumnReader):  # type: ignore[misc]
    """A value a doc, in Whoosh's sortable form."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self._sign = 1

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def sort_key(self, docnum: int) -> Any:
        return self._values[docnum] if self._sign > 0 else -self._values[docnum]

    def set_reverse(self) -> None:
        self._sign = -1


class SegmentReader(IndexReader):  # type: ignore[misc]
    """One segment."""

    def __init__(self, snapshot: Snapshot, segment: Segment, schema: Schema) -> None:
        self.schema = schema
        self._generation = snapshot.manifest.generation
        self._segment = segment
        self._deleted = segment.deleted_docs()
        self._columns = {field.name: number for number, field in enumerate(snapshot.ranking.fields) if field.name != "date"}
        self._terms: dict[str, Terms] = {name: self._terms_of(name) for name in sorted(schema.names()) if schema[name].indexed}

    def _terms_of(self, name: str) -> Terms:
        segment, field, text = self._segment, self.schema[name], name.removeprefix("spell_")
        if text in self._columns:
            return (AnalysedTerms if text == name else WrittenTerms)(segment, self._columns[text])
        if name == "key":
            return ColumnTerms(field, lambda: keys(segment))
        if name == "date":
            return ColumnTerms(field, lambda: days(segment))
        return ColumnTerms(field, lambda: (numbers if field.sortable_typecode else keywords)(segment, name))

    def generation(self) -> int:
        return self._generation

    # terms

    def _find(self, fieldname: str, text: str | bytes) -> Found | None:
        if fieldname not in self._terms:
            return None
        return self._terms[fieldname].find(self._text_to_bytes(fieldname, text))

    def _found(self, fieldname: str, text: str | bytes) -> Found:
        found = self._find(fieldname, text)
        if found is None:
            raise TermNotFound((fieldname, text))
        return found

    def __contains__(self, term: tuple[str, str | bytes]) -> bool:
        return self._find(*term) is not None

    def indexed_field_names(self) -> list[str]:
        return [*self._terms]

    def all_terms(self) -> Iterator[tuple[str, bytes]]:
        return ((name, text) for name, terms in self._terms.items() for text in terms.all_from(b""))

    def terms_from(self, fieldname: str, prefix: str | bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of this field only; Whoosh's callers stop where it ends."""
        start = self._text_to_bytes(fieldname, prefix) if prefix else b""
        return ((fieldname, text) for text in self._terms[fieldname].all_from(start))

    def postings(self, fieldname: str, text: str | bytes, scorer: BaseScorer | None = None) -> Postings:
        found = self._found(fieldname, text)
        if self._deleted:
            live = {doc: freq for doc, freq in zip(found.docs, found.freqs, strict=True) if doc not in self._deleted}
            found = Found([*live], [*live.values()], found.spans)
        return Postings(found, self, (fieldname, self._text_to_bytes(fieldname, text)), scorer)

    def term_info(self, fieldname: str, text: str | bytes) -> TermInfo:
        found = self._found(fieldname, text)
        lengths = [self.doc_field_length(doc, fieldname) for doc in found.docs]
        boost = self.schema[fieldname].format.field_boost
        weights = sum(found.freqs) * boost, max(found.freqs) * boost
        return TermInfo(
            weights[0], len(found.docs), min(lengths), max(lengths), weights[1], minid=found.docs[0], maxid=found.docs[-1]
        )

    def frequency(self, fieldname: str, text: str | bytes) -> float:
        """How often a term stands in a field altogether, times the boost of the field, as in Whoosh's own readers."""
        found = self._find(fieldname, text)
        return sum(found.freqs) * self.schema[fieldname].format.field_boost if found else 0

    def doc_frequency(self, fieldname: str, text: str | bytes) -> int:
        found = self._find(fieldname, text)
        return len(found.docs) if found else 0

    # docs

    def has_deletions(self) -> bool:
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def doc_count_all(self) -> int:
        return self._segment.doc_count

    def doc_count(self) -> int:
        return self._segment.doc_count - len(self._deleted)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """What a report has of the stored fields; of its keywords all spellings."""
        report = self._segment.stored(docnum)
        assert isinstance(report, Report)  # indexes of other schemas have no reader
        plain = {name: getattr(report, name) for name in ("key", "title", "body", "url", "provenance")}
        day = {} if report.date is None else {"date": datetime.combine(report.date.start, time())}
        numbers = {column_name(name): number for name, number in report.numbers.items()}
        found = plain | day | numbers | {name: ", ".join(values) for name, values in spellings_of(report).items()}
        return {name: value for name, value in found.items() if value not in ("", None)}

    def _lengths(self, fieldname: str) -> Sequence[int]:
        column = self._columns.get(fieldname.removeprefix("spell_"))
        return self._segment.lengths[column] if column is not None else [0] * self._segment.doc_count

    def field_length(self, fieldname: str) -> int:
        return sum(self._lengths(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        return min(self._lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        return max(self._lengths(fieldname), default=0)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return self._lengths(fieldname)[docnum] or default

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        return False

    def vector(self, docnum: int, fieldname: str, format_: Format | None = None) -> Any:
        raise KeyError(f"no vectors are kept, also none of the field {fieldname}")

    # columns

    def has_column(self, fieldname: str) -> bool:
        return isinstance(self._terms.get(fieldname), ColumnTerms)

    def column_reader(self, fieldname: str, column: Any = None, reverse: bool = False, translate: bool = True) -> Any:
        """The first value of each doc, or what Whoosh takes where there is none."""
        field, terms = self.schema[fieldname], self._terms[fieldname]
        assert isinstance(terms, ColumnTerms)
        first: dict[int, Any] = {}
        for doc, value in terms.values():
            first.setdefault(doc, field.to_column_value(value))
        nothing = (column or field.column_type).default_value()
        reader = Column([first.get(doc, nothing) for doc in range(self._segment.doc_count)])
        if reverse:
            reader.set_reverse()
        return TranslatingColumnReader(reader, field.from_column_value) if translate else reader

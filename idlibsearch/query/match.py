"""Runs a plan over one segment: which docs match, what they score, and where the matching words stand.

The first form: plain Python over the mapped arrays, every posting of every word read. Spans are (start, end) in positions,
end exclusive.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from idlibsearch.index.postings import PostingList
from idlibsearch.index.segment import Segment
from idlibsearch.query.plan import All, Between, Having, Kept, Leaf, Some, Step, Unit
from idlibsearch.query.rank import saturated
from idlibsearch.query.restrict import docs_of

Scores = dict[int, float]
Spans = list[tuple[int, int]]
Marks = dict[int, set[tuple[int, int]]]  # column -> the spans that take part in the match


class Matcher:
    """Matches plans against a segment; ``means`` are the collection's mean field lengths, in column order."""

    def __init__(self, segment: Segment, means: tuple[float, ...]) -> None:
        self._segment = segment
        self._means = means
        self._lists: dict[str, PostingList | None] = {}
        self._picked: dict[Between | Having, Sequence[int]] = {}
        self._deleted = segment.deleted_docs()

    def scores(self, step: Step) -> Scores:
        """The live docs that match, with their scores."""
        return {doc: score for doc, score in self._run(step).items() if doc not in self._deleted}

    def _run(self, step: Step) -> Scores:
        match step:
            case Leaf():
                return {doc: step.idf * self._saturated(doc, freqs) for doc, freqs in self._freqs(step).items()}
            case Between() | Having():
                return dict.fromkeys(self._picked_docs(step), 0.0)
            case Kept():
                kept = self._run(step.restriction)
                return {doc: score for doc, score in self._run(step.wanted).items() if doc in kept}
            case All():
                return self._all(step)
            case Some():
                scores: Scores = {}
                for child in step.children:
                    for doc, score in self._run(child).items():
                        scores[doc] = scores.get(doc, 0.0) + score
                return scores

    def _picked_docs(self, step: Between | Having) -> Sequence[int]:
        if step not in self._picked:
            self._picked[step] = docs_of(step, self._segment)
        return self._picked[step]

    def _all(self, step: All) -> Scores:
        scores: Scores = dict.fromkeys(range(self._segment.doc_count), 0.0)
        for number, child in enumerate(step.wanted):
            found = self._run(child)
            scores = {doc: scores[doc] + score for doc, score in found.items() if doc in scores} if number else found
        for child in step.unwanted:
            excluded = self._run(child)
            scores = {doc: score for doc, score in scores.items() if doc not in excluded}
        return scores

    def _saturated(self, doc: int, freqs: tuple[int, ...]) -> float:
        lengths = [column[doc] for column in self._segment.lengths]
        return saturated(self._segment.ranking, freqs, lengths, self._means)

    def _freqs(self, leaf: Leaf) -> dict[int, tuple[int, ...]]:
        """The docs that have a leaf in one of its columns, each with its frequency in every column."""
        columns = range(len(self._means))
        term = leaf.single_term
        if term is None:
            rows = (
                (doc, tuple(self._count(leaf, doc, c) if c in leaf.columns else 0 for c in columns)) for doc in self._docs(leaf)
            )
        else:
            postings = self._list(term)
            if postings is None:
                return {}
            freqs = [postings.freqs[c] if c in leaf.columns else bytes(len(postings.docs)) for c in columns]
            rows = ((doc, row) for doc, *row in zip(postings.docs, *freqs, strict=True))  # type: ignore[misc]
        return {doc: tuple(row) for doc, row in rows if any(row)}

    def _list(self, term: str) -> PostingList | None:
        if term not in self._lists:
            self._lists[term] = self._segment.posting_list(term)
        return self._lists[term]

    def _docs(self, leaf: Leaf) -> Iterable[int]:
        """Docs that have some form of every unit: what a sequence can be in."""
        docs: set[int] | None = None
        for unit in leaf.units:
            having = set.intersection(*(self._docs_of(part) for part in unit.parts))
            having |= self._docs_of(unit.joined) if unit.joined else set()
            docs = having if docs is None else docs & having
        return sorted(docs or ())

    def _docs_of(self, term: str) -> set[int]:
        postings = self._list(term)
        return set(postings.docs) if postings else set()

    def _count(self, leaf: Leaf, doc: int, column: int) -> int:
        """How often a leaf stands in a field of a doc. Where no positions are kept only a joined form can be seen."""
        if self._segment.positional[column]:
            return len({start for start, _ in self._leaf_spans(leaf, doc, column)})
        joined = leaf.units[0].joined if len(leaf.units) == 1 else None
        return self._freq(joined, doc, column) if joined else 0

    def _freq(self, term: str, doc: int, column: int) -> int:
        postings = self._list(term)
        at = _find(postings, doc) if postings else None
        return postings.freqs[column][at] if postings and at is not None else 0

    def _leaf_spans(self, leaf: Leaf, doc: int, column: int) -> Spans:
        spans = self._unit_spans(leaf.units[0], doc, column)
        for unit in leaf.units[1:]:
            spans = _chained(spans, self._unit_spans(unit, doc, column))
        return spans

    def _unit_spans(self, unit: Unit, doc: int, column: int) -> Spans:
        spans = self._term_spans(unit.parts[0], doc, column)
        for part in unit.parts[1:]:
            spans = _chained(spans, self._term_spans(part, doc, column))
        if unit.joined:
            spans = sorted({*spans, *self._term_spans(unit.joined, doc, column)})
        return spans

    def _term_spans(self, term: str, doc: int, column: int) -> Spans:
        postings = self._list(term)
        at = _find(postings, doc) if postings else None
        if postings is None or at is None:
            return []
        number = self._segment.lexicon.terms.find(term) or 0
        width = self._segment.lexicon.width
        places = ((postings.positions[i], postings.surfaces[i]) for i in postings.place(at, column))
        return [(start, start + width(surface, number)) for start, surface in places]

    def marks(self, step: Step, doc: int) -> Marks | None:
        """The spans of a doc that take part in the match; None where it does not match."""
        match step:
            case Leaf():
                return self._leaf_marks(step, doc)
            case Between() | Having():
                docs = self._picked_docs(step)
                at = bisect_left(docs, doc)
                return {} if at < len(docs) and docs[at] == doc else None
            case Kept():
                return self.marks(step.wanted, doc)
            case All():
                if any(self.marks(child, doc) is not None for child in step.unwanted):
                    return None
                parts = [self.marks(child, doc) for child in step.wanted]
                return None if None in parts else _united(parts)
            case Some():
                parts = [self.marks(child, doc) for child in step.children]
                return None if all(part is None for part in parts) else _united(parts)

    def _leaf_marks(self, leaf: Leaf, doc: int) -> Marks | None:
        if not any(self._count(leaf, doc, column) for column in leaf.columns) and not self._has_single(leaf, doc):
            return None
        spans = {column: set(self._leaf_spans(leaf, doc, column)) for column in leaf.columns if self._segment.positional[column]}
        return {column: found for column, found in spans.items() if found}

    def _has_single(self, leaf: Leaf, doc: int) -> bool:
        term = leaf.single_term
        return term is not None and any(self._freq(term, doc, column) for column in leaf.columns)


def _find(postings: PostingList, doc: int) -> int | None:
    at = bisect_left(postings.docs, doc)
    return at if at < len(postings.docs) and postings.docs[at] == doc else None


def _chained(left: Spans, right: Spans) -> Spans:
    """Spans of a left one with a right one directly behind it."""
    ends_of: dict[int, set[int]] = {}
    for start, end in right:
        ends_of.setdefault(start, set()).add(end)
    return sorted({(start, far) for start, end in left for far in ends_of.get(end, ())})


def _united(parts: Iterable[Marks | None]) -> Marks:
    union: Marks = {}
    for part in parts:
        for column, spans in (part or {}).items():
            union.setdefault(column, set()).update(spans)
    return union

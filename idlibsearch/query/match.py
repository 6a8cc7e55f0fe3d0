"""Runs a plan over one segment: which docs match, what they score, and where the matching words stand.

The first form: plain Python over the mapped arrays, every posting of every word read. Spans are (start, end) in positions,
end exclusive.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from idlibsearch.index.postings import PostingList
from idlibsearch.index.segment import Segment
from idlibsearch.query.plan import All, Between, Chosen, Having, Leaf, Plus, Some, Step, Times, Unit, Where
from idlibsearch.query.rank import saturated

Scores = dict[int, float]
Spans = list[tuple[int, int]]
Marks = dict[int, set[tuple[int, int]]]  # column -> the spans that take part in the match


class Matcher:
    """Matches plans against a segment; ``means`` are the collection's mean field lengths, in column order."""

    def __init__(self, segment: Segment, means: tuple[float, ...]) -> None:
        self._segment = segment
        self._means = means
        self._lists: dict[str, PostingList | None] = {}
        self._deleted = segment.deleted_docs()

    def scores(self, step: Step) -> Scores:
        """The live docs that match, with their scores."""
        return {doc: score for doc, score in self._run(step).items() if doc not in self._deleted}

    def _run(self, step: Step) -> Scores:  # noqa: PLR0911  # one line a kind of step
        match step:
            case Leaf():
                return {doc: step.idf * self._saturated(doc, freqs) for doc, freqs in self._freqs(step).items()}
            case Between():
                starts, ends = self._segment.date_starts, self._segment.date_ends
                docs = range(self._segment.doc_count)
                return {doc: 0.0 for doc in docs if starts[doc] and step.start <= starts[doc] and ends[doc] <= step.end}
            case Having():
                return {doc: 0.0 for doc in range(self._segment.doc_count) if self._has(step, doc)}
            case All():
                return self._all(step)
            case Some():
                scores: Scores = {}
                for child in step.children:
                    for doc, score in self._run(child).items():
                        scores[doc] = scores.get(doc, 0.0) + score
                return scores
            case Times():
                return {doc: score * step.factor for doc, score in self._run(step.child).items()}
            case Plus():
                return self._plus(step)
            case Where():
                others = [self._run(required) for required in step.required]
                return {doc: score for doc, score in self._run(step.child).items() if all(doc in other for other in others)}

    def _plus(self, step: Plus) -> Scores:
        scores = dict(self._run(step.child))
        for option in step.options:
            for doc, score in self._run(option).items():
                if doc in scores:
                    scores[doc] += score
        return scores

    def _has(self, step: Having, doc: int) -> bool:
        return any(self._segment.lengths[column][doc] for column in step.columns)

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
        term, unit = leaf.single_term, leaf.units[0]
        if isinstance(unit, Chosen) and len(leaf.units) == 1:
            found = unit.found[self._segment].freqs.items()
            rows = ((doc, tuple(freq if c in leaf.columns else 0 for c, freq in enumerate(row))) for doc, row in found)
        elif term is None:
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
            having = self._unit_docs(unit)
            docs = having if docs is None else docs & having
        return sorted(docs or ())

    def _unit_docs(self, unit: Unit | Chosen) -> set[int]:
        if isinstance(unit, Chosen):
            return set(unit.found[self._segment].freqs)
        having = set.intersection(*(self._docs_of(part) for part in unit.parts))
        return having | self._docs_of(unit.joined) if unit.joined else having

    def _docs_of(self, term: str) -> set[int]:
        postings = self._list(term)
        return set(postings.docs) if postings else set()

    def _count(self, leaf: Leaf, doc: int, column: int) -> int:
        """How often a leaf stands in a field of a doc. Where no positions are kept only a joined form can be seen."""
        if self._segment.positional[column]:
            return len({start for start, _ in self._leaf_spans(leaf, doc, column)})
        unit = leaf.units[0]
        joined = None if len(leaf.units) > 1 or isinstance(unit, Chosen) else unit.joined
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

    def _unit_spans(self, unit: Unit | Chosen, doc: int, column: int) -> Spans:
        if isinstance(unit, Chosen):
            return unit.found[self._segment].spans(doc, column)
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

    def marks(self, step: Step, doc: int) -> Marks | None:  # noqa: PLR0911  # one line a kind of step
        """The spans of a doc that take part in the match; None where it does not match."""
        match step:
            case Leaf():
                return self._leaf_marks(step, doc)
            case Between():
                start, end = self._segment.date_starts[doc], self._segment.date_ends[doc]
                return {} if start and step.start <= start and end <= step.end else None
            case Having():
                return {} if self._has(step, doc) else None
            case Times():
                return self.marks(step.child, doc)
            case Plus():
                return self._branch_marks(step.child, (), step.options, doc)
            case Where():
                return self._branch_marks(step.child, step.required, (), doc)
            case All():
                if any(self.marks(child, doc) is not None for child in step.unwanted):
                    return None
                parts = [self.marks(child, doc) for child in step.wanted]
                return None if None in parts else _united(parts)
            case Some():
                parts = [self.marks(child, doc) for child in step.children]
                return None if all(part is None for part in parts) else _united(parts)

    def _branch_marks(self, child: Step, required: Sequence[Step], options: Sequence[Step], doc: int) -> Marks | None:
        needed = [self.marks(step, doc) for step in (child, *required)]
        return None if None in needed else _united([*needed, *(self.marks(step, doc) for step in options)])

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

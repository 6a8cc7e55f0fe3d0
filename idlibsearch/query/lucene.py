"""Lucene's scores: its BM25 of each field, added up, or of all fields as one (``CombinedFieldQuery``), to compare with its own.

A word is asked for in each field by itself, with that field's counts, as by a Boolean query of optional clauses: weight * idf *
freq / (freq + k1 * (1 - b + b * length / mean length)), lengths as one byte keeps them, in single precision as BM25Similarity
of Lucene 10 reckons. Combined, the frequencies and lengths of the fields are added first, each by its weight, n is the largest of
the fields' and N likewise. What Lucene scores otherwise or not at all stays ours: see docs/relevance.md.

Frequencies come from the kernels that score by BM25F, told to count; ``lucene_kernel`` makes scores of them.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from idlibsearch.errors import KernelError
from idlibsearch.index.fields import LUCENE, Ranking
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.rank import idf
from idlibsearch.query.steps import All, Chosen, Fading, Kept, Leaf, Placed, Plus, Some, Step, Term, Times, Unit, Where

try:
    from idlibsearch.query import lists, lucene_kernel
except ImportError as error:
    raise KernelError("idlibsearch.query.lucene_kernel") from error

LATE = math.ldexp(1.0, 100)  # tf / (k1 + tf) for a k1 so large, times the same, is tf to the last bit


class Statistics(NamedTuple):
    """Of some fields: how many docs have them, and their mean length (rounded to single precision)."""

    docs: int
    mean: float


def single(number: float) -> float:
    """Rounded to single precision."""
    return array("f", [number])[0]


def idf_of(frequency: int, docs: int) -> float:
    """Lucene's idf, in single precision; ``rank.idf`` is the same in double."""
    return single(idf(frequency, docs))


def statistics(snapshot: Snapshot, columns: Sequence[int]) -> Statistics:
    """Of one field, or of several as one."""
    ranking = snapshot.ranking
    sums = [[segment.length_sums[column] for segment in snapshot.segments] for column in columns]
    docs = max((sum(docs for _, docs in each) for each in sums), default=0)
    weights = [weight_of_length(ranking, column) for column in columns]
    total = sum(weight * sum(length for length, _ in each) for weight, each in zip(weights, sums, strict=True))
    return Statistics(docs, single(math.floor(total) / docs) if docs else 1.0)


def weight_of_length(ranking: Ranking, column: int) -> float:
    """How much a field counts in the length: its weight where fields are combined, else it is alone."""
    return 1.0 if ranking.formula == LUCENE else ranking.fields[column].weight


def boost_of(ranking: Ranking, step: Leaf | Placed) -> float:
    """The weight of the field where that is alone; fields that are combined have theirs in the frequency."""
    return single(ranking.fields[step.columns[0]].weight) if ranking.formula == LUCENE else 1.0


def weight_of(ranking: Ranking, step: Leaf | Placed) -> float:
    """What a step can score at most."""
    return single(boost_of(ranking, step) * single(step.idf))


def numbers_of(ranking: Ranking, step: Leaf | Placed) -> tuple[float, float]:
    """k1, and the b of its fields."""
    return ranking.k1, ranking.fields[step.columns[0]].b


def inverse(k1: float, b: float, length: float, mean: float) -> float:
    """1 / (k1 * (1 - b + b * length / mean)) of numbers of single precision, as the kernel has it."""
    norm = single(k1 * single(single(1.0 - b) + single(single(b * length) / mean)))
    return single(1.0 / norm) if norm else math.inf


def gain(weight: float, freq: float, norm: float) -> float:
    """weight - weight / (1 + freq * norm), likewise."""
    return single(weight - single(weight / single(1.0 + single(single(freq) * norm))))


# ---- the plan


def by_formula(step: Step, snapshot: Snapshot) -> Step:  # noqa: PLR0911 - a line a kind of step
    """A plan whose words are worth what they are by the formula of the snapshot: split into fields, or with other idfs."""
    match step:
        case Leaf():
            return _Fields(snapshot).leaf(step)
        case Placed():
            return _Fields(snapshot).placed(step)
        case All():
            return step._replace(wanted=_each(step.wanted, snapshot))
        case Some():
            return step._replace(children=_each(step.children, snapshot))
        case Plus():
            return Plus(by_formula(step.child, snapshot), _each(step.options, snapshot))
        case Where() | Times() | Fading():
            return step._replace(child=by_formula(step.child, snapshot))
        case Kept():
            return step._replace(wanted=by_formula(step.wanted, snapshot))
        case _:
            return step


def _each(steps: Sequence[Step], snapshot: Snapshot) -> tuple[Step, ...]:
    return tuple([by_formula(step, snapshot) for step in steps])


class _Fields:
    """Splits what is asked for in several fields, or counts them as one."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._alone = snapshot.ranking.formula == LUCENE

    def leaf(self, leaf: Leaf) -> Step:
        """Its fields that have all of its words, each with their idf there; as it is where none has (it matches nothing)."""
        if not self._alone:
            return leaf._replace(idf=self._idf(leaf, leaf.columns))
        having = [c for c in leaf.columns if all(self._is_in(unit, c) for unit in leaf.units)]
        found = [leaf._replace(columns=(c,), idf=self._idf(leaf, (c,))) for c in having]
        return Some(tuple(found)) if len(found) > 1 else (found or [leaf])[0]

    def placed(self, placed: Placed) -> Step:
        """Nearness in each field, with our idf: Lucene scores it by another measure."""
        if not self._alone or len(placed.columns) == 1:
            return placed._replace(idf=single(placed.idf))
        found = [placed._replace(columns=(c,), idf=single(placed.idf), at_least=1) for c in placed.columns]
        return Some(tuple(found)) if placed.at_least == 1 else Where(Some(tuple(found)), (placed,))

    def _idf(self, leaf: Leaf, columns: tuple[int, ...]) -> float:
        """The sum of its words', each counted in the field that has most of it."""
        docs = statistics(self._snapshot, columns).docs
        return single(sum([self._worth(unit, columns, docs) for unit in leaf.units]))

    def _worth(self, unit: Unit | Chosen, columns: tuple[int, ...], docs: int) -> float:
        """Of one word; a compound's is that of its joined form where a field has that, else of its parts (as in ``plan``)."""
        if isinstance(unit, Chosen):
            return idf_of(max(_chosen_in(unit, column) for column in columns), docs)
        joined = self._most(unit.joined, columns) if unit.joined else 0
        return sum(
            [idf_of(count, docs) for count in ([joined] if joined else [self._most(part, columns) for part in unit.parts])]
        )

    def _is_in(self, unit: Unit | Chosen, column: int) -> bool:
        if isinstance(unit, Chosen):
            return _chosen_in(unit, column) > 0
        return all(self._frequency(part, column) for part in unit.parts) or bool(
            unit.joined and self._frequency(unit.joined, column)
        )

    def _most(self, term: Term, columns: Sequence[int]) -> int:
        return max(self._frequency(term, column) for column in columns)

    def _frequency(self, term: Term, column: int) -> int:
        numbers = zip(self._snapshot.segments, term, strict=True)
        return sum(segment.postings.count_in(number, column) for segment, number in numbers if number >= 0)


def _chosen_in(chosen: Chosen, column: int) -> int:
    """How many docs have any of some spellings in a field."""
    return sum(spelled.frequency((column,)) for spelled in chosen.found.values())


# ---- scores


class Lucene:
    """Scores a segment of a snapshot, the one of this number."""

    def __init__(self, snapshot: Snapshot, number: int) -> None:
        self._snapshot, self._ranking = snapshot, snapshot.ranking
        self._lengths = snapshot.segments[number].file.array("lengths")
        self._zeros, self._ones = array("d", [0.0] * len(self._ranking.fields)), array("d", [1.0] * len(self._ranking.fields))

    def counting(self, columns: Sequence[int]) -> tuple[float, array[float], array[float], array[float], float]:
        """What makes kernels of BM25F give frequencies, each field's by its weight where they are combined."""
        return LATE, self.weights(columns), self._zeros, self._ones, LATE

    def weights(self, columns: Sequence[int]) -> array[float]:
        """Of all fields in the frequency and in the length, 0 of those that do not count."""
        count = range(len(self._ranking.fields))
        return array("d", [weight_of_length(self._ranking, c) if c in columns else 0.0 for c in count])

    def scored(self, step: Leaf | Placed, docs: memoryview[int], freqs: memoryview[float]) -> lists.Scored:
        """The scores of docs that have something so often. Of several fields that should be alone nobody asks the score."""
        if self._ranking.formula == LUCENE and len(step.columns) > 1:
            return docs, freqs
        found = statistics(self._snapshot, step.columns)
        numbers = weight_of(self._ranking, step), *numbers_of(self._ranking, step), found.mean
        return docs, lucene_kernel.scored(docs, freqs, self._lengths, self.weights(step.columns), *numbers)

    def length(self, step: Leaf | Placed, doc: int) -> int:
        """Of a doc, over the fields of a step, as a byte keeps it."""
        return lucene_kernel.combined(self._lengths, self.weights(step.columns), doc)

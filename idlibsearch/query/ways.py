"""The best hits by score: which way leads to them in each segment.

Words joined by AND or OR, and a phrase alone, have kernels that score no more docs than they must; what only restricts them
(dates, columns, filters, NOT) is made a set of docs beforehand; nearness alone reads positions only where that can matter. All
else is matched in full, and so is everything where scores are not BM25F's, whose bounds these kernels know. All ways give the
same scores.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from idlibsearch.errors import KernelError
from idlibsearch.index.fields import BM25F
from idlibsearch.query.found import Found
from idlibsearch.query.limits import LateError
from idlibsearch.query.order import Scored
from idlibsearch.query.steps import (
    All,
    Between,
    Chosen,
    Filled,
    Having,
    Kept,
    Leaf,
    Mentioned,
    Placed,
    Some,
    Step,
    Term,
    Times,
    Where,
)

try:
    from idlibsearch.query import docsets, lists, phrases, topk
except ImportError as error:
    raise KernelError("idlibsearch.query.topk") from error

SPARE = 8  # docs beyond those wanted, so that the last of them scores less than those, and not only by a rounding
FEW = 1000  # where more are wanted, scoring them twice would take longer than scoring all once
CLOSE = 1e-9  # scores that differ by less in proportion may be the same, but for how they were rounded
RARE = 16  # looking a doc up in a list costs about as much as passing over so many of its postings


class Words(NamedTuple):
    """A plan that is words, of which ``every`` one or any must match, or one phrase; in docs of ``kept``, not of ``left_out``."""

    leaves: tuple[Leaf, ...]
    every: bool
    kept: tuple[Step, ...] = ()
    left_out: tuple[Step, ...] = ()


def words_of(plan: Step) -> Words | None:
    """The plan as words or a phrase, if it is nothing else."""
    kept: tuple[Step, ...] = ()
    while isinstance(plan, Kept | Where):
        kept += (plan.restriction,) if isinstance(plan, Kept) else plan.required
        plan = plan.wanted if isinstance(plan, Kept) else plan.child
    if isinstance(plan, Some):
        return _checked(Words(_leaves(plan.children), False, kept), len(plan.children))
    if isinstance(plan, All):
        picks = tuple([step for step in plan.wanted if isinstance(step, Between | Having | Mentioned | Filled)])
        words = Words(_leaves(plan.wanted), True, kept + picks, plan.unwanted)
        return _checked(words, len(plan.wanted) - len(picks))
    return _checked(Words(_leaves((plan,)), True, kept), 1)


def _leaves(steps: Sequence[Step]) -> tuple[Leaf, ...]:
    return tuple([step for step in steps if isinstance(step, Leaf)])


def _checked(words: Words, count: int) -> Words | None:
    """None where there are others beside the leaves, or leaves that are neither words nor a phrase alone."""
    if not words.leaves or len(words.leaves) < count:
        return None
    if all(leaf.single_term is not None for leaf in words.leaves):
        return words
    return words if count == 1 and _is_plain_phrase(words.leaves[0]) else None


def _is_plain_phrase(leaf: Leaf) -> bool:
    """Are all its words written in one way only?"""
    return not any(isinstance(unit, Chosen) or unit.joined for unit in leaf.units)


def best_hits(found: Found, count: int) -> list[Scored]:
    """The best of all segments; each is held to beat what the ones before it gave.

    Where the time is up LateError is raised, or the best found until then are returned if that is allowed, and ``found`` says so.
    """
    words = words_of(found.plan)
    ranked: list[Scored] = []
    for number in range(len(found.snapshot.segments)):
        floor = ranked[count - 1].score if 0 < count <= len(ranked) else -1.0
        try:
            pairs = _best_of_segment(found, number, words, count, floor)
        except LateError as late:
            found.is_partial, pairs = found.allows_partial, late.found
            if not found.is_partial:
                raise
        better = [Scored(score, number, doc) for score, doc in pairs]
        ranked = (sorted(ranked + better, key=_by_score) if ranked else better)[:count]
        if found.is_partial:
            break
    return ranked


def _by_score(hit: Scored) -> float:
    return -hit.score


def _best_of_segment(found: Found, number: int, words: Words | None, count: int, floor: float) -> Sequence[tuple[float, int]]:
    pairs = _by_bounds(found, number, words, count, floor) if found.snapshot.ranking.formula == BM25F else None
    if pairs is None:
        pairs = lists.best(found.snapshot.segments[number].postings, *found.lists[number], count, floor)
    return pairs


def _by_bounds(found: Found, number: int, words: Words | None, count: int, floor: float) -> Sequence[tuple[float, int]] | None:
    """The best of a segment by a kernel that does not score them all; None where there is none for the plan."""
    if isinstance(found.plan, Placed):
        return found.matchers[number].best(found.plan, count, floor)
    return _best_of_words(found, number, words, count, floor) if words else _best_of_weighted(found, number, count, floor)


def _best_of_words(found: Found, number: int, words: Words, count: int, floor: float) -> Sequence[tuple[float, int]] | None:
    """The best of a segment; None where few enough docs are left to look each of them up."""
    there = [(term[number], leaf.idf, leaf.columns) for leaf in words.leaves if (term := leaf.single_term) and term[number] >= 0]
    phrase = () if words.leaves[0].single_term else _terms(words.leaves[0], number)
    if (words.every and len(there) + bool(phrase) < len(words.leaves)) or not (there or phrase):
        return ()
    among = None
    if words.kept or words.left_out:
        among = _among(found, number, words)
        postings = found.snapshot.segments[number].postings
        counts = [postings.count(term) for term in phrase or [term for term, _, _ in there]]
        if RARE * docsets.size(among) < (min(counts) if words.every else sum(counts)):
            return None
    rest = (*found.snapshot.normalisation, found.snapshot.ranking.k1, count, floor)
    reader, weights = found.snapshot.segments[number].postings, found.snapshot.weights
    if not phrase:
        return topk.best(reader, there, weights, *rest, words.every, among, found.deadline.end_ns)
    columns = words.leaves[0].columns
    weights = array("d", [weight if c in columns else 0.0 for c, weight in enumerate(weights)])
    return phrases.best(reader, array("I", phrase), words.leaves[0].idf, weights, *rest, among, found.deadline.end_ns)


def _best_of_weighted(found: Found, number: int, count: int, floor: float) -> Sequence[tuple[float, int]] | None:
    """The best of any of some words that weigh differently; None for other plans, and where scores are too close to be sure.

    The kernel multiplies a word's idf by its weight, where a score is multiplied by it: the same but for the last bits. So a few
    more docs than wanted are found that way, and scored as they are to be.
    """
    words = _weighted(found.plan)
    if not words or not 0 < count <= FEW:
        return None
    postings, ranking = found.snapshot.segments[number].postings, found.snapshot.ranking
    there = [(term[number], leaf.idf * weight, leaf.columns) for leaf, term, weight in words if term[number] >= 0]
    rest = (*found.snapshot.normalisation, ranking.k1, count + SPARE, floor * (1 - CLOSE), False, None, found.deadline.end_ns)
    near = topk.best(postings, there, found.snapshot.weights, *rest)
    docs = array("I", sorted(doc for _, doc in near))
    scored = zip(found.matchers[number].scores(found.plan, memoryview(docs)), docs, strict=True)
    best = sorted((pair for pair in scored if pair[0] > floor), key=_by_score_and_doc)[:count]
    is_sure = len(near) < count + SPARE or (len(best) == count and near[-1][0] * (1 + CLOSE) < best[-1][0])
    return best if is_sure else None


def _by_score_and_doc(pair: tuple[float, int]) -> tuple[float, int]:
    return -pair[0], pair[1]


def _weighted(plan: Step) -> list[tuple[Leaf, Term, float]]:
    """The words of a plan that is any of some, and their weights; none for other plans."""
    found = []
    for step in plan.children if isinstance(plan, Some) else ():
        leaf, weight = (step.child, step.factor) if isinstance(step, Times) else (step, 1.0)
        if not isinstance(leaf, Leaf) or leaf.single_term is None or weight <= 0:
            return []
        found.append((leaf, leaf.single_term, weight))
    return found


def _terms(phrase: Leaf, segment: int) -> Sequence[int]:
    """The terms of a phrase in a segment; none where one is missing."""
    parts: list[Term] = [term for unit in phrase.units if not isinstance(unit, Chosen) for term in unit.parts]
    numbers = [term[segment] for term in parts]
    return numbers if min(numbers) >= 0 else ()


def _among(found: Found, number: int, words: Words) -> docsets.Docset:
    """The docs that may match."""
    kept = [found.unscored(number).docs(step) for step in words.kept] or [
        docsets.every(found.snapshot.segments[number].doc_count)
    ]
    left_out = [found.unscored(number).docs(step) for step in words.left_out]
    return reduce(docsets.without, left_out, reduce(docsets.both, kept))

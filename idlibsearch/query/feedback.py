"""Further words for a question, from the reports that answer it best: pseudo-relevance feedback, in two ways.

RM3: the relevance model of Lavrenko and Croft ("Relevance-based language models", 2001) mixed with the question (Abdul-Jaleel and
others, "UMass at TREC 2004: Novelty and HARD"): a word of the best reports weighs what part of their words it is, each report
counting by a power of its score. Bo1: a word weighs what it tells by being in the best reports so often, where chance would have
strewn it over all by Bose-Einstein statistics (Amati, "Probability models for information retrieval based on divergence from
randomness", 2003). Of either the words that weigh most are added to the question and share a part of its weight; words
that more than a quarter of all reports have are left out.

Feedback sometimes takes a question elsewhere, and nothing that can be known beforehand was found to tell when
(docs/relevance.md). So it never declines: what it added is shown, and can be struck out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple

from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.function_words import is_function_word
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.errors import QueryError
from idlibsearch.index.fields import kept_text
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.order import Scored
from idlibsearch.query.tree import (
    Analysed,
    And,
    Boosted,
    Dated,
    Every,
    Keyword,
    Maybe,
    Mode,
    Node,
    Not,
    Or,
    Phrase,
    Ranged,
    Require,
)

SHARPNESS = 4  # the relevance model asks for likelihoods, beside which scores are flat: their power of this is taken
COMMON = 0.25  # of all reports: words that more of them have say nothing
LETTERS = 3  # shorter words are left out, and function words
Surfaces = list[tuple[str, int]]  # with how often each stands there


class Added(NamedTuple):
    """A word added to a question: its term, its commonest spelling in the reports it is from, its weight (a typed word: 1)."""

    term: str
    word: str
    weight: float


class Read(NamedTuple):
    """A report that was read: how often it has each term, how many words it has, its score."""

    counts: Counter[str]
    words: int
    score: float


class Method(NamedTuple):
    """The best so many ``reports`` are read; the best so many ``terms`` added, with this ``share`` of the weight of the whole.

    ``weigh``: gives each term of some reports a weight, told a function from a term to how many of all reports have it, and
    how many there are.
    """

    weigh: Callable[[Sequence[Read], Callable[[str], int], int], Mapping[str, float]]
    reports: int
    terms: int
    share: float


def by_model(read: Sequence[Read], _frequency: Callable[[str], int], _docs: int) -> Mapping[str, float]:
    """What part of the reports' words each is, a report counting by its score."""
    weights: dict[str, float] = {}
    for report in read:
        for term, count in report.counts.items():
            weights[term] = weights.get(term, 0.0) + report.score**SHARPNESS * count / report.words
    return weights


def by_divergence(read: Sequence[Read], frequency: Callable[[str], int], docs: int) -> Mapping[str, float]:
    """tf * log2((1 + p) / p) + log2(1 + p) bits: tf times in these reports, p = n / N times in any; n is how many have it.

    Amati has its occurrences in all reports for n, which chose no better words and would mean to read every list.
    """
    counts: Counter[str] = Counter()
    for report in read:
        counts.update(report.counts)
    chances = {term: max(frequency(term), 1) / docs for term in counts}
    return {
        term: tf * math.log2((1 + chances[term]) / chances[term]) + math.log2(1 + chances[term]) for term, tf in counts.items()
    }


METHODS = {"rm3": Method(by_model, 10, 20, 0.3), "bo1": Method(by_divergence, 2, 10, 0.1)}  # cross-validated: docs/relevance.md


def method_of(name: str) -> Method:
    """Raises QueryError where there is no such way to add words."""
    if name not in METHODS:
        message, known = f"there is no way to add words called {name or 'nothing'}", " or ".join(METHODS)
        raise QueryError(name, (0, len(name)), message, f"write {known}")
    return METHODS[name]


def feedback(
    snapshot: Snapshot, best: Sequence[Scored], words: float, method: Method, without: Iterable[str] = ()
) -> tuple[Added, ...]:
    """What to add to a question of so many ``words`` with these ``best`` reports, most weight first; nothing of ``without``."""
    read, surfaces = _read(snapshot, best[: method.reports])
    frequency = lru_cache(maxsize=None)(partial(_frequency, snapshot))
    weights = method.weigh(read, frequency, snapshot.doc_count)
    most = COMMON * snapshot.doc_count
    ranked = sorted((term for term in weights if weights[term] and _may_tell(term)), key=lambda t: (-weights[t], t))
    chosen = list(islice((term for term in ranked if frequency(term) <= most), method.terms))
    scale = method.share / (1.0 - method.share) * words / sum(weights[term] for term in chosen) if chosen else 0.0
    struck = {term for word in without for term in (word, _term_of(word))}
    return tuple(Added(term, _spelling(surfaces[term]), weights[term] * scale) for term in chosen if term not in struck)


def with_added(tree: Node, added: Sequence[Added], mode: Mode) -> Node:
    """The question with words added: as if typed where any may match, else only to score by."""
    further = tuple(Boosted(Analysed(each.term), each.weight) for each in added)
    if not further:
        return tree
    if mode == "any":
        return Or((*(tree.children if isinstance(tree, Or) else (tree,)), *further))
    return Maybe(tree, further)


def weight_of(node: Node) -> float:
    """How many typed words a question weighs."""
    match node:
        case And() | Or():
            return sum(map(weight_of, node.children))
        case Boosted():
            return node.factor * weight_of(node.child)
        case Maybe() | Require():
            return weight_of(node.child)
        case Not() | Dated() | Keyword() | Ranged() | Every():
            return 0.0
        case Phrase():
            return float(len(node.text.split()))
        case _:
            return 1.0


def _read(snapshot: Snapshot, best: Sequence[Scored]) -> tuple[list[Read], dict[str, Surfaces]]:
    """Some reports, and the surfaces that each of their terms has there."""
    read: list[Read] = []
    surfaces: dict[str, Surfaces] = {}
    for hit in best:
        stored = snapshot.segments[hit.segment].documents.read(hit.doc)
        words = Counter(word for field in ("title", "body") for word in _words(kept_text(stored, field)))
        counts: Counter[str] = Counter()
        for word, count in words.items():
            term = _term_of(word)
            if term.isalnum():
                counts[term] += count
                surfaces.setdefault(term, []).append((word, count))
        read.append(Read(counts, words.total(), hit.score))
    return read, surfaces


def _spelling(surfaces: Surfaces) -> str:
    """The commonest of some surfaces, folded."""
    spellings: Counter[str] = Counter()
    for surface, count in surfaces:
        spellings[fold(surface)] += count
    return spellings.most_common(1)[0][0]


def _may_tell(term: str) -> bool:
    return len(term) >= LETTERS and not is_function_word(term)


def _words(text: str) -> list[str]:
    return [text[start:end] for start, end in tokenize(text)]


@lru_cache(maxsize=16_384)  # reports on one matter share their words
def _term_of(word: str) -> str:
    """The term of a word; of one that takes several positions nothing that is a term."""
    entry = analyze_folded(fold(word))
    return entry.terms[0][0] if entry.positions == 1 else "-"


def _frequency(snapshot: Snapshot, term: str) -> int:
    """How many reports have a term."""
    numbers = zip(snapshot.segments, snapshot.term(term), strict=True)
    return sum(segment.postings.count(number) for segment, number in numbers if number >= 0)

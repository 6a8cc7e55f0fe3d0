"""Further words for a question, from the reports that answer it best: RM3 pseudo-relevance feedback.

The relevance model of Lavrenko and Croft ("Relevance-based language models", 2001) mixed with the question (Abdul-Jaleel and
others, "UMass at TREC 2004: Novelty and HARD"): a word of the best reports weighs what part of their words it is, each report
counting by a power of its score; the words that weigh most are added to the question and share a part of its weight. Words that
more than a quarter of all reports have are left out.

Feedback from reports that have little in common takes a question elsewhere. So it declines where the question is not clear: where
the words of its best reports are too much like those of all reports (Cronen-Townsend, Zhou and Croft, "Predicting query
performance", 2002).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.fold import fold
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

REPORTS, TERMS = 10, 20  # the best so many reports are read, the best so many words added
SHARE = 0.3  # of the weight of the mixed question that is the added words'
SHARPNESS = 4  # the model asks for likelihoods, beside which scores are flat: their power of this is taken
COMMON = 0.25  # of all reports: words that more of them have say nothing
LEAST_CLARITY = 0.1  # bits: nearly the words of all reports; no question of the judged sets has so little
LETTERS = 3  # shorter words are left out


class Added(NamedTuple):
    """A word added to a question: its term, its commonest spelling in the reports it is from, its weight (a typed word: 1)."""

    term: str
    word: str
    weight: float


class Feedback(NamedTuple):
    """What the best reports add to a question, most weight first; ``clarity`` in bits. Nothing where that is too little."""

    added: tuple[Added, ...]
    clarity: float


def check_method(name: str) -> None:
    """Raises QueryError where there is no such way to add words."""
    if name != "rm3":
        raise QueryError(name, (0, len(name)), f"there is no way to add words called {name or 'nothing'}", "write rm3")


def feedback(snapshot: Snapshot, best: Sequence[Scored], words: float, without: Iterable[str] = ()) -> Feedback:
    """The words to add to a question that weighs so many ``words`` and has these ``best`` reports; not those of ``without``."""
    weights, spellings = _model(snapshot, best[:REPORTS])
    frequencies = {term: _frequency(snapshot, term) for term in weights}
    clarity = _clarity(weights, frequencies)
    struck = {term for word in without for term in (word, _term_of(fold(word)))}
    telling = {t: w for t, w in weights.items() if frequencies[t] <= COMMON * snapshot.doc_count and len(t) >= LETTERS}
    chosen = sorted(telling, key=lambda term: (-telling[term], term))[:TERMS]
    total = sum(telling[term] for term in chosen)
    if clarity < LEAST_CLARITY or not total:
        return Feedback((), clarity)
    scale = SHARE / (1.0 - SHARE) * words / total
    added = [Added(term, spellings[term].most_common(1)[0][0], telling[term] * scale) for term in chosen if term not in struck]
    return Feedback(tuple(added), clarity)


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


def _model(snapshot: Snapshot, best: Sequence[Scored]) -> tuple[dict[str, float], dict[str, Counter[str]]]:
    """The weight of each term of some reports, and the spellings it has there."""
    weights: dict[str, float] = {}
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    analysed: dict[str, tuple[str, str]] = {}  # of words as they stand, each once
    for hit in best:
        stored = snapshot.segments[hit.segment].documents.read(hit.doc)
        counts = Counter(word for field in ("title", "body") for word in _words(kept_text(stored, field)))
        share = hit.score**SHARPNESS / max(counts.total(), 1)
        for word, count in counts.items():
            if word not in analysed:
                folded = fold(word)
                analysed[word] = folded, _term_of(folded)
            folded, term = analysed[word]
            if term.isalnum():
                weights[term] = weights.get(term, 0.0) + count * share
                spellings[term][folded] += count
    return weights, spellings


def _words(text: str) -> list[str]:
    return [text[start:end] for start, end in tokenize(text)]


def _term_of(folded: str) -> str:
    """The term of a folded word; of one that takes several positions nothing that is a term."""
    entry = analyze_folded(folded)
    return entry.terms[0][0] if entry.positions == 1 else "-"


def _frequency(snapshot: Snapshot, term: str) -> int:
    """How many reports have a term."""
    numbers = zip(snapshot.segments, snapshot.term(term), strict=True)
    return sum(segment.postings.count(number) for segment, number in numbers if number >= 0)


def _clarity(weights: dict[str, float], frequencies: dict[str, int]) -> float:
    """How far the words of some reports are from those of all, in bits; in how many reports a word is stands for how often."""
    total, mass = sum(weights.values()), sum(frequencies.values())
    shares = {term: weight / total for term, weight in weights.items() if weight and frequencies[term]}
    return sum(share * math.log2(share * mass / frequencies[term]) for term, share in shares.items())

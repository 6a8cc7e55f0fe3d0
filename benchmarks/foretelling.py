"""Can it be foretold which questions feedback will harm? What is known of a question before and after, each with a threshold.

    python -m benchmarks.foretelling --data DIR [--set NAME ...]

Every foreteller is given the threshold, and the side of it, with which declining gains most on all judged sets but one, and is
measured on that one; "all together" is a ridge regression of the gain in AP on all of them.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.crossvalidation import Asked, changed, every_set
from benchmarks.judged import Values, mean
from benchmarks.quality import SETS, TABLES
from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.feedback import COMMON, METHODS, SHARPNESS
from idlibsearch.query.order import Scored

NAMES = (
    "clarity (Cronen-Townsend and others 2002)",
    "spread of scores (NQC; Shtok and others 2012)",
    "height of the best scores (WIG; Zhou and Croft 2007)",
    "words that the best 10 share, by pairs (Jaccard)",
    "hits of the first 10 that stay (drift)",
    "weight of the best among the 10",
    "words of the question",
)
DEPTH, FIRST = 100, 10
STEPS = range(2, 60, 2)  # per cent of the questions declined, from either end
HARM = 0.1  # of AP
RIDGE = 10.0
Features = list[list[float]]  # a row a question, a column a foreteller


class Outcomes(NamedTuple):
    """A set: what was known of each question, and how good the answer was without feedback and with it."""

    features: Features
    plain: Values
    wider: Values

    @classmethod
    def of(cls, asked: Asked) -> Outcomes:
        """By RM3 with its numbers."""
        method = METHODS["rm3"]
        setting = (float(method.reports), float(method.terms), method.share)
        features = [_features(asked, question, setting) for question in asked.trees]
        return cls(features, asked.plain, asked.fed_back("rm3", setting))

    def gain(self, declined: Sequence[bool]) -> float:
        """Of feedback where it is not declined."""
        chosen = {
            measure: [a if left else b for left, a, b in zip(declined, self.plain[measure], self.wider[measure], strict=True)]
            for measure in TABLES
        }
        return mean(changed(chosen, self.plain))

    def harmed(self, declined: Sequence[bool]) -> int:
        """Questions that lose more than ``HARM`` of AP."""
        pairs = zip(declined, self.plain["AP"], self.wider["AP"], strict=True)
        return sum(not left and plain - wider > HARM for left, plain, wider in pairs)


def _features(asked: Asked, question: str, setting: tuple[float, ...]) -> list[float]:
    found = asked.index.search(asked.trees[question], limit=DEPTH).found
    hits, words = found.hits, len(asked.judged.questions[question].split())
    if not hits:
        return [0.0] * len(NAMES)
    scores, best = [hit.score for hit in hits], hits[:FIRST]
    then = asked.index.search(asked.widened(question, "rm3", setting), limit=FIRST).found.hits
    texts = [_counts(asked.snapshot, hit) for hit in best]
    rare = [{term for term in text if _frequency(asked.snapshot, term) <= COMMON * asked.snapshot.doc_count} for text in texts]
    shared = [len(a & b) / max(len(a | b), 1) for a, b in combinations(rare, 2)]
    shares = [hit.score**SHARPNESS for hit in best]
    return [
        _clarity(asked.snapshot, texts, shares),
        float(np.std(scores)) / scores[0],
        (mean(scores[:FIRST]) - scores[-1]) / scores[0] / math.sqrt(words),
        mean(shared),
        len({hit[1:] for hit in best} & {hit[1:] for hit in then}) / len(best),
        max(shares) / sum(shares),
        float(words),
    ]


def _counts(snapshot: Snapshot, hit: Scored) -> Counter[str]:
    """The terms of a report, as far as they take one position."""
    stored = snapshot.segments[hit.segment].documents.read(hit.doc)
    text = " ".join(filter(None, (getattr(stored, "title", ""), getattr(stored, "body", ""))))
    entries = [analyze_folded(fold(text[start:end])) for start, end in tokenize(text)]
    return Counter(entry.terms[0][0] for entry in entries if entry.positions == 1)


def _frequency(snapshot: Snapshot, term: str) -> int:
    numbers = zip(snapshot.segments, snapshot.term(term), strict=True)
    return sum(segment.postings.count(number) for segment, number in numbers if number >= 0)


def _clarity(snapshot: Snapshot, texts: Sequence[Counter[str]], shares: Sequence[float]) -> float:
    """How far the words of some reports are from those of all, in bits; in how many reports a word is stands for how often."""
    weights: dict[str, float] = {}
    for text, share in zip(texts, shares, strict=True):
        for term, count in text.items():
            weights[term] = weights.get(term, 0.0) + share * count / text.total()
    frequencies = {term: _frequency(snapshot, term) for term in weights}
    total, mass = sum(weights.values()), sum(frequencies.values())
    parts = {term: weight / total for term, weight in weights.items() if weight and frequencies[term]}
    return sum(part * math.log2(part * mass / frequencies[term]) for term, part in parts.items())


# ---- thresholds


def told(sets: Mapping[str, Outcomes]) -> Iterator[str]:
    """Markdown: a line a foreteller."""
    yield f"| declined by | gain of RM3, mean of the sets left out | on {' | on '.join(sets)} | declined | lose > {HARM} AP |"
    yield "|---" * (len(sets) + 4) + "|"
    yield _line("nothing", sets, {name: [False] * len(each.features) for name, each in sets.items()})
    for column, title in enumerate(NAMES):
        yield _line(title, sets, {name: _by_threshold(sets, name, column) for name in sets})
    yield _line("all together", sets, {name: _by_regression(sets, name) for name in sets})


def _line(title: str, sets: Mapping[str, Outcomes], declined: Mapping[str, Sequence[bool]]) -> str:
    gains = [each.gain(declined[name]) for name, each in sets.items()]
    count = sum(map(sum, declined.values()))
    harmed = sum(each.harmed(declined[name]) for name, each in sets.items())
    return f"| {title} | {' | '.join(f'{100 * gain:+.1f} %' for gain in (mean(gains), *gains))} | {count} | {harmed} |"


def _by_threshold(sets: Mapping[str, Outcomes], left_out: str, column: int) -> list[bool]:
    """Which questions of a set are declined by what is best on the others."""
    others = [each for name, each in sets.items() if name != left_out]
    known = sorted(row[column] for each in others for row in each.features)
    sides = [(known[len(known) * step // 100], 1) for step in STEPS] + [
        (known[-1 - len(known) * step // 100], -1) for step in STEPS
    ]

    def gain(side: tuple[float, int]) -> float:
        return mean([each.gain(_beyond(each.features, column, *side)) for each in others])

    best = max(sides, key=gain)
    none = mean([each.gain([False] * len(each.features)) for each in others])
    features = sets[left_out].features
    return _beyond(features, column, *best) if gain(best) > none else [False] * len(features)


def _beyond(features: Features, column: int, threshold: float, side: int) -> list[bool]:
    return [side * row[column] < side * threshold for row in features]


def _by_regression(sets: Mapping[str, Outcomes], left_out: str) -> list[bool]:
    """Those whose gain, as foretold from the other sets, is below nothing."""
    others = [each for name, each in sets.items() if name != left_out]
    known = np.array([row for each in others for row in each.features])
    gains = np.array([b - a for each in others for a, b in zip(each.plain["AP"], each.wider["AP"], strict=True)])
    middle, width = known.mean(axis=0), known.std(axis=0)
    scaled = (known - middle) / width
    slopes = np.linalg.solve(scaled.T @ scaled + RIDGE * np.eye(len(NAMES)), scaled.T @ (gains - gains.mean()))
    foretold = gains.mean() + (np.array(sets[left_out].features) - middle) / width @ slopes
    return [bool(each < 0) for each in foretold]


def main(arguments: Sequence[str] | None = None) -> None:
    """See the head of this module."""
    parser = argparse.ArgumentParser(description="Look for what foretells that feedback will harm.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--set", dest="sets", action="append", help=f"a set; default: {', '.join(SETS)}")
    given = parser.parse_args(arguments)
    print("\n".join(told({name: Outcomes.of(asked) for name, asked in every_set(given.sets, given.data)})))


if __name__ == "__main__":
    main()

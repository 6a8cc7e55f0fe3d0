"""Near-duplicates and stories, naively: all pairs of sets of tuples. What the kernels and the increments must agree with."""

from __future__ import annotations

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.analysis.tokens import tokenize

Shingle = tuple[str, str, str, str]
LEAST = 12


def shingles(text: str) -> set[Shingle]:
    """The runs of four consecutive terms of a text."""
    terms = []
    for start, end in tokenize(text):
        entry = analyze(text[start:end])
        terms += [term for term, _, _ in entry.terms[: entry.positions]]
    return set(zip(terms, terms[1:], terms[2:], terms[3:], strict=False))


def likeness(a: set[Shingle], b: set[Shingle]) -> tuple[str, float]:
    """The level ("" for none) and the Jaccard coefficient of two sets of shingles; texts that say too little are like none."""
    if min(len(a), len(b)) < LEAST:
        return "", 0.0
    jaccard, containment = len(a & b) / len(a | b), len(a & b) / min(len(a), len(b))
    if jaccard >= 0.5 or containment >= 0.8:
        return "high", jaccard
    return ("moderate" if jaccard >= 0.25 or containment >= 0.6 else ""), jaccard


def stories(texts: list[str]) -> dict[int, int]:
    """Of each text its anchor: the most similar one before it that is its own anchor, the first of several, or itself."""
    sets = [shingles(text) for text in texts]
    anchors: dict[int, int] = {}
    for at, found in enumerate(sets):
        ranked = []
        for other in range(at):
            level, jaccard = likeness(found, sets[other])
            if level and anchors[other] == other:
                ranked.append((level == "high", jaccard, -other))
        anchors[at] = -max(ranked)[2] if ranked else at
    return anchors

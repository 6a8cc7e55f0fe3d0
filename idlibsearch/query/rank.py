"""BM25F: how much a report is worth for a word.

Canonical BM25F (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.6): the
frequencies of all fields, each by its weight and divided by its own length normalisation, are added before one saturation.
Inverse document frequency as in Lucene, with 1 inside the logarithm, so that it is never negative.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from idlibsearch.index.fields import Ranking


def idf(frequency: int, docs: int) -> float:
    """ln(1 + (N - n + 0.5) / (n + 0.5)) for a term that n of N docs have."""
    return math.log1p((docs - frequency + 0.5) / (frequency + 0.5))


def saturated(ranking: Ranking, freqs: Sequence[int], lengths: Sequence[int], means: Sequence[float]) -> float:
    """tf / (k1 + tf), where tf = sum over fields of weight * freq / (1 - b + b * length / mean length); below 1.

    ``freqs``, ``lengths`` and ``means`` have one number a field, in column order, in positions.
    """
    tf = 0.0
    for field, freq, length, mean in zip(ranking.fields, freqs, lengths, means, strict=True):
        if freq:
            tf += field.weight * freq / (1.0 - field.b + field.b * length / mean)
    return tf / (ranking.k1 + tf)

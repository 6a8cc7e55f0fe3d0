"""How alike two texts are, by the shingles (runs of four terms) that they share, and which likeness makes them near-duplicates.

Jaccard: of all shingles that either has, the share that both have. Containment: of those of the shorter text, the share that the
longer has too (A. Broder, On the resemblance and containment of documents, 1997).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["high", "moderate"]

HIGH_JACCARD, HIGH_CONTAINMENT = 0.5, 0.8  # one text, edited, or cut
MODERATE_JACCARD, MODERATE_CONTAINMENT = 0.25, 0.6  # much of one in the other: all pairs of unrelated reports seen stay below .1


class Similarity(NamedTuple):
    """Of two texts with ``size`` and ``other_size`` distinct shingles: how many they share."""

    shared: int
    size: int
    other_size: int

    @property
    def jaccard(self) -> float:
        """From 0 to 1."""
        return self.shared / max(self.size + self.other_size - self.shared, 1)

    @property
    def containment(self) -> float:
        """From 0 to 1."""
        return self.shared / max(min(self.size, self.other_size), 1)

    @property
    def level(self) -> Level | None:
        """ "high" or "moderate"; None where they are no near-duplicates."""
        if self.jaccard >= HIGH_JACCARD or self.containment >= HIGH_CONTAINMENT:
            return "high"
        return "moderate" if self.jaccard >= MODERATE_JACCARD or self.containment >= MODERATE_CONTAINMENT else None

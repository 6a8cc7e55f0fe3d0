"""The words of a segment as they were written, and what each stands for: surface -> folded word -> terms.

A query word that stands here needs no analysis; an occurrence that remembers its surface can be shown and counted exactly.

    terms.text .ends        the terms, sorted; a term's number is its rank
    folded.text .ends       the folded words, sorted
    folded.positions        uint8, how many positions a folded word takes
    folded.entries          uint32[n + 1], each one's range in the next two
    entries.terms           uint32, term numbers, one for each position first, then the extra ones
    entries.places          uint16, offset << 8 | width, in positions
    folded.surfaces         uint32[n + 1], each one's range of surfaces
    surfaces.text .ends     the surfaces, sorted by folded word, then by themselves
    surfaces.docs           uint32, reports that have it in a field with positions
    surfaces.count          uint32, its occurrences there
"""

from __future__ import annotations

from idlibsearch.analysis.analyzer import Entry
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.strings import Strings


class Lexicon:
    """Looks words up in one segment."""

    def __init__(self, file: SectionFile) -> None:
        self.terms = Strings(file, "terms")
        self.folded = Strings(file, "folded")
        self.surfaces = Strings(file, "surfaces")
        self.surface_docs = file.array("surfaces.docs")
        self.surface_count = file.array("surfaces.count")
        self._positions = file.array("folded.positions")
        self._entries = file.array("folded.entries")
        self._entry_terms = file.array("entries.terms")
        self._entry_places = file.array("entries.places")
        self._surface_ranges = file.array("folded.surfaces")

    def entry(self, folded: str) -> Entry | None:
        """What a folded word stands for, or None where this segment does not have it."""
        number = self.folded.find(folded)
        if number is None:
            return None
        terms = tuple(
            (self.terms[self._entry_terms[e]], self._entry_places[e] >> 8, self._entry_places[e] & 0xFF)
            for e in range(self._entries[number], self._entries[number + 1])
        )
        return Entry(folded, self._positions[number], terms)

    def simple_term(self, folded: str) -> int:
        """The term of a folded word that takes one position and stands for nothing else; -1 for others and unknown ones."""
        number = self.folded.find(folded)
        if number is None:
            return -1
        first = self._entries[number]
        return self._entry_terms[first] if self._entries[number + 1] - first == 1 else -1

    def written(self, folded: int) -> tuple[range, int, int]:
        """A folded word by number: its surfaces, the term at its first position, and how many positions it takes."""
        surfaces = range(self._surface_ranges[folded], self._surface_ranges[folded + 1])
        return surfaces, self._entry_terms[self._entries[folded]], self._positions[folded]

"""The words of a segment as they were written, and what each stands for: surface -> folded word -> terms.

A query word that stands here needs no analysis; an occurrence that remembers its surface can be shown and counted exactly.

    lexicon             uint32[5]: how many terms there are, the bytes of the longest; folded words, the longest; surfaces
    terms.*             the terms, as ``words`` lays tables out; a term's number is its rank
    folded.*            the folded words, likewise
    entries.*           what each folded word stands for: see ``entries`` for this and the next two
    surfaces.*          how it is written, and how often each way
    term.*              the surfaces of each term

A surface's number is its place in the order of folded words, and of their spellings. The way back, from a surface that has
been met to the folded word, is ``fold``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from idlibsearch.analysis.analyzer import Entry
from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.fileformat import SectionFile

try:
    from idlibsearch.index.entries import Entries, TermSurfaces
    from idlibsearch.index.words import Words
except ImportError as error:
    raise KernelError("idlibsearch.index.entries") from error

if TYPE_CHECKING:
    from idlibsearch.index.entries import Surface, WrittenWord


class Lexicon:
    """Looks words up in one segment."""

    def __init__(self, file: SectionFile) -> None:
        self.file = file
        path, counts = str(file.path), file.array("lexicon")
        if len(counts) != 5:
            raise CorruptIndexError(path, "five numbers are needed", "lexicon")
        terms, longest_term, folded, longest_folded, self.surface_count = counts
        self.terms = Words(file.array("terms.text"), file.array("terms.blocks"), terms, longest_term, path, "terms")
        self.folded = Words(file.array("folded.text"), file.array("folded.blocks"), folded, longest_folded, path, "folded")
        self.entries = Entries(
            *(
                file.array("entries.data"),
                file.array("entries.blocks"),
                file.array("surfaces.data"),
                file.array("surfaces.blocks"),
            ),
            (folded, terms, self.surface_count),
            path,
        )
        self.term_surfaces = TermSurfaces(file.array("term.surfaces"), file.array("term.blocks"), terms, self.surface_count, path)

    def entry(self, folded: str) -> Entry | None:
        """What a folded word stands for, or None where this segment does not have it."""
        number = self.folded.find(folded)
        if number < 0:
            return None
        positions, terms = self.entries.terms(number)
        return Entry(folded, positions, tuple((self.terms[term], offset, width) for term, offset, width in terms))

    def simple_term(self, folded: str) -> int:
        """The term of a folded word that takes one position and stands for nothing else; -1 for others and unknown ones."""
        number = self.folded.find(folded)
        return -1 if number < 0 else self.entries.simple_term(number)

    def surfaces(self, folded: str) -> tuple[int, list[Surface]]:
        """The number of a folded word's first surface, and all as (text, reports, occurrences); none where it is not here."""
        number = self.folded.find(folded)
        return (0, []) if number < 0 else self.entries.surfaces(number, folded)

    def __iter__(self) -> Iterator[WrittenWord]:
        """(folded word, positions, terms as (number, offset, width), surfaces as above) of all folded words, in order."""
        return self.entries.all(self.folded)

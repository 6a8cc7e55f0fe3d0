"""The words a builder has met, each analysed once: it outlives the segments that the builder writes.

Numbers are by first appearance; ``wordlist`` has them in the lexicon's order, for the words of one segment. Needs numpy.
"""

from __future__ import annotations

from array import array
from itertools import islice

import numpy as np

from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import encoded, new_vocabulary
from idlibsearch.errors import KernelError
from idlibsearch.index.strings import table_of
from idlibsearch.index.wordlist import U32, WordList, spread

try:
    from idlibsearch.index import lexicon_encoder
except ImportError as error:
    raise KernelError("idlibsearch.index.lexicon_encoder") from error

WORD_BYTES = 330  # a surface with its share of folded words and terms, measured on news: strings, two dicts, arrays
LISTED_BYTES = 170  # a surface in ``WordList``, and what it takes to make and number it
NOWHERE = 0xFFFFFFFF
SAME_FORM = 2  # of a surface that is its folded word, as ``lexicon_encoder.form`` has it


class Analysed:
    """Surfaces (numbered by ``vocabulary``), folded words and terms."""

    def __init__(self) -> None:
        self.vocabulary = new_vocabulary()
        self._surfaces: list[str] = []
        self._surface_order: list[int] = []
        self._folded_of = array("I")
        self._forms = bytearray()
        self._folded = _Numbered()
        self._positions = bytearray()
        self._entry_starts, self._entry_terms, self._entry_places = array("I", [0]), array("I"), array("H")
        self._terms = _Numbered()

    @property
    def size_bytes(self) -> int:
        """About how much memory is held."""
        return self.vocabulary.size_bytes + WORD_BYTES * len(self.vocabulary)

    @property
    def listed_bytes(self) -> int:
        """About how much is, when they are brought into the order of a lexicon."""
        return self.size_bytes + LISTED_BYTES * len(self.vocabulary)

    def _learn(self) -> None:
        """Analyse the surfaces that are new to the vocabulary."""
        folded, terms = self._folded.numbers, self._terms.numbers
        for surface in self.vocabulary.surfaces(len(self._surfaces)):
            self._surfaces.append(surface)
            word = fold(surface)
            known = len(folded)
            number = folded.setdefault(surface if word == surface else word, known)
            self._folded_of.append(number)
            self._forms.append(SAME_FORM if word == surface else lexicon_encoder.form(encoded(word), encoded(surface)))
            if number == known:
                entry = analyze_folded(word)
                self._positions.append(entry.positions)
                for term, offset, width in entry.terms:
                    self._entry_terms.append(terms.setdefault(word if term == word else term, len(terms)))
                    self._entry_places.append(offset << 8 | width)
                self._entry_starts.append(len(self._entry_terms))

    def words_in(self, tokens: U32) -> tuple[WordList, U32]:
        """The words of these tokens in the lexicon's order; for each number of the vocabulary its surface there, or NOWHERE."""
        self._learn()
        used = np.zeros(len(self._surfaces), np.bool_)
        for at in range(0, len(tokens), 1 << 20):  # as indices they take twice the room
            used[tokens[at : at + (1 << 20)]] = True
        folded, folded_ranks = self._folded.ranked(_marked(len(self._folded), np.frombuffer(self._folded_of, np.uint32)[used]))
        starts, index = spread(np.frombuffer(self._entry_starts, np.uint32), folded)
        entry_terms = np.frombuffer(self._entry_terms, np.uint32)[index]
        terms, term_ranks = self._terms.ranked(_marked(len(self._terms), entry_terms))
        surfaces = self._sorted_surfaces()
        surfaces = surfaces[used[surfaces]]
        folded_of = folded_ranks[np.frombuffer(self._folded_of, np.uint32)[surfaces]]
        order = np.lexsort((np.frombuffer(self._forms, np.uint8)[surfaces], folded_of))  # leaves equal ones as they are
        surfaces, folded_of = surfaces[order], folded_of[order]
        words = WordList(
            terms=table_of(map(self._terms.strings.__getitem__, terms.tolist())),
            folded=table_of(map(self._folded.strings.__getitem__, folded.tolist())),
            surfaces=table_of(map(self._surfaces.__getitem__, surfaces.tolist())),
            folded_of=folded_of,
            forms=np.frombuffer(self._forms, np.uint8)[surfaces],
            positions=np.frombuffer(self._positions, np.uint8)[folded],
            entry_starts=starts,
            entry_terms=term_ranks[entry_terms],
            entry_places=np.frombuffer(self._entry_places, np.uint16)[index],
        )
        return words, _ranks(surfaces, len(self._surfaces))

    def _sorted_surfaces(self) -> U32:
        """All surfaces by number, sorted by their text; nearly sorted already when there were some before."""
        self._surface_order += range(len(self._surface_order), len(self._surfaces))
        self._surface_order.sort(key=self._surfaces.__getitem__)
        return np.array(self._surface_order, np.uint32)


class _Numbered:
    """Strings numbered by first appearance, and their order."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.strings: list[str] = []
        self._order: list[str] = []

    def __len__(self) -> int:
        return len(self.numbers)

    def ranked(self, marked: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[U32, U32]:
        """The numbers of the marked strings in the order of these; and of each number its rank among them, or NOWHERE."""
        self.strings += islice(self.numbers, len(self.strings), None)
        self._order += self.strings[len(self._order) :]
        self._order.sort()  # the old ones are in order: this is merging the new ones in
        numbers = np.fromiter(map(self.numbers.__getitem__, self._order), np.uint32, len(self._order))
        numbers = numbers[marked[numbers]]
        return numbers, _ranks(numbers, len(self))


def _marked(size: int, numbers: U32) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    marked = np.zeros(size, np.bool_)
    marked[numbers] = True
    return marked


def _ranks(numbers: U32, size: int) -> U32:
    ranks = np.full(size, NOWHERE, np.uint32)
    ranks[numbers] = np.arange(len(numbers), dtype=np.uint32)
    return ranks

"""The words a builder has met, each analysed once: it outlives the segments that the builder writes.

Numbers are by first appearance; ``wordlist`` has them in the lexicon's order, for the words of one segment. The words
themselves stand in plain memory (``lexemes.pyx``, and the scanner's vocabulary), some 100 bytes each. Needs numpy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from idlibsearch.analysis import spelling
from idlibsearch.analysis.analyzer import JOINED_PARTS, SPECIAL_PARTS, known_terms
from idlibsearch.analysis.fold import KEPT_UPPER
from idlibsearch.analysis.tokens import new_vocabulary
from idlibsearch.errors import KernelError
from idlibsearch.index.own_words import FIRST_OTHER, STEP, entry_of, folded_word
from idlibsearch.index.strings import Table
from idlibsearch.index.wordlist import U8, U32, WordList, spread

try:
    from idlibsearch.index.lexemes import Lexemes
    from idlibsearch.index.string_tables import ordered, picked
except ImportError as error:
    raise KernelError("idlibsearch.index.lexemes") from error

LISTED_BYTES = 150  # a surface in ``WordList``, what it takes to make and number it, and the tables of its lists' blocks
NOWHERE = 0xFFFFFFFF
FORM_BITS = 2


class Analysed:
    """Surfaces (numbered by ``vocabulary``), folded words and terms."""

    def __init__(self) -> None:
        self.vocabulary = new_vocabulary()
        self._lexemes = Lexemes(folded_word, entry_of, KEPT_UPPER, SPECIAL_PARTS, spelling.table(), known_terms(), JOINED_PARTS)

    @property
    def size_bytes(self) -> int:
        """How much memory is held."""
        return self.vocabulary.size_bytes + self._lexemes.size_bytes

    @property
    def listed_bytes(self) -> int:
        """About how much is, when they are brought into the order of a lexicon."""
        return self.size_bytes + LISTED_BYTES * len(self.vocabulary)

    def learn(self) -> None:
        """Analyse the surfaces that are new to the vocabulary."""
        if len(self._lexemes) < len(self.vocabulary):
            self._lexemes.learn(*self.vocabulary.surface_table(len(self._lexemes)))

    def primaries(self, start: int) -> tuple[memoryview[int], memoryview[int]]:
        """Of each surface from number ``start`` on its primary terms, as ``Lexemes.primaries`` has them."""
        self.learn()
        return self._lexemes.primaries(start)

    def own_widths(self) -> tuple[U32, U8]:
        """The surfaces that are words of other analyzers or steps between them, and how many positions each moves on."""
        text, ends = self.vocabulary.surface_table()
        data, starts = np.frombuffer(text + b"\0", np.uint8), np.concatenate((np.zeros(1, np.uint32), np.asarray(ends)))[:-1]
        first = data[starts]
        own = np.flatnonzero(first < ord(FIRST_OTHER)).astype(np.uint32)
        return own, np.where(first[own] == ord(STEP), data[starts[own] + 1], 0).astype(np.uint8)

    def words_in(self, used: U32) -> tuple[WordList, U32]:
        """The words of these surfaces in the lexicon's order; for each number of the vocabulary its surface there, or NOWHERE."""
        self.learn()
        folded_of, forms = map(np.asarray, self._lexemes.surfaces())
        all_positions, entry_ends, all_terms, all_places = map(np.asarray, self._lexemes.entries())
        folded, folded_table = _ordered(self._lexemes.folded_table(), folded_of[used])
        starts, index = spread(np.concatenate((np.zeros(1, np.uint32), entry_ends)), folded)
        all_term_texts = self._lexemes.terms_table()
        terms, terms_table = _ordered(all_term_texts, all_terms[index])
        ranks = _ranks(folded, len(all_positions))
        texts = self.vocabulary.surface_table()
        groups = ranks[folded_of[used]].astype(np.uint64) << np.uint64(FORM_BITS) | forms[used]
        surfaces = np.asarray(ordered(*texts, used, groups))
        words = WordList(
            terms=terms_table,
            folded=folded_table,
            surfaces=Table(*picked(*texts, surfaces)),
            folded_of=ranks[folded_of[surfaces]],
            forms=forms[surfaces].astype(np.uint8),
            positions=all_positions[folded].astype(np.uint8),
            entry_starts=starts,
            entry_terms=_ranks(terms, len(all_term_texts[1]))[all_terms[index]],
            entry_places=all_places[index].astype(np.uint16),
        )
        return words, _ranks(surfaces, len(folded_of))


def _ordered(table: tuple[bytes, memoryview], numbers: U32) -> tuple[U32, Table]:
    """The strings of a table that these numbers name, each once: their numbers by their order, and they themselves."""
    found: U32 = np.asarray(ordered(*table, _numbers_in(numbers, len(table[1]))))
    return found, Table(*picked(*table, found))


def _numbers_in(numbers: U32, size: int) -> U32:
    """Those below ``size`` that come up, each once, ascending."""
    met = np.zeros(size, np.bool_)
    met[numbers] = True
    return np.flatnonzero(met).astype(np.uint32)


def _ranks(numbers: Any, size: int) -> U32:
    ranks = np.full(size, NOWHERE, np.uint32)
    ranks[numbers] = np.arange(len(numbers), dtype=np.uint32)
    return ranks

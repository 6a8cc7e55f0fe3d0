# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The folded words and terms of surfaces, numbered by first sight and kept in plain memory: some 60 bytes a surface.

Plain words are folded and analysed here (`plain.pxd`), others by the two functions handed in, which mean the same.
"""

import os

from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memcmp

from idlibsearch.analysis.numbering cimport Names, find_name, free_names, put_name, size_of_names, start_names
from idlibsearch.analysis.plain cimport (
    LONGEST, Analysis, Map, Recipe, analysed, folded, free_recipe, is_small, put_pair, start_recipe,
)
from idlibsearch.analysis.text cimport Numbers, handed_out, push

cdef enum:
    FINE = 0
    FOREIGN = 1     # left to Python
    NO_MEMORY = -1


cdef class Lexemes:
    """What surfaces stand for. One thread at a time.

    fold, analyze     surface -> folded word, and folded word -> its ``Entry``
    kept, special     texts: words that keep their capitals; parts of compounds that only ``analyze`` knows how to take
    us, known         text -> text: American spellings; terms of words that are not what the stemmer says
    joined_parts      the most parts of a word that has a joined form
    """

    cdef Recipe recipe
    cdef Names folded
    cdef Names terms
    cdef Numbers folded_of   # of each surface
    cdef Numbers forms
    cdef Numbers positions   # of each folded word
    cdef Numbers entry_ends
    cdef Numbers entry_terms
    cdef Numbers entry_places
    cdef object _fold
    cdef object _analyze

    def __cinit__(self):
        cdef uint64_t seed = int.from_bytes(os.urandom(8), "little")
        if not (start_recipe(&self.recipe, seed) and start_names(&self.folded, seed) and start_names(&self.terms, seed)):
            raise MemoryError()

    def __init__(self, fold, analyze, kept, special, dict us not None, dict known not None, Py_ssize_t joined_parts):
        self._fold, self._analyze, self.recipe.joined_parts = fold, analyze, joined_parts
        for text in kept:
            _put(&self.recipe.kept, text)
        for text in special:
            _put(&self.recipe.special, text)
        _fill(&self.recipe.us, us)
        _fill(&self.recipe.known, known)

    def __dealloc__(self):
        free_recipe(&self.recipe)
        free_names(&self.folded)
        free_names(&self.terms)
        free(self.folded_of.items)
        free(self.forms.items)
        free(self.positions.items)
        free(self.entry_ends.items)
        free(self.entry_terms.items)
        free(self.entry_places.items)

    def __len__(self):
        return self.folded_of.used

    @property
    def size_bytes(self):
        """Memory held, in bytes."""
        cdef size_t numbers = self.folded_of.room + self.forms.room + self.positions.room
        numbers += self.entry_ends.room + self.entry_terms.room + self.entry_places.room
        return size_of_names(&self.folded) + size_of_names(&self.terms) + numbers * sizeof(uint32_t)

    def learn(self, const uint8_t[::1] text not None, const uint32_t[::1] ends not None):
        """Take surfaces (UTF-8, a table as ``strings`` has them); the first has the number ``len(self)``."""
        cdef Py_ssize_t i, n = ends.shape[0]
        cdef uint32_t start = 0
        cdef const uint8_t* at = &text[0] if text.shape[0] else NULL
        cdef int outcome
        for i in range(n):
            if not start <= ends[i] <= <uint64_t>text.shape[0]:
                raise IndexError("the ends do not ascend")
            with nogil:
                outcome = self._take(at + start, ends[i] - start)
            if outcome == FOREIGN:
                outcome = self._take_foreign(at + start, ends[i] - start)
            if outcome == NO_MEMORY:
                raise MemoryError()
            start = ends[i]

    cdef int _take(self, const uint8_t* at, Py_ssize_t size) noexcept nogil:
        cdef uint8_t word[LONGEST]
        cdef Py_ssize_t wide = folded(&self.recipe, at, size, word)
        return FOREIGN if wide < 0 else self._note(at, size, word, wide)

    cdef int _note(self, const uint8_t* at, Py_ssize_t size, const uint8_t* word, Py_ssize_t wide) noexcept nogil:
        """Note a surface with its folded word, which is analysed if it is new; FOREIGN, with nothing done, where it cannot be."""
        cdef Analysis found
        cdef int64_t number = find_name(&self.folded, word, wide)
        if number < 0:
            if analysed(&self.recipe, word, wide, &found) < 0:
                return FOREIGN
            number = put_name(&self.folded, word, wide)
            if number < 0 or not self._put_entry(&found):
                return NO_MEMORY
        return self._put_surface(number, form(word, wide, at, size))

    cdef int _put_surface(self, int64_t number, uint32_t its_form) noexcept nogil:
        return FINE if push(&self.folded_of, <uint32_t>number) and push(&self.forms, its_form) else NO_MEMORY

    cdef bint _put_entry(self, const Analysis* found) noexcept nogil:
        cdef uint32_t i
        for i in range(found.count):
            if not self._put_term(found.text + found.starts[i], found.starts[i + 1] - found.starts[i], found.places[i]):
                return False
        return self._end_entry(found.positions)

    cdef bint _put_term(self, const uint8_t* at, Py_ssize_t size, uint32_t place) noexcept nogil:
        cdef int64_t number = put_name(&self.terms, at, size)
        return number >= 0 and push(&self.entry_terms, <uint32_t>number) and push(&self.entry_places, place)

    cdef bint _end_entry(self, uint32_t positions) noexcept nogil:
        return push(&self.positions, positions) and push(&self.entry_ends, <uint32_t>self.entry_terms.used)

    cdef int _take_foreign(self, const uint8_t* at, Py_ssize_t size) except? -1:
        cdef str word = self._fold((<char*>at)[:size].decode("utf-8"))
        cdef bytes text = word.encode("utf-8")
        cdef int outcome = self._note(at, size, text, len(text))
        if outcome != FOREIGN:
            return outcome
        entry = self._analyze(word)
        cdef int64_t number = put_name(&self.folded, text, len(text))
        cdef bytes term
        if number < 0:
            return NO_MEMORY
        for name, offset, width in entry.terms:
            term = name.encode("utf-8")
            if not self._put_term(term, len(term), offset << 8 | width):
                return NO_MEMORY
        if not self._end_entry(entry.positions):
            return NO_MEMORY
        return self._put_surface(number, form(text, len(text), at, size))

    def folded_table(self):
        """The folded words as a table: UTF-8, and where each ends (uint32)."""
        return _table(&self.folded)

    def terms_table(self):
        """The terms likewise."""
        return _table(&self.terms)

    def surfaces(self):
        """Of each surface its folded word and its form (uint32 both): see ``entries``."""
        return handed_out(&self.folded_of), handed_out(&self.forms)

    def entries(self):
        """Of each folded word its positions and where its entries end; of these their terms and places (uint32 all)."""
        return (
            handed_out(&self.positions), handed_out(&self.entry_ends), handed_out(&self.entry_terms),
            handed_out(&self.entry_places),
        )

    def primaries(self, Py_ssize_t start):
        """Of each surface from number ``start`` on its primary terms in their order, each as a number made of its bytes.

        (numbers, ends): uint64, and uint32, where those of each surface end. The same term has the same number everywhere.
        """
        cdef Py_ssize_t i, at, count = max(self.folded_of.used - start, 0), total = 0
        cdef uint32_t word, first, term
        if start < 0:
            raise IndexError("surfaces are numbered from 0")
        for i in range(count):
            total += self.positions.items[self.folded_of.items[start + i]]
        numbers, ends = PyByteArray_FromStringAndSize(NULL, 8 * total), PyByteArray_FromStringAndSize(NULL, 4 * count)
        cdef uint64_t* out = <uint64_t*>PyByteArray_AsString(numbers)
        cdef uint32_t* out_ends = <uint32_t*>PyByteArray_AsString(ends)
        total = 0
        for i in range(count):
            word = self.folded_of.items[start + i]
            first = self.entry_ends.items[word - 1] if word else 0
            for at in range(first, first + self.positions.items[word]):
                term = self.entry_terms.items[at]
                out[total] = number_of(&self.terms, term)
                total += 1
            out_ends[i] = total
        return memoryview(numbers).cast("Q"), memoryview(ends).cast("I")


cdef uint64_t number_of(const Names* names, uint32_t name) noexcept nogil:
    """FNV-1a (64 bits) of a name's bytes."""
    cdef uint64_t found = <uint64_t>0xCBF29CE484222325
    cdef uint32_t at
    for at in range(names.ends[name - 1] if name else 0, names.ends[name]):
        found = (found ^ names.arena[at]) * <uint64_t>0x100000001B3
    return found


cdef int64_t _put(Names* names, str text) except -1:
    cdef bytes word = text.encode("ascii")
    if put_name(names, word, len(word)) < 0:
        raise MemoryError()
    return 0


cdef int _fill(Map* table, dict pairs) except -1:
    cdef bytes key, value
    for word, text in pairs.items():
        key, value = word.encode("ascii"), text.encode("ascii")
        if not put_pair(table, key, len(key), value, len(value)):
            raise MemoryError()
    return 0


cdef tuple _table(Names* names):
    cdef bytes ends = (<char*>names.ends)[: names.count * sizeof(uint32_t)] if names.count else b""
    return (<char*>names.arena)[: names.used] if names.used else b"", memoryview(ends).cast("I")


cdef inline uint8_t capital(uint8_t letter) noexcept nogil:
    return letter - 32 if is_small(letter) else letter


cdef uint32_t form(const uint8_t* word, Py_ssize_t size, const uint8_t* surface, Py_ssize_t wide) noexcept nogil:
    """Which spelling of its folded word a surface is: 0 in capitals, 1 with one, 2 the same, 3 another (see ``entries``)."""
    cdef Py_ssize_t i
    if size != wide:
        return 3
    if memcmp(word, surface, size) == 0:
        return 2
    if size and surface[0] == capital(word[0]) and memcmp(word + 1, surface + 1, size - 1) == 0:
        return 1
    for i in range(size):
        if surface[i] != capital(word[i]):
            return 3
    return 0

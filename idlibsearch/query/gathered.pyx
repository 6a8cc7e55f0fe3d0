# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Words by their spelling: which surfaces and terms some folded words have, and in which docs these stand, counted as one word.

A token is found through the term at its first position, so that rebel-held, of which *rebel*, *held* and *rebelheld* tell in
three lists, counts once. Only fields that keep positions know surfaces; the others count nothing. Twin: the naive engine.
"""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc

from idlibsearch.index.ahead cimport ask_for
from idlibsearch.index.blocks cimport (
    BLOCK, MAX_FIELDS, Block, List, Lists, Places, doc_at, freq_at, open_block, open_list, open_places, places_before, read_column,
    read_positions,
)
from idlibsearch.index.entries cimport (
    Entry, EntryTable, Surfaces, entry_to, open_surfaces, start_entries, surface_at, token_at,
)
from idlibsearch.query.bitmaps cimport lowest_bit
from idlibsearch.query.scoring cimport Params, lists_of, read_params, saturated, weighed


cdef enum:
    AHEAD = 16  # docs whose lengths are asked for before they are needed


cdef inline bint is_marked(const uint64_t* bits, uint64_t number) noexcept nogil:
    return (bits[number >> 6] >> (number & 63)) & 1


cdef inline void mark(uint64_t* bits, uint64_t number) noexcept nogil:
    bits[number >> 6] |= <uint64_t>1 << (number & 63)


cdef inline uint64_t* unmarked(uint64_t count) except NULL:
    """A bitmap of zeros."""
    cdef uint64_t* bits = <uint64_t*>calloc((count >> 6) + 1, 8)
    if bits == NULL:
        raise MemoryError()
    return bits


cdef uint32_t* marked(const uint64_t* bits, uint64_t count, uint64_t* found) except NULL:
    """The numbers below ``count`` that are marked, ascending, and how many they are."""
    cdef uint64_t i, at = 0
    cdef uint64_t word
    cdef uint32_t* numbers
    for i in range((count >> 6) + 1):
        word = bits[i]
        while word:
            found[0] += 1
            word &= word - 1
    numbers = <uint32_t*>malloc(4 * found[0] + 4)
    if numbers == NULL:
        raise MemoryError()
    for i in range((count >> 6) + 1):
        word = bits[i]
        while word:
            numbers[at] = <uint32_t>(i << 6 | lowest_bit(word))
            at += 1
            word &= word - 1
    return numbers


cdef class Chosen:
    """Some surfaces, and the terms that lead to them.

    entries   of the segment, see ``index.entries``
    words     numbers of folded words whose surfaces all are chosen: a range, or uint32
    surface   if not -1, the only one that is

    Raises IndexError for words that are not there, CorruptIndexError where the entries are damaged.
    """

    def __init__(self, entries not None, words not None, Py_ssize_t surface=-1):
        self._alive = entries
        self.table = <const EntryTable*>PyCapsule_GetPointer(entries.capsule, "idlibsearch.entries")
        cdef uint64_t* terms
        cdef const uint32_t[::1] numbers
        cdef Entry entry
        cdef Py_ssize_t low = 0, count = len(words), i
        cdef bint listed = not isinstance(words, range)
        cdef int outcome = 0
        if listed:
            numbers = words
            for i in range(count):
                if numbers[i] >= self.table.count:
                    raise IndexError(f"no folded word {numbers[i]}")
        else:
            low = words.start
            if words.step != 1 or low < 0 or low + count > <Py_ssize_t>self.table.count:
                raise IndexError("no such folded words")
        self.surfaces = unmarked(self.table.surface_count)
        terms = unmarked(self.table.term_count)
        start_entries(&entry, self.table)
        with nogil:
            for i in range(count):
                outcome = entry_to(&entry, numbers[i] if listed else low + i)
                if outcome < 0:
                    break
                mark(terms, entry.term)
                self._mark(&entry, surface)
        try:
            if outcome < 0:
                raise entries.damaged()
            self._terms = marked(terms, self.table.term_count, &self.term_count)
        finally:
            free(terms)

    def __dealloc__(self):
        free(self.surfaces)
        free(self._terms)

    cdef void _mark(self, const Entry* entry, Py_ssize_t only) noexcept nogil:
        cdef uint32_t surface
        for surface in range(entry.surface, entry.surface + entry.surfaces):
            if only < 0 or surface == <uint64_t>only:
                mark(self.surfaces, surface)
                self.size += 1

    @property
    def terms(self):
        """The terms, uint32, ascending."""
        return memoryview((<char*>self._terms)[: 4 * self.term_count]).cast("I")

    def has(self, uint32_t surface):
        """Is a surface among the chosen ones?"""
        return surface < self.table.surface_count and is_marked(self.surfaces, surface)


cdef class Gathered:
    """The docs in which chosen surfaces stand, and how often in each field that keeps positions.

    anywhere   also in the others: only where every surface of each term was chosen

    Takes 4 bytes a report and such field, and a bit, while the terms' lists are gone through; then as much for each doc found.
    """

    cdef object reader
    cdef const Lists* lists
    cdef Chosen chosen
    cdef int columns[MAX_FIELDS]   # the fields that keep positions
    cdef int column_count
    cdef uint64_t* seen            # docs, as bits
    cdef uint32_t* cells           # of each doc seen its freq in each of these fields; the rest is not written to
    cdef uint8_t* widths           # of each surface of a term the positions of its token, 0 where it was not chosen
    cdef uint32_t room
    cdef uint32_t* _docs
    cdef uint32_t* freqs
    cdef uint64_t size

    def __init__(self, reader not None, Chosen chosen not None, bint anywhere=False):
        cdef int f, outcome = 0
        cdef uint64_t t
        self.reader, self.lists, self.chosen = reader, lists_of(reader), chosen
        if chosen.table.surface_count != self.lists.surfaces.surface_count:
            raise IndexError("the surfaces are another segment's")
        for f in range(self.lists.field_count):
            if anywhere or self.lists.positional[f]:
                self.columns[self.column_count] = f
                self.column_count += 1
        self.seen = unmarked(self.lists.doc_count)
        self.cells = <uint32_t*>malloc(4 * <uint64_t>self.lists.doc_count * self.column_count + 4)
        if self.cells == NULL:
            raise MemoryError()
        with nogil:
            for t in range(chosen.term_count):
                outcome = self._gather(chosen._terms[t])
                if outcome < 0:
                    break
        if outcome < 0:
            raise reader.damaged()
        self._keep()

    def __dealloc__(self):
        self._let_go()
        free(self._docs)
        free(self.freqs)

    cdef void _let_go(self) noexcept:
        free(self.seen)
        free(self.cells)
        free(self.widths)
        self.seen, self.cells, self.widths = NULL, NULL, NULL

    cdef int _keep(self) except -1:
        """Keep what was found, in the order of docs, and let go of the rest."""
        cdef uint64_t i
        cdef int c
        self._docs = marked(self.seen, self.lists.doc_count, &self.size)
        self.freqs = <uint32_t*>malloc(4 * self.size * self.column_count + 4)
        if self.freqs == NULL:
            raise MemoryError()
        for i in range(self.size):
            for c in range(self.column_count):
                self.freqs[i * self.column_count + c] = self.cells[<uint64_t>self._docs[i] * self.column_count + c]
        self._let_go()
        return 0

    cdef int _gather(self, uint32_t term) noexcept nogil:
        """Add the chosen occurrences of a term."""
        cdef Surfaces surfaces
        cdef List blocks
        cdef Block block
        cdef Places places
        cdef uint32_t before[BLOCK + 1]
        cdef uint32_t number, whole, none
        cdef uint64_t numbers  # of surfaces in a block, all below this
        if term >= self.lists.term_count or open_surfaces(&self.lists.surfaces, term, &surfaces) < 0:
            return -1
        if self._choose(&surfaces, &whole, &none) < 0 or open_list(self.lists, term, &blocks) < 0:
            return -1
        for number in range(blocks.count):
            if open_block(self.lists, &blocks, number, &block) < 0:
                return -1
            if whole == surfaces.count:
                self._take(&block)
                continue
            if places_before(self.lists, &block, before) < 0:
                return -1
            if open_places(self.lists, &blocks, number, &block, before[block.count], &places) < 0:
                return -1
            # Where all surfaces that these bits can name were chosen, or none, they need no look.
            numbers = <uint64_t>1 << (places.surfaces.width + places.surfaces.upper_width)
            if numbers <= whole:
                self._take(&block)
            elif numbers > none and self._pick(&block, &places, before[block.count], surfaces.count) < 0:
                return -1
        return 0

    cdef int _choose(self, const Surfaces* surfaces, uint32_t* whole, uint32_t* none) noexcept nogil:
        """Fill ``widths``; of the commonest so many are ``whole``, chosen and of one position each, or so many not chosen."""
        cdef uint32_t i
        cdef uint8_t* grown
        whole[0] = none[0] = 0
        if surfaces.count > self.room:
            grown = <uint8_t*>realloc(self.widths, surfaces.count)
            if grown == NULL:
                return -1
            self.widths, self.room = grown, surfaces.count
        for i in range(surfaces.count):
            self.widths[i] = <uint8_t>token_at(surfaces, i)
            if not is_marked(self.chosen.surfaces, surface_at(&self.lists.surfaces, surfaces, i)):
                self.widths[i] = 0
            whole[0] += whole[0] == i and self.widths[i] == 1
            none[0] += none[0] == i and self.widths[i] == 0
        return 0

    cdef inline uint32_t* _cells(self, uint32_t doc) noexcept nogil:
        """Room to count in for a doc."""
        cdef uint32_t* cells = self.cells + <uint64_t>doc * self.column_count
        cdef int c
        if not is_marked(self.seen, doc):
            mark(self.seen, doc)
            for c in range(self.column_count):
                cells[c] = 0
        return cells

    cdef void _take(self, const Block* block) noexcept nogil:
        """Add all occurrences of a block."""
        cdef uint32_t freqs[MAX_FIELDS]
        cdef uint32_t any
        cdef uint32_t* cells
        cdef int i, c
        for i in range(block.count):
            any = 0
            for c in range(self.column_count):
                freqs[c] = freq_at(block, self.columns[c], i)
                any |= freqs[c]
            if any:
                cells = self._cells(doc_at(block, i))
                for c in range(self.column_count):
                    cells[c] += freqs[c]

    cdef int _pick(self, const Block* block, Places* places, uint32_t total, uint32_t surfaces) noexcept nogil:
        """Add a block's occurrences whose surface was chosen; ``total``: how many it has of all."""
        cdef uint32_t at = 0, freq, found
        cdef int i, c, outcome = 0
        cdef uint32_t* numbers = <uint32_t*>malloc(8 * <uint64_t>total + 8)
        if numbers == NULL:
            return -1
        read_column(&places.surfaces, 0, total, numbers)
        for i in range(total):
            if numbers[i] >= surfaces:
                outcome = -1
        for i in range(block.count if outcome == 0 else 0):
            for c in range(self.column_count):
                freq = freq_at(block, self.columns[c], i)
                found = self._picked(places, at, freq, numbers + at, numbers + total)
                at += freq
                if found:
                    self._cells(doc_at(block, i))[c] += found
        free(numbers)
        return outcome

    cdef uint32_t _picked(
        self, Places* places, uint32_t first, uint32_t count, const uint32_t* numbers, uint32_t* starts
    ) noexcept nogil:
        """How many of a posting's occurrences were chosen. A token that has the term twice counts once, from the first."""
        cdef uint32_t found = 0, covered = 0, n
        cdef uint8_t widest = 0
        for n in range(count):
            found += self.widths[numbers[n]] > 0
            widest |= self.widths[numbers[n]]
        if widest <= 1:
            return found
        found = 0
        read_positions(places, first, count, starts)
        for n in range(count):
            if self.widths[numbers[n]] and starts[n] >= covered:
                covered = starts[n] + self.widths[numbers[n]]
                found += 1
        return found

    def frequency(self, const uint8_t[::1] counted not None):
        """How many docs have any in the fields marked in ``counted`` (uint8[f])."""
        cdef uint64_t i, found = 0
        cdef int c
        if counted.shape[0] != self.lists.field_count:
            raise IndexError("one mark for each field is needed")
        for i in range(self.size):
            for c in range(self.column_count):
                if counted[self.columns[c]] and self.freqs[i * self.column_count + c]:
                    found += 1
                    break
        return found

    def scores(
        self, double idf, const double[::1] weights not None, const double[::1] b not None, const double[::1] means not None,
        double k1,
    ):
        """Every doc that has any, with its score; parameters as for ``lists.word``."""
        cdef Params p
        cdef const uint32_t* freqs = self.freqs
        cdef double tf
        cdef uint64_t i, size = 0
        cdef int c
        read_params(&p, self.reader, idf, weights, b, means, k1)
        cdef uint32_t* docs = <uint32_t*>malloc(4 * self.size + 4)
        cdef double* scores = <double*>malloc(8 * self.size + 8)
        try:
            if docs == NULL or scores == NULL:
                raise MemoryError()
            with nogil:
                for i in range(self.size):
                    tf = 0.0
                    if i + AHEAD < self.size:
                        ask_for(p.lists.lengths + <uint64_t>self._docs[i + AHEAD] * p.lists.field_count)
                    for c in range(self.column_count):
                        tf += weighed(&p, self._docs[i], self.columns[c], freqs[c])
                    freqs += self.column_count
                    docs[size], scores[size] = self._docs[i], saturated(&p, tf)
                    size += scores[size] != 0.0
            return memoryview((<char*>docs)[: 4 * size]).cast("I"), memoryview((<char*>scores)[: 8 * size]).cast("d")
        finally:
            free(docs)
            free(scores)

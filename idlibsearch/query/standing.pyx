# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Where chosen surfaces stand in a segment, all of it at once, for nearness: the occurrences that ``gathered`` counts.

Terms' lists are gone through one after the other and what they tell is put in the order of docs by counting. A token is found
through the term at its first position, and once. Twin: ``spelled.Spelled.spans``, a doc at a time.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc

from idlibsearch.index.blocks cimport (
    BLOCK, Block, List, Lists, Places, doc_at, freq_at, open_block, open_list, open_places, places_before, read_column,
    read_positions,
)
from idlibsearch.index.entries cimport Surfaces, open_surfaces, surface_at, token_at
from idlibsearch.query.gathered cimport Chosen
from idlibsearch.query.scoring cimport lists_of

from idlibsearch.query.spans import Occurrences


cdef struct Place:
    uint32_t doc
    uint32_t column
    uint32_t start
    uint32_t stop


cdef class _Row:
    """Places in the order in which they are met, and room to read a block."""

    cdef Place* places
    cdef uint64_t size
    cdef uint64_t capacity
    cdef uint8_t* widths      # of each surface of a term the positions of its token, 0 where it was not chosen
    cdef uint32_t* numbers
    cdef const uint64_t* among  # bitmap of the docs that count, NULL for all

    def __dealloc__(self):
        free(self.places)
        free(self.widths)
        free(self.numbers)

    cdef int put(self, uint32_t doc, uint32_t column, uint32_t start, uint32_t stop) noexcept nogil:
        cdef Place* grown
        if self.size == self.capacity:
            self.capacity = 2 * self.capacity + 1024
            grown = <Place*>realloc(self.places, self.capacity * sizeof(Place))
            if grown == NULL:
                return -1
            self.places = grown
        self.places[self.size].doc, self.places[self.size].column = doc, column
        self.places[self.size].start, self.places[self.size].stop = start, stop
        self.size += 1
        return 0

    cdef int choose(self, const Lists* lists, Chosen chosen, const Surfaces* surfaces) noexcept nogil:
        """Fill ``widths``."""
        cdef uint32_t i, number
        free(self.widths)
        self.widths = <uint8_t*>malloc(<uint64_t>surfaces.count + 1)
        if self.widths == NULL:
            return -1
        for i in range(surfaces.count):
            number = surface_at(&lists.surfaces, surfaces, i)
            self.widths[i] = <uint8_t>token_at(surfaces, i) if chosen.surfaces[number >> 6] >> (number & 63) & 1 else 0
        return 0

    cdef int take(self, const Lists* lists, const Block* block, Places* places, uint32_t total, uint32_t surfaces) noexcept nogil:
        """Add a block's occurrences whose surface was chosen; ``total``: how many it has of all."""
        cdef uint32_t at = 0, n, covered, freq, doc
        cdef bint counts
        cdef uint32_t* starts
        cdef int i, f
        free(self.numbers)
        self.numbers = <uint32_t*>malloc(8 * <uint64_t>total + 8)
        if self.numbers == NULL:
            return -1
        read_column(&places.surfaces, 0, total, self.numbers)
        starts = self.numbers + total
        for i in range(block.count):
            doc = doc_at(block, i)
            counts = self.among == NULL or self.among[doc >> 6] >> (doc & 63) & 1
            for f in range(lists.field_count):
                freq = freq_at(block, f, i) if lists.positional[f] else 0
                if not freq or not counts:
                    at += freq
                    continue
                read_positions(places, at, freq, starts)
                covered = 0
                for n in range(freq):
                    if self.numbers[at + n] >= surfaces:
                        return -1
                    if self.widths[self.numbers[at + n]] and starts[n] >= covered:
                        covered = starts[n] + self.widths[self.numbers[at + n]]
                        if self.put(doc, f, starts[n], covered) < 0:
                            return -1
                at += freq
        return 0

    cdef bint is_worth_it(self, const Block* block) noexcept nogil:
        """Has a block a doc that counts?"""
        cdef int i
        cdef uint32_t doc
        for i in range(block.count if self.among != NULL else 0):
            doc = doc_at(block, i)
            if self.among[doc >> 6] >> (doc & 63) & 1:
                return True
        return self.among == NULL

    cdef int go_through(self, const Lists* lists, Chosen chosen, uint32_t term) noexcept nogil:
        """Add the chosen occurrences of a term."""
        cdef Surfaces surfaces
        cdef List blocks
        cdef Block block
        cdef Places places
        cdef uint32_t before[BLOCK + 1]
        cdef uint32_t number
        if term >= lists.term_count or open_surfaces(&lists.surfaces, term, &surfaces) < 0:
            return -1
        if self.choose(lists, chosen, &surfaces) < 0 or open_list(lists, term, &blocks) < 0:
            return -1
        for number in range(blocks.count):
            if open_block(lists, &blocks, number, &block) < 0:
                return -1
            if not self.is_worth_it(&block):
                continue
            if places_before(lists, &block, before) < 0:
                return -1
            if open_places(lists, &blocks, number, &block, before[block.count], &places) < 0:
                return -1
            if self.take(lists, &block, &places, before[block.count], surfaces.count) < 0:
                return -1
        return 0


def occurrences(object reader not None, Chosen chosen not None, const uint64_t[::1] among=None):
    """Where the chosen surfaces stand, by doc, field and start: ``spans.Occurrences``.

    ``among``: a set (see ``docsets``) of the docs that count, None for all. Takes 16 bytes an occurrence while it runs. Raises IndexError for surfaces of another segment, CorruptIndexError for damaged
    lists.
    """
    cdef const Lists* lists = lists_of(reader)
    cdef _Row row = _Row()
    cdef uint64_t t
    cdef int outcome = 0
    if chosen.table.surface_count != lists.surfaces.surface_count:
        raise IndexError("the surfaces are another segment's")
    if among is not None:
        if among.shape[0] != (lists.doc_count + 63) >> 6:
            raise IndexError("a bit for each doc is needed")
        row.among = &among[0] if among.shape[0] else NULL
    with nogil:
        for t in range(chosen.term_count):
            outcome = row.go_through(lists, chosen, chosen._terms[t])
            if outcome < 0:
                break
    if outcome < 0:
        raise reader.damaged()
    return _in_order(row, lists.doc_count)


cdef object _in_order(_Row row, uint64_t doc_count):
    """The places of each doc together, by field and start."""
    cdef uint64_t* ends = <uint64_t*>calloc(doc_count + 1, 8)
    cdef Place* sorted = <Place*>malloc((row.size + 1) * sizeof(Place))
    cdef uint64_t i, doc, found = 0
    cdef bytearray docs, totals
    cdef bytearray columns = bytearray(row.size), starts = bytearray(4 * row.size), stops = bytearray(4 * row.size)
    cdef uint8_t* column = columns
    cdef uint32_t* start = <uint32_t*><uint8_t*>starts
    cdef uint32_t* stop = <uint32_t*><uint8_t*>stops
    cdef uint32_t* doc_out
    cdef uint64_t* end_out
    try:
        if ends == NULL or sorted == NULL:
            raise MemoryError()
        for i in range(row.size):
            ends[row.places[i].doc + 1] += 1
        for doc in range(doc_count):
            found += ends[doc + 1] > 0
            ends[doc + 1] += ends[doc]
        for i in range(row.size):
            sorted[ends[row.places[i].doc]] = row.places[i]
            ends[row.places[i].doc] += 1
        docs, totals = bytearray(4 * found), bytearray(8 * found)
        doc_out, end_out = <uint32_t*><uint8_t*>docs, <uint64_t*><uint8_t*>totals
        found = 0
        for i in range(row.size):
            _sink(sorted, i)
            if i + 1 == row.size or sorted[i + 1].doc != sorted[i].doc:
                doc_out[found], end_out[found] = sorted[i].doc, i + 1
                found += 1
        for i in range(row.size):
            column[i], start[i], stop[i] = <uint8_t>sorted[i].column, sorted[i].start, sorted[i].stop
    finally:
        free(ends)
        free(sorted)
    return Occurrences(
        memoryview(docs).cast("I"), memoryview(totals).cast("Q"), memoryview(columns), memoryview(starts).cast("I"),
        memoryview(stops).cast("I"),
    )


cdef void _sink(Place* places, uint64_t i) noexcept nogil:
    """Insertion: bring place ``i`` behind the last of its doc that is not after it."""
    cdef Place place = places[i]
    while i and places[i - 1].doc == place.doc and (
        places[i - 1].column > place.column or (places[i - 1].column == place.column and places[i - 1].start > place.start)
    ):
        places[i] = places[i - 1]
        i -= 1
    places[i] = place

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Reads the packed posting lists of a segment; the format is specified in ``postings``.

A reader binds the sections once; query kernels take its ``lists`` and work on them without Python. Damaged data raises
``CorruptIndexError``; nothing is read outside the sections.
"""

from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.blocks cimport (
    BLOCK, MAX_FIELDS, SPARE_BYTES, Block, Lists, block_with, doc_at, first_from, freq_at, open_block,
    places_before, places_inside, unpack,
)
from idlibsearch.index.entries cimport Surfaces, open_surfaces, surface_at, width_at
from idlibsearch.index.words cimport WORDS



cdef class PostingReader:
    """The posting lists of one segment, by term number.

    positional                 uint8[f]
    first_block                uint32[t + 1]
    block_last, block_start, block_position   uint32[b]
    bounds                     uint8[b * 2f]
    data, positions            uint8, each with eight spare bytes at the end
    lengths                    uint32[d * f]
    term_surfaces, term_blocks   each term's surfaces, see ``entries``; surface_count: how many there are of all
    deleted                    bitmap of docs, may be shorter than all of them
    path                       of the file, for errors

    Raises ValueError where the sections do not fit each other, CorruptIndexError where a list turns out to be damaged.
    """

    cdef Lists lists
    cdef object _alive
    cdef readonly object capsule
    cdef str path

    def __init__(
        self,
        const uint8_t[::1] positional not None,
        const uint32_t[::1] first_block not None,
        const uint32_t[::1] block_last not None,
        const uint32_t[::1] block_start not None,
        const uint32_t[::1] block_position not None,
        const uint8_t[::1] bounds not None,
        const uint8_t[::1] data not None,
        const uint8_t[::1] positions not None,
        const uint32_t[::1] lengths not None,
        const uint8_t[::1] term_surfaces not None,
        const uint32_t[::1] term_blocks not None,
        uint32_t surface_count,
        const uint8_t[::1] deleted not None,
        str path not None,
    ):
        cdef Lists* lists = &self.lists
        self.path = path
        cdef Py_ssize_t i, terms = first_block.shape[0] - 1, blocks = block_last.shape[0], fields = positional.shape[0]
        self._alive = (
            positional, first_block, block_last, block_start, block_position, bounds, data, positions, lengths, term_surfaces,
            term_blocks, deleted,
        )
        if fields < 1 or fields > MAX_FIELDS or lengths.shape[0] % fields:
            raise ValueError("the lengths are not a row for each doc")
        if terms < 0 or term_blocks.shape[0] != (terms + WORDS - 1) // WORDS + 1:
            raise ValueError("one range of blocks and of surfaces for each term is needed")
        if block_start.shape[0] != blocks or block_position.shape[0] != blocks or bounds.shape[0] != 2 * fields * blocks:
            raise ValueError("one entry for each block is needed")
        if min(term_surfaces.shape[0], data.shape[0], positions.shape[0]) < SPARE_BYTES:
            raise ValueError("a section is too short")
        lists.term_count, lists.block_count = <uint32_t>terms, <uint32_t>blocks
        lists.field_count = <int>fields
        lists.doc_count = <uint32_t>(lengths.shape[0] // fields)
        for i in range(fields):
            lists.positional[i] = positional[i]
        lists.first_block = &first_block[0]
        lists.surfaces.data, lists.surfaces.size = &term_surfaces[0], term_surfaces.shape[0]
        lists.surfaces.blocks = &term_blocks[0]
        lists.surfaces.count, lists.surfaces.surface_count = <uint32_t>terms, surface_count
        lists.data, lists.data_size = &data[0], data.shape[0]
        lists.positions, lists.positions_size = &positions[0], positions.shape[0]
        lists.block_last = &block_last[0] if blocks else NULL
        lists.block_start = &block_start[0] if blocks else NULL
        lists.block_position = &block_position[0] if blocks else NULL
        lists.bounds = &bounds[0] if blocks else NULL
        lists.lengths = &lengths[0] if lengths.shape[0] else NULL
        lists.deleted = &deleted[0] if deleted.shape[0] else NULL
        lists.deleted_size = deleted.shape[0]
        self.capsule = PyCapsule_New(lists, "idlibsearch.lists", NULL)

    def damaged(self):
        """The error that says so of this segment's lists."""
        return CorruptIndexError(self.path, "a posting list does not fit together", "postings.data")

    cdef int _check(self, Py_ssize_t term) except -1:
        if term < 0 or term >= self.lists.term_count:
            raise IndexError(f"no term {term}")
        if self.lists.first_block[term] > self.lists.first_block[term + 1] or self.lists.first_block[term + 1] > self.lists.block_count:
            raise self.damaged()
        return 0

    def count(self, Py_ssize_t term):
        """How many docs have the term, deleted ones included."""
        self._check(term)
        cdef Block block
        cdef uint32_t first = self.lists.first_block[term], end = self.lists.first_block[term + 1]
        if first == end:
            return 0
        if open_block(&self.lists, <uint32_t>term, end - 1, &block) < 0:
            raise self.damaged()
        return <uint64_t>(end - 1 - first) * BLOCK + block.count

    def count_in(self, Py_ssize_t term, int column):
        """How many docs have the term in one field, deleted ones included."""
        self._check(term)
        cdef Block block
        cdef uint32_t number
        cdef uint64_t found = 0
        cdef int i
        if column < 0 or column >= self.lists.field_count:
            raise IndexError(f"no field {column}")
        for number in range(self.lists.first_block[term], self.lists.first_block[term + 1]):
            if open_block(&self.lists, <uint32_t>term, number, &block) < 0:
                raise self.damaged()
            if block.freq_width[column]:
                for i in range(block.count):
                    found += freq_at(&block, column, i) > 0
        return found

    def docs(self, Py_ssize_t term):
        """All docs that have the term, uint32 ascending, deleted ones included."""
        return self._column(term, -1)

    def freqs(self, Py_ssize_t term, int column):
        """The term's frequency in one field for each of its docs, uint32."""
        if column < 0 or column >= self.lists.field_count:
            raise IndexError(f"no field {column}")
        return self._column(term, column)

    cdef object _column(self, Py_ssize_t term, int column):
        cdef uint64_t n = self.count(term), at = 0
        cdef Block block
        cdef uint32_t number
        cdef int i
        cdef uint32_t* out = <uint32_t*>malloc(4 * max(n, 1))
        if out == NULL:
            raise MemoryError()
        try:
            for number in range(self.lists.first_block[term], self.lists.first_block[term + 1]):
                if open_block(&self.lists, <uint32_t>term, number, &block) < 0 or at + block.count > n:
                    raise self.damaged()
                for i in range(block.count):
                    out[at] = doc_at(&block, i) if column < 0 else freq_at(&block, column, i)
                    at += 1
            return memoryview((<char*>out)[: 4 * at]).cast("I")
        finally:
            free(out)

    def freq(self, Py_ssize_t term, uint32_t doc, int column):
        """How often a doc has the term in one field."""
        self._check(term)
        cdef Block block
        cdef uint32_t end = self.lists.first_block[term + 1]
        cdef uint32_t number = block_with(&self.lists, self.lists.first_block[term], end, doc)
        cdef int i
        if column < 0 or column >= self.lists.field_count:
            raise IndexError(f"no field {column}")
        if number == end:
            return 0
        if open_block(&self.lists, <uint32_t>term, number, &block) < 0:
            raise self.damaged()
        i = first_from(&block, 0, doc)
        return freq_at(&block, column, i) if doc_at(&block, i) == doc else 0

    def present(self, const uint32_t[::1] terms not None, uint32_t doc):
        """Those of the terms that a doc has, as a list."""
        cdef Py_ssize_t t
        cdef Block block
        cdef uint32_t number, end
        found = []
        for t in range(terms.shape[0]):
            self._check(terms[t])
            end = self.lists.first_block[terms[t] + 1]
            number = block_with(&self.lists, self.lists.first_block[terms[t]], end, doc)
            if number < end:
                if open_block(&self.lists, terms[t], number, &block) < 0:
                    raise self.damaged()
                if doc_at(&block, first_from(&block, 0, doc)) == doc:
                    found.append(terms[t])
        return found

    def occurrences(self, Py_ssize_t term, uint32_t doc, int column):
        """Where a term stands in a field of a doc: a list of (start, end, surface), ascending by start, in positions."""
        self._check(term)
        cdef Block block
        cdef uint32_t before[BLOCK + 1]
        cdef uint32_t end = self.lists.first_block[term + 1]
        cdef uint32_t number = block_with(&self.lists, self.lists.first_block[term], end, doc)
        cdef uint32_t first, start, which
        cdef Surfaces surfaces
        cdef uint64_t bit, surface_bit
        cdef int i, f
        if column < 0 or column >= self.lists.field_count or not self.lists.positional[column] or number == end:
            return []
        if open_block(&self.lists, <uint32_t>term, number, &block) < 0 or places_before(&self.lists, &block, before) < 0:
            raise self.damaged()
        i = first_from(&block, 0, doc)
        if doc_at(&block, i) != doc:
            return []
        if open_surfaces(&self.lists.surfaces, term, &surfaces) < 0:
            raise self.damaged()
        if places_inside(&self.lists, number, &block, before[block.count]) < 0:
            raise self.damaged()
        first = before[i]
        for f in range(column):
            if self.lists.positional[f]:
                first += freq_at(&block, f, i)
        found = []
        bit = 8 * <uint64_t>self.lists.block_position[number]
        surface_bit = bit + <uint64_t>before[block.count] * block.position_width
        for i in range(<int>freq_at(&block, column, i)):
            start = unpack(self.lists.positions, bit + <uint64_t>(first + i) * block.position_width, block.position_width)
            which = unpack(self.lists.positions, surface_bit + <uint64_t>(first + i) * block.surface_width, block.surface_width)
            if which >= surfaces.count:
                raise self.damaged()
            found.append((start, start + width_at(&surfaces, which), surface_at(&self.lists.surfaces, &surfaces, which)))
        return found

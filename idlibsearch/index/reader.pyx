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
    BLOCK, MAX_FIELDS, SPARE_BYTES, Block, List, Lists, Places, block_with, doc_at, first_from, freq_at, open_block, open_list,
    open_places, places_before, read_column, read_positions,
)
from idlibsearch.index.entries cimport Surfaces, open_surfaces, surface_at, width_at
from idlibsearch.index.words cimport WORDS


cdef class PostingReader:
    """The posting lists of one segment, by term number.

    positional                 uint8[f]
    starts                     uint32[t]
    block_last, block_start, block_position   uint32[b]
    bounds                     uint8[b * 2f]
    data, positions            uint8, each with eight spare bytes at the end
    lengths                    uint32[d * f], a row a doc; length_codes uint8[f * d], a row a field
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
        const uint32_t[::1] starts not None,
        const uint32_t[::1] block_last not None,
        const uint32_t[::1] block_start not None,
        const uint32_t[::1] block_position not None,
        const uint8_t[::1] bounds not None,
        const uint8_t[::1] data not None,
        const uint8_t[::1] positions not None,
        const uint32_t[::1] lengths not None,
        const uint8_t[::1] length_codes not None,
        const uint8_t[::1] term_surfaces not None,
        const uint32_t[::1] term_blocks not None,
        uint32_t surface_count,
        const uint8_t[::1] deleted not None,
        str path not None,
    ):
        cdef Lists* lists = &self.lists
        self.path = path
        cdef Py_ssize_t i, terms = starts.shape[0], blocks = block_last.shape[0], fields = positional.shape[0]
        self._alive = (
            positional, starts, block_last, block_start, block_position, bounds, data, positions, lengths, length_codes,
            term_surfaces, term_blocks, deleted,
        )
        if fields < 1 or fields > MAX_FIELDS or lengths.shape[0] % fields or length_codes.shape[0] != lengths.shape[0]:
            raise ValueError("the lengths are not a row for each doc")
        if term_blocks.shape[0] != (terms + WORDS - 1) // WORDS + 1:
            raise ValueError("a block of surfaces for every few terms is needed")
        if block_start.shape[0] != blocks or block_position.shape[0] != blocks or bounds.shape[0] != 2 * fields * blocks:
            raise ValueError("one entry for each block is needed")
        if min(term_surfaces.shape[0], data.shape[0], positions.shape[0]) < SPARE_BYTES:
            raise ValueError("a section is too short")
        lists.term_count, lists.block_count = <uint32_t>terms, <uint32_t>blocks
        lists.field_count = <int>fields
        lists.doc_count = <uint32_t>(lengths.shape[0] // fields)
        for i in range(fields):
            lists.positional[i] = positional[i]
        lists.starts = &starts[0] if terms else NULL
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
        lists.length_codes = &length_codes[0] if lengths.shape[0] else NULL
        lists.deleted = &deleted[0] if deleted.shape[0] else NULL
        lists.deleted_size = deleted.shape[0]
        self.capsule = PyCapsule_New(lists, "idlibsearch.lists", NULL)

    def damaged(self):
        """The error that says so of this segment's lists."""
        return CorruptIndexError(self.path, "a posting list does not fit together", "postings.data")

    cdef int _open(self, Py_ssize_t term, List* blocks) except -1:
        if term < 0 or term >= self.lists.term_count:
            raise IndexError(f"no term {term}")
        if open_list(&self.lists, <uint32_t>term, blocks) < 0:
            raise self.damaged()
        return 0

    cdef int _open_block(self, const List* blocks, uint32_t number, Block* block) except -1:
        if open_block(&self.lists, blocks, number, block) < 0:
            raise self.damaged()
        return 0

    cdef int _seek(self, Py_ssize_t term, uint32_t doc, List* blocks, uint32_t* number, Block* block) except -2:
        """Which posting of which block is a doc's; -1 where the term does not stand in it."""
        cdef int i
        self._open(term, blocks)
        number[0] = block_with(blocks, 0, doc)
        if number[0] == blocks.count:
            return -1
        self._open_block(blocks, number[0], block)
        i = first_from(block, 0, doc)
        return i if doc_at(block, i) == doc else -1

    def count(self, Py_ssize_t term):
        """How many docs have the term, deleted ones included."""
        cdef List blocks
        self._open(term, &blocks)
        return blocks.postings

    def count_in(self, Py_ssize_t term, int column):
        """How many docs have the term in one field, deleted ones included."""
        cdef List blocks
        cdef Block block
        cdef uint32_t number
        cdef uint64_t found = 0
        cdef int i
        self._open(term, &blocks)
        if column < 0 or column >= self.lists.field_count:
            raise IndexError(f"no field {column}")
        for number in range(blocks.count):
            self._open_block(&blocks, number, &block)
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
        cdef List blocks
        cdef Block block
        cdef uint32_t number
        cdef int i
        cdef uint32_t* out = <uint32_t*>malloc(4 * max(n, 1))
        if out == NULL:
            raise MemoryError()
        try:
            self._open(term, &blocks)
            for number in range(blocks.count):
                self._open_block(&blocks, number, &block)
                if at + block.count > n:
                    raise self.damaged()
                for i in range(block.count):
                    out[at] = doc_at(&block, i) if column < 0 else freq_at(&block, column, i)
                    at += 1
            return memoryview((<char*>out)[: 4 * at]).cast("I")
        finally:
            free(out)

    def freq(self, Py_ssize_t term, uint32_t doc, int column):
        """How often the term stands in a field of a doc. O(log n)."""
        cdef List blocks
        cdef Block block
        cdef uint32_t number
        if column < 0 or column >= self.lists.field_count:
            raise IndexError(f"no field {column}")
        cdef int i = self._seek(term, doc, &blocks, &number, &block)
        return freq_at(&block, column, i) if i >= 0 else 0

    def present(self, const uint32_t[::1] terms not None, uint32_t doc):
        """Those of the terms that a doc has, as a list."""
        cdef Py_ssize_t t
        cdef List blocks
        cdef Block block
        cdef uint32_t number
        return [terms[t] for t in range(terms.shape[0]) if self._seek(terms[t], doc, &blocks, &number, &block) >= 0]

    def occurrences(self, Py_ssize_t term, uint32_t doc, int column):
        """Where a term stands in a field of a doc: a list of (start, end, surface), ascending by start, in positions."""
        cdef List blocks
        cdef Block block
        cdef Places places
        cdef uint32_t before[BLOCK + 1]
        cdef Surfaces surfaces
        cdef uint32_t number, first, count
        cdef uint32_t* starts
        cdef int f, i = self._seek(term, doc, &blocks, &number, &block)
        if column < 0 or column >= self.lists.field_count or not self.lists.positional[column] or i < 0:
            return []
        if places_before(&self.lists, &block, before) < 0:
            raise self.damaged()
        if open_places(&self.lists, &blocks, number, &block, before[block.count], &places) < 0:
            raise self.damaged()
        first, count = before[i], freq_at(&block, column, i)
        for f in range(column):
            if self.lists.positional[f]:
                first += freq_at(&block, f, i)
        if count > self.lists.lengths[<uint64_t>doc * self.lists.field_count + column]:
            raise self.damaged()
        if open_surfaces(&self.lists.surfaces, term, &surfaces) < 0:
            raise self.damaged()
        starts = <uint32_t*>malloc(8 * max(<uint64_t>count, 1))
        if starts == NULL:
            raise MemoryError()
        try:
            read_positions(&places, first, count, starts)
            read_column(&places.surfaces, first, count, starts + count)
            return [self._occurrence(&surfaces, starts[n], starts[count + n]) for n in range(count)]
        finally:
            free(starts)

    cdef tuple _occurrence(self, const Surfaces* surfaces, uint32_t start, uint32_t which):
        """A position and a surface within its term, as (start, end, surface)."""
        if which >= surfaces.count:
            raise self.damaged()
        return start, start + width_at(surfaces, which), surface_at(&self.lists.surfaces, surfaces, which)

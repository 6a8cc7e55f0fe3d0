# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The docs that have any or all of some words, as a set (see ``docsets``), without a score.

Lists are decoded into the set block by block. Of all words the rarest goes first; where it is much rarer than another, its docs are
looked up in that one's list in place of decoding it. Twin: Python's own sets, in ``tests``.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from idlibsearch.index.blocks cimport BLOCK, Block, List, Lists, block_with, doc_at, first_from, freq_at, open_block, open_list
from idlibsearch.query.bitmaps cimport count_of, empty, lowest_bit, put, words_for, words_of
from idlibsearch.query.scoring cimport lists_of

cdef enum:
    SPARSE = 32  # looking a doc up in a list costs about as much as decoding so many postings


cdef struct Wanted:
    # A word, the row of fields in which it counts, and whether that is all of them.
    List blocks
    const uint8_t* fields
    bint whole
    uint64_t postings  # at most


cdef inline bint counts(const Lists* lists, const Wanted* word, const Block* block, int i) noexcept nogil:
    cdef int f
    for f in range(lists.field_count):
        if word.fields[f] and freq_at(block, f, i):
            return True
    return False


cdef void put_block(uint64_t* words, const Block* opened) noexcept nogil:
    """Put in all docs of a block."""
    # Docs a quarter of the block apart are seldom bits of one word: so no write has to wait for the one before.
    cdef Block block = opened[0]  # a copy, which the compiler knows that no write changes
    cdef int i, quarter = block.count >> 2
    for i in range(quarter):
        put(words, doc_at(&block, i))
        put(words, doc_at(&block, i + quarter))
        put(words, doc_at(&block, i + 2 * quarter))
        put(words, doc_at(&block, i + 3 * quarter))
    for i in range(4 * quarter, block.count):
        put(words, doc_at(&block, i))


cdef int add_word(const Lists* lists, const Wanted* word, uint64_t* words) noexcept nogil:
    """Put in the docs of a word; -1 where its list is damaged."""
    cdef Block block
    cdef uint32_t number
    cdef int i
    for number in range(word.blocks.count):
        if open_block(lists, &word.blocks, number, &block) < 0:
            return -1
        if not word.whole:
            for i in range(block.count):
                if counts(lists, word, &block, i):
                    put(words, doc_at(&block, i))
            continue
        put_block(words, &block)
    return 0


cdef int keep_word(const Lists* lists, const Wanted* word, uint64_t* words, Py_ssize_t size) noexcept nogil:
    """Take out the docs that do not have a word, looking each of them up; -1 where its list is damaged."""
    cdef Block block
    cdef uint32_t number = 0, end = word.blocks.count, opened = end, doc
    cdef uint64_t left
    cdef int i = 0
    cdef Py_ssize_t at
    for at in range(size):
        left = words[at]
        while left:
            doc = <uint32_t>(64 * at + lowest_bit(left))
            number = block_with(&word.blocks, number, doc)
            if number == end:
                words[at] &= ~left  # this one and all behind it
                memset(words + at + 1, 0, 8 * (size - at - 1))
                return 0
            if number != opened:
                if open_block(lists, &word.blocks, number, &block) < 0:
                    return -1
                opened, i = number, 0
            i = first_from(&block, i, doc)
            if doc_at(&block, i) != doc or not (word.whole or counts(lists, word, &block, i)):
                words[at] &= ~(left & (0 - left))
            left &= left - 1
    return 0


cdef int every_word(const Lists* lists, Wanted** wanted, int n, uint64_t* out, Py_ssize_t size, uint64_t* other) noexcept nogil:
    """The docs that have all words, the rarest first; ``other`` is room for a set."""
    cdef Wanted* rarer
    cdef Py_ssize_t at
    cdef int i, j
    for i in range(1, n):  # insertion sort
        rarer = wanted[i]
        j = i
        while j and wanted[j - 1].postings > rarer.postings:
            wanted[j] = wanted[j - 1]
            j -= 1
        wanted[j] = rarer
    if add_word(lists, wanted[0], out) < 0:
        return -1
    for i in range(1, n):
        if wanted[i].postings > SPARSE * <uint64_t>count_of(out, size):
            if keep_word(lists, wanted[i], out, size) < 0:
                return -1
            continue
        memset(other, 0, 8 * size)
        if add_word(lists, wanted[i], other) < 0:
            return -1
        for at in range(size):
            out[at] &= other[at]
    return 0


def words(object reader not None, const uint32_t[::1] terms not None, const uint8_t[::1] fields not None, bint every):
    """The docs that have any (or ``every`` one) of some words, each in a field that counts for it.

    terms   uint32[n]     term numbers; a word may stand twice
    fields  uint8[n * f]  1 for the fields that count, a row a word

    Raises IndexError for numbers that point nowhere, CorruptIndexError for damaged lists.
    """
    cdef const Lists* lists = lists_of(reader)
    cdef int n = <int>terms.shape[0], i, f, outcome = 0
    cdef Py_ssize_t size = words_for(lists.doc_count)
    cdef object room = empty(size)
    cdef uint64_t* out = words_of(room)
    if fields.shape[0] != n * lists.field_count:
        raise IndexError("one row of fields for each word is needed")
    if n == 0:
        return memoryview(room).cast("Q")
    cdef Wanted* wanted = <Wanted*>malloc(n * sizeof(Wanted))
    cdef Wanted** order = <Wanted**>malloc(n * sizeof(Wanted*))
    cdef uint64_t* other = <uint64_t*>malloc(max(8 * size, 1))
    try:
        if wanted == NULL or order == NULL or other == NULL:
            raise MemoryError()
        for i in range(n):
            bind(reader, lists, &wanted[i], terms[i], &fields[i * lists.field_count])
            order[i] = &wanted[i]
        with nogil:
            if every:
                outcome = every_word(lists, order, n, out, size, other)
            else:
                for i in range(n):
                    if outcome == 0:
                        outcome = add_word(lists, &wanted[i], out)
        if outcome < 0:
            raise reader.damaged()
        return memoryview(room).cast("Q")
    finally:
        free(wanted)
        free(order)
        free(other)


cdef int bind(object reader, const Lists* lists, Wanted* word, uint32_t term, const uint8_t* fields) except -1:
    cdef int f
    if term >= lists.term_count:
        raise IndexError(f"no term {term}")
    if open_list(lists, term, &word.blocks) < 0:
        raise reader.damaged()
    word.fields, word.whole = fields, True
    word.postings = <uint64_t>BLOCK * word.blocks.count
    for f in range(lists.field_count):
        word.whole = word.whole and fields[f] != 0
    return 0

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""In how many docs of a set each term of a segment stands: one pass through all lists. Twin: Python's own sets, in ``tests``."""

from libc.stdint cimport uint32_t, uint64_t

from idlibsearch.index.blocks cimport BLOCK, Block, List, Lists, freq_at, open_block, open_list, unpack_docs
from idlibsearch.query.scoring cimport lists_of


cdef inline bint is_placed(const Lists* lists, const Block* block, int i) noexcept nogil:
    """Does the word stand in a field that keeps positions?"""
    cdef int f
    for f in range(lists.field_count):
        if lists.positional[f] and freq_at(block, f, i):
            return True
    return False


cdef inline bint is_mixed(const Lists* lists, const Block* block) noexcept nogil:
    """Has the block freqs of other fields?"""
    cdef int f
    for f in range(lists.field_count):
        if block.freq_width[f] and not lists.positional[f]:
            return True
    return False


cdef int count_term(const Lists* lists, uint32_t term, const uint64_t* wanted, uint32_t* count) noexcept nogil:
    cdef List blocks
    cdef Block block
    cdef uint32_t docs[BLOCK]
    cdef uint32_t number
    cdef bint mixed
    cdef int i
    count[0] = 0
    if open_list(lists, term, &blocks) < 0:
        return -1
    for number in range(blocks.count):
        if open_block(lists, &blocks, number, &block) < 0:
            return -1
        unpack_docs(&block, docs)
        mixed = is_mixed(lists, &block)
        for i in range(block.count):
            if wanted[docs[i] >> 6] >> (docs[i] & 63) & 1 and (not mixed or is_placed(lists, &block, i)):
                count[0] += 1
    return 0


def count_terms(object reader not None, const uint64_t[::1] docs not None):
    """How many docs of a set (see ``docsets``) have each term in a field that keeps positions: uint32[terms].

    Raises IndexError where the set is not of this segment, CorruptIndexError for damaged lists.
    """
    cdef const Lists* lists = lists_of(reader)
    cdef uint32_t term
    cdef int outcome = 0
    if docs.shape[0] != (lists.doc_count + 63) >> 6:
        raise IndexError("a bit for each doc is needed")
    cdef object room = bytearray(4 * max(lists.term_count, 1))
    cdef uint32_t[::1] counts = memoryview(room).cast("I")
    if lists.doc_count:
        with nogil:
            for term in range(lists.term_count):
                outcome = count_term(lists, term, &docs[0], &counts[term])
                if outcome < 0:
                    break
    if outcome < 0:
        raise reader.damaged()
    return memoryview(room).cast("I")[: lists.term_count]

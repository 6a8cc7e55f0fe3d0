# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Which report of each story is shown where a story counts once: of those that match, the one of the lowest rank.

Twin: ``min`` over lists in ``tests/test_collapse.py``.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc


cdef struct Set:
    uint64_t* words
    uint64_t first   # the place of its first doc
    uint64_t stop


cdef inline Set* set_of(Set* sets, Py_ssize_t count, uint32_t place) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        if sets[i].first <= place < sets[i].stop:
            return sets + i
    return NULL


cdef inline bint holds(const Set* there, uint32_t place) noexcept nogil:
    cdef uint64_t doc = place - there.first
    return there.words[doc >> 6] >> (doc & 63) & 1


def keep_leads(
    list sets not None, bases not None, const uint32_t[::1] anchors not None, const uint32_t[::1] starts not None,
    const uint32_t[::1] members not None, const int64_t[::1] anchor_ranks not None, const int64_t[::1] member_ranks not None,
):
    """Take out of docsets (writable, one a segment) all versions but the lead of each story: the lowest rank, then the first added.

    bases                       the place of the first doc of each segment, and the end
    anchors, starts, members    as ``Stories`` has them
    anchor_ranks, member_ranks  int64, beside ``anchors`` and ``members``

    Raises IndexError where these do not fit each other.
    """
    cdef Py_ssize_t i, at, count = len(sets)
    cdef uint64_t[::1] words
    cdef Set* all = <Set*>malloc(max(count, 1) * sizeof(Set))
    cdef Set* there
    cdef Set* best
    cdef uint32_t place, lead
    cdef int64_t rank, lowest
    cdef bint missing = False
    if all == NULL:
        raise MemoryError()
    try:
        if anchor_ranks.shape[0] != anchors.shape[0] or member_ranks.shape[0] != members.shape[0]:
            raise IndexError("not a rank for each report")
        if starts.shape[0] != anchors.shape[0] + 1 or len(bases) != count + 1:
            raise IndexError("the parts of the stories do not fit together")
        for i in range(anchors.shape[0]):
            if starts[i] > starts[i + 1] or starts[i + 1] > <uint64_t>members.shape[0]:
                raise IndexError("a story without its members")
        for i in range(count):
            words = sets[i]
            all[i].first, all[i].stop = bases[i], bases[i + 1]
            if 64 * words.shape[0] < <Py_ssize_t>(all[i].stop - all[i].first):
                raise IndexError("a set of too few docs")
            all[i].words = &words[0] if words.shape[0] else NULL
        with nogil:
            for i in range(anchors.shape[0]):
                best, lead, lowest = NULL, 0, 0
                for at in range(<Py_ssize_t>starts[i] - 1, starts[i + 1]):
                    place = anchors[i] if at < starts[i] else members[at]
                    rank = anchor_ranks[i] if at < starts[i] else member_ranks[at]
                    there = set_of(all, count, place)
                    if there == NULL:
                        missing = True
                        continue
                    if not holds(there, place):
                        continue
                    if best == NULL or rank < lowest or (rank == lowest and place < lead):
                        if best != NULL:
                            best.words[(lead - best.first) >> 6] &= ~(<uint64_t>1 << ((lead - best.first) & 63))
                        best, lead, lowest = there, place, rank
                    else:
                        there.words[(place - there.first) >> 6] &= ~(<uint64_t>1 << ((place - there.first) & 63))
        if missing:
            raise IndexError("a story names a report that is not there")
    finally:
        free(all)

# cython: language_level=3
"""The k best docs found so far, for the kernels that look for them: the worst on top, equal scores by doc, the later one worse.

Only functions compiled into each kernel; ``threshold`` is what a further doc has to beat. Whoever fills a Heap owns its arrays.
"""

from libc.stdint cimport uint32_t


cdef extern from *:
    """
    #define HAIR (1.0 + 1e-9)
    """
    const double HAIR  # bounds are raised by it, so that rounding never loses a doc

cdef struct Heap:
    double* scores
    uint32_t* docs
    int size
    int capacity
    double threshold


cdef inline bint worse(const Heap* h, int a, int b) noexcept nogil:
    return h.scores[a] < h.scores[b] or (h.scores[a] == h.scores[b] and h.docs[a] > h.docs[b])


cdef inline void swap(Heap* h, int a, int b) noexcept nogil:
    cdef double score = h.scores[a]
    cdef uint32_t doc = h.docs[a]
    h.scores[a], h.docs[a] = h.scores[b], h.docs[b]
    h.scores[b], h.docs[b] = score, doc


cdef inline void keep(Heap* h, double score, uint32_t doc) noexcept nogil:
    """Keep a doc that is better than the threshold, in place of the worst where the heap is full."""
    cdef int at, child
    if h.size < h.capacity:
        at = h.size
        h.size += 1
        h.scores[at], h.docs[at] = score, doc
        while at and worse(h, at, (at - 1) >> 1):
            swap(h, at, (at - 1) >> 1)
            at = (at - 1) >> 1
    else:
        h.scores[0], h.docs[0] = score, doc
        at = 0
        while True:
            child = 2 * at + 1
            if child >= h.size:
                break
            if child + 1 < h.size and worse(h, child + 1, child):
                child += 1
            if not worse(h, child, at):
                break
            swap(h, at, child)
            at = child
    if h.size == h.capacity and h.scores[0] > h.threshold:
        h.threshold = h.scores[0]

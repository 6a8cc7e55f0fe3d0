# cython: language_level=3
"""The best few of many, for kernels that sort or count: a heap whose top is the worst that is kept.

Only inline functions: this module is compiled into each kernel and never imported.
"""

from libc.stdint cimport uint64_t


cdef struct Entry:
    # Compared by ``first``, then ``second``, then ``number``; the smaller is the better. None of them is NaN.
    double first
    double second
    uint64_t number


cdef struct Heap:
    Entry* entries  # room for ``room``; who fills it frees it
    Py_ssize_t size
    Py_ssize_t room


cdef inline bint worse(const Entry* a, const Entry* b) noexcept nogil:
    if a.first != b.first:
        return a.first > b.first
    if a.second != b.second:
        return a.second > b.second
    return a.number > b.number


cdef inline void sift(Entry* entries, Py_ssize_t size, Entry entry) noexcept nogil:
    """Put an entry in place of the top."""
    cdef Py_ssize_t at = 0, child
    while True:
        child = 2 * at + 1
        if child + 1 < size and worse(&entries[child + 1], &entries[child]):
            child += 1
        if child >= size or worse(&entry, &entries[child]):
            break
        entries[at] = entries[child]
        at = child
    entries[at] = entry


cdef inline void offer(Heap* heap, Entry entry) noexcept nogil:
    """Keep an entry if it is among the best ``room``."""
    cdef Py_ssize_t at = heap.size
    if heap.size == heap.room:
        if heap.room and worse(&heap.entries[0], &entry):
            sift(heap.entries, heap.size, entry)
        return
    heap.size += 1
    while at and worse(&entry, &heap.entries[(at - 1) >> 1]):
        heap.entries[at] = heap.entries[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap.entries[at] = entry


cdef inline void put_in_order(Heap* heap, Py_ssize_t first) noexcept nogil:
    """From place ``first`` on, best first; the better ones stay before it (heapsort: the worst go to the end one by one)."""
    cdef Py_ssize_t left
    cdef Entry last
    for left in range(heap.size - 1, max(first, 1) - 1, -1):
        last = heap.entries[left]
        heap.entries[left] = heap.entries[0]
        sift(heap.entries, left, last)

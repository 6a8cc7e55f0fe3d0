# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""What is asked of keyword columns as a whole: whether each doc has one value, and the values of several segments united.

United they are by a merge: a heap holds the segments by the value that each stands at. Twin: Python's ``sorted`` and a dict, in
``tests``.
"""

from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcmp


cdef struct Table:
    const uint8_t* text
    uint64_t text_size
    const uint32_t* ends
    Py_ssize_t at       # the string it stands at
    Py_ssize_t stop
    const uint8_t* here
    uint64_t size       # of that string
    uint32_t* numbers   # of its strings, to be filled one by one


cdef inline int read(Table* table) noexcept nogil:
    """Look at the string it stands at; -1 where that lies outside the text."""
    cdef uint64_t start = table.ends[table.at - 1] if table.at else 0, end = table.ends[table.at]
    if start > end or end > table.text_size:
        return -1
    table.here, table.size = table.text + start, end - start
    return 0


cdef inline int order(const Table* a, const Table* b) noexcept nogil:
    cdef uint64_t size = min(a.size, b.size)
    cdef int found = memcmp(a.here, b.here, size) if size else 0
    return found if found else (a.size > b.size) - (a.size < b.size)


cdef void sift(Table** heap, Py_ssize_t size, Py_ssize_t at) noexcept nogil:
    """Let a table sink to where it belongs; the one with the first string is on top."""
    cdef Table* table = heap[at]
    cdef Py_ssize_t child
    while True:
        child = 2 * at + 1
        if child + 1 < size and order(heap[child + 1], heap[child]) < 0:
            child += 1
        if child >= size or order(table, heap[child]) <= 0:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = table


cdef int64_t merge(Table** heap, Py_ssize_t size) noexcept nogil:
    """Fill in the numbers; how many there are, -1 where a table is damaged."""
    cdef uint32_t number = 0
    cdef Py_ssize_t i
    cdef Table last  # the string numbered last
    last.here, last.size = NULL, 0
    for i in range(size // 2 - 1, -1, -1):
        sift(heap, size, i)
    while size:
        if number == 0 or order(&last, heap[0]) != 0:
            last.here, last.size = heap[0].here, heap[0].size
            number += 1
        heap[0].numbers[0] = number - 1
        heap[0].numbers += 1
        heap[0].at += 1
        if heap[0].at == heap[0].stop:
            size -= 1
            heap[0] = heap[size]
        elif read(heap[0]) < 0:
            return -1
        if size:
            sift(heap, size, 0)
    return number


def one_each(const uint32_t[::1] starts not None):
    """Do ascending starts, one more than there are docs, leave exactly one place to each doc?"""
    cdef Py_ssize_t i, docs = starts.shape[0] - 1
    cdef bint same = docs >= 0
    with nogil:
        for i in range(docs):
            same &= <uint64_t>starts[i] + 1 == starts[i + 1]
    return same


def unite(list tables not None):
    """(numbers, count): of each table its strings' numbers (uint32), equal strings of several tables having the same.

    tables  (text, ends, range) of each: uint8, uint32, and the strings meant, which must be in order

    Numbers are those of all different strings in their order, from 0 to ``count``. O(strings * log tables). Raises IndexError
    for a range that is not in its table, ValueError where a table is damaged.
    """
    cdef Py_ssize_t i, size = 0
    cdef int64_t count = 0
    cdef const uint8_t[::1] text
    cdef const uint32_t[::1] ends
    cdef Table* all = <Table*>malloc(max(len(tables), 1) * sizeof(Table))
    cdef Table** heap = <Table**>malloc(max(len(tables), 1) * sizeof(Table*))
    cdef list numbers = []
    try:
        if all == NULL or heap == NULL:
            raise MemoryError()
        for i in range(len(tables)):
            text, ends, meant = tables[i]
            if meant.start < 0 or meant.step != 1 or meant.stop > ends.shape[0]:
                raise IndexError("these strings are not there")
            room = PyByteArray_FromStringAndSize(NULL, 4 * len(meant))
            numbers.append(room)
            if not meant:
                continue
            all[i].text, all[i].text_size, all[i].ends = &text[0] if text.shape[0] else NULL, text.shape[0], &ends[0]
            all[i].at, all[i].stop = meant.start, meant.stop
            all[i].numbers = <uint32_t*>PyByteArray_AsString(room)
            if read(&all[i]) < 0:
                raise ValueError("a table of strings is damaged")
            heap[size] = &all[i]
            size += 1
        with nogil:
            count = merge(heap, size)
        if count < 0:
            raise ValueError("a table of strings is damaged")
        return [memoryview(room).cast("I") for room in numbers], count
    finally:
        free(all)
        free(heap)

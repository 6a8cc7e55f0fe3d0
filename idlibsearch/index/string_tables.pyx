# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Orders and picks out strings of tables as ``strings`` has them: UTF-8 texts one behind the other, and where each ends."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, qsort
from libc.string cimport memcmp, memcpy


cdef struct Item:
    uint64_t key         # its group, or its first eight bytes
    const uint8_t* at
    uint32_t size
    uint32_t number


cdef int compared(const void* left, const void* right) noexcept nogil:
    cdef const Item* a = <const Item*>left
    cdef const Item* b = <const Item*>right
    cdef int order
    if a.key != b.key:
        return -1 if a.key < b.key else 1
    order = memcmp(a.at, b.at, min(a.size, b.size)) if a.size and b.size else 0
    if order:
        return order
    return (a.size > b.size) - (a.size < b.size)


cdef uint64_t beginning(const uint8_t* at, uint32_t size) noexcept nogil:
    """The first eight bytes, as they are ordered."""
    cdef uint64_t found = 0
    cdef uint32_t i
    for i in range(8):
        found = found << 8 | (at[i] if i < size else 0)
    return found


cdef uint32_t start_of(const uint8_t[::1] text, const uint32_t[::1] ends, uint32_t number) except? 0xFFFFFFFF:
    """Where a string starts. Raises IndexError where the table does not have it."""
    cdef uint32_t start
    if number >= <uint64_t>ends.shape[0]:
        raise IndexError(f"no string {number}")
    start = ends[number - 1] if number else 0
    if start > ends[number] or ends[number] > <uint64_t>text.shape[0]:
        raise IndexError("the ends do not ascend")
    return start


def ordered(
    const uint8_t[::1] text not None, const uint32_t[::1] ends not None, const uint32_t[::1] numbers not None,
    const uint64_t[::1] groups = None,
):
    """The numbers of strings of a table, ordered by their bytes, or by their group and then by these (uint32, like ``numbers``).

    groups    uint64, of each of ``numbers``

    Raises IndexError where these do not fit each other.
    """
    cdef Py_ssize_t i, count = numbers.shape[0]
    cdef const uint8_t* at = &text[0] if text.shape[0] else NULL
    cdef uint32_t start
    cdef bytes found = PyBytes_FromStringAndSize(NULL, count * sizeof(uint32_t))
    cdef uint32_t* out = <uint32_t*><char*>found
    cdef Item* items
    if groups is not None and groups.shape[0] != count:
        raise IndexError("one group for each number is needed")
    items = <Item*>malloc(max(count, 1) * sizeof(Item))
    if items == NULL:
        raise MemoryError()
    try:
        for i in range(count):
            start = start_of(text, ends, numbers[i])
            items[i].at, items[i].size, items[i].number = at + start, ends[numbers[i]] - start, numbers[i]
            items[i].key = beginning(items[i].at, items[i].size) if groups is None else groups[i]
        with nogil:
            qsort(items, count, sizeof(Item), compared)
            for i in range(count):
                out[i] = items[i].number
    finally:
        free(items)
    return memoryview(found).cast("I")


def first_at(
    const uint8_t[::1] text not None, const uint32_t[::1] ends not None, const uint32_t[::1] order not None,
    bytes wanted not None,
):
    """The first place in ``order``, the numbers of strings sorted by their bytes, whose string is not before the wanted one.

    Raises IndexError where these do not fit each other. O(log n).
    """
    cdef Py_ssize_t low = 0, high = order.shape[0], middle
    cdef const uint8_t* mine = <const uint8_t*><const char*>wanted
    cdef uint32_t start, size, least
    cdef uint64_t length = <uint64_t>len(wanted)
    cdef int difference
    while low < high:
        middle = (low + high) // 2
        start = start_of(text, ends, order[middle])
        size = ends[order[middle]] - start
        least = <uint32_t>min(<uint64_t>size, length)
        difference = memcmp(&text[start], mine, least) if least else 0
        if difference < 0 or (difference == 0 and size < length):
            low = middle + 1
        else:
            high = middle
    return low


def picked(const uint8_t[::1] text not None, const uint32_t[::1] ends not None, const uint32_t[::1] numbers not None):
    """Strings of a table as a table of their own. Raises IndexError where one of them is not there."""
    cdef Py_ssize_t i, count = numbers.shape[0], total = 0
    cdef uint32_t start
    cdef bytes new_ends = PyBytes_FromStringAndSize(NULL, count * sizeof(uint32_t)), new_text
    cdef uint32_t* out = <uint32_t*><char*>new_ends
    cdef uint8_t* at
    for i in range(count):
        start = start_of(text, ends, numbers[i])
        total += ends[numbers[i]] - start
        if total > 0xFFFFFFFF:
            raise IndexError("a table cannot hold so much text")
        out[i] = <uint32_t>total
    new_text = PyBytes_FromStringAndSize(NULL, total)
    at = <uint8_t*><char*>new_text
    for i in range(count):
        start = ends[numbers[i] - 1] if numbers[i] else 0
        if ends[numbers[i]] > start:
            memcpy(at, &text[start], ends[numbers[i]] - start)
        at += ends[numbers[i]] - start
    return new_text, memoryview(new_ends).cast("I")

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Counts over the docs that match: how many have each value of a column or each number, how many fall into each stretch of days.

Docs are uint32 of one segment. The slow twins are in ``tests/naive.py``.

Every number is checked against the array it indexes before it is used; a wrong one raises IndexError.
"""

cimport cython
from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy

from idlibsearch.query.selection cimport Entry, Heap, offer, put_in_order


def count_values(
    const uint32_t[::1] docs not None,
    const uint32_t[::1] starts,
    const uint32_t[::1] values not None,
    uint32_t base,
    const uint32_t[::1] numbers,
    uint64_t[::1] counts not None,
):
    """Add to ``counts`` how many of ``docs`` have each value.

    starts   uint32[n + 1]  doc d has values[starts[d] : starts[d + 1]]; None: it has values[d]
    values   uint32         from ``base`` on
    numbers  uint32[v]      where value ``base + i`` is counted; None: at i
    counts   uint64[c]      is added to, not cleared
    """
    cdef Py_ssize_t wrong
    with nogil:
        if starts is None:
            wrong = _count_value_of_each(docs, values, base, numbers, counts)
        else:
            wrong = _count_values(docs, starts, values, base, numbers, counts)
    if wrong >= 0:
        raise IndexError(f"doc {docs[wrong]} or one of its values is not there")


cdef Py_ssize_t _count_value_of_each(
    const uint32_t[::1] docs,
    const uint32_t[::1] values,
    uint32_t base,
    const uint32_t[::1] numbers,
    uint64_t[::1] counts,
) except -2 nogil:
    """As ``_count_values``."""
    cdef Py_ssize_t i
    cdef uint32_t place
    cdef uint64_t mapped = 0, size = values.shape[0], total = counts.shape[0]
    cdef bint is_mapped = numbers is not None
    if is_mapped:
        mapped = numbers.shape[0]
    for i in range(docs.shape[0]):
        if docs[i] >= size:
            return i
        place = values[docs[i]] - base  # a value before the base becomes one far behind the last
        if is_mapped:
            if place >= mapped:
                return i
            place = numbers[place]
        if place >= total:
            return i
        counts[place] += 1
    return -1


cdef Py_ssize_t _count_values(
    const uint32_t[::1] docs,
    const uint32_t[::1] starts,
    const uint32_t[::1] values,
    uint32_t base,
    const uint32_t[::1] numbers,
    uint64_t[::1] counts,
) except -2 nogil:
    """-1, or the place of the doc at which a number was wrong."""
    cdef Py_ssize_t i, doc_count = starts.shape[0] - 1, size = values.shape[0]
    cdef uint32_t doc, at, end, place
    cdef uint64_t mapped = 0, total = counts.shape[0]
    cdef bint is_mapped = numbers is not None
    if is_mapped:
        mapped = numbers.shape[0]
    for i in range(docs.shape[0]):
        doc = docs[i]
        if doc >= doc_count:
            return i
        at, end = starts[doc], starts[doc + 1]
        if end > size:
            return i
        while at < end:
            place = values[at] - base  # a value before the base becomes one far behind the last
            if is_mapped:
                if place >= mapped:
                    return i
                place = numbers[place]
            if place >= total:
                return i
            counts[place] += 1
            at += 1
    return -1


def count_days(
    const uint32_t[::1] docs not None,
    const int32_t[::1] starts not None,
    const int32_t[::1] ends not None,
    const int32_t[::1] edges not None,
    const uint32_t[::1] stretches not None,
    uint64_t[::1] counts not None,
):
    """Add to ``counts`` how many of ``docs`` lie in each stretch of days, and behind those how many in none.

    starts, ends  int32[n]      by doc, half-open, proleptic ordinals; a start of 0: no date
    edges         int32[b + 1]  stretch i is [edges[i], edges[i + 1])
    stretches     uint32[days]  the stretch of the day edges[0] + i
    counts        uint64[b + 2] added to: the stretches; dates that lie in no single one of them; docs without a date

    Raises IndexError for a doc that is not there, or a date that starts outside the stretches.
    """
    cdef Py_ssize_t buckets = edges.shape[0] - 1, i
    cdef Py_ssize_t wrong = -1
    cdef uint32_t doc, stretch, days = <uint32_t>min(stretches.shape[0], 1 << 30)
    cdef int32_t start, first
    if buckets < 0 or counts.shape[0] != buckets + 2 or ends.shape[0] != starts.shape[0]:
        raise IndexError("the arrays do not fit each other")
    first = edges[0]
    with nogil:
        for i in range(docs.shape[0]):
            doc = docs[i]
            if doc >= starts.shape[0]:
                wrong = i
                break
            start = starts[doc]
            if start <= 0:
                counts[buckets + 1] += 1
                continue
            if <uint32_t>start - <uint32_t>first >= days:
                wrong = i
                break
            stretch = stretches[start - first]
            if stretch >= buckets:
                wrong = i
                break
            counts[stretch if ends[doc] <= edges[stretch + 1] else <uint32_t>buckets] += 1
    if wrong >= 0:
        raise IndexError(f"doc {docs[wrong]} is not there, or its date lies outside the edges")


def most(const uint64_t[::1] counts not None, Py_ssize_t limit):
    """The places of the ``limit`` largest counts, uint32, largest first, equal ones in order; a count of 0 is left out.

    O(counts + found * log(limit)).
    """
    cdef Heap heap
    cdef Entry entry
    cdef Py_ssize_t i
    if <uint64_t>counts.shape[0] > 0xFFFFFFFF:
        raise IndexError("more counts than can be numbered")
    heap.size, heap.room = 0, max(min(limit, counts.shape[0]), 0)
    heap.entries = <Entry*>malloc(max(heap.room, 1) * sizeof(Entry))
    if heap.entries == NULL:
        raise MemoryError()
    entry.second = 0.0
    with nogil:
        for i in range(counts.shape[0]):
            if counts[i]:
                entry.first, entry.number = -<double>counts[i], <uint64_t>i
                offer(&heap, entry)
        put_in_order(&heap, 0)
    try:
        return _numbers(&heap)
    finally:
        free(heap.entries)


cdef object _numbers(const Heap* heap):
    cdef object room = PyByteArray_FromStringAndSize(NULL, 4 * heap.size)
    cdef uint32_t* out = <uint32_t*>PyByteArray_AsString(room)
    cdef Py_ssize_t i
    for i in range(heap.size):
        out[i] = <uint32_t>heap.entries[i].number
    return memoryview(room).cast("I")


def present(const uint64_t[::1] counts not None):
    """The places of the counts that are not 0, uint32 ascending."""
    cdef Py_ssize_t i, found = 0
    for i in range(counts.shape[0]):
        found += counts[i] != 0
    cdef object room = PyByteArray_FromStringAndSize(NULL, 4 * found)
    cdef uint32_t* out = <uint32_t*>PyByteArray_AsString(room)
    for i in range(counts.shape[0]):
        if counts[i]:
            out[0] = <uint32_t>i
            out += 1
    return memoryview(room).cast("I")


@cython.final
cdef class Numbers:
    """Counts docs by their numbers, over several segments: those of a column of numbers, or of values where there are many more
    of these than docs. A hash table, probed place by place.
    """

    cdef double* numbers
    cdef uint64_t* counts  # 0: nothing stands here
    cdef int bits  # it has 1 << bits places, half of them free at least
    cdef Py_ssize_t size

    def __cinit__(self):
        self.bits = 8
        self.numbers = <double*>malloc(sizeof(double) << self.bits)
        self.counts = <uint64_t*>calloc(1 << self.bits, sizeof(uint64_t))
        if self.numbers == NULL or self.counts == NULL:
            raise MemoryError()

    def __dealloc__(self):
        free(self.numbers)
        free(self.counts)

    cdef inline Py_ssize_t _place(self, double number) noexcept nogil:
        """Where a number stands, or would (Knuth, "The Art of Computer Programming", volume 3, section 6.4)."""
        cdef uint64_t key, mask = (<uint64_t>1 << self.bits) - 1
        memcpy(&key, &number, 8)
        cdef uint64_t at = (key * <uint64_t>0x9E3779B97F4A7C15) >> (64 - self.bits)  # 2^64 / golden ratio
        while self.counts[at] and self.numbers[at] != number:
            at = (at + 1) & mask
        return <Py_ssize_t>at

    cdef int _grow(self) noexcept nogil:
        """Twice the places; -1 without memory."""
        cdef double* numbers = self.numbers
        cdef uint64_t* counts = self.counts
        cdef Py_ssize_t i, at, places = <Py_ssize_t>1 << self.bits
        self.numbers = <double*>malloc(2 * places * sizeof(double))
        self.counts = <uint64_t*>calloc(2 * places, sizeof(uint64_t))
        if self.numbers == NULL or self.counts == NULL:
            free(self.numbers)
            free(self.counts)
            self.numbers, self.counts = numbers, counts
            return -1
        self.bits += 1
        for i in range(places):
            if counts[i]:
                at = self._place(numbers[i])
                self.numbers[at], self.counts[at] = numbers[i], counts[i]
        free(numbers)
        free(counts)
        return 0

    cdef inline int _count(self, double number) noexcept nogil:
        """-1 without memory."""
        cdef Py_ssize_t at = self._place(number)
        if self.counts[at] == 0:
            self.numbers[at] = number
            self.size += 1
        self.counts[at] += 1
        return self._grow() if 2 * self.size > <Py_ssize_t>1 << self.bits else 0

    def add(self, const uint32_t[::1] docs not None, const double[::1] values not None):
        """Count the numbers of some docs; ``values`` is float64 by doc, NaN where there is none."""
        cdef Py_ssize_t i
        cdef double number
        cdef bint wrong = False
        cdef int outcome = 0
        with nogil:
            for i in range(docs.shape[0]):
                if docs[i] >= <uint64_t>values.shape[0]:
                    wrong = True
                    break
                number = values[docs[i]] + 0.0  # -0 is 0
                if number == number:
                    outcome = self._count(number)
                    if outcome < 0:
                        break
        if wrong:
            raise IndexError(f"doc {docs[i]} is not there")
        if outcome < 0:
            raise MemoryError()

    def add_values(
        self,
        const uint32_t[::1] docs not None,
        const uint32_t[::1] starts,
        const uint32_t[::1] values not None,
        uint32_t base,
        const uint32_t[::1] numbers,
        uint32_t size,
    ):
        """As ``count_values``, which has room for all ``size`` values, but for a time and room that depend on the docs alone."""
        cdef Py_ssize_t i
        cdef bint wrong = False
        cdef int outcome = 0
        cdef uint32_t doc, at, end, place
        cdef uint64_t doc_count = values.shape[0] if starts is None else max(starts.shape[0] - 1, 0)
        cdef uint64_t mapped = size if numbers is None else numbers.shape[0]
        with nogil:
            for i in range(docs.shape[0]):
                doc = docs[i]
                if doc >= doc_count:
                    wrong = True
                    break
                at, end = doc, doc + 1
                if starts is not None:
                    at, end = starts[doc], starts[doc + 1]
                wrong = end > values.shape[0]
                while at < end and not wrong and outcome == 0:
                    place = values[at] - base
                    wrong = place >= mapped
                    if not wrong and numbers is not None:
                        place = numbers[place]
                        wrong = place >= size
                    if not wrong:
                        outcome = self._count(place)
                    at += 1
                if wrong or outcome < 0:
                    break
        if wrong:
            raise IndexError(f"doc {docs[i]} or one of its values is not there")
        if outcome < 0:
            raise MemoryError()

    def most(self, Py_ssize_t limit):
        """The ``limit`` commonest as (number, count), commonest first, equally common ones by the number."""
        cdef Heap heap
        cdef Entry entry
        cdef Py_ssize_t i
        heap.size, heap.room = 0, max(min(limit, self.size), 0)
        heap.entries = <Entry*>malloc(max(heap.room, 1) * sizeof(Entry))
        if heap.entries == NULL:
            raise MemoryError()
        entry.number = 0
        with nogil:
            for i in range(<Py_ssize_t>1 << self.bits):
                if self.counts[i]:
                    entry.first, entry.second = -<double>self.counts[i], self.numbers[i]
                    offer(&heap, entry)
            put_in_order(&heap, 0)
        try:
            return [(heap.entries[i].second, <int64_t>-heap.entries[i].first) for i in range(heap.size)]
        finally:
            free(heap.entries)

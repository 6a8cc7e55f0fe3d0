# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The hits of one page in the order of a column, of any number of matches: the kernel of ``paging``.

A page is found in two rounds, so that few docs are scored: the ranks of its first and its last hit are found among those of all
matches; then the docs with a rank from the one to the other, which are no more than the page but for ties with its ends, are put
in order. A rank is a day or a number, negative where the largest come first, infinite for docs that have none: those come last.

Docs are uint32 of one segment. Columns are int32 days by doc (0: none), float64 numbers by doc (NaN: none), or None where the
segment has none at all. Twin: the naive engine. Every doc is checked against its column; a wrong one raises IndexError.
"""

cimport cython
from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from libc.math cimport INFINITY
from libc.stdint cimport int32_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

from idlibsearch.query.selection cimport Entry, Heap, offer, put_in_order


@cython.final
cdef class _Ranks:
    """A column of a segment, to be read from one end or the other."""

    cdef const int32_t[::1] days
    cdef const double[::1] numbers
    cdef const int32_t* day
    cdef const double* number
    cdef uint64_t size
    cdef double sign

    def __cinit__(self, object column, bint down):
        self.sign, self.size = -1.0 if down else 1.0, 1 << 32
        if column is None:
            return
        self.size = len(column)
        if column.format == "i":
            self.days = column
            self.day = &self.days[0] if self.size else NULL
        else:
            self.numbers = column
            self.number = &self.numbers[0] if self.size else NULL

    cdef inline double of(self, uint32_t doc) noexcept nogil:
        """The doc must be there."""
        cdef double number = self.day[doc] if self.day != NULL else self.number[doc] if self.number != NULL else INFINITY
        cdef bint missing = number <= 0 if self.day != NULL else number != number or self.number == NULL
        return INFINITY if missing else self.sign * number


def between(const uint32_t[::1] docs not None, object column, bint down, double first, double last):
    """(before, docs): how many docs have a rank below ``first``, and those that have one from there to ``last``, both included."""
    cdef _Ranks ranks = _Ranks(column, down)
    cdef Py_ssize_t i, before = 0, found = 0
    cdef double rank
    cdef bint wrong = False
    cdef object room = PyByteArray_FromStringAndSize(NULL, 4 * docs.shape[0])
    cdef uint32_t* out = <uint32_t*>PyByteArray_AsString(room)
    with nogil:
        for i in range(docs.shape[0]):
            if docs[i] >= ranks.size:
                wrong = True
                break
            rank = ranks.of(docs[i])
            before += rank < first
            out[found] = docs[i]
            found += (first <= rank) & (rank <= last)
    if wrong:
        raise IndexError(f"no doc {docs[i]}")
    return before, memoryview(room).cast("I")[:found]


def along(const uint32_t[::1] order not None, const uint64_t[::1] docs not None, Py_ssize_t limit, bint down):
    """The first docs of a set (see ``docsets``) in an order, at most ``limit`` of them, or with ``down`` the last."""
    cdef Py_ssize_t i, place, size = order.shape[0], found = 0
    cdef bint wrong = False
    cdef object room = PyByteArray_FromStringAndSize(NULL, 4 * max(min(limit, size), 0))
    cdef uint32_t* out = <uint32_t*>PyByteArray_AsString(room)
    with nogil:
        for i in range(size):
            if found >= limit:
                break
            place = size - 1 - i if down else i
            if order[place] >> 6 >= <uint64_t>docs.shape[0]:
                wrong = True
                break
            if docs[order[place] >> 6] >> (order[place] & 63) & 1:
                out[found] = order[place]
                found += 1
    if wrong:
        raise IndexError(f"no doc {order[place]}")
    return memoryview(room).cast("I")[:found]


cdef class Sorter:
    """Keeps the first ``room`` of the docs that are added: by rank, then the better score, then the smaller number."""

    cdef Heap heap

    def __cinit__(self, Py_ssize_t room):
        self.heap.size, self.heap.room = 0, max(room, 0)
        self.heap.entries = <Entry*>malloc(max(room, 1) * sizeof(Entry))
        if self.heap.entries == NULL:
            raise MemoryError()

    def __dealloc__(self):
        free(self.heap.entries)

    def add(self, const uint32_t[::1] docs not None, const double[::1] scores, object column, bint down, uint64_t base):
        """Add docs of a segment with their scores (None: 0 for all); a doc's number is ``base`` and itself."""
        cdef _Ranks ranks = _Ranks(column, down)
        cdef bint is_scored = scores is not None, wrong = False
        cdef double last = INFINITY  # no rank behind this one is kept
        cdef Entry entry
        cdef Py_ssize_t i
        if is_scored and scores.shape[0] != docs.shape[0]:
            raise IndexError("one score for each doc is needed")
        entry.second = 0.0
        with nogil:
            for i in range(docs.shape[0]):
                if docs[i] >= ranks.size:
                    wrong = True
                    break
                entry.first = ranks.of(docs[i])
                if entry.first > last:
                    continue
                entry.number = base + docs[i]
                if is_scored:
                    entry.second = -scores[i]
                offer(&self.heap, entry)
                if self.heap.size == self.heap.room and self.heap.room:
                    last = self.heap.entries[0].first
        if wrong:
            raise IndexError(f"no doc {docs[i]}")

    def ends(self, Py_ssize_t first):
        """The ranks of the doc at place ``first`` and of the last that is kept. Nothing can be added any more."""
        if first < 0 or first >= self.heap.size:
            raise IndexError(f"no place {first}")
        put_in_order(&self.heap, first)
        return self.heap.entries[first].first, self.heap.entries[self.heap.size - 1].first

    def page(self, Py_ssize_t first):
        """(score, number) of the docs from place ``first`` on. Nothing can be added any more."""
        cdef Py_ssize_t i
        put_in_order(&self.heap, max(first, 0))
        return [(-self.heap.entries[i].second, self.heap.entries[i].number) for i in range(max(first, 0), self.heap.size)]

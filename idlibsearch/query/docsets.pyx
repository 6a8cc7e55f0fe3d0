# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Sets of docs as bitmaps: which docs a date or a list picks out, and the algebra on such sets.

Nothing here is scored, so that whatever only counts, facets, sorts or restricts pays for no score. A set is uint64[docs / 64],
rounded up, of one segment: doc d is bit d & 63 of word d >> 6, the bits behind the last doc are 0. Every function makes a new
set; sets may be kept and shared. Deleted docs stand in them until ``alive``. Twin: Python's own sets, in ``tests``.
"""

from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from idlibsearch.index.blocks cimport Lists
from idlibsearch.query.bitmaps cimport count_of, empty, lowest_bit, put, words_for, words_of

cdef enum:
    SCATTERED = 4  # a doc found by an order costs about as much as looking at so many one behind the other


cdef class _Set:
    """A set while it is being made."""

    cdef object room
    cdef uint64_t* words
    cdef Py_ssize_t size

    def __cinit__(self, uint64_t doc_count):
        self.size = words_for(doc_count)
        self.room = empty(self.size)
        self.words = words_of(self.room)

    cdef object taken(self):
        return memoryview(self.room).cast("Q")


cdef const Lists* lists_of(object reader) except NULL:
    return <const Lists*>PyCapsule_GetPointer(reader.capsule, "idlibsearch.lists")


def filled(object reader not None, const uint8_t[::1] fields not None):
    """The docs that have something in one of the fields marked in ``fields`` (uint8[f])."""
    cdef const Lists* lists = lists_of(reader)
    cdef _Set out = _Set(lists.doc_count)
    cdef uint32_t doc
    cdef int f
    if fields.shape[0] != lists.field_count:
        raise IndexError("one mark for each field is needed")
    with nogil:
        for doc in range(lists.doc_count):
            for f in range(lists.field_count):
                if fields[f] and lists.lengths[<uint64_t>doc * lists.field_count + f]:
                    put(out.words, doc)
                    break
    return out.taken()


def of(const uint32_t[::1] docs not None, uint32_t doc_count):
    """The set of these docs, in any order. Raises IndexError for one that is not there."""
    cdef _Set out = _Set(doc_count)
    cdef Py_ssize_t i
    cdef bint wrong = False
    with nogil:
        for i in range(docs.shape[0]):
            if docs[i] >= doc_count:
                wrong = True
                break
            put(out.words, docs[i])
    if wrong:
        raise IndexError(f"no doc {docs[i]}")
    return out.taken()


def every(uint32_t doc_count):
    """All docs of a segment."""
    cdef _Set out = _Set(doc_count)
    memset(out.words, 255, 8 * out.size)
    if doc_count & 63:
        out.words[out.size - 1] = (<uint64_t>1 << (doc_count & 63)) - 1
    return out.taken()


cdef Py_ssize_t _from(const uint32_t[::1] order, const int32_t[::1] starts, int32_t day) except -1:
    """The first place of the order whose doc does not start before a day."""
    cdef Py_ssize_t low = 0, high = order.shape[0], middle
    while low < high:
        middle = (low + high) >> 1
        if order[middle] >= starts.shape[0]:
            raise IndexError(f"no doc {order[middle]}")
        if starts[order[middle]] < day:
            low = middle + 1
        else:
            high = middle
    return low


def within(
    const uint32_t[::1] order, const int32_t[::1] starts not None, const int32_t[::1] ends not None, int32_t low, int32_t high
):
    """The docs whose interval [start, end) lies inside [low, high).

    order         uint32[k]  the docs that have an interval, by its start; None: not known
    starts, ends  int32[d]   by doc; a start of 0 or less is none

    O(log k + m) for m docs that start inside, O(d) at most. Raises IndexError where the order names a doc that is not there.
    """
    cdef uint32_t doc_count = <uint32_t>starts.shape[0], doc
    cdef _Set out = _Set(doc_count)
    cdef Py_ssize_t first = 0, stop = doc_count, i, at
    cdef uint64_t word
    cdef bint wrong = False
    low = max(low, 1)
    if ends.shape[0] != starts.shape[0]:
        raise IndexError("one end for each start is needed")
    if order is not None:
        first, stop = _from(order, starts, low), _from(order, starts, high)
    with nogil:
        if SCATTERED * (stop - first) >= doc_count:
            for at in range(out.size):
                word = 0
                for doc in range(<uint32_t>(64 * at), <uint32_t>min(<uint64_t>64 * at + 64, <uint64_t>doc_count)):
                    word |= <uint64_t>((starts[doc] >= low) & (ends[doc] <= high)) << (doc & 63)
                out.words[at] = word
        else:
            for i in range(first, stop):
                doc = order[i]
                if doc >= doc_count:
                    wrong = True
                    break
                if ends[doc] <= high:
                    put(out.words, doc)
    if wrong:
        raise IndexError(f"no doc {order[i]}")
    return out.taken()


# ---- algebra


cdef int _fits(const uint64_t[::1] a, const uint64_t[::1] b) except -1:
    if a.shape[0] != b.shape[0]:
        raise IndexError("sets of two segments")
    return 0


def both(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """The docs of a that are in b too."""
    cdef _Set out = _Set(64 * <uint64_t>a.shape[0])
    cdef Py_ssize_t at
    _fits(a, b)
    for at in range(out.size):
        out.words[at] = a[at] & b[at]
    return out.taken()


def either(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """The docs of a and those of b."""
    cdef _Set out = _Set(64 * <uint64_t>a.shape[0])
    cdef Py_ssize_t at
    _fits(a, b)
    for at in range(out.size):
        out.words[at] = a[at] | b[at]
    return out.taken()


def without(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """The docs of a that are not in b."""
    cdef _Set out = _Set(64 * <uint64_t>a.shape[0])
    cdef Py_ssize_t at
    _fits(a, b)
    for at in range(out.size):
        out.words[at] = a[at] & ~b[at]
    return out.taken()


def alive(object reader not None, const uint64_t[::1] docs not None):
    """The docs that are not deleted."""
    cdef const Lists* lists = lists_of(reader)
    cdef _Set out = _Set(64 * <uint64_t>docs.shape[0])
    cdef uint64_t deleted, at
    for at in range(<uint64_t>out.size):
        deleted = 0
        if 8 * at < lists.deleted_size:  # the bitmap of deleted docs may be shorter, and is bytes
            memcpy(&deleted, lists.deleted + 8 * at, min(lists.deleted_size - 8 * at, <uint64_t>8))
        out.words[at] = docs[at] & ~deleted
    return out.taken()


# ---- reading out


def size(const uint64_t[::1] docs not None):
    """How many docs there are."""
    return count_of(&docs[0], docs.shape[0]) if docs.shape[0] else 0


def members(const uint64_t[::1] docs not None):
    """The docs, uint32 ascending."""
    cdef Py_ssize_t found = size(docs), at
    cdef object room = PyByteArray_FromStringAndSize(NULL, 4 * found)
    cdef uint32_t* out = <uint32_t*>PyByteArray_AsString(room)
    cdef uint64_t left
    with nogil:
        for at in range(docs.shape[0]):
            left = docs[at]
            while left:
                out[0] = <uint32_t>(64 * at + lowest_bit(left))
                out += 1
                left &= left - 1
    return memoryview(room).cast("I")

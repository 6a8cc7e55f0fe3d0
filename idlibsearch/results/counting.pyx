# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Counts over the docs that match: how many have each value of a column, how many fall into each stretch of days.

Docs are uint32, ascending, of one segment. Its slow twin is in ``tests/naive.py``.

Every number is checked against the array it indexes before it is used; a wrong one raises IndexError.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t


def count_values(
    const uint32_t[::1] docs not None,
    const uint32_t[::1] starts not None,
    const uint32_t[::1] values not None,
    uint32_t base,
    const uint32_t[::1] numbers,
    uint64_t[::1] counts not None,
):
    """Add to ``counts`` how many of ``docs`` have each value.

    starts   uint32[n + 1]  doc d has values[starts[d] : starts[d + 1]]
    values   uint32         from ``base`` on
    numbers  uint32[v]      where value ``base + i`` is counted; None: at i
    counts   uint64[c]      is added to, not cleared
    """
    cdef Py_ssize_t wrong
    with nogil:
        wrong = _count_values(docs, starts, values, base, numbers, counts)
    if wrong >= 0:
        raise IndexError(f"doc {docs[wrong]} or one of its values is not there")


cdef Py_ssize_t _count_values(
    const uint32_t[::1] docs,
    const uint32_t[::1] starts,
    const uint32_t[::1] values,
    uint32_t base,
    const uint32_t[::1] numbers,
    uint64_t[::1] counts,
) except -2 nogil:
    """-1, or the place of the doc at which a number was wrong."""
    cdef Py_ssize_t i, doc, at, doc_count = starts.shape[0] - 1
    cdef uint64_t place, mapped = 0, total = counts.shape[0]
    cdef bint is_mapped = numbers is not None
    if is_mapped:
        mapped = numbers.shape[0]
    for i in range(docs.shape[0]):
        doc = docs[i]
        if doc >= doc_count or starts[doc + 1] > values.shape[0]:
            return i
        for at in range(starts[doc], starts[doc + 1]):
            if values[at] < base:
                return i
            place = values[at] - base
            if is_mapped:
                if place >= mapped:
                    return i
                place = numbers[place]
            if place >= total:
                return i
            counts[place] += 1
    return -1


def extent(const uint32_t[::1] docs not None, const int32_t[::1] starts not None):
    """(first, last) day that one of ``docs`` starts on; (0, 0) where none has a date.

    starts  int32[n]  by doc, proleptic ordinals; 0: no date
    """
    cdef Py_ssize_t i
    cdef int32_t first = 0, last = 0, start
    cdef bint wrong = False
    with nogil:
        for i in range(docs.shape[0]):
            if <Py_ssize_t>docs[i] >= starts.shape[0]:
                wrong = True
                break
            start = starts[docs[i]]
            if start > 0:
                if first == 0 or start < first:
                    first = start
                if start > last:
                    last = start
    if wrong:
        raise IndexError(f"doc {docs[i]} is not there")
    return first, last


def count_days(
    const uint32_t[::1] docs not None,
    const int32_t[::1] starts not None,
    const int32_t[::1] ends not None,
    const int32_t[::1] edges not None,
    uint64_t[::1] counts not None,
):
    """Add to ``counts`` how many of ``docs`` lie in each stretch of days, and behind those how many in none.

    starts, ends  int32[n]      by doc, half-open, proleptic ordinals; a start of 0: no date
    edges         int32[b + 1]  ascending; stretch i is [edges[i], edges[i + 1])
    counts        uint64[b + 2] added to: the stretches; dates that lie in no single one of them; docs without a date

    Raises IndexError for a doc that is not there or a date that starts outside the edges.
    """
    cdef Py_ssize_t buckets = edges.shape[0] - 1, i, doc, low, high, middle, bucket = 0
    cdef Py_ssize_t wrong = -1
    cdef int32_t start
    if buckets < 0 or counts.shape[0] != buckets + 2 or ends.shape[0] != starts.shape[0]:
        raise IndexError("the arrays do not fit each other")
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
            if buckets == 0 or start < edges[0] or start >= edges[buckets]:
                wrong = i
                break
            if start < edges[bucket] or start >= edges[bucket + 1]:  # reports of one day often stand side by side
                low = 0
                high = buckets
                while high - low > 1:
                    middle = (low + high) // 2
                    if edges[middle] <= start:
                        low = middle
                    else:
                        high = middle
                bucket = low
            counts[bucket if ends[doc] <= edges[bucket + 1] else buckets] += 1
    if wrong >= 0:
        raise IndexError(f"doc {docs[wrong]} is not there, or its date lies outside the edges")

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Lucene's BM25 from frequencies: in single precision, operation by operation as its BM25Similarity has them, by byte-quantised lengths.

Twin: ``tests/naive_lucene.py``, and Lucene itself in ``tests/test_lucene_scores.py``.
"""

from libc.math cimport floorf
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport free, malloc


cdef inline uint32_t rounded_down(uint32_t length) noexcept nogil:
    """What is left of a length in a byte: all of it below 40, else four bits of what it has beyond 24."""
    cdef uint32_t rest
    cdef int shift = 0
    if length < 24:
        return length
    rest = length - 24
    while rest >> shift >= 16:
        shift += 1
    return 24 + (rest >> shift << shift)


def quantised(uint32_t length):
    """A length as Lucene's norms keep it (``SmallFloat.intToByte4``, and back)."""
    return rounded_down(length)


def combined(const uint32_t[::1] lengths not None, const double[::1] weights not None, uint32_t doc):
    """The length of a doc over its fields, each by its weight: sum and parts as a byte keeps them. ``lengths``: a row a doc.

    Raises IndexError where there is no such doc.
    """
    if (<uint64_t>doc + 1) * weights.shape[0] > <uint64_t>lengths.shape[0]:
        raise IndexError(f"no doc {doc}")
    return length_of(&lengths[0], &weights[0], <int>weights.shape[0], doc)


cdef inline uint32_t length_of(const uint32_t* lengths, const double* weights, int fields, uint32_t doc) noexcept nogil:
    cdef float length = 0
    cdef int f
    for f in range(fields):
        if weights[f] != 0:
            length += <float>weights[f] * <float>rounded_down(lengths[<uint64_t>doc * fields + f])
    return rounded_down(<uint32_t>floorf(length + <float>0.5))


def scored(
    const uint32_t[::1] docs not None, const double[::1] freqs not None, const uint32_t[::1] lengths not None,
    const double[::1] weights not None, float weight, float k1, float b, float mean,
):
    """``weight - weight / (1 + freq / (k1 * (1 - b + b * length / mean)))`` of each doc: float64, of single precision.

    docs, freqs   uint32 and float64, beside each other
    lengths       uint32, a row a doc; weights: float64, of each field in that row, 0 where it does not count

    Raises IndexError where these do not fit each other.
    """
    cdef Py_ssize_t i, n = docs.shape[0]
    cdef int fields = <int>weights.shape[0]
    cdef float inverse  # a plain 1 or 1.0 would be double, and all beside it
    cdef double* scores
    if freqs.shape[0] != n:
        raise IndexError("one frequency for each doc is needed")
    for i in range(n):
        if (<uint64_t>docs[i] + 1) * fields > <uint64_t>lengths.shape[0]:
            raise IndexError(f"no doc {docs[i]}")
    scores = <double*>malloc(8 * n + 8)
    if scores == NULL:
        raise MemoryError()
    try:
        with nogil:
            for i in range(n):
                inverse = <float>1 / (k1 * ((<float>1 - b) + b * <float>length_of(&lengths[0], &weights[0], fields, docs[i]) / mean))
                scores[i] = weight - weight / (<float>1 + <float>freqs[i] * inverse)
        return memoryview((<char*>scores)[: 8 * n]).cast("d")
    finally:
        free(scores)

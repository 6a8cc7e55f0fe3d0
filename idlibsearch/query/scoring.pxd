# cython: language_level=3
"""What the occurrences of a word or a phrase are worth in a doc, for the kernels that score; exactly as ``rank`` has it."""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport uint32_t, uint64_t

from idlibsearch.index.blocks cimport MAX_FIELDS, Lists


cdef struct Params:
    const Lists* lists
    double idf
    double k1
    double weight[MAX_FIELDS]
    double b[MAX_FIELDS]
    double mean[MAX_FIELDS]


cdef inline const Lists* lists_of(object reader) except NULL:
    return <const Lists*>PyCapsule_GetPointer(reader.capsule, "idlibsearch.lists")


cdef inline int read_params(
    Params* p, object reader, double idf, const double[::1] weights, const double[::1] b, const double[::1] means, double k1
) except -1:
    cdef int f
    p.lists, p.idf, p.k1 = lists_of(reader), idf, k1
    if weights.shape[0] != p.lists.field_count or b.shape[0] != p.lists.field_count or means.shape[0] != p.lists.field_count:
        raise IndexError("one weight, one b and one mean for each field is needed")
    for f in range(p.lists.field_count):
        p.weight[f], p.b[f], p.mean[f] = weights[f], b[f], means[f]
    return 0


cdef inline double scored(const Params* p, uint32_t doc, const uint32_t* freqs) noexcept nogil:
    """As ``rank.saturated`` times idf; 0 where no field that counts has the word."""
    cdef double tf = 0.0
    cdef int f
    cdef const uint32_t* lengths = p.lists.lengths + <uint64_t>doc * p.lists.field_count
    for f in range(p.lists.field_count):
        if freqs[f] and p.weight[f] != 0.0:
            tf += p.weight[f] * freqs[f] / (1.0 - p.b[f] + p.b[f] * lengths[f] / p.mean[f])
    return p.idf * (tf / (p.k1 + tf)) if tf != 0.0 else 0.0

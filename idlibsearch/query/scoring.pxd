# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What a doc scores, for the kernels that make lists of scored docs. Only inline functions, compiled into each of them."""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport uint32_t, uint64_t

from idlibsearch.index.blocks cimport MAX_FIELDS, Lists, decoded
from idlibsearch.query.heap cimport HAIR


cdef struct Params:
    const Lists* lists
    double idf
    double k1
    double weight[MAX_FIELDS]
    double b[MAX_FIELDS]
    double mean[MAX_FIELDS]
    double least[MAX_FIELDS]    # 1 - b
    double slope[MAX_FIELDS]    # b / mean


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
        p.least[f], p.slope[f] = 1.0 - b[f], b[f] / means[f]
    return 0


cdef inline double weighed(const Params* p, uint32_t doc, int field, uint32_t freq) noexcept nogil:
    """What a freq in a field adds; 0 where the field does not count."""
    if not freq or p.weight[field] == 0.0:
        return 0.0
    cdef uint32_t length = p.lists.lengths[<uint64_t>doc * p.lists.field_count + field]
    return p.weight[field] * freq / (1.0 - p.b[field] + p.b[field] * length / p.mean[field])


cdef inline double weighed_at_most(const Params* p, uint32_t doc, int field, uint32_t freq) noexcept nogil:
    """A bound of the same, by the code of the field's length: these are close together in memory."""
    if not freq or p.weight[field] == 0.0:
        return 0.0
    cdef uint32_t length = decoded(p.lists.length_codes[<uint64_t>field * p.lists.doc_count + doc])
    return p.weight[field] * freq / (p.least[field] + p.slope[field] * length)


cdef inline double needed(const Params* p, double score) noexcept nogil:
    """The tf that is worth so much, as ``saturated`` has it; a little less, so that rounding never loses a doc."""
    cdef double share = score / HAIR / p.idf if p.idf > 0.0 else 1.0
    return p.k1 * share / (1.0 - share) / HAIR if share < 1.0 else 1e300


cdef inline double saturated(const Params* p, double tf) noexcept nogil:
    return p.idf * (tf / (p.k1 + tf)) if tf != 0.0 else 0.0


cdef inline double scored(const Params* p, uint32_t doc, const uint32_t* freqs) noexcept nogil:
    """As ``rank.saturated`` times idf; 0 where no field that counts has the word."""
    cdef double tf = 0.0
    cdef int f
    for f in range(p.lists.field_count):
        tf += weighed(p, doc, f, freqs[f])
    return saturated(p, tf)

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Packs where entities are mentioned, report by report, and reads it again: the bytes that ``mentions`` specifies.

Every number that is read is held against the bounds of its report before it is used; damage raises ValueError, arrays that do
not fit each other IndexError. Twin: ``tests/naive_mentions.py``.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize

from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum:
    KIND_BITS = 3   # of a group's number
    KINDS = 5
    WIDTH_BITS = 2
    WIDE = 3        # a width that is written behind
    LEAST_BYTES = 2 # of an entry

cdef uint64_t LARGEST = 0xFFFFFFFF
cdef uint64_t ANY = 0xFFFFFFFFFFFFFFFF  # whatever entity


# --- packing -----------------------------------------------------------------------------------------------------------


cdef struct Mentions:
    const uint64_t* rows   # doc * field_count + column
    const uint8_t* kinds
    const uint32_t* ranks
    const uint32_t* starts
    const uint32_t* stops
    Py_ssize_t count


def packed(
    const uint64_t[::1] rows not None,
    const uint8_t[::1] kinds not None,
    const uint32_t[::1] ranks not None,
    const uint32_t[::1] starts not None,
    const uint32_t[::1] stops not None,
    Py_ssize_t field_count,
    Py_ssize_t doc_count,
):
    """The two sections of mentions: where each doc's bytes start (uint64[doc_count + 1]), and the bytes.

    rows     uint64[m], doc * field_count + column, ascending
    kinds    uint8[m], ascending within a row; ranks, starts and stops uint32[m], ascending by (start, stop, rank) within a kind,
             none twice
    """
    cdef Mentions m
    cdef uint64_t size
    cdef bytes data, ends = PyBytes_FromStringAndSize(NULL, (doc_count + 1) * sizeof(uint64_t))
    m.count = rows.shape[0]
    if not kinds.shape[0] == ranks.shape[0] == starts.shape[0] == stops.shape[0] == m.count:
        raise IndexError("each mention has a row, a kind, a rank, a start and a stop")
    if m.count:
        m.rows, m.kinds, m.ranks, m.starts, m.stops = &rows[0], &kinds[0], &ranks[0], &starts[0], &stops[0]
        _check_order(&m, <uint64_t>field_count * <uint64_t>doc_count)
    size = _lay(NULL, <uint64_t*><char*>ends, &m, field_count, doc_count)
    data = PyBytes_FromStringAndSize(NULL, size)
    _lay(<uint8_t*><char*>data, <uint64_t*><char*>ends, &m, field_count, doc_count)
    return memoryview(ends).cast("Q"), data


cdef int _check_order(const Mentions* m, uint64_t row_count) except -1:
    cdef Py_ssize_t i
    for i in range(m.count):
        if m.rows[i] >= row_count or m.kinds[i] >= KINDS or m.starts[i] >= m.stops[i]:
            raise IndexError(f"mention {i}: no such row or kind, or it ends before it starts")
        if i and not _is_before(m, i - 1):
            raise IndexError(f"mention {i}: out of order, or there twice")
    return 0


cdef bint _is_before(const Mentions* m, Py_ssize_t i) noexcept nogil:
    """Does mention i stand before the next one?"""
    if m.rows[i] != m.rows[i + 1]:
        return m.rows[i] < m.rows[i + 1]
    if m.kinds[i] != m.kinds[i + 1]:
        return m.kinds[i] < m.kinds[i + 1]
    if m.starts[i] != m.starts[i + 1]:
        return m.starts[i] < m.starts[i + 1]
    if m.stops[i] != m.stops[i + 1]:
        return m.stops[i] < m.stops[i + 1]
    return m.ranks[i] < m.ranks[i + 1]


cdef inline uint64_t _put(uint8_t* out, uint64_t at, uint64_t number) noexcept nogil:
    """Write a number in sevens of bits, the lowest first, or (out NULL) only see how long it is; returns where it ends."""
    while number >= 0x80:
        if out != NULL:
            out[at] = <uint8_t>(number & 0x7F | 0x80)
        number >>= 7
        at += 1
    if out != NULL:
        out[at] = <uint8_t>number
    return at + 1


cdef uint64_t _lay_entries(uint8_t* out, uint64_t at, const Mentions* m, Py_ssize_t i, Py_ssize_t end) noexcept nogil:
    cdef uint32_t before = 0, width
    for i in range(i, end):
        width = m.stops[i] - m.starts[i] - 1
        at = _put(out, at, m.starts[i] - before)
        at = _put(out, at, <uint64_t>m.ranks[i] << WIDTH_BITS | min(width, <uint32_t>WIDE))
        if width >= WIDE:
            at = _put(out, at, width - WIDE)
        before = m.starts[i]
    return at


cdef uint64_t _lay(uint8_t* out, uint64_t* starts, const Mentions* m, uint64_t fields, Py_ssize_t doc_count) noexcept nogil:
    cdef uint64_t at = 0
    cdef Py_ssize_t doc, i = 0, end
    for doc in range(doc_count):
        starts[doc] = at
        while i < m.count and m.rows[i] // fields == <uint64_t>doc:
            end = i + 1
            while end < m.count and m.rows[end] == m.rows[i] and m.kinds[end] == m.kinds[i]:
                end += 1
            at = _put(out, at, m.rows[i] % fields << KIND_BITS | m.kinds[i])
            at = _put(out, at, _lay_entries(NULL, 0, m, i, end))
            at = _lay_entries(out, at, m, i, end)
            i = end
    starts[doc_count] = at
    return at


# --- reading -----------------------------------------------------------------------------------------------------------


cdef struct Reading:
    const uint64_t* starts
    const uint8_t* data
    uint64_t size
    const uint32_t* lengths  # [doc_count * field_count], positions of each field
    uint32_t field_count
    uint64_t doc_count


cdef struct Group:
    uint64_t at        # of its next entry
    uint64_t end
    uint32_t number
    uint32_t length    # of its field
    uint32_t start     # of the entry read last
    uint32_t stop
    uint64_t rank


cdef inline int _take(const uint8_t* data, uint64_t* at, uint64_t end, uint64_t* number) noexcept nogil:
    """Read a number; -1 where it does not end before ``end`` or is none that was ever written."""
    cdef int shift = 0
    number[0] = 0
    while at[0] < end and shift <= 35:
        number[0] |= <uint64_t>(data[at[0]] & 0x7F) << shift
        at[0] += 1
        if data[at[0] - 1] < 0x80:
            return 0
        shift += 7
    return -1


cdef inline int _next_group(const Reading* r, uint64_t doc, uint64_t end, Group* group, bint first) noexcept nogil:
    """Go to the next group of a doc, whose bytes end at ``end``: 1, 0 where there is none, -1 for damage."""
    cdef uint64_t number, size
    if group.end == end:
        return 0
    group.at = group.end
    if _take(r.data, &group.at, end, &number) < 0 or _take(r.data, &group.at, end, &size) < 0:
        return -1
    if number & ((1 << KIND_BITS) - 1) >= KINDS or number >> KIND_BITS >= r.field_count or (not first and number <= group.number):
        return -1
    if size == 0 or size > end - group.at:
        return -1
    group.number, group.end, group.start, group.stop, group.rank = <uint32_t>number, group.at + size, 0, 0, 0
    group.length = r.lengths[doc * r.field_count + (number >> KIND_BITS)]
    return 1


cdef inline int _next_entry(const Reading* r, Group* group) noexcept nogil:
    """Read the next entry of a group: 1, 0 where there is none, -1 for damage."""
    cdef uint64_t step, code, width
    if group.at == group.end:
        return 0
    if _take(r.data, &group.at, group.end, &step) < 0 or _take(r.data, &group.at, group.end, &code) < 0:
        return -1
    width = code & WIDE
    if width == WIDE:
        if _take(r.data, &group.at, group.end, &width) < 0:
            return -1
        width += WIDE
    if step + group.start + width >= group.length or code >> WIDTH_BITS > LARGEST:
        return -1
    group.start += <uint32_t>step
    group.stop = group.start + <uint32_t>width + 1
    group.rank = code >> WIDTH_BITS
    return 1


cdef int _open(
    Reading* r, const uint64_t[::1] starts, const uint8_t[::1] data, const uint32_t[::1] lengths, Py_ssize_t field_count
) except -1:
    if starts.shape[0] < 1 or field_count < 1 or lengths.shape[0] != (starts.shape[0] - 1) * field_count:
        raise IndexError("a start for each report and one more, and a length for each of its fields are needed")
    r.starts, r.size, r.field_count, r.doc_count = &starts[0], data.shape[0], <uint32_t>field_count, starts.shape[0] - 1
    r.data = &data[0] if data.shape[0] else NULL
    r.lengths = &lengths[0] if lengths.shape[0] else NULL
    return 0


cdef inline bint _has_range(const Reading* r, uint64_t doc) noexcept nogil:
    return r.starts[doc] <= r.starts[doc + 1] and r.starts[doc + 1] <= r.size


cdef struct Found:
    uint8_t* columns   # NULL: they are only counted
    uint32_t* starts
    uint32_t* stops
    uint64_t count


cdef int _read_doc(const Reading* r, uint64_t doc, uint32_t kind, uint64_t wanted, Found* found) noexcept nogil:
    """Add a doc's mentions of a kind, of all or of one entity, each stretch once; -1 for damage."""
    cdef Group group
    cdef int more, entry
    cdef bint first = True
    cdef uint64_t end = r.starts[doc + 1], before
    group.end = r.starts[doc]
    while True:
        more = _next_group(r, doc, end, &group, first)
        if more <= 0:
            return more
        first = False
        if group.number & ((1 << KIND_BITS) - 1) != kind:
            continue
        if found.columns == NULL:
            found.count += (group.end - group.at) // LEAST_BYTES
            continue
        before = found.count
        while True:
            entry = _next_entry(r, &group)
            if entry <= 0:
                break
            if wanted != ANY and group.rank != wanted:
                continue
            if found.count > before and found.starts[found.count - 1] == group.start and found.stops[found.count - 1] == group.stop:
                continue
            found.columns[found.count] = <uint8_t>(group.number >> KIND_BITS)
            found.starts[found.count], found.stops[found.count] = group.start, group.stop
            found.count += 1
        if entry < 0:
            return -1


cdef uint64_t _rank(const uint32_t* values, uint64_t low, uint64_t high, uint32_t value) noexcept nogil:
    """Which of the doc's values this is; ANY (which no entry has) where it is none of them."""
    cdef uint64_t first = low, end = high, middle
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low - first if low < end and values[low] == value else ANY


def spans_of(
    const uint64_t[::1] starts not None,
    const uint8_t[::1] data not None,
    const uint32_t[::1] lengths not None,
    Py_ssize_t field_count,
    const uint32_t[::1] docs not None,
    uint32_t kind,
    object entity=None,
):
    """Where entities of a kind are mentioned in docs (uint32, ascending): (docs, ends, columns, starts, stops), as in ``Occurrences``.

    ``entity``: (starts uint32[docs + 1], values uint32, value), the values of each doc in the keyword column of the kind, and the
    one that is asked for; None for any. Two entities at one stretch are one. O(bytes of the docs).
    """
    cdef Reading r
    cdef Found found
    cdef Py_ssize_t i
    cdef uint64_t count, kept = 0, wanted = ANY
    cdef const uint32_t[::1] value_starts = None, values = None
    cdef uint32_t value = 0, doc = 0
    cdef bint any = entity is None, is_sound = True
    cdef bytearray docs_out = bytearray(4 * docs.shape[0]), ends_out = bytearray(8 * docs.shape[0])
    cdef uint32_t* doc_at = <uint32_t*><uint8_t*>docs_out
    cdef uint64_t* end_at = <uint64_t*><uint8_t*>ends_out
    _open(&r, starts, data, lengths, field_count)
    if not any:
        value_starts, values, value = entity
        if <uint64_t>value_starts.shape[0] != r.doc_count + 1:
            raise IndexError("a range of values for each report is needed")
    found.columns, found.starts, found.stops, found.count = NULL, NULL, NULL, 0
    for i in range(docs.shape[0]):
        if docs[i] >= r.doc_count or (i and docs[i] <= docs[i - 1]):
            raise IndexError(f"no doc {docs[i]} behind the one before it")
        if not _has_range(&r, docs[i]) or _read_doc(&r, docs[i], kind, ANY, &found) < 0:
            raise ValueError(f"the mentions of report {docs[i]} cannot be read")
    columns_out, starts_out, stops_out = bytearray(found.count), bytearray(4 * found.count), bytearray(4 * found.count)
    found.columns = <uint8_t*>columns_out
    found.starts, found.stops = <uint32_t*><uint8_t*>starts_out, <uint32_t*><uint8_t*>stops_out
    found.count = 0
    with nogil:
        for i in range(docs.shape[0]):
            doc, count = docs[i], found.count
            if not any:
                if value_starts[doc] > value_starts[doc + 1] or value_starts[doc + 1] > <uint64_t>values.shape[0]:
                    is_sound = False
                    break
                wanted = _rank(&values[0], value_starts[doc], value_starts[doc + 1], value) if values.shape[0] else ANY
                if wanted == ANY:
                    continue
            if _read_doc(&r, doc, kind, wanted, &found) < 0:
                is_sound = False
                break
            if found.count > count:
                doc_at[kept], end_at[kept] = doc, found.count
                kept += 1
    if not is_sound:
        raise ValueError(f"the mentions of report {doc} cannot be read")
    return (
        memoryview(docs_out)[: 4 * kept].cast("I"), memoryview(ends_out)[: 8 * kept].cast("Q"),
        memoryview(columns_out)[: found.count], memoryview(starts_out)[: 4 * found.count].cast("I"),
        memoryview(stops_out)[: 4 * found.count].cast("I"),
    )


cdef inline bint _is_after(const Group* group, uint64_t start, uint64_t stop, uint64_t rank) noexcept nogil:
    """Does the entry read last stand behind this one?"""
    if group.start != start:
        return group.start > start
    return group.stop > stop or (group.stop == stop and group.rank > rank)


def check(
    const uint64_t[::1] starts not None,
    const uint8_t[::1] data not None,
    const uint32_t[::1] lengths not None,
    Py_ssize_t field_count,
):
    """Raise ValueError for the first doc whose mentions are not such as ``packed`` writes."""
    cdef Reading r
    cdef Group group
    cdef uint64_t doc, stop, rank, start
    cdef int more, entry
    cdef bint first, first_entry
    _open(&r, starts, data, lengths, field_count)
    if r.starts[0] != 0 or r.starts[r.doc_count] != r.size:
        raise ValueError("the ranges do not cover what they divide")
    for doc in range(r.doc_count):
        if not _has_range(&r, doc):
            raise ValueError(f"the mentions of report {doc} end before they start")
        group.end, first = r.starts[doc], True
        while True:
            more = _next_group(&r, doc, r.starts[doc + 1], &group, first)
            if more <= 0:
                break
            first, first_entry = False, True
            while True:
                start, stop, rank = group.start, group.stop, group.rank
                entry = _next_entry(&r, &group)
                if entry <= 0:
                    break
                if not first_entry and not _is_after(&group, start, stop, rank):
                    entry = -1
                    break
                first_entry = False
            if entry < 0:
                more = -1
                break
        if more < 0:
            raise ValueError(f"the mentions of report {doc} cannot be read")

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Packs inverted lists into blocks; the format is specified in ``postings``, its reader is ``reader``.

Its slow twin is the reader: a test packs random lists and reads them back.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

from idlibsearch.index.bits cimport bits_of
from idlibsearch.index.blocks cimport (
    BLOCK, LONG, MAX_FIELDS, PATCHED, SPARE_BYTES, bytes_of, coded_down, coded_up, expected,
)


cdef class _Bytes:
    """A growing run of bytes that numbers of any width are written to."""

    cdef uint8_t* data
    cdef uint64_t size
    cdef uint64_t capacity
    cdef uint64_t before  # bytes handed out already

    def __cinit__(self):
        self.capacity = 1 << 16
        self.data = <uint8_t*>malloc(self.capacity)
        if self.data == NULL:
            raise MemoryError()

    def __dealloc__(self):
        free(self.data)

    cdef uint8_t* extend(self, uint64_t count) except NULL nogil:
        """Room for ``count`` more zero bytes; eight more behind them may be written to, and are zero again when they come in."""
        cdef uint64_t at = self.size
        cdef uint8_t* grown
        if at + count + 8 > self.capacity:
            self.capacity = 2 * (at + count) + 8
            grown = <uint8_t*>realloc(self.data, self.capacity)
            if grown == NULL:
                with gil:
                    raise MemoryError()
            self.data = grown
        memset(self.data + at, 0, count + 8)
        self.size += count
        if (self.before + self.size) >> 32:
            with gil:
                raise OverflowError("a segment's posting data must stay below 4 GiB")
        return self.data + at

    cdef bytes taken(self):
        """Hand out what was written since it was last."""
        cdef bytes taken = self.data[: self.size]
        self.before += self.size
        self.size = 0
        return taken

    cdef uint32_t end(self) noexcept nogil:
        """Where the next byte will stand, counted from the very first."""
        return <uint32_t>(self.before + self.size)


cdef inline void put(uint8_t* data, uint64_t bit, uint32_t number) noexcept nogil:
    """Write a number into zero bytes, lowest bits first; writes up to eight bytes from there."""
    cdef uint64_t word
    memcpy(&word, data + (bit >> 3), 8)
    word |= <uint64_t>number << (bit & 7)
    memcpy(data + (bit >> 3), &word, 8)


cdef int put_column(_Bytes out, const uint32_t* numbers, uint64_t count) except -1 nogil:
    """Write numbers as a column, at the width that makes it smallest."""
    cdef uint64_t wider[33]  # how many numbers have more bits than this
    cdef uint64_t i, best, size
    cdef uint32_t patches = 0
    cdef int width, index_width = bits_of(<uint32_t>count), chosen, most = 0
    cdef uint8_t* at
    memset(wider, 0, sizeof(wider))
    for i in range(count):
        width = bits_of(numbers[i])
        most = max(most, width)
        if width:
            wider[width - 1] += 1
    for width in range(most - 2, -1, -1):
        wider[width] += wider[width + 1]
    best, chosen = count * most, most
    for width in range(most):
        size = 24 + count * width + wider[width] * <uint64_t>(index_width + most - width)
        if wider[width] <= 0xFFFF and size < best:
            best, chosen = size, width
    at = out.extend(4 if chosen < most else 1)
    at[0] = <uint8_t>chosen
    if chosen < most:
        at[0] = <uint8_t>(chosen | PATCHED)
        at[1], at[2], at[3] = <uint8_t>(most - chosen), <uint8_t>(wider[chosen] & 0xFF), <uint8_t>(wider[chosen] >> 8)
    at = out.extend(bytes_of(count * chosen))
    for i in range(count):
        put(at, i * chosen, numbers[i] & <uint32_t>((<uint64_t>1 << chosen) - 1))
    if chosen == most:
        return 0
    at = out.extend(bytes_of(wider[chosen] * index_width))
    for i in range(count):
        if bits_of(numbers[i]) > chosen:
            put(at, <uint64_t>patches * index_width, <uint32_t>i)
            patches += 1
    at, patches = out.extend(bytes_of(wider[chosen] * <uint64_t>(most - chosen))), 0
    for i in range(count):
        if bits_of(numbers[i]) > chosen:
            put(at, <uint64_t>patches * (most - chosen), numbers[i] >> chosen)
            patches += 1
    return 0


cdef struct Arrays:
    # What ``add`` was given.
    const uint32_t* docs
    const uint32_t* freqs
    uint64_t postings
    const uint64_t* position_starts
    const uint32_t* positions
    const uint32_t* surfaces
    uint64_t occurrences


cdef class Encoder:
    """Packs the lists of one segment, some terms at a time: ``add`` them in order, then take the sections from ``finish``.

    positional    uint8[f]       fields that keep positions
    lengths       uint32[d, f]   field lengths, one row a doc
    """

    cdef const uint8_t[::1] positional
    cdef const uint32_t[::1] lengths
    cdef int fields
    cdef _Bytes data
    cdef _Bytes places
    cdef _Bytes block_last
    cdef _Bytes block_start
    cdef _Bytes block_position
    cdef _Bytes bounds
    cdef _Bytes starts
    cdef _Bytes gaps
    cdef uint32_t block_count

    def __init__(self, const uint8_t[::1] positional not None, const uint32_t[::1] lengths not None):
        self.positional = positional
        self.lengths = lengths
        self.fields = <int>positional.shape[0]
        if self.fields < 1 or self.fields > MAX_FIELDS or lengths.shape[0] % self.fields:
            raise ValueError("one row of lengths for each doc is needed, in at most eight fields")
        self.data, self.places, self.bounds, self.starts, self.gaps = _Bytes(), _Bytes(), _Bytes(), _Bytes(), _Bytes()
        self.block_last, self.block_start, self.block_position = _Bytes(), _Bytes(), _Bytes()

    def add(
        self,
        const uint64_t[::1] posting_starts not None,
        const uint32_t[::1] docs not None,
        const uint32_t[::1] freqs not None,
        const uint64_t[::1] position_starts not None,
        const uint32_t[::1] positions not None,
        const uint32_t[::1] surfaces not None,
    ):
        """Pack the lists of the next terms, as the inverter makes them (see there for shapes); all starts count from these arrays.

        ``surfaces`` are numbered within their term. Raises IndexError where the arrays do not fit each other, OverflowError
        above 4 GiB; after an error the encoder is of no more use.
        """
        cdef Py_ssize_t term, terms = posting_starts.shape[0] - 1
        if terms < 0 or position_starts.shape[0] != docs.shape[0] + 1:
            raise IndexError("one start for each term and posting, and an end, are needed")
        if freqs.shape[0] != docs.shape[0] * self.fields or surfaces.shape[0] != positions.shape[0]:
            raise IndexError("the columns differ in length")
        if position_starts[docs.shape[0]] != <uint64_t>positions.shape[0] or posting_starts[terms] != <uint64_t>docs.shape[0]:
            raise IndexError("the starts do not cover what they divide")
        cdef Arrays given
        given.docs, given.freqs, given.postings = _first(docs), _first(freqs), docs.shape[0]
        given.position_starts, given.occurrences = &position_starts[0], positions.shape[0]
        given.positions, given.surfaces = _first(positions), _first(surfaces)
        with nogil:  # whoever makes the next lists may do so meanwhile
            for term in range(terms):
                self._term(&given, posting_starts[term], posting_starts[term + 1])

    cdef int _term(self, const Arrays* given, uint64_t start, uint64_t end) except -1 nogil:
        put32(self.starts, self.data.end())
        if start >= end or end > given.postings:
            _refuse("a term has no postings, or some that are not there")
        if end - start > BLOCK:
            return self._long(given, start, end)
        self._block(given, start, <int>(end - start), 0, self.data, True)
        return self._places(given, start, <int>(end - start), self.data)

    def take(self):
        """What was packed since it was last taken, of the two large sections: data, positions. So they need not stand in memory."""
        return self.data.taken(), self.places.taken()

    def finish(self):
        """The sections as bytes: starts, block_last, block_start, block_position, bounds, and what is left of data, positions."""
        self.data.extend(SPARE_BYTES)
        self.places.extend(SPARE_BYTES)
        return (
            self.starts.data[: self.starts.size],
            self.block_last.data[: self.block_last.size],
            self.block_start.data[: self.block_start.size],
            self.block_position.data[: self.block_position.size],
            self.bounds.data[: self.bounds.size],
            self.data.taken(),
            self.places.taken(),
        )

    cdef int _long(self, const Arrays* given, uint64_t start, uint64_t end) except -1 nogil:
        """A list of many blocks: where its rows of the tables start, and how many postings it has."""
        cdef uint64_t at = start
        cdef uint32_t base = 0
        cdef int count
        self.data.extend(1)[0] = LONG
        put32(self.data, self.block_count)
        put32(self.data, <uint32_t>(end - start))
        self.block_count += <uint32_t>((end - start + BLOCK - 1) // BLOCK)
        while at < end:
            count = <int>min(<uint64_t>BLOCK, end - at)
            put32(self.block_last, given.docs[at + count - 1])
            put32(self.block_start, self.data.end())
            put32(self.block_position, self.places.end())
            self._block(given, at, count, base, self.bounds, False)
            self._places(given, at, count, self.places)
            base = given.docs[at + count - 1] + 1
            at += count
        return 0

    cdef int _block(self, const Arrays* given, uint64_t at, int count, uint32_t base, _Bytes bounds, bint alone) except -1 nogil:
        """Docs and freqs; the block's row of bounds goes to ``bounds``, of fields that are there only where it is alone."""
        cdef const uint32_t* docs = given.docs + at
        cdef const uint32_t* freqs
        cdef uint32_t largest[MAX_FIELDS]
        cdef uint32_t least[MAX_FIELDS]
        cdef uint32_t smallest[MAX_FIELDS]
        cdef uint8_t mask = 0
        cdef uint64_t header
        cdef int f, i, width
        cdef uint8_t* out
        if docs[count - 1] * <uint64_t>self.fields >= <uint64_t>self.lengths.shape[0]:
            _refuse("there are no lengths for a doc")
        for i in range(count - 1):
            if docs[i] < base or docs[i] >= docs[i + 1]:
                _refuse("the docs of a term do not ascend")
        for f in range(self.fields):
            self._measure(docs, given.freqs + f * given.postings + at, count, f, &largest[f], &least[f], &smallest[f])
            mask |= <uint8_t>((largest[f] > 0) << f)
        if not mask:
            _refuse("a posting without an occurrence")
        header = self.data.size
        out = self.data.extend(3)
        out[0], out[1] = <uint8_t>(count - 1), mask
        for f in range(self.fields):
            if largest[f]:
                self.data.extend(1)[0] = 0 if largest[f] == 1 and least[f] == 1 else <uint8_t>bits_of(largest[f])
        if alone:
            put32(self.data, docs[count - 1])
        for f in range(self.fields):
            if largest[f] or not alone:
                out = bounds.extend(2)
                out[0], out[1] = coded_up(largest[f]), coded_down(smallest[f]) if largest[f] else 0
        width = self._docs(docs, count, base)
        self.data.data[header + 2] = <uint8_t>width
        for f in range(self.fields):
            width = bits_of(largest[f])
            if largest[f] and not (largest[f] == 1 and least[f] == 1):
                freqs = given.freqs + f * given.postings + at
                out = self.data.extend(bytes_of(<uint64_t>count * width))
                for i in range(count):
                    put(out, <uint64_t>i * width, freqs[i])
        return 0

    cdef int _measure(
        self, const uint32_t* docs, const uint32_t* freqs, int count, int field,
        uint32_t* largest, uint32_t* least, uint32_t* smallest,
    ) noexcept nogil:
        """The largest and the least freq of a block in a field, and the smallest length among docs that have it."""
        cdef int i
        largest[0] = 0
        least[0] = smallest[0] = 0xFFFFFFFF
        for i in range(count):
            least[0] = min(least[0], freqs[i])
            if freqs[i]:
                largest[0] = max(largest[0], freqs[i])
                smallest[0] = min(smallest[0], self.lengths[docs[i] * <uint64_t>self.fields + field])
        return 0

    cdef int _docs(self, const uint32_t* docs, int count, uint32_t base) except -1 nogil:
        """All docs but the last; in a whole block all, as what they differ from an even spread, raised so that none is negative.

        Returns the width.
        """
        cdef uint64_t range_ = docs[count - 1] - base if count == BLOCK else 0
        cdef int64_t differs, least = 0, most = 0
        cdef int i, width, stored = count if count == BLOCK else count - 1
        cdef uint8_t* out
        for i in range(stored):
            differs = <int64_t>docs[i] - base - expected(range_, i)
            least, most = min(least, differs), max(most, differs)
        width = bits_of(<uint32_t>(most - least))
        out = self.data.extend(bytes_of(<uint64_t>stored * width))
        for i in range(stored):
            put(out, <uint64_t>i * width, <uint32_t>(<int64_t>docs[i] - base - expected(range_, i) - least))
        return width

    cdef int _places(self, const Arrays* given, uint64_t at, int count, _Bytes out) except -1 nogil:
        """The positions of a block, the first of each posting and field as it is, the others as gaps; then the surfaces."""
        cdef uint64_t start = given.position_starts[at], end = given.position_starts[at + count], next = start
        cdef uint32_t* gaps
        cdef int posting, f
        if start > end or end > given.occurrences:
            _refuse("the positions of a posting end before they start, or are not there")
        self.gaps.size = 0
        gaps = <uint32_t*>self.gaps.extend(4 * (end - start))
        for posting in range(count):
            if given.position_starts[at + posting] != next:
                _refuse("a posting has other positions than its freqs say")
            for f in range(self.fields):
                if self.positional[f]:
                    next = self._gaps(given, next, given.freqs[f * given.postings + at + posting], end, gaps + (next - start))
        if next != end:
            _refuse("a posting has other positions than its freqs say")
        put_column(out, gaps, end - start)
        put_column(out, given.surfaces + start, end - start)
        return 0

    cdef uint64_t _gaps(self, const Arrays* given, uint64_t start, uint32_t freq, uint64_t end, uint32_t* out) except 0xFFFFFFFFFFFFFFFF nogil:
        """Those of one posting and field, into the same places of ``out``; returns where the next start."""
        cdef uint64_t i
        if freq > end - start:
            _refuse("a posting has other positions than its freqs say")
        for i in range(freq):
            out[i] = given.positions[start + i]
            if i:
                if out[i] <= given.positions[start + i - 1]:
                    _refuse("the positions of a posting do not ascend")
                out[i] -= given.positions[start + i - 1] + 1
        return start + freq


cdef int _refuse(const char* reason) except -1 nogil:
    with gil:
        raise IndexError(reason.decode("ascii"))


cdef inline const uint32_t* _first(const uint32_t[::1] numbers):
    return &numbers[0] if numbers.shape[0] else NULL


cdef int put32(_Bytes out, uint32_t number) except -1 nogil:
    memcpy(out.extend(4), &number, 4)
    return 0


def length_codes(const uint32_t[::1] lengths not None, int fields):
    """Field lengths (uint32[d, f], a row a doc) as codes rounded down (uint8[f, d], a row a field), from which ranking bounds scores.

    Raises ValueError where the lengths are not whole rows.
    """
    if fields < 1 or lengths.shape[0] % fields:
        raise ValueError("one row of lengths for each doc is needed")
    cdef Py_ssize_t docs = lengths.shape[0] // fields, doc
    cdef int f
    cdef bytearray out = bytearray(lengths.shape[0])
    cdef uint8_t[::1] codes = out
    for f in range(fields):
        for doc in range(docs):
            codes[f * docs + doc] = coded_down(lengths[doc * fields + f])
    return bytes(out)

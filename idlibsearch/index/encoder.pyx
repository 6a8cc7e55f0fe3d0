# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Packs inverted lists into blocks; the format is specified in ``postings``, its reader is ``reader``.

Its slow twin is the reader: a test packs random lists and reads them back.
"""

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memset

from idlibsearch.index.blocks cimport ALL_ONES, BLOCK, MAX_FIELDS, SPARE_BYTES, bits_of, bytes_of, coded_down, coded_up


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

    cdef uint8_t* extend(self, uint64_t count) except NULL:
        """Room for ``count`` more zero bytes."""
        cdef uint64_t at = self.size
        cdef uint8_t* grown
        if at + count > self.capacity:
            self.capacity = 2 * (at + count)
            grown = <uint8_t*>realloc(self.data, self.capacity)
            if grown == NULL:
                raise MemoryError()
            self.data = grown
        memset(self.data + at, 0, count)
        self.size += count
        if self.before + self.size > 0xFFFFFFFF:
            raise OverflowError("a segment's posting data must stay below 4 GiB")
        return self.data + at

    cdef bytes taken(self):
        """Hand out what was written since it was last."""
        cdef bytes taken = self.data[: self.size]
        self.before += self.size
        self.size = 0
        return taken


cdef inline void put(uint8_t* data, uint64_t bit, uint32_t number) noexcept nogil:
    """Write a number into zero bytes, lowest bits first."""
    cdef uint64_t at = bit >> 3
    cdef uint64_t word = <uint64_t>number << (bit & 7)
    while word:
        data[at] |= <uint8_t>(word & 0xFF)
        word >>= 8
        at += 1


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
    cdef _Bytes first_block
    cdef uint32_t block_count

    def __init__(self, const uint8_t[::1] positional not None, const uint32_t[::1] lengths not None):
        self.positional = positional
        self.lengths = lengths
        self.fields = <int>positional.shape[0]
        if self.fields < 1 or self.fields > MAX_FIELDS or lengths.shape[0] % self.fields:
            raise ValueError("one row of lengths for each doc is needed, in at most eight fields")
        self.data, self.places, self.bounds, self.first_block = _Bytes(), _Bytes(), _Bytes(), _Bytes()
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
        cdef uint64_t start, end
        if terms < 0 or position_starts.shape[0] != docs.shape[0] + 1:
            raise IndexError("one start for each term and posting, and an end, are needed")
        if freqs.shape[0] != docs.shape[0] * self.fields or surfaces.shape[0] != positions.shape[0]:
            raise IndexError("the columns differ in length")
        if position_starts[docs.shape[0]] != <uint64_t>positions.shape[0] or posting_starts[terms] != <uint64_t>docs.shape[0]:
            raise IndexError("the starts do not cover what they divide")
        for term in range(terms):
            (<uint32_t*>self.first_block.extend(4))[0] = self.block_count
            start, end = posting_starts[term], posting_starts[term + 1]
            if start > end:
                raise IndexError(f"term {term}: its postings end before they start")
            self._term(start, end, docs, freqs, position_starts, positions, surfaces)

    def take(self):
        """What was packed since it was last taken, of the two large sections: data, positions. So they need not stand in memory."""
        return self.data.taken(), self.places.taken()

    def finish(self):
        """The sections as bytes: first_block, block_last, block_start, block_position, bounds, and the rest of data, positions."""
        self.data.extend(SPARE_BYTES)
        self.places.extend(SPARE_BYTES)
        (<uint32_t*>self.first_block.extend(4))[0] = self.block_count
        return (
            self.first_block.data[: self.first_block.size],
            self.block_last.data[: self.block_last.size],
            self.block_start.data[: self.block_start.size],
            self.block_position.data[: self.block_position.size],
            self.bounds.data[: self.bounds.size],
            self.data.taken(),
            self.places.taken(),
        )

    cdef int _term(
        self, uint64_t start, uint64_t end, const uint32_t[::1] docs, const uint32_t[::1] freqs,
        const uint64_t[::1] position_starts, const uint32_t[::1] positions, const uint32_t[::1] surfaces,
    ) except -1:
        cdef uint64_t at = start
        cdef uint32_t base = 0
        cdef int count
        while at < end:
            count = <int>min(<uint64_t>BLOCK, end - at)
            if docs[at + count - 1] * <uint64_t>self.fields >= <uint64_t>self.lengths.shape[0]:
                raise IndexError(f"no lengths for doc {docs[at + count - 1]}")
            self._block(at, count, base, docs, freqs)
            self._places(at, count, position_starts, positions, surfaces)
            base = docs[at + count - 1] + 1
            at += count
        return 0

    cdef int _block(self, uint64_t at, int count, uint32_t base, const uint32_t[::1] docs, const uint32_t[::1] freqs) except -1:
        cdef uint64_t column = docs.shape[0]
        cdef uint32_t last = docs[at + count - 1], freq, length
        cdef uint32_t largest[MAX_FIELDS]
        cdef uint32_t smallest[MAX_FIELDS]
        cdef uint32_t least[MAX_FIELDS]
        cdef int doc_width = bits_of(last - base), f, i, width
        cdef uint8_t* out
        for f in range(self.fields):
            largest[f] = 0
            least[f] = smallest[f] = 0xFFFFFFFF
            for i in range(count):
                freq = freqs[f * column + at + i]
                least[f] = min(least[f], freq)
                if freq:
                    largest[f] = max(largest[f], freq)
                    length = self.lengths[docs[at + i] * <uint64_t>self.fields + f]
                    smallest[f] = min(smallest[f], length)
        self.block_count += 1
        (<uint32_t*>self.block_last.extend(4))[0] = last
        (<uint32_t*>self.block_start.extend(4))[0] = <uint32_t>(self.data.before + self.data.size)
        (<uint32_t*>self.block_position.extend(4))[0] = <uint32_t>(self.places.before + self.places.size)
        out = self.bounds.extend(2 * self.fields)
        for f in range(self.fields):
            out[2 * f] = coded_up(largest[f])
            out[2 * f + 1] = coded_down(smallest[f]) if largest[f] else 0
        out = self.data.extend(4 + self.fields)
        out[0], out[1] = <uint8_t>(count - 1), <uint8_t>doc_width
        for f in range(self.fields):
            out[4 + f] = ALL_ONES if largest[f] == 1 and least[f] == 1 else <uint8_t>bits_of(largest[f])
        out = self.data.extend(bytes_of(<uint64_t>(count - 1) * doc_width))
        for i in range(count - 1):
            if docs[at + i] < base or docs[at + i] >= docs[at + i + 1]:
                raise IndexError("the docs of a term do not ascend")
            put(out, <uint64_t>i * doc_width, docs[at + i] - base)
        for f in range(self.fields):
            width = ALL_ONES if largest[f] == 1 and least[f] == 1 else bits_of(largest[f])
            if width < ALL_ONES:
                out = self.data.extend(bytes_of(<uint64_t>count * width))
                for i in range(count):
                    put(out, <uint64_t>i * width, freqs[f * column + at + i])
        return 0

    cdef int _places(
        self, uint64_t at, int count, const uint64_t[::1] position_starts, const uint32_t[::1] positions,
        const uint32_t[::1] surfaces,
    ) except -1:
        """The positions of a block and behind them its surfaces, each at the width of the largest; both go into the header."""
        cdef uint64_t start = position_starts[at], end = position_starts[at + count], i, bit = 0
        cdef uint32_t largest = 0, rarest = 0
        cdef int width, surface_width
        cdef uint8_t* out
        cdef uint64_t header = (<uint32_t*>(self.block_start.data + self.block_start.size - 4))[0] - self.data.before
        if start > end:
            raise IndexError("the positions of a posting end before they start")
        for i in range(start, end):
            largest, rarest = max(largest, positions[i]), max(rarest, surfaces[i])
        width, surface_width = bits_of(largest), bits_of(rarest)
        self.data.data[header + 2], self.data.data[header + 3] = <uint8_t>width, <uint8_t>surface_width
        out = self.places.extend(bytes_of((end - start) * <uint64_t>(width + surface_width)))
        for i in range(start, end):
            put(out, bit, positions[i])
            bit += width
        for i in range(start, end):
            put(out, bit, surfaces[i])
            bit += surface_width
        return 0

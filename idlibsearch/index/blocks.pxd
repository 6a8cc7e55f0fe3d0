# cython: language_level=3
"""How posting blocks lie in memory, for the kernels that write and read them; the format is specified in ``postings``.

Only inline functions: this module is compiled into each kernel and never imported. Nothing here reads outside a section:
``open_block`` measures a block against its section before anyone reads from it, and sections end with eight spare bytes so
that a number can be read as one word of 64 bits.
"""

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from idlibsearch.index.entries cimport SurfaceTable

cdef enum:
    BLOCK = 128         # postings a block
    MAX_FIELDS = 8
    ALL_ONES = 33       # a freq width that says: every freq is 1, none is stored
    SPARE_BYTES = 8


cdef struct Lists:
    # The sections of a segment that posting lists are made of, as plain pointers; who fills it keeps them alive.
    uint32_t term_count
    uint32_t block_count
    uint32_t doc_count
    int field_count
    uint8_t positional[MAX_FIELDS]
    const uint32_t* first_block     # per term, and one more: its range of blocks
    const uint32_t* block_last      # per block: its last doc
    const uint32_t* block_start     # where its data starts
    const uint32_t* block_position  # where its positions start
    const uint8_t* bounds           # per block and field: largest freq, smallest length, as codes
    const uint8_t* data
    uint64_t data_size
    const uint8_t* positions
    uint64_t positions_size
    const uint32_t* lengths         # per doc and field
    SurfaceTable surfaces           # of each term
    const uint8_t* deleted
    uint64_t deleted_size


cdef struct Block:
    uint32_t base
    uint32_t last
    int count
    int doc_width
    int position_width
    int surface_width
    const uint8_t* docs
    int freq_width[MAX_FIELDS]
    const uint8_t* freqs[MAX_FIELDS]


cdef inline uint32_t unpack(const uint8_t* data, uint64_t bit, int width) noexcept nogil:
    """The number of ``width`` (at most 32) bits that starts at ``bit``; reads up to eight bytes from there."""
    cdef uint64_t word
    memcpy(&word, data + (bit >> 3), 8)
    return <uint32_t>((word >> (bit & 7)) & ((<uint64_t>1 << width) - 1))


cdef inline int bits_of(uint32_t number) noexcept nogil:
    cdef int bits = 0
    while number:
        bits += 1
        number >>= 1
    return bits


cdef inline uint64_t bytes_of(uint64_t bits) noexcept nogil:
    return (bits + 7) >> 3


cdef inline uint32_t decoded(uint8_t code) noexcept nogil:
    """The number a bound code stands for: exact below 32, then four bits of mantissa; 255 is about half a million."""
    if code < 32:
        return code
    return <uint32_t>(16 + ((code - 32) & 15)) << (((code - 32) >> 4) + 1)


cdef inline uint8_t coded_down(uint32_t number) noexcept nogil:
    """The largest code that stands for no more than ``number``."""
    cdef int shift
    if number < 32:
        return <uint8_t>number
    if number >= decoded(255):
        return 255
    shift = bits_of(number) - 5
    return <uint8_t>(32 + ((shift - 1) << 4) + ((number >> shift) - 16))


cdef inline uint8_t coded_up(uint32_t number) noexcept nogil:
    """The smallest code that stands for no less than ``number``; 255 also for all that is larger."""
    cdef uint8_t code = coded_down(number)
    return code if code == 255 or decoded(code) == number else <uint8_t>(code + 1)


cdef inline int open_block(const Lists* lists, uint32_t term, uint32_t number, Block* block) noexcept nogil:
    """Find a block's parts; -1 where it does not lie inside its section or names a doc that is not there."""
    cdef uint64_t at, end
    cdef const uint8_t* header
    cdef int f
    if number >= lists.block_count:
        return -1
    at = lists.block_start[number]
    if at + 4 + lists.field_count + SPARE_BYTES > lists.data_size:
        return -1
    header = lists.data + at
    block.count = header[0] + 1
    block.doc_width = header[1]
    block.position_width = header[2]
    block.surface_width = header[3]
    block.last = lists.block_last[number]
    block.base = 0 if number == lists.first_block[term] else lists.block_last[number - 1] + 1
    if block.surface_width > 32 or block.doc_width > 32 or block.position_width > 32 or block.count > BLOCK or block.last >= lists.doc_count:
        return -1
    end = at + 4 + lists.field_count
    block.docs = lists.data + end
    end += bytes_of(<uint64_t>(block.count - 1) * block.doc_width)
    for f in range(lists.field_count):
        block.freq_width[f] = header[4 + f]
        if block.freq_width[f] > ALL_ONES:
            return -1
        block.freqs[f] = lists.data + end
        if block.freq_width[f] < ALL_ONES:
            end += bytes_of(<uint64_t>block.count * block.freq_width[f])
    return 0 if end + SPARE_BYTES <= lists.data_size else -1


cdef inline uint32_t doc_at(const Block* block, int i) noexcept nogil:
    cdef uint32_t doc
    if i == block.count - 1:
        return block.last
    doc = block.base + unpack(block.docs, <uint64_t>i * block.doc_width, block.doc_width)
    return doc if doc < block.last else block.last  # a damaged block names a wrong doc, never one that is not there


cdef inline uint32_t freq_at(const Block* block, int field, int i) noexcept nogil:
    cdef int width = block.freq_width[field]
    if width == 0:
        return 0
    if width == ALL_ONES:
        return 1
    return unpack(block.freqs[field], <uint64_t>i * width, width)


cdef inline bint is_deleted(const Lists* lists, uint32_t doc) noexcept nogil:
    return (doc >> 3) < lists.deleted_size and (lists.deleted[doc >> 3] >> (doc & 7)) & 1


cdef inline int places_before(const Lists* lists, const Block* block, uint32_t* before) noexcept nogil:
    """before[i] = occurrences kept in the block before its posting i, up to before[count] = all of them."""
    cdef int i, f
    cdef uint64_t total = 0
    for i in range(block.count):
        before[i] = <uint32_t>total
        for f in range(lists.field_count):
            if lists.positional[f]:
                total += freq_at(block, f, i)
        if total >> 32:
            return -1
    before[block.count] = <uint32_t>total
    return 0


cdef inline int places_inside(const Lists* lists, uint32_t number, const Block* block, uint64_t total) noexcept nogil:
    """0 where the positions and surfaces of a block lie inside their section, else -1."""
    cdef uint64_t end = lists.block_position[number] + bytes_of(total * <uint64_t>(block.position_width + block.surface_width))
    return 0 if end + SPARE_BYTES <= lists.positions_size else -1


cdef inline uint32_t block_with(const Lists* lists, uint32_t number, uint32_t end, uint32_t doc) noexcept nogil:
    """The first block from ``number`` on, before ``end``, whose last doc is not before ``doc``; ``end`` where there is none."""
    cdef uint32_t step = 1, low = number, high = number, middle
    while high < end and lists.block_last[high] < doc:
        low = high + 1
        high = high + step if end - high > step else end
        step <<= 1
    while low < high:
        middle = low + ((high - low) >> 1)
        if lists.block_last[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low


cdef inline int first_from(const Block* block, int i, uint32_t doc) noexcept nogil:
    """The first posting of a block from ``i`` on whose doc is not before ``doc``; the block's last doc must not be."""
    cdef int low = i, high = block.count - 1, middle
    while low < high:
        middle = (low + high) >> 1
        if doc_at(block, middle) < doc:
            low = middle + 1
        else:
            high = middle
    return low

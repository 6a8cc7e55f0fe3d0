# cython: language_level=3
"""How posting blocks lie in memory, for the kernels that write and read them; the format is specified in ``postings``.

Only inline functions: this module is compiled into each kernel and never imported. Nothing here reads outside a section:
``open_list``, ``open_block`` and ``open_places`` measure what they find against its section before anyone reads from it, and
sections end with eight spare bytes so that a number can be read as one word of 64 bits.
"""

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from idlibsearch.index.bits cimport bits_of, unpack, unpack_many
from idlibsearch.index.entries cimport SurfaceTable

cdef enum:
    BLOCK = 128         # postings a block
    MAX_FIELDS = 8
    ALL_ONES = 33       # a freq width that says: every freq is 1, none is stored; on disk 0
    LONG = 0x80         # in place of a count: the list has blocks in the tables
    PATCHED = 0x80      # beside a width: some numbers have more bits, which stand behind the rest
    SPARE_BYTES = 8
    SOME = 24           # numbers that are sooner unpacked one by one
    NONE = 0xFFFFFFFF


cdef struct Lists:
    # The sections of a segment that posting lists are made of, as plain pointers; who fills it keeps them alive.
    uint32_t term_count
    uint32_t block_count
    uint32_t doc_count
    int field_count
    uint8_t positional[MAX_FIELDS]
    const uint32_t* starts          # per term: where its list starts in the data
    const uint32_t* block_last      # per block of a long list: its last doc
    const uint32_t* block_start     # where its data starts
    const uint32_t* block_position  # where its positions start
    const uint8_t* bounds           # per block and field: largest freq, smallest length, as codes
    const uint8_t* data
    uint64_t data_size
    const uint8_t* positions
    uint64_t positions_size
    const uint32_t* lengths         # per doc and field
    const uint8_t* length_codes     # per field and doc, rounded down
    SurfaceTable surfaces           # of each term
    const uint8_t* deleted
    uint64_t deleted_size


cdef struct List:
    # The blocks of one term, numbered from 0. A short list has one, which is in no table: it brings its own row of each, so
    # a List must not be copied.
    uint32_t postings               # how many docs have the term
    uint32_t count                  # blocks
    bint is_short
    uint32_t first                  # of its blocks, in the tables
    uint64_t start                  # of the only block
    const uint32_t* last
    const uint8_t* bounds
    uint32_t only_last
    uint8_t only_bounds[2 * MAX_FIELDS]


cdef struct Block:
    uint32_t last
    int count
    uint32_t origin                 # a doc is origin + what its number lets expect + what is stored
    uint32_t range                  # docs the block spans, where docs are stored as what they differ from an even spread, else 0
    int doc_width
    const uint8_t* docs
    int freq_width[MAX_FIELDS]
    const uint8_t* freqs[MAX_FIELDS]
    uint64_t end                    # behind its last byte in the data


cdef struct Column:
    # Numbers of one width, and the upper bits of those few that have more.
    int width
    int upper_width
    int index_width
    uint32_t patches
    uint32_t from_                  # the first number that was read last; NONE: none yet
    uint32_t passed                 # how many of the patched ones stand before it
    uint32_t next                   # which the one after these is; NONE: there is no more
    const uint8_t* numbers
    const uint8_t* indices
    const uint8_t* uppers


cdef struct Places:
    # Of a block: positions (the first in a posting and field as it is, the others as the gap to the one before) and surfaces.
    Column positions
    Column surfaces


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


cdef inline uint32_t read32(const uint8_t* at) noexcept nogil:
    cdef uint32_t number
    memcpy(&number, at, 4)
    return number


cdef inline int fields_in(const Lists* lists, uint8_t mask) noexcept nogil:
    cdef int f, found = 0
    for f in range(lists.field_count):
        found += mask >> f & 1
    return found


cdef inline int open_list(const Lists* lists, uint32_t term, List* blocks) noexcept nogil:
    """Find a term's blocks; -1 where they do not lie inside their sections. ``term`` must be one."""
    cdef uint64_t at = lists.starts[term]
    cdef const uint8_t* record = lists.data + at
    cdef int f
    if at + 3 + SPARE_BYTES > lists.data_size:
        return -1
    blocks.is_short = record[0] != LONG
    if not blocks.is_short:
        blocks.first, blocks.postings = read32(record + 1), read32(record + 5)
        blocks.count = <uint32_t>((<uint64_t>blocks.postings + BLOCK - 1) // BLOCK)
        if <uint64_t>blocks.first + blocks.count > lists.block_count:
            return -1
        blocks.last = lists.block_last + blocks.first
        blocks.bounds = lists.bounds + <uint64_t>blocks.first * 2 * lists.field_count
        return 0 if blocks.count else -1
    blocks.postings, blocks.count, blocks.start = record[0] + 1, 1, at
    at += 3 + fields_in(lists, record[1])
    if at + 4 + 2 * fields_in(lists, record[1]) > lists.data_size:
        return -1
    blocks.only_last = read32(lists.data + at)
    at += 4
    for f in range(lists.field_count):
        blocks.only_bounds[2 * f] = blocks.only_bounds[2 * f + 1] = 0
        if record[1] >> f & 1:
            blocks.only_bounds[2 * f], blocks.only_bounds[2 * f + 1] = lists.data[at], lists.data[at + 1]
            at += 2
    blocks.last, blocks.bounds = &blocks.only_last, blocks.only_bounds
    return 0


cdef inline int open_block(const Lists* lists, const List* blocks, uint32_t number, Block* block) noexcept nogil:
    """Find a block's parts; -1 where it does not lie inside its section or names a doc that is not there."""
    cdef uint64_t at
    cdef const uint8_t* header
    cdef uint8_t mask
    cdef uint32_t base
    cdef int f, width
    if number >= blocks.count:
        return -1
    at = blocks.start if blocks.is_short else lists.block_start[blocks.first + number]
    if at + 3 + SPARE_BYTES > lists.data_size:
        return -1
    header = lists.data + at
    block.count, mask, block.doc_width = header[0] + 1, header[1], header[2]
    block.last = blocks.last[number]
    base = blocks.last[number - 1] + 1 if number else 0
    if <uint32_t>block.count != min(<uint32_t>BLOCK, blocks.postings - number * BLOCK):  # all but the last are whole
        return -1
    if block.doc_width > 32 or block.last >= lists.doc_count or base > block.last:
        return -1
    at += 3
    for f in range(lists.field_count):
        block.freq_width[f] = 0
        if mask >> f & 1:
            width = lists.data[at]
            if width > 32:
                return -1
            block.freq_width[f] = width if width else ALL_ONES
            at += 1
    if blocks.is_short:
        at += 4 + 2 * fields_in(lists, mask)
    block.docs = lists.data + at
    block.origin, block.range = base, 0
    at += bytes_of(<uint64_t>(block.count - (block.count < BLOCK)) * block.doc_width)
    if at + SPARE_BYTES > lists.data_size:
        return -1
    if block.count == BLOCK:
        block.origin -= unpack(block.docs, <uint64_t>(BLOCK - 1) * block.doc_width, block.doc_width)
        block.range = block.last - base
    for f in range(lists.field_count):
        block.freqs[f] = lists.data + at
        if block.freq_width[f] < ALL_ONES:
            at += bytes_of(<uint64_t>block.count * block.freq_width[f])
    block.end = at
    return 0 if at + SPARE_BYTES <= lists.data_size else -1


cdef inline uint32_t expected(uint32_t range, uint32_t i) noexcept nogil:
    """How far from the first of ``range`` docs posting ``i`` stands in a whole block, were they spread evenly."""
    return <uint32_t>((range * <uint64_t>(i + 1)) >> 7)


cdef inline uint32_t doc_at(const Block* block, int i) noexcept nogil:
    cdef uint32_t doc
    if i == block.count - 1:
        return block.last
    doc = block.origin + expected(block.range, i) + unpack(block.docs, <uint64_t>i * block.doc_width, block.doc_width)
    return doc if doc < block.last else block.last  # a damaged block names a wrong doc, never one that is not there


cdef inline void unpack_docs(const Block* block, uint32_t* docs) noexcept nogil:
    """All docs of a block."""
    cdef uint32_t doc, origin = block.origin, last = block.last
    cdef uint32_t range_ = block.range
    cdef uint32_t i, count = block.count - 1
    unpack_many(block.docs, block.doc_width, count, docs)
    for i in range(count):
        doc = origin + expected(range_, i) + docs[i]
        docs[i] = doc if doc < last else last
    docs[count] = last


cdef inline uint32_t freq_at(const Block* block, int field, int i) noexcept nogil:
    cdef int width = block.freq_width[field]
    if width == 0:
        return 0
    if width == ALL_ONES:
        return 1
    return unpack(block.freqs[field], <uint64_t>i * width, width)


cdef inline bint is_deleted(const Lists* lists, uint32_t doc) noexcept nogil:
    return (doc >> 3) < lists.deleted_size and (lists.deleted[doc >> 3] >> (doc & 7)) & 1


cdef inline uint64_t places_of(const Lists* lists, const Block* block, uint32_t* places) noexcept nogil:
    """How many occurrences are kept of each posting of a block, and of all of them."""
    cdef uint32_t freqs[BLOCK]
    cdef int i, f, width
    cdef uint64_t total = 0
    for i in range(block.count):
        places[i] = 0
    for f in range(lists.field_count):
        width = block.freq_width[f] if lists.positional[f] else 0
        if width == ALL_ONES:
            total += block.count
            for i in range(block.count):
                places[i] += 1
        elif width:
            unpack_many(block.freqs[f], width, block.count, freqs)
            for i in range(block.count):
                places[i] += freqs[i]
                total += freqs[i]
    return total


cdef inline int places_before(const Lists* lists, const Block* block, uint32_t* before) noexcept nogil:
    """before[i] = occurrences kept in the block before its posting i, up to before[count] = all of them; -1 for too many."""
    cdef int i
    cdef uint32_t total = 0
    if places_of(lists, block, before + 1) >> 32:
        return -1
    before[0] = 0
    for i in range(1, block.count + 1):
        total += before[i]
        before[i] = total
    return 0


cdef inline int open_column(const uint8_t* data, uint64_t size, uint64_t* at, uint32_t count, Column* column) noexcept nogil:
    """Find the parts of a column of ``count`` numbers at ``at``, which moves behind it; -1 where it ends outside the data."""
    if at[0] + 1 + SPARE_BYTES > size:
        return -1
    column.width, column.upper_width, column.index_width = data[at[0]] & ~PATCHED, 0, 0
    column.patches = column.passed = column.next = 0
    column.from_ = NONE
    if data[at[0]] & PATCHED:
        column.upper_width = data[at[0] + 1]
        column.patches = data[at[0] + 2] | <uint32_t>data[at[0] + 3] << 8
        column.index_width = bits_of(count)
        at[0] += 3
    at[0] += 1
    if column.width + column.upper_width > 32:
        return -1
    column.numbers = data + at[0]
    at[0] += bytes_of(<uint64_t>count * column.width)
    column.indices = data + at[0]
    at[0] += bytes_of(<uint64_t>column.patches * column.index_width)
    column.uppers = data + at[0]
    at[0] += bytes_of(<uint64_t>column.patches * column.upper_width)
    if at[0] + SPARE_BYTES > size:
        return -1
    return 0


cdef inline uint32_t patched(const Column* column, uint32_t patch) noexcept nogil:
    """Which number a patch belongs to."""
    return unpack(column.indices, <uint64_t>patch * column.index_width, column.index_width) if patch < column.patches else NONE


cdef inline void pass_patches(Column* column, uint32_t first) noexcept nogil:
    """Go to the first patch of the numbers from ``first`` on, in steps that double: it is mostly close by."""
    cdef uint32_t low = column.passed if first >= column.from_ else 0, high = low, step = 1, middle
    while high < column.patches and patched(column, high) < first:
        low = high + 1
        high = min(high + step, column.patches)
        step <<= 1
    while low < high:
        middle = (low + high) >> 1
        if patched(column, middle) < first:
            low = middle + 1
        else:
            high = middle
    column.passed, column.next = low, patched(column, low)


cdef inline void read_column(Column* column, uint32_t first, uint32_t count, uint32_t* out) noexcept nogil:
    """The numbers from ``first`` on, of which there must be ``count``. Fastest where each time they come behind the last."""
    cdef uint32_t i, at, edge = count if count < SOME else -first & 7  # numbers before the first that starts with a byte
    cdef uint64_t bit = <uint64_t>first * column.width
    for i in range(edge):
        out[i] = unpack(column.numbers, bit, column.width)
        bit += column.width
    if count > edge:
        unpack_many(column.numbers + (bit >> 3), column.width, count - edge, out + edge)
    if first < column.from_ or column.next < first:
        pass_patches(column, first)
    column.from_, at, i = first, column.passed, column.next
    while i - first < count:
        out[i - first] |= unpack(column.uppers, <uint64_t>at * column.upper_width, column.upper_width) << column.width
        at += 1
        i = patched(column, at)


cdef inline int open_places(
    const Lists* lists, const List* blocks, uint32_t number, const Block* block, uint32_t total, Places* places
) noexcept nogil:
    """Find the positions and surfaces of a block, ``total`` (``places_before`` counts them) of each; -1 where it is damaged."""
    cdef const uint8_t* data = lists.data if blocks.is_short else lists.positions
    cdef uint64_t size = lists.data_size if blocks.is_short else lists.positions_size
    cdef uint64_t at = block.end if blocks.is_short else lists.block_position[blocks.first + number]
    if open_column(data, size, &at, total, &places.positions) < 0:
        return -1
    return open_column(data, size, &at, total, &places.surfaces)


cdef inline void read_positions(Places* places, uint32_t first, uint32_t count, uint32_t* out) noexcept nogil:
    """The positions of a posting in one field; ``first``: the occurrences kept in the block before."""
    cdef uint32_t i
    read_column(&places.positions, first, count, out)
    for i in range(1, count):
        out[i] += out[i - 1] + 1


cdef inline int unpack_places(
    const Lists* lists, const List* blocks, uint32_t number, const Block* block, uint32_t total,
    uint32_t* positions, uint32_t* surfaces,
) noexcept nogil:
    """All positions and surfaces of a block, posting after posting and in each field after field; -1 where it is damaged.

    ``total``: how many, as ``places_before`` counts them; both outputs must have room for them.
    """
    cdef Places places
    cdef uint32_t at = 0, n, freq
    cdef int i, f
    if open_places(lists, blocks, number, block, total, &places) < 0:
        return -1
    read_column(&places.positions, 0, total, positions)
    read_column(&places.surfaces, 0, total, surfaces)
    for i in range(block.count):
        for f in range(lists.field_count):
            if lists.positional[f]:
                freq = freq_at(block, f, i)
                for n in range(at + 1, at + freq):
                    positions[n] += positions[n - 1] + 1
                at += freq
    return 0


cdef inline uint32_t block_with(const List* blocks, uint32_t number, uint32_t doc) noexcept nogil:
    """The first block from ``number`` on whose last doc is not before ``doc``; the number of blocks where there is none."""
    cdef uint32_t step = 1, low = number, high = number, middle, end = blocks.count
    while high < end and blocks.last[high] < doc:
        low = high + 1
        high = high + step if end - high > step else end
        step <<= 1
    while low < high:
        middle = low + ((high - low) >> 1)
        if blocks.last[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low


cdef inline int first_from(const Block* block, int i, uint32_t doc) noexcept nogil:
    """The first posting of a block from ``i`` on whose doc is not before ``doc``; the block's last doc must not be.

    Searches in steps that double: those who ask for one doc after the other find the next close by.
    """
    cdef int end = block.count - 1, low = min(i, end), high = low, step = 1, middle
    while high < end and doc_at(block, high) < doc:
        low = high + 1
        high = min(high + step, end)
        step <<= 1
    while low < high:
        middle = (low + high) >> 1
        if doc_at(block, middle) < doc:
            low = middle + 1
        else:
            high = middle
    return low

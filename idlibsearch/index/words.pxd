# cython: language_level=3
"""How a sorted table of words lies in memory, for the kernels that search and walk it; the format is specified in ``words``.

Only inline functions: this module is compiled into each kernel and never imported. Nothing here reads outside a section; where
a table does not hold together, functions return -1.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

cdef enum:
    WORDS = 16  # words a block: a head is read to 16 bytes at most, and every word is found within 15 steps of one
    LONG = 15   # in a word's first byte: the rest of the length follows
    STRIDE = 16  # bytes copied at once, whether so many are wanted or not: what is wanted is shorter nearly always


cdef struct Table:
    const uint8_t* text
    const uint32_t* blocks  # per block, and one more: where it starts in the text
    uint64_t size           # of the text
    uint32_t count          # of words
    uint32_t longest        # word, in bytes


cdef inline int read_number(const uint8_t* data, uint64_t* at, uint64_t end, uint32_t* number) noexcept nogil:
    """The number at ``at``, which moves behind it: 7 bits a byte, lowest first, the high bit on all bytes but the last."""
    cdef uint32_t found = 0
    cdef uint8_t byte
    cdef int shift
    for shift in range(0, 35, 7):
        if at[0] >= end:
            return -1
        byte = data[at[0]]
        at[0] += 1
        found |= <uint32_t>(byte & 0x7F) << shift
        if byte < 0x80:
            number[0] = found
            return 0
    return -1


cdef inline int put_number(bytearray data, uint64_t number) except -1:
    """Append a number as ``read_number`` reads it."""
    while number > 0x7F:
        data.append(<int>(number & 0x7F | 0x80))
        number >>= 7
    data.append(<int>number)
    return 0


cdef inline uint32_t signed(uint32_t number) noexcept nogil:
    """0, -1, 1, -2 ... for 0, 1, 2, 3 ..., as a difference to add."""
    return (number >> 1) ^ (0 - (number & 1))


cdef inline uint32_t unsigned(uint32_t difference) noexcept nogil:
    """The reverse of ``signed``."""
    return (difference << 1) ^ (0 - (difference >> 31))


cdef inline int open_words(const Table* table, uint64_t block, uint64_t* at, uint64_t* end) noexcept nogil:
    at[0], end[0] = table.blocks[block], table.blocks[block + 1]
    return 0 if at[0] <= end[0] and end[0] <= table.size else -1


cdef inline int read_head(const Table* table, uint64_t* at, uint64_t end, uint32_t* shared, uint32_t* rest) noexcept nogil:
    """How many bytes a word has in common with the one before, and how many of its own follow; ``at`` moves to these."""
    cdef uint32_t more
    if at[0] >= end:
        return -1
    shared[0], rest[0] = table.text[at[0]] >> 4, table.text[at[0]] & 15
    at[0] += 1
    if shared[0] == LONG:
        if read_number(table.text, at, end, &more) < 0:
            return -1
        shared[0] += more
    if rest[0] == LONG:
        if read_number(table.text, at, end, &more) < 0:
            return -1
        rest[0] += more
    return 0 if rest[0] <= end - at[0] else -1


cdef inline int compared(
    const uint8_t* word, uint32_t size, const uint8_t* wanted, uint32_t wanted_size, bint beginning
) noexcept nogil:
    """Below 0, 0 or above: does the word stand before ``wanted``? With ``beginning`` words that begin with it do."""
    cdef uint32_t both = min(size, wanted_size)
    cdef int order = memcmp(word, wanted, both) if both else 0
    if order:
        return order
    if size < wanted_size or beginning:
        return -1
    return size > wanted_size


cdef inline int64_t words_before(
    const Table* table, const uint8_t* wanted, uint32_t wanted_size, bint beginning, bint* found
) noexcept nogil:
    """How many words stand before ``wanted`` (with ``beginning``: or begin with it); ``found``: is it the next one?"""
    cdef uint64_t low = 0, high = (table.count + WORDS - 1) // WORDS, middle, at, end, number
    cdef uint32_t shared, rest, i, matched = 0
    cdef int order
    found[0] = False
    while low < high:
        middle = (low + high) >> 1
        if open_words(table, middle, &at, &end) < 0 or read_head(table, &at, end, &shared, &rest) < 0:
            return -1
        order = compared(table.text + at, rest, wanted, wanted_size, beginning)
        if order == 0:
            found[0] = True
            return middle * WORDS
        if order < 0:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return 0
    if open_words(table, low - 1, &at, &end) < 0:
        return -1
    for number in range((low - 1) * WORDS, min(low * WORDS, <uint64_t>table.count)):
        if read_head(table, &at, end, &shared, &rest) < 0:
            return -1
        if shared < matched:  # it leaves the word before where that still agreed with the wanted one
            return number
        if shared == matched:
            i = 0
            while i < rest and matched < wanted_size and table.text[at + i] == wanted[matched]:
                i += 1
                matched += 1
            order = compared(table.text + at + i, rest - i, wanted + matched, wanted_size - matched, beginning)
            if order >= 0:
                found[0] = order == 0
                return number
        at += rest
    return min(low * WORDS, <uint64_t>table.count)


cdef struct Walk:
    # Goes from word to word; ``word`` has room for the longest and STRIDE bytes more, and keeps what is read.
    const Table* table
    uint64_t at
    uint64_t end
    uint64_t number  # of the word
    uint32_t size
    uint32_t shared  # bytes it has in common with the word that stood here before
    uint8_t* word


cdef inline void put_bytes(Walk* walk, uint32_t shared, uint32_t rest) noexcept nogil:
    """Write a word's own bytes behind those it shares."""
    if rest <= STRIDE and walk.at + STRIDE <= walk.table.size:
        memcpy(walk.word + shared, walk.table.text + walk.at, STRIDE)
    else:
        memcpy(walk.word + shared, walk.table.text + walk.at, rest)
    walk.size = shared + rest


cdef inline int walk_on(Walk* walk) noexcept nogil:
    """To the next word, which must be there."""
    cdef uint32_t shared, rest
    walk.number += 1
    if walk.number % WORDS == 0 and open_words(walk.table, walk.number // WORDS, &walk.at, &walk.end) < 0:
        return -1
    if read_head(walk.table, &walk.at, walk.end, &shared, &rest) < 0:
        return -1
    if shared > walk.size or <uint64_t>shared + rest > walk.table.longest:
        return -1
    if walk.number % WORDS == 0:  # a block's first word is written out, whatever it has in common
        while shared < rest and shared < walk.size and walk.word[shared] == walk.table.text[walk.at + shared]:
            shared += 1
        put_bytes(walk, 0, rest)
    else:
        put_bytes(walk, shared, rest)
    walk.shared = shared
    walk.at += rest
    return 0


cdef inline int walk_to(Walk* walk, uint64_t number) noexcept nogil:
    """To a word by its number, which must be there."""
    walk.number = number // WORDS * WORDS - 1
    while walk.number != number:
        if walk_on(walk) < 0:
            return -1
    return 0


cdef struct Goal:
    # Where to leap to: behind the words before ``word`` and, with ``beginning``, those that begin with it.
    uint8_t* word
    uint32_t size
    bint beginning


cdef inline int block_before(const Table* table, uint64_t block, const Goal* goal) noexcept nogil:
    """Does the first word of a block stand before the goal?"""
    cdef uint64_t at, end
    cdef uint32_t shared, rest
    if open_words(table, block, &at, &end) < 0 or read_head(table, &at, end, &shared, &rest) < 0:
        return -1
    return compared(table.text + at, rest, goal.word, goal.size, goal.beginning) < 0


cdef inline int walk_inside(Walk* walk, const Goal* goal, uint64_t high) noexcept nogil:
    """On to the first word of this block, before ``high``, that is not before the goal: 1; 0 if none is there."""
    cdef uint64_t end = min(high, walk.number // WORDS * WORDS + WORDS)
    while walk.number + 1 < end:
        if walk_on(walk) < 0:
            return -1
        if compared(walk.word, walk.size, goal.word, goal.size, goal.beginning) >= 0:
            return 1
    return 0


cdef inline int walk_past(Walk* walk, const Goal* goal, uint64_t high) noexcept nogil:
    """From a word before the goal to the first that is not, or to ``high``. O(log words passed)."""
    cdef uint64_t first = walk.number // WORDS + 1, low = first, end = (high + WORDS - 1) // WORDS, step = 1, middle
    cdef int outcome = walk_inside(walk, goal, high)
    if outcome:
        return outcome
    while low < end:  # leap until a block is not before it, then halve
        middle = min(low + step, end) - 1
        outcome = block_before(walk.table, middle, goal)
        if outcome < 0:
            return -1
        if not outcome:
            end = middle
            break
        low, step = middle + 1, 2 * step
    while low < end:
        middle = (low + end) >> 1
        outcome = block_before(walk.table, middle, goal)
        if outcome < 0:
            return -1
        if outcome:
            low = middle + 1
        else:
            end = middle
    if low > first:  # the last block that begins before it may end behind it
        if walk_to(walk, (low - 1) * WORDS) < 0:
            return -1
        outcome = walk_inside(walk, goal, high)
        if outcome:
            return outcome
    if low * WORDS >= high:
        walk.number = high
        return 0
    walk.number = low * WORDS - 1
    return walk_on(walk)

# cython: language_level=3
"""Where pairs of words start that stand near each other in a text, for the kernels of nearness and of phrases.

Going through both words' places in order means guessing at each which comes next, and guesses that fail cost more than all else. So
few places are compared each with each, and many are made bits of a row, in which a shift finds what stands near.
"""

from libc.stdint cimport uint32_t, uint64_t

from idlibsearch.index.blocks cimport Lists, freq_at
from idlibsearch.query.bitmaps cimport ones
from idlibsearch.query.occurrences cimport Room, Word, load_plain

cdef enum:
    FEW_PAIRS = 16      # so many are sooner compared each than made bits
    ROW = 64            # words of a row of bits: 4,096 places
    FAR = 64            # the largest distance that one word and its neighbour show
    UNKNOWN = -4        # neither way is for these


cdef inline int near_words(
    const Lists* lists, Word* a, Word* b, int column, uint32_t most, Room* room, Room* other, uint32_t limit, bint ordered,
    bint any_is_enough,
) noexcept nogil:
    """``near_starts`` of two words at one doc, by the first ``most`` occurrences of each in a field; -1 where a list is damaged.

    UNKNOWN also where an occurrence takes more than one position.
    """
    cdef bint is_plain = True
    cdef int a_count, b_count
    if not freq_at(&a.block, column, a.i) or not freq_at(&b.block, column, b.i):
        return 0
    a_count = load_plain(lists, a, column, most, room, &is_plain)
    b_count = load_plain(lists, b, column, most, other, &is_plain) if a_count > 0 else 0
    if a_count <= 0 or b_count <= 0:
        return min(a_count, b_count)
    if not is_plain:
        return UNKNOWN
    return near_starts(room.starts, a_count, other.starts, b_count, limit, ordered, any_is_enough)


cdef inline int near_starts(
    const uint32_t* a, int a_count, const uint32_t* b, int b_count, uint32_t limit, bint ordered, bint any_is_enough
) noexcept nogil:
    """How many starts pairs of one of a and one of b have with fewer than ``limit`` tokens between, a first where ``ordered``.

    Both are ascending, their words take one place each. With ``any_is_enough`` it may be fewer, but not none. UNKNOWN where
    there are too many places, or they are too far apart.
    """
    cdef uint32_t last = max(a[a_count - 1], b[b_count - 1])
    cdef int found = UNKNOWN
    if a_count * <uint64_t>b_count <= FEW_PAIRS:
        found = compared(a, a_count, b, b_count, limit, ordered)
    if found < 0 and last < ROW * 64 and limit <= FAR:
        found = shifted(a, a_count, b, b_count, last, limit, ordered, any_is_enough)
    return found


cdef inline int compared(
    const uint32_t* a, int a_count, const uint32_t* b, int b_count, uint32_t limit, bint ordered
) noexcept nogil:
    """Each with each; UNKNOWN where two stand at one place, which might be counted twice."""
    cdef int i, j, near, found = 0, same = 0
    for i in range(a_count):
        near = 0
        for j in range(b_count):
            near |= b[j] - a[i] - 1 < limit  # without a sign: what lies behind is far away
        found += near
    if ordered:
        return found
    for j in range(b_count):
        near = 0
        for i in range(a_count):
            near |= a[i] - b[j] - 1 < limit
            same |= a[i] == b[j]
        found += near
    return UNKNOWN if same else found


cdef inline int shifted(
    const uint32_t* a, int a_count, const uint32_t* b, int b_count, uint32_t last, uint32_t limit, bint ordered, bint any_is_enough
) noexcept nogil:
    """As bits; UNKNOWN where places are not ascending, as in a damaged list."""
    cdef uint64_t row_a[ROW + 1]
    cdef uint64_t row_b[ROW + 1]
    cdef uint64_t starts
    cdef int w, found = 0, size = <int>(last >> 6) + 1
    for w in range(size + 1):
        row_a[w] = row_b[w] = 0
    if not set_bits(row_a, a, a_count, last) or not set_bits(row_b, b, b_count, last):
        return UNKNOWN
    for w in range(size):
        starts = row_a[w] & soon(row_b[w], row_b[w + 1], limit)
        if not ordered:
            starts |= row_b[w] & soon(row_a[w], row_a[w + 1], limit)
        found += ones(starts)
        if found and any_is_enough:
            break
    return found


cdef inline bint set_bits(uint64_t* row, const uint32_t* places, int count, uint32_t last) noexcept nogil:
    cdef int i
    for i in range(count):
        if places[i] > last:
            return False
        row[places[i] >> 6] |= <uint64_t>1 << (places[i] & 63)
    return True


cdef inline uint64_t soon(uint64_t low, uint64_t high, uint32_t limit) noexcept nogil:
    """The places of a word of bits with a bit at most ``limit`` behind them; ``high``: the word after it."""
    cdef uint32_t reach = 1, step
    low, high = low >> 1 | high << 63, high >> 1
    while reach < limit:
        step = min(reach, limit - reach)
        low |= low >> step | high << (64 - step)
        high |= high >> step
        reach += step
    return low

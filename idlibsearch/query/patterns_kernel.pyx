# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Which words of a sorted table match: by an automaton (wildcards, regular expressions) or by edit distance (fuzzy words).

Every number read is checked before it is used; a wrong one raises IndexError. The slow twins are in ``tests/naive.py``.
"""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcmp

cdef enum:
    CLASSES = 256  # columns of the automaton's table; automaton.py has the same
    DEAD = 0
    UNKNOWN = -1
    FINE = 0
    WRONG = 1
    CODE_POINTS = 0x110000


cdef inline bint _begins(const uint8_t* text, uint64_t at, uint64_t end, uint64_t dead, uint64_t size) noexcept nogil:
    # Does the word [at, end) begin with the `size` bytes at `dead`, after which no word can match? (0: with nothing known.)
    return size and end - at >= size and memcmp(text + at, text + dead, size) == 0


cdef inline uint32_t _decode(const uint8_t* text, uint64_t end, uint64_t* at) noexcept nogil:
    # The code point at `at`, which moves behind it. Never reads at or behind `end`; torn UTF-8 gives the lead byte's bits.
    cdef uint32_t lead = text[at[0]]
    cdef int more = 0 if lead < 0xC0 else 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
    at[0] += 1
    if more == 0:
        return lead
    lead &= 0x3F >> more
    while more and at[0] < end:
        lead = lead << 6 | (text[at[0]] & 0x3F)
        at[0] += 1
        more -= 1
    return lead if lead < CODE_POINTS else 0xFFFD


def scan(
    const uint8_t[::1] text not None,
    const uint32_t[::1] ends not None,
    Py_ssize_t low,
    Py_ssize_t high,
    const uint8_t[::1] classes not None,
    const int32_t[::1] table not None,
    const uint8_t[::1] accepting not None,
    uint32_t[::1] found not None,
    Py_ssize_t count,
):
    """Run the words [low, high) through an automaton whose table is filled as it is needed; state 1 starts, state 0 is dead.

    text, ends   uint8[], uint32[n]   the table of words, as ``index.strings`` writes it
    classes      uint8[0x110000]      code point to class; 0 where it has none yet
    table        int32[states * 256]  state and class to state; -1 where it is not known yet
    accepting    uint8[states]        1 where a word may end
    found        uint32[high - low]   out: the numbers of the words that match, ascending; ``count`` are there already

    Returns (word, count, state, code point): where it stopped. ``word`` is ``high`` when it is through; else the step from
    ``state`` by that code point has to be filled in before going on with that word.
    """
    cdef Py_ssize_t states = accepting.shape[0]
    cdef int outcome = FINE
    cdef int32_t state = DEAD, following
    cdef uint32_t point = 0, kind
    cdef uint64_t at, end, dead = 0, dead_size = 0
    cdef Py_ssize_t word = low
    if not 0 <= low <= high <= ends.shape[0] or not 0 <= count <= found.shape[0]:
        raise IndexError("the range is not one of the table")
    if states < 2 or table.shape[0] < states * CLASSES or classes.shape[0] != CODE_POINTS:
        raise IndexError("the automaton is not whole")
    with nogil:
        while word < high:
            at, end = (ends[word - 1] if word else 0), ends[word]
            if at > end or end > <uint64_t>text.shape[0]:
                outcome = WRONG
                break
            if _begins(&text[0], at, end, dead, dead_size):
                word += 1
                continue
            state = 1
            while at < end and state != DEAD:
                point = _decode(&text[0], end, &at)
                kind = classes[point]
                following = table[state * CLASSES + kind] if kind else UNKNOWN
                if following == UNKNOWN:
                    break
                if following < 0 or following >= states:
                    outcome = WRONG
                    break
                state = following
            else:
                if accepting[state]:
                    if count >= found.shape[0]:
                        outcome = WRONG
                        break
                    found[count] = <uint32_t>word
                    count += 1
                elif state == DEAD:
                    dead = ends[word - 1] if word else 0
                    dead_size = at - dead
                word += 1
                continue
            break
    if outcome == WRONG:
        raise IndexError("the table points outside itself")
    return word, count, state, point


def near(
    const uint8_t[::1] text not None,
    const uint32_t[::1] ends not None,
    Py_ssize_t low,
    Py_ssize_t high,
    const uint32_t[::1] wanted not None,
    int distance,
    uint32_t[::1] found not None,
):
    """Find the words [low, high) at most ``distance`` edits from ``wanted`` (code points): optimal string alignment.

    An edit inserts, deletes or replaces a letter or swaps two neighbours, and none is edited twice. Only the diagonals within
    ``distance`` of the main one are filled in (Ukkonen 1985), and a word is given up when a whole row is too far,
    and all that begin like it.

    Writes the numbers of the words to ``found`` (uint32[high - low]), ascending; returns how many.
    """
    cdef Py_ssize_t n = wanted.shape[0], width = n + 1, count = 0, word
    cdef uint64_t at, end, start, dead = 0, dead_size = 0
    cdef int outcome = FINE
    if not 0 <= low <= high <= ends.shape[0] or found.shape[0] < high - low:
        raise IndexError("the range is not one of the table")
    if not 0 <= distance < 256:
        raise IndexError("no such distance")
    cdef int* rows = <int*>malloc(3 * width * sizeof(int))
    if rows == NULL:
        raise MemoryError()
    with nogil:
        for word in range(low, high):
            at, end = (ends[word - 1] if word else 0), ends[word]
            if at > end or end > <uint64_t>text.shape[0]:
                outcome = WRONG
                break
            if end - at + distance < <uint64_t>n or end == at or _begins(&text[0], at, end, dead, dead_size):
                continue
            start = at
            if _is_near(&text[0], &at, end, wanted, distance, rows):
                found[count] = <uint32_t>word
                count += 1
            elif at < end:
                dead, dead_size = start, at - start
    free(rows)
    if outcome == WRONG:
        raise IndexError("the table points outside itself")
    return count


cdef bint _is_near(
    const uint8_t* text, uint64_t* at, uint64_t end, const uint32_t[::1] wanted, int distance, int* rows
) noexcept nogil:
    # Moves `at` behind what was read: less than the whole word where no word that begins so is near.
    # rows: three of n + 1, for the letters read last; a cell outside the band holds `far`.
    cdef Py_ssize_t n = wanted.shape[0], row = 0, i, first, last
    cdef int far = distance + 1, best, cell
    cdef int* before = rows
    cdef int* above = rows + n + 1
    cdef int* here = rows + 2 * (n + 1)
    cdef int* spare
    cdef uint32_t letter, previous = 0
    for i in range(n + 1):
        above[i] = <int>i if i <= distance else far
        before[i] = far
        here[i] = far
    while at[0] < end:
        letter = _decode(text, end, at)
        row += 1
        if row > n + distance:
            return False
        first, last = max(row - distance, 1), min(row + distance, n)
        here[0] = <int>row if row <= distance else far
        if first > 1:
            here[first - 1] = far
        best = here[0]
        for i in range(first, last + 1):
            cell = above[i - 1] + (letter != wanted[i - 1])
            if above[i] + 1 < cell:
                cell = above[i] + 1
            if here[i - 1] + 1 < cell:
                cell = here[i - 1] + 1
            if row > 1 and i > 1 and letter == wanted[i - 2] and previous == wanted[i - 1] and before[i - 2] + 1 < cell:
                cell = before[i - 2] + 1
            here[i] = cell if cell < far else far
            if cell < best:
                best = cell
        if last < n:
            here[last + 1] = far
        if best > distance:
            return False
        previous = letter
        spare, before, above = before, above, here
        here = spare
    return above[n] <= distance

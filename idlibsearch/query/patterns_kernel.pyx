# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Which words of a sorted table match: by an automaton (wildcards, regular expressions) or by edit distance (fuzzy words).

What has been worked out for a word's beginning is kept for all that begin like it, and words that begin like one that cannot
match are leapt over: each beginning is looked at once. Every number read is checked before it is used. The slow twins are in
``tests/naive.py``.
"""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy

from idlibsearch.index.words cimport STRIDE, Goal, Table, Walk, walk_on, walk_past, walk_to

cdef enum:
    CLASSES = 256  # columns of the automaton's table; automaton.py has the same, and the next one
    PAGES = 0x1100  # pages of 256 code points
    DEAD = 0
    START = 1
    UNKNOWN = -1
    CODE_POINTS = 0x110000
    # How a run over the words ended.
    THROUGH = 0
    STEP_NEEDED = 1
    WORDS_DAMAGED = -1
    AUTOMATON_WRONG = -2
    NO_MEMORY = -3


cdef inline uint32_t _decode(const uint8_t* text, uint32_t end, uint32_t* at) noexcept nogil:
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


cdef inline uint32_t _encode(uint32_t point, uint8_t* text) noexcept nogil:
    # The reverse, up to four bytes; surrogates pass.
    cdef uint32_t size = 1 if point < 0x80 else 2 if point < 0x800 else 3 if point < 0x10000 else 4, i
    for i in range(size - 1, 0, -1):
        text[i] = 0x80 | (point & 0x3F)
        point >>= 6
    text[0] = <uint8_t>(point | (0 if size == 1 else 0xF00 >> size))
    return size


cdef class Scan:
    """A run over the words [low, high) of a table; which of them match is in ``found`` when it is through.

    words      the table, see ``index.words``
    beginning  all these words begin with the same so many bytes, at which an automaton is not to look

    Raises IndexError where there are no such words, CorruptIndexError where the table turns out to be damaged.
    """

    cdef object words
    cdef Walk walk
    cdef Goal goal
    cdef uint64_t high
    cdef uint32_t beginning
    cdef uint32_t at             # bytes of the word that have been read
    cdef int32_t* states         # of the automaton, by bytes read
    cdef uint32_t* numbers
    cdef uint64_t size
    cdef uint64_t capacity

    def __init__(self, words not None, Py_ssize_t low, Py_ssize_t high, Py_ssize_t beginning=0):
        self.words = words
        self.walk.table = <const Table*>PyCapsule_GetPointer(words.capsule, "idlibsearch.words")
        if not 0 <= low <= high <= <Py_ssize_t>self.walk.table.count or not 0 <= beginning:
            raise IndexError("the range is not one of the table")
        self.walk.number, self.high = low, high
        if low == high:
            return
        if beginning > <Py_ssize_t>self.walk.table.longest:
            raise IndexError("no word is so long")
        self.beginning = self.at = <uint32_t>beginning
        self.walk.word = <uint8_t*>malloc(<uint64_t>self.walk.table.longest + STRIDE)
        self.states = <int32_t*>calloc(<uint64_t>self.walk.table.longest + 1, 4)
        self.goal.word = <uint8_t*>malloc(<uint64_t>self.walk.table.longest + 4)  # and a letter
        if self.walk.word == NULL or self.states == NULL or self.goal.word == NULL:
            raise MemoryError()
        self.states[beginning] = START
        if walk_to(&self.walk, low) < 0:
            raise words.damaged()

    def __dealloc__(self):
        free(self.walk.word)
        free(self.goal.word)
        free(self.states)
        free(self.numbers)

    @property
    def found(self):
        """The numbers of the words that match, uint32, ascending."""
        return memoryview((<char*>self.numbers)[: 4 * self.size]).cast("I") if self.size else memoryview(b"").cast("I")

    cdef int _put(self) noexcept nogil:
        """Note that the word matches."""
        cdef uint32_t* grown
        if self.size == self.capacity:
            self.capacity = 2 * self.capacity + 64
            grown = <uint32_t*>realloc(self.numbers, 4 * self.capacity)
            if grown == NULL:
                return NO_MEMORY
            self.numbers = grown
        self.numbers[self.size] = <uint32_t>self.walk.number
        self.size += 1
        return 0

    cdef int _next(self) noexcept nogil:
        """To the next word, if there is one."""
        if self.walk.number + 1 < self.high:
            return walk_on(&self.walk)
        self.walk.number = self.high
        return 0

    cdef int _leap(self, uint32_t size, uint32_t letter) noexcept nogil:
        """Past the words that begin with the first ``size`` bytes of this one; with a letter, to those where that comes next."""
        memcpy(self.goal.word, self.walk.word, size)
        self.goal.size, self.goal.beginning = size, letter == 0
        if letter:
            self.goal.size += _encode(letter, self.goal.word + size)
        return walk_past(&self.walk, &self.goal, self.high)

    cdef int _check(self, int outcome) except -1:
        if outcome == WORDS_DAMAGED:
            raise self.words.damaged()
        if outcome == AUTOMATON_WRONG:
            raise IndexError("the automaton's table points outside itself")
        if outcome == NO_MEMORY:
            raise MemoryError()
        return 0

    # ---- by an automaton

    def run(
        self, const uint16_t[::1] pages not None, const uint8_t[::1] classes not None, const int32_t[::1] table not None,
        const uint8_t[::1] accepting not None,
    ):
        """Run the words through an automaton whose table is filled as it is needed; state 1 starts, state 0 is dead.

        pages        uint16[0x1100]       of each 256 code points, their page in the next
        classes      uint8[pages * 256]   code point to class; 0 where it has none yet
        table        int32[states * 256]  state and class to state; -1 where it is not known yet
        accepting    uint8[states]        1 where a word may end

        Returns None when it is through; else (state, code point): that step has to be filled in before going on.
        """
        cdef uint32_t point = 0
        cdef int outcome
        if accepting.shape[0] < 2 or table.shape[0] < accepting.shape[0] * CLASSES or pages.shape[0] != PAGES:
            raise IndexError("the automaton is not whole")
        with nogil:
            outcome = self._run(pages, classes, &table[0], accepting, &point)
        self._check(outcome)
        return (self.states[self.at], point) if outcome == STEP_NEEDED else None

    cdef int _run(
        self, const uint16_t[::1] pages, const uint8_t[::1] classes, const int32_t* table, const uint8_t[::1] accepting,
        uint32_t* point,
    ) noexcept nogil:
        cdef int32_t state, following, count = <int32_t>accepting.shape[0]
        cdef int32_t* states = self.states
        cdef const uint8_t* word = self.walk.word
        cdef uint32_t at, after, size
        cdef Py_ssize_t place
        cdef int outcome
        while self.walk.number < self.high:
            at, size = self.at, self.walk.size
            state = states[at]
            if state >= count:
                return AUTOMATON_WRONG
            while at < size and state != DEAD:
                after = at + 1
                point[0] = word[at]
                if point[0] >= 0x80:
                    after = at
                    point[0] = _decode(word, size, &after)
                place = <Py_ssize_t>pages[point[0] >> 8] << 8 | (point[0] & 255)
                if place >= classes.shape[0]:
                    return AUTOMATON_WRONG
                following = table[state * CLASSES + classes[place]] if classes[place] else UNKNOWN
                if following == UNKNOWN:
                    self.at = at
                    return STEP_NEEDED
                if following < 0 or following >= count:
                    return AUTOMATON_WRONG
                at, state = after, following
                states[at] = state
            self.at = at
            if state == DEAD:
                outcome = self._leap(at, 0)
            else:
                outcome = self._put() if accepting[state] else 0
                if outcome == 0:
                    outcome = self._next()
            if outcome < 0:
                return outcome
            self._back()
        return THROUGH

    cdef void _back(self) noexcept nogil:
        """Back to where this word leaves the one before: to the start of a letter, not before the common beginning."""
        self.at = min(self.at, self.walk.shared)
        while self.at and self.at < self.walk.size and (self.walk.word[self.at] & 0xC0) == 0x80:
            self.at -= 1
        self.at = max(self.at, self.beginning)

    # ---- by edit distance

    def near(self, const uint32_t[::1] wanted not None, int distance):
        """Find the words at most ``distance`` edits (below 256) from ``wanted`` (code points). Whole letters are edited.

        An edit inserts, deletes or replaces a letter or swaps two neighbours, and no letter is edited twice (optimal string
        alignment). Only the diagonals within ``distance`` of the main one are filled in (Ukkonen 1985), and all words that begin
        like one whose whole row is too far are given up with it. No word of no letters is near.
        """
        cdef Py_ssize_t n = wanted.shape[0], rows = n + distance + 2
        cdef int outcome
        if not 0 <= distance < 256:
            raise IndexError("no such distance")
        cdef Rows grid
        grid.n, grid.distance, grid.wanted = <int>n, distance, &wanted[0] if n else NULL
        grid.cells = <int*>malloc(rows * (n + 1) * sizeof(int))
        grid.letters = <uint32_t*>malloc(rows * 4)
        grid.ends = <uint32_t*>malloc(rows * 4)
        try:
            if grid.cells == NULL or grid.letters == NULL or grid.ends == NULL:
                raise MemoryError()
            with nogil:
                outcome = self._near(&grid)
            self._check(outcome)
        finally:
            free(grid.cells)
            free(grid.letters)
            free(grid.ends)

    cdef int _near(self, Rows* grid) noexcept nogil:
        cdef uint32_t at
        cdef int i, depth = 0, outcome
        cdef bint dead
        grid.ends[0] = 0
        for i in range(grid.n + 1):
            grid.cells[i] = min(i, grid.distance + 1)
        while self.walk.number < self.high:
            at, dead = grid.ends[depth], False
            while at < self.walk.size and not dead:
                i = depth + 1
                grid.letters[i] = _decode(self.walk.word, self.walk.size, &at)
                grid.ends[i] = at
                dead = i > grid.n + grid.distance or fill_row(grid, i) > grid.distance
                depth += not dead
            if dead:
                outcome = self._leap(grid.ends[depth], next_letter(grid, depth))
            else:
                outcome = 0
                if depth and is_near(grid, depth):
                    outcome = self._put()
                if outcome == 0:
                    outcome = self._next()
            if outcome < 0:
                return outcome
            while grid.ends[depth] > self.walk.shared:
                depth -= 1
        return THROUGH


cdef struct Rows:
    # The edit distances between beginnings: row r is for the first r letters of the word, n + 1 cells for those of `wanted`.
    int n
    int distance
    const uint32_t* wanted
    int* cells           # those outside the band are not written, but for one on each side, too far
    uint32_t* letters    # of the word, from 1
    uint32_t* ends       # bytes read, by row


cdef inline uint32_t next_letter(const Rows* grid, int row) noexcept nogil:
    """The first letter that is not too far behind a row's letters, of those above the one tried in vain; 0 if none is."""
    cdef int width = grid.n + 1, i
    cdef const int* here = grid.cells + <Py_ssize_t>row * width
    cdef uint32_t tried = grid.letters[row + 1], letter, best = 0
    cdef bint swapped
    if row == grid.n + grid.distance:
        return 0
    for i in range(max(row - grid.distance, 0), min(row + grid.distance + 1, grid.n)):
        letter = grid.wanted[i]
        swapped = row > 0 and i + 1 < grid.n and grid.letters[row] == grid.wanted[i + 1]
        if letter > tried and (here[i] <= grid.distance or swapped) and (best == 0 or letter < best):
            best = letter
    return best


cdef inline bint is_near(const Rows* grid, int depth) noexcept nogil:
    return grid.n <= depth + grid.distance and grid.cells[<Py_ssize_t>depth * (grid.n + 1) + grid.n] <= grid.distance


cdef inline int fill_row(const Rows* grid, int row) noexcept nogil:
    """Work out a row from the two above it; returns its least."""
    cdef int far = grid.distance + 1, first = max(row - grid.distance, 1), last = min(row + grid.distance, grid.n), i, best, cell
    cdef Py_ssize_t width = grid.n + 1
    cdef int* here = grid.cells + row * width
    cdef const int* above = here - width
    cdef const int* before = above - width if row > 1 else above
    cdef uint32_t letter = grid.letters[row], previous = grid.letters[row - 1] if row > 1 else 0
    here[0] = min(row, far)
    if first > 1:
        here[first - 1] = far
    best = here[0]
    for i in range(first, last + 1):
        cell = min(above[i - 1] + (letter != grid.wanted[i - 1]), above[i] + 1)
        cell = min(cell, here[i - 1] + 1)
        if row > 1 and i > 1 and letter == grid.wanted[i - 2] and previous == grid.wanted[i - 1]:
            cell = min(cell, before[i - 2] + 1)
        here[i] = min(cell, far)
        best = min(best, cell)
    if last < grid.n:
        here[last + 1] = far
    return best

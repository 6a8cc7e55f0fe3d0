# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The hot loop of indexing: find the tokens of a UTF-8 text and number their surfaces.

The grammar is told, with examples, in `tokens.py`, and once more in slow Python in `tests/naive_tokens.py`, which is the
definition of right. Character classes come in as a table (one byte per code point), so that this file knows no Unicode. It is
deliberately not a place for folding or stemming: those run once per distinct surface, in Python.

Any bytes are safe to scan. A byte that is not part of well-formed UTF-8 is one character of class OTHER (so are surrogates,
which `surrogatepass` lets through), hence every surface is valid UTF-8.
"""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy, memset

from idlibsearch.analysis.text cimport (
    Numbers,
    Text,
    check_size,
    check_table,
    class_at,
    goes_on,
    handed_out,
    push,
)

import os

# In order, so that "goes on with a word", "starts a word" and "is a letter" are each one comparison.
# data/make_charclass.py writes these numbers.
cdef enum:
    OTHER = 0
    SPACE = 1
    DOT = 2
    COMMA = 3
    HYPHEN = 4
    APOSTROPHE = 5
    MARK = 6
    DIGIT = 7
    LETTER = 8
    UPPER = 9

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define fetch_ahead(address) __builtin_prefetch(address)
    #else
    #define fetch_ahead(address) ((void)0)
    #endif
    #define EACH_BYTE 0x0101010101010101u
    """
    const uint64_t EACH_BYTE
    void fetch_ahead(const void* address) noexcept nogil

cdef enum:
    LONGEST = 255  # code points of a token; a longer one is cut, so that no surface can fill the lexicon by itself
    SHORT = 8  # bytes of a surface that fit the key of a slot, so that most tokens are found without a look at the arena
    FIRST_SLOTS = 1024
    AHEAD = 16  # surfaces whose slots are fetched before the first is looked at: a large table lies outside the caches
    LITTLE_ENDIAN_BYTE = 1
    BEHIND = 255  # no byte of UTF-8

cdef uint64_t MIX = 0x9E3779B97F4A7C15  # 2**64 / golden ratio (Knuth, TAOCP 6.4): its multiples spread over the high bits
cdef uint32_t ENDIAN_PROBE = 1
cdef bint LITTLE_ENDIAN = (<uint8_t*>&ENDIAN_PROBE)[0] == LITTLE_ENDIAN_BYTE


# --- characters --------------------------------------------------------------------------------------------------------


cdef Py_ssize_t after_points(Text* text, Py_ssize_t start, Py_ssize_t end, Py_ssize_t points) noexcept nogil:
    """The byte that follows so many characters from start on, at most end; the stretch is well-formed."""
    while points > 0 and start < end:
        start += 1
        while start < end and goes_on(text.at + start):
            start += 1
        points -= 1
    return start


cdef inline Py_ssize_t narrower(Text* text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """How many more bytes than characters the well-formed stretch has."""
    cdef Py_ssize_t i, more = 0
    for i in range(start, end):
        more += goes_on(text.at + i)
    return more


# --- the grammar; every function takes the byte where its piece starts and returns the byte where it ends -----------------


cdef inline Py_ssize_t letters_end(Text* text, Py_ssize_t i) noexcept nogil:
    """Behind the ASCII letters from byte i on, eight bytes at a time, as far as eight can be read; every table has them as letters."""
    cdef uint64_t word, small, others
    while LITTLE_ENDIAN and i + 8 <= text.size:
        memcpy(&word, text.at + i, 8)
        small = (word | 0x20 * EACH_BYTE) & 0x7F * EACH_BYTE
        # The high bit of each byte that is not ASCII, or below "a", or above "z"; no sum of two such bytes carries.
        others = (word | ~(small + (0x80 - c"a") * EACH_BYTE) | (small + (0x7F - c"z") * EACH_BYTE)) & 0x80 * EACH_BYTE
        if others:
            others = (others & (0 - others)) - 1  # one in each byte before the first of them, and in that one
            return i + <Py_ssize_t>(((others & EACH_BYTE) * EACH_BYTE) >> 56) - 1
        i += 8
    return i


cdef inline Py_ssize_t run_end(Text* text, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t width
    i = letters_end(text, i)
    while class_at(text, i, &width) >= MARK:
        i += width
    return i


cdef Py_ssize_t digits_end(Text* text, Py_ssize_t i, Py_ssize_t* count) noexcept nogil:
    cdef Py_ssize_t width
    count[0] = 0
    while class_at(text, i, &width) == DIGIT:
        i += width
        count[0] += 1
    return i


cdef Py_ssize_t number_end(Text* text, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t width, count, end
    i = digits_end(text, i, &count)
    if count <= 3:
        while class_at(text, i, &width) == COMMA:
            end = digits_end(text, i + width, &count)
            if count != 3:
                break
            i = end
    while class_at(text, i, &width) == DOT:
        end = digits_end(text, i + width, &count)
        if count == 0:
            break
        i = end
    return run_end(text, i)


cdef Py_ssize_t abbreviation_end(Text* text, Py_ssize_t i) noexcept nogil:
    """From the end of the first letter on; 0 where it is none."""
    cdef Py_ssize_t width, dot, best = 0
    cdef int follows
    while class_at(text, i, &dot) == DOT:
        if class_at(text, i + dot, &width) < LETTER:
            break
        i += dot + width
        follows = class_at(text, i, &dot)
        if follows >= MARK:
            break
        best = i
        if follows == DOT and class_at(text, i + dot, &width) < MARK:
            best = i + dot
    return best


cdef inline Py_ssize_t part_end(Text* text, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t first, width, end, dotted
    if class_at(text, i, &first) == DIGIT:
        end = number_end(text, i)
    else:
        end = run_end(text, i + first)
        if end == i + first and class_at(text, end, &width) == DOT:
            dotted = abbreviation_end(text, end)
            if dotted > 0:
                end = dotted
    while class_at(text, end, &width) == APOSTROPHE and class_at(text, end + width, &first) >= DIGIT:
        end = run_end(text, end + width + first)
    return end


cdef inline Py_ssize_t hyphenated_end(Text* text, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t width, next_width
    cdef Py_ssize_t end = part_end(text, i)
    while class_at(text, end, &width) == HYPHEN and class_at(text, end + width, &next_width) >= DIGIT:
        end = part_end(text, end + width)
    return end


cdef inline bint is_article(const uint8_t* at, Py_ssize_t size) noexcept nogil:
    if size == 2:
        return at[1] == c"l" and (at[0] == c"a" or at[0] == c"e" or at[0] == c"u")
    return size == 3 and at[0] == c"a" and at[1] == c"s" and at[2] == c"h"


cdef inline Py_ssize_t token_end(Text* text, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t width, next_width
    cdef Py_ssize_t end = hyphenated_end(text, i)
    if (
        end - i <= 3
        and is_article(text.at + i, end - i)
        and class_at(text, end, &width) == SPACE
        and class_at(text, end + width, &next_width) == UPPER
    ):
        end = hyphenated_end(text, end + width)
    return end


# --- spans -------------------------------------------------------------------------------------------------------------


cdef bint find_spans(Text* text, Numbers* spans) noexcept nogil:
    cdef Py_ssize_t i = 0, extra = 0, width, end, piece
    while i < text.size:
        if class_at(text, i, &width) < DIGIT:
            i += width
            extra += width - 1
            continue
        end = token_end(text, i)
        while i < end:
            piece = after_points(text, i, end, LONGEST)
            if not push(spans, <uint32_t>(i - extra)):
                return False
            extra += narrower(text, i, piece)
            if not push(spans, <uint32_t>(piece - extra)):
                return False
            i = piece
    return True


def spans(bytes text not None, const uint8_t[::1] table not None):
    """Where the tokens of a text stand: flat start, end, start, end, … (uint32) in characters of the decoded text.

    ``text`` is UTF-8 (``surrogatepass``), ``table`` one class byte a code point. O(n); releases the GIL.
    Raises ``ValueError`` for a table of another size, ``MemoryError``.
    """
    cdef Text scanned
    cdef Numbers found
    cdef bint fits
    check_table(table)
    check_size(text)
    scanned.at, scanned.size, scanned.classes = text, len(text), &table[0]
    found.items, found.used, found.room = NULL, 0, 0
    try:
        with nogil:
            fits = find_spans(&scanned, &found)
        if not fits:
            raise MemoryError
        return handed_out(&found)
    finally:
        free(found.items)


# --- numbering ---------------------------------------------------------------------------------------------------------


cdef struct Slot:
    uint64_t key  # up to 8 bytes: the surface itself; longer: its hash
    uint32_t size  # bytes of the surface
    uint32_t next_number  # number + 1; 0 is an empty slot


cdef inline uint64_t mixed(uint64_t key) noexcept nogil:
    key = (key ^ (key >> 32)) * MIX
    key = (key ^ (key >> 29)) * MIX
    return key ^ (key >> 32)


cdef inline uint64_t packed(const uint8_t* at, Py_ssize_t size, bint readable) noexcept nogil:
    """Up to 8 bytes as one number; ``readable`` says that 8 bytes may be read from here. No surface holds a zero byte."""
    cdef uint64_t key = 0
    cdef Py_ssize_t i
    if readable and LITTLE_ENDIAN:
        memcpy(&key, at, 8)
        return key & (<uint64_t>0xFFFFFFFFFFFFFFFF >> (64 - 8 * size))
    for i in range(size):
        key |= <uint64_t>at[i] << (8 * i)
    return key


cdef inline uint64_t hashed(const uint8_t* at, Py_ssize_t size, uint64_t seed) noexcept nogil:
    """Of more than 8 bytes: whole words, then the last 8 bytes once more where they overlap."""
    cdef uint64_t word, hash = seed
    cdef Py_ssize_t i
    for i in range(0, size - 8, 8):
        memcpy(&word, at + i, 8)
        hash = mixed(hash ^ word)
    memcpy(&word, at + size - 8, 8)
    return mixed(hash ^ word)


cdef struct Found:
    # A surface whose number is not looked up yet.
    const uint8_t* at
    Py_ssize_t size
    uint64_t key


cdef struct Breaks:
    const uint32_t* at  # ascending offsets in bytes
    Py_ssize_t count
    Py_ssize_t passed
    Numbers tokens  # those at which something starts, but for token 0


cdef int set_breaks(Breaks* breaks, const uint32_t[::1] offsets) except -1:
    cdef Py_ssize_t i
    for i in range(1, offsets.shape[0]):
        if offsets[i] < offsets[i - 1]:
            raise ValueError(f"breaks must ascend: {offsets[i]} stands after {offsets[i - 1]}")
    breaks.count = offsets.shape[0]
    if breaks.count:
        breaks.at = &offsets[0]
    return 0


cdef inline bint pass_breaks(Breaks* breaks, Py_ssize_t i, size_t token) noexcept nogil:
    """Note the token that starts at byte i if a break stands there or before it; False where memory is out."""
    if breaks.passed == breaks.count or breaks.at[breaks.passed] > <size_t>i:
        return True
    while breaks.passed < breaks.count and breaks.at[breaks.passed] <= <size_t>i:
        breaks.passed += 1
    return token == 0 or push(&breaks.tokens, <uint32_t>token)


@cython.final
cdef class Vocabulary:
    """Numbers surfaces 0, 1, 2, … in order of first sight, and keeps the numbers of all tokens scanned.

    An open-addressing table (linear probing, at most 5/8 full) over one arena of bytes: about 30 bytes and the spelling a
    surface, 4 bytes a token. The hash is seeded anew each time, so that nobody can prepare a text that collides; numbers do not
    depend on it. One thread at a time: a second one gets a ``RuntimeError``.
    """

    cdef const uint8_t[::1] table
    cdef Slot* slots
    cdef size_t mask
    cdef uint64_t seed
    cdef uint8_t* arena
    cdef size_t arena_used
    cdef size_t arena_room
    cdef uint64_t* ends  # of each surface in the arena
    cdef size_t count
    cdef size_t ends_room
    cdef Numbers numbers
    cdef bint busy

    def __cinit__(self, const uint8_t[::1] table not None):
        check_table(table)
        self.table = table
        self.seed = int.from_bytes(os.urandom(8), "little")
        self.slots = <Slot*>calloc(FIRST_SLOTS, sizeof(Slot))
        if self.slots == NULL:
            raise MemoryError
        self.mask = FIRST_SLOTS - 1

    def __dealloc__(self):
        free(self.slots)
        free(self.arena)
        free(self.ends)
        free(self.numbers.items)

    def __len__(self):
        return self.count

    @property
    def size_bytes(self):
        """Memory held, in bytes."""
        return (
            (self.mask + 1) * sizeof(Slot)
            + self.arena_room
            + self.ends_room * sizeof(uint64_t)
            + self.numbers.room * sizeof(uint32_t)
        )

    def scan(self, bytes text not None):
        """Tokenise a UTF-8 text, add the numbers of its surfaces to ``ids`` and return how many tokens it has.

        O(n); releases the GIL. Raises ``MemoryError``; ``ids`` is then as before.
        """
        return self.scan_text(text, NULL, NULL)

    def number(self, bytes surfaces not None):
        """Add the numbers of surfaces that were found elsewhere to ``ids`` and return how many they are.

        ``surfaces``: UTF-8, none of them empty, the byte 255 behind each. Raises ``MemoryError``; ``ids`` is then as before.
        """
        cdef const uint8_t* text = surfaces
        cdef Py_ssize_t i, size, start = 0
        cdef size_t before = self.numbers.used
        cdef uint64_t key
        check_size(surfaces)
        self.check_idle()
        for i in range(len(surfaces)):
            if text[i] != BEHIND:
                continue
            size = i - start
            key = packed(text + start, size, size == 8) if size <= SHORT else hashed(text + start, size, self.seed)
            if not self.number_surface(text + start, size, key):
                self.numbers.used = before
                raise MemoryError
            start = i + 1
        return self.numbers.used - before

    def scan_breaks(
        self, bytes text not None, const uint32_t[::1] sentences not None, const uint32_t[::1] paragraphs not None
    ):
        """As ``scan``; besides, where the sentences and the paragraphs inside the text start, as tokens of this text.

        ``sentences`` and ``paragraphs`` are ascending offsets in bytes. Returns the number of tokens and two arrays (uint32),
        ascending: for each offset the first token that starts there or behind it. Token 0 goes without saying, and where no
        token follows, nothing starts. Raises ``ValueError`` where an offset is smaller than the one before, ``MemoryError``.
        """
        cdef Breaks of_sentences, of_paragraphs
        memset(&of_sentences, 0, sizeof(Breaks))
        memset(&of_paragraphs, 0, sizeof(Breaks))
        set_breaks(&of_sentences, sentences)
        set_breaks(&of_paragraphs, paragraphs)
        try:
            count = self.scan_text(text, &of_sentences, &of_paragraphs)
            return count, handed_out(&of_sentences.tokens), handed_out(&of_paragraphs.tokens)
        finally:
            free(of_sentences.tokens.items)
            free(of_paragraphs.tokens.items)

    def surface(self, number):
        """The spelling with this number; raises ``IndexError``."""
        self.check_idle()
        if not 0 <= number < self.count:
            raise IndexError(f"no surface {number}: there are {self.count}")
        return self.spelling(number)

    def surfaces(self, start=0):
        """The spellings from number ``start`` on, in order."""
        self.check_idle()
        return [self.spelling(number) for number in range(start, self.count)]

    def surface_table(self, start=0):
        """The spellings from number ``start`` on: UTF-8, one behind the other, and where each ends in that (uint32)."""
        cdef size_t first = min(max(start, 0), self.count), i, begin
        cdef bytes ends
        self.check_idle()
        begin = self.ends[first - 1] if first else 0
        if self.arena_used - begin > 0xFFFFFFFF:
            raise ValueError("so much text does not fit a table")
        ends = PyBytes_FromStringAndSize(NULL, (self.count - first) * sizeof(uint32_t))
        for i in range(first, self.count):
            (<uint32_t*><char*>ends)[i - first] = <uint32_t>(self.ends[i] - begin)
        text = (<char*>self.arena)[begin : self.arena_used] if self.arena_used else b""
        return text, memoryview(ends).cast("I")

    def ids(self):
        """The surface numbers of all tokens scanned since the last ``clear_ids`` (uint32, a read-only copy)."""
        self.check_idle()
        return handed_out(&self.numbers)

    def clear_ids(self):
        """Forget the tokens and keep the surfaces with their numbers."""
        self.check_idle()
        free(self.numbers.items)
        self.numbers.items, self.numbers.used, self.numbers.room = NULL, 0, 0

    cdef int check_idle(self) except -1:
        if self.busy:
            raise RuntimeError("this vocabulary is being filled by another thread")
        return 0

    cdef str spelling(self, size_t number):
        cdef size_t start = self.ends[number - 1] if number else 0
        return (<char*>self.arena)[start : self.ends[number]].decode("utf-8")

    cdef Py_ssize_t scan_text(self, bytes text, Breaks* sentences, Breaks* paragraphs) except -1:
        cdef Text scanned
        cdef size_t before = self.numbers.used
        cdef bint fits
        check_size(text)
        self.check_idle()
        scanned.at, scanned.size, scanned.classes = text, len(text), &self.table[0]
        self.busy = True
        with nogil:
            fits = self.number_tokens(&scanned, sentences, paragraphs)
        self.busy = False
        if not fits:
            self.numbers.used = before
            raise MemoryError
        return self.numbers.used - before

    cdef bint number_tokens(self, Text* text, Breaks* sentences, Breaks* paragraphs) noexcept nogil:
        cdef Py_ssize_t i = 0, width, end, piece
        cdef size_t token = 0
        cdef Found found[AHEAD]
        while i < text.size:
            if class_at(text, i, &width) < DIGIT:
                i += width
                continue
            end = token_end(text, i)
            while i < end:
                if sentences != NULL and not (pass_breaks(sentences, i, token) and pass_breaks(paragraphs, i, token)):
                    return False
                piece = end if end - i <= LONGEST else after_points(text, i, end, LONGEST)
                self.find_ahead(&found[token % AHEAD], text.at + i, piece - i, i + 8 <= text.size)
                token += 1
                if token % AHEAD == 0 and not self.number_found(found, AHEAD):
                    return False
                i = piece
        return self.number_found(found, token % AHEAD)

    cdef inline void find_ahead(self, Found* found, const uint8_t* at, Py_ssize_t size, bint readable) noexcept nogil:
        found.at, found.size = at, size
        found.key = packed(at, size, readable) if size <= SHORT else hashed(at, size, self.seed)
        fetch_ahead(&self.slots[self.place(found.key, size)])

    cdef inline bint number_found(self, Found* found, size_t count) noexcept nogil:
        cdef size_t i
        for i in range(count):
            if not self.number_surface(found[i].at, found[i].size, found[i].key):
                return False
        return True

    cdef inline bint number_surface(self, const uint8_t* at, Py_ssize_t size, uint64_t key) noexcept nogil:
        """Add the number of one surface to the tokens; False where memory is out."""
        cdef size_t i = self.place(key, size)
        cdef Slot* slot
        while True:
            slot = &self.slots[i]
            if slot.next_number == 0:
                return self.add_surface(at, size, key)
            if slot.key == key and slot.size == <uint32_t>size and (size <= SHORT or self.same(slot, at, size)):
                return push(&self.numbers, slot.next_number - 1)
            i = (i + 1) & self.mask

    cdef inline size_t place(self, uint64_t key, Py_ssize_t size) noexcept nogil:
        return (mixed(key ^ self.seed) if size <= SHORT else key) & self.mask

    cdef inline bint same(self, Slot* slot, const uint8_t* at, Py_ssize_t size) noexcept nogil:
        return memcmp(self.arena + self.ends[slot.next_number - 1] - size, at, size) == 0

    cdef bint add_surface(self, const uint8_t* at, Py_ssize_t size, uint64_t key) noexcept nogil:
        if self.count >= <size_t>0xFFFFFFFEu or not self.make_room(size) or not push(&self.numbers, <uint32_t>self.count):
            return False
        memcpy(self.arena + self.arena_used, at, size)
        self.arena_used += size
        self.ends[self.count] = self.arena_used
        self.count += 1
        self.settle(self.slots, self.mask, key, <uint32_t>size, <uint32_t>self.count)
        return True

    cdef void settle(self, Slot* slots, size_t mask, uint64_t key, uint32_t size, uint32_t next_number) noexcept nogil:
        cdef size_t i = (mixed(key ^ self.seed) if size <= SHORT else key) & mask
        while slots[i].next_number:
            i = (i + 1) & mask
        slots[i].key, slots[i].size, slots[i].next_number = key, size, next_number

    cdef bint make_room(self, Py_ssize_t size) noexcept nogil:
        """For one more surface, in all three places; False where memory is out, with nothing lost."""
        cdef size_t room
        cdef void* memory
        if self.arena_used + size > self.arena_room:
            room = self.arena_room + (self.arena_room >> 1) + 4096
            memory = realloc(self.arena, room)
            if memory == NULL:
                return False
            self.arena, self.arena_room = <uint8_t*>memory, room
        if self.count == self.ends_room:
            room = self.ends_room + (self.ends_room >> 1) + 512
            memory = realloc(self.ends, room * sizeof(uint64_t))
            if memory == NULL:
                return False
            self.ends, self.ends_room = <uint64_t*>memory, room
        return (self.count + 1) * 8 <= (self.mask + 1) * 5 or self.grow_slots()

    cdef bint grow_slots(self) noexcept nogil:
        cdef size_t i, mask = 2 * self.mask + 1
        cdef Slot* slots = <Slot*>calloc(mask + 1, sizeof(Slot))
        if slots == NULL:
            return False
        for i in range(self.mask + 1):
            if self.slots[i].next_number:
                self.settle(slots, mask, self.slots[i].key, self.slots[i].size, self.slots[i].next_number)
        free(self.slots)
        self.slots, self.mask = slots, mask
        return True

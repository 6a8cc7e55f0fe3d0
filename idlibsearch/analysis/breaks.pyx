# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Where sentences and paragraphs start in a UTF-8 text: the rules of `sentences.py`, run over bytes.

The rules are told there, and `tests/naive_sentences.py` has them once more as regular expressions in slow Python, which is the
definition of right. What Unicode says of a character comes in as a table (one byte of flags per code point), which words are
abbreviations as lists, so that this file knows neither.

Any bytes are safe to read; a byte that is not part of well-formed UTF-8 is a character with no flags. Every text takes linear
time: a stop looks back at most 32 characters, and ahead no further than the word behind it, where no other stop can stand.
"""

cimport cython
from libc.stdint cimport uint8_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memchr, memcmp, memcpy, memset

from idlibsearch.analysis.text cimport (
    NO_POINT,
    Numbers,
    Text,
    before,
    check_size,
    check_table,
    class_at,
    goes_on,
    handed_out,
    point_at,
    push,
)

# Flags of a character. data/make_charclass.py writes these numbers.
cdef enum:
    SPACE = 1
    WORD = 2
    UPPER = 4
    TITLECASE = 8
    LOWER = 16
    DIGIT = 32
    DECIMAL = 64
    ALPHA = 128

# One bit for each list of words, in the order of sentences.LISTS.
cdef enum:
    TITLE = 1
    SHORT = 2
    SHORT_NAME = 4
    NUMBERED = 8
    CLOCK = 16
    AFTER_CLOCK = 32
    OPENER = 64
    DOMAIN = 128
    LISTS = 8

cdef enum:
    WRAPPED_AT_MOST = 120  # characters; terminals and agencies wrap at 64 to 100
    REACH = 32  # characters before a full stop in which its word is looked for; no abbreviation is longer
    LONGEST_LISTED = 15  # bytes of a listed word
    SLOTS = 1024  # of the table of listed words, some 300; a power of two
    LISTED_AT_MOST = 512


cdef struct Stop:
    Py_ssize_t start  # of the first full stop, or what does its duty
    Py_ssize_t end  # behind reference marks, closing quotes and brackets
    Py_ssize_t resume  # behind the blanks after those
    Py_UCS4 last  # the last of several stops
    bint is_dot  # one plain full stop
    bint is_closed  # a quote or bracket is closed behind it


cdef struct Word:  # behind a stop
    int first  # flags of its first character; 0 where there is no word
    int lists
    bint is_single  # one character
    bint is_initial  # the same, with a full stop


cdef struct Before:  # the word before a stop
    Py_ssize_t start
    Py_ssize_t end
    int points
    int all_flags  # that all its characters have
    int any_flags  # that one of them has
    int lists
    int small_lists  # of its lower-case spelling
    bint is_dotted  # an initial, U.S, a.m
    bint is_address  # has a sign that mail and web addresses have


cdef struct Listed:
    uint8_t size
    uint8_t lists
    uint8_t spelling[LONGEST_LISTED]


# --- signs -------------------------------------------------------------------------------------------------------------


cdef inline bint is_stop(Py_UCS4 point) noexcept nogil:
    return point in u".!?…。！？؟"


cdef inline bint ends_always(Py_UCS4 point) noexcept nogil:
    return point in u"。！？؟"


cdef inline bint is_closing(Py_UCS4 point) noexcept nogil:
    return point in u"\"'”’»)]"


cdef inline bint is_opening(Py_UCS4 point) noexcept nogil:
    return point in u"\"'“‘«(["


cdef inline bint opens_word(Py_UCS4 point) noexcept nogil:
    return point in u"\"'“‘«([¿¡"


cdef inline bint ends_line(Py_UCS4 point) noexcept nogil:
    return point in u".!?…:\"”’)"


cdef inline bint is_bullet(Py_UCS4 point) noexcept nogil:
    return point in u"•▪◦‣*–—-"


cdef inline bint is_break(Py_UCS4 point) noexcept nogil:
    return point in u"\n\f\u2029"


# --- scanning; every function takes the byte where its piece starts and returns the byte where it ends ----------------------


cdef inline Py_ssize_t blanks_end(Text* text, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t width
    while class_at(text, i, &width) & SPACE:
        i += width
    return i


cdef Py_ssize_t references_end(Text* text, Py_ssize_t i) noexcept nogil:
    """Behind marks such as [3][4]."""
    cdef Py_ssize_t end
    while i < text.size and text.at[i] == c"[":
        end = i + 1
        while end < text.size and c"0" <= text.at[end] <= c"9":
            end += 1
        if end == i + 1 or end == text.size or text.at[end] != c"]":
            return i
        i = end + 1
    return i


cdef void read_stop(Text* text, Py_ssize_t i, Stop* stop) noexcept nogil:
    cdef Py_ssize_t width, closing
    cdef Py_UCS4 point = point_at(text, i, &width)
    stop.start = i
    stop.is_dot = point == c"."
    while is_stop(point):
        stop.last = point
        i += width
        point = point_at(text, i, &width)
    stop.is_dot = stop.is_dot and i == stop.start + 1
    i = closing = references_end(text, i)
    while is_closing(point_at(text, i, &width)):
        i += width
    stop.end, stop.is_closed = i, i > closing
    stop.resume = blanks_end(text, i)


cdef bint is_wrapped(Text* text) noexcept nogil:
    """Whether no line is longer than those of texts that are wrapped at a fixed width."""
    cdef Py_ssize_t i = 0, end, at, points
    cdef const uint8_t* found
    while i < text.size:
        found = <const uint8_t*>memchr(text.at + i, c"\n", text.size - i)
        end = found - text.at if found != NULL else text.size
        if end - i > WRAPPED_AT_MOST:
            points = 0
            for at in range(i, end):
                points += not goes_on(text.at + at)
            if points > WRAPPED_AT_MOST:
                return False
        i = end + 1
    return True


# --- paragraphs ----------------------------------------------------------------------------------------------------------


cdef bint parts_paragraphs(Text* text, Py_ssize_t line, Py_ssize_t end) noexcept nogil:
    """Whether the blanks from ``line``, the first break among them, to ``end`` do so in a text that is wrapped."""
    cdef Py_ssize_t i = line, width
    cdef Py_UCS4 point = point_at(text, i, &width)
    if point != c"\n":
        return True
    while i + width < end:
        i += width
        point = point_at(text, i, &width)
        if is_break(point):
            return True
    return is_indented(text, line) or opens_with_bullet(text, end)


cdef bint is_indented(Text* text, Py_ssize_t line) noexcept nogil:
    """Behind a line that ends like a sentence."""
    cdef Py_ssize_t width, i = line
    cdef Py_UCS4 point
    if i > 0 and text.at[i - 1] == c"\r":
        i -= 1
    if i == 0 or not ends_line(point_at(text, before(text, i), &width)):
        return False
    point = point_at(text, line + 1, &width)
    return point == c"\t" or (point in u" \u00a0" and point_at(text, line + 1 + width, &width) in u" \u00a0")


cdef bint opens_with_bullet(Text* text, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t width
    if not is_bullet(point_at(text, i, &width)):
        return False
    i += width
    return class_at(text, i, &width) & SPACE and text.at[i] != c"\n"


# --- sentences -----------------------------------------------------------------------------------------------------------


@cython.final
cdef class BreakFinder:
    """Finds the starts of sentences and paragraphs; knows the words that full stops belong to. Any number of threads may use it."""

    cdef const uint8_t[::1] flags
    cdef Listed slots[SLOTS]
    cdef bint may_be_sign[256]  # whether a stop or a break may begin with this byte: all but six of them are ASCII

    def __cinit__(self, const uint8_t[::1] flags not None, lists):
        check_table(flags)
        self.flags = flags
        for sign in ".!?…。！？؟\n\f\u2029":
            self.may_be_sign[sign.encode()[0]] = True
        if len(lists) != LISTS:
            raise ValueError(f"there are {LISTS} lists of words, not {len(lists)}")
        if sum(map(len, lists)) > LISTED_AT_MOST:
            raise ValueError(f"more than {LISTED_AT_MOST} words are listed")
        for number, words in enumerate(lists):
            for word in words:
                self.enlist(word.encode("ascii"), 1 << number)

    def starts(self, bytes text not None):
        """Where sentences and where paragraphs start: two ascending arrays of offsets in bytes (uint32).

        A paragraph start is a sentence start too; both begin with 0 unless the text is empty. O(n); releases the GIL.
        Raises ``ValueError`` for a text of 4 GiB or more, ``MemoryError``.
        """
        cdef Text read
        cdef Numbers sentences, paragraphs
        cdef bint fits
        check_size(text)
        read.at, read.size, read.classes = text, len(text), &self.flags[0]
        memset(&sentences, 0, sizeof(Numbers))
        memset(&paragraphs, 0, sizeof(Numbers))
        try:
            with nogil:
                fits = self.find(&read, &sentences, &paragraphs)
            if not fits:
                raise MemoryError
            return handed_out(&sentences), handed_out(&paragraphs)
        finally:
            free(sentences.items)
            free(paragraphs.items)

    cdef bint find(self, Text* text, Numbers* sentences, Numbers* paragraphs) noexcept nogil:
        """False where memory is out."""
        cdef Py_ssize_t width, end, i = blanks_end(text, 0)
        cdef bint wrapped = is_wrapped(text)
        cdef Py_UCS4 point
        cdef Stop stop
        if text.size and not (push(sentences, 0) and push(paragraphs, 0)):
            return False
        while True:
            while i < text.size and not self.may_be_sign[text.at[i]]:
                i += 1
            if i >= text.size:
                return True
            point = point_at(text, i, &width)
            if is_break(point):
                end = blanks_end(text, i)
                if end < text.size and (not wrapped or parts_paragraphs(text, i, end)):
                    if not (push(paragraphs, <uint32_t>end) and push_new(sentences, end)):
                        return False
                i = end if end > i else i + width
            elif is_stop(point):
                read_stop(text, i, &stop)
                if stop.resume < text.size and self.ends_sentence(text, &stop) and not push_new(sentences, stop.resume):
                    return False
                i = stop.end  # not behind the blanks: a break may stand among them
            else:
                i += width

    cdef bint ends_sentence(self, Text* text, Stop* stop) noexcept nogil:
        cdef Before word
        cdef Word following
        if ends_always(stop.last):
            return True
        if stop.resume == stop.end:
            return stop.is_dot and self.is_glued(text, stop)
        self.read_following(text, stop.resume, &following)
        if not stop.is_dot:
            return following.first & UPPER or (following.first & DIGIT and stop.last in u"!?")
        self.read_before(text, stop.start, &word)
        if following.first & LOWER:
            return self.ends_before_small(text, stop, &word, &following)
        if is_item_number(text, &word):
            return False
        return self.ends_before_capital(&word, &following)

    cdef bint ends_before_small(self, Text* text, Stop* stop, Before* word, Word* following) noexcept nogil:
        """Aleppo city. opposition fighters: an ordinary word before, so that a forgotten capital is likelier."""
        cdef Py_ssize_t width
        if stop.is_closed or is_opening(point_at(text, stop.resume, &width)) or following.is_single:
            return False
        if not word.all_flags & ALPHA or is_abbreviation(word):
            return False
        return word.points > (4 if word.any_flags & (UPPER | TITLECASE) or not word.any_flags & LOWER else 2)

    cdef bint ends_before_capital(self, Before* word, Word* following) noexcept nogil:
        if word.small_lists & TITLE or (following.first & DIGIT and word.small_lists & NUMBERED):
            return False
        if word.small_lists & CLOCK:
            return not following.lists & AFTER_CLOCK
        if word.is_dotted or word.small_lists & SHORT or word.lists & SHORT_NAME:
            return following.lists & OPENER and not following.is_initial
        return True

    cdef bint is_glued(self, Text* text, Stop* stop) noexcept nogil:
        """Human Rights.Despite: an ordinary word, no blank, a capital; and neither an address nor a name with a dot."""
        cdef Py_ssize_t width, first, i = stop.end
        cdef Before word
        if is_opening(point_at(text, i, &width)):
            i += width
        first = i
        if i >= text.size or not c"A" <= text.at[i] <= c"Z":
            return False
        i += 1
        while i < text.size and c"a" <= text.at[i] <= c"z":
            i += 1
        if i == first + 1 or i == text.size or self.lists_of(text.at + first, i - first) & DOMAIN:
            return False
        if not (class_at(text, i, &width) & SPACE or point_at(text, i, &width) in u",;:’'"):
            return False
        if not (ends_in_small_letters(text, stop.start) or ends_in_year(text, stop.start)):
            return False
        self.read_before(text, stop.start, &word)
        return not (word.is_address or is_abbreviation(&word))

    cdef void read_following(self, Text* text, Py_ssize_t i, Word* word) noexcept nogil:
        cdef Py_ssize_t width, start
        cdef int flags, points = 0
        while opens_word(point_at(text, i, &width)):
            i += width
        start = i
        word.first = 0
        while i - start <= LONGEST_LISTED:
            flags = class_at(text, i, &width)
            if not flags & WORD:
                break
            word.first = word.first if points else flags
            points += 1
            i += width
        word.lists = self.lists_of(text.at + start, i - start)
        word.is_single = points == 1
        word.is_initial = points == 1 and i < text.size and text.at[i] == c"."

    cdef void read_before(self, Text* text, Py_ssize_t end, Before* word) noexcept nogil:
        cdef Py_ssize_t width, i = before_start(text, end)
        cdef Py_UCS4 point
        cdef int flags
        word.start, word.end, word.points = i, end, 0
        word.all_flags, word.any_flags, word.is_dotted, word.is_address = 0xFF, 0, True, False
        while i < end:
            flags = class_at(text, i, &width)
            point = point_at(text, i, &width)
            word.all_flags &= flags
            word.any_flags |= flags
            word.is_address = word.is_address or point in u"/@."
            if word.points & 1:
                word.is_dotted = word.is_dotted and point == c"."
            else:
                word.is_dotted = word.is_dotted and flags & WORD and not flags & DECIMAL
            word.points += 1
            i += width
        word.is_dotted = word.is_dotted and word.points & 1
        if word.points == 0:
            word.all_flags = 0
        word.lists = self.lists_of(text.at + word.start, end - word.start)
        word.small_lists = self.small_lists_of(text, word.start, end)

    cdef int small_lists_of(self, Text* text, Py_ssize_t i, Py_ssize_t end) noexcept nogil:
        cdef uint8_t small[LONGEST_LISTED]
        cdef Py_ssize_t width, size = 0
        cdef Py_UCS4 point
        while i < end:
            point = point_at(text, i, &width)
            if point == 0x212A:  # the sign of kelvin, the one character that is not ASCII and whose small letter is
                point = c"k"
            if point >= 0x80 or size == LONGEST_LISTED:
                return 0
            small[size] = <uint8_t>point
            if c"A" <= point <= c"Z":
                small[size] |= 0x20
            size += 1
            i += width
        return self.lists_of(small, size)

    # --- listed words: an open-addressing table, never more than half full

    cdef int enlist(self, bytes word, int bit) except -1:
        cdef Listed* slot
        if not 0 < len(word) <= LONGEST_LISTED:
            raise ValueError(f"a listed word has 1 to {LONGEST_LISTED} bytes, not {word!r}")
        slot = self.slot(word, len(word))
        slot.size = <uint8_t>len(word)
        slot.lists |= bit
        memcpy(slot.spelling, <const uint8_t*>word, len(word))
        return 0

    cdef int lists_of(self, const uint8_t* at, Py_ssize_t size) noexcept nogil:
        """In which lists the word stands, as bits."""
        return self.slot(at, size).lists if 0 < size <= LONGEST_LISTED else 0

    cdef Listed* slot(self, const uint8_t* at, Py_ssize_t size) noexcept nogil:
        """Where the word stands, or could."""
        cdef uint32_t hash = 2166136261  # FNV-1a (Fowler, Noll, Vo)
        cdef Py_ssize_t i
        for i in range(size):
            hash = (hash ^ at[i]) * 16777619
        hash ^= hash >> 16
        while self.slots[hash & (SLOTS - 1)].size:
            if self.slots[hash & (SLOTS - 1)].size == size:
                if memcmp(self.slots[hash & (SLOTS - 1)].spelling, at, size) == 0:
                    break
            hash += 1
        return &self.slots[hash & (SLOTS - 1)]


cdef inline bint push_new(Numbers* numbers, Py_ssize_t item) noexcept nogil:
    return numbers.items[numbers.used - 1] == <uint32_t>item or push(numbers, <uint32_t>item)


cdef inline bint is_abbreviation(Before* word) noexcept nogil:
    return word.small_lists & (TITLE | SHORT) or word.lists & SHORT_NAME


cdef Py_ssize_t before_start(Text* text, Py_ssize_t end) noexcept nogil:
    """Where the word before a stop starts: behind a blank, opening quotes and then the last hyphen; ``end`` where there is none."""
    cdef Py_ssize_t width, i = end, start = end, reach = REACH
    while i > 0 and reach > 0:
        i = before(text, i)
        if class_at(text, i, &width) & SPACE:
            break
        start = i
        reach -= 1
    while start < end and is_opening(point_at(text, start, &width)):
        start += width
    i = end
    while i > start:
        i -= 1
        if text.at[i] == c"-":
            return i + 1
    return start


cdef inline bint is_item_number(Text* text, Before* word) noexcept nogil:
    """The "1." of "1. The first point", at the start of a line."""
    return word.all_flags & DECIMAL and word.points < 3 and (word.start == 0 or text.at[word.start - 1] == c"\n")


cdef bint ends_in_small_letters(Text* text, Py_ssize_t end) noexcept nogil:
    """Three of them, or others that are not A to Z."""
    cdef Py_ssize_t width
    cdef int flags, letters
    for letters in range(3):
        if end == 0:
            return False
        end = before(text, end)
        flags = class_at(text, end, &width)
        if not flags & WORD or flags & DECIMAL or text.at[end] == c"_" or c"A" <= text.at[end] <= c"Z":
            return False
    return True


cdef bint ends_in_year(Text* text, Py_ssize_t end) noexcept nogil:
    """Four figures that begin a word."""
    cdef Py_ssize_t i, width
    if end < 4:
        return False
    for i in range(end - 4, end):
        if not c"0" <= text.at[i] <= c"9":
            return False
    return end == 4 or not class_at(text, before(text, end - 4), &width) & WORD

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Sets of docs as bitmaps: which docs have words, which a date or a number picks out, and the algebra on such sets.

Nothing here is scored, so that whatever only counts, facets, sorts or restricts pays for no score. A set is uint64[docs / 64],
rounded up, of one segment: doc d is bit d & 63 of word d >> 6, the bits behind the last doc are 0. Every function makes a new
set; sets may be kept and shared. Deleted docs stand in them until ``alive``. Twin: Python's own sets, in ``tests``.
"""

from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from idlibsearch.index.blocks cimport BLOCK, Block, List, Lists, block_with, doc_at, first_from, freq_at, open_block, open_list
from idlibsearch.query.scoring cimport lists_of

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define lowest_bit(word) __builtin_ctzll(word)
    #else  /* the bits below the lowest, counted as in Warren, "Hacker's Delight", 2nd edition, figure 5-2 */
    static int lowest_bit(unsigned long long word) {
        word = (word & (0 - word)) - 1;
        word = word - ((word >> 1) & 0x5555555555555555ULL);
        word = (word & 0x3333333333333333ULL) + ((word >> 2) & 0x3333333333333333ULL);
        return (int)((((word + (word >> 4)) & 0x0F0F0F0F0F0F0F0FULL) * 0x0101010101010101ULL) >> 56);
    }
    #endif
    """
    int lowest_bit(uint64_t word) noexcept nogil  # where it stands; the word must not be 0

cdef enum:
    SPARSE = 32  # looking a doc up in a list costs about as much as decoding so many postings
    SCATTERED = 4  # a doc found by an order costs about as much as looking at so many one behind the other


cdef class _Set:
    """A set while it is being made."""

    cdef object room
    cdef uint64_t* words
    cdef Py_ssize_t size

    def __cinit__(self, uint64_t doc_count):
        self.size = <Py_ssize_t>((doc_count + 63) >> 6)
        self.room = PyByteArray_FromStringAndSize(NULL, 8 * self.size)
        self.words = <uint64_t*>PyByteArray_AsString(self.room)
        memset(self.words, 0, 8 * self.size)

    cdef object taken(self):
        return memoryview(self.room).cast("Q")


cdef inline void put(uint64_t* words, uint32_t doc) noexcept nogil:
    words[doc >> 6] |= <uint64_t>1 << (doc & 63)


cdef inline int ones(uint64_t word) noexcept nogil:
    """How many bits are set (Warren, "Hacker's Delight", 2nd edition, figure 5-2): the compiler makes it several at a time."""
    word = word - ((word >> 1) & <uint64_t>0x5555555555555555)
    word = (word & <uint64_t>0x3333333333333333) + ((word >> 2) & <uint64_t>0x3333333333333333)
    return <int>((((word + (word >> 4)) & <uint64_t>0x0F0F0F0F0F0F0F0F) * <uint64_t>0x0101010101010101) >> 56)


# ---- words


cdef struct Wanted:
    # A word, the row of fields in which it counts, and whether that is all of them.
    List blocks
    const uint8_t* fields
    bint whole
    uint64_t postings  # at most


cdef inline bint counts(const Lists* lists, const Wanted* word, const Block* block, int i) noexcept nogil:
    cdef int f
    for f in range(lists.field_count):
        if word.fields[f] and freq_at(block, f, i):
            return True
    return False


cdef void put_block(uint64_t* words, const Block* opened) noexcept nogil:
    """Put in all docs of a block."""
    # Docs a quarter of the block apart are seldom bits of one word: so no write has to wait for the one before.
    cdef Block block = opened[0]  # a copy, which the compiler knows that no write changes
    cdef int i, quarter = block.count >> 2
    for i in range(quarter):
        put(words, doc_at(&block, i))
        put(words, doc_at(&block, i + quarter))
        put(words, doc_at(&block, i + 2 * quarter))
        put(words, doc_at(&block, i + 3 * quarter))
    for i in range(4 * quarter, block.count):
        put(words, doc_at(&block, i))


cdef int add_word(const Lists* lists, const Wanted* word, uint64_t* words) noexcept nogil:
    """Put in the docs of a word; -1 where its list is damaged."""
    cdef Block block
    cdef uint32_t number
    cdef int i
    for number in range(word.blocks.count):
        if open_block(lists, &word.blocks, number, &block) < 0:
            return -1
        if not word.whole:
            for i in range(block.count):
                if counts(lists, word, &block, i):
                    put(words, doc_at(&block, i))
            continue
        put_block(words, &block)
    return 0


cdef int keep_word(const Lists* lists, const Wanted* word, uint64_t* words, Py_ssize_t size) noexcept nogil:
    """Take out the docs that do not have a word, looking each of them up; -1 where its list is damaged."""
    cdef Block block
    cdef uint32_t number = 0, end = word.blocks.count, opened = end, doc
    cdef uint64_t left
    cdef int i = 0
    cdef Py_ssize_t at
    for at in range(size):
        left = words[at]
        while left:
            doc = <uint32_t>(64 * at + lowest_bit(left))
            number = block_with(&word.blocks, number, doc)
            if number == end:
                words[at] &= ~left  # this one and all behind it
                memset(words + at + 1, 0, 8 * (size - at - 1))
                return 0
            if number != opened:
                if open_block(lists, &word.blocks, number, &block) < 0:
                    return -1
                opened, i = number, 0
            i = first_from(&block, i, doc)
            if doc_at(&block, i) != doc or not (word.whole or counts(lists, word, &block, i)):
                words[at] &= ~(left & (0 - left))
            left &= left - 1
    return 0


cdef int64_t _size(const uint64_t* words, Py_ssize_t size) noexcept nogil:
    cdef int64_t found = 0
    cdef Py_ssize_t at
    for at in range(size):
        found += ones(words[at])
    return found


cdef int every_word(const Lists* lists, Wanted** wanted, int n, _Set out, uint64_t* other) noexcept nogil:
    """The docs that have all words, the rarest first; ``other`` is room for a set."""
    cdef Wanted* rarer
    cdef Py_ssize_t at
    cdef int i, j
    for i in range(1, n):  # insertion sort
        rarer = wanted[i]
        j = i
        while j and wanted[j - 1].postings > rarer.postings:
            wanted[j] = wanted[j - 1]
            j -= 1
        wanted[j] = rarer
    if add_word(lists, wanted[0], out.words) < 0:
        return -1
    for i in range(1, n):
        if wanted[i].postings > SPARSE * <uint64_t>_size(out.words, out.size):
            if keep_word(lists, wanted[i], out.words, out.size) < 0:
                return -1
            continue
        memset(other, 0, 8 * out.size)
        if add_word(lists, wanted[i], other) < 0:
            return -1
        for at in range(out.size):
            out.words[at] &= other[at]
    return 0


def words(object reader not None, const uint32_t[::1] terms not None, const uint8_t[::1] fields not None, bint every):
    """The docs that have any (or ``every`` one) of some words, each in a field that counts for it.

    terms   uint32[n]     term numbers; a word may stand twice
    fields  uint8[n * f]  1 for the fields that count, a row a word

    Raises IndexError for numbers that point nowhere, CorruptIndexError for damaged lists.
    """
    cdef const Lists* lists = lists_of(reader)
    cdef int n = <int>terms.shape[0], i, f, outcome = 0
    cdef _Set out = _Set(lists.doc_count)
    if fields.shape[0] != n * lists.field_count:
        raise IndexError("one row of fields for each word is needed")
    if n == 0:
        return out.taken()
    cdef Wanted* wanted = <Wanted*>malloc(n * sizeof(Wanted))
    cdef Wanted** order = <Wanted**>malloc(n * sizeof(Wanted*))
    cdef uint64_t* other = <uint64_t*>malloc(max(8 * out.size, 1))
    try:
        if wanted == NULL or order == NULL or other == NULL:
            raise MemoryError()
        for i in range(n):
            bind(reader, lists, &wanted[i], terms[i], &fields[i * lists.field_count])
            order[i] = &wanted[i]
        with nogil:
            if every:
                outcome = every_word(lists, order, n, out, other)
            else:
                for i in range(n):
                    if outcome == 0:
                        outcome = add_word(lists, &wanted[i], out.words)
        if outcome < 0:
            raise reader.damaged()
        return out.taken()
    finally:
        free(wanted)
        free(order)
        free(other)


cdef int bind(object reader, const Lists* lists, Wanted* word, uint32_t term, const uint8_t* fields) except -1:
    cdef int f
    if term >= lists.term_count:
        raise IndexError(f"no term {term}")
    if open_list(lists, term, &word.blocks) < 0:
        raise reader.damaged()
    word.fields, word.whole = fields, True
    word.postings = <uint64_t>BLOCK * word.blocks.count
    for f in range(lists.field_count):
        word.whole = word.whole and fields[f] != 0
    return 0


def filled(object reader not None, const uint8_t[::1] fields not None):
    """The docs that have something in one of the fields marked in ``fields`` (uint8[f])."""
    cdef const Lists* lists = lists_of(reader)
    cdef _Set out = _Set(lists.doc_count)
    cdef uint32_t doc
    cdef int f
    if fields.shape[0] != lists.field_count:
        raise IndexError("one mark for each field is needed")
    with nogil:
        for doc in range(lists.doc_count):
            for f in range(lists.field_count):
                if fields[f] and lists.lengths[<uint64_t>doc * lists.field_count + f]:
                    put(out.words, doc)
                    break
    return out.taken()


# ---- columns


def of(const uint32_t[::1] docs not None, uint32_t doc_count):
    """The set of these docs, in any order. Raises IndexError for one that is not there."""
    cdef _Set out = _Set(doc_count)
    cdef Py_ssize_t i
    cdef bint wrong = False
    with nogil:
        for i in range(docs.shape[0]):
            if docs[i] >= doc_count:
                wrong = True
                break
            put(out.words, docs[i])
    if wrong:
        raise IndexError(f"no doc {docs[i]}")
    return out.taken()


def every(uint32_t doc_count):
    """All docs of a segment."""
    cdef _Set out = _Set(doc_count)
    memset(out.words, 255, 8 * out.size)
    if doc_count & 63:
        out.words[out.size - 1] = (<uint64_t>1 << (doc_count & 63)) - 1
    return out.taken()


cdef Py_ssize_t _from(const uint32_t[::1] order, const int32_t[::1] starts, int32_t day) except -1:
    """The first place of the order whose doc does not start before a day."""
    cdef Py_ssize_t low = 0, high = order.shape[0], middle
    while low < high:
        middle = (low + high) >> 1
        if order[middle] >= starts.shape[0]:
            raise IndexError(f"no doc {order[middle]}")
        if starts[order[middle]] < day:
            low = middle + 1
        else:
            high = middle
    return low


def within(
    const uint32_t[::1] order, const int32_t[::1] starts not None, const int32_t[::1] ends not None, int32_t low, int32_t high
):
    """The docs whose interval [start, end) lies inside [low, high).

    order         uint32[k]  the docs that have an interval, by its start; None: not known
    starts, ends  int32[d]   by doc; a start of 0 or less is none

    O(log k + m) for m docs that start inside, O(d) at most. Raises IndexError where the order names a doc that is not there.
    """
    cdef uint32_t doc_count = <uint32_t>starts.shape[0], doc
    cdef _Set out = _Set(doc_count)
    cdef Py_ssize_t first = 0, stop = doc_count, i, at
    cdef uint64_t word
    cdef bint wrong = False
    low = max(low, 1)
    if ends.shape[0] != starts.shape[0]:
        raise IndexError("one end for each start is needed")
    if order is not None:
        first, stop = _from(order, starts, low), _from(order, starts, high)
    with nogil:
        if SCATTERED * (stop - first) >= doc_count:
            for at in range(out.size):
                word = 0
                for doc in range(<uint32_t>(64 * at), <uint32_t>min(<uint64_t>64 * at + 64, <uint64_t>doc_count)):
                    word |= <uint64_t>((starts[doc] >= low) & (ends[doc] <= high)) << (doc & 63)
                out.words[at] = word
        else:
            for i in range(first, stop):
                doc = order[i]
                if doc >= doc_count:
                    wrong = True
                    break
                if ends[doc] <= high:
                    put(out.words, doc)
    if wrong:
        raise IndexError(f"no doc {order[i]}")
    return out.taken()


# ---- algebra


cdef int _fits(const uint64_t[::1] a, const uint64_t[::1] b) except -1:
    if a.shape[0] != b.shape[0]:
        raise IndexError("sets of two segments")
    return 0


def both(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """The docs of a that are in b too."""
    cdef _Set out = _Set(64 * <uint64_t>a.shape[0])
    cdef Py_ssize_t at
    _fits(a, b)
    for at in range(out.size):
        out.words[at] = a[at] & b[at]
    return out.taken()


def either(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """The docs of a and those of b."""
    cdef _Set out = _Set(64 * <uint64_t>a.shape[0])
    cdef Py_ssize_t at
    _fits(a, b)
    for at in range(out.size):
        out.words[at] = a[at] | b[at]
    return out.taken()


def without(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """The docs of a that are not in b."""
    cdef _Set out = _Set(64 * <uint64_t>a.shape[0])
    cdef Py_ssize_t at
    _fits(a, b)
    for at in range(out.size):
        out.words[at] = a[at] & ~b[at]
    return out.taken()


def alive(object reader not None, const uint64_t[::1] docs not None):
    """The docs that are not deleted."""
    cdef const Lists* lists = lists_of(reader)
    cdef _Set out = _Set(64 * <uint64_t>docs.shape[0])
    cdef uint64_t deleted, at
    for at in range(<uint64_t>out.size):
        deleted = 0
        if 8 * at < lists.deleted_size:  # the bitmap of deleted docs may be shorter, and is bytes
            memcpy(&deleted, lists.deleted + 8 * at, min(lists.deleted_size - 8 * at, <uint64_t>8))
        out.words[at] = docs[at] & ~deleted
    return out.taken()


# ---- reading out


def size(const uint64_t[::1] docs not None):
    """How many docs there are."""
    return _size(&docs[0], docs.shape[0]) if docs.shape[0] else 0


def members(const uint64_t[::1] docs not None):
    """The docs, uint32 ascending."""
    cdef Py_ssize_t found = size(docs), at
    cdef object room = PyByteArray_FromStringAndSize(NULL, 4 * found)
    cdef uint32_t* out = <uint32_t*>PyByteArray_AsString(room)
    cdef uint64_t left
    with nogil:
        for at in range(docs.shape[0]):
            left = docs[at]
            while left:
                out[0] = <uint32_t>(64 * at + lowest_bit(left))
                out += 1
                left &= left - 1
    return memoryview(room).cast("I")

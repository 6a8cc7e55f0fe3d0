# cython: language_level=3
"""Cursors over words that also know where in a doc a word stands, for the kernels that ask which words stand side by side.

Only functions compiled into each kernel. A block's positions are found once, when the first of its docs asks for them; what
is read is those of one doc and field.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc

from idlibsearch.index.blocks cimport (
    BLOCK, Block, List, Lists, Places, block_with, doc_at, first_from, freq_at, open_block, open_list, open_places,
    places_before, read_column, read_positions,
)

cdef enum:
    NO_DOC = 0xFFFFFFFF
    MAX_WORDS = 64  # in one phrase


cdef struct Word:
    List blocks
    uint32_t number
    uint32_t opened               # the block that ``block`` shows, NO_DOC for none
    uint32_t measured             # the block that ``places`` and ``before`` are of
    int i
    uint32_t doc
    uint32_t first_surface
    uint32_t surface_count
    bint narrow                   # the term spans one position wherever it is written
    Block block
    Places places
    uint32_t before[BLOCK + 1]


cdef struct Slot:
    # A word of a phrase, and how many words stand before it there.
    Word* word
    uint32_t offset


cdef struct Room:
    # For the positions of one word in one field, and for chains of words: where those found so far start and end.
    uint32_t* starts
    uint32_t* ends
    uint32_t* first
    uint32_t* far
    uint32_t size


cdef inline void leave(Room* room) noexcept nogil:
    free(room.starts)
    free(room.ends)
    free(room.first)
    free(room.far)


cdef inline int grow(uint32_t** numbers, uint64_t count) noexcept nogil:
    cdef uint32_t* grown = <uint32_t*>realloc(numbers[0], 4 * count)
    if grown == NULL:
        return -1
    numbers[0] = grown
    return 0


cdef inline int make_room(Room* room, uint32_t count) noexcept nogil:
    """Room for ``count`` positions; -1 without memory."""
    cdef uint64_t size = 2 * <uint64_t>count + 16
    if count <= room.size:
        return 0
    if grow(&room.starts, size) < 0 or grow(&room.ends, size) < 0 or grow(&room.first, size) < 0 or grow(&room.far, size) < 0:
        return -1
    room.size = <uint32_t>min(size, <uint64_t>NO_DOC)
    return 0


cdef inline int bind(object reader, const Lists* lists, Word* w, uint32_t term) except -1:
    """Stand before the first doc of a term."""
    cdef uint32_t s, end
    if term >= lists.term_count:
        raise IndexError(f"no term {term}")
    w.first_surface, end = lists.surface_starts[term], lists.surface_starts[term + 1]
    if open_list(lists, term, &w.blocks) < 0 or w.first_surface > end or end > lists.surface_count:
        raise reader.damaged()
    w.opened = w.measured = NO_DOC
    w.number, w.i, w.doc = 0, 0, 0
    w.surface_count, w.narrow = end - w.first_surface, True
    for s in range(w.first_surface, end):
        w.narrow = w.narrow and lists.surface_widths[s] == 1
    return 0


cdef inline int seek(const Lists* lists, Word* w, uint32_t doc) noexcept nogil:
    """Go to the first posting whose doc is not before ``doc``; behind the last the word has no doc."""
    cdef uint32_t number
    if w.opened == w.number and w.doc >= doc:
        return 0
    number = block_with(&w.blocks, w.number, doc)
    if number != w.number:
        w.number, w.i = number, 0
    elif w.opened == number:
        w.i += 1  # its doc comes before this one
    if number >= w.blocks.count:
        w.doc = NO_DOC
        return 0
    if w.opened != number:
        if open_block(lists, &w.blocks, number, &w.block) < 0:
            return -1
        w.opened = number
    w.i = first_from(&w.block, w.i, doc)
    w.doc = doc_at(&w.block, w.i)
    return 0


cdef inline int load_starts(const Lists* lists, Word* w, int column, Room* room, uint32_t* first) noexcept nogil:
    """The word's starts in a field of its doc; ``first``: which surface of the block is the first of theirs.

    Returns how many, -1 where the list is damaged (or without memory).
    """
    cdef uint32_t count = freq_at(&w.block, column, w.i)
    cdef int f
    if w.measured != w.number:
        if places_before(lists, &w.block, w.before) < 0:
            return -1
        if open_places(lists, &w.blocks, w.number, &w.block, w.before[w.block.count], &w.places) < 0:
            return -1
        w.measured = w.number
    if count > lists.lengths[<uint64_t>w.doc * lists.field_count + column] or count > 0x7FFFFFFF or make_room(room, count) < 0:
        return -1
    first[0] = w.before[w.i]
    for f in range(column):
        if lists.positional[f]:
            first[0] += freq_at(&w.block, f, w.i)
    read_positions(&w.places, first[0], count, room.starts)
    return <int>count


cdef inline int load(const Lists* lists, Word* w, int column, Room* room) noexcept nogil:
    """The word's starts and ends in a field of its doc; how many, -1 where the list is damaged (or without memory)."""
    cdef uint32_t first
    cdef int n, count = load_starts(lists, w, column, room, &first)
    if count > 0 and not w.narrow:
        read_column(&w.places.surfaces, first, count, room.ends)
    for n in range(count):
        if w.narrow:
            room.ends[n] = room.starts[n] + 1
        elif room.ends[n] < w.surface_count:
            room.ends[n] = room.starts[n] + lists.surface_widths[w.first_surface + room.ends[n]]
        else:
            return -1
    return count


cdef inline int follow(Room* room, int chains, int count) noexcept nogil:
    """Lengthen the chains that end where one of ``count`` words just loaded starts; drop the others. How many are left."""
    cdef int i, at = 0, kept = 0
    for i in range(chains):
        if at and room.starts[at - 1] >= room.far[i]:
            at = 0  # words of several positions: a later chain ends before the last one
        while at < count and room.starts[at] < room.far[i]:
            at += 1
        if at < count and room.starts[at] == room.far[i]:
            room.first[kept], room.far[kept] = room.first[i], room.ends[at]
            kept += 1
    return kept


cdef inline bint arrange(Slot* slots, int n) noexcept nogil:
    """Put the slots of a phrase in the order in which ``chain`` is to look at them. Are all of its words narrow?

    Then where one word stands says where all do, and the rarest go first (insertion sort); else they go from left to right.
    """
    cdef int i, j
    cdef Slot slot
    for i in range(n):
        if not slots[i].word.narrow:
            return False
    for i in range(1, n):
        slot, j = slots[i], i
        while j and slots[j - 1].word.blocks.count > slot.word.blocks.count:
            slots[j] = slots[j - 1]
            j -= 1
        slots[j] = slot
    return True


cdef inline int chain(const Lists* lists, const Slot* slots, int n, bint narrow, int column, Room* room) noexcept nogil:
    """Where the words of ``arrange``d slots, all at one doc, stand side by side in a field: the starts in ``room.first``.

    Returns how many, -1 where a list is damaged.
    """
    cdef int w, i, count, chains = 0
    for w in range(n):
        if not freq_at(&slots[w].word.block, column, slots[w].word.i):
            return 0
    for w in range(n):
        count = load(lists, slots[w].word, column, room)
        if count < 0:
            return -1
        if w == 0:
            for i in range(count):
                if room.starts[i] >= slots[0].offset:
                    room.first[chains], room.far[chains] = room.starts[i] - slots[0].offset, room.ends[i]
                    chains += 1
            continue
        if narrow:
            for i in range(chains):
                room.far[i] = room.first[i] + slots[w].offset
        chains = follow(room, chains, count)
        if not chains:
            break
    return chains

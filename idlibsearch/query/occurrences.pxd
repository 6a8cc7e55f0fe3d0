# cython: language_level=3
"""Cursors over words that also know where in a doc a word stands, for the kernels that ask which words stand side by side.

Only functions compiled into each kernel. A block's positions are found once, when the first of its docs asks for them; what
is read is those of one doc and field.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc

from idlibsearch.index.blocks cimport (
    BLOCK, Block, List, Lists, Places, block_with, doc_at, first_from, freq_at, open_block, open_list, open_places,
    places_of, read_column, read_positions, unpack_docs,
)
from idlibsearch.index.entries cimport Surfaces, open_surfaces, width_at

cdef enum:
    NO_DOC = 0xFFFFFFFF
    MAX_WORDS = 64  # in one phrase
    FEW = 256       # occurrences in one text
    STRIDE = 8      # docs compared at once
    ALL = 0xFFFFFFFF


cdef struct Word:
    List blocks
    uint32_t term
    uint32_t number
    uint32_t opened               # the block that ``block`` shows, NO_DOC for none
    uint32_t listed               # the block that ``docs`` holds
    uint32_t measured             # the block that ``places`` is of
    int passed_to                 # a posting of it,
    uint32_t passed               # and how many occurrences are kept before that
    int i
    uint32_t doc
    Surfaces surfaces
    uint32_t widest               # the most positions that the term spans, however it is written
    Block block
    Places places
    uint32_t docs[BLOCK + STRIDE]
    uint32_t kept[BLOCK]          # how many occurrences of each posting


cdef struct Phrase:
    # Words side by side, and the two rarest of them: the second of these starts ``least`` to ``most`` positions behind the first.
    Word* words[MAX_WORDS]
    int count
    int left
    int right
    uint32_t least
    uint32_t most


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
    cdef uint32_t s
    if term >= lists.term_count:
        raise IndexError(f"no term {term}")
    if open_list(lists, term, &w.blocks) < 0 or open_surfaces(&lists.surfaces, term, &w.surfaces) < 0:
        raise reader.damaged()
    w.term = term
    w.opened = w.listed = w.measured = NO_DOC
    w.number, w.i, w.doc = 0, 0, 0
    w.widest = 1
    if w.surfaces.places != NULL:
        for s in range(w.surfaces.count):
            w.widest = max(w.widest, width_at(&w.surfaces, s))
    return 0


cdef inline int seek(const Lists* lists, Word* w, uint32_t doc) noexcept nogil:
    """Go to the first posting whose doc is not before ``doc``; behind the last the word has no doc."""
    if w.listed != w.number or doc > w.block.last:
        return leap(lists, w, doc)
    if w.doc < doc:
        w.i += 1
        if w.docs[w.i] < doc:
            w.i = next_from(w.docs, w.i, doc)
        w.doc = w.docs[w.i]
    return 0


cdef inline int leap(const Lists* lists, Word* w, uint32_t doc) noexcept nogil:
    """The same where this leads into another block, or one whose docs are not unpacked."""
    cdef uint32_t number
    cdef int i
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
    unpack_docs(&w.block, w.docs)  # looked into before: it pays
    for i in range(STRIDE):
        w.docs[w.block.count + i] = NO_DOC
    w.listed = number
    w.i = next_from(w.docs, w.i, doc)
    w.doc = w.docs[w.i]
    return 0


cdef inline int next_from(const uint32_t* docs, int i, uint32_t doc) noexcept nogil:
    """The first from ``i`` on that is not before ``doc``; some are compared at once, as no branch can be guessed."""
    cdef int n, passed
    while docs[i + STRIDE - 1] < doc:
        i += STRIDE
    passed = 0
    for n in range(STRIDE):
        passed += docs[i + n] < doc
    i += passed
    while docs[i] < doc:  # never, where they are in order
        i += 1
    return i


cdef inline int measure(const Lists* lists, Word* w) noexcept nogil:
    """Find where the positions of the word's block are; -1 where they are damaged."""
    cdef uint64_t total = places_of(lists, &w.block, w.kept)
    if total >> 32 or open_places(lists, &w.blocks, w.number, &w.block, <uint32_t>total, &w.places) < 0:
        return -1
    w.measured, w.passed, w.passed_to = w.number, 0, 0
    return 0


cdef inline int load_starts(const Lists* lists, Word* w, int column, uint32_t most, Room* room, uint32_t* first) noexcept nogil:
    """The word's starts in a field of its doc, the first ``most``; ``first``: which surface of the block is the first of theirs.

    Returns how many, -1 where the list is damaged (or without memory).
    """
    cdef uint32_t at, count = freq_at(&w.block, column, w.i)
    cdef int f, n
    if w.measured != w.number and measure(lists, w) < 0:
        return -1
    # A text has no more occurrences than positions. Its length is far away in memory: few enough are let pass without it.
    if count > FEW and (count > 0x7FFFFFFF or count > lists.lengths[<uint64_t>w.doc * lists.field_count + column]):
        return -1
    count = min(count, most)
    if make_room(room, count) < 0:
        return -1
    at = w.passed
    for n in range(w.passed_to, w.i):
        at += w.kept[n]
    w.passed, w.passed_to = at, w.i
    for f in range(column):
        if lists.positional[f]:
            at += freq_at(&w.block, f, w.i)
    first[0] = at
    read_positions(&w.places, at, count, room.starts)
    return <int>count


cdef inline int load(const Lists* lists, Word* w, int column, uint32_t most, Room* room) noexcept nogil:
    """The word's first ``most`` starts and ends in a field of its doc; how many, -1 where the list is damaged (or without memory)."""
    cdef uint32_t first
    cdef int n, count = load_starts(lists, w, column, most, room, &first)
    if count > 0 and w.widest > 1:
        read_column(&w.places.surfaces, first, count, room.ends)
    for n in range(count):
        if w.widest == 1:
            room.ends[n] = room.starts[n] + 1
        elif room.ends[n] < w.surfaces.count:
            room.ends[n] = room.starts[n] + width_at(&w.surfaces, room.ends[n])
        else:
            return -1
    return count


cdef inline int load_plain(const Lists* lists, Word* w, int column, uint32_t most, Room* room, bint* is_plain) noexcept nogil:
    """The word's first ``most`` starts in a field of its doc; how many, -1 for damage. One that is not one position is told of."""
    cdef uint32_t first
    cdef int n, count
    if w.widest == 1:
        return load_starts(lists, w, column, most, room, &first)
    count = load(lists, w, column, most, room)
    for n in range(count):
        is_plain[0] &= room.ends[n] == room.starts[n] + 1
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


cdef inline void arrange(Phrase* phrase) noexcept nogil:
    """Find the two words with the fewest blocks, and how far apart they can stand."""
    cdef int w, first = 0, second = 1
    for w in range(1, phrase.count):
        if phrase.words[w].blocks.count < phrase.words[first].blocks.count:
            first, second = w, first
        elif w > 1 and phrase.words[w].blocks.count < phrase.words[second].blocks.count:
            second = w
    phrase.left, phrase.right = min(first, second), max(first, second)
    phrase.least, phrase.most = phrase.right - phrase.left, 0
    if phrase.count > 1:
        for w in range(phrase.left, phrase.right):
            phrase.most += phrase.words[w].widest


cdef inline int meets(const Lists* lists, const Phrase* phrase, int column, Room* room) noexcept nogil:
    """Do the two rarest words stand as far apart in a field as in the phrase? 1 or 0, -1 where a list is damaged."""
    cdef uint32_t first
    cdef int i, at = 0, near, count = load_starts(lists, phrase.words[phrase.left], column, ALL, room, &first)
    for i in range(count):
        room.first[i] = room.starts[i]
    near = load_starts(lists, phrase.words[phrase.right], column, ALL, room, &first)
    if count < 0 or near < 0:
        return -1
    for i in range(count):
        while at < near and room.starts[at] < room.first[i] + phrase.least:
            at += 1
        if at < near and room.starts[at] <= room.first[i] + phrase.most:
            return 1
    return 0


cdef inline int chain(const Lists* lists, const Phrase* phrase, int column, Room* room) noexcept nogil:
    """Where the words, all at one doc, stand side by side in a field: the starts in ``room.first``. How many, -1 for damage."""
    cdef int w, i, count, chains
    for w in range(phrase.count):
        if not freq_at(&phrase.words[w].block, column, phrase.words[w].i):
            return 0
    if phrase.count > 1:
        i = meets(lists, phrase, column, room)
        if i <= 0:
            return i
    chains = load(lists, phrase.words[0], column, ALL, room)
    for i in range(chains):
        room.first[i], room.far[i] = room.starts[i], room.ends[i]
    for w in range(1, phrase.count):
        if chains <= 0:
            break
        count = load(lists, phrase.words[w], column, ALL, room)
        if count < 0:
            return -1
        chains = follow(room, chains, count)
    return chains

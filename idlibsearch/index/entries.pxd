# cython: language_level=3
"""How folded words lead to terms and surfaces, and terms back to surfaces; the format is specified in ``entries``.

Only inline functions, as in ``words.pxd``. Terms and surfaces they name are there: a number that is not gives -1 as well.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from idlibsearch.index.words cimport WORDS, read_number, signed

cdef enum:
    CAPITALS = 1    # the spellings that need no text
    CAPITAL = 2
    SAME = 4
    OTHERS = 8      # there are spellings that do
    COMPOUND = 16   # takes several positions, or stands for several terms
    STEP = 5        # the bits above: how far its first term is behind that of the word before
    FAR = 7         # a step that does not fit follows
    LEADS = 1       # in a place: the term is that of the token's first position


cdef struct EntryTable:
    const uint8_t* data
    const uint32_t* blocks     # per block, and one more: where it starts
    uint64_t size
    uint32_t count             # of folded words
    uint32_t term_count
    uint32_t surface_count


cdef struct Entry:
    # Goes from folded word to folded word.
    const EntryTable* table
    uint64_t at
    uint64_t end
    uint64_t number
    uint32_t term          # at its first position
    uint32_t positions
    uint32_t surface       # its first
    uint32_t surfaces      # how many there are
    int forms
    uint64_t rest          # of a compound: where its other terms stand, behind the number of positions


cdef inline int pass_numbers(const EntryTable* table, uint64_t* at, uint64_t end, uint32_t count) noexcept nogil:
    cdef uint32_t number, i
    for i in range(count):
        if read_number(table.data, at, end, &number) < 0:
            return -1
    return 0


cdef inline int pass_compound(Entry* entry) noexcept nogil:
    """Note a compound's positions and where its other terms stand, and pass them."""
    cdef uint32_t extras
    if read_number(entry.table.data, &entry.at, entry.end, &entry.positions) < 0 or not 0 < entry.positions < 256:
        return -1
    entry.rest = entry.at
    if pass_numbers(entry.table, &entry.at, entry.end, entry.positions - 1) < 0:
        return -1
    if read_number(entry.table.data, &entry.at, entry.end, &extras) < 0 or extras > entry.end - entry.at:
        return -1
    return pass_numbers(entry.table, &entry.at, entry.end, 3 * extras)


cdef inline int open_entries(Entry* entry, uint64_t block) noexcept nogil:
    cdef const EntryTable* table = entry.table
    entry.at, entry.end = table.blocks[block], table.blocks[block + 1]
    entry.surfaces = 0
    if entry.at > entry.end or entry.end > table.size:
        return -1
    if read_number(table.data, &entry.at, entry.end, &entry.term) < 0:
        return -1
    return read_number(table.data, &entry.at, entry.end, &entry.surface)


cdef inline int entry_on(Entry* entry) noexcept nogil:
    """To the entry of the next folded word, which must be there."""
    cdef uint32_t step, others = 0
    cdef uint8_t byte
    entry.number += 1
    entry.surface += entry.surfaces
    if entry.number % WORDS == 0 and open_entries(entry, entry.number // WORDS) < 0:
        return -1
    if entry.at >= entry.end:
        return -1
    byte = entry.table.data[entry.at]
    entry.at += 1
    entry.forms = byte & 7
    step = byte >> STEP
    if step == FAR:
        if read_number(entry.table.data, &entry.at, entry.end, &step) < 0:
            return -1
        step = signed(step)
    entry.term += step
    if byte & OTHERS and read_number(entry.table.data, &entry.at, entry.end, &others) < 0:
        return -1
    entry.positions = 1
    entry.rest = 0
    if byte & COMPOUND and pass_compound(entry) < 0:
        return -1
    entry.surfaces = others + (byte & 1) + (byte >> 1 & 1) + (byte >> 2 & 1)
    if others > entry.table.surface_count or entry.term >= entry.table.term_count:
        return -1
    return 0 if <uint64_t>entry.surface + entry.surfaces <= entry.table.surface_count else -1


cdef inline int entry_to(Entry* entry, uint64_t number) noexcept nogil:
    """To the entry of a folded word, which must be there; cheap where it is one of the next few."""
    if number < entry.number or number // WORDS != entry.number // WORDS:
        entry.number = number // WORDS * WORDS - 1
    while entry.number != number:
        if entry_on(entry) < 0:
            return -1
    return 0


cdef inline void start_entries(Entry* entry, const EntryTable* table) noexcept nogil:
    entry.table, entry.number, entry.surfaces = table, <uint64_t>-1, 0


cdef inline bytes capitals(bytes word, Py_ssize_t size):
    """A word with its first ``size`` letters in capitals, those from a to z."""
    cdef bytearray found = bytearray(word)
    cdef Py_ssize_t i
    for i in range(min(size, <Py_ssize_t>len(found))):
        if c"a" <= found[i] <= c"z":
            found[i] -= 32
    return bytes(found)


# ---- the surfaces of a term

cdef struct SurfaceTable:
    const uint8_t* data
    const uint32_t* blocks     # per block of terms, and one more: where it starts
    uint64_t size              # with the spare bytes at the end
    uint32_t count             # of terms
    uint32_t surface_count


cdef struct Surfaces:
    uint32_t count
    uint32_t base
    int bits
    const uint8_t* packed
    const uint8_t* places      # NULL: LEADS each, and a token of one position


cdef inline int read_surfaces(const SurfaceTable* table, uint64_t* at, uint64_t end, Surfaces* out) noexcept nogil:
    """The surfaces of the term that starts at ``at``; ``base`` is that of the term before it."""
    cdef uint32_t head, step
    cdef uint64_t size
    if read_number(table.data, at, end, &head) < 0 or read_number(table.data, at, end, &step) < 0:
        return -1
    out.count, out.bits = head >> 1, 0
    out.base += signed(step)
    if out.count > 1:
        if at[0] >= end:
            return -1
        out.bits = table.data[at[0]]
        at[0] += 1
    if out.bits > 32 or out.count > table.surface_count or (out.count and out.base >= table.surface_count):
        return -1
    out.packed = table.data + at[0]
    size = (<uint64_t>out.count * out.bits + 7) >> 3
    out.places = table.data + at[0] + size if head & 1 else NULL
    size += out.count if head & 1 else 0
    if size > end - at[0]:
        return -1
    at[0] += size
    return 0


cdef inline int open_surfaces(const SurfaceTable* table, uint64_t term, Surfaces* out) noexcept nogil:
    """Find the surfaces of a term, which must be there; they can then be read in any order."""
    cdef uint64_t block = term // WORDS, at = table.blocks[block], end = table.blocks[block + 1], number
    out.base = 0
    if at > end or end + 8 > table.size:
        return -1
    for number in range(block * WORDS, term + 1):
        if read_surfaces(table, &at, end, out) < 0:
            return -1
    return 0


cdef inline uint32_t surface_at(const SurfaceTable* table, const Surfaces* surfaces, uint32_t i) noexcept nogil:
    """The number of the term's surface number i; a damaged one names a wrong surface, never one that is not there."""
    cdef uint64_t bit = <uint64_t>i * surfaces.bits, word
    memcpy(&word, surfaces.packed + (bit >> 3), 8)
    word = surfaces.base + ((word >> (bit & 7)) & ((<uint64_t>1 << surfaces.bits) - 1))
    return <uint32_t>min(word, <uint64_t>table.surface_count - 1)


cdef inline uint32_t width_at(const Surfaces* surfaces, uint32_t i) noexcept nogil:
    """How many positions the term spans where it is written so."""
    if surfaces.places == NULL or surfaces.places[i] & LEADS:
        return 1
    return (surfaces.places[i] >> 1) + 1


cdef inline uint32_t token_at(const Surfaces* surfaces, uint32_t i) noexcept nogil:
    """How many positions the whole token takes; 0 where another term leads it."""
    if surfaces.places == NULL:
        return 1
    return (surfaces.places[i] >> 1) + 1 if surfaces.places[i] & LEADS else 0

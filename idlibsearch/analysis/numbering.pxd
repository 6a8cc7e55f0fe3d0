# cython: language_level=3
"""Texts (bytes) numbered 0, 1, 2, … in order of first sight, in plain memory: 16 to 22 bytes each beside the text itself.

An open-addressing table (linear probing, at most 3/4 full) over one arena. Only inline functions: this module is compiled into
each kernel and never imported. The scanner has a table of its own, which is made for tokens.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy

cdef enum:
    FIRST_SLOTS = 64
    UNKNOWN = -1
    NO_MEMORY = -2

cdef extern from *:
    """
    #define NUMBERING_MIX 0x9E3779B97F4A7C15u  /* 2**64 / golden ratio (Knuth, TAOCP 6.4) */
    #define MOST_BYTES 0xFFFFFFFFu
    """
    const uint64_t NUMBERING_MIX
    const size_t MOST_BYTES


cdef struct Slot:
    uint32_t tag           # the upper half of the hash
    uint32_t next_number   # number + 1; 0 is an empty slot


cdef struct Names:
    uint8_t* arena
    size_t used
    size_t room
    uint32_t* ends         # of each text in the arena
    size_t count
    size_t ends_room
    Slot* slots
    size_t mask
    uint64_t seed


cdef inline bint start_names(Names* names, uint64_t seed) noexcept nogil:
    """Make an empty table of a zeroed one; False where memory is out."""
    names.seed, names.mask = seed, FIRST_SLOTS - 1
    names.slots = <Slot*>calloc(FIRST_SLOTS, sizeof(Slot))
    return names.slots != NULL


cdef inline void free_names(Names* names) noexcept nogil:
    free(names.arena)
    free(names.ends)
    free(names.slots)


cdef inline size_t size_of_names(const Names* names) noexcept nogil:
    """Bytes held."""
    return names.room + names.ends_room * sizeof(uint32_t) + (names.mask + 1) * sizeof(Slot)


cdef inline const uint8_t* name_at(const Names* names, size_t number, Py_ssize_t* size) noexcept nogil:
    cdef size_t start = names.ends[number - 1] if number else 0
    size[0] = names.ends[number] - start
    return names.arena + start


cdef inline uint64_t hash_of(const Names* names, const uint8_t* at, Py_ssize_t size) noexcept nogil:
    cdef uint64_t word, hash = names.seed ^ <uint64_t>size
    cdef Py_ssize_t i = 0
    while i < size:
        word = 0
        memcpy(&word, at + i, min(size - i, 8))
        hash = (hash ^ word) * NUMBERING_MIX
        hash ^= hash >> 29
        i += 8
    hash *= NUMBERING_MIX
    return hash ^ (hash >> 32)


cdef inline size_t slot_of(const Names* names, const uint8_t* at, Py_ssize_t size, uint64_t hash) noexcept nogil:
    """The slot of a text, or the empty one where it would be put."""
    cdef size_t i = hash & names.mask
    cdef Py_ssize_t known
    cdef const uint8_t* text
    while names.slots[i].next_number:
        if names.slots[i].tag == <uint32_t>(hash >> 32):
            text = name_at(names, names.slots[i].next_number - 1, &known)
            if known == size and memcmp(text, at, size) == 0:
                return i
        i = (i + 1) & names.mask
    return i


cdef inline int64_t find_name(const Names* names, const uint8_t* at, Py_ssize_t size) noexcept nogil:
    """The number of a text, or UNKNOWN."""
    return <int64_t>names.slots[slot_of(names, at, size, hash_of(names, at, size))].next_number - 1


cdef inline int64_t put_name(Names* names, const uint8_t* at, Py_ssize_t size) noexcept nogil:
    """The number of a text, a new one where it is not known; NO_MEMORY, with nothing lost."""
    cdef uint64_t hash = hash_of(names, at, size)
    cdef size_t i = slot_of(names, at, size, hash)
    if names.slots[i].next_number:
        return <int64_t>names.slots[i].next_number - 1
    if not make_room(names, size):
        return NO_MEMORY
    i = slot_of(names, at, size, hash)
    memcpy(names.arena + names.used, at, size)
    names.used += size
    names.ends[names.count] = <uint32_t>names.used
    names.count += 1
    names.slots[i].tag, names.slots[i].next_number = <uint32_t>(hash >> 32), <uint32_t>names.count
    return <int64_t>names.count - 1


cdef inline bint make_room(Names* names, Py_ssize_t size) noexcept nogil:
    cdef size_t room
    cdef void* memory
    if names.used + size > MOST_BYTES:
        return False
    if names.used + size > names.room:
        room = names.used + size + (names.room >> 2) + 1024
        memory = realloc(names.arena, room)
        if memory == NULL:
            return False
        names.arena, names.room = <uint8_t*>memory, room
    if names.count == names.ends_room:
        room = names.ends_room + (names.ends_room >> 2) + 64
        memory = realloc(names.ends, room * sizeof(uint32_t))
        if memory == NULL:
            return False
        names.ends, names.ends_room = <uint32_t*>memory, room
    return 4 * (names.count + 1) <= 3 * (names.mask + 1) or grow_slots(names)


cdef inline bint grow_slots(Names* names) noexcept nogil:
    cdef size_t number, i, mask = 2 * names.mask + 1
    cdef uint64_t hash
    cdef Py_ssize_t size
    cdef const uint8_t* at
    cdef Slot* slots = <Slot*>calloc(mask + 1, sizeof(Slot))
    if slots == NULL:
        return False
    for number in range(names.count):
        at = name_at(names, number, &size)
        hash = hash_of(names, at, size)
        i = hash & mask
        while slots[i].next_number:
            i = (i + 1) & mask
        slots[i].tag, slots[i].next_number = <uint32_t>(hash >> 32), <uint32_t>number + 1
    free(names.slots)
    names.slots, names.mask = slots, mask
    return True

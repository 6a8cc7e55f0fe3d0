# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Reads the tables of a lexicon back into arrays, for merging; ``words`` and ``entries`` specify them.

Every function returns None where the tables are damaged.
"""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy

from idlibsearch.analysis.text cimport Numbers, goes_on, handed_out, push
from idlibsearch.index.entries cimport (
    Entry, EntryTable, Surfaces, SurfaceTable, entry_on, read_surfaces, start_entries, surface_at,
)
from idlibsearch.index.words cimport STRIDE, WORDS, Table, Walk, read_number, signed, walk_on

cdef enum:
    FINE = 0
    DAMAGED = -1
    NO_MEMORY = -2
    MOST_TERMS = 256  # of a surface: it has fewer positions, and a byte says how many


cdef struct Texts:
    uint8_t* at
    size_t used
    size_t room
    Numbers ends


cdef int put_text(Texts* texts, const uint8_t* at, size_t size) noexcept nogil:
    cdef size_t room
    cdef void* memory
    if texts.used + size > texts.room:
        room = texts.used + size + (texts.room >> 2) + 4096
        memory = realloc(texts.at, room)
        if memory == NULL:
            return NO_MEMORY
        texts.at, texts.room = <uint8_t*>memory, room
    if size:
        memcpy(texts.at + texts.used, at, size)
    texts.used += size
    if texts.used > <size_t>0xFFFFFFFFu or (size and goes_on(at)):
        return DAMAGED
    return FINE if push(&texts.ends, <uint32_t>texts.used) else NO_MEMORY


cdef object table_of(Texts* texts):
    """What was put as (text, ends); None where it is not UTF-8."""
    cdef bytes text = (<char*>texts.at)[: texts.used] if texts.used else b""
    try:
        text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return text, handed_out(&texts.ends)


cdef int start_walk(Walk* walk, const Table* table) except -1:
    walk.table, walk.size, walk.number = table, 0, <uint64_t>-1
    walk.word = <uint8_t*>malloc(<uint64_t>table.longest + STRIDE)
    if walk.word == NULL:
        raise MemoryError()
    return 0


def read_table(words not None):
    """All words of a table (the capsule of a ``Words``) as (text, ends)."""
    cdef const Table* table = <const Table*>PyCapsule_GetPointer(words, "idlibsearch.words")
    cdef Texts texts = Texts(NULL, 0, 0, Numbers(NULL, 0, 0))
    cdef Walk walk
    cdef int outcome = FINE
    cdef uint32_t i
    start_walk(&walk, table)
    try:
        with nogil:
            for i in range(table.count):
                outcome = DAMAGED if walk_on(&walk) < 0 else put_text(&texts, walk.word, walk.size)
                if outcome < 0:
                    break
        if outcome == NO_MEMORY:
            raise MemoryError()
        return None if outcome == DAMAGED else table_of(&texts)
    finally:
        free(walk.word)
        free(texts.at)
        free(texts.ends.items)


cdef int put_entry(const Entry* entry, Numbers* positions, Numbers* ends, Numbers* terms, Numbers* places) noexcept nogil:
    cdef uint64_t at = entry.rest
    cdef uint32_t place, extras = 0, step = 0, offset = 0, width = 1
    cdef bint fits = push(terms, entry.term) and push(places, 1)
    if entry.rest:  # it has been read before: all of it is there
        for place in range(1, entry.positions):
            read_number(entry.table.data, &at, entry.end, &step)
            fits = fits and push(terms, entry.term + signed(step)) and push(places, place << 8 | 1)
        read_number(entry.table.data, &at, entry.end, &extras)
        for place in range(extras):
            read_number(entry.table.data, &at, entry.end, &step)
            read_number(entry.table.data, &at, entry.end, &offset)
            read_number(entry.table.data, &at, entry.end, &width)
            if offset > 0xFF or width > 0xFF:
                return DAMAGED
            fits = fits and push(terms, entry.term + signed(step)) and push(places, offset << 8 | width)
    return FINE if fits and push(positions, entry.positions) and push(ends, <uint32_t>terms.used) else NO_MEMORY


cdef int check_terms(const Numbers* terms, uint32_t count) noexcept nogil:
    cdef size_t i
    for i in range(terms.used):
        if terms.items[i] >= count:
            return DAMAGED
    return FINE


def read_entries(entries not None):
    """What folded words stand for (the capsule of an ``Entries``).

    Of each its positions and where its entries end; of these their terms and places (offset << 8 | width); uint32 all.
    """
    cdef const EntryTable* table = <const EntryTable*>PyCapsule_GetPointer(entries, "idlibsearch.entries")
    cdef Numbers positions = Numbers(NULL, 0, 0), ends = Numbers(NULL, 0, 0)
    cdef Numbers terms = Numbers(NULL, 0, 0), places = Numbers(NULL, 0, 0)
    cdef Entry entry
    cdef int outcome = FINE
    cdef uint32_t i
    try:
        with nogil:
            start_entries(&entry, table)
            for i in range(table.count):
                outcome = DAMAGED if entry_on(&entry) < 0 else put_entry(&entry, &positions, &ends, &terms, &places)
                if outcome < 0:
                    break
            if outcome == FINE:
                outcome = check_terms(&terms, table.term_count)
        if outcome == NO_MEMORY:
            raise MemoryError()
        if outcome == DAMAGED:
            return None
        return handed_out(&positions), handed_out(&ends), handed_out(&terms), handed_out(&places)
    finally:
        free(positions.items)
        free(ends.items)
        free(terms.items)
        free(places.items)


cdef struct Reading:
    # The surfaces that were read, and where the next one stands.
    const uint8_t* data
    uint64_t at
    uint64_t end
    Texts texts
    Numbers folded_of
    Numbers forms
    Numbers docs
    Numbers counts
    uint8_t* word   # room for a spelling


cdef int put_surface(Reading* out, uint32_t number, uint32_t form, const Walk* walk) noexcept nogil:
    """Read the counts of a surface, and its text if it has one of its own."""
    cdef uint32_t docs, more = 0, size = walk.size, i
    cdef const uint8_t* text = out.word
    cdef int outcome
    if read_number(out.data, &out.at, out.end, &docs) < 0:
        return DAMAGED
    if docs & 1 and read_number(out.data, &out.at, out.end, &more) < 0:
        return DAMAGED
    docs >>= 1
    if form == 3:
        if read_number(out.data, &out.at, out.end, &size) < 0 or size > out.end - out.at:
            return DAMAGED
        text = out.data + out.at
        out.at += size
    else:
        memcpy(out.word, walk.word, size)
        for i in range(size if form == 0 else min(size, 1) if form == 1 else 0):
            if c"a" <= out.word[i] <= c"z":
                out.word[i] -= 32
    outcome = put_text(&out.texts, text, size)
    if outcome < 0:
        return outcome
    if not (push(&out.folded_of, number) and push(&out.forms, form) and push(&out.docs, docs)):
        return NO_MEMORY
    return FINE if push(&out.counts, docs + more) else NO_MEMORY


cdef int put_spellings(Reading* out, const Entry* entry, const Walk* walk) noexcept nogil:
    cdef uint32_t form, passed = 0
    cdef int outcome
    for form in range(3):
        if entry.forms >> form & 1:
            outcome = put_surface(out, <uint32_t>entry.number, form, walk)
            if outcome < 0:
                return outcome
            passed += 1
    for form in range(passed, entry.surfaces):
        outcome = put_surface(out, <uint32_t>entry.number, 3, walk)
        if outcome < 0:
            return outcome
    return FINE


cdef int read_all(Reading* out, Walk* walk, Entry* entry, const uint32_t[::1] blocks, uint64_t size) noexcept nogil:
    cdef uint32_t number
    cdef int outcome
    for number in range(entry.table.count):
        if walk_on(walk) < 0 or entry_on(entry) < 0:
            return DAMAGED
        if number % WORDS == 0:
            out.at, out.end = blocks[number // WORDS], blocks[number // WORDS + 1]
            if out.at > out.end or out.end > size:
                return DAMAGED
        outcome = put_spellings(out, entry, walk)
        if outcome < 0:
            return outcome
    return FINE


def read_all_surfaces(words not None, entries not None, const uint8_t[::1] data not None, const uint32_t[::1] blocks not None):
    """All surfaces, in order: (text, ends), and of each its folded word, form, reports and occurrences (uint32 all).

    words, entries    the capsules of the folded ``Words`` and of ``Entries``
    data, blocks      the sections of ``surfaces``
    """
    cdef const Table* table = <const Table*>PyCapsule_GetPointer(words, "idlibsearch.words")
    cdef Reading out
    cdef Numbers none = Numbers(NULL, 0, 0)
    cdef Walk walk
    cdef Entry entry
    cdef int outcome
    start_entries(&entry, <const EntryTable*>PyCapsule_GetPointer(entries, "idlibsearch.entries"))
    if entry.table.count != table.count or blocks.shape[0] != (<Py_ssize_t>table.count + WORDS - 1) // WORDS + 1:
        return None
    out.data = &data[0] if data.shape[0] else NULL
    out.texts = Texts(NULL, 0, 0, none)
    out.folded_of = out.forms = out.docs = out.counts = none
    start_walk(&walk, table)
    out.word = <uint8_t*>malloc(<uint64_t>table.longest + 1)
    try:
        if out.word == NULL:
            raise MemoryError()
        with nogil:
            outcome = read_all(&out, &walk, &entry, blocks, data.shape[0])
        if outcome == NO_MEMORY:
            raise MemoryError()
        found = None if outcome == DAMAGED else table_of(&out.texts)
        if found is None or out.docs.used != entry.table.surface_count:
            return None
        return found, handed_out(&out.folded_of), handed_out(&out.forms), handed_out(&out.docs), handed_out(&out.counts)
    finally:
        free(walk.word)
        free(out.word)
        free(out.texts.at)
        free(out.texts.ends.items)
        free(out.folded_of.items)
        free(out.forms.items)
        free(out.docs.items)
        free(out.counts.items)


cdef int put_surfaces(const SurfaceTable* table, Numbers* ends, Numbers* found) noexcept nogil:
    cdef uint64_t at = 0, end = 0
    cdef uint32_t term, i
    cdef Surfaces surfaces
    surfaces.base = 0
    for term in range(table.count):
        if term % WORDS == 0:
            at, end, surfaces.base = table.blocks[term // WORDS], table.blocks[term // WORDS + 1], 0
            if at > end or end + 8 > table.size:
                return DAMAGED
        if read_surfaces(table, &at, end, &surfaces) < 0 or found.used > <uint64_t>MOST_TERMS * table.surface_count:
            return DAMAGED
        for i in range(surfaces.count):
            if not push(found, surface_at(table, &surfaces, i)):
                return NO_MEMORY
        if not push(ends, <uint32_t>found.used):
            return NO_MEMORY
    return FINE


def read_term_surfaces(
    const uint8_t[::1] data not None, const uint32_t[::1] blocks not None, uint32_t count, uint32_t surface_count
):
    """Where the surfaces of each term end, and these (uint32); ``count``: of terms."""
    cdef SurfaceTable table
    cdef Numbers ends = Numbers(NULL, 0, 0), found = Numbers(NULL, 0, 0)
    cdef int outcome
    if blocks.shape[0] != (<Py_ssize_t>count + WORDS - 1) // WORDS + 1 or data.shape[0] < 8:
        return None
    table.data, table.size, table.blocks = &data[0], data.shape[0], &blocks[0]
    table.count, table.surface_count = count, surface_count
    try:
        with nogil:
            outcome = put_surfaces(&table, &ends, &found)
        if outcome == NO_MEMORY:
            raise MemoryError()
        return None if outcome == DAMAGED else (handed_out(&ends), handed_out(&found))
    finally:
        free(ends.items)
        free(found.items)

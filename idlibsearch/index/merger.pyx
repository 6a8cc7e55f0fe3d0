# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Merges sorted tables of strings, and the posting lists of several segments term by term.

Its slow twin is one large segment: merged segments must be, byte for byte, what one builder makes of the same reports.
Every number of an input is checked before it is used; a wrong one raises ValueError or CorruptIndexError.
"""

from array import array

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp, memcpy

from idlibsearch.index.blocks cimport (
    BLOCK, Block, List, Lists, doc_at, freq_at, open_block, open_list, places_before, unpack_places,
)

cdef enum:
    NO_DOC = 0xFFFFFFFF


cdef struct Input:
    # One sorted table, and the string it stands at.
    const uint8_t* text
    const uint32_t* ends
    const uint32_t* order    # NULL: as it lies
    const uint64_t* groups   # NULL: all one
    uint64_t size
    uint32_t count
    uint32_t at
    const uint8_t* string
    uint64_t length
    uint64_t group


cdef int _load(Input* table) noexcept nogil:
    """Look at the string a table stands at; -1 where there is none inside it."""
    cdef uint64_t number, start
    if table.at >= table.count:
        return 0
    number = table.order[table.at] if table.order != NULL else table.at
    if number >= table.count:
        return -1
    start = table.ends[number - 1] if number else 0
    if start > table.ends[number] or table.ends[number] > table.size:
        return -1
    table.string = table.text + start
    table.length = table.ends[number] - start
    table.group = table.groups[number] if table.groups != NULL else 0
    return 0


cdef inline int _compare(const Input* a, const Input* b) noexcept nogil:
    cdef int order
    if a.group != b.group:
        return -1 if a.group < b.group else 1
    order = memcmp(a.string, b.string, min(a.length, b.length)) if a.length and b.length else 0
    if order == 0 and a.length != b.length:
        return -1 if a.length < b.length else 1
    return order


cdef class TableMerge:
    """Sorted tables of strings as one: ``numbers[i]`` (uint32) is the place of each string of table i in it, equal ones share one.

    tables    (text, ends) of each; see ``strings``
    orders    for each uint32[n], its numbers sorted, or None where it lies sorted; ``numbers`` go by that order
    groups    for each uint64[n], what its strings are sorted by before they are by themselves, or None

    ``text`` and ``ends`` are the merged table, ``groups`` its groups. O(n k) for k tables. Raises ValueError where a table is damaged.
    """

    cdef Input* inputs
    cdef Py_ssize_t count
    cdef list alive
    cdef readonly list numbers
    cdef readonly object text
    cdef readonly object ends
    cdef readonly object groups

    def __cinit__(self, list tables, orders=None, groups=None):
        cdef Py_ssize_t i
        self.count = len(tables)
        self.alive = []
        self.numbers = []
        self.inputs = <Input*>calloc(max(self.count, 1), sizeof(Input))
        if self.inputs == NULL:
            raise MemoryError()
        for i in range(self.count):
            self._bind(&self.inputs[i], tables[i][0], tables[i][1], orders[i] if orders else None, groups[i] if groups else None)
            self.numbers.append(array("I", bytes(4 * self.inputs[i].count)))
        self._merge()

    def __dealloc__(self):
        free(self.inputs)

    cdef _bind(self, Input* table, const uint8_t[::1] text, const uint32_t[::1] ends, const uint32_t[::1] order, const uint64_t[::1] groups):
        table.size, table.count = text.shape[0], <uint32_t>ends.shape[0]
        table.text = &text[0] if text.shape[0] else NULL
        table.ends = &ends[0] if ends.shape[0] else NULL
        if order is not None:
            if order.shape[0] != ends.shape[0]:
                raise ValueError("a table of strings has another order")
            table.order = &order[0] if order.shape[0] else NULL
        if groups is not None:
            if groups.shape[0] != ends.shape[0]:
                raise ValueError("a table of strings has other groups")
            table.groups = &groups[0] if groups.shape[0] else NULL
        self.alive.append((text, ends, order, groups))
        if _load(table) < 0:
            raise ValueError("a table of strings is damaged")

    cdef _merge(self):
        cdef Py_ssize_t i
        cdef uint64_t room = 0, strings = 0, size = 0
        cdef uint32_t merged = 0
        cdef int outcome = 0
        cdef Input* least
        cdef Input last
        cdef uint32_t** numbers = <uint32_t**>malloc(max(self.count, 1) * sizeof(uint32_t*))
        cdef uint32_t[::1] view
        for i in range(self.count):
            room += self.inputs[i].size
            strings += self.inputs[i].count
        text, ends, groups = bytearray(room), array("I", bytes(4 * strings)), array("Q", bytes(8 * strings))
        cdef uint8_t[::1] out = text
        cdef uint32_t[::1] out_ends = ends
        cdef uint64_t[::1] out_groups = groups
        if numbers == NULL:
            raise MemoryError()
        for i in range(self.count):
            view = self.numbers[i]
            numbers[i] = &view[0] if view.shape[0] else NULL
        with nogil:
            while True:
                least = NULL
                for i in range(self.count):
                    if self.inputs[i].at < self.inputs[i].count and (least == NULL or _compare(&self.inputs[i], least) < 0):
                        least = &self.inputs[i]
                if least == NULL:
                    break
                last = least[0]
                if size + last.length > room:  # strings that overlap are damage
                    outcome = -1
                    break
                if last.length:
                    memcpy(&out[size], last.string, last.length)
                size += last.length
                out_ends[merged] = <uint32_t>size
                out_groups[merged] = last.group
                for i in range(self.count):
                    while self.inputs[i].at < self.inputs[i].count and _compare(&self.inputs[i], &last) == 0:
                        numbers[i][self.inputs[i].at] = merged
                        self.inputs[i].at += 1
                        if _load(&self.inputs[i]) < 0:
                            outcome = -1
                            break
                merged += 1
                if outcome < 0:
                    break
        free(numbers)
        if outcome < 0:
            raise ValueError("a table of strings is damaged")
        out, out_ends, out_groups = None, None, None
        del text[size:]
        del ends[merged:]
        del groups[merged:]
        self.text, self.ends, self.groups = bytes(text), ends, groups


cdef struct Source:
    # One segment's lists, and the posting of the present term it stands at.
    const Lists* lists
    const uint32_t* terms      # term -> merged term, ascending
    uint32_t term_count
    const uint32_t* docs       # doc -> merged doc, ascending but for NO_DOC
    uint32_t doc_count
    const uint32_t* first      # term -> range in the next
    const uint32_t* surfaces   # of each term's surfaces the merged number
    uint32_t term              # the next term
    List blocks                # of the term it stands in
    uint32_t block             # the next of them
    Block open
    int at                     # posting in the open block
    uint32_t doc               # its merged doc; NO_DOC: no posting is left
    uint32_t before[BLOCK + 1]
    uint32_t* positions        # of the open block, with room for place_room
    uint32_t* numbers
    uint64_t place_room


cdef struct Window:
    # Merged lists of some terms, growing.
    uint32_t* docs
    uint32_t* freqs            # fields a posting, one posting behind the other
    uint64_t* position_starts
    uint32_t* positions
    uint32_t* surfaces
    uint64_t postings
    uint64_t posting_room
    uint64_t places
    uint64_t place_room
    uint64_t* ends             # of each term's postings
    uint64_t terms
    uint64_t term_room


cdef class PostingMerge:
    """Posting lists of several segments, merged: ``next`` hands out those of some terms at a time, as ``Encoder.add`` takes them.

    readers     a PostingReader each
    terms       uint32[t] each: what number its terms have in the merged lexicon, ascending
    docs        uint32[d] each: what number its docs have there, ascending, 0xFFFFFFFF for those that are left out
    surfaces    (uint32[t + 1], uint32) each: the range of each of its terms in its surfaces, as its postings number them, and what
                number these have within the merged term
    """

    cdef Source* sources
    cdef Window window
    cdef Py_ssize_t count
    cdef int fields
    cdef uint32_t term
    cdef uint32_t term_count
    cdef list alive

    def __cinit__(self, list readers, list terms, list docs, list surfaces, uint32_t term_count):
        cdef Py_ssize_t i
        if not readers:
            raise ValueError("there is nothing to merge")
        self.count, self.term_count = len(readers), term_count
        self.alive = []
        self.sources = <Source*>calloc(self.count, sizeof(Source))
        if self.sources == NULL:
            raise MemoryError()
        for i in range(self.count):
            self.alive.append(readers[i])
            self.sources[i].lists = <const Lists*>PyCapsule_GetPointer(readers[i].capsule, "idlibsearch.lists")
            self._bind(&self.sources[i], terms[i], docs[i], surfaces[i][0], surfaces[i][1])
        self.fields = self.sources[0].lists.field_count

    def __dealloc__(self):
        cdef Py_ssize_t i
        if self.sources != NULL:
            for i in range(self.count):
                free(self.sources[i].positions)
                free(self.sources[i].numbers)
            free(self.sources)
        free(self.window.ends)
        free(self.window.docs)
        free(self.window.freqs)
        free(self.window.position_starts)
        free(self.window.positions)
        free(self.window.surfaces)

    cdef _bind(
        self, Source* source, const uint32_t[::1] terms, const uint32_t[::1] docs, const uint32_t[::1] first,
        const uint32_t[::1] surfaces,
    ):
        cdef const Lists* lists = source.lists
        cdef Py_ssize_t term
        self.alive.append((terms, docs, first, surfaces))
        if terms.shape[0] != lists.term_count or docs.shape[0] != lists.doc_count or first.shape[0] != terms.shape[0] + 1:
            raise ValueError("one number for each term, doc and surface of a segment is needed")
        if lists.field_count != self.sources[0].lists.field_count:
            raise ValueError("the segments have other fields")
        for term in range(terms.shape[0]):
            if first[term] > first[term + 1] or first[term + 1] > <uint64_t>surfaces.shape[0]:
                raise ValueError("the surfaces of a term are not there")
        source.terms = &terms[0] if terms.shape[0] else NULL
        source.docs = &docs[0] if docs.shape[0] else NULL
        source.first = &first[0]
        source.surfaces = &surfaces[0] if surfaces.shape[0] else NULL
        source.term_count, source.doc_count = lists.term_count, lists.doc_count

    def next(self, uint64_t size):
        """The lists of the next terms, of about ``size`` bytes; None when there are no more.

        Returns posting_starts, docs, freqs, position_starts, positions, surfaces as
        ``Encoder.add`` takes them. Terms without a posting, because all their docs are left out, keep an empty list.
        Raises the reader's CorruptIndexError where a list is damaged.
        """
        if self.term == self.term_count:
            return None
        cdef int outcome
        with nogil:  # from beginning to end: whoever packs the lists before may do so meanwhile
            outcome = self._fill(size)
        if outcome == -2:
            raise MemoryError()
        if outcome < 0:
            raise self.alive[0].damaged()
        return self._handed_out()

    cdef int _fill(self, uint64_t size) noexcept nogil:
        cdef Window* w = &self.window
        cdef int outcome
        cdef Py_ssize_t i
        w.postings, w.places, w.terms = 0, 0, 0
        while self.term < self.term_count and w.postings * (12 + 4 * self.fields) + 8 * w.places < size:
            if w.terms == w.term_room and _grow_terms(w) < 0:
                return -2
            for i in range(self.count):
                outcome = _open_term(&self.sources[i], self.term)
                if outcome < 0:
                    return outcome
            outcome = _merge_term(self.sources, self.count, self.fields, w)
            if outcome < 0:
                return outcome
            self.term += 1
            w.ends[w.terms] = w.postings
            w.terms += 1
        return 0

    cdef tuple _handed_out(self):
        """Copies of the window: whoever packs them may do so while the next is filled."""
        cdef Window* w = &self.window
        cdef uint64_t p = w.postings, i
        cdef int f
        starts = array("Q", bytes(8 * (w.terms + 1)))
        docs, freqs = array("I", bytes(4 * p)), array("I", bytes(4 * self.fields * p))
        position_starts = array("Q", bytes(8 * (p + 1)))
        positions, surfaces = array("I", bytes(4 * w.places)), array("I", bytes(4 * w.places))
        cdef uint32_t[::1] docs_out = docs, freqs_out = freqs, positions_out = positions, surfaces_out = surfaces
        cdef uint64_t[::1] starts_out = position_starts, ends_out = starts
        with nogil:
            memcpy(&ends_out[1], w.ends, 8 * w.terms)
            if p:
                memcpy(&docs_out[0], w.docs, 4 * p)
                memcpy(&starts_out[0], w.position_starts, 8 * p)
                for f in range(self.fields):
                    for i in range(p):
                        freqs_out[f * p + i] = w.freqs[i * self.fields + f]
            starts_out[p] = w.places
            if w.places:
                memcpy(&positions_out[0], w.positions, 4 * w.places)
                memcpy(&surfaces_out[0], w.surfaces, 4 * w.places)
        return starts, docs, freqs, position_starts, positions, surfaces


cdef int _open_term(Source* source, uint32_t term) noexcept nogil:
    """Stand at a segment's first posting of a merged term, if it has one."""
    cdef const Lists* lists = source.lists
    source.doc = NO_DOC
    source.block = 0
    source.open.count = 0
    if source.term == source.term_count or source.terms[source.term] > term:
        return 0
    if source.terms[source.term] < term:  # its numbers do not ascend
        return -1
    if open_list(lists, source.term, &source.blocks) < 0:
        return -1
    source.term += 1
    source.at = -1
    return _advance(source)


cdef int _advance(Source* source) noexcept nogil:
    """To the next posting whose doc is kept."""
    cdef uint32_t doc
    while True:
        source.at += 1
        if source.at >= source.open.count:
            if source.block == source.blocks.count:
                source.doc = NO_DOC
                return 0
            if _open_next(source) < 0:
                return -1
        doc = doc_at(&source.open, source.at)
        if doc >= source.doc_count:
            return -1
        source.doc = source.docs[doc]
        if source.doc != NO_DOC:
            return 0


cdef int _open_next(Source* source) noexcept nogil:
    cdef uint64_t places
    if open_block(source.lists, &source.blocks, source.block, &source.open) < 0:
        return -1
    if places_before(source.lists, &source.open, source.before) < 0:
        return -1
    places = source.before[source.open.count]
    if places > source.place_room:
        free(source.positions)
        free(source.numbers)
        source.place_room = 2 * places
        source.positions = <uint32_t*>malloc(source.place_room * sizeof(uint32_t))
        source.numbers = <uint32_t*>malloc(source.place_room * sizeof(uint32_t))
        if source.positions == NULL or source.numbers == NULL:
            source.place_room = 0
            return -2
    if unpack_places(source.lists, &source.blocks, source.block, &source.open, <uint32_t>places, source.positions, source.numbers) < 0:
        return -1
    source.block += 1
    source.at = 0
    return 0


cdef int _merge_term(Source* sources, Py_ssize_t count, int fields, Window* window) noexcept nogil:
    """Append the postings of all segments for the term they stand at, by doc."""
    cdef Py_ssize_t i
    cdef Source* least
    cdef uint32_t bound, last = 0
    cdef bint first = True
    cdef int outcome
    while True:
        least, bound = NULL, NO_DOC  # the segment with the lowest doc, and the lowest doc of the others
        for i in range(count):
            if sources[i].doc != NO_DOC:
                if least == NULL or sources[i].doc < least.doc:
                    if least != NULL:
                        bound = least.doc
                    least = &sources[i]
                elif sources[i].doc < bound:
                    bound = sources[i].doc
        if least == NULL:
            return 0
        while least.doc < bound:
            if not first and least.doc <= last:
                return -1
            first, last = False, least.doc
            outcome = _append(least, fields, window)
            if outcome == 0:
                outcome = _advance(least)
            if outcome < 0:
                return outcome
        if least.doc == bound and bound != NO_DOC:  # two segments with one doc
            return -1


cdef int _append(Source* source, int fields, Window* w) noexcept nogil:
    """Append the posting a segment stands at."""
    cdef uint32_t start = source.before[source.at], end = source.before[source.at + 1], i, number
    cdef uint64_t surface = source.first[source.term - 1], beyond = source.first[source.term]
    cdef int f
    if (w.postings == w.posting_room or w.places + (end - start) > w.place_room) and _grow(w, fields, end - start) < 0:
        return -2
    w.docs[w.postings] = source.doc
    w.position_starts[w.postings] = w.places
    for f in range(fields):
        w.freqs[w.postings * fields + f] = freq_at(&source.open, f, source.at)
    w.postings += 1
    for i in range(start, end):
        number = source.numbers[i]
        if surface + number >= beyond:
            return -1
        w.positions[w.places] = source.positions[i]
        w.surfaces[w.places] = source.surfaces[surface + number]
        w.places += 1
    return 0


cdef int _grow_terms(Window* w) noexcept nogil:
    cdef void* grown
    w.term_room = 2 * w.term_room + 1024
    grown = realloc(w.ends, w.term_room * 8)
    if grown == NULL:
        return -1
    w.ends = <uint64_t*>grown
    return 0


cdef int _grow(Window* w, int fields, uint64_t places) noexcept nogil:
    cdef void* grown
    if w.postings == w.posting_room:
        w.posting_room = 2 * w.posting_room + 1024
        grown = realloc(w.docs, w.posting_room * 4)
        if grown == NULL:
            return -1
        w.docs = <uint32_t*>grown
        grown = realloc(w.freqs, w.posting_room * 4 * fields)
        if grown == NULL:
            return -1
        w.freqs = <uint32_t*>grown
        grown = realloc(w.position_starts, w.posting_room * 8)
        if grown == NULL:
            return -1
        w.position_starts = <uint64_t*>grown
    if w.places + places > w.place_room:
        w.place_room = 2 * (w.places + places) + 1024
        grown = realloc(w.positions, w.place_room * 4)
        if grown == NULL:
            return -1
        w.positions = <uint32_t*>grown
        grown = realloc(w.surfaces, w.place_room * 4)
        if grown == NULL:
            return -1
        w.surfaces = <uint32_t*>grown
    return 0

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Turns the stream of token numbers of a segment's reports into posting lists, by a counting sort over terms.

Two passes over the same stream: ``count`` learns how long every list is, ``invert`` fills those of a range of terms, so that
the lists of a large segment need not all stand in memory at once. Between the two the caller turns lengths into starts.
``measure`` turns tokens into positions. Its slow twin is in ``tests/naive.py``.

Tokens come packed into uint16: a surface's number, or where that is 65535 or more, 65535 and then its lower and its upper half.
What is common was met early and so has a low number: news takes little more than two bytes a token.

Every number is checked against the arrays it indexes before it is used; a wrong one raises IndexError.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

cdef enum:
    FINE = 0
    WRONG = 1
    HERE = 0x8000
    WIDTH = 0x7FFF
    ESCAPE = 0xFFFF
    CHUNK = 256  # tokens that are looked through at once for those of the range


cdef inline uint32_t next_token(const uint16_t** at) noexcept nogil:
    """The number at ``at``, which moves behind it; that all of it is there is known."""
    cdef uint32_t number = at[0][0]
    at[0] += 1
    if number == ESCAPE:
        number = at[0][0] | <uint32_t>at[0][1] << 16
        at[0] += 2
    return number


cdef inline int64_t checked_token(const uint16_t* data, Py_ssize_t size, Py_ssize_t* at) noexcept nogil:
    """As above, of numbers that may be any, one of which is left; -1 where they end too early."""
    cdef int64_t number = data[at[0]]
    at[0] += 1
    if number == ESCAPE:
        if size - at[0] < 2:
            return -1
        number = data[at[0]] | <int64_t>data[at[0] + 1] << 16
        at[0] += 2
    return number


def packed(const uint32_t[::1] tokens not None):
    """Tokens as the stream takes them (bytes)."""
    cdef Py_ssize_t i, size = tokens.shape[0]
    cdef bytes found
    cdef uint16_t* out
    for i in range(tokens.shape[0]):
        size += 2 * (tokens[i] >= ESCAPE)
    found = PyBytes_FromStringAndSize(NULL, size * sizeof(uint16_t))
    out = <uint16_t*><char*>found
    with nogil:
        for i in range(tokens.shape[0]):
            if tokens[i] < ESCAPE:
                out[0] = <uint16_t>tokens[i]
                out += 1
            else:
                out[0], out[1], out[2] = ESCAPE, <uint16_t>(tokens[i] & 0xFFFF), <uint16_t>(tokens[i] >> 16)
                out += 3
    return found


def mark_met(const uint16_t[::1] tokens not None, uint8_t[::1] met not None):
    """Set a 1 for every surface that a stream has. Raises IndexError where there is no room for one."""
    cdef Py_ssize_t at = 0, size = tokens.shape[0]
    cdef int64_t token
    while at < size:
        token = checked_token(&tokens[0], size, &at)
        if not 0 <= token < met.shape[0]:
            raise IndexError(f"no surface {token}")
        met[token] = 1


cdef struct Stream:
    # What both passes read: the tokens, doc by doc and in each doc field by field, and what each surface stands for.
    const uint16_t* tokens
    const uint32_t* counts        # tokens of each (doc, field)
    Py_ssize_t doc_count
    Py_ssize_t field_count
    const uint8_t* positional     # per field: are positions kept?
    const uint32_t* entry_starts  # per surface: its range in the next two
    const uint32_t* entry_terms
    const uint16_t* entry_places  # offset << 8 | width
    const uint8_t* widths         # per surface: how many positions it takes
    Py_ssize_t surface_count
    Py_ssize_t entry_count
    Py_ssize_t term_count


cdef class TokenStream:
    """The tokens of a segment and what their surfaces stand for; both passes run over it.

    tokens        uint16[]       ``packed`` surface numbers, doc by doc, field by field
    counts        uint32[d * f]  tokens of each doc and field
    positional    uint8[f]       1 where positions are kept
    entry_starts  uint32[s + 1]  surface -> range of its (term, place) entries; a term's own ascend by offset
    entry_terms   uint32[e]      term numbers, below ``term_count``
    entry_places  uint16[e]      offset << 8 | width, in positions
    widths        uint8[s]       positions each surface takes

    Raises IndexError where a number points outside its array, ValueError where the counts do not add up.
    """

    cdef Stream s
    cdef object _alive

    def __init__(
        self,
        const uint16_t[::1] tokens not None,
        const uint32_t[::1] counts not None,
        const uint8_t[::1] positional not None,
        const uint32_t[::1] entry_starts not None,
        const uint32_t[::1] entry_terms not None,
        const uint16_t[::1] entry_places not None,
        const uint8_t[::1] widths not None,
        Py_ssize_t term_count,
    ):
        cdef Py_ssize_t i, at = 0, total = 0, found = 0
        cdef int64_t token
        self._alive = (tokens, counts, positional, entry_starts, entry_terms, entry_places, widths)
        self.s.field_count = positional.shape[0]
        self.s.surface_count = widths.shape[0]
        self.s.entry_count = entry_terms.shape[0]
        self.s.term_count = term_count
        if self.s.field_count == 0 or counts.shape[0] % self.s.field_count:
            raise ValueError("the counts are not a whole number of documents")
        self.s.doc_count = counts.shape[0] // self.s.field_count
        for i in range(counts.shape[0]):
            total += counts[i]
        while at < tokens.shape[0]:
            token = checked_token(&tokens[0], tokens.shape[0], &at)
            if not 0 <= token < self.s.surface_count:
                raise IndexError(f"token {found}: no surface {token}")
            found += 1
        if total != found:
            raise ValueError(f"the counts add up to {total} tokens, there are {found}")
        self._check_entries(entry_starts, entry_terms, entry_places)
        self.s.tokens = &tokens[0] if tokens.shape[0] else NULL
        self.s.counts = &counts[0] if counts.shape[0] else NULL
        self.s.positional = &positional[0]
        self.s.entry_starts = &entry_starts[0]
        self.s.entry_terms = &entry_terms[0] if entry_terms.shape[0] else NULL
        self.s.entry_places = &entry_places[0] if entry_places.shape[0] else NULL
        self.s.widths = &widths[0] if widths.shape[0] else NULL

    cdef _check_entries(self, const uint32_t[::1] starts, const uint32_t[::1] terms, const uint16_t[::1] places):
        cdef Py_ssize_t i
        if starts.shape[0] != self.s.surface_count + 1 or places.shape[0] != self.s.entry_count:
            raise IndexError("the entries do not fit the surfaces")
        if starts[0] != 0 or starts[self.s.surface_count] != <uint64_t>self.s.entry_count:
            raise IndexError("the entry ranges do not cover the entries")
        for i in range(self.s.surface_count):
            if starts[i] > starts[i + 1]:
                raise IndexError(f"surface {i}: its entries end before they start")
        for i in range(self.s.entry_count):
            if terms[i] >= <uint64_t>self.s.term_count:
                raise IndexError(f"entry {i}: no term {terms[i]}")

    def count(
        self,
        uint64_t[::1] postings not None,
        uint64_t[::1] occurrences not None,
        uint32_t[::1] surface_docs not None,
        uint32_t[::1] surface_occurrences not None,
    ):
        """First pass: postings and kept positions of each term; docs and occurrences (in kept positions) of each surface.

        All four arrays (uint64[term_count] twice, uint32[surface_count] twice) are overwritten.
        """
        if postings.shape[0] != self.s.term_count or occurrences.shape[0] != self.s.term_count:
            raise IndexError("one number for each term is needed")
        if surface_docs.shape[0] != self.s.surface_count or surface_occurrences.shape[0] != self.s.surface_count:
            raise IndexError("one number for each surface is needed")
        cdef Py_ssize_t size = max(self.s.term_count, 1), surfaces = max(self.s.surface_count, 1)
        cdef uint32_t* seen = <uint32_t*>malloc((size + surfaces) * sizeof(uint32_t))
        if seen == NULL:
            raise MemoryError()
        memset(seen, 0xFF, (size + surfaces) * sizeof(uint32_t))
        postings[:] = 0
        occurrences[:] = 0
        surface_docs[:] = 0
        surface_occurrences[:] = 0
        with nogil:
            _count(&self.s, seen, seen + size, postings, occurrences, surface_docs, surface_occurrences)
        free(seen)

    def measure(self, uint32_t[::1] lengths not None):
        """Field lengths in positions, uint32[d * f], overwritten."""
        if lengths.shape[0] != self.s.doc_count * self.s.field_count:
            raise IndexError("one length for each doc and field is needed")
        cdef Py_ssize_t row
        cdef const uint16_t* at = self.s.tokens
        cdef uint32_t n, length
        with nogil:
            for row in range(lengths.shape[0]):
                length = 0
                for n in range(self.s.counts[row]):
                    length += self.s.widths[next_token(&at)]
                lengths[row] = length

    def place(self, Py_ssize_t field, const uint64_t[::1] ends not None, uint32_t[::1] breaks not None):
        """Turn breaks of a field from tokens before them into positions before them, in place.

        ends    uint64[d]   where each doc's breaks end; breaks ascend within a doc and lie inside the field
        """
        if not 0 <= field < self.s.field_count or ends.shape[0] != self.s.doc_count:
            raise IndexError("there is no such field, or not one end for each doc")
        cdef Py_ssize_t doc, f
        cdef const uint16_t* at = self.s.tokens
        cdef uint64_t i = 0
        cdef uint32_t n, position
        for doc in range(self.s.doc_count):
            for f in range(self.s.field_count):
                if f != field:
                    for n in range(self.s.counts[doc * self.s.field_count + f]):
                        next_token(&at)
                    continue
                position = 0
                for n in range(self.s.counts[doc * self.s.field_count + f]):
                    while i < ends[doc] and i < <uint64_t>breaks.shape[0] and breaks[i] == n:
                        breaks[i] = position
                        i += 1
                    position += self.s.widths[next_token(&at)]
            if i != ends[doc]:
                raise IndexError(f"doc {doc}: its breaks do not ascend or lie outside the field")

    def locate(self, const uint64_t[::1] rows not None, uint32_t[::1] firsts not None, uint32_t[::1] stops not None):
        """Turn stretches of tokens into stretches of positions, in place.

        rows            uint64[m], doc * fields + field of each stretch, ascending
        firsts, stops   uint32[m], the tokens of the field before the stretch and before its end
        """
        if firsts.shape[0] != rows.shape[0] or stops.shape[0] != rows.shape[0]:
            raise IndexError("each stretch has a row, a first token and an end")
        cdef Py_ssize_t row, i = 0
        cdef const uint16_t* at = self.s.tokens
        cdef uint32_t n, longest = 0
        for row in range(self.s.doc_count * self.s.field_count):
            longest = max(longest, self.s.counts[row])
        cdef uint32_t* positions = <uint32_t*>malloc((<size_t>longest + 1) * sizeof(uint32_t))
        if positions == NULL:
            raise MemoryError()
        positions[0] = 0
        with nogil:
            for row in range(self.s.doc_count * self.s.field_count):
                for n in range(self.s.counts[row]):
                    positions[n + 1] = positions[n] + self.s.widths[next_token(&at)]
                while i < rows.shape[0] and rows[i] == <uint64_t>row:
                    if firsts[i] > self.s.counts[row] or stops[i] > self.s.counts[row]:
                        break
                    firsts[i], stops[i] = positions[firsts[i]], positions[stops[i]]
                    i += 1
        free(positions)
        if i < rows.shape[0]:
            raise IndexError(f"stretch {i}: its row does not ascend, or it lies outside the field")

    def invert(
        self,
        uint32_t first,
        const uint64_t[::1] posting_starts not None,
        const uint64_t[::1] occurrence_starts not None,
        const uint32_t[::1] entry_surfaces not None,
        uint32_t[::1] docs not None,
        uint32_t[::1] freqs not None,
        uint64_t[::1] position_starts not None,
        uint32_t[::1] positions not None,
        uint32_t[::1] surfaces not None,
    ):
        """Second pass: fill the lists of the t terms from ``first`` on.

        posting_starts, occurrence_starts  uint64[t + 1], running sums of what ``count`` found, from 0
        entry_surfaces   uint32[e], what to note of the surface for an occurrence by this entry
        docs             uint32[p]       out: ascending within a term
        freqs            uint32[f * p]   out: one column of p after the other, in field order
        position_starts  uint64[p + 1]   out: each posting's range in the next two
        positions        uint32[o]       out: within a posting field after field, ascending within a field
        surfaces         uint32[o]       out: that note for each occurrence
        """
        cdef Py_ssize_t p = docs.shape[0], terms = posting_starts.shape[0] - 1, i
        if terms < 0 or occurrence_starts.shape[0] != terms + 1 or first + terms > self.s.term_count:
            raise IndexError("one start for each term, and an end, are needed")
        if entry_surfaces.shape[0] != self.s.entry_count:
            raise IndexError("one note for each entry is needed")
        if freqs.shape[0] != p * self.s.field_count or position_starts.shape[0] != p + 1:
            raise IndexError("the outputs differ in length")
        if surfaces.shape[0] != positions.shape[0]:
            raise IndexError("each position needs a surface")
        cdef Py_ssize_t size = max(terms, 1)
        cdef uint64_t* cursors = <uint64_t*>malloc(2 * size * sizeof(uint64_t))
        cdef uint32_t* seen = <uint32_t*>malloc(size * sizeof(uint32_t))
        cdef uint16_t* marks = <uint16_t*>malloc(max(self.s.surface_count, 1) * sizeof(uint16_t))
        cdef int outcome = WRONG
        if cursors == NULL or seen == NULL or marks == NULL:
            free(cursors)
            free(seen)
            free(marks)
            raise MemoryError()
        for i in range(terms):
            cursors[i] = posting_starts[i]
            cursors[size + i] = occurrence_starts[i]
        memset(seen, 0xFF, size * sizeof(uint32_t))
        freqs[:] = 0
        with nogil:
            _mark(&self.s, first, <uint32_t>terms, marks)
            outcome = _invert(
                &self.s, first, <uint32_t>terms, marks, cursors, cursors + size, seen, entry_surfaces, docs, freqs, position_starts,
                positions, surfaces,
            )
            position_starts[p] = positions.shape[0]
        free(cursors)
        free(seen)
        free(marks)
        if outcome == WRONG:
            raise IndexError("the starts do not fit the tokens")


cdef int _count(
    const Stream* s,
    uint32_t* term_seen,
    uint32_t* surface_seen,
    uint64_t[::1] postings,
    uint64_t[::1] occurrences,
    uint32_t[::1] surface_docs,
    uint32_t[::1] surface_occurrences,
) except -1 nogil:
    cdef Py_ssize_t doc, field
    cdef const uint16_t* at = s.tokens
    cdef uint32_t token, term, e, n
    for doc in range(s.doc_count):
        for field in range(s.field_count):
            for n in range(s.counts[doc * s.field_count + field]):
                token = next_token(&at)
                if s.positional[field]:
                    surface_occurrences[token] += 1
                    if surface_seen[token] != <uint32_t>doc:
                        surface_seen[token] = <uint32_t>doc
                        surface_docs[token] += 1
                for e in range(s.entry_starts[token], s.entry_starts[token + 1]):
                    term = s.entry_terms[e]
                    if term_seen[term] != <uint32_t>doc:
                        term_seen[term] = <uint32_t>doc
                        postings[term] += 1
                    occurrences[term] += s.positional[field]
    return FINE


cdef void _mark(const Stream* s, uint32_t first, uint32_t terms, uint16_t* marks) noexcept nogil:
    """Of each surface its width, and HERE where one of its terms is in the range: most tokens of a pass are done with that."""
    cdef Py_ssize_t surface
    cdef uint32_t e
    for surface in range(s.surface_count):
        marks[surface] = s.widths[surface]
        for e in range(s.entry_starts[surface], s.entry_starts[surface + 1]):
            if s.entry_terms[e] - first < terms:
                marks[surface] |= HERE


cdef int _invert(
    const Stream* s,
    uint32_t first,
    uint32_t terms,
    const uint16_t* marks,
    uint64_t* posting_cursors,
    uint64_t* occurrence_cursors,
    uint32_t* seen,
    const uint32_t[::1] entry_surfaces,
    uint32_t[::1] docs,
    uint32_t[::1] freqs,
    uint64_t[::1] position_starts,
    uint32_t[::1] positions,
    uint32_t[::1] surfaces,
) except -1 nogil:
    cdef Py_ssize_t doc, field
    cdef const uint16_t* at = s.tokens
    cdef uint64_t posting, occurrence
    cdef uint64_t p = docs.shape[0], o = positions.shape[0]
    cdef uint32_t token, term, e, i, left, here, position
    cdef uint32_t[CHUNK] found, places
    for doc in range(s.doc_count):
        for field in range(s.field_count):
            position = 0
            left = s.counts[doc * s.field_count + field]
            while left:
                here = _pick(&at, min(left, CHUNK), marks, &position, found, places)
                left -= min(left, CHUNK)
                for i in range(here):
                    token = found[i]
                    for e in range(s.entry_starts[token], s.entry_starts[token + 1]):
                        term = s.entry_terms[e] - first  # one before the range becomes a large number
                        if term >= terms:
                            continue
                        occurrence = occurrence_cursors[term]
                        if seen[term] != <uint32_t>doc:
                            seen[term] = <uint32_t>doc
                            posting = posting_cursors[term]
                            if posting >= p:
                                return WRONG
                            posting_cursors[term] += 1
                            docs[posting] = <uint32_t>doc
                            position_starts[posting] = occurrence
                        posting = posting_cursors[term] - 1
                        freqs[field * <Py_ssize_t>p + <Py_ssize_t>posting] += 1
                        if s.positional[field]:
                            if occurrence >= o:
                                return WRONG
                            positions[occurrence] = places[i] + (s.entry_places[e] >> 8)
                            surfaces[occurrence] = entry_surfaces[e]
                            occurrence_cursors[term] += 1
    return FINE


cdef inline uint32_t _pick(
    const uint16_t** at, uint32_t count, const uint16_t* marks, uint32_t* position, uint32_t* found, uint32_t* places
) noexcept nogil:
    """Of the next tokens those that are marked, with their positions; how many."""
    cdef uint32_t i, token, here = 0, place = position[0]
    for i in range(count):  # no branches but that of a rare token: which ones are marked cannot be foretold
        token = next_token(at)
        found[here], places[here] = token, place
        here += marks[token] >> 15
        place += marks[token] & WIDTH
    position[0] = place
    return here

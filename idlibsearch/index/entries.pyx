# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""What folded words stand for and how they are written, and how the occurrences of a term may be written.

This docstring is the specification. Blocks are of 16 folded words, or 16 terms; a ``.blocks`` section (uint32) says where each
starts, and where the last one ends. Numbers are written as in ``words``; a difference d as 2d, or -2d - 1 where it is negative.

    entries.data      of each block the first term of its first word, and the number of its first surface; of each word a byte:
                      the spellings it has in capitals (1), with a capital in front (2), as it is folded (4); whether it has
                      others (8); is it a compound (16); and in the bits above, how far its term is behind that of the word
                      before, 7: that follows as a difference. Then the number of the others. Then, of a compound, its positions,
                      the terms of all but the first, how many extra terms it has, and of each its term, offset and width; these
                      terms as differences from the first
    surfaces.data     of each surface, in the order of folded words and of the bits above, others last and sorted: the reports
                      that have it, doubled, and 1 more where one has it more than once; how many more occurrences that makes;
                      and, of one of the others, its size and its text
    term.surfaces     of each term how many surfaces it has, doubled, and 1 more where their places follow; the lowest of them,
                      as a difference from that of the term before in the block; where there are several, the bits each takes.
                      Then the surfaces, commonest first, as so many bits above the lowest, packed as in ``postings``. Then the
                      places, a byte each: where the term is that of the token's first position, the positions the token takes,
                      less one, doubled, and 1 more; else the positions the term spans, less one, doubled. Where places are left
                      out, all are 1. Eight zero bytes stand at the end of the section

Only the letters a to z have capitals here. Counts are of fields that keep positions; a report counts once.

Example: *truce*, first in its block, stands for term 7; *Truce*, surface 9, occurs in two reports, *truce* thrice in a third. Its
entry is 07 09 06, its surfaces 04 03 02; if term 7 is the first of a block and has no others, 04 12 01 01 is what it may be.
"""

from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.entries cimport (
    CAPITAL, CAPITALS, SAME, Entry, EntryTable, Surfaces, SurfaceTable, capitals, entry_on, entry_to, open_surfaces,
    start_entries, surface_at, token_at, width_at,
)
from idlibsearch.index.words cimport WORDS, read_number, signed


cdef class Entries:
    """The folded words of a segment, by number. Query kernels take its ``capsule``.

    data, surface_data        uint8[]
    blocks, surface_blocks    uint32[ceil(count / 16) + 1]
    count, term_count, surface_count   of folded words, terms, surfaces
    path                      of the file, for errors

    Raises CorruptIndexError where the sections do not fit each other or turn out to be damaged.
    """

    cdef EntryTable table
    cdef const uint8_t[::1] _surface_data
    cdef const uint32_t[::1] _surface_blocks
    cdef object _alive
    cdef readonly object capsule
    cdef str _path

    def __init__(
        self, const uint8_t[::1] data not None, const uint32_t[::1] blocks not None, const uint8_t[::1] surface_data not None,
        const uint32_t[::1] surface_blocks not None, tuple counts not None, str path not None,
    ):
        self._alive, self._path = (data, blocks), path
        self._surface_data, self._surface_blocks = surface_data, surface_blocks
        self.table.count, self.table.term_count, self.table.surface_count = counts
        cdef Py_ssize_t size = (<Py_ssize_t>self.table.count + WORDS - 1) // WORDS + 1
        if blocks.shape[0] != size or surface_blocks.shape[0] != size:
            raise self.damaged()
        self.table.data, self.table.size = &data[0] if data.shape[0] else NULL, data.shape[0]
        self.table.blocks = &blocks[0]
        self.capsule = PyCapsule_New(&self.table, "idlibsearch.entries", NULL)

    def damaged(self):
        """The error that says so of this table."""
        return CorruptIndexError(self._path, "the entries of words do not fit together", "entries.data")

    cdef int _open(self, Entry* entry, Py_ssize_t number) except -1:
        if not 0 <= number < self.table.count:
            raise IndexError(f"no folded word {number}")
        start_entries(entry, &self.table)
        if entry_to(entry, number) < 0:
            raise self.damaged()
        return 0

    def terms(self, Py_ssize_t number):
        """How many positions a folded word takes, and its terms as (number, offset, width), primaries first."""
        cdef Entry entry
        self._open(&entry, number)
        return entry.positions, self._terms(&entry)

    def simple_term(self, Py_ssize_t number):
        """The term of a folded word that takes one position and stands for nothing else; -1 for others."""
        cdef Entry entry
        self._open(&entry, number)
        return -1 if entry.rest else entry.term

    def surfaces(self, Py_ssize_t number, str folded not None):
        """The number of the first surface of a folded word, and all of them as (text, reports, occurrences)."""
        cdef Entry entry, before
        cdef uint64_t at, end
        cdef uint64_t block = number // WORDS
        self._open(&entry, number)
        self._open(&before, <Py_ssize_t>block * WORDS)
        at, end = self._surface_blocks[block], self._surface_blocks[block + 1]
        while before.number != entry.number:
            self._surfaces(&before, None, &at, end)
            if entry_on(&before) < 0:
                raise self.damaged()
        return entry.surface, self._surfaces(&entry, folded, &at, end)

    def owner(self, uint32_t surface):
        """The number of the folded word that a surface is a spelling of. O(log words)."""
        cdef Entry entry
        cdef Py_ssize_t low = 0, middle, high = (<Py_ssize_t>self.table.count + WORDS - 1) // WORDS
        if surface >= self.table.surface_count:
            raise IndexError(f"no surface {surface}")
        while high - low > 1:
            middle = (low + high) // 2
            self._open(&entry, middle * WORDS)
            if entry.surface <= surface:
                low = middle
            else:
                high = middle
        self._open(&entry, low * WORDS)
        while surface >= entry.surface + entry.surfaces:
            if entry_on(&entry) < 0:
                raise self.damaged()
        return entry.number

    def all(self, words not None):
        """(folded word, positions, terms, surfaces) of all folded words in order, as above; ``words`` are these words."""
        cdef Entry entry
        cdef uint64_t at = 0, end = 0, number
        cdef object following = iter(words)
        start_entries(&entry, &self.table)
        for number in range(self.table.count):
            if number % WORDS == 0:
                at, end = self._surface_blocks[number // WORDS], self._surface_blocks[number // WORDS + 1]
            if entry_on(&entry) < 0:
                raise self.damaged()
            word = next(following)
            yield word, entry.positions, self._terms(&entry), self._surfaces(&entry, word, &at, end)

    cdef tuple _terms(self, Entry* entry):
        cdef uint32_t place, extras, step, offset = 0, width = 0
        cdef uint64_t at = entry.rest
        if not entry.rest:
            return ((entry.term, 0, 1),)
        found = [(entry.term, 0, 1)]
        for place in range(1, entry.positions):
            read_number(self.table.data, &at, entry.end, &step)  # has been read before: it is there
            found.append((self._term(entry.term + signed(step)), place, 1))
        read_number(self.table.data, &at, entry.end, &extras)
        for _ in range(extras):
            read_number(self.table.data, &at, entry.end, &step)
            read_number(self.table.data, &at, entry.end, &offset)
            read_number(self.table.data, &at, entry.end, &width)
            found.append((self._term(entry.term + signed(step)), offset, width))
        return tuple(found)

    cdef object _term(self, uint32_t term):
        if term >= self.table.term_count:
            raise self.damaged()
        return term

    cdef list _surfaces(self, Entry* entry, str folded, uint64_t* at, uint64_t end):
        """The surfaces from ``at`` on, which moves behind them; where ``folded`` is None they are passed over."""
        cdef uint32_t i, docs, more
        cdef list texts = _plain(folded, entry.forms) if folded is not None else [None] * _count(entry.forms)
        found = []
        if end > <uint64_t>self._surface_data.shape[0] or at[0] > end:
            raise self.damaged()
        for i in range(entry.surfaces):
            more = 0
            if read_number(&self._surface_data[0], at, end, &docs) < 0:
                raise self.damaged()
            if docs & 1 and read_number(&self._surface_data[0], at, end, &more) < 0:
                raise self.damaged()
            docs >>= 1
            if i >= <uint32_t>len(texts):
                texts.append(self._text(at, end))
            found.append((texts[i], docs, docs + more))
        return found

    cdef str _text(self, uint64_t* at, uint64_t end):
        cdef uint32_t size
        if read_number(&self._surface_data[0], at, end, &size) < 0 or size > end - at[0]:
            raise self.damaged()
        at[0] += size
        try:
            return (<const char*>&self._surface_data[0])[at[0] - size : at[0]].decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise self.damaged() from None


cdef int _count(int forms):
    return (forms & 1) + (forms >> 1 & 1) + (forms >> 2 & 1)


cdef str _in_capitals(str folded):
    cdef bytes word = folded.encode("utf-8", "surrogatepass")
    return capitals(word, len(word)).decode("utf-8", "surrogatepass")


cdef list _plain(str folded, int forms):
    found = []
    if forms & CAPITALS:
        found.append(folded.upper() if folded.isascii() else _in_capitals(folded))
    if forms & CAPITAL:
        found.append(folded[:1].upper() + folded[1:])  # none but a to z is written so
    if forms & SAME:
        found.append(folded)
    return found


cdef class TermSurfaces:
    """The surfaces of each term of a segment.

    data, blocks           uint8[], uint32[ceil(count / 16) + 1]
    count, surface_count   of terms, surfaces

    Raises CorruptIndexError as ``Entries`` does.
    """

    cdef SurfaceTable table
    cdef object _alive
    cdef str _path

    def __init__(
        self, const uint8_t[::1] data not None, const uint32_t[::1] blocks not None, uint32_t count, uint32_t surface_count,
        str path not None,
    ):
        self._alive, self._path = (data, blocks), path
        if blocks.shape[0] != (<Py_ssize_t>count + WORDS - 1) // WORDS + 1 or data.shape[0] < 8:
            raise self.damaged()
        self.table.data, self.table.size, self.table.blocks = &data[0], data.shape[0], &blocks[0]
        self.table.count, self.table.surface_count = count, surface_count

    def damaged(self):
        """The error that says so of this table."""
        return CorruptIndexError(self._path, "the surfaces of terms do not fit together", "term.surfaces")

    def of(self, Py_ssize_t term):
        """The surfaces of a term, as its postings number them: (surface, positions the term spans there, of its token, 0 where
        another term leads that)."""
        cdef Surfaces found
        cdef uint32_t i
        if not 0 <= term < self.table.count:
            raise IndexError(f"no term {term}")
        if open_surfaces(&self.table, term, &found) < 0:
            raise self.damaged()
        return [
            (surface_at(&self.table, &found, i), width_at(&found, i), token_at(&found, i)) for i in range(found.count)
        ]

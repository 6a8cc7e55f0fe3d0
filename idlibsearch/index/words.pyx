# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Sorted tables of words, front-coded: a word is what it has in common with the one before it, and its own rest.

This docstring is the specification. A table is two sections:

    NAME.text    bytes       the words in the order of their UTF-8 bytes, in blocks of 16. A byte ``shared << 4 | rest``: how many
                             bytes are those of the word before (0 in the first of a block), and how many follow; where one of
                             them is 15, a number to be added to it comes next (shared's first). Then those that follow
    NAME.blocks  uint32      where each block starts in the text, and where the last one ends

A number takes 7 bits a byte, the lowest first, with the high bit set on all bytes but its last. How many words there are, and how
long the longest is, stands in ``lexicon``.

Example: *rebel*, *rebel-held*, *rebels* in one block are 05 r e b e l, 55 - h e l d, 51 s: 6 + 6 + 2 bytes.
"""

from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcmp

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index.ahead cimport ask_for
from idlibsearch.index.words cimport STRIDE, WORDS, Table, Walk, walk_on, walk_to, words_before


def find_string(const uint8_t[::1] text not None, const uint32_t[::1] ends not None, const uint8_t[::1] wanted not None):
    """The number of a string (UTF-8) in a sorted table as ``strings`` writes it, -1 where it is not there. O(log n).

    Raises ValueError where the table is damaged.
    """
    cdef Py_ssize_t low = 0, high = ends.shape[0], middle
    cdef uint64_t start, end, size = wanted.shape[0]
    cdef int order
    while low < high:
        middle = (low + high) >> 1
        start = ends[middle - 1] if middle else 0
        end = ends[middle]
        if start > end or end > <uint64_t>text.shape[0]:
            raise ValueError("a table of strings is damaged")
        order = memcmp(&text[start], &wanted[0], min(end - start, size)) if size and end > start else 0
        if order == 0 and end - start == size:
            return middle
        if order < 0 or (order == 0 and end - start < size):
            low = middle + 1
        else:
            high = middle
    return -1


def strings_at(const uint8_t[::1] text not None, const uint32_t[::1] ends not None, numbers not None):
    """Some strings of a table as ``strings`` writes it, by number.

    Raises IndexError for numbers that are not there, ValueError (of which UnicodeDecodeError is one) where the table is damaged.
    """
    cdef uint32_t start
    cdef Py_ssize_t number
    for number in numbers:
        if not 0 <= number < ends.shape[0]:
            raise IndexError(f"no string {number}")
        ask_for(&ends[number])
    for number in numbers:
        start = ends[number - 1] if number else 0
        if start > ends[number] or ends[number] > <uint64_t>text.shape[0]:
            raise ValueError("a table of strings is damaged")
        if start < <uint64_t>text.shape[0]:
            ask_for(&text[start])
    found = []
    for number in numbers:
        start = ends[number - 1] if number else 0
        if start == ends[number]:
            found.append("")
        else:
            found.append((<const char*>&text[start])[: ends[number] - start].decode("utf-8", "surrogatepass"))
    return found


cdef class Words:
    """A front-coded table of one segment. Query kernels take its ``capsule`` and work on it without Python.

    text, blocks    uint8[], uint32[ceil(count / 16) + 1]
    path, name      of the file and the table, for errors

    Raises CorruptIndexError where the sections do not fit each other or turn out to be damaged.
    """

    cdef Table table
    cdef object _alive
    cdef readonly object capsule
    cdef str _path
    cdef str _name

    def __init__(
        self, const uint8_t[::1] text not None, const uint32_t[::1] blocks not None, uint32_t count, uint32_t longest,
        str path not None, str name not None,
    ):
        self._alive, self._path, self._name = (text, blocks), path, name
        if blocks.shape[0] != (<Py_ssize_t>count + WORDS - 1) // WORDS + 1 or longest > text.shape[0]:
            raise self.damaged()
        self.table.text, self.table.size = &text[0] if text.shape[0] else NULL, text.shape[0]
        self.table.blocks, self.table.count, self.table.longest = &blocks[0], count, longest
        self.capsule = PyCapsule_New(&self.table, "idlibsearch.words", NULL)

    def damaged(self):
        """The error that says so of this table."""
        return CorruptIndexError(self._path, "a table of words does not fit together", f"{self._name}.text")

    def __len__(self):
        return self.table.count

    def __getitem__(self, Py_ssize_t number):
        if not 0 <= number < self.table.count:
            raise IndexError(f"no word {number}")
        return self._run(number, number + 1)[0]

    def __iter__(self):
        """All words in order, a block at a time."""
        cdef Py_ssize_t low
        for low in range(0, self.table.count, WORDS):
            yield from self._run(low, min(low + WORDS, <Py_ssize_t>self.table.count))

    cdef list _run(self, Py_ssize_t low, Py_ssize_t high):
        cdef Walk walk
        cdef int outcome
        walk.table, walk.size = &self.table, 0
        walk.word = <uint8_t*>malloc(<uint64_t>self.table.longest + STRIDE)
        if walk.word == NULL:
            raise MemoryError()
        found = []
        try:
            outcome = walk_to(&walk, low)
            while outcome == 0:
                found.append((<char*>walk.word)[: walk.size].decode("utf-8", "surrogatepass"))
                if low + len(found) == high:
                    return found
                outcome = walk_on(&walk)
            raise self.damaged()
        except UnicodeDecodeError:
            raise self.damaged() from None
        finally:
            free(walk.word)

    cdef int64_t _before(self, str word, bint beginning, bint* found) except -1:
        cdef bytes wanted = word.encode("utf-8", "surrogatepass")
        cdef int64_t number = words_before(&self.table, <const uint8_t*><char*>wanted, <uint32_t>len(wanted), beginning, found)
        if number < 0:
            raise self.damaged()
        return number

    def find(self, str word not None):
        """The number of a word, -1 where it is not there. O(log n)."""
        cdef bint found = False
        cdef int64_t number = self._before(word, False, &found)
        return number if found else -1

    def starting(self, str prefix not None):
        """The numbers of the words that begin with ``prefix``, as a range. O(log n)."""
        cdef bint found = False
        return range(self._before(prefix, False, &found), self._before(prefix, True, &found))

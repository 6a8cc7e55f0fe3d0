# cython: language_level=3
"""Sets of docs in memory, for the kernels that make and read them; ``docsets`` says what they are.

Only inline functions: this module is compiled into each kernel and never imported.
"""

from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memset

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


cdef inline Py_ssize_t words_for(uint64_t doc_count) noexcept nogil:
    """How many words a set takes."""
    return <Py_ssize_t>((doc_count + 63) >> 6)


cdef inline object empty(Py_ssize_t size):
    """Room for a set of ``size`` words, with no doc in it; ``memoryview(room).cast("Q")`` is what a kernel returns."""
    room = PyByteArray_FromStringAndSize(NULL, 8 * size)
    memset(PyByteArray_AsString(room), 0, 8 * size)
    return room


cdef inline uint64_t* words_of(object room):
    return <uint64_t*>PyByteArray_AsString(room)


cdef inline void put(uint64_t* words, uint32_t doc) noexcept nogil:
    words[doc >> 6] |= <uint64_t>1 << (doc & 63)


cdef inline int ones(uint64_t word) noexcept nogil:
    """How many bits are set (Warren, "Hacker's Delight", 2nd edition, figure 5-2): the compiler makes it several at a time."""
    word = word - ((word >> 1) & <uint64_t>0x5555555555555555)
    word = (word & <uint64_t>0x3333333333333333) + ((word >> 2) & <uint64_t>0x3333333333333333)
    return <int>((((word + (word >> 4)) & <uint64_t>0x0F0F0F0F0F0F0F0F) * <uint64_t>0x0101010101010101) >> 56)


cdef inline int64_t count_of(const uint64_t* words, Py_ssize_t size) noexcept nogil:
    cdef int64_t found = 0
    cdef Py_ssize_t at
    for at in range(size):
        found += ones(words[at])
    return found

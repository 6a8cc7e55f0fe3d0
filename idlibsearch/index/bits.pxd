# cython: language_level=3
"""Numbers of a fixed width in bits, side by side, the first in the lowest bits: one of them, or many at once.

Only inline functions, compiled into each kernel. All read up to eight bytes behind the last number.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy


cdef extern from *:
    """
    #if defined(__GNUC__)
    static inline int bits_of(unsigned int number) { return number ? 32 - __builtin_clz(number) : 0; }
    #else
    static inline int bits_of(unsigned int number) { int bits = 0; while (number) { bits++; number >>= 1; } return bits; }
    #endif

    /* Eight numbers end with a byte, whatever their width: so, with the width a constant, where each starts is one too. */
    #define UNPACK_EIGHTS(WIDTH) \\
        case WIDTH: \\
            for (; i + 8 <= count; i += 8, data += (WIDTH)) \\
                for (n = 0; n < 8; n++) { \\
                    memcpy(&word, data + (n * (WIDTH) >> 3), 8); \\
                    out[i + n] = (uint32_t)(word >> (n * (WIDTH) & 7)) & (uint32_t)(((uint64_t)1 << (WIDTH)) - 1); \\
                } \\
            break;
    #define UNPACK_FOUR_WIDTHS(FIRST) \\
        UNPACK_EIGHTS(FIRST) UNPACK_EIGHTS(FIRST + 1) UNPACK_EIGHTS(FIRST + 2) UNPACK_EIGHTS(FIRST + 3)

    static inline void unpack_many(const uint8_t *data, int width, uint32_t count, uint32_t *out)
    {
        uint32_t i = 0, n;
        uint64_t word;
        switch (width) {
            UNPACK_FOUR_WIDTHS(1) UNPACK_FOUR_WIDTHS(5) UNPACK_FOUR_WIDTHS(9) UNPACK_FOUR_WIDTHS(13)
        }
        for (n = 0; i + n < count; n++) {
            memcpy(&word, data + ((uint64_t)n * width >> 3), 8);
            out[i + n] = (uint32_t)((word >> ((uint64_t)n * width & 7)) & (((uint64_t)1 << width) - 1));
        }
    }
    """
    int bits_of(uint32_t number) noexcept nogil  # how many it takes; none for 0
    void unpack_many(const uint8_t* data, int width, uint32_t count, uint32_t* out) noexcept nogil  # of at most 32 bits, from a byte on


cdef inline uint32_t unpack(const uint8_t* data, uint64_t bit, int width) noexcept nogil:
    """The number of ``width`` (at most 32) bits that starts at ``bit``."""
    cdef uint64_t word
    memcpy(&word, data + (bit >> 3), 8)
    return <uint32_t>((word >> (bit & 7)) & ((<uint64_t>1 << width) - 1))

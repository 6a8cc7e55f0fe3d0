# cython: language_level=3
"""How kernels keep to a time limit: they look at the clock now and then, and stop where it is past the end they were given."""

from libc.stdint cimport uint64_t

cdef extern from *:
    """
    #include <time.h>
    static unsigned long long now_ns(void) {
        struct timespec now;
        return timespec_get(&now, TIME_UTC) ? (unsigned long long)now.tv_sec * 1000000000ULL + (unsigned long long)now.tv_nsec : 0;
    }
    """
    uint64_t now_ns() noexcept nogil  # as Python's time.time_ns


cdef inline bint is_late(uint64_t end_ns) noexcept nogil:
    """Is it past ``end_ns``? Never, where that is 0."""
    return end_ns != 0 and now_ns() > end_ns

# cython: language_level=3
"""Asking for memory before it is needed: an index is larger than any cache, and what a kernel reads next it often knows."""

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define ask_for(address) __builtin_prefetch(address)
    #else
    #define ask_for(address) ((void)(address))
    #endif
    """
    void ask_for(const void* address) noexcept nogil

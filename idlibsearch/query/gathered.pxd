# cython: language_level=3
"""What ``gathered`` has for other kernels: which surfaces and terms were chosen."""

from libc.stdint cimport uint32_t, uint64_t

from idlibsearch.index.entries cimport EntryTable, Entry


cdef class Chosen:
    cdef uint64_t* surfaces        # as bits
    cdef uint32_t* _terms
    cdef uint64_t term_count
    cdef readonly Py_ssize_t size  # how many surfaces were chosen
    cdef const EntryTable* table
    cdef object _alive
    cdef void _mark(self, const Entry* entry, Py_ssize_t only) noexcept nogil

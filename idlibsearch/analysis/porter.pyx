# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The stemmer for Python; the algorithm and its source stand in ``porter.pxd``."""

from libc.stdint cimport uint8_t

from idlibsearch.analysis.porter cimport stemmed


def stem(str word not None):
    """The stem of a word of letters from a to z; None for a word with any other character."""
    cdef bytearray text
    cdef uint8_t letter
    if not word.isascii():
        return None
    text = bytearray(word.encode("ascii"))
    for letter in text:
        if not c"a" <= letter <= c"z":
            return None
    return text[: stemmed(<uint8_t*><char*>text, len(text))].decode("ascii")

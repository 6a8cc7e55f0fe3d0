# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Writes the tables of a lexicon; ``words`` and ``entries`` specify them. Only building and merging need it."""

from array import array

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

from idlibsearch.index.entries cimport COMPOUND, FAR, LEADS, OTHERS, STEP
from idlibsearch.index.words cimport LONG, WORDS, put_number, unsigned


def front_coded(list words not None):
    """The two sections of a table of words (UTF-8, sorted), and the size of the longest."""
    cdef bytearray text = bytearray()
    cdef bytes before = b"", word
    cdef Py_ssize_t number = 0, longest = 0, shared, most
    cdef const uint8_t* old
    cdef const uint8_t* new
    blocks = array("I")
    for word in words:
        shared = 0
        if number % WORDS == 0:
            blocks.append(len(text))
        else:
            old, new, most = <const uint8_t*><char*>before, <const uint8_t*><char*>word, min(len(before), len(word))
            while shared < most and old[shared] == new[shared]:
                shared += 1
        _put_word(text, shared, word)
        before, longest = word, max(longest, len(word))
        number += 1
    blocks.append(len(text))
    return text, blocks, longest


cdef int _put_word(bytearray text, Py_ssize_t shared, bytes word) except -1:
    cdef Py_ssize_t rest = len(word) - shared
    text.append(<int>(min(shared, LONG) << 4 | min(rest, LONG)))
    if shared >= LONG:
        put_number(text, <uint64_t>(shared - LONG))
    if rest >= LONG:
        put_number(text, <uint64_t>(rest - LONG))
    text += word[shared:]
    return 0


def write_entries(
    const uint8_t[::1] positions not None, const uint32_t[::1] starts not None, const uint32_t[::1] terms not None,
    const uint16_t[::1] places not None, const uint8_t[::1] forms not None, const uint32_t[::1] surface_starts not None,
):
    """``entries.data`` and its blocks.

    positions       uint8[n], of each folded word; starts uint32[n + 1], the range of its terms in the next two
    terms, places   uint32, uint16 (offset << 8 | width)
    forms           uint8, of each surface, by folded word; surface_starts uint32[n + 1], the range of each word's

    Raises IndexError where these do not fit each other.
    """
    cdef bytearray data = bytearray()
    cdef Py_ssize_t n = positions.shape[0], word
    cdef uint32_t term = 0, step, others
    cdef int byte
    if starts.shape[0] != n + 1 or surface_starts.shape[0] != n + 1 or places.shape[0] != terms.shape[0]:
        raise IndexError("one range for each word is needed")
    if starts[n] != <uint64_t>terms.shape[0] or surface_starts[n] != <uint64_t>forms.shape[0]:
        raise IndexError("the ranges do not cover what they divide")
    blocks = array("I")
    for word in range(n):
        if starts[word] + positions[word] > starts[word + 1] or starts[word + 1] > starts[n] or not positions[word]:
            raise IndexError("each position needs a term")
        if surface_starts[word] > surface_starts[word + 1] or surface_starts[word + 1] > surface_starts[n]:
            raise IndexError("the ranges of surfaces do not ascend")
        if word % WORDS == 0:
            blocks.append(len(data))
            term = terms[starts[word]]
            put_number(data, term)
            put_number(data, surface_starts[word])
        step = terms[starts[word]] - term
        term = terms[starts[word]]
        byte = min(step, FAR) << STEP | (COMPOUND if starts[word + 1] - starts[word] > 1 else 0)
        others = _others(forms, surface_starts[word], surface_starts[word + 1], &byte)
        data.append(byte)
        if step >= FAR:
            put_number(data, unsigned(step))
        if others:
            put_number(data, others)
        if byte & COMPOUND:
            _put_compound(data, positions[word], terms, places, starts[word], starts[word + 1])
    blocks.append(len(data))
    return data, blocks


cdef int _put_compound(
    bytearray data, uint32_t positions, const uint32_t[::1] terms, const uint16_t[::1] places, uint32_t first, uint32_t end
) except -1:
    cdef uint32_t e
    put_number(data, positions)
    for e in range(first + 1, first + positions):
        put_number(data, unsigned(terms[e] - terms[first]))
    put_number(data, end - first - positions)
    for e in range(first + positions, end):
        put_number(data, unsigned(terms[e] - terms[first]))
        put_number(data, places[e] >> 8)
        put_number(data, places[e] & 0xFF)
    return 0


cdef uint32_t _others(const uint8_t[::1] forms, uint32_t first, uint32_t end, int* byte) except? 0xFFFFFFFF:
    """Mark the spellings a word has; how many of them are others."""
    cdef uint32_t others = 0, s
    for s in range(first, end):
        if s > first and forms[s] <= min(forms[s - 1], 2):
            raise IndexError("the spellings of a word are not in order")
        byte[0] |= 1 << min(forms[s], 3)
        others += forms[s] >= 3
    return others


def write_surfaces(
    list surfaces not None, const uint8_t[::1] forms not None, const uint32_t[::1] starts not None,
    const uint32_t[::1] docs not None, const uint32_t[::1] counts not None,
):
    """``surfaces.data`` and its blocks: surfaces (UTF-8) by folded word, their forms, each word's range, reports, occurrences."""
    cdef bytearray data = bytearray()
    cdef Py_ssize_t word, s
    cdef bytes text
    if len(surfaces) != forms.shape[0] or docs.shape[0] != forms.shape[0] or counts.shape[0] != forms.shape[0]:
        raise IndexError("one form and two counts for each surface are needed")
    if starts.shape[0] < 1 or starts[starts.shape[0] - 1] != <uint64_t>forms.shape[0]:
        raise IndexError("the ranges do not cover the surfaces")
    blocks = array("I")
    for word in range(starts.shape[0] - 1):
        if word % WORDS == 0:
            blocks.append(len(data))
        for s in range(starts[word], min(starts[word + 1], <uint32_t>forms.shape[0])):
            put_number(data, <uint64_t>docs[s] << 1 | (counts[s] > docs[s]))
            if counts[s] > docs[s]:
                put_number(data, counts[s] - docs[s])
            if forms[s] >= 3:
                text = surfaces[s]
                put_number(data, len(text))
                data += text
    blocks.append(len(data))
    return data, blocks


def write_term_surfaces(
    const uint32_t[::1] starts not None, const uint32_t[::1] surfaces not None, const uint8_t[::1] places not None
):
    """``term.surfaces`` and its blocks: each term's range (uint32[n + 1]) in its surfaces, commonest first, and their places."""
    cdef bytearray data = bytearray()
    cdef Py_ssize_t term, i
    cdef uint32_t base, before = 0, most, low, high
    cdef bint plain
    cdef int bits
    if starts.shape[0] < 1 or starts[starts.shape[0] - 1] != <uint64_t>surfaces.shape[0] or places.shape[0] != surfaces.shape[0]:
        raise IndexError("the ranges do not cover the surfaces")
    blocks = array("I")
    for term in range(starts.shape[0] - 1):
        low, high = starts[term], min(starts[term + 1], <uint32_t>surfaces.shape[0])
        if term % WORDS == 0:
            blocks.append(len(data))
            before = 0
        base, most, plain = 0xFFFFFFFF if low < high else before, 0, True
        for i in range(low, high):
            base, most = min(base, surfaces[i]), max(most, surfaces[i])
            plain = plain and places[i] == LEADS
        put_number(data, <uint64_t>(high - low) << 1 | (not plain))
        put_number(data, unsigned(base - before))
        if high - low > 1:
            bits = int(most - base).bit_length()
            data.append(bits)
            _pack(data, surfaces, low, high, base, bits)
        if not plain:
            data += bytes(places[low:high])
        before = base
    blocks.append(len(data))
    return data + bytes(8), blocks


cdef int _pack(
    bytearray data, const uint32_t[::1] numbers, uint32_t low, uint32_t high, uint32_t base, int bits
) except -1:
    cdef uint64_t waiting = 0
    cdef int filled = 0
    cdef uint32_t i
    for i in range(low, high):
        waiting |= <uint64_t>(numbers[i] - base) << filled
        filled += bits
        while filled >= 8:
            data.append(<int>(waiting & 0xFF))
            waiting >>= 8
            filled -= 8
    if filled:
        data.append(<int>(waiting & 0xFF))
    return 0

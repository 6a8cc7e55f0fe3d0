# cython: language_level=3
"""What the kernels that read texts share: characters of UTF-8 with their classes, and a growing array of numbers.

Only inline functions: this module is compiled into each kernel and never imported. Any bytes are safe to read: a byte that is
not part of well-formed UTF-8 is one character of class 0, and so are surrogates, which `surrogatepass` lets through.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport realloc

cdef enum:
    CODE_POINTS = 0x323B0  # what a table of classes covers, one byte each; everything above is of class 0
    NO_POINT = 0x110000


cdef struct Text:
    const uint8_t* at
    Py_ssize_t size
    const uint8_t* classes


# --- characters --------------------------------------------------------------------------------------------------------


cdef inline bint goes_on(const uint8_t* at) noexcept nogil:
    return (at[0] & 0xC0) == 0x80


cdef inline uint32_t wide_point(Text* text, Py_ssize_t i, Py_ssize_t* width) noexcept nogil:
    """Code point and width in bytes of the character at byte i, which is 0x80 or more (table 3-7 of the Unicode standard)."""
    cdef const uint8_t* at = text.at + i
    cdef Py_ssize_t left = text.size - i
    cdef uint32_t point = 0
    width[0] = 1
    if 0xC2 <= at[0] < 0xE0:
        if left < 2 or not goes_on(at + 1):
            return NO_POINT
        point = ((at[0] & 0x1F) << 6) | (at[1] & 0x3F)
        width[0] = 2
    elif 0xE0 <= at[0] < 0xF0:
        if left < 3 or not goes_on(at + 1) or not goes_on(at + 2):
            return NO_POINT
        point = ((at[0] & 0x0F) << 12) | ((at[1] & 0x3F) << 6) | (at[2] & 0x3F)
        if point < 0x800:
            return NO_POINT
        width[0] = 3
    elif 0xF0 <= at[0] < 0xF5:
        if left < 4 or not goes_on(at + 1) or not goes_on(at + 2) or not goes_on(at + 3):
            return NO_POINT
        point = ((at[0] & 0x07) << 18) | ((at[1] & 0x3F) << 12) | ((at[2] & 0x3F) << 6) | (at[3] & 0x3F)
        if point < 0x10000 or point > 0x10FFFF:
            return NO_POINT
        width[0] = 4
    else:
        return NO_POINT
    return NO_POINT if 0xD800 <= point < 0xE000 else point


cdef inline int wide_class(Text* text, Py_ssize_t i, Py_ssize_t* width) noexcept nogil:
    cdef uint32_t point = wide_point(text, i, width)
    return text.classes[point] if point < CODE_POINTS else 0


cdef inline int class_at(Text* text, Py_ssize_t i, Py_ssize_t* width) noexcept nogil:
    """Class and width in bytes of the character at byte i; 0 of width 0 at the end."""
    if i >= text.size:
        width[0] = 0
        return 0
    if text.at[i] < 0x80:
        width[0] = 1
        return text.classes[text.at[i]]
    return wide_class(text, i, width)


cdef inline Py_UCS4 point_at(Text* text, Py_ssize_t i, Py_ssize_t* width) noexcept nogil:
    """The character at byte i and its width in bytes; ``NO_POINT`` where there is none, of width 0 at the end."""
    if i >= text.size:
        width[0] = 0
        return NO_POINT
    if text.at[i] < 0x80:
        width[0] = 1
        return text.at[i]
    return wide_point(text, i, width)


cdef inline Py_ssize_t before(Text* text, Py_ssize_t i) noexcept nogil:
    """Where the character that ends before byte i, which is not 0, starts."""
    cdef Py_ssize_t first = i - 4 if i > 4 else 0  # no character is wider
    i -= 1
    while i > first and goes_on(text.at + i):
        i -= 1
    return i


cdef inline int check_table(const uint8_t[::1] table) except -1:
    if table.shape[0] != CODE_POINTS:
        raise ValueError(f"a class table has {CODE_POINTS} bytes, one a code point, not {table.shape[0]}")
    return 0


cdef inline int check_size(bytes text) except -1:
    if <uint64_t>len(text) > <uint64_t>0xFFFFFFFFu:
        raise ValueError("a text of 4 GiB or more cannot be scanned in one piece")
    return 0


# --- a growing array of numbers, in plain memory so that it can grow without the GIL --------------------------------------


cdef struct Numbers:
    uint32_t* items
    size_t used
    size_t room


cdef inline bint push(Numbers* numbers, uint32_t item) noexcept nogil:
    """False where memory is out; the array stays as it was."""
    cdef size_t room
    cdef uint32_t* items
    if numbers.used == numbers.room:
        room = numbers.room + (numbers.room >> 1) + 1024
        items = <uint32_t*>realloc(numbers.items, room * sizeof(uint32_t))
        if items == NULL:
            return False
        numbers.items = items
        numbers.room = room
    numbers.items[numbers.used] = item
    numbers.used += 1
    return True


cdef inline object handed_out(Numbers* numbers):
    """A read-only copy with format "I"."""
    cdef bytes copy = (<char*>numbers.items)[: numbers.used * sizeof(uint32_t)] if numbers.used else b""
    return memoryview(copy).cast("I")

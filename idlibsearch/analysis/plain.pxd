# cython: language_level=3
"""What `fold` and `analyzer` do, over bytes, for most words: letters and digits of ASCII, with hyphens and apostrophes between.

These two modules say what is right; a word with a rule that is not here is left to them. Only inline functions: this module is
compiled into each kernel and never imported.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memcmp, memcpy

from idlibsearch.analysis.numbering cimport Names, find_name, free_names, name_at, put_name, start_names
from idlibsearch.analysis.porter cimport stemmed
from idlibsearch.analysis.text cimport Numbers, push

cdef enum:
    NOT_PLAIN = -1
    LONGEST = 255      # bytes of a word; a longer one is not plain
    MOST_TERMS = 130   # of a word of that size: a part takes two bytes
    ROOM = 1024        # for all terms, some of which may be longer than their parts


cdef struct Map:
    Names keys
    Names values
    Numbers numbers    # of each key its value


cdef struct Recipe:
    Names kept         # words that keep their capitals
    Names special      # parts of compounds that have rules of their own
    Map us             # spelling: British to American
    Map known          # words whose term is not their stem
    Py_ssize_t joined_parts


cdef struct Analysis:
    uint32_t positions
    uint32_t count               # of terms
    uint32_t places[MOST_TERMS]  # offset << 8 | width
    Py_ssize_t starts[MOST_TERMS + 1]
    uint8_t text[ROOM + LONGEST]


cdef inline bint start_recipe(Recipe* recipe, uint64_t seed) noexcept nogil:
    """Make the tables of a zeroed recipe; False where memory is out."""
    return (
        start_names(&recipe.kept, seed) and start_names(&recipe.special, seed) and start_names(&recipe.us.keys, seed)
        and start_names(&recipe.us.values, seed) and start_names(&recipe.known.keys, seed)
        and start_names(&recipe.known.values, seed)
    )


cdef inline void free_recipe(Recipe* recipe) noexcept nogil:
    free_names(&recipe.kept)
    free_names(&recipe.special)
    free_map(&recipe.us)
    free_map(&recipe.known)


cdef inline void free_map(Map* table) noexcept nogil:
    free_names(&table.keys)
    free_names(&table.values)
    free(table.numbers.items)


cdef inline bint put_pair(Map* table, const uint8_t* key, Py_ssize_t size, const uint8_t* value, Py_ssize_t wide) noexcept nogil:
    """Add a text, which is new, and what it is mapped to; False where memory is out."""
    cdef int64_t number = put_name(&table.values, value, wide)
    return number >= 0 and push(&table.numbers, <uint32_t>number) and put_name(&table.keys, key, size) >= 0


cdef inline bint is_small(uint8_t char) noexcept nogil:
    return c"a" <= char <= c"z"


cdef inline bint is_capital(uint8_t char) noexcept nogil:
    return c"A" <= char <= c"Z"


cdef inline bint is_digit(uint8_t char) noexcept nogil:
    return c"0" <= char <= c"9"


cdef inline bint is_alnum(uint8_t char) noexcept nogil:
    return is_small(char | 0x20) or is_digit(char)


cdef inline bint has_name(const Names* names, const uint8_t* at, Py_ssize_t size) noexcept nogil:
    return find_name(names, at, size) >= 0


cdef inline Py_ssize_t straight(const uint8_t* at, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """Copy a plain surface with straight apostrophes; its size, or NOT_PLAIN."""
    cdef Py_ssize_t i = 0, n = 0
    cdef uint8_t char
    if size == 0 or size > LONGEST:
        return NOT_PLAIN
    while i < size:
        char = at[i]
        if char == 0xE2 and i + 2 < size and at[i + 1] == 0x80 and at[i + 2] == 0x99:
            char = c"'"
            i += 2
        if not is_alnum(char) and ((char != c"'" and char != c"-") or n == 0 or not is_alnum(out[n - 1])):
            return NOT_PLAIN
        out[n] = char
        n += 1
        i += 1
    return n if is_alnum(out[n - 1]) else NOT_PLAIN


cdef inline Py_ssize_t folded(const Recipe* recipe, const uint8_t* at, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """Fold a surface into ``out``, which has room for LONGEST bytes; the size, or NOT_PLAIN."""
    cdef Py_ssize_t i, j, start = 0
    size = straight(at, size, out)
    if size < 0:
        return NOT_PLAIN
    for i in range(size + 1):
        if i < size and is_alnum(out[i]):
            continue
        if (start and out[start - 1] == c"'") or not has_name(&recipe.kept, out + start, i - start):
            for j in range(start, i):
                out[j] |= 0x20 * is_capital(out[j])
        start = i + 1
    return size


cdef inline Py_ssize_t bare(const uint8_t* at, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """A part without the possessive and without apostrophes."""
    cdef Py_ssize_t i, n = 0
    if size >= 2 and at[size - 2] == c"'" and at[size - 1] == c"s":
        size -= 2
    for i in range(size):
        out[n] = at[i]
        n += at[i] != c"'"
    return n


cdef inline Py_ssize_t mapped(const Map* table, uint8_t* at, Py_ssize_t size) noexcept nogil:
    """Put what a text is mapped to in its place; its size, or NOT_PLAIN where it is not there."""
    cdef int64_t key = find_name(&table.keys, at, size)
    cdef const uint8_t* value
    if key < 0:
        return NOT_PLAIN
    value = name_at(&table.values, table.numbers.items[key], &size)
    if size > LONGEST:
        return NOT_PLAIN
    memcpy(at, value, size)
    return size


cdef inline Py_ssize_t term_of(const Recipe* recipe, uint8_t* at, Py_ssize_t size) noexcept nogil:
    """Put the term of a part, without apostrophes, in its place; its size, or NOT_PLAIN."""
    cdef Py_ssize_t i, small = 0, capitals = 0, found
    for i in range(size):
        small += is_small(at[i])
        capitals += is_capital(at[i])
    if small + capitals < size or has_name(&recipe.kept, at, size):
        return size
    if capitals:
        return NOT_PLAIN
    found = mapped(&recipe.known, at, size)
    if found < 0:
        found = stemmed(at, size)
    return found if found else NOT_PLAIN


cdef inline bint is_like_a_date(const uint8_t* at, Py_ssize_t size) noexcept nogil:
    return size > 4 and at[4] == c"-" and is_digit(at[0]) and is_digit(at[1])


cdef inline bint has_no_solid_spelling(const Recipe* recipe, const Analysis* bares) noexcept nogil:
    cdef uint32_t part
    cdef Py_ssize_t i, digits = 0, size
    for part in range(bares.count):
        size = bares.starts[part + 1] - bares.starts[part]
        if has_name(&recipe.kept, bares.text + bares.starts[part], size):
            return True
    for i in range(bares.starts[bares.count]):
        digits += is_digit(bares.text[i])
    return digits == bares.starts[bares.count]


cdef inline int add_joined(const Recipe* recipe, const Analysis* bares, Analysis* out) noexcept nogil:
    """Add the joined form, if there is one that is none of the terms; NOT_PLAIN where it cannot be told."""
    cdef uint8_t text[ROOM + LONGEST]
    cdef Py_ssize_t size = 0, own, found
    cdef uint32_t part
    if bares.count < 2 or <Py_ssize_t>bares.count > recipe.joined_parts or has_no_solid_spelling(recipe, bares):
        return 0
    for part in range(bares.count):
        own = bares.starts[part + 1] - bares.starts[part]
        memcpy(text + size, bares.text + bares.starts[part], own)
        found = mapped(&recipe.us, text + size, own)
        size += own if found < 0 else found
        if size > ROOM:
            return NOT_PLAIN
    size = term_of(recipe, text, size)
    if size < 0 or out.starts[out.count] + size > ROOM:
        return NOT_PLAIN
    for part in range(out.count):
        if out.starts[part + 1] - out.starts[part] == size and memcmp(out.text + out.starts[part], text, size) == 0:
            return 0
    memcpy(out.text + out.starts[out.count], text, size)
    out.places[out.count] = out.positions
    out.count += 1
    out.starts[out.count] = out.starts[out.count - 1] + size
    return 0


cdef inline int add_part(
    const Recipe* recipe, const uint8_t* at, Py_ssize_t size, bint alone, Analysis* bares, Analysis* out
) noexcept nogil:
    """Add the term of a part, and the part to the bare ones; NOT_PLAIN where it has rules of its own."""
    cdef uint8_t* own = bares.text + bares.starts[bares.count]
    cdef Py_ssize_t start = out.starts[out.count], n = bare(at, size, own)
    if n == 0 or not alone and (has_name(&recipe.special, at, size) or has_name(&recipe.special, own, n)):
        return NOT_PLAIN
    bares.count += 1
    bares.starts[bares.count] = bares.starts[bares.count - 1] + n
    memcpy(out.text + start, own, n)
    n = term_of(recipe, out.text + start, n)
    if n < 0 or start + n > ROOM:
        return NOT_PLAIN
    out.places[out.count] = out.positions << 8 | 1
    out.positions += 1
    out.count += 1
    out.starts[out.count] = start + n
    return 0


cdef inline int analysed(const Recipe* recipe, const uint8_t* word, Py_ssize_t size, Analysis* out) noexcept nogil:
    """The entry of a folded word, as ``analyze_folded`` has it: 0, or NOT_PLAIN."""
    cdef Analysis bares
    cdef Py_ssize_t i, start = 0
    out.positions = out.count = bares.count = 0
    out.starts[0] = bares.starts[0] = 0
    if size > LONGEST or is_like_a_date(word, size):
        return NOT_PLAIN
    for i in range(size + 1):
        if i < size and word[i] != c"-":
            if not is_alnum(word[i]) and word[i] != c"'":
                return NOT_PLAIN
            continue
        if i == start or add_part(recipe, word + start, i - start, i - start == size, &bares, out) < 0:
            return NOT_PLAIN
        start = i + 1
    return add_joined(recipe, &bares, out)

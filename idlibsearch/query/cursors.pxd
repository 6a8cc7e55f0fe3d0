# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""A word's list on its way through the docs, and what its postings can be worth, for the ``topk`` kernel.

What a posting can be worth at most is told by its freqs and its block's smallest length, or by its own doc's length code; so most
are passed over without their doc being unpacked or its lengths being read. Bounds are raised by a hair, for rounding.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from idlibsearch.index.ahead cimport ask_for
from idlibsearch.index.blocks cimport (
    ALL_ONES, BLOCK, MAX_FIELDS, Block, List, Lists, block_with, decoded, doc_at, first_from, freq_at, is_deleted,
    open_block, unpack_docs,
)
from idlibsearch.query.heap cimport HAIR

cdef enum:
    NO_DOC = 0xFFFFFFFF
    FINE = 0
    WRONG = -1


cdef struct Params:
    const Lists* lists
    const uint64_t* among          # bitmap of the docs that count, NULL for all
    uint64_t end_ns                # when to stop, see ``clock``
    double k1
    double weight[MAX_FIELDS]
    double b[MAX_FIELDS]
    double mean[MAX_FIELDS]
    bint filled[MAX_FIELDS]
    double factors[MAX_FIELDS][256]  # 1 / (1 - b + b * length / mean) by length code, of the fields that are filled


cdef struct Cursor:
    # A list on its way through the docs.
    List blocks
    int leaf               # its place in the query
    double idf
    double weight[MAX_FIELDS]
    double most            # that any of its postings can be worth
    uint32_t number        # the block it stands at
    double block_most      # that any posting of that block can be worth
    double cap             # that any posting in the present window can be worth
    uint32_t bounded       # the block that ``block_most`` is of, NO_DOC for none
    uint32_t opened        # the block that ``block`` shows
    uint32_t listed        # the block that ``docs`` holds
    uint32_t weighed       # the block that ``tf_most`` is of
    bint by_doc            # and whether each doc's own length counts in it
    int i                  # the last posting looked for in the opened block
    uint32_t met           # the last doc that was found so
    Block block
    uint32_t docs[BLOCK]
    double tf_most[BLOCK]  # what ``tf`` of a posting can be at most, from its freqs


cdef inline const double* factors(Params* p, int f) noexcept nogil:
    """One by the length normalisation, for each length code."""
    cdef int code
    if not p.filled[f]:
        for code in range(256):
            p.factors[f][code] = HAIR / (1.0 - p.b[f] + p.b[f] * decoded(<uint8_t>code) / p.mean[f])
        p.filled[f] = True
    return p.factors[f]


cdef inline double saturated(const Params* p, double tf) noexcept nogil:
    return tf / (p.k1 + tf)


cdef inline double worth(const Params* p, const Cursor* c, uint32_t doc, int i) noexcept nogil:
    """The word's part of a doc's score; 0 where it stands in none of the fields that count."""
    cdef double tf = 0.0
    cdef uint32_t freq
    cdef int f
    cdef const uint32_t* lengths = p.lists.lengths + <uint64_t>doc * p.lists.field_count
    for f in range(p.lists.field_count):
        if c.block.freq_width[f] and c.weight[f] != 0.0:
            freq = freq_at(&c.block, f, i)
            if freq:
                tf += c.weight[f] * freq / (1.0 - p.b[f] + p.b[f] * lengths[f] / p.mean[f])
    return c.idf * (tf / (p.k1 + tf)) if tf != 0.0 else 0.0


cdef inline double bound(Params* p, const Cursor* c, uint32_t number) noexcept nogil:
    """The most that any posting of a block can be worth."""
    cdef const uint8_t* codes = c.blocks.bounds + <uint64_t>number * 2 * p.lists.field_count
    cdef double tf = 0.0
    cdef int f
    for f in range(p.lists.field_count):
        if codes[2 * f] and c.weight[f] != 0.0:
            if codes[2 * f] == 255:
                return c.idf * HAIR
            tf += c.weight[f] * decoded(codes[2 * f]) * factors(p, f)[codes[2 * f + 1]]
    return c.idf * saturated(p, tf) * HAIR if tf != 0.0 else 0.0


cdef inline void ask_for_codes(const Params* p, const Cursor* c, uint32_t doc) noexcept nogil:
    """Have the length codes of a doc ready."""
    cdef int f
    for f in range(p.lists.field_count):
        if c.block.freq_width[f] and c.weight[f] != 0.0:
            ask_for(p.lists.length_codes + <uint64_t>f * p.lists.doc_count + doc)


# ---- a list on its way


cdef inline bint go(Cursor* c, uint32_t doc) noexcept nogil:
    """Go to the block that ``doc`` would stand in; False where the list ends before it."""
    c.number = block_with(&c.blocks, c.number, doc)
    return c.number < c.blocks.count


cdef inline bint enter(Params* p, Cursor* c, uint32_t doc) noexcept nogil:
    """The same, and find what any posting of that block can be worth."""
    if not go(c, doc):
        c.bounded, c.block_most = NO_DOC, 0.0
        return False
    if c.bounded != c.number:
        c.bounded, c.block_most = c.number, bound(p, c, c.number)
    return True


cdef inline int show(const Params* p, Cursor* c) noexcept nogil:
    """Open the block."""
    if c.opened != c.number:
        if open_block(p.lists, &c.blocks, c.number, &c.block) < 0:
            return WRONG
        c.opened, c.i = c.number, 0
    return FINE


cdef inline int list_docs(const Params* p, Cursor* c) noexcept nogil:
    """Open the block and unpack its docs."""
    if show(p, c) < 0:
        return WRONG
    if c.listed != c.number:
        unpack_docs(&c.block, c.docs)
        c.listed = c.number
    return FINE


cdef inline int weigh(Params* p, Cursor* c, bint by_doc) noexcept nogil:
    """Open the block and find what each posting's ``tf`` is at most.

    Each doc is taken for as short as its length code says (``by_doc``) or, which is quicker, as the shortest of the block.
    """
    cdef const uint8_t* bounds = c.blocks.bounds + <uint64_t>c.number * 2 * p.lists.field_count
    cdef const uint8_t* codes
    cdef const double* shorter
    cdef uint64_t word, bit, mask
    cdef double factor
    cdef int f, i, width
    if list_docs(p, c) < 0 if by_doc else show(p, c) < 0:
        return WRONG
    if c.weighed == c.number and c.by_doc >= by_doc:
        return FINE
    for i in range(c.block.count):
        c.tf_most[i] = 0.0
    for f in range(p.lists.field_count):
        width = c.block.freq_width[f]
        if width == 0 or c.weight[f] == 0.0:
            continue
        shorter, codes = factors(p, f), p.lists.length_codes + <uint64_t>f * p.lists.doc_count
        factor = c.weight[f] * shorter[bounds[2 * f + 1]]
        mask, bit = (<uint64_t>1 << width) - 1, 0
        if width == ALL_ONES:
            if by_doc:
                for i in range(c.block.count):
                    c.tf_most[i] += c.weight[f] * shorter[codes[c.docs[i]]]
            else:
                for i in range(c.block.count):
                    c.tf_most[i] += factor
        elif by_doc:
            for i in range(c.block.count):
                memcpy(&word, c.block.freqs[f] + (bit >> 3), 8)
                c.tf_most[i] += c.weight[f] * <double>((word >> (bit & 7)) & mask) * shorter[codes[c.docs[i]]]
                bit += width
        else:
            for i in range(c.block.count):
                memcpy(&word, c.block.freqs[f] + (bit >> 3), 8)
                c.tf_most[i] += factor * <double>((word >> (bit & 7)) & mask)
                bit += width
    c.weighed, c.by_doc = c.number, by_doc
    return FINE


cdef inline double tf_bound(Params* p, const Cursor* c, uint32_t doc, int i) noexcept nogil:
    """What the ``tf`` of a posting is at most, by its length codes."""
    cdef double tf = 0.0
    cdef int f
    for f in range(p.lists.field_count):
        if c.block.freq_width[f] and c.weight[f] != 0.0:
            tf += c.weight[f] * freq_at(&c.block, f, i) * factors(p, f)[p.lists.length_codes[<uint64_t>f * p.lists.doc_count + doc]]
    return tf


cdef inline int place(const Params* p, Cursor* c, uint32_t doc, bint* found) noexcept nogil:
    """Find ``doc`` in the block that it would stand in; ``c.i`` is its posting."""
    cdef int low, left, half
    if c.opened == c.number and c.listed != c.number and list_docs(p, c) < 0:  # looked into before: it pays to unpack
        return WRONG
    if show(p, c) < 0:
        return WRONG
    if c.listed != c.number:
        c.i = first_from(&c.block, 0, doc)
        found[0] = doc_at(&c.block, c.i) == doc
        return FINE
    low, left = 0, c.block.count
    while left > 1:  # written so that no branch has to be guessed
        half = left >> 1
        low += half * (c.docs[low + half - 1] < doc)
        left -= half
    c.i = low
    found[0] = c.docs[low] == doc
    return FINE


cdef inline double most_in(Params* p, const Cursor* c, uint32_t doc) noexcept nogil:
    """What the list's block can be worth in ``doc``, by the block's largest freqs and the doc's own length codes."""
    cdef const uint8_t* bounds = c.blocks.bounds + <uint64_t>c.number * 2 * p.lists.field_count
    cdef double tf = 0.0
    cdef int f
    for f in range(p.lists.field_count):
        if bounds[2 * f] and c.weight[f] != 0.0:
            if bounds[2 * f] == 255:
                return c.idf
            tf += c.weight[f] * decoded(bounds[2 * f]) * factors(p, f)[p.lists.length_codes[<uint64_t>f * p.lists.doc_count + doc]]
    return c.idf * saturated(p, tf)


cdef inline bint is_wanted(const Params* p, uint32_t doc) noexcept nogil:
    if p.among != NULL and not (p.among[doc >> 6] >> (doc & 63)) & 1:
        return False
    return not is_deleted(p.lists, doc)


cdef inline double needed(const Params* p, const Cursor* c, double rest, double threshold) noexcept nogil:
    """The ``tf`` that a posting must exceed to lift its doc above the threshold where other lists add at most ``rest``."""
    cdef double share = (threshold / HAIR - rest) / c.idf
    if share <= 0.0:
        return -1.0
    return p.k1 * share / (1.0 - share) / HAIR if share < 1.0 else 1e300

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The best k docs for words under BM25F, of those that have any (OR) or all (AND) of them, without scoring the rest; and their
number, without scoring any.

OR is MaxScore (Turtle and Flood, "Query evaluation: strategies and optimizations", 1995) with block bounds (Ding and Suel,
"Faster top-k document retrieval using block-max indexes", 2011): lists are sorted by the most they can add; those that together
cannot lift a doc above the k-th best found so far are only looked into for docs of the others. AND walks the rarest list
and leaps in the others, past blocks that cannot matter. A bound is made from a block's largest freqs and smallest lengths.

A doc's score is the sum of its words' in query order, in double precision, exactly as ``rank`` has it; bounds are raised by
a hair so that rounding never loses a doc. Twin: the naive engine, and ``match``, which scores every posting.
"""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc

from idlibsearch.index.blocks cimport (
    MAX_FIELDS, Block, List, Lists, block_with, decoded, doc_at, first_from, freq_at, is_deleted, open_block, open_list,
)
from idlibsearch.query.heap cimport Heap, keep

cdef enum:
    NO_DOC = 0xFFFFFFFF
    FINE = 0
    WRONG = -1

cdef double HAIR = 1.0 + 1e-9


cdef struct Params:
    const Lists* lists
    double k1
    double b[MAX_FIELDS]
    double mean[MAX_FIELDS]


cdef struct Cursor:
    List blocks
    uint32_t number        # block
    uint32_t opened        # the block that ``block`` shows, NO_DOC for none
    int i
    uint32_t doc
    int leaf
    double idf
    double weight[MAX_FIELDS]
    double most            # of the whole list
    double block_most      # of block ``number``
    Block block


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


cdef inline double bound(const Params* p, const Cursor* c, uint32_t number) noexcept nogil:
    """The most that any posting of a block can be worth."""
    cdef const uint8_t* codes = c.blocks.bounds + <uint64_t>number * 2 * p.lists.field_count
    cdef double tf = 0.0
    cdef int f
    for f in range(p.lists.field_count):
        if codes[2 * f] and c.weight[f] != 0.0:
            if codes[2 * f] == 255:
                return c.idf * HAIR
            tf += c.weight[f] * decoded(codes[2 * f]) / (1.0 - p.b[f] + p.b[f] * decoded(codes[2 * f + 1]) / p.mean[f])
    return c.idf * (tf / (p.k1 + tf)) * HAIR if tf != 0.0 else 0.0


cdef inline int enter(const Params* p, Cursor* c, uint32_t number) noexcept nogil:
    """Go to a block without opening it; behind the last one the cursor has no doc."""
    if number != c.number or c.block_most < 0:
        c.number = number
        c.i = 0
        if number < c.blocks.count:
            c.block_most = bound(p, c, number)
    if number >= c.blocks.count:
        c.doc = NO_DOC
    return FINE


cdef inline int show(const Params* p, Cursor* c) noexcept nogil:
    if c.opened != c.number:
        if open_block(p.lists, &c.blocks, c.number, &c.block) < 0:
            return WRONG
        c.opened = c.number
    return FINE


cdef inline int seek(const Params* p, Cursor* c, uint32_t doc) noexcept nogil:
    """Go to the first posting whose doc is not before ``doc``."""
    enter(p, c, block_with(&c.blocks, c.number, doc))
    if c.number >= c.blocks.count:
        return FINE
    if show(p, c) < 0:
        return WRONG
    c.i = first_from(&c.block, c.i, doc)
    c.doc = doc_at(&c.block, c.i)
    return FINE


cdef inline int step(const Params* p, Cursor* c) noexcept nogil:
    """Go to the next posting."""
    c.i += 1
    if c.i >= c.block.count:
        enter(p, c, c.number + 1)
        if c.number >= c.blocks.count:
            return FINE
        if show(p, c) < 0:
            return WRONG
    c.doc = doc_at(&c.block, c.i)
    return FINE


cdef void by_most(Cursor** order, int n) noexcept nogil:
    """Insertion sort, least first; equal ones in query order."""
    cdef int i, j
    cdef Cursor* c
    for i in range(1, n):
        c = order[i]
        j = i
        while j and order[j - 1].most > c.most:
            order[j] = order[j - 1]
            j -= 1
        order[j] = c


cdef int any_of(const Params* p, Cursor** order, int n, double* most, double* parts, Heap* h) noexcept nogil:
    """OR. ``order`` by most; ``most[i]`` = what the first i + 1 lists can add; ``parts`` has room for every leaf."""
    cdef int first = 0, i, j
    cdef uint32_t doc, window
    cdef double score, sum_of_blocks, part
    cdef Cursor* c
    cdef bint hopeless
    for i in range(n):
        if seek(p, order[i], 0) < 0:
            return WRONG
    while first < n and most[first] <= h.threshold:
        first += 1
    while first < n:
        doc, window, sum_of_blocks = NO_DOC, NO_DOC, most[first - 1] if first else 0.0
        for i in range(first, n):
            c = order[i]
            if c.doc < doc:
                doc = c.doc
            if c.doc != NO_DOC:
                sum_of_blocks += c.block_most
                window = min(window, c.blocks.last[c.number])
        if doc == NO_DOC:
            break
        if sum_of_blocks <= h.threshold:  # nothing up to the end of the first block to end can be good enough
            for i in range(first, n):
                if order[i].doc <= window and seek(p, order[i], window + 1) < 0:
                    return WRONG
            continue
        for i in range(n):
            parts[i] = 0.0
        score = 0.0
        for i in range(first, n):
            c = order[i]
            if c.doc == doc:
                parts[c.leaf] = worth(p, c, doc, c.i)
                score += parts[c.leaf]
                if step(p, c) < 0:
                    return WRONG
        hopeless = is_deleted(p.lists, doc)
        i = first - 1
        while i >= 0 and not hopeless:
            c = order[i]
            if (score + most[i]) * HAIR <= h.threshold:
                hopeless = True
                break
            enter(p, c, block_with(&c.blocks, c.number, doc))
            if c.number < c.blocks.count:
                if (score + c.block_most + (most[i - 1] if i else 0.0)) * HAIR <= h.threshold:
                    hopeless = True
                    break
                if show(p, c) < 0:
                    return WRONG
                c.i = first_from(&c.block, c.i, doc)
                if doc_at(&c.block, c.i) == doc:
                    parts[c.leaf] = worth(p, c, doc, c.i)
                    score += parts[c.leaf]
            i -= 1
        if hopeless:
            continue
        score = 0.0
        for i in range(n):
            score += parts[i]
        if score > h.threshold and score > 0.0:
            keep(h, score, doc)
            while first < n and most[first] <= h.threshold:
                first += 1
    return FINE


cdef int all_of(const Params* p, Cursor** order, int n, double* parts, Heap* h) noexcept nogil:
    """AND. ``order`` by the number of blocks, fewest first."""
    cdef Cursor* lead = order[0]
    cdef uint32_t doc = 0, window, number
    cdef double score, most
    cdef int i
    while True:
        # The blocks that doc would stand in: can they be good enough together?
        most, window = 0.0, NO_DOC
        for i in range(n):
            number = block_with(&order[i].blocks, order[i].number, doc)
            if number >= order[i].blocks.count:
                return FINE
            enter(p, order[i], number)
            most += order[i].block_most
            window = min(window, order[i].blocks.last[number])
        if most * HAIR <= h.threshold:
            if window == NO_DOC:
                return FINE
            doc = window + 1
            continue
        if seek(p, lead, doc) < 0:
            return WRONG
        doc = lead.doc
        while doc <= window:
            for i in range(1, n):
                if seek(p, order[i], doc) < 0:
                    return WRONG
                if order[i].doc != doc:
                    break
            else:
                if not is_deleted(p.lists, doc):
                    score = 1.0
                    for i in range(n):
                        parts[order[i].leaf] = worth(p, order[i], doc, order[i].i)
                        if parts[order[i].leaf] == 0.0:
                            score = 0.0
                    if score != 0.0:
                        score = 0.0
                        for i in range(n):
                            score += parts[i]
                        if score > h.threshold:
                            keep(h, score, doc)
                i = n - 1
            if order[i].doc == NO_DOC:
                return FINE
            if seek(p, lead, doc + 1 if order[i].doc == doc else order[i].doc) < 0:
                return WRONG
            doc = lead.doc
        if doc == NO_DOC:
            return FINE


def best(
    object reader not None,
    const uint32_t[::1] terms not None,
    const double[::1] idfs not None,
    const double[::1] weights not None,
    const double[::1] b not None,
    const double[::1] means not None,
    double k1,
    int k,
    double floor,
    bint every,
):
    """The best ``k`` live docs of a segment with a score above ``floor``, as (score, doc), best first, equal ones by doc.

    terms    uint32[n]       term numbers, in query order; a word may stand twice
    idfs     float64[n]      above 0
    weights  float64[n * f]  each word's field weights, 0 for fields in which it does not count
    b, means float64[f]      length normalisation and mean length of each field, in positions
    every    all words must match, not any

    Raises IndexError for numbers that point nowhere, CorruptIndexError for damaged lists.
    """
    cdef Params p
    cdef const Lists* lists = <const Lists*>PyCapsule_GetPointer(reader.capsule, "idlibsearch.lists")
    cdef int n = <int>terms.shape[0], f, i, outcome = FINE
    p.lists, p.k1 = lists, k1
    if idfs.shape[0] != n or weights.shape[0] != n * lists.field_count:
        raise IndexError("one idf and one row of weights for each word is needed")
    if b.shape[0] != lists.field_count or means.shape[0] != lists.field_count:
        raise IndexError("one b and one mean for each field is needed")
    for f in range(lists.field_count):
        p.b[f], p.mean[f] = b[f], means[f]
    if n == 0 or k <= 0:
        return []
    cdef Heap h
    cdef Cursor* cursors = <Cursor*>calloc(n, sizeof(Cursor))
    cdef Cursor** order = <Cursor**>malloc(n * sizeof(Cursor*))
    cdef double* most = <double*>malloc(2 * n * sizeof(double))
    h.size, h.capacity, h.threshold = 0, <int>min(<uint32_t>k, max(lists.doc_count, 1)), floor
    h.scores = <double*>malloc(h.capacity * sizeof(double))
    h.docs = <uint32_t*>malloc(h.capacity * sizeof(uint32_t))
    try:
        if cursors == NULL or order == NULL or most == NULL or h.scores == NULL or h.docs == NULL:
            raise MemoryError()
        for i in range(n):
            _bind(reader, &p, &cursors[i], terms[i], idfs[i], &weights[i * lists.field_count], i)
            order[i] = &cursors[i]
        with nogil:
            if every:
                for i in range(n):
                    order[i].most = order[i].blocks.count
                by_most(order, n)
                outcome = all_of(&p, order, n, most, &h)
            else:
                by_most(order, n)
                for i in range(n):
                    most[i] = order[i].most + (most[i - 1] if i else 0.0)
                outcome = any_of(&p, order, n, most, most + n, &h)
        if outcome < 0:
            raise reader.damaged()
        found = [(h.scores[i], h.docs[i]) for i in range(h.size)]
    finally:
        free(cursors)
        free(order)
        free(most)
        free(h.scores)
        free(h.docs)
    found.sort(key=_by_score_then_doc)
    return found


def _by_score_then_doc(hit):
    return -hit[0], hit[1]


cdef int _bind(object reader, const Params* p, Cursor* c, uint32_t term, double idf, const double* weights, int leaf) except -1:
    cdef const Lists* lists = p.lists
    cdef uint32_t number
    cdef int f
    if term >= lists.term_count:
        raise IndexError(f"no term {term}")
    c.leaf, c.idf, c.opened = leaf, idf, NO_DOC
    if open_list(lists, term, &c.blocks) < 0:
        raise reader.damaged()
    for f in range(lists.field_count):
        c.weight[f] = weights[f]
    for number in range(c.blocks.count):
        c.most = max(c.most, bound(p, c, number))
    c.block_most = -1
    return 0


# ---- counting


cdef inline bint counts(const Params* p, const Cursor* c, const uint8_t* fields, int i) noexcept nogil:
    """Does a posting of the cursor's block stand in a field that counts?"""
    cdef int f
    for f in range(p.lists.field_count):
        if fields[f] and freq_at(&c.block, f, i):
            return True
    return False


cdef inline int ones(uint64_t word) noexcept nogil:
    """How many bits are set (Warren, "Hacker's Delight", 2nd edition, figure 5-2)."""
    word = word - ((word >> 1) & <uint64_t>0x5555555555555555)
    word = (word & <uint64_t>0x3333333333333333) + ((word >> 2) & <uint64_t>0x3333333333333333)
    return <int>((((word + (word >> 4)) & <uint64_t>0x0F0F0F0F0F0F0F0F) * <uint64_t>0x0101010101010101) >> 56)


cdef int64_t count_any(
    const Params* p, Cursor* cursors, int n, const uint8_t* fields, const uint8_t* whole, uint64_t* bits
) noexcept nogil:
    """A bit for every doc of every list; ``whole[i]``: every posting of list i counts."""
    cdef uint32_t number, doc
    cdef int64_t found = 0
    cdef int i, j
    for i in range(n):
        for number in range(cursors[i].blocks.count):
            cursors[i].number = number
            if show(p, &cursors[i]) < 0:
                return WRONG
            for j in range(cursors[i].block.count):
                if whole[i] or counts(p, &cursors[i], fields + i * p.lists.field_count, j):
                    doc = doc_at(&cursors[i].block, j)
                    bits[doc >> 6] |= <uint64_t>1 << (doc & 63)
    for doc in range(<uint32_t>min(8 * p.lists.deleted_size, <uint64_t>p.lists.doc_count)):
        if is_deleted(p.lists, doc):
            bits[doc >> 6] &= ~(<uint64_t>1 << (doc & 63))
    for doc in range((p.lists.doc_count >> 6) + 1):
        found += ones(bits[doc])
    return found


cdef int64_t count_all(const Params* p, Cursor** order, int n, const uint8_t* fields, const uint8_t* whole) noexcept nogil:
    """Leap from list to list, the shortest first."""
    cdef uint32_t doc = 0
    cdef int64_t found = 0
    cdef int i
    while True:
        if seek(p, order[0], doc) < 0:
            return WRONG
        doc = order[0].doc
        if doc == NO_DOC:
            return found
        for i in range(1, n):
            if seek(p, order[i], doc) < 0:
                return WRONG
            if order[i].doc != doc:
                break
        else:
            for i in range(n):
                if not whole[order[i].leaf] and not counts(p, order[i], fields + order[i].leaf * p.lists.field_count, order[i].i):
                    break
            else:
                found += not is_deleted(p.lists, doc)
            doc += 1
            continue
        doc = order[i].doc
        if doc == NO_DOC:
            return found


def count(object reader not None, const uint32_t[::1] terms not None, const uint8_t[::1] fields not None, bint every):
    """How many live docs of a segment have any (or ``every`` one) of the words, each in a field that counts for it.

    terms   uint32[n]     term numbers; a word may stand twice
    fields  uint8[n * f]  1 for the fields that count, a row a word

    Raises IndexError for numbers that point nowhere, CorruptIndexError for damaged lists.
    """
    cdef Params p
    cdef const Lists* lists = <const Lists*>PyCapsule_GetPointer(reader.capsule, "idlibsearch.lists")
    cdef int n = <int>terms.shape[0], i, f
    cdef int64_t found = 0
    if fields.shape[0] != n * lists.field_count:
        raise IndexError("one row of fields for each word is needed")
    if n == 0:
        return 0
    cdef double nothing[MAX_FIELDS]
    for f in range(MAX_FIELDS):
        nothing[f] = 0.0
    p.lists, p.k1 = lists, 1.0
    cdef Cursor* cursors = <Cursor*>calloc(n, sizeof(Cursor))
    cdef Cursor** order = <Cursor**>malloc(n * sizeof(Cursor*))
    cdef uint8_t* whole = <uint8_t*>malloc(n)
    cdef uint64_t* bits = <uint64_t*>calloc((lists.doc_count >> 6) + 1, 8)
    try:
        if cursors == NULL or order == NULL or whole == NULL or bits == NULL:
            raise MemoryError()
        for i in range(n):
            _bind(reader, &p, &cursors[i], terms[i], 0.0, nothing, i)
            cursors[i].most = cursors[i].blocks.count
            order[i] = &cursors[i]
            whole[i] = True
            for f in range(lists.field_count):
                whole[i] = whole[i] and fields[i * lists.field_count + f] != 0
        with nogil:
            if every:
                by_most(order, n)
                found = count_all(&p, order, n, &fields[0], whole)
            else:
                found = count_any(&p, cursors, n, &fields[0], whole, bits)
        if found < 0:
            raise reader.damaged()
        return found
    finally:
        free(cursors)
        free(order)
        free(whole)
        free(bits)

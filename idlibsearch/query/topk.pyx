# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The best k docs for words under BM25F, of those that have any (OR) or all (AND) of them, without scoring the rest.

OR is MaxScore (Turtle and Flood, "Query evaluation: strategies and optimizations", 1995) with block bounds (Ding and Suel,
"Faster top-k document retrieval using block-max indexes", 2011): lists are sorted by the most they can add; those that together
cannot lift a doc above the k-th best found so far are only looked into for docs of the others. AND walks the rarest list
and leaps in the others, past blocks that cannot matter. A bound is made from a block's largest freqs and smallest lengths.

A doc's score is the sum of its words' in query order, in double precision, exactly as ``rank`` has it; bounds are raised by
a hair so that rounding never loses a doc. Twin: the naive engine, and ``match``, which scores every posting.
"""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc

from idlibsearch.index.blocks cimport (
    BLOCK, MAX_FIELDS, Block, Lists, block_with, decoded, doc_at, first_from, freq_at, is_deleted, open_block,
)

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
    uint32_t term
    uint32_t number        # block
    uint32_t end           # block behind the last
    uint32_t opened        # the block that ``block`` shows, NO_DOC for none
    int i
    uint32_t doc
    int leaf
    double idf
    double weight[MAX_FIELDS]
    double most            # of the whole list
    double block_most      # of block ``number``
    Block block


cdef struct Heap:
    double* scores
    uint32_t* docs
    int size
    int capacity
    double threshold


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
    cdef const uint8_t* codes = p.lists.bounds + <uint64_t>number * 2 * p.lists.field_count
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
        if number < c.end:
            c.block_most = bound(p, c, number)
    if number >= c.end:
        c.doc = NO_DOC
    return FINE


cdef inline int show(const Params* p, Cursor* c) noexcept nogil:
    if c.opened != c.number:
        if open_block(p.lists, c.term, c.number, &c.block) < 0:
            return WRONG
        c.opened = c.number
    return FINE


cdef inline int seek(const Params* p, Cursor* c, uint32_t doc) noexcept nogil:
    """Go to the first posting whose doc is not before ``doc``."""
    enter(p, c, block_with(p.lists, c.number, c.end, doc))
    if c.number >= c.end:
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
        if c.number >= c.end:
            return FINE
        if show(p, c) < 0:
            return WRONG
    c.doc = doc_at(&c.block, c.i)
    return FINE


cdef inline bint worse(const Heap* h, int a, int b) noexcept nogil:
    return h.scores[a] < h.scores[b] or (h.scores[a] == h.scores[b] and h.docs[a] > h.docs[b])


cdef inline void swap(Heap* h, int a, int b) noexcept nogil:
    cdef double score = h.scores[a]
    cdef uint32_t doc = h.docs[a]
    h.scores[a], h.docs[a] = h.scores[b], h.docs[b]
    h.scores[b], h.docs[b] = score, doc


cdef void keep(Heap* h, double score, uint32_t doc) noexcept nogil:
    """Keep a doc that is better than the threshold, in place of the worst where the heap is full."""
    cdef int at, child
    if h.size < h.capacity:
        at = h.size
        h.size += 1
        h.scores[at], h.docs[at] = score, doc
        while at and worse(h, at, (at - 1) >> 1):
            swap(h, at, (at - 1) >> 1)
            at = (at - 1) >> 1
    else:
        h.scores[0], h.docs[0] = score, doc
        at = 0
        while True:
            child = 2 * at + 1
            if child >= h.size:
                break
            if child + 1 < h.size and worse(h, child + 1, child):
                child += 1
            if not worse(h, child, at):
                break
            swap(h, at, child)
            at = child
    if h.size == h.capacity and h.scores[0] > h.threshold:
        h.threshold = h.scores[0]


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
                window = min(window, p.lists.block_last[c.number])
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
            enter(p, c, block_with(p.lists, c.number, c.end, doc))
            if c.number < c.end:
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
            number = block_with(p.lists, order[i].number, order[i].end, doc)
            if number >= order[i].end:
                return FINE
            enter(p, order[i], number)
            most += order[i].block_most
            window = min(window, p.lists.block_last[number])
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
                    order[i].most = order[i].end - order[i].number
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
    c.term, c.leaf, c.idf = term, leaf, idf
    c.number, c.end = lists.first_block[term], lists.first_block[term + 1]
    if c.number > c.end or c.end > lists.block_count:
        raise reader.damaged()
    c.opened = NO_DOC
    for f in range(lists.field_count):
        c.weight[f] = weights[f]
    for number in range(c.number, c.end):
        c.most = max(c.most, bound(p, c, number))
    c.block_most = -1
    return 0

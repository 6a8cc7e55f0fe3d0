# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The best k docs for words under BM25F, of those that have any (OR) or all (AND) of them, without scoring the rest.

OR is MaxScore (Turtle and Flood, "Query evaluation: strategies and optimizations", 1995) with block bounds (Ding and Suel,
"Faster top-k document retrieval using block-max indexes", 2011), window by window as in Lucene's bulk scorer: a window ends where
a block of a leading list does. In it the lists that together cannot lift a doc above the k-th best found so far are only looked
into for docs of the others. AND walks the rarest list and looks into the others, past blocks that cannot matter.

A doc's score is the sum of its words' in query order, in double precision, exactly as ``rank`` has it; bounds are raised by
a hair so that rounding never loses a doc. Twin: the naive engine, and ``match``, which scores every posting.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc

from idlibsearch.index.ahead cimport ask_for
from idlibsearch.index.blocks cimport BLOCK, doc_at, first_from, open_list
from idlibsearch.query.bitmaps cimport lowest_bit
from idlibsearch.query.clock cimport is_late
from idlibsearch.query.cursors cimport (
    FINE, NO_DOC, WRONG, Cursor, Params, ask_for_codes, bound, enter, go, is_wanted, list_docs, most_in, needed,
    place, saturated, tf_bound, weigh, worth,
)
from idlibsearch.query.heap cimport HAIR, Heap, keep
from idlibsearch.query.scoring cimport lists_of

from idlibsearch.query.limits import LateError

cdef enum:
    LATE = 1
    PATIENCE = 64      # windows, or blocks of the shortest list, between two looks at the clock
    WINDOW = 2048      # docs: sums for so many fit into the first-level cache beside the blocks
    SHORT = 32         # blocks: the bounds of a longer list are not all looked at beforehand


cdef struct Race:
    # The lists of an OR or AND and the best docs so far.
    int n
    Cursor** order         # OR: by ``most``, least first; AND: by blocks, fewest first
    Cursor** window        # OR: the lists as they count in the present window, least first
    double* below          # what ``window[:i]`` can add up to in it
    double* parts          # of each leaf, of the doc being scored
    double* sums           # of WINDOW docs: what the leading lists can add up to
    uint64_t* marked       # and which of them they have
    Heap heap


# ---- OR


cdef int consider(Params* p, Race* r, int lead, uint32_t doc, double most) noexcept nogil:
    """Score a doc, to which ``window[lead:]`` add ``most`` at most, and keep it if it is good enough."""
    cdef Cursor* c
    cdef bint found = False
    cdef double total = 0.0
    cdef int i
    for i in range(lead - 1, -1, -1):
        c = r.window[i]
        if (most + r.below[i] + c.cap) * HAIR <= r.heap.threshold:
            return FINE
        if not enter(p, c, doc):
            continue
        if (most + r.below[i] + c.block_most) * HAIR <= r.heap.threshold:
            return FINE
        if (most + r.below[i] + most_in(p, c, doc)) * HAIR <= r.heap.threshold:
            return FINE
        if place(p, c, doc, &found) < 0:
            return WRONG
        if found:
            c.met = doc
            ask_for(p.lists.lengths + <uint64_t>doc * p.lists.field_count)
            most += c.idf * saturated(p, tf_bound(p, c, doc, c.i))
    if most * HAIR <= r.heap.threshold:
        return FINE
    for i in range(r.n):
        c = r.window[i]
        if i >= lead and c.number < c.blocks.count:
            if place(p, c, doc, &found) < 0:
                return WRONG
            if found:
                c.met = doc
        r.parts[c.leaf] = worth(p, c, doc, c.i) if c.met == doc else 0.0
    for i in range(r.n):
        total += r.parts[i]
    if total > r.heap.threshold and total > 0.0:
        keep(&r.heap, total, doc)
    return FINE


cdef int alone(Params* p, Race* r, uint32_t low, uint32_t high) noexcept nogil:
    """A window in which only docs of the last list can be good enough."""
    cdef Cursor* c = r.window[r.n - 1]
    cdef double threshold = r.heap.threshold, need, tf
    cdef uint32_t doc
    cdef uint8_t worthy[BLOCK]
    cdef int i, at, count = 0
    if weigh(p, c, False) < 0:
        return WRONG
    need = needed(p, c, r.below[r.n - 1], threshold)
    for i in range(first_from(&c.block, 0, low), c.block.count):
        worthy[count] = <uint8_t>i
        count += c.tf_most[i] > need
    for at in range(count):
        ask_for_codes(p, c, doc_at(&c.block, worthy[at]))
    for at in range(count):
        i = worthy[at]
        if c.tf_most[i] <= need:  # it may have grown
            continue
        doc = doc_at(&c.block, i)
        if doc > high:
            break
        tf = tf_bound(p, c, doc, i)
        if tf <= need or doc < low or not is_wanted(p, doc):
            continue
        if consider(p, r, r.n - 1, doc, c.idf * saturated(p, tf)) < 0:
            return WRONG
        if r.heap.threshold != threshold:
            threshold = r.heap.threshold
            need = needed(p, c, r.below[r.n - 1], threshold)
    return FINE


cdef int together(Params* p, Race* r, int lead, uint32_t low, uint32_t high) noexcept nogil:
    """A window in which docs of ``window[lead:]`` can be good enough: their bounds are added up, then the docs considered."""
    cdef Cursor* c
    cdef uint32_t at, span = high - low
    cdef uint64_t word
    cdef double most
    cdef int i, j, number
    for i in range(lead, r.n):
        c = r.window[i]
        if c.cap == 0.0:
            continue
        if weigh(p, c, True) < 0:
            return WRONG
        for j in range(first_from(&c.block, 0, low), c.block.count):
            at = c.docs[j] - low
            if at > span:
                break
            r.sums[at] += c.idf * saturated(p, c.tf_most[j])
            r.marked[at >> 6] |= <uint64_t>1 << (at & 63)
    for number in range(<int>(span >> 6) + 1):
        word, r.marked[number] = r.marked[number], 0
        while word:
            at = <uint32_t>(number << 6) + lowest_bit(word)
            word &= word - 1
            most, r.sums[at] = r.sums[at], 0.0
            if (most + r.below[lead]) * HAIR > r.heap.threshold and is_wanted(p, low + at):
                if consider(p, r, lead, low + at, most) < 0:
                    return WRONG
    return FINE


cdef int prime(Params* p, Race* r) noexcept nogil:
    """Raise the threshold beforehand: to the k-th best of the most promising postings of the most promising list."""
    cdef Cursor* c = r.order[r.n - 1]
    cdef uint32_t best = 0, second = c.blocks.count, number
    cdef double total = 0.0, floor = r.heap.threshold
    cdef int i
    for number in range(1, min(c.blocks.count, <uint32_t>(2 * SHORT))):
        if bound(p, c, number) > bound(p, c, best):
            best, second = number, best
        elif second == c.blocks.count or bound(p, c, number) > bound(p, c, second):
            second = number
    for i in range(r.n):
        r.window[i], r.below[i] = r.order[i], total
        r.order[i].cap = r.order[i].most
        total += r.order[i].most
    for i in range(2):
        c.number = min(best, second) if i == 0 else max(best, second)
        if c.number < c.blocks.count and alone(p, r, 0, c.blocks.last[c.number]) < 0:
            return WRONG
    if r.heap.size == r.heap.capacity:
        floor = max(floor, r.heap.threshold * (1.0 - 1e-12))  # so that docs of equal score are found again, in their order
    r.heap.size, r.heap.threshold = 0, floor
    for i in range(r.n):
        r.order[i].number, r.order[i].met = 0, NO_DOC
    return FINE


cdef int any_of(Params* p, Race* r) noexcept nogil:
    """OR, window by window."""
    cdef uint32_t doc = 0, high
    cdef int first = 0, lead, i
    cdef double total = 0.0
    cdef int waiting = 0
    while True:
        waiting += 1
        if waiting % PATIENCE == 0 and is_late(p.end_ns):
            return LATE
        while first < r.n and total + r.order[first].most <= r.heap.threshold:  # can no longer lift a doc by themselves
            total += r.order[first].most
            first += 1
        high = NO_DOC
        for i in range(first, r.n):
            if enter(p, r.order[i], doc):
                high = min(high, r.order[i].blocks.last[r.order[i].number])
        if high == NO_DOC:
            return FINE
        lead = open_window(p, r, first, doc, high)
        if lead == r.n - 1:
            if alone(p, r, doc, high) < 0:
                return WRONG
        elif lead < r.n:
            high = min(high, doc + WINDOW - 1)
            if together(p, r, lead, doc, high) < 0:
                return WRONG
        doc = high + 1


cdef inline int open_window(const Params* p, Race* r, int first, uint32_t low, uint32_t high) noexcept nogil:
    """Sort the lists by what they can add in a window; returns how many of them cannot lift a doc together."""
    cdef int i, j, lead = 0
    cdef Cursor* c
    cdef double total = 0.0
    for i in range(r.n):
        c = r.order[i]
        c.cap = c.most if i < first else c.block_most
        if i >= first and c.listed == c.number and c.cap != 0.0 and c.docs[0] > high:
            c.cap = 0.0
        j = i
        while j > first and r.window[j - 1].cap > c.cap:
            r.window[j] = r.window[j - 1]
            j -= 1
        r.window[j] = c
    for i in range(r.n):
        r.below[i] = total
        total += r.window[i].cap
        if total <= r.heap.threshold:
            lead = i + 1
    return lead


# ---- AND


cdef int all_of(Params* p, Race* r) noexcept nogil:
    """AND: the postings of the shortest list, each looked for in the others."""
    cdef Cursor* lead = r.order[0]
    cdef double others = 0.0, need
    cdef uint32_t doc = 0
    cdef int i, waiting = 0
    for i in range(1, r.n):
        others += r.order[i].most
    while go(lead, doc):
        waiting += 1
        if waiting % PATIENCE == 0 and is_late(p.end_ns):
            return LATE
        if (bound(p, lead, lead.number) + others) * HAIR > r.heap.threshold:
            if list_docs(p, lead) < 0 or weigh(p, lead, r.heap.threshold > 0.0) < 0:
                return WRONG
            need = needed(p, lead, others, r.heap.threshold)
            for i in range(first_from(&lead.block, 0, doc), lead.block.count):
                if lead.docs[i] >= doc and lead.tf_most[i] > need and is_wanted(p, lead.docs[i]):
                    doc = meet(p, r, lead.docs[i], i)
                    if doc == 0:
                        return WRONG
                    if doc == NO_DOC:
                        return FINE
        doc = max(doc, lead.blocks.last[lead.number] + 1)
    return FINE


cdef bint is_hopeless(Params* p, Race* r, uint32_t doc, int i) noexcept nogil:
    """Can no posting of the blocks that the other lists stand at lift a doc of the first list high enough?"""
    cdef double most = r.order[0].idf * saturated(p, r.order[0].tf_most[i])
    cdef int j
    for j in range(1, r.n):
        enter(p, r.order[j], doc)
        most += r.order[j].block_most
    return most * HAIR <= r.heap.threshold


cdef uint32_t meet(Params* p, Race* r, uint32_t doc, int i) noexcept nogil:
    """Score a doc of the first list, if the others have it; returns the next doc that may match, NO_DOC for none, 0 for damage."""
    cdef Cursor* c
    cdef double total = 0.0
    cdef bint found = False
    cdef int j
    ask_for(p.lists.lengths + <uint64_t>doc * p.lists.field_count)
    for j in range(1, r.n):
        if not go(r.order[j], doc):
            return NO_DOC
    if r.heap.threshold > 0.0 and is_hopeless(p, r, doc, i):
        return doc + 1
    for j in range(1, r.n):
        c = r.order[j]
        if place(p, c, doc, &found) < 0:
            return 0
        if not found:
            return doc_at(&c.block, c.i)
    for j in range(r.n):
        c = r.order[j]
        r.parts[c.leaf] = worth(p, c, doc, c.i if j else i)
        if r.parts[c.leaf] == 0.0:  # it stands in none of the fields that count
            return doc + 1
    for j in range(r.n):
        total += r.parts[j]
    if total > r.heap.threshold:
        keep(&r.heap, total, doc)
    return doc + 1


# ---- from Python


cdef int _bind(object reader, Params* p, Cursor* c, uint32_t term, double idf, columns, int leaf) except -1:
    cdef uint32_t number
    cdef int f
    if term >= p.lists.term_count:
        raise IndexError(f"no term {term}")
    c.leaf, c.idf, c.number = leaf, idf, 0
    if open_list(p.lists, term, &c.blocks) < 0:
        raise reader.damaged()
    c.opened = c.listed = c.weighed = c.bounded = c.met = NO_DOC
    for f in range(p.lists.field_count):
        c.weight[f] = 0.0
    for f in columns:
        if f < 0 or f >= p.lists.field_count:
            raise IndexError(f"no field {f}")
        c.weight[f] = p.weight[f]
    c.most = 0.0
    if c.blocks.count > SHORT:
        c.most = idf  # tf / (k1 + tf) is below 1
    else:
        for number in range(c.blocks.count):
            c.most = max(c.most, bound(p, c, number))
    return 0


cdef void sort(Cursor** order, int n, bint by_blocks) noexcept nogil:
    """Insertion sort, least first; equal ones in query order."""
    cdef int i, j
    cdef Cursor* c
    for i in range(1, n):
        c = order[i]
        j = i
        while j and (
            order[j - 1].blocks.count > c.blocks.count if by_blocks else order[j - 1].most > c.most
        ):
            order[j] = order[j - 1]
            j -= 1
        order[j] = c


def best(
    object reader not None,
    words not None,
    const double[::1] weights not None,
    const double[::1] b not None,
    const double[::1] means not None,
    double k1,
    int k,
    double floor,
    bint every,
    const uint64_t[::1] among = None,
    uint64_t end_ns = 0,
):
    """The best ``k`` live docs of a segment with a score above ``floor``, as (score, doc), best first, equal ones by doc.

    words    a sequence of (term number, idf above 0, fields in which it counts), in query order; a word may stand twice
    weights  float64[f]      of each field
    b, means float64[f]      length normalisation and mean length of each field, in positions
    every    all words must match, not any
    among    a set (see ``docsets``) of the docs that may be found; None: all

    end_ns   when to stop, on the clock of ``time.time_ns``; 0: never

    Raises IndexError for numbers that point nowhere, CorruptIndexError for damaged lists, LateError when it is time.
    """
    cdef Params p
    cdef Race r
    cdef int n = <int>len(words), f, i, outcome = FINE
    p.lists, p.k1, p.among = lists_of(reader), k1, NULL
    p.end_ns = end_ns
    cdef int fields = p.lists.field_count
    if weights.shape[0] != fields or b.shape[0] != fields or means.shape[0] != fields:
        raise IndexError("one weight, one b and one mean for each field is needed")
    if among is not None:
        if among.shape[0] != (p.lists.doc_count + 63) >> 6:
            raise IndexError("a bit for each doc is needed")
        p.among = &among[0] if among.shape[0] else NULL
    for f in range(fields):
        p.weight[f], p.b[f], p.mean[f], p.filled[f] = weights[f], b[f], means[f], False
    if n == 0 or k <= 0:
        return []
    r.n = n
    r.heap.size, r.heap.capacity, r.heap.threshold = 0, <int>min(<uint32_t>k, max(p.lists.doc_count, 1)), floor
    cdef Cursor* cursors = <Cursor*>malloc(n * sizeof(Cursor))
    r.order = <Cursor**>malloc(2 * n * sizeof(Cursor*))
    r.below = <double*>malloc(2 * n * sizeof(double))
    r.sums = <double*>calloc(WINDOW + WINDOW // 64, 8)
    r.heap.scores = <double*>malloc(r.heap.capacity * sizeof(double))
    r.heap.docs = <uint32_t*>malloc(r.heap.capacity * sizeof(uint32_t))
    try:
        if cursors == NULL or r.order == NULL or r.below == NULL or r.sums == NULL or r.heap.scores == NULL or r.heap.docs == NULL:
            raise MemoryError()
        r.window, r.parts, r.marked = r.order + n, r.below + n, <uint64_t*>(r.sums + WINDOW)
        for i in range(n):
            term, idf, columns = words[i]
            _bind(reader, &p, &cursors[i], term, idf, columns, i)
            r.order[i] = &cursors[i]
        with nogil:
            outcome = _race(&p, &r, every)
        if outcome < 0:
            raise reader.damaged()
        found = [(r.heap.scores[i], r.heap.docs[i]) for i in range(r.heap.size)]
    finally:
        free(cursors)
        free(r.order)
        free(r.below)
        free(r.sums)
        free(r.heap.scores)
        free(r.heap.docs)
    found.sort(key=_by_score_then_doc)
    if outcome == LATE:
        raise LateError(found)
    return found


cdef int _race(Params* p, Race* r, bint every) noexcept nogil:
    sort(r.order, r.n, every)
    if every:
        return all_of(p, r)
    return WRONG if prime(p, r) < 0 else any_of(p, r)


def _by_score_then_doc(hit):
    return -hit[0], hit[1]

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The best k docs in which words stand side by side, without looking at the positions of the rest.

The rarest word leads and the others leap after it. A phrase stands in a field no more often than the rarest of its words, in
no field shorter than what each of them asks for; so blocks, and then docs, that cannot beat the k-th best found so far are
passed over by what is known of their words (bounds as in ``topk``), and only for the others positions are read.

Scores are exactly ``rank``'s. Twin: the naive engine, and ``lists.phrase``, which looks at every doc that has all the words.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

from idlibsearch.index.ahead cimport ask_for
from idlibsearch.index.blocks cimport MAX_FIELDS, Lists, block_with, decoded, freq_at, is_deleted
from idlibsearch.query.clock cimport is_late
from idlibsearch.query.closeness cimport UNKNOWN, near_words
from idlibsearch.query.heap cimport HAIR, Heap, keep
from idlibsearch.query.occurrences cimport (
    ALL, MAX_WORDS, NO_DOC, Phrase, Room, Word, arrange, bind, chain, leave, seek,
)
from idlibsearch.query.scoring cimport Params, needed, read_params, scored, weighed_at_most

from idlibsearch.query.limits import LateError

cdef enum:
    FINE = 0
    LATE = 1
    WRONG = -1
    PATIENCE = 64    # windows between two looks at the clock
    UNBOUNDED = 255  # the code of all freqs that are too large for one


cdef struct Search:
    Word* words              # each term once
    Word* order[MAX_WORDS]   # those with the fewest blocks first
    int count
    Phrase phrase            # as they stand there, a term as often as it does
    const uint64_t* among    # bitmap of the docs that may be found, NULL for all
    uint64_t end_ns          # when to stop, see ``clock``


cdef void by_blocks(Search* s) noexcept nogil:
    """Insertion sort."""
    cdef int i, j
    for i in range(s.count):
        j = i
        while j and s.order[j - 1].blocks.count > s.words[i].blocks.count:
            s.order[j] = s.order[j - 1]
            j -= 1
        s.order[j] = &s.words[i]


cdef uint32_t window_of(const Search* s, uint32_t doc) noexcept nogil:
    """Go to the blocks that ``doc`` would stand in; the end of the first to end, NO_DOC where a word has none left."""
    cdef uint32_t window = NO_DOC, number
    cdef int w
    cdef Word* word
    for w in range(s.count):
        word = s.order[w]
        number = block_with(&word.blocks, word.number, doc)
        if number != word.number:
            word.number, word.i = number, 0
        if number >= word.blocks.count:
            return NO_DOC
        window = min(window, word.blocks.last[number])
    return window


cdef double most_here(const Params* p, const Search* s) noexcept nogil:
    """The most that a phrase can be worth in a doc of the blocks the words stand at."""
    cdef double tf = 0.0
    cdef uint8_t freq
    cdef uint8_t length
    cdef const uint8_t* codes
    cdef int f, w
    for f in range(p.lists.field_count):
        if p.weight[f] == 0.0 or not p.lists.positional[f]:
            continue
        freq, length = UNBOUNDED, 0
        for w in range(s.count):
            codes = s.order[w].blocks.bounds + (<uint64_t>s.order[w].number * p.lists.field_count + f) * 2
            freq, length = min(freq, codes[0]), max(length, codes[1])
        if freq == UNBOUNDED:
            return p.idf * HAIR
        if freq:
            tf += p.weight[f] * decoded(freq) / (1.0 - p.b[f] + p.b[f] * decoded(length) / p.mean[f])
    return p.idf * (tf / (p.k1 + tf)) * HAIR if tf != 0.0 else 0.0


cdef inline bint is_hopeless(const Params* p, const Search* s, int n, const Heap* h) noexcept nogil:
    """Are the first ``n`` words, all at one doc, too rare in it for the phrase to be good enough there?"""
    cdef double tf = 0.0
    cdef uint32_t freq
    cdef int f, w
    if h.threshold <= 0.0:
        return False
    for f in range(p.lists.field_count):
        if p.weight[f] != 0.0 and p.lists.positional[f]:
            freq = NO_DOC
            for w in range(n):
                freq = min(freq, freq_at(&s.order[w].block, f, s.order[w].i))
            tf += weighed_at_most(p, s.order[0].doc, f, freq)
    return tf <= needed(p, h.threshold)


cdef int count_in(const Params* p, const Phrase* phrase, int f, Room* room, Room* other) noexcept nogil:
    """How often a phrase stands in a field of the doc its words are at; -1 where a list is damaged."""
    cdef int found = UNKNOWN
    if phrase.count == 2:
        found = near_words(p.lists, phrase.words[0], phrase.words[1], f, ALL, room, other, 1, True, False)
    return chain(p.lists, phrase, f, room) if found == UNKNOWN else found


cdef int look(const Params* p, const Search* s, Room* room, Room* other, Heap* h) noexcept nogil:
    """Keep the doc at which all words stand if it has the phrase and is good enough."""
    cdef uint32_t freqs[MAX_FIELDS]
    cdef double score
    cdef int f, found
    for f in range(p.lists.field_count):
        freqs[f] = 0
        if p.weight[f] != 0.0 and p.lists.positional[f]:
            found = count_in(p, &s.phrase, f, room, other)
            if found < 0:
                return WRONG
            freqs[f] = found
    score = scored(p, s.order[0].doc, freqs)
    if score > h.threshold and score > 0.0:
        keep(h, score, s.order[0].doc)
    return FINE


cdef inline int gather(const Params* p, const Search* s, const Heap* h, uint32_t* next) noexcept nogil:
    """Bring the other words to the leading one's doc: 1 where all stand there and the doc is worth a look, else 0.

    ``next``: the doc to go on from. -1 where a list is damaged.
    """
    cdef uint32_t doc = s.order[0].doc
    cdef int w
    next[0] = doc + 1
    if (s.among != NULL and not s.among[doc >> 6] >> (doc & 63) & 1) or is_hopeless(p, s, 1, h):
        return 0
    for w in range(1, s.count):
        if seek(p.lists, s.order[w], doc) < 0:
            return WRONG
        if s.order[w].doc != doc:
            next[0] = s.order[w].doc
            return 0
    if is_deleted(p.lists, doc) or is_hopeless(p, s, s.count, h):
        return 0
    ask_for(p.lists.lengths + <uint64_t>doc * p.lists.field_count)
    return 1


cdef int look_through(const Params* p, const Search* s, uint32_t window, Room* room, Room* other, Heap* h) noexcept nogil:
    """Look at the docs from the leading word's up to ``window`` that have all the words; it moves behind them."""
    cdef Word* lead = s.order[0]
    cdef uint32_t next
    cdef int found
    while lead.doc <= window:
        found = gather(p, s, h, &next)
        if found < 0 or (found and look(p, s, room, other, h) < 0):
            return WRONG
        if seek(p.lists, lead, next) < 0:
            return WRONG
        if lead.doc == NO_DOC:
            break
    return FINE


cdef int find_best(const Params* p, const Search* s, Room* room, Room* other, Heap* h) noexcept nogil:
    cdef Word* lead = s.order[0]
    cdef uint32_t doc = 0, window
    cdef int waiting = 0
    while True:
        waiting += 1
        if waiting % PATIENCE == 0 and is_late(s.end_ns):
            return LATE
        if seek(p.lists, lead, doc) < 0:
            return WRONG
        if lead.doc == NO_DOC:
            return FINE
        window = window_of(s, lead.doc)
        if window == NO_DOC:
            return FINE
        if h.threshold > 0.0 and most_here(p, s) <= h.threshold:
            doc = window + 1
            continue
        if look_through(p, s, window, room, other, h) < 0:
            return WRONG
        doc = lead.doc


def best(
    object reader not None,
    const uint32_t[::1] terms not None,
    double idf,
    const double[::1] weights not None,
    const double[::1] b not None,
    const double[::1] means not None,
    double k1,
    int k,
    double floor,
    const uint64_t[::1] among = None,
    uint64_t end_ns = 0,
):
    """The best ``k`` live docs of a segment in which terms stand side by side, with a score above ``floor``.

    terms    uint32[n]   term numbers, 1 to 64, in the order of the phrase
    weights  float64[f]  of fields, 0 for those in which the phrase does not count; b and means likewise
    idf      of the phrase
    among    a set (see ``docsets``) of the docs that may be found; None: all
    end_ns   when to stop, on the clock of ``time.time_ns``; 0: never

    As (score, doc), best first, equal ones by doc. Raises IndexError for numbers that point nowhere, CorruptIndexError for
    damaged lists, LateError when it is time.
    """
    cdef Params p
    cdef Search s
    cdef Room room
    cdef Room other
    cdef Heap h
    cdef int w, known, outcome = FINE
    read_params(&p, reader, idf, weights, b, means, k1)
    if not 0 < terms.shape[0] <= MAX_WORDS:
        raise IndexError(f"a phrase has one to {MAX_WORDS} words, not {terms.shape[0]}")
    s.among, s.end_ns = NULL, end_ns
    if among is not None:
        if among.shape[0] != (p.lists.doc_count + 63) >> 6:
            raise IndexError("a bit for each doc is needed")
        s.among = &among[0] if among.shape[0] else NULL
    if k <= 0:
        return []
    room.starts = room.ends = room.first = room.far = NULL
    room.size = 0
    other = room
    s.count, s.phrase.count = 0, <int>terms.shape[0]
    h.size, h.capacity, h.threshold = 0, <int>min(<uint32_t>k, max(p.lists.doc_count, 1)), floor
    s.words = <Word*>malloc(s.phrase.count * sizeof(Word))
    h.scores = <double*>malloc(h.capacity * sizeof(double))
    h.docs = <uint32_t*>malloc(h.capacity * sizeof(uint32_t))
    try:
        if s.words == NULL or h.scores == NULL or h.docs == NULL:
            raise MemoryError()
        for w in range(s.phrase.count):
            known = 0
            while known < w and terms[known] != terms[w]:
                known += 1
            if known == w:
                s.phrase.words[w] = &s.words[s.count]
                bind(reader, p.lists, s.phrase.words[w], terms[w])
                s.count += 1
            s.phrase.words[w] = s.phrase.words[known]
        with nogil:
            by_blocks(&s)
            arrange(&s.phrase)
            outcome = find_best(&p, &s, &room, &other, &h)
        if outcome < 0:
            raise reader.damaged()
        found = [(h.scores[w], h.docs[w]) for w in range(h.size)]
    finally:
        free(s.words)
        free(h.scores)
        free(h.docs)
        leave(&room)
        leave(&other)
    found.sort(key=_by_score_then_doc)
    if outcome == LATE:
        raise LateError(found)
    return found


def _by_score_then_doc(hit):
    return -hit[0], hit[1]

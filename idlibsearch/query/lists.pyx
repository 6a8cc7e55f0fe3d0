# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Lists of scored docs, and the algebra on them: the general way from posting lists to an answer, a whole list at a time.

A list is a pair of buffers, docs (uint32, ascending) and scores (float64), made by ``word`` and ``phrase``, joined by
``either``, ``both`` and ``without``, and read out by ``best``. Deleted docs stand in lists; only ``best`` leaves them
out. Scores are exactly ``rank``'s. Twin: the naive engine.
"""

from libc.math cimport pow
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, qsort, realloc
from libc.string cimport memset

from idlibsearch.index.blocks cimport (
    MAX_FIELDS, Block, List, Lists, doc_at, freq_at, is_deleted, open_block, open_list, read_column,
)
from idlibsearch.query.occurrences cimport MAX_WORDS, NO_DOC, Phrase, Room, Word, arrange, bind, chain, leave, seek
from idlibsearch.query.scoring cimport Params, lists_of, read_params, scored


cdef class _List:
    """A list of docs and scores that grows."""

    cdef uint32_t* docs
    cdef double* scores
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity

    def __cinit__(self, Py_ssize_t capacity):
        self.capacity = max(capacity, 16)
        self.docs = <uint32_t*>malloc(4 * self.capacity)
        self.scores = <double*>malloc(8 * self.capacity)
        if self.docs == NULL or self.scores == NULL:
            raise MemoryError()

    def __dealloc__(self):
        free(self.docs)
        free(self.scores)

    cdef void put(self, uint32_t doc, double score) noexcept nogil:
        """Append; the caller has made sure of the capacity."""
        self.docs[self.size] = doc
        self.scores[self.size] = score
        self.size += 1

    cdef tuple taken(self):
        return (
            memoryview((<char*>self.docs)[: 4 * self.size]).cast("I"),
            memoryview((<char*>self.scores)[: 8 * self.size]).cast("d"),
        )


def word(
    object reader not None, uint32_t term, double idf, const double[::1] weights not None, const double[::1] b not None,
    const double[::1] means not None, double k1,
):
    """Every doc that has a term in a field whose weight is not 0, with its score.

    weights, b, means are float64[f]. Raises IndexError for a term that is not there, CorruptIndexError for a damaged list.
    """
    cdef Params p
    cdef List blocks
    cdef Block block
    cdef uint32_t number, doc
    cdef uint32_t freqs[MAX_FIELDS]
    cdef double score
    cdef int i, f, outcome = 0
    read_params(&p, reader, idf, weights, b, means, k1)
    cdef _List out = _List(reader.count(term))
    if open_list(p.lists, term, &blocks) < 0:
        raise reader.damaged()
    with nogil:
        for number in range(blocks.count):
            outcome = open_block(p.lists, &blocks, number, &block)
            if outcome < 0 or out.size + block.count > out.capacity:
                outcome = -1
                break
            for i in range(block.count):
                for f in range(p.lists.field_count):
                    freqs[f] = freq_at(&block, f, i)
                doc = doc_at(&block, i)
                score = scored(&p, doc, freqs)
                if score != 0.0:
                    out.put(doc, score)
    if outcome < 0:
        raise reader.damaged()
    return out.taken()


# ---- phrases

cdef struct Place:
    uint32_t doc
    uint32_t column
    uint32_t start


cdef class _Places:
    """Where phrases start, and room to find them."""

    cdef Place* places
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef Room room

    def __dealloc__(self):
        free(self.places)
        leave(&self.room)

    cdef int put(self, uint32_t doc, uint32_t column, uint32_t start) noexcept nogil:
        cdef Place* grown
        if self.size == self.capacity:
            self.capacity = 2 * self.capacity + 256
            grown = <Place*>realloc(self.places, self.capacity * sizeof(Place))
            if grown == NULL:
                return -1
            self.places = grown
        self.places[self.size].doc, self.places[self.size].column, self.places[self.size].start = doc, column, start
        self.size += 1
        return 0


cdef int stand(const Lists* lists, const Phrase* phrase, uint32_t doc, int column, _Places out) noexcept nogil:
    """Put down where the words stand side by side in a field of a doc."""
    cdef int i, found = chain(lists, phrase, column, &out.room)
    for i in range(found):
        if out.put(doc, column, out.room.first[i]) < 0:
            return -1
    return found


cdef int side_by_side(const Params* p, Word* words, int n, _Places out) noexcept nogil:
    """Put down every place at which the words stand side by side, in a field that counts."""
    cdef Phrase phrase
    cdef uint32_t doc = 0
    cdef int w, f, lead = 0
    phrase.count = n
    for w in range(n):
        phrase.words[w] = &words[w]
        if words[w].blocks.count < words[lead].blocks.count:
            lead = w
    arrange(&phrase)
    while True:
        if seek(p.lists, &words[lead], doc) < 0:
            return -1
        doc = words[lead].doc
        if doc == NO_DOC:
            return 0
        for w in range(n):
            if w != lead:
                if seek(p.lists, &words[w], doc) < 0:
                    return -1
                if words[w].doc != doc:
                    break
        else:
            for f in range(p.lists.field_count):
                if p.weight[f] != 0.0 and p.lists.positional[f] and stand(p.lists, &phrase, doc, f, out) < 0:
                    return -1
            doc += 1
            continue
        doc = words[w].doc
        if doc == NO_DOC:
            return 0


cdef int elsewhere(const Params* p, Word* c, _Places out) noexcept nogil:
    """Put down a word's occurrences in the fields that keep no positions, as if it stood at 0, 1, 2 …"""
    cdef uint32_t number, n
    cdef int i, f
    for number in range(c.blocks.count):
        if open_block(p.lists, &c.blocks, number, &c.block) < 0:
            return -1
        for f in range(p.lists.field_count):
            if p.lists.positional[f] or p.weight[f] == 0.0 or not c.block.freq_width[f]:
                continue
            for i in range(c.block.count):
                for n in range(freq_at(&c.block, f, i)):
                    if out.put(doc_at(&c.block, i), f, n) < 0:
                        return -1
    return 0


cdef int by_place(const void* a, const void* b) noexcept nogil:
    cdef const Place* x = <const Place*>a
    cdef const Place* y = <const Place*>b
    if x.doc != y.doc:
        return -1 if x.doc < y.doc else 1
    if x.column != y.column:
        return -1 if x.column < y.column else 1
    return (x.start > y.start) - (x.start < y.start)


def phrase(
    object reader not None, list sequences not None, Py_ssize_t joined, double idf, const double[::1] weights not None,
    const double[::1] b not None, const double[::1] means not None, double k1,
):
    """Every doc in which one of some sequences of terms stands side by side in a field that keeps positions, with its score.

    sequences   arrays of uint32 term numbers (1 to 64 each). An occurrence is where a sequence starts; where two sequences
                start at one place, that counts once.
    joined      a term that also counts in fields that keep no positions, -1 for none

    For the rest see ``word``. Raises IndexError, CorruptIndexError likewise.
    """
    cdef Params p
    cdef _Places found = _Places()
    cdef const uint32_t[::1] terms
    cdef Word* words = <Word*>malloc(MAX_WORDS * sizeof(Word))
    cdef int w, outcome = 0
    if words == NULL:
        raise MemoryError()
    try:
        read_params(&p, reader, idf, weights, b, means, k1)
        for sequence in sequences:
            terms = sequence
            if not 0 < terms.shape[0] <= MAX_WORDS:
                raise IndexError(f"a phrase has one to {MAX_WORDS} words, not {terms.shape[0]}")
            for w in range(terms.shape[0]):
                bind(reader, p.lists, &words[w], terms[w])
            with nogil:
                outcome = side_by_side(&p, words, <int>terms.shape[0], found)
            if outcome < 0:
                raise reader.damaged()
        if joined >= 0:
            bind(reader, p.lists, &words[0], <uint32_t>joined)
            with nogil:
                outcome = elsewhere(&p, &words[0], found)
            if outcome < 0:
                raise reader.damaged()
    finally:
        free(words)
    if (len(sequences) > 1 or joined >= 0) and found.size:
        qsort(found.places, found.size, sizeof(Place), by_place)
    return _counted(&p, found)


cdef tuple _counted(const Params* p, _Places found):
    cdef _List out = _List(found.size)
    cdef uint32_t freqs[MAX_FIELDS]
    cdef Py_ssize_t i = 0
    cdef int f
    cdef uint32_t doc
    cdef Place* at = found.places
    with nogil:
        while i < found.size:
            doc = at[i].doc
            for f in range(p.lists.field_count):
                freqs[f] = 0
            while i < found.size and at[i].doc == doc:
                if i == 0 or by_place(&at[i - 1], &at[i]) != 0:
                    freqs[at[i].column] += 1
                i += 1
            out.put(doc, scored(p, doc, freqs))
    return out.taken()


def word_among(
    object reader not None, uint32_t term, const uint32_t[::1] docs not None, double idf, const double[::1] weights not None,
    const double[::1] b not None, const double[::1] means not None, double k1,
):
    """As ``word``, but only of these docs (uint32, ascending): leaps from one to the next and scores no other."""
    cdef Params p
    cdef Word c
    cdef uint32_t freqs[MAX_FIELDS]
    cdef double score
    cdef Py_ssize_t i
    cdef int f, outcome = 0
    read_params(&p, reader, idf, weights, b, means, k1)
    bind(reader, p.lists, &c, term)
    cdef _List out = _List(docs.shape[0])
    with nogil:
        for i in range(docs.shape[0]):
            outcome = seek(p.lists, &c, docs[i])
            if outcome < 0 or c.doc == NO_DOC:
                break
            if c.doc == docs[i]:
                for f in range(p.lists.field_count):
                    freqs[f] = freq_at(&c.block, f, c.i)
                score = scored(&p, c.doc, freqs)
                if score != 0.0:
                    out.put(c.doc, score)
    if outcome < 0:
        raise reader.damaged()
    return out.taken()


# ---- algebra


cdef int _fits(const uint32_t[::1] docs, const double[::1] scores) except -1:
    if docs.shape[0] != scores.shape[0]:
        raise IndexError("one score for each doc is needed")
    return 0


def either(
    const uint32_t[::1] docs_a not None, const double[::1] scores_a not None,
    const uint32_t[::1] docs_b not None, const double[::1] scores_b not None,
):
    """The docs of a or b; where in both, the score is a's plus b's."""
    _fits(docs_a, scores_a)
    _fits(docs_b, scores_b)
    cdef Py_ssize_t i = 0, j = 0, n = docs_a.shape[0], m = docs_b.shape[0]
    cdef _List out = _List(n + m)
    with nogil:
        while i < n and j < m:
            if docs_a[i] == docs_b[j]:
                out.put(docs_a[i], scores_a[i] + scores_b[j])
                i += 1
                j += 1
            elif docs_a[i] < docs_b[j]:
                out.put(docs_a[i], scores_a[i])
                i += 1
            else:
                out.put(docs_b[j], scores_b[j])
                j += 1
        for i in range(i, n):
            out.put(docs_a[i], scores_a[i])
        for j in range(j, m):
            out.put(docs_b[j], scores_b[j])
    return out.taken()


def both(
    const uint32_t[::1] docs_a not None, const double[::1] scores_a not None,
    const uint32_t[::1] docs_b not None, const double[::1] scores_b not None,
):
    """The docs of a and b, with a's score plus b's."""
    _fits(docs_a, scores_a)
    _fits(docs_b, scores_b)
    cdef Py_ssize_t i = 0, j = 0, n = docs_a.shape[0], m = docs_b.shape[0]
    cdef _List out = _List(min(n, m))
    with nogil:
        while i < n and j < m:
            if docs_a[i] == docs_b[j]:
                out.put(docs_a[i], scores_a[i] + scores_b[j])
                i += 1
                j += 1
            elif docs_a[i] < docs_b[j]:
                i += 1
            else:
                j += 1
    return out.taken()


def plus(
    const uint32_t[::1] docs_a not None, const double[::1] scores_a not None,
    const uint32_t[::1] docs_b not None, const double[::1] scores_b not None,
):
    """The docs of a; where b has them too, the score is a's plus b's."""
    _fits(docs_a, scores_a)
    _fits(docs_b, scores_b)
    cdef Py_ssize_t i, j = 0, m = docs_b.shape[0]
    cdef _List out = _List(docs_a.shape[0])
    with nogil:
        for i in range(docs_a.shape[0]):
            while j < m and docs_b[j] < docs_a[i]:
                j += 1
            out.put(docs_a[i], scores_a[i] + scores_b[j] if j < m and docs_b[j] == docs_a[i] else scores_a[i])
    return out.taken()


def times(const uint32_t[::1] docs not None, const double[::1] scores not None, double factor):
    """The docs with their scores multiplied."""
    _fits(docs, scores)
    cdef Py_ssize_t i
    cdef _List out = _List(docs.shape[0])
    with nogil:
        for i in range(docs.shape[0]):
            out.put(docs[i], scores[i] * factor)
    return out.taken()


def faded(
    const uint32_t[::1] docs not None, const double[::1] scores not None, const int32_t[::1] days not None, double half_life,
    int32_t today, double undated,
):
    """The docs with their scores halved for every ``half_life`` days of age.

    days     int32[docs of the segment], when each was published, as proleptic ordinals; 0: nobody knows
    undated  what the scores of those are multiplied by

    Raises IndexError where a doc has no day.
    """
    _fits(docs, scores)
    cdef Py_ssize_t i
    cdef int32_t day
    cdef _List out = _List(docs.shape[0])
    if docs.shape[0] and docs[docs.shape[0] - 1] >= days.shape[0]:
        raise IndexError("a day for each doc is needed")
    with nogil:
        for i in range(docs.shape[0]):
            day = days[docs[i]]
            out.put(docs[i], scores[i] * (undated if day == 0 else pow(0.5, max(today - day, 0) / half_life)))
    return out.taken()


def without(const uint32_t[::1] docs not None, const double[::1] scores not None, const uint32_t[::1] others not None):
    """The docs of the first list that are not in the second, with their scores."""
    _fits(docs, scores)
    cdef Py_ssize_t i, j = 0, m = others.shape[0]
    cdef _List out = _List(docs.shape[0])
    with nogil:
        for i in range(docs.shape[0]):
            while j < m and others[j] < docs[i]:
                j += 1
            if j == m or others[j] != docs[i]:
                out.put(docs[i], scores[i])
    return out.taken()


def every(uint32_t doc_count):
    """All docs of a segment, scored 0."""
    cdef _List out = _List(doc_count)
    cdef uint32_t doc
    for doc in range(doc_count):
        out.put(doc, 0.0)
    return out.taken()


# ---- reading out


def best(object reader not None, const uint32_t[::1] docs not None, const double[::1] scores not None, Py_ssize_t k, double floor):
    """The best ``k`` live docs with a score above ``floor``, as (score, doc), best first, equal ones by doc.

    A heap of the k best so far, the worst of them on top: O(n log k) at worst, n comparisons where few are good enough.
    """
    _fits(docs, scores)
    cdef const Lists* lists = lists_of(reader)
    cdef Py_ssize_t i, at, child, size = 0, room = min(max(k, 0), docs.shape[0])
    cdef _List heap = _List(room)
    if room == 0:
        return []
    with nogil:
        for i in range(docs.shape[0]):
            if scores[i] <= floor or is_deleted(lists, docs[i]) or (size == room and scores[i] <= heap.scores[0]):
                continue
            if size < room:
                at = size
                size += 1
                while at and before(scores[i], docs[i], heap, (at - 1) >> 1):
                    heap.scores[at], heap.docs[at] = heap.scores[(at - 1) >> 1], heap.docs[(at - 1) >> 1]
                    at = (at - 1) >> 1
            else:
                at = 0
                while True:
                    child = 2 * at + 1
                    if child + 1 < size and before(heap.scores[child + 1], heap.docs[child + 1], heap, child):
                        child += 1
                    if child >= size or before(scores[i], docs[i], heap, child):
                        break
                    heap.scores[at], heap.docs[at] = heap.scores[child], heap.docs[child]
                    at = child
            heap.scores[at], heap.docs[at] = scores[i], docs[i]
    return sorted([(heap.scores[i], heap.docs[i]) for i in range(size)], key=_by_score_then_doc)


cdef inline bint before(double score, uint32_t doc, _List heap, Py_ssize_t at) noexcept nogil:
    """Is this doc worse than the one in the heap?"""
    return score < heap.scores[at] or (score == heap.scores[at] and doc > heap.docs[at])


def _by_score_then_doc(hit):
    return -hit[0], hit[1]

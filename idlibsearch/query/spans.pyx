# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Which docs satisfy nearness, how often and where: every combination of occurrences counts, doc by doc and field by field.

A ``Program`` is a tree whose leaves say where words stand (from posting lists, or from ``Occurrences`` found before) and whose
nodes join what their children found. A *way* to satisfy a node is a hull and the occurrences that serve; no token may serve twice.
Only where occurrences of different leaves overlap in a text does a way remember which ones serve: elsewhere its hull says all
there is to know. And below NEAR alone, of the ways that start at one place only the longest is kept: whatever stands near a
shorter one stands near it.

Twin: ``tests/naive_nearness.py``.
"""

from collections.abc import Sequence
from typing import NamedTuple

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort, realloc
from libc.string cimport memcmp, memcpy

from idlibsearch.index.ahead cimport ask_for
from idlibsearch.index.blocks cimport MAX_FIELDS, Lists, freq_at, is_deleted
from idlibsearch.query.bitmaps cimport empty, put as put_doc, words_for, words_of
from idlibsearch.query.clock cimport is_late
from idlibsearch.query.closeness cimport UNKNOWN, near_words
from idlibsearch.query.heap cimport Heap, keep
from idlibsearch.query.occurrences cimport ALL, MAX_WORDS, NO_DOC, Phrase, Room, Word, arrange, bind, chain, leave, seek
from idlibsearch.query.scoring cimport Params, lists_of, needed, read_params, scored, weighed_at_most

from idlibsearch.query.limits import CombinationsError, LateError

cdef enum:
    WRONG = -1       # a list is damaged, or there is no memory
    LATE = -2
    TOO_MANY = -3
    PATIENCE = 1 << 16  # steps between two looks at the clock
    PAGE = 1 << 14      # pieces allocated at once
    MAX_CHILDREN = 8    # of a NEAR: what a mask of one byte tells apart
    PLENTY = 1 << 20    # occurrences, where nobody counted
    SOME = 8            # occurrences in a text that mostly tell whether there is what is looked for


cdef enum Kind:
    LEAF_ = 0
    ANY_ = 1
    NEAR_ = 2
    PRE_ = 3
    SENTENCE_ = 4
    PARAGRAPH_ = 5
    APART_ = 6
    EARLY_ = 7

LEAF, ANY, NEAR, PRE, SENTENCE, PARAGRAPH, APART, EARLY = range(8)


class Occurrences(NamedTuple):
    """Where something stands in a segment, by doc, field and start.

    docs     uint32[n], ascending
    ends     uint64[n], how many there are up to each doc
    columns  uint8[m], starts and stops uint32[m], of each
    """

    docs: Sequence
    ends: Sequence
    columns: Sequence
    starts: Sequence
    stops: Sequence


cdef struct Piece:
    uint32_t start
    uint32_t end


cdef struct Way:
    uint32_t start
    uint32_t end
    uint32_t count   # of pieces, in order; none where nothing in this text is contested
    Piece* pieces


cdef struct Ways:
    Way* at
    uint32_t size
    uint32_t room


cdef struct Node:
    Kind kind
    uint32_t limit   # a distance, or how many tokens
    int first        # its children among ``kids``, its sources where it is a leaf
    int count
    int via          # the only child to go by, -1 for all
    bint longest     # of the ways that start at one place only the longest matters
    bint serves      # its leaves take part in what is found
    bint is_there    # it may have ways in this text
    Ways ways


cdef struct Source:
    Phrase phrase    # words side by side; or
    const uint32_t* docs   # occurrences found before
    const uint64_t* ends
    const uint8_t* columns
    const uint32_t* starts
    const uint32_t* stops
    uint64_t size
    uint64_t at
    uint32_t doc     # where it stands


cdef struct Page:
    Page* before
    uint32_t used
    Piece pieces[PAGE]


cdef struct Partial:
    # Some children of a NEAR placed, from the left.
    uint32_t mask
    uint32_t end
    uint32_t gaps
    uint32_t count
    Piece* pieces


cdef struct Placed:
    Way* way
    uint32_t bit


cdef int by_pieces(const void* a, const void* b) noexcept nogil:
    cdef const Way* x = <const Way*>a
    cdef const Way* y = <const Way*>b
    if x.start != y.start:
        return -1 if x.start < y.start else 1
    if x.end != y.end:
        return -1 if x.end < y.end else 1
    if x.count != y.count:
        return -1 if x.count < y.count else 1
    return memcmp(x.pieces, y.pieces, x.count * sizeof(Piece)) if x.count else 0


cdef int by_start(const void* a, const void* b) noexcept nogil:
    cdef uint32_t x = (<const Placed*>a).way.start, y = (<const Placed*>b).way.start
    return (x > y) - (x < y)


cdef inline uint32_t between(const Way* a, const Way* b) noexcept nogil:
    """How many tokens lie between two hulls; none where they overlap."""
    if b.start > a.end:
        return b.start - a.end
    return a.start - b.end if a.start > b.end else 0


cdef inline bint share(const Piece* a, uint32_t a_count, const Piece* b, uint32_t b_count) noexcept nogil:
    """Does a token serve in both?"""
    cdef uint32_t i, j
    for i in range(a_count):
        for j in range(b_count):
            if a[i].start < b[j].end and b[j].start < a[i].end:
                return True
    return False


cdef bint is_same(const Way* a, const Way* b) noexcept nogil:
    """Do the very same tokens serve in both? Where none was noted for one of them, none can serve in the other."""
    cdef uint32_t i = 0, j = 0, at = 0
    if not a.count or not b.count:
        return False
    while i < a.count and j < b.count:  # pieces of a way are apart and in order, but side by side they are as good as one
        if max(a.pieces[i].start, at) != max(b.pieces[j].start, at):
            return False
        at = min(a.pieces[i].end, b.pieces[j].end)
        i, j = i + (a.pieces[i].end == at), j + (b.pieces[j].end == at)
    return i == a.count and j == b.count


@cython.final
cdef class Program:
    """What is asked of a segment; finds its docs again and again, one thread at a time.

    reader      of the posting lists
    tree        (LEAF, sources) with arrays of uint32 term numbers or ``Occurrences`` for sources, of which any will do; else
                (kind, limit, children): ANY, NEAR and PRE (limit: the distance, at least 1), SENTENCE and PARAGRAPH of two
                children, APART (the second must not stand within limit), EARLY (limit: tokens from the start)
    breaks      (starts uint64[n + 1], positions uint32) of sentences and of paragraphs, and the column these are of
    most        how many ways one node may have in one field of a doc

    ``end_ns`` says when to stop, see ``clock``; it may be changed.

    Raises IndexError for terms that are not there, CorruptIndexError for damaged lists.
    """

    cdef object _reader
    cdef object _alive
    cdef const Lists* lists
    cdef Node* nodes
    cdef int node_count
    cdef int* kids
    cdef Source* sources
    cdef int source_count
    cdef Word* words
    cdef int word_count
    cdef Room room
    cdef Room other
    cdef bint is_pair              # two rows of words near each other
    cdef bint is_pair_of_words     # of one word each
    cdef Page* page
    cdef Partial* partials
    cdef uint32_t partial_room
    cdef Placed* row
    cdef uint32_t row_room
    cdef public uint64_t end_ns
    cdef uint64_t steps
    cdef uint32_t most
    cdef bint contested
    cdef bint is_damaged
    cdef int broken_column
    cdef const uint64_t* break_starts[2]
    cdef const uint32_t* breaks[2]
    cdef uint64_t break_count[2]

    def __init__(self, reader not None, tuple tree not None, tuple breaks not None, uint32_t most):
        cdef list nodes = [], kids = [], sources = []
        cdef const uint64_t[::1] starts
        cdef const uint32_t[::1] positions
        cdef int i
        self._reader, self.lists, self.most = reader, lists_of(reader), most
        self._alive = []
        for i in range(2):
            starts, positions = breaks[i]
            if starts.shape[0] != self.lists.doc_count + 1:
                raise IndexError("one start more than docs is needed")
            self.break_starts[i] = &starts[0]
            self.breaks[i] = &positions[0] if positions.shape[0] else NULL
            self.break_count[i] = positions.shape[0]
            self._alive.append((starts, positions))
        self.broken_column = breaks[2]
        _flatten(tree, nodes, kids, sources)
        self._allocate(nodes, kids, sources)
        for i in range(self.source_count):
            self._bind(&self.sources[i], sources[i])
        self._inherit(0, True, True)
        self.is_pair = self.node_count == 3 and self.nodes[0].kind in (NEAR_, PRE_) and self.source_count == 2
        for i in range(self.source_count):
            self.is_pair = self.is_pair and self.sources[i].phrase.count > 0
        self.is_pair_of_words = self.is_pair and self.word_count == 2

    cdef int _allocate(self, list nodes, list kids, list sources) except -1:
        cdef int i
        self.node_count, self.source_count = <int>len(nodes), <int>len(sources)
        cdef Py_ssize_t words = sum([0 if isinstance(source, tuple) else len(source) for source in sources])
        self.nodes = <Node*>calloc(self.node_count + 1, sizeof(Node))
        self.kids = <int*>calloc(len(kids) + 1, sizeof(int))
        self.sources = <Source*>calloc(self.source_count + 1, sizeof(Source))
        self.words = <Word*>calloc(words + 1, sizeof(Word))
        if self.nodes == NULL or self.kids == NULL or self.sources == NULL or self.words == NULL:
            raise MemoryError()
        for i in range(self.node_count):
            self.nodes[i].kind, self.nodes[i].limit, self.nodes[i].first, self.nodes[i].count = nodes[i]
            self.nodes[i].via = -1
        for i in range(len(kids)):
            self.kids[i] = kids[i]
        return 0

    cdef int _bind(self, Source* source, object given) except -1:
        """Bind a source to the lists of its words, or to where they stand."""
        cdef const uint32_t[::1] numbers
        cdef int w
        if isinstance(given, tuple):
            return self._bind_found(source, given)
        numbers = given
        if not 0 < numbers.shape[0] <= MAX_WORDS:
            raise IndexError(f"a phrase has one to {MAX_WORDS} words, not {numbers.shape[0]}")
        source.phrase.count = <int>numbers.shape[0]
        for w in range(source.phrase.count):
            source.phrase.words[w] = &self.words[self.word_count]
            self.word_count += 1
            bind(self._reader, self.lists, source.phrase.words[w], numbers[w])
        arrange(&source.phrase)
        return 0

    cdef int _bind_found(self, Source* source, object given) except -1:
        cdef const uint32_t[::1] docs = given[0]
        cdef const uint64_t[::1] ends = given[1]
        cdef const uint8_t[::1] columns = given[2]
        cdef const uint32_t[::1] starts = given[3]
        cdef const uint32_t[::1] stops = given[4]
        cdef Py_ssize_t size = docs.shape[0]
        if ends.shape[0] != size or (size and <uint64_t>columns.shape[0] != ends[size - 1]):
            raise IndexError("the occurrences do not fit their docs")
        if starts.shape[0] != columns.shape[0] or stops.shape[0] != columns.shape[0]:
            raise IndexError("each occurrence has a column, a start and a stop")
        source.size = size
        if size:
            source.docs, source.ends = &docs[0], &ends[0]
            source.columns, source.starts, source.stops = &columns[0], &starts[0], &stops[0]
        self._alive.append((docs, ends, columns, starts, stops))
        return 0

    cdef void _inherit(self, int n, bint longest, bint serves) noexcept:
        """Say of each node which of its ways matter, and whether it takes part in what is found."""
        cdef Node* node = &self.nodes[n]
        cdef int i
        node.longest, node.serves = longest, serves
        if node.kind != LEAF_:
            for i in range(node.count):
                self._inherit(
                    self.kids[node.first + i], longest and node.kind in (ANY_, NEAR_), serves and not (node.kind == APART_ and i)
                )

    def __dealloc__(self):
        cdef int i
        self._turn_back(NULL, 0)
        for i in range(self.node_count if self.nodes != NULL else 0):
            free(self.nodes[i].ways.at)
        free(self.page)
        free(self.nodes)
        free(self.kids)
        free(self.sources)
        free(self.words)
        free(self.partials)
        free(self.row)
        leave(&self.room)
        leave(&self.other)

    # ---- docs

    cdef uint32_t _source_from(self, Source* source, uint32_t doc) noexcept nogil:
        """Go to the first doc from ``doc`` on that a source has."""
        cdef int w
        if source.doc == NO_DOC or (source.doc >= doc and source.doc):
            return source.doc
        if not source.phrase.count:
            source.doc = self._found_from(source, doc)
            return source.doc
        w = 0
        while w < source.phrase.count:
            if seek(self.lists, source.phrase.words[w], doc) < 0:
                self.is_damaged = True
                doc = NO_DOC
                break
            if source.phrase.words[w].doc == doc:
                w += 1
            else:
                doc = source.phrase.words[w].doc
                if doc == NO_DOC:
                    break
                w = 0
        source.doc = doc
        return doc

    cdef uint32_t _both_from(self, uint32_t doc) noexcept nogil:
        """The same for two words alone: the rarer leads."""
        cdef Word* lead = &self.words[self.words[0].blocks.count > self.words[1].blocks.count]
        cdef Word* other = &self.words[lead == &self.words[0]]
        while True:
            if seek(self.lists, lead, doc) < 0 or seek(self.lists, other, lead.doc) < 0:
                self.is_damaged = True
                return NO_DOC
            doc = other.doc
            if doc == lead.doc or doc == NO_DOC:
                self.sources[0].doc = self.sources[1].doc = doc
                return doc

    cdef uint32_t _found_from(self, Source* source, uint32_t doc) noexcept nogil:
        """Gallop, then halve."""
        cdef uint64_t low = source.at, high, step = 1, middle
        while low + step < source.size and source.docs[low + step] < doc:
            low += step
            step *= 2
        high = min(low + step, source.size)
        while low < high:
            middle = (low + high) >> 1
            if source.docs[middle] < doc:
                low = middle + 1
            else:
                high = middle
        source.at = low
        return source.docs[low] if low < source.size else NO_DOC

    cdef uint32_t _from(self, int n, uint32_t doc) noexcept nogil:
        """The first doc from ``doc`` on in which a node may be satisfied; NO_DOC for none."""
        cdef Node* node = &self.nodes[n]
        cdef uint32_t found = NO_DOC, next
        cdef int i
        if self.is_pair_of_words:
            return self._both_from(doc)
        if node.kind == LEAF_ or node.kind == ANY_:
            for i in range(node.count):
                if node.kind == LEAF_:
                    next = self._source_from(&self.sources[node.first + i], doc)
                else:
                    next = self._from(self.kids[node.first + i], doc)
                found = min(found, next)
            return found
        i = 0
        while i < (1 if node.kind == APART_ else node.count):
            next = self._from(self.kids[node.first + i], doc)
            if next == doc:
                i += 1
            else:
                doc, i = next, 0
            if doc == NO_DOC:
                break
        return doc

    cdef void _rewind(self) noexcept nogil:
        """Stand before the first doc again."""
        cdef int i
        for i in range(self.word_count):
            self.words[i].opened = self.words[i].listed = self.words[i].measured = NO_DOC
            self.words[i].number, self.words[i].i, self.words[i].doc = 0, 0, 0
        for i in range(self.source_count):
            self.sources[i].at, self.sources[i].doc = 0, 0
        self.steps = 0

    # ---- ways in one field of a doc

    cdef int _look(self, uint32_t doc, int column) noexcept nogil:
        """Find the root's ways: how many, or what went wrong."""
        cdef int n, outcome
        self._turn_back(NULL, 0)
        for n in range(self.node_count):
            self.nodes[n].is_there, self.nodes[n].ways.size = False, 0
        outcome = self._load(0, doc, column)
        if outcome <= 0:
            return outcome
        self.contested = self._is_contested()
        if self.contested and self._note_pieces() < 0:
            return WRONG
        return self._join(0, doc, column)

    cdef int _load(self, int n, uint32_t doc, int column) noexcept nogil:
        """Find where the leaves below a node stand; 0 where it cannot be satisfied, -1 for damage."""
        cdef Node* node = &self.nodes[n]
        cdef int i, outcome, some = 0
        if node.kind == LEAF_:
            for i in range(node.count):
                if self._take(node, &self.sources[node.first + i], doc, column) < 0:
                    return WRONG
            if node.count > 1:
                settle(&node.ways, False)
            node.is_there = node.ways.size > 0
            return node.is_there
        for i in range(node.count):
            outcome = self._load(self.kids[node.first + i], doc, column)
            if outcome < 0:
                return outcome
            if not outcome and node.kind != ANY_ and not (node.kind == APART_ and i):
                return 0
            some |= outcome
        node.is_there = some
        return some

    cdef int _take(self, Node* leaf, Source* source, uint32_t doc, int column) noexcept nogil:
        """Add where a source stands."""
        cdef uint64_t at, end
        cdef int i, found
        if self._source_from(source, doc) != doc:
            return WRONG if self.is_damaged else 0
        if source.phrase.count:
            found = chain(self.lists, &source.phrase, column, &self.room)
            if found < 0 or reserve(&leaf.ways, leaf.ways.size + found) < 0:
                return WRONG
            for i in range(found):
                put(&leaf.ways, self.room.first[i], self.room.far[i])
            return 0
        at, end = source.ends[source.at - 1] if source.at else 0, source.ends[source.at]
        if reserve(&leaf.ways, leaf.ways.size + (end - at)) < 0:
            return WRONG
        for at in range(at, end):
            if source.columns[at] == column:
                put(&leaf.ways, source.starts[at], source.stops[at])
        return 0

    cdef bint _is_contested(self) noexcept nogil:
        """Could a token serve in two leaves?"""
        cdef int a, b
        for a in range(self.node_count):
            if self.nodes[a].kind == LEAF_:
                for b in range(a + 1, self.node_count):
                    if self.nodes[b].kind == LEAF_ and overlap(&self.nodes[a].ways, &self.nodes[b].ways):
                        return True
        return False

    cdef int _note_pieces(self) noexcept nogil:
        cdef int n
        cdef uint32_t i
        cdef Way* way
        for n in range(self.node_count):
            for i in range(self.nodes[n].ways.size if self.nodes[n].kind == LEAF_ else 0):
                way = &self.nodes[n].ways.at[i]
                way.pieces = self._pieces(1)
                if way.pieces == NULL:
                    return WRONG
                way.count, way.pieces[0].start, way.pieces[0].end = 1, way.start, way.end
        return 0

    cdef Piece* _pieces(self, uint32_t count) noexcept nogil:
        """Room for some pieces, until the next text."""
        cdef Page* fresh
        if self.page == NULL or self.page.used + count > PAGE:
            fresh = <Page*>malloc(sizeof(Page))
            if fresh == NULL:
                return NULL
            fresh.before, fresh.used = self.page, 0
            self.page = fresh
        self.page.used += count
        return &self.page.pieces[self.page.used - count]

    cdef void _turn_back(self, const Page* page, uint32_t used) noexcept nogil:
        """Give the pieces back that were taken after this page (NULL: the first) was so full."""
        cdef Page* before
        if self.page != NULL:
            while self.page.before != NULL and self.page != page:
                before = self.page.before
                free(self.page)
                self.page = before
            self.page.used = used

    cdef int _join(self, int n, uint32_t doc, int column) noexcept nogil:
        """Find a node's ways from those of its leaves: how many, or what went wrong."""
        cdef Node* node = &self.nodes[n]
        cdef Node* a
        cdef Node* b
        cdef int i, outcome
        if not node.is_there:
            return 0
        if node.kind == LEAF_:
            return <int>node.ways.size
        node.ways.size = 0
        for i in range(node.count):
            if node.via >= 0 and node.via != i and node.kind == ANY_:
                continue
            outcome = self._join(self.kids[node.first + i], doc, column)
            if outcome < 0 or (not outcome and node.kind != ANY_ and not (node.kind == APART_ and i)):
                return outcome
        a = &self.nodes[self.kids[node.first]]
        b = &self.nodes[self.kids[node.first + node.count - 1]]
        if node.kind == ANY_:
            outcome = self._gather(node)
        elif node.kind == EARLY_:
            outcome = self._early(node, &a.ways)
        elif node.kind == APART_:
            outcome = self._apart(node, &a.ways, &b.ways, b.is_there)
        elif node.kind == PRE_:
            outcome = self._before(node, &a.ways, &b.ways)
        elif node.count > 2:
            outcome = self._sweep(node)
        elif node.longest and not self.contested:
            outcome = self._reach(node, &a.ways, &b.ways, doc, column)
        elif node.kind != NEAR_:
            outcome = self._within(node, &a.ways, &b.ways, doc, column)
        else:
            outcome = self._pairs(node, &a.ways, &b.ways)
        if outcome < 0:
            return outcome
        settle(&node.ways, node.longest and not self.contested)
        return <int>node.ways.size

    cdef inline int _step(self, uint64_t steps) noexcept nogil:
        """Count what was looked at, and look at the clock now and then."""
        if (self.steps + steps) // PATIENCE != self.steps // PATIENCE and is_late(self.end_ns):
            return LATE
        self.steps += steps
        return 0

    cdef int _emit(self, Node* node, const Way* a, const Way* b) noexcept nogil:
        """Add the way that two ways together make, whose pieces are apart."""
        cdef Way* way
        if node.ways.size >= self.most:
            return TOO_MANY
        if reserve(&node.ways, node.ways.size + 1) < 0:
            return WRONG
        put(&node.ways, min(a.start, b.start), max(a.end, b.end))
        if not self.contested:
            return 0
        way = &node.ways.at[node.ways.size - 1]
        way.count = a.count + b.count
        if way.count > PAGE:
            return TOO_MANY
        way.pieces = self._pieces(way.count)
        if way.pieces == NULL:
            return WRONG
        mix(way.pieces, a.pieces, a.count, b.pieces, b.count)
        return 0

    cdef int _gather(self, Node* node) noexcept nogil:
        """The ways of any child."""
        cdef Node* child
        cdef int i
        for i in range(node.count):
            child = &self.nodes[self.kids[node.first + i]]
            if not child.is_there or (node.via >= 0 and node.via != i):
                continue
            if reserve(&node.ways, <uint64_t>node.ways.size + child.ways.size) < 0:
                return WRONG
            memcpy(node.ways.at + node.ways.size, child.ways.at, child.ways.size * sizeof(Way))
            node.ways.size += child.ways.size
        return 0

    cdef int _early(self, Node* node, const Ways* a) noexcept nogil:
        cdef uint32_t i
        if reserve(&node.ways, a.size) < 0:
            return WRONG
        for i in range(a.size):
            if a.at[i].end <= node.limit:
                node.ways.at[node.ways.size] = a.at[i]
                node.ways.size += 1
        return 0

    cdef int _apart(self, Node* node, const Ways* a, const Ways* b, bint is_there) noexcept nogil:
        """The ways of a that none of b's stands near, the very same tokens aside."""
        cdef uint32_t i, j
        if reserve(&node.ways, a.size) < 0:
            return WRONG
        for i in range(a.size):
            for j in range(b.size if is_there else 0):
                if between(&a.at[i], &b.at[j]) < node.limit and not is_same(&a.at[i], &b.at[j]):
                    break
            else:
                node.ways.at[node.ways.size] = a.at[i]
                node.ways.size += 1
            if self._step(b.size) < 0:
                return LATE
        return 0

    cdef int _before(self, Node* node, const Ways* a, const Ways* b) noexcept nogil:
        """Pairs of which the first ends before the second begins."""
        cdef uint32_t i, j, low, high
        cdef int outcome
        for i in range(a.size):
            low, high = 0, b.size
            while low < high:
                j = (low + high) >> 1
                if b.at[j].start < a.at[i].end:
                    low = j + 1
                else:
                    high = j
            for j in range(low, b.size):
                if b.at[j].start - a.at[i].end >= node.limit:
                    break
                outcome = self._emit(node, &a.at[i], &b.at[j])
                if outcome < 0:
                    return outcome
            if self._step(1) < 0:
                return LATE
        return 0

    cdef int _breaks(self, const Node* node, uint32_t doc, int column, uint64_t* low, uint64_t* high) noexcept nogil:
        """Which breaks a text has between its sentences or paragraphs."""
        cdef int kind = node.kind == PARAGRAPH_
        low[0] = high[0] = 0
        if column == self.broken_column and node.kind != NEAR_:
            low[0], high[0] = self.break_starts[kind][doc], self.break_starts[kind][doc + 1]
            if low[0] > high[0] or high[0] > self.break_count[kind]:
                return WRONG
        return 0

    cdef int _within(self, Node* node, const Ways* a, const Ways* b, uint32_t doc, int column) noexcept nogil:
        """Pairs in one sentence or paragraph."""
        cdef const uint32_t* breaks = self.breaks[node.kind == PARAGRAPH_]
        cdef uint64_t low, high
        cdef uint32_t i, j, left, right
        cdef int outcome
        if self._breaks(node, doc, column, &low, &high) < 0:
            return WRONG
        for i in range(a.size):
            unit_of(breaks, low, high, a.at[i].start, &left, &right)
            if a.at[i].end > right:
                continue
            for j in range(b.size):
                if b.at[j].start >= right:
                    break
                if b.at[j].start < left or b.at[j].end > right:
                    continue
                if share(a.at[i].pieces, a.at[i].count, b.at[j].pieces, b.at[j].count):
                    continue
                outcome = self._emit(node, &a.at[i], &b.at[j])
                if outcome < 0:
                    return outcome
            if self._step(b.size) < 0:
                return LATE
        return 0

    cdef int _pairs(self, Node* node, const Ways* a, const Ways* b) noexcept nogil:
        """Pairs with fewer than ``limit`` tokens between them."""
        cdef uint32_t i, j, low = 0, widest = 0
        cdef int outcome
        for j in range(b.size):
            widest = max(widest, b.at[j].end - b.at[j].start)
        for i in range(a.size):
            while low < b.size and <uint64_t>b.at[low].start + widest + node.limit <= a.at[i].start:
                low += 1
            j = low
            for j in range(low, b.size):
                if b.at[j].start >= <uint64_t>a.at[i].end + node.limit:
                    break
                if between(&a.at[i], &b.at[j]) >= node.limit:
                    continue
                if share(a.at[i].pieces, a.at[i].count, b.at[j].pieces, b.at[j].count):
                    continue
                outcome = self._emit(node, &a.at[i], &b.at[j])
                if outcome < 0:
                    return outcome
            if self._step(j - low + 1) < 0:
                return LATE
        return 0

    cdef int _reach(self, Node* node, const Ways* a, const Ways* b, uint32_t doc, int column) noexcept nogil:
        """The longest pair from each start, where nothing is contested; near each other, or in one sentence or paragraph."""
        cdef const uint32_t* breaks = self.breaks[node.kind == PARAGRAPH_]
        cdef const Ways* left
        cdef const Ways* right
        cdef uint64_t first, last, edge
        cdef uint32_t i, j, low, far, start, end
        cdef int turn
        if self._breaks(node, doc, column, &first, &last) < 0 or reserve(&node.ways, <uint64_t>a.size + b.size) < 0:
            return WRONG
        for turn in range(2):
            left, right, low = (b, a, 0) if turn else (a, b, 0)
            for i in range(left.size):
                while low < right.size and right.at[low].start < left.at[i].start:
                    low += 1
                edge, end = <uint64_t>left.at[i].end + node.limit, NO_DOC
                if node.kind != NEAR_:
                    unit_of(breaks, first, last, left.at[i].start, &start, &end)
                    edge = end if left.at[i].end <= end else 0
                far, j = 0, low
                for j in range(low, right.size):
                    if right.at[j].start >= edge:
                        break
                    if right.at[j].end <= end:
                        far = max(far, right.at[j].end)
                if far:
                    put(&node.ways, left.at[i].start, max(far, left.at[i].end))
                if self._step(j - low + 1) < 0:
                    return LATE
        return 0

    # ---- three and more near one another

    cdef int _sweep(self, Node* node) noexcept nogil:
        """One way of each child: from each leftmost one to the right, adding up the tokens that belong to none."""
        cdef uint32_t size = 0, i, j, w
        cdef int c, outcome
        cdef Node* child
        for c in range(node.count):
            size += self.nodes[self.kids[node.first + c]].ways.size
        if size > self.row_room:
            free(self.row)
            self.row_room = 0
            self.row = <Placed*>malloc(2 * <uint64_t>size * sizeof(Placed))
            if self.row == NULL:
                return WRONG
            self.row_room = 2 * size
        size = 0
        for c in range(node.count):
            child = &self.nodes[self.kids[node.first + c]]
            for w in range(child.ways.size):
                self.row[size].way, self.row[size].bit = &child.ways.at[w], <uint32_t>1 << c
                size += 1
        qsort(self.row, size, sizeof(Placed), by_start)
        for i in range(size):
            outcome = self._sweep_from(node, i, size)
            if outcome < 0:
                return outcome
        return 0

    cdef int _sweep_from(self, Node* node, uint32_t i, uint32_t size) noexcept nogil:
        cdef uint32_t all = (<uint32_t>1 << node.count) - 1, found = 0, known, j, p, alive, gaps
        cdef Way* way = self.row[i].way
        cdef int outcome
        outcome = self._add_partial(&found, self.row[i].bit, way.end, 0, way.pieces, way.count, NULL, 0)
        for j in range(i + 1, size):
            if outcome < 0:
                return outcome
            way = self.row[j].way
            known, alive = found, 0
            for p in range(known):
                gaps = self.partials[p].gaps
                if way.start > self.partials[p].end:
                    gaps += way.start - self.partials[p].end
                if gaps >= node.limit:
                    continue
                alive += 1
                if self.partials[p].mask & self.row[j].bit:
                    continue
                if share(self.partials[p].pieces, self.partials[p].count, way.pieces, way.count):
                    continue
                outcome = self._extend(node, &found, p, gaps, &self.row[j], self.row[i].way.start, all)
                if outcome < 0:
                    return outcome
            if self._step(known) < 0:
                return LATE
            if not alive:
                break
        return 0

    cdef int _extend(
        self, Node* node, uint32_t* found, uint32_t p, uint32_t gaps, const Placed* placed, uint32_t start, uint32_t all
    ) noexcept nogil:
        """Add one more child's way to those placed."""
        cdef Way so_far
        cdef uint32_t mask = self.partials[p].mask | placed.bit
        so_far.start, so_far.end = start, self.partials[p].end
        so_far.count, so_far.pieces = self.partials[p].count, self.partials[p].pieces
        if mask == all:
            return self._emit(node, &so_far, placed.way)
        return self._add_partial(
            found, mask, max(so_far.end, placed.way.end), gaps, so_far.pieces, so_far.count, placed.way.pieces, placed.way.count
        )

    cdef int _add_partial(
        self, uint32_t* found, uint32_t mask, uint32_t end, uint32_t gaps, Piece* a, uint32_t a_count, Piece* b, uint32_t b_count
    ) noexcept nogil:
        cdef Partial* grown
        cdef Partial* partial
        cdef uint32_t p
        if not self.contested:
            for p in range(found[0]):
                if self.partials[p].mask == mask and self.partials[p].end == end:
                    self.partials[p].gaps = min(self.partials[p].gaps, gaps)
                    return 0
        if found[0] >= self.most:
            return TOO_MANY
        if found[0] == self.partial_room:
            grown = <Partial*>realloc(self.partials, (2 * <uint64_t>self.partial_room + 64) * sizeof(Partial))
            if grown == NULL:
                return WRONG
            self.partials, self.partial_room = grown, 2 * self.partial_room + 64
        partial = &self.partials[found[0]]
        partial.mask, partial.end, partial.gaps, partial.count, partial.pieces = mask, end, gaps, a_count + b_count, NULL
        if partial.count:
            partial.pieces = self._pieces(partial.count)
            if partial.pieces == NULL:
                return WRONG
            mix(partial.pieces, a, a_count, b, b_count)
        found[0] += 1
        return 0

    # ---- answers

    cdef int _failed(self, int outcome) except -1:
        if outcome == LATE:
            raise LateError([])
        if outcome == TOO_MANY:
            raise CombinationsError(self.most)
        if outcome < 0 or self.is_damaged:
            raise self._reader.damaged()
        return 0

    def scores(
        self, double idf, const double[::1] weights not None, const double[::1] b not None, const double[::1] means not None,
        double k1, uint32_t at_least=1, const uint32_t[::1] among=None,
    ):
        """Every doc, deleted ones included, with its score (uint32, ascending; float64): its frequency is that of distinct starts.

        at_least   how many of these it must have in all fields together
        among      the only docs to look at, ascending; None: all

        For the rest see ``lists.word``. Raises CorruptIndexError for damaged lists, LateError when it is time, CombinationsError.
        """
        cdef Params p
        cdef uint32_t freqs[MAX_FIELDS]
        cdef uint32_t doc = 0, total
        cdef uint64_t size = 0, room = 0
        cdef Py_ssize_t at = 0
        cdef int outcome = 0
        cdef double* scores = NULL
        cdef uint32_t* docs = NULL
        read_params(&p, self._reader, idf, weights, b, means, k1)
        self._rewind()
        try:
            with nogil:
                while True:
                    doc = self._from(0, doc)
                    if among is not None:
                        while at < among.shape[0] and among[at] < doc:
                            at += 1
                        if at == among.shape[0]:
                            break
                        if among[at] > doc:
                            doc = among[at]
                            continue
                    if doc == NO_DOC:
                        break
                    outcome = self._count(p.weight, doc, NO_DOC, freqs, &total)
                    if outcome < 0:
                        break
                    if total and total >= at_least:
                        if size == room:
                            room = 2 * room + 256
                            if grow(<void**>&docs, 4 * room) < 0 or grow(<void**>&scores, 8 * room) < 0:
                                outcome = WRONG
                                break
                        docs[size], scores[size] = doc, scored(&p, doc, freqs)
                        size += 1
                    doc += 1
            self._failed(outcome)
            if not size:
                return memoryview(b"").cast("I"), memoryview(b"").cast("d")
            return memoryview((<char*>docs)[: 4 * size]).cast("I"), memoryview((<char*>scores)[: 8 * size]).cast("d")
        finally:
            free(docs)
            free(scores)

    def docs(self, const double[::1] weights not None, uint32_t at_least=1):
        """A set (see ``docsets``) of every doc, deleted ones included; parameters and errors as for ``scores``."""
        cdef uint32_t freqs[MAX_FIELDS]
        cdef uint32_t doc = 0, total
        cdef int outcome = 0
        cdef object room = empty(words_for(self.lists.doc_count))
        cdef uint64_t* found = words_of(room)
        if weights.shape[0] != self.lists.field_count:
            raise IndexError("one weight for each field is needed")
        self._rewind()
        with nogil:
            while outcome >= 0:
                doc = self._from(0, doc)
                if doc == NO_DOC:
                    break
                outcome = self._count(&weights[0], doc, at_least, freqs, &total)
                if outcome >= 0 and total and total >= at_least:
                    put_doc(found, doc)
                doc += 1
        self._failed(outcome)
        return memoryview(room).cast("Q")

    cdef int _count(self, const double* weight, uint32_t doc, uint32_t enough, uint32_t* freqs, uint32_t* total) noexcept nogil:
        """How often the root is satisfied in each field that counts; with ``enough`` found in all, the rest may be left out."""
        cdef const Ways* ways = &self.nodes[0].ways
        cdef uint32_t i
        cdef int f, outcome
        total[0] = 0
        for f in range(self.lists.field_count):
            freqs[f] = 0
            if weight[f] == 0.0 or not self.lists.positional[f] or total[0] >= enough:
                continue
            outcome = self._count_pair(f, enough == 1) if self.is_pair else self._look(doc, f)
            if outcome < 0:
                return outcome
            if self.is_pair:
                freqs[f] = outcome
            else:
                for i in range(outcome):
                    freqs[f] += i == 0 or ways.at[i].start != ways.at[i - 1].start
            total[0] += freqs[f]
        return self._step(1)

    cdef int _count_pair(self, int f, bint any_is_enough) noexcept nogil:
        """The same for a pair, at whose doc its words stand: each start is one of the first's or of the second's."""
        cdef uint32_t limit = self.nodes[0].limit
        cdef int a, b, before, behind
        if self.is_pair_of_words:
            a = self._count_words(f, SOME, True) if any_is_enough else 0
            a = self._count_words(f, ALL, any_is_enough) if a <= 0 else a
            if a != UNKNOWN:
                return a
        if not stands(&self.sources[0].phrase, f) or not stands(&self.sources[1].phrase, f):
            return 0
        a = chain(self.lists, &self.sources[0].phrase, f, &self.room)
        b = chain(self.lists, &self.sources[1].phrase, f, &self.other) if a > 0 else 0
        if a <= 0 or b <= 0:
            return min(a, b)
        before = followed(&self.room, a, &self.other, b, limit)
        if self.nodes[0].kind == PRE_:
            return before
        behind = followed(&self.other, b, &self.room, a, limit)
        return united(self.room.starts, before, self.other.starts, behind)

    cdef int _count_words(self, int f, uint32_t most, bint any_is_enough) noexcept nogil:
        """The same for two words, by the first ``most`` occurrences of each; UNKNOWN where only ``chain`` can tell."""
        return near_words(
            self.lists, &self.words[0], &self.words[1], f, most, &self.room, &self.other, self.nodes[0].limit,
            self.nodes[0].kind == PRE_, any_is_enough,
        )

    cdef uint32_t _freq_at_most(self, int n, uint32_t doc, int f) noexcept nogil:
        """How many starts a node can have in a field of the doc that its sources stand at, or have passed."""
        cdef Node* node = &self.nodes[n]
        cdef uint32_t found = 0, part
        cdef int i
        for i in range(1 if node.kind == APART_ else node.count):
            if node.kind == LEAF_:
                part = rarest(&self.sources[node.first + i], doc, f)
            else:
                part = self._freq_at_most(self.kids[node.first + i], doc, f)
                if not part and node.kind != ANY_:
                    return 0
            if i == 0 or node.kind != PRE_:
                found += part
        if node.kind in (NEAR_, SENTENCE_, PARAGRAPH_):
            found -= node.count - 1  # behind each start stands one of every other child
        return min(found, <uint32_t>PLENTY)

    cdef uint32_t _pair_at_most(self, int f) noexcept nogil:
        """The same for two words: near an occurrence of one not many of the other can stand."""
        cdef const Word* a = &self.words[0]
        cdef const Word* b = &self.words[1]
        cdef uint64_t limit = self.nodes[0].limit
        cdef uint64_t a_freq = freq_at(&a.block, f, a.i), b_freq = freq_at(&b.block, f, b.i)
        if not a_freq or not b_freq:
            return 0
        cdef uint64_t before = min(a_freq, b_freq * (limit + a.widest - 1))
        if self.nodes[0].kind == PRE_:
            return <uint32_t>before
        return <uint32_t>min(a_freq + b_freq - 1, before + min(b_freq, a_freq * (limit + b.widest - 1)))

    cdef double _at_most(self, const Params* p, uint32_t doc) noexcept nogil:
        """A bound of what a doc adds to ``tf``, by the freqs of its words alone."""
        cdef double tf = 0.0
        cdef uint32_t freq
        cdef int f
        for f in range(self.lists.field_count):
            if p.weight[f] != 0.0 and self.lists.positional[f]:
                freq = self._pair_at_most(f) if self.is_pair_of_words else self._freq_at_most(0, doc, f)
                tf += weighed_at_most(p, doc, f, freq)
        return tf

    def best(
        self, double idf, const double[::1] weights not None, const double[::1] b not None, const double[::1] means not None,
        double k1, uint32_t at_least, int k, double floor,
    ):
        """The best ``k`` live docs with a score above ``floor``: (score, doc), best first, equal ones by doc.

        Positions are read only of docs that could be among them, by the freqs of their words. For the rest see ``scores``;
        LateError has what was found by then.
        """
        cdef Params p
        cdef Heap h
        cdef uint32_t freqs[MAX_FIELDS]
        cdef uint32_t doc = 0, total
        cdef double score
        cdef int outcome = 0
        read_params(&p, self._reader, idf, weights, b, means, k1)
        if k <= 0:
            return []
        h.size, h.capacity, h.threshold = 0, <int>min(<uint32_t>k, max(self.lists.doc_count, 1)), floor
        h.scores = <double*>malloc(h.capacity * sizeof(double))
        h.docs = <uint32_t*>malloc(h.capacity * sizeof(uint32_t))
        self._rewind()
        try:
            if h.scores == NULL or h.docs == NULL:
                raise MemoryError()
            with nogil:
                while outcome >= 0:
                    doc = self._from(0, doc)
                    if doc == NO_DOC:
                        break
                    if not is_deleted(self.lists, doc) and (h.threshold <= 0.0 or self._at_most(&p, doc) > needed(&p, h.threshold)):
                        ask_for(self.lists.lengths + <uint64_t>doc * self.lists.field_count)
                        outcome = self._count(p.weight, doc, NO_DOC, freqs, &total)
                        if outcome >= 0 and total and total >= at_least:
                            score = scored(&p, doc, freqs)
                            if score > h.threshold:
                                keep(&h, score, doc)
                    doc += 1
            found = sorted([(h.scores[i], h.docs[i]) for i in range(h.size)], key=_by_score_then_doc)
            if outcome == LATE:
                raise LateError(found)
            self._failed(outcome)
            return found
        finally:
            free(h.scores)
            free(h.docs)

    def occurrences(self):
        """Where the root stands in all docs and fields, as ``Occurrences``; distinct hulls only."""
        cdef const Ways* ways = &self.nodes[0].ways
        cdef uint32_t doc = 0, i
        cdef int f, outcome = 0
        docs, ends, columns, starts, stops = [bytearray() for _ in range(5)]
        cdef uint64_t count = 0, before
        self._rewind()
        while True:
            doc = self._from(0, doc)
            if doc == NO_DOC:
                break
            before = count
            for f in range(self.lists.field_count):
                if not self.lists.positional[f]:
                    continue
                outcome = self._look(doc, f)
                self._failed(outcome)
                for i in range(outcome):
                    if i and ways.at[i].start == ways.at[i - 1].start and ways.at[i].end == ways.at[i - 1].end:
                        continue
                    columns.append(f)
                    starts += (<char*>&ways.at[i].start)[:4]
                    stops += (<char*>&ways.at[i].end)[:4]
                    count += 1
            if count > before:
                docs += (<char*>&doc)[:4]
                ends += (<char*>&count)[:8]
            doc += 1
        self._failed(0)
        return Occurrences(
            memoryview(docs).cast("I"), memoryview(ends).cast("Q"), memoryview(columns), memoryview(starts).cast("I"),
            memoryview(stops).cast("I"),
        )

    def marks(self, uint32_t doc, const double[::1] weights not None, uint32_t at_least=1):
        """The occurrences of leaves that take part in some way to satisfy the root in a doc: [(column, start, end)].

        Each is tried alone in its leaf's place. None where the doc does not match. Parameters and errors as for ``scores``.
        """
        cdef Ways* ways = &self.nodes[0].ways
        cdef uint32_t i, total = 0
        cdef int f, n, outcome
        found = set()
        if weights.shape[0] != self.lists.field_count:
            raise IndexError("one weight for each field is needed")
        if doc >= self.lists.doc_count:
            raise IndexError(f"no doc {doc}")
        self._rewind()
        outcome = self._from(0, doc) != doc
        self._failed(0)
        if outcome:
            return None
        for f in range(self.lists.field_count):
            if weights[f] == 0.0 or not self.lists.positional[f]:
                continue
            outcome = self._look(doc, f)
            self._failed(outcome)
            for i in range(outcome):
                total += i == 0 or ways.at[i].start != ways.at[i - 1].start
            for n in range(self.node_count if outcome else 0):
                if self.nodes[n].kind == LEAF_ and self.nodes[n].serves and self.nodes[n].is_there:
                    self._mark(n, doc, f, found)
        return sorted(found) if total >= at_least else None

    cdef int _mark(self, int leaf, uint32_t doc, int column, set found) except -1:
        """Put down which occurrences of a leaf take part."""
        cdef Ways whole = self.nodes[leaf].ways
        cdef const Page* page = self.page
        cdef uint32_t i, used = self.page.used if self.page != NULL else 0
        cdef int outcome = 0
        self._lead(0, leaf)
        for i in range(whole.size):
            self.nodes[leaf].ways.at, self.nodes[leaf].ways.size = whole.at + i, 1
            outcome = self._join(0, doc, column)
            self._turn_back(page, used)
            if outcome < 0:
                break
            if outcome:
                found.add((column, whole.at[i].start, whole.at[i].end))
        self.nodes[leaf].ways = whole
        for i in range(self.node_count):
            self.nodes[i].via = -1
        return self._failed(outcome)

    cdef bint _lead(self, int n, int leaf) noexcept:
        """Go by the children that lead to a leaf; is it below this node?"""
        cdef Node* node = &self.nodes[n]
        cdef int i
        if node.kind == LEAF_:
            return n == leaf
        for i in range(node.count):
            if self._lead(self.kids[node.first + i], leaf):
                node.via = i
                return True
        return False


cdef int _flatten(tuple tree, list nodes, list kids, list sources) except -1:
    """Number the nodes of a tree, each before its children; returns the number of its root."""
    cdef int number = <int>len(nodes)
    nodes.append(None)
    if tree[0] == LEAF:
        nodes[number] = (LEAF, 0, len(sources), len(tree[1]))
        sources.extend(tree[1])
        return number
    kind, limit, children = tree
    most = {ANY: 1 << 20, NEAR: MAX_CHILDREN, EARLY: 1}.get(kind, 2)
    if not (1 if kind in (ANY, EARLY) else 2) <= len(children) <= most:
        raise IndexError(f"a node of kind {kind} cannot have {len(children)} children")
    below = [_flatten(child, nodes, kids, sources) for child in children]
    nodes[number] = (kind, limit, len(kids), len(below))
    kids.extend(below)
    return number


def _by_score_then_doc(hit):
    return -hit[0], hit[1]


cdef inline bint stands(const Phrase* phrase, int f) noexcept nogil:
    """Do all words of a row, which are at one doc, stand in a field?"""
    cdef int w
    for w in range(phrase.count):
        if not freq_at(&phrase.words[w].block, f, phrase.words[w].i):
            return False
    return True


cdef inline uint32_t rarest(const Source* source, uint32_t doc, int f) noexcept nogil:
    """How often a source can stand in a field of a doc: as often as the rarest of its words."""
    cdef uint32_t found = PLENTY
    cdef int w
    if source.doc > doc:
        return 0
    for w in range(source.phrase.count if source.doc == doc else 0):
        found = min(found, freq_at(&source.phrase.words[w].block, f, source.phrase.words[w].i))
    return found


cdef inline int followed(Room* a, int a_count, const Room* b, int b_count, uint32_t limit) noexcept nogil:
    """Put down in ``starts`` which of a have one of b behind them with fewer than ``limit`` tokens between; how many."""
    cdef int i, at = 0, found = 0
    for i in range(a_count):
        if at and b.first[at - 1] >= a.far[i]:
            at = 0  # words of several positions: a later one ends before the last
        while at < b_count and b.first[at] < a.far[i]:
            at += 1
        if at < b_count and b.first[at] - a.far[i] < limit:
            a.starts[found] = a.first[i]
            found += 1
    return found


cdef inline int united(const uint32_t* a, int a_count, const uint32_t* b, int b_count) noexcept nogil:
    """How many different numbers two ascending rows have."""
    cdef int i = 0, j = 0, found = 0
    while i < a_count and j < b_count:
        found += 1
        if a[i] == b[j]:
            i += 1
            j += 1
        elif a[i] < b[j]:
            i += 1
        else:
            j += 1
    return found + a_count - i + b_count - j


cdef inline int grow(void** numbers, uint64_t size) noexcept nogil:
    cdef void* grown = realloc(numbers[0], size)
    if grown == NULL:
        return -1
    numbers[0] = grown
    return 0


cdef inline int reserve(Ways* ways, uint64_t count) noexcept nogil:
    """Room for ``count`` ways."""
    if count <= ways.room:
        return 0
    if count > 0x3FFFFFFF or grow(<void**>&ways.at, (2 * count + 16) * sizeof(Way)) < 0:
        return -1
    ways.room = <uint32_t>(2 * count + 16)
    return 0


cdef inline void put(Ways* ways, uint32_t start, uint32_t end) noexcept nogil:
    """Add a way without pieces; there must be room."""
    cdef Way* way = &ways.at[ways.size]
    way.start, way.end, way.count, way.pieces = start, end, 0, NULL
    ways.size += 1


cdef void settle(Ways* ways, bint longest) noexcept nogil:
    """Sort ways and leave each in once; ``longest``: of those with one start only the last to end."""
    cdef uint32_t i, kept = 0
    for i in range(1, ways.size):
        if by_pieces(&ways.at[i - 1], &ways.at[i]) > 0:
            qsort(ways.at, ways.size, sizeof(Way), by_pieces)
            break
    for i in range(ways.size):
        if kept and (by_pieces(&ways.at[kept - 1], &ways.at[i]) == 0 or (longest and ways.at[kept - 1].start == ways.at[i].start)):
            kept -= 1
        ways.at[kept] = ways.at[i]
        kept += 1
    ways.size = kept


cdef bint overlap(const Ways* a, const Ways* b) noexcept nogil:
    """Does any way of a overlap one of b? Both are sorted by their starts."""
    cdef uint32_t i = 0, j = 0
    cdef uint32_t a_end = 0, b_end = 0  # of those passed
    while i < a.size and j < b.size:
        if a.at[i].start < b.at[j].start:
            if a.at[i].start < b_end:
                return True
            a_end = max(a_end, a.at[i].end)
            i += 1
        else:
            if b.at[j].start < a_end or (a.at[i].start == b.at[j].start):
                return True
            b_end = max(b_end, b.at[j].end)
            j += 1
    return (i < a.size and a.at[i].start < b_end) or (j < b.size and b.at[j].start < a_end)


cdef void mix(Piece* out, const Piece* a, uint32_t a_count, const Piece* b, uint32_t b_count) noexcept nogil:
    """Both rows of pieces as one, in order."""
    cdef uint32_t i = 0, j = 0
    while i < a_count or j < b_count:
        if j == b_count or (i < a_count and a[i].start < b[j].start):
            out[i + j] = a[i]
            i += 1
        else:
            out[i + j] = b[j]
            j += 1


cdef void unit_of(const uint32_t* breaks, uint64_t low, uint64_t high, uint32_t position, uint32_t* left, uint32_t* right) noexcept nogil:
    """The stretch between two breaks that a position is in."""
    cdef uint64_t first = low, last = high, middle
    while first < last:
        middle = (first + last) >> 1
        if breaks[middle] <= position:
            first = middle + 1
        else:
            last = middle
    left[0] = breaks[first - 1] if first > low else 0
    right[0] = breaks[first] if first < high else NO_DOC

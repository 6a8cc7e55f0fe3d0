# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Shingles: the runs of four consecutive terms that a text has, each once, as 64-bit numbers; and what sketches make of them.

A shingle's number is worked out from the bytes of its terms alone, so that it is the same in every index and process. Its upper
half decides whether it is a sample (``threshold``), its lower half is what a sketch remembers of it.

Twin: sets of tuples in ``tests/naive_stories.py``.
"""

from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize, PyByteArray_Resize
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort, realloc
from libc.string cimport memcpy

WIDTH = 4     # terms in a shingle
LEAST = 12    # distinct shingles below which a text says too little to be told from others
SAMPLES = 16  # about how many samples a text of common length has
RATE = 8      # of a long text one shingle in so many is a sample: whoever holds a short one shares some of them
cdef enum:
    TERMS = 4
    FEWEST = 12
    AIM = 16
    SPARSE = 8
    CROWDED = 64  # where so many numbers fall into one bucket they are not as random as they should be
cdef uint64_t ALL = <uint64_t>1 << 32


cdef inline uint64_t mixed(uint64_t x) noexcept nogil:
    """A bijection that spreads every bit (Stafford's variant 13 of the finaliser of MurmurHash3)."""
    x = (x ^ (x >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    x = (x ^ (x >> 27)) * <uint64_t>0x94D049BB133111EB
    return x ^ (x >> 31)


cpdef uint64_t threshold(uint64_t size) noexcept nogil:
    """Of a text with ``size`` shingles those are samples whose upper half is below this number.

    It falls as texts grow, so that a sample of the longer of two texts is one of the shorter too, where that has the shingle.
    """
    cdef uint64_t most
    if size < FEWEST:
        return 0
    most = AIM * ALL // size
    return min(ALL, max(ALL // SPARSE, most))


# ---- sets


cdef int compared(const void* left, const void* right) noexcept nogil:
    cdef uint64_t a = (<const uint64_t*>left)[0], b = (<const uint64_t*>right)[0]
    return (a > b) - (a < b)


cdef void sort_few(uint64_t* values, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i, j
    cdef uint64_t value
    if count > CROWDED:
        qsort(values, count, sizeof(uint64_t), compared)
        return
    for i in range(1, count):
        value = values[i]
        j = i
        while j and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value


cdef struct Room:
    uint64_t* values   # as they come
    uint64_t* sorted
    uint32_t* starts   # of buckets, one more than there are
    Py_ssize_t size


cdef int grow(Room* room, Py_ssize_t size) noexcept nogil:
    """Make room for so many values; -1 where there is none."""
    if size <= room.size:
        return 0
    size += size // 2
    free(room.values)
    free(room.sorted)
    free(room.starts)
    room.values = <uint64_t*>malloc(size * sizeof(uint64_t))
    room.sorted = <uint64_t*>malloc(size * sizeof(uint64_t))
    room.starts = <uint32_t*>malloc((size + 2) * sizeof(uint32_t))
    room.size = size if room.values != NULL and room.sorted != NULL and room.starts != NULL else 0
    return 0 if room.size else -1


cdef Py_ssize_t distinct(Room* room, Py_ssize_t count) noexcept nogil:
    """Bring values into order, each once; how many there are. Numbers as random as these take linear time."""
    cdef Py_ssize_t i, bucket, kept = 0
    cdef uint32_t* starts = room.starts
    for i in range(count + 2):
        starts[i] = 0
    for i in range(count):
        starts[((room.values[i] >> 32) * <uint64_t>count >> 32) + 2] += 1
    for i in range(2, count + 2):
        starts[i] += starts[i - 1]
    for i in range(count):
        bucket = ((room.values[i] >> 32) * <uint64_t>count >> 32) + 1
        room.sorted[starts[bucket]] = room.values[i]
        starts[bucket] += 1
    for i in range(count):  # starts[i + 1] is where bucket i ends by now
        sort_few(room.sorted + starts[i], starts[i + 1] - starts[i])
    for i in range(count):
        if i == 0 or room.sorted[i] != room.sorted[i - 1]:
            room.sorted[kept] = room.sorted[i]
            kept += 1
    return kept


cdef class Shingler:
    """Makes shingles of tokens whose surfaces are numbered; ``learn`` first what the numbers stand for."""

    cdef Room room
    cdef uint64_t* terms   # of all surfaces
    cdef uint32_t* ends    # of each surface
    cdef Py_ssize_t surfaces, surfaces_room, terms_room

    def __dealloc__(self):
        free(self.room.values)
        free(self.room.sorted)
        free(self.room.starts)
        free(self.terms)
        free(self.ends)

    def __len__(self):
        return self.surfaces

    @property
    def size_bytes(self):
        """Memory held, in bytes."""
        return 8 * self.terms_room + 4 * self.surfaces_room + 20 * self.room.size

    def learn(self, const uint64_t[::1] terms not None, const uint32_t[::1] ends not None):
        """Take surfaces, the first of which has the number ``len(self)``: their terms (``Lexemes.primaries``), and where each
        one's end. Raises IndexError where these do not fit each other."""
        cdef Py_ssize_t i
        cdef uint32_t start = 0, before = self.ends[self.surfaces - 1] if self.surfaces else 0
        cdef uint64_t* more
        cdef uint32_t* more_ends
        for i in range(ends.shape[0]):
            if ends[i] < start or ends[i] > <uint64_t>terms.shape[0]:
                raise IndexError("the ends do not ascend")
            start = ends[i]
        if self.surfaces + ends.shape[0] > self.surfaces_room:
            more_ends = <uint32_t*>realloc(self.ends, 2 * (self.surfaces + ends.shape[0]) * sizeof(uint32_t))
            if more_ends == NULL:
                raise MemoryError()
            self.ends, self.surfaces_room = more_ends, 2 * (self.surfaces + ends.shape[0])
        if before + start > self.terms_room:
            more = <uint64_t*>realloc(self.terms, 2 * (before + start) * sizeof(uint64_t))
            if more == NULL:
                raise MemoryError()
            self.terms, self.terms_room = more, 2 * (before + start)
        if start:
            memcpy(self.terms + before, &terms[0], start * sizeof(uint64_t))
        for i in range(ends.shape[0]):
            self.ends[self.surfaces + i] = before + ends[i]
        self.surfaces += ends.shape[0]

    def sets(self, const uint32_t[::1] ids not None, counts not None):
        """The shingles of texts, ascending, one text behind the other (uint64), and where each text's end (a list).

        ids     uint32, the surfaces of all tokens
        counts  how many of them each text has

        A text of fewer terms than make a shingle has none. O(tokens). Raises IndexError for a surface that was not learnt.
        """
        cdef Py_ssize_t at = 0, end, kept, total = 0, size = 0
        cdef uint64_t* out = NULL
        cdef uint64_t* more
        cdef list ends = []
        try:
            for count in counts:
                end = at + count
                if count < 0 or end > ids.shape[0]:
                    raise IndexError("fewer tokens than were counted")
                kept = self.one(ids, at, end)
                if total + kept > size:
                    size = 2 * (total + kept)
                    more = <uint64_t*>realloc(out, size * sizeof(uint64_t))
                    if more == NULL:
                        raise MemoryError()
                    out = more
                if kept:
                    memcpy(out + total, self.room.sorted, kept * sizeof(uint64_t))
                total += kept
                ends.append(total)
                at = end
            found = PyByteArray_FromStringAndSize(<char*>out if total else NULL, 8 * total)
        finally:
            free(out)
        return memoryview(found).cast("Q"), ends

    cdef Py_ssize_t one(self, const uint32_t[::1] ids, Py_ssize_t at, Py_ssize_t end) except -1:
        cdef Py_ssize_t i, terms = 0
        cdef uint32_t place
        cdef uint64_t a = 0, b = 0, c = 0, d = 0
        for i in range(at, end):
            if ids[i] >= <uint64_t>self.surfaces:
                raise IndexError("a surface that was not learnt")
            terms += self.ends[ids[i]] - self.first(ids[i])
        if terms < TERMS:
            return 0
        if grow(&self.room, terms) < 0:
            raise MemoryError()
        terms = 0
        with nogil:
            for i in range(at, end):
                for place in range(self.first(ids[i]), self.ends[ids[i]]):
                    a, b, c, d = b, c, d, self.terms[place]
                    terms += 1
                    if terms >= TERMS:
                        self.room.values[terms - TERMS] = mixed(mixed(mixed(mixed(a) ^ b) ^ c) ^ d)
            return distinct(&self.room, terms - TERMS + 1)

    cdef inline uint32_t first(self, uint32_t surface) noexcept nogil:
        return self.ends[surface - 1] if surface else 0


def shared(const uint64_t[::1] a not None, const uint64_t[::1] b not None):
    """How many shingles two texts share; both ascending. O(a + b)."""
    cdef Py_ssize_t i = 0, j = 0, found = 0
    with nogil:
        while i < a.shape[0] and j < b.shape[0]:
            found += a[i] == b[j]
            if a[i] <= b[j]:
                i += 1
                if a[i - 1] == b[j]:
                    j += 1
            else:
                j += 1
    return found


# ---- samples


def sampled(const uint64_t[::1] shingles not None, list ends not None, uint32_t first):
    """The samples of several texts, each the lower half of a shingle in front of the number of its text (uint64).

    ends    where each text's shingles end
    first   the number of the first text, others follow
    """
    cdef Py_ssize_t i, start = 0, end, kept = 0
    cdef uint64_t below
    cdef uint32_t number = first
    room = PyByteArray_FromStringAndSize(NULL, 8 * shingles.shape[0])
    cdef uint64_t* out = <uint64_t*>PyByteArray_AsString(room)
    for stop in ends:
        end = stop
        if end < start or end > shingles.shape[0]:
            raise IndexError("the ends do not ascend")
        below = threshold(end - start)
        for i in range(start, end):
            if shingles[i] >> 32 < below:
                out[kept] = (shingles[i] & 0xFFFFFFFF) << 32 | number
                kept += 1
        number += 1
        start = end
    PyByteArray_Resize(room, 8 * kept)
    return memoryview(room).cast("Q")


cdef Py_ssize_t first_at(const uint32_t* hashes, Py_ssize_t count, uint32_t wanted) noexcept nogil:
    """Where the first of ascending numbers stands that is not below another; they are spread evenly, so it is near where it ought
    to be."""
    cdef Py_ssize_t low, high, step = 64, at = <Py_ssize_t>(<uint64_t>wanted * <uint64_t>count >> 32)
    if at < count and hashes[at] < wanted:
        low = at + 1
        high = min(count, low + step)
        while high < count and hashes[high - 1] < wanted:
            low = high
            step *= 2
            high = min(count, low + step)
    else:
        high = at
        low = max(0, high - step)
        while low > 0 and hashes[low] >= wanted:
            high = low
            step *= 2
            low = max(0, high - step)
    while low < high:
        at = (low + high) // 2
        if hashes[at] < wanted:
            low = at + 1
        else:
            high = at
    return low


cdef class Meeting:
    """Counts with which reports one report shares samples. Takes four bytes a report of the index."""

    cdef uint32_t* counts
    cdef uint32_t* met
    cdef Py_ssize_t size, most

    def __cinit__(self, Py_ssize_t places):
        self.counts = <uint32_t*>calloc(max(places, 1), sizeof(uint32_t))
        if self.counts == NULL:
            raise MemoryError()
        self.size = places

    def __dealloc__(self):
        free(self.counts)
        free(self.met)

    def of(
        self, const uint32_t[::1] samples not None, list parts not None, const uint32_t[::1] anchors not None, uint32_t place,
        uint32_t most, bint later,
    ):
        """(places, counts), uint32: reports that share samples with the one at ``place``, and how many.

        parts    (hashes, docs, base) of each segment: its sketch, and the place of its first report
        anchors  uint32[places], the anchor of the report at each place; it is its own where it is one
        most     so many reports of a sample are looked at, the first ones; a sample of more is boilerplate
        later    reports behind ``place`` that have an anchor (``GONE``: they count no longer), in place of anchors before it

        Raises IndexError where a sketch names a report that is not there.
        """
        cdef Py_ssize_t i, at, kept = 0, segment, count
        cdef uint32_t base, other, left
        cdef const uint32_t[::1] hashes, docs
        cdef list views = parts
        if anchors.shape[0] != self.size or place >= <uint64_t>self.size:
            raise IndexError("not an anchor for each report")
        self.hold(min(samples.shape[0] * <Py_ssize_t>most, self.size))
        lefts = PyByteArray_FromStringAndSize(NULL, 4 * samples.shape[0])
        cdef uint32_t* budget = <uint32_t*>PyByteArray_AsString(lefts)
        for i in range(samples.shape[0]):
            budget[i] = most
        try:
            for hashes, docs, first in views:
                base, count = first, hashes.shape[0]
                if docs.shape[0] != count:
                    raise IndexError("not a report for each sample")
                for i in range(samples.shape[0]):
                    if count == 0 or budget[i] == 0:
                        continue
                    at = first_at(&hashes[0], count, samples[i])
                    while at < count and hashes[at] == samples[i] and budget[i]:
                        other = base + docs[at]
                        at += 1
                        budget[i] -= 1
                        if other >= <uint64_t>self.size:
                            raise IndexError(f"a sketch names report {other}")
                        if (other > place and anchors[other] != 0xFFFFFFFF) if later else (
                            other < place and anchors[other] == other
                        ):
                            if self.counts[other] == 0:
                                self.met[kept] = other
                                kept += 1
                            self.counts[other] += 1
            places, counts = PyByteArray_FromStringAndSize(NULL, 4 * kept), PyByteArray_FromStringAndSize(NULL, 4 * kept)
            for i in range(kept):
                (<uint32_t*>PyByteArray_AsString(places))[i] = self.met[i]
                (<uint32_t*>PyByteArray_AsString(counts))[i] = self.counts[self.met[i]]
        finally:
            for i in range(kept):
                self.counts[self.met[i]] = 0
        return memoryview(places).cast("I"), memoryview(counts).cast("I")

    cdef int hold(self, Py_ssize_t most) except -1:
        cdef uint32_t* room
        if most > self.most:
            room = <uint32_t*>realloc(self.met, most * sizeof(uint32_t))
            if room == NULL:
                raise MemoryError()
            self.met, self.most = room, most
        return 0

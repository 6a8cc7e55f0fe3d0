"""Checks the posting lists of a segment: docs and positions sorted and there, bounds true, surfaces counted right. Needs numpy.

The lists come unpacked from the kernel that merges them; what stands in front of each block (``postings`` specifies it) is read
here once more, from the bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import encoded, new_vocabulary
from idlibsearch.errors import KernelError
from idlibsearch.index.fields import kept_text
from idlibsearch.index.segment import Segment
from idlibsearch.index.wordlist import Written, read_words, spread

try:
    from idlibsearch.index.merger import PostingMerge
except ImportError as error:
    raise KernelError("idlibsearch.index.merger") from error

BLOCK = 128
LONG = 0x80
WINDOW_BYTES = 8 << 20  # of lists at once
Numbers = npt.NDArray[np.int64]
_ROWS = struct.Struct("<xII")  # behind the byte that says a list is long
# The number a bound code stands for: exact below 32, then four bits of mantissa, the rest exponent.
DECODED = np.array(
    [code if code < 32 else (16 + ((code - 32) & 15)) << (((code - 32) >> 4) + 1) for code in range(256)], np.int64
)


class _Lists(NamedTuple):
    """The unpacked lists of the terms from ``first`` on."""

    first: int
    starts: Numbers  # [terms + 1]
    docs: Numbers
    freqs: Numbers  # [fields, postings]
    positions: Numbers
    surfaces: Numbers  # beside the positions, numbered as in the lexicon


def list_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """(section, fault) for everything that does not hold; after a fault in the lists themselves the rest is not looked at."""
    written = read_words(segment.lexicon)
    places, named = _Places(segment, written), _Named(segment)
    for lists in _windows(segment, written):
        for look in (_doc_faults, _bound_faults, places.faults, named.faults):
            found = list(look(segment, lists))
            yield from found
            if found:
                return
    yield from places.count_faults(segment, written)


def _windows(segment: Segment, written: Written) -> Iterator[_Lists]:
    terms = np.arange(len(segment.lexicon.terms), dtype=np.uint32)
    docs = np.arange(segment.doc_count, dtype=np.uint32)
    merge = PostingMerge([segment.postings], [terms], [docs], [(written.term_first, written.term_surfaces)], len(terms))
    first = 0
    while (window := merge.next(WINDOW_BYTES)) is not None:
        starts, docs_here, freqs, _, positions, surfaces = (np.asarray(part).astype(np.int64) for part in window)
        yield _Lists(first, starts, docs_here, freqs.reshape(len(segment.positional), -1), positions, surfaces)
        first += len(starts) - 1


def _doc_faults(segment: Segment, lists: _Lists) -> Iterator[tuple[str, str]]:
    sizes, docs = np.diff(lists.starts), lists.docs
    if not sizes.all():
        yield "postings.data", f"term {lists.first + int(np.argmin(sizes))} has no posting"
        return
    same_term = np.diff(np.repeat(np.arange(len(sizes)), sizes)) == 0
    if (docs >= segment.doc_count).any() or (np.diff(docs)[same_term] <= 0).any():
        yield "postings.data", "the docs of a term are not there, not in order, or twice there"
        return
    if not lists.freqs.any(axis=0).all():
        yield "postings.data", "a posting has no occurrence in any field"
    if ((lists.freqs > 0) & (_lengths(segment, docs) == 0)).any():
        yield "postings.data", "a term stands in a field that is empty"


def _lengths(segment: Segment, docs: Numbers) -> Numbers:
    """The length of each field in these docs, [fields, docs]."""
    fields = len(segment.positional)
    rows = np.asarray(segment.file.array("lengths")).reshape(-1, fields)[docs].astype(np.int64)
    return rows.T


def _bound_faults(segment: Segment, lists: _Lists) -> Iterator[tuple[str, str]]:
    """What stands beside blocks: the last doc of each, and for each field a freq and a length that none goes beyond."""
    sizes = np.diff(lists.starts)
    counts = (sizes + BLOCK - 1) // BLOCK
    of_term = np.repeat(np.arange(len(sizes)), counts)
    within = np.arange(len(of_term)) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = lists.starts[of_term] + within * BLOCK
    if not len(starts):
        return
    lasts, codes = _rows(segment, lists.first, sizes, counts)
    ends = np.minimum(starts + BLOCK, lists.starts[of_term + 1])
    if not np.array_equal(lists.docs[ends - 1], lasts):
        yield "blocks.last", "the last doc of a block is another one"
    there = lists.freqs > 0
    largest = np.maximum.reduceat(lists.freqs, starts, axis=1)
    smallest = np.minimum.reduceat(np.where(there, _lengths(segment, lists.docs), np.iinfo(np.int64).max), starts, axis=1)
    bounds = DECODED[codes]
    unbounded = codes[:, 0::2] == 255  # it stands for all that is larger
    if ((largest > bounds[:, 0::2].T) & ~unbounded.T).any() or ((smallest < bounds[:, 1::2].T) & (largest > 0)).any():
        yield "blocks.bounds", "a freq or a length goes beyond its bound"


def _rows(segment: Segment, first: int, sizes: Numbers, counts: Numbers) -> tuple[Numbers, npt.NDArray[np.uint8]]:
    """The last doc and the bounds of each block of these terms, from the tables or from the head of a short list."""
    file, fields = segment.file, len(segment.positional)
    starts, data = file.array("postings.start"), file.array("postings.data")
    lasts, bounds = np.asarray(file.array("blocks.last")), np.asarray(file.array("blocks.bounds")).reshape(-1, 2 * fields)
    found_lasts: list[Any] = [np.zeros(0, np.int64)]
    found: list[Any] = [np.zeros((0, 2 * fields), np.uint8)]
    for term, (size, count) in enumerate(zip(sizes.tolist(), counts.tolist(), strict=True), first):
        at = starts[term]
        if data[at] & LONG:
            row, postings = _ROWS.unpack_from(data, at)
            if postings != size or row + count > len(lasts):
                raise ValueError(f"term {term} has other blocks than postings")
            found_lasts.append(lasts[row : row + count])
            found.append(bounds[row : row + count])
        else:
            last, codes = _short(data, at, fields)
            found_lasts.append([last])
            found.append([codes])
    return np.concatenate(found_lasts).astype(np.int64), np.concatenate(found).astype(np.uint8)


def _short(data: memoryview, at: int, fields: int) -> tuple[int, list[int]]:
    """The last doc and the bounds in the head of a list of one block."""
    mask = data[at + 1]
    having = [field for field in range(fields) if mask >> field & 1]
    here = at + 3 + len(having)
    codes = [0] * (2 * fields)
    for number, field in enumerate(having):
        codes[2 * field : 2 * field + 2] = data[here + 4 + 2 * number : here + 6 + 2 * number]
    return int.from_bytes(data[here : here + 4], "little"), codes


class _Places:
    """Looks at positions, and counts how often each term stands in each of its surfaces."""

    def __init__(self, segment: Segment, written: Written) -> None:
        terms = np.arange(len(written.term_first) - 1)
        firsts = written.term_first.astype(np.int64)
        pairs: Any = np.repeat(terms << 32, firsts[1:] - firsts[:-1]) | written.term_surfaces.astype(np.int64)
        order = np.argsort(pairs)
        of = segment.lexicon.term_surfaces.of
        places = np.array([place[1:] for term in terms.tolist() for place in of(term)], np.int64).reshape(-1, 2)[order]
        self._pairs: Numbers = pairs[order]
        self._spans = places[:, 0]
        self._each = _times_in_a_token(written, self._pairs)
        self._tokens = places[:, 1] / self._each  # the positions of a token, where the term leads it
        self._times, self._docs = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.int64)
        self._columns = [column for column, kept in enumerate(segment.positional) if kept]
        self._lengths = np.zeros((len(self._columns), segment.doc_count))
        self._own = np.array([bool(segment.ranking.fields[column].group) for column in self._columns], np.bool_)

    def faults(self, segment: Segment, lists: _Lists) -> Iterator[tuple[str, str]]:
        columns = self._columns
        freqs = lists.freqs[columns].T.ravel()  # a posting's fields side by side, as its positions are
        group = np.repeat(np.arange(len(freqs)), freqs)
        if len(group) != len(lists.positions):
            yield "postings.places", "there are other positions than occurrences"
            return
        posting, column = np.divmod(group, max(len(columns), 1))
        if (np.diff(lists.positions)[np.diff(group) == 0] <= 0).any():
            yield "postings.places", "the positions of a term in a report are not in order"
        term = np.repeat(np.arange(len(lists.starts) - 1), np.diff(lists.starts))[posting] + lists.first
        pair = np.searchsorted(self._pairs, term << 32 | lists.surfaces)
        lengths = _lengths(segment, lists.docs)[columns].T.ravel()[group]
        if (lists.positions + self._spans[pair] > lengths).any():
            yield "postings.places", "a position lies beyond the end of its field"
        own, docs = self._own[column], lists.docs[posting]
        np.add.at(self._lengths, (column[~own], docs[~own]), self._tokens[pair][~own])
        # Words of other analyzers may share a position, or leave one free: a field reaches to the last of them.
        np.maximum.at(self._lengths, (column[own], docs[own]), lists.positions[own] + 1)
        self._times += np.bincount(pair, minlength=len(self._times))
        once = np.unique(pair << 32 | posting) >> 32
        self._docs += np.bincount(once, minlength=len(self._docs))

    def count_faults(self, segment: Segment, written: Written) -> Iterator[tuple[str, str]]:
        """Each of its terms must meet a surface as often as the lexicon says, and all tokens make up the lengths of fields."""
        surfaces = self._pairs & 0xFFFFFFFF
        if not np.array_equal(self._times, written.counts[surfaces].astype(np.int64) * self._each):
            yield "surfaces.data", "a surface occurs more or less often than its terms"
        if not np.array_equal(self._docs, written.docs[surfaces].astype(np.int64)):
            yield "surfaces.data", "a surface is in other reports than its terms"
        lengths = np.asarray(segment.file.array("lengths")).reshape(segment.doc_count, -1).T[self._columns]
        if not np.array_equal(np.rint(self._lengths), lengths):
            yield "lengths", "a field is longer or shorter than the words that stand in it"


def _times_in_a_token(written: Written, pairs: Numbers) -> Numbers:
    """How often a term stands in a token that is spelled like one of its surfaces; ``pairs``: term << 32 | surface."""
    starts, terms = written.words.entry_starts.astype(np.int64), written.words.entry_terms.astype(np.int64)
    folded = np.repeat(np.arange(len(starts) - 1), starts[1:] - starts[:-1])
    entries, times = np.unique(terms << 32 | folded, return_counts=True)
    own = pairs >> 32 << 32 | written.words.folded_of[pairs & 0xFFFFFFFF].astype(np.int64)
    at = np.minimum(np.searchsorted(entries, own), len(entries) - 1)
    if not np.array_equal(entries[at], own):
        raise ValueError("a term has a surface of a word that does not stand for it")
    found: Numbers = times[at]
    return found


class _Named:
    """Terms of the fields without positions, worked out anew from the stored reports: their texts are short."""

    def __init__(self, segment: Segment) -> None:
        fields = segment.ranking.fields
        self._columns = [column for column, kept in enumerate(segment.positional) if not kept and not fields[column].group]
        self._found = {column: _analysed(segment, segment.ranking.fields[column].name) for column in self._columns}

    def faults(self, segment: Segment, lists: _Lists) -> Iterator[tuple[str, str]]:
        term = np.repeat(np.arange(len(lists.starts) - 1), np.diff(lists.starts)) + lists.first
        for column in self._columns:
            there = lists.freqs[column] > 0
            pairs = term[there] << 32 | lists.docs[there]
            known, times = self._found[column]
            here = slice(*np.searchsorted(known, (lists.first << 32, lists.first + len(lists.starts) - 1 << 32)).tolist())
            if not (np.array_equal(known[here], pairs) and np.array_equal(times[here], lists.freqs[column][there])):
                name = segment.ranking.fields[column].name
                yield "postings.data", f"a term stands more or less often in the field {name} than in the reports"


def _analysed(segment: Segment, field: str) -> tuple[Numbers, Numbers]:
    """(term << 32 | doc, ascending; how often) of a field of all stored reports; ValueError for words the lexicon lacks."""
    vocabulary, counts = new_vocabulary(), []
    for doc in range(segment.doc_count):
        text = kept_text(segment.documents.read(doc), field)
        counts.append(vocabulary.scan(encoded(text)) if text else 0)
    terms = [_terms_of(segment, surface) for surface in vocabulary.surfaces()]
    ids, docs = np.array(vocabulary.ids(), np.int64), np.repeat(np.arange(segment.doc_count), counts)
    sizes = np.array([len(numbers) for numbers in terms], np.int64)
    flat = np.array([number for numbers in terms for number in numbers], np.int64)
    _, index = spread(np.concatenate((np.zeros(1, np.uint32), np.cumsum(sizes).astype(np.uint32))), ids)
    found, times = np.unique(flat[index] << 32 | np.repeat(docs, sizes[ids]), return_counts=True)
    return found, times


def _terms_of(segment: Segment, surface: str) -> list[int]:
    number = segment.lexicon.folded.find(fold(surface))
    if number < 0:
        raise ValueError(f"the word {surface!r} is in a report and not in the lexicon")
    return [term for term, _, _ in segment.lexicon.entries.terms(number)[1]]

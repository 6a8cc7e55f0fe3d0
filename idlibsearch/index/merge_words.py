"""Merges the lexicons of several segments and, term by term, their posting lists. Needs numpy."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import encoded, new_vocabulary
from idlibsearch.errors import KernelError
from idlibsearch.index.fields import Ranking, kept_text
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.own_words import FIRST_OTHER
from idlibsearch.index.packing import PostingsWriter
from idlibsearch.index.stretches import Merged
from idlibsearch.index.strings import Table
from idlibsearch.index.wordlist import U8, U32, U64, Numbering, WordList, kept_strings, numbered, read_words, spread, write_words

try:
    from idlibsearch.index.encoder import Encoder
    from idlibsearch.index.merger import PostingMerge, TableMerge
except ImportError as error:
    raise KernelError("idlibsearch.index.merger") from error

FORM_BITS = 2
WINDOW_BYTES = 12 << 20  # of merged lists at once, which stand in memory some three times; one term's list always does


def merge_words(out: SectionWriter, merged: Merged, lengths: U32, ranking: Ranking, ask: Callable[[], None]) -> None:
    """Write lexicon and posting lists of the merged segment. ``lengths``: uint32[docs * fields]; ``ask`` as in ``merge``."""
    united = _United(merged)
    ask()
    united.forget_dead(merged, ranking)
    numbering = numbered(united.words, united.counts)
    surfaces = united.renumbered(numbering)
    readers = [segment.postings for segment in merged.segments]
    merger = PostingMerge(readers, united.terms, merged.docs, surfaces, len(united.words.terms))
    positional = np.array([field.positions for field in ranking.fields], np.uint8)
    left = _Left(positional, counting=any(merged.dead) and any(field.group for field in ranking.fields))
    _write_lists(merger, PostingsWriter(out, Encoder(positional, lengths)), left, ask)
    if any(merged.dead):
        united.recount_own(np.concatenate(left.docs), np.concatenate(left.counts))
        united.keep(np.concatenate(left.live), np.concatenate(left.named))
        numbering = numbered(united.words, united.counts)
    write_words(out, united.words, numbering, united.docs, united.counts)


def _write_lists(merger: PostingMerge, writer: PostingsWriter, left: _Left, ask: Callable[[], None]) -> None:
    """Write the lists that are not empty."""
    for window in _ahead(merger):
        ask()
        starts, docs, freqs, *places = (np.asarray(part) for part in window)
        there = np.diff(starts) > 0
        starts = np.concatenate((starts[:1], starts[1:][there]))
        left.note(there, starts, freqs)
        writer.add(starts, docs, freqs, *places)
    writer.finish()


class _Left:
    """What is left of the terms: marks of those that have a list, and of those that are in a field without positions; where
    ``counting``, also the docs and the occurrences of each in the other fields.
    """

    def __init__(self, positional: U8, *, counting: bool) -> None:
        self._positional, self._counting = positional, counting
        self.live, self.named = [np.zeros(0, np.bool_)], [np.zeros(0, np.bool_)]
        self.docs, self.counts = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint32)]

    def note(self, there: Any, starts: Any, freqs: Any) -> None:
        """Note some terms: which of them have a list, where these start, and the freqs in them, field after field."""
        by_field = freqs.reshape(len(self._positional), -1)
        self.live.append(there)
        in_names = (by_field[self._positional == 0] > 0).any(axis=0)
        self.named.append(_spread_sums(np.logical_or, in_names, there, starts))
        if self._counting:
            found = by_field[self._positional == 1].sum(axis=0, dtype=np.uint32)
            self.docs.append(_spread_sums(np.add, (found > 0).astype(np.uint32), there, starts))
            self.counts.append(_spread_sums(np.add, found, there, starts))


def _spread_sums(operation: np.ufunc, numbers: Any, there: Any, starts: Any) -> Any:
    """Of each term ``operation`` over its part of ``numbers``; nothing of those that have no part."""
    sums = np.zeros(len(there), numbers.dtype)
    if len(numbers):
        sums[there] = operation.reduceat(numbers, starts[:-1].astype(np.int64))
    return sums


def _ahead(merger: PostingMerge) -> Iterator[Sequence[Any]]:
    """All windows, the next of which is made in another thread while one is packed: neither needs Python meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(merger.next, WINDOW_BYTES)
        while (window := coming.result()) is not None:
            coming = pool.submit(merger.next, WINDOW_BYTES)
            yield window


class _United:
    """The words of all segments as one, and for each segment what numbers its own have there."""

    def __init__(self, merged: Merged) -> None:
        read = [read_words(segment.lexicon) for segment in merged.segments]
        lists = [written.words for written in read]
        self._of_terms = [(written.term_first, written.term_surfaces) for written in read]  # the rest need not stay in memory
        terms = TableMerge([_sections(words.terms) for words in lists])
        folded = TableMerge([_sections(words.folded) for words in lists])
        self.terms = [np.asarray(numbers) for numbers in terms.numbers]
        self._folded = [np.asarray(numbers) for numbers in folded.numbers]
        groups = [
            np.asarray(numbers)[words.folded_of].astype(np.uint64) << np.uint64(FORM_BITS) | words.forms
            for words, numbers in zip(lists, self._folded, strict=True)
        ]
        surfaces = TableMerge([_sections(words.surfaces) for words in lists], None, groups)
        self.surfaces = [np.asarray(numbers) for numbers in surfaces.numbers]
        self.docs, self.counts = np.zeros(len(surfaces.ends), np.uint32), np.zeros(len(surfaces.ends), np.uint32)
        for written, numbers in zip(read, self.surfaces, strict=True):
            self.docs[numbers] += written.docs
            self.counts[numbers] += written.counts
        self.words = self._words(lists, terms, folded, surfaces)

    def _words(self, lists: Sequence[WordList], terms: TableMerge, folded: TableMerge, surfaces: TableMerge) -> WordList:
        """What a folded word stands for is the same in all segments: taken from the first that has it."""
        count = len(folded.ends)
        owners, sizes, positions = np.full(count, -1), np.zeros(count, np.int64), np.zeros(count, np.uint8)
        own = np.zeros(count, np.int64)
        for part, words in reversed(list(enumerate(lists))):
            here = self._folded[part]
            owners[here], own[here] = part, np.arange(len(here))
            sizes[here], positions[here] = np.diff(words.entry_starts), words.positions
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes))).astype(np.uint32)
        entry_terms, entry_places = np.zeros(starts[-1], np.uint32), np.zeros(starts[-1], np.uint16)
        for part, words in enumerate(lists):
            mine = np.flatnonzero(owners == part)
            _, source = spread(words.entry_starts, own[mine])
            _, target = spread(starts, mine)
            entry_terms[target] = self.terms[part][words.entry_terms[source]]
            entry_places[target] = words.entry_places[source]
        groups = np.asarray(surfaces.groups)
        return WordList(
            terms=Table(terms.text, terms.ends),
            folded=Table(folded.text, folded.ends),
            surfaces=Table(surfaces.text, surfaces.ends),
            folded_of=(groups >> np.uint64(FORM_BITS)).astype(np.uint32),
            forms=(groups & np.uint64((1 << FORM_BITS) - 1)).astype(np.uint8),
            positions=positions,
            entry_starts=starts,
            entry_terms=entry_terms,
            entry_places=entry_places,
        )

    def renumbered(self, numbering: Numbering) -> list[tuple[U32, U32]]:
        """For each segment the range of each term in its surfaces, and beside these what number they have in the merged term."""
        pairs = _pairs(np.arange(len(self.words.terms)), numbering.term_first, numbering.term_surfaces)
        order = np.argsort(pairs)
        ordered, found = pairs[order], []
        for part, (first, surfaces) in enumerate(self._of_terms):
            own = _pairs(self.terms[part], first, self.surfaces[part][surfaces])
            at = order[np.searchsorted(ordered, own)]
            found.append((first, (at - numbering.term_first[own >> np.uint64(32)]).astype(np.uint32)))
        return found

    def forget_dead(self, merged: Merged, ranking: Ranking) -> None:
        """Take back what dead docs added to the counts of surfaces."""
        for part, segment in enumerate(merged.segments):
            for doc in sorted(merged.dead[part]):
                report = segment.documents.read(doc)
                texts = [kept_text(report, field.name) for field in ranking.fields if field.positions]
                for surface, count in _surfaces_in(texts).items():
                    number = self._surface(surface)
                    self.docs[number] -= 1
                    self.counts[number] -= count

    def recount_own(self, docs: Any, counts: Any) -> None:
        """Count the words of other analyzers by their lists, ``docs`` and ``counts`` of each term: texts do not tell of them."""
        words = bisect_left(range(len(self.words.folded)), FIRST_OTHER.encode(), key=self.words.folded.bytes_of)
        own = self.words.folded_of < words
        terms = self.words.entry_terms[self.words.entry_starts[self.words.folded_of[own]]]
        if len(terms):
            self.docs[own], self.counts[own] = docs[terms], counts[terms]

    def _surface(self, surface: str) -> int:
        folded = self.words.folded
        word = bisect_left(range(len(folded)), _bytes(fold(surface)), key=folded.bytes_of)
        here = range(*np.searchsorted(self.words.folded_of, (word, word + 1)).tolist())
        for number in here:
            if self.words.surfaces[number] == surface:
                return number
        raise ValueError(f"the word {surface!r} is missing")

    def keep(self, live: Any, named: Any) -> None:
        """Drop the words left without an occurrence: ``live`` terms have a posting, ``named`` ones one without positions."""
        words = self.words
        sizes = np.diff(words.entry_starts)
        unnamed = np.add.reduceat(~named[words.entry_terms], words.entry_starts[:-1].astype(np.int64)) if len(sizes) else sizes
        kept = (self.counts > 0) | (unnamed == 0)[words.folded_of]
        folded = np.zeros(len(words.folded), np.bool_)
        folded[words.folded_of[kept]] = True
        starts, index = spread(words.entry_starts, np.flatnonzero(folded))
        self.words = WordList(
            terms=kept_strings(words.terms, live),
            folded=kept_strings(words.folded, folded),
            surfaces=kept_strings(words.surfaces, kept),
            folded_of=_ranks(folded)[words.folded_of[kept]],
            forms=words.forms[kept],
            positions=words.positions[folded],
            entry_starts=starts,
            entry_terms=_ranks(live)[words.entry_terms[index]],
            entry_places=words.entry_places[index],
        )
        self.docs, self.counts = self.docs[kept], self.counts[kept]


def _pairs(terms: Any, first: U32, surfaces: U32) -> U64:
    """(term, surface) of each of the terms' surfaces as one number."""
    pairs: U64 = np.repeat(terms.astype(np.uint64) << np.uint64(32), np.diff(first)) | surfaces
    return pairs


def _surfaces_in(texts: list[str]) -> Counter[str]:
    vocabulary = new_vocabulary()
    for text in texts:
        vocabulary.scan(encoded(text))
    surfaces = vocabulary.surfaces()
    return Counter(surfaces[number] for number in vocabulary.ids())


def _sections(table: Table) -> tuple[Any, Any]:
    return table.text, table.ends


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _ranks(kept: Any) -> U32:
    ranks: U32 = (np.cumsum(kept) - 1).astype(np.uint32)
    return ranks

"""Checks the words of a segment: sorted, found where they are looked for, spelled as they fold, counted as their terms say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from idlibsearch.index.own_words import folded_word
from idlibsearch.index.segment import Segment

Pairs = set[tuple[int, int, int]]  # surface, positions the term spans, positions of its token or 0


def word_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    """(section, fault) for everything that does not hold."""
    yield from _table_faults(segment)
    yield from _entry_faults(segment)


def _table_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    lexicon = segment.lexicon
    longest = segment.file.array("lexicon")[1], segment.file.array("lexicon")[3]
    for name, table, most in (("terms", lexicon.terms, longest[0]), ("folded", lexicon.folded, longest[1])):
        words = list(table)
        encoded = [word.encode("utf-8", "surrogatepass") for word in words]
        if any(a >= b for a, b in pairwise(encoded)):
            yield f"{name}.text", "not in order, or twice there"
        elif max(map(len, encoded), default=0) != most:
            yield "lexicon", f"the longest of {name} is of another length"
        elif any(table.find(word) != number for number, word in enumerate(words)):
            yield f"{name}.blocks", "a word is not found where it stands"


def _entry_faults(segment: Segment) -> Iterator[tuple[str, str]]:
    lexicon = segment.lexicon
    expected: list[Pairs] = [set() for _ in lexicon.terms]
    surfaces, counts = 0, []
    for number, (word, positions, terms, written) in enumerate(lexicon):
        texts = [surface for surface, _, _ in written]
        if not texts or len(set(texts)) < len(texts) or any(folded_word(surface) != word for surface in texts):
            yield "surfaces.data", f"the surfaces of {word!r} are none, one twice, or another word's"
        if any(not docs <= times or docs > segment.doc_count for _, docs, times in written):
            yield "surfaces.data", f"a surface of {word!r} is in more reports than it has occurrences, or than there are"
        if lexicon.entries.terms(number) != (positions, terms) or lexicon.surfaces(word) != (surfaces, written):
            yield "entries.blocks", f"{word!r} is another word when it is looked up"
        if [offset for _, offset, width in terms[:positions]] != list(range(positions)) or any(
            not 0 < width <= positions - offset for _, offset, width in terms
        ):
            yield "entries.data", f"the terms of {word!r} are not at its positions"
        widths = {term: (width, 0) for term, _, width in terms} | {terms[0][0]: (1, positions)}
        for surface in range(surfaces, surfaces + len(written)):
            for term, places in widths.items():
                expected[term].add((surface, *places))
        surfaces += len(written)
        counts += [times for _, _, times in written]
    if surfaces != lexicon.surface_count:
        yield "surfaces.data", "there are other surfaces than were counted"
        return
    yield from _term_faults(segment, expected, counts)


def _term_faults(segment: Segment, expected: list[Pairs], counts: list[int]) -> Iterator[tuple[str, str]]:
    for term, pairs in enumerate(expected):
        listed = segment.lexicon.term_surfaces.of(term)
        if set(listed) != pairs or len(listed) != len(pairs) or not pairs:
            yield "term.surfaces", f"term {term} has other surfaces than the words that stand for it"
            return
        if any((-counts[a[0]], a[0]) > (-counts[b[0]], b[0]) for a, b in pairwise(listed)):
            yield "term.surfaces", f"the surfaces of term {term} are not commonest first"
            return

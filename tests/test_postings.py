"""Packed posting lists: what is packed reads back, takes the room the format says, and is refused where it does not fit."""

from __future__ import annotations

import random
from array import array
from functools import partial
from itertools import accumulate

import pytest

import idlibsearch
from idlibsearch.index.encoder import Encoder, length_codes
from idlibsearch.index.lexicon_encoder import write_term_surfaces
from idlibsearch.index.reader import PostingReader
from idlibsearch.query import lists as scored_lists
from idlibsearch.query import phrases, spans, topk, wordsets
from idlibsearch.query.limits import CombinationsError

POSITIONAL = [True, False, True]
LENGTH = 1 << 20  # of every field of every doc


def posting_lists(rng):
    """terms[term] = {doc: [positions with surfaces, or a freq where a field keeps none]}: lists, gaps and freqs of any size."""
    largest = rng.choice([1, 3, 40])

    def field(keeps):
        freq = rng.choice([0, 1, 1, 1, rng.randint(1, largest)])
        places = sorted(rng.sample(range(rng.choice([freq, 100, LENGTH]) + freq), freq))
        return [(place, rng.choice([0, 0, 0, rng.randint(0, 5)])) for place in places] if keeps else freq

    terms = []
    for _ in range(rng.randint(1, 3)):
        span = rng.choice([1, 2, 50, 5000])
        docs = accumulate(rng.randint(1, rng.choice([1, span])) for _ in range(rng.choice([1, 2, 7, 127, 128, 129, 256, 300])))
        lists = {doc: [field(keeps) for keeps in POSITIONAL] for doc in docs}
        terms.append({doc: fields if any(fields) else [[], 1, []] for doc, fields in lists.items()})
    return terms


def packed(terms, damage=None):
    """A reader of some lists, packed term by term; ``damage`` may change the sections (bytearrays) in between."""
    docs = 1 + max(max(lists) for lists in terms)
    lengths = array("I", [LENGTH] * 3 * docs)
    encoder = Encoder(bytes(POSITIONAL), lengths)
    for lists in terms:
        rows = list(lists.values())
        freqs = [row[f] if isinstance(row[f], int) else len(row[f]) for f in range(3) for row in rows]
        places = [[place for f in range(3) if POSITIONAL[f] for place in row[f]] for row in rows]
        flat = [place for row in places for place in row]
        encoder.add(
            *(array("Q", [0, len(lists)]), array("I", lists), array("I", freqs), array("Q", [0, *accumulate(map(len, places))])),
            *(array("I", [start for start, _ in flat]), array("I", [surface for _, surface in flat])),
        )
    sections = [bytearray(section) for section in encoder.finish()]
    if damage:
        damage(sections)
    start, last, block_start, position, bounds, data, places = map(bytes, sections)
    ranges, places_of = array("I", range(0, 6 * len(terms) + 1, 6)), bytes([1, 2, 4, 1, 1, 1] * len(terms))
    surfaces, surface_blocks = write_term_surfaces(ranges, array("I", list(range(6)) * len(terms)), places_of)
    tables = [memoryview(each).cast("I") for each in (start, last, block_start, position)]
    return PostingReader(
        *(bytes(POSITIONAL), *tables, bounds, data, places, lengths, length_codes(lengths, 3)),
        *(bytes(surfaces), surface_blocks, 6, b"", "here"),
    )


@pytest.mark.parametrize("seed", range(60))
def test_what_is_packed_reads_back(seed):
    terms = posting_lists(random.Random(seed))
    reader = packed(terms)
    for term, lists in enumerate(terms):
        assert reader.count(term) == len(lists)
        assert list(reader.docs(term)) == list(lists)
        for column in range(3):
            freqs = [row[column] if isinstance(row[column], int) else len(row[column]) for row in lists.values()]
            assert list(reader.freqs(term, column)) == freqs
            assert reader.count_in(term, column) == sum(map(bool, freqs))
        for doc in [*list(lists)[:3], *list(lists)[-3:]]:
            for column in (0, 2):
                found = reader.occurrences(term, doc, column)
                assert [(start, surface) for start, _, surface in found] == lists[doc][column]
                assert all(end - start == [1, 2, 3, 1, 1, 1][surface] for start, end, surface in found)
                assert reader.freq(term, doc, column) == len(found)
            assert reader.occurrences(term, doc, 1) == []


def nearness(terms):
    """Trees of two and three words near each other."""
    leaves = [(spans.LEAF, [array("I", [term])]) for term in terms]
    pairs = [
        (kind, 3, [a, b]) for kind in (spans.NEAR, spans.PRE, spans.SENTENCE, spans.APART) for a in leaves for b in leaves[:2]
    ]
    return [
        *pairs,
        *((spans.NEAR, 9, [pair, leaves[0]]) for pair in pairs[::3]),
        (spans.NEAR, 5, [leaves[0], leaves[-1], pairs[0]]),
    ]


def ask_of_nearness(reader, tree, doc_count, docs):
    """Everything that a tree of nearness can be asked."""
    ones, none = array("d", [1.0] * 3), (array("Q", [0] * (1 + doc_count)), array("I"))
    program = spans.Program(reader, tree, (none, none, 2), 1000)
    try:
        program.scores(1.0, ones, ones, ones, 1.2)
        program.best(1.0, ones, ones, ones, 1.2, 1, 5, -1.0)
        for doc in docs:
            program.marks(doc, ones)
    except CombinationsError:
        pass  # damage may make up any number of places


def read_all(reader, terms):
    """Ask a reader and the kernels everything; they may find anything, or say that it is damaged."""
    numbers, ones = array("I", range(len(terms))), array("d", [1.0] * 3)
    words = [(term, 1.0, range(3)) for term in numbers]
    docs = [doc for lists in terms for doc in (*list(lists)[:2], *list(lists)[-2:])]
    questions = [
        *(partial(ask, term) for term in numbers for ask in (reader.count, reader.docs)),
        *(partial(reader.freqs, term, column) for term in numbers for column in range(3)),
        *(partial(reader.occurrences, term, doc, 2) for term in numbers for doc in docs),
        *(partial(topk.best, reader, words, ones, ones, ones, 1.2, 10, -1.0, every) for every in (0, 1)),
        *(partial(wordsets.words, reader, numbers, bytes([1] * 3 * len(terms)), every) for every in (0, 1)),
        *(
            partial(phrases.best, reader, array("I", [a, b]), 1.0, ones, ones, ones, 1.2, 3, -1.0)
            for a in numbers
            for b in numbers
        ),
        partial(scored_lists.phrase, reader, [numbers], 0, 1.0, ones, ones, ones, 1.2),
        *(partial(ask_of_nearness, reader, tree, 1 + max(max(lists) for lists in terms), docs) for tree in nearness(numbers)),
    ]
    told = 0
    for question in questions:
        try:
            question()
        except idlibsearch.CorruptIndexError:
            told += 1
    return told


def test_damaged_sections_are_told_and_nothing_outside_them_is_read():
    """Sections lie in memory of their own here, so that a build that checks addresses sees where one reads beyond them."""
    told = 0
    for seed in range(200):
        rng = random.Random(seed)
        terms = posting_lists(rng)

        def damage(sections, rng=rng):
            for section in rng.choices([section for section in sections if section], k=rng.choice([0, 1, 3, 30])):
                section[rng.randrange(len(section))] = rng.choice([0, 1, 127, 128, 255, rng.randrange(256)])

        told += read_all(packed(terms, damage), terms)
    assert told > 100


def test_the_worked_example_of_the_format():
    """As the docstring of ``index.postings`` has it."""
    lengths = array("I", [0, 0, 0, 99] * 11)
    encoder = Encoder(b"\1\0\0\1", lengths)
    freqs = array("I", [0, 0, 0, 0, 0, 0, 1, 1])
    arrays = array("Q", [0, 2]), array("I", [3, 10]), freqs, array("Q", [0, 1, 2]), array("I", [5, 70]), array("I", [0, 0])
    encoder.add(*arrays)
    start, *tables, data, places = encoder.finish()
    assert data == bytes.fromhex("01 08 02 00 0A 00 00 00 01 38 03 07 05 23 00") + bytes(8)  # 99 is rounded down to 24 * 4
    assert (start, tables, places) == (bytes(4), [b"", b"", b"", b""], bytes(8))


def test_terms_may_be_added_in_pieces():
    """Two terms at once, or one after the other: the same sections."""
    whole, pieces = Encoder(b"\1", array("I", [9, 9])), Encoder(b"\1", array("I", [9, 9]))
    whole.add(
        *(array("Q", [0, 1, 3]), array("I", [1, 0, 1]), array("I", [1, 2, 1])),
        *(array("Q", [0, 1, 3, 4]), array("I", [4, 0, 8, 5]), array("I", [0, 0, 1, 0])),
    )
    pieces.add(array("Q", [0, 1]), array("I", [1]), array("I", [1]), array("Q", [0, 1]), array("I", [4]), array("I", [0]))
    pieces.add(
        *(array("Q", [0, 2]), array("I", [0, 1]), array("I", [2, 1])),
        *(array("Q", [0, 2, 3]), array("I", [0, 8, 5]), array("I", [0, 1, 0])),
    )
    assert whole.finish() == pieces.finish()


def test_the_encoder_refuses_lists_that_do_not_fit():
    encoder = Encoder(b"\1", array("I", [9, 9]))
    fine = [
        array("Q", [0, 1]),
        array("I", [1]),
        array("I", [1]),
        array("Q", [0, 1]),
        array("I", [4]),
        array("I", [0]),
    ]
    for number, wrong in enumerate(
        [array("Q", [0]), array("I", [5]), array("I", [1, 1]), array("Q", [0, 7]), array("I"), array("I", [3, 3])]
    ):
        with pytest.raises(IndexError):
            encoder.add(*[wrong if at == number else right for at, right in enumerate(fine)])
    with pytest.raises(IndexError, match="do not ascend"):
        encoder.add(
            array("Q", [0, 2]),
            array("I", [1, 1]),
            array("I", [1, 1]),
            array("Q", [0, 0, 0]),
            array("I"),
            array("I"),
        )
    with pytest.raises(TypeError):
        encoder.add(*[None] * 6)
    with pytest.raises(TypeError):
        Encoder(None, None)

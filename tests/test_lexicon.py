"""The tables of a lexicon: what is written is read again, what is damaged is told."""

from __future__ import annotations

import random
import tempfile
from array import array
from bisect import bisect_left
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.errors import CorruptIndexError
from idlibsearch.index import lexicon_decoder, lexicon_encoder, strings
from idlibsearch.index.analysed import Analysed
from idlibsearch.index.entries import Entries, TermSurfaces
from idlibsearch.index.fileformat import SectionFile, SectionWriter
from idlibsearch.index.lexicon import Lexicon
from idlibsearch.index.wordlist import numbered, read_words, write_words
from idlibsearch.index.words import Words
from idlibsearch.query.gathered import Chosen
from idlibsearch.query.patterns_kernel import Scan

# ---- sorted words

words = st.one_of(
    st.text("abé", max_size=4),
    st.tuples(st.integers(0, 200), st.text("ab\ud800𐍈", max_size=30)).map(lambda parts: "r" * parts[0] + parts[1]),
)


def coded(word):
    return word.encode("utf-8", "surrogatepass")


def table_of(found):
    text, blocks, longest = lexicon_encoder.front_coded(list(map(coded, found)))
    return Words(text, blocks, len(found), longest, "file", "words")


@given(st.lists(words, max_size=60, unique=True).map(lambda found: sorted(found, key=coded)), words)
def test_words_are_read_and_found_as_they_were_written(found, other):
    table = table_of(found)
    assert (len(table), list(table)) == (len(found), found)
    assert [table[number] for number in range(len(found))] == found
    assert [table.find(word) for word in found] == list(range(len(found)))
    assert table.find(other) == (found.index(other) if other in found else -1)
    below = bisect_left(found, coded(other), key=coded)
    assert table.starting(other) == range(below, below + sum(word.startswith(other) for word in found))


def test_words_are_written_as_the_specification_says():
    text, blocks, longest = lexicon_encoder.front_coded([b"rebel", b"rebel-held", b"rebels"])
    assert bytes(text) == b"\x05rebel\x55-held\x51s"
    assert (list(blocks), longest) == ([0, len(text)], 10)
    assert bytes(lexicon_encoder.front_coded([b"x" * 20, b"x" * 16 + b"y" * 300])[0][21:24]) == b"x\xff\x01"


def test_no_word_has_a_number_that_is_not_there():
    for number in (-1, 2):
        with pytest.raises(IndexError):
            table_of(["a", "b"])[number]


# ---- entries and surfaces

SURFACES = (
    "truce", "Truce", "TRUCE", "truces", "TrUce", "a", "A", "2020", "17", "seventeen", "Seventeen", "twenty-five", "25",
    "rebel-held", "Rebel-held", "Rebel-Held", "rebelheld", "door-to-door", "door", "to", "Syria's", "Syria’s", "syria",
    "Çavuşoğlu", "CAVUSOGLU", "U.S.", "US", "us", "a-b-c-d-e-f", "Ćž", "ćž", "𐍈𐌰", "al-Qaeda", "Qaeda",
)  # fmt: skip
vocabularies = st.lists(st.sampled_from(SURFACES) | st.text("abA-é", min_size=1, max_size=3), unique=True, max_size=40)


class Given(list):
    """Surfaces as a vocabulary hands them out."""

    def surface_table(self, start=0):
        table = strings.table_of(self[start:])
        return table.text, table.ends


def write_file(path, surfaces, docs, counts):
    """Write the lexicon of a stream of these surfaces; their numbers in its order."""
    analysed = Analysed()
    analysed.vocabulary = Given(surfaces)
    words, ranks = analysed.words_in(np.arange(len(surfaces), dtype=np.uint32))
    order = np.argsort(ranks)
    docs, counts = np.array(docs, np.uint32)[order], np.array(counts, np.uint32)[order]
    with SectionWriter(path) as out:
        write_words(out, words, numbered(words, counts), docs, counts)
    return order.tolist()


def written(surfaces, docs, counts):
    """The lexicon of a stream of these surfaces, as (surfaces of the lexicon's order, Lexicon)."""
    with tempfile.TemporaryDirectory() as folder:
        order = write_file(Path(folder) / "file", surfaces, docs, counts)
        return [surfaces[number] for number in order], Lexicon(SectionFile(Path(folder) / "file"))


@given(vocabularies, st.randoms(use_true_random=False))
def test_what_is_read_back_for_merging_is_what_was_written(surfaces, chance):
    docs = [chance.choice([0, 1, 300]) for _ in surfaces]
    counts = [each and each + chance.choice([0, 200]) for each in docs]
    order, lexicon = written(surfaces, docs, counts)
    read = read_words(lexicon)
    assert [read.words.surfaces[number] for number in range(len(order))] == order
    assert [docs[surfaces.index(surface)] for surface in order] == read.docs.tolist()
    with tempfile.TemporaryDirectory() as folder:
        with SectionWriter(Path(folder) / "again") as out:
            write_words(out, read.words, numbered(read.words, read.counts), read.docs, read.counts)
        write_file(Path(folder) / "first", surfaces, docs, counts)
        assert (Path(folder) / "again").read_bytes() == (Path(folder) / "first").read_bytes()


@given(vocabularies, st.randoms(use_true_random=False))
def test_a_lexicon_says_what_analysis_does_and_how_often_each_surface_occurs(surfaces, chance):
    docs = [chance.choice([0, 1, 2, 300]) for _ in surfaces]
    counts = [each and each + chance.choice([0, 1, 200]) for each in docs]
    order, lexicon = written(surfaces, docs, counts)
    terms = list(lexicon.terms)
    folded = sorted(set(map(fold, surfaces)))
    assert (terms, list(lexicon.folded)) == (sorted({t for w in folded for t, _, _ in analyze_folded(w).terms}), folded)
    times = {surface: (surface, *pair) for surface, *pair in zip(surfaces, docs, counts, strict=True)}
    of_word = {word: [surface for surface in order if fold(surface) == word] for word in folded}
    assert [surface for found in of_word.values() for surface in found] == order
    assert len(order) == lexicon.surface_count
    for word, positions, found, forms in lexicon:
        entry = analyze_folded(word)
        assert lexicon.entry(word) == entry
        assert (positions, [(terms[term], *place) for term, *place in found]) == (entry.positions, list(entry.terms))
        assert forms == [times[surface] for surface in of_word[word]]
        assert lexicon.surfaces(word) == (order.index(of_word[word][0]), forms)
    owners = [lexicon.entries.owner(surface) for surface in range(len(order))]
    assert [lexicon.folded[number] for number in owners] == [fold(surface) for surface in order]
    assert lexicon.entry("nothing-of-it") is None
    assert lexicon.surfaces("nothing-of-it") == (0, [])
    for number, term in enumerate(terms):
        assert lexicon.term_surfaces.of(number) == surfaces_of(term, order, times)


def surfaces_of(term, order, times):
    """The surfaces of a term, commonest first: (number, positions it spans, positions of the token it leads)."""
    found = []
    for number, surface in enumerate(order):
        entry = analyze_folded(fold(surface))
        widths = [width for each, _, width in entry.terms if each == term]
        if widths:
            found.append((number, widths[0], entry.positions if entry.terms[0][0] == term else 0))
    return sorted(found, key=lambda each: (-times[order[each[0]]][2], each[0]))


@given(vocabularies, st.data())
def test_chosen_words_give_their_surfaces_and_the_terms_that_lead_to_them(surfaces, data):
    order, lexicon = written(surfaces, [1] * len(surfaces), [1] * len(surfaces))
    folded, terms = list(lexicon.folded), list(lexicon.terms)
    low = data.draw(st.integers(0, len(folded)))
    high = data.draw(st.integers(low, len(folded)))
    some = array("I", sorted(data.draw(st.sets(st.integers(0, max(len(folded) - 1, 0)), max_size=len(folded)))))
    for numbers in (range(low, high), some):
        chosen = Chosen(lexicon.entries, numbers)
        chosen_words = [folded[number] for number in numbers]
        assert [terms[term] for term in chosen.terms] == sorted({analyze_folded(word).terms[0][0] for word in chosen_words})
        assert [chosen.has(number) for number in range(len(order))] == [fold(surface) in chosen_words for surface in order]
        assert chosen.size == sum(chosen.has(number) for number in range(len(order)))
    for number, surface in enumerate(order):
        word = folded.index(fold(surface))
        chosen = Chosen(lexicon.entries, range(word, word + 1), number)
        assert [other for other in range(len(order)) if chosen.has(other)] == [number]


def test_entries_and_surfaces_are_written_as_the_specification_says():
    one, two = np.array([0, 1], np.uint32), np.array([0, 2], np.uint32)
    forms, places = np.array([1, 2], np.uint8), np.array([1], np.uint16)
    entries = lexicon_encoder.write_entries(b"\1", one, np.array([7], np.uint32), places, forms, two)
    assert (bytes(entries[0]), list(entries[1])) == (b"\x07\x00\x06", [0, 3])
    docs, counts = array("I", [2, 1]), array("I", [2, 3])
    data, _ = lexicon_encoder.write_surfaces([b"Truce", b"truce"], forms, two, docs, counts)
    assert bytes(data) == b"\x04\x03\x02"
    data, _ = lexicon_encoder.write_term_surfaces(two, array("I", [10, 9]), b"\1\1")
    assert bytes(data) == b"\x04\x12\x01\x01" + bytes(8)


def test_the_longest_compound_is_kept():
    """As many parts as a token of 255 characters can have: 128."""
    surface = "-".join("a" * 128)
    _, lexicon = written([surface, "a"], [1, 1], [1, 2])
    assert lexicon.entry(surface).positions == 128
    assert (lexicon.folded.find(surface), lexicon.terms.find("a")) == (1, 0)
    assert lexicon.term_surfaces.of(0) == [(0, 1, 1), (1, 1, 128)]


# ---- damage


def test_damaged_tables_are_told_and_never_crash():
    """Bytes of every section change at random; each reader ends, one way or another."""
    chance = random.Random(3)
    letters = "abcdefgh"
    surfaces = list({*SURFACES, *("".join(chance.choices(letters, k=chance.randrange(1, 30))) for _ in range(200))})
    counts = [chance.choice([1, 3, 500]) for _ in surfaces]
    with tempfile.TemporaryDirectory() as folder:
        write_file(Path(folder) / "file", surfaces, counts, counts)
        file = SectionFile(Path(folder) / "file")
        sound = {name: bytes(file.array(name)) for name in file.sections}
    outcomes = Counter(outcome for _ in range(600) for outcome in asked(damaged(sound, chance)))
    assert outcomes["told"] > 500
    assert outcomes["fine"] > 500


def damaged(sound, chance):
    sections = {name: bytearray(data) for name, data in sound.items()}
    for _ in range(chance.choice([1, 1, 5, 30])):
        name = chance.choice([name for name in sections if name != "lexicon"])
        sections[name][chance.randrange(len(sections[name]))] = chance.randrange(256)
    return sections


def whole(tables):
    if tables is None:
        raise CorruptIndexError("file", "told")
    return tables


def asked(sections):
    """What becomes of many questions to the tables in these bytes."""
    terms, longest_term, folded, longest_folded, surfaces = array("I", bytes(sections["lexicon"]))
    blocks = {name: array("I", bytes(data)) for name, data in sections.items() if name.endswith(".blocks")}
    words = Words(sections["folded.text"], blocks["folded.blocks"], folded, longest_folded, "file", "folded")
    entries = Entries(
        sections["entries.data"], blocks["entries.blocks"], sections["surfaces.data"], blocks["surfaces.blocks"],
        (folded, terms, surfaces), "file",
    )  # fmt: skip
    of_terms = TermSurfaces(sections["term.surfaces"], blocks["term.blocks"], terms, surfaces, "file")
    assert Words(sections["terms.text"], blocks["terms.blocks"], terms, longest_term, "file", "terms")
    asks = (
        lambda: list(words),
        lambda: [words.find(word) for word in ("truce", "a", "zebra", "abc")],
        lambda: words.starting("ab"),
        lambda: Scan(words, 0, folded).near(array("I", map(ord, "truce")), 2),
        lambda: [entries.terms(number) for number in range(folded)],
        lambda: whole(lexicon_decoder.read_table(words.capsule)),
        lambda: whole(lexicon_decoder.read_entries(entries.capsule)),
        lambda: whole(
            lexicon_decoder.read_all_surfaces(
                words.capsule, entries.capsule, sections["surfaces.data"], blocks["surfaces.blocks"]
            )
        ),
        lambda: whole(lexicon_decoder.read_term_surfaces(sections["term.surfaces"], blocks["term.blocks"], terms, surfaces)),
        lambda: [entries.surfaces(number, "abc") for number in range(0, folded, 9)],
        lambda: [entries.owner(surface) for surface in range(0, surfaces, 9)],
        lambda: list(entries.all([""] * folded)),
        lambda: [Chosen(entries, range(low, folded)) for low in range(0, folded, 29)],
        lambda: [of_terms.of(term) for term in range(terms)],
    )
    for ask in asks:
        try:
            ask()
        except CorruptIndexError:
            yield "told"
        else:
            yield "fine"


def test_sections_that_do_not_fit_each_other_are_refused():
    blocks = array("I", [0, 0])
    for refused in (
        lambda: Words(b"", array("I"), 0, 0, "file", "words"),
        lambda: Words(b"\1a", array("I", [0, 2]), 17, 1, "file", "words"),
        lambda: Words(b"\1a", array("I", [0, 2]), 1, 9, "file", "words"),
        lambda: Entries(b"", blocks, b"", array("I"), (1, 1, 1), "file"),
        lambda: TermSurfaces(b"", blocks, 1, 1, "file"),
        lambda: Words(b"\1a", array("I", [0, 3]), 1, 1, "file", "words").find("b"),
        lambda: TermSurfaces(bytes(8), blocks, 1, 1, "file").of(0),
    ):
        with pytest.raises(CorruptIndexError):
            refused()


def test_what_is_no_table_is_not_written():
    one, none = array("I", [0, 1]), array("I", [0])
    for refused in (
        lambda: lexicon_encoder.write_entries(b"\2", one, array("I", [7]), array("H", [1]), b"\2", one),
        lambda: lexicon_encoder.write_entries(b"\1", none, array("I", [7]), array("H", [1]), b"\2", one),
        lambda: lexicon_encoder.write_entries(b"\1", one, array("I", [7]), array("H", [1]), b"\2", array("I", [0, 2])),
        lambda: lexicon_encoder.write_entries(b"\1", one, array("I", [7]), array("H", [1]), b"\2\1", array("I", [0, 2])),
        lambda: lexicon_encoder.write_entries(b"\1", one, array("I", [7]), array("H", [1]), b"\2\2", array("I", [0, 2])),
        lambda: lexicon_encoder.write_surfaces([b"a"], b"\2", none, one[:1], one[:1]),
        lambda: lexicon_encoder.write_surfaces([b"a"], b"\2", one, array("I"), one[:1]),
        lambda: lexicon_encoder.write_term_surfaces(one, array("I", [1, 2]), b"\1\1"),
    ):
        with pytest.raises(IndexError):
            refused()


def test_numbers_that_point_nowhere_are_refused():
    _, lexicon = written(["truce", "rebel-held"], [1, 1], [1, 1])
    for refused in (
        lambda: lexicon.entries.terms(2),
        lambda: lexicon.entries.surfaces(-1, ""),
        lambda: lexicon.entries.owner(2),
        lambda: lexicon.term_surfaces.of(4),
        lambda: Chosen(lexicon.entries, range(3)),
        lambda: Chosen(lexicon.entries, range(0, 2, 2)),
        lambda: Chosen(lexicon.entries, array("I", [2])),
    ):
        with pytest.raises(IndexError):
            refused()


def test_none_is_no_array():
    blocks = array("I", [0])
    for refused in (
        lambda: Words(None, blocks, 0, 0, "", ""),
        lambda: Entries(b"", blocks, None, blocks, (0, 0, 0), ""),
        lambda: TermSurfaces(None, blocks, 0, 0, ""),
        lambda: lexicon_encoder.front_coded(None),
        lambda: lexicon_encoder.write_term_surfaces(blocks, None, b""),
        lambda: table_of(["a"]).find(None),
        lambda: Chosen(None, range(0)),
    ):
        with pytest.raises(TypeError):
            refused()

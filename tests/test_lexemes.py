"""The kernels that fold, stem and analyse words against the modules that say what is right, and nltk."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.snowball import EnglishStemmer

from idlibsearch.analysis import spelling
from idlibsearch.analysis.analyzer import JOINED_PARTS, NUMBER_WORDS, SPECIAL_PARTS, Entry, analyze_folded, known_terms
from idlibsearch.analysis.fold import KEPT_UPPER, fold
from idlibsearch.analysis.porter import stem
from idlibsearch.index.lexemes import Lexemes
from idlibsearch.index.string_tables import first_at, ordered, picked
from idlibsearch.index.strings import Table, table_of

PARTS = [
    *("rebel", "held", "ceasefires", "Truce", "US", "IT", "It", "who", "al", "Al", "ash", "Sham", "s", "x", "a", "one", "twenty"),
    *("seventeen", "five", "organisation", "defence", "enrol", "2020", "01", "12", "f", "16", "dont", "IS'll", "syria's"),
    *("s's", "o'brien", "don’t", "U.S.", "300,000", "Çavuş", "naïve", "ß", "'", "_", "", "x" * 130),
]
a_piece = st.sampled_from(PARTS) | st.text("abISU'’1-", max_size=4)
a_surface = st.lists(a_piece, min_size=1, max_size=6).map("-".join).filter(bool)


def lexemes(fold_=fold, analyze=analyze_folded):
    return Lexemes(fold_, analyze, KEPT_UPPER, SPECIAL_PARTS, spelling.table(), known_terms(), JOINED_PARTS)


def learnt(words, surfaces):
    """(folded word, form, entry) of each surface."""
    table = table_of(surfaces)
    words.learn(table.text, table.ends)
    folded, terms = Table(*words.folded_table()), Table(*words.terms_table())
    positions, ends, entry_terms, places = words.entries()
    entries = [
        Entry(
            folded[word], positions[word], tuple((terms[entry_terms[e]], places[e] >> 8, places[e] & 255) for e in range(*range_))
        )
        for word, range_ in enumerate(pairwise([0, *ends]))
    ]
    return [(entries[word].folded, form, entries[word]) for word, form in zip(*words.surfaces(), strict=True)]


def capitals(word, count):
    """The first letters in capitals, those from a to z."""
    return re.sub("[a-z]", lambda letter: letter[0].upper(), word[:count]) + word[count:]


def form(word, surface):
    forms = [capitals(word, len(word)), capitals(word, 1), word]
    return next(number for number in (2, 1, 0, 3) if number == 3 or forms[number] == surface)


@given(st.lists(a_surface, max_size=12))
@settings(max_examples=1000)
def test_surfaces_are_folded_and_analysed_as_python_does(surfaces):
    expected = [(word, form(word, surface), analyze_folded(word)) for surface in surfaces for word in [fold(surface)]]
    assert learnt(lexemes(), surfaces) == expected


def test_words_of_tables_are_too():
    words = [*spelling.table(), *NUMBER_WORDS, *known_terms(), *KEPT_UPPER, *SPECIAL_PARTS]
    surfaces = [f"{first}{joint}{second}" for first, second in zip(words, words[7:], strict=False) for joint in ("-", "'s-", "")]
    assert [found[2] for found in learnt(lexemes(), surfaces)] == [analyze_folded(fold(surface)) for surface in surfaces]


def test_plain_words_need_no_python():
    def refuse(word):
        raise AssertionError(word)

    surfaces = ["Ceasefires", "US", "us", "f-16s", "rebel-held", "Syria’s", "don't", "2020", "US-led", "back-to-back", "17"]
    assert [found[0] for found in learnt(lexemes(refuse, refuse), surfaces)] == list(map(fold, surfaces))


def test_a_word_is_numbered_once_however_often_it_comes():
    words = lexemes()
    assert len(learnt(words, ["truce", "Truce"])) == 2
    assert len(learnt(words, ["TRUCE", "truces"])) == 4
    assert (list(words.surfaces()[0]), list(words.surfaces()[1])) == ([0, 0, 0, 1], [2, 1, 0, 2])
    assert list(Table(*words.terms_table())) == [b"truce"]
    assert words.size_bytes > 0


def test_tables_that_do_not_hold_together_are_refused():
    with pytest.raises(IndexError):
        lexemes().learn(b"ab", memoryview(bytes([3, 0, 0, 0])).cast("I"))


# ---- the stemmer

SUFFIXES = re.findall(
    "[a-z]+",
    """
    sses ied ies us ss s eedly ingly edly eed ing ed ization ational fulness ousness iveness tional biliti lessli entli ation
    alism aliti ousli iviti fulli enci anci abli izer ator alli bli ogi li y icate iciti ative ical ness ful ement ance ence
    able ible ment ant ent ism ate iti ous ive ize ion al er ic e l ll at bl iz gener commun arsen
""",
)
a_word = st.lists(st.sampled_from(SUFFIXES) | st.text("aeiouybdglstwx", max_size=3), max_size=4).map("".join)


@given(st.lists(a_word | st.text("abcdefghijklmnopqrstuvwxyz"), min_size=20, max_size=60))
@settings(max_examples=300)
def test_the_kernel_stems_as_nltk_does(words):
    snowball = EnglishStemmer().stem
    assert [stem(word) for word in words] == [snowball(word) for word in words]


def test_words_of_other_characters_are_left_to_nltk():
    assert [stem(word) for word in ("Truce", "don't", "café", "f16", "a b")] == [None] * 5


# ---- tables of strings

texts = st.lists(st.text("abé𐍈", max_size=12), max_size=30)


@given(texts, st.data())
def test_strings_are_ordered_by_group_and_bytes(strings, data):
    table = table_of(strings)
    numbers = data.draw(st.lists(st.sampled_from(range(len(strings))), unique=True)) if strings else []
    groups = data.draw(st.lists(st.integers(0, 2), min_size=len(numbers), max_size=len(numbers)))
    by_text = [strings[number] for number in ordered(table.text, table.ends, as_numbers(numbers))]
    assert by_text == sorted(strings[number] for number in numbers)
    of = dict(zip(numbers, groups, strict=True))
    grouped = ordered(table.text, table.ends, as_numbers(numbers), as_numbers(groups, "Q"))
    assert [(of[n], strings[n]) for n in grouped] == sorted((of[n], strings[n]) for n in numbers)
    assert [text.decode() for text in Table(*picked(table.text, table.ends, as_numbers(numbers)))] == [
        strings[n] for n in numbers
    ]


@given(texts, st.text("abé𐍈", max_size=12))
def test_a_string_is_found_by_an_order_of_them(strings, wanted):
    table = table_of(strings)
    order = ordered(table.text, table.ends, as_numbers(range(len(strings))))
    assert first_at(table.text, table.ends, order, wanted.encode()) == bisect_left(sorted(strings), wanted)


def as_numbers(numbers, kind="I"):
    return array(kind, numbers)


def test_strings_that_are_not_there_are_refused():
    table = table_of(["a", "b"])
    for function in (ordered, picked):
        with pytest.raises(IndexError):
            function(table.text, table.ends, as_numbers([2]))
        with pytest.raises(IndexError):
            function(b"a", table.ends, as_numbers([1]))
    for text, order in ((table.text, [2]), (b"a", [1])):
        with pytest.raises(IndexError):
            first_at(text, table.ends, as_numbers(order), b"c")

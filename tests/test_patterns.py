"""Wildcards, fuzzy words and regular expressions against their slow twins, and what of them is refused."""

from __future__ import annotations

import contextlib
import itertools
import re
from array import array

import naive
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.analysis.fold import fold_piece
from idlibsearch.index.lexicon_encoder import front_coded
from idlibsearch.index.words import Words
from idlibsearch.query.automaton import Automaton
from idlibsearch.query.expand import words_of
from idlibsearch.query.limits import LIMITS, PatternError
from idlibsearch.query.patterns import Shaped, pattern_of
from idlibsearch.query.patterns_kernel import Scan
from idlibsearch.query.tree import Expansion, Fuzzy, Regex, Wildcard

words = st.text("abéن𐍈-' ", max_size=7)
few = st.lists(words, max_size=12, unique=True).map(lambda found: sorted(found, key=str.encode))
EVERY = sorted(("".join(letters) for size in range(5) for letters in itertools.product("abéن", repeat=size)), key=str.encode)
many = st.builds(lambda first, step: EVERY[first::step], st.integers(0, 9), st.integers(1, 7))  # tables of several blocks
tables = st.one_of(few, many)


def table_of(words: list[str]) -> Words:
    text, blocks, longest = front_coded([word.encode("utf-8", "surrogatepass") for word in words])
    return Words(text, blocks, len(words), longest, "x", "words")


def found_in(words: list[str], node: Expansion) -> list[str]:
    pattern = pattern_of(node)
    automaton = Automaton(pattern.part, LIMITS) if isinstance(pattern, Shaped) and pattern.part is not None else None
    return [words[number] for number in words_of(table_of(words), pattern, automaton)]


@given(tables, st.text("abén", min_size=1, max_size=6), st.integers(0, 4), st.integers(0, 3))
def test_fuzzy_words_are_those_within_the_distance(table, word, distance, prefix):
    folded = fold_piece(word)
    near = [each for each in table if each.startswith(folded[:prefix]) and naive.edits(folded, each) <= distance and each]
    assert found_in(table, Fuzzy(word, distance, prefix)) == near


@pytest.mark.parametrize(
    ("word", "distance", "near"),
    [
        ("ceasefire", 0, ["ceasefire"]),
        ("ceasfire", 1, ["ceasefire"]),
        ("caesefire", 1, ["ceasefire"]),
        ("ca", 2, ["abc", "ca"]),  # alignment would need 3 edits for abc, the unrestricted distance 2
    ],
)
def test_a_swap_is_one_edit_and_no_letter_is_edited_twice(word, distance, near):
    expected = [each for each in near if each != "abc"]
    assert found_in(["abc", "ca", "ceasefire", "ceasefires-at-last"], Fuzzy(word, distance)) == expected


def runs(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "{,1}", "*?", "+?"])
    return st.one_of(
        st.tuples(children, repeats).map(lambda pair: f"({pair[0]}){pair[1]}"),
        st.lists(children, max_size=3).map("".join),
        st.lists(children, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
    )


letters = st.sampled_from(["a", "b", "-", "'", ".", "[ab]", "[^a]", "[a-c-]", r"\w", r"\W", r"\s", r"\D", r"[^\w-]", r"\-", " "])


@given(tables, st.recursive(letters, runs, max_leaves=8))
def test_a_regular_expression_matches_as_in_python(table, expression):
    assert found_in(table, Regex(expression)) == [word for word in table if re.fullmatch(expression, word)]


@given(tables, st.lists(st.sampled_from(["a", "b", "é", "*", "?", "[ab]", "[!a]", "[a-c]", "-"]), min_size=1, max_size=6))
def test_a_wildcard_matches_as_its_twin_does(table, parts):
    pattern = "".join(parts)
    assert found_in(table, Wildcard(pattern)) == [word for word in table if naive.glob(naive.folded_pattern(pattern), word)]


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("Cease*", ["cease-fire", "ceasefire"]),
        ("c?ase*", ["cease-fire", "ceasefire"]),
        ("*fire", ["cease-fire", "ceasefire"]),
        ("ÇAV*", ["cavusoglu"]),
        ("cavuso’*", []),
        ("U.S.-*", ["US-led"]),
        ("us*", ["usa"]),
        ("202[0-3]", ["2020"]),
        ("202[!1-9]*", ["2020", "2020-01"]),
        ("['’]*", []),
    ],
)
def test_a_wildcard_matches_whole_folded_words(pattern, matched):
    table = ["2020", "2020-01", "US-led", "cavusoglu", "cease-fire", "ceasefire", "usa"]
    assert found_in(table, Wildcard(pattern)) == matched


def test_a_capital_of_an_expression_stands_for_both_letters():
    table = ["US", "US-led", "Us", "uS", "us", "usa"]
    assert found_in(table, Regex("US.*")) == table
    assert found_in(table, Regex("us.*")) == ["us", "usa"]
    assert found_in(table, Regex("[A-Z]{2}")) == ["US", "Us", "uS", "us"]


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Regex("(a"), "a ( in the expression is never closed"),
        (Regex("a)"), "a ) in the expression closes nothing"),
        (Regex("[a"), "a [ is never closed"),
        (Regex("*a"), "* in the expression has nothing to repeat"),
        (Regex("a**"), "* in the expression repeats a repeat"),
        (Regex("a{3,2}"), "{3,2} in the expression is no repeat"),
        (Regex("a{x}"), "a { in the expression is no repeat"),
        (Regex("a{999}"), "{999} in the expression is no repeat"),
        (Regex(r"(a)\1"), "\\1 in the expression stands for nothing here"),
        (Regex("a\\"), "\\ in the expression stands for nothing here"),
        (Regex("(?=a)"), "(? in the expression looks around or sets a flag"),
        (Regex("a^b"), "^ in the expression stands inside"),
        (Regex("[z-a]"), "z-a is no range of letters"),
        (Regex("[æ]"), "æ in square brackets is not one letter"),
        (Regex("(" * 60 + "a" + ")" * 60), "more than 40 groups inside each other"),
        (Regex("((a{200}){200}){200}"), "the pattern is larger than 2,000 steps"),
        (Regex("((){255}){255}"), "the pattern is larger than 2,000 steps"),
        (Regex(".*a.{150}b.{100}"), None),
        (Wildcard("[z-a]*"), "z-a is no range of letters"),
        (Wildcard("a[b*"), "a [ is never closed"),
        (Fuzzy("10:30"), "10:30 is not one word"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said(node, message):
    if message is None:
        assert found_in(["a" * 255] * 3, node) == []
        return
    with pytest.raises(PatternError) as caught:
        found_in(["a"], node)
    assert caught.value.message.startswith(message)


def test_work_without_end_is_refused():
    """The automaton of this one has a state for every choice of 60 letters; reading more words would make more of them."""
    table = sorted({f"{number:b}".replace("0", "b").replace("1", "a").ljust(200, "ab"[number % 2]) for number in range(3000)})
    with pytest.raises(PatternError, match="too much work"):
        found_in(table, Regex("((.*a.{60})|(.*b.{59})|(.*a.{58})){1,4}c"))


@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_refused(text):
    for node in (Regex(text), Wildcard(text)):
        with contextlib.suppress(PatternError):
            assert set(found_in(["", "a", "ab-c", "\ud800"], node)) <= {"", "a", "ab-c", "\ud800"}


# ---- the kernel's own checks

CLASSES, TABLE, ACCEPTING = bytes(256), array("i", [-1]) * 512, b"\0\1"
PAGES = array("H", bytes(2 * 0x1100))


def test_none_is_no_array():
    with pytest.raises(TypeError):
        Scan(None, 0, 1)
    with pytest.raises(TypeError):
        Scan(table_of(["a", "ab"]), 0, 2).near(None, 1)
    arguments = [PAGES, CLASSES, TABLE, ACCEPTING]
    Scan(table_of(["a", "ab"]), 0, 2).run(*arguments)
    for number in range(4):
        with pytest.raises(TypeError):
            Scan(table_of(["a", "ab"]), 0, 2).run(*[None if at == number else each for at, each in enumerate(arguments)])


def test_numbers_that_point_nowhere_are_refused():
    for low, high, beginning in ((0, 3, 0), (2, 1, 0), (-1, 1, 0), (0, 2, -1), (0, 2, 3)):
        with pytest.raises(IndexError):
            Scan(table_of(["a", "ab"]), low, high, beginning)
    with pytest.raises(IndexError):
        Scan(table_of(["a"]), 0, 1).near(array("I", [97]), 256)
    met = b"\1" * 256
    for pages, classes, table, accepting in (
        (PAGES, met, [2] * 512, b"\0\1"), (PAGES, met, [-7] * 512, b"\0\1"), (PAGES, met, [1] * 511, b"\0\1"),
        (PAGES, met, [1] * 256, b"\1"), (PAGES[1:], met, [1] * 512, b"\0\1"), (PAGES, b"\1" * 97, [1] * 512, b"\0\1"),
    ):  # fmt: skip
        with pytest.raises(IndexError):
            Scan(table_of(["a", "ab"]), 0, 2).run(pages, classes, array("i", table), accepting)


def test_an_automaton_that_shrinks_under_way_is_refused():
    scan = Scan(table_of(["ab"]), 0, 1)
    classes, table = bytearray(256), array("i", [-1]) * 768
    classes[ord("a")] = classes[ord("b")] = 1
    table[256 + 1] = 2
    assert scan.run(PAGES, classes, table, b"\0\0\1") == (2, ord("b"))
    with pytest.raises(IndexError):
        scan.run(PAGES, classes, table, b"\0\1")


def test_torn_utf8_is_read_to_its_end_and_no_further():
    text, blocks, longest = front_coded([b"a\xf0\x90"])
    scan = Scan(Words(text, blocks, 1, longest, "x", "words"), 0, 1)
    scan.near(array("I", [97]), 1)
    assert list(scan.found) == [0]

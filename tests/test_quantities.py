"""Numbers in questions and texts, in digits and in words: which are the same."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Report
from idlibsearch.query.numerals import number_at, spellings

TEXTS = {  # each number of the texts is the one that it goes by
    500_000: (
        "half a million",
        "500,000",
        "500 thousand",
        "five hundred thousand",
        "half-a-million",
        "a half-million",
        "500k",
        "0.5 million",
    ),
    1_000_000: ("a million", "one million", "1 million", "1,000,000", "1mn"),
    1_500_000: ("1.5 million", "one and a half million", "1,500,000"),
    250_000: ("two hundred and fifty thousand", "250,000", "a quarter of a million", "250 thousand"),
    50_000: ("fifty thousand", "50,000"),
    500: ("five hundred", "500"),
    120: ("a hundred and twenty", "one hundred twenty", "120"),
    20: ("twenty", "20"),
    12: ("a dozen", "twelve", "12"),
    6: ("half a dozen", "six"),
    24: ("two dozen", "twenty-four", "24"),
    3_000_000_000: ("three billion", "$3bn", "3,000,000,000"),
    1_500: ("fifteen hundred", "1,500", "1.5 thousand"),
}
SAID = [(number, words) for number, ways in TEXTS.items() for words in ways]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with idlibsearch.create(tmp_path_factory.mktemp("quantities") / "index") as made:
        made.add([Report(f"{number} {words}", body=f"More than {words} refugees fled.") for number, words in SAID])
        yield made


def numbers(index, question: str) -> list[int]:
    results = index.search(question, limit=100)
    assert not results.diagnostics
    return sorted(int(hit.key.split()[0]) for hit in results)


@pytest.mark.parametrize("number", TEXTS)
def test_a_number_finds_all_its_spellings_and_no_part_of_a_longer_one(index, number):
    everywhere = sorted([number] * len(TEXTS[number]))
    typed = f"{number:,}"
    if number >= 1_000:  # smaller ones are words as well: twenty in "a hundred and twenty", 500 in "500 thousand"
        assert numbers(index, typed) == everywhere
        assert numbers(index, f"{typed} PRE/1 refugees") == everywhere
        assert numbers(index, f'"{typed} refugees"') == everywhere
        assert numbers(index, f"body:{typed} NEAR/3 fled") == everywhere
    if number >= 100:
        assert numbers(index, f"than PRE/1 {typed} PRE/1 refugees") == everywhere


def test_years_and_small_numbers_are_words(index):
    assert numbers(index, "than PRE/1 1500") == [1_500]  # "1,500", not "fifteen hundred"
    assert numbers(index, "than PRE/1 12 PRE/1 refugees") == [12, 12]  # not "a dozen"


@pytest.mark.parametrize(
    ("number", "words"), [each for each in SAID if each[1] not in ("twelve", "12", "six", "twenty-four", "24")]
)
def test_every_spelling_typed_finds_the_others(index, number, words):
    assert numbers(index, f'"than {words} refugees"') == [number] * len(TEXTS[number])


def test_numbers_go_with_whatever_takes_an_or(index):
    assert numbers(index, "FIRST/6 500000") == [500_000] * 8
    assert 500_000 not in numbers(index, "refugees NOT 500000")
    assert numbers(index, "ATLEAST/2 500000") == []
    assert numbers(index, '="half a million"') == [500_000]
    assert numbers(index, '"more than half a million refugees"') == [500_000] * 8


def test_what_matched_is_marked(index):
    (hit,) = [hit for hit in index.search("1000000 NEAR/2 fled", limit=9) if "a million" in hit.key]
    assert hit.snippet(before="[", after="]") == "More than [a] [million] refugees [fled]."


def test_a_number_beside_may_is_its_year(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([Report("a", body="calm", date="2000-05-12"), Report("b", body="two thousand may come")])
        assert [hit.key for hit in index.search("may 2000")] == ["a"]
        assert [hit.key for hit in index.search("come 2,000")] == ["b"]


def test_a_schema_of_ones_own_is_asked_as_typed(tmp_path):
    fields = pytest.importorskip("whoosh.fields")
    with idlibsearch.create(tmp_path / "index", schema=fields.Schema(text=fields.TEXT(stored=True))) as index:
        index.add([{"text": "half a million"}, {"text": "500000 of them"}])
        assert index.search("500000").total == 1


def test_who_asks_for_neither_numbers_nor_times_loads_nothing_for_them(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([Report("a", body="half a million of them")])
    code = (
        f"import sys, idlibsearch\nindex = idlibsearch.open({str(tmp_path / 'index')!r})\n"
        "modules = ['idlibsearch.query.quantities', 'idlibsearch.query.numerals', 'idlibsearch.index.event_column', "
        "'idlibsearch.calendar_words', 'idlibsearch.units']\n"
        "assert len(index.search('half \"of them\"', facets=['place'])) == 1\n"
        "assert not [name for name in modules if name in sys.modules]\n"
        "assert len(index.search('500000 NOT event:*')) == 1\n"
        "assert 'idlibsearch.query.quantities' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@given(
    st.one_of(
        st.integers(1, 3_000), st.integers(1, 2_000).map(lambda n: n * 500), st.integers(1, 4_000).map(lambda n: n * 250_000)
    )
)
def test_every_spelling_says_its_number(number):
    for words in spellings(number):
        assert number_at(words.split(), 0) == (number, len(words.split()))


def test_a_number_below_a_hundred_scores_alike_whatever_stands_beside_it(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([Report("a", "twenty-five"), Report("b", "others")])
        assert [hit.score for hit in index.search("twenty-five OR 300,000")] == [hit.score for hit in index.search("twenty-five")]


AMOUNTS = st.sampled_from([number for number in TEXTS if number >= 1_000])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, st.integers(0, 9)), min_size=1, max_size=6), AMOUNTS, st.integers(0, 9))
def test_reports_match_by_the_numbers_they_tell_of_however_these_are_written(tmp_path_factory, told, number, way):
    """The oracle knows what the numbers of each text are, since it wrote them."""
    texts = [f"some {TEXTS[value][which % len(TEXTS[value])]} people" for value, which in told]
    with idlibsearch.create(tmp_path_factory.mktemp("told") / "index") as index:
        index.add([Report(str(at), body=text) for at, text in enumerate(texts)])
        typed = TEXTS[number][way % len(TEXTS[number])]
        found = {int(hit.key) for hit in index.search(f'"{typed} people"', limit=20)}
        assert found == {at for at, (value, _) in enumerate(told) if value == number}

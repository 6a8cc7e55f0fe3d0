"""Other words for one, and the question that was meant."""

from __future__ import annotations

import math
import tempfile

import naive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.fields import TEXT, Schema

import idlibsearch
from idlibsearch import Report, SchemaError
from idlibsearch.analysis.analyzer import analyze


@pytest.fixture
def news(tmp_path):
    with idlibsearch.create(tmp_path / "index", merge="never") as index:
        index.add([Report("a", "Ceasefire holds", "The ceasefire of al-Qaeda and al Qaeda. Cafe, café. " + "truce " * 20)])
        index.add([Report("b", "A ceasefire", "A cease-fire near Idlib; government forces, governments, the Truce.")])
        yield index


def words(found, why):
    return [(each.word, each.occurrences) for each in found if each.why == why]


def test_a_misspelt_word_is_corrected_by_frequent_words_few_edits_away(news):
    (best, *_) = news.suggest("ceasfire")
    assert best == ("ceasefire", 3, "corrected", 1)
    assert words(news.suggest("turce"), "corrected") == [("truce", 21)]  # a swap is one edit
    assert words(news.suggest("truce"), "corrected") == []


def test_a_beginning_is_completed_by_the_most_frequent_words(news):
    assert words(news.suggest("gov"), "completed") == [("government", 1), ("governments", 1)]
    assert words(news.suggest("gov", limit=1), "completed") == [("government", 1)]


def test_other_forms_and_spellings_of_a_word_are_told(news):
    assert words(news.suggest("government"), "also written") == [("governments", 1)]
    assert words(news.suggest("qaeda"), "also written") == [("al qaeda", 1), ("al-qaeda", 1)]
    assert words(news.suggest("cafe"), "also written") == [("café", 1)]


def test_nothing_is_suggested_for_nothing(news):
    assert news.suggest("") == news.suggest(" ") == news.suggest("zzzzzzzz") == []


def is_likelier(count, distance, same_first, own):
    """Beside a word of the index an edit must be outweighed by 10 times as many occurrences, another first letter by 7 times."""
    return own == 0 or math.log(count) - 2.3 * distance - 2 * (not same_first) > math.log(own)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=30), st.text("abc", min_size=1, max_size=7))
def test_corrections_are_all_likelier_words_so_many_edits_away(found, word):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(f"{folder}/index") as index:
        index.add([Report("r", "", " ".join(found))])
        most = 2 if len(word) >= 5 else 1
        own = sum(analyze(other).terms == analyze(word).terms for other in found)
        expected = {
            (other, found.count(other), distance)
            for other in set(found)
            if len(word) >= 3
            and 0 < (distance := naive.edits(word, other)) <= most
            and analyze(other).terms != analyze(word).terms
            if is_likelier(found.count(other), distance, other[0] == word[0], own)
        }
        got = {(each.word, each.occurrences, each.distance) for each in index.suggest(word, limit=99) if each.why == "corrected"}
        assert got == expected


def test_a_question_is_corrected_where_words_stand_in_no_report(news):
    assert news.search("title:ceasfire NOT idlb").did_you_mean == "title:ceasefire NOT idlib"
    assert news.search("ceasefire").did_you_mean is None
    assert news.search("zzzzzzzz").did_you_mean is None


def test_words_with_hyphens_and_apostrophes_are_corrected_as_well(seed_index):
    assert seed_index.search("al-Qaida").did_you_mean == "al-qaeda"
    assert seed_index.search('"hayat tahrir" OR al-shm').did_you_mean == '"hayat tahrir" OR al-sham'


def test_a_question_that_finds_nothing_is_read_again_with_likelier_words(tmp_path):
    """Some report has the misspelling too, so that it is no unknown word; a rare word that is right stays."""
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(
            Report(f"r{n}", "", "tariffs on Japanese goods" if n else "japanse tarifs; trade in Niger, Nigeria")
            for n in range(70)
        )
        assert index.search("japanse goods").did_you_mean == "japanese goods"
        assert index.search("japanse trade").did_you_mean is None  # it is found
        assert index.search("niger goods").did_you_mean is None  # and Nigeria is no likelier


def test_two_words_that_are_one_in_the_index_are_joined(seed_index):
    found = seed_index.search("cease fire sochi")
    assert not found.hits
    assert found.did_you_mean == "ceasefire sochi"
    assert seed_index.search("air strikes").did_you_mean is None  # it is found


def test_what_is_right_is_not_corrected(seed_index):
    """Words the index knows stay beside frequent ones that look like them; so do numbers, and words of two letters."""
    for word in ("HTS", "khan", "17", "us", "is", "truce", "russian"):
        assert words(seed_index.suggest(word), "corrected") == [], word


def test_no_word_is_another_spelling_of_itself(seed_index):
    assert words(seed_index.suggest("US"), "also written") == []
    assert words(seed_index.suggest("Çavuşoğlu"), "also written") == []
    assert words(seed_index.suggest("Al-Fu’ah"), "also written") == []
    assert words(seed_index.suggest("defence"), "corrected") == []  # defense is the same word
    assert words(seed_index.suggest("defence"), "also written") == [("defense", 4)]


MISSPELT = {
    "ceasefire": "ceasfire cease-fier", "humanitarian": "humanitarain", "erdogan": "Erdogn", "damascus": "Damscus",
    "aleppo": "Alepo", "idlib": "Iblid", "khmeimim": "Khmemim", "artillery": "artilery", "refugees": "refugess",
    "agreement": "agreemnt", "hospitals": "hospitlas", "moscow": "Moscw", "demilitarized": "demilitarzed",
    "opposition": "oppositon", "al-sham": "al-Shm", "cavusoglu": "Cavusoglou", "observatory": "Observatary",
}  # fmt: skip


@pytest.mark.parametrize(("meant", "all_typed"), MISSPELT.items())
def test_words_of_the_seed_pages_are_found_by_what_people_type_for_them(seed_index, meant, all_typed):
    for typed in all_typed.split():
        assert words(seed_index.suggest(typed), "corrected")[0][0] == meant


def test_an_index_with_a_schema_of_its_own_suggests_nothing(tmp_path):
    with idlibsearch.create(tmp_path / "index", Schema(text=TEXT(stored=True))) as index:
        for asked in (lambda: index.suggest("a"), lambda: index.similar(text="a"), lambda: index.terms("a")):
            with pytest.raises(SchemaError, match="for indexes of reports only"):
                asked()

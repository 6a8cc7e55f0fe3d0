"""Other words for one, and the question that was meant."""

from __future__ import annotations

import tempfile

import naive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.fields import TEXT, Schema

import idlibsearch
from idlibsearch import Report, SchemaError


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


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=30), st.text("abc", min_size=1, max_size=7))
def test_corrections_are_all_more_frequent_words_so_many_edits_away(found, word):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(f"{folder}/index") as index:
        index.add([Report("r", "", " ".join(found))])
        most = 2 if len(word) >= 5 else 1
        expected = {
            (other, found.count(other), distance)
            for other in set(found)
            if 0 < (distance := naive.edits(word, other)) <= most and found.count(other) > found.count(word)
        }
        got = {(each.word, each.occurrences, each.distance) for each in index.suggest(word, limit=99) if each.why == "corrected"}
        assert got == expected


def test_a_question_is_corrected_where_words_stand_in_no_report(news):
    assert news.search("title:ceasfire NOT idlb").did_you_mean == "title:ceasefire NOT idlib"
    assert news.search("ceasefire").did_you_mean is None
    assert news.search("zzzzzzzz").did_you_mean is None


def test_an_index_with_a_schema_of_its_own_suggests_nothing(tmp_path):
    with idlibsearch.create(tmp_path / "index", Schema(text=TEXT(stored=True))) as index:
        for asked in (lambda: index.suggest("a"), lambda: index.similar(text="a"), lambda: index.terms("a")):
            with pytest.raises(SchemaError, match="for indexes of reports only"):
                asked()

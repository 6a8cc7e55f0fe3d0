"""Words that only tie others together are not chosen where words are to tell reports apart."""

from __future__ import annotations

import pytest

import idlibsearch
from idlibsearch import Report
from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.function_words import is_function_word


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with idlibsearch.create(tmp_path_factory.mktemp("words") / "index") as index:
        index.add(Report(f"a{n}", "Wheat", "whereas the wheat which had been sown before us withers") for n in range(5))
        index.add([Report("a9", "Wheat", "futures")])
        index.add(Report(f"b{n}", "Steel", "steel prices, rolled coils") for n in range(40))
        yield index


@pytest.mark.parametrize("word", ["the", "which", "had", "themselves", "would", "nothing", "because"])
def test_they_are_known_as_they_stand_in_the_index(word):
    assert all(is_function_word(term) for term, _, _ in analyze_folded(word).terms)


@pytest.mark.parametrize("word", ["may", "will", "like", "can", "ceasefire", "u.s."])
def test_words_that_also_name_something_are_none(word):
    assert not any(is_function_word(term) for term, _, _ in analyze_folded(word).terms[:1])


def test_neither_feedback_nor_similar_reports_nor_significant_words_have_them(index):
    tied = {"whereas", "which", "had", "been", "before", "us"}
    expanded = {added.word for added in index.search("wheat", expand="rm3").expansion}
    alike = {word.word for word in index.similar("a1").words}
    telling = {row.text for row in index.terms("wheat", kinds=["word"])}
    assert not tied & (expanded | alike | telling)
    assert {"sown", "withers"} <= expanded & alike & telling


def test_they_are_found_as_ever(index):
    assert index.search("which").total == index.search('"whereas the wheat"').total == 5

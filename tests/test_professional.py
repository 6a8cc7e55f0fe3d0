"""Eight questions as professionals type them, each beside reports that tell a right answer from a wrong one.

The parsers of other libraries that live inside a program answer two of them at most, and fail in silence at the rest.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

import idlibsearch
from idlibsearch import Entity, Report

SEVEN = "or as he then said to all"  # words between two others that are within 8 of each other,
EIGHT = "or as he then said to all of"  # and that are not


class Text(NamedTuple):
    title: str
    body: str


# What has bank and crisis within 8 of each other, in one field, and what only looks so.
NEAR = {
    "beside": "The bank crisis.",
    "in a title": Text("A crisis of the bank", "Nothing."),
    "seven between": f"The bank {SEVEN} crisis.",
    "seven between, reversed": f"The crisis {SEVEN} bank.",
    "other forms, stem alike": "BANKS shook; banking in Crisis.",
    "over the end of a sentence": "He left the bank. A crisis came.",
    "over the end of a paragraph": "He left the bank.\n\nA crisis came.",
    "once far, once near": f"The bank {EIGHT} crisis. A bank in crisis.",
}
NOT_NEAR = {
    "eight between": f"The bank {EIGHT} crisis.",
    "eight between, reversed": f"The crisis {EIGHT} bank.",
    "in two fields": Text("The bank", "A crisis came."),
    "in two fields, reversed": Text("The crisis", "A bank fell."),
    "the operator as text": f"The bank at W 8, w/8, NEAR8 and NEAR/8 Street {EIGHT} crisis.",
    "only one of them": Text("The bank of the bank", "Bank, bank. Banking."),
    "only the other": "A crisis, and no end of crisis.",
    "words that begin alike": "The bankrupt firm in crisis, a bankroll and a banknote.",
    "words that end alike": "The embankment in crisis.",
}


@pytest.mark.parametrize(
    ("question", "codes"),
    [("bank w/8 crisis", ["operator"]), ("bank NEAR/8 crisis", []), ("bank NEAR8 crisis", ["operator"])],
)
def test_two_words_near_each_other(tmp_path, question, codes):
    assert found(tmp_path, question, NEAR | NOT_NEAR, codes) == {
        "beside",
        "in a title",
        "seven between",
        "seven between, reversed",
        "other forms, stem alike",
        "over the end of a sentence",
        "over the end of a paragraph",
        "once far, once near",
    }


def test_a_pattern_in_a_phrase_with_gaps(tmp_path):
    texts = {
        "the word itself": "The bank crisis.",
        "a word that begins so": "The bankrupt firm in crisis.",
        "another, in capitals": "BANKERS IN CRISIS",
        "an inflected one": "Banking is in crisis.",
        "a hyphenated one": "A bank-led crisis.",
        "seven between": f"The banknote {SEVEN} crisis.",
        "in a title": Text("Bankers in crisis", ""),
        "over the end of a sentence": "He left the bank. Crisis came.",
        "eight between": f"The banknote {EIGHT} crisis.",
        "reversed": "A crisis of bankers.",
        "in two fields": Text("Bankers", "Crisis came."),
        "a word that ends so": "The riverbank crisis.",
        "a hyphenated one that ends so": "The river-bank crisis.",
        "the pattern as text": "The ban* of all in crisis.",
    }
    assert found(tmp_path, '"bank* crisis"~8', texts) == {
        "the word itself",
        "a word that begins so",
        "another, in capitals",
        "an inflected one",
        "a hyphenated one",
        "seven between",
        "in a title",
        "over the end of a sentence",
    }


def test_one_of_several_words_near_another(tmp_path):
    texts = {
        "the first": "The bank in crisis.",
        "the second": "A crisis of loans.",
        "both": "The bank, its loan, its crisis.",
        "one near, one far": f"The bank {EIGHT} crisis of the loan.",
        "seven between": f"The loan {SEVEN} crisis.",
        "in a title": Text("Loan crisis", "Nothing."),
        "eight between": f"The loan {EIGHT} crisis.",
        "both far": f"The loan, the bank, {EIGHT} crisis.",
        "in two fields": Text("The bank and its loan", "A crisis came."),
        "neither": "A crisis of trust.",
        "only both": "The bank and its loan.",
        "words that begin alike": "A bankrupt loaner in crisis.",
    }
    assert found(tmp_path, "(bank OR loan) NEAR/8 crisis", texts) == {
        "the first",
        "the second",
        "both",
        "one near, one far",
        "seven between",
        "in a title",
    }


def test_a_phrase_near_a_word(tmp_path):
    texts = {
        "behind it": "The central bank in crisis.",
        "before it": "A crisis of the central bank.",
        "seven between, from its last word": f"The central bank {SEVEN} crisis.",
        "seven between, to its first word": f"The crisis {SEVEN} central bank.",
        "hyphenated": "The central-bank crisis.",
        "inflected": "Central banks in crisis.",
        "in a title": Text("Central bank in crisis", "Nothing."),
        "eight between": f"The central bank {EIGHT} crisis.",
        "eight between, reversed": f"The crisis {EIGHT} central bank.",
        "only its last word near": f"A bank in crisis. {EIGHT.capitalize()} that the central bank.",
        "its words apart": "A central private bank in crisis.",
        "its words reversed": "The bank central to the crisis.",
        "its words around the other": "A central crisis bank.",
        "in two fields": Text("The central bank", "A crisis came."),
        "the phrase in two fields": Text("It was central", "Bank in crisis."),
    }
    assert found(tmp_path, '"central bank" NEAR/8 crisis', texts) == {
        "behind it",
        "before it",
        "seven between, from its last word",
        "seven between, to its first word",
        "hyphenated",
        "inflected",
        "in a title",
    }


def test_a_phrase_with_gaps(tmp_path):
    assert found(tmp_path, '"bank crisis"~8', NEAR | NOT_NEAR) == {
        "beside",
        "seven between",
        "other forms, stem alike",
        "over the end of a sentence",
        "over the end of a paragraph",
        "once far, once near",
    }


def test_a_word_that_occurs_at_least_twice(tmp_path):
    texts = {
        "twice": "A crisis after a crisis.",
        "three times": "Crisis, crisis, crisis.",
        "side by side": "Crisis crisis.",
        "far apart": f"A crisis {EIGHT} it. {EIGHT.capitalize()} it.\n\nA Crisis.",
        "once in each field": Text("The crisis", "A crisis came."),
        "twice in the title": Text("Crisis upon crisis", "Nothing."),
        "possessive": "The crisis and the crisis's end.",
        "once": "A crisis came.",
        "once, in the title": Text("The crisis", "It came."),
        "never": "It came.",
        "the operator as text": "ATLEAST2, atleast 2, at least 2 saw the crisis.",
        "another form, with a stem of its own": "A crisis of crises.",
    }
    assert found(tmp_path, "atleast2 crisis", texts, ["operator"]) == {
        "twice",
        "three times",
        "side by side",
        "far apart",
        "once in each field",
        "twice in the title",
        "possessive",
    }


def test_the_name_of_an_entity_is_no_second_occurrence_of_its_words(tmp_path):
    body = "The Crisis Group met."
    named = Report("named", "", body, entities=(Entity("ORG", "Crisis Group", "Crisis Group", "body", 4, 16),))
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([named])
        assert index.search("atleast2 crisis").total == 0
        assert index.search("atleast1 crisis").total == 1


def found(folder, question: str, texts: dict[str, str | Text], codes: list[str] | None = None) -> set[str]:
    """The keys of what a question finds; it is answered with these diagnostics."""
    fields = {key: text if isinstance(text, Text) else Text("", text) for key, text in texts.items()}
    with idlibsearch.create(folder / "index") as index:
        index.add(Report(key, *text) for key, text in fields.items())
        results = index.search(question, limit=100)
        assert [note.code for note in results.diagnostics] == (codes or [])
        assert results.total == len(results)
        return {hit.key for hit in results}

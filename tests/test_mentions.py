"""Entities in questions: a mention is a stretch of text like a word, known by what its report says of it."""

from __future__ import annotations

import re

import pytest

import idlibsearch
from idlibsearch import Entity, QueryError, Report

KINDS = {"Rami Abdel Rahman": "PERSON", "Putin": "PERSON", "Hayat Tahrir al-Sham": "GROUP", "HTS": "GROUP", "Idlib": "PLACE"}
NAMES = {"HTS": "Hayat Tahrir al-Sham"}


def report(key: str, body: str, title: str = "") -> Report:
    """A report whose entities are all names of ``KINDS`` in its text."""
    found = [
        Entity(kind, NAMES.get(name, name), name, field, match.start(), match.end())
        for field, text in (("title", title), ("body", body))
        for name, kind in KINDS.items()
        for match in re.finditer(name, text)
    ]
    return Report(key, title, body, entities=tuple(found))


REPORTS = [
    report("near", "The war crime was told by Rami Abdel Rahman to all."),
    report("far", "The crime was long ago told in three words or four by Putin to all."),
    report("elsewhere", "A crime was told.", title="Putin speaks"),
    report("title", "Nobody.", title="Crime of Putin"),
    report("spelt", "Idlib, held by HTS, was quiet. Hayat Tahrir al-Sham left rebel-held Idlib."),
    report("twice", "Putin met Putin."),
    report("word", "A crime and a person."),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with idlibsearch.create(tmp_path_factory.mktemp("mentions") / "index") as index:
        index.add(REPORTS)
        yield index


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("{PERSON}", ["far", "elsewhere", "title", "near", "twice"]),
        ("crime NEAR/5 {PERSON}", ["title", "near"]),
        ("crime NEAR/4 {PERSON}", ["title", "near"]),
        ("crime NEAR/3 {PERSON}", ["title"]),
        ("{PERSON} PRE/2 crime", []),
        ("title:{PERSON} PRE/1 speaks", ["elsewhere"]),
        ("title:{PERSON} NEAR/1 crime", []),
        ("told SAME/S {PERSON}", ["near", "far"]),
        ('{PERSON:"Rami Abdel Rahman"}', ["near"]),
        ('told NEAR/9 {PERSON:"Rami Abdel Rahman"}', ["near"]),
        ("told NEAR/20 {PERSON:putin}", ["far"]),
        ('{GROUP:"Hayat Tahrir al-Sham"} NEAR/2 held', ["spelt"]),
        ("{GROUP} PRE/4 {PLACE}", ["spelt"]),
        ("{GROUP} NEAR/1 {PLACE}", []),
        ("({GROUP} OR quiet) PRE/1 left", ["spelt"]),
        ("{PERSON} NEAR/2 {PERSON}", ["twice"]),
        ("ATLEAST/2 {PERSON}", ["twice"]),
        ("FIRST/1 {PERSON}", ["elsewhere", "twice"]),
        ("crime NOTNEAR/5 {PERSON}", ["elsewhere", "far", "word"]),
    ],
)
def test_a_mention_stands_where_its_report_says(index, question, keys):
    found = index.search(question)
    assert sorted(hit.key for hit in found) == sorted(keys)
    assert found.diagnostics == ()


def test_a_mention_is_marked_from_its_first_word_to_its_last(index):
    (hit,) = index.search('told NEAR/9 {PERSON:"Rami Abdel Rahman"}')
    assert hit.snippet(before="[", after="]") == "The war crime was [told] by [Rami] [Abdel] [Rahman] to all."
    (hit,) = index.search('{GROUP:"hayat tahrir al-sham"} NEAR/3 held')
    assert (
        hit.snippet(before="[", after="]")
        == "Idlib, [held] by [HTS], was quiet. [Hayat] [Tahrir] [al-Sham] left [rebel-held] Idlib."
    )


@pytest.mark.parametrize(
    "question", ["{ORG}", "crime NEAR/5 {ORG}", '{PERSON:"Nobody Here"}', 'crime NEAR/5 {PERSON:"Nobody Here"}']
)
def test_what_nobody_mentions_is_told(index, question):
    found = index.search(question)
    assert found.total == 0
    assert [note.code for note in found.diagnostics] == ["unknown-value"]


@pytest.mark.parametrize(
    "question", ["crime NEAR/5 place:idlib", "ATLEAST/2 date:2020", "FIRST/5 (crime AND told)", "crime NEAR/5 *"]
)
def test_what_is_true_of_a_whole_report_has_no_place_in_its_text(index, question):
    with pytest.raises(QueryError, match="is true of a report as a whole, and has no place in its text"):
        index.search(question)

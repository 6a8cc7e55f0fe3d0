"""What patterns, spellings, boosts and Whoosh's looser operators find in an index, told on a handful of reports."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Diagnostic, Entity, QueryError, Report
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.search import Request, search

REPORTS = [
    Report("talks", "Ceasefire talks", "The cease-fire holds; ceasefires rarely do.", date="2020-01-12"),
    Report("town", "Rebel-held town", "Rebels went door-to-door in the rebel-held town.", date="2020-02-01"),
    Report("name", "De-escalation in Idlib", "A truce, says Çavuşoğlu; US-led forces and the USA agree.", date="2021-05-03"),
    Report(
        "undated", "", "Ceasfire is misspelt, and CEASEFIRE is shouted.", entities=(Entity("NAME", "Sochi", "Sochi", "", 0, 0),)
    ),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """In two segments."""
    with idlibsearch.create(tmp_path_factory.mktemp("expand") / "index") as opened:
        opened.add(REPORTS[:2])
        opened.add(REPORTS[2:])
        yield opened
        assert opened.check() == []


def keys(index, question):
    return sorted(hit.key for hit in index.search(question))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("ceasefire*", ["talks", "undated"]),
        ("c?as*fire", ["talks", "undated"]),
        ("rebel*", ["town"]),
        ("held*", []),  # the word as written is rebel-held
        ("*held", ["town"]),
        ("title:rebel*", ["town"]),
        ("body:de-esc*", []),
        ("ceasfire~", ["talks", "undated"]),
        ("ceasfire~0", ["undated"]),
        ("ceasfire~1/5", ["undated"]),
        ('r"de.?escalat.*"', ["name"]),
        ('r"U.*"', ["name"]),
        ("US*", ["name"]),
        ("çav*", ["name"]),
        ("=Ceasefire", ["talks"]),
        ("=ceasefire", []),
        ("=CEASEFIRE", ["undated"]),
        ("=Cavusoglu", []),
        ("=Çavuşoğlu", ["name"]),
        ('="Rebels went door-to-door"', ["town"]),
        ('="rebels went"', []),
        ("=door", []),
        ("*", ["name", "talks", "town", "undated"]),
        ("title:*", ["name", "talks", "town"]),
        ("date:* NOT title:c*", ["name", "town"]),
        ("entities:*", ["undated"]),
        ("* ANDNOT cease*", ["name", "town"]),
        ("the ANDMAYBE sochi", ["name", "talks", "town"]),
        ("the REQUIRE rebel*", ["town"]),
        ("date:2020 rebel*", ["town"]),
    ],
)
def test_a_question_finds(index, question, found):
    assert keys(index, question) == found


def test_a_token_of_several_parts_is_one_occurrence_over_all_its_positions(index):
    assert index.search("door*")[0].spans == {"body": [(2, 5)]}
    assert index.search("rebel*")[0].spans == {"title": [(0, 2)], "body": [(0, 1), (7, 9)]}
    assert index.search("rebel*")[0].snippet() == "**Rebels** went door-to-door in the **rebel-held** town."


def test_words_of_a_pattern_count_as_one_word(index):
    """Three reports hold a word of it: its idf is that of one word in three reports, not the sum of three rarer ones."""
    [plain] = {hit.score for hit in index.search("body:went")}
    pattern = {hit.key: hit.score for hit in index.search('body:r"went|misspelt"')}
    assert pattern["town"] < plain


def test_a_boost_multiplies_and_the_looser_operators_score_as_they_say(index):
    boosted, looser = ("rebel*", "rebel*^3", "rebel*^0", "town"), ("ANDMAYBE town", "REQUIRE town", "ANDMAYBE sochi")
    questions = (*boosted, *(f"rebel* {rest}" for rest in looser))
    score = {question: index.search(question)[0].score for question in questions}
    assert score["rebel*^3"] == pytest.approx(3 * score["rebel*"])
    assert score["rebel*^0"] == 0
    assert score["rebel* ANDMAYBE town"] == pytest.approx(score["rebel*"] + score["town"])
    assert score["rebel* REQUIRE town"] == score["rebel* ANDMAYBE sochi"] == score["rebel*"]


def test_what_is_odd_is_reported(index):
    assert index.search("zz*").diagnostics == (Diagnostic((0, 3), "unknown-word", "no report has the pattern zz*"),)
    assert index.search("title:misspel*").diagnostics[0].message == "no report has the pattern misspel* in the field title"
    assert index.search('town ="Rebels Went"').diagnostics == (
        Diagnostic((5, 19), "unknown-word", "no report has the spelling Went"),
    )
    assert index.search("town agree?").diagnostics[0].code == "question-mark"


@pytest.mark.parametrize(
    ("question", "limits", "span", "message"),
    [
        ("town c*", Limits(expanded_words=2), (5, 7), "c. stands for 5 words; at most 2 are searched; write more of its letters"),
        ("a* b* c*", Limits(patterns=2), (6, 8), "more than 2 patterns and exact spellings in one question; ask for fewer"),
        ("=a =b =c", Limits(patterns=2), (6, 8), "more than 2 patterns and exact spellings in one question; ask for fewer"),
        ("a" * 300 + "*", LIMITS, (0, 301), "the pattern is 301 characters long; ask for at most 255"),
        ('x r"a(b"', LIMITS, (2, 8), "a . in the expression is never closed"),
        ('r".*a.*b"', Limits(effort=20), (0, 9), "the patterns take too much work; use fewer"),
    ],
)
def test_what_asks_for_too_much_is_refused_where_it_stands(index, question, limits, span, message):
    with contextlib.closing(Snapshot.open(index.path)) as snapshot:
        with pytest.raises(QueryError, match="^" + message) as caught:
            search(snapshot, Request(question, limits=limits))
        assert caught.value.span == span


pieces = st.lists(
    st.sampled_from(
        ["a", "ceasefire", "*", "?", "[", "]", "[a-z]", "!", "-", "~", "~2", "~1/2", "^2", "^", "=", '"', 'r"', "(", ")", ".",
         "+",
         "{2}", "|", "\\", "\\w", " ", " ", "title:", "date:", "entities:", "ANDNOT ", "ANDMAYBE ", "REQUIRE ", "NOT ", "'", "é",
         "ß", "\ud800", "al "]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=300)
@given(pieces)
def test_whatever_is_asked_is_answered_or_refused(index, question):
    try:
        results = index.search(question)
    except QueryError as error:
        assert 0 <= error.span[0] <= error.span[1] <= len(question)  # noqa: PT017
        return
    for hit in results:
        assert hit.snippet()

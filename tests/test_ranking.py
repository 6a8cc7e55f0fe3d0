"""Nearness in scores and words added by feedback: against the naive engine, with explanations, and told by cases."""

from __future__ import annotations

import math
import tempfile
from itertools import pairwise
from pathlib import Path

import naive
import pytest
import test_agreement
from hypothesis import given, settings
from hypothesis import strategies as st
from test_explain import assert_explained

import idlibsearch
from idlibsearch import QueryError, Report
from idlibsearch.query.tree import Analysed, And, Boosted, Maybe, Near, Or, Word

WINDOW, WEIGHT = 8, 0.1
questions = st.tuples(st.lists(test_agreement.words, min_size=2, max_size=4).map(tuple), st.sampled_from([And, Or])).map(
    lambda drawn: drawn[1](drawn[0])
)


def near_by_definition(tree):
    """Each two neighbouring words that are not asked for in a field, near each other, for a tenth."""
    pairs = [(a, b) for a, b in pairwise(tree.children) if not a.field and not b.field]
    return Maybe(tree, tuple(Boosted(Near(pair, WINDOW), WEIGHT) for pair in pairs)) if pairs else tree


@settings(max_examples=80)
@given(test_agreement.collections, st.lists(questions, min_size=1, max_size=5))
def test_nearness_adds_what_it_is_worth_as_a_question(found, trees):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        oracle = naive.NaiveIndex(found)
        for tree in trees:
            expected = oracle.search(near_by_definition(tree))
            answer = index.search(tree, limit=100, proximity=True)
            assert [hit.key for hit in answer] == [key for key, _ in expected]
            assert [hit.score for hit in answer] == pytest.approx([score for _, score in expected], rel=1e-9)
            assert_explained(index, found, tree, proximity=True)


VOCABULARY = ("truce", "idlib", "rebels", "talks", "aleppo", "seventeen", "rebel-held", "war")
weights = st.sampled_from([1.0, 0.01, 0.3, 0.3000001, 2.0])
weighted = st.lists(st.tuples(st.sampled_from(VOCABULARY).map(Word), weights), min_size=2, max_size=6)


@settings(max_examples=25)
@given(st.lists(weighted, min_size=1, max_size=4), st.integers(1, 12), st.randoms(use_true_random=False))
def test_words_that_weigh_differently_score_their_weights(questions, limit, chance):
    """The best few of many: those that scoring all of them finds, to the last bit, and as the naive engine has them; ties too."""
    bodies = [" ".join(chance.choices(VOCABULARY, k=chance.choice((3, 3, 3, 9)))) for _ in range(70)]
    found = [Report(f"r{n:02}", chance.choice(["", "truce idlib"]), body) for n, body in enumerate(bodies)]
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found[:40])
        index.add(found[40:])
        oracle = naive.NaiveIndex(found)
        for words in questions:
            tree = Or(tuple(Boosted(word, weight) if weight != 1 else word for word, weight in words))
            few, every = ([(hit.key, hit.score) for hit in index.search(tree, limit=each)] for each in (limit, 5000))
            assert few == every[:limit]
            assert dict(every) == pytest.approx(dict(oracle.search(tree)), rel=1e-9)
            assert all(index.explain(key, tree).value == score for key, score in few)


@pytest.fixture
def index(tmp_path):
    about = "rebels shelling artillery mortars"
    with idlibsearch.create(tmp_path / "index") as made:
        made.add([
            Report("far", "", "The truce was signed. After many long hours of talks in some other town, Idlib slept."),
            Report("near", "", "The truce in Idlib was signed. After many long hours of talks in some other town they slept."),
            Report("front", "Frontline", f"Frontline: {about} howitzers"),
            Report("front2", "Frontline", f"Frontline: {about} howitzers again"),
            Report("guns", "Barrage", "howitzers fired all night, mortars too"),
            *(Report(f"other{n}", "Weather", f"Rain in town number{n}, sun in village{n}, harvest {n}0") for n in range(60)),
        ])  # fmt: skip
        yield made


def test_words_that_stand_near_each_other_come_first(index):
    assert index.search("truce idlib")[0].key == "far"
    assert index.search("truce idlib", proximity=True)[0].key == "near"


def test_a_word_that_is_missing_is_told_of_once(index):
    assert [note.code for note in index.search("truce zzz idlib", proximity=True).diagnostics] == ["unknown-word"]


def test_added_words_find_more_where_any_may_match(index):
    plain = index.search("frontline", mode="any")
    wider = index.search("frontline", mode="any", expand="rm3")
    assert {hit.key for hit in wider} - {hit.key for hit in plain} == {"guns"}
    assert "howitzers" in [added.word for added in wider.expansion]
    assert wider.to_json()["expansion"][0].keys() == {"term", "word", "weight"}


def test_added_words_find_no_more_where_all_must_match(index):
    plain, wider = index.search("frontline"), index.search("frontline", expand="rm3")
    assert {hit.key for hit in wider} == {hit.key for hit in plain}
    assert wider.total == plain.total
    assert all(hit.score > score.score for hit, score in zip(wider, plain, strict=True))


def test_added_words_can_be_struck_out(index):
    left = index.search("frontline", mode="any", expand="rm3", expand_without=["howitzers", "Mortars"])
    assert not {"howitzers", "mortars"} & {added.word for added in left.expansion}
    assert {hit.key for hit in left} == {"front", "front2"}


def test_words_added_score_by_their_weight(index):
    wider = index.search("frontline", mode="any", expand="rm3", limit=100)
    added = tuple(Boosted(Analysed(each.term), each.weight) for each in wider.expansion)
    expected = naive.NaiveIndex(list(index)).search(Or((Word("frontline"), *added)))
    assert [hit.key for hit in wider] == [key for key, _ in expected]
    assert [hit.score for hit in wider] == pytest.approx([score for _, score in expected], rel=1e-9)
    assert_explained(index, list(index), "frontline", mode="any", expand="rm3")


def test_nothing_is_added_to_a_question_that_finds_nothing(index):
    assert index.search("zzz", mode="any", expand="rm3").expansion == ()
    assert index.search("zzz", mode="any", expand="rm3").found.expansion is not None


def test_nothing_is_added_where_nobody_asks(index):
    assert "expansion" not in index.search("frontline").to_json()


def test_feedback_and_paging_agree(index):
    whole = [hit.key for hit in index.search("frontline", mode="any", expand="rm3", limit=9)]
    pages = [index.search("frontline", mode="any", expand="rm3", limit=1, offset=n) for n in range(9)]
    assert [hit.key for page in pages for hit in page] == whole


def test_an_unknown_way_to_add_words_is_refused(index):
    with pytest.raises(QueryError, match="rm4"):
        index.search("frontline", expand="rm4")


def test_words_that_most_reports_have_are_not_added(tmp_path):
    words = [f"word{letter}" for letter in "abcdefghij"]
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(Report(str(n), "", " ".join(words)) for n in range(40))
        answer = index.search("worda", mode="any", expand="rm3")
        assert answer.expansion == ()
        assert [hit.score for hit in answer] == [hit.score for hit in index.search("worda")]


def by_definition(index, method, best):
    """The weight of each word of some reports, by their scores: RM3 and Bo1 as published, in dicts and loops."""
    reports = list(index)
    texts = {
        report.key: [o.term for name in ("title", "body") for o in naive.occurrences(getattr(report, name))[0]]
        for report in reports
    }
    having = {term: sum(term in text for text in texts.values()) for text in texts.values() for term in text}
    weights = {}
    for term in {term for key, _ in best for term in texts[key]}:
        if method == "rm3":
            weights[term] = sum(score**4 * texts[key].count(term) / len(texts[key]) for key, score in best)
        else:
            p, times = having[term] / len(reports), sum(texts[key].count(term) for key, _ in best)
            weights[term] = times * math.log2((1 + p) / p) + math.log2(1 + p)
    left_out = {term for term in weights if len(term) < 3 or term in ("the", "and", "with", "again", "after", "from")}
    return {term: weights[term] for term in weights.keys() - left_out if having[term] <= len(reports) / 4}


@pytest.mark.parametrize(("method", "share"), [("rm3", 0.3), ("bo1", 0.1)])
def test_added_words_weigh_what_the_definition_says(index, method, share):
    """Together they have their share of the weight of the question with them, which was one word."""
    best = [(hit.key, hit.score) for hit in index.search("frontline")]
    expected = by_definition(index, method, best)
    scale = share / (1 - share) / sum(expected.values())
    added = {each.term: each.weight for each in index.search("frontline", mode="any", expand=method).expansion}
    assert added == pytest.approx({term: weight * scale for term, weight in expected.items()})


def test_words_of_bo1_are_shown_and_can_be_struck_out(index):
    wider = index.search("frontline", mode="any", expand="bo1")
    assert "howitzers" in [added.word for added in wider.expansion]
    left = index.search("frontline", mode="any", expand="bo1", expand_without=["howitzers", "mortars"])
    assert {hit.key for hit in wider} - {hit.key for hit in left} == {"guns"}
    assert_explained(index, list(index), "frontline", mode="any", expand="bo1", ranking={"formula": "lucene"})


def test_feedback_reads_only_what_a_filter_keeps(index):
    kept = index.search("frontline", mode="any", expand="rm3", filter="again")
    assert [hit.key for hit in kept] == ["front2"]
    assert index.search("frontline", mode="any", expand="rm3", filter="harvest").expansion == ()

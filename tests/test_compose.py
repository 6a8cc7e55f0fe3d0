"""Trees built in a program are those that are typed, and are answered alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch import QueryError
from idlibsearch.query.compose import (
    all_of,
    any_of,
    at_least,
    first,
    near,
    none_of,
    not_near,
    pre,
    same_paragraph,
    same_sentence,
)
from idlibsearch.query.syntax import parse
from idlibsearch.query.tree import And, Boosted, Every, Mention, Not, Or, Wildcard, Word

A, B, C = Word("a"), Word("b"), Word("c")
ODD = ["AND", "NOT", "near8", "w/8", "ATLEAST/2", "a:b", "title:x", "b*", 'say "no"', "c~2", "=d", "(f", "[g TO h]", "-k"]
texts = st.one_of(st.text(max_size=9).map("{}x".format), st.sampled_from(ODD))


@pytest.mark.parametrize(
    ("built", "typed"),
    [
        (all_of("a", "b"), "a AND b"),
        (all_of("a", all_of("b", C)), "a AND b AND c"),
        (all_of(A), "a"),
        (all_of(), "*"),
        (any_of("a b", "c"), '"a b" OR c'),
        (any_of(), "NOT *"),
        (all_of("a", none_of("b", "c")), "a AND NOT (b OR c)"),
        (near(5, "a", "b"), "a NEAR/5 b"),
        (near(5, any_of("a", "b"), Wildcard("c*"), near(2, "d", "e")), "NEAR/5(a OR b, c*, d NEAR/2 e)"),
        (pre(3, "a", "rebel-held"), "a PRE/3 rebel-held"),
        (not_near(3, "a", "b c"), 'a NOTNEAR/3 "b c"'),
        (same_sentence("a", "b", "c"), "a SAME/S b SAME/S c"),
        (same_paragraph("a", Mention("PERSON")), "a SAME/P {PERSON}"),
        (at_least(3, any_of("a", "b")), "ATLEAST/3 (a OR b)"),
        (first(50, Word("a", "body")), "FIRST/50 body:a"),
        (any_of(Boosted(near(2, "a", "b"), 2.0), "c"), "(a NEAR/2 b)^2 OR c"),
    ],
)
def test_what_is_built_is_what_is_typed(built, typed):
    assert parse(typed).tree == built
    assert parse(str(built)).tree == built


@given(st.lists(texts, min_size=2, max_size=3))
def test_nothing_in_a_text_is_an_operator(words):
    for built in (any_of(*words), near(3, *words)):
        assert parse(str(built)).tree == built


@pytest.mark.parametrize(
    ("joined", "tree"),
    [
        (A & B & C, And((A, B, C))),
        (A | B | C, Or((A, B, C))),
        (A & (B | C), And((A, Or((B, C))))),
        (A & ~B, And((A, Not(B)))),
        (~(A | B), Not(Or((A, B)))),
        (near(2, A, B) & ~Every("title"), And((near(2, A, B), Not(Every("title"))))),
    ],
)
def test_every_node_can_be_joined_by_operators(joined, tree):
    assert joined == tree


@pytest.mark.parametrize("other", ["b", 2, ("b", "", (0, 1)), None])
def test_operators_join_nodes_only(other):
    with pytest.raises(TypeError, match="unsupported operand"):
        A & other
    with pytest.raises(TypeError, match="unsupported operand"):
        A | other


def test_a_built_question_is_answered_as_a_typed_one_is(seed_index):
    built = all_of(near(5, any_of("kill*", Wildcard("kill*")), "civilians"), none_of(Word("syria", "title")))
    typed = seed_index.search('(("kill*" OR kill*) NEAR/5 civilians) NOT title:syria')
    found = seed_index.search(built, filter=any_of("regime", "monitor"))
    assert {hit.key: hit.score for hit in found}.items() <= {hit.key: hit.score for hit in typed}.items()
    assert (found.query, found.total) == (str(built), 2)


def test_what_cannot_be_asked_is_refused_when_it_is_asked(seed_index):
    with pytest.raises(QueryError, match="a distance of 0 cannot be asked for"):
        seed_index.search(near(0, "a", "b"))
    with pytest.raises(QueryError, match="NEAR of 9 operands"):
        seed_index.search(near(5, *"abcdefghi"))

"""Many questions: each answered as by itself, bad ones told and passed over, names taken literally, broken runs taken up."""

from __future__ import annotations

import io
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch import InputError, QueryError, Report
from idlibsearch.faces.batch import answered, lines_of, taken_up


@pytest.fixture
def index(new_index):
    new_index.add([
        Report("a", "Fares", "AND LIGUEY KEITA took over from Smith / Jones."),
        Report("b", "Smith", "jones and keita, and liguey"),
        Report("c", "Truce", "NOT a word* of NEAR/5 \"quoted\" (bracket"),
    ])  # fmt: skip
    return new_index


def keys(answer) -> list[str]:
    return [hit.key for hit in answer.results]


def rows(index, text: bytes, *, is_json=False, literal=False, limit=10):
    lines = lines_of(io.BytesIO(text), "file", is_json=is_json)
    return list(answered(partial(index.search, limit=limit), lines, literal=literal))


def test_every_question_is_answered_as_by_itself_and_a_bad_one_says_what_is_wrong(index):
    asked = ["smith", "(truce", "truce OR keita", "date:soon", "xylophone"]
    found = list(index.batch(asked, limit=2))
    assert [answer.query for answer in found] == asked
    assert [isinstance(answer.error, QueryError) for answer in found] == [False, True, False, True, False]
    for answer in found:
        if answer.results is not None:
            assert [(hit.key, hit.score) for hit in answer.results] == [
                (hit.key, hit.score) for hit in index.search(answer.query, limit=2)
            ]
    assert found[4].results.diagnostics[0].code == "unknown-word"


def test_questions_are_asked_when_their_turn_comes(index):
    endless = iter(lambda: "smith", None)
    assert keys(next(index.batch(endless))) == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("AND LIGUEY KEITA", ["a"]),
        ("Smith / Jones", ["a"]),
        ("keita, and", ["b"]),
        ("NOT a word*", ["c"]),
        ("of NEAR/5 \"quoted\" (bracket", ["c"]),
        ("truce^2", []),
        ("title:truce", []),
    ],
)  # fmt: skip
def test_in_a_name_nothing_is_an_operator(index, name, found):
    [answer] = index.batch([name], literal=True)
    assert (answer.error, keys(answer)) == (None, found)


@given(st.text(max_size=40))
def test_no_name_whatsoever_is_more_than_refused(seed_index, name):
    [answer] = seed_index.batch([name], literal=True)
    assert (answer.results is None) == isinstance(answer.error, QueryError)


def test_lines_are_numbered_as_in_the_file_and_blank_ones_passed_over(index):
    found = rows(index, "\ufefftruce\r\n\n  \n(bad\nsmith".encode(), limit=1)
    assert [(row["line"], row["text"], row.get("total")) for row in found] == [
        (1, "truce", 1),
        (4, "(bad", None),
        (5, "smith", 2),
    ]
    assert found[1]["error"] == {
        "message": "a bracket is opened and never closed", "advice": found[1]["error"]["advice"], "span": [0, 1],
    }  # fmt: skip
    assert [hit["key"] for hit in found[2]["hits"]] == ["b"]


def test_json_lines_have_ids_of_their_own_and_bad_ones_are_told(index):
    text = (
        b'{"id": "q1", "query": "truce"}\nnot json\n[1]\n{"id": 7, "query": 3}\n{"query": "smith"}\n'
        + b"[" * 10_000
        + b"\n\xff\n"
    )
    found = rows(index, text, is_json=True)
    assert [row.get("id") for row in found] == ["q1", None, None, None, None, None, None]
    assert ["error" in row for row in found] == [False, True, True, True, False, True, True]
    assert found[3]["error"]["message"] == 'is no object with a text "query"'


def test_a_run_that_broke_off_is_taken_up_where_its_output_ends(index):
    ask = partial(index.search, limit=3)
    lines = [*lines_of(io.BytesIO(b"truce\nsmith\nkeita\n"), "file", is_json=False)]
    whole = [json.dumps(row).encode() + b"\n" for row in answered(ask, lines, literal=False)]
    for cut in range(len(whole[0]), len(b"".join(whole)), 7):
        output = io.BytesIO(b"".join(whole)[:cut])
        done = taken_up(output, "out")
        left = [line for line in lines if (line.number, line.text) not in done]
        for row in answered(ask, left, literal=False):
            output.write(json.dumps(row).encode() + b"\n")
        assert output.getvalue() == b"".join(whole)


def test_an_output_that_holds_something_else_is_left_alone(index):
    output = io.BytesIO(b"my thesis\n")
    with pytest.raises(InputError, match="something else"):
        taken_up(output, "out")
    assert output.getvalue() == b"my thesis\n"

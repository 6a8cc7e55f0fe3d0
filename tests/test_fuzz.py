"""Whatever is typed is answered or refused with a QueryError: random characters, and random pieces of the grammar.

QUESTIONS_FUZZED=1000000 pytest tests/test_fuzz.py runs the long form.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.errors import QueryError
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.syntax import Parsed, parse

COUNT = int(os.environ.get("QUESTIONS_FUZZED", "6000"))
PIECES = (
    *"()\"'[]{}~^*?=:/,+-<>&|!.\\",
    *("AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "NEAR/5", "w/3", "PRE/2", "NOTNEAR/4", "SAME/S", "same/p", "near8"),
    *("ATLEAST/2", "FIRST/10", "atleast3(", "NEAR/2(", "NEAR/999999999999 ", "~2", "~", "^2", "^0.5", "^x", "~99999", "/3"),
    *("title:", "body:", "date:", "entities:", "source:", "words:", "place:", "url:", "foo:", "headline:"),
    *(
        "{PERSON}",
        '{GROUP:"HTS"}',
        "{X}",
        "[1 TO 5]",
        "{a TO b]",
        "[TO]",
        " TO ",
        ">5",
        "<=2020",
        "2020-01..2020-03",
        "last week",
    ),
    *(
        "truce",
        "ceasefire",
        "Idlib",
        "rebel-held",
        "al",
        "Qaeda",
        "US",
        "may",
        "300,000",
        "fu’ah",
        "é",
        "中文",
        "\u202e",
        "\x00",
        "\n",
    ),
    *('"air strikes"', '="x y"', 'r"(a|b)*c"', 'r"((((a*)*)*)*"', 'r"["', "ceas*", "[a-c]?", "c~1", "*:*", "*"),
)


def random_question(rng: random.Random) -> str:
    pieces = rng.choices(PIECES, k=rng.randint(1, 14))
    return "".join(piece + rng.choice(["", " ", " ", " "]) for piece in pieces)


def outcome(typed: str, mode: str = "all", limits: Limits = LIMITS) -> Parsed | QueryError:
    """How a question is read, or why not."""
    try:
        return parse(typed, mode, {"price"}.__contains__, limits=limits)
    except QueryError as error:
        return error


def is_read(typed: str, mode: str = "all") -> bool:
    """Read a question; whatever is said about it has a place in it."""
    read = outcome(typed, mode)
    notes = [read] if isinstance(read, QueryError) else read.diagnostics
    for note in notes:
        assert 0 <= note.span[0] <= note.span[1] <= len(typed), typed
        assert note.message
    return isinstance(read, Parsed)


@given(st.text(max_size=60), st.sampled_from(["all", "any"]))
def test_any_text_is_read_or_refused(typed, mode):
    is_read(typed, mode)


def test_any_row_of_pieces_is_read_or_refused():
    rng = random.Random(COUNT)
    read = sum(is_read(random_question(rng), rng.choice(["all", "any"])) for _ in range(COUNT))
    assert COUNT // 20 < read < COUNT


def test_any_row_of_pieces_is_answered_or_refused(seed_index):
    rng, answered = random.Random(1), 0
    for _ in range(min(COUNT // 10, 100_000)):
        typed = random_question(rng)
        try:
            results = seed_index.search(typed, limit=3, mode=rng.choice(["all", "any"]))
        except QueryError:
            continue
        answered += 1
        assert results.total >= len(results)
        for hit in results:
            assert hit.snippet() is not None
    assert answered


LONG = {
    "words": "word " * 20_000,
    "openings": "(" * 100_000,
    "quotes": '"a" ' * 25_000,
    "not": "NOT " * 25_000 + "a",
    "boosts": "a^2 " * 25_000,
    "or": "a OR " * 20_000 + "b",
    "near": "a NEAR/5 " * 11_000 + "b",
    "flat": "NEAR/5(" + "a, " * 30_000 + "b)",
    "flats": "NEAR/5(" * 14_000 + "a, b",
    "brackets": "[" * 50_000 + "TO" + "]" * 50_000,
    "to": "[a TO " * 16_000,
    "fields": "title:" * 16_000 + "a",
    "dates": "date:" + "2020" * 24_000,
    "spaces": " " * 100_000,
    "signs": "-" * 100_000,
    "prefixes": "FIRST/5 " * 12_000 + "a",
    "mentions": "{" * 100_000,
    "maybe": "a ANDMAYBE " * 9_000 + "b",
    "stars": "*" * 100_000,
    "commas": "," * 100_000,
}


@pytest.mark.parametrize("kind", LONG)
def test_a_question_of_100_kilobytes_is_refused_or_where_limits_allow_it_read(kind):
    assert "characters long" in str(outcome(LONG[kind]))
    assert outcome(LONG[kind], limits=LIMITS._replace(characters=1_000_000))


def test_limits_may_be_set_and_what_python_cannot_hold_is_still_refused():
    with pytest.raises(QueryError, match="more than 3 groups"):
        parse("((((a))))", limits=LIMITS._replace(depth=3))
    with pytest.raises(QueryError, match="too many groups inside each other"):
        parse("(" * 5_000 + "a" + ")" * 5_000, limits=LIMITS._replace(depth=100_000, characters=100_000))

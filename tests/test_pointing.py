"""A place in a question is pointed out under the very line it is in, whatever the question looks like."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.results.pointing import pointed


def shown(text: str, start: int, end: int, width: int = 100) -> list[str]:
    return list(pointed(text, (start, end), "no", "", width))[1:]


@pytest.mark.parametrize(
    ("text", "span", "lines"),
    [
        ("truce or war", (6, 8), ["  truce or war", "        ^^"]),
        ("truce", (5, 5), ["  truce", "       ^"]),
        ("truce", (0, 0), ["  truce", "  ^"]),
        ("", (0, 0), []),
        (" \n ", (0, 3), []),
        ("a\tb\tfoo:c", (4, 9), ["  a b foo:c", "      ^^^^^"]),
        ("one\ntwo or\nthree", (8, 10), ["  two or", "      ^^"]),
        ("one\r\ntwo or\r\nthree", (9, 11), ["  two or", "      ^^"]),
        ('one "two\nthree', (4, 14), ['  one "two', "      ^^^^"]),
        ("one\ntwo", (3, 4), ["  one", "     ^"]),
        ("停戦 or 戦争", (3, 5), ["  停戦 or 戦争", "       ^^"]),
        ("停戦 or 戦争", (6, 8), ["  停戦 or 戦争", "          ^^^^"]),
        ("Ça e\u0301te\u0301 or", (9, 11), ["  Ça e\u0301te\u0301 or", "         ^^"]),
        ("a\u202eb\x1b[1m or", (8, 10), ["  a\ufffdb\ufffd[1m or", "          ^^"]),
        ("a\u00a0b or", (4, 6), ["  a b or", "      ^^"]),
        ("\ud800 or", (2, 4), ["  \ufffd or", "    ^^"]),
    ],
)
def test_carets_stand_under_the_place(text, span, lines):
    assert shown(text, *span) == lines


@pytest.mark.parametrize(
    ("start", "lines"),
    [
        (0, ["  or" + "." * 24 + "…", "  ^^"]),
        (60, ["  …" + "." * 8 + "or" + "." * 16 + "…", " " * 11 + "^^"]),
        (120, ["  …" + "." * 24 + "or", " " * 27 + "^^"]),
    ],
)
def test_a_long_line_is_cut_around_the_place(start, lines):
    assert shown("." * start + "or" + "." * (120 - start), start, start + 2, 30) == lines


def test_carets_end_where_a_long_line_is_cut():
    assert shown("x" * 50 + "y" * 200, 50, 250, 40) == ["  …" + "x" * 12 + "y" * 24 + "…", " " * 15 + "^" * 24]


def test_a_message_is_one_line():
    assert list(pointed("", (0, 0), "a\nb\x1b", "do\tc")) == ["a b\ufffd; do c"]


def columns(text: str) -> int:
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
        for char in text
    )


texts = st.text(st.one_of(st.characters(), st.sampled_from("ab \n\t停é\u0301")), max_size=300)


@given(texts, st.integers(0, 300), st.integers(0, 300), st.integers(0, 120))
def test_whatever_is_pointed_at_fits_the_terminal_and_is_underlined(text, start, length, width):
    start = min(start, len(text))
    for line in shown(text, start, min(start + length, len(text)), width):
        assert columns(line) <= max(width, 20)
        assert all(char.isprintable() for char in line)
    for row in shown(text, start, start, width)[1:]:
        assert row.strip(" ") == "^"

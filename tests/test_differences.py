"""What two versions of a report change: numbers first, then words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch import Report, ReportError
from idlibsearch.results import render
from idlibsearch.results.differences import differences


def told(a: str, b: str) -> list[tuple[str, str]]:
    return [(change.before, change.after) for change in differences(Report("a", "", a), Report("b", "", b)).changes]


def test_numbers_come_first_and_are_the_same_in_digits_and_in_words():
    found = differences(
        Report("a", "Old title", "The rebels said eighteen people died and 3 fled. It was 17 before."),
        Report("b", "New title", "The opposition fighters said seventeen people died and three fled. It was seventeen before."),
    )
    first = found.changes[0]
    assert (first.field, first.before, first.after, first.numbers) == ("body", "eighteen", "seventeen", (("18",), ("17",)))
    assert (first.left, first.right) == ("said", "people died and")
    assert len(found.numbers) == 1
    assert [change.before for change in found.changes[1:]] == ["Old", "rebels", "3", "17"]


def test_line_breaks_spaces_and_capitals_are_no_changes():
    assert told("The  truce\nholds.", "the truce HOLDS") == []


def test_what_is_left_out_or_added_stands_on_one_side_only():
    assert told("one two three", "one three") == [("two", "")]
    assert told("", "a truce") == [("", "a truce")]


def test_what_two_seed_versions_change_is_told_eighteen_and_seventeen_first(seed_index):
    a, b = (next(r.key for r in seed_index if name in r.key) for name in ("001_", "003_"))
    found = seed_index.diff(a, b)
    assert (found.changes[0].before, found.changes[0].after) == ("eighteen", "seventeen")
    assert ("rebels", "opposition groups") in {(c.before, c.after) for c in found.changes} | {
        (c.after, c.before) for c in found.changes
    }
    text = list(render.differences(found, "text"))
    assert text[2] == "18 -> 17"
    assert json.loads("".join(render.differences(found, "json"))) == found.to_json()
    assert len(list(render.differences(found, "csv"))) == len(found.changes) + 1


def test_a_key_without_a_report_is_an_error(seed_index):
    with pytest.raises(ReportError, match="there is no report with this key"):
        seed_index.diff("nobody", "nobody")


def test_texts_too_long_to_compare_are_one_change():
    assert len(told("a b " * 20_000, "a b " * 20_000 + "c")) == 1


words = st.lists(st.sampled_from(["truce", "talks", "17", "eighteen", "the", "Idlib"]), max_size=30)


@given(words, words)
def test_changes_lead_from_one_text_to_the_other(a, b):
    """What stays is in both: as many tokens as each has beside the changes."""
    changes = differences(Report("a", "", " ".join(a)), Report("b", "", " ".join(b))).changes
    kept_a = len(a) - sum(len(change.before.split()) for change in changes)
    kept_b = len(b) - sum(len(change.after.split()) for change in changes)
    assert kept_a == kept_b >= 0
    assert (not changes) == (a == b)

"""Alerts: every saved question finds, among the new reports, what it finds in the whole index; whatever was merged meanwhile."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import CorruptIndexError, Entity, LockedError, QueryError, Report
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.saved import CHANGE_LOCK_NAME, LAST, mark_of, new_docs
from idlibsearch.index.snapshot import Snapshot


def found(index, **options) -> list[tuple[str, str]]:
    return [(each.name, each.hit.key) for each in index.alerts.run(**options)]


@pytest.fixture
def index(new_index):
    new_index.add([Report("old", "An old truce in Idlib", "body")])
    new_index.alerts.add("truce", "truce")
    new_index.alerts.add("near", "truce NEAR/3 idlib")
    return new_index


def test_a_saved_question_is_asked_of_what_is_new_and_only_once(index):
    assert found(index) == []
    index.add([Report("a", "Truce in Idlib"), Report("b", "A war"), Report("c", "Truce")])
    assert found(index) == [("truce", "a"), ("truce", "c"), ("near", "a")]
    assert found(index) == []
    index.add([Report("d", "Truce"), Report("a", "Truce in Idlib")])
    assert found(index) == [("truce", "d")]
    index.add([Report("c", "Truce near Idlib")])
    assert found(index) == [("truce", "c"), ("near", "c")]
    assert found(index, every=True) == [("truce", "old"), ("truce", "a"), ("truce", "d"), ("truce", "c"), *(
        ("near", key) for key in ("old", "a", "c")
    )]  # fmt: skip


def test_a_match_has_its_reasons(index):
    index.add([Report("a", "News", "The truce of Idlib holds.", "2020-01-12", source="Reuters")])
    [one, _] = index.alerts.run()
    value = json.loads(json.dumps(one.to_json()))
    assert (value["alert"], value["query"], value["key"], value["source"]) == ("truce", "truce", "a", "Reuters")
    assert value["spans"] == {"body": [[1, 2]]}
    assert value["snippet"] == "The **truce** of Idlib holds."
    assert one.hit.score == index.search("truce", date_from="2020")[0].score


def test_what_breaks_off_comes_again(index):
    index.add([Report("a", "Truce in Idlib")])
    next(index.alerts.run())
    assert found(index) == [("truce", "a"), ("near", "a")]


def test_questions_are_kept_under_names_and_outlive_the_process(index):
    assert list(index.alerts.saved) == ["truce", "near"]
    assert index.alerts.add("any", "xylophone idlib", mode="any")[0].code == "unknown-word"
    index.alerts.add("truce", "war")
    with idlibsearch.open(index.path) as again:
        assert {name: (each.text, each.mode) for name, each in again.alerts.saved.items()} == {
            "truce": ("war", "all"), "near": ("truce NEAR/3 idlib", "all"), "any": ("xylophone idlib", "any"),
        }  # fmt: skip
        assert again.alerts.remove("near", "nobody") == 1
    index.add([Report("a", "Idlib")])
    assert found(index) == [("any", "a")]


def test_what_cannot_be_asked_is_not_saved(index):
    with pytest.raises(QueryError, match="bracket"):
        index.alerts.add("bad", "(truce")
    for name in ("", " ", "x" * 201):
        with pytest.raises(ValueError, match="a name has"):
            index.alerts.add(name, "truce")
    assert len(index.alerts.saved) == 2


def test_many_are_saved_at_once_or_none(index):
    notes = index.alerts.add_all({"a": "truce", "b": "xylophone OR idlib"}, mode="any")
    assert {name: [note.code for note in found] for name, found in notes.items()} == {"a": [], "b": ["unknown-word"]}
    for bad, error in (({"c": "truce", "d": "(truce"}, QueryError), ({"c": "truce", "": "truce"}, ValueError)):
        with pytest.raises(error):
            index.alerts.add_all(bad)
    assert list(index.alerts.saved) == ["truce", "near", "a", "b"]


def test_saving_and_asking_wait_for_nobody_who_adds_reports(index):
    index.add([Report("a", "Truce in Idlib")])
    with idlibsearch.open(index.path, wait_s=0) as other, WriteLock(index.path):
        assert found(other) == [("truce", "a"), ("near", "a")]
        other.alerts.add("more", "truce")
        with WriteLock(index.path, name=CHANGE_LOCK_NAME), pytest.raises(LockedError):
            other.alerts.add("most", "truce")
    assert list(index.alerts.saved) == ["truce", "near", "more"]


def test_who_does_not_see_yet_what_was_asked_elsewhere_tells_nothing_again(index):
    with idlibsearch.open(index.path) as other:
        other.add(Report(f"{n}", "Truce") for n in range(2 * LAST))
        other.merge()
        assert len(found(other)) == 2 * LAST
        assert found(index) == []
        index.refresh()
        assert found(index) == []


def test_damage_is_told(index):
    (index.path / "alerts.json").write_text('{"version": 1, "alerts": 3}')
    with pytest.raises(CorruptIndexError, match="no saved questions"):
        next(index.alerts.run())
    (index.path / "alerts.json").unlink()
    assert found(index) == []


def test_a_question_that_cannot_be_answered_any_more_does_not_stop_the_others(index):
    text = (index.path / "alerts.json").read_text().replace("truce NEAR/3 idlib", "(truce")
    (index.path / "alerts.json").write_text(text)
    index.add([Report("a", "Truce")])
    told = list(index.alerts.run())
    assert [(each.name, each.error is None) for each in told] == [("truce", True), ("near", False)]
    assert told[1].to_json()["error"].startswith("a bracket")


def test_new_reports_are_known_behind_merged_segments_and_among_many(new_index):
    new_index.add(Report(f"{n}", f"Truce {n}") for n in range(3 * LAST))
    new_index.alerts.add("truce", "truce")
    new_index.remove(*(f"{n}" for n in range(3 * LAST - 5, 3 * LAST)))
    new_index.add([Report("5", "Truce changed"), Report("new", "Truce")])
    new_index.merge()
    assert found(new_index) == [("truce", "5"), ("truce", "new")]
    new_index.remove(*(f"{n}" for n in range(3 * LAST)), "new")
    new_index.add([Report("newer", "Truce")])
    new_index.merge()
    assert found(new_index) == [("truce", "newer")]


def test_nothing_new_is_passed_over_where_all_that_was_last_is_gone(new_index):
    new_index.add(Report(f"{n}", "Truce") for n in range(2 * LAST))
    new_index.alerts.add("truce", "truce")
    new_index.remove(*(f"{n}" for n in range(LAST - 1, 2 * LAST)))
    new_index.add([Report("new", "Truce")])
    new_index.merge()
    assert ("truce", "new") in found(new_index)


# ---- at a commit


def test_a_change_tells_what_saved_questions_find_in_it(index, tmp_path):
    told: list[idlibsearch.Alerted] = []
    index.add([Report("a", "Truce in Idlib"), Report("b", "A war")], on_alert=told.append)
    assert [(each.name, each.hit.key, each.hit.spans) for each in told] == [
        ("truce", "a", {"title": [(0, 1)]}), ("near", "a", {"title": [(0, 1), (2, 3)]}),
    ]  # fmt: skip
    assert found(index) == []
    told.clear()
    with index.edit(on_alert=told.append) as edit:
        edit.add([Report("c", "Truce")])
        edit.remove("a")
        edit.add([Report("d", "Truce")])
        assert told == []
    (tmp_path / "page.jsonl").write_text('{"id": "e", "title": "Truce"}')
    index.add_path(tmp_path / "page.jsonl", on_alert=told.append)
    assert [(each.name, each.hit.title) for each in told] == [("truce", "Truce")] * 3


def test_a_change_also_tells_what_was_not_told_before(index):
    told = []
    index.add([Report("a", "Truce")])
    index.add([Report("b", "Truce")], on_alert=lambda each: told.append(each.hit.key))
    assert told == ["a", "b"]
    with pytest.raises(idlibsearch.SchemaError):
        index.add([Report("c", "Truce"), "no report"], on_alert=lambda each: told.append(each.hit.key))
    assert (told, "c" in index) == (["a", "b"], False)


def test_what_a_failed_callback_was_not_told_to_the_end_comes_again_and_the_change_stands(index):
    told = []

    def fail(alerted) -> None:
        told.append(alerted.hit.key)
        if len(told) == 2:
            raise ConnectionError("no mail today")

    with pytest.raises(ConnectionError, match="no mail today"):
        index.add([Report(key, "Truce") for key in "abc"], on_alert=fail)
    assert (told, index.search("truce").total) == (["a", "b"], 4)
    assert found(index) == [("truce", key) for key in "abc"]


def test_a_callback_may_change_the_index(index):
    index.add([Report("a", "Truce")], on_alert=lambda each: index.add([Report(f"told {each.hit.key}", "Told of a truce")]))
    assert "told a" in index
    assert found(index) == [("truce", "told a")]


def test_one_run_waits_for_the_other_and_tells_what_is_left(index):
    told, errors = [], []

    def add(number: int) -> None:
        try:
            with idlibsearch.open(index.path) as other:
                other.add([Report(f"{number}", "Truce")], on_alert=lambda each: told.append(each.hit.key))
        except idlibsearch.IdlibsearchError as error:
            errors.append(error)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(12)))
    assert errors == []
    assert sorted(told) == sorted(f"{n}" for n in range(12))
    index.refresh()
    index.add([Report("a", "Truce"), Report("b", "Truce")])
    running = index.alerts.run()
    assert next(running).hit.key == "a"
    with idlibsearch.open(index.path, wait_s=0) as other:
        with pytest.raises(LockedError, match="is asking the saved questions"):
            next(other.alerts.run())
        with pytest.raises(LockedError):
            other.add([Report("c", "Truce")], on_alert=told.append)
        assert "c" in other
        assert [each.hit.key for each in running] == ["b"]
        assert found(other) == [("truce", "c")]


def test_a_copy_takes_saved_questions_along_and_goes_on_by_itself(index, tmp_path):
    index.add([Report("a", "Truce")])
    found(index)
    index.add([Report("b", "Truce")])
    index.copy(tmp_path / "copy")
    with idlibsearch.open(tmp_path / "copy") as copy:
        assert copy.alerts.saved == index.alerts.saved
        assert found(copy) == found(index) == [("truce", "b")]
        copy.add([Report("c", "Truce")])
        assert (found(copy), found(index)) == ([("truce", "c")], [])
        assert copy.alerts.remove("truce") == 1
    assert len(index.alerts.saved) == 2
    (index.path / "alerts.json").write_text("{")
    with pytest.raises(CorruptIndexError, match="no saved questions"):
        index.copy(tmp_path / "another")
    assert [path.name for path in (tmp_path / "another").iterdir()] == ["write.lock"]


# ---- the same as asking each

WORDS = ["truce", "idlib", "rebel-held", "war", "air strikes", "airstrikes", "sochi"]
QUESTIONS = [
    "truce", "idlib", "truce idlib", "truce OR sochi", "NOT truce", "title:war", "rebel-held", "rebelheld truce", '"air strikes"',
    "airstrikes", "truce NEAR/2 idlib", "NEAR/4(truce, war, sochi)", "truce NOTNEAR/3 war", "truce SAME/S war", "ATLEAST/2 truce",
    "FIRST/2 idlib", "{PLACE} NEAR/3 truce", "place:idlib", "date:2020 truce", "str*", "truse~", "=Truce", "truce ANDMAYBE war",
    "truce REQUIRE war", "(truce OR {PLACE}) W/2 (war OR idlib)", "2020", "*", "truce^2 NOT idlib", "sky OR war", "words:>3",
    '"truce idl* war"', "colour:red", "truce ANDNOT war",
]  # fmt: skip


def places(body: str) -> tuple[Entity, ...]:
    at = body.find("idlib")
    return (Entity("PLACE", "Idlib", "idlib", "body", at, at + 5),) if at >= 0 else ()


REPORTS = st.builds(
    lambda key, title, body, date: Report(key, title, body, date, entities=places(body)),
    st.sampled_from("abcdefgh"), st.sampled_from(["", "War", "Truce in Idlib"]),
    st.lists(st.sampled_from([*WORDS, "."]), max_size=6).map(" ".join), st.sampled_from([None, "2020", "2019-05"]),
)  # fmt: skip
CHANGES = st.tuples(st.lists(st.integers(0, 150), max_size=40), st.lists(st.integers(0, 150), max_size=20), st.booleans())
STEP = st.tuples(st.lists(REPORTS, max_size=4), st.sampled_from(["", "", "a", "c", "merge"]))


@settings(max_examples=60)
@given(st.lists(STEP, min_size=1, max_size=4))
def test_alerts_find_what_each_question_finds_among_what_is_new(tmp_path_factory, steps):
    """The oracle: before and after, what answers each question; what is new or changed of it is what alerts have to tell."""
    with idlibsearch.create(tmp_path_factory.mktemp("alerts") / "index") as index:
        index.alerts.add_all({f"{number}": question for number, question in enumerate(QUESTIONS)})
        for reports, act in steps:
            before = {report.key: report for report in index}
            index.add(reports)
            if act == "merge":
                index.merge()
            elif act:
                index.remove(act)
            new = {report.key for report in index if before.get(report.key) != report}
            expected = {
                (f"{number}", hit.key, hit.score, str(hit.spans))
                for number, question in enumerate(QUESTIONS)
                for hit in index.search(question, limit=100)
                if hit.key in new
            }
            told = [(each.name, each.hit.key, each.hit.score, str(each.hit.spans)) for each in index.alerts.run()]
            assert sorted(told) == sorted(expected)


# ---- what is not even planned

TOLD = [
    *WORDS, "500,000", "half a million", "twenty-five", "25", "dozen", "3bn", "al-Sham", "al Sham", "2020", "syria's", "may", ".",
]  # fmt: skip
PIECES = st.sampled_from([
    "truce", "Idlib", "rebel-held", "rebelheld", '"air strikes"', "airstrikes", "500000", '"500000 war"', '"half a million war"',
    "25", "12", "3bn", '"twenty-five war"', "al-Sham", '"al Sham"', "=Truce", '="rebel-held"', "=al-Sham", 't"truce"', "tru*",
    't"rebel+held|rebelheld"', "truse~", 'r"tru.*"', '"air str*"', '"truce war"~4', "title:war", "colour:red", "source:reuters",
    "{PLACE}", "date:2020", "may", "2020", "syria", "xylophone", "half", "million", "*",
])  # fmt: skip
JOINED = ["AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "NEAR/4", "PRE/3", "NOTNEAR/2", "SAME/S", ""]
QUESTION = st.recursive(
    PIECES,
    lambda inner: (
        st.builds(lambda a, operator, b: f"({a}) {operator} ({b})", inner, st.sampled_from(JOINED), inner)
        | st.builds(lambda form, a: form.format(a), st.sampled_from(["ATLEAST/2 ({})", "FIRST/5 ({})", "({})^2"]), inner)
    ),
    max_leaves=4,
)


def new_and_old() -> st.SearchStrategy[list[Report]]:
    bodies = st.lists(st.sampled_from(TOLD), max_size=8).map(" ".join)
    colours = st.sampled_from([{}, {"colour": ("red",)}])
    reports = st.builds(
        lambda body, source, colour: Report("k", "War", body, source=source, keywords=colour),
        *(bodies, st.sampled_from(["", "Reuters"]), colours),
    )
    return st.lists(reports, min_size=1, max_size=3)


def readable(index, questions: list[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """The questions that can be saved, by the name they are saved under."""
    for number, (question, mode) in enumerate(questions):
        with suppress(QueryError):
            index.alerts.add(f"{number}", question, mode=mode)
    return {name: questions[int(name)] for name in index.alerts.saved}


def hits(index, question: str, mode: str) -> list[idlibsearch.Hit]:
    """None where a field that is there now makes it a question that cannot be answered."""
    try:
        return list(index.search(question, mode=mode, limit=100))
    except QueryError:
        return []


@settings(max_examples=30)
@given(
    st.lists(st.tuples(QUESTION, st.sampled_from(["all", "any"])), min_size=1, max_size=12),
    st.lists(new_and_old(), min_size=2, max_size=3),
)
def test_what_is_not_planned_would_have_found_nothing(tmp_path_factory, questions, batches):
    """The oracle asks each question; words that it needs, kept from one run to the next, leave out none that finds something."""
    with idlibsearch.create(tmp_path_factory.mktemp("needs") / "index", merge="never", stories=False) as index:
        index.add([Report("first", "Truce", "rebel-held war")])
        asked = readable(index, questions)
        for turn, batch in enumerate(batches):
            new = [replace(report, key=f"{turn}-{number}") for number, report in enumerate(batch)]
            index.add(new)
            expected = {
                (name, hit.key, hit.score)
                for name, (question, mode) in asked.items()
                for hit in hits(index, question, mode)
                if hit.key.startswith(f"{turn}-")
            }
            assert {(each.name, each.hit.key, each.hit.score) for each in index.alerts.run() if each.hit} == expected


def test_words_that_a_question_needs_are_kept_and_found_out_again_where_they_cannot_be_read(index):
    index.add([Report("a", "Truce in Idlib")])
    assert len(found(index)) == 2
    words = json.loads((index.path / "alerts.words.json").read_text())
    assert words["words"] == {"all truce": "truce", "all truce NEAR/3 idlib": ["truce", "idlib"]}
    for damaged in (
        "{", "[]", "[" * 100_000, json.dumps(words | {"words": 3}), json.dumps(words | {"made_by": "an older recipe"}),
        json.dumps(words | {"words": {"all truce": {"any": 3}, "all truce NEAR/3 idlib": [None]}}),
    ):  # fmt: skip
        (index.path / "alerts.words.json").write_text(damaged)
        index.add([Report("a", f"Truce in Idlib {len(damaged)}", str(damaged[-20:]))])
        assert found(index) == [("truce", "a"), ("near", "a")]
        assert json.loads((index.path / "alerts.words.json").read_text()) == words


@settings(max_examples=40)
@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_new_docs_of_a_larger_index_are_those_that_were_not_there(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("marks") / "index"
    with idlibsearch.create(folder) as index:
        index.add(Report(f"{n}", "T") for n in range(100))
        for turn, (added, removed, merged) in enumerate(steps):
            mark = mark_of(Snapshot.open(folder))
            before = {report.key: report for report in index}
            index.add(Report(f"{n}", f"T{turn}") for n in added)
            index.remove(*(f"{n}" for n in removed))
            if merged:
                index.merge()
            expected = [report.key for report in index if before.get(report.key) != report]
            snapshot = Snapshot.open(folder)
            told = [snapshot.segments[n].keys[doc] for n, some in enumerate(new_docs(snapshot, mark)) for doc in some]
            assert told == expected
    shutil.rmtree(folder)

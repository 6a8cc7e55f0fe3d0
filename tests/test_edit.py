"""Several changes as one commit: their order counts, they come true together, and they are counted right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Changes, Provenance, QueryError, Report
from idlibsearch.index import documents


@pytest.fixture
def three(new_index):
    new_index.add([Report("a", "Truce", source="Reuters"), Report("b", "War", source="Reuters"), Report("c", "Truce")])
    return new_index


def contents(index) -> list[tuple[str, str]]:
    return [(report.key, report.title) for report in index]


def counted(changes: Changes) -> tuple[int, int, int, int]:
    return changes[:4]


def test_changes_come_true_together(three):
    generation = three.generation
    with three.edit() as edit, idlibsearch.open(three.path) as reader:
        edit.remove_where("source:reuters")
        edit.add([Report("a", "Truce again"), Report("d", "Peace")])
        edit.remove("c")
        assert reader.refresh() is False
        assert len(reader) == 3
    assert contents(three) == [("a", "Truce again"), ("d", "Peace")]
    assert three.generation == generation + 1
    assert counted(edit.changes) == (1, 1, 0, 2)


def test_an_error_takes_all_of_them_back(three):
    before, generation = contents(three), three.generation

    def fail() -> None:
        with three.edit() as edit:
            edit.add([Report("d", "Peace")])
            edit.remove("a", "b", "c")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (contents(three), three.generation) == (before, generation)
    assert three.add([Report("d", "Peace")]).added == 1


def test_nothing_changed_is_no_commit(three):
    generation = three.generation
    with three.edit() as edit:
        edit.remove("nothing")
        edit.remove_where("source:reuters NOT truce NOT war")
        edit.add([Report("c", "Truce")])
    assert (three.generation, counted(edit.changes)) == (generation, (0, 0, 1, 0))


def test_what_answers_a_question_is_removed(three):
    assert counted(three.remove_where("title:truce source:reuters")) == (0, 0, 0, 1)
    assert contents(three) == [("b", "War"), ("c", "Truce")]
    assert three.remove_where("truce war").removed == 0
    assert three.remove_where("truce war", mode="any").removed == 2
    assert (len(three), three.stats()["segments"]) == (0, 0)


@pytest.mark.parametrize("question", ["colour:red", "(truce", "truce or war", "peace"])
def test_a_question_that_there_is_anything_odd_about_removes_nothing(three, question):
    with pytest.raises(QueryError):
        three.remove_where(question)
    assert len(three) == 3


def test_a_question_may_be_odd_where_that_is_said(three):
    assert three.remove_where("peace OR war", strict=False).removed == 1


def test_a_report_added_in_an_edit_can_be_removed_in_it(three):
    with three.edit() as edit:
        edit.add([Report("x", "New"), Report("y", "New"), Report("a", "Other")])
        edit.remove("x", "a")
        edit.add([Report("a", "Third")])
        edit.remove("a")
        edit.add([Report("x", "Newer")])
        edit.remove("never there")
    assert contents(three) == [("b", "War"), ("c", "Truce"), ("y", "New"), ("x", "Newer")]
    assert counted(edit.changes) == (2, 0, 0, 1)


def test_a_question_leaves_alone_what_was_added_in_the_same_edit(three):
    with three.edit() as edit:
        edit.add([Report("new", "Truce"), Report("c", "Truce"), Report("b", "Truce now")])
        edit.remove_where("truce OR war")
    assert [key for key, _ in contents(three)] == ["c", "new", "b"]
    assert counted(edit.changes) == (1, 1, 1, 1)


def test_a_report_that_comes_again_as_it_was_stays_where_it_is(new_index):
    same = Report("a", "Same")
    changes = new_index.add([same, Report("b", "Other"), same])
    assert contents(new_index) == [("a", "Same"), ("b", "Other")]
    assert counted(changes) == (2, 0, 1, 0)
    assert counted(new_index.add([Report("b", "More"), same, same])) == (0, 1, 2, 0)


def test_a_report_is_as_it_was_though_its_file_changed_elsewhere(new_index):
    def placed(title: str, content: str) -> Report:
        return Report("a", title, provenance=Provenance("a.txt", 0, 5, "items", 0.0, "utf-8", content, "hash", reader="text"))

    new_index.add([placed("Truce", "one")])
    assert new_index.add([placed("Truce", "two")]).unchanged == 1
    assert new_index.add([placed("Peace", "two")]).changed == 1


KEYS = st.sampled_from("abcde")
ADD = st.tuples(st.just("add"), KEYS, st.sampled_from(["truce", "war"]))
REMOVE = st.tuples(st.just("remove"), KEYS, st.just(""))
QUERY = st.tuples(st.just("query"), st.just(""), st.sampled_from(["truce", "war"]))
COMMIT = st.tuples(st.just("commit"), st.just(""), st.just(""))


class Naive:
    """An index as a dict: a report that is as it was keeps its place."""

    def __init__(self) -> None:
        self.reports: dict[str, str] = {}
        self.begin()

    def begin(self) -> None:
        self.before, self.added = dict(self.reports), set[str]()

    def add(self, key: str, title: str) -> None:
        if self.reports.get(key) != title:
            self.reports.pop(key, None)
            self.reports[key] = title
        self.added.add(key)

    def remove(self, key: str) -> None:
        self.reports.pop(key, None)

    def query(self, title: str) -> None:
        for key, old in self.before.items():
            if old == title and key not in self.added:
                self.reports.pop(key, None)


@settings(max_examples=60)
@given(st.lists(st.one_of(ADD, ADD, REMOVE, QUERY, COMMIT), max_size=25))
def test_edits_do_what_a_dict_does(tmp_path_factory, acts):
    naive = Naive()
    with (
        pytest.MonkeyPatch.context() as patch,
        idlibsearch.create(tmp_path_factory.mktemp("edits") / "index", merge="never") as index,
    ):
        patch.setattr(documents, "BATCH_BYTES", 60)
        edit = index.edit()
        edit.__enter__()
        for act, key, title in acts:
            if act == "commit":
                edit.__exit__(None, None, None)
                assert contents(index) == list(naive.reports.items())
                naive.begin()
                edit = index.edit()
                edit.__enter__()
            elif act == "add":
                edit.add([Report(key, title)])
                naive.add(key, title)
            elif act == "remove":
                edit.remove(key)
                naive.remove(key)
            else:
                edit.remove_where(title, strict=False)
                naive.query(title)
        edit.__exit__(None, None, None)
        assert contents(index) == list(naive.reports.items())
        assert counted_net(edit.changes) == len(naive.reports) - len(naive.before)
        assert index.check() == []


def counted_net(changes: Changes) -> int:
    return changes.added - changes.removed

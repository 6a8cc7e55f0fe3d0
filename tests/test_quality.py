"""The measuring of rankings: on a set made up by hand, whose measures can be counted out."""

from __future__ import annotations

import json

import pytest

from benchmarks import judged, quality, rankers


@pytest.fixture
def folder(tmp_path):
    """Two reports on truces, one on banks; a question whose answer is found, one whose is not, one that has none."""
    made = tmp_path / "small"
    made.mkdir()
    rows = [("a", "Truce", "A truce holds."), ("b", "", 'The truce ("cease-fire") is near.'), ("c", "Bank", "It rains.")]
    lines = [json.dumps({"_id": key, "title": title, "text": text}) for key, title, text in rows]
    (made / "corpus.jsonl").write_text("\n".join(lines))
    asked = {"1": 'truce* (AND "rain)', "2": "nothing of the sort?", "3": "bank"}
    (made / "queries.jsonl").write_text("\n".join(json.dumps({"_id": key, "text": text}) for key, text in asked.items()))
    (made / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\tb\t1\n1\tc\t0\n2\tc\t1\n3\ta\t0\n")
    return made


def test_a_set_has_the_questions_that_have_answers(folder):
    found = judged.load(folder)
    assert list(found.questions) == ["1", "2"]
    assert found.grades["1"] == {"b": 1, "c": 0}
    assert [document.key for document in found.documents] == [0, 1, 2]


def test_signs_in_questions_are_no_operators(folder):
    run = rankers.ours(judged.load(folder))
    assert set(run["1"]) == {"a", "b", "c"}  # for truce, truce and rain
    assert run["2"] == ["b"]  # for the


def test_measures_are_those_of_the_definition(folder):
    pytest.importorskip("ir_measures")
    values = judged.measured(judged.load(folder), {"1": ["a", "b"], "2": []})
    assert values["AP"] == [0.5, 0.0]
    assert values["RR"] == [0.5, 0.0]
    assert values["R@100"] == [1.0, 0.0]


def test_chance_is_one_for_equals_and_small_for_what_always_differs():
    assert judged.chance([0.5, 0.25], [0.5, 0.25]) == 1.0
    assert judged.chance([1.0] * 12, [0.5] * 12) < 0.01
    assert judged.chance([1.0, 0.5], [0.5, 1.0]) == 1.0


def test_a_run_writes_its_tables(folder, tmp_path, capsys):
    pytest.importorskip("ir_measures")
    quality.main(["--data", str(folder.parent), "--set", "small", "--engine", "ours, proximity", "--out", str(tmp_path / "out")])
    assert "| ours, proximity |" in (tmp_path / "out" / "quality.md").read_text()
    rows = json.loads((tmp_path / "out" / "quality.json").read_text())
    assert [row["name"] for row in rows] == ["ours", "ours, proximity"]
    assert "| nDCG@10 | small | mean |" in capsys.readouterr().out

"""Export: every match once, in full, in whatever order, in CSV and JSON lines; and fragments of a hit."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.fields import ID, NUMERIC, TEXT, Schema

import idlibsearch
from idlibsearch import QueryError, Report
from idlibsearch.query.everything import SCORED
from idlibsearch.results.export import columns_of, rows_of
from idlibsearch.results.forms import records
from idlibsearch.results.render import report_json
from idlibsearch.results.snippet import several


@pytest.fixture
def index(new_index):
    """Three segments; every other report of the second is deleted."""
    new_index.add([Report(f"a{n}", "Truce", "truce " * n, f"2020-01-{n + 1:02}", source="Reuters") for n in range(9)])
    new_index.add([Report(f"b{n}", "War" if n % 3 else "Truce", f"words {n}") for n in range(9)])
    new_index.add([Report("c", "A last truce", numbers={"price": 3}, keywords={"tag": ("x", "y")})])
    new_index.remove(*(f"b{n}" for n in range(0, 9, 2)))
    return new_index


def test_every_match_is_exported_once_in_the_order_of_adding_whatever_page_is_shown(index):
    for limit, offset in ((0, 0), (3, 0), (3, 9)):
        results = index.search("truce", limit=limit, offset=offset)
        assert [hit.key for hit in results.export()] == [*(f"a{n}" for n in range(9)), "b3", "c"]


@pytest.mark.parametrize("sort", ["score", "date", "date:asc", "key:desc", "words"])
def test_an_order_is_that_of_a_search_without_a_limit(index, sort):
    searched = index.search("truce", limit=1000, sort=sort)
    assert [(hit.key, hit.score) for hit in searched.export(sort)] == [(hit.key, hit.score) for hit in searched]


def test_scores_are_those_of_the_search(index):
    assert sorted(hit.score for hit in index.search("truce").export()) == sorted(
        hit.score for hit in index.search("truce", limit=100)
    )


def test_an_order_that_there_is_not_is_refused(index):
    with pytest.raises(QueryError, match="cannot be sorted by colour"):
        index.search("truce").export("colour")


def test_hits_are_read_when_their_turn_comes(new_index):
    count = SCORED + 10
    new_index.add(Report(f"{n}", "truce") for n in range(count))
    hits = new_index.search("truce").export()
    assert next(hits).key == "0"
    assert sum(1 for _ in hits) == count - 1


def test_rows_hold_the_whole_report_and_csv_has_one_header(index):
    found = index.search("truce OR war")
    columns = columns_of(found.found.snapshot)
    rows = list(rows_of(found.export(), columns))
    assert set(columns) == {"score", *report_json(index.get("c"))}
    assert rows[-1]["keywords"] == {"tag": ["x", "y"]}
    assert rows[3]["body"] == "truce truce truce "
    assert [json.loads(line) for line in records(rows, "jsonl", columns)] == rows
    table = list(csv.DictReader(io.StringIO("\n".join(records(rows, "csv", columns)))))
    assert [row["key"] for row in table] == [row["key"] for row in rows]
    assert (table[-1]["keywords"], table[0]["date"]) == ('{"tag": ["x", "y"]}', "2020-01-01")


def test_what_was_exported_as_json_lines_can_be_indexed_again(seed_index, tmp_path):
    found = seed_index.search("*")
    columns = columns_of(found.found.snapshot)
    lines = records(rows_of(found.export(), columns), "jsonl", columns)
    (tmp_path / "all.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    with idlibsearch.create(tmp_path / "again") as again:
        again.add_path(tmp_path / "all.jsonl")
        assert [(report.title, report.body, str(report.date)) for report in again] == [
            (report.title, report.body, str(report.date)) for report in seed_index
        ]


def test_documents_of_another_schema_are_exported_with_what_is_stored_of_them(tmp_path):
    schema = Schema(path=ID(unique=True, stored=True), text=TEXT, size=NUMERIC(stored=True))
    with idlibsearch.create(tmp_path / "index", schema) as index:
        index.add([{"path": "a", "text": "truce", "size": 3}, {"path": "b", "text": "truce"}])
        found = index.search("truce")
        columns = columns_of(found.found.snapshot)
        rows = list(rows_of(found.export(), columns))
    assert columns == ("key", "score", "path", "size")
    assert [(row["key"], row["path"], row["size"]) for row in rows] == [("a", "a", 3), ("b", "b", None)]


# ---- several fragments of one text


def test_several_fragments_show_the_best_passages_in_the_order_of_the_text(new_index):
    body = "truce " + "filler " * 30 + "war and truce " + "filler " * 30 + "war"
    new_index.add([Report("a", "T", body)])
    hit = new_index.search("truce war")[0]
    assert hit.snippets(1, tokens=10) == [hit.snippet(tokens=10)]
    assert hit.snippet(tokens=10) == "… filler filler filler filler filler filler **war** and **truce** filler …"
    three = hit.snippets(3, tokens=12)
    assert [text.count("**") // 2 for text in three] == [1, 2, 1]
    assert three[0].startswith("**truce** filler")
    assert three[2].endswith("filler **war**")
    assert len(hit.snippets(9, tokens=12)) == 3


def test_a_text_without_a_match_gives_its_beginning_once(new_index):
    new_index.add([Report("a", "Truce", "nothing here " * 50)])
    assert len(new_index.search("truce")[0].snippets(3)) == 1


@given(st.lists(st.sampled_from(["truce", "x"]), min_size=1, max_size=60), st.integers(1, 12), st.integers(1, 6))
def test_fragments_never_overlap_and_with_enough_of_them_every_match_is_shown(words, size, count):
    spans = [(n, n + 1) for n, word in enumerate(words) if word == "truce"]
    found = several(" ".join(words), spans, lambda _: 1, size, count)
    assert 1 <= len(found) <= count
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(len(passage.text[passage.start : passage.end].split()) <= size for passage in found)
    everything = several(" ".join(words), spans, lambda _: 1, size, len(words))
    assert sum(len(passage.marks) for passage in everything) == len(spans)

"""Every match as typed columns: Arrow batches, pandas, Parquet files; and what is said where their libraries are missing."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime

import pytest
from whoosh.fields import BOOLEAN, DATETIME, ID, KEYWORD, NUMERIC, TEXT, Schema

import idlibsearch
from idlibsearch import Report


@pytest.fixture
def index(new_index):
    new_index.add([Report(f"k{n}", "Truce", f"truce {n}", "2020-01") for n in range(5)])
    told = Report(
        "last", "A truce", "A truce of 2019.", "2020-02-03", "Reuters", keywords={"tag": ["x", "y"]}, numbers={"price": 3}
    )
    new_index.add([told])
    return new_index


def test_every_match_is_a_row_in_batches_whatever_page_is_shown(index):
    pytest.importorskip("pyarrow")
    batches = list(index.search("truce", limit=1).to_arrow(batch=4))
    assert [batch.num_rows for batch in batches] == [4, 2]
    assert [key for batch in batches for key in batch["key"].to_pylist()] == ["k0", "k1", "k2", "k3", "k4", "last"]
    assert index.search("truce").to_arrow("key:desc").read_all()["key"][0].as_py() == "last"
    assert index.search("nowhere").to_arrow().read_all().num_rows == 0


def test_columns_have_the_types_of_what_they_hold(index):
    pyarrow = pytest.importorskip("pyarrow")
    table = index.search("truce").to_arrow().read_all()
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["date"], types["date_last"], types["score"], types["place"]) == (
        "date32[day]", "date32[day]", "double", "list<item: string>",
    )  # fmt: skip
    assert table.schema.field("start").type == pyarrow.int64()
    first, *_, last = table.to_pylist()
    assert (first["date"], first["date_last"], first["source"]) == (date(2020, 1, 1), date(2020, 1, 31), None)
    assert (first["keyword.tag"], first["number.price"]) == ([], None)
    assert (last["keyword.tag"], last["number.price"], last["source"]) == (["x", "y"], 3.0, "Reuters")
    assert last["score"] == next(hit.score for hit in index.search("truce") if hit.key == "last")


def test_names_and_times_of_pages_are_lists(seed_index):
    pytest.importorskip("pyarrow")
    rows = seed_index.search("source:reuters").to_arrow().read_all().to_pylist()
    assert rows[0]["person"] == ["Bashar al-Assad", "Mohamad Rashid"]
    assert rows[0]["event_dates"][0] == {"text": "Sunday", "first": date(2020, 1, 12), "last": date(2020, 1, 12)}
    assert rows[0]["path"] == "seeds/003_68dc4d247c074b28.txt"


def test_stored_fields_of_a_schema_keep_their_types(tmp_path):
    pytest.importorskip("pyarrow")
    fields = {"path": ID(unique=True, stored=True), "text": TEXT(stored=True), "size": NUMERIC(stored=True), "hidden": TEXT}
    schema = Schema(**fields, when=DATETIME(stored=True), done=BOOLEAN(stored=True), tags=KEYWORD(stored=True, commas=True))
    with idlibsearch.create(tmp_path / "index", schema) as index:
        index.add([{"path": "a", "text": "truce", "size": 3, "when": datetime(2020, 1, 2), "done": True, "tags": "x,y"}])
        index.add([{"path": "b", "text": "truce", "hidden": "x"}])
        full, empty = index.search("truce").to_arrow().read_all().to_pylist()
    assert full.pop("score") == empty.pop("score")
    assert full == {
        "key": "a", "path": "a", "text": "truce", "size": 3, "when": datetime(2020, 1, 2), "done": True, "tags": "x,y",
    }  # fmt: skip
    assert empty == {"key": "b", "path": "b", "text": "truce", "size": None, "when": None, "done": None, "tags": None}


def test_pandas_takes_them(index):
    pytest.importorskip("pandas")
    frame = index.search("truce").to_pandas("date")
    assert frame["key"][0] == "last"
    assert frame["date"][0] == date(2020, 2, 3)
    assert len(frame) == 6


def exported(folder, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-m", "idlibsearch", "export", "--index", str(folder), *arguments]
    return subprocess.run(line, cwd=folder.parent, capture_output=True, check=False)


def test_files_hold_what_the_results_hold(index):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    expected = index.search("truce").to_arrow().read_all()
    file = index.path.parent / "all.parquet"
    assert exported(index.path, "truce", "--format", "parquet", "--output", str(file)).returncode == 0
    assert parquet.read_table(file).to_pylist() == expected.to_pylist()
    stream = exported(index.path, "truce", "--format", "arrow")
    assert pyarrow.ipc.open_stream(stream.stdout).read_all() == expected
    assert exported(index.path, "nowhere", "--format", "parquet").returncode == 1


def test_lines_may_go_to_a_file_too(index):
    file = index.path.parent / "all.jsonl"
    assert exported(index.path, "truce", "--output", str(file)).stdout == b""
    assert file.read_bytes() == exported(index.path, "truce").stdout


def test_where_the_library_is_missing_it_is_said_what_brings_it(index, monkeypatch):
    monkeypatch.delitem(sys.modules, "idlibsearch.results.arrow", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(idlibsearch.LibraryError, match=r"pip install 'idlibsearch\[arrow\]'") as told:
        index.search("truce").to_arrow()
    assert (told.value.library, told.value.extra) == ("pyarrow", "arrow")


def test_without_pandas_arrow_still_works(index, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(idlibsearch.LibraryError, match=r"pip install 'idlibsearch\[pandas\]'"):
        index.search("truce").to_pandas()
    assert index.search("truce").to_arrow().read_all().num_rows == 6

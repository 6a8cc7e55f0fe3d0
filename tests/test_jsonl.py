"""JSON lines: what becomes of a line, what is said of a bad one, and that long files cost no memory."""

from __future__ import annotations

import gzip
import json
import lzma
import tracemalloc

import pytest

from idlibsearch import Report
from idlibsearch.ingest import jsonl
from idlibsearch.ingest.jsonl import File, Items, Notice
from idlibsearch.ingest.pages import read_page


@pytest.fixture
def write(tmp_path):
    """Write lines (values, or text as it stands) to a file below the index's root."""

    def written(*lines: object, name: str = "reports.jsonl", end: str = "\n"):
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + end for line in lines)
        data = text.encode("utf-8", "surrogatepass")
        (tmp_path / name).write_bytes(
            gzip.compress(data) if name.endswith(".gz") else lzma.compress(data) if name.endswith(".xz") else data
        )
        return tmp_path / name

    return written


def told(errors) -> list[str]:
    return [f"{error.path.rpartition('/')[2]}: {error.reason}" for error in errors]


LINE = {
    "_id": 7, "title": "Truce holds", "text": "In Idlib the truce holds.", "date": "2020-01-12T10:30:00Z", "source": "Reuters",
    "url": "http://example.org/7", "byline": "A. B.", "tags": ["War", "Syria"], "author": "C. D.", "price": 2.5, "urgent": True,
    "place": ["Idlib"], "Pub-Year": 2020,
}  # fmt: skip


def test_a_line_becomes_a_report(new_index, write):
    changes = new_index.add_path(write(LINE))
    assert (changes.added, changes.files, changes.skipped, changes.warnings) == (1, 1, (), ())
    report = new_index.get("reports.jsonl#7")
    assert report is not None
    assert (report.title, report.body, str(report.date)) == ("Truce holds", "In Idlib the truce holds.", "2020-01-12")
    assert (report.source, report.url, report.byline) == ("Reuters", "http://example.org/7", "A. B.")
    assert report.keywords == {"tags": ("War", "Syria"), "author": ("C. D.",), "urgent": ("true",), "place": ("Idlib",)}
    assert report.numbers == {"price": 2.5, "Pub-Year": 2020}


def test_its_fields_can_be_asked_for(new_index, write):
    new_index.add_path(write(LINE, {"_id": 8, "text": "Nothing else."}))
    for question in (
        "tags:war",
        'author:c.d. OR author:"C. D."',
        "price:>2",
        "urgent:true",
        "place:IDLIB",
        "pub_year:[2019 TO 2021]",
    ):
        assert [hit.key for hit in new_index.search(question)] == ["reports.jsonl#7"], question


def test_the_place_of_a_line_is_known_in_characters(new_index, write):
    lines = [{"id": 1, "text": "Fu’ah 🎉"}, "", {"id": 2, "text": "Idlib"}]
    path = write("\ufeff" + json.dumps(lines[0], ensure_ascii=False), "", lines[2], end="\r\n")
    new_index.add_path(path)
    text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    for number in (1, 2):
        place = new_index.get(f"reports.jsonl#{number}").provenance
        assert place.path == "reports.jsonl"
        assert json.loads(text[place.start : place.end])["id"] == number
        assert place.layout == "jsonl"


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.xz", "a.NDJSON", "a.ndjson.gz"])
def test_files_may_be_packed(new_index, write, name):
    path = write({"id": "x", "text": "Truce"}, name=name)
    assert new_index.add_path(path.parent / name).added == 1
    assert new_index.get(f"{name}#x") is not None


def test_several_files_never_clash_and_a_line_without_an_id_keeps_its_key(new_index, write):
    new_index.add_path(write({"id": 1, "text": "One"}, name="a.jsonl"), write({"id": 1, "text": "One"}, name="b.jsonl"))
    assert [report.key for report in new_index] == ["a.jsonl#1", "b.jsonl#1"]
    new_index.add_path(write({"text": "Two"}, {"text": "Two"}, {"_id": None, "key": "k", "text": "Three"}, name="c.jsonl"))
    keys = [report.key for report in new_index][2:]
    new_index.add_path(write({"text": "New"}, {"text": "Two"}, {"text": "Two"}, name="c.jsonl"))
    assert keys == [keys[0], f"{keys[0]}.2", "c.jsonl#k"]
    assert {keys[0], keys[1]} < {report.key for report in new_index}
    assert "c.jsonl#k" not in new_index


def test_what_is_wrong_with_a_line_is_told_and_the_rest_goes_on(new_index, write):
    path = write(
        "{", "[1]", {"id": 1}, {"id": 2, "text": {"a": 1}}, {"id": 3, "text": "Truce", "date": "soon"}, '{"text": NaN}', "",
        {"id": 4, "title": ["Truce", "War"], "date": 1578830400}, {"id": [1], "text": "x"}, {"id": 5, "text": "a", "date": 2020},
        "[" * 100_000, {"id": 5, "text": "b"},
    )  # fmt: skip
    changes = new_index.add_path(path)
    assert [report.key.partition("#")[2] for report in new_index] == ["3", "4", "5"]
    assert new_index.get("reports.jsonl#5").body == "b"
    assert new_index.get("reports.jsonl#4").title == "Truce, War"
    assert [line.partition(": ")[0] for line in told(changes.skipped)] == [f"reports.jsonl:{n}" for n in (1, 2, 3, 4, 6, 9, 11)]
    assert told(changes.skipped)[1:4] == [
        "reports.jsonl:2: is not an object", "reports.jsonl:3: has no text", "reports.jsonl:4: has a field body that is no text",
    ]  # fmt: skip
    assert told(changes.warnings) == [
        "reports.jsonl:5: the date 'soon' is not one of 2020, 2020-01 or 2020-01-12; the report is kept without a date",
        "reports.jsonl:8: the date '1578830400' is not one of 2020, 2020-01 or 2020-01-12; the report is kept without a date",
        "reports.jsonl#5: the key stands on several lines; the last of them counts",
    ]


def test_complaints_about_one_file_end_somewhere(new_index, write, monkeypatch):
    monkeypatch.setattr(jsonl, "COMPLAINTS", 2)
    changes = new_index.add_path(write(*["x"] * 5, *[{"id": n, "text": "a", "date": "soon"} for n in range(4)]))
    assert told(changes.skipped)[2:] == ["reports.jsonl: 3 more lines hold no report"]
    assert told(changes.warnings)[2:] == ["reports.jsonl: 2 more lines are kept without a date"]
    assert changes.added == 4


def test_a_line_that_is_too_long_is_passed_over(write, monkeypatch):
    monkeypatch.setattr(jsonl, "LINE_BYTES", 50)
    path = write({"id": 1, "text": "a"}, {"id": 2, "text": "é" * 300}, {"id": 3, "text": "b"})
    first, error, last = Items(File(str(path), "r"), "hash")
    assert isinstance(first, Report)
    assert str(error) == f"{path}:2: is longer than 50 bytes"
    assert isinstance(last, Report)
    text = path.read_text(encoding="utf-8")
    assert json.loads(text[last.provenance.start : last.provenance.end])["id"] == 3


def test_what_others_call_its_fields_is_known(new_index, write):
    line = {"id": 1, "headline": "Truce", "content": "It holds.", "published": "2020-01-12"}
    new_index.add_path(write(line, {**line, "id": 2, "title": "Talks", "date": "2020-01-13"}))
    first, second = new_index
    assert (first.title, first.body, str(first.date)) == ("Truce", "It holds.", "2020-01-12")
    assert (second.title, str(second.date), second.keywords["headline"]) == ("Talks", "2020-01-13", ("Truce",))


def test_fields_can_be_named_otherwise(new_index, write):
    path = write({"uuid": "u", "headline": "Truce", "title": "T", "content": "Long", "writer": "E. F.", "n": 3})
    mapping = {"title": "headline", "body": "content", "key": "uuid", "author": "writer", "copies": "n"}
    new_index.add_path(path, fields=mapping)
    (report,) = new_index
    assert (report.key, report.title, report.body) == ("reports.jsonl#u", "Truce", "Long")
    assert report.keywords == {"title": ("T",), "author": ("E. F.",)}
    assert [new_index.search(question).total for question in ('author:e.f. OR author:"e. f."', "copies:3", "title_:t")] == [
        1,
        1,
        1,
    ]
    assert new_index.add_path(path, fields=mapping).files_unchanged == 1
    assert new_index.add_path(path, fields=mapping | {"title": "title"}).changed == 1


def test_an_unchanged_file_is_left_alone_and_a_changed_one_replaced(new_index, write):
    path = write({"id": 1, "text": "One"}, {"id": 2, "text": "Two"})
    new_index.add_path(path)
    generation = new_index.generation
    changes = new_index.add_path(path)
    assert (changes.files, changes.files_unchanged, changes.unchanged) == (1, 1, 0)
    assert new_index.generation == generation
    changes = new_index.add_path(write({"id": 2, "text": "Two, new"}, {"id": 3, "text": "Three"}))
    assert (changes.added, changes.changed, changes.removed) == (1, 1, 1)
    path.unlink()
    assert new_index.add_path(path.parent, prune=True).removed == 2


def test_a_file_that_breaks_off_loses_nothing_that_was_there(new_index, write):
    lines = [{"id": n, "text": f"Truce {n} " + "".join(chr(97 + (n * k) % 26) for k in range(900))} for n in range(300)]
    path = write(*lines, name="a.jsonl.gz")
    new_index.add_path(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    changes = new_index.add_path(path)
    assert [error.path for error in changes.skipped] == [str(path)]
    assert "cannot be read to its end" in changes.skipped[0].reason
    assert len(new_index) == 300
    path.write_bytes(b"no gzip at all")
    assert len(new_index.add_path(path).skipped) == 1
    assert len(new_index) == 300


def test_what_is_no_file_or_no_encoding_is_told(new_index, tmp_path, write):
    (tmp_path / "folder.jsonl").mkdir()
    changes = new_index.add_path(tmp_path / "missing.jsonl", tmp_path / "folder.jsonl")
    assert told(changes.skipped) == ["missing.jsonl: no such file or directory"]
    assert "there is no encoding" in told(new_index.add_path(write({"id": 1, "text": "a"}), encoding="klingon").skipped)[0]


def test_another_encoding_can_be_named_and_damage_costs_a_character(new_index, tmp_path):
    (tmp_path / "a.jsonl").write_bytes('{"id": 1, "text": "Çavuşoğlu"}\n'.encode("cp1254"))
    new_index.add_path(tmp_path / "a.jsonl", encoding="cp1254")
    assert new_index.get("a.jsonl#1").body == "Çavuşoğlu"
    (tmp_path / "b.jsonl").write_bytes(b'{"id": 1, "text": "a\xffb"}\n')
    new_index.add_path(tmp_path / "b.jsonl")
    assert new_index.get("b.jsonl#1").body == "a\ufffdb"


def test_one_file_is_read_by_the_door_as_pages_are(write, tmp_path):
    path = write({"id": 1, "text": "One"}, "broken", {"id": 2, "text": "Two", "date": "soon"})
    assert [report.key for report in read_page(path, tmp_path)] == ["reports.jsonl#1", "reports.jsonl#2"]


def test_progress_is_told_in_bytes_of_every_file(new_index, write, tmp_path):
    write(*({"id": n, "text": "Truce"} for n in range(1000)), name="a.jsonl")
    write({"id": 1, "text": "Truce"}, name="b.jsonl.gz")
    (tmp_path / "c.txt").write_text("A truce holds in Idlib, officials said on Sunday.")
    paths = [tmp_path / name for name in ("a.jsonl", "b.jsonl.gz", "c.txt")]
    for _ in range(2):
        steps: list[int] = []
        new_index.add_path(*paths, advance=steps.append)
        assert sum(steps) == sum(path.stat().st_size for path in paths)


def test_reading_takes_no_more_memory_for_a_longer_file(write):
    def peak(lines: int) -> int:
        path = write(*({"id": n, "title": f"Truce {n}", "text": "word " * 200} for n in range(lines)), name="long.jsonl.xz")
        tracemalloc.start()
        assert sum(isinstance(item, Report) for item in Items(File(str(path), "long"), "hash")) == lines
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(4000) < peak(400) + 200_000


def test_notices_are_not_errors(write):
    (notice, report) = Items(File(str(write({"id": 1, "text": "a", "date": "x"})), "r"), "hash")
    assert isinstance(notice, Notice)
    assert isinstance(report, Report)

"""What stands on disk: commits, keys, the lock, damage."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Entity, Piece, Provenance, Report, ReportDate
from idlibsearch.index.check import check
from idlibsearch.index.directory import checksum_of, clean, generations, manifest_name, read_manifest
from idlibsearch.index.documents import from_json, to_json
from idlibsearch.index.fileformat import SMALL_SECTION_BYTES, SectionFile
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.writer import Writer


def keys(index) -> list[str]:
    return [report.key for report in index]


def test_a_report_is_read_back_as_it_was_added(new_index):
    place = Provenance("a/b.txt", 0, 9, "items", -1.5, "utf-8", "ab", "cd", {"body": (Piece(0, 1, 5),)}, "text-1")
    report = Report(
        key="k#1",
        title="Title",
        body="Body\n\nwith “quotes” and \ud800",
        date=ReportDate(date(2020, 1, 11), date(2020, 1, 21), "part-month", "url"),
        source="Reuters",
        byline="By A",
        url="http://example.org",
        section="World",
        language="en",
        truncated=True,
        entities=(Entity("PLACE", "Idlib", "Idlib", "body", 0, 5),),
        derived=("title",),
        repeats=((3, 9),),
        provenance=place,
        keywords={"tag": ("x", "y")},
    )
    new_index.add([report])
    assert new_index.get("k#1") == report


@given(st.builds(Report, st.text(min_size=1), st.text(), st.text(), source=st.text(), truncated=st.booleans()))
def test_reports_survive_json(report):
    assert from_json(json.loads(json.dumps(to_json(report)))) == report


def test_a_report_of_the_same_key_is_replaced_and_an_equal_one_left_alone(new_index):
    first, second = Report("a", "One"), Report("b", "Two")
    assert new_index.add([first, second]).added == 2
    changes = new_index.add([first, Report("b", "Two again"), Report("c", "Three")])
    assert (changes.added, changes.changed, changes.unchanged) == (1, 1, 1)
    assert [(report.key, report.title) for report in new_index] == [("a", "One"), ("b", "Two again"), ("c", "Three")]
    assert new_index.search("two").total == 1


def test_the_last_report_of_a_key_in_one_commit_wins(new_index):
    new_index.add([Report("a", "First"), Report("b", "Other"), Report("a", "Last")])
    assert [(report.key, report.title) for report in new_index] == [("b", "Other"), ("a", "Last")]
    assert new_index.search("first").total == 0


def test_adding_what_is_there_writes_no_new_generation(new_index):
    new_index.add([Report("a", "One")])
    generation = new_index.generation
    assert new_index.add([Report("a", "One")]).unchanged == 1
    assert new_index.generation == generation


def test_removed_reports_are_gone_and_a_segment_without_any_goes_too(new_index):
    new_index.add([Report("a", "One"), Report("b", "Two")])
    assert new_index.remove("a", "nothing").removed == 1
    assert keys(new_index) == ["b"]
    assert new_index.remove("b").removed == 1
    assert (len(new_index), new_index.stats()["segments"]) == (0, 0)
    assert new_index.search("one OR two").total == 0
    assert new_index.add([Report("a", "One")]).added == 1


def test_an_error_while_adding_leaves_the_index_as_it_was(new_index):
    new_index.add([Report("a", "One")])

    def reports():
        yield Report("b", "Two")
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError):
        new_index.add(reports())
    assert keys(new_index) == ["a"]
    assert sorted(p.name for p in new_index.path.iterdir() if p.suffix == ".seg") == ["00000001.seg"]
    new_index.add([Report("c", "Three")])
    assert keys(new_index) == ["a", "c"]


def test_the_files_of_the_generation_before_stay_and_older_ones_go(new_index):
    for number in range(4):
        new_index.add([Report("a", f"Version {number}")])
    assert generations(new_index.path) == [4, 5]
    kept = read_manifest(new_index.path, 4).files() | read_manifest(new_index.path, 5).files() | {"write.lock"}
    assert {path.name for path in new_index.path.iterdir()} == kept


def test_a_reader_keeps_its_generation_until_it_refreshes(new_index):
    new_index.add([Report("a", "Truce")])
    with idlibsearch.open(new_index.path) as reader:
        found = reader.search("truce")
        for number in range(3):
            new_index.add([Report("a", f"Peace {number}")])
        assert reader.search("truce").total == 1
        assert found[0].title == "Truce"
        assert reader.refresh() is True
        assert reader.refresh() is False
        assert reader.search("truce").total == 0
        assert reader.search("peace").total == 1


def test_what_an_interrupted_writer_left_is_removed_by_the_next(new_index):
    new_index.add([Report("a", "One")])
    for name in ("00000007.seg", "generation-00000009.json.tmp", "00000001.del-00000008"):
        (new_index.path / name).write_bytes(b"torn")
    (new_index.path / "notes.txt").write_text("mine")
    with idlibsearch.open(new_index.path) as again:
        assert keys(again) == ["a"]
        again.add([Report("b", "Two")])
    left = {path.name for path in new_index.path.iterdir()}
    assert "00000007.seg" not in left
    assert "generation-00000009.json.tmp" not in left
    assert "notes.txt" in left


def test_two_builds_of_the_same_reports_give_the_same_bytes(tmp_path):
    reports = [Report(f"k{n}", f"Title {n}", "Truce in Idlib. " * n, "2020-01") for n in range(20)]
    for name in ("a", "b"):
        with idlibsearch.create(tmp_path / name) as index:
            index.add(reports)
    for path in (tmp_path / "a").glob("*.seg"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_an_empty_report_and_odd_texts_can_be_indexed(new_index):
    new_index.add([Report("empty"), Report("odd", "\0\ud800 …", "a\u0301 " + "x" * 1000 + " \U0001f600 rebel-" * 50)])
    assert len(new_index) == 2
    assert new_index.search("á").total == 1
    assert new_index.search("NOT nothing").total == 2


# ---- the lock


def test_a_second_writer_is_refused_and_told_who_has_the_lock(new_index):
    with (
        WriteLock(new_index.path),
        pytest.raises(idlibsearch.LockedError, match=f"process {os.getpid()} on .* since 20") as caught,
    ):
        Writer(new_index.path, wait_s=0.05).__enter__()
    assert caught.value.waited_s >= 0.05
    new_index.add([Report("a")])


def test_the_lock_of_a_killed_writer_is_free(new_index):
    code = (
        "import sys, os, signal\nfrom pathlib import Path\nfrom idlibsearch.index.lock import WriteLock\n"
        "WriteLock(Path(sys.argv[1])).__enter__()\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(new_index.path)], check=False)
    assert killed.returncode == -9
    new_index.add([Report("a", "One")])
    assert len(new_index) == 1


# ---- creating and opening


def test_a_folder_without_an_index_says_how_to_make_one(tmp_path):
    with pytest.raises(idlibsearch.NoIndexError, match="idlibsearch index PATH"):
        idlibsearch.open(tmp_path)
    with pytest.raises(idlibsearch.NoIndexError):
        idlibsearch.open(tmp_path / "nowhere")


def test_creating_over_something_is_refused(new_index, tmp_path):
    with pytest.raises(idlibsearch.IndexExistsError, match="already"):
        idlibsearch.create(new_index.path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.txt").write_text("dear")
    with pytest.raises(idlibsearch.IndexExistsError, match=r"holds something else \(letter.txt\)"):
        idlibsearch.create(tmp_path / "papers")
    with pytest.raises(idlibsearch.IndexExistsError, match="not a folder"):
        idlibsearch.create(tmp_path / "papers" / "letter.txt")


def test_an_index_that_lost_its_manifest_is_not_taken_for_an_empty_folder(new_index):
    new_index.add([Report("a", "One")])
    kept = {path: path.read_bytes() for path in new_index.path.glob("generation-*")}
    for path in kept:
        path.unlink()
    with pytest.raises(idlibsearch.IndexExistsError, match="idlibsearch repair"):
        idlibsearch.create(new_index.path)
    for path, content in kept.items():
        path.write_bytes(content)


def test_a_hidden_file_does_not_stand_in_the_way(tmp_path):
    (tmp_path / ".gitkeep").touch()
    with idlibsearch.create(tmp_path) as index:
        assert len(index) == 0


def test_a_closed_index_says_so(tmp_path):
    index = idlibsearch.create(tmp_path / "index")
    index.close()
    index.close()
    with pytest.raises(idlibsearch.ClosedError):
        index.search("truce")
    with pytest.raises(idlibsearch.ClosedError):
        index.add([])


def rewritten(index, change):
    """The newest manifest with something changed, under a right checksum."""
    path = index.path / manifest_name(index.generation)
    value = json.loads(path.read_text())
    value.pop("checksum")
    change(value)
    path.write_text(json.dumps(value | {"checksum": checksum_of(value)}))
    return path


def test_an_index_of_another_recipe_is_refused(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        rewritten(index, lambda value: value["recipe"].update(version=99))
        with pytest.raises(idlibsearch.RecipeError, match="news-en 99"):
            idlibsearch.open(index.path)


def test_an_index_of_a_newer_format_is_refused(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        rewritten(index, lambda value: value.update(format=9))
        with pytest.raises(
            idlibsearch.FormatVersionError, match="format version 9, this idlibsearch reads 2; update idlibsearch"
        ):
            idlibsearch.open(index.path)


# ---- damage


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "index"
    with idlibsearch.create(folder) as index:
        index.add([Report(f"k{n}", f"Truce {n}", "Rebel-held Idlib. " * 9, "2020") for n in range(30)])
        index.remove("k3")
    return folder


def test_every_flipped_byte_is_found(sound, tmp_path):
    """Byte by byte over the small files, every 101st byte of the segment (sections' padding carries nothing)."""
    assert check(sound) == []
    newest = read_manifest(sound).files()
    for name in sorted(newest):
        data = (sound / name).read_bytes()
        for at in range(0, len(data), 101 if name.endswith(".seg") else 7):
            if carries_something(sound / name, at):
                folder = tmp_path / f"{name}-{at}"
                shutil.copytree(sound, folder)
                (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
                try:
                    faults = check(folder)
                except idlibsearch.StorageError as error:
                    faults = [error]
                assert faults, f"byte {at} of {name}"
                shutil.rmtree(folder)


def carries_something(path: Path, at: int) -> bool:
    if path.suffix == ".json":
        return not path.read_bytes()[at : at + 1].isspace()
    sections = SectionFile(path).sections.values()
    padding_end = max(s.offset + s.size for s in sections)
    table = at >= padding_end + -padding_end % 64
    return at < 40 or table or any(s.offset <= at < s.offset + s.size for s in sections)


def test_a_truncated_file_is_refused_not_crashed_on(sound, tmp_path):
    for name in read_manifest(sound).files():
        size = (sound / name).stat().st_size
        for keep in (0, 10, 64, size // 2, size - 1):
            folder = tmp_path / f"{name}-{keep}"
            shutil.copytree(sound, folder)
            os.truncate(folder / name, keep)
            if ".sketch-" in name:  # which only writers open, who make it anew
                assert check(folder) != []
                continue
            with pytest.raises(idlibsearch.StorageError):
                idlibsearch.open(folder)


def test_a_missing_segment_is_named(sound, tmp_path):
    shutil.copytree(sound, tmp_path / "index")
    (tmp_path / "index" / "00000001.seg").unlink()
    with pytest.raises(idlibsearch.CorruptIndexError, match=r"generation 3 is missing .*00000001\.seg"):
        idlibsearch.open(tmp_path / "index")


def test_cleaning_an_empty_folder_does_nothing(tmp_path):
    clean(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_damaged_lists_are_told_and_never_crash_a_search(tmp_path):
    """Bytes of the large sections, which opening does not check, change at random; each question ends, one way or another."""
    rng = random.Random(5)
    with idlibsearch.create(tmp_path / "index") as index:
        texts = (" ".join(rng.choices(["truce", "Idlib", "rebel-held", "air", "strikes", "the"], k=60)) for _ in range(400))
        index.add(Report(f"k{n}", f"Truce {n % 7}", text, "2020", source=f"s{n % 9}") for n, text in enumerate(texts))
    path = tmp_path / "index" / "00000001.seg"
    sound = path.read_bytes()
    places = [s for s in SectionFile(path).sections.values() if s.size > SMALL_SECTION_BYTES]
    told = 0
    for _ in range(150):
        data = bytearray(sound)
        for _ in range(rng.choice([1, 1, 20])):
            section = rng.choice(places)
            data[section.offset + rng.randrange(section.size)] = rng.randrange(256)
        path.write_bytes(data)
        with idlibsearch.open(tmp_path / "index") as index:
            for question in (
                "truce",
                "truce OR idlib OR the",
                "air strikes",
                '"air strikes"',
                "rebel-held",
                "tru*",
                "=Idlib",
                "t*",
                "idlip~1",
                "*held",
                "source:s3",
            ):
                try:
                    for hit in index.search(question, facets=["source"]):
                        hit.snippet()
                except idlibsearch.CorruptIndexError:
                    told += 1
    path.write_bytes(sound)
    assert told > 50
    assert check(tmp_path / "index") == []

"""Damaged indexes made whole, indexes analysed again, and copies: what can be kept is kept, and what is lost is said."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torture
from disks import KINDS, Killing, Refusing
from test_durability import goes_on, held
from whoosh.fields import TEXT

import idlibsearch
from idlibsearch import Report
from idlibsearch.index.directory import checksum_of, manifest_name, read_manifest
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.storage import through

WORDS = ["truce", "Idlib", "rebel-held", "Sochi", "ceasefire", "the", "talks"]


def report(number: int, title: str = "Truce") -> Report:
    rng = random.Random(number)
    return Report(f"k{number:03}", f"{title} {number}", " ".join(rng.choices(WORDS, k=300)), "2020-01", source="AFP")


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> Path:
    """Three segments of 60 reports, some of the first removed, some of the second replaced by the third."""
    folder = tmp_path_factory.mktemp("three") / "index"
    with idlibsearch.create(folder, merge="never") as index:
        index.add(report(n) for n in range(60))
        index.remove("k003", "k004")
        index.add(report(n) for n in range(60, 120))
        index.add([*(report(n, "Changed") for n in range(60, 63)), *(report(n) for n in range(120, 177))])
    return folder


@pytest.fixture
def broken(three, tmp_path) -> Path:
    shutil.copytree(three, tmp_path / "index")
    return tmp_path / "index"


def flip(folder: Path, file: str, section: str, at: int = 0) -> None:
    path = folder / file
    data = bytearray(path.read_bytes())
    data[SectionFile(path, trusting=True).sections[section].offset + at] ^= 0x10
    path.write_bytes(data)


def cut_off(folder: Path, file: str, size: int = 100) -> None:
    os.truncate(folder / file, size)


# ---- repair


def test_a_sound_index_stays_as_it_is(broken):
    before = {path.name: path.read_bytes() for path in broken.iterdir()}
    done = idlibsearch.repair(broken)
    assert (done.faults, done.generation) == ((), read_manifest(broken).generation)
    assert {path.name: path.read_bytes() for path in broken.iterdir()} == before


@pytest.mark.parametrize(
    "section", ["postings.data", "meta", "lengths", "terms.text", "keywords.docs", "keys.order", "dates.start"]
)
def test_no_report_is_lost_where_the_stored_ones_are_whole(three, broken, section):
    flip(broken, "00000002.seg", section)
    done = idlibsearch.repair(broken)
    assert (done.kept, done.saved, done.lost, done.lost_keys) == (118, 57, 0, ())
    assert [fault.section for fault in done.faults] == [section]
    assert held(broken) == held(three)
    goes_on(broken)


def test_repairing_twice_finds_nothing_the_second_time(broken):
    flip(broken, "00000002.seg", "postings.data")
    assert idlibsearch.repair(broken).faults
    assert idlibsearch.repair(broken).faults == ()


def test_only_the_damaged_block_of_stored_reports_is_lost_and_its_keys_are_told(three, broken):
    flip(broken, "00000002.seg", "stored.blocks", 2000)
    done = idlibsearch.repair(broken)
    assert 0 < done.lost < 30
    assert done.lost == len(done.lost_keys)
    assert done.saved + done.lost == 57
    before = held(three)
    assert held(broken) == {key: title for key, title in before.items() if key not in done.lost_keys}


def test_keys_that_cannot_be_read_are_counted(broken):
    flip(broken, "00000002.seg", "stored.blocks", 2000)
    flip(broken, "00000002.seg", "keys.text")
    done = idlibsearch.repair(broken)
    assert (done.lost_keys, done.saved + done.lost) == ((), 57)
    assert done.lost > 0
    held(broken)


@pytest.mark.parametrize(
    "how", [lambda path: path.unlink(), lambda path: os.truncate(path, 5000), lambda path: path.write_bytes(b"")]
)
def test_a_segment_that_is_gone_or_torn_is_lost_and_the_others_stay(three, broken, how):
    how(broken / "00000001.seg")
    done = idlibsearch.repair(broken)
    assert (done.kept, done.saved, done.lost, done.lost_keys) == (117, 0, 58, ())
    assert held(broken) == {key: title for key, title in held(three).items() if key >= "k060"}
    goes_on(broken)


def test_a_lost_bitmap_brings_removed_reports_back_and_replaced_ones_not(three, broken):
    record = read_manifest(broken).segments[0]
    (broken / record.deleted_file).unlink()
    flip(broken, read_manifest(broken).segments[1].deleted_file, "deleted")
    done = idlibsearch.repair(broken)
    assert (done.lost, done.kept) == (0, 177)
    assert "up to 2 removed reports of 00000001.seg may be back" in done.notes[0]
    assert held(broken) == held(three) | {"k003": "Truce 3", "k004": "Truce 4"}


@pytest.mark.parametrize("how", [cut_off, lambda folder, file: (folder / file).write_text('{"format": 2}')])
def test_a_lost_manifest_is_worked_out_from_the_files_it_named(three, broken, how):
    newest = manifest_name(read_manifest(broken).generation)
    how(broken, newest)
    with pytest.raises(idlibsearch.CorruptIndexError, match="idlibsearch repair"):
        idlibsearch.open(broken)
    done = idlibsearch.repair(broken)
    assert (done.lost, done.saved, done.kept) == (0, 0, 175)
    assert "the newest manifest is lost" in done.notes[0]
    assert held(broken) == held(three)
    goes_on(broken)


def test_without_any_manifest_the_segments_are_kept_all_the_same(three, broken):
    for path in broken.glob("generation-*"):
        path.unlink()
    with pytest.raises(idlibsearch.NoIndexError):
        idlibsearch.open(broken)
    done = idlibsearch.repair(broken)
    assert "no manifest can be read" in done.notes[0]
    assert held(broken) == held(three)


def test_a_folder_without_an_index_is_not_repaired(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(idlibsearch.NoIndexError):
            idlibsearch.repair(folder)


def test_a_manifest_that_counts_wrongly_is_put_right(three, broken):
    path = broken / manifest_name(read_manifest(broken).generation)
    value = json.loads(path.read_bytes())
    del value["checksum"]
    value["segments"][2]["docs"] = 7
    path.write_text(json.dumps(value | {"checksum": checksum_of(value)}))
    assert idlibsearch.repair(broken).lost == 0
    assert held(broken) == held(three)


def test_a_report_that_is_live_twice_is_live_once_then(three, broken):
    path = broken / manifest_name(read_manifest(broken).generation)
    value = json.loads(path.read_bytes())
    del value["checksum"]
    value["segments"][1].update(deleted_file=None, deleted=0)
    path.write_text(json.dumps(value | {"checksum": checksum_of(value)}))
    done = idlibsearch.repair(broken)
    assert ("is live twice" in str(done.faults[0]), done.kept) == (True, 175)
    assert held(broken) == held(three)


@pytest.fixture
def from_files(tmp_path) -> Path:
    """An index of two files, each a segment of its own; the first cannot be read."""
    with idlibsearch.create(tmp_path / "index") as index:
        for name in ("one", "two"):
            lines = (json.dumps({"key": f"{name}{n}", "title": f"Truce {n}", "body": "Idlib " * 400}) for n in range(40))
            (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
            index.add_path(tmp_path / f"{name}.jsonl")
    return tmp_path / "index"


def test_lost_reports_are_read_again_from_sources_that_did_not_change(from_files):
    before = held(from_files)
    flip(from_files, "00000001.seg", "stored.blocks", 100)
    done = idlibsearch.repair(from_files, reread=True)
    assert (done.lost, done.saved + done.restored) == (0, 40)
    assert done.restored > 0
    assert held(from_files) == before


def test_a_source_that_changed_is_left_to_the_next_indexing(from_files):
    source = from_files.parent / "one.jsonl"
    flip(from_files, "00000001.seg", "stored.blocks", 100)
    flip(from_files, "00000001.seg", "stored.records")  # nothing can be saved
    source.write_text(source.read_text().replace("Truce 5", "Peace 5"))
    done = idlibsearch.repair(from_files, reread=True)
    assert (done.restored, done.lost) == (0, 40)
    assert done.lost_keys[0] == "one.jsonl#one0"
    with idlibsearch.open(from_files) as index:
        assert index.add_path(source).added == 40
        assert index.get("one.jsonl#one5").title == "Peace 5"


def test_a_source_that_is_gone_is_no_error(from_files):
    flip(from_files, "00000001.seg", "stored.blocks", 100)
    (from_files.parent / "one.jsonl").unlink()
    assert idlibsearch.repair(from_files, reread=True).lost > 0
    held(from_files)


# ---- analysing again


def test_an_index_of_another_recipe_is_analysed_again_without_its_sources(three, broken):
    path = broken / manifest_name(read_manifest(broken).generation)
    value = json.loads(path.read_bytes())
    del value["checksum"]
    value["recipe"]["version"] = 99
    path.write_text(json.dumps(value | {"checksum": checksum_of(value)}))
    with pytest.raises(idlibsearch.RecipeError, match="`idlibsearch rebuild`"):
        idlibsearch.open(broken)
    told = []
    idlibsearch.rebuild(broken, progress=lambda *n: told.append(n))
    assert told[-1] == (175, 175)
    assert held(broken) == held(three)
    with idlibsearch.open(broken) as index:
        assert index.stats()["deleted"] == 0
        assert index.search("truces", limit=0).total == 175
    goes_on(broken)


def test_an_index_can_be_given_other_weights(broken):
    with idlibsearch.open(broken) as index:
        schema = index.schema
        before = index.search("changed")[0].score
        schema.remove("title")
        schema.add("title", TEXT(stored=True, field_boost=9.0))
        index.rebuild(schema)
        assert index.search("changed")[0].score > before


def test_a_damaged_index_is_not_analysed_again(broken):
    flip(broken, "00000002.seg", "stored.blocks", 50)
    with pytest.raises(idlibsearch.CorruptIndexError):
        idlibsearch.rebuild(broken)
    assert idlibsearch.repair(broken).saved > 0


# ---- copies


def test_a_copy_is_the_same_index_and_finds_the_same_sources(from_files, tmp_path):
    with idlibsearch.open(from_files) as index:
        told = []
        index.copy(tmp_path / "far" / "copy", progress=lambda *n: told.append(n))
    assert (
        told[-1][0]
        == told[-1][1]
        == sum(path.stat().st_size for kind in ("seg", "sketch-*") for path in from_files.glob(f"*.{kind}"))
    )
    assert held(tmp_path / "far" / "copy") == held(from_files)
    with idlibsearch.open(tmp_path / "far" / "copy") as copy, idlibsearch.open(from_files) as index:
        assert copy.root == index.root
        assert copy.add_path(tmp_path / "one.jsonl").files_unchanged == 1
    goes_on(tmp_path / "far" / "copy")


def test_a_linked_copy_lives_its_own_life(broken, tmp_path):
    idlibsearch.copy(broken, tmp_path / "copy", link=True)
    assert (tmp_path / "copy" / "00000001.seg").samefile(broken / "00000001.seg")
    before = held(broken)
    goes_on(tmp_path / "copy")
    with idlibsearch.open(tmp_path / "copy") as index:
        index.merge()
        index.remove(*before)
    assert held(broken) == before


def test_a_file_system_without_links_gets_copies(broken, tmp_path):
    with through(Refusing(0, errno.EXDEV, frozenset({"link"}), lasting=True)):
        idlibsearch.copy(broken, tmp_path / "copy", link=True)
    assert held(tmp_path / "copy") == held(broken)


def test_nothing_is_copied_over_anything_and_no_damage_is_copied(broken, tmp_path):
    with pytest.raises(idlibsearch.IndexExistsError):
        idlibsearch.copy(broken, broken)
    flip(broken, "00000001.seg", "postings.data")
    with pytest.raises(idlibsearch.CorruptIndexError):
        idlibsearch.copy(broken, tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["write.lock"]


def test_copies_made_while_a_writer_works_are_whole_commits(broken, tmp_path):
    """The writer gives two reports the same title in every commit, and merges now and then."""
    stopped = threading.Event()

    def work() -> None:
        with idlibsearch.open(broken) as index:
            number = 0
            while not stopped.is_set():
                number += 1
                index.add([Report("k001", f"{number}"), Report("k999", f"{number}")])
                if number % 5 == 0:
                    index.merge()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for number in range(15):
            idlibsearch.copy(broken, tmp_path / f"{number}", link=bool(number % 2))
            copied = held(tmp_path / f"{number}")
            assert copied["k001"] == copied.get("k999", "Truce 1")
    finally:
        stopped.set()
        writer.join()


# ---- what the system refuses, and kills


def repaired(folder: Path) -> None:
    idlibsearch.repair(folder)


def rebuilt(folder: Path) -> None:
    idlibsearch.rebuild(folder)


def copied(folder: Path) -> None:
    idlibsearch.copy(folder, folder.with_name("copy"))


WORKS: list[Callable[[Path], None]] = [repaired, rebuilt, copied]
STEPS = [pytest.param(17, id="some calls"), pytest.param(1, id="every call", marks=pytest.mark.torture)]


def prepared(three: Path, tmp_path: Path, work: Callable[[Path], None]) -> Path:
    folder = tmp_path / "index"
    shutil.rmtree(tmp_path, ignore_errors=True)
    shutil.copytree(three, folder)
    if work is repaired:
        flip(folder, "00000002.seg", "postings.data")
    return folder


def sound_or_as_before(three: Path, folder: Path, work: Callable[[Path], None]) -> None:
    """Whatever happened: the work can be done now, and nothing is lost."""
    if work is copied:
        assert held(folder) == held(three)
        shutil.rmtree(folder.with_name("copy"), ignore_errors=True)
    work(folder)
    assert held(folder) == held(three)
    goes_on(folder)
    if work is copied:
        assert held(folder.with_name("copy")) == held(three)


@pytest.mark.parametrize(("error", "lasting"), [(errno.ENOSPC, True), (errno.EIO, False), (errno.EMFILE, False)])
@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("step", STEPS)
def test_a_refused_call_is_a_clear_error_and_loses_nothing(three, tmp_path, work, error, lasting, step):
    kinds = frozenset({"open", "write", "sync", "scratch", "replace"}) if error == errno.ENOSPC else KINDS
    met = 0
    for at in range(0, 2000, step):
        folder = prepared(three, tmp_path / "one", work)
        disk = Refusing(at, error, kinds, lasting=lasting)
        try:
            with through(disk):
                work(folder)
        except idlibsearch.StorageError:
            met += 1
        sound_or_as_before(three, folder, work)
        if not disk.refused:
            break
    assert met > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that share what they have loaded are needed")
@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("step", STEPS)
def test_it_may_be_killed_at_any_call(three, tmp_path, work, step):
    for at in range(0, 2000, step):
        folder = prepared(three, tmp_path / "one", work)

        def run(tell: int, at: int = at, folder: Path = folder) -> None:
            with through(Killing(at)):
                work(folder)

        code, _ = torture.ended(*torture.in_child(run))
        sound_or_as_before(three, folder, work)
        if code == 0:
            break
    assert at > 15

"""Building: the same bytes whatever the processes and the memory, one segment a commit, nothing left of what failed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import idlibsearch
from idlibsearch import CorruptIndexError, Report, WorkerError
from idlibsearch.index import runs, writer
from idlibsearch.index.directory import read_manifest
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.worker import read_batch, work


def news(count: int, seed: int = 1) -> list[Report]:
    """Reports of made-up words; the key of every tenth comes again."""
    rng = random.Random(seed)
    words = [f"w{n}" for n in range(500)] + ["Idlib", "idlib", "rebel-held"]
    return [
        Report(f"k{n - n % 10 * (n % 20 == 3)}", " ".join(rng.choices(words, k=5)), " ".join(rng.choices(words, k=60)), "2020-01")
        for n in range(count)
    ]


def segment_of(folder: Path) -> bytes:
    (record,) = read_manifest(folder).segments
    return (folder / record.file).read_bytes()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(writer, "BATCH_BYTES", 16_000)


@pytest.fixture
def plain(tmp_path) -> bytes:
    """The segment that one process with room enough makes of 600 reports."""
    folder = tmp_path / "plain"
    with idlibsearch.create(folder) as index:
        index.add(news(600))
    return segment_of(folder)


def test_several_processes_write_the_same_bytes(new_index, plain):
    changes = new_index.add(news(600), processes=3)
    assert segment_of(new_index.path) == plain
    assert (changes.added, changes.changed) == (570, 30)


def test_many_runs_are_merged_to_the_same_bytes(new_index, plain, monkeypatch):
    monkeypatch.setattr(runs, "BASE_BYTES", 1 << 40)  # no room at all: a run for every batch
    new_index.add(iter(news(600)))
    assert segment_of(new_index.path) == plain
    assert {path.suffix for path in new_index.path.iterdir()} == {".seg", ".json", ".lock"}


def test_the_last_of_several_reports_counts_in_whichever_runs_they_are(new_index, monkeypatch):
    monkeypatch.setattr(runs, "BASE_BYTES", 1 << 40)
    monkeypatch.setattr(writer, "BATCH_BYTES", 100)
    new_index.add([Report("kept", "Old", "a " * 99), Report("gone", "Early"), Report("same", "Same")])
    again = [Report("kept", f"Version {n}", "truce " * n) for n in range(9)]
    changes = new_index.add([*again, Report("new", "One"), Report("same", "Same"), Report("new", "Two")])
    assert (changes.added, changes.changed, changes.unchanged) == (1, 10, 1)
    assert [(r.key, r.title) for r in new_index] == [("gone", "Early"), ("same", "Same"), ("kept", "Version 8"), ("new", "Two")]
    assert new_index.search("truce").total == 1
    assert new_index.search("one").total == 0


def test_nothing_is_added_by_an_empty_add(new_index):
    assert new_index.add([], processes=2).added == 0
    assert new_index.generation == 1


def test_at_least_one_process_builds(new_index):
    with pytest.raises(ValueError, match="at least one process, not by 0"):
        new_index.add([], processes=0)


def test_a_script_needs_no_guard_to_build_with_several_processes(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import idlibsearch\n"
        "index = idlibsearch.create('index')\n"
        "print(index.add((idlibsearch.Report(str(n), 'Truce') for n in range(9)), processes=2).added)\n"
    )
    (tmp_path / "json.py").write_text("raise ImportError('what lies beside a script is not what workers import')")
    done = subprocess.run([sys.executable, "-P", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "9\n"


def children() -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=,ppid=,args=", "-e"], capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split(None, 2) for line in found]
    return [int(pid) for pid, parent, args in rows if int(parent) == os.getpid() and "idlibsearch.index.worker" in args]


def test_a_killed_worker_is_an_error_that_commits_nothing(new_index):
    new_index.add([Report("a", "One")])

    def reports():
        yield from news(300)
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        yield from news(600)

    with pytest.raises(WorkerError, match="it ended with code -9 and said nothing; nothing was changed"):
        new_index.add(reports(), processes=2)
    assert children() == []
    assert [report.key for report in new_index] == ["a"]
    assert {path.suffix for path in new_index.path.iterdir()} == {".seg", ".json", ".lock"}
    assert new_index.add([Report("b", "Two")], processes=2).added == 1


def test_what_a_worker_stumbles_over_is_told(new_index, monkeypatch):
    monkeypatch.setattr(writer, "to_record", lambda report: b"no record")
    with pytest.raises(WorkerError, match="JSONDecodeError"):
        new_index.add([Report("a")], processes=2)


def test_an_error_of_the_source_ends_the_workers(new_index):
    def reports():
        yield from news(300)
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        new_index.add(reports(), processes=2)
    assert children() == []
    assert len(new_index) == 0


def test_a_worker_that_hears_no_more_leaves_nothing(tmp_path):
    read, write = os.pipe()
    os.close(write)
    with os.fdopen(read, "rb") as source, pytest.raises(EOFError):
        work(source)
    with open(os.devnull, "rb") as source, pytest.raises(EOFError):
        read_batch(source)


# ---- merging what several commits left


def test_merging_leaves_one_segment_without_what_was_removed(new_index, tmp_path):
    reports = news(60, seed=2)
    for at in range(0, 60, 20):
        new_index.add(reports[at : at + 20])
    gone = [report.key for report in reports[::7]]
    new_index.remove(*gone)
    before = [(report.key, report.title) for report in new_index]
    found = new_index.search("idlib OR w1", limit=50)
    assert new_index.merge() is True
    assert (new_index.stats()["segments"], new_index.stats()["deleted"]) == (1, 0)
    assert [(report.key, report.title) for report in new_index] == before
    assert {hit.key for hit in new_index.search("idlib OR w1", limit=50)} == {hit.key for hit in found}
    assert new_index.merge() is False
    assert new_index.add(reports[:20]).added > 0


def test_a_reader_is_not_disturbed_by_merging(new_index):
    for number in range(3):
        new_index.add([Report(f"k{number}", "Truce")])
    with idlibsearch.open(new_index.path) as reader:
        new_index.merge()
        assert reader.search("truce").total == 3
        assert reader.refresh() is True
        assert reader.search("truce").total == 3
        assert reader.stats()["segments"] == 1


def test_damage_is_not_merged(new_index):
    for number in range(3):
        new_index.add([Report(f"k{number}-{n}", "Truce", "Idlib " * n) for n in range(200)])
    path = new_index.path / "00000002.seg"
    sound = path.read_bytes()
    section = SectionFile(path).sections["stored.blocks"]
    path.write_bytes(sound[: section.offset] + bytes([sound[section.offset] ^ 1]) + sound[section.offset + 1 :])
    with pytest.raises(CorruptIndexError, match="section stored"):
        new_index.merge()
    path.write_bytes(sound)
    assert new_index.generation == 4
    assert {path.suffix for path in new_index.path.iterdir()} == {".seg", ".json", ".lock"}


def test_merging_an_index_of_nothing_is_nothing(new_index):
    assert new_index.merge() is False
    new_index.add([Report("a", "One")])
    assert new_index.merge() is False
    new_index.remove("a")
    assert new_index.merge() is False

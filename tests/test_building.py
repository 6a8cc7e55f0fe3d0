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
from idlibsearch import Report, WorkerError
from idlibsearch.index import documents, runs, writer
from idlibsearch.index.directory import read_manifest
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
    monkeypatch.setattr(documents, "BATCH_BYTES", 16_000)


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
    assert {path.suffix for path in new_index.path.iterdir()} == {".seg", ".sketch-00000002", ".json", ".lock"}


def test_the_last_of_several_reports_counts_in_whichever_runs_they_are(new_index, monkeypatch):
    monkeypatch.setattr(runs, "BASE_BYTES", 1 << 40)
    monkeypatch.setattr(documents, "BATCH_BYTES", 100)
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
    assert {path.suffix for path in new_index.path.iterdir()} == {".seg", ".sketch-00000002", ".json", ".lock"}
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

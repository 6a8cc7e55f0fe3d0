"""One writer and many readers, in threads and processes: the lock, refreshing, forks, and all of it at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import idlibsearch
from idlibsearch import LockedError, Report, StorageError
from idlibsearch.index import snapshot
from idlibsearch.index.directory import read_manifest
from idlibsearch.index.lock import WriteLock, held_open
from idlibsearch.index.snapshot import Snapshot

PROGRAM = Path(__file__).parent / "sharing.py"


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


# ---- the lock


def test_who_does_not_wait_is_refused_at_once_and_told_who_is_writing(new_index):
    with WriteLock(new_index.path), idlibsearch.open(new_index.path, wait_s=0) as index:
        with pytest.raises(LockedError, match=f"process {os.getpid()} on .* since 20.*, which is this very one"):
            index.add([Report("a")])
        with pytest.raises(LockedError):
            index.remove("a")
        assert len(index) == 0


def test_who_waits_gets_the_lock_when_it_is_free(new_index):
    code = (
        "import sys\nfrom pathlib import Path\nfrom idlibsearch.index.lock import WriteLock\n"
        "with WriteLock(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    line = [sys.executable, "-c", code, str(new_index.path)]
    with (
        subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder,
        idlibsearch.open(new_index.path, wait_s=0) as hasty,
    ):
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid} on"):
            hasty.add([Report("a")])
        releasing = threading.Timer(0.05, holder.communicate)
        releasing.start()
        with idlibsearch.open(new_index.path, wait_s=60) as patient:
            assert patient.add([Report("a")]).added == 1
        releasing.join()


def test_a_folder_that_cannot_be_written_to_says_so(tmp_path):
    with pytest.raises(StorageError, match="No such file or directory"):
        WriteLock(tmp_path / "nowhere").__enter__()


FORKING = """
import os, sys
import idlibsearch
from idlibsearch import Report
folder = sys.argv[1]
index = idlibsearch.open(folder, wait_s=0)
index.add([Report("before", "Truce")])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
class TestForks:
    def test_a_child_may_read_and_refresh(self, new_index):
        code = FORKING + (
            "child = os.fork()\n"
            "if child:\n    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
            "assert index.search('truce').total == 1\n"
            "index.add([Report('child', 'Truce')])\n"
            "assert index.search('truce').total == 2\n"
        )
        assert run(code, new_index.path).stderr == ""
        assert new_index.refresh() is True
        assert len(new_index) == 2

    def test_a_child_of_a_writer_can_neither_write_nor_spoil_what_is_written(self, new_index):
        """The child has a copy of all that stands in the parent's buffers, and ends as a program ends."""
        code = FORKING + (
            "with index.edit() as edit:\n"
            "    edit.add(Report(f'k{n}', 'Truce', 'Idlib ' * n) for n in range(500))\n"
            "    child = os.fork()\n"
            "    if not child:\n"
            "        try:\n"
            "            edit.add([Report('child', 'Truce')])\n"
            "        except idlibsearch.LockedError as error:\n"
            "            assert 'forked' in str(error)\n"
            "    else:\n"
            "        assert os.waitpid(child, 0)[1] == 0\n"
            "        try:\n"
            "            idlibsearch.open(folder, wait_s=0).add([Report('other')])\n"
            "        except idlibsearch.LockedError:\n"
            "            edit.add([Report('parent', 'Truce')])\n"
        )
        done = run(code, new_index.path)
        assert (done.returncode, done.stderr) == (0, "")
        assert new_index.refresh() is True
        assert len(new_index) == 502
        assert new_index.get("child") is None

    def test_a_child_does_not_keep_the_lock_of_a_parent_that_is_gone(self, new_index):
        code = FORKING + (
            "import signal, time\n"
            "edit = index.edit().__enter__()\n"
            "child = os.fork()\n"
            "if child:\n    print(child, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
            "os.close(1)\nos.close(2)\ntime.sleep(60)\n"
        )
        done = run(code, new_index.path)
        assert done.returncode == -signal.SIGKILL
        try:
            assert new_index.add([Report("after")]).added == 1
        finally:
            os.kill(int(done.stdout), signal.SIGKILL)


# ---- opening and refreshing while others commit


@pytest.mark.parametrize("losses", [1, snapshot.FREE_ATTEMPTS, 10**9])
def test_a_slow_reader_opens_in_the_end(new_index, monkeypatch, losses):
    """Between reading a manifest and opening what it names, so much is committed that all its files are gone; again and again."""
    new_index.add([Report("a", "Version 0")])
    reads = []

    def slowly(folder: Path):
        manifest = read_manifest(folder)
        if len(reads) < losses:
            reads.append(manifest.generation)
            monkeypatch.setattr(snapshot, "read_manifest", read_manifest)
            for number in range(3):
                new_index.add([Report("a", f"Version {len(reads)}.{number}")])
            monkeypatch.setattr(snapshot, "read_manifest", slowly)
        return manifest

    monkeypatch.setattr(snapshot, "read_manifest", slowly)
    with idlibsearch.open(new_index.path) as reader:
        monkeypatch.setattr(snapshot, "read_manifest", read_manifest)
        assert len(reader) == 1
        assert len(reads) == min(losses, snapshot.FREE_ATTEMPTS + 1)
        assert reader.search("version").total == 1
    new_index.add([Report("a", "Last")])
    new_index.add([Report("a", "Very last")])
    assert len(list(new_index.path.glob("*.seg"))) == 2, "what was kept for the reader goes later"


def test_a_reader_that_asks_for_it_has_everything_left_in_place(new_index):
    new_index.add([Report("a", "Version 0")])
    with held_open(new_index.path):
        for number in range(1, 5):
            new_index.add([Report("a", f"Version {number}")])
        assert len(list(new_index.path.glob("*.seg"))) == 5
    new_index.add([Report("a", "Version 5")])
    assert len(list(new_index.path.glob("*.seg"))) == 2


def test_refreshing_opens_only_what_is_new(tmp_path, monkeypatch):
    with idlibsearch.create(tmp_path / "index", merge="never") as writer:
        for number in range(4):
            writer.add([Report(f"k{number}-{n}", "Truce") for n in range(9)])
        with idlibsearch.open(writer.path) as reader:
            writer.add([Report("new", "Truce")])
            writer.remove("k2-0")
            opened = []
            monkeypatch.setattr(snapshot, "Segment", lambda path, *rest: (opened.append(path.name), Segment(path, *rest))[1])
            assert reader.refresh() is True
            assert opened == ["00000003.seg", "00000005.seg"]
            assert reader.search("truce").total == 36
            assert reader.refresh() is False
            assert len(opened) == 2


Segment = snapshot.Segment


def test_an_index_that_was_made_anew_in_its_place_is_seen(tmp_path):
    path = tmp_path / "index"
    with idlibsearch.create(path) as first:
        first.add([Report("a", "Old"), Report("b", "Old")])
        first.add([Report("c", "Old")])
        shutil.rmtree(path)
        with idlibsearch.create(path) as second:
            second.add([Report("a", "New"), Report("b", "New")])
        assert first.refresh() is True
        assert [(report.key, report.title) for report in first] == [("a", "New"), ("b", "New")]


def test_numbers_of_a_generation_whose_files_are_gone_can_still_be_had(new_index):
    new_index.add([Report("a", "Truce")])
    with idlibsearch.open(new_index.path) as reader:
        size = reader.stats()["size_bytes"]
        for number in range(4):
            new_index.add([Report("a", f"Version {number}")])
        assert reader.stats()["size_bytes"] == size > 0


def test_threads_search_and_refresh_while_another_commits(tmp_path):
    faults: list[str] = []
    with idlibsearch.create(tmp_path / "index") as writer, idlibsearch.open(writer.path) as shared:
        writer.add([Report("state", "0")])
        done = threading.Event()

        def look() -> None:
            last = 0
            while not done.is_set():
                shared.refresh()
                (hit,) = shared.search("* NOT source:other").hits
                state = int(hit.title)
                if state < last or len(shared.search("source:other", limit=99)) not in range(state, 99):
                    faults.append(f"{state} after {last}")
                last = state

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(1, 30):
            writer.add([Report(f"k{number}", "Truce", source="other"), Report("state", str(number))])
        done.set()
        for thread in threads:
            thread.join()
        assert faults == []
        shared.refresh()
        assert shared.generation == writer.generation


def test_who_was_slow_to_refresh_does_not_turn_time_back(tmp_path, monkeypatch):
    """Two refresh at once: the second reads what is there, a commit comes, the first reads that, and the second is done last."""
    opening, has_read, may_go_on = Snapshot.open, threading.Event(), threading.Event()

    def open_late(folder: Path, before: Snapshot | None = None) -> Snapshot:
        monkeypatch.setattr(Snapshot, "open", open_early)
        second.start()
        assert has_read.wait(20)
        monkeypatch.setattr(Snapshot, "open", opening)
        writer.add([Report("a", "Truce")])
        return opening(folder, before)

    def open_early(folder: Path, before: Snapshot | None = None) -> Snapshot:
        found = opening(folder, before)
        has_read.set()
        assert may_go_on.wait(20)
        return found

    with idlibsearch.create(tmp_path / "index") as writer, idlibsearch.open(writer.path) as shared:
        second = threading.Thread(target=shared.refresh)
        monkeypatch.setattr(Snapshot, "open", open_late)
        assert shared.refresh()
        may_go_on.set()
        second.join()
        assert shared.generation == writer.generation


# ---- all at once


def share(folder: Path, seconds: float, roles: list[str]) -> dict[str, int]:
    """Processes of all these roles on one index; what each has done in all."""
    idlibsearch.create(folder).close()
    lines = [[sys.executable, str(PROGRAM), role, str(folder), str(seconds)] for role in roles]
    home = {"PYTHONPATH": str(Path(idlibsearch.__file__).parent.parent)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen(line, **pipes, text=True, env=os.environ | home) for line in lines]
    said = [process.communicate(timeout=seconds + 120) for process in running]
    assert [(role, error[-2000:]) for role, (_, error) in zip(roles, said, strict=True) if error] == []
    done = dict.fromkeys(roles, 0)
    for role, (out, _) in zip(roles, said, strict=True):
        done[role] += int(out)
    with idlibsearch.open(folder) as index:
        assert index.check() == []
        index.add([Report("last")])
    kinds = {path.suffix.partition("-")[0] for path in folder.iterdir()}  # of deletions and sketches a generation follows
    assert kinds <= {".seg", ".json", ".lock", ".stories", ".sketch", ".del"}
    return done


def test_readers_never_fail_while_others_commit_and_merge(tmp_path):
    done = share(tmp_path / "index", 2.5, ["read", "read", "write", "contend", "merge"])
    assert min(done["read"], done["write"]) > 0, done


@pytest.mark.torture
def test_readers_never_fail_for_minutes(tmp_path, capsys):
    seconds = float(os.environ.get("TORTURE_SECONDS", "180"))
    done = share(tmp_path / "index", seconds, ["read"] * 4 + ["write", "write", "contend", "merge"])
    with capsys.disabled():
        print(f"\n{seconds:.0f} s: {done}")
    assert min(done["read"], done["write"]) > 0, done

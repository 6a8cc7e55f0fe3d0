"""An index that cannot be lost: power cuts, refusals of the system, kills. Each time the index opens and is sound, every commit
that was said to be done is there, and nothing is there twice."""

from __future__ import annotations

import errno
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from disks import KINDS, Recorder, Refusing, after_power_cuts

import idlibsearch
from idlibsearch import DiskError, Index, Report
from idlibsearch.index.directory import read_manifest
from idlibsearch.index.storage import through

VERSION = "Rebel-held Idlib. " + " ".join(f"word{n}" for n in range(20))  # reports that have it are versions of one another
SOME = [Report(f"k{n}", f"Truce {n}", VERSION + " more" * n, "2020" if n else None, source="Reuters") for n in range(3)]
OTHERS = [Report("k1", "Peace in Sochi"), Report("k9", "New talks", VERSION)]
Held = dict[str, str]


def held(folder: Path) -> Held:
    """What an index holds, by key; it must be sound, and no key may be there twice."""
    with idlibsearch.open(folder, verify=True) as index:
        assert index.check() == []
        reports = list(index)
        assert len({report.key for report in reports}) == len(reports) == len(index)
        assert {hit.key for hit in index.search("*", limit=1000)} == {report.key for report in reports}
        return {report.key: report.title for report in reports}


def strays(folder: Path) -> set[str]:
    """Files that neither the newest generation nor the one before it names."""
    newest = read_manifest(folder)
    named = newest.files() | {"write.lock", "merge.lock", "files.seen"}
    if (folder / f"generation-{newest.generation - 1:08d}.json").exists():
        named |= read_manifest(folder, newest.generation - 1).files()
    return {path.name for path in folder.iterdir()} - named


def goes_on(folder: Path) -> None:
    """The next writer finds the lock free, changes what it likes and leaves nothing lying about."""
    before = held(folder)
    with idlibsearch.open(folder) as index:
        index.add([Report("next", "The next writer")])
    assert held(folder) == before | {"next": "The next writer"}
    assert strays(folder) == set()


# ---- power cuts


def history(folder: Path) -> tuple[Recorder, list[Held]]:
    """A short life of an index on a disk that remembers, and what was there after each commit."""
    disk, states = Recorder(folder), []

    def done() -> None:
        states.append(held(folder))
        disk.say("done")

    with through(disk), idlibsearch.create(folder) as index:
        done()
        for change in (lambda: index.add(SOME), lambda: index.add(OTHERS), lambda: index.remove("k0"), index.merge):
            change()
            done()
    return disk, states


def cut(folder: Path, at_once: int, seed: int, every: int = 1) -> int:
    """Cut the power everywhere in a history; how many different folders were left. In ``every`` nth a writer goes on."""
    disk, states = history(folder / "index")
    met: set[object] = set()
    for said, files in after_power_cuts(disk.notes, random.Random(seed), at_once):
        state = (len(said), frozenset(files.items()))
        if state not in met:
            met.add(state)
            left = folder / "left"
            write(left, files)
            if said or any(name.endswith(".json") for name in files):
                assert held(left) in states[max(len(said) - 1, 0) : len(said) + 1], files.keys()
                if len(met) % every == 0:
                    goes_on(left)
            else:
                idlibsearch.create(left).close()
            shutil.rmtree(left)
    return len(met)


def write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def test_whatever_a_power_cut_leaves_opens_with_all_that_was_committed(tmp_path):
    assert cut(tmp_path, at_once=2, seed=1, every=15) > 200


def test_a_disk_that_forgets_what_was_not_synced_is_noticed_by_this_very_test(tmp_path):
    """A commit that syncs nothing does not pass."""

    class Careless(Recorder):
        def sync(self, file):
            pass

    disk = Careless(tmp_path / "index")
    with through(disk), idlibsearch.create(tmp_path / "index") as index:
        index.add(SOME)
    lost = 0
    for _, files in after_power_cuts(disk.notes, random.Random(1), 2):
        write(tmp_path / "left", files)
        try:
            held(tmp_path / "left")
        except idlibsearch.StorageError:
            lost += 1
        shutil.rmtree(tmp_path / "left")
    assert lost > 20


# ---- what the system refuses


CHANGES: dict[str, Callable[[Index], object]] = {
    "add": lambda index: index.add([*OTHERS, Report("k0", "Changed")]),
    "remove": lambda index: index.remove("k0"),
    "merge": Index.merge,
}
READING = frozenset({"open", "map", "names"})
REFUSALS = {
    "a full disk": (errno.ENOSPC, frozenset({"open", "write", "sync", "scratch", "replace"}), True, False),
    "a failing disk": (errno.EIO, KINDS, False, False),
    "a disk that died": (errno.EIO, KINDS, True, False),
    "too many open files": (errno.EMFILE, READING | {"scratch", "sync_folder"}, False, False),
    "no right": (errno.EACCES, frozenset({"open", "scratch", "replace", "remove"}), True, False),
    "a disk that cannot be written": (errno.EROFS, frozenset({"scratch", "write", "replace", "remove"}), True, False),
    "a stale handle": (errno.ESTALE, frozenset({"replace", "sync_folder", "remove", "sync"}), False, False),
    "a rename across disks": (errno.EXDEV, frozenset({"replace"}), True, False),
    "a rename that was done and refused": (errno.ESTALE, frozenset({"replace"}), False, True),
}
EVERY_TIME = ("a full disk", "a failing disk", "too many open files", "a rename that was done and refused")  # the rest: torture


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "refusal",
    [pytest.param(name, marks=() if name in EVERY_TIME else pytest.mark.torture) for name in REFUSALS],
)
def test_a_refused_call_is_a_clear_error_and_loses_nothing(filled, tmp_path, change, refusal):
    """Every call of a commit is refused in turn."""
    error, kinds, lasting, late = REFUSALS[refusal]
    before, after = held(filled), expected(filled, tmp_path, CHANGES[change])
    met, at = 0, 0
    while True:
        folder = tmp_path / "index"
        shutil.copytree(filled, folder)
        disk = Refusing(at, error, kinds, lasting=lasting, late=late)
        told = attempt(folder, CHANGES[change], disk)
        if not disk.refused:
            break
        met += told is not None
        assert told is None or os.strerror(error) in told or "is missing" in told
        now = held(folder)
        assert now == (after if told is None or "stands" in told else before) or (late and now == after), (at, told)
        goes_on(folder)
        shutil.rmtree(folder)
        at += 1
    assert met or late
    assert held(folder) == after


def expected(filled: Path, tmp_path: Path, change: Callable[[Index], object]) -> Held:
    shutil.copytree(filled, tmp_path / "expected")
    with idlibsearch.open(tmp_path / "expected") as index:
        change(index)
    return held(tmp_path / "expected")


def attempt(folder: Path, change: Callable[[Index], object], disk: Refusing) -> str | None:
    """Change an index on a disk; what the error says, if there is one. It must be one of ours."""
    try:
        with through(disk), idlibsearch.open(folder) as index:
            change(index)
    except idlibsearch.StorageError as error:
        return str(error)
    return None


def test_a_refusal_while_making_an_index_leaves_nothing_that_stands_in_the_way(tmp_path):
    for at in range(100):
        disk = Refusing(at, errno.ENOSPC, KINDS, lasting=True)
        try:
            with through(disk):
                idlibsearch.create(tmp_path / "index").close()
        except idlibsearch.StorageError:
            assert disk.refused
        if not (tmp_path / "index" / "generation-00000001.json").exists():
            idlibsearch.create(tmp_path / "index").close()
        goes_on(tmp_path / "index")
        shutil.rmtree(tmp_path / "index")
        if not disk.refused:
            break
    assert not disk.refused


def test_the_error_says_what_was_refused_where_and_what_to_do(filled):
    disk = Refusing(0, errno.ENOSPC, frozenset({"write"}), lasting=True)
    with through(disk), idlibsearch.open(filled) as index, pytest.raises(DiskError) as caught:
        index.add(OTHERS)
    assert caught.value.errno == errno.ENOSPC
    assert isinstance(caught.value, OSError)
    assert str(caught.value).endswith("No space left on device; make room and try again; what was committed before is whole")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="who may do everything is never refused")
def test_a_folder_without_the_right_to_write_can_be_searched_and_says_so_otherwise(filled, tmp_path):
    shutil.copytree(filled, tmp_path / "index")
    for path in (*(tmp_path / "index").iterdir(), tmp_path / "index"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with idlibsearch.open(tmp_path / "index") as index:
        assert index.search("truce").total == 2
        with pytest.raises(DiskError, match="let this user"):
            index.add(OTHERS)
    (tmp_path / "index").chmod(0o755)


def test_a_file_that_may_not_be_read_is_a_clear_error(filled):
    for at in range(2):
        disk = Refusing(at, errno.EACCES, frozenset({"open"}))
        with through(disk), pytest.raises(DiskError, match="let this user read"):
            idlibsearch.open(filled)


def test_a_clock_that_goes_backwards_changes_nothing(tmp_path, monkeypatch):
    ticks = iter(range(10**9, 0, -86400))
    real = time.gmtime
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    monkeypatch.setattr(time, "gmtime", lambda *_: real(next(ticks)))
    with idlibsearch.create(tmp_path / "index") as index:
        for number in range(4):
            index.add([Report("a", f"Version {number}")])
            for path in index.path.iterdir():
                os.utime(path, (10**9 - number * 86400,) * 2)
    monkeypatch.undo()
    assert held(tmp_path / "index") == {"a": "Version 3"}
    goes_on(tmp_path / "index")

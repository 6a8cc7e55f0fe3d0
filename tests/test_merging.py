"""Merging what commits left: which segments, by what rule, while others write; the same bytes whatever came before."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_building import news
from test_merge import plain_reports, reports

import idlibsearch
from idlibsearch import CorruptIndexError, Index, Report
from idlibsearch.index import documents, merge_policy
from idlibsearch.index.background import Background
from idlibsearch.index.directory import MERGE_NAME, generations, read_manifest
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.merge_policy import due
from idlibsearch.index.merging import all_of, merge_chosen, merge_due


@pytest.fixture
def unmerged(tmp_path):
    """An index of three segments that merges nothing by itself."""
    with idlibsearch.create(tmp_path / "unmerged", merge="never") as index:
        for number in range(3):
            index.add([Report(f"k{number}{n}", f"Truce {number}", "Idlib " * n) for n in range(5)])
        yield index
        assert index.check() == []


def contents(index: Index) -> list[tuple[str, str]]:
    return [(report.key, report.title) for report in index]


def names(index: Index) -> set[str]:
    return {path.suffix.partition("-")[0] if "sketch" in path.suffix else path.suffix for path in index.path.iterdir()}


# ---- the rule

SIZES = st.lists(st.integers(1, 10**9), max_size=12)


def may_be_merged(sizes: list[int]) -> bool:
    counted = [max(size, merge_policy.FLOOR_BYTES) for size in sizes]
    return max(counted) * 3 <= sum(counted)


@given(SIZES)
def test_neighbours_are_merged_when_none_is_more_than_a_third_of_them(sizes):
    chosen = due(sizes, [0.0] * len(sizes))
    stretches = [range(a, b) for a in range(len(sizes)) for b in range(a + 1, len(sizes) + 1)]
    allowed = [stretch for stretch in stretches if may_be_merged(sizes[stretch.start : stretch.stop])]
    if chosen is None:
        assert allowed == []
    else:
        assert chosen in allowed
        assert len(chosen) == max(map(len, allowed))


@given(st.lists(st.integers(10**6, 10**8), min_size=1, max_size=80))
def test_a_report_is_rewritten_a_logarithmic_number_of_times(commits):
    """Simulated: each segment as its size and how often its oldest report was written."""
    segments: list[tuple[int, int]] = []
    for size in commits:
        segments.append((max(size, merge_policy.FLOOR_BYTES), 1))
        while (chosen := due([size for size, _ in segments], [0.0] * len(segments))) is not None:
            parts = segments[chosen.start : chosen.stop]
            segments[chosen.start : chosen.stop] = [(sum(size for size, _ in parts), 1 + max(times for _, times in parts))]
    assert all(times <= 1 + math.log(sum(commits) / merge_policy.FLOOR_BYTES + 1, 3) for _, times in segments)


def test_a_segment_of_which_much_is_deleted_is_rewritten_alone():
    assert due([5_000_000, 40_000_000], [0.2, 0.3]) is None
    assert due([5_000_000, 40_000_000], [0.2, 0.4]) == range(1, 2)


def test_segments_do_not_pile_up(new_index):
    for number in range(30):
        new_index.add([Report(f"k{number}", f"Truce {number}")])
    assert new_index.stats()["segments"] <= 2
    assert contents(new_index) == [(f"k{n}", f"Truce {n}") for n in range(30)]
    assert new_index.search("truce").total == 30


def test_what_is_deleted_goes_by_and_by(new_index):
    new_index.add([Report(f"k{n}", "Truce") for n in range(9)])
    new_index.remove(*(f"k{n}" for n in range(3)))
    assert new_index.stats()["deleted"] == 3
    new_index.remove("k3")
    assert new_index.stats()["deleted"] == 0


# ---- everything


def test_merging_leaves_one_segment_without_what_was_removed(new_index):
    made = news(60, seed=2)
    for at in range(0, 60, 20):
        new_index.add(made[at : at + 20])
    gone = [report.key for report in made[::7]]
    new_index.remove(*gone)
    before = contents(new_index)
    found = new_index.search("idlib OR w1", limit=50)
    assert new_index.merge() is True
    assert (new_index.stats()["segments"], new_index.stats()["deleted"]) == (1, 0)
    assert contents(new_index) == before
    assert {hit.key for hit in new_index.search("idlib OR w1", limit=50)} == {hit.key for hit in found}
    assert new_index.merge() is False
    assert new_index.add(made[:20]).added > 0


def test_a_reader_is_not_disturbed_by_merging(unmerged):
    with idlibsearch.open(unmerged.path) as reader:
        unmerged.merge()
        assert reader.search("truce").total == 15
        assert reader.refresh() is True
        assert reader.search("truce").total == 15
        assert reader.stats()["segments"] == 1


def test_damage_is_not_merged(tmp_path):
    with idlibsearch.create(tmp_path / "index", merge="never") as index:
        for number in range(3):
            index.add(Report(f"{number}-{report.key}", report.title, report.body) for report in news(60, seed=number))
    path = index.path / "00000002.seg"
    sound = path.read_bytes()
    section = SectionFile(path).sections["stored.blocks"]
    path.write_bytes(sound[: section.offset] + bytes([sound[section.offset] ^ 1]) + sound[section.offset + 1 :])
    with idlibsearch.open(index.path) as index:
        with pytest.raises(CorruptIndexError, match="section stored"):
            index.merge()
        assert index.add([Report("new", "Truce")]).added == 1, "a commit is not lost because merging is put off"
        path.write_bytes(sound)
        assert (index.generation, names(index)) == (5, {".seg", ".sketch", ".json", ".lock"})
        assert index.check() == []


def test_merging_an_index_of_nothing_is_nothing(new_index):
    assert new_index.merge() is False
    new_index.add([Report("a", "One")])
    assert new_index.merge() is False
    new_index.remove("a")
    assert new_index.merge() is False


# ---- the same bytes


def merged_bytes(folder: Path, commits: list[list[Report]], merges: list[bool]) -> bytes:
    """The one segment that is left of some commits, after some of which all is merged, and in the end."""
    with idlibsearch.create(folder, merge="never") as index:
        for added, merging in zip(commits, merges, strict=True):
            index.add(added)
            if merging:
                merge_due(index.path, 0)
        index.merge()
        records = read_manifest(index.path).segments
        return b"".join((index.path / record.file).read_bytes() for record in records)


@st.composite
def histories(draw, kind):
    """Reports in the order of adding, and two ways of dividing them into commits."""
    added = draw(st.lists(kind, min_size=1, max_size=14))
    ways = []
    for _ in range(2):
        cuts = sorted(draw(st.sets(st.integers(1, max(len(added) - 1, 1)), max_size=6)))
        commits = [added[a:b] for a, b in zip([0, *cuts], [*cuts, len(added)], strict=True)]
        ways.append((commits, draw(st.lists(st.booleans(), min_size=len(commits), max_size=len(commits)))))
    return ways


def same_bytes(history) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "BLOCK_BYTES", 150)
        patch.setattr(documents, "BATCH_BYTES", 400)
        one, other = [merged_bytes(Path(name) / str(n), *way) for n, way in enumerate(history)]
        assert one == other


@settings(max_examples=30)
@given(histories(plain_reports()))
def test_the_same_adds_give_the_same_bytes_whatever_the_commits_and_merges(history):
    """Replaced reports and ones that came again as they were among them."""
    same_bytes(history)


@settings(max_examples=15)
@given(histories(reports()))
def test_the_same_holds_for_reports_with_names_and_dates_of_which_none_is_replaced(history):
    numbers = iter(range(100))
    keys = {id(report): f"k{next(numbers)}" for commit in history[0][0] for report in commit}
    again = [
        ([[Report(**fields(report) | {"key": keys[id(report)]}) for report in commit] for commit in commits], merges)
        for commits, merges in history
    ]
    same_bytes(again)


def fields(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in Report.__slots__}


# ---- while others write


class Meanwhile:
    """Does something once while a merge goes on."""

    def __init__(self, act) -> None:
        self._act = act
        self.done = False

    def __call__(self) -> None:
        if not self.done:
            self.done = True
            self._act()


def test_commits_made_meanwhile_are_kept(unmerged):
    def write() -> None:
        unmerged.add([Report("new", "Truce new"), Report("k11", "Truce replaced")])
        unmerged.remove("k00", "k24")

    meanwhile = Meanwhile(write)
    before = [(key, title) for key, title in contents(unmerged) if key not in ("k00", "k24", "k11")]
    assert merge_chosen(unmerged.path, all_of, 0, meanwhile) is True
    unmerged.refresh()
    assert meanwhile.done
    assert contents(unmerged) == [*before, ("new", "Truce new"), ("k11", "Truce replaced")]
    assert (unmerged.stats()["segments"], unmerged.stats()["deleted"]) == (2, 3)
    assert unmerged.search("truce").total == 14
    assert unmerged.merge() is True
    assert (unmerged.stats()["segments"], unmerged.stats()["deleted"]) == (1, 0)


@pytest.mark.parametrize("gone", [["k0"], ["k1"], ["k2"], ["k0", "k2"], ["k0", "k1", "k2"]])
def test_a_segment_may_go_while_it_is_merged(unmerged, gone):
    def write() -> None:
        unmerged.remove(*(f"{first}{n}" for first in gone for n in range(5)))

    rest = [each for each in contents(unmerged) if each[0][:2] not in gone]
    assert merge_chosen(unmerged.path, all_of, 0, Meanwhile(write)) is (len(gone) < 3)
    unmerged.refresh()
    assert contents(unmerged) == rest
    assert names(unmerged) == {".seg", ".sketch", ".json", ".lock"} | ({".del-00000006"} if 0 < len(gone) < 3 else set())


def test_a_writer_leaves_a_merge_that_goes_on_in_peace_and_others_wait(unmerged):
    def write() -> None:
        unmerged.add([Report("new", "Truce")])
        assert (unmerged.path / MERGE_NAME).exists()
        with pytest.raises(idlibsearch.LockedError, match="which is this very one"):
            merge_chosen(unmerged.path, all_of, 0)

    meanwhile = Meanwhile(write)

    def ask() -> None:
        if (unmerged.path / MERGE_NAME).exists():
            meanwhile()

    assert merge_chosen(unmerged.path, all_of, 0, ask) is True
    assert meanwhile.done


def test_a_stopped_merge_leaves_everything_as_it_was(unmerged):
    before, generation = contents(unmerged), unmerged.generation
    for stopped in count():
        calls = iter(range(100))

        def ask(calls=calls, stopped=stopped) -> None:
            if next(calls) == stopped:
                raise KeyboardInterrupt

        try:
            assert merge_chosen(unmerged.path, all_of, 0, ask) is True
            break
        except KeyboardInterrupt:
            assert not (unmerged.path / MERGE_NAME).exists()
            assert unmerged.refresh() is False
            assert (contents(unmerged), unmerged.generation) == (before, generation)
    assert stopped > 5
    assert unmerged.refresh() is True


def test_what_a_killed_merge_left_is_removed_by_the_next_writer(unmerged):
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom idlibsearch.index.merging import all_of, merge_chosen\n"
        "folder = Path(sys.argv[1])\n"
        "def ask():\n"
        "    if (folder / 'merging.tmp').exists():\n        os.kill(os.getpid(), signal.SIGKILL)\n"
        "merge_chosen(folder, all_of, 0, ask)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(unmerged.path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (unmerged.path / MERGE_NAME).exists()
    with idlibsearch.open(unmerged.path) as reader:
        assert len(reader) == 15
    unmerged.add([Report("new", "Truce")])
    assert not (unmerged.path / MERGE_NAME).exists()
    assert unmerged.merge() is True


def test_a_thread_merges_what_is_due_and_ends(unmerged):
    background = Background(unmerged.path)
    background.wake()
    background.wait()
    assert unmerged.refresh() is True
    assert (unmerged.stats()["segments"], len(unmerged)) == (1, 15)
    background.wake()
    background.stop()
    assert unmerged.refresh() is False


def test_a_thread_that_waits_for_a_writer_can_be_stopped(unmerged):
    with WriteLock(unmerged.path):
        background = Background(unmerged.path)
        background.wake()
        background.stop()
    assert generations(unmerged.path)[-1] == unmerged.generation
    assert not (unmerged.path / MERGE_NAME).exists()


def test_an_index_may_merge_in_the_background(tmp_path):
    with idlibsearch.create(tmp_path / "index", merge="background") as index:
        for number in range(12):
            index.add([Report(f"k{number}", "Truce")])
    with idlibsearch.open(tmp_path / "index", merge="background") as index:
        assert (len(index), index.search("truce").total) == (12, 12)
        assert index.check() == []


def test_a_program_that_ends_without_a_word_ends_its_merge(tmp_path):
    code = (
        "import idlibsearch, sys\n"
        "index = idlibsearch.create(sys.argv[1], merge='background')\n"
        "for n in range(9):\n    index.add([idlibsearch.Report(str(n), 'Truce')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "index")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with idlibsearch.open(tmp_path / "index") as index:
        assert len(index) == 9
        assert index.check() == []

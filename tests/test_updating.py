"""Bringing an index up to date with files: what is read again, and how a run that broke off is taken up."""

from __future__ import annotations

import gzip
import json
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch.faces import update
from idlibsearch.index.directory import SEEN_NAME, read_manifest
from idlibsearch.ingest import jsonl, pages


@pytest.fixture
def folder(tmp_path):
    """Twenty pages whose last change is long ago."""
    for number in range(20):
        write(tmp_path / "pages" / f"{number:02d}.txt", f"The truce number {number} holds in Idlib, officials said on Sunday.")
    return tmp_path / "pages"


def write(path: Path, text: str, at: int = 1_600_000_000) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (at, at))


@pytest.fixture
def reads(monkeypatch):
    """The names of the pages that are opened."""
    opened: list[str] = []
    real = pages.read_text

    def read_text(path, **options):
        opened.append(Path(path).name)
        return real(path, **options)

    monkeypatch.setattr(pages, "read_text", read_text)
    return opened


@pytest.fixture
def clock(monkeypatch):
    """Time goes on by a second whenever somebody looks."""
    monkeypatch.setattr(update.time, "monotonic", map(float, count()).__next__)


def test_files_that_did_not_change_are_not_opened(new_index, folder, reads):
    assert new_index.add_path(folder).added == 20
    assert len(reads) == 20
    write(folder / "07.txt", "Another truce holds in Aleppo, officials said on Monday.")
    write(folder / "20.txt", "A new truce holds in Hama, officials said on Tuesday.")
    (folder / "03.txt").unlink()
    changes = new_index.add_path(folder, prune=True)
    assert changes[:6] == (1, 1, 0, 1, 20, 18)
    assert reads[20:] == ["07.txt", "20.txt"]
    assert new_index.add_path(folder)[:6] == (0, 0, 0, 0, 20, 20)
    assert len(reads) == 22


@pytest.mark.parametrize("change", ["size", "time", "inode"])
def test_a_file_of_another_look_is_opened(new_index, folder, reads, change):
    new_index.add_path(folder)
    page = folder / "05.txt"
    if change == "size":
        write(page, page.read_text() + " ")
    elif change == "time":
        os.utime(page, (1_600_000_001, 1_600_000_001))
    else:
        write(folder / "new", page.read_text())
        (folder / "new").replace(page)
    assert new_index.add_path(folder).files_unchanged == (19 if change == "size" else 20)
    assert reads[20:] == ["05.txt"]


def test_a_file_that_may_change_without_a_trace_is_opened_again(new_index, folder, reads):
    (folder / "05.txt").touch()
    for times in (1, 2, 3):
        new_index.add_path(folder)
        assert reads.count("05.txt") == times
    assert len(reads) == 22


def test_reading_in_another_manner_and_what_was_removed_are_seen(new_index, folder, reads):
    new_index.add_path(folder)
    assert new_index.add_path(folder, split="article").files_unchanged == 0
    assert len(reads) == 40
    new_index.remove("pages/05.txt")
    assert new_index.add_path(folder, split="article").added == 1
    assert reads[40:] == ["05.txt"]


def test_a_page_without_reports_is_not_opened_again_either(new_index, folder, reads):
    write(folder / "empty.txt", " \n")
    new_index.add_path(folder)
    new_index.add_path(folder)
    assert reads.count("empty.txt") == 1


def test_a_file_that_cannot_be_read_is_told_every_time(new_index, folder):
    (folder / "05.txt").write_bytes(b"\x00\x01\x02\x03\xff\x00\x00binary")
    os.utime(folder / "05.txt", (1_600_000_000, 1_600_000_000))
    for _ in range(3):
        assert [Path(error.path).name for error in new_index.add_path(folder).skipped] == ["05.txt"]


@pytest.mark.parametrize("damage", [b"", b"nonsense" * 50, None])
def test_what_was_seen_may_be_lost_or_damaged(new_index, folder, reads, damage):
    new_index.add_path(folder)
    states = new_index.path / SEEN_NAME
    if damage is None:
        content = bytearray(states.read_bytes())
        content[70] ^= 1
        damage = bytes(content)
    states.write_bytes(damage)
    assert new_index.add_path(folder)[:6] == (0, 0, 0, 0, 20, 20)
    assert len(reads) == 40
    assert new_index.add_path(folder).files_unchanged == 20
    assert len(reads) == 40


# ---- lines


def write_lines(path: Path, numbers, **more) -> None:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        for number in numbers:
            text = f"Truce №{number} holds in Idlib"
            file.write(json.dumps({"id": number, "title": f"Report {number}", "text": text} | more, ensure_ascii=False) + "\n")
    os.utime(path, (1_600_000_000, 1_600_000_000))


def test_lines_that_stand_where_they_stood_are_left_alone(new_index, tmp_path):
    path = tmp_path / "reports.jsonl"
    write_lines(path, range(50))
    assert new_index.add_path(path).added == 50
    write_lines(path, range(60))
    assert new_index.add_path(path)[:4] == (10, 0, 50, 0)
    assert new_index.add_path(path).files_unchanged == 1
    write_lines(path, range(55))
    assert new_index.add_path(path)[:4] == (0, 0, 55, 5)
    assert new_index.add_path(path).files_unchanged == 1
    write_lines(path, range(55), source="AFP")
    assert new_index.add_path(path)[:4] == (0, 55, 0, 0)


# ---- runs that break off


class BrokenOffError(Exception):
    pass


def broken_off(index, path, after: int, **options) -> None:
    """Update the index, but end after so many reports were taken from JSON lines, if there are more."""
    taken = 0

    class Items(jsonl.Items):
        def __iter__(self):
            nonlocal taken
            for item in super().__iter__():
                if taken == after:
                    raise BrokenOffError
                taken += 1
                yield item

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "Items", Items)
        with suppress(BrokenOffError):
            index.add_path(path, **options)
    index.refresh()


def titles(index) -> dict[str, str]:
    return {report.key: report.title + report.source for report in index}


@pytest.mark.parametrize("name", ["reports.jsonl", "reports.jsonl.gz"])
def test_a_run_that_broke_off_is_gone_on_with_where_it_was(new_index, tmp_path, clock, name):
    path = tmp_path / name
    write_lines(path, range(100))
    broken_off(new_index, path, 60, checkpoint_s=10)
    there = len(new_index)
    assert 40 < there <= 60
    assert list(read_manifest(new_index.path).unfinished) == [name]
    new_index.add([idlibsearch.Report("other")])
    assert new_index.add_path(path, checkpoint_s=30)[:4] == (100 - there, 0, 0, 0), "what was there was not looked at again"
    assert titles(new_index) == {f"{name}#{n}": f"Report {n}" for n in range(100)} | {"other": ""}
    assert read_manifest(new_index.path).unfinished == {}
    assert new_index.add_path(path).files_unchanged == 1
    assert [report.provenance.start for report in new_index if report.provenance][-1] == len(
        "".join(json.dumps({"id": n, "title": f"Report {n}", "text": f"Truce №{n} holds in Idlib"}) for n in range(99))
    ) - 5 * 99 + 99


def test_it_may_break_off_several_times(new_index, tmp_path, clock):
    path = tmp_path / "reports.jsonl"
    write_lines(path, range(100))
    sizes = []
    for _ in range(3):
        broken_off(new_index, path, 25, checkpoint_s=10)
        sizes.append(len(new_index))
    assert 0 < sizes[0] < sizes[1] < sizes[2] < 75
    assert new_index.add_path(path).added == 100 - sizes[2]
    assert len(new_index) == 100


def test_without_checkpoints_nothing_is_there_until_all_is(new_index, tmp_path, clock):
    path = tmp_path / "reports.jsonl"
    write_lines(path, range(100))
    broken_off(new_index, path, 60)
    assert (len(new_index), new_index.generation) == (0, 1)


@pytest.mark.parametrize("case", ["changed since", "there before", "without ids"])
def test_a_run_is_taken_up_from_the_beginning_where_that_is_surer(new_index, tmp_path, clock, case):
    path = tmp_path / "reports.jsonl"
    more = {"id": None} if case == "without ids" else {}
    if case == "there before":
        write_lines(path, range(90, 120), source="AFP")
        new_index.add_path(path)
    write_lines(path, range(100), **more)
    broken_off(new_index, path, 60, checkpoint_s=10)
    if case == "changed since":
        write_lines(path, range(5, 100))
    there = len(new_index)
    changes = new_index.add_path(path)
    with idlibsearch.create(tmp_path / "fresh") as fresh:
        fresh.add_path(path)
        assert titles(new_index) == titles(fresh)
    assert changes.unchanged + changes.changed > 0
    assert there > 0
    assert read_manifest(new_index.path).unfinished == {}


def test_pages_that_were_committed_are_not_read_again(new_index, folder, reads, clock):
    def stop(path: str) -> None:
        if path.endswith("12.txt"):
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        new_index.add_path(folder, progress=stop, checkpoint_s=10)
    new_index.refresh()
    there = len(new_index)
    assert 0 < there < 13
    assert new_index.add_path(folder)[:6] == (20 - there, 0, 0, 0, 20, there)
    assert reads[13:] == [f"{number:02d}.txt" for number in range(there, 20)]


LINES = st.lists(st.tuples(st.integers(0, 15), st.sampled_from("ab")), max_size=20)


@settings(max_examples=20)
@given(LINES, st.lists(st.tuples(LINES, st.integers(0, 20)), max_size=3), LINES)
def test_whatever_broke_off_in_the_end_all_is_as_if_read_once(tmp_path_factory, before, broken, last):
    folder = tmp_path_factory.mktemp("lines")
    path = folder / "reports.jsonl"

    def save(lines) -> None:
        path.write_text("".join(json.dumps({"id": n, "title": f"{n}{text}"}) + "\n" for n, text in lines))

    with (
        idlibsearch.create(folder / "index", merge="never") as index,
        idlibsearch.create(folder / "fresh") as fresh,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(update.time, "monotonic", map(float, count()).__next__)
        save(before)
        index.add_path(path)
        for lines, after in broken:
            save(lines)
            broken_off(index, path, after, checkpoint_s=4)
        save(last)
        index.add_path(path, checkpoint_s=7)
        fresh.add_path(path)
        assert titles(index) == titles(fresh)
        assert index.add_path(path).added == 0
        assert index.check() == []


def test_names_are_looked_for_as_asked_and_files_read_again_when_that_changes(new_index, folder, reads):
    def names() -> int:
        return new_index.search("{PLACE:Idlib}").total

    lines = folder / "more.jsonl"
    write(lines, '{"id": 1, "text": "The truce in the town of Idlib holds, officials said."}\n')
    assert (new_index.add_path(folder).added, names()) == (21, 20)  # pages by themselves
    reads.clear()
    changes = new_index.add_path(folder, entities=True)
    assert (changes.files_unchanged, reads, names()) == (20, [], 21)  # they need not be opened
    changes = new_index.add_path(folder, entities=False)
    assert (changes.files_unchanged, changes.changed, len(reads), names()) == (0, 21, 20, 0)
    assert new_index.add_path(folder, entities=False).files_unchanged == 21
    assert (new_index.add_path(folder).changed, names()) == (20, 20)
    assert new_index.check() == []

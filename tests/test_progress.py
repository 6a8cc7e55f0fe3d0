"""How far reading has come, told on a terminal and elsewhere, by a clock that the tests set."""

from __future__ import annotations

import io

import pytest

from idlibsearch.faces.progress import Progress, bytes_of, duration, size


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(out: io.StringIO, steps: list[tuple[float, int]], total: int = 100_000_000) -> str:
    """What is written when so many bytes are read by these times."""
    now = [0.0]
    counted = []
    with Progress(out, lambda: counted.append(1) or total, lambda: now[0]) as advance:
        for at, read in steps:
            now[0] = at
            advance(read)
    assert len(counted) <= 1
    return out.getvalue()


def test_short_work_is_not_worth_a_line():
    assert told(io.StringIO(), [(n, 1000) for n in range(15)]) == ""
    assert told(Terminal(), [(0.1, 1000), (0.4, 1000)]) == ""


def test_elsewhere_there_is_a_line_now_and_then():
    lines = told(io.StringIO(), [(n, 1_000_000) for n in range(40)]).splitlines()
    assert lines == [
        "idlibsearch: read 16.0 MB of 100 MB (16 %), 1.1 MB/s, 79 s left",
        "idlibsearch: read 31.0 MB of 100 MB (31 %), 1.0 MB/s, 67 s left",
    ]


def test_on_a_terminal_one_line_changes_and_goes():
    parts = told(Terminal(), [(1, 50_000_000), (2, 25_000_000)]).split("\r\033[K")
    assert parts == [
        "",
        "read 50.0 MB of 100 MB (50 %), 50.0 MB/s, 1 s left",
        "read 75.0 MB of 100 MB (75 %), 37.5 MB/s, 1 s left",
        "",
    ]


def test_the_rate_is_that_of_the_last_minute():
    out = told(io.StringIO(), [(0, 90_000_000), *((20.0 * n, 20_000) for n in range(1, 8))])
    assert out.splitlines()[-1] == "idlibsearch: read 90.1 MB of 100 MB (90 %), 1.0 kB/s, 2 h 44 min left"


def test_more_may_come_than_was_counted():
    assert "read 3.0 kB of 3.0 kB (100 %)" in told(io.StringIO(), [(30, 3000)], total=1000)
    assert "(all)" in told(io.StringIO(), [(30, 0)], total=0)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0.0 kB"), (999, "1.0 kB"), (1500, "1.5 kB"), (2.5e9, "2.5 GB"), (1e16, "10000 TB")]
)
def test_sizes_are_for_people(count, text):
    assert size(count) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 s"), (99, "99 s"), (100, "1 min"), (5999, "99 min"), (7300, "2 h 1 min")])
def test_durations_are_for_people(seconds, text):
    assert duration(seconds) == text


def test_files_and_folders_are_counted(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "one").write_bytes(b"123")
    (tmp_path / "two").write_bytes(b"12345")
    assert bytes_of([str(tmp_path / "a"), str(tmp_path / "two"), str(tmp_path / "nowhere")]) == 8

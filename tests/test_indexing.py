"""``idlibsearch index``: which formats it reads from where, and the table it ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from format_files import BODY, html, zipped

TEXT = f"Truce holds in Idlib\n\n{BODY}\n"


@pytest.fixture
def run(tmp_path):
    """Run the command in a folder of its own, where all that needs an extra has it missing."""
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "sitecustomize.py").write_text(
        "import importlib.util\nfound = importlib.util.find_spec\nabsent = {'pypdf', 'striprtf', 'warcio', 'trafilatura'}\n"
        "importlib.util.find_spec = lambda name, package=None: None if name in absent else found(name, package)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDLIBSEARCH")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(tmp_path / "absent"), environment.get("PYTHONPATH"))))

    def command(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "idlibsearch", "index", *arguments]
        return subprocess.run(
            line, cwd=tmp_path, env=environment, input=given, capture_output=True, text=True, timeout=60, check=False
        )

    return command


@pytest.fixture
def mixed(tmp_path):
    """A folder of several formats, some of which cannot be read."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        (folder / name).write_bytes(b"%PDF-1.4")
    (folder / "a.html").write_text(html())
    (folder / "b.html").write_text("<p>no")
    (folder / "a.txt").write_text(TEXT)
    (folder / "d.zip").write_bytes(zipped({"a.txt": TEXT, "b.txt": TEXT}))
    (folder / "e.xlsx").write_bytes(b"PK")
    return folder


def test_it_ends_with_a_table_of_what_was_read_and_what_not(run, mixed):
    result = run("in")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "format  read  as it was  reports  skipped  why",
        "text       3                   3",
        "html       1                   1        1  has no text that reads like an article (1)",
        "zip        1",
        "pdf                                     3  reading pdf needs more: pip install 'idlibsearch[pdf]' (3)",
        "xlsx                                    1  the format is not read (1)",
        "3 files, 4 skipped: 4 added, 0 changed, 0 unchanged, 0 removed; 4 reports in index",
    ]


def test_a_missing_extra_is_told_once(run, mixed):
    assert sorted(run("in").stderr.splitlines()) == [
        "idlibsearch: in/a.pdf: reading pdf needs more: pip install 'idlibsearch[pdf]' (2 more like it)",
        "idlibsearch: in/b.html: has no text that reads like an article",
    ]


def test_json_has_the_same_numbers(run, mixed):
    value = json.loads(run("--format", "json", "in").stdout)
    assert [kind["kind"] for kind in value["kinds"]] == ["text", "html", "zip", "pdf", "xlsx"]
    assert value["kinds"][3] == {
        "kind": "pdf", "files": 0, "unchanged": 0, "reports": 0, "skipped": 3,
        "reasons": {"reading pdf needs more: pip install 'idlibsearch[pdf]'": 3},
    }  # fmt: skip
    assert len(value["skipped"]) == 4


def test_of_one_format_in_order_there_is_no_table(run, mixed):
    assert run("in/a.txt").stdout == "1 file: 1 added, 0 changed, 0 unchanged, 0 removed; 1 report in index\n"


def test_patterns_are_read_as_they_are(run, mixed):
    assert run("in/a.h*", "in/*.txt").stdout.splitlines()[-1].startswith("2 files: 2 added")
    result = run("in/*.none")
    assert (result.returncode, result.stderr) == (2, "idlibsearch: in/*.none: matches no file\n")


def test_standard_input_is_read_as_what_it_is_said_to_be(run, tmp_path):
    assert run("-", "--as", "html", given=html()).stdout.startswith("1 file: 1 added")
    assert run("-", "--as", "HTML", given=html()).stdout.startswith("1 file, 1 of them as they were: 0 added")
    lines = '{"id": 1, "text": "a truce"}\n{"id": 2, "text": "another truce"}\n'
    assert run("-", "--as", "jsonl", "--prune", given=lines).stdout.startswith(
        "1 file: 2 added, 0 changed, 0 unchanged, 1 removed"
    )
    assert run("absent", "--prune").returncode == 0
    shown = subprocess.run(
        [sys.executable, "-m", "idlibsearch", "show", "stdin#2"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "another truce" in shown.stdout


def test_standard_input_shows_what_it_is_where_that_is_plain(run):
    assert run("-", given=html()).stdout.startswith("1 file: 1 added")


def test_a_format_that_there_is_not_is_refused(run):
    result = run("-", "--as", "klingon", given="")
    assert result.returncode == 2
    assert "'klingon' is not one of" in result.stderr

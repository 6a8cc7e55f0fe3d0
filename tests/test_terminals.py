"""Commands on a terminal: lines broken between words, links, a pager for what is longer than the screen, completion."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Report
from idlibsearch.faces.screen import shows_links
from idlibsearch.results.render import COLOUR
from idlibsearch.results.wrapping import columns_of, unlinked, wrapped

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from terminals import COMMAND, seen, written

BOLD, PLAIN, KEYS = "\x1b[1m", "\x1b[0m", "seeds/003_68dc4d247c074b28.txt"


@pytest.fixture(scope="module")
def folder(seeds_to_change):
    return seeds_to_change("terminal")


# ---- lines


def test_a_line_is_broken_between_words_and_goes_on_under_its_text():
    assert list(wrapped("12. One two three", 11)) == ["12. One two", "    three"]
    assert list(wrapped("   one two", 8)) == ["   one", "   two"]
    assert list(wrapped("  - one two", 8)) == ["  - one", "    two"]
    assert list(wrapped("name: one two", 10)) == ["name: one", "  two"]
    assert list(wrapped("one  two\n\nthree", 6)) == ["one", "two", "", "three"]
    assert list(wrapped("停戦 停戦", 6)) == ["停戦", "停戦"]


def test_a_word_that_is_longer_than_a_line_stays_whole():
    assert list(wrapped("url: https://example.org/a/long/path and so on", 12)) == [
        "url: https://example.org/a/long/path", "  and so on",
    ]  # fmt: skip


def test_dress_and_links_take_no_room_and_are_taken_up_again():
    assert list(wrapped(f"a {BOLD}bb cc{PLAIN} d", 7)) == [f"a {BOLD}bb cc{PLAIN}", "d"]
    assert list(wrapped(f"{BOLD}bb cc{PLAIN} d", 4)) == [f"{BOLD}bb{PLAIN}", f"{BOLD}cc{PLAIN} d"]
    link = "\x1b]8;;https://example.org\x1b\\"
    rows = list(wrapped(f"{link}bb cc\x1b]8;;\x1b\\ d", 3))
    assert rows == [f"{link}bb\x1b]8;;\x1b\\", f"{link}cc\x1b]8;;\x1b\\", "d"]
    assert [unlinked(row) for row in rows] == ["bb", "cc", "d"]


def test_what_would_steer_the_terminal_is_shown_as_a_sign():
    assert list(wrapped("a\x1b]0;title\x07b\x9b2J\rc\td", 80)) == ["a\ufffd]0;title\ufffdb\ufffd2J\ufffdc       d"]
    assert list(wrapped("a\r\nb", 80)) == ["a", "b"]


@given(st.lists(st.sampled_from(["a", " ", "é", "停", "-", "1", ".", BOLD, PLAIN]), max_size=60).map("".join), st.integers(4, 20))
def test_every_line_fits_but_for_long_words_and_nothing_is_lost(text, columns):
    rows = list(wrapped(text, columns))
    assert words_of(" ".join(rows)) == words_of(text)
    for row in rows:
        assert columns_of(seen(row).rstrip()) <= columns or max(map(columns_of, row.split(" "))) > columns // 2


def words_of(text: str) -> list[str]:
    return text.replace(BOLD, "").replace(PLAIN, "").split()


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "idlib", "--limit", "3"],
        ["show", KEYS],
        ["terms", "idlib", "--limit", "5"],
        ["facets"],
        ["stats"],
        ["similar", KEYS],
        ["query", "--cite", "text", "idlib"],
        ["query", "xylophone", "OR", "colour:red", "zebra"],
    ],
)
def test_no_line_is_wider_than_the_terminal(folder, arguments, columns):
    _, text = written(*arguments, cwd=folder, columns=columns)
    wide = [line for line in seen(text).splitlines() if columns_of(line) > columns]
    assert [line for line in wide if "https://" not in line] == []


def test_what_programs_read_is_never_broken(folder):
    _, text = written("query", "--format", "jsonl", "ceasefire", cwd=folder, columns=60)
    assert len(text.splitlines()) == 8


# ---- links


def test_hits_lead_to_their_page_and_file_where_the_terminal_shows_links(folder):
    _, text = written("query", "--limit", "1", "ceasefire", "source:reuters", cwd=folder, FORCE_HYPERLINK="1")
    (page, title), (file, key) = [part.split("\x1b\\")[:2] for part in text.split("\x1b]8;;")[1::2]]
    assert page.startswith("https://www.themoscowtimes.com/2020/01/12/")
    assert seen(title).startswith("Russian-Led Air Strikes")
    assert file.startswith("file://")
    assert file.endswith(f"{folder.resolve()}/{KEYS}")
    assert seen(key) == KEYS


@pytest.mark.parametrize(
    "environ", [{}, {"FORCE_HYPERLINK": "0"}, {"FORCE_HYPERLINK": "1", "NO_COLOR": "1"}, {"FORCE_HYPERLINK": "1", "TERM": "dumb"}]
)
def test_without_a_terminal_that_is_known_to_show_links_there_are_none(folder, environ):
    assert "\x1b]8" not in written("query", "ceasefire", cwd=folder, **environ)[1]


def test_terminals_that_show_links_are_known():
    for environ in ({"VTE_VERSION": "6800"}, {"TERM": "xterm-kitty"}, {"TERM_PROGRAM": "vscode"}, {"WT_SESSION": ""}):
        assert shows_links(environ)
        assert not shows_links(environ | {"FORCE_HYPERLINK": "0"})
    for environ in ({}, {"TERM": "xterm-256color"}, {"VTE_VERSION": "4200"}, {"TERM_PROGRAM": "Apple_Terminal"}):
        assert not shows_links(environ)


def test_only_the_web_and_files_below_the_root_are_linked():
    style = COLOUR._replace(links="host/root/")
    assert style.linked("x", "a/../b c#.txt") == "\x1b]8;;file://host/root/b%20c%23.txt\x1b\\x\x1b]8;;\x1b\\"
    assert style.linked("x", "https://e.org/\x1b\\\x07 ä") == "\x1b]8;;https://e.org/%1B%5C%07%20%C3%A4\x1b\\x\x1b]8;;\x1b\\"
    assert style.linked("x", "javascript://alert") == style.linked("x", "") == "x"


# ---- pager


def test_what_is_longer_than_the_screen_goes_to_the_pager(folder):
    paging = {"rows": 10, "PAGER": f"{sys.executable} -c \"print('paged', len(input()))\""}
    assert "paged" in written("query", "idlib", cwd=folder, **paging)[1]
    assert "paged" not in written("query", "ceasefire Sochi", cwd=folder, **paging)[1]
    assert "paged" not in written("query", "--no-pager", "idlib", cwd=folder, **paging)[1]
    for quiet in ({"PAGER": ""}, {"PAGER": "cat"}, {"TERM": "dumb"}):
        assert "paged" not in written("query", "idlib", cwd=folder, **paging | quiet)[1]


def test_the_exit_code_is_that_of_the_command_whatever_the_pager_does(folder):
    assert written("query", "idlib", cwd=folder, rows=10, PAGER="true")[0] == 0
    assert written("export", "*", cwd=folder, rows=10, PAGER="head -1")[0] == 0


def test_less_is_told_to_keep_colours_and_leaves_short_output_on_the_screen(folder, tmp_path):
    (tmp_path / "less").write_text('#!/bin/sh\necho "LESS is $LESS"\ncat > /dev/null\n')
    (tmp_path / "less").chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert "LESS is -FRX" in written("query", "idlib", cwd=folder, rows=10, PATH=path)[1]
    assert "LESS is -S" in written("query", "idlib", cwd=folder, rows=10, PATH=path, LESS="-S")[1]


# ---- progress


def test_progress_leaves_a_clean_line(folder):
    _, text = written("check", cwd=folder)
    assert "Checking: 0 of 1 (0 %)" in text
    assert seen(text) == "sound\n"


# ---- completion


def completed(folder, *words: str, shell: str = "bash", **environ: str) -> list[str]:
    """What a shell is told that the last word may become."""
    asked = {
        "COMP_WORDS": " ".join(("idlibsearch", *words)),
        "COMP_CWORD": str(len(words)),
        "_IDLIBSEARCH_COMPLETE": f"{shell}_complete",
    }
    run = subprocess.run(COMMAND, cwd=folder, env=os.environ | asked | environ, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    return [line.rpartition(",")[2] for line in run.stdout.splitlines() if line]


def test_the_shell_completes_commands_options_and_values(folder):
    assert completed(folder, "su") == ["suggest"]
    assert completed(folder, "query", "--colla") == ["--collapse"]
    assert completed(folder, "query", "--format", "j") == ["json", "jsonl"]
    assert completed(folder, "alert", "r") == ["remove", "run"]


def test_the_shell_completes_fields_of_the_index_and_their_values(folder, tmp_path):
    with idlibsearch.create(tmp_path / "other") as index:
        index.add([Report("a", "Truce", keywords={"author": ["C. D."]}, numbers={"price": 3})])
    other = ["--index", str(tmp_path / "other")]
    assert completed(folder, "facets", *other, "--facet", "au") == ["author"]
    assert completed(folder, "query", *other, "--sort", "p") == ["price"]
    assert completed(folder, "query", *other, "aut") == ["author:"]
    assert completed(folder, "query", "--facet", "date:m") == ["date:month"]
    assert completed(folder, "facets", "--choose", "source=re") == ["source=Reuters"]
    assert completed(folder, "facets", "--facet", "au", IDLIBSEARCH_INDEX=str(tmp_path / "other")) == ["author"]


def test_where_there_is_no_index_nothing_is_completed_and_nothing_said(tmp_path):
    assert completed(tmp_path, "facets", "--facet", "so") == []
    assert completed(tmp_path, "query", "so") == []
    assert completed(tmp_path, "query", "--sort", "sc") == ["score"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(folder, shell):
    named = subprocess.run([*COMMAND, "completion", shell], capture_output=True, text=True, check=True).stdout
    by_itself = subprocess.run(
        [*COMMAND, "completion"], capture_output=True, text=True, check=True, env=os.environ | {"SHELL": f"/bin/{shell}"}
    )
    assert f"_IDLIBSEARCH_COMPLETE={shell}_complete" in named
    assert by_itself.stdout == named
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=named, text=True, check=True)


def test_a_shell_that_is_not_known_is_asked_for(folder):
    run = subprocess.run(
        [*COMMAND, "completion"], capture_output=True, text=True, env=os.environ | {"SHELL": "/bin/tcsh"}, check=False
    )
    assert (run.returncode, "name the shell: bash, zsh, fish" in run.stderr) == (2, True)

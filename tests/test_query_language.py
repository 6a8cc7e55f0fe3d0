"""The page about the query language holds: every example on it is run, and its tables say what the code has."""

from __future__ import annotations

import ast
import doctest
import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import idlibsearch
from idlibsearch import Limits, QueryError, Report
from idlibsearch.query import limits, operands, periods, pieces, placed, plan, regex
from idlibsearch.query.days import days_of
from idlibsearch.query.syntax import parse

TOP = Path(__file__).parent.parent
PAGE = (TOP / "docs" / "query-language.md").read_text(encoding="utf-8")
TUESDAY = date(2020, 1, 14)


def blocks(kind: str) -> list[str]:
    """What stands in fences of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def table(first: str, *, occurrence: int = 0) -> list[list[str]]:
    """The rows of a table by its first column's name, as cells."""
    heads = [match.end() for match in re.finditer(rf"^\| {first} \|.*\n\|[-|]+\n", PAGE, re.MULTILINE)]
    rows = PAGE[heads[occurrence] :].split("\n\n")[0].strip().splitlines()
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def codes(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


# ---- examples


@pytest.fixture(scope="module")
def folder(tmp_path_factory, seeds):
    """A folder with the seed pages and their index, as the page has it."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "seeds").symlink_to(seeds)
    with idlibsearch.create(folder / "index") as index:
        index.add_path(folder / "seeds")
    return folder


def sessions() -> list[tuple[str, list[str]]]:
    """Commands and what they say."""
    parts = [part for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(part.splitlines()[0], part.splitlines()[1:]) for part in parts]


@pytest.mark.parametrize(("command", "expected"), sessions())
def test_a_command_says_what_the_page_shows(folder, command, expected):
    program, *arguments = shlex.split(command)
    assert program == "idlibsearch"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDLIBSEARCH")}
    line = [sys.executable, "-m", "idlibsearch", *arguments]
    result = subprocess.run(line, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)
    said = [re.sub(r", [\d.]+ ms$", "", line) for line in (result.stderr + result.stdout).splitlines()]
    shown = [line for line in said if line and not re.match(r" {3}[^ ^]", line)]  # no snippets and keys
    if expected[-1] == "…":
        expected, shown = expected[:-1], shown[: len(expected) - 1]
    assert shown == expected


@pytest.mark.parametrize("block", blocks("near"))
def test_nearness_marks_what_the_page_shows(new_index, block):
    text, *lines = block.splitlines()
    new_index.add([Report("text", "", text.replace(" ¶ ", "\n\n"))])
    for line in lines:
        question, expected = re.split(r" {2,}", line)
        marked = [hit.snippet(before="[", after="]") for hit in new_index.search(question)]
        assert (marked or ["no"]) == [expected], question


@pytest.mark.parametrize("line", "".join(blocks("reads")).splitlines())
def test_a_question_reads_as_the_page_says(line):
    typed, meant = re.split(r" {2,}", line)
    assert parse(typed).tree == parse(meant).tree


def test_the_python_of_the_page_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    text = "".join(blocks("python"))
    assert text.count(">>>") > 10
    ran = doctest.DocTestParser().get_doctest(text, {}, "query-language.md", None, None)
    assert doctest.DocTestRunner().run(ran).failed == 0


@pytest.mark.parametrize("typed", [typed for cell, _ in table("typed") for typed in codes(cell)])
def test_what_may_be_typed_is_answered_as_it_stands(seed_index, typed):
    found = seed_index.search(typed)
    noted = {note.code for note in found.diagnostics} - {"unknown-word", "unknown-value"}
    assert noted <= ({"operator"} if "NOT W/5" in typed else set())


# ---- tables


@pytest.mark.parametrize(("forms", "meanings"), [(row[0], row[2]) for row in table("form")])
def test_a_date_means_what_the_table_says(forms, meanings):
    groups, days = forms.split(" · "), meanings.split(" · ")
    assert len(groups) == len(days)
    for group, meaning in zip(groups, days, strict=True):
        for form in codes(group):
            assert days_of(form, TUESDAY) == days_of(meaning, TUESDAY), form


def codes_in_source() -> set[str]:
    """Every code that a diagnostic is made with: the first text that is given where one is."""
    found = set()
    for path in (TOP / "idlibsearch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if called in ("note", "Diagnostic"):
                given = (each.value for each in node.args[:2] if isinstance(each, ast.Constant))
                found |= {next(given, None)}
    return found - {None}


def test_the_table_of_diagnostics_is_complete():
    named = [code for row in table("code") for code in codes(row[0])]
    assert sorted(named) == sorted(codes_in_source())


@pytest.mark.parametrize(("names", "typed"), [(codes(row[0]), codes(row[2])) for row in table("code") if row[2]])
def test_a_diagnostic_has_an_example(seed_index, names, typed):
    for name, question in zip(names, typed, strict=True):
        assert name in {note.code for note in seed_index.search(question, today=TUESDAY).diagnostics}


@pytest.mark.parametrize(("typed", "says"), table("typed", occurrence=1))
def test_what_the_page_refuses_is_refused_for_the_reason_it_gives(seed_index, typed, says):
    with pytest.raises(QueryError) as caught:
        seed_index.search(codes(typed)[0])
    assert caught.value.message == says
    assert caught.value.advice


def test_the_limits_are_those_of_the_code():
    assert {codes(name)[0]: value for name, value, _ in table("limit")} == {
        name: f"{value:,}" for name, value in Limits()._asdict().items()
    }
    fixed = (
        limits.MAX_DISTANCE,
        limits.MAX_FLAT,
        placed.MAX_TIMES,
        plan.MAX_PHRASE_WORDS,
        plan.MAX_COMPOUNDS,
        regex.MAX_REPEAT,
        operands.MAX_BOOST,
        periods.MAX_CHARACTERS,
    )
    assert [value for _, value in table("of")] == [f"{value:,}" for value in fixed]


def test_other_names_of_fields_are_on_the_page():
    (names,) = re.findall(r"^Fields have other names too: (.*?);", PAGE, re.DOTALL | re.MULTILINE)
    assert codes(names) == list(pieces.ALIASES)


def test_links_inside_the_page_lead_to_a_heading():
    headings = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings

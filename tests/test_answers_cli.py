"""The commands that give answers to take away, run as a user runs them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def folder(seeds_to_change):
    return seeds_to_change("answers")


@pytest.fixture
def run(folder):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDLIBSEARCH")}

    def command(*arguments: str, cwd=folder, **environ: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "idlibsearch", *arguments]
        return subprocess.run(line, cwd=cwd, env=environment | environ, capture_output=True, text=True, timeout=60, check=False)

    return command


def test_alone_it_says_where_to_start(run, tmp_path):
    first = run(cwd=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("There is no index in index/ yet.")
    assert run().stdout.startswith("There is an index in index/. Ask it:")
    assert "in elsewhere/" in run(IDLIBSEARCH_INDEX="elsewhere").stdout


def test_where_no_report_has_all_words_it_says_what_any_would_find(run):
    told = run("query", "Ankara", "helicopter", "Sochi")
    assert told.returncode == 1
    assert "no report has all of these words, though each is in some; with --any " in told.stderr
    told = run("query", "ceasefire", "xylophone")
    assert "no report has the word xylophone" in told.stderr
    assert "no report has all of these words; with --any 8 match" in told.stderr
    for quiet in (["xylophone"], ["--any", "xylophone"], ["ceasefire", "Sochi"]):
        assert "--any" not in run("query", *quiet).stderr


def test_export_writes_every_match_in_full(run):
    result = run("export", "idlib")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.returncode, len(rows)) == (0, 37)
    assert all(row["body"] or row["title"] for row in rows)
    table = list(csv.DictReader(io.StringIO(run("export", "*", "--format", "csv", "--sort", "key").stdout)))
    assert len(table) == 50
    assert [row["key"] for row in table] == sorted(row["key"] for row in table)
    assert run("export", "xylophone").returncode == 1
    assert run("export", "idlib", "--sort", "colour").returncode == 2


def test_citations_are_written_and_verified(run, folder):
    for form in ("json", "jsonl", "csl"):
        (folder / "cited").write_text(run("query", "ceasefire", "--cite", form).stdout, encoding="utf-8")
        result = run("verify", "cited", "--format", "jsonl")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert (result.returncode, {row["state"] for row in rows}, len(rows)) == (0, {"holds"}, 8)
    assert run("query", "ceasefire", "--cite", "bibtex").stdout.count("@article{") == 8
    assert len(run("query", "ceasefire", "--cite", "text").stdout.splitlines()) == 8
    page = folder / "seeds" / "003_68dc4d247c074b28.txt"
    before = page.read_bytes()
    page.write_bytes(b"Changed.\n")
    result = run("verify", "cited")
    page.write_bytes(before)
    assert result.returncode == 1
    assert "gone    seeds/003_68dc4d247c074b28.txt\n        “" in result.stdout
    (folder / "nothing").write_text("3")
    assert run("verify", "nothing").returncode == 2


def test_facets_are_counted_and_values_chosen(run):
    value = json.loads(run("facets", "idlib", "--facet", "source:2", "--facet", "place:0", "--format", "json").stdout)
    assert value["total"] == 37
    assert len(value["facets"]["source"]) == 2
    chosen = run("facets", "--facet", "source", "--choose", "source=Reuters", "--choose", "source=TASS", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(chosen.stdout)))
    assert {"facet": "source", "value": "TASS", "count": "2"} in rows
    assert {"facet": "source", "value": "RBC", "count": "1"} in rows
    plain = run("facets", "idlib", "--facet", "place:1").stdout
    assert plain == "37 reports\n\nplace\n  Idlib  37\n"
    assert run("facets", "--choose", "Reuters").returncode == 2
    per_story = run("facets", "idlib", "--facet", "place:1", "--per", "story").stdout
    assert per_story == "36 stories\n\nplace\n  Idlib  36\n"
    assert run("facets", "xylophone").returncode == 1


def test_a_timeline_is_plain_where_there_is_no_terminal(run):
    result = run("timeline", "ceasefire", "--by", "week")
    assert result.stdout == "8 reports, 6 undated\n  2020-W02  2  100.0 %\n"
    assert json.loads(run("timeline", "--format", "json").stdout)["stretches"] == [
        {"label": "2020-01", "start": "2020-01-01", "end": "2020-02-01", "matches": 2, "reports": 2, "share": 1.0}
    ]
    assert run("timeline", "--zone", "Europe/Berlin").returncode == 2
    per_story = run("timeline", "ceasefire", "--per", "story", "--by", "year").stdout
    assert per_story == "7 stories, 6 undated\n  2020  1  100.0 %\n"


def test_a_batch_goes_on_past_bad_lines_and_is_taken_up(run, folder):
    (folder / "questions.txt").write_text("ceasefire Sochi\n(bad\nxylophone\nAND KEITA\n")
    result = run("batch", "questions.txt", "--limit", "1")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0
    assert ["error" in row for row in rows] == [False, True, False, False]
    assert "1 answered, 2 found nothing, 1 refused" in result.stderr
    whole = run("batch", "questions.txt", "--limit", "1", "--output", "out.jsonl")
    assert (whole.stdout, (folder / "out.jsonl").read_text()) == ("", result.stdout)
    (folder / "out.jsonl").write_text(result.stdout[:-20])
    assert (
        "3 answered before, 0 answered, 1 found nothing"
        in run("batch", "questions.txt", "--limit", "1", "--output", "out.jsonl").stderr
    )
    assert (folder / "out.jsonl").read_text() == result.stdout
    literal = run("batch", "questions.txt", "--literal")
    assert "refused" in literal.stderr
    assert not any("error" in json.loads(line) for line in literal.stdout.splitlines())


def test_alerts_are_kept_and_run(run, folder):
    assert run("alert", "list").returncode == 1
    assert run("alert", "add", "truce", "truce", "OR", "ceasefire").returncode == 0
    assert run("alert", "add", "bad", "(truce").returncode == 2
    assert json.loads(run("alert", "list", "--format", "jsonl").stdout) == {
        "alert": "truce", "query": "truce OR ceasefire", "mode": "all",
    }  # fmt: skip
    assert run("alert", "run").returncode == 1
    (folder / "new.jsonl").write_text('{"id": 1, "title": "Truce", "text": "The truce holds."}\n')
    assert run("index", "new.jsonl").returncode == 0
    told = run("alert", "run", "--format", "json")
    [row] = json.loads(told.stdout)
    assert (told.returncode, row["alert"], row["key"], row["spans"]) == (
        0, "truce", "new.jsonl#1", {"title": [[0, 1]], "body": [[1, 2]]},
    )  # fmt: skip
    assert run("alert", "run").returncode == 1
    assert len(run("alert", "run", "--every", "--format", "jsonl").stdout.splitlines()) >= 9
    assert len(json.loads(run("alert", "run", "--every", "--format", "json").stdout)) >= 9
    (folder / "new.jsonl").write_text('{"id": 2, "title": "Truce", "text": "The truce is broken."}\n')
    told = run("index", "--alerts", "--format", "jsonl", "new.jsonl")
    row = json.loads(told.stdout)
    assert (told.returncode, row["alert"], row["key"]) == (0, "truce", "new.jsonl#2")
    assert "1 file: 1 added, 0 changed, 0 unchanged, 1 removed" in told.stderr
    quiet = run("index", "--alerts", "new.jsonl")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert "truce\n\n1. " in run("alert", "run", "--every").stdout
    assert (run("alert", "remove", "truce").returncode, run("alert", "remove", "truce").returncode) == (0, 1)

"""The command line, run as a user runs it: output, exit codes, errors on one line."""

from __future__ import annotations

import csv
import io
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

import idlibsearch
from idlibsearch.index.lock import WriteLock

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture
def run(tmp_path):
    """Run a command in a folder of its own; an environment without an index named."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDLIBSEARCH")}

    def command(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "idlibsearch", *arguments]
        return subprocess.run(
            line, cwd=tmp_path, env=environment | environ, capture_output=True, text=True, timeout=60, check=False
        )

    return command


@pytest.fixture
def in_seeds(tmp_path):
    """The command's folder has the seed pages and an empty index folder, as a fresh clone has."""
    (tmp_path / "seeds").mkdir()
    for page in SEEDS.iterdir():
        (tmp_path / "seeds" / page.name).write_bytes(page.read_bytes())
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / ".gitkeep").touch()
    return tmp_path


@pytest.fixture
def indexed(run, in_seeds):
    assert run("index", "seeds").returncode == 0
    return in_seeds


def test_the_first_query_builds_an_index_from_the_seeds_says_so_and_answers(run, in_seeds):
    first = run("query", "ceasefire Sochi")
    assert first.returncode == 0
    assert "no index yet: building one from seeds/" in first.stderr
    assert "50 added" in first.stderr
    assert "1. Russia demands that Turkey complies with Syrian agreements" in first.stdout
    second = run("query", "ceasefire", "Sochi")
    assert second.stderr == ""
    assert second.stdout.splitlines()[2:] == first.stdout.splitlines()[2:]


def test_a_first_run_that_broke_off_is_made_up_for(run, in_seeds):
    idlibsearch.create(in_seeds / "index").close()
    result = run("query", "ceasefire Sochi")
    assert result.returncode == 0
    assert "50 added" in result.stderr


def test_no_index_and_no_seeds_is_an_error_that_says_what_to_do(run):
    result = run("query", "truce")
    assert result.returncode == 2
    assert result.stdout == ""
    assert (
        result.stderr
        == "idlibsearch: index: there is no index here; name the folder of one (--index), or make one: idlibsearch index PATH\n"
    )


def test_a_named_index_that_is_missing_is_never_built(run, in_seeds):
    assert run("query", "--index", "other", "truce").returncode == 2
    assert run("query", "truce", IDLIBSEARCH_INDEX="other").returncode == 2
    assert not (in_seeds / "other").exists()


def test_indexing_again_by_any_path_changes_nothing(run, indexed):
    before = sorted(path.name for path in (indexed / "index").iterdir())
    for paths in (["seeds"], ["./seeds"], [str(indexed / "seeds")], ["seeds", "seeds/../seeds"]):
        result = run("index", *paths)
        assert (result.returncode, result.stdout) == (
            0,
            "5 files, 5 of them as they were: 0 added, 0 changed, 0 unchanged, 0 removed; 50 reports in index\n",
        )
    assert sorted(path.name for path in (indexed / "index").iterdir()) == before


def test_a_changed_page_replaces_its_reports_and_a_removed_one_can_be_removed(run, indexed):
    page = indexed / "seeds" / "004_e605e33811e99e78.txt"
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    page.write_text("".join([*lines[:-1], "A new caption about the Idlib truce ends this page.\n"]), encoding="utf-8")
    changed = json.loads(run("index", "--format", "json", "seeds").stdout)
    assert (changed["added"], changed["removed"], changed["reports"]) == (1, 1, 50)
    page.unlink()
    assert json.loads(run("index", "--format", "json", "seeds").stdout)["reports"] == 50
    assert json.loads(run("index", "--format", "json", "--prune", "seeds").stdout)["reports"] == 34
    assert run("remove", "seeds/003_68dc4d247c074b28.txt").returncode == 0
    assert json.loads(run("stats", "--format", "json").stdout)["reports"] == 33
    assert run("check").stdout == "sound\n"


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_goes_on(run, indexed):
    (indexed / "seeds" / "broken.txt").write_bytes(b"\x00\x01\x02\xff\xfe binary \x00")
    result = run("index", "seeds", "nowhere.txt")
    assert result.returncode == 0
    assert "nowhere.txt" in result.stderr
    assert "broken.txt" in result.stderr
    assert "50 reports in index" in result.stdout


def test_only_unreadable_files_are_an_error(run):
    result = run("index", "nowhere.txt")
    assert result.returncode == 2
    assert "nowhere.txt" in result.stderr


def test_json_has_what_programs_need(run, indexed):
    result = run("query", "--format", "json", '"secret agreements"')
    answer = json.loads(result.stdout)
    assert list(answer) == ["query", "total", "took_ms", "hits", "facets", "diagnostics"]
    assert (answer["query"], answer["total"], answer["diagnostics"]) == ('"secret agreements"', 1, [])
    hit = answer["hits"][0]
    assert list(hit) == ["key", "title", "date", "source", "score", "snippet", "path", "span", "story"]
    assert hit["path"] == "seeds/002_467ccc5a45811305.txt"
    assert hit["key"].startswith(hit["path"] + "#")
    text = (SEEDS / "002_467ccc5a45811305.txt").read_text(encoding="utf-8")
    start, end = hit["span"]
    assert text[start:end].startswith("Secret Syrian deal")
    assert "signed **secret** **agreements** regarding" in hit["snippet"]


def test_json_lines_and_csv_have_a_hit_a_line(run, indexed):
    lines = run("query", "--format", "jsonl", "--limit", "3", "idlib").stdout.splitlines()
    assert len([json.loads(line)["key"] for line in lines]) == 3
    rows = list(csv.DictReader(io.StringIO(run("query", "--format", "csv", "--limit", "3", "idlib").stdout)))
    assert [row["key"] for row in rows] == [json.loads(line)["key"] for line in lines]


def test_pages_of_hits_follow_each_other(run, indexed):
    keys = [json.loads(line)["key"] for line in run("query", "--format", "jsonl", "--limit", "6", "idlib").stdout.splitlines()]
    again = run("query", "--format", "jsonl", "--limit", "3", "--offset", "3", "idlib").stdout.splitlines()
    assert [json.loads(line)["key"] for line in again] == keys[3:]


def test_json_lines_are_read_their_fields_named_as_told(run, tmp_path):
    (tmp_path / "reports.jsonl").write_text('{"uuid": "u", "headline": "Truce", "date": "soon"}\n{"uuid": "v"}\n')
    result = run("index", "--map", "title=headline", "--map", "key=uuid", "--format", "json", "reports.jsonl")
    assert result.returncode == 0
    value = json.loads(result.stdout)
    assert (value["added"], value["skipped"]) == (1, [{"path": "reports.jsonl:2", "reason": "has no text"}])
    assert [warning["path"] for warning in value["warnings"]] == ["reports.jsonl:1"]
    assert len(result.stderr.splitlines()) == 2
    assert json.loads(run("query", "--format", "jsonl", "truce").stdout)["key"] == "reports.jsonl#u"
    assert "--map title is not of the form" in run("index", "--map", "title", "reports.jsonl").stderr


def test_facets_count_the_reports_that_mention_a_name(run, indexed):
    counts = json.loads(run("query", "--format", "json", "--limit", "0", "--facet", "person:99", "{PERSON}").stdout)["facets"]
    with idlibsearch.open(indexed / "index") as index:
        named = [{entity.name.lower() for entity in report.entities if entity.type == "PERSON"} for report in index]
    assert counts["person"]
    for entry in counts["person"]:
        assert entry["count"] == sum(entry["value"].lower() in names for names in named)


def test_names_need_not_be_looked_for(run, indexed):
    assert run("query", "{PLACE} SAME/S {PERSON}").returncode == 0
    assert run("index", "--no-entities", "seeds").returncode == 0
    assert run("query", "{PLACE} OR {PERSON}").returncode == 1


def test_facets_are_counted_over_all_matches(run, indexed):
    result = run("query", "--limit", "1", "--facet", "place:3", "--facet", "date:month", "idlib")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    at = lines.index("place")
    assert lines[at + 1 : at + 4] == ["  Idlib   37", "  Syria   19", "  Russia  15"]
    answer = json.loads(run("query", "--format", "json", "--limit", "0", "--facet", "date:year", "idlib").stdout)
    assert sum(entry["count"] for entry in answer["facets"]["date:year"]) == answer["total"]
    assert run("query", "--format", "csv", "--facet", "place", "idlib").returncode == 2
    assert "there is no field colour to count" in run("query", "--facet", "colour", "idlib").stderr


def test_what_is_shown_can_be_restricted_and_sorted(run, indexed):
    def dates(*arguments: str) -> list[str]:
        lines = run("query", "--format", "jsonl", "--limit", "50", *arguments).stdout.splitlines()
        return [json.loads(line)["date"] for line in lines]

    assert dates("idlib", "--from", "2020-01-10", "--to", "2020-01") == ["2020-01-12", "2020-01-12"]
    assert dates("idlib", "--to", "2019") == []
    assert dates("idlib", "--from", "last week", "--to", "last week", "--today", "2020-01-14") == ["2020-01-12"] * 2
    assert dates('idlib date:"since yesterday"', "--today", "2020-01-14") == []
    assert run("query", "idlib", "--today", "14 January").returncode == 2
    said, *pointed = run("query", "idlib", "--from", "12/01/2020").stderr.splitlines()
    assert said.endswith("can be read in two ways; write 2020-01-12 or 2020-12-01")
    assert pointed == ["  12/01/2020", "  ^^^^^^^^^^"]
    assert dates("idlib", "--sort", "date") == ["2020-01-12", "2020-01-12", *[None] * 35]
    assert dates("idlib", "--filter", "source:reuters") == dates("idlib source:Reuters") != []
    result = run("query", "idlib", "--filter", "(truce")
    assert result.returncode == 2
    assert result.stderr.splitlines()[1] == "  (truce"


def test_nothing_found_is_exit_code_1(run, indexed):
    result = run("query", "xylophone")
    assert result.returncode == 1
    assert result.stdout.startswith("0 reports")
    assert "no report has the word xylophone" in result.stderr
    assert run("show", "no-such-key").returncode == 1


def test_a_faulty_question_is_pointed_at_and_exit_code_2(run, indexed):
    result = run("query", 'truce "in idlib')
    assert result.returncode == 2
    assert result.stderr.splitlines() == [
        'idlibsearch: a quotation is opened and never closed; put " where it ends',
        '  truce "in idlib',
        "        ^",
    ]


def test_what_is_odd_is_pointed_at(run, indexed):
    result = run("query", "truce or war", "--any", "--filter", "idlib and syria")
    assert result.returncode == 0
    assert result.stderr.splitlines() == [
        "idlibsearch: or was searched as a word: operators have capitals only; for the operator write OR",
        "  truce or war",
        "        ^^",
        "idlibsearch: and was searched as a word: operators have capitals only; for the operator write AND",
        "  idlib and syria",
        "        ^^^",
    ]


def test_strict_refuses_what_is_odd_and_points_at_it(run, indexed):
    result = run("query", "truce or war", "--any", "--strict")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[1:] == ["  truce or war", "        ^^"]


@pytest.mark.parametrize(
    ("question", "line", "carets"),
    [
        ("idlib " * 60 + "AND", "…" + ("idlib " * 60)[-93:] + "AND", " " * 94 + "^^^"),
        ("idlib\nnear8\nsyria near8", "syria near8", " " * 6 + "^^^^^"),
        ("idlib\tAND", "idlib AND", "      ^^^"),
        ("停戦 OR idlib AND", "停戦 OR idlib AND", " " * 14 + "^^^"),
    ],
)
def test_a_place_in_a_question_of_any_look_is_pointed_at(run, indexed, question, line, carets):
    result = run("query", question, PYTHONIOENCODING="utf-8")
    assert result.returncode == 0
    at = result.stderr.splitlines().index("  " + line)
    assert result.stderr.splitlines()[at + 1] == "  " + carets


def test_the_place_is_cut_to_what_the_terminal_has(run, indexed):
    pty = pytest.importorskip("pty")
    fcntl = pytest.importorskip("fcntl")
    parent, child = pty.openpty()
    fcntl.ioctl(child, pytest.importorskip("termios").TIOCSWINSZ, struct.pack("4H", 24, 40, 0, 0))
    line = [sys.executable, "-m", "idlibsearch", "query", "idlib " * 20 + "AND"]
    subprocess.run(line, cwd=indexed, stdout=subprocess.DEVNULL, stderr=child, timeout=60, check=True)
    said = os.read(parent, 10_000).decode().splitlines()
    os.close(child)
    os.close(parent)
    assert said[-2:] == ["  …" + ("idlib " * 20)[-33:] + "AND", " " * 36 + "^^^"]


def test_show_prints_the_whole_report(run, indexed):
    result = run("show", "seeds/003_68dc4d247c074b28.txt")
    assert result.returncode == 0
    assert result.stdout.startswith("Russian-Led Air Strikes Suspended in Idlib After Ceasefire\n")
    assert "date: 2020-01-12\n" in result.stdout
    assert "byline: Reuters\n" in result.stdout
    value = json.loads(run("show", "--format", "json", "seeds/003_68dc4d247c074b28.txt").stdout)
    assert (
        value["url"]
        == "https://www.themoscowtimes.com/2020/01/12/russian-led-air-strikes-suspended-in-idlib-after-ceasefire-a68869"
    )


@pytest.mark.parametrize("command", ["index", "query", "show", "stats", "check", "remove", "merge"])
def test_every_command_has_help_with_an_example(run, command):
    text = run(command, "--help").stdout
    assert f"idlibsearch {command} " in text
    assert "Example" in text
    assert "--index DIR" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["query"], "Missing argument"),
        (["query", "--limit", "-1", "a"], "not in the range"),
        (["nonsense"], "there is no command nonsense"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(run, arguments, message):
    result = run(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_alone_it_shows_where_to_start(run):
    result = run()
    assert "idlibsearch query" in result.stdout + result.stderr


def test_a_closed_pipe_is_success(indexed):
    with subprocess.Popen(
        [sys.executable, "-m", "idlibsearch", "query", "--format", "jsonl", "--limit", "50", "idlib OR syria OR NOT syria"],
        cwd=indexed, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_a_damaged_index_is_found_by_check(run, indexed):
    segment = indexed / "index" / "00000001.seg"
    data = bytearray(segment.read_bytes())
    data[5000] ^= 1
    segment.write_bytes(data)
    result = run("check")
    assert result.returncode == 2
    assert "wrong checksum" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ['"secret agreements" AND title:syrian NOT sochi'],
        ['place:idlib words:>20 date:[2019 TO] NOT date:"early 2018 to mid 2018"', "--filter", "source:[a TO z]"],
        ["idlib", "--sort", "date", "--facet", "place", "--facet", "words", "--facet", "date:week", "--from", "2019"],
    ],
)
def test_a_query_loads_neither_nltk_nor_whoosh_nor_numpy(indexed, arguments):
    code = (
        "import sys\nfrom idlibsearch.faces.cli import run\n"
        "try:\n    run()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print([name for name in ('nltk', 'whoosh', 'numpy', 'idlibsearch.ingest') if name in sys.modules])"
    )
    line = [sys.executable, "-c", code, "query", *arguments]
    result = subprocess.run(line, cwd=indexed, capture_output=True, text=True, check=False)
    assert result.stdout.splitlines()[-1] == "[]"


def test_the_version_is_the_packages(run):
    assert run("--version").stdout.split()[-1] == idlibsearch.__version__


def test_what_answers_a_question_can_be_removed(run, indexed):
    result = run("remove", "--query", "source:tass", "seeds/003_68dc4d247c074b28.txt", "--format", "json")
    assert (result.returncode, json.loads(result.stdout)) == (0, {"removed": 3, "reports": 47})
    assert run("query", "source:tass").returncode == 1
    assert run("remove", "--query", "date:1999").returncode == 1
    for odd in (["--query", "colour:red"], ["--query", "(truce"], []):
        assert run("remove", *odd).returncode == 2
    assert json.loads(run("stats", "--format", "json").stdout)["reports"] == 47


def test_who_does_not_wait_is_told_who_is_writing(run, indexed):
    with WriteLock(indexed / "index"):
        for command in (["index", "seeds"], ["remove", "--query", "truce"]):
            result = run(*command, "--wait", "0")
            assert result.returncode == 2
            assert f"another writer has this index (process {os.getpid()} on" in result.stderr
        assert run("query", "ceasefire").returncode == 0
    assert run("index", "seeds", "--wait", "0").returncode == 0


def test_an_index_is_the_same_with_and_without_checkpoints(run, in_seeds):
    for minutes, folder in (("0.0000001", "a"), ("0", "b")):
        assert run("index", "--index", folder, "--checkpoint", minutes, "seeds").returncode == 0
        run("merge", "--index", folder)
    newest = [max((in_seeds / folder).glob("*.seg")) for folder in "ab"]
    assert newest[0].name > newest[1].name
    assert newest[0].read_bytes() == newest[1].read_bytes()


def test_a_question_may_take_only_so_long(run, in_seeds):
    assert run("index", "seeds").returncode == 0
    late = ("query", "ceasefire", "--timeout", "0.000001")
    done = run(*late)
    assert (done.returncode, done.stdout) == (2, "")
    assert "not answered within 1e-06 ms" in done.stderr
    assert "the time was up" in run(*late, "--partial").stdout
    assert json.loads(run(*late, "--partial", "--format", "json").stdout)["partial"] is True
    assert run("query", "ceasefire", "--timeout", "100000").returncode == 0


# ---- looking after an index


def test_a_damaged_index_is_checked_repaired_and_what_is_lost_is_said(run, indexed):
    assert json.loads(run("check", "--format", "json").stdout) == {"sound": True, "faults": []}
    assert run("repair").stdout == "sound\n"
    segment = indexed / "index" / "00000001.seg"
    data = bytearray(segment.read_bytes())
    data[200] ^= 1  # the first block of stored reports
    segment.write_bytes(data)
    checked = run("check", "--format", "json")
    assert (checked.returncode, json.loads(checked.stdout)["sound"]) == (2, False)
    assert "section stored.blocks: wrong checksum" in run("check").stdout
    repaired = run("repair", "--format", "json")
    value = json.loads(repaired.stdout)
    assert (repaired.returncode, value["sound"], value["saved"] + value["lost"]) == (1, False, 50)
    assert value["lost"] == len(value["lost_keys"]) > 0
    assert "wrong checksum" in repaired.stderr
    assert run("check").stdout == "sound\n"
    assert json.loads(run("stats", "--format", "json").stdout)["reports"] == value["saved"]


def test_lost_reports_come_back_from_their_sources(run, indexed):
    segment = indexed / "index" / "00000001.seg"
    data = bytearray(segment.read_bytes())
    data[200] ^= 1
    segment.write_bytes(data)
    repaired = run("repair", "--reread", "--format", "json")
    value = json.loads(repaired.stdout)
    assert (repaired.returncode, value["lost"], value["saved"] + value["restored"]) == (0, 0, 50)
    assert run("index", "seeds").stdout.startswith("5 files, 5 of them as they were: 0 added")


def test_an_index_is_copied_and_analysed_again(run, indexed):
    assert run("copy", "backup").stdout == "index: generation 2 copied to backup\n"
    assert run("check", "--index", "backup").stdout == "sound\n"
    again = run("copy", "backup")
    assert (again.returncode, "there is an index here already" in again.stderr) == (2, True)
    assert run("rebuild", "--index", "backup").stdout == "backup: rebuilt as generation 3\n"
    assert run("check", "--index", "backup").stdout == "sound\n"
    assert (
        run("query", "--index", "backup", "ceasefire Sochi").stdout.splitlines()[2:]
        == (run("query", "ceasefire Sochi").stdout.splitlines()[2:])
    )


def test_reports_like_another_are_shown_with_the_words_by_which_they_are(run, indexed):
    key = json.loads(run("query", "--format", "json", "source:reuters").stdout)["hits"][0]["key"]
    shown = run("similar", key, "--limit", "2")
    assert shown.returncode == 0
    assert shown.stdout.startswith("by ")
    assert "001_" in shown.stdout.split("\n\n")[1]
    told = json.loads(run("similar", key, "--format", "json").stdout)
    assert told["words"][0]["weight"] == 1.0
    assert all(hit["key"] != key for hit in told["hits"])
    assert run("similar", "nowhere").returncode == 2
    assert "name a KEY, or a file with --text" in run("similar").stderr


def test_words_are_suggested(run, indexed):
    (best, *_) = json.loads(run("suggest", "ceasfire", "--format", "json").stdout)
    assert (best["word"], best["why"]) == ("ceasefire", "corrected")
    assert run("suggest", "ceasfire").stdout.splitlines()[1].split()[:1] == ["ceasefire"]
    assert run("suggest", "zzzzzzzzz").returncode == 1


def test_what_tells_some_reports_from_others_is_shown(run, indexed):
    rows = list(csv.DictReader(io.StringIO(run("terms", "turkey", "--kind", "place", "--format", "csv").stdout)))
    assert rows[0]["text"] == "Russia"
    assert int(rows[0]["here"]) / int(rows[0]["of"]) > int(rows[0]["there"]) / int(rows[0]["there_of"])
    assert run("terms", "turkey", "--kind", "colour").returncode == 2


def test_where_nothing_is_found_it_is_said_what_may_have_been_meant(run, indexed):
    failed = run("query", "ceasfire turkey")
    assert failed.returncode == 1
    assert "did you mean: ceasefire turkey" in failed.stderr


def test_explain_shows_what_a_score_is_made_of(run, indexed):
    best = json.loads(run("query", "--format", "json", "--limit", "1", "ceasefire", "Sochi").stdout)["hits"][0]
    shown = run("explain", best["key"], "ceasefire", "Sochi")
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"{best['score']:.6g}  all of these, sum of")
    value = json.loads(run("explain", best["key"], "--format", "json", "ceasefire", "Sochi").stdout)
    assert value["value"] == best["score"]
    assert [part["how"] for part in value["parts"]] == ["product", "product"]


def test_explain_says_what_a_report_lacks(run, indexed):
    key = json.loads(run("query", "--format", "json", "ceasefire").stdout)["hits"][0]["key"]
    shown = run("explain", key, "ceasefire zebra")
    assert shown.returncode == 1
    assert "zebra: not in title" in shown.stdout
    assert run("explain", "nobody", "ceasefire").returncode == 1
    assert run("explain", key, "--format", "csv", "ceasefire").returncode == 2


def test_options_of_ranking(run, indexed):
    ranked = ["--proximity", "--recent", "1y", "--today", "2020-03-01", "--ranking", "k1=0.9", "--ranking", "title=2"]
    found = run("query", "--any", *ranked, "--expand", "rm3", "--without", "russia", "ceasefire sochi")
    assert found.returncode == 0
    assert found.stderr.startswith("idlibsearch: added: ")
    assert "russia" not in found.stderr.split()
    for wrong in (["--ranking", "k1"], ["--ranking", "k9=1"], ["--recent", "soon"], ["--expand", "bo9"]):
        refused = run("query", *wrong, "ceasefire")
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr


# ---- what goes wrong says what to do


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["querry", "truce"], "there is no command querry; did you mean query? (idlibsearch --help says more)"),
        (["syria"], 'there is no command syria; to ask: idlibsearch query "syria" (idlibsearch --help says more)'),
        (["query", "--limit", "x", "truce"], "(idlibsearch query --help says more)"),
        (["alert", "rnu"], "(idlibsearch alert --help says more)"),
        (["query", "--index", "seeds", "truce"], "or make one: idlibsearch index --index seeds PATH"),
        (["query", "--index", "seeds/003_68dc4d247c074b28.txt", "truce"], "is a file (idlibsearch query --help says more)"),
        (
            ["facets", "--facet", "places"],
            "there is no field places to count; there are source, section, byline, language, person",
        ),
        (["query", "truce", "--sort", "length"], "reports cannot be sorted by length; sort by score, date, key, words"),
        (["export", "truce", "--format", "text"], "'text' is not one of 'jsonl', 'csv', 'parquet', 'arrow'"),
        (["explain", "--format", "csv", "KEY", "truce"], "an explanation is no table; use --format text or json"),
    ],
)
def test_an_error_says_the_cure(run, in_seeds, arguments, said):
    if arguments[0] in ("facets", "query"):
        run("index", "seeds")
    failed = run(*arguments)
    assert failed.returncode == 2
    assert said in failed.stderr.splitlines()[0]


def test_a_folder_without_a_file_is_told_and_so_is_an_empty_index(run, tmp_path):
    (tmp_path / "nothing").mkdir()
    assert run("index", "nothing").stderr == "idlibsearch: no file was found in nothing\n"
    assert run("query", "truce").stderr.splitlines()[-1] == "idlibsearch: the index is empty: idlibsearch index FOLDER fills it"


def test_where_names_were_not_looked_for_it_is_said_how_to(run, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 1, "title": "Turkey", "text": "In Turkey."}\n')
    run("index", "a.jsonl")
    asked = run("query", "{PLACE}")
    assert (asked.returncode, "idlibsearch index --entities PATH" in asked.stderr) == (1, True)
    run("index", "--entities", "a.jsonl")
    assert run("query", "{PLACE}").returncode == 0
    assert "--entities" not in run("query", "{PERSON}").stderr


def test_fields_that_reports_bring_along_are_named_where_one_is_misspelt(run, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 1, "title": "Truce", "author": "C. D.", "price": 3}\n')
    run("index", "a.jsonl")
    assert "words, author, price" in run("facets", "--facet", "autor").stderr
    assert "words, price" in run("query", "truce", "--sort", "prise").stderr


def test_saved_questions_that_find_nothing_are_told(run, indexed):
    for asked in ("run", "list"):
        assert run("alert", asked).stderr == "idlibsearch: no question is saved: idlibsearch alert add NAME QUESTION\n"
    run("alert", "add", "truce", "truce")
    assert run("alert", "run").stderr == "idlibsearch: nothing new is found\n"

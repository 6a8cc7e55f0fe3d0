"""The Python face: what a program that embeds the library does."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from whoosh import fields as whoosh_fields

import idlibsearch
from idlibsearch import QueryError, Report, ReportError, SchemaError


def test_the_first_lines_of_the_readme_work(tmp_path, seeds):
    with idlibsearch.create(tmp_path / "index") as index:
        changes = index.add_path(seeds)
        index.add([Report(key="a", title="Truce holds", body="In Idlib the truce holds.", date="2020-01-12")])
        results = index.search("truce idlib", limit=3)
        assert (changes.added, changes.files, changes.skipped) == (50, 5, ())
        assert results.total == len(index.search("truce idlib", limit=100))
        assert results[0].key == "a"
        assert results[0].title == "Truce holds"
        assert str(results[0].date) == "2020-01-12"
        assert results[0].snippet() == "In **Idlib** the **truce** holds."
        assert results[0].marked_title(before="<b>", after="</b>") == "<b>Truce</b> holds"
        assert results[0].spans == {"title": [(0, 1)], "body": [(1, 2), (3, 4)]}


def test_keys_are_the_same_by_whatever_path(tmp_path, seeds, monkeypatch):
    (tmp_path / "seeds").symlink_to(seeds)
    monkeypatch.chdir(tmp_path)
    with idlibsearch.create("index", root=seeds.parent) as index:
        index.add_path("seeds")
        keys = [report.key for report in index]
        assert {key.partition("#")[0] for key in keys} == {f"seeds/{page.name}" for page in seeds.iterdir()}
        for path in ("./seeds", seeds, seeds / ".." / "seeds", tmp_path / "seeds"):
            changes = index.add_path(path)
            assert (changes.added, changes.changed, changes.removed) == (0, 0, 0)
        assert index.generation == 2


def test_index_and_pages_can_move_together(tmp_path):
    (tmp_path / "a" / "pages").mkdir(parents=True)
    (tmp_path / "a" / "pages" / "x.txt").write_text("A truce was agreed in Idlib on Sunday, officials said.")
    with idlibsearch.create(tmp_path / "a" / "index") as index:
        assert index.add_path(tmp_path / "a" / "pages").added == 1
    (tmp_path / "a").rename(tmp_path / "b")
    with idlibsearch.open(tmp_path / "b" / "index") as index:
        changes = index.add_path(tmp_path / "b" / "pages")
        assert (changes.added, changes.changed) == (0, 0)
        assert [report.key for report in index] == ["pages/x.txt"]


def test_reading_in_another_way_reads_again(tmp_path, seeds):
    with idlibsearch.create(tmp_path / "index", root=seeds.parent) as index:
        index.add_path(seeds / "004_e605e33811e99e78.txt")
        assert len(index) == 16
        index.add_path(seeds / "004_e605e33811e99e78.txt", split="article")
        assert len(index) == 1
        assert index.check() == []


def test_a_dated_report_is_found_by_the_words_of_its_date(new_index):
    new_index.add(
        [
            Report("day", "Truce", date="2020-01-12"),
            Report("month", "Truce", date="2020-05"),
            Report("year", "Truce", date="2020"),
            Report("none", "Truce"),
            Report("verb", "Truce may hold"),
        ]
    )

    def found(question: str) -> list[str]:
        return sorted(hit.key for hit in new_index.search(question))

    assert found("truce january 2020") == ["day"]
    assert found("2020") == ["day", "month", "year"]
    assert found("2020-01") == ["day"]
    assert found("2020-01-12") == ["day"]
    assert found("truce may 2020") == ["month"]
    assert found("truce may") == ["verb"]
    assert found("truce May") == ["month", "verb"]
    assert found("truce NOT 2020") == ["day", "month", "none", "verb", "year"]
    assert found("date:2020-05") == ["month"]
    assert found("date:2020") == ["day", "month", "year"]
    assert found("NOT date:2020") == ["none", "verb"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"key": ""}, "non-empty"),
        ({"key": 7}, "non-empty"),
        ({"key": "a", "title": None}, "title must be text"),
        ({"key": "a", "date": "2020-02-31"}, "does not exist"),
        ({"key": "a", "date": "soon"}, "is not one of"),
        ({"key": "a", "date": 2020}, "date must be"),
    ],
)
def test_a_report_that_cannot_be_indexed_says_why(arguments, reason):
    with pytest.raises(ReportError, match=reason):
        Report(**arguments)


def test_a_date_may_be_a_date():
    assert str(Report("a", date=date(2020, 1, 12)).date) == "2020-01-12"


def test_limits_below_zero_are_refused(new_index):
    with pytest.raises(ValueError, match="must not be negative"):
        new_index.search("truce", limit=-1)
    assert len(new_index.search("NOT truce", limit=0)) == 0


def test_there_is_no_ceiling_on_pages(seed_index):
    every = seed_index.search("idlib OR *", limit=10**15)
    assert len(every) == every.total == 50
    assert len(seed_index.search("idlib", limit=10**12)) == seed_index.search("idlib", limit=0).total == 37
    assert [hit.key for hit in seed_index.search("idlib OR *", limit=10**9, offset=40)] == [hit.key for hit in every][40:]
    assert len(seed_index.search("idlib", offset=10**12)) == 0


def test_equal_scores_stand_in_the_order_of_adding(new_index):
    new_index.add([Report(f"k{n}", "Truce") for n in (3, 1, 2)])
    new_index.add([Report("k0", "Truce")])
    assert [hit.key for hit in new_index.search("truce")] == ["k3", "k1", "k2", "k0"]


def test_any_mode_finds_reports_with_some_of_the_words(new_index):
    new_index.add([Report("a", "truce"), Report("b", "truce Idlib"), Report("c", "war")])
    assert [hit.key for hit in new_index.search("truce idlib", mode="any")] == ["b", "a"]


def test_a_word_counts_wherever_it_stands(new_index):
    new_index.add([Report("a", "Truce", "In Idlib."), Report("b", "Idlib", "Quiet.")])
    assert [hit.key for hit in new_index.search("truce idlib")] == ["a"]
    assert [hit.key for hit in new_index.search("title:(truce idlib)")] == []


def test_a_phrase_never_runs_from_one_field_into_another(new_index):
    new_index.add([Report("a", "Truce in", "Idlib holds")])
    assert new_index.search('"in Idlib"').total == 0


def test_a_phrase_may_have_64_words_and_8_hyphens(new_index):
    words = " ".join(f"w{n}" for n in range(64))
    compounds = " ".join("cease-fire" for _ in range(8))
    new_index.add([Report("a", "", f"So: {words}."), Report("b", "", compounds.replace("-", "", 3))])
    assert [hit.key for hit in new_index.search(f'"{words}"')] == ["a"]
    assert [hit.key for hit in new_index.search(f'"{compounds}"')] == ["b"]
    for phrase in (f"{words} more", f"{compounds} cease-fire"):
        with pytest.raises(QueryError, match="a phrase of more than 64 words or 8 hyphenated ones"):
            new_index.search(f'"{phrase}"')


def test_strict_raises_what_would_be_reported(new_index):
    assert [d.code for d in new_index.search("truce").diagnostics] == ["unknown-word"]
    with pytest.raises(QueryError, match="no report has the word truce"):
        new_index.search("truce", strict=True)


def test_many_threads_search_one_index(seed_index):
    expected = [hit.key for hit in seed_index.search("idlib ceasefire")]
    answers: list[list[str]] = []

    def ask() -> None:
        answers.extend([hit.key for hit in seed_index.search("idlib ceasefire")] for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 120


def test_progress_is_told_and_bad_files_do_not_stop_the_rest(tmp_path, new_index):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("A truce holds in Idlib, officials said on Sunday.")
    (tmp_path / "pages" / "b.txt").write_bytes(b"\x00\x01\x02\x03\xff\x00\x00binary")
    seen: list[str] = []
    changes = new_index.add_path(tmp_path / "pages", tmp_path / "nowhere", progress=seen.append)
    assert (changes.added, changes.files) == (1, 1)
    assert [Path(error.path).name for error in changes.skipped] == ["b.txt", "nowhere"]
    assert [Path(path).name for path in seen] == ["a.txt", "b.txt", "nowhere"]


def test_pruning_spares_a_file_that_cannot_be_read_just_now(tmp_path, new_index):
    (tmp_path / "pages").mkdir()
    for name in "abc":
        (tmp_path / "pages" / f"{name}.txt").write_text(f"The {name} truce holds in Idlib, officials said on Sunday.")
    new_index.add_path(tmp_path / "pages")
    (tmp_path / "pages" / "a.txt").unlink()
    (tmp_path / "pages" / "b.txt").write_bytes(b"\x00\x01\x02\x03\xff\x00\x00binary")
    changes = new_index.add_path(tmp_path / "pages", prune=True)
    assert (changes.removed, len(changes.skipped)) == (1, 1)
    assert sorted(report.key for report in new_index) == ["pages/b.txt", "pages/c.txt"]


def test_stats_count_what_is_there(seed_index):
    stats = seed_index.stats()
    assert (stats["reports"], stats["files"], stats["deleted"], stats["segments"]) == (50, 5, 0, 1)
    assert stats["recipe"]["name"] == "news-en"


# ---- Whoosh


def test_the_report_schema_is_a_whoosh_schema(seed_index):
    schema = seed_index.schema
    assert isinstance(schema, whoosh_fields.Schema)
    assert {"key", "title", "body", "entities", "date", "source"} <= set(schema.names())
    terms = [token.text for token in schema["body"].analyzer("Rebel-held Idlib’s ceasefires", positions=True)]
    assert terms == ["rebel+held|rebelheld", "rebel", "rebelheld", "held", "idlib", "ceasefir"]


def test_field_boosts_of_a_whoosh_schema_become_weights(tmp_path):
    analyzer = idlibsearch.ReportAnalyzer()
    title, body = whoosh_fields.TEXT(analyzer, field_boost=1.0), whoosh_fields.TEXT(analyzer, field_boost=50.0)
    schema = whoosh_fields.Schema(title=title, body=body)
    reports = [Report("t", "Truce", "A long text on something else."), Report("b", "Something else", "Truce and so on and on.")]
    with idlibsearch.create(tmp_path / "plain") as plain, idlibsearch.create(tmp_path / "boosted", schema) as boosted:
        plain.add(reports)
        boosted.add(reports)
        assert [hit.key for hit in plain.search("truce")] == ["t", "b"]
        assert [hit.key for hit in boosted.search("truce")] == ["b", "t"]


def test_a_schema_that_cannot_be_indexed_says_why(tmp_path):
    with pytest.raises(SchemaError, match="the field colour is a COLUMN, which cannot be indexed"):
        idlibsearch.create(tmp_path / "a", whoosh_fields.Schema(title=whoosh_fields.TEXT, colour=whoosh_fields.COLUMN))
    with pytest.raises(SchemaError, match=r"must be a whoosh\.fields\.Schema"):
        idlibsearch.create(tmp_path / "c", {"title": "TEXT"})  # type: ignore[arg-type]


# ---- the package


def test_every_public_name_can_be_had():
    for name in idlibsearch.__all__:
        assert getattr(idlibsearch, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = idlibsearch.nonsense


def test_without_its_kernels_the_library_says_what_to_install():
    code = (
        "import sys\nsys.modules['idlibsearch.analysis.scanner'] = None\nsys.modules['idlibsearch.index.inverter'] = None\n"
        "import idlibsearch\nfrom idlibsearch.analysis.tokens import tokenize\n"
        "try:\n    tokenize('a')\nexcept idlibsearch.KernelError as error:\n    print(error)\n"
        "try:\n    import idlibsearch.index.builder\nexcept idlibsearch.KernelError as error:\n    print(error)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(out) == 2
    assert all("install a C compiler" in line for line in out)


def test_a_word_asked_again_is_that_of_the_newest_generation(tmp_path, monkeypatch):
    monkeypatch.setattr("idlibsearch.query.plan.MOST_REMEMBERED", 2)
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([Report("a", "truce", "a truce"), Report("b", "war", "no truce")])
        for _ in range(2):
            assert [index.search(asked).total for asked in ("truce", "title:truce", "war", '"no truce"', "title:war")] == [
                2,
                1,
                1,
                1,
                1,
            ]
        assert index.search("peace").diagnostics == index.search("peace").diagnostics != ()
        index.add([Report("c", "truce", "peace")])
        assert [index.search(asked).total for asked in ("truce", "title:truce", "peace")] == [3, 2, 1]
        assert index.search("peace").diagnostics == ()

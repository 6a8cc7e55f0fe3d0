"""Columns: what a segment knows of its reports beside their words, and that ``check`` sees when it is wrong."""

from __future__ import annotations

import pytest

import idlibsearch
from idlibsearch import Entity, Report, ReportError
from idlibsearch.index.check import check
from idlibsearch.index.columns import Bounds, Columns, column_name, folded_value
from idlibsearch.index.fileformat import SectionFile, SectionWriter


def place(name: str) -> Entity:
    return Entity("PLACE", name, name, "body", 0, 0)


REPORTS = (
    Report("a", "Truce holds", "In Idlib.", source="Reuters", entities=(place("Idlib"), place("Idlib")), date="2020"),
    Report("b", "Truce", source="REUTERS", keywords={"Tag": ["One", "two"], "place": ("IDLIB", "Aleppo")}),
    Report("c", source="Al  Masdar News", numbers={"price": 2.5}, date="2019-03"),
    Report("d", source="Reuters", numbers={"price": -1, "words": 7}),
)


def columns_of(index) -> Columns:
    (segment,) = index.path.glob("*.seg")
    return Columns(SectionFile(segment), len(index))


def table(columns: Columns, name: str) -> list[tuple[str, list[tuple[str, int]], list[int]]]:
    """(folded value, its spellings, its docs) of a column."""
    words = [columns.folded(value) for value in columns.value_range(name)]
    found = [columns.spellings(value) for value in columns.value_range(name)]
    return [
        (word, spellings, list(columns.docs_of_keywords(name, Bounds(word, word))))
        for word, spellings in zip(words, found, strict=True)
    ]


def test_keywords_are_numbered_folded_and_remember_their_spellings(new_index):
    new_index.add(REPORTS)
    columns = columns_of(new_index)
    assert list(columns.keywords) == ["place", "source", "tag"]
    assert table(columns, "source") == [
        ("al masdar news", [("Al Masdar News", 1)], [2]),
        ("reuters", [("REUTERS", 1), ("Reuters", 2)], [0, 1, 3]),
    ]
    assert table(columns, "place") == [("aleppo", [("Aleppo", 1)], [1]), ("idlib", [("IDLIB", 1), ("Idlib", 1)], [0, 1])]
    assert table(columns, "nothing") == []


def test_numbers_are_kept_in_order_and_words_are_counted(new_index):
    new_index.add(REPORTS)
    columns = columns_of(new_index)
    assert list(columns.numbers) == ["price", "words", "words_"]
    assert list(columns.number_values("words")) == [4, 1, 0, 0]
    assert list(columns.docs_of_numbers("words", Bounds(1, 4, high_open=True))) == [1]
    assert list(columns.docs_of_numbers("price", Bounds(None, None))) == [3, 2]
    assert list(columns.docs_of_numbers("words_", Bounds(7, 7))) == [3]
    assert list(columns.docs_of_numbers("price", Bounds(9, 1))) == []
    assert list(columns.date_order() or ()) == [2, 0]


def test_names_are_written_as_questions_write_them():
    assert [column_name(name) for name in ("Author", "pub-date", "2nd", "Ünit", "body", "")] == [
        "author", "pub_date", "_2nd", "_ünit", "body_", "_",
    ]  # fmt: skip
    assert len(column_name("x" * 99)) == 63


def test_values_are_folded_word_by_word():
    assert folded_value("  Fu’ah\n and  U.S. Army ") == "fu'ah and us army"
    assert folded_value("") == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"keywords": {"tag": "one"}}, "keywords tag must be several texts"),
        ({"keywords": {"tag": [1]}}, "keywords tag must be several texts"),
        ({"numbers": {"price": float("nan")}}, "number price must be a finite number"),
        ({"numbers": {"price": 10**400}}, "number price must be a finite number"),
        ({"numbers": {"price": "3"}}, "number price must be a finite number"),
    ],
)
def test_what_cannot_be_a_column_is_refused(arguments, reason):
    with pytest.raises(ReportError, match=reason):
        Report("a", **arguments)


def test_keywords_and_numbers_are_read_back(new_index):
    new_index.add(REPORTS)
    assert [new_index.get(report.key) for report in REPORTS] == list(REPORTS)
    assert new_index.add(REPORTS).unchanged == 4


def rewritten(path, without=(), **changed):
    """The segment file with some sections left out or replaced, under right checksums."""
    file = SectionFile(path)
    sections = {name: (section.typecode, bytes(file.array(name))) for name, section in file.sections.items()}
    with SectionWriter(path.with_suffix(".new")) as out:
        for name, (typecode, data) in sections.items():
            if name not in without:
                out.add(name, typecode, changed.get(name.replace(".", "_"), data))
    path.with_suffix(".new").replace(path)


COLUMN_SECTIONS = (
    "columns", "keywords.columns", "keywords.folded.text", "keywords.folded.ends", "keywords.lists", "keywords.docs",
    "keywords.starts", "keywords.values", "keywords.spelled", "keywords.spellings.text", "keywords.spellings.ends",
    "keywords.times", "numbers.values", "numbers.ends", "numbers.order", "dates.order",
)  # fmt: skip


def test_a_segment_without_columns_is_read_and_sound(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(REPORTS)
        rewritten(*index.path.glob("*.seg"), without=COLUMN_SECTIONS)
        assert index.check() == []
        columns = columns_of(index)
        assert (list(columns.keywords), list(columns.numbers), columns.date_order()) == ([], [], None)
    with idlibsearch.open(tmp_path / "index") as index:
        found = index.search("date:2019", sort="date", facets=["date:year", "source"])
        assert ([hit.key for hit in found], found.facets) == (["c"], {"date:year": [("2019", 1)], "source": []})


@pytest.mark.parametrize(
    ("section", "data", "fault"),
    [
        ("keywords_docs", b"\1\0\0\0" * 9, "do not say what the reports do"),
        ("keywords_folded_text", b"idlib!aleppal masdar newsreutersonetwo"[:33], ""),
        ("keywords_values", b"\0\0\0\0" * 3, "do not cover"),
        ("numbers_order", b"\0\0\0\0" * 7, "is not that of its numbers"),
        ("dates_order", b"\0\0\0\0\2\0\0\0", "not in the order of the dates"),
        ("columns", b'{"keywords": 3}', "cannot be read"),
        ("keywords_times", b"", "8 rows are needed"),
    ],
)
def test_columns_that_do_not_fit_together_are_found(tmp_path, section, data, fault):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(REPORTS)
    rewritten(*(tmp_path / "index").glob("*.seg"), **{section: data})
    faults = [str(error) for error in check(tmp_path / "index")]
    assert faults
    assert any(fault in line for line in faults), faults


def test_counting_over_a_damaged_column_says_what_is_damaged(tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(REPORTS)
    rewritten(*(tmp_path / "index").glob("*.seg"), keywords_values=b"\xff\xff\0\0" * 9)
    with idlibsearch.open(tmp_path / "index") as index, pytest.raises(idlibsearch.CorruptIndexError, match=r"keywords\.values"):
        index.search("truce", facets=["source"])

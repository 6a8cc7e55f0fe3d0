"""Files in, reports out: the seed pages as reports, every field a row of pieces of its source, keys that last."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.errors import InputError
from idlibsearch.ingest.pages import Page, read_page, read_paths, relative_path, reports_of

FIELDS = ("title", "body", "byline", "url", "section", "source")
JOINERS = {"title": {" "}, "body": {" ", "\n\n"}}
ITEMS = "Port Allen\n" + "\n".join(
    f"Boat number {n} was lost off Port Allen in the storm of last week, the owners have made known." for n in range(9)
)


def verify(report, source):
    """Every field is made of pieces of the source and joiners, and nothing else."""
    pieces = report.provenance.pieces
    for name in FIELDS:
        text, at = getattr(report, name), 0
        assert bool(text) == (name in pieces)
        for piece in pieces.get(name, ()):
            assert text[at : piece.at] in (JOINERS.get(name, set()) if at else set()) | {""}
            at = piece.at + piece.end - piece.start
            assert text[piece.at : at] == source[piece.start : piece.end] != ""
        assert at == len(text)
    assert ("date" in pieces) == (report.date is not None)
    assert set(report.derived) <= {"title"}
    assert all(entity.spelling == getattr(report, entity.field)[entity.start : entity.end] for entity in report.entities)
    assert 0 <= report.provenance.start < report.provenance.end <= len(source)


def pages(seeds, **options):
    return list(read_paths([seeds], seeds, **options))


def test_the_seeds_give_nineteen_four_ten_one_and_sixteen_reports(seeds):
    found = pages(seeds)
    assert [page.path for page in found] == [path.name for path in sorted(seeds.iterdir())]
    assert [len(page.reports) for page in found] == [19, 4, 10, 1, 16]


def test_every_field_of_the_seeds_is_made_of_pieces_of_its_page(seeds):
    for page in pages(seeds):
        source = (seeds / page.path).read_bytes().decode()
        for report in page.reports:
            verify(report, source)


def test_keys_of_the_seeds_are_all_different(seeds):
    keys = [report.key for page in pages(seeds) for report in page.reports]
    assert len(set(keys)) == 50
    assert "003_68dc4d247c074b28.txt" in keys


def test_the_one_article_has_all_its_fields(seeds):
    (report,) = read_page(seeds / "003_68dc4d247c074b28.txt", seeds)
    assert report.key == "003_68dc4d247c074b28.txt"
    assert report.title == "Russian-Led Air Strikes Suspended in Idlib After Ceasefire"
    assert report.byline == "Reuters"
    assert report.source == "Reuters"  # an agency as the byline is the source; the host stays in the address
    assert (str(report.date), report.date.found) == ("2020-01-12", "dateline")
    assert (
        report.url
        == "https://www.themoscowtimes.com/2020/01/12/russian-led-air-strikes-suspended-in-idlib-after-ceasefire-a68869"
    )
    assert "to stem the flow of tens of thousands of civilians uprooted by the violence." in report.body
    assert report.derived == ()
    assert not report.truncated
    assert report.provenance.layout == "article"
    assert [(piece.start, piece.end) for piece in report.provenance.pieces["date"]] == [(81, 97)]


def test_the_article_without_a_title_says_that_its_title_is_derived(seeds):
    report = read_page(seeds / "001_ea67c41c9312aef6.txt", seeds)[0]
    assert (
        report.title == "Russia and its allies halted airstrikes in Syria’s Idlib region on Sunday"
        " as a ceasefire agreed with Turkey came into force"
    )
    assert report.derived == ("title",)
    assert report.date is None
    assert report.body.startswith(report.title)


def test_sources_are_those_the_leads_cite(seeds):
    cited = {page.path[:3]: [report.source for report in page.reports] for page in pages(seeds)}
    assert cited["001"] == ["", "", "TASS", ""]
    assert cited["002"] == ["", "TASS", "", "RIA Novosti", "", "Al Masdar News", "", "RBC", "TRT", ""]
    assert set(cited["000"] + cited["004"]) == {""}


def test_related_teasers_have_their_section_and_their_marks_of_truncation(seeds):
    for report in read_page(seeds / "001_ea67c41c9312aef6.txt", seeds)[1:]:
        assert (report.section, report.truncated, report.provenance.layout) == ("Middle East", True, "related")
        assert report.body.endswith(" ...")


def test_the_repeated_caption_is_recorded_with_the_first(seeds):
    reports = read_page(seeds / "004_e605e33811e99e78.txt", seeds)
    assert [report.repeats for report in reports] == [((179, 308),), *[()] * 15]


def test_keys_do_not_depend_on_how_the_path_was_typed(seeds, tmp_path, monkeypatch):
    link = tmp_path / "link"
    link.symlink_to(seeds, target_is_directory=True)
    monkeypatch.chdir(seeds.parent)
    keys = {
        tuple(report.key for page in read_paths([path], root) for report in page.reports)
        for path in ("seeds", "./seeds", "seeds/", seeds, link, seeds / ".." / "seeds")
        for root in (".", seeds.parent)
    }
    assert len(keys) == 1
    assert next(iter(keys))[0].startswith("seeds/000_25ba003d87e97c8a.txt#")


def test_paths_outside_the_root_lead_out_of_it(tmp_path):
    assert relative_path(tmp_path / "a" / "b.txt", tmp_path / "c") == "../a/b.txt"
    assert relative_path(tmp_path, tmp_path) == "."


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_file_name_that_is_no_text_still_gives_a_key_that_is(tmp_path):
    assert relative_path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"), tmp_path) == "caf\\xe9.txt"


def test_the_order_of_items_does_not_change_keys():
    heading, *lines = ITEMS.split("\n")
    other = "\n".join([heading, *reversed(lines)])
    assert len(reports_of(ITEMS, "a.txt")) == 9
    assert {report.key for report in reports_of(ITEMS, "a.txt")} == {report.key for report in reports_of(other, "a.txt")}


def test_equal_texts_on_one_page_are_counted():
    text = "First boat lost in the storm.\nSecond boat lost in the storm.\nFirst boat lost in the storm.\n"
    keys = [report.key for report in reports_of(text, "a.txt", split="items")]
    assert keys[2] == f"{keys[0]}.2"
    assert len(set(keys)) == 3


def test_a_page_without_text_gives_no_reports():
    assert reports_of("", "a.txt") == []
    assert reports_of("\n \n---\n", "a.txt") == []


def test_reading_goes_on_past_bad_files(seeds, tmp_path):
    shutil.copy(seeds / "003_68dc4d247c074b28.txt", tmp_path / "b.txt")
    (tmp_path / "a.txt").write_bytes(b"\x00\x01\x02\x03\xff\x00")
    (tmp_path / "c.txt").write_text("", encoding="utf-8")
    found = list(read_paths([tmp_path, tmp_path / "missing.txt"], tmp_path))
    assert [type(one) for one in found] == [InputError, Page, Page, InputError]
    assert [len(one.reports) for one in found if isinstance(one, Page)] == [1, 0]
    assert found[0].path.endswith("a.txt")
    assert found[3].reason == "no such file or directory"


def test_pages_that_are_known_are_not_split_again(seeds):
    known = {page.path: page.reports[0].provenance.fingerprint for page in pages(seeds)}
    assert [(page.unchanged, page.reports) for page in pages(seeds, known=known)] == [(True, ())] * 5
    assert [page.unchanged for page in pages(seeds, known=known, split="article")] == [False] * 5
    assert [page.unchanged for page in pages(seeds, known=known, encoding="cp1252")] == [False] * 5


def test_a_page_in_utf16_gives_the_same_keys(seeds, tmp_path):
    name = "002_467ccc5a45811305.txt"
    text = (seeds / name).read_text(encoding="utf-8")
    (tmp_path / name).write_bytes(text.encode("utf-16"))
    assert [r.key for r in read_page(tmp_path / name, tmp_path)] == [r.key for r in read_page(seeds / name, seeds)]


def test_windows_line_ends_keep_places_and_keys(seeds, tmp_path):
    for path in seeds.iterdir():
        source = path.read_bytes().replace(b"\n", b"\r\n")
        (tmp_path / path.name).write_bytes(source)
        reports = read_page(tmp_path / path.name, tmp_path)
        assert [report.key for report in reports] == [report.key for report in read_page(path, seeds)]
        for report in reports:
            verify(report, source.decode())


def test_an_address_broken_over_two_lines_is_put_together():
    text = (
        "Ferry sails again\n\nThe ferry sailed on Monday, the owner said.\n\nIt had been repaired.\n\nOriginal url:\n"
        "https://www.example.org/news/2020/01/12/a-very-long-address-that-the-printer-broke-in-\ntwo-parts-a68869\n"
    )
    (report,) = reports_of(text, "a.txt")
    verify(report, text)
    assert report.url == "https://www.example.org/news/2020/01/12/a-very-long-address-that-the-printer-broke-in-two-parts-a68869"
    assert report.source == "example.org"
    assert report.body == "The ferry sailed on Monday, the owner said.\n\nIt had been repaired."


@pytest.mark.parametrize(
    ("lines", "byline", "source"),
    [
        ("By Jane Roe", "Jane Roe", ""),
        ("By Jane Roe and John Doe | 12 January 2020", "Jane Roe and John Doe", ""),
        ("By <a href='x'>Jane Roe</a>, <b>AFP</b>", "Jane Roe, AFP", ""),
        ("Reuters", "Reuters", "Reuters"),
        ("By Jane Roe\nSource: The Harbour Post", "Jane Roe", "The Harbour Post"),
    ],
)
def test_lines_below_the_title_say_who_wrote_it(lines, byline, source):
    text = f"Ferry sails again\n{lines}\n\nThe ferry sailed on Monday, the owner said.\n\nIt had been repaired."
    (report,) = reports_of(text, "a.txt")
    verify(report, text)
    assert (report.title, report.byline, report.source) == ("Ferry sails again", byline, source)


PIECES = [
    "Idlib", "The UN said ", "\n", "\n\n", "• ", "-\n", " ...", "…", ". ", "By <b>Jane</b> Roe\n", "12 January 2020\n",
    "http://a.b/c-1\n", "Original url:\n", "Related: x\n", "\r\n", "... Middle East -\n", "Source: TASS\n",
    "reports TASS news agency. ", "DAMASCUS (AP) - ", "    ",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=60).map("".join),
    st.sampled_from(["auto", "article", "items", "bullets"]),
)
def test_any_page_gives_reports_made_of_its_pieces(text, split):
    reports = reports_of(text, "a.txt", split=split)
    assert len({report.key for report in reports}) == len(reports)
    for report in reports:
        verify(report, text)


def test_a_path_may_be_text_or_a_path(seeds):
    assert read_page(str(seeds / "003_68dc4d247c074b28.txt"), str(seeds)) == read_page(
        Path(seeds) / "003_68dc4d247c074b28.txt", seeds
    )

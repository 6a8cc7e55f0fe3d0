"""Archives, packed files, mailboxes, tables: every member has its place and key; what is too much is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import zipfile
from importlib.util import find_spec

import pytest
from format_files import BODY, TITLE, docx, html, mail, mbox, rtf, warc, zipped

import idlibsearch
from idlibsearch.errors import ExpansionError, InputError
from idlibsearch.ingest.formats import kinds
from idlibsearch.ingest.formats.expansion import Budget, Expansion, unpacked
from idlibsearch.ingest.jsonl import Notice
from idlibsearch.ingest.pages import read_paths
from idlibsearch.model import Report

TEXT = f"Truce holds in Idlib\n\n{BODY}\n"
needs_warcio = pytest.mark.skipif(find_spec("warcio") is None, reason="needs the extra [warc]")


@pytest.fixture
def items(tmp_path):
    """All that comes out of a file with this name and content."""

    def read(name: str, content: bytes | str, **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        found = []
        for page in read_paths([path], tmp_path, **options):
            if isinstance(page, InputError):
                return [page]
            try:
                found += page.reports
            except InputError as error:
                found.append(error)
        return found

    return read


def keys(found) -> list[str]:
    return [item.key for item in found if isinstance(item, Report)]


def faults(found) -> list[str]:
    return [item.reason for item in found if isinstance(item, InputError)]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_a_packed_file_is_as_the_file_in_it(items, suffix, pack):
    (report,) = items(f"a.txt{suffix}", pack(TEXT.encode()))
    assert (report.key, report.title, report.body) == (f"a.txt{suffix}", "Truce holds in Idlib", BODY)
    assert (report.provenance.member, report.provenance.extracted) == ("", False)
    assert items(f"a.html{suffix}", pack(html().encode()))[0].title == TITLE
    assert keys(items(f"a.json{suffix}", pack(b'[{"id": 1, "text": "a"}]'))) == [f"a.json{suffix}#1"]


def test_members_have_keys_of_their_own_and_bad_ones_do_not_stop_the_rest(items):
    box = mbox(mail(), mail(message_id="2@example.org"))
    inner = zipped({"b.txt": TEXT})
    parts = {
        "x/a.html": html(),
        "a.txt": TEXT,
        "bad.docx": b"PK\x03\x04",
        "box.mbox": box,
        "in.zip": inner,
        "c.txt.gz": gzip.compress(TEXT.encode()),
    }
    found = items(
        "z.zip", zipped(parts | {"p.png": b"\x89PNG", ".DS_Store": b"x", "__MACOSX/a.txt": b"y", "empty/": b"", "d.docx": docx()})
    )
    assert keys(found) == [
        "z.zip#x/a.html", "z.zip#a.txt", "z.zip#box.mbox#1@example.org", "z.zip#box.mbox#2@example.org", "z.zip#in.zip#b.txt",
        "z.zip#c.txt.gz", "z.zip#d.docx",
    ]  # fmt: skip
    reports = [item for item in found if isinstance(item, Report)]
    assert reports[3].provenance.member == "box.mbox#2@example.org"
    assert {report.provenance.path for report in reports} == {"z.zip"}
    assert len({report.provenance.fingerprint for report in reports}) == 1
    assert len(faults(found)) == 1
    assert "bad.docx" in next(item.path for item in found if isinstance(item, InputError))


def test_members_of_one_name_are_counted(items):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", TEXT)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", TEXT)
    assert keys(items("z.zip", out.getvalue())) == ["z.zip#a.txt", "z.zip#a.txt.2"]


def test_a_page_of_several_reports_inside_an_archive_has_keys_behind_the_member(items):
    page = "\n\n".join(
        f"Town {n} hit\nSeven people were killed in the town number {n}, observers of the war said on Sunday." for n in range(4)
    )
    found = items("z.zip", zipped({"a.txt": page}), split="items")
    assert len(found) == 4
    assert all(key.startswith("z.zip#a.txt#") for key in keys(found))


def test_formats_are_told_by_their_first_bytes_too(items):
    assert kinds.kind_of("a.txt", b"%PDF-1.4").name == "pdf"
    assert kinds.kind_of("a", zipped({"[Content_Types].xml": "", "word/document.xml": ""})).name == "docx"
    assert kinds.kind_of("a", zipped({"a.txt": ""})).name == "zip"
    assert kinds.kind_of("A.HTM", b"").name == "html"
    assert kinds.kind_of("a", b"\n<!-- x --><!doctype HTML>").name == "html"
    assert kinds.kind_of("a", mail()).name == "mail"
    assert kinds.kind_of("a", mbox(mail())).name == "mbox"
    assert kinds.kind_of("a.weird", b"Subject: it is\nFrom: here on\n\n").name == "text"
    assert items("no-suffix", html())[0].title == TITLE


# ---- too much


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_is_refused(items, pack):
    bomb = pack(bytes(50_000_000))
    suffix = {gzip: "gz", bz2: "bz2", lzma: "xz"}[{gzip.compress: gzip, bz2.compress: bz2, lzma.compress: lzma}[pack]]
    (error,) = items(f"a.txt.{suffix}", bomb)
    assert isinstance(error, ExpansionError)
    assert "unpacks to more than 33,554,432 bytes; unpack it yourself if that is right" in error.reason


def test_a_bomb_of_json_lines_is_refused_too(items):
    (error,) = items("a.jsonl.gz", gzip.compress(bytes(100_000_000)))
    assert isinstance(error, ExpansionError)


def test_a_zip_that_promises_too_much_is_not_even_begun(items):
    found = items("z.zip", zipped({"a.txt": TEXT, "b.txt": bytes(60_000_000)}))
    assert [type(item) for item in found] == [ExpansionError]
    assert "says that it unpacks to" in faults(found)[0]


def test_archives_in_archives_end(items):
    content = zipped({"a.txt": TEXT})
    for _ in range(6):
        content = zipped({"z.zip": content})
    assert faults(items("z.zip", content)) == ["has archives in archives, more than 4 deep; unpack it yourself if that is right"]
    packed = TEXT.encode()
    for _ in range(6):
        packed = gzip.compress(packed)
    assert [type(item) for item in items("a.gz", packed)] == [ExpansionError]


def test_limits_count_all_that_comes_out_of_a_file():
    limits = Expansion(total_bytes=1000, free_bytes=500, members=3)
    stream = unpacked("gzip", io.BytesIO(gzip.compress(bytes(2000))), Budget("a.gz", 100, limits))
    with pytest.raises(ExpansionError, match="more than 1,000 bytes"):
        stream.read()
    with pytest.raises(ExpansionError, match="more than 3 members"):
        Budget("a.zip", 100, limits).meet(4)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
def test_what_breaks_off_says_so(items, cut):
    for name, content in (("a.txt.gz", gzip.compress(TEXT.encode())), ("z.zip", zipped({"a.txt": TEXT}))):
        found = items(name, content[: int(len(content) * cut)])
        assert len(found) == 1
        assert "cannot be read to its end" in faults(found)[0]


# ---- archives of the web


@needs_warcio
@pytest.mark.parametrize("packed", [True, False])
def test_pages_of_the_web_are_read_with_their_addresses(items, packed):
    url = "https://www.example.org/2020/01/12/truce"
    archive = warc((url, "text/html; charset=utf-8", html().encode()), ("https://example.org/a.png", "image/png", b"x"),
                   (url, "text/html", html().encode()), ("https://example.org/a.txt", "text/plain", TEXT.encode()),
                   packed=packed)  # fmt: skip
    found = items("a.warc.gz" if packed else "a.warc", archive)
    assert keys(found) == [
        f"{'a.warc.gz' if packed else 'a.warc'}#{name}" for name in (url, f"{url}.2", "https://example.org/a.txt")
    ]
    assert (found[0].url, found[0].source, str(found[0].date), found[0].date.found) == (url, "example.org", "2020-01-12", "url")
    assert found[0].provenance.member == url


@needs_warcio
def test_encodings_that_are_sent_with_a_page_are_hints(items):
    page = "<p>“Ö” " + BODY
    for declared, encoding in (("iso-8859-1", "cp1252"), ("utf-8", "cp1252"), ("klingon", "utf-8")):
        found = items("a.warc", warc(("https://e.org/", f"text/html; charset={declared}", page.encode(encoding)), packed=False))
        assert found[0].body.startswith("“Ö” Russian")
        assert found[0].provenance.encoding == encoding


@needs_warcio
def test_failures_are_no_pages(items):
    assert (
        items("a.warc", warc(("https://example.org/", "text/html", html().encode()), packed=False, status="404 Not Found")) == []
    )


# ---- JSON and tables


def test_an_array_of_objects_or_one_object_is_read(items):
    values = [{"id": 1, "title": "A", "text": "b", "date": "2020-01-12"}, 7, {"headline": "C", "views": 3}]
    found = items("a.json", json.dumps(values, indent=2), fields={"title": "headline"})
    assert keys(found)[0] == "a.json#1"
    assert faults(found) == ["is not an object"]
    source = json.dumps(values, indent=2)
    for report in (item for item in found if isinstance(item, Report)):
        assert json.loads(source[report.provenance.start : report.provenance.end]) in values
    assert found[2].title == "C"
    assert dict(found[2].numbers) == {"views": 3}
    assert keys(items("b.json", '\ufeff {"id": "x", "text": "one"} ')) == ["b.json#x"]


@pytest.mark.parametrize(
    "text", ['[{"id": 1, "text": "a"}, {"id"', '[{"id": 1, "text": "a"}', '[{"id": 1, "text": "a"}, nonsense]']
)
def test_json_that_breaks_off_gives_what_came_before(items, text):
    found = items("a.json", text)
    assert keys(found) == ["a.json#1"]
    assert len(faults(found)) == 1


def test_json_nested_too_deeply_is_refused(items):
    assert len(faults(items("a.json", "[" * 100_000))) == 1


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("b.csv", ";"), ("c.tsv", "\t"), ("d.csv", "|")])
def test_tables_are_read_by_the_names_of_their_columns(items, name, mark):
    rows = [["id", "title", "text", "date", "views", "tag"], ["1", "Truce", f'"A truce{mark}\nholds"', "2020-01-12", "17", "x"]]
    rows += [["2", "Talks", '"They ""go"" on"', "2020-02-31", "1.5", ""], ["3", "Three", "", "", "007", "", "more"], [""]]
    source = "\r\n".join(mark.join(row) for row in rows)
    found = items(name, source)
    assert keys(found) == [f"{name}#1", f"{name}#2"]
    first, second = (item for item in found if isinstance(item, Report))
    assert (first.body, str(first.date), dict(first.numbers), dict(first.keywords)) == (
        f"A truce{mark}\nholds", "2020-01-12", {"views": 17}, {"tag": ("x",)},
    )  # fmt: skip
    assert (second.body, second.date, dict(second.numbers)) == ('They "go" on', None, {"views": 1.5})
    assert source[first.provenance.start : first.provenance.end] == mark.join(rows[1])
    assert faults(found) == ["has 7 cells, and there are 6 columns"]
    assert [type(item) for item in found] == [Report, Notice, Report, InputError]


def test_long_cells_are_read(items):
    assert len(items("a.csv", "id,text\n1," + "word " * 100_000)[0].body) > 400_000


# ---- dates of metadata


@pytest.mark.parametrize(
    ("written", "date", "complaints"),
    [
        ("2020-01-12T23:30:00-05:00", "2020-01-12", 0), ("20200112", "2020-01-12", 0), ("20200112T101500Z", "2020-01-12", 0),
        ("2020-01", "2020-01", 0), ("January 12, 2020 10:30 am", "2020-01-12", 0),
        ("Sun, 12 Jan 2020 10:00:00 GMT", "2020-01-12", 0),
        ("2020/01/12", "2020-01-12", 0), ("2020-02-31", "None", 1), ("03/04/2020", "None", 1), ("yesterday", "None", 1),
        ("1970-01-01T00:00:00Z", "None", 0), ("0001-01-01", "None", 0),
    ],
)  # fmt: skip
def test_dates_are_read_by_the_conventions_of_publication(items, written, date, complaints):
    found = items("a.html", html(f'<meta name="date" content="{written}">'))
    notices = [item for item in found if isinstance(item, Notice)]
    assert (str(found[-1].date), len(notices)) == (date, complaints)
    assert all(found[-1].date.found == "metadata" for _ in range(date != "None"))


def test_what_the_text_says_itself_comes_first_and_the_address_last(items):
    head = '<meta name="date" content="2020-01-15"><link rel="canonical" href="https://example.org/2020/01/20/a">'
    dated = ["DAMASCUS, 12 January 2020 (SANA) - The truce holds in Idlib, officials of the ministry said after the talks.", BODY]
    assert str(items("a.html", html(head, dated))[0].date) == "2020-01-12"
    assert str(items("b.html", html(head))[0].date) == "2020-01-15"
    (report,) = items("c.html", html('<link rel="canonical" href="https://example.org/2020/01/20/a">'))
    assert (str(report.date), report.date.found, report.source) == ("2020-01-20", "url", "example.org")


# ---- in an index


def test_archives_are_brought_up_to_date_as_files_are(new_index, tmp_path, monkeypatch):
    path = tmp_path / "in" / "z.zip"
    path.parent.mkdir()
    parts = {"a.html": html(title="One truce in Idlib"), "b.txt": TEXT, "box.mbox": mbox(mail())}
    path.write_bytes(zipped(parts))
    assert new_index.add_path(path.parent)[:6] == (3, 0, 0, 0, 1, 0)
    assert new_index.add_path(path.parent)[:6] == (0, 0, 0, 0, 1, 1)
    path.write_bytes(zipped({"a.html": html(title="Two truces in Idlib"), "b.txt": TEXT, "c.txt": TEXT}))
    assert new_index.add_path(path.parent)[:6] == (1, 1, 1, 1, 1, 0)
    assert sorted(report.key for report in new_index) == ["in/z.zip#a.html", "in/z.zip#b.txt", "in/z.zip#c.txt"]
    path.write_bytes(path.read_bytes()[:-30])
    changes = new_index.add_path(path.parent, prune=True)
    assert (changes.removed, len(changes.skipped), len(new_index)) == (0, 1, 3)
    path.unlink()
    assert new_index.add_path(path.parent, prune=True).removed == 3


def test_provenance_comes_back_from_an_index(new_index, tmp_path):
    (tmp_path / "z.zip").write_bytes(zipped({"a.html": html(), "b.csv": "id,text\n1,truce"}))
    (found,) = (page.reports for page in read_paths([tmp_path / "z.zip"], new_index.root))
    before = {item.key: item for item in found}
    new_index.add_path(tmp_path / "z.zip")
    assert {report.key: report for report in new_index} == before


def test_patterns_prune_only_what_is_gone(new_index, tmp_path):
    for name in ("a.html", "b.html", "c.txt", "d/e.html"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(html(title=f"Truce of {name} in Idlib") if name != "c.txt" else TEXT)
    new_index.add_path(tmp_path / "in")
    for name in ("a.html", "c.txt"):
        (tmp_path / "in" / name).unlink()
    assert new_index.add_path(tmp_path / "in" / "*.html", prune=True).removed == 1
    assert sorted(report.key for report in new_index) == ["in/b.html", "in/c.txt", "in/d/e.html"]


def test_changes_count_by_format(new_index, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT)
    (folder / "b.html").write_text("<p>no")
    (folder / "c.xlsx").write_bytes(b"PK")
    (folder / "d.zip").write_bytes(zipped({"a.html": html(), "b.html": html(title="Another truce, and it holds")}))
    counts = {count.kind: count for count in new_index.add_path(folder).kinds}
    assert counts["text"][1:] == (1, 0, 1, 0, ())
    assert counts["html"][1:] == (2, 0, 2, 1, (("has no text that reads like an article", 1),))
    assert counts["zip"][1:] == (1, 0, 0, 0, ())
    assert counts["xlsx"][1:] == (0, 0, 0, 1, (("the format is not read", 1),))
    again = {count.kind: count for count in new_index.add_path(folder).kinds}
    assert [again[kind].unchanged for kind in ("text", "zip")] == [1, 1]


def test_an_extra_that_is_missing_is_named(new_index, tmp_path, monkeypatch):
    monkeypatch.setattr("idlibsearch.ingest.formats.members.has", lambda _: False)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    (error,) = new_index.add_path(tmp_path / "a.pdf").skipped
    assert isinstance(error, idlibsearch.ExtraError)
    assert (error.extra, error.reason) == ("pdf", "reading pdf needs more: pip install 'idlibsearch[pdf]'")


def test_archives_are_read_again_when_an_extra_comes(new_index, tmp_path, monkeypatch):
    path = tmp_path / "z.zip"
    path.write_bytes(zipped({"a.txt": TEXT, "b.rtf": rtf()}))
    os.utime(path, (1_600_000_000, 1_600_000_000))
    there = set()
    for module in ("members", "kinds"):
        monkeypatch.setattr(f"idlibsearch.ingest.formats.{module}.has", there.__contains__)
    changes = new_index.add_path(path)
    assert (changes.added, len(changes.skipped)) == (1, 1)
    assert new_index.add_path(path).files_unchanged == 1
    there |= {"striprtf"}
    assert new_index.add_path(path).files_unchanged == 0


def test_progress_is_told_of_all_bytes(new_index, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zipped({"a.txt": TEXT, "b.txt": TEXT}))
    (folder / "b.html").write_text(html())
    (folder / "c.csv").write_text("id,text\n1,a\n2,b\n")
    told: list[int] = []
    new_index.add_path(folder, advance=told.append)
    assert sum(told) == sum(path.stat().st_size for path in folder.iterdir())


def test_a_format_can_be_told(new_index, tmp_path):
    (tmp_path / "a.txt").write_text(html())
    (tmp_path / "b.data").write_text('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n')
    assert new_index.add_path(tmp_path / "a.txt", format="html").added == 1
    assert new_index.add_path(tmp_path / "b.data", format="jsonl").added == 2
    assert sorted(report.key for report in new_index) == ["a.txt", "b.data#1", "b.data#2"]
    with pytest.raises(ValueError, match="there is no format 'klingon'"):
        new_index.add_path(tmp_path, format="klingon")

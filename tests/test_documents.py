"""PDF, DOCX, RTF, mail and Markdown: their text, what they say of themselves, and where in them a report stands."""

from __future__ import annotations

import io
import textwrap
from importlib.util import find_spec

import pytest
from format_files import BODY, PARAGRAPHS, TITLE, docx, html, mail, mbox, pdf, rtf

from idlibsearch.errors import InputError
from idlibsearch.ingest.formats import docx as docx_reader
from idlibsearch.ingest.formats import mail as mail_reader
from idlibsearch.ingest.formats.sandbox import Sandbox
from idlibsearch.ingest.pages import read_page

needs_pypdf = pytest.mark.skipif(find_spec("pypdf") is None, reason="needs the extra [pdf]")
needs_striprtf = pytest.mark.skipif(find_spec("striprtf") is None, reason="needs the extra [rtf]")


@pytest.fixture
def reports(tmp_path):
    """The reports of a file with this name and content."""

    def read(name: str, content: bytes | str, **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_page(path, tmp_path, **options)

    return read


def verify(report, source: str) -> None:
    """Every piece of the report stands in the text at its place."""
    for name, pieces in report.provenance.pieces.items():
        for piece in pieces:
            shown = source[piece.start : piece.end]
            assert shown
            assert name == "date" or getattr(report, name)[piece.at : piece.at + len(shown)] == shown


# ---- DOCX


def test_a_document_of_word_is_read(reports):
    core = (
        "<dc:creator>Jane Roe</dc:creator><dcterms:created>2020-01-12T10:00:00Z</dcterms:created><dc:language>en-US</dc:language>"
    )
    (report,) = reports("a.docx", docx(core=core))
    assert (report.key, report.title, report.body) == ("a.docx", TITLE, BODY)
    assert (report.byline, report.language) == ("Jane Roe", "en")
    assert (str(report.date), report.date.found) == ("2020-01-12", "metadata")
    assert set(report.derived) == {"byline", "language", "date"}
    assert report.provenance.extracted
    verify(report, f"{TITLE}\n\n{BODY}")


def test_cells_breaks_and_tabs_are_kept_and_what_was_deleted_is_not():
    row = "<w:tr>{}</w:tr>"
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    body = (
        f"<w:tbl>{row.format(cell.format('Town') + cell.format('Killed'))}"
        f"{row.format(cell.format('Idlib') + cell.format('17'))}</w:tbl>"
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
    )
    assert docx_reader.read(docx(body)).text == f"{TITLE}\n\n{BODY}\n\nTown\tKilled\n\nIdlib\t17\n\none\ttwo\nthree\n\nnew"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused(declared):
    with pytest.raises(InputError, match="has a document type"):
        docx_reader.read(docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", before=declared))


def test_a_document_that_unpacks_to_too_much_is_refused():
    with pytest.raises(InputError, match="says that it unpacks to"):
        docx_reader.read(docx("<w:p/>" * 10_000_000))


def test_a_document_without_text_is_refused(reports):
    with pytest.raises(InputError, match="no document of Word's"):
        reports("a.docx", b"PK\x05\x06" + bytes(18))


# ---- PDF

HEAD = "Example News Agency, daily bulletin"


def wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 70)


@needs_pypdf
def test_a_pdf_is_read_with_its_pages(reports):
    info = "/Title(Truce holds in Idlib province)/Author(Jane Roe)/CreationDate(D:20200112101500Z)"
    first = ["Truce holds in Idlib", "province", "", *wrapped(PARAGRAPHS[0])]
    (report,) = reports("a.pdf", pdf([first, wrapped(PARAGRAPHS[1]), wrapped(PARAGRAPHS[2])], info))
    assert (report.title, report.body) == ("Truce holds in Idlib province", BODY)
    assert (report.byline, str(report.date), report.date.found, report.language) == ("Jane Roe", "2020-01-12", "metadata", "en")
    place = report.provenance
    assert (place.page, len(place.page_breaks), place.extracted) == (1, 2, True)
    assert [place.page_at(piece.start) for piece in place.pieces["body"]] == [1, 2, 3]


@needs_pypdf
def test_heads_and_feet_of_pages_are_left_out_and_broken_words_put_together(reports):
    pages = [
        [HEAD, "", *wrapped(PARAGRAPHS[0]), "", "Then the front line was moved by those who cease-", "", "Page 1 of 3"],
        [HEAD, "", "lessly shelled it, the observers said, and nobody knew how many were up-", "rooted.", "", "Page 2 of 3"],
        [HEAD, "", *wrapped(PARAGRAPHS[1]), "", "Page 3 of 3"],
    ]
    (report,) = reports("a.pdf", pdf(pages))
    assert HEAD not in report.body
    assert "Page" not in report.body
    assert "by those who ceaselessly shelled it, the observers said, and nobody knew how many were uprooted." in report.body


@needs_pypdf
def test_titles_that_programs_leave_are_no_titles(reports):
    (report,) = reports("a.pdf", pdf([["Truce holds in Idlib", "", *wrapped(BODY)]], "/Title(Microsoft Word - bulletin.docx)"))
    assert report.title == "Truce holds in Idlib"


@needs_pypdf
def test_a_pdf_of_pictures_is_refused(reports):
    with pytest.raises(InputError, match="has no text"):
        reports("a.pdf", pdf([[], []]))


# ---- RTF


@needs_striprtf
def test_rtf_is_read(reports):
    (report,) = reports("a.rtf", rtf(r"{\title Truce holds in Idlib}{\author J\'f6rg Roe}{\creatim\yr2020\mo1\dy12\hr10}"))
    assert report.title == "Truce holds in Idlib"
    assert report.body == f"{BODY}\n\nThe minister, Çavuşoğlu, said so."
    assert (report.byline, str(report.date)) == ("Jörg Roe", "2020-01-12")


# ---- mail


def test_a_message_is_read(reports):
    (report,) = reports("a.eml", mail(text=f"{BODY}\n\n-- \nJane Roe\nExample News"))
    assert (report.title, report.body, report.byline) == (TITLE, BODY, "Jane Roe")
    assert (str(report.date), report.date.found) == ("2020-01-12", "metadata")  # the day as it is written there
    verify(report, f"{TITLE}\n\n{BODY}")


def test_the_text_of_a_message_is_preferred_to_its_page_and_a_page_is_read_where_there_is_none(reports):
    page = html('<link rel=canonical href="https://example.org/a">', title="Newsletter")
    assert reports("a.eml", mail(page=page))[0].url == ""
    (report,) = reports("b.eml", mail(text="", page=page))
    assert (report.title, report.body, report.url) == (TITLE, BODY, "https://example.org/a")


def test_wrapped_lines_of_a_message_are_joined(reports):
    (report,) = reports("a.eml", mail(text="\n\n".join(map(textwrap.fill, PARAGRAPHS))))
    assert report.body == BODY


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "iso-8859-5", "x-unknown"])
def test_messages_are_decoded_as_they_say(charset):
    text = "Перемирие в Идлибе соблюдается."
    content = text.encode("utf-8" if charset == "x-unknown" else charset)
    extract = mail_reader.read(f"Subject: a\nContent-Type: text/plain; charset={charset}\n\n".encode() + content)
    assert extract.text == f"a\n\n{text}"


def test_messages_of_a_mailbox_are_told_apart_by_their_ids(tmp_path):
    box = mbox(
        mail(),
        mail(subject="Second", text="From here on it is quiet.\n\nFrom Idlib, too."),
        mail(message_id="", text="Third one."),
    )
    found = list(mail_reader.messages(io.BytesIO(box)))
    assert [name for name, _ in found] == ["1@example.org", "1@example.org", ""]
    assert mail_reader.read(found[1][1]).text == "Second\n\nFrom here on it is quiet.\n\nFrom Idlib, too."


# ---- Markdown


def test_front_matter_tells_of_the_report_and_the_text_is_the_files_own(reports):
    source = f'---\ntitle: "{TITLE}"\nauthor:\n  - Jane Roe\n  - "John Doe"\ndate: 2020-01-12 10:00\nlang: en\nurl: https://example.org/a\n---\n\n{BODY}\n'
    (report,) = reports("a.md", source)
    assert (report.title, report.body, report.byline) == (TITLE, BODY, "Jane Roe, John Doe")
    assert (str(report.date), report.language, report.url, report.source) == (
        "2020-01-12",
        "en",
        "https://example.org/a",
        "example.org",
    )
    assert not report.provenance.extracted
    verify(report, source)


def test_a_heading_is_a_title_without_its_mark(reports):
    (report,) = reports("a.md", f"# Truce holds in Idlib\n\n{BODY}\n")
    assert (report.title, report.body) == ("Truce holds in Idlib", BODY)


# ---- elsewhere


def test_a_reader_that_takes_too_long_is_ended_and_the_next_document_is_read():
    sandbox = Sandbox(limit_s=0)
    with pytest.raises(InputError, match="took its reader more than 0 s, or made it crash"):
        sandbox.read("docx", docx(), None)
    patient = Sandbox()
    assert patient.read("docx", docx(), None).text == f"{TITLE}\n\n{BODY}"
    with pytest.raises(InputError, match="is damaged, or no docx at all"):
        patient.read("docx", docx()[:200], None)
    assert patient.read("mail", mail(), None).about.byline == "Jane Roe"
    for each in (sandbox, patient):
        each.close()

"""Damaged and hostile files of every format are read as far as they go, or refused by an InputError; none of them hangs."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import tempfile
from pathlib import Path

import pytest
from format_files import BODY, PARAGRAPHS, docx, html, mail, mbox, pdf, rtf, warc, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from idlibsearch.errors import InputError
from idlibsearch.ingest.files import Skipped
from idlibsearch.ingest.formats.kinds import KINDS
from idlibsearch.ingest.formats.sandbox import Sandbox
from idlibsearch.ingest.jsonl import Notice
from idlibsearch.ingest.pages import Reading, page_of
from idlibsearch.model import Report

SANDBOXES: list[Sandbox] = []
PAGE = html('<meta name=date content=2020><script type=application/ld+json>[{},{"@type": "NewsArticle"}]</script>').encode()
FILES = {
    "a.html": PAGE,
    "a.md": f"---\ntitle: A title\ntags: [a, b]\n---\n# Heading\n\n{BODY}".encode(),
    "a.pdf": pdf([["A title", *PARAGRAPHS], list(PARAGRAPHS)], "/Title(A title)/CreationDate(D:20200112)"),
    "a.docx": docx(core="<dc:creator>A</dc:creator>"),
    "a.rtf": rtf(r"{\title A title}{\creatim\yr2020\mo1\dy12}"),
    "a.eml": mail(page=html()),
    "a.mbox": mbox(mail(), mail(message_id="")),
    "a.json": json.dumps([{"id": 1, "text": "a"}, {"id": 2, "text": BODY, "date": "2020"}]).encode(),
    "a.csv": b'id,title,text\n1,A,"b, ""c"""\n2,D,e\n',
    "a.warc": warc(("https://example.org/", "text/html", html().encode()), packed=False),
    "a.warc.gz": warc(("https://example.org/", "text/html", html().encode())),
    "a.zip": zipped({"a.txt": BODY, "b.docx": docx(), "c.zip": zipped({"d.html": html()})}),
    "a.txt.gz": gzip.compress(BODY.encode()),
    "a.txt.bz2": bz2.compress(BODY.encode()),
    "a.txt.xz": lzma.compress(BODY.encode()),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def sandbox():
    """One process for all documents of this module; a document that takes it 10 s counts as refused."""
    SANDBOXES.append(Sandbox(limit_s=10))
    yield
    SANDBOXES.pop().close()


def read(name: str, content: bytes, kind: str | None = None) -> list:
    """All that comes out of a file; anything but the errors of this library goes through."""
    found: list = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            reading = Reading(folder, format=KINDS[kind] if kind else None, sandbox=SANDBOXES[-1])
            for item in page_of(path, reading).reports:
                found.append(item)  # one by one: what came before an error counts
        except InputError as error:
            found.append(error)
    return found


def check(found: list, name: str) -> None:
    for item in found:
        assert isinstance(item, Report | InputError | Notice | Skipped)
        if isinstance(item, Report):
            assert item.key == name or item.key.startswith(f"{name}#")
            assert 0 <= item.provenance.start <= item.provenance.end
            for text in (item.title, item.body, item.byline, item.url):
                text.encode("utf-8")
        elif isinstance(item, InputError):
            assert name in item.path
            assert item.reason


@pytest.mark.parametrize("name", FILES)
def test_whole_files_are_read(name):
    found = read(name, FILES[name])
    check(found, name)
    missing = [item for item in found if isinstance(item, InputError)]
    if missing and "needs more: pip install" in missing[0].reason:
        pytest.skip(missing[0].reason)
    assert any(isinstance(item, Report) for item in found)
    assert missing == []


@settings(max_examples=40)
@given(data=st.data())
@pytest.mark.parametrize("name", FILES)
def test_damaged_files_are_read_as_far_as_they_go_or_refused(name, data):
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content)))
        much = data.draw(st.binary(max_size=6))
        content[at : at + data.draw(st.sampled_from([0, len(much), 40]))] = much
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    check(read(name, bytes(content[:cut])), name)


@settings(max_examples=20)
@given(st.binary(max_size=400))
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_random_bytes_are_refused_or_read(kind, content):
    check(read("a.bin", content, kind), "a.bin")


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith((".gz", ".bz2", ".xz"))])
def test_empty_files_end_well(name):
    check(read(name, b""), name)


@settings(max_examples=30)
@given(st.binary(max_size=200) | st.text(max_size=60).map(str.encode))
def test_members_of_any_name_and_content_are_read_or_refused(content):
    name = content.decode("utf-8", "replace").replace("\0", "") or "x"
    check(read("a.zip", zipped({name: content, "b.txt": BODY})), "a.zip")

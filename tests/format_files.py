"""Small files of every format, made byte by byte, so that what is in them is known."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

PARAGRAPHS = (
    "Russian and Turkish officials said on Sunday that a ceasefire in Idlib had come into force, after weeks of fighting.",
    "The truce was agreed in Sochi, and it is meant to stem the flow of civilians who were uprooted by the violence.",
    "A spokesman of the ministry told reporters in Ankara that he hopes it holds, and declined to say more about it.",
)
BODY = "\n\n".join(PARAGRAPHS)
TITLE = "Çavuşoğlu and Lavrov agree a truce in Sochi"


def html(head: str = "", paragraphs: Sequence[str] = PARAGRAPHS, title: str = TITLE) -> str:
    """A page as sites make them: navigation before, an article, related links and a footer after."""
    shown = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} | Example News</title>{head}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav></header>
<div class="wrap"><article><h1>{title}</h1>{shown}</article>
<div class="related"><h3>Related</h3><ul><li><a href="/x">Another report that is not this one, however long</a></li></ul></div>
</div>
<footer><p>Copyright Example News. All rights reserved, and nothing of this may be used without permission.</p></footer>
</body></html>"""


def mail(subject: str = TITLE, text: str = BODY, page: str = "", message_id: str = "1@example.org", **headers: str) -> bytes:
    """A message, with a page beside its text where one is given."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = headers.get("sender", "Jane Roe <jane@example.org>")
    message["Date"] = headers.get("date", "Sun, 12 Jan 2020 23:30:00 -0500")
    if message_id:
        message["Message-ID"] = f"<{message_id}>"
    if text:
        message.set_content(text)
    if page and text:
        message.add_alternative(page, subtype="html")
    elif page:
        message.set_content(page, subtype="html")
    return bytes(message)


def mbox(*messages: bytes) -> bytes:
    """A mailbox, with "From " in texts escaped."""
    escaped = (message.replace(b"\nFrom ", b"\n>From ") for message in messages)
    return b"".join(b"From jane@example.org Sun Jan 12 10:00:00 2020\n" + message + b"\n\n" for message in escaped)


_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CORE = 'xmlns:c="c" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'


def docx(body: str = "", core: str = "", title: str = TITLE, before: str = "") -> bytes:
    """A document: a paragraph in the style of a title, the three paragraphs, and whatever ``body`` is."""
    head = f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>{title}</w:t></w:r></w:p>' if title else ""
    texts = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in PARAGRAPHS)
    shown = f"<w:body>{head}{texts}{body}</w:body>"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<?xml version="1.0"?>{before}<w:document {_WORD}>{shown}</w:document>',
        "docProps/core.xml": f"<c:coreProperties {_CORE}>{core}</c:coreProperties>",
    }
    return zipped(parts)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these members, always the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 12, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def pdf(pages: Sequence[Sequence[str]], info: str = "") -> bytes:
    """A document of pages of lines, in Helvetica."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R/Lang(en-US)>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        content = f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET"
        box = f"/MediaBox[0 0 612 800]/Resources<</Font<</F1 3 0 R>>>>/Contents {5 + 2 * number} 0 R"
        objects += [f"<</Type/Page/Parent 2 0 R{box}>>", f"<</Length {len(content)}>>stream\n{content}\nendstream"]
    objects.append(f"<<{info}>>")
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + table + trailer.encode()


def rtf(info: str = "") -> bytes:
    """A document of the three paragraphs, and a name with letters of Turkish."""
    shown = r"\par ".join((*PARAGRAPHS, r"The minister, \u199?avu\u351?o\u287?lu, said so."))
    return (r"{\rtf1\ansi\ansicpg1252{\info" + info + r"}\pard " + shown + r"\par}").encode("ascii")


def warc(*answers: tuple[str, str, bytes], packed: bool = True, status: str = "200 OK") -> bytes:
    """An archive of the web of (address, type, content), each packed by itself."""
    records = []
    for number, (url, kind, content) in enumerate(answers):
        http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + content
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032}>\r\nWARC-Target-URI: {url}\r\n"
            "WARC-Date: 2021-05-05T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        records.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(gzip.compress(record, mtime=0) if packed else record for record in records)

"""Mail: a message's text, subject, sender and day; and the messages of a mailbox, one after the other.

Of a message in several forms the plain text is read, else the page. What is attached to it is not read. A mailbox (mbox) is read
as a stream: a message begins behind an empty line with "From ".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import parseaddr
from typing import BinaryIO

from idlibsearch.errors import InputError
from idlibsearch.ingest.files import decode
from idlibsearch.ingest.formats import html_page
from idlibsearch.ingest.formats.charset import as_declared
from idlibsearch.ingest.formats.extract import About, Extract, headed

LARGEST = 64 << 20  # bytes of a message, with all that is attached
_SIGNATURE = re.compile(r"\n-- \n.*\Z", re.DOTALL)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_ID = re.compile(rb"^Message-ID:[ \t]*(?:\r?\n[ \t]+)?<?([^\s<>]{1,200})", re.IGNORECASE | re.MULTILINE)


def read(content: bytes, encoding: str | None = None, _hint: str | None = None) -> Extract:
    """The text of a message. Raises InputError where it has none."""
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    about = About(
        title=_header(message, "Subject"),
        byline=_sender(_header(message, "From")),
        language=_header(message, "Content-Language").partition(",")[0],
        dates=tuple(filter(None, (_header(message, "Date"),))),
    )
    part = message.get_body(("plain", "html"))
    if part is None:
        raise InputError("", "has no text")
    if part.get_content_type() == "text/html":
        page = html_page.read(_payload(part), encoding, part.get_content_charset())
        text = page.text.partition("\n\n")[2] if page.title_at == 0 else page.text
        return headed(about.title, text, about.over(page.about), encoding=page.encoding, is_one=True)
    text, used = _decoded(part, encoding)
    text = _SIGNATURE.sub("", text.replace("\r\n", "\n")).strip()
    if not text:
        raise InputError("", "has no text")
    return headed(about.title, text, about, encoding=used, is_one=True)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except Exception:
        return ""


def _sender(text: str) -> str:
    name, address = parseaddr(text)
    return name or address


def _payload(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: MIMEPart, encoding: str | None) -> tuple[str, str]:
    """The text of a part: as told, as it says itself, else as any text."""
    content = _payload(part)
    declared = part.get_content_charset()
    return (as_declared(content, declared) if declared and not encoding else None) or decode(content, encoding)


def messages(stream: BinaryIO) -> Iterator[tuple[str, bytes | None]]:
    """Each message of a mailbox: its id (empty where it has none) and its bytes, None for one that is too large to be read."""
    lines: list[bytes] = []
    size, blank, begun = 0, True, False
    while line := stream.readline(LARGEST):
        if blank and line.startswith(b"From "):
            if begun:
                yield _message(lines, size)
            lines, size, begun = [], 0, True
        elif begun:
            size += len(line)
            if size <= LARGEST:
                lines.append(line)
        blank = not line.strip()
    if begun:
        yield _message(lines, size)


def _message(lines: list[bytes], size: int) -> tuple[str, bytes | None]:
    content = _ESCAPED.sub(rb"\1", b"".join(lines))
    head = content[:32768].partition(b"\r\n\r\n" if b"\r\n\r\n" in content[:32768] else b"\n\n")[0]
    found = _ID.search(head)
    return found[1].decode("ascii", "backslashreplace") if found else "", content if size <= LARGEST else None

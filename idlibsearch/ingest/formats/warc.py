"""WARC: the pages of an archive of the web; the only door to warcio.

Answers with a page, a document or a text are read, each with its address; pictures, scripts and failures are passed over, and so
is what was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from idlibsearch.ingest.formats.expansion import Budget

LARGEST = 64 << 20  # bytes of a page
_TYPES = {
    "text/html": "html", "application/xhtml+xml": "html", "text/plain": "text", "application/pdf": "pdf",
    "text/markdown": "markdown", "application/rtf": "rtf", "text/rtf": "rtf", "message/rfc822": "mail",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}  # fmt: skip
_RECORDS = frozenset(("response", "resource", "conversion"))


class Answer(NamedTuple):
    """A page of an archive: its address, its format, its bytes (None: too large to be read), the encoding it was sent in."""

    url: str
    kind: str
    content: bytes | None
    encoding: str | None


def answers(stream: BinaryIO, budget: Budget) -> Iterator[Answer]:
    """The pages of an archive, in their order. Raises ExpansionError, and whatever warcio raises where it is damaged."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - an extra

    for record in ArchiveIterator(stream):
        budget.meet()
        if record.rec_type in _RECORDS and _is_found(record):
            type_, _, more = _content_type(record).partition(";")
            kind = _TYPES.get(type_.strip().lower())
            if kind:
                content = record.content_stream().read(LARGEST + 1)
                budget.spend(len(content))
                yield Answer(
                    str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>"), kind,
                    content if len(content) <= LARGEST else None, _charset(more),
                )  # fmt: skip


def _is_found(record: Any) -> bool:
    return record.rec_type != "response" or (record.http_headers is not None and record.http_headers.get_statuscode() == "200")


def _content_type(record: Any) -> str:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    return str(headers.get_header("Content-Type") or "")


def _charset(parameters: str) -> str | None:
    name, _, value = parameters.strip().partition("=")
    return value.split(";")[0].strip(" \"'") or None if name.strip().lower() == "charset" else None

"""Which reader a file goes to: the one table of formats, by suffix and by first bytes.

First bytes win where they are beyond doubt, since a PDF named ``.txt`` is a PDF; then the suffix; then what the beginning of a
file without a known one looks like. A suffix that is not in the table and names no format that is known to be unreadable is text.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple

VERSION = "1"  # goes up whenever any of these formats would be read otherwise than before, but for text and jsonl
HEAD_BYTES = 4096  # of a file, which are looked at


class Kind(NamedTuple):
    """A format: the suffixes it goes by, the bytes it begins with, the extra and the library that its reader needs."""

    name: str
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...] = ()
    extra: str = ""
    library: str = ""
    is_packing: bool = False  # one file, packed
    is_archive: bool = False  # several of them
    is_records: bool = False  # reports side by side, as data

    @property
    def holds_many(self) -> bool:
        """May it hold more than one would want in memory at once?"""
        return self.is_packing or self.is_archive or self.is_records


TABLE = (
    Kind("text", (".txt", ".text")),
    Kind("markdown", (".md", ".markdown")),
    Kind("html", (".html", ".htm", ".xhtml", ".shtml")),
    Kind("pdf", (".pdf",), (b"%PDF-",), "pdf", "pypdf"),
    Kind("docx", (".docx", ".docm")),
    Kind("rtf", (".rtf",), (b"{\\rtf",), "rtf", "striprtf"),
    Kind("mail", (".eml",)),
    Kind("mbox", (".mbox", ".mbx"), is_archive=True),
    Kind("jsonl", (".jsonl", ".ndjson"), is_records=True),
    Kind("json", (".json",), is_records=True),
    Kind("csv", (".csv", ".tsv"), is_records=True),
    Kind("warc", (".warc",), (b"WARC/1.", b"WARC/0."), "warc", "warcio", is_archive=True),
    Kind("zip", (".zip",), (b"PK\x03\x04", b"PK\x05\x06"), is_archive=True),
    Kind("gzip", (".gz",), (b"\x1f\x8b\x08",), is_packing=True),
    Kind("bz2", (".bz2",), tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)), is_packing=True),
    Kind("xz", (".xz",), (b"\xfd7zXZ\0",), is_packing=True),
)
KINDS = {kind.name: kind for kind in TABLE}
NAMES = {
    **{name: name for name in KINDS},
    "txt": "text",
    "md": "markdown",
    "eml": "mail",
    "htm": "html",
    "tsv": "csv",
    "gz": "gzip",
}
_BY_SUFFIX = {suffix: kind for kind in TABLE for suffix in kind.suffixes}
_BY_MAGIC = tuple((magic, kind) for kind in TABLE for magic in kind.magic)

# Formats that nobody here reads: of text, but not as plain lines, so that as text they would yield markup for reports; and what
# stands beside saved pages.
NOT_READ = frozenset((
    ".avi", ".bmp", ".css", ".db", ".eot", ".gif", ".ico", ".jpeg", ".jpg", ".js", ".m4a", ".mov", ".mp3", ".mp4", ".ogg",
    ".otf", ".png", ".svg", ".tif", ".tiff", ".ttf", ".wav", ".webm", ".webp", ".woff", ".woff2", ".7z", ".doc", ".epub",
    ".mht", ".mhtml", ".msg", ".odt", ".ppt", ".pptx", ".pst", ".rar", ".tar", ".tbz2", ".tgz", ".txz", ".xls", ".xlsx", ".xml",
    ".zst",
))  # fmt: skip

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL
)
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[ \t].{0,990}\r?\n(?:[ \t].{0,990}\r?\n){0,20}){2,60}")
_OF_MAIL = re.compile(rb"^(?:Return-Path|Received|Message-ID|MIME-Version|Delivered-To):", re.IGNORECASE | re.MULTILINE)
_MBOX = re.compile(rb"From \S{1,200}.{0,100}\r?\n[A-Za-z>][A-Za-z0-9-]{1,40}:")
_PACKED = (".docx", ".docm")  # zip files that are documents
_FIRST = (b"[Content_Types].xml", b"_rels/.rels", b"word/document.xml")


def suffix_of(name: str) -> str:
    """The last suffix of a file's name, in small letters: ``.gz`` of ``A.HTML.GZ``; of an address, that of its path."""
    end = name.rpartition("/")[2]
    return f".{end.rpartition('.')[2].lower()}" if "." in end.lstrip(".") else ""


def kind_by_name(name: str) -> Kind:
    """The format that a file's name promises; text where it promises none."""
    return _BY_SUFFIX.get(suffix_of(name), KINDS["text"])


def kind_of(name: str, head: bytes) -> Kind:
    """The format of a file by its first bytes (up to ``HEAD_BYTES``) and its name."""
    named, suffix = kind_by_name(name), suffix_of(name)
    for magic, kind in _BY_MAGIC:
        if head.startswith(magic):
            return KINDS["docx"] if kind.name == "zip" and _is_document(suffix, head) else kind
    return named if suffix in _BY_SUFFIX else _looked_at(head)


def _is_document(suffix: str, head: bytes) -> bool:
    """Is a zip file a document, by its suffix or, where that says nothing, by the name of its first member?"""
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return suffix in _PACKED or (suffix != ".zip" and first in _FIRST and b"word/" in head)


def _looked_at(head: bytes) -> Kind:
    if _HTML.match(head):
        return KINDS["html"]
    if _MBOX.match(head):
        return KINDS["mbox"]
    header = _HEADER.match(head)
    return KINDS["mail" if header and _OF_MAIL.search(header[0]) else "text"]


def is_readable(name: str) -> bool:
    """Whether a file of this name may hold something to read."""
    return suffix_of(name) not in NOT_READ


@cache
def has(library: str) -> bool:
    """Is a library installed? It is not imported."""
    return find_spec(library) is not None


def installed(kind: Kind) -> str:
    """The extras that have a say in how a file of this format is read, as they are installed here: ``+html+pdf``."""
    extras = {**{each.extra: each.library for each in TABLE if each.extra}, "html": "trafilatura"}
    asked = sorted(extras) if kind.is_archive or kind.is_packing else ["html"] if kind.name in ("html", "mail") else []
    return "".join(f"+{extra}" for extra in asked if has(extras[extra]))

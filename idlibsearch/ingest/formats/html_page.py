"""HTML: a page's article and what the page says of it; the only door to trafilatura.

Where trafilatura is installed (``pip install 'idlibsearch[html]'``) it finds the article, else, or where it finds none, rules of
our own do (``html_text``). What the page says of itself is always read by our own (``html_about``).
"""

from __future__ import annotations

import codecs
import re

from idlibsearch.errors import InputError
from idlibsearch.ingest.files import decode
from idlibsearch.ingest.formats.charset import as_declared
from idlibsearch.ingest.formats.extract import Extract, headed
from idlibsearch.ingest.formats.html_about import about_page
from idlibsearch.ingest.formats.html_text import paragraphs_of
from idlibsearch.ingest.formats.html_tree import Node, parse
from idlibsearch.ingest.formats.kinds import has

LARGEST = 16 << 20  # characters; the largest pages of news have 2 MB, most of it script
_CHARSET = re.compile(rb"(?:charset|encoding)\s{0,3}=\s{0,3}[\"']?\s{0,3}([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(content: bytes, encoding: str | None = None, hint: str | None = None, *, library: bool = True) -> Extract:
    """The article of a page. ``library``: by trafilatura, where it is installed. Raises InputError where there is none."""
    page, used = decode_page(content, encoding, hint)
    if len(page) > LARGEST:
        raise InputError("", f"is larger than {LARGEST:,} characters, which no page of a report is")
    root = parse(page)
    paragraphs = (by_library(page) if library and has("trafilatura") else []) or by_rules(root)
    if not paragraphs:
        raise InputError("", "has no text that reads like an article")
    about = about_page(root)
    return headed(about.title, "\n\n".join(paragraphs), about, encoding=used, is_one=True)


def decode_page(content: bytes, encoding: str | None, hint: str | None = None) -> tuple[str, str]:
    """The text of a page and its encoding: as told, by byte order mark, as hinted, as the page says, else as any text."""
    if encoding is None and not content.startswith(_MARKS):
        declared = _CHARSET.search(content[:2048])
        for name in filter(None, (hint, declared and declared[1].decode("ascii"))):
            if (read_as := as_declared(content, name)) is not None:
                return read_as
    return decode(content, encoding)


def by_rules(root: Node) -> list[str]:
    """The paragraphs of the article, by rules of our own."""
    return paragraphs_of(root)


def by_library(page: str) -> list[str]:
    """The paragraphs of the article, by trafilatura."""
    import trafilatura  # noqa: PLC0415 - it takes a quarter of a second, and only pages need it

    text = trafilatura.extract(page, favor_precision=True, include_comments=False, include_formatting=False)
    return [line.strip() for line in (text or "").splitlines() if line.strip()]

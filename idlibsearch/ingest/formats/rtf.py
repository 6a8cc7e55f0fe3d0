"""RTF: its text, and its title, author and date from the info group; the only door to striprtf."""

from __future__ import annotations

import re

from idlibsearch.errors import InputError
from idlibsearch.ingest.formats.extract import About, Extract, headed

_CREATED = re.compile(r"\\creatim\\yr(\d{1,4})\\mo(\d{1,2})\\dy(\d{1,2})")
_TOLD = r"\{\\%s ((?:[^{}\\]|\\'[0-9a-fA-F]{2}|\\u-?\d{1,5} ?\??){1,400})\}"


def read(content: bytes, encoding: str | None = None, _hint: str | None = None) -> Extract:
    """The text of a document. Raises InputError where it has none, and whatever striprtf raises."""
    source = content.decode("latin-1")
    text = "\n\n".join(line.strip() for line in _plain(source, encoding or "cp1252").splitlines() if line.strip())
    if not text:
        raise InputError("", "has no text")
    created = _CREATED.search(source)
    title = _told("title", source, encoding)
    dates = (f"{int(created[1]):04}-{int(created[2]):02}-{int(created[3]):02}",) if created else ()
    return headed(title, text, About(title=title, byline=_told("author", source, encoding), dates=dates))


def _plain(source: str, encoding: str) -> str:
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415 - an extra

    return str(rtf_to_text(source, encoding=encoding, errors="replace"))


def _told(name: str, source: str, encoding: str | None) -> str:
    found = re.search(_TOLD % name, source)
    return " ".join(_plain("{\\rtf1\\ansi " + found[1] + "}", encoding or "cp1252").split()) if found else ""

"""PDF: the text of all pages and what the document says of itself; the only door to pypdf.

Lines that head or foot most pages are left out, and words that are broken over a line end by a hyphen are put together. The text
of a scanned page is a picture; such a document has none.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping

from idlibsearch.errors import InputError
from idlibsearch.ingest.formats.extract import About, Extract, letters_of

MOST_PAGES = 5000
SHORT, FULL = 0.75, 0.92  # of the width: a line that surely leaves room, and one that maybe does, behind a full stop
EDGE_LINES = 2  # lines at the head and the foot of a page that may be on every page
_BROKEN = re.compile(r"[^\W\d_]-\Z")  # a word that is broken over two lines
_FINAL = (".", "!", "?", "”", '"', "…")
_JUNK_TITLE = re.compile(r"(?:microsoft word|untitled|document\d*$|.*\.(?:docx?|pdf|indd|qxd|rtf|odt|tex|pages)$)", re.IGNORECASE)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")


def read(content: bytes, _encoding: str | None = None, _hint: str | None = None) -> Extract:
    """The text of a document. Raises InputError where it is locked or has none, and whatever pypdf raises."""
    import pypdf  # noqa: PLC0415 - it takes a tenth of a second, and only PDFs need it

    document = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if document.is_encrypted and not document.decrypt(""):
        raise InputError("", "is locked by a password")
    if len(document.pages) > MOST_PAGES:
        raise InputError("", f"has more than {MOST_PAGES:,} pages")
    pages = without_frames([page.extract_text() for page in document.pages])
    if not any(map(str.strip, pages)):
        raise InputError("", "has no text (scanned pages are pictures); recognise it first")
    told: Mapping[str, object] = document.metadata or {}
    about = About(
        title=_title(_shown(told.get("/Title"))),
        byline=_shown(told.get("/Author")),
        language=_shown(document.root_object.get("/Lang")),
        dates=_dates(_shown(told.get("/CreationDate"))),
    )
    return put_together(pages, about)


def _shown(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str) else ""


def _title(text: str) -> str:
    return "" if _JUNK_TITLE.match(text) or " " not in text else text


def _dates(text: str) -> tuple[str, ...]:
    found = _DATE.match(text)
    return ("-".join(found.groups()),) if found else ()


def without_frames(pages: list[str]) -> list[str]:
    """The pages without the lines that stand at the head or the foot of most of them, whatever numbers are in those."""
    lines = [[line.rstrip() for line in page.splitlines()] for page in pages]
    edges = [_edges(page) for page in lines]
    counts = Counter(shape for page in edges for shape in {_shape(lines_at) for lines_at in page.values()})
    often = {shape for shape, count in counts.items() if count >= 3 and 2 * count > len(pages)}
    return [
        "\n".join(line for number, line in enumerate(page) if number not in edge or _shape(edge[number]) not in often)
        for page, edge in zip(lines, edges, strict=True)
    ]


def _edges(lines: list[str]) -> dict[int, str]:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return {number: lines[number] for number in (*filled[:EDGE_LINES], *filled[-EDGE_LINES:])}


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def put_together(pages: list[str], about: About) -> Extract:
    """One text of all pages, its lines made paragraphs; the title at its head, once.

    Pages say where lines end and not where paragraphs do. A line that leaves room for more ends one, as does a blank one.
    """
    pages = [_without_title(pages[0], about.title), *pages[1:]]
    parts, starts = ([f"{about.title}\n\n"] if about.title else []), []
    width = _width(pages)
    size, before = len("".join(parts)), ""
    for page in pages:
        is_apart, begun = False, False
        for line in map(str.strip, page.splitlines()):
            if not line:
                is_apart = begun
                continue
            joiner = "" if not before else "\n\n" if is_apart or not _runs_on(before, line, width) else " "
            if _BROKEN.search(before) and line[0].islower():
                parts[-1], joiner, size = parts[-1][:-1], "", size - 1
            if not begun:
                starts.append(size + len(joiner))
            parts += (joiner, line)
            size += len(joiner) + len(line)
            before, is_apart, begun = line, False, True
        if not begun:
            starts.append(size)
    if about.title:
        starts[0] = 0
    return Extract("".join(parts), about, page_starts=tuple(starts), is_one=True, title_at=0 if about.title else -1)


def _width(pages: list[str]) -> int:
    """How long full lines are, in characters."""
    lengths = sorted(len(line.strip()) for page in pages for line in page.splitlines() if line.strip())
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _runs_on(before: str, line: str, width: int) -> bool:
    """Whether a line goes on with the sentence or paragraph of the one before it; lengths differ by the widths of letters."""
    if len(before) < SHORT * width:
        return len(before) > SHORT * width / 2 and before[-1:].isalnum() and line[0].islower()
    return not (len(before) < FULL * width and before.endswith(_FINAL) and not line[0].islower())


def _without_title(page: str, title: str) -> str:
    """The page without the lines at its head that are the title."""
    lines = page.strip().splitlines()
    for count in range(1, min(4, len(lines)) + 1) if title else ():
        if letters_of("".join(lines[:count])) == letters_of(title):
            return "\n".join(lines[count:])
    return page

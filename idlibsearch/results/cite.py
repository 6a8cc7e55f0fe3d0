"""Citations: a passage with all it takes to find it again, and to see later whether it still stands (``verify``).

As a line for people, as JSON, as BibTeX and as CSL-JSON, which reference managers read. The two JSON forms hold all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from idlibsearch.errors import InputError
from idlibsearch.ingest.assemble import digest
from idlibsearch.model import Piece, Report
from idlibsearch.results.forms import as_json

Form = Literal["text", "json", "jsonl", "bibtex", "csl"]
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
_TEX = str.maketrans({char: f"\\{char}" for char in "&%$#_{}"} | _NAMED)


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation and where it is from.

    ``quote`` is ``field`` of the report ``key`` from character ``at`` on, as it stands there. ``path`` is the source file seen
    from the root of the index, ``start`` and ``end`` the quotation in its decoded text, in characters, and ``pieces``
    which parts of the quotation (``at`` counts in ``quote``) stand there unchanged; without pieces, of a JSON line, the place is
    the line. A report that was handed in has no path. ``content_hash`` is that of the report in its source, or of title and body
    handed in. ``member`` is the part of an archive, and ``extracted`` says that places are those of the text taken out of a page
    of markup or the like. ``query`` is the question as the engine read it, ``generation`` that of the index which answered.

    >>> citation = index.search("sochi")[0].cite(tokens=8)
    >>> citation.quote
    'such attacks do not occur.”\\n\\n“You know, the'
    >>> citation.path
    'seeds/002_467ccc5a45811305.txt'
    """

    key: str
    quote: str
    field: str = "body"
    at: int = 0
    title: str = ""
    source: str = ""
    byline: str = ""
    date: str = ""
    url: str = ""
    query: str = ""
    generation: int = 0
    path: str = ""
    start: int = 0
    end: int = 0
    pieces: tuple[Piece, ...] = ()
    encoding: str = ""
    content_hash: str = ""
    member: str = ""
    extracted: bool = False

    def text(self) -> str:
        """On one line, for people."""
        about = ". ".join(filter(None, (" ".join(self.title.split()), self.byline, self.source, self.date, self.url)))
        place = f"{self.path}, characters {self.start} to {self.end}" if self.path else self.key
        found = f"index generation {self.generation}, for the question: {self.query}"
        return f"“{' '.join(self.quote.split())}” {about}. [{place}; BLAKE2b {self.content_hash}; {found}]"

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, which ``from_json`` reads."""
        return asdict(self) | {"pieces": [list(piece) for piece in self.pieces]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any], path: str = "") -> Citation:
        """What ``to_json`` or ``csl`` made. Raises InputError, which names ``path``, for anything else."""
        custom = value.get("custom")
        value = custom.get("idlibsearch", value) if isinstance(custom, Mapping) else value
        known = {each.name: value[each.name] for each in fields(cls) if each.name in value}
        try:
            pieces = tuple(Piece(*map(_number, piece)) for piece in known.pop("pieces", ()))
            made = cls(**known, pieces=pieces)
        except TypeError as error:
            raise InputError(path, f"is no citation ({error})") from None
        for each in fields(cls):
            if each.name != "pieces" and type(getattr(made, each.name)).__name__ != each.type:
                raise InputError(path, f"is no citation (its {each.name} is of the wrong kind)")
        return made

    def csl(self) -> dict[str, Any]:
        """An item of CSL-JSON 1.0.2; what CSL has no name for is in ``custom``."""
        item = {
            "id": self.name,
            "type": "article-newspaper",
            "title": self.title,
            "container-title": self.source,
            "author": [{"literal": self.byline}] if self.byline else [],
            "issued": {"date-parts": [self._date_parts()]} if self.date else {},
            "URL": self.url,
            "note": f"“{' '.join(self.quote.split())}”",
        }
        return {name: part for name, part in item.items() if part} | {"custom": {"idlibsearch": self.to_json()}}

    def bibtex(self) -> str:
        """An entry of BibTeX."""
        parts = [str(part) for part in self._date_parts()] if self.date else []
        place = f"{self.path}, characters {self.start} to {self.end}" if self.path else self.key
        note = f"``{' '.join(self.quote.split())}'' ({place}; BLAKE2b {self.content_hash})"
        entry = {"title": self.title, "journal": self.source, "author": self.byline, "year": "".join(parts[:1]), "note": note}
        lines = [f"  {name} = {{{_tex(part)}}}," for name, part in entry.items() if part]
        lines += [f"  month = {_MONTHS[int(parts[1]) - 1]}," for _ in parts[1:2]] + [f"  day = {{{part}}}," for part in parts[2:]]
        lines += [f"  url = {{{self.url.replace('{', '%7B').replace('}', '%7D')}}},"] if self.url else []
        return "\n".join([f"@article{{{self.name},", *lines, "}"])

    @property
    def name(self) -> str:
        """A short lasting name for it, of letters, digits and hyphens."""
        words = re.findall(r"[a-z0-9]+", f"{self.source or 'report'} {self.date}".lower())
        return "-".join([*words, digest(f"{self.key}\n{self.at}\n{self.quote}")[:8]])

    def _date_parts(self) -> list[int]:
        """Year, month, day as far as they are known; of a stretch of time its beginning's year."""
        day = self.date.partition("/")
        return [int(part) for part in day[0].split("-")][: 1 if day[1] else 3]


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def _tex(text: str) -> str:
    return " ".join(text.split()).translate(_TEX)


def cited(citation: Citation, report: Report | None, text: str, start: int, end: int) -> Citation:
    """What is known so far, with the passage [start, end) of the text of its field, and what the report says of itself."""
    at, end = _trimmed(text, start, end)
    citation = replace(citation, quote=text[at:end], at=at)
    if report is None:
        return replace(citation, content_hash=digest(text))
    citation = replace(citation, byline=report.byline, date=str(report.date or ""), url=report.url)
    place = report.provenance
    if place is None:
        return replace(citation, content_hash=digest(f"{report.title}\n{report.body}"))
    pieces = _pieces(place.pieces.get(citation.field, ()), text, at, end)
    start, end = (pieces[0].start, pieces[-1].end) if pieces else (place.start, place.end)
    citation = replace(citation, path=place.path, encoding=place.encoding, content_hash=place.content_hash)
    return replace(citation, start=start, end=end, pieces=pieces, member=place.member, extracted=place.extracted)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    quote = text[start:end]
    return start + len(quote) - len(quote.lstrip()), end - len(quote) + len(quote.rstrip())


def _pieces(pieces: tuple[Piece, ...], text: str, start: int, end: int) -> tuple[Piece, ...]:
    """The parts of a field's pieces that lie in [start, end) of its text, seen from ``start``."""
    found = []
    for piece in pieces:
        first, last = max(piece.at, start), min(piece.at + piece.end - piece.start, end)
        if first < last and text[first:last].strip():
            found.append(Piece(first - start, piece.start + first - piece.at, piece.start + last - piece.at))
    return tuple(found)


def citations(found: Iterable[Citation], form: Form) -> Iterator[str]:
    """Citations as a reader wants them: a line or an entry each, one JSON object a line, or a list of JSON objects."""
    if form == "json":
        yield as_json([each.to_json() for each in found], indent=1)
    elif form == "csl":
        yield as_json([each.csl() for each in found], indent=1)
    else:
        for each in found:
            yield as_json(each.to_json()) if form == "jsonl" else each.bibtex() if form == "bibtex" else each.text()

"""Do citations still hold? Looks at the source file and at the index, and says what became of each quotation.

    holds     it stands where the citation says, character for character
    moved     it stands elsewhere: in the same file or report, or in another one
    drifted   it stands nowhere, but at least half of it does, where it was: the text was changed
    gone      neither; or the file, or the report, is there no more

What stands apart in white space only counts as moved. Files are read as they were when they were indexed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from idlibsearch.errors import InputError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.ingest.assemble import digest
from idlibsearch.ingest.files import is_lines, read_text, refuse_unreadable
from idlibsearch.ingest.jsonl import lines_of
from idlibsearch.ingest.pages import read_page
from idlibsearch.model import Report
from idlibsearch.query.search import Request, search
from idlibsearch.query.tree import Word, conjunction
from idlibsearch.results.cite import Citation
from idlibsearch.results.forms import Format, as_json, records
from idlibsearch.results.hits import fields_of
from idlibsearch.results.render import PLAIN, Style

State = Literal["holds", "moved", "drifted", "gone"]
RUN_WORDS = 3  # of the runs of words by which a text that was changed is known
SHARE = 0.5  # of them that have to be left
SOUGHT_WORDS = 20  # of a quotation, by which other reports that may have it are found
CANDIDATES = 100
SHOWN = 60  # characters of a quotation, for people
GAP = 1000  # characters that may have come between the parts of a quotation and still leave it one


class Outcome(NamedTuple):
    """What became of a quotation in one place; ``place``: where it stands now, (start, end) in characters, if known."""

    state: State
    reason: str
    place: tuple[int, int] | None = None


class Verdict(NamedTuple):
    """What became of a citation: of its source file (None: it names none, as the report was handed in) and in the index.

    ``state`` is that of the file where there is one, else that of the index.

    >>> [verdict] = index.verify([index.search("sochi")[0].cite()])
    >>> verdict.state, verdict.in_index.state
    ('holds', 'holds')
    """

    citation: Citation
    state: State
    in_source: Outcome | None
    in_index: Outcome

    @property
    def reason(self) -> str:
        """Of both places."""
        return "; ".join(found.reason for found in (self.in_source, self.in_index) if found is not None)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; ``place`` is where the quotation stands now, (start, end) in characters of the file."""
        place = self.in_source.place if self.in_source else None
        return {
            "key": self.citation.key,
            "path": self.citation.path,
            "state": self.state,
            "source": self.in_source.state if self.in_source else None,
            "index": self.in_index.state,
            "reason": self.reason,
            "place": list(place) if place else None,
            "quote": self.citation.quote,
        }


def read_citations(text: str, path: str = "") -> list[Citation]:
    """The citations of a file: JSON (one, a list, or what a query printed) or a JSON object a line. Raises InputError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return [Citation.from_json(_object(line, f"{path}:{n}"), f"{path}:{n}") for n, line in _lines(text)]
    if isinstance(value, dict):
        value = value.get("citations", [value])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InputError(path, "holds no citations: a list of objects, or an object a line, is what `query --cite` writes")
    return [Citation.from_json(each, path) for each in value]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _object(line: str, place: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(place, f"is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise InputError(place, "is not an object")
    return value


def verified(citations: Iterable[Citation], snapshot: Snapshot, root: Path) -> Iterator[Verdict]:
    """What became of each, in turn. ``root``: the folder that paths are relative to."""
    for citation in citations:
        source = _in_source(citation, root) if citation.path else None
        index = _in_index(citation, snapshot)
        yield Verdict(citation, (source or index).state, source, index)


# ---- in the source file


def _in_source(citation: Citation, root: Path) -> Outcome:
    path = root / citation.path
    try:
        refuse_unreadable(path)
        if citation.extracted or citation.member:
            return _in_reports(citation, path, root)
        return _in_lines(citation, path) if is_lines(path) else _in_text(citation, _text_of(path, citation.encoding))
    except InputError as error:
        return Outcome("gone", f"the file {citation.path} {error.reason}")


def _in_reports(citation: Citation, path: Path, root: Path) -> Outcome:
    """A file that is no plain text is read again, and its reports are looked at."""
    reports = read_page(path, root)
    if any(each.provenance is not None and each.provenance.content_hash == citation.content_hash for each in reports):
        return Outcome("holds", "the source is as it was")
    text = "\n\n".join(_field_of(each, citation.field) for each in reports)
    return _elsewhere((citation.quote,), text, "the file")._replace(place=None)


def _text_of(path: Path, encoding: str) -> str:
    """Decoded as it was then: by itself where that gives the same encoding, else by its name."""
    try:
        file = read_text(path)
    except InputError:
        return read_text(path, encoding=encoding).text
    return file.text if file.encoding == encoding or not encoding else read_text(path, encoding=encoding).text


def _in_text(citation: Citation, text: str) -> Outcome:
    quote = citation.quote
    parts = [(quote[at : at + end - start], start, end) for at, start, end in citation.pieces]
    if not parts:
        is_same = digest(text[citation.start : citation.end]) == citation.content_hash
        return Outcome("holds", "the source is as it was") if is_same else _elsewhere((quote,), text, "the file")
    if all(text[start:end] == part for part, start, end in parts):
        return Outcome("holds", "stands in the file where it stood", (citation.start, citation.end))
    return _elsewhere([part for part, _, _ in parts], text, "the file")


def _elsewhere(parts: Sequence[str], text: str, where: str) -> Outcome:
    """Parts one behind the other, whatever white space is in them; else whether enough is left of them."""
    place = _standing([re.compile(r"\s+".join(map(re.escape, part.split()))) for part in parts if part.strip()], text)
    if place and place[1] - place[0] <= 2 * sum(map(len, parts)) + GAP:
        return Outcome("moved", f"stands in {where} at {place[0]}", place)
    if _share_left(" ".join(parts), text) >= SHARE:
        return Outcome("drifted", f"{where} has it in other words")
    return Outcome("gone", f"{where} is there, but has it no more")


def _standing(parts: Sequence[re.Pattern[str]], text: str) -> tuple[int, int] | None:
    """The shortest stretch that begins with the first part and has all others behind it."""
    place = None
    for first in parts[0].finditer(text) if parts else ():
        end = first.end()
        for part in parts[1:]:
            found = part.search(text, end)
            if found is None:
                return place
            end = found.end()
        if place is None or end - first.start() < place[1] - place[0]:
            place = first.start(), end
    return place


def _share_left(quote: str, text: str) -> float:
    """The share of the runs of words of a quotation that a text has."""
    sought, there = _runs(quote), _runs(text)
    return len(sought & there) / len(sought) if sought else 0.0


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + RUN_WORDS]) for at in range(max(1, len(words) - RUN_WORDS + 1))} if words else set()


def _in_lines(citation: Citation, path: Path) -> Outcome:
    """A JSON line: the very same one, else one that has the quotation in a text."""
    drifted: Outcome | None = None
    for number, start, line in lines_of(str(path), citation.encoding or "utf-8"):
        place = (start, start + len(line))
        if digest(line) == citation.content_hash:
            same = place == (citation.start, citation.end)
            return Outcome("holds", "the line is as it was", place) if same else Outcome("moved", f"is line {number} now", place)
        if drifted is None:
            drifted = _in_line(citation, line, number, place)
    return drifted or Outcome("gone", "no line of the file has it")


def _in_line(citation: Citation, line: str, number: int, place: tuple[int, int]) -> Outcome | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    parts = value.values() if isinstance(value, dict) else ()
    if any(isinstance(part, str) and citation.quote in part for part in parts):
        return Outcome("moved", f"stands in line {number}, which was changed", place)
    return None


# ---- in the index


def _in_index(citation: Citation, snapshot: Snapshot) -> Outcome:
    stored = snapshot.get(citation.key)
    here = Outcome("gone", "the index has no report of this key, nor the quotation")
    if stored is not None:
        text = _field_of(stored if isinstance(stored, Report) else fields_of(snapshot, stored), citation.field)
        end = citation.at + len(citation.quote)
        if text[citation.at : end] == citation.quote:
            return Outcome("holds", "stands in the report as it stood", (citation.at, end))
        here = _elsewhere((citation.quote,), text, "the report")
    other = None if here.state == "moved" else _other_report(citation, snapshot)
    return here if other is None else Outcome("moved", f"stands in the report {other}")


def _field_of(stored: Report | dict[str, Any], field: str) -> str:
    text = stored.get(field) if isinstance(stored, dict) else getattr(stored, field, "")
    return text if isinstance(text, str) else ""


def _other_report(citation: Citation, snapshot: Snapshot) -> str | None:
    """The key of another report with the quotation, in any white space."""
    words = [word for word in re.findall(r"\w+", citation.quote) if word.isalnum()][:SOUGHT_WORDS]
    if not words:
        return None
    found = search(snapshot, Request(citation.quote, CANDIDATES, tree=conjunction([Word(word) for word in words])))
    quote = " ".join(citation.quote.split())
    for hit in found.hits:
        segment = snapshot.segments[hit.segment]
        stored = segment.documents.read(hit.doc)
        texts = (stored.title, stored.body) if isinstance(stored, Report) else fields_of(snapshot, stored).values()
        if any(isinstance(text, str) and quote in " ".join(text.split()) for text in texts):
            return segment.keys[hit.doc]
    return None


# ---- written down

COLUMNS = ("key", "path", "state", "source", "index", "reason", "quote")


def verdicts(found: Iterable[Verdict], form: Format, style: Style = PLAIN) -> Iterator[str]:
    """Verdicts line by line."""
    if form == "json":
        yield as_json([verdict.to_json() for verdict in found], indent=1)
    elif form == "text":
        for verdict in found:
            quote = " ".join(verdict.citation.quote.split())
            shown = quote if len(quote) <= SHOWN else quote[: SHOWN - 1] + "…"
            yield f"{style.bold}{verdict.state:<7}{style.plain} {verdict.citation.key}"
            yield f"        “{shown}”"
            yield f"        {style.dim}{verdict.reason}{style.plain}"
    else:
        yield from records((verdict.to_json() for verdict in found), form, COLUMNS)

"""DOCX: a zip file of XML; its paragraphs, tables, breaks and tabs, and its core properties. By the standard library alone.

The XML is read as a stream of events, so that depth and size cost nothing; a document type, which is what entities are declared
in, is refused, since no such document has one.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import cast
from xml.parsers import expat

from idlibsearch.errors import InputError
from idlibsearch.ingest.formats.expansion import Budget, counted
from idlibsearch.ingest.formats.extract import About, Extract, headed

_CHUNK = 256 * 1024
_BODY, _CORE = "word/document.xml", "docProps/core.xml"
_SPACES = {"tab": "\t", "br": "\n", "cr": "\n"}
_TITLES = ("Title", "Heading1")  # styles of a paragraph that is the title; their ids are the same in all languages of Word's


def read(content: bytes, _encoding: str | None = None, _hint: str | None = None) -> Extract:
    """The text of a document. Raises InputError, or BadZipFile, KeyError and ExpatError where it is damaged."""
    budget = Budget("", len(content))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if _BODY not in parts.namelist():
            raise InputError("", "is no document of Word's (it has no text part)")
        body = _Body()
        _parse(parts, _BODY, budget, body.start, body.end, body.data)
        core = _Core()
        if _CORE in parts.namelist():
            _parse(parts, _CORE, budget, core.start, core.end, core.data)
    text = body.text()
    if not text:
        raise InputError("", "has no text")
    title = body.title or core.values.get("title", "")
    about = About(
        title=title,
        byline=core.values.get("creator", ""),
        language=core.values.get("language", ""),
        dates=tuple(filter(None, (core.values.get("issued", ""), core.values.get("created", "")))),
    )
    return headed(title, text, about)


_Start = Callable[[str, dict[str, str]], None]
_Text = Callable[[str], None]


def _parse(parts: zipfile.ZipFile, name: str, budget: Budget, start: _Start, end: _Text, data: _Text) -> None:
    """Tell of the elements of a part, by their names without namespace."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = data
    parser.buffer_text = True
    budget.promise(parts.getinfo(name).file_size)
    with parts.open(name) as stream:
        source = counted(cast(io.BufferedReader, stream), budget)
        while chunk := source.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise InputError("", "has a document type in its XML, which documents do not have and attacks do")


class _Body:
    """Gathers the text: paragraphs, the rows of a table as lines, its cells with a tab between."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._paragraph: list[str] = []
        self._within = self._skipping = self._cells = self._runs = 0
        self._style = ""
        self.title = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("Fallback", "del", "moveFrom"):  # what stands there is said once more, or is no longer said
            self._skipping += 1
        elif name == "t":
            self._within += 1
        elif name == "r":
            self._runs += 1
        elif name in _SPACES and self._runs and not self._skipping:  # elsewhere it says where the tab stops are
            self._paragraph.append(_SPACES[name])
        elif name == "tc":
            self._cells += 1
        elif name == "pStyle":
            self._style = next((value for key, value in attributes.items() if key.endswith("val")), "")

    def data(self, text: str) -> None:
        if self._within and not self._skipping:
            self._paragraph.append(text)

    def end(self, name: str) -> None:
        if name == "r":
            self._runs -= 1
        elif name in ("Fallback", "del", "moveFrom"):
            self._skipping -= 1
        elif name == "t":
            self._within -= 1
        elif name == "p":
            self._end_paragraph()
        elif name == "tc":
            self._cells -= 1
            self._parts.append("\t")
        elif name == "tr":
            self._parts.append("\n\n")

    def _end_paragraph(self) -> None:
        text = "".join(self._paragraph).strip()
        if text and not self.title and self._style in _TITLES and not any(map(str.strip, self._parts)):
            self.title = " ".join(text.split())
            text = self.title
        if text:
            self._parts.append(text + (" " if self._cells else "\n\n"))
        self._paragraph, self._style = [], ""

    def text(self) -> str:
        """All of it, with an empty line between paragraphs and between rows."""
        blocks = "".join(self._parts).split("\n\n")
        return "\n\n".join(shown for block in blocks if (shown := block.strip(" \t\n").replace(" \t", "\t")))


class _Core:
    """Gathers the core properties by name."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._name = ""

    def start(self, name: str, _: dict[str, str]) -> None:
        self._name = name

    def data(self, text: str) -> None:
        self.values[self._name] = " ".join(f"{self.values.get(self._name, '')}{text}".split())

    def end(self, _: str) -> None:
        self._name = ""

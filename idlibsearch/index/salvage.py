"""Reads what can be trusted of a damaged segment file: stored reports, keys and sources whose bytes a checksum vouches for."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from pathlib import Path
from typing import Self

from idlibsearch.errors import CorruptIndexError, FormatVersionError
from idlibsearch.index.documents import Documents, is_vouched_for
from idlibsearch.index.fileformat import SectionFile
from idlibsearch.index.segment import NO_FILE
from idlibsearch.index.strings import Strings
from idlibsearch.model import Document, Report

_STORED = {"stored.ends", "stored.firsts", "stored.records"}
_KEYS = {"keys.text", "keys.ends"}
_FILES = {"files.text", "files.ends", "files.prints.text", "files.prints.ends", "docs.file"}


class Salvage:
    """A damaged segment file whose table can be read; ``of`` says None where it cannot."""

    def __init__(self, file: SectionFile) -> None:
        self._file = file
        self._damaged = {fault.section for fault in file.verify()} | {
            name for name in _STORED | _KEYS | _FILES | {"stored.blocks"} if name not in file.sections
        }
        self._keys = Strings(file, "keys") if not self._damaged & _KEYS else None

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """The salvage of a file, None where nothing can be had of it."""
        try:
            return cls(SectionFile(path, trusting=True))
        except (CorruptIndexError, FormatVersionError, FileNotFoundError):
            return None

    def reports(self, dead: Set[int]) -> Iterator[tuple[int, Report | None]]:
        """Each doc that is not dead with its report, or None where that cannot be trusted."""
        documents = Documents(self._file) if not self._damaged & _STORED else None
        count = len(documents) if documents else len(self._keys) if self._keys else 0
        for doc in range(count):
            if doc not in dead:
                yield doc, self._report(documents, doc) if documents else None

    def _report(self, documents: Documents, doc: int) -> Report | None:
        with suppress(CorruptIndexError, IndexError, ValueError):
            if "stored.blocks" not in self._damaged or is_vouched_for(documents.packed(documents.block_of(doc))):
                report = documents.read(doc)
                if isinstance(report, Document):
                    return None  # what its analyzers made of it is not stored
                return report if self.key(doc) in (None, report.key) else None
        return None

    def key(self, doc: int) -> str | None:
        """The key of a doc, None where it is lost."""
        with suppress(IndexError, ValueError):
            return self._keys[doc] if self._keys else None
        return None

    def keys(self, dead: Set[int]) -> set[str]:
        """The keys of all docs that are not dead, as far as they can be read."""
        count = len(self._keys) if self._keys else 0
        return {key for doc in range(count) if doc not in dead and (key := self.key(doc)) is not None}

    def sources(self, doc: int) -> dict[str, str]:
        """The file a doc came from, and the fingerprint it had; empty where that is lost, or it came from none."""
        if self._damaged & _FILES:
            return {}
        with suppress(IndexError, ValueError):
            number = self._file.array("docs.file")[doc]
            if number != NO_FILE:
                return {Strings(self._file, "files")[number]: Strings(self._file, "files.prints")[number]}
        return {}

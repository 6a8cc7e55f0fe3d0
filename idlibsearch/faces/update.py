"""Brings an index up to date with files: what is read, what is left alone, what is gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from idlibsearch.errors import InputError
from idlibsearch.faces.edit import Changes
from idlibsearch.index.writer import Writer
from idlibsearch.ingest.jsonl import Item
from idlibsearch.ingest.pages import Page, relative_path
from idlibsearch.model import Report

Pathlike = str | os.PathLike[str]


class Update:
    """Takes pages as they are read, and says in the end what came of it."""

    def __init__(self, writer: Writer, root: Path) -> None:
        self._writer = writer
        self._root = root
        self._seen: set[str] = set()  # files that were met and could be read
        self._read: set[str] = set()  # files that were read anew
        self._same = 0  # files that were left alone
        self._skipped: list[InputError] = []
        self._warnings: list[InputError] = []

    def take(self, page: Page | InputError) -> None:
        """Add what a page holds."""
        if isinstance(page, InputError):
            self._skipped.append(page)
            return
        self._seen.add(page.path)
        if page.unchanged:
            self._same += 1
            return
        self._read.add(page.path)
        try:
            for item in page.reports:
                self._take_item(item)
        except InputError as error:  # the file breaks off: what it held before, and is not seen now, may be behind the break
            self._skipped.append(error)
            self._read.discard(page.path)

    def _take_item(self, item: Item) -> None:
        if isinstance(item, Report):
            self._writer.add(item)
        elif isinstance(item, InputError):
            self._skipped.append(item)
        else:
            self._warnings.append(item.error)

    def finish(self, known: Iterable[str], under: Iterable[Pathlike] | None) -> None:
        """Remove what the files that were read no longer hold, and all that came from files under some paths that are gone."""
        unread = {relative_path(error.path, self._root) for error in self._skipped if os.path.exists(error.path)}
        there = self._seen | unread  # a file that cannot be read just now is not gone
        is_under = _under(under or (), self._root)
        self._writer.remove_files(self._read | {path for path in known if path not in there and is_under(path)})

    @property
    def changes(self) -> Changes:
        """What it all came to, once the writer has committed."""
        counts = self._writer.counts
        twice = (InputError(key, "the key stands on several lines; the last of them counts") for key in counts.repeated)
        numbers = counts.added, counts.changed, counts.unchanged, counts.removed, len(self._seen), self._same
        return Changes(*numbers, tuple(self._skipped), (*self._warnings, *twice))


def _under(folders: Iterable[Pathlike], root: Path) -> Callable[[str], bool]:
    """Does a path lie in one of the folders, or is it one of them?"""
    names = [relative_path(folder, root) for folder in folders]
    return lambda path: any(name in (".", path) or path.startswith(f"{name}/") for name in names)

"""Brings an index up to date with files: what is read, what is left alone, what is gone, and what is committed on the way.

A checkpoint is a commit of what was read so far. A run that ends between two of them is taken up by the next one: files that
were read are left alone, by what the system says of them (``seen``) or by their hash. A file of JSON lines that was not read to
its end is gone on with where the manifest says, as long as it has the hash that it had and nothing of it was in the index before;
else it is read from its beginning, and reports that are as they are stored are left alone, which takes half as long as indexing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from math import inf
from pathlib import Path
from typing import Any

from idlibsearch.errors import InputError
from idlibsearch.faces.edit import Changes
from idlibsearch.faces.tally import Tally
from idlibsearch.index.seen import Seen
from idlibsearch.index.writer import Writer
from idlibsearch.ingest import stdin
from idlibsearch.ingest.files import Skipped, is_pattern
from idlibsearch.ingest.jsonl import Item, Position
from idlibsearch.ingest.pages import Left, Page, relative_path
from idlibsearch.model import Report

Pathlike = str | os.PathLike[str]


class Update:
    """Takes pages as they are read, and says in the end what came of it.

    ``checkpoint_s``: after how many seconds to commit what there is; None: only in the end.
    """

    def __init__(self, writer: Writer, root: Path, checkpoint_s: float | None = None) -> None:
        self._writer = writer
        self._root = root
        self._every_s = inf if checkpoint_s is None else checkpoint_s
        self._due = time.monotonic() + self._every_s
        self._files = writer.snapshot.files()
        self.known = {path: mark for path, mark in self._files.items() if path not in writer.unfinished}
        self.left_at = {path: left for path, value in writer.unfinished.items() if (left := _left(value)) is not None}
        self._states = Seen(writer.snapshot.folder)
        self._met: set[str] = set()  # files that were met and could be read
        self._read: set[str] = set()  # those that were read anew since the last commit
        self._same = 0  # how many were left alone
        self._skipped: list[InputError] = []
        self._tally = Tally()
        self._warnings: list[InputError] = []

    @property
    def told(self) -> dict[str, Any]:
        """What ``read_paths`` is to be told of what the index has."""
        return {"known": self.known, "is_settled": self.is_settled, "left_at": self.left_at, "passed": self._tally.passed}

    def is_settled(self, page: Page) -> bool:
        """Is the index up to date with this page as far as can be seen without opening it?"""
        return self._states.has(page.path, page.state, page.manner, self.known.get(page.path, ""))

    def take(self, page: Page | InputError) -> None:
        """Add what a page holds."""
        if isinstance(page, InputError):
            self._skip(page)
            return
        self._tally.page(page)
        self._met.add(page.path)
        if page.unchanged:
            self._same += 1
            self._states.note(page.path)
            return
        if page.is_taken_up:
            self._writer.keep_files({page.path})
        try:
            for item in page.reports:
                self._take_item(item, page)
        except InputError as error:  # the file breaks off: what it held before, and is not seen now, may be behind the break
            self._skip(error, page)
            self._writer.unfinished[page.path] = None
        else:
            self._read.add(page.path)
            self._states.note(page.path)
            self._writer.unfinished.pop(page.path, None)
        self._checkpoint()

    def _skip(self, error: InputError, page: Page | None = None) -> None:
        self._skipped.append(error)
        self._tally.error(error, page)

    def _take_item(self, item: Item, page: Page) -> None:
        if isinstance(item, Report):
            self._tally.report(item, page)
            self._writer.add(item)
            self._checkpoint(page)
        elif isinstance(item, InputError):
            self._skip(item, page)
        elif isinstance(item, Skipped):
            self._tally.passed(item)
        else:
            self._warnings.append(item.error)

    def _checkpoint(self, page: Page | None = None) -> None:
        """Commit what there is, if it is time; ``page`` is being read.

        Only where nothing of a file was there before is it sure that what lies before some place need not be looked at again.
        """
        if time.monotonic() < self._due:
            return
        if page is not None:
            is_new = page.path not in self._files or page.is_taken_up
            self._writer.unfinished[page.path] = page.left() if is_new else None
        self._writer.remove_files(self._read)
        self._read = set()
        self._writer.commit()
        self._states.write(self._writer.snapshot.files)
        self._due = time.monotonic() + self._every_s

    def finish(self, under: Iterable[Pathlike] | None) -> None:
        """Remove what the files that were read no longer hold, and all that came from files under some paths that are gone."""
        unread = {relative_path(error.path, self._root) for error in self._skipped if os.path.exists(error.path)}
        there = self._met | unread  # a file that cannot be read just now is not gone
        is_under = _under(under or (), self._root)
        before = {*self.known, *self._writer.unfinished} - there - {stdin.NAME}
        gone = {path for path in before if is_under(path)}
        for path in gone:
            self._writer.unfinished.pop(path, None)
        self._writer.remove_files(self._read | gone)
        self._writer.commit()
        self._states.write(self._writer.snapshot.files)

    @property
    def changes(self) -> Changes:
        """What it all came to, once the writer has committed."""
        counts = self._writer.counts
        twice = (InputError(key, "the key stands on several lines; the last of them counts") for key in counts.repeated)
        numbers = counts.added, counts.changed, counts.unchanged, counts.removed, len(self._met), self._same
        return Changes(*numbers, tuple(self._skipped), (*self._warnings, *twice), self._tally.kinds)


def _left(value: object) -> Left | None:
    """What a manifest says of a file that was not read to its end; a stranger may have written it."""
    match value:
        case [[int(line), int(byte), int(character)], str(fingerprint)] if min(line, byte, character) >= 0:
            return Left(Position(line, byte, character), fingerprint)
    return None


def _under(folders: Iterable[Pathlike], root: Path) -> Callable[[str], bool]:
    """Does a path lie in one of the folders, or is it one of them, or no longer there where a pattern would have met it?"""
    given = [os.fspath(folder) for folder in folders]
    names = [relative_path(folder, root) for folder in given if not is_pattern(folder)]
    patterns = [relative_path(pattern, root) for pattern in given if is_pattern(pattern)]

    def is_under(path: str) -> bool:
        if any(name in (".", path) or path.startswith(f"{name}/") for name in names):
            return True
        return any(fnmatchcase(path, pattern) for pattern in patterns) and not os.path.lexists(root / path)

    return is_under

"""Looking after an index that may not even open: repair it, analyse it again, copy it. ``Index`` has the last two as methods."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from idlibsearch.errors import InputError
from idlibsearch.model import Report

if TYPE_CHECKING:
    from idlibsearch.faces.whoosh_compat import Schema
    from idlibsearch.index.repair import Repaired

Pathlike = str | os.PathLike[str]
MEMORY_MB = 512


def repair(
    path: Pathlike = "index",
    *,
    reread: bool = False,
    memory_mb: int = MEMORY_MB,
    progress: Callable[[str, int, int], None] | None = None,
) -> Repaired:
    """Make a damaged index whole, in one commit; a sound one stays as it is.

    Every segment that is whole is kept. Of the others those stored reports are kept that a checksum vouches for, analysed anew.
    ``reread``: what is lost is read from its source again, where that is a file that did not change since. The answer says what
    was wrong, and which reports are lost: run `idlibsearch index` on their sources to have what these hold now.

    ``progress`` is called with the name of each segment before it is looked at, its number, and how many there are. Raises
    NoIndexError, LockedError, DiskError, FormatVersionError.

    >>> idlibsearch.repair("index").faults
    ()
    """
    from idlibsearch.index.repair import repair as repair_index

    return repair_index(Path(path), reread=_reread if reread else None, memory_mb=memory_mb, progress=progress)


def _reread(root: Path, sources: Mapping[str, str]) -> Iterator[Report]:
    """The reports of files that are as they were; a file read otherwise than by default is as if it had changed."""
    from idlibsearch.ingest.pages import read_paths

    for page in read_paths((root / name for name in sources), root):
        if not isinstance(page, InputError):
            with suppress(InputError):  # the file breaks off
                for item in page.reports:
                    came_from = item.provenance if isinstance(item, Report) else None
                    if isinstance(item, Report) and came_from and came_from.fingerprint == sources.get(page.path):
                        yield item


def rebuild(
    path: Pathlike = "index",
    schema: Schema | None = None,
    *,
    memory_mb: int = MEMORY_MB,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Analyse all stored reports again, without their sources, in one commit; the number of its generation.

    For an index that another recipe analysed (``RecipeError``), and with ``schema``, as ``create`` takes it, for other fields
    or weights. Takes about ``memory_mb`` MB, and room on disk for the index once more. ``progress`` is called with how many
    reports are done, and of how many. Raises NoIndexError, LockedError, DiskError, FormatVersionError, and CorruptIndexError
    where the index is damaged, and SchemaError where it has a schema of its own.

    >>> idlibsearch.rebuild("index") == idlibsearch.open("index").generation
    True
    """
    from idlibsearch.index.rebuild import rebuild as rebuild_index

    ranking = None
    if schema is not None:
        from idlibsearch.faces.whoosh_compat import ranking_of

        ranking = ranking_of(schema)
    return rebuild_index(Path(path), ranking, memory_mb=memory_mb, progress=progress).generation


def copy(path: Pathlike, target: Pathlike, *, link: bool = False, progress: Callable[[int, int], None] | None = None) -> int:
    """Copy the newest generation of an index into the new or empty folder ``target``, while others read and write; its number.

    Saved questions (alerts) go along, with how far they were asked: the copy goes on from there by itself.
    ``link``: the files get a second name in place of a copy, where the file system can: no time, no room, but no protection
    against a failing disk either. The copy is verified before it counts, and finds sources where the original does.
    ``progress`` is called with the bytes done, and of how many. Raises NoIndexError, IndexExistsError, DiskError, and
    CorruptIndexError where the original is damaged.

    >>> generation = idlibsearch.copy("index", "backup")
    >>> idlibsearch.open("backup").generation == generation
    True
    """
    from idlibsearch.index.backup import copy as copy_index

    return copy_index(Path(path), Path(target), link=link, progress=progress).generation

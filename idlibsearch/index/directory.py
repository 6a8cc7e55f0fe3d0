"""The index folder: which files make up which generation, and how a new one becomes true all at once.

    generation-00000003.json   the manifest of generation 3: recipe, ranking, segments (``Manifest``), with a checksum
    00000002.seg               a segment; never changes, never has another content under the same name
    00000004.run-0-1           a part of segment 4 while it is being built (``runs``); no generation names one
    00000002.del-00000003      the docs of that segment that generation 3 no longer counts
    merging.tmp                a segment that is being made of others (``merging``); no generation names it
    files.seen                 see ``seen``; no generation names it
    write.lock, merge.lock     see ``lock``

Commit: every new segment and bitmap is written and synced, then the manifest under a temporary name, synced, renamed, and
the folder synced. A crash before the rename leaves the old generation as it was and some files that nobody names; the next
writer removes them. A crash behind it leaves the new generation. The files of the generation before stay until the next
commit, so that a reader that has just read its manifest finds them.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from idlibsearch.errors import CorruptIndexError, FormatVersionError, IndexExistsError, NoIndexError
from idlibsearch.index.fields import Ranking
from idlibsearch.index.lock import LOCK_NAME, MERGE_LOCK_NAME, is_locked, removable

FORMAT_VERSION = 2
_MANIFEST_NAME = re.compile(r"generation-(\d{8})\.json")
MERGE_NAME = "merging.tmp"
SEEN_NAME = "files.seen"
_LASTING = (LOCK_NAME, MERGE_LOCK_NAME, SEEN_NAME)
_OWN_FILE = re.compile(
    r"generation-\d{8}\.json(\.tmp)?|\d{8}\.seg|\d{8}\.run(-\d+)+|\d{8}\.del-\d{8}|merging\.tmp|files\.seen\.tmp"
)


class SegmentRecord(NamedTuple):
    """A segment as a manifest names it."""

    file: str
    docs: int
    deleted_file: str | None = None
    deleted: int = 0


class Manifest(NamedTuple):
    """All that a generation is: immutable, and the only thing that says which files count.

    ``root`` is the folder that source paths are relative to, itself relative to the index folder. ``unfinished``: source files
    of which only a part of the reports is in it yet, each with what its reader left to go on (JSON values).
    """

    generation: int
    recipe: dict[str, Any]
    ranking: Ranking
    root: str
    segments: tuple[SegmentRecord, ...] = ()
    next_segment: int = 1
    unfinished: Mapping[str, Any] = MappingProxyType({})

    def files(self) -> set[str]:
        """The names of the files this generation is made of, its manifest included."""
        named = {name for segment in self.segments for name in (segment.file, segment.deleted_file) if name}
        return named | {manifest_name(self.generation)}


def manifest_name(generation: int) -> str:
    """The file name of a generation's manifest."""
    return f"generation-{generation:08d}.json"


def generations(folder: Path) -> list[int]:
    """The generations whose manifests stand in the folder, oldest first; raises NoIndexError where there is none."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndexError(str(folder)) from None
    found = sorted(int(match[1]) for match in map(_MANIFEST_NAME.fullmatch, names) if match)
    if not found:
        raise NoIndexError(str(folder))
    return found


def exists(folder: Path) -> bool:
    """Is there an index in this folder?"""
    try:
        return bool(generations(folder))
    except NoIndexError:
        return False


def read_manifest(folder: Path, generation: int | None = None) -> Manifest:
    """Read the newest generation's manifest (or that of a given one).

    Raises NoIndexError, CorruptIndexError or FormatVersionError.
    """
    path = folder / manifest_name(generations(folder)[-1] if generation is None else generation)
    try:
        value = json.loads(path.read_bytes())
        checksum = value.pop("checksum")
        found = value["format"]
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorruptIndexError(str(path), f"cannot be read ({error})") from None
    if found != FORMAT_VERSION:
        raise FormatVersionError(str(path), found, FORMAT_VERSION)
    if checksum != checksum_of(value):
        raise CorruptIndexError(str(path), "wrong checksum")
    return Manifest(
        value["generation"],
        value["recipe"],
        Ranking.from_json(value["ranking"]),
        value["root"],
        tuple(SegmentRecord(**record) for record in value["segments"]),
        value["next_segment"],
        dict(value.get("unfinished", {})),
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make a generation true: after this returns it is the one that opens, whatever happens. Its other files must be synced."""
    value = {
        "format": FORMAT_VERSION,
        "generation": manifest.generation,
        "recipe": manifest.recipe,
        "ranking": manifest.ranking.to_json(),
        "root": manifest.root,
        "segments": [record._asdict() for record in manifest.segments],
        "next_segment": manifest.next_segment,
        "unfinished": dict(manifest.unfinished),
    }
    path = folder / manifest_name(manifest.generation)
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(value | {"checksum": checksum_of(value)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)  # the names of the new segments, before anything names them
    temporary.replace(path)
    sync_folder(folder)


def checksum_of(value: dict[str, Any]) -> str:
    """CRC-32 of the manifest's content, however it is laid out."""
    return f"{zlib.crc32(json.dumps(value, sort_keys=True).encode()):08x}"


def sync_folder(folder: Path) -> None:
    """Make the folder's list of names safe against power loss (where the system can: not on Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make an empty index folder; raises IndexExistsError where an index or something foreign is in it."""
    if exists(folder):
        raise IndexExistsError(str(folder), "there is an index here already; open it, or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = [name for name in os.listdir(folder) if not name.startswith(".") and name not in _LASTING]
        foreign = [name for name in names if not _is_own(name)]
    except (FileExistsError, NotADirectoryError):
        raise IndexExistsError(str(folder), "this is not a folder") from None
    if foreign:
        raise IndexExistsError(
            str(folder), f"this folder holds something else ({sorted(foreign)[0]}); name an empty or a new one"
        )


def clean(folder: Path) -> None:
    """Remove what neither the newest generation nor the one before it names; only ever called by the holder of the lock.

    Where a reader holds the folder open (``held_open``) nothing is removed: the next writer will.
    """
    kept = generations(folder)[-2:] if exists(folder) else []
    needed = {name for generation in kept for name in read_manifest(folder, generation).files()}
    if is_locked(folder, MERGE_LOCK_NAME):
        needed.add(MERGE_NAME)
    with removable(folder) as free:
        for name in os.listdir(folder) if free else ():
            if _is_own(name) and name not in needed:
                (folder / name).unlink(missing_ok=True)


def _is_own(name: str) -> bool:
    return _OWN_FILE.fullmatch(name) is not None

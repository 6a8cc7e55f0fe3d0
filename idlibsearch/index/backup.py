"""Copies a generation into a folder of its own while writers go on: files that never change, the manifest last.

All files are opened before the first is copied: a commit may take their names away meanwhile, but not what they hold. Saved
questions go along. They are read first: what is said to have been told was there by then, and so is in the copy.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from idlibsearch.errors import CorruptIndexError, DiskError, StorageError
from idlibsearch.index import storage
from idlibsearch.index.directory import Manifest, make_folder, manifest_name, read_manifest, write_manifest
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.saved import NAME as SAVED_NAME
from idlibsearch.index.saved import read, write
from idlibsearch.index.snapshot import Snapshot

CHUNK_BYTES = 1 << 20
_ATTEMPTS = 5  # to have all files of a generation open before it is two commits old
Progress = Callable[[int, int], None]  # how many bytes are copied, of how many


def copy(folder: Path, target: Path, *, wait_s: float = 10.0, link: bool = False, progress: Progress | None = None) -> Manifest:
    """Copy the newest generation into ``target``, a new or empty folder; it is verified there before it counts.

    ``link``: give the files a second name in place of copying them, where the file system can; that takes no time and no room,
    but what damages one damages both. The copy sees sources in the same folder as the original does. Raises IndexExistsError,
    DiskError, and CorruptIndexError where the original is damaged; then nothing is left in ``target``.
    """
    make_folder(target)
    with WriteLock(target, wait_s), ExitStack() as stack:
        saved = read(folder)
        manifest, files = _opened(folder, stack)
        try:
            done, total = 0, sum(os.fstat(file.fileno()).st_size for file in files.values())
            for name, file in files.items():
                if not (link and _linked(folder / name, target / name)):
                    _copied(file, target / name)
                done += os.fstat(file.fileno()).st_size
                if progress is not None:
                    progress(done, total)
            manifest = manifest._replace(root=_root_from(folder, manifest.root, target))
            _verified(target, manifest)
            if saved.questions:
                write(target, saved)
            write_manifest(target, manifest)
        except BaseException:
            for name in (*files, SAVED_NAME, f"{SAVED_NAME}.tmp", manifest_name(manifest.generation) + ".tmp"):
                with suppress(StorageError):
                    storage.remove(target / name)
            raise
    return manifest


def _opened(folder: Path, stack: ExitStack) -> tuple[Manifest, dict[str, BinaryIO]]:
    """The newest generation, and its files but for the manifest, open."""
    for _ in range(_ATTEMPTS):
        manifest = read_manifest(folder)
        names = sorted(manifest.files() - {manifest_name(manifest.generation)})
        try:
            return manifest, {name: stack.enter_context(storage.reader(folder / name)) for name in names}
        except FileNotFoundError as error:  # two commits later it is gone
            missing = error
    raise CorruptIndexError(str(folder), f"a file of generation {manifest.generation} is missing ({missing})")


def _linked(source: Path, target: Path) -> bool:
    try:
        storage.link(source, target)
    except (DiskError, FileNotFoundError):  # another disk, or one without links; or it lost its name a moment ago
        return False
    return True


def _copied(file: BinaryIO, target: Path) -> None:
    out = storage.create(target)
    try:
        while data := file.read(CHUNK_BYTES):
            out.write(data)
        storage.sync(out)
        out.close()
    except BaseException:
        storage.discard(out, target)
        raise


def _verified(target: Path, manifest: Manifest) -> None:
    snapshot = Snapshot(target, manifest)
    try:
        for fault in snapshot.verify():
            raise fault
    finally:
        snapshot.close()


def _root_from(folder: Path, root: str, target: Path) -> str:
    """The same folder of sources, seen from the copy."""
    try:
        return Path(os.path.relpath(os.path.realpath(folder / root), os.path.realpath(target))).as_posix()
    except ValueError:  # another drive, on Windows
        return Path(os.path.realpath(folder / root)).as_posix()

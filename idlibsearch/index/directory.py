"""The index folder: which files make up which generation, and how a new one becomes true all at once.

    generation-00000003.json   the manifest of generation 3: recipe, ranking, segments (``Manifest``), with a checksum
    00000002.seg               a segment; never changes, never has another content under the same name
    00000004.run-0-1           a part of segment 4 while it is being built (``runs``); no generation names one
    00000002.del-00000003      the docs of that segment that generation 3 no longer counts
    00000002.sketch-00000003   what is remembered of its texts to find near-duplicates (``sketches``), first named by generation 3
    00000003.stories           which reports are versions of one another (``stories``), first named by generation 3
    merging.tmp                a segment that is being made of others (``merging``); no generation names it
    files.seen                 see ``seen``; no generation names it
    write.lock, merge.lock     see ``lock``

A commit of generation N, step by step; each step ends before the next begins:

    1  new segments, bitmaps, sketches and stories are written, under names that no generation has, and each is synced
    2  the manifest is written as generation-N.json.tmp and synced
    3  the folder is synced: the names of all these files are on disk
    4  the manifest is renamed to generation-N.json; this is the commit
    5  the folder is synced: the rename is on disk, and only now is the commit said to be done
    6  the folder is synced, then what neither N nor N - 1 names is removed

What is there after a crash, of the process or of the machine, and why it opens:

    in 1, 2, 3  generation N - 1: none of its files was touched. New files, whole, torn or empty, are named by no manifest that
                counts; whoever writes next removes them. Readers never look at them
    in 4, 5     N - 1 or N, as the rename reached the disk or not, since a rename is all or nothing. N is whole because 1 to 3
                were over; N - 1 is whole because nothing was removed. A commit not yet said to be done may be there
    in 6        N. Some files that nobody needs may be left; whoever writes next removes them. Had an earlier step 5 failed, its
                generation is made sure by the sync at the beginning of 6, before anything it takes the place of goes

A refusal of the system (no room, no right, a failing disk) in 1 to 3 is an error, and generation N - 1 stands. In 4 the folder
is looked at: a network file system may have renamed and lost its answer. In 5 the error says that N stands but that a power
cut might undo it. In 6 it is no error. The lock is let go of in all cases.

The files of generation N - 1 stay until the next commit, so that a reader that has just read its manifest finds them. A manifest
whose checksum is wrong is damage, not a crash: it is an error, and never a reason to fall back to the generation before.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from idlibsearch.errors import CorruptIndexError, DiskError, FormatVersionError, IndexExistsError, NoIndexError
from idlibsearch.index import storage
from idlibsearch.index.fields import Ranking, is_group
from idlibsearch.index.lock import LOCK_NAME, MERGE_LOCK_NAME, is_locked, removable

if TYPE_CHECKING:
    from idlibsearch.index.schema import Schema

FORMAT_VERSION = 2
UNSURE = "but a power cut might still undo it"
_MANIFEST_NAME = re.compile(r"generation-(\d{8})\.json")
_SEGMENT_NAME = re.compile(r"\d{8}\.seg")
_BITMAP_NAME = re.compile(r"\d{8}\.del-\d{8}")
_STORIES_NAME = re.compile(r"\d{8}\.stories")
_SKETCH_NAME = re.compile(r"\d{8}\.sketch-\d{8}")
_PASSING_NAME = re.compile(
    rf"generation-\d{{8}}\.json\.tmp|\d{{8}}\.run(-\d+)+|{storage.SCRATCH_PREFIX}\w+|merging(\.sketch)?\.tmp|files\.seen\.tmp"
)
_OWN_NAMES = (_MANIFEST_NAME, _SEGMENT_NAME, _BITMAP_NAME, _STORIES_NAME, _SKETCH_NAME, _PASSING_NAME)
MERGE_NAME = "merging.tmp"
MERGED_SKETCH_NAME = "merging.sketch.tmp"
SEEN_NAME = "files.seen"
_LASTING = (LOCK_NAME, MERGE_LOCK_NAME, SEEN_NAME)


class SegmentRecord(NamedTuple):
    """A segment as a manifest names it."""

    file: str
    docs: int
    deleted_file: str | None = None
    deleted: int = 0


class StoryFiles(NamedTuple):
    """Where the stories of a generation stand: their file ("": there are none), and the sketch of each segment."""

    file: str = ""
    sketches: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """All that a generation is: immutable, and the only thing that says which files count.

    ``root`` is the folder that source paths are relative to, itself relative to the index folder. ``schema``: None where the
    index holds reports. ``unfinished``: source files of which only a part of the reports is in it yet, each with what its reader
    left to go on (JSON values). ``stories``: None where they are not kept.
    """

    generation: int
    recipe: dict[str, Any]
    ranking: Ranking
    root: str
    segments: tuple[SegmentRecord, ...] = ()
    next_segment: int = 1
    schema: Schema | None = None
    unfinished: Mapping[str, Any] = MappingProxyType({})
    stories: StoryFiles | None = None

    def files(self) -> set[str]:
        """The names of the files this generation is made of, its manifest included."""
        named = {name for segment in self.segments for name in (segment.file, segment.deleted_file) if name}
        told = {name for name in (self.stories.file, *self.stories.sketches) if name} if self.stories else set()
        return named | told | {manifest_name(self.generation)}


def manifest_name(generation: int) -> str:
    """The file name of a generation's manifest."""
    return f"generation-{generation:08d}.json"


def generations(folder: Path) -> list[int]:
    """The generations whose manifests stand in the folder, oldest first; raises NoIndexError where there is none."""
    found = manifests_in(folder)
    if not found:
        raise NoIndexError(str(folder))
    return found


def manifests_in(folder: Path) -> list[int]:
    """The same, none where there is none; raises NoIndexError where there is no folder."""
    try:
        names = storage.names(folder)
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndexError(str(folder)) from None
    return sorted(int(match[1]) for match in map(_MANIFEST_NAME.fullmatch, names) if match)


def segments_in(folder: Path) -> list[str]:
    """The names of all files that are called as segments are, in order, whoever names them."""
    return sorted(name for name in storage.names(folder) if _SEGMENT_NAME.fullmatch(name))


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
        value = json.loads(storage.read(path))
        checksum = value.pop("checksum")
        found = value["format"]
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptIndexError(str(path), f"cannot be read ({error})") from None
    if type(found) is not int:
        raise CorruptIndexError(str(path), f"it has no format version but {found!r}")
    if found != FORMAT_VERSION:
        raise FormatVersionError(str(path), found, FORMAT_VERSION)
    if checksum != checksum_of(value):
        raise CorruptIndexError(str(path), "wrong checksum")
    try:
        manifest = _manifest_of(value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorruptIndexError(str(path), f"it says what cannot be ({error})") from None
    if manifest_name(manifest.generation) != path.name:
        raise CorruptIndexError(str(path), f"it is of generation {manifest.generation}")
    return manifest


def _manifest_of(value: dict[str, Any]) -> Manifest:
    """A manifest of JSON values, which a stranger may have written: no name leads out of the folder, no number is none."""
    manifest = Manifest(
        value["generation"],
        dict(value["recipe"]),
        Ranking.from_json(value["ranking"]),
        value["root"],
        tuple(SegmentRecord(**record) for record in value["segments"]),
        value["next_segment"],
        _schema(value["schema"]) if "schema" in value else None,
        dict(value.get("unfinished", {})),
        _story_files(value["stories"], len(value["segments"])) if "stories" in value else None,
    )
    numbers = [manifest.generation, manifest.next_segment]
    for file, docs, deleted_file, deleted in manifest.segments:
        if not _SEGMENT_NAME.fullmatch(file) or not (deleted_file is None or _BITMAP_NAME.fullmatch(deleted_file)):
            raise ValueError("a name that no file of an index has")
        if not 0 <= deleted <= docs:
            raise ValueError("more reports are deleted than there are")
        numbers += [docs, deleted]
    if manifest.next_segment <= max((int(record.file[:8]) for record in manifest.segments), default=0):
        raise ValueError("the next segment would take the name of one that is there")
    if not all(type(number) is int and number >= 0 for number in numbers) or not isinstance(manifest.root, str):
        raise ValueError("a count that is none, or a root that is no path")
    _doubt(manifest.ranking, manifest.schema)
    return manifest


def _story_files(value: dict[str, Any], segments: int) -> StoryFiles:
    files = StoryFiles(value["file"], tuple(value["sketches"]))
    if not (files.file == "" or _STORIES_NAME.fullmatch(files.file)) or not all(map(_SKETCH_NAME.fullmatch, files.sketches)):
        raise ValueError("a name that no file of an index has")
    if len(files.sketches) != segments:
        raise ValueError("not a sketch for each segment")
    return files


def _doubt(ranking: Ranking, schema: Schema | None) -> None:
    names = [field.name for field in ranking.fields]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError("a field without a name, or one twice")
    if ranking.of_reports is not (schema is None) or set(names) < ({"title", "body"} if schema is None else set(schema.texts)):
        raise ValueError("none of its fields is a title or a body, or they are not those of its schema")
    if not all(field.group == "" or (schema is not None and is_group(field.group)) for field in ranking.fields):
        raise ValueError("a field of words that nobody makes")
    if not all(type(field.positions) is bool for field in ranking.fields):
        raise ValueError("a field that neither has positions nor has none")
    weights = (ranking.k1, *(field.weight for field in ranking.fields))
    if not all(isfinite(number) and number > 0 for number in weights) or not all(0 <= field.b <= 1 for field in ranking.fields):
        raise ValueError("a weight that is no number above 0")


def _schema(value: list[dict[str, Any]]) -> Schema:
    from idlibsearch.index.schema import Schema  # noqa: PLC0415 - an index of reports need not load it

    return Schema.from_json(value)


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
    } | ({"schema": manifest.schema.to_json()} if manifest.schema else {})
    if manifest.stories is not None:
        value["stories"] = manifest.stories._asdict()
    path = folder / manifest_name(manifest.generation)
    temporary = path.with_name(path.name + ".tmp")
    told = json.dumps(value | {"checksum": checksum_of(value)}, indent=1, ensure_ascii=False)
    content = told.encode("utf-8", "surrogatepass")  # not escaped: two spellings of one path would hide a flipped bit
    storage.remove(temporary)  # of a writer that was interrupted
    with storage.create(temporary) as file:
        file.write(content)
        storage.sync(file)
    storage.sync_folder(folder)  # the names of the new segments, before anything names them
    try:
        storage.replace(temporary, path)
    except DiskError:
        if not _stands(path, content):
            raise
    try:
        storage.sync_folder(folder)
    except DiskError as error:
        raise DiskError(
            error.path, error.errno or 0, error.reason, f"generation {manifest.generation} stands, {UNSURE}"
        ) from error


def _stands(path: Path, content: bytes) -> bool:
    """Was the file renamed after all? A network file system may have lost its answer and refused a second attempt."""
    try:
        return storage.read(path) == content
    except OSError:
        return False


def checksum_of(value: dict[str, Any]) -> str:
    """CRC-32 of the manifest's content, however it is laid out."""
    return f"{zlib.crc32(json.dumps(value, sort_keys=True).encode()):08x}"


def make_folder(folder: Path) -> None:
    """Make an empty index folder; raises IndexExistsError where an index or something foreign is in it."""
    if exists(folder):
        raise IndexExistsError(str(folder), "there is an index here already; open it, or name another folder")
    try:
        storage.make_folder(folder)
        names = [name for name in storage.names(folder) if not name.startswith(".") and name not in _LASTING]
        foreign = [name for name in names if not _is_own(name)]
    except (FileExistsError, NotADirectoryError):
        raise IndexExistsError(str(folder), "this is not a folder") from None
    if foreign:
        raise IndexExistsError(
            str(folder), f"this folder holds something else ({sorted(foreign)[0]}); name an empty or a new one"
        )
    if segments_in(folder):
        raise IndexExistsError(
            str(folder), "an index without its manifest is here; run `idlibsearch repair`, or name another folder"
        )
    storage.sync_folder(folder.absolute().parent)  # the folder itself, before anything in it is said to be there


def clean(folder: Path) -> None:
    """Remove what neither the newest generation nor the one before it names; only ever called by the holder of the lock.

    What a reader may still be about to open stays where one holds the folder open (``held_open``); the next writer removes it.
    Raises what ``read_manifest`` does where the newest cannot be read; then nothing is removed.
    """
    kept = generations(folder)[-2:] if exists(folder) else []
    newest = read_manifest(folder) if kept else None
    needed = newest.files() if newest else set()
    for generation in kept[:-1]:
        with suppress(CorruptIndexError):  # nobody can open it
            needed |= read_manifest(folder, generation).files() | {manifest_name(generation)}
    if is_locked(folder, MERGE_LOCK_NAME):
        needed |= {MERGE_NAME, MERGED_SKETCH_NAME}
    stale = [name for name in storage.names(folder) if _is_own(name) and name not in needed]
    if stale:
        storage.sync_folder(folder)  # what takes their place must be sure to stay
    with removable(folder) as free:
        for name in stale:
            if free or not _was_named(name, newest):
                storage.remove(folder / name)


def _was_named(name: str, newest: Manifest | None) -> bool:
    """Can a generation before the newest have had this file? What an interrupted writer left has names that are still to come."""
    if newest is None or _PASSING_NAME.fullmatch(name):
        return False
    if _SEGMENT_NAME.fullmatch(name):
        return int(name[:8]) < newest.next_segment
    if _STORIES_NAME.fullmatch(name):
        return int(name[:8]) <= newest.generation
    return not (_BITMAP_NAME.fullmatch(name) or _SKETCH_NAME.fullmatch(name)) or int(name[-8:]) <= newest.generation


def remove_passing(folder: Path) -> None:
    """Remove what no generation ever names; only ever called by the holder of the lock."""
    going_on = (MERGE_NAME, MERGED_SKETCH_NAME) if is_locked(folder, MERGE_LOCK_NAME) else ()
    for name in storage.names(folder):
        if _PASSING_NAME.fullmatch(name) and name not in going_on:
            storage.remove(folder / name)


def _is_own(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in _OWN_NAMES)

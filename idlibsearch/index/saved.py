"""Questions that are saved with an index, and how far they were asked: ``alerts.json`` in its folder.

It is no part of a generation. It is replaced as a whole, under a lock of its own, so that two who save questions lose none and
wait for nobody who adds reports.
Beside it stands what was found out of the questions' words (``alerts.words.json``), which can be found out again.

Which reports are new is not written beside each of them. Reports stand in the order of adding and merging keeps it, so that new
ones stand behind all that were there: what is kept is which segments there were, and the last reports with a hash of each.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from idlibsearch.errors import CorruptIndexError
from idlibsearch.index import storage
from idlibsearch.index.documents import to_json
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Document, Report

NAME = "alerts.json"
WORDS_NAME = "alerts.words.json"
LOCK_NAME = "alerts.lock"  # who has it asks questions; nobody else does meanwhile
CHANGE_LOCK_NAME = "alerts.json.lock"  # who has it replaces the file, which takes a moment
VERSION = 1
LAST = 64  # reports by which the end of what was seen is known again: all of them would have to be removed or changed to lose it


class Question(NamedTuple):
    """A saved question, and how words side by side in it are joined."""

    text: str
    mode: str = "all"


class Mark(NamedTuple):
    """What there was: the generation, its segments, and (key, hash) of its last reports; ``whole``: of all its reports."""

    generation: int
    segments: tuple[str, ...]
    last: tuple[tuple[str, str], ...]
    whole: bool


class Saved(NamedTuple):
    """Questions by name, and up to where they were asked (None: there are none yet)."""

    questions: Mapping[str, Question] = {}
    mark: Mark | None = None


def read(folder: Path) -> Saved:
    """What is saved with an index; nothing where there is no such file. Raises CorruptIndexError where it cannot be read."""
    path = folder / NAME
    try:
        value = json.loads(storage.read(path))
        if value["version"] != VERSION:
            raise ValueError(f"its version is {value['version']!r}, not {VERSION}")
        questions = {str(name): Question(str(each["query"]), str(each["mode"])) for name, each in value["alerts"].items()}
        mark = value["seen"]
        last = tuple((str(key), str(mark_of)) for key, mark_of in mark["last"])
        return Saved(questions, Mark(int(mark["generation"]), tuple(map(str, mark["segments"])), last, bool(mark["whole"])))
    except FileNotFoundError:
        return Saved()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptIndexError(str(path), f"it holds no saved questions ({error})") from None


def change(folder: Path, wait_s: float, changed: Callable[[Saved], Saved]) -> Saved:
    """Replace what is saved by what is made of it, all at once. Raises LockedError where others who do so take too long."""
    with WriteLock(folder, wait_s, CHANGE_LOCK_NAME):
        saved = changed(read(folder))
        write(folder, saved)
    return saved


def write(folder: Path, saved: Saved) -> None:
    """Write what is saved, for who has the folder to himself. Raises DiskError."""
    value: dict[str, Any] = {
        "version": VERSION,
        "seen": saved.mark and saved.mark._asdict(),
        "alerts": {name: {"query": each.text, "mode": each.mode} for name, each in saved.questions.items()},
    }
    _replace(folder, NAME, json.dumps(value))


def _replace(folder: Path, name: str, text: str) -> None:
    temporary = folder / f"{name}.tmp"
    storage.remove(temporary)
    with storage.create(temporary) as file:
        file.write(text.encode())
        storage.sync(file)
    storage.replace(temporary, folder / name)
    storage.sync_folder(folder)


def read_words(folder: Path, made_by: str) -> dict[str, Any]:
    """What ``write_words`` wrote, nothing where another recipe made it or it cannot be read. What it holds is to be looked at."""
    try:
        value = json.loads(storage.read(folder / WORDS_NAME))
        return dict(value["words"]) if value["made_by"] == made_by else {}
    except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def write_words(folder: Path, made_by: str, words: Mapping[str, Any]) -> None:
    """Keep what a recipe (``made_by``) makes of questions, JSON by name; for who has the right to ask. Raises DiskError."""
    _replace(folder, WORDS_NAME, json.dumps({"made_by": made_by, "words": words}))


def mark_of(snapshot: Snapshot) -> Mark:
    """Up to where questions were asked that were asked of a generation."""
    last: list[tuple[str, str]] = []
    for number, doc in _backwards(snapshot):
        if len(last) == LAST:
            break
        last.append(_known_by(snapshot, number, doc))
    manifest = snapshot.manifest
    names = tuple(record.file for record in manifest.segments)
    return Mark(manifest.generation, names, tuple(reversed(last)), len(last) == snapshot.live_count)


def new_docs(snapshot: Snapshot, mark: Mark | None) -> list[array[int]]:
    """The live docs that were added or changed since a mark (None: all), uint32 ascending, by segment.

    Where none of the last reports is as it was, and the segments are others, all reports count as new: none is ever passed over.
    """
    if mark is None:
        return [array("I", segment.live_docs()) for segment in snapshot.segments]
    first = _first_after(snapshot, mark)
    old = [record.file in mark.segments for record in snapshot.manifest.segments]
    found = [array("I", () if old[n] else _docs_from(snapshot, n, first)) for n in range(len(snapshot.segments))]
    if mark.whole:
        known, keys = set(mark.last), {key for key, _ in mark.last}
        found = [
            array("I", (doc for doc in docs if not _is_known(snapshot, number, doc, known, keys)))
            for number, docs in enumerate(found)
        ]
    return found


def _first_after(snapshot: Snapshot, mark: Mark) -> tuple[int, int]:
    """(segment, doc): where new reports may begin. Behind the segments that were there, and behind the last reports that were."""
    records = snapshot.manifest.segments
    first = (max((number + 1 for number, record in enumerate(records) if record.file in mark.segments), default=0), 0)
    if mark.whole:
        return first
    order = {known: number for number, known in enumerate(mark.last)}
    found = [place for key, _ in mark.last if (place := snapshot.find(key)) is not None and place >= first]
    there = [place for place in found if _known_by(snapshot, *place) in order]
    if not there:
        return first
    before = -1
    for number in range(min(there)[0], len(records)):
        for doc in _docs_from(snapshot, number, min(there)):
            at = order.get(_known_by(snapshot, number, doc), -1)
            if at <= before:
                return number, doc
            before = at
    return len(records), 0


def _is_known(snapshot: Snapshot, number: int, doc: int, known: set[tuple[str, str]], keys: set[str]) -> bool:
    return snapshot.segments[number].keys[doc] in keys and _known_by(snapshot, number, doc) in known


def _known_by(snapshot: Snapshot, number: int, doc: int) -> tuple[str, str]:
    """The key of a report, and a hash of all that is stored of it."""
    stored: Report | Document = snapshot.segments[number].documents.read(doc)
    text = json.dumps(to_json(stored), sort_keys=True) if isinstance(stored, Report) else stored.digest
    return stored.key, blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _docs_from(snapshot: Snapshot, number: int, first: tuple[int, int]) -> Iterator[int]:
    """The live docs of a segment from a place on."""
    segment = snapshot.segments[number]
    start = 0 if number > first[0] else first[1] if number == first[0] else segment.doc_count
    return (doc for doc in range(start, segment.doc_count) if not segment.is_deleted(doc))


def _backwards(snapshot: Snapshot) -> Iterator[tuple[int, int]]:
    for number in range(len(snapshot.segments) - 1, -1, -1):
        segment = snapshot.segments[number]
        yield from ((number, doc) for doc in range(segment.doc_count - 1, -1, -1) if not segment.is_deleted(doc))

"""Names that are known beforehand: of what type they are, and which name stands for all spellings of one thing.

Three tables, the first that has a name wins: one that a user gives (``read``), `data/known.tsv` (our own), and `data/places.bin`
(from GeoNames; see `data/NOTICE`). It does not look for names in texts, and does not guess: a name is found as it folds, or not.

A table of a user's is lines of ``type <tab> name <tab> other spellings …``, or of JSON: ``{"type": "GROUP", "name": "…",
"aliases": ["…"]}``. Empty lines and those that begin with ``#`` are passed over. Types: PERSON, PLACE, ORG, GROUP.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from idlibsearch.analysis.names_fold import fold_name
from idlibsearch.errors import InputError

TYPES = ("PERSON", "PLACE", "ORG", "GROUP")
MAX_BYTES = 64 * 2**20
_DATA = os.path.join(os.path.dirname(__file__), "data")
_ACRONYM = 6  # letters; a longer word in capitals is a word that is shouted
_LEAST_SHOUTED = 4  # a shorter one is no word


class Known(NamedTuple):
    """What is known of a name. ``is_small``: a small place, of which another reading is easily believed."""

    type: str
    name: str
    is_small: bool = False


@dataclass(frozen=True)
class Gazetteer:
    """Known names by what they fold to; ``digest`` tells one user's table from another ("" where there is none)."""

    names: Mapping[str, Known] = field(repr=False)
    digest: str = ""

    def find(self, spelling: str) -> Known | None:
        """What a spelling is known to name."""
        return next((known for key in keys_of(spelling) if (known := self.of_key(key))), None)

    def of_key(self, key: str) -> Known | None:
        """The same of a name that is folded already."""
        known = self.names.get(key) or _known().get(key)
        if known is None and not key.isupper():
            places = _places()
            place = places.large.get(key)
            small = None if place else places.small.get(key)
            known = Known("PLACE", place or small or "", is_small=place is None) if place or small else None
        return known

    def keys_for(self, known: Known) -> list[str]:
        """What else is looked up and found to be the same thing. Goes through all tables: for questions, not for texts."""
        found = [key for names in (_known(), self.names) for key, other in names.items() if other[:2] == known[:2]]
        if known.type == "PLACE":
            tables = (_places().large, _places().small)
            found += [key for table in tables for key, name in table.items() if name == known.name]
        return found

    @functools.cached_property
    def longest(self) -> dict[str, int]:
        """How many words the longest name has that begins with a word, of names of several words; words as they fold."""
        longest = dict(_places().longest)
        for key in (*_known(), *self.names):
            first, _, rest = key.partition(" ")
            if rest:
                longest[first] = max(longest.get(first, 0), key.count(" ") + 1)
        return longest


def key_of(spelling: str) -> str:
    """What a name is looked up by: its folded name; an abbreviation keeps its capitals (WHO is not who, IS not is)."""
    bare = spelling.replace(".", "")
    return bare if bare.isupper() and len(bare) <= _ACRONYM and bare.isalnum() else fold_name(spelling)


def keys_of(spelling: str) -> Iterator[str]:
    """What a name may be looked up by: an abbreviation, and a word that is written in capitals, also as a word."""
    yield (key := key_of(spelling))
    if key.isupper() and len(key) >= _LEAST_SHOUTED:
        yield fold_name(spelling)


def builtin() -> Gazetteer:
    """The tables that come with the library alone."""
    return Gazetteer({})


def read(path: str | os.PathLike[str]) -> Gazetteer:
    """The table of a user's, in front of those that come with the library.

    Raises ``InputError`` with the number of the line for what is no entry, and where the file cannot be read.
    """
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            content = file.read(MAX_BYTES + 1)
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(name, (error.strerror or str(error)).lower()) from None
    except (UnicodeError, ValueError) as error:
        raise InputError(name, f"is not UTF-8 ({error}); save it as UTF-8") from None
    if len(content) > MAX_BYTES:
        raise InputError(name, f"is larger than {MAX_BYTES} bytes; split it")
    names: dict[str, Known] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            try:
                names.update(_entries(*_fields(line)))
            except ValueError as error:
                raise InputError(name, f"line {number}: {error}") from None
    return Gazetteer(names, hashlib.blake2b(content, digest_size=8).hexdigest())


def _fields(line: str) -> tuple[str, list[str]]:
    """The type of a line and its spellings, the name that stands for all first. Raises ValueError."""
    if not line.lstrip().startswith("{"):
        kind, *spellings = (part.strip() for part in line.split("\t"))
        return kind, [spelling for spelling in spellings if spelling]
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON ({error})") from None
    kind, name, others = row.get("type", ""), row.get("name", ""), row.get("aliases", [])
    if not isinstance(kind, str) or not isinstance(name, str) or not isinstance(others, list):
        raise ValueError('write {"type": "GROUP", "name": "…", "aliases": ["…"]}')
    if not all(isinstance(other, str) for other in others):
        raise ValueError("aliases must be texts")
    return kind, [name, *others]


def _entries(kind: str, spellings: list[str]) -> Iterator[tuple[str, Known]]:
    """What a line adds to a table. Raises ValueError."""
    if kind.upper() not in TYPES:
        raise ValueError(f"the type {kind!r} is none of {', '.join(TYPES)}; write type, tab, name")
    known = Known(kind.upper(), " ".join(spellings[0].split()) if spellings else "")
    keys = [key_of(spelling) for spelling in spellings]
    if not keys or not all(keys):
        raise ValueError("a name has neither letters nor digits; write type, tab, name")
    return ((key, known) for key in keys)


@functools.cache
def _known() -> dict[str, Known]:
    """Our own table; what a name says for itself goes before what another has as its other spelling."""
    with open(os.path.join(_DATA, "known.tsv"), encoding="utf-8") as file:
        rows = [_fields(line) for line in file.read().splitlines() if not line.startswith("#")]
    others = (pair for kind, spellings in rows for pair in _entries(kind, spellings))
    return {**dict(others), **dict(pair for kind, spellings in rows for pair in _entries(kind, spellings[:1]))}


class _Places(NamedTuple):
    """Folded names of large places and of small ones to their names, and the first words of those of several words."""

    large: dict[str, str]
    small: dict[str, str]
    longest: dict[str, int]


@functools.cache
def _places() -> _Places:
    """The table as `data/make_places.py` wrote it."""
    with open(os.path.join(_DATA, "places.bin"), "rb") as file:
        lists = [part.split("\n") for part in zlib.decompress(file.read()).decode().split("\n\n")]
    large, small, longest = (dict(zip(lists[at], lists[at + 1], strict=True)) for at in (0, 2, 4))
    return _Places(large, small, {first: int(count) for first, count in longest.items()})

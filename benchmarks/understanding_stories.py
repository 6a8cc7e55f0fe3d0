"""Near-duplicates measured: recall and precision against all pairs of Reuters-21578, recall by strength of edits, rate, memory,
what a small commit costs, and what boilerplate costs. Prints a table a part.

    python -m benchmarks.understanding stories --data DIR

DIR has ``news/reuters21578.jsonl.xz``, ``news/mixed_200k.jsonl.xz`` and ``neardup/reuters21578_pairs.tsv`` (jaccard of word
5-shingles, two ids; every pair of .3 or more among texts of 30 words or more).
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import idlibsearch
from benchmarks.corpus import read
from idlibsearch import Index, Report

WORDS = 30  # texts of fewer are not among the judged pairs
EDITS = {  # share of words replaced, share of the text cut off at a random place
    "copied": (0.0, 0.0),
    "light: 2 % of the words": (0.02, 0.0),
    "medium: 5 %, a tenth cut": (0.05, 0.1),
    "heavy: 8 %, 30 % cut": (0.08, 0.3),
    "60 % cut": (0.0, 0.6),
    "very heavy: 20 %": (0.2, 0.0),
}
MEASURE = """
import idlibsearch, json, sys, time
from idlibsearch.index import writer  # what writing needs is loaded before
index = idlibsearch.open(sys.argv[1])
def peak(): return next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM')) / 1024
before, cpu, wall = peak(), time.process_time(), time.perf_counter()
index.add([], stories=True)
told = time.perf_counter() - wall, time.process_time() - cpu, before, peak(), len(index), index.stats()["stories"]
print(json.dumps(dict(zip(("seconds", "cpu_s", "mb_before", "mb_peak", "reports", "stories"), told))))
"""


def main(arguments: list[str]) -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder with the collections")
    data = parser.parse_args(arguments).data
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _reuters(data, folder / "reuters")
        _edited(data / "news" / "mixed_200k.jsonl.xz", folder / "edited")
        _speed(data / "news" / "mixed_200k.jsonl.xz", folder / "speed")
        _boilerplate(folder)


def _reports(path: Path, count: int | None = None) -> Iterator[Report]:
    return (Report(str(item["_id"]), item.get("title", ""), item["text"]) for item in itertools.islice(read(path), count))


def _built(folder: Path, reports: Iterable[Report], *, stories: bool) -> Index:
    index = idlibsearch.create(folder, stories=stories)
    index.add(reports)
    return index


def _groups(index: Index) -> list[dict[str, str]]:
    """The stories of an index: of each member its level."""
    met: dict[str, dict[str, str]] = {}
    for report in index:
        story = index.story(report.key)
        if story is not None and story.id not in met:
            met[story.id] = {member.key: member.level for member in story.members}
    return list(met.values())


def _reuters(data: Path, folder: Path) -> None:
    long = {str(item["_id"]) for item in read(data / "news" / "reuters21578.jsonl.xz") if len(item["text"].split()) >= WORDS}
    rows = (line.split("\t") for line in (data / "neardup" / "reuters21578_pairs.tsv").read_text().splitlines()[1:])
    judged = {frozenset(row[1:]): float(row[0]) for row in rows}
    with _built(folder, _reports(data / "news" / "reuters21578.jsonl.xz"), stories=True) as index:
        groups = _groups(index)
        print(f"reuters: {len(index):,} reports, {len(groups):,} stories, the largest of {max(map(len, groups))}")
    pairs = {frozenset(pair) for group in groups for pair in itertools.combinations(group, 2)}
    for least in (0.3, 0.5, 0.7, 0.9):
        wanted = [pair for pair, jaccard in judged.items() if jaccard >= least]
        print(f"  recall of {len(wanted)} pairs of Jaccard >= {least}: {sum(pair in pairs for pair in wanted) / len(wanted):.4f}")
    high = {
        frozenset(pair)
        for group in groups
        for pair in itertools.combinations([key for key, level in group.items() if level == "high"], 2)
    }
    for name, found in (("all", pairs), ("both of level high", high)):
        there = [pair for pair in found if pair <= long]
        share = sum(pair in judged for pair in there) / len(there)
        print(f"  precision, {name}: {share:.3f} of {len(there)} pairs have Jaccard >= .3")


def edited(chance: random.Random, text: str, replaced: float, cut: float, words: list[str]) -> str:
    """A copy with words replaced by others of the collection and a stretch cut out."""
    tokens = [chance.choice(words) if chance.random() < replaced else word for word in text.split()]
    gone = int(cut * len(tokens))
    at = chance.randrange(len(tokens) - gone + 1)
    return " ".join(tokens[:at] + tokens[at + gone :])


def _edited(path: Path, folder: Path, count: int = 10_000, copies: int = 200) -> None:
    chance = random.Random(1)
    originals = list(_reports(path, count))
    words = [word for report in originals[:200] for word in report.body.split()]
    chosen = chance.sample([report for report in originals if len(report.body.split()) >= WORDS], copies * len(EDITS))
    made = []
    for number, (name, strength) in enumerate(EDITS.items()):
        for report in chosen[number * copies : (number + 1) * copies]:
            made.append((name, report.key, Report(f"copy of {report.key}", "", edited(chance, report.body, *strength, words))))
    with _built(folder, [*originals, *(copy for _, _, copy in made)], stories=True) as index:
        print(f"edited copies among {len(index):,} reports, {copies} of each kind")
        for kind in EDITS:
            found = 0
            for name, key, copy in made:
                story = index.story(copy.key) if name == kind else None
                found += story is not None and key in {member.key for member in story.members}
            print(f"  {kind}: recall {found / copies:.3f}")


def _speed(path: Path, folder: Path, count: int = 100_000) -> None:
    _built(folder, _reports(path, count), stories=False).close()
    told = json.loads(
        subprocess.run([sys.executable, "-c", MEASURE, str(folder)], capture_output=True, text=True, check=True).stdout
    )
    size = sum(file.stat().st_size for kind in ("sketch-*", "stories") for file in folder.glob(f"*.{kind}"))
    print(f"speed: {told['reports']:,} reports, {told['stories']:,} stories in {told['seconds']:.1f} s", end=", ")
    print(f"{told['cpu_s']:.1f} s of one core: {told['reports'] / told['cpu_s']:,.0f} reports/s a core")
    print(
        f"  memory {told['mb_before']:.0f} MB before, {told['mb_peak']:.0f} at most; {size / told['reports']:.0f} bytes a report"
    )
    later = itertools.islice(_reports(path, count + 3000), count, None)
    with idlibsearch.open(folder, merge="never") as index:
        for number in range(3):
            batch = list(itertools.islice(later, 1000))
            started, cpu = time.perf_counter(), time.process_time()
            index.add(batch)
            spent = time.perf_counter() - started, time.process_time() - cpu
            print(f"  commit {number} of 1,000 more, all told: {spent[0]:.2f} s, {spent[1]:.2f} s of one core")


def _boilerplate(folder: Path, count: int = 20_000) -> None:
    chance = random.Random(2)
    words = [f"w{number}" for number in range(20_000)]
    footer = " ".join(f"footer{number}" for number in range(60))
    for name, end in (("without", ""), ("with", f" {footer}")):
        reports = (Report(f"{n}", "", " ".join(chance.choices(words, k=100)) + end) for n in range(count))
        _built(folder / name, reports, stories=False).close()
        run = subprocess.run([sys.executable, "-c", MEASURE, str(folder / name)], capture_output=True, text=True, check=True)
        told = json.loads(run.stdout)
        print(f"boilerplate: {count:,} reports of 100 words, {name} a footer of 60", end=": ")
        print(f"{told['cpu_s']:.1f} s, {told['stories']} stories")

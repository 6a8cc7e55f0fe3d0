"""The long road: kills at random moments, races of readers and writers, flipped bits. For as long as one likes, with a seed.

    python tests/torture.py --seed 7 --kills 500 --race 120 --flips 20000

The default suite goes a short way along each (``test_torture.py``); ``pytest -m torture`` goes far. What is found is an
AssertionError that names the seed; the figures are printed. Needs a system that can fork.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import idlibsearch
from idlibsearch import Entity, Index, Report
from idlibsearch.index.directory import read_manifest

KEYS = [f"k{n:02}" for n in range(40)]
WORDS = ["truce", "Idlib", "rebel-held", "Sochi", "ceasefire", "air", "strikes", "the", "talks", "17"]
Held = dict[str, str]  # key to title
LONGEST_S = 0.4  # a child lives so long at most: some ten commits


class Step(NamedTuple):
    """A change: reports to add, or keys to remove, or neither: then all is merged."""

    added: tuple[Report, ...] = ()
    removed: tuple[str, ...] = ()


def step(seed: int, number: int) -> Step:
    """The change with this number; every process knows it."""
    rng = random.Random(f"{seed} {number}")
    chance = rng.random()
    if chance < 0.1:
        return Step()
    if chance < 0.3:
        return Step(removed=tuple(rng.sample(KEYS, 3)))
    keys = rng.sample(KEYS, rng.randrange(1, 12))
    return Step(tuple(Report(key, f"{number} {key}", text(rng), "2020-01", source="AFP") for key in keys))


def text(rng: random.Random) -> str:
    """Words at random; or one of a few texts, a word or two of which are others: these are versions of one another."""
    if rng.random() < 0.5:
        version = random.Random(rng.randrange(3)).choices(WORDS, k=60)
        version[rng.randrange(60)] = "seventeen"
        return " ".join(version)
    return " ".join(rng.choices(WORDS, k=rng.randrange(60)))


def applied(state: Held, change: Step) -> Held:
    """What is there after a change; an index of a single segment without deleted reports has nothing to merge."""
    gone = {key: title for key, title in state.items() if key not in change.removed}
    return gone | {report.key: report.title for report in change.added}


def apply(index: Index, change: Step) -> None:
    if change.added:
        index.add(change.added)
    elif change.removed:
        index.remove(*change.removed)
    else:
        index.merge()


def held(folder: Path) -> Held:
    """What an index holds; it must be sound."""
    with idlibsearch.open(folder) as index:
        faults = index.check()
        assert faults == [], faults
        reports = list(index)
        assert len({report.key for report in reports}) == len(reports), "a report is there twice"
        return {report.key: report.title for report in reports}


def in_child(work: Callable[[int], None]) -> tuple[int, int]:
    """Start a process that does the work, telling through a pipe what is done: its id, and the pipe's other end."""
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return child, told
    try:
        os.close(told)
        work(tell)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def ended(child: int, told: int) -> tuple[int, bytes]:
    """Wait for a process: how it ended (negative: by what signal), and all it told."""
    with os.fdopen(told, "rb") as pipe:
        words = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words


# ---- kills


def kills(folder: Path, seed: int, count: int) -> Counter[str]:
    """Kill a process that changes an index, again and again, each time where chance has it; the index goes on living."""
    rng, figures = random.Random(seed), Counter[str]()
    with idlibsearch.create(folder) as index:
        index.add([])  # what writing needs is loaded here, and not in every child
    state, number = Held(), 0
    for _ in range(count):
        first = number

        def work(tell: int, first: int = first) -> None:
            with idlibsearch.open(folder) as index:
                for later in range(10**6):
                    apply(index, step(seed, first + later))
                    os.write(tell, b".")

        child, told = in_child(work)
        time.sleep(rng.random() ** 2 * LONGEST_S)
        os.kill(child, signal.SIGKILL)
        code, words = ended(child, told)
        assert code == -signal.SIGKILL, f"seed {seed}: a change ended by itself with code {code}"
        for _ in words:
            state, number = applied(state, step(seed, number)), number + 1
        found, unsaid = held(folder), applied(state, step(seed, number))
        assert found in (state, unsaid), f"seed {seed}: what was said to be done after change {number} is not there"
        figures["a commit done but not said to be"] += found != state
        figures["commits"] += len(words)
        if found != state:
            state, number = found, number + 1
        figures["kills"] += 1
    return figures


# ---- races


def race(folder: Path, seed: int, seconds: float, readers: int = 4, writers: int = 2) -> Counter[str]:
    """Readers open, refresh and ask while writers commit and merge. None fails; each sees whole commits, and never an older one.

    Every commit of a writer gives all reports of that writer the same number, so half a commit would show.
    """
    idlibsearch.create(folder).close()
    until = time.monotonic() + seconds
    with idlibsearch.open(folder) as index:
        index.add(_numbered(writer, 0) for writer in range(writers) for _ in [0])
    started = [in_child(lambda tell, n=n: _read(folder, until, tell, seed + n)) for n in range(readers)]
    started += [in_child(lambda tell, n=n: _write(folder, until, tell, n, seed)) for n in range(writers)]
    outcomes = [ended(*process) for process in started]
    assert [code for code, _ in outcomes] == [0] * len(outcomes), f"seed {seed}: a reader or a writer failed"
    held(folder)
    return sum((Counter[str](_counts(words)) for _, words in outcomes), Counter[str]())


def _numbered(writer: int, number: int) -> Report:
    return Report(f"w{writer}", f"{number}", f"truce {number}")


def _counts(words: bytes) -> dict[str, int]:
    names = {b"o": "openings", b"r": "refreshes", b"q": "questions", b"c": "commits", b"l": "locked out"}
    return {name: words.count(letter) for letter, name in names.items()}


def _read(folder: Path, until: float, tell: int, seed: int) -> None:
    rng, newest = random.Random(seed), 0
    index = idlibsearch.open(folder)
    while time.monotonic() < until:
        if rng.random() < 0.5:
            index.close()
            index = idlibsearch.open(folder)
            os.write(tell, b"o")
        else:
            index.refresh()
            os.write(tell, b"r")
        assert index.generation >= newest, "an older generation was opened"
        newest = index.generation
        for _ in range(rng.randrange(3)):
            found = index.search("truce", limit=100)
            assert {hit.key for hit in found} == {report.key for report in index}
            assert len({number for key, number in _titles(index) if key.startswith("b")}) <= 1, "half a commit was seen"
            os.write(tell, b"q")


def _titles(index: Index) -> list[tuple[str, str]]:
    return [(report.key, report.title) for report in index]


def _write(folder: Path, until: float, tell: int, writer: int, seed: int) -> None:
    rng = random.Random(f"{seed} {writer}")
    index, number = idlibsearch.open(folder), 0
    while time.monotonic() < until:
        number += 1
        try:
            if rng.random() < 0.1:
                index.merge()
            else:
                both = [Report(f"b{n}", f"{writer}-{number}", f"truce {text(rng)}") for n in range(5)]
                index.add([_numbered(writer, number), *both])
                assert index.get(f"w{writer}").title == str(number)
            os.write(tell, b"c")
        except idlibsearch.LockedError:  # the other one was always quicker: nothing is lost by it
            os.write(tell, b"l")


# ---- flips


def flips(folder: Path, seed: int, count: int | None) -> Counter[str]:
    """Flip single bits of a sound index's files (``count`` at random, or one of every byte): each is found, none does harm."""
    rng, figures = random.Random(seed), Counter[str]()
    for name in sorted(read_manifest(folder).files()):
        content = (folder / name).read_bytes()
        places = range(len(content)) if count is None else sorted(rng.choices(range(len(content)), k=count))
        for at in places:
            bit = 1 << rng.randrange(8)
            (folder / name).write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
            figures["flips"] += 1
            assert _is_refused(folder), f"seed {seed}: bit {bit} of byte {at} of {name} is not missed"
        (folder / name).write_bytes(content)
    assert held(folder)
    return figures


def _is_refused(folder: Path) -> bool:
    try:
        idlibsearch.open(folder, verify=True).close()
    except idlibsearch.StorageError:
        return True
    return False


def filled(folder: Path, reports: int = 60) -> Path:
    """A small index with all there is: several segments, removed reports, columns, long and short lists."""
    rng = random.Random(11)
    with idlibsearch.create(folder) as index:
        for part in range(2):
            index.add(_report(f"{part} {n}", n, text(rng)) for n in range(reports))
        index.remove("0 3", "1 5")
    return folder


def _report(key: str, number: int, body: str) -> Report:
    named = [("ORG", "Truce", "title", 0, 5), ("PLACE", ("Idlib", "Homs")[number % 2], "body", number, number + 9)]
    entities = tuple(Entity(kind, name, name, *place) for kind, name, *place in named)
    about = {"source": f"s{number % 5}", "numbers": {"views": number}}
    return Report(key, f"Truce {number % 7}", body, f"20{number % 20:02}", entities=entities, **about)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--race", type=float, default=120.0, metavar="SECONDS")
    parser.add_argument("--flips", type=int, default=0, help="of each file; 0: one of every byte")
    told = parser.parse_args()
    print("seed", told.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(dict(kills(folder / "kills", told.seed, told.kills)))
        print(dict(race(folder / "race", told.seed, told.race)))
        print(dict(flips(filled(folder / "flips"), told.seed, told.flips or None)))
        shutil.rmtree(folder / "kills")
    return 0


if __name__ == "__main__":
    sys.exit(main())

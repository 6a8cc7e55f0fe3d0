"""An index from a stranger, made to do harm under right checksums: typed errors only, in little memory, and nothing outside."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
import traceback
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torture

import idlibsearch
from idlibsearch import Index, Report
from idlibsearch.index.directory import checksum_of, manifest_name, read_manifest
from idlibsearch.index.fileformat import SectionFile, SectionWriter

ROOM_BYTES = 1 << 30  # more than any of this may take beside what is there already
QUESTIONS = ["truce", "truce OR idlib OR the", '"air strikes"', "rebel-held", "tru*", "=Idlib", "idlip~1", "*held", "source:s3"]
NEARNESS = ["{PLACE}", "truce NEAR/5 {PLACE}", "{PLACE:homs} PRE/9 the", "ATLEAST/1 {ORG}"]
EVIL = [0, 1, -1, 2**31 - 1, 2**32 - 1, 2**63, 10**30, 1.5, float("nan"), None, True, "", "x", "../x", [], [[]], {}, {"a": 1}]

ASKED: list[Callable[[Index], object]] = [
    *(lambda index, q=q: [hit.snippet() for hit in index.search(q, facets=["source", "date:year"])] for q in QUESTIONS),
    *(lambda index, q=q: [hit.spans for hit in index.search(q, limit=50)] for q in NEARNESS),
    lambda index: index.search("truce", sort="date")[:3],
    lambda index: index.search("NOT idlib", sort="views", filter="date:2001").total,
    lambda index: [report.key for report in index],
    lambda index: [index.get(key) for key in ("0 1", "1 59", "none")],
    lambda index: index.stats(),
    lambda index: index.check(),
    lambda index: index.add([Report("new", "Truce"), Report("0 1", "Changed")]),
    lambda index: index.merge(),
]


def ask(folder: Path) -> int:
    """Open an index and do all that can be done with it; how many errors there were, all of them ours."""
    told = 0
    try:
        index = idlibsearch.open(folder)
    except idlibsearch.StorageError:
        told += 1
    else:
        for question in ASKED:
            try:
                question(index)
            except idlibsearch.IdlibsearchError:
                told += 1
        index.close()
    try:
        idlibsearch.repair(folder)
    except idlibsearch.StorageError:
        told += 1
    return told


def evil_segment(folder: Path, rng: random.Random) -> str:
    """Items of one section become others, or their number changes; all checksums are right."""
    name = rng.choice([record.file for record in read_manifest(folder).segments])
    file = SectionFile(folder / name)
    sections = {part: (s.typecode, array(s.typecode, file.array(part))) for part, s in file.sections.items()}
    part = rng.choice(list(sections))
    data = sections[part][1]
    how = rng.choice(["one", "one", "several", "shorter", "longer"])
    for _ in range({"one": 1, "several": 8}.get(how, 0)):
        if len(data):
            data[rng.randrange(len(data))] = _item(data, rng)
    if how == "shorter":
        del data[rng.randrange(len(data) + 1) :]
    if how == "longer":
        data.extend(_item(data, rng) for _ in range(rng.randrange(1, 9)))
    with SectionWriter(folder / "new") as out:
        for title, (typecode, items) in sections.items():
            out.add(title, typecode, items)
    (folder / "new").replace(folder / name)
    return f"{name} {part} {how}"


def _item(data: Any, rng: random.Random) -> Any:
    if data.typecode == "d":
        return rng.choice([0.0, -1.0, 1e300, float("nan"), float("inf")])
    most = 2 ** (8 * data.itemsize - (data.typecode == "i")) - 1
    near = data[rng.randrange(len(data))] + rng.choice([-1, 1]) if len(data) else 0
    return rng.choice([0, 1, most, most // 2, rng.randrange(most), min(max(near, 0), most)])


def evil_manifest(folder: Path, rng: random.Random) -> str:
    """A value somewhere in the manifest becomes another one, or is left out, or one too many is there."""
    path = folder / manifest_name(read_manifest(folder).generation)
    value = json.loads(path.read_bytes())
    del value["checksum"]
    inner = [value, value["ranking"], value["ranking"]["fields"][0], value["segments"][0], value["segments"][1], value["recipe"]]
    place = rng.choice(inner)
    name = rng.choice([*place, "more"])
    if rng.random() < 0.2:
        place.pop(name, None)
    else:
        place[name] = rng.choice(EVIL)
    path.write_text(json.dumps(value | {"checksum": checksum_of(value)}))
    return f"manifest {name}: {place.get(name, 'left out')}"


def harm(tmp_path: Path, seed: int, count: int) -> int:
    """Do harm in many ways, one after the other, and ask; raises what is not an error of ours."""
    sound = torture.filled(tmp_path / "sound")
    told = 0
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        shutil.rmtree(tmp_path / "index", ignore_errors=True)
        shutil.copytree(sound, tmp_path / "index")
        what = (evil_manifest if rng.random() < 0.3 else evil_segment)(tmp_path / "index", rng)
        try:
            told += ask(tmp_path / "index")
        except BaseException:
            print(f"seed {seed} number {number}: {what}", file=sys.stderr)
            raise
    return told


def in_little_memory(tmp_path: Path, seed: int, count: int) -> None:
    """In a process of its own, which may not take much more memory than it has."""
    import resource  # noqa: PLC0415 - not on Windows

    def work(tell: int) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
        if pages and "libasan" not in os.environ.get("LD_PRELOAD", ""):  # which takes terabytes of addresses
            limit = pages * os.sysconf("SC_PAGE_SIZE") + ROOM_BYTES
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            os.write(tell, f"{harm(tmp_path, seed, count)}".encode())
        except BaseException:
            os.write(tell, traceback.format_exc()[-3000:].encode())
            raise

    code, said = torture.ended(*torture.in_child(work))
    assert code == 0, f"seed {seed}: {said.decode()}"
    assert int(said) > count // 2


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that share what they have loaded are needed")


def test_harm_done_under_right_checksums_ends_in_errors_of_ours(tmp_path):
    in_little_memory(tmp_path, seed=3, count=60)


@pytest.mark.torture
def test_much_harm_done_under_right_checksums_ends_in_errors_of_ours(tmp_path):
    seed = time.time_ns()
    print("seed", seed)
    in_little_memory(tmp_path, seed, count=2000)

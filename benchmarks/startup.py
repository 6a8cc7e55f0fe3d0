"""How long a whole query command takes in a fresh process, beside ``python -c "import click"``, in one interleaved run.

    python benchmarks/startup.py [--runs 25] [--index DIR] [--query TEXT]

Prints minimum, median and 99th percentile of both in milliseconds, the median of the ratios pair by pair, the number of
matches, and what the command imports. Without --index it indexes the seed pages into a temporary folder first.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import idlibsearch

SEEDS = Path(__file__).parent.parent / "seeds"
HEAVY = ("numpy", "nltk", "whoosh")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=25)
    options.add_argument("--index")
    options.add_argument("--query", default="ceasefire Sochi")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = chosen.index or _seed_index(Path(folder) / "index")
        _measure(chosen.runs, index, chosen.query)


def _seed_index(path: Path) -> str:
    with idlibsearch.create(path, root=SEEDS.parent) as index:
        index.add_path(SEEDS)
    return str(path)


def _measure(runs: int, index: str, query: str) -> None:
    script = Path(sys.executable).with_name("idlibsearch")
    command = [str(script), "query", "--index", index, query]
    rival = [sys.executable, "-c", "import click"]
    pairs = [(_ms(command), _ms(rival)) for _ in range(runs + 1)][1:]  # the first one warms the disk cache
    answer = json.loads(subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False).stdout)
    for name, times in (("idlibsearch query", [ours for ours, _ in pairs]), ("import click", [theirs for _, theirs in pairs])):
        ordered = sorted(times)
        middle, late = statistics.median(ordered), ordered[int(0.99 * (runs - 1))]
        print(f"{name:18} min {ordered[0]:6.1f}  median {middle:6.1f}  p99 {late:6.1f} ms")
    print(f"ratio              median {statistics.median(ours / theirs for ours, theirs in pairs):.2f} over {runs} pairs")
    print(f"matches            {answer['total']}; inside the command the search took {answer['took_ms']} ms")
    loaded = _modules(command[1:])
    heavy = [name for name in HEAVY if name in loaded]
    own = sorted(name for name in loaded if name.startswith("idlibsearch."))
    print(f"imports            {len(loaded)} modules, {len(own)} of ours; of {', '.join(HEAVY)}: {', '.join(heavy) or 'none'}")


def _ms(command: list[str]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=environment)
    return (time.perf_counter() - started) * 1000


def _modules(arguments: list[str]) -> list[str]:
    code = (
        "import sys, io, contextlib\nfrom idlibsearch.faces.cli import run\nout = io.StringIO()\n"
        "with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):\n    run()\nprint('\\n'.join(sys.modules))"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments], capture_output=True, text=True, check=False
    ).stdout.split("\n")


if __name__ == "__main__":
    main()

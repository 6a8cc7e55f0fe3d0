"""How good rankings are: idlibsearch, its options and its rivals over judged sets, side by side.

    python -m benchmarks.quality --data DIR [--recipes] [--set NAME ...] [--engine NAME ...] [--out DIR]

DIR holds a folder a set (see ``judged``). Writes ``quality.md`` and ``quality.json`` (every measure of every question) and prints
the first. With --recipes it measures changes of the analysis (see ``recipes``) in place of rankings. A * stands behind what
differs from "ours" with p < .05 by the paired randomisation test of its set, or behind a mean by that of all questions, each set
weighing the same.
"""

from __future__ import annotations

import argparse
import datetime
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.judged import MEASURES, Judged, Values, chance, load, mean, measured
from benchmarks.rankers import Ranker, variants
from benchmarks.recipes import recipes

SETS = ("time", "cranfield", "cacm", "cisi", "npl", "lisa")
TABLES = ("nDCG@10", "AP")  # one table each with all sets; the other measures are averaged over sets
UNSURE = 0.05


class Row(NamedTuple):
    """A ranking over some sets: set -> measures of its questions; seconds that indexing and asking took."""

    name: str
    sets: dict[str, Values]
    seconds: float


def run(name: str, ranker: Ranker, sets: Iterable[Judged]) -> Row:
    """Measure one ranking."""
    started = time.perf_counter()
    found = {judged.name: measured(judged, ranker(judged)) for judged in sets}
    return Row(name, found, time.perf_counter() - started)


def table(rows: Sequence[Row], measure: str) -> Iterator[str]:
    """Markdown: a line a ranking, a column a set and their mean."""
    names = list(rows[0].sets)
    yield f"| {measure} | {' | '.join(names)} | mean |"
    yield "|---" * (len(names) + 2) + "|"
    for row in rows:
        cells = [_cell(row.sets[name][measure], rows[0].sets[name][measure]) for name in names]
        sign = _sign(_all(row, measure), _all(rows[0], measure))
        yield f"| {row.name} | {' | '.join(cells)} | {_over_sets(row, measure):.4f}{sign} |"


def _all(row: Row, measure: str) -> list[float]:
    """The values of all questions, such that each set weighs the same."""
    return [value / len(values[measure]) for values in row.sets.values() for value in values[measure]]


def _cell(values: Sequence[float], ours: Sequence[float]) -> str:
    return f"{mean(values):.4f}{_sign(values, ours)}"


def _sign(values: Sequence[float], ours: Sequence[float]) -> str:
    return "*" if values != ours and chance(ours, values) < UNSURE else ""


def _over_sets(row: Row, measure: str) -> float:
    return mean([mean(values[measure]) for values in row.sets.values()])


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Markdown: every measure, averaged over the sets."""
    yield f"| mean over sets | {' | '.join(MEASURES)} |"
    yield "|---" * (len(MEASURES) + 1) + "|"
    for row in rows:
        yield f"| {row.name} | {' | '.join(f'{_over_sets(row, measure):.4f}' for measure in MEASURES)} |"


def report(rows: Sequence[Row]) -> str:
    """All tables."""
    parts = [list(table(rows, measure)) for measure in TABLES] + [list(summary(rows))]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """See the head of this module."""
    known = {**variants(), **recipes()}
    parser = argparse.ArgumentParser(description="Measure rankings over judged sets.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--set", dest="sets", action="append", help=f"a set; default: {', '.join(SETS)}")
    parser.add_argument("--engine", dest="engines", action="append", choices=[*known], help="a ranking; default: all")
    parser.add_argument("--recipes", action="store_true", help="all changes of the analysis, in place of all rankings")
    parser.add_argument("--out", type=Path, help="where to write; default: benchmarks/runs/DATE-quality or DATE-recipes")
    asked = parser.parse_args(arguments)
    out = (
        asked.out
        or Path(__file__).parent
        / "runs"
        / f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}-{'recipes' if asked.recipes else 'quality'}"
    )
    out.mkdir(parents=True, exist_ok=True)
    sets = [load(asked.data / name) for name in asked.sets or SETS]
    rows = []
    for name in dict.fromkeys(["ours", *(asked.engines or (recipes() if asked.recipes else variants()))]):
        try:
            rows.append(run(name, known[name], sets))
        except ImportError as error:
            print(f"{name} is left out: {error}")
            continue
        (out / "quality.md").write_text(report(rows), encoding="utf-8")  # after each, as some take minutes
        (out / "quality.json").write_text(json.dumps([row._asdict() for row in rows]), encoding="utf-8")
    print(report(rows))


if __name__ == "__main__":
    main()

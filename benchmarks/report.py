"""What a run comes to: statistics, comparisons, a table to read and JSON to keep. Measures nothing itself."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import sys
from pathlib import Path
from typing import Any

OURS = "ours"
REFERENCE = ("lucene", "tantivy", "fts5")  # whose counts and hits the others' are compared with: the first that is there
TITLES = {"top": "TOP 10", "top+count": "TOP 10 + COUNT", "count": "COUNT", "facets": "TOTAL + 5 FACETS + MONTHS"}


def command_line(arguments: list[str] | None) -> str:
    """As typed, without the folders of this machine."""
    given = sys.argv[1:] if arguments is None else arguments
    return " ".join(["python -m benchmarks.run", *(os.path.basename(word) if os.sep in word else word for word in given)])


def load() -> list[float]:
    """How many processes wanted a core in the last 1, 5, 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else []


def machine() -> dict[str, Any]:
    """What it ran on."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
    memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1) if hasattr(os, "sysconf") else 0
    python = f"{platform.python_implementation()} {platform.python_version()}"
    system = f"{platform.system()} {platform.machine()}"
    return {"cpu": model, "cores": os.cpu_count(), "memory_gb": memory, "system": system, "python": python, "load_before": load()}


def summary(nanoseconds: list[int]) -> dict[str, float]:
    """Milliseconds: min, median, mean, p95, p99."""
    ordered = sorted(value / 1e6 for value in nanoseconds)
    late = {f"p{part}": ordered[min(len(ordered) - 1, int(part / 100 * len(ordered)))] for part in (95, 99)}
    whole = {"min": ordered[0], "median": statistics.median(ordered), "mean": statistics.fmean(ordered), **late}
    return {name: round(value, 4) for name, value in whole.items()}


def medians(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of every number; the first error instead, if there is one."""
    failed = [row for row in rows if "error" in row]
    return failed[0] if failed else {name: round(statistics.median(row[name] for row in rows), 2) for name in rows[0]}


def compared(best: dict[str, list[int]], answers: dict[str, list[Any]]) -> dict[str, Any]:
    """Statistics by engine; equal counts and shared hits with the reference; matches and ratios over what all of them did."""
    common = min(map(len, best.values()), default=0)
    reference = next((name for name in (*REFERENCE, *best) if name in best), "")
    engines = {}
    for name, times in best.items():
        row: dict[str, Any] = {"queries": len(times), **summary(times)}
        pairs = list(zip(answers[name], answers[reference], strict=False))  # as far as both of them came
        if pairs[0][0][1] is not None:
            row["matches"] = sum(count for _, count in answers[name][:common])
            if pairs[0][1][1] is not None:
                row["same_counts"] = [sum(mine[1] == theirs[1] for mine, theirs in pairs), len(pairs)]
        if pairs[0][0][0] is not None and pairs[0][1][0] is not None:
            row["shared_hits"] = round(statistics.fmean(_shared(mine[0], theirs[0]) for mine, theirs in pairs), 3)
        engines[name] = row
    return {"common": common, "reference": reference, "engines": engines, "ratios": _ratios(best, common)}


def _shared(mine: list[int], theirs: list[int]) -> float:
    return len(set(mine) & set(theirs)) / max(len(mine), len(theirs), 1) if mine or theirs else 1.0


def _ratios(best: dict[str, list[int]], common: int) -> dict[str, Any]:
    """Ours by the best rival, each statistic by its own best."""
    if OURS not in best or len(best) < 2:
        return {}
    rows = {name: summary(times[:common]) for name, times in best.items()}
    found = {}
    for name in ("median", "mean", "p99"):
        rival = min((row[name], engine) for engine, row in rows.items() if engine != OURS)
        found[name] = {"ratio": round(rows[OURS][name] / rival[0], 3), "best_rival": rival[1]}
    return found


def class_line(found: dict[str, Any]) -> str:
    """One line to follow a run by."""
    times = ", ".join(f"{name} {row['median']:.3f}" for name, row in found["engines"].items())
    return f"{found['kind']} {found['measure']}: {times} {found['absent'] or ''}"


def write(run: dict[str, Any], runs: Path, name: str) -> Path:
    """Write ``report.md`` and ``run.json`` to a dated folder, print the former, return the folder."""
    folder = runs / f"{datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    text = "\n".join(_page(run)) + "\n"
    (folder / "report.md").write_text(text, encoding="utf-8")
    print(text)
    return folder


def _page(run: dict[str, Any]) -> list[str]:
    machine, options = run["machine"], run["options"]
    lines = [f"# {options['name']}", "", f"    {run['command']}", ""]
    lines.append(
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, {machine['python']}; load "
        f"{machine['load_before']} before, {machine['load_after']} after (1, 5, 15 minutes). Every engine in a process of its "
        f"own, in turns: {options['warm_up']:g} s of warm-up, then {options['rounds']} rounds; a query counts with its fastest. "
        "Query text in, list of (key, score) out, parsing and, where titled so, counting included. Times in milliseconds."
    )
    for size in run["sizes"]:
        lines += _size(size, options)
    return [*lines, *_growth(run["sizes"])]


def _size(size: dict[str, Any], options: dict[str, Any]) -> list[str]:
    told = size["corpus"]
    own = "" if told["own_facets"] else "; facet values made up"
    lines = ["", f"## {told['name']}: {told['documents']:,} documents, {told['characters'] / 1e6:.1f} MB of text{own}", ""]
    for name, hello in size["engines"].items():
        lines.append(f"- {name}: {hello.get('version') or 'left out, ' + hello.get('missing', hello.get('error', ''))}")
    lines += [*_build(size, options), *_first(size), *[line for found in size["classes"] for line in _class(found)]]
    return lines


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] + ["---:"] * (len(header) - 1), *rows)] if rows else []


def _build(size: dict[str, Any], options: dict[str, Any]) -> list[str]:
    if not size["build"]:
        return ["", "Nothing was built."]
    documents, reading = size["corpus"]["documents"], size["corpus"]["seconds_to_read_the_feed"]
    plan = size["plan"]
    rows, parts = [], []
    for row in size["build"]:
        name = f"{row['engine']} ({row['processes']})"
        phases = ", ".join(f"{phase} {seconds:.1f}" for phase, seconds in row["phases"].items())
        times = [f"{row['seconds']:.1f}", f"{row['processor_seconds']:.1f}", f"{documents / row['seconds']:,.0f}"]
        rows.append([name, *times, f"{row['peak_mb']:.0f}", f"{row['anonymous_mb']:.0f}", phases])
        parts.append([name, f"{sum(row['sizes'].values()) / 1e6:.1f}", _sizes(row["sizes"])])
    kept = (
        f"text {'kept' if plan['stored'] else 'not kept where it can be left out'}, columns {'yes' if plan['columns'] else 'no'}"
    )
    header = ["engine (processes)", "s", "processor s", "documents/s", "peak MB", "anonymous MB", "phases, s"]
    lines = [
        "",
        f"### Build ({kept}; {reading:.1f} s of each is reading the feed; {options['memory_mb']} MB where it can be told)",
        "",
    ]
    return [*lines, *_table(header, rows), "", *_table(["index", "MB", "parts, MB"], parts)]


def _sizes(sizes: dict[str, int]) -> str:
    return ", ".join(f"{part} {size / 1e6:.1f}" for part, size in sizes.items() if size >= 50_000)


def _first(size: dict[str, Any]) -> list[str]:
    columns = ["whole_ms", "import_ms", "open_ms", "first_ms", "peak_mb"]
    rows = []
    for name, row in size["first"]["engines"].items():
        cells = [f"{row[column]:.1f}" for column in columns] if "error" not in row else [row["error"], *[""] * 4]
        rows.append([name, *cells, f"{size['peak_mb'].get(name, 0):.0f}"])
    if not rows:
        return []
    header = ["engine", "whole process", "import", "open", "first query", "peak MB", "peak MB after all classes"]
    query = size["first"]["query"]
    return [
        "",
        f"### First answer of a fresh process, files in the disk cache ({query[0]}: {query[1]}; medians)",
        "",
        *_table(header, rows),
    ]


def _class(found: dict[str, Any]) -> list[str]:
    statistic = ["min", "median", "mean", "p95", "p99"]
    rows = []
    for name, row in found["engines"].items():
        times = [f"{row[column]:.3f}" for column in statistic]
        rows.append([name, str(row["queries"]), *times, *_agreement(row)])
    of = found["reference"]
    header = ["engine", "queries", *statistic, "matches", f"counts as {of}", f"hits as {of}"]
    lines = ["", f"### {found['kind']}, {TITLES[found['measure']]}", "", *_table(header, rows)]
    if found["common"] < found["queries"]:
        lines += ["", f"Matches and ratios over the {found['common']} queries that all of them did in time."]
    if found["ratios"]:
        told = [f"{name} {row['ratio']:.2f} ({row['best_rival']})" for name, row in found["ratios"].items()]
        lines += ["", f"Ours by the best rival: {', '.join(told)}."]
    if found["absent"]:
        lines += ["", "Absent: " + "; ".join(f"{name} ({why})" for name, why in found["absent"].items()) + "."]
    return lines


def _agreement(row: dict[str, Any]) -> list[str]:
    matches = f"{row['matches']:,}" if "matches" in row else ""
    same = "{} of {}".format(*row["same_counts"]) if "same_counts" in row else ""
    return [matches, same, f"{row['shared_hits']:.0%}" if "shared_hits" in row else ""]


def _growth(sizes: list[dict[str, Any]]) -> list[str]:
    """Medians of every class at every size, and the last by the first."""
    if len(sizes) < 2:
        return []
    rows: dict[tuple[str, str], list[str]] = {}
    for number, size in enumerate(sizes):
        for found in size["classes"]:
            for name, row in found["engines"].items():
                cells = rows.setdefault((f"{found['kind']}, {TITLES[found['measure']]}", name), [""] * len(sizes))
                cells[number] = f"{row['median']:.3f}"
    header = ["class", "engine", *(f"{size['corpus']['documents']:,}" for size in sizes), "last by first"]
    table = [[*names, *cells, f"{float(cells[-1]) / float(cells[0]):.1f}" if all(cells) else ""] for names, cells in rows.items()]
    return ["", "## Growth (medians)", "", *_table(header, table)]

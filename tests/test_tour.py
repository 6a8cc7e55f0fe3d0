"""The tour shows what a person sees: every block of docs/tour.md is what its command writes on a terminal today, times aside.

To write it anew: python tests/test_tour.py
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from terminals import seen, written

TOP = Path(__file__).parent.parent
TOUR = TOP / "docs" / "tour.md"
HEAD = """# A tour

What the commands show on a terminal, asked of the five pages in `seeds/`. Written by `python tests/test_tour.py`; a test holds it
current, but for times and sizes. Colours and links are not shown.
"""
REPORT, VERSION = "seeds/003_68dc4d247c074b28.txt", "seeds/001_ea67c41c9312aef6.txt#b27482aa85"
NEAR = "'(truce OR ceasefire) NEAR/8 turkey'"


class Stop(NamedTuple):
    """A command as it is typed, and what stands over it."""

    typed: str
    note: str = ""
    heading: str = ""
    columns: int = 80


STOPS = (
    Stop("", heading="Where to start"),
    Stop("index seeds", heading="Reading pages"),
    Stop("index seeds", "Again: nothing changed, so nothing is read."),
    Stop("query ceasefire Sochi", heading="Asking"),
    Stop(f"query {NEAR} --facet place:3 --facet date:month"),
    Stop(f"query {NEAR} --collapse", "At 120 columns, versions of a story shown as one:", columns=120),
    Stop("query ceasfire turkey", "What may have been meant:"),
    Stop("query 'truce \"in idlib'", "What is odd or wrong is pointed at:"),
    Stop("query autor:smith"),
    Stop(f"show {REPORT}", heading="One report"),
    Stop(f"similar {REPORT} --limit 2"),
    Stop(f"diff '{VERSION}' {REPORT}", "What changed between two versions, numbers first:"),
    Stop(f"explain {REPORT} ceasefire", "Why it scores what it does:"),
    Stop("facets ceasefire --facet source --facet place:5", heading="Counting"),
    Stop("timeline ceasefire --by week"),
    Stop("terms turkey --limit 6", "What tells these reports from others:"),
    Stop("suggest ceasfire"),
    Stop("query '\"secret agreements\"' --cite text", heading="Citing"),
    Stop(f"alert add truce {NEAR}", heading="Alerts"),
    Stop("alert run"),
    Stop("alert run --every"),
    Stop("stats", heading="Looking after an index"),
    Stop("check"),
    Stop("query --index elsewhere truce"),
    Stop("querry truce"),
)


def tour(folder: Path) -> str:
    """Every stop, one after the other, in a folder with the seeds."""
    parts = [HEAD]
    for stop in STOPS:
        _, text = written(*shlex.split(stop.typed), cwd=folder, columns=stop.columns)
        shown = f"$ idlibsearch {stop.typed}".rstrip()
        parts += [f"## {stop.heading}\n"] * bool(stop.heading) + [f"{stop.note}\n"] * bool(stop.note)
        parts.append(f"```\n{shown}\n{masked(seen(text), folder)}```\n")
    return "\n".join(parts)


def masked(text: str, folder: Path) -> str:
    """Without what differs from run to run, from machine to machine and from one version of a library to another."""
    text = re.sub(r"\d+\.\d ms", "0.3 ms", text).replace(str(folder.resolve()), "/home/you")
    return re.sub(
        r"(?s)size_bytes.*?(mean_lengths[^\n]*\n).*?(?=root)", r"size_bytes: 66,864\n\1recipe: name news-en, version 1 …\n", text
    )


def filled(folder: Path) -> Path:
    shutil.copytree(TOP / "seeds", folder / "seeds")
    return folder


def test_the_tour_shows_what_is_seen(tmp_path):
    assert TOUR.read_text(encoding="utf-8") == tour(filled(tmp_path))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        TOUR.write_text(tour(filled(Path(folder))), encoding="utf-8")

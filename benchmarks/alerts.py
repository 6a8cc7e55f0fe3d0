"""Alerts measured: many saved questions, asked of 1, 100 and 1,000 new reports of Reuters-21578. Prints a row each.

    python -m benchmarks.alerts --data DIR [--questions 10000]

DIR has ``news/reuters21578.jsonl.xz``. The questions are drawn from the texts: three words, phrases, nearness, OR, NOT, and one
in twenty with a wildcard. New are copies of the first reports under keys of their own, in a segment of their own. The first run
also finds out which words the questions need, which is kept.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import idlibsearch
from benchmarks.corpus import read
from idlibsearch import Index, QueryError, Report

SIZES = (1, 1, 100, 1000)
FORMS = {  # which questions, and how often
    "{a} {b} {c}": 40,
    '"{a} {b}"': 20,
    "{a} NEAR/5 {c}": 15,
    "({a} OR {b}) AND {c}": 10,
    "{a} {c} NOT {b}": 10,
    "{a:.5}* {c}": 5,
}


def main(arguments: list[str] | None = None) -> None:
    """Build, save the questions, run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder with the collections")
    parser.add_argument("--questions", type=int, default=10_000)
    options = parser.parse_args(arguments)
    rows = read(options.data / "news" / "reuters21578.jsonl.xz")
    reports = [Report(str(n), row["title"], row["text"]) for n, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(reports, stories=False)
        questions = list(islice(asked(index, reports), options.questions))
        started = time.process_time()
        index.alerts.add_all({str(n): question for n, question in enumerate(questions)})
        print(f"{len(reports):,} reports; {len(questions):,} questions saved in {time.process_time() - started:.2f} s")
        for turn, size in enumerate(SIZES):
            index.add(Report(f"new {turn} {n}", report.title, report.body) for n, report in enumerate(reports[:size]))
            started = time.process_time()
            found = sum(1 for _ in index.alerts.run())
            first = " (the first run)" if not turn else ""
            print(f"{size:>5,} new: {found:>7,} matches, {time.process_time() - started:.2f} s of one core{first}")


def asked(index: Index, reports: list[Report], seed: int = 3) -> Iterator[str]:
    """Questions without end, drawn from the texts."""
    chance = random.Random(seed)
    texts = [words for report in chance.sample(reports, 3_000) if len(words := report.body.split()) > 30]
    while True:
        words = chance.choice(texts)
        at = chance.randrange(len(words) - 6)
        a, b, c = ("".join(filter(str.isalnum, word)) or "oil" for word in words[at : at + 3])
        question = chance.choices(list(FORMS), list(FORMS.values()))[0].format(a=a, b=b, c=c)
        try:
            index.search(question, limit=0)
        except QueryError:
            continue
        yield question


if __name__ == "__main__":
    main()

"""Which numbers of nearness and feedback are best, told honestly: chosen on all judged sets but one, measured on that one.

    python -m benchmarks.crossvalidation --data DIR [--set NAME ...] [proximity rm3 bo1 ...]

A gain is the mean of the relative changes of nDCG@10 and AP. Whether it can be foretold for a question: ``foretelling``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import idlibsearch
from benchmarks.judged import DEPTH, Judged, Values, load, mean, measured
from benchmarks.quality import SETS, TABLES
from benchmarks.rankers import opened, tree_of
from idlibsearch.query import feedback
from idlibsearch.query.dependence import with_nearness
from idlibsearch.query.feedback import METHODS
from idlibsearch.query.order import Scored
from idlibsearch.query.tree import Node

Setting = tuple[float, ...]
PROXIMITY = tuple(product((2, 4, 8, 16), (0.02, 0.05, 0.1, 0.2)))
RM3 = tuple(product((5, 10, 20), (10, 20, 40), (0.2, 0.3, 0.4)))
BO1 = tuple(product((2, 5, 10), (5, 10, 20), (0.05, 0.1, 0.2)))
MOST_READ = 20  # reports


class Asked:
    """A set with its questions asked of an open index."""

    def __init__(self, judged: Judged, index: idlibsearch.Index) -> None:
        self.judged, self.index = judged, index
        self.trees = {question: tree_of(text) for question, text in judged.questions.items()}
        self.plain = self.measured(self.trees)
        found = {question: index.search(tree, limit=MOST_READ).found for question, tree in self.trees.items()}
        self.best: dict[str, Sequence[Scored]] = {question: each.hits for question, each in found.items()}
        self.snapshot = next(iter(found.values())).snapshot

    def measured(self, trees: dict[str, Node]) -> Values:
        """How good the answers to some trees are."""
        keys = self.judged.keys
        run = {q: [keys[int(hit.key)] for hit in self.index.search(tree, limit=DEPTH)] for q, tree in trees.items()}
        return measured(self.judged, run)

    def near(self, setting: Setting) -> Values:
        """With nearness: window, weight."""
        return self.measured({q: with_nearness(tree, int(setting[0]), setting[1]) for q, tree in self.trees.items()})

    def fed_back(self, name: str, setting: Setting) -> Values:
        """With words added by a method: reports, terms, share."""
        return self.measured({q: self.widened(q, name, setting) for q in self.trees})

    def widened(self, question: str, name: str, setting: Setting) -> Node:
        """A question with its added words."""
        method = METHODS[name]._replace(reports=int(setting[0]), terms=int(setting[1]), share=setting[2])
        tree = self.trees[question]
        added = feedback.feedback(self.snapshot, self.best[question], feedback.weight_of(tree), method)
        return feedback.with_added(tree, added, "any")


class Family(NamedTuple):
    """Settings that compete, what their numbers are called, and how one is tried."""

    numbers: str
    settings: Sequence[Setting]
    tried: Callable[[Asked, Setting], Values]


FAMILIES = {
    "proximity": Family("window, weight", PROXIMITY, Asked.near),
    "rm3": Family("reports, words, share", RM3, lambda asked, setting: asked.fed_back("rm3", setting)),
    "bo1": Family("reports, words, share", BO1, lambda asked, setting: asked.fed_back("bo1", setting)),
}
Changes = dict[str, dict[Setting, list[float]]]  # set -> setting -> relative change of each measure


def changes(asked: Asked, family: Family) -> dict[Setting, list[float]]:
    """What each setting changes in one set."""
    return {setting: changed(family.tried(asked, setting), asked.plain) for setting in family.settings}


def changed(values: Values, plain: Values) -> list[float]:
    """The relative change of each measure's mean."""
    return [mean(values[measure]) / mean(plain[measure]) - 1.0 for measure in TABLES]


def left_out(found: Changes) -> Iterator[tuple[str, Setting, float, list[float]]]:
    """Each set with the setting that is best on the others, its gain there, and what it changes here."""
    for name in found:
        others = [each for each in found if each != name]
        best = max(found[name], key=lambda setting: _gain(found, others, setting))
        yield name, best, _gain(found, others, best), found[name][best]


def _gain(found: Changes, names: Sequence[str], setting: Setting) -> float:
    return mean([mean(found[name][setting]) for name in names])


def table(title: str, family: Family, found: Changes) -> Iterator[str]:
    """Markdown: a line a set that was left out."""
    yield f"| {title}: left out | chosen ({family.numbers}) | gain on the others | gain | {' | '.join(TABLES)} |"
    yield "|---" * (4 + len(TABLES)) + "|"
    rows = list(left_out(found))
    for name, setting, there, here in rows:
        yield _row(name, ", ".join(f"{number:g}" for number in setting), [there, mean(here), *here])
    every = [mean(column) for column in zip(*([there, mean(here), *here] for _, _, there, here in rows), strict=True)]
    yield _row("mean", "", every)


def _row(name: str, setting: str, gains: Sequence[float]) -> str:
    return f"| {name} | {setting} | {' | '.join(f'{100 * gain:+.1f} %' for gain in gains)} |"


def every_set(names: Sequence[str] | None, folder: Path) -> Iterator[tuple[str, Asked]]:
    """The judged sets of a folder, one at a time, each open."""
    for name in names or SETS:
        judged = load(folder / name)
        with opened(judged) as index:
            yield name, Asked(judged, index)


def main(arguments: Sequence[str] | None = None) -> None:
    """See the head of this module."""
    parser = argparse.ArgumentParser(description="Choose numbers on all judged sets but one.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--set", dest="sets", action="append", help=f"a set; default: {', '.join(SETS)}")
    parser.add_argument("what", nargs="*", help=f"default: {' '.join(FAMILIES)}")
    given = parser.parse_args(arguments)
    found: dict[str, Changes] = {name: {} for name in given.what or FAMILIES}
    for name, asked in every_set(given.sets, given.data):
        for what, each in found.items():
            each[name] = changes(asked, FAMILIES[what])
    print("\n\n".join("\n".join(table(what, FAMILIES[what], each)) for what, each in found.items()))


if __name__ == "__main__":
    main()

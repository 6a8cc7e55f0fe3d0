"""Judged collections: documents, questions and which documents answer them; how good a ranking is, and whether that is chance.

A set is a folder of ``corpus.jsonl`` (``_id``, ``title``, ``text``), ``queries.jsonl`` (``_id``, ``text``) and ``qrels.tsv``
(question, document, grade; a heading first). Measures are those of ir-measures.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpus import Document

MEASURES = ("nDCG@10", "AP", "R@100", "RR")
DEPTH = 1000  # how many hits of a question are judged, as usual for AP
FLIPS = 10_000  # of the randomisation test: p is known to about .005
Run = dict[str, list[str]]  # question -> documents, best first
Values = dict[str, list[float]]  # measure -> a value a judged question, in the order of their ids


class Judged(NamedTuple):
    """A set; ``keys`` are the ids of the documents in order, whose numbers the engines know them by."""

    name: str
    documents: list[Document]
    keys: list[str]
    questions: dict[str, str]
    grades: dict[str, dict[str, int]]


def load(folder: Path) -> Judged:
    """Read a set. Questions without an answer are left out: no ranking of theirs is better than another."""
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, document, grade = line.split("\t")
        grades.setdefault(question, {})[document] = int(grade)
    grades = {question: found for question, found in sorted(grades.items()) if any(grade > 0 for grade in found.values())}
    asked = {record["_id"]: f"{record.get('title') or ''} {record['text']}".strip() for record in _records(folder, "queries")}
    rows = list(_records(folder, "corpus"))
    documents = [Document(number, row["title"] or "", row["text"] or "", "", ()) for number, row in enumerate(rows)]
    return Judged(folder.name, documents, [row["_id"] for row in rows], {key: asked[key] for key in grades}, grades)


def _records(folder: Path, name: str) -> Iterable[dict[str, str]]:
    return map(json.loads, (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())


def measured(judged: Judged, run: Mapping[str, Sequence[str]]) -> Values:
    """Every measure of every question."""
    import ir_measures  # noqa: PLC0415 - only for those who measure quality

    grades = [
        ir_measures.Qrel(question, document, grade)
        for question, found in judged.grades.items()
        for document, grade in found.items()
    ]
    ranked = [
        ir_measures.ScoredDoc(question, document, float(-place))  # the order is the engine's, also of equal scores
        for question, documents in run.items()
        for place, document in enumerate(documents[:DEPTH])
    ]
    values = {name: dict.fromkeys(judged.grades, 0.0) for name in MEASURES}
    for metric in ir_measures.iter_calc([ir_measures.parse_measure(name) for name in MEASURES], grades, ranked):
        values[str(metric.measure)][metric.query_id] = metric.value
    return {name: list(found.values()) for name, found in values.items()}


def mean(values: Sequence[float]) -> float:
    """0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def chance(ours: Sequence[float], theirs: Sequence[float], seed: int = 0) -> float:
    """How likely a difference of the means at least as large would be if each pair's two values were drawn at random.

    The paired randomisation test, two-sided (Smucker, Allan and Carterette, "A comparison of statistical significance tests for
    information retrieval evaluation", 2007).
    """
    differences = [a - b for a, b in zip(ours, theirs, strict=True) if a != b]
    observed, drawn = abs(sum(differences)), random.Random(seed)
    sizes = [abs(difference) for difference in differences]
    total, extreme = sum(sizes), 0
    for _ in range(FLIPS):
        signs = drawn.getrandbits(len(sizes)) if sizes else 0
        flipped = sum(size for number, size in enumerate(sizes) if signs >> number & 1)
        extreme += abs(total - 2 * flipped) >= observed - 1e-12
    return extreme / FLIPS

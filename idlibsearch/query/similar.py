"""The question that a text asks of an index: which of its words tell it from other reports, and how much each is worth.

Words are weighed as the terms of a question are in BM25 (Robertson and Zaragoza 2009, section 3.4.1): by their idf and by how
often they stand in the text, saturated; a word in the title counts as often as it would in the score.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.analysis.function_words import is_function_word
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.rank import idf
from idlibsearch.query.tree import Analysed, Boosted, Node, disjunction

WORDS = 25  # of a question; more find the same reports, slower
TITLE = 3  # occurrences that one in a title is worth: its weight in the score
SATURATION = 2.0  # so many occurrences are worth half of what any number can be
RARE = 2  # a word of one report says nothing of others
COMMON = 0.3  # the share of all reports that a word must not be in


class Telling(NamedTuple):
    """A term that tells a text from others; its worth in the question, 1 for the most telling one; how many reports have it."""

    term: str
    weight: float
    reports: int


def telling(snapshot: Snapshot, title: str, body: str, count: int = WORDS) -> list[Telling]:
    """The most telling terms of a text, the best first."""
    found = []
    for term, times in _terms(title, body).items():
        reports = sum(
            segment.postings.count(number)
            for segment, number in zip(snapshot.segments, snapshot.term(term), strict=True)
            if number >= 0
        )
        if RARE <= reports <= max(RARE, COMMON * snapshot.doc_count):
            found.append(Telling(term, times / (SATURATION + times) * idf(reports, snapshot.doc_count), reports))
    best = sorted(found, key=lambda each: (-each.weight, each.term))[:count]
    return [each._replace(weight=each.weight / best[0].weight) for each in best]


def _terms(title: str, body: str) -> Counter[str]:
    """How often each term of a position stands in a text; function words tell nothing."""
    counts: Counter[str] = Counter()
    for text, worth in ((title, TITLE), (body, 1)):
        for start, end in tokenize(text):
            for term, _, width in analyze(text[start:end]).terms:
                if width == 1 and any(map(str.isalpha, term)) and not is_function_word(term):
                    counts[term] += worth
    return counts


def question(words: list[Telling]) -> Node:
    """Any of the words, each worth its weight."""
    return disjunction([Boosted(Analysed(each.term), round(each.weight, 4)) for each in words])

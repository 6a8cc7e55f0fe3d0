"""The words and names by which reports that answer a question differ from others.

For each the share of reports that have it, here and there, is compared by the log-likelihood ratio G2 (Dunning, "Accurate Methods
for the Statistics of Surprise and Coincidence", 1993), over reports, not occurrences, so that one long report cannot make a word
significant. Only what is more frequent here than there counts; what all reports here have and none there is what was asked for.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from idlibsearch.analysis.function_words import is_function_word
from idlibsearch.errors import KernelError, QueryError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.wording import most_written
from idlibsearch.results.facets import count, read_facets

try:
    from idlibsearch.query import docsets
    from idlibsearch.query.wordcounts import count_terms
except ImportError as error:
    raise KernelError("idlibsearch.query.wordcounts") from error

if TYPE_CHECKING:
    from idlibsearch.query.docsets import Docset

WORD = "word"
LEAST = 2  # reports that must have it: one is an accident


class Significant(NamedTuple):
    """A word or name, how surprising it is (G2; above 10.8 with a chance below one in 1,000), and how many reports have it.

    ``kind`` is "word" or the field it is a value of; ``term`` what the word is in the index. ``of`` and ``there_of`` are all
    reports on each side; counted by story, a report here is a story.

    >>> [found] = index.terms("sochi", kinds=["word"], limit=1)
    >>> found.text, found.here, found.of, found.there
    ('agreements', 2, 2, 6)
    """

    text: str
    kind: str
    score: float
    here: int
    of: int
    there: int
    there_of: int
    term: str = ""


def significant(
    snapshot: Snapshot, here: Sequence[Docset], there: Sequence[Docset], kinds: Iterable[str], limit: int
) -> list[Significant]:
    """The most significant of all kinds, the best first; ``here`` and ``there``: live docs, by segment.

    Raises QueryError for a kind that no field is.
    """
    of, there_of = (sum(map(docsets.size, side)) for side in (here, there))
    found: list[Significant] = []
    for kind in dict.fromkeys(kinds):
        ours, theirs = _counts(snapshot, kind, here), _counts(snapshot, kind, there)
        rows = (
            Significant(text, kind, score, n, of, theirs[text], there_of, text if kind == WORD else "")
            for text, n in ours.items()
            if n >= min(LEAST, of)
            and (n, theirs[text]) != (of, 0)
            and (score := log_likelihood(n, of, theirs[text], there_of)) > 0
        )
        found += heapq.nlargest(limit, rows, key=_rank)
    best = heapq.nlargest(limit, found, key=_rank)
    return [row._replace(text=most_written(snapshot, row.term)) if row.kind == WORD else row for row in best]


def _rank(row: Significant) -> tuple[float, int, str]:
    return row.score, row.here, row.text


def log_likelihood(here: int, of: int, there: int, there_of: int) -> float:
    """G2 of a two by two table of reports; 0 where something is no more frequent here than there.

    >>> round(log_likelihood(10, 100, 10, 1000), 2)
    22.91
    """
    if not of or not there_of or here * there_of <= there * of:
        return 0.0
    share = (here + there) / (of + there_of)
    parts = (
        (here, of * share),
        (of - here, of * (1 - share)),
        (there, there_of * share),
        (there_of - there, there_of * (1 - share)),
    )
    return 2.0 * sum(seen * math.log(seen / expected) for seen, expected in parts if seen)


def _counts(snapshot: Snapshot, kind: str, side: Sequence[Docset]) -> Counter[str]:
    if kind == WORD:
        return _words(snapshot, side)
    try:
        (facet,) = read_facets((f"{kind}:0",), snapshot)
    except QueryError as error:
        raise QueryError(kind, (0, len(kind)), error.message, error.advice) from None
    return Counter(dict(count((facet,), snapshot, [docsets.members(docs) for docs in side])[facet.name]))


def _words(snapshot: Snapshot, side: Sequence[Docset]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for segment, docs in zip(snapshot.segments, side, strict=True):
        counts.update(dict(_met(segment.lexicon.terms, count_terms(segment.postings, docs))))
    return counts


def _met(terms: Iterable[str], counts: memoryview[int]) -> Iterator[tuple[str, int]]:
    """The terms that were met at all and have a letter in them; no function words."""
    return ((term, n) for term, n in zip(terms, counts, strict=True) if n and not term.isdigit() and not is_function_word(term))

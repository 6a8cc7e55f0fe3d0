"""What an index can say beyond answers: reports like another, words like another, and what reports have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from idlibsearch.errors import ReportError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query import docsets
from idlibsearch.query.collapse import leads, with_versions
from idlibsearch.query.search import Request, search
from idlibsearch.query.similar import question, telling
from idlibsearch.query.tree import Node
from idlibsearch.query.wording import most_written
from idlibsearch.results.by_story import Per
from idlibsearch.results.hits import Hit, Results, as_report
from idlibsearch.results.significant import Significant, significant


class TellingWord(NamedTuple):
    """A word by which a report is like another: its worth beside that of the most telling one, and how many reports have it.

    >>> [(word.word, word.reports) for word in index.similar(text="ceasefire in Sochi").words]
    [('sochi', 2), ('ceasefire', 8)]
    """

    word: str
    weight: float
    reports: int


class Similar(NamedTuple):
    """Reports like another, the most alike first, and the words that were asked for.

    >>> found = index.similar(text="ceasefire in Sochi", limit=1)
    >>> found.hits[0].title
    'Russia demands that Turkey complies with Syrian agreements'
    """

    hits: tuple[Hit, ...]
    words: tuple[TellingWord, ...]


def similar(snapshot: Snapshot, ask: Callable[[Node, int], Results], key: str, title: str, body: str, limit: int) -> Similar:
    """Reports like the one with a key, which is left out, or (``key`` is "") like a text."""
    if key:
        found = snapshot.get(key)
        if found is None:
            raise ReportError(key, "there is no report with this key")
        report = as_report(found)
        title, body = report.title, report.body
    words = telling(snapshot, title, body)
    if not words:
        return Similar((), ())
    hits = [hit for hit in ask(question(words), limit + bool(key)) if hit.key != key]
    return Similar(
        tuple(hits[:limit]),
        tuple(TellingWord(most_written(snapshot, each.term), round(each.weight, 3), each.reports) for each in words),
    )


def significant_of(
    snapshot: Snapshot, request: Request, against: Request | None, kinds: Iterable[str], limit: int, per: Per
) -> list[Significant]:
    """The words and names that tell what a question finds from what another finds, or from all other reports or stories."""
    here = search(snapshot, request).sets
    if against is not None:
        there = search(snapshot, against).sets
    else:
        every = [docsets.alive(segment.postings, docsets.every(segment.doc_count)) for segment in snapshot.segments]
        ours = with_versions(snapshot, here) if per == "story" else here
        there = tuple(docsets.without(docs, found) for docs, found in zip(every, ours, strict=True))
    if per == "story":
        here, there = (leads(snapshot, docs, "earliest") for docs in (here, there))
    return significant(snapshot, here, there, kinds, limit)

"""A user's program that must type-check; ``test_typing`` runs mypy over it."""

from __future__ import annotations

from datetime import date

import idlibsearch
from idlibsearch import Alerted, Diagnostic, Hit, Index, QueryError, Report, ReportDate, Results, Searcher
from idlibsearch.query.compose import all_of, any_of, near, none_of
from idlibsearch.query.syntax import parse
from idlibsearch.query.tree import Boosted, Node, Word


def headlines(index: Index, question: str) -> list[tuple[float, str, date | None]]:
    try:
        results: Results = index.search(question, limit=20, mode="any")
    except QueryError as error:
        print(error.span, error.message, error.advice)
        return []
    counts: list[tuple[str, int]] = index.search(question, filter="source:reuters", facets=["place:5"]).facets["place"]
    print(counts, index.search(question, date_from=date(2020, 1, 1), date_to="2020-03", sort="date:asc").total)
    notes: tuple[Diagnostic, ...] = results.diagnostics
    print(results.total, len(notes))
    return [(hit.score, hit.title, day(hit)) for hit in results]


def day(hit: Hit) -> date | None:
    when: ReportDate | None = hit.date
    return when.start if when else None


def built(names: list[str], typed: str) -> Node:
    nearness = near(5, any_of(*names), Boosted(Word("truce", "title"), 2.0))
    return all_of(nearness, none_of("sport"), parse(typed).tree)


def counted(searcher: Searcher, question: str) -> list[tuple[str, float]]:
    months = searcher.timeline(question, "month", per="story").stretches
    places: list[tuple[str, int]] = searcher.facets(question, ["place"], per="story").facets["place"]
    return [*((month.label, month.share) for month in months), *places]


def watched(index: Index, reports: list[Report]) -> list[str]:
    told: list[Alerted] = []
    index.add(reports, on_alert=told.append)
    return [alerted.hit.title for alerted in told if alerted.hit]


def main() -> None:
    with idlibsearch.create("index") as index:
        changes = index.add([Report(key="a", title="Truce holds", body="…", date="2020-01-12")])
        with index.edit() as edit:
            before: Report | None = edit.get("a")
            edit.remove_where("title:truce")
        with index.searcher() as searcher:
            print(counted(searcher, "truce"), counted(index, "truce"), watched(index, []))
        print(before, edit.changes.removed, index.merge(), index.refresh())
        print(changes.added, [str(error) for error in index.check()], headlines(index, "truce"))
        print(index.search(built(["idlib", "sochi"], "date:2020"), filter=any_of("a", "b")).query)

"""Hits: reports that answer a question, read from the index only when something of them is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.errors import SchemaError
from idlibsearch.index.documents import to_json
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Document, Provenance, Report, ReportDate
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.found import Found
from idlibsearch.query.order import Scored
from idlibsearch.results.snippet import Passage, several, several_of_places, whole

if TYPE_CHECKING:
    from pandas import DataFrame
    from pyarrow import RecordBatchReader

    from idlibsearch.query.feedback import Added
    from idlibsearch.results.cite import Citation
    from idlibsearch.results.story import Story

INHERITED = "near-duplicate"  # how a date was found that another version has
SNIPPET_TOKENS = 40  # two or three lines on a terminal


class Hit:
    """One report that matched. ``score`` is its BM25F score, ``key`` its lasting id.

    >>> hit = index.search("ceasefire sochi")[0]
    >>> hit.title, str(hit.date), round(hit.score)
    ('Russia demands that Turkey complies with Syrian agreements', 'None', 2)
    """

    def __init__(self, snapshot: Snapshot, found: Found, scored: Scored, key: str) -> None:
        self._snapshot = snapshot
        self._found = found
        self._scored = scored
        self.score = scored.score
        self.key = key

    def __repr__(self) -> str:
        return f"<Hit {self.key} {self.score:.3f}>"

    @cached_property
    def _stored(self) -> Report | Document:
        return self._snapshot.segments[self._scored.segment].stored(self._scored.doc)

    @property
    def report(self) -> Report:
        """The whole report. Raises SchemaError in an index with a schema of its own: see ``fields``.

        >>> index.search("sochi")[0].report.body.count("Sochi")
        1
        """
        return as_report(self._stored)

    @property
    def is_report(self) -> bool:
        """Is it a report? Otherwise a document of a schema of its own.

        >>> index.search("sochi")[0].is_report
        True
        """
        return isinstance(self._stored, Report)

    @property
    def plain_fields(self) -> dict[str, Any]:
        """What is stored, field by field, as plain JSON values.

        >>> sorted(index.search("sochi")[0].plain_fields)[:3]
        ['body', 'entities', 'key']
        """
        return to_json(self._stored) if isinstance(self._stored, Report) else plain_fields_of(self._snapshot, self._stored)

    @cached_property
    def fields(self) -> dict[str, Any]:
        """What is stored, field by field; of a report, as plain JSON values.

        >>> index.search("sochi")[0].fields["title"]
        'Russia urges Turkey to stop militant attacks coming from Idlib'
        """
        return fields_of(self._snapshot, self._stored)

    def __getitem__(self, name: str) -> Any:
        """The stored value of a field. Raises KeyError where it has none."""
        return self.fields[name]

    @property
    def title(self) -> str:
        """Its headline, "" where it has none.

        >>> index.search("sochi")[0].title
        'Russia urges Turkey to stop militant attacks coming from Idlib'
        """
        return self._stored.title if isinstance(self._stored, Report) else str(self.fields.get("title", ""))

    @property
    def date(self) -> ReportDate | None:
        """When it was published, None where that is not known, as of documents of other schemas.

        >>> str(index.search("date:2020")[0].date)
        '2020-01-12'
        """
        return self._stored.date if isinstance(self._stored, Report) else None

    @property
    def source(self) -> str:
        """The outlet or agency, "" where it is not known.

        >>> index.search("source:tass")[0].source
        'TASS'
        """
        return self._stored.source if isinstance(self._stored, Report) else str(self.fields.get("source", ""))

    @property
    def url(self) -> str:
        """Where it stands on the web, "" where that is not known.

        >>> [hit.url for hit in index.search("title:airstrikes ceasefire", limit=1)]
        ['']
        """
        return self._stored.url if isinstance(self._stored, Report) else str(self.fields.get("url", ""))

    @property
    def provenance(self) -> Provenance | None:
        """The file it was read from and where in it; None for what was handed in.

        >>> index.search("sochi")[0].provenance.path
        'seeds/002_467ccc5a45811305.txt'
        """
        return self._stored.provenance if isinstance(self._stored, Report) else None

    @cached_property
    def story(self) -> Story | None:
        """The story that it belongs to, None where it has no versions.

        >>> hit = next(hit for hit in index.search("*", limit=100) if hit.story)
        >>> hit.story.size
        2
        """
        from idlibsearch.results.story import story_of  # noqa: PLC0415 - only for those who ask

        return story_of(self._snapshot, self._scored.segment, self._scored.doc) if self._snapshot.stories else None

    @cached_property
    def spans(self) -> dict[str, list[tuple[int, int]]]:
        """Where the query matched: field -> (start, end) in token positions, ascending. Only fields that keep positions.

        >>> _ = index.add([Report("a", "A truce", "The truce of Idlib.")])
        >>> next(hit.spans for hit in index.search("truce") if hit.key == "a")
        {'title': [(1, 2)], 'body': [(1, 2)]}
        """
        marks = self._found.marks(self._scored)
        return {self._snapshot.ranking.fields[column].name: sorted(spans) for column, spans in sorted(marks.items())}

    @cached_property
    def names(self) -> dict[str, str]:
        """The spellings in this report of the entities that the question names, each with the rule that makes it one of them.

        Such as ``{"al-Qa'ida": "same letters folded", "HTS": "known as Hayat Tahrir al-Sham"}``. Empty where it names none.

        >>> index.search('{GROUP:"Hayat Tahrir al-Sham"}')[0].names["Hayat Tahrir al-Sham"]
        'same letters folded'
        """
        from idlibsearch.query.known_names import spelled  # noqa: PLC0415 - only for those who ask for it
        from idlibsearch.query.tree import mentions_in  # noqa: PLC0415

        found: dict[str, str] = {}
        if isinstance(self._stored, Report):
            for asked in mentions_in(self._found.tree):
                found |= spelled(self._stored.entities, self._snapshot, asked.kind, asked.name, self.key)
        return found

    def snippet(self, *, tokens: int = SNIPPET_TOKENS, before: str = "**", after: str = "**", field: str = "") -> str:
        """The best passage of the body on one line, matches between ``before`` and ``after``; without one, its beginning.

        In an index with a schema of its own: of a text that is stored, by default the one with the most matches.

        >>> _ = index.add([Report("a", "News", "The truce of Idlib holds.")])
        >>> next(hit.snippet(before="<b>", after="</b>") for hit in index.search("truce") if hit.key == "a")
        'The <b>truce</b> of Idlib holds.'
        """
        return self.passages(1, tokens=tokens, field=field)[0].written(before, after)

    def snippets(
        self, count: int = 3, *, tokens: int = SNIPPET_TOKENS, before: str = "**", after: str = "**", field: str = ""
    ) -> list[str]:
        """The best ``count`` passages, in the order of the text, none overlapping; fewer where fewer have matches, never none.

        >>> len(index.search("sochi")[0].snippets(2, tokens=10))
        1
        """
        return [passage.written(before, after) for passage in self.passages(count, tokens=tokens, field=field)]

    def passages(self, count: int = 1, *, tokens: int = SNIPPET_TOKENS, field: str = "") -> list[Passage]:
        """What ``snippets`` writes: stretches of a text, and where in them the question matched, in characters.

        >>> _ = index.add([Report("a", "News", "The truce of Idlib holds.")])
        >>> next(hit.passages()[0].marks for hit in index.search("truce") if hit.key == "a")
        ((4, 9),)
        """
        if isinstance(self._stored, Report):
            text = self._stored.title if field == "title" else self._stored.body
            return several(text, self.spans.get(field or "body", []), self._width, tokens, count)
        return self._passages(field or self.best_text(), tokens, count)

    def cite(self, *, tokens: int = SNIPPET_TOKENS) -> Citation:
        """The best passage with all it takes to find it again: its place in the source file, hashes, question and generation.

        The quotation is from the body, or from the title where only that matched. It has about ``tokens`` tokens.

        >>> index.search("sochi")[0].cite(tokens=8).quote
        'such attacks do not occur.”\\n\\n“You know, the'
        """
        from idlibsearch.results.cite import Citation, cited  # noqa: PLC0415 - most hits are not cited

        field, generation = self.best_text(), self._snapshot.manifest.generation
        text, start, end, _ = self.passages(1, tokens=tokens, field=field)[0]
        known = Citation(self.key, "", field, 0, self.title, self.source, query=str(self._found.tree), generation=generation)
        return cited(known, self._stored if isinstance(self._stored, Report) else None, text, start, end)

    def marked_title(self, *, before: str = "**", after: str = "**") -> str:
        """The title on one line, matches between ``before`` and ``after``.

        >>> _ = index.add([Report("a", "The truce holds")])
        >>> next(hit.marked_title() for hit in index.search("truce") if hit.key == "a")
        'The **truce** holds'
        """
        if isinstance(self._stored, Report):
            return whole(self._stored.title, self.spans.get("title", []), self._width).written(before, after)
        return self._passages("title", sys.maxsize, 1)[0].written(before, after)

    def best_text(self) -> str:
        """Of the texts that are stored the one with the most matches, the first of several; "" where none is.

        Of a report the body, or the title where only that matched.

        >>> index.search("sochi")[0].best_text()
        'body'
        """
        if isinstance(self._stored, Report):
            return "title" if (self.spans.get("title") and not self.spans.get("body")) or not self._stored.body else "body"
        names = [field.name for field in self._snapshot.ranking.fields if isinstance(self.fields.get(field.name), str)]
        return max(names, key=lambda name: len(self.spans.get(name, ())), default="")

    def _passages(self, name: str, tokens: int, count: int) -> list[Passage]:
        text, spans = self.fields.get(name), self.spans.get(name, [])
        group = next((field.group for field in self._snapshot.ranking.fields if field.name == name), None)
        if not isinstance(text, str) or group is None:
            return [Passage(text if isinstance(text, str) else "", 0, len(text) if isinstance(text, str) else 0, ())]
        if not group:
            return several(text, spans, self._width, tokens, count)
        assert self._snapshot.analysis is not None
        return several_of_places(text, self._snapshot.analysis.places(name, text), spans, tokens, count)

    def _width(self, folded: str) -> int:
        """How many positions a folded word takes: more than one only with a hyphen in it."""
        if "-" not in folded:
            return 1
        return (self._snapshot.entry(folded) or analyze_folded(folded)).positions

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; ``span`` is (start, end) in characters of the source file.

        >>> sorted(index.search("sochi")[0].to_json())
        ['date', 'key', 'path', 'score', 'snippet', 'source', 'span', 'story', 'title']
        """
        provenance = self.provenance
        return {
            "key": self.key,
            "title": self.title,
            "date": str(self.date) if self.date else None,
            "source": self.source,
            "score": self.score,
            "snippet": self.snippet(),
            "path": provenance.path if provenance else None,
            "span": [provenance.start, provenance.end] if provenance else None,
            "story": self.story.to_json() if self.story else None,
            **({"date_found": INHERITED} if self.date and self.date.found == INHERITED else {}),
        } | ({} if self.is_report else {"fields": self.plain_fields})


def as_report(found: Report | Document) -> Report:
    """What is a report. Raises SchemaError for a document of another schema."""
    if isinstance(found, Report):
        return found
    raise SchemaError("this index has a schema of its own, and no reports; ask for hit.fields or index.document(key)")


def plain_fields_of(snapshot: Snapshot, found: Document) -> dict[str, Any]:
    """What is stored of a document, field by field, as plain JSON values."""
    from idlibsearch.index.mapping import stored  # noqa: PLC0415 - reports need none of it

    assert snapshot.schema is not None
    return stored(snapshot.schema, found)


def fields_of(snapshot: Snapshot, found: Report | Document) -> dict[str, Any]:
    """What is stored of a report or document, field by field."""
    if isinstance(found, Report):
        return to_json(found)
    from idlibsearch.index.mapping import shown  # noqa: PLC0415 - reports need none of it

    assert snapshot.schema is not None
    return shown(snapshot.schema, found)


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a question: the hits asked for, best first, and what goes with them.

    ``facets`` are (value, count) over all matches, by the name of each that was asked for. Iterating, indexing and ``len``
    are over the hits of this page.

    >>> results = index.search("ceasefire", limit=2, facets=["source"])
    >>> results.total, len(results), results.facets["source"]
    (8, 2, [('TASS', 2), ('Al Masdar News', 1), ('Reuters', 1)])
    >>> [hit.key for hit in results] == [results[0].key, results[1].key]
    True
    """

    query: str
    took_ms: float
    hits: tuple[Hit, ...]
    found: Found
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many reports match in all; counted when first asked.

        >>> index.search("ceasefire", limit=1).total
        8
        """
        return self.found.whole.total

    @property
    def stories(self) -> int | None:
        """How many stories they make, a report without versions being one; None where the search did not collapse them.

        >>> index.search("ceasefire", collapse="story").stories
        7
        """
        return self.found.total if self.found.whole is not self.found else None

    @property
    def partial(self) -> bool:
        """Was the time up before all was looked at? Then hits are the best of what was, and facets or the total are not known.

        >>> index.search("ceasefire", timeout_ms=60_000, partial=True).partial
        False
        """
        return self.found.is_partial

    @property
    def expansion(self) -> tuple[Added, ...]:
        """The words that ``expand`` added to the question, most weight first; none where that was not asked for.

        >>> [added.term for added in index.search("ceasefire", expand="rm3").expansion][:3]
        ['ceasefir', 'report', 'establish']
        """
        return self.found.expansion or ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is worth telling about the question.

        >>> [note.message for note in index.search("ceasefire xylophone").diagnostics]
        ['no report has the word xylophone']
        """
        return self.found.diagnostics

    @property
    def did_you_mean(self) -> str | None:
        """The question with what was probably meant in place of words that no report has; None where there is nothing to replace.

        Where nothing is found at all, also in place of words that are much rarer than one they may be misspelt for, and with two
        words joined that are one in the index.

        >>> index.search("ceasfire").did_you_mean
        'ceasefire'
        """
        from idlibsearch.query.wording import corrected_question  # noqa: PLC0415 - only for those who ask

        snapshot = self.found.snapshot
        if snapshot.schema:
            return None
        nothing = not self.hits and self.found.whole.known_total == 0
        return corrected_question(snapshot, self.query, self.diagnostics, self.found.tree if nothing else None)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def __getitem__(self, number: int) -> Hit:
        return self.hits[number]

    def export(self, sort: str = "added") -> Iterator[Hit]:
        """Every match, whatever page this is; each is read when its turn comes.

        In the order of adding, which takes four bytes a match and no more however many there are; with ``sort`` in an order of
        ``Index.search``, which takes some 100 bytes a match. Raises QueryError for an order that there is not.

        >>> sum(1 for hit in index.search("ceasefire", limit=1).export())
        8
        """
        from idlibsearch.query.everything import everything  # noqa: PLC0415 - most answers are a page

        found = self.found.whole
        return (hit for chunk in everything(found, sort) for hit in hits_of(found.snapshot, found, chunk))

    def to_arrow(self, sort: str = "added", *, batch: int = 1000) -> RecordBatchReader:
        """Every match, whatever page this is, as a ``pyarrow.RecordBatchReader`` of batches of ``batch`` rows, each made when
        its turn comes; ``sort`` as in ``export``. Needs the extra ``arrow``.

        Of reports: key, score, title, date and date_last (date32: the first and last day it may be), source and the like, lists
        of names by kind (person, place …), event_dates, what reports brought along (``keyword.author``, ``number.price``), path,
        start and end (in characters of the file), body. Of documents of a schema what is stored. Raises LibraryError.

        >>> [batch.num_rows for batch in index.search("ceasefire").to_arrow(batch=5)]
        [5, 3]
        """
        from idlibsearch.results.arrow import reader_of  # noqa: PLC0415 - pyarrow is large

        return reader_of(self.export(sort), self.found.snapshot, batch)

    def to_pandas(self, sort: str = "added") -> DataFrame:
        """The same as a ``pandas.DataFrame``, all at once. Needs the extra ``pandas``; raises LibraryError.

        >>> len(index.search("ceasefire").to_pandas())
        8
        """
        from idlibsearch.results.arrow import to_pandas  # noqa: PLC0415 - pandas is larger

        return to_pandas(self.to_arrow(sort))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values.

        >>> sorted(index.search("ceasefire", limit=1).to_json())
        ['diagnostics', 'facets', 'hits', 'query', 'took_ms', 'total']
        """
        return {
            "query": self.query,
            "total": self.found.whole.known_total,
            **({"stories": self.found.known_total} if self.found.whole is not self.found else {}),
            "took_ms": round(self.took_ms, 3),
            "hits": [hit.to_json() for hit in self.hits],
            "facets": {
                name: [{"value": value, "count": count} for value, count in counts] for name, counts in self.facets.items()
            },
            "diagnostics": [diagnostic_json(diagnostic) for diagnostic in self.diagnostics],
        } | self._asked_for()

    def _asked_for(self) -> dict[str, Any]:
        """What is told only where it was asked for."""
        told: dict[str, Any] = {"partial": True} if self.partial else {}
        return told | ({"expansion": [added._asdict() for added in self.expansion]} if self.found.expansion is not None else {})


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """As plain JSON values."""
    value = diagnostic._asdict() | {"span": list(diagnostic.span)}
    return value if diagnostic.text else {name: part for name, part in value.items() if name != "text"}


def results_of(snapshot: Snapshot, query: str, found: Found, took_ms: float) -> Results:
    """Wrap what a search found; facets are the caller's to add."""
    return Results(query, took_ms, tuple(hits_of(snapshot, found, found.hits)), found)


def hits_of(snapshot: Snapshot, found: Found, scored: Sequence[Scored]) -> list[Hit]:
    """Docs that matched as hits."""
    keys = _keys(snapshot, scored)
    return [Hit(snapshot, found, each, key) for each, key in zip(scored, keys, strict=True)]


def _keys(snapshot: Snapshot, hits: Sequence[Scored]) -> list[str]:
    if len(snapshot.segments) == 1:
        return snapshot.segments[0].keys.several([hit.doc for hit in hits])
    return [snapshot.segments[hit.segment].keys.several((hit.doc,))[0] for hit in hits]

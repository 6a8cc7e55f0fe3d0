"""The Python face: ``open`` or ``create`` an index, add reports, ask.

Everything the command line does is a method here. Nothing is printed; what goes wrong is an ``IdlibsearchError``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

from idlibsearch.analysis.analyzer import RECIPE
from idlibsearch.errors import ClosedError, DiskError, IdlibsearchError, IndexExistsError, QueryError, ReportError, SchemaError
from idlibsearch.index.directory import Manifest, StoryFiles, exists, make_folder, write_manifest
from idlibsearch.index.fields import Ranking
from idlibsearch.index.forks import BRIEFLY
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Report
from idlibsearch.query.limits import LIMITS, Limits
from idlibsearch.query.search import Request, When, search
from idlibsearch.query.syntax import Parsed
from idlibsearch.query.tree import Node
from idlibsearch.results.hits import Results, as_report, fields_of, results_of

if TYPE_CHECKING:
    from idlibsearch.faces.alerts import Alerts
    from idlibsearch.faces.batch import Answer
    from idlibsearch.faces.edit import Changes, Edit
    from idlibsearch.faces.exploring import Similar
    from idlibsearch.faces.whoosh_compat import Schema as WhooshSchema
    from idlibsearch.faces.whoosh_query import Query
    from idlibsearch.faces.whoosh_reader import IndexReader
    from idlibsearch.index.background import Background
    from idlibsearch.index.schema import Analysis, Purpose, Schema
    from idlibsearch.ingest.layout import Mode as Split
    from idlibsearch.query.found import Found
    from idlibsearch.query.tree import Mode
    from idlibsearch.query.wording import Suggestion
    from idlibsearch.results.choice import Faceted
    from idlibsearch.results.cite import Citation
    from idlibsearch.results.differences import Differences
    from idlibsearch.results.explain import Explanation
    from idlibsearch.results.significant import Significant
    from idlibsearch.results.story import Story
    from idlibsearch.results.timeline import Timeline, Unit, Vague
    from idlibsearch.results.verify import Verdict

Pathlike = str | os.PathLike[str]
Merging = Literal["foreground", "background", "never"]
KINDS = ("word", "person", "place", "org", "group", "source")  # of what reports are compared by
MEMORY_MB = 512  # enough for runs of some 100,000 news reports in one process
WAIT_S = 10.0  # long enough for another writer's small commit, short enough for a person to wait


class Asked(TypedDict, total=False):
    """What may be said of a question wherever one is asked, as in ``Index.search``."""

    mode: Mode
    strict: bool
    filter: str | Node | Query | None
    date_from: When | None
    date_to: When | None
    timeout_ms: float | None
    today: date | None
    limits: Limits
    aliases: Mapping[str, str] | None


class Index:
    """An open index: a snapshot to search, and the way to change it.

    A context manager. Searching and refreshing are safe from many threads at once, and in forked children; every change is one
    atomic commit that this object sees at once and others when they ``refresh``.
    """

    def __init__(
        self,
        path: Pathlike,
        schema: WhooshSchema | None = None,
        *,
        verify: bool = False,
        wait_s: float = WAIT_S,
        merge: Merging = "foreground",
    ) -> None:
        """Open the index in the folder ``path``; as ``idlibsearch.open``."""
        self.path = Path(path)
        self.wait_s = wait_s
        self._merging = merge
        self._background: Background | None = None
        self._given = schema
        self._open: Snapshot | None = Snapshot.open(self.path)
        if verify:
            for fault in self._snapshot.verify():
                raise fault
        self._open.analysis = self._analysis = _analysis(self._open, schema)

    @property
    def _snapshot(self) -> Snapshot:
        if self._open is None:
            raise ClosedError(str(self.path))
        return self._open

    @property
    def root(self) -> Path:
        """The folder that keys of files are relative to."""
        return (self.path / self._snapshot.manifest.root).resolve()

    @property
    def generation(self) -> int:
        """The number of the commit this object sees; 1 is the empty index."""
        return self._snapshot.manifest.generation

    @property
    def has_reports(self) -> bool:
        """Does it hold reports? Otherwise documents of a schema of its own."""
        return self._snapshot.schema is None

    def __len__(self) -> int:
        """How many reports can be found."""
        return self._snapshot.live_count

    def __iter__(self) -> Iterator[Report]:
        """Every report, in the order of adding. Raises SchemaError in an index with a schema of its own: see ``documents``."""
        return map(as_report, self._snapshot.reports())

    def __contains__(self, key: str) -> bool:
        return self._snapshot.find(key) is not None

    def get(self, key: str) -> Report | None:
        """The report with this key, or None. Raises SchemaError in an index with a schema of its own: see ``document``."""
        found = self._snapshot.get(key)
        return None if found is None else as_report(found)

    def document(self, key: str) -> dict[str, Any] | None:
        """What is stored under this key, field by field, or None; of a report, as plain JSON values."""
        found = self._snapshot.get(key)
        return None if found is None else fields_of(self._snapshot, found)

    def documents(self) -> Iterator[dict[str, Any]]:
        """The same of every report or document, in the order of adding."""
        return (fields_of(self._snapshot, found) for found in self._snapshot.reports())

    def search(  # noqa: PLR0913 - a question may be put in many ways, and each should read by its name
        self,
        query: str | Node | Query,
        *,
        limit: int = 10,
        offset: int = 0,
        mode: Mode = "all",
        strict: bool = False,
        filter: str | Node | Query | None = None,
        date_from: When | None = None,
        date_to: When | None = None,
        sort: str = "score",
        facets: Iterable[str] = (),
        timeout_ms: float | None = None,
        partial: bool = False,
        today: date | None = None,
        limits: Limits = LIMITS,
        aliases: Mapping[str, str] | None = None,
        collapse: Literal["story"] | None = None,
        lead: str = "earliest",
        facets_by: Literal["report", "story"] = "report",
        ranking: Mapping[str, float] | None = None,
        recent: str | None = None,
        proximity: bool = False,
        expand: str | None = None,
        expand_without: Iterable[str] = (),
        names: Literal["on", "off"] = "off",
    ) -> Results:
        """Answer a question in the query language (``docs/query-language.md``), a tree of ``idlibsearch.query.tree``, or a query
        object of Whoosh.

        ``limit`` hits from number ``offset`` on, best first, equal scores in the order of adding. ``mode``: must "all" words
        that stand side by side match, or "any". ``strict``: raise what would be a diagnostic.

        ``filter`` (a question in any of these ways) and publication from ``date_from`` to the end of ``date_to`` (2020, 2020-01,
        "last week" and all else that ``date:`` takes, or a ``datetime.date``) restrict what is found without scoring. ``today``:
        the day that "last week" is seen from, by default today's in UTC. ``sort``: "score"; "date", newest first;
        "key"; "words" or another field of numbers, largest first; with ":asc" or ":desc" behind it the other way; reports
        without the date or number come last. ``facets``: what to count over all matches, each a field ("place", or "place:20"
        for the 20 most frequent values in place of 10) or "date:" with year, quarter, month, week or day.

        ``timeout_ms``: how long finding the hits may take, and as long again counting facets or the total; with ``partial`` the
        best found by then are the answer and ``Results.partial`` says so, in place of an error. ``limits``: how long, deep and
        costly a question may be. ``aliases``: further names for fields, such as {"hl": "title"}. ``names``: "on" lets words that
        name an entity of the index match its mentions in other spellings too; ``Hit.names`` says which, and why.

        How hits are ranked (``docs/relevance.md``): ``ranking`` sets other numbers of BM25F for this call, "k1", "title" (a
        field's weight), "title.b" (its b) and so on; ``recent`` is the half-life by which scores fade with age, such as "30d";
        with ``proximity`` it also counts how near to each other neighbouring words of the question stand; ``expand="rm3"`` adds
        words of the best reports, told in ``Results.expansion``, but those of ``expand_without``.

        ``collapse="story"``: one hit a story, of those of its reports that match the one that ``lead`` says: "earliest" (by date,
        undated ones last), "longest" or "source:NAME" (of that source where there is one, else the earliest). ``Results.stories``
        then counts stories, ``total`` still reports. ``facets_by="story"`` counts only these leads, collapsed or not.

        Raises QueryError where the question cannot be answered or reports cannot be ranked so, SearchTimeoutError where it
        takes too long, ValueError for a negative limit or offset.
        """
        if limit < 0 or offset < 0:
            raise ValueError(f"limit and offset must not be negative: {limit}, {offset}")
        started = time.perf_counter()
        asked = (facets,) if isinstance(facets, str) else tuple(facets)
        text, tree, notes = (query, None, ()) if isinstance(query, str) else self._read(query)
        kept = filter if filter is None or isinstance(filter, str) else self._read(filter)
        request = Request(
            *(text, limit, offset, mode, strict, kept, date_from, date_to, sort, limits, timeout_ms, partial),
            *(tree, today, aliases, recent, proximity, expand, tuple(expand_without), notes, collapse is not None, lead),
            names == "on",
        )
        snapshot = self._snapshot if ranking is None else self._ranked(ranking)
        return _answer(snapshot, request, asked, facets_by, started)

    def similar(self, key: str = "", *, title: str = "", text: str = "", limit: int = 10) -> Similar:
        """Reports like another, the most alike first: of the report with this ``key``, which is left out, or of a ``title`` and
        ``text`` of the caller's. ``Similar.words`` says by which words, and what each is worth.

        Raises ReportError where there is no report with the key, SchemaError in an index with a schema of its own.
        """
        from idlibsearch.faces.exploring import similar

        self._refuse_own_schema("reports like another are found")
        snapshot = self._snapshot
        return similar(snapshot, lambda tree, count: self.search(tree, limit=count), key, title, text, limit)

    def suggest(self, word: str, *, limit: int = 10) -> list[Suggestion]:
        """Other words of the index for one: how it is also written, what it may be misspelt for, how it may go on; at most
        ``limit`` of each, the most frequent or likeliest first. Raises SchemaError in an index with a schema of its own.
        """
        from idlibsearch.query.wording import suggestions

        self._refuse_own_schema("words are suggested")
        return suggestions(self._snapshot, word, limit)

    def terms(
        self,
        query: str | Node | Query,
        *,
        against: str | Node | Query | None = None,
        kinds: Iterable[str] = KINDS,
        limit: int = 20,
        mode: Mode = "all",
        by: Literal["report", "story"] = "report",
    ) -> list[Significant]:
        """The words and names that tell the reports that answer a question from all others, or from those that answer
        ``against``: another question, or another time (``"date:2019"``). The most significant first, by the log-likelihood ratio
        over reports.

        ``kinds``: "word", and fields of keywords. ``by="story"`` counts the versions of a story once, by the words of the
        earliest of them that answers; all others are then the stories no version of which does. Raises QueryError for a question
        that cannot be answered or a kind that there is not, SchemaError in an index with a schema of its own.
        """
        from idlibsearch.faces.exploring import significant_of

        self._refuse_own_schema("reports are compared")
        here, there = (None if each is None else self._request(each, mode) for each in (query, against))
        assert here is not None
        return significant_of(self._snapshot, here, there, kinds, limit, by)

    def _request(self, query: str | Node | Query, mode: Mode) -> Request:
        """A question for all that answers it, and no hits."""
        text, tree, notes = (query, None, ()) if isinstance(query, str) else self._read(query)
        return Request(text, 0, 0, mode, tree=tree, notes=notes)

    def facets(
        self,
        query: str | Node | Query,
        facets: Iterable[str],
        *,
        chosen: Mapping[str, Sequence[str]] | None = None,
        **asked: Unpack[Asked],
    ) -> Faceted:
        """Count facets (as ``search`` does) over all that answers a question, with values chosen in some of them.

        ``chosen``: values by facet, such as {"place": ["Idlib", "Aleppo"], "date:year": ["2020"]}: only reports with any value of
        each. The one that values are chosen in is not restricted by them, so that it shows what else could be. ``asked``: as in
        ``search``. Raises QueryError.
        """
        from idlibsearch.results.choice import faceted

        return faceted(self.search(query, limit=0, **asked).found, facets, chosen or {})

    def timeline(
        self,
        query: str | Node | Query,
        by: Unit = "month",
        *,
        vague: Vague = "apart",
        field: str = "date",
        zone: str | None = None,
        **asked: Unpack[Asked],
    ) -> Timeline:
        """How many of the reports that answer a question were published in each stretch of time, and of how many in all.

        ``by``: day, week (ISO 8601), month, quarter or year. ``vague`` dates, which reach over several stretches, are counted
        "apart" or "spread" over them by days, which makes counts fractions. ``field``: another one of points in time, in an index
        with a schema of its own, and ``zone``: where its days begin ("Europe/Berlin"), by default in UTC. ``asked``: as in
        ``search``. Raises QueryError, also for more than 10,000 stretches.
        """
        from idlibsearch.results.timeline import timeline

        return timeline(self.search(query, limit=0, **asked).found, by, field=field, vague=vague, zone=zone)

    def batch(
        self, queries: Iterable[str], *, literal: bool = False, limit: int = 10, **asked: Unpack[Asked]
    ) -> Iterator[Answer]:
        """Ask one question after the other; each comes back in turn with its results, or with what is wrong with it.

        ``literal``: each is a name or another text to be found as it stands, word by word, in which nothing is an operator.
        ``asked``: as in ``search``. What is wrong with the index, and not with a question, is raised.
        """
        from idlibsearch.faces.batch import answers

        return answers(lambda query: self.search(query, limit=limit, **asked), queries, literal=literal)

    @property
    def alerts(self) -> Alerts:
        """Questions saved with the index, to be asked of its new reports; see ``idlibsearch.faces.alerts.Alerts``."""
        from idlibsearch.faces.alerts import Alerts

        return Alerts(self.path, lambda: self._snapshot, self.wait_s)

    def verify(self, citations: Iterable[Citation]) -> Iterator[Verdict]:
        """Does each citation still hold, in its source file below ``root`` and in the index? See ``idlibsearch.Verdict``."""
        from idlibsearch.results.verify import verified

        return verified(citations, self._snapshot, self.root)

    def _ranked(self, numbers: Mapping[str, float]) -> Snapshot:
        try:
            return self._snapshot.ranked(self._snapshot.ranking.tuned(numbers))
        except ValueError as error:
            text = " ".join(f"{name}={number}" for name, number in numbers.items())
            raise QueryError(text, (0, len(text)), f"reports cannot be ranked so: {error}", "set k1, title, title.b …") from None

    def explain(self, key: str, query: str | Node | Query, **options: Any) -> Explanation:
        """Why the report with this key scores what it does for a question, down to plain numbers; or what it lacks.

        ``options``: those of ``search`` that say what is asked (mode, filter, ranking …). The value is the score of the hit, to
        the last bit. Raises KeyError where there is no such report, and what ``search`` raises.
        """
        from idlibsearch.results.explain import explain

        found = self.search(query, limit=0, **options).found
        place = found.snapshot.find(key)
        if place is None:
            raise KeyError(key)
        return explain(found, *place)

    def _read(self, query: Node | Query) -> Parsed:
        """A question that was not typed."""
        if isinstance(query, Node):
            return Parsed(str(query), query, ())
        from idlibsearch.faces.whoosh_query import read_query

        self._refuse_own_schema("whoosh's query objects are read")
        return read_query(query, self._snapshot)

    def _refuse_own_schema(self, what: str) -> None:
        if self._snapshot.schema is not None:
            raise SchemaError(f"{what} for indexes of reports only; type the question")

    def story(self, key: str) -> Story | None:
        """The story of the report with this key: its near-duplicates, each with how alike it is.

        None where there is no such report, it has no versions, or stories are not kept.
        """
        from idlibsearch.results.story import story_of

        place = self._snapshot.find(key)
        return None if place is None else story_of(self._snapshot, *place)

    def diff(self, a: str, b: str) -> Differences:
        """What changes from the report with the key ``a`` to that with the key ``b``: numbers first, then words.

        Raises ReportError where there is no report with a key.
        """
        from idlibsearch.results.differences import differences

        found = [self.get(key) for key in (a, b)]
        for key, report in zip((a, b), found, strict=True):
            if report is None:
                raise ReportError(key, "there is no report with this key")
        return differences(*[report for report in found if report is not None])

    def add(
        self,
        reports: Iterable[Report] | Iterable[Mapping[str, Any]],
        *,
        processes: int = 1,
        memory_mb: int = MEMORY_MB,
        stories: bool | None = None,
    ) -> Changes:
        """Add reports, each in place of the one with the same key if there is one; one commit, which adds one segment.

        In an index with a schema of its own they are mappings of fields to values. The value of the unique field is the key;
        without such a field documents are numbered, and none replaces another. This process alone reads them.

        ``processes`` build at once (1: this one does, else as many others), and take about ``memory_mb`` MB altogether, but never
        less than 128 each; neither changes what is written. ``stories``: whether near-duplicates are kept from now on (None: as
        before); turned on, those of all reports are found. An error (also of the iterable) leaves the index as it was.
        Raises LockedError while another writer has the index, WorkerError where another process fails, ReportError for what
        cannot be indexed.
        """
        with self.edit(processes=processes, memory_mb=memory_mb, stories=stories) as edit:
            edit.add(reports)
        return edit.changes

    def edit(self, *, processes: int = 1, memory_mb: int = MEMORY_MB, stories: bool | None = None) -> Edit:
        """Several changes as one commit; a context manager.

            with index.edit() as edit:
                edit.remove_where("source:reuters date:2019")
                edit.add(reports)

        ``processes``, ``memory_mb`` and ``stories`` as in ``add``. Raises LockedError while another writer has the index.
        """
        from idlibsearch.faces.edit import Edit
        from idlibsearch.index.writer import Effort, Writer

        _ = self._snapshot  # a closed index cannot be changed either
        writer = Writer(self.path, self.wait_s, Effort(processes, memory_mb), stories)
        return Edit(writer, self._analysis, self._committed)

    def _committed(self) -> None:
        """See what was committed, and merge what that makes due."""
        self._see()
        if self._merging == "background":
            from idlibsearch.index.background import Background

            self._background = self._background or Background(self.path)
            self._background.wake()
        elif self._merging == "foreground":
            from idlibsearch.index.merging import merge_due

            if merge_due(self.path, self.wait_s):
                self._see()

    def _see(self) -> bool:
        """See what was just committed; an error here does not mean that it was not."""
        try:
            return self.refresh()
        except DiskError as error:
            outcome = "the change stands, and is seen as soon as the index can be opened again"
            raise DiskError(error.path, error.errno or 0, error.reason, outcome) from error

    def add_path(  # noqa: PLR0913 - files may be read in many ways, and each should read by its name
        self,
        *paths: Pathlike,
        split: Split = "auto",
        encoding: str | None = None,
        format: str | None = None,
        fields: Mapping[str, str] | None = None,
        entities: bool | None = None,
        gazetteer: Pathlike | None = None,
        prune: bool = False,
        progress: Callable[[str], None] | None = None,
        advance: Callable[[int], None] | None = None,
        processes: int = 1,
        memory_mb: int = MEMORY_MB,
        checkpoint_s: float | None = None,
        stories: bool | None = None,
    ) -> Changes:
        """Read files of all formats that ``docs/formats.md`` tells of, in folders and archives too, and bring the index up to
        date with them; one commit. A path may be a pattern (``reports/*.html``), or "-" for standard input.

        Files that have not changed are not even opened; a changed file's reports replace its old ones. ``prune`` also removes the
        reports of files under ``paths`` that are gone. ``split`` says how a page is cut into reports, ``encoding`` overrules
        its detection, ``format`` that of what files are ("html", "jsonl", …). ``fields`` says which field of a JSON object, or
        which column of a table, is taken for one of a report's: ``{"title": "headline"}``. ``entities``: are names looked for?
        None: in pages and documents, not in JSON and tables. A file that was read otherwise is read again.
        ``gazetteer``: a file of names to know beside those that come with the library (``analysis/gazetteer.py`` says how it is
        written); another one has files read again. Raises InputError, with the number of the line, where it is wrong.

        ``progress`` is called with each path read, ``advance`` with the bytes read since it was last. A file, or a member or
        line of one, that cannot be read is in ``Changes.skipped``, a date that cannot in ``Changes.warnings``; ``Changes.kinds``
        counts by format. ``processes``, ``memory_mb`` and ``stories`` as in ``add``; this process reads the files.

        ``checkpoint_s``: commit what was read so far whenever that many seconds have passed, so that a run that breaks off is
        taken up by the next where it was then. Others see what is there meanwhile.
        """
        if self._snapshot.schema is not None:
            raise SchemaError("files hold reports, and this index has a schema of its own; add mappings of its fields")
        from idlibsearch.analysis.gazetteer import read
        from idlibsearch.faces.update import Update
        from idlibsearch.ingest.pages import read_paths

        names = None if gazetteer is None else read(gazetteer)
        with self.edit(processes=processes, memory_mb=memory_mb, stories=stories) as edit:
            update = Update(edit.writer, self.root, checkpoint_s)
            how: dict[str, Any] = {"split": split, "encoding": encoding, "format": format, "fields": fields}
            how |= {"entities": entities, "gazetteer": names}
            for page in read_paths(paths, self.root, advance=advance, **update.told, **how):
                update.take(page)
                if progress is not None:
                    progress(page.path)
            update.finish(paths if prune else None)
        return update.changes

    def remove(self, *keys: str) -> Changes:
        """Remove reports by key, or all reports of a file by its path as it stands in their keys; one commit."""
        with self.edit() as edit:
            edit.remove(*keys)
        return edit.changes

    def remove_where(self, query: str, *, mode: Mode = "all", strict: bool = True) -> Changes:
        """Remove all reports that answer a question; one commit.

        ``mode`` as in ``search``. ``strict``: a question that there is anything odd about is refused, as one that does not say
        what was meant may remove what was not meant. Raises QueryError.
        """
        with self.edit() as edit:
            edit.remove_where(query, mode=mode, strict=strict)
        return edit.changes

    def merge(self) -> bool:
        """Make one segment of all, without the reports that were removed or replaced; one commit. False: there was nothing to do.

        Takes as long as copying the index and some; who reads or writes meanwhile is not disturbed. The old files go with the
        next change.
        """
        from idlibsearch.index.merging import all_of, merge_chosen

        _ = self._snapshot
        merge_chosen(self.path, all_of, self.wait_s)
        return self._see()

    def refresh(self) -> bool:
        """See the newest generation; True if it is another one. Results got before stay as they are.

        Costs what is new: segments that were open stay so. Never fails because others commit or merge meanwhile.
        """
        before = seen = self._snapshot
        while True:
            newest = Snapshot.open(self.path, seen)
            newest.analysis = self._analysis
            with BRIEFLY:
                # What is older than what was seen is of an index made anew. What is only older than what another call opened
                # meanwhile was read before that, and would turn time back: it is read again.
                was_passed = self._open is not None and seen.generation <= newest.generation < self._open.generation
                if self._open is not None and not was_passed:
                    self._open = newest
            if not was_passed:
                return self.generation != before.generation
            seen = self._snapshot

    def stats(self) -> dict[str, Any]:
        """What is in the index: counts and sizes, as plain JSON values."""
        snapshot = self._snapshot
        fields = zip(snapshot.ranking.fields, snapshot.mean_lengths, strict=True)
        return {
            "path": str(self.path),
            "generation": snapshot.manifest.generation,
            "reports": snapshot.live_count,
            "deleted": snapshot.doc_count - snapshot.live_count,
            "files": len(snapshot.files()),
            "segments": len(snapshot.segments),
            "words": sum(segment.lexicon.surface_count for segment in snapshot.segments),
            "stories": snapshot.story_count,
            "terms": sum(len(segment.lexicon.terms) for segment in snapshot.segments),
            "size_bytes": snapshot.size_bytes,
            "sizes": snapshot.sizes(),
            "mean_lengths": {field.name: round(mean, 2) for field, mean in fields},
            "recipe": snapshot.manifest.recipe,
            "root": str((self.path / snapshot.manifest.root).resolve()),
        }

    def check(self, progress: Callable[[str, int, int], None] | None = None) -> list[IdlibsearchError]:
        """Everything that is wrong with the newest generation on disk; empty where it is sound.

        ``progress`` is called with the name of each segment before it is looked at, its number, and how many there are.
        """
        from idlibsearch.index.check import check

        return check(self.path, progress)

    def rebuild(self, schema: WhooshSchema | None = None, *, progress: Callable[[int, int], None] | None = None) -> None:
        """Analyse all stored reports again, without their sources, in one commit; as ``idlibsearch.rebuild``."""
        from idlibsearch.faces.care import rebuild

        _ = self._snapshot
        rebuild(self.path, schema, progress=progress)
        self._see()

    def copy(self, target: Pathlike, *, link: bool = False, progress: Callable[[int, int], None] | None = None) -> None:
        """Copy the newest generation into a new or empty folder while others read and write; as ``idlibsearch.copy``."""
        from idlibsearch.faces.care import copy

        copy(self.path, target, link=link, progress=progress)

    @property
    def schema(self) -> WhooshSchema:
        """What the index holds as Whoosh declares it: for ``whoosh.qparser.QueryParser``, whose queries ``search`` takes.

        Raises SchemaError where its schema is not the reports' and was not handed in.
        """
        if self._snapshot.schema is not None:
            if self._given is None:
                raise SchemaError("an index records of its schema only what it needs; hand it in: open(path, schema=schema)")
            return self._given
        from idlibsearch.faces.whoosh_compat import schema_of_snapshot

        return schema_of_snapshot(self._snapshot)

    def whoosh_reader(self) -> IndexReader:
        """A ``whoosh.reading.IndexReader`` of what this object sees, for whatever of Whoosh is to run on the index.

        ``whoosh.searching.Searcher(index.whoosh_reader())`` searches by Whoosh's own matchers and scores, in pure Python. It can
        be used until the index is closed or refreshed.
        """
        from idlibsearch.faces.whoosh_reader import open_reader

        self._refuse_own_schema("a reader for whoosh is there")
        return open_reader(self._snapshot)

    def close(self) -> None:
        """Let go of the index; hits got before can still be shown as far as they were read."""
        if self._background is not None:
            self._background.stop()
        with BRIEFLY:
            snapshot, self._open = self._open, None
        if snapshot is not None:
            snapshot.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _answer(snapshot: Snapshot, request: Request, asked: tuple[str, ...], by: str, started: float) -> Results:
    """What was found, with the facets asked for; their module is loaded only then."""
    if not asked:
        found = search(snapshot, request)
        return results_of(snapshot, request.text, found, (time.perf_counter() - started) * 1000)
    from idlibsearch.results.facets import count, read_facets

    facets = read_facets(asked, snapshot)
    found = search(snapshot, request)
    counts = {} if found.known_total is None else count(facets, snapshot, _counted(found, request, by))
    return replace(results_of(snapshot, request.text, found, (time.perf_counter() - started) * 1000), facets=counts)


def _counted(found: Found, request: Request, by: str) -> tuple[memoryview[int], ...]:
    """The docs that facets count: all that match, or one a story."""
    if by == "report" or (request.collapse and found.whole is not found):
        return (found.whole if by == "report" else found).docs
    from idlibsearch.query.collapse import collapsed

    return collapsed(found, request.lead).docs


def _analysis(snapshot: Snapshot, given: WhooshSchema | None) -> Analysis | None:
    """What runs the analyzers of a schema that is not the reports'."""
    if given is not None:
        from idlibsearch.faces.whoosh_schema import check_same

        check_same(snapshot.schema, snapshot.ranking, given)
    if snapshot.schema is None:
        return None
    if given is None:
        snapshot.schema.check_recorded()
    return _Analysis(snapshot.schema, given)


class _Analysis:
    """Makes the analyzers of a schema when one of them is needed."""

    def __init__(self, schema: Schema, given: WhooshSchema | None) -> None:
        self._schema, self._given = schema, given

    @cached_property
    def _made(self) -> Analysis:
        from idlibsearch.faces.whoosh_schema import analyzers_of

        return analyzers_of(self._schema, self._given)

    def words(self, field: str, value: str | Sequence[str], purpose: Purpose) -> list[tuple[str, int]]:
        return self._made.words(field, value, purpose)

    def places(self, field: str, text: str) -> list[tuple[int, int, int]]:
        return self._made.places(field, text)


def open(
    path: Pathlike = "index",
    schema: WhooshSchema | None = None,
    *,
    verify: bool = False,
    wait_s: float = WAIT_S,
    merge: Merging = "foreground",
) -> Index:
    """Open the index in a folder.

    ``schema``: the ``whoosh.fields.Schema`` that it was made with, needed where that has analyzers that are not Whoosh's own.
    ``verify``: read every byte and compare it with its checksum first (some 2 GB a second), in place of only those that all else
    hangs on. ``check`` does that and looks at what the numbers mean as well.
    ``wait_s``: how many seconds changes wait while another writer has the index (0: not at all) before they raise LockedError.
    ``merge``: when are segments merged that commits leave (``index/merge_policy.py`` says which)? At the end of a change
    ("foreground"), in a thread, which ``close`` stops ("background"), or only by ``Index.merge`` ("never").

    Raises NoIndexError where there is none, CorruptIndexError where it is damaged, FormatVersionError or RecipeError where
    another version of this library wrote it, SchemaError where the schema is another one, or is needed.
    """
    return Index(path, schema, verify=verify, wait_s=wait_s, merge=merge)


def create(
    path: Pathlike = "index",
    schema: WhooshSchema | None = None,
    *,
    root: Pathlike | None = None,
    ranking: Mapping[str, float] | None = None,
    wait_s: float = WAIT_S,
    merge: Merging = "foreground",
    stories: bool = True,
) -> Index:
    """Make an empty index in a folder and open it.

    ``schema``: a ``whoosh.fields.Schema`` (``docs/schemas.md``); by default that of reports. One with fields of a report only,
    title and body analysed by ``ReportAnalyzer``, is the reports' with other boosts. ``root``: the folder that keys of files
    are relative to, by default the one that holds the index folder; what is recorded is its place relative to the index
    folder, so that both can move together. ``ranking``: numbers of BM25F as in ``Index.search``, for this index. ``wait_s`` and
    ``merge`` as in ``open``. ``stories``: find near-duplicates among reports at every commit (``docs/understanding.md``).

    Raises IndexExistsError where the folder holds an index or something else, SchemaError for a schema it cannot index and
    for numbers that a ranking cannot have.
    """
    own, ranked = None, Ranking()
    if schema is not None:
        from idlibsearch.faces.whoosh_schema import declared

        own, ranked = declared(schema)
    try:
        ranked = ranked.tuned(ranking or {})
    except ValueError as error:
        raise SchemaError(f"reports cannot be ranked so: {error}") from None
    folder = Path(path)
    make_folder(folder)
    with WriteLock(folder, wait_s):
        if exists(folder):  # somebody else made it while we waited
            raise IndexExistsError(str(folder), "there is an index here already; open it, or name another folder")
        place = os.path.relpath(os.path.realpath(root), os.path.realpath(folder)) if root is not None else ".."
        kept = StoryFiles() if stories and own is None else None
        write_manifest(folder, Manifest(1, RECIPE, ranked, Path(place).as_posix(), schema=own, stories=kept))
    return Index(folder, schema, wait_s=wait_s, merge=merge)

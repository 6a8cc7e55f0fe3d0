"""What an open generation holds, by key: its reports, and what is known of each and of all. Questions are ``searcher``'s."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from idlibsearch.errors import ClosedError, ReportError, SchemaError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Report
from idlibsearch.results.hits import as_report, fields_of

if TYPE_CHECKING:
    from idlibsearch.faces.whoosh_compat import Schema as WhooshSchema
    from idlibsearch.faces.whoosh_reader import IndexReader
    from idlibsearch.results.cite import Citation
    from idlibsearch.results.differences import Differences
    from idlibsearch.results.story import Story
    from idlibsearch.results.verify import Verdict


class Opened:
    """A generation that is open; a context manager. ``Searcher`` and ``Index`` add to it what can be asked and changed."""

    def __init__(self, path: Path, snapshot: Snapshot, schema: WhooshSchema | None = None) -> None:
        self.path = path
        self._open: Snapshot | None = snapshot
        self._given = schema

    @property
    def _snapshot(self) -> Snapshot:
        if self._open is None:
            raise ClosedError(str(self.path))
        return self._open

    @property
    def root(self) -> Path:
        """The folder that keys of files are relative to.

        >>> index.root == idlibsearch.open("index").root
        True
        """
        return (self.path / self._snapshot.manifest.root).resolve()

    @property
    def generation(self) -> int:
        """The number of the commit this object sees; 1 is the empty index.

        >>> before = index.generation
        >>> _ = index.add([Report("a", "A truce holds")])
        >>> index.generation - before
        1
        """
        return self._snapshot.manifest.generation

    @property
    def has_reports(self) -> bool:
        """Does it hold reports? Otherwise documents of a schema of its own.

        >>> index.has_reports
        True
        """
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
        """The report with this key, or None. Raises SchemaError in an index with a schema of its own: see ``document``.

        >>> _ = index.add([Report("a", "A truce holds")])
        >>> index.get("a").title, index.get("nobody")
        ('A truce holds', None)
        """
        found = self._snapshot.get(key)
        return None if found is None else as_report(found)

    def document(self, key: str) -> dict[str, Any] | None:
        """What is stored under this key, field by field, or None; of a report, as plain JSON values.

        >>> _ = index.add([Report("a", "A truce holds", source="Reuters")])
        >>> index.document("a")["source"]
        'Reuters'
        """
        found = self._snapshot.get(key)
        return None if found is None else fields_of(self._snapshot, found)

    def documents(self) -> Iterator[dict[str, Any]]:
        """The same of every report or document, in the order of adding.

        >>> sum(1 for fields in index.documents() if fields.get("source") == "TASS")
        2
        """
        return (fields_of(self._snapshot, found) for found in self._snapshot.reports())

    def verify(self, citations: Iterable[Citation]) -> Iterator[Verdict]:
        """Does each citation still hold, in its source file below ``root`` and in the index? See ``idlibsearch.Verdict``.

        >>> [verdict.state for verdict in index.verify([index.search("sochi")[0].cite()])]
        ['holds']
        """
        from idlibsearch.results.verify import verified

        return verified(citations, self._snapshot, self.root)

    def story(self, key: str) -> Story | None:
        """The story of the report with this key: its near-duplicates, each with how alike it is.

        None where there is no such report, it has no versions, or stories are not kept.

        >>> key = next(hit.key for hit in index.search("*", limit=100) if hit.story)
        >>> [member.key == key for member in index.story(key).members]
        [True, False]
        """
        from idlibsearch.results.story import story_of

        place = self._snapshot.find(key)
        return None if place is None else story_of(self._snapshot, *place)

    def diff(self, a: str, b: str) -> Differences:
        """What changes from the report with the key ``a`` to that with the key ``b``: numbers first, then words.

        Raises ReportError where there is no report with a key.

        >>> _ = index.add([Report("a", "Truce", "18 people were killed."), Report("b", "Truce", "17 people were killed.")])
        >>> [(change.before, change.after) for change in index.diff("a", "b").numbers]
        [('18', '17')]
        """
        from idlibsearch.results.differences import differences

        found = [self.get(key) for key in (a, b)]
        for key, report in zip((a, b), found, strict=True):
            if report is None:
                raise ReportError(key, "there is no report with this key")
        return differences(*[report for report in found if report is not None])

    def stats(self) -> dict[str, Any]:
        """What is in the index: counts and sizes, as plain JSON values.

        >>> index.stats()["reports"], index.stats()["segments"]
        (50, 1)
        """
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

    @property
    def schema(self) -> WhooshSchema:
        """What the index holds as Whoosh declares it: for ``whoosh.qparser.QueryParser``, whose queries ``search`` takes.

        Raises SchemaError where its schema is not the reports' and was not handed in.

        >>> index.schema.names()[:4]
        ['body', 'byline', 'date', 'entities']
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

        >>> from whoosh.searching import Searcher
        >>> with Searcher(index.whoosh_reader()) as whoosh:
        ...     whoosh.doc_count()
        50
        """
        from idlibsearch.faces.whoosh_reader import open_reader

        self._refuse_own_schema("a reader for whoosh is there")
        return open_reader(self._snapshot)

    def _refuse_own_schema(self, what: str) -> None:
        if self._snapshot.schema is not None:
            raise SchemaError(f"{what} for indexes of reports only; type the question")

    def close(self) -> None:
        """Let go of the generation. Raises nothing; whoever asks on gets a ClosedError.

        >>> searcher = index.searcher()
        >>> searcher.close()
        >>> searcher.search("sochi")
        Traceback (most recent call last):
            ...
        idlibsearch.errors.ClosedError: index: this index was closed; open it again
        """
        self._open = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

"""Several changes as one commit: what ``Index.edit`` gives, and what all other ways of changing an index are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from idlibsearch.errors import InputError, SchemaError
from idlibsearch.index.writer import Writer
from idlibsearch.model import Document, Report
from idlibsearch.query.search import Request, search
from idlibsearch.query.tree import Mode
from idlibsearch.results.hits import as_report

if TYPE_CHECKING:
    from idlibsearch.index.schema import Analysis


class KindCount(NamedTuple):
    """What was met of a format: how many files and members were read, left alone as they were, and skipped, and what they gave.

    ``reasons``: why what was skipped was, most frequent first, with how often.

    >>> [kind] = index.add_path("seeds").kinds
    >>> kind.kind, kind.unchanged
    ('text', 5)
    """

    kind: str
    files: int
    unchanged: int
    reports: int
    skipped: int
    reasons: tuple[tuple[str, int], ...] = ()


class Changes(NamedTuple):
    """What a change did, counted in reports; where files were read, also those met, those left alone, those that failed.

    ``skipped``: files, and members or lines of files, that hold no report; ``warnings``: what reports were read without;
    ``kinds``: what was read and what not, by format.

    >>> changes = index.add([Report("a", "A truce holds"), Report("b", "War")])
    >>> changes.added, changes.changed, changes.removed
    (2, 0, 0)
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    files: int = 0
    files_unchanged: int = 0
    skipped: tuple[InputError, ...] = ()
    warnings: tuple[InputError, ...] = ()
    kinds: tuple[KindCount, ...] = ()


class Edit:
    """Changes that come true together; a context manager.

    They count in the order in which they are made. Leaving it commits them at once; leaving it by an error commits nothing.
    What was done is in ``changes`` then. Nobody else can change the index meanwhile, nor can who holds this in another way.

    >>> with index.edit() as edit:
    ...     edit.remove_where("title:ceasefire")
    ...     edit.add([Report("a", "A truce holds")])
    >>> edit.changes.added
    1
    """

    def __init__(self, writer: Writer, analysis: Analysis | None, committed: Callable[[], object]) -> None:
        self.writer = writer
        self._analysis = analysis
        self._committed = committed

    def get(self, key: str) -> Report | None:
        """The report with this key as it was when the edit began, or None; nobody else can have changed it since.

        Raises SchemaError in an index with a schema of its own.

        >>> _ = index.add([Report("a", "A truce holds")])
        >>> with index.edit() as edit:
        ...     old = edit.get("a")
        ...     edit.add([Report("a", old.title + " again")])
        >>> index.get("a").title
        'A truce holds again'
        """
        found = self.writer.snapshot.get(key)
        return None if found is None else as_report(found)

    def add(self, reports: Iterable[Report] | Iterable[Mapping[str, Any]]) -> None:
        """Add reports, each in place of the one with the same key if there is one; one that is as it was is left alone.

        In an index with a schema of its own they are mappings, as for ``Index.add``.

        >>> with index.edit() as edit:
        ...     edit.add(Report(f"news:{n}", f"Truce {n}") for n in range(3))
        >>> "news:2" in index
        True
        """
        for item in self._readable(reports):
            self.writer.add(item)

    def _readable(self, items: Iterable[Report] | Iterable[Mapping[str, Any]]) -> Iterable[Report] | Iterable[Document]:
        """What is to be added, as the index takes it."""
        if self._analysis is None:
            return map(_checked, items)
        from idlibsearch.index.mapping import documents  # noqa: PLC0415 - reports need none of it

        return documents(items, self.writer.snapshot, self._analysis, self.writer.gathered)

    def remove(self, *keys: str) -> None:
        """Remove reports by key, or all reports of a file by its path as it stands in their keys.

        >>> _ = index.add([Report("a", "Truce"), Report("b", "War")])
        >>> with index.edit() as edit:
        ...     edit.remove("a", "b", "nobody")
        >>> edit.changes.removed
        2
        """
        for key in keys:
            self.writer.remove(key)
        self.writer.remove_files(set(keys))

    def remove_where(self, query: str, *, mode: Mode = "all", strict: bool = True) -> None:
        """Remove the reports that answer a question, of those that were there when the edit began and were not added again.

        ``mode`` as in ``Index.search``. ``strict``: a question that there is anything odd about is refused, as one that does not
        say what was meant may remove what was not meant. Raises QueryError.

        >>> with index.edit() as edit:
        ...     edit.remove_where("sochi")
        >>> index.search("sochi").total
        0
        """
        found = search(self.writer.snapshot, Request(query, 0, mode=mode, strict=strict))
        for number, docs in enumerate(found.docs):
            self.writer.remove_docs(number, docs)

    @property
    def changes(self) -> Changes:
        """What was done, once it is committed.

        >>> with index.edit() as edit:
        ...     edit.add([Report("a", "A truce holds")])
        >>> edit.changes.added
        1
        """
        counts = self.writer.counts
        return Changes(counts.added, counts.changed, counts.unchanged, counts.removed)

    def __enter__(self) -> Self:
        self.writer.__enter__()
        self.writer.snapshot.analysis = self._analysis
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.writer.__exit__(kind, error, trace)
        if kind is None:
            self._committed()


def _checked(item: object) -> Report:
    if not isinstance(item, Report):
        raise SchemaError(f"this index holds reports, and a {type(item).__name__} is none; add idlibsearch.Report values")
    return item

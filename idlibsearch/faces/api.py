"""The Python face: ``open`` or ``create`` an index, add reports, ask.

Everything the command line does is a method here. Nothing is printed; what goes wrong is an ``IdlibsearchError``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakSet

from idlibsearch.analysis.analyzer import RECIPE
from idlibsearch.errors import DiskError, IdlibsearchError, IndexExistsError, SchemaError
from idlibsearch.faces.own_analysis import analysis_of
from idlibsearch.faces.searcher import Searcher
from idlibsearch.index.directory import Manifest, StoryFiles, exists, make_folder, write_manifest
from idlibsearch.index.fields import Ranking
from idlibsearch.index.forks import BRIEFLY
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.model import Report

if TYPE_CHECKING:
    from idlibsearch.faces.alerts import Alerted, Alerts
    from idlibsearch.faces.edit import Changes, Edit
    from idlibsearch.faces.whoosh_compat import Schema as WhooshSchema
    from idlibsearch.index.background import Background
    from idlibsearch.ingest.layout import Mode as Split
    from idlibsearch.query.tree import Mode

    OnAlert = Callable[[Alerted], object]

Pathlike = str | os.PathLike[str]
Merging = Literal["foreground", "background", "never"]
MEMORY_MB = 512  # enough for runs of some 100,000 news reports in one process
WAIT_S = 10.0  # long enough for another writer's small commit, short enough for a person to wait


class Index(Searcher):
    """An open index: all that a ``Searcher`` can be asked, of the newest generation that was seen, and the way to change it.

    A context manager. Searching and refreshing are safe from many threads at once, and in forked children; every change is one
    atomic commit that this object sees at once and others when they ``refresh``. In the examples ``index`` is of the ``seeds``.

    >>> with idlibsearch.open("index") as opened:
    ...     opened.search("ceasefire sochi").total
    1
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
        snapshot = Snapshot.open(Path(path))
        super().__init__(Path(path), snapshot, schema)
        self.wait_s = wait_s
        self._merging = merge
        self._background: Background | None = None
        self._searchers = WeakSet[Searcher]()
        if verify:
            for fault in snapshot.verify():
                raise fault
        snapshot.analysis = self._analysis = analysis_of(snapshot, schema)

    @property
    def alerts(self) -> Alerts:
        """Questions saved with the index, to be asked of its new reports: by ``Alerts.run``, or by a change (``on_alert``).

        >>> _ = index.alerts.add("truce", "truce OR ceasefire")
        >>> _ = index.add([Report("a", "A truce holds")])
        >>> [(alerted.name, alerted.hit.title) for alerted in index.alerts.run()]
        [('truce', 'A truce holds')]
        """
        from idlibsearch.faces.alerts import Alerts

        return Alerts(self.path, lambda: self._snapshot, self.wait_s)

    def add(
        self,
        reports: Iterable[Report] | Iterable[Mapping[str, Any]],
        *,
        processes: int = 1,
        memory_mb: int = MEMORY_MB,
        stories: bool | None = None,
        on_alert: OnAlert | None = None,
    ) -> Changes:
        """Add reports, each in place of the one with the same key if there is one; one commit, which adds one segment.

        In an index with a schema of its own they are mappings of fields to values. The value of the unique field is the key;
        without such a field documents are numbered, and none replaces another. This process alone reads them.

        ``processes`` build at once (1: this one does, else as many others), and take about ``memory_mb`` MB altogether, but never
        less than 128 each; neither changes what is written. ``stories``: whether near-duplicates are kept from now on (None: as
        before); turned on, those of all reports are found. An error (also of the iterable) leaves the index as it was.

        ``on_alert`` is called with each match (``Alerted``) of a saved question (``alerts``) among what is new, once that is
        committed and before this returns; with one without a ``hit`` for a question that cannot be answered any more. What it
        raises comes through: the change stands then, and all that this would have told comes again with the next run. So it is
        where others are asking the questions and take too long, which raises LockedError.

        Raises LockedError while another writer has the index, WorkerError where another process fails, ReportError for what
        cannot be indexed.

        >>> index.add([Report("a", "A truce holds", date="2020-01-12"), Report("b", "War")]).added
        2
        >>> index.add([Report("a", "A truce holds, still", date="2020-01-13")]).changed
        1
        """
        with self.edit(processes=processes, memory_mb=memory_mb, stories=stories, on_alert=on_alert) as edit:
            edit.add(reports)
        return edit.changes

    def edit(
        self,
        *,
        processes: int = 1,
        memory_mb: int = MEMORY_MB,
        stories: bool | None = None,
        on_alert: OnAlert | None = None,
    ) -> Edit:
        """Several changes as one commit; a context manager.

            with index.edit() as edit:
                edit.remove_where("source:reuters date:2019")
                edit.add(reports)

        ``processes``, ``memory_mb``, ``stories`` and ``on_alert`` as in ``add``. Raises LockedError while another writer has
        the index.

        >>> with index.edit() as edit:
        ...     edit.remove_where("title:ceasefire")
        ...     edit.add([Report("a", "A truce holds")])
        >>> edit.changes.added
        1
        """
        from idlibsearch.faces.edit import Edit
        from idlibsearch.index.writer import Effort, Writer

        _ = self._snapshot  # a closed index cannot be changed either
        writer = Writer(self.path, self.wait_s, Effort(processes, memory_mb), stories)
        return Edit(writer, self._analysis, lambda: self._committed(on_alert))

    def _committed(self, on_alert: OnAlert | None) -> None:
        """See what was committed, tell who is waiting for it, and merge what that makes due."""
        self._see()
        try:
            if on_alert is not None:
                self.alerts.tell(on_alert)
        finally:
            self._merge_due()

    def _merge_due(self) -> None:
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
        on_alert: OnAlert | None = None,
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
        counts by format. ``processes``, ``memory_mb``, ``stories`` and ``on_alert`` as in ``add``; this process reads the files.

        ``checkpoint_s``: commit what was read so far whenever that many seconds have passed, so that a run that breaks off is
        taken up by the next where it was then. Others see what is there meanwhile.

        >>> index.add_path("seeds").files_unchanged
        5
        """
        if self._snapshot.schema is not None:
            raise SchemaError("files hold reports, and this index has a schema of its own; add mappings of its fields")
        from idlibsearch.analysis.gazetteer import read
        from idlibsearch.faces.update import Update
        from idlibsearch.ingest.pages import read_paths

        names = None if gazetteer is None else read(gazetteer)
        with self.edit(processes=processes, memory_mb=memory_mb, stories=stories, on_alert=on_alert) as edit:
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
        """Remove reports by key, or all reports of a file by its path as it stands in their keys; one commit.

        >>> _ = index.add([Report("a", "A truce holds")])
        >>> index.remove("a", "nobody").removed
        1
        """
        with self.edit() as edit:
            edit.remove(*keys)
        return edit.changes

    def remove_where(self, query: str, *, mode: Mode = "all", strict: bool = True) -> Changes:
        """Remove all reports that answer a question; one commit.

        ``mode`` as in ``search``. ``strict``: a question that there is anything odd about is refused, as one that does not say
        what was meant may remove what was not meant. Raises QueryError.

        >>> index.remove_where("sochi").removed
        2
        """
        with self.edit() as edit:
            edit.remove_where(query, mode=mode, strict=strict)
        return edit.changes

    def merge(self) -> bool:
        """Make one segment of all, without the reports that were removed or replaced; one commit. False: there was nothing to do.

        Takes as long as copying the index and some; who reads or writes meanwhile is not disturbed. The old files go with the
        next change.

        >>> _ = index.remove_where("sochi")
        >>> index.merge()
        True
        """
        from idlibsearch.index.merging import all_of, merge_chosen

        _ = self._snapshot
        merge_chosen(self.path, all_of, self.wait_s)
        return self._see()

    def refresh(self) -> bool:
        """See the newest generation; True if it is another one. Results got before stay as they are.

        Costs what is new: segments that were open stay so. Never fails because others commit or merge meanwhile.

        >>> with idlibsearch.open("index") as other:
        ...     _ = other.add([Report("a", "A truce holds")])
        >>> "a" in index, index.refresh(), "a" in index
        (False, True, True)
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

    def searcher(self) -> Searcher:
        """The generation that this object sees now, to be asked again and again: whatever is committed, merged or refreshed
        meanwhile, its answers stay the same and go together.

        Costs nothing. It is closed when this object is, at the latest. Raises ClosedError where that is closed.

        >>> with index.searcher() as searcher:
        ...     _ = index.remove_where("sochi")
        ...     searcher.search("sochi").total, index.search("sochi").total
        (2, 0)
        """
        with BRIEFLY:
            searcher = Searcher(self.path, self._snapshot, self._given)
            self._searchers.add(searcher)
        return searcher

    def check(self, progress: Callable[[str, int, int], None] | None = None) -> list[IdlibsearchError]:
        """Everything that is wrong with the newest generation on disk; empty where it is sound.

        ``progress`` is called with the name of each segment before it is looked at, its number, and how many there are.

        >>> index.check()
        []
        """
        from idlibsearch.index.check import check

        return check(self.path, progress)

    def rebuild(self, schema: WhooshSchema | None = None, *, progress: Callable[[int, int], None] | None = None) -> None:
        """Analyse all stored reports again, without their sources, in one commit; as ``idlibsearch.rebuild``.

        >>> index.rebuild()
        >>> index.search("sochi").total
        2
        """
        from idlibsearch.faces.care import rebuild

        _ = self._snapshot
        rebuild(self.path, schema, progress=progress)
        self._see()

    def copy(self, target: Pathlike, *, link: bool = False, progress: Callable[[int, int], None] | None = None) -> None:
        """Copy the newest generation, and saved questions, into a new or empty folder while others read and write; as
        ``idlibsearch.copy``.

        >>> index.copy("backup")
        >>> len(idlibsearch.open("backup")) == len(index)
        True
        """
        from idlibsearch.faces.care import copy

        copy(self.path, target, link=link, progress=progress)

    def close(self) -> None:
        """Let go of the index; hits got before can still be shown as far as they were read.

        >>> index.close()
        >>> index.search("sochi")
        Traceback (most recent call last):
            ...
        idlibsearch.errors.ClosedError: index: this index was closed; open it again
        """
        if self._background is not None:
            self._background.stop()
        with BRIEFLY:
            snapshot, self._open = self._open, None
            searchers = list(self._searchers)
        for searcher in searchers:
            searcher.close()
        if snapshot is not None:
            snapshot.close()


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

    >>> with idlibsearch.open("index") as opened:
    ...     opened.search("sochi").total
    2
    """
    return Index(path, schema, verify=verify, wait_s=wait_s, merge=merge)


def create(
    path: Pathlike = "index",
    schema: WhooshSchema | None = None,
    *,
    root: Pathlike | None = None,
    ranking: Mapping[str, float | str] | None = None,
    wait_s: float = WAIT_S,
    merge: Merging = "foreground",
    stories: bool = True,
) -> Index:
    """Make an empty index in a folder and open it.

    ``schema``: a ``whoosh.fields.Schema`` (``docs/schemas.md``); by default that of reports. One with fields of a report only,
    title and body analysed by ``ReportAnalyzer``, is the reports' with other boosts. ``root``: the folder that keys of files
    are relative to, by default the one that holds the index folder; what is recorded is its place relative to the index
    folder, so that both can move together. ``ranking``: as in ``Index.search``, for this index. ``wait_s`` and
    ``merge`` as in ``open``. ``stories``: find near-duplicates among reports at every commit (``docs/understanding.md``).

    Raises IndexExistsError where the folder holds an index or something else, SchemaError for a schema it cannot index and
    for numbers that a ranking cannot have.

    >>> with idlibsearch.create("another") as made:
    ...     made.add([Report("a", "A truce holds")]).added
    1
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

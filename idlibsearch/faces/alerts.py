"""Alerts: questions that are saved with an index and asked of its new reports.

What they find is what each question, asked of the whole index, finds among the reports that were added or changed since. New are
those behind what was seen when alerts were run last, or when the first one was saved. One run follows the other, in whatever
process, so that what one has told the next does not tell again; what was not told to the end is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from idlibsearch.errors import LockedError, QueryError, SearchTimeoutError
from idlibsearch.index.directory import read_manifest
from idlibsearch.index.lock import WriteLock
from idlibsearch.index.saved import (
    LOCK_NAME,
    Mark,
    Question,
    Saved,
    change,
    mark_of,
    new_docs,
    read,
    read_words,
    write_words,
)
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.forward import Forward
from idlibsearch.query.needs import MADE_BY, Needs, is_sound, needs_of_question
from idlibsearch.query.search import Request, search
from idlibsearch.query.tree import Mode
from idlibsearch.results.hits import Hit, hits_of

LONGEST_NAME = 200


class Alerted(NamedTuple):
    """A new report that answers a saved question; or (``hit`` is None) a saved question that cannot be answered any more.

    >>> _ = index.alerts.add("truce", "truce OR ceasefire")
    >>> told = []
    >>> _ = index.add([Report("a", "A truce holds")], on_alert=told.append)
    >>> told[0].name, told[0].hit.key, told[0].hit.spans
    ('truce', 'a', {'title': [(1, 2)]})
    """

    name: str
    query: str
    hit: Hit | None
    error: QueryError | SearchTimeoutError | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values: the hit, and where it matched as (start, end) in token positions, by field."""
        head = {"alert": self.name, "query": self.query}
        if self.hit is None:
            return head | {"error": str(self.error)}
        return head | self.hit.to_json() | {"spans": {field: list(map(list, spans)) for field, spans in self.hit.spans.items()}}


class Alerts:
    """The saved questions of an index; what ``Index.alerts`` gives.

    They stand in the index folder. Changing them waits for nobody who adds reports, only for others who change them.

    >>> _ = index.alerts.add("near", "truce NEAR/3 idlib")
    >>> _ = index.add([Report("a", "Truce in Idlib"), Report("b", "A truce")])
    >>> [alerted.hit.key for alerted in index.alerts.run()]
    ['a']
    """

    def __init__(self, folder: Path, snapshot: Callable[[], Snapshot], wait_s: float) -> None:
        self._folder, self._snapshot, self._wait_s = folder, snapshot, wait_s

    @property
    def saved(self) -> dict[str, Question]:
        """Each question (``text``, ``mode``) by its name, in the order of saving.

        >>> _ = index.alerts.add("truce", "truce OR ceasefire")
        >>> index.alerts.saved["truce"].text
        'truce OR ceasefire'
        """
        return dict(read(self._folder).questions)

    def add(self, name: str, query: str, *, mode: Mode = "all") -> tuple[Diagnostic, ...]:
        """Save a question under a name, in place of one that has it; what is worth telling about the question.

        Raises QueryError where it cannot be answered, ValueError for a name that is empty or longer than 200 characters.

        >>> [note.code for note in index.alerts.add("odd", "xylophone OR truce")]
        ['unknown-word']
        """
        return self.add_all({name: query}, mode=mode)[name]

    def add_all(self, questions: Mapping[str, str], *, mode: Mode = "all") -> dict[str, tuple[Diagnostic, ...]]:
        """Save many questions under their names, all of them or none; what is worth telling about each.

        Takes about as long as asking each once: the file that they stand in is written once. Raises what ``add`` does.

        >>> notes = index.alerts.add_all({"truce": "truce OR ceasefire", "talks": "talks NEAR/5 sochi"})
        >>> list(index.alerts.saved)
        ['truce', 'talks']
        """
        for name in questions:
            if not name.strip() or len(name) > LONGEST_NAME:
                raise ValueError(f"a name has 1 to {LONGEST_NAME} characters, not {len(name)}")
        snapshot = self._snapshot()
        told = {name: search(snapshot, Request(query, 0, mode=mode)).diagnostics for name, query in questions.items()}
        new = {name: Question(query, mode) for name, query in questions.items()}
        change(self._folder, self._wait_s, lambda saved: Saved({**saved.questions, **new}, saved.mark or mark_of(snapshot)))
        return told

    def remove(self, *names: str) -> int:
        """Forget questions; how many there were of these names.

        >>> _ = index.alerts.add("truce", "truce")
        >>> index.alerts.remove("truce", "nobody")
        1
        """
        before = len(read(self._folder).questions)
        left = change(
            self._folder,
            self._wait_s,
            lambda saved: saved._replace(questions={name: each for name, each in saved.questions.items() if name not in names}),
        )
        return before - len(left.questions)

    def run(self, *, every: bool = False) -> Iterator[Alerted]:
        """Ask all saved questions of the reports that are new since they were last asked, or of ``every`` report.

        One question after the other, its reports in the order of adding. That they were asked is written down when all is gone
        through; where that breaks off, the same comes again. A new alert is asked of what is new to all of them. Only one is
        asking at a time: raises LockedError where somebody else is, in this process or another, and takes too long.

        >>> _ = index.alerts.add("truce", "truce")
        >>> _ = index.add([Report("a", "A truce holds")])
        >>> [alerted.hit.key for alerted in index.alerts.run()], list(index.alerts.run())
        (['a'], [])
        """
        with self._alone():
            snapshot, saved = self._snapshot(), read(self._folder)
            if not every and self._is_passed(snapshot, saved.mark):
                return
            forward = Forward(snapshot, new_docs(snapshot, None if every else saved.mark))
            if not forward.is_idle:
                needs = self._needs(snapshot, saved.questions.values())
                for name, question in saved.questions.items():
                    if forward.may_match(needs[question]):
                        yield from _asked(snapshot, forward, name, question)
            if saved.questions:
                mark = mark_of(snapshot)
                change(self._folder, self._wait_s, lambda saved: saved._replace(mark=_later(saved.mark, mark)))

    def tell(self, on_alert: Callable[[Alerted], object]) -> None:
        """The same, each handed to ``on_alert``; what that raises breaks it off, and the same comes again.

        >>> _ = index.alerts.add("truce", "truce")
        >>> _ = index.add([Report("a", "A truce holds")])
        >>> index.alerts.tell(lambda alerted: print(alerted.to_json()["spans"]))
        {'title': [[1, 2]]}
        """
        for alerted in self.run():
            on_alert(alerted)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else asks meanwhile; others may write."""
        lock = WriteLock(self._folder, self._wait_s, LOCK_NAME)
        try:
            lock.__enter__()
        except LockedError as error:
            what = "what was changed stands; somebody else is asking the saved questions"
            raise LockedError(error.path, error.holder, error.waited_s, what) from None
        with ExitStack() as stack:
            stack.push(lock)
            yield

    def _is_passed(self, snapshot: Snapshot, mark: Mark | None) -> bool:
        """Were the questions asked of a later generation of this index already, which this object does not see yet?"""
        return mark is not None and snapshot.generation < mark.generation <= read_manifest(self._folder).generation

    def _needs(self, snapshot: Snapshot, questions: Iterable[Question]) -> dict[Question, Needs]:
        """The words that each question needs; those of new questions are found out, and kept for the next time.

        Of an index with analyzers of its own nothing is known.
        """
        if snapshot.schema is not None:
            return {question: [] for question in questions}
        kept = {name: needs for name, needs in read_words(self._folder, MADE_BY).items() if is_sound(needs)}
        needs = {
            question: kept[key] if (key := f"{question.mode} {question.text}") in kept else needs_of_question(*_read(question))
            for question in questions
        }
        words = {f"{question.mode} {question.text}": needed for question, needed in needs.items()}
        if words.keys() != kept.keys():
            write_words(self._folder, MADE_BY, words)
        return needs


def _read(question: Question) -> tuple[str, Mode]:
    return question.text, "any" if question.mode == "any" else "all"


def _asked(snapshot: Snapshot, forward: Forward, name: str, question: Question) -> Iterator[Alerted]:
    text, mode = _read(question)
    try:
        found = search(snapshot, Request(text, 0, mode=mode))
        hits = hits_of(snapshot, found, forward.matches(found))
    except (QueryError, SearchTimeoutError) as error:
        yield Alerted(name, text, None, error)
    else:
        yield from (Alerted(name, text, hit) for hit in hits)


def _later(one: Mark | None, other: Mark) -> Mark:
    """Somebody else may have run alerts meanwhile, and seen more."""
    return one if one is not None and one.generation > other.generation else other

"""What a question found: its hits, and what is computed when it is asked for (the total, all docs, where they match)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from idlibsearch.errors import KernelError, SearchTimeoutError
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.limits import Deadline
from idlibsearch.query.match import Marks, Matcher
from idlibsearch.query.order import Scored
from idlibsearch.query.steps import Step
from idlibsearch.query.tree import Node

try:
    from idlibsearch.query import docsets, lists
except ImportError as error:
    raise KernelError("idlibsearch.query.lists") from error

if TYPE_CHECKING:
    from idlibsearch.query.feedback import Added
    from idlibsearch.query.unscored import Unscored


class Found:
    """What a question found: the ``hits`` asked for, in order; how many there are in all and where they match, when asked.

    ``is_partial``: the time was up before all was looked at, which the request allows. Whatever is computed later raises
    SearchTimeoutError where it takes too long. ``expansion``: what was added to the question, where that was asked for.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        tree: Node,
        plan: Step,
        diagnostics: tuple[Diagnostic, ...],
        deadline: Deadline,
        *,
        partial: bool,
    ) -> None:
        self.snapshot = snapshot
        self.allows_partial = partial
        self.tree = tree
        self.plan = plan
        self.diagnostics = diagnostics
        self.deadline = deadline
        self.hits: tuple[Scored, ...] = ()
        self.is_partial = False
        self.chosen_of: Found | None = None
        self.expansion: tuple[Added, ...] | None = None

    @property
    def whole(self) -> Found:
        """All that matched: where a story counts once, what this is a choice of."""
        return self.chosen_of or self  # kept as itself it would be a cycle, and memory wait for the collector

    @cached_property
    def matchers(self) -> tuple[Matcher, ...]:
        """One for each segment."""
        return tuple(Matcher(self.snapshot, number, self.deadline) for number in range(len(self.snapshot.segments)))

    def unscored(self, number: int) -> Unscored:
        """What matches plans against a segment without scores."""
        from idlibsearch.query.unscored import Unscored  # noqa: PLC0415 - only for those who count or restrict

        return Unscored(self.snapshot.segments[number], self.matchers[number])

    @cached_property
    def lists(self) -> tuple[lists.Scored, ...]:
        """All docs that match and their scores, by segment, deleted ones included."""
        return tuple(matcher.run(self.plan) for matcher in self.matchers)

    @cached_property
    def sets(self) -> tuple[docsets.Docset, ...]:
        """All live docs that match, as bitmaps, by segment; from the lists where there are any, else without a score."""
        with self.deadline:
            matching = [self._matching(number) for number in range(len(self.snapshot.segments))]
        return tuple(
            docsets.alive(segment.postings, docs) for segment, docs in zip(self.snapshot.segments, matching, strict=True)
        )

    def _matching(self, number: int) -> docsets.Docset:
        if "lists" in self.__dict__:
            return docsets.of(self.lists[number][0], self.snapshot.segments[number].doc_count)
        return self.unscored(number).docs(self.plan)

    @cached_property
    def total(self) -> int:
        """How many live docs match."""
        return sum(map(docsets.size, self.sets))

    @property
    def known_total(self) -> int | None:
        """The total; None where the time is up and that is allowed."""
        if self.is_partial:
            return None
        try:
            return self.total
        except SearchTimeoutError:
            self.is_partial = self.allows_partial
            if not self.is_partial:
                raise
            return None

    @cached_property
    def docs(self) -> tuple[memoryview[int], ...]:
        """All live docs that match, uint32 ascending, by segment."""
        return tuple(map(docsets.members, self.sets))

    def scores(self, number: int, docs: memoryview[int]) -> memoryview[float]:
        """The scores of some docs (ascending) of a segment, all of which match."""
        return self.matchers[number].scores(self.plan, docs)

    def marks(self, hit: Scored) -> Marks:
        """The spans that take part in a hit's match, by column."""
        return self.matchers[hit.segment].marks(self.plan, hit.doc) or {}

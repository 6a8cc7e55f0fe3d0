"""Which docs nearness could be satisfied in, as far as that is known before anything is read of where words stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from idlibsearch.index.segment import Segment
from idlibsearch.query import docsets
from idlibsearch.query.restrict import picked
from idlibsearch.query.steps import Apart, Beside, Chosen, Early, Either, Leaf, Mentioned, Spanned, Together


class Candidates:
    """Candidates of a segment; ``docs_of`` says in which docs a word or a phrase is."""

    def __init__(self, segment: Segment, docs_of: Callable[[Leaf], docsets.Docset]) -> None:
        self._segment = segment
        self._docs_of = docs_of

    def of(self, spanned: Spanned) -> docsets.Docset | None:
        """All docs in which it could be satisfied, and some others; None where any might be one: spellings are not looked up."""
        match spanned:
            case Leaf():
                return None if any(isinstance(unit, Chosen) for unit in spanned.units) else self._docs_of(spanned)
            case Mentioned():
                return picked(spanned, self._segment)
            case Apart():
                return self.of(spanned.parts[0])
            case Early():
                return self.of(spanned.part)
            case Either():
                parts = [self.of(part) for part in spanned.parts]
                known = [part for part in parts if part is not None]
                return reduce(docsets.either, known) if len(known) == len(parts) else None
            case Beside() | Together():
                known = [part for part in map(self.of, spanned.parts) if part is not None]
                return reduce(docsets.both, known) if known else None

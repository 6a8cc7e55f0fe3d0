"""Where entities are mentioned in those docs of a segment that may matter."""

from __future__ import annotations

from idlibsearch.index.mentions import spans_of
from idlibsearch.index.segment import Segment
from idlibsearch.query import docsets
from idlibsearch.query.limits import Deadline
from idlibsearch.query.restrict import picked
from idlibsearch.query.spans import Occurrences
from idlibsearch.query.steps import Mentioned


def mentions(mentioned: Mentioned, segment: Segment, among: docsets.Docset | None, deadline: Deadline) -> Occurrences:
    """The mentions in docs of a set (None: all), by doc, field and start. Raises LateError, CorruptIndexError."""
    deadline.check()
    having = picked(mentioned, segment)
    docs = docsets.members(having if among is None else docsets.both(having, among))
    return Occurrences(*spans_of(segment, docs, mentioned.column, mentioned.name, deadline.check))

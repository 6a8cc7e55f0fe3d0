"""What the reader of a question is told about it: nothing is rewritten, dropped or guessed in silence."""

from __future__ import annotations

from typing import NamedTuple

from idlibsearch.errors import QueryError


class Diagnostic(NamedTuple):
    """Something about a query worth telling.

    ``span`` is (start, end) in the typed text, in characters; ``code`` a stable short name; ``message`` the cause and what
    was run; ``advice`` the cure, may be empty. ``text`` is what the span is in, where that is a filter and not the question.

    >>> [note] = index.search("ceasefire xylophone").diagnostics
    >>> note.code, note.span, note.message
    ('unknown-word', (10, 19), 'no report has the word xylophone')
    """

    span: tuple[int, int]
    code: str
    message: str
    advice: str = ""
    text: str = ""


def refuse_all(query: str, diagnostics: tuple[Diagnostic, ...]) -> None:
    """Raise the first diagnostic as a QueryError: what ``strict`` asks for."""
    for diagnostic in diagnostics:
        raise QueryError(diagnostic.text or query, diagnostic.span, diagnostic.message, diagnostic.advice)

"""What two versions of a report change: numbers first, then words, each with the words around it.

Texts are compared token by token (``difflib``, after Ratcliff and Obershelp), so that line breaks and spacing are no changes;
tokens are the same where they are written the same but for case. Where one piece of text takes the place of another, a change is
one of numbers if the numbers in it differ, written in digits or in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.model import Report

_OPENING = " \"'“‘«„([{<"
AROUND = 5  # words shown on either side of a change
EXACT = 25_000_000  # pairs of tokens above which frequent words do not begin a match: they would be tried too often
LONGEST = 20_000  # tokens above which texts are not compared piece by piece


class Change(NamedTuple):
    """A place where two texts differ: ``before`` stands in the first, ``after`` in the second, either may be "".

    ``field``: "title" or "body". ``numbers``: (those before, those after) where these differ. ``left`` and ``right``: the words
    around it in the first text.

    >>> _ = index.add([Report("a", "Eighteen killed in Idlib"), Report("b", "Seventeen killed in Idlib")])
    >>> [change] = index.diff("a", "b").changes
    >>> change.before, change.after, change.numbers
    ('Eighteen', 'Seventeen', (('18',), ('17',)))
    """

    field: str
    before: str
    after: str
    left: str
    right: str
    numbers: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        numbers = None if self.numbers is None else {"before": list(self.numbers[0]), "after": list(self.numbers[1])}
        return self._asdict() | {"numbers": numbers}


class Differences(NamedTuple):
    """What changes from the report with the key ``a`` to that with the key ``b``: changes of numbers first.

    >>> _ = index.add([Report("a", "Truce", "18 people were killed."), Report("b", "Truce", "17 people died.")])
    >>> [(change.before, change.after) for change in index.diff("a", "b").changes]
    [('18', '17'), ('were killed', 'died')]
    """

    a: str
    b: str
    changes: tuple[Change, ...]

    @property
    def numbers(self) -> tuple[Change, ...]:
        """The changes of numbers."""
        return tuple(change for change in self.changes if change.numbers is not None)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"a": self.a, "b": self.b, "changes": [change.to_json() for change in self.changes]}


def differences(a: Report, b: Report) -> Differences:
    """Compare two reports."""
    found = [*_changes("title", a.title, b.title), *_changes("body", a.body, b.body)]
    return Differences(a.key, b.key, tuple(sorted(found, key=lambda change: change.numbers is None)))


class _Text:
    """A text and its tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = tokenize(text)
        self.words = [fold(text[start:end]).lower() for start, end in self.spans]

    def piece(self, start: int, end: int) -> str:
        """What stands from one token to another, on one line."""
        start, end = max(start, 0), min(end, len(self.spans))
        return " ".join(self.text[self.spans[start][0] : self.spans[end - 1][1]].split()) if start < end else ""

    def ahead(self, start: int, end: int) -> str:
        """The same, with what stands between it and the token behind it but for what that opens with."""
        behind = self.spans[end][0] if end < len(self.spans) else len(self.text)
        return " ".join(self.text[self.spans[start][0] : behind].split()).rstrip(_OPENING) if start < end else ""

    def numbers(self, start: int, end: int) -> tuple[str, ...]:
        """The numbers from one token to another: 17, where the text says 17 or seventeen."""
        terms = (term for token in self.spans[start:end] for term, _, _ in analyze(self.text[token[0] : token[1]]).terms)
        return tuple(term for term in terms if term[:1].isdigit())


def _changes(field: str, a: str, b: str) -> Iterator[Change]:
    before, after = _Text(a), _Text(b)
    pieces = [(0, 0, 0, 0), *_pieces(before.words, after.words), (len(before.words),) * 4]
    for (_, least, *_), (start, end, other_start, other_end), (most, *_) in zip(pieces, pieces[1:], pieces[2:], strict=False):
        numbers = before.numbers(start, end), after.numbers(other_start, other_end)
        yield Change(
            field,
            before.piece(start, end),
            after.piece(other_start, other_end),
            before.ahead(max(start - AROUND, least), start),  # from the last change on, so that it stands so in both
            before.piece(end, min(end + AROUND, most)),
            numbers if numbers[0] != numbers[1] else None,
        )


def _pieces(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where two lists of words differ; a stretch that takes the place of one of the same length is told word by word."""
    if max(len(a), len(b)) > LONGEST:
        if a != b:
            yield 0, len(a), 0, len(b)
        return
    for kind, start, end, other_start, other_end in SequenceMatcher(None, a, b, autojunk=len(a) * len(b) > EXACT).get_opcodes():
        if kind == "replace" and end - start == other_end - other_start:
            yield from ((start + n, start + n + 1, other_start + n, other_start + n + 1) for n in range(end - start))
        elif kind != "equal":
            yield start, end, other_start, other_end

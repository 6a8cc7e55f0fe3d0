"""Mentions by their definition: characters of a report and the tokens they overlap; and the bytes that an index keeps of them.

The oracle of ``index/mentions.py`` and ``index/mention_lists.pyx``.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from naive_tokens import tokenize

from idlibsearch.analysis.analyzer import analyze
from idlibsearch.index.columns import folded_value
from idlibsearch.index.fields import text_of
from idlibsearch.model import Report

Mention = tuple[int, int, int, int, int, int]  # doc, column, kind, start, stop, rank


def spans(report: Report, field: str, kind: str, name: str = "") -> set[tuple[int, int]]:
    """Where a field mentions entities of a kind, of any one or the one of a name: from the first to the last token of each."""
    text = text_of(report, field)
    tokens = tokenize(text)
    positions = [0, *accumulate(analyze(text[start:end]).positions for start, end in tokens)]
    found = set()
    for entity in report.entities:
        inside = [n for n, (start, end) in enumerate(tokens) if start < entity.end and entity.start < end]
        is_meant = entity.name.strip() and entity.type.lower() == kind.lower() and name in ("", folded_value(entity.name))
        if entity.field == field and inside and is_meant:
            found.add((positions[inside[0]], positions[inside[-1] + 1]))
    return found


def is_mentioned(report: Report, kind: str, name: str = "") -> bool:
    """Does a report name an entity of a kind, wherever it says so?"""
    entities = [entity.name for entity in report.entities if entity.type.lower() == kind.lower()]
    names = [*entities, *report.keywords.get(kind.lower(), ())]
    return any(value.strip() and name in ("", folded_value(value)) for value in names)


def written(mentions: Iterable[Mention], doc_count: int) -> tuple[list[int], bytes]:
    """The two sections of mentions, which are in order."""
    groups: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for doc, column, kind, start, stop, rank in mentions:
        groups.setdefault((doc, column << 3 | kind), []).append((start, stop, rank))
    of_doc = [b""] * doc_count
    for (doc, number), entries in groups.items():
        body, before = b"", 0
        for start, stop, rank in entries:
            width = stop - start
            body += sevens(start - before) + sevens(rank << 2 | min(width - 1, 3)) + (sevens(width - 4) if width > 3 else b"")
            before = start
        of_doc[doc] += sevens(number) + sevens(len(body)) + body
    return [0, *accumulate(map(len, of_doc))], b"".join(of_doc)


def sevens(number: int) -> bytes:
    """A number seven bits a byte, the lowest first, all bytes but the last marked."""
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + sevens(number >> 7)

"""Gathers where entities are mentioned in a segment's reports and writes it (``mentions`` specifies the sections)."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from idlibsearch.errors import KernelError
from idlibsearch.index.fields import Ranking
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.mentions import mentions_of
from idlibsearch.model import Report

try:
    from idlibsearch.index.inverter import TokenStream
    from idlibsearch.index.mention_lists import packed
except ImportError as error:
    raise KernelError("idlibsearch.index.mention_lists") from error

if TYPE_CHECKING:
    from idlibsearch.index.mention_lists import Packed

MENTION_BYTES = 27  # one that was gathered, and packed


class MentionsWriter:
    """Gathers mentions by tokens, as reports come; ``write`` makes them positions and puts them into the file."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking
        self._rows, self._kinds, self._ranks = array("Q"), array("B"), array("I")
        self._firsts, self._stops = array("I"), array("I")

    @property
    def size_bytes(self) -> int:
        """About how much memory the mentions take, when they are written."""
        return MENTION_BYTES * len(self._rows)

    def add(self, doc: int, report: Report) -> None:
        """Append the mentions of a report."""
        for column, kind, first, stop, rank in mentions_of(report, self._ranking):
            self._rows.append(doc * len(self._ranking.fields) + column)
            self._kinds.append(kind)
            self._ranks.append(rank)
            self._firsts.append(first)
            self._stops.append(stop)

    def write(self, out: SectionWriter, stream: TokenStream, doc_count: int) -> None:
        """Write the sections; ``stream``: the tokens of all reports."""
        if self._rows:
            stream.locate(self._rows, self._firsts, self._stops)
            fields = len(self._ranking.fields)
            write_mentions(out, packed(self._rows, self._kinds, self._ranks, self._firsts, self._stops, fields, doc_count))


def write_mentions(out: SectionWriter, sections: Packed) -> None:
    """Write the two sections."""
    starts, data = sections
    out.add("mentions.starts", "Q", starts)
    out.add("mentions", "B", data)

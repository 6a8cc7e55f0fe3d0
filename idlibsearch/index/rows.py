"""Writes what a segment keeps doc by doc: keys, dates, files, field lengths, starts of sentences (``segment`` specifies them).

The two ways of making a segment, ``builder`` and ``merge``, share it. Needs numpy.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable

import numpy as np

from idlibsearch.errors import KernelError
from idlibsearch.index.fields import Ranking
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.segment import NO_FILE
from idlibsearch.index.strings import Table, write_strings, write_table
from idlibsearch.index.wordlist import U32, U64
from idlibsearch.model import Report, ReportDate

try:
    from idlibsearch.index.encoder import length_codes
except ImportError as error:
    raise KernelError("idlibsearch.index.encoder") from error


class Rows:
    """Keys, dates and files of reports, gathered."""

    def __init__(self) -> None:
        self._keys = bytearray()
        self._key_ends = array("I")
        self.date_starts, self.date_ends = array("i"), array("i")
        self.files: list[str | None] = []
        self.prints: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._key_ends)

    @property
    def size_bytes(self) -> int:
        """About how much memory the keys take, with the sorting of them; the rest is the same for every report."""
        return 3 * len(self._keys)

    @property
    def keys(self) -> Table:
        """The keys, by doc."""
        return Table(bytes(self._keys), self._key_ends)

    def add(self, report: Report) -> None:
        """Append a report."""
        self._append(report.key, report.date)
        self.files.append(report.provenance.path if report.provenance else None)
        if report.provenance:
            self.prints[report.provenance.path] = report.provenance.fingerprint

    def add_key(self, key: str) -> None:
        """Append a document, which has no date of publication and comes from no file."""
        self._append(key, None)
        self.files.append(None)

    def _append(self, key: str, date: ReportDate | None) -> None:
        self._keys += key.encode("utf-8", "surrogatepass")
        self._key_ends.append(len(self._keys))
        self.date_starts.append(date.start.toordinal() if date else 0)
        self.date_ends.append(date.end.toordinal() if date else 0)


def write_rows(out: SectionWriter, rows: Rows) -> None:
    """Write keys, dates and files."""
    keys = rows.keys
    order = array("I", sorted(range(len(rows)), key=lambda doc: (keys.bytes_of(doc), doc)))
    write_dates(out, rows.date_starts, rows.date_ends)
    write_keys(out, keys, order)
    numbers = {path: number for number, path in enumerate(sorted(rows.prints))}
    of_doc = array("I", (NO_FILE if path is None else numbers[path] for path in rows.files))
    write_files(out, numbers, (rows.prints[path] for path in numbers), of_doc)


def write_dates(out: SectionWriter, starts: array[int], ends: array[int]) -> None:
    """Write publication dates, int32[docs] each."""
    out.add("dates.start", "i", starts)
    out.add("dates.end", "i", ends)


def write_keys(out: SectionWriter, keys: Table, order: array[int]) -> None:
    """Write the keys; ``order``: uint32[docs], docs by key."""
    write_table(out, "keys", keys)
    out.add("keys.order", "I", order)


def write_files(out: SectionWriter, files: Iterable[str], prints: Iterable[str], of_doc: array[int]) -> None:
    """Write the files, sorted, their fingerprints beside them, and ``of_doc``: uint32[docs], each doc's file or NO_FILE."""
    write_strings(out, "files", files)
    write_strings(out, "files.prints", prints)
    out.add("docs.file", "I", of_doc)


def write_lengths(out: SectionWriter, lengths: U32, ranking: Ranking) -> None:
    """Write field lengths, uint32[docs, fields], and what they come to."""
    out.add("lengths", "I", lengths)
    out.add("lengths.codes", "B", length_codes(lengths.ravel(), lengths.shape[1]))
    sums = {
        field.name: [int(lengths[:, column].sum()), int(np.count_nonzero(lengths[:, column]))]
        for column, field in enumerate(ranking.fields)
    }
    out.add("meta", "B", json.dumps({"docs": len(lengths), "lengths": sums}).encode("ascii"))


def word_counts(lengths: U32, ranking: Ranking) -> list[int]:
    """How long each report is, title and body together; nothing of documents of other schemas."""
    if not ranking.of_reports:
        return []
    counts: list[int] = (lengths[:, ranking.column("title")] + lengths[:, ranking.column("body")]).tolist()
    return counts


def write_breaks(out: SectionWriter, name: str, ends: U64, starts: U32) -> None:
    """Write where sentences or paragraphs start, in positions of the body; ``ends``: uint64[docs], where each doc's end."""
    out.add(f"{name}.starts", "Q", np.concatenate((np.zeros(1, np.uint64), ends)))
    out.add(name, "I", starts)

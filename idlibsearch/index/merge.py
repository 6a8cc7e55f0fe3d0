"""Makes one segment of several: the same bytes that one builder would have written for the same reports.

Everything streams from the maps of the segments to the file but for the words, numbers of 4 to 16 bytes a report, and the
lists of a few terms at a time. Deleted docs are left out, and the words that only they had. One trace of them may stay: a
spelling they had in a field without positions (dates, names) stays as long as the terms it stands for are in such a field.

Needs numpy.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from idlibsearch.errors import CorruptIndexError, KernelError
from idlibsearch.index.documents import DocumentsWriter
from idlibsearch.index.fields import Ranking
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.lock import go_on
from idlibsearch.index.merge_columns import merge_columns, parts_of
from idlibsearch.index.merge_mentions import merge_mentions
from idlibsearch.index.merge_words import merge_words
from idlibsearch.index.rows import write_files, write_lengths
from idlibsearch.index.segment import NO_FILE, Segment
from idlibsearch.index.stretches import Merged, Stretch
from idlibsearch.index.strings import Strings
from idlibsearch.index.wordlist import U32

try:
    from idlibsearch.index.merger import TableMerge
except ImportError as error:
    raise KernelError("idlibsearch.index.merger") from error


def merge(
    path: Path,
    segments: Sequence[Segment],
    stretches: Sequence[Stretch],
    ranking: Ranking,
    ask: Callable[[], None] = go_on,
) -> None:
    """Write the docs of ``stretches`` as one segment file.

    ``ask`` is called now and then; what it raises ends the merge, and nothing is left of the file. Raises CorruptIndexError where
    a segment is damaged.
    """
    merged = Merged(segments, stretches)
    try:
        with SectionWriter(path) as out:
            _merge_documents(out, merged, ask)
            lengths = _merge_lengths(out, merged, ranking)
            merge_columns(out, merged)
            for name in ("sentences", "paragraphs"):
                starts = merged.arrays(f"{name}.starts")
                out.add(f"{name}.starts", "Q", np.concatenate((np.zeros(1, np.uint64), merged.ends(starts))))
                out.begin(name, "I")
                for part in merged.ranges(starts, merged.arrays(name)):
                    out.write(part)
            merge_mentions(out, merged, ask)
            merge_words(out, merged, lengths, ranking, ask)
            _merge_rows(out, merged)
    except (ValueError, IndexError) as error:
        raise CorruptIndexError(str(segments[0].path), f"cannot be merged ({error})") from error


def _merge_documents(out: SectionWriter, merged: Merged, ask: Callable[[], None]) -> None:
    writer = DocumentsWriter(out)
    for part, start, stop in merged.stretches:
        ask()
        writer.copy(merged.segments[part].documents, range(start, stop))
    writer.finish()


def _merge_lengths(out: SectionWriter, merged: Merged, ranking: Ranking) -> U32:
    fields = len(ranking.fields)
    rows = [np.asarray(part) for part in merged.rows(merged.arrays("lengths"), fields)]
    lengths: U32 = np.concatenate([np.zeros(0, np.uint32), *rows])
    write_lengths(out, lengths.reshape(-1, fields), ranking)
    return lengths


def _merge_rows(out: SectionWriter, merged: Merged) -> None:
    for name in ("dates.start", "dates.end"):
        out.begin(name, "i")
        for part in merged.rows(merged.arrays(name)):
            out.write(part)
    _merge_keys(out, merged)
    _merge_files(out, merged)


def _merge_keys(out: SectionWriter, merged: Merged) -> None:
    orders = merged.arrays("keys.order")
    tables = [parts_of(segment, "keys") for segment in merged.segments]
    numbers = TableMerge(tables, orders).numbers
    starts = [np.concatenate((np.zeros(1, np.uint32), np.asarray(ends))) for _, ends in tables]
    out.begin("keys.text", "B")
    for part in merged.ranges(starts, [text for text, _ in tables]):
        out.write(part)
    out.add("keys.ends", "I", merged.ends(starts).astype(np.uint32))
    docs = np.concatenate([docs[np.asarray(order)] for docs, order in zip(merged.docs, orders, strict=True)])
    order = docs[np.lexsort((docs, np.concatenate([np.asarray(part) for part in numbers])))]
    out.add("keys.order", "I", order[order < merged.doc_count])


def _merge_files(out: SectionWriter, merged: Merged) -> None:
    """The files that live docs came from; where two segments know one of them, what the later doc says of it counts."""
    last: dict[str, tuple[int, str]] = {}
    of_doc = [np.asarray(part) for part in merged.arrays("docs.file")]
    names = [Strings(segment.file, "files") for segment in merged.segments]
    for part, segment in enumerate(merged.segments):
        live = (merged.docs[part] < merged.doc_count) & (of_doc[part] != NO_FILE)
        newest = np.zeros(len(names[part]), np.int64)
        np.maximum.at(newest, of_doc[part][live], merged.docs[part][live].astype(np.int64) + 1)
        prints = Strings(segment.file, "files.prints")
        for number in np.flatnonzero(newest).tolist():
            found = (int(newest[number]), prints[number])
            last[names[part][number]] = max(last.get(names[part][number], found), found)
    files = sorted(last)
    numbers = {path: number for number, path in enumerate(files)}
    renumbered = []
    for part, table in enumerate(names):
        new = np.array([*(numbers.get(table[number], NO_FILE) for number in range(len(table))), NO_FILE], np.uint32)
        renumbered.append(new[np.minimum(of_doc[part], len(table))])
    all_docs = np.concatenate([np.zeros(0, np.uint32), *merged.rows(renumbered)])
    write_files(out, files, (last[path][1] for path in files), array("I", all_docs.tobytes()))


def doubled(merged: Merged) -> Iterator[list[tuple[int, int]]]:
    """The (segment, doc) of reports that have a key in common, a list for each such key, in merged order."""
    orders = [np.asarray(order) for order in merged.arrays("keys.order")]
    numbers = TableMerge([parts_of(segment, "keys") for segment in merged.segments], orders).numbers
    if not numbers:
        return
    keys = np.concatenate([np.asarray(part) for part in numbers])
    order = np.lexsort((np.concatenate([docs[order] for docs, order in zip(merged.docs, orders, strict=True)]), keys))
    again = np.concatenate(([False], keys[order[1:]] == keys[order[:-1]], [False]))
    del keys
    parts = np.repeat(np.arange(len(orders)), [len(part) for part in orders])
    docs = np.concatenate(orders)
    firsts = np.flatnonzero(~again[:-1] & again[1:])
    ends = np.flatnonzero(again[:-1] & ~again[1:]) + 1
    for first, end in zip(firsts.tolist(), ends.tolist(), strict=True):
        here = order[first:end]
        yield list(zip(parts[here].tolist(), docs[here].tolist(), strict=True))

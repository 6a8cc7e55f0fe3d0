"""A process that builds runs for another one: ``python -m idlibsearch.index.worker``, started by ``workers``.

It is told in the first line of its input where and what for (JSON), then takes batches: the number of reports and the size of
their records (uint32 each), where each record ends (uint32 each), the records. A batch of none says that all is said. It
answers in one line of JSON: ``{"runs": [[name, [first, end], ...], ...]}`` or ``{"error": text}``. When its input ends early, it
gives up and leaves nothing half written.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import struct
import sys
from array import array
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from idlibsearch.index.documents import from_record
from idlibsearch.index.fields import Ranking
from idlibsearch.index.runs import Batch, LocalRuns, Place

_HEAD = struct.Struct("<III")


def write_place(out: IO[bytes], place: Place) -> None:
    """Send what runs are built for."""
    told = {"folder": str(place.folder), "stem": place.stem, "ranking": place.ranking.to_json(), "memory": place.memory_bytes}
    out.write(json.dumps(told).encode("ascii") + b"\n")


def write_batch(out: IO[bytes], batch: Batch) -> None:
    """Send a batch; one without reports is the last."""
    ends, total = array("I"), 0
    for record in batch.records:
        total += len(record)
        ends.append(total)
    out.write(_HEAD.pack(batch.first, len(ends), total))
    out.write(ends)
    out.write(b"".join(batch.records))
    out.flush()


def read_batch(source: IO[bytes]) -> Batch:
    """Receive a batch. Raises EOFError where the other side is gone."""
    first, count, total = _HEAD.unpack(_read(source, _HEAD.size))
    ends = array("I", _read(source, 4 * count))
    data = _read(source, total)
    records = [data[start:end] for start, end in pairwise([0, *ends])]
    return Batch(first, [from_record(record) for record in records], records)


def _read(source: IO[bytes], size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return data


def work(source: IO[bytes]) -> dict[str, Any]:
    """Build runs of what comes; the answer."""
    told = json.loads(source.readline() or b"{}")
    if not told:
        raise EOFError
    runs = LocalRuns(Place(Path(told["folder"]), told["stem"], Ranking.from_json(told["ranking"]), told["memory"]))
    try:
        while (batch := read_batch(source)).records:
            runs.add(batch)
        done = runs.finish()
    except BaseException:
        runs.discard()
        raise
    return {"runs": [[run.path.name, *([docs.start, docs.stop] for docs in run.docs)] for run in done]}


def main() -> None:
    """Work for the process at the other end of standard input and output."""
    gc.disable()  # reports make no cycles, and looking for them costs a twentieth
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the other process stops this one: its input ends
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)  # nothing else gets between the lines of the answer
        try:
            told = work(sys.stdin.buffer)
        except EOFError:
            return
        except Exception as error:
            told = {"error": f"{type(error).__name__}: {error}"}
        answer.write(json.dumps(told).encode("ascii") + b"\n")


if __name__ == "__main__":
    main()

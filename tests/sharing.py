"""Programs that share an index with others, for the tests and the torture of it: ``python sharing.py ROLE FOLDER SECONDS``.

The writer's n-th commit adds report n, sets the report "state" to n, and every seventh removes what the three commits before it
added, by key and by query. So a reader knows what it has to find by the state it sees.
"""

from __future__ import annotations

import random
import sys
import time

import idlibsearch
from idlibsearch import LockedError, Report

WAIT_S = 60.0


def expected(state: int) -> list[str]:
    """The keys that are there once ``state`` commits were made."""
    removed = {m for n in range(7, state + 1, 7) for m in (n - 1, n - 2, n - 3)}
    return [f"k{n}" for n in range(1, state + 1) if n not in removed]


def state_of(index: idlibsearch.Index | idlibsearch.Edit) -> int:
    """How many commits of ``write`` an index has seen."""
    report = index.get("state")
    return int(report.title) if report else 0


def commit(index: idlibsearch.Index) -> None:
    """The commit after the last of whoever committed it."""
    with index.edit() as edit:
        number = state_of(edit) + 1
        edit.add([Report(f"k{number}", f"Report {number}", "truce in Idlib " * (number % 5), source=f"s{number}")])
        edit.add([Report("state", str(number))])
        if number % 7 == 0:
            edit.remove(f"k{number - 1}")
            edit.remove_where(f"source:s{number - 2} OR source:s{number - 3}")


def write(path: str, end: float) -> int:
    """Commit as often as there is time for it."""
    done = 0
    with idlibsearch.open(path, wait_s=WAIT_S, merge=random.choice(["foreground", "background"])) as index:
        while time.monotonic() < end:
            commit(index)
            done += 1
    return done


def contend(path: str, end: float) -> int:
    """Replace a report of its own where nobody else is writing, and give others a turn then: the lock has no queue."""
    done, refused = 0, list[str]()
    with idlibsearch.open(path, wait_s=0.01, merge="never") as index:
        while time.monotonic() < end:
            try:
                index.add([Report("mine", str(done))])
                done += 1
                for _ in range(100):
                    idlibsearch.open(path).close()
            except LockedError as error:
                refused.append(error.holder)
    assert all(holder.startswith("process") or holder == "it left no name" for holder in refused), set(refused)
    return done


def merge(path: str, end: float) -> int:
    """Make one segment of all, again and again."""
    done = 0
    with idlibsearch.open(path, wait_s=WAIT_S, merge="never") as index:
        while time.monotonic() < end:
            done += index.merge()
    return done


def read(path: str, end: float) -> int:
    """Open and refresh, and look whether what is seen is one whole commit, not older than the last."""
    done = last = 0
    kept = idlibsearch.open(path)
    while time.monotonic() < end:
        kept.refresh()
        last = verify(kept, last)
        with idlibsearch.open(path) as fresh:
            last = verify(fresh, last)
        done += 2
    kept.close()
    return done


def verify(index: idlibsearch.Index, last: int) -> int:
    """Does the index hold what its state says? The state."""
    state = state_of(index)
    assert state >= last, f"{state} after {last}"
    found = [report.key for report in index if report.key.startswith("k")]
    assert found == expected(state), f"{found} in state {state}"
    assert index.search("title:report", limit=0).total == len(found)
    return state


if __name__ == "__main__":
    role, folder, seconds = sys.argv[1:]
    print({"write": write, "contend": contend, "merge": merge, "read": read}[role](folder, time.monotonic() + float(seconds)))

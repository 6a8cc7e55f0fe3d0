"""What a forked child must leave alone: files that its parent has open to write; and locks that it must not find taken.

A child has copies of them which share the parent's place in the file. What stood in their buffers would be written a second
time when the child ends, and a lock would outlive its holder. So in a child they lead nowhere. (Processes that are started,
not forked, inherit none of them.)
"""

from __future__ import annotations

import os
from threading import Lock
from typing import IO, Any
from weakref import WeakSet

BRIEFLY = Lock()  # for moments of changing what threads share; nobody forks then, as a child would find it taken for ever
_files: WeakSet[IO[Any]] = WeakSet()


def keep_from_children(file: IO[Any]) -> None:
    """Have the file lead nowhere in every child forked while it is open."""
    _files.add(file)


def _lead_nowhere() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for file in _files:
        if not file.closed:
            os.dup2(nowhere, file.fileno(), inheritable=False)
    os.close(nowhere)


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_lead_nowhere)
    os.register_at_fork(before=BRIEFLY.acquire, after_in_parent=BRIEFLY.release, after_in_child=BRIEFLY.release)

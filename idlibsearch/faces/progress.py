"""Says how far long reading has come: how much of how much, how fast, and how long it will take yet.

On a terminal it is one line that changes, elsewhere a line now and then; work that is done sooner is not worth one.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from os import PathLike, path, walk
from typing import TextIO

TERMINAL_S, PLAIN_S = 0.5, 15.0  # between two lines
WINDOW_S = 60.0  # the rate is that of the last minute: files that are left alone go by a thousand times as fast as new ones
_UNITS = ("kB", "MB", "GB", "TB")


class Progress:
    """``total`` counts the bytes there are, once it is worth while; a context manager that leaves a clean line."""

    def __init__(self, out: TextIO, total: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock, self._count = out, clock, total
        self._is_terminal = out.isatty()
        self._every_s = TERMINAL_S if self._is_terminal else PLAIN_S
        self._done, self._total = 0, 0
        self._past = deque([(clock(), 0)])  # times, and how much was done by then
        self._due = clock() + self._every_s

    def advance(self, size: int) -> None:
        """So many bytes more were read."""
        self._done += size
        now = self._clock()
        if now < self._due:
            return
        self._total = self._total or self._count()
        self._past.append((now, self._done))
        while self._past[0][0] < now - WINDOW_S and len(self._past) > 2:
            self._past.popleft()
        self._out.write(f"\r\033[K{self.line()}" if self._is_terminal else f"idlibsearch: {self.line()}\n")
        self._out.flush()
        self._due = now + self._every_s

    def line(self) -> str:
        """Such as: read 1.2 of 4.8 GB (25 %), 8.1 MB/s, 7 min left."""
        (start, before), (end, after) = self._past[0], self._past[-1]
        rate = (after - before) / (end - start) if end > start else 0.0
        total = max(self._total, self._done)
        share = f"{100 * self._done // total} %" if total else "all"
        left = f", {duration((total - self._done) / rate)} left" if rate else ""
        return f"read {size(self._done)} of {size(total)} ({share}), {size(rate)}/s{left}"

    def __enter__(self) -> Callable[[int], None]:
        return self.advance

    def __exit__(self, *_: object) -> None:
        if self._is_terminal and len(self._past) > 1:
            self._out.write("\r\033[K")


def size(count: float) -> str:
    """Bytes for people.

    >>> size(0), size(1234), size(123456789)
    ('0.0 kB', '1.2 kB', '123 MB')
    """
    number, unit = count / 1000, 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.0f} {_UNITS[unit]}" if number >= 100 else f"{number:.1f} {_UNITS[unit]}"


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(4.2), duration(200), duration(10000)
    ('4 s', '3 min', '2 h 46 min')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def bytes_of(paths: Iterable[str | PathLike[str]]) -> int:
    """How large the files are that were named, and those in the folders."""
    named = list(paths)
    below = (path.join(folder, name) for each in named for folder, _, names in walk(each) for name in names)
    return sum(path.getsize(each) for each in (*named, *below) if path.isfile(each))

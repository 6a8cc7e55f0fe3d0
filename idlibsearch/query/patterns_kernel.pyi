from typing import Any

from idlibsearch.index.words import Words

# Buffers of the item types that the docstrings name: array.array, a memoryview. Type checkers know no buffers before 3.12.
_Numbers = Any

class Scan:
    found: memoryview[int]
    def __init__(self, words: Words, low: int, high: int, beginning: int = 0) -> None: ...
    def run(self, pages: _Numbers, classes: _Numbers, table: _Numbers, accepting: _Numbers) -> tuple[int, int] | None: ...
    def near(self, wanted: _Numbers, distance: int) -> None: ...

from typing import Any

# Buffers of the item types that the docstrings name: array.array, a memoryview. Type checkers know no buffers before 3.12.
_Numbers = Any

def scan(
    text: _Numbers,
    ends: _Numbers,
    low: int,
    high: int,
    classes: _Numbers,
    table: _Numbers,
    accepting: _Numbers,
    found: _Numbers,
    count: int,
) -> tuple[int, int, int, int]: ...
def near(text: _Numbers, ends: _Numbers, low: int, high: int, wanted: _Numbers, distance: int, found: _Numbers) -> int: ...

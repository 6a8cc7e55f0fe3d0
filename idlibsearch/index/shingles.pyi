from typing import Any

# A buffer of uint32 or uint64: an array.array, a memoryview, a NumPy array. Type checkers know no buffers before 3.12.
_Numbers = Any

WIDTH: int
LEAST: int
SAMPLES: int
RATE: int

def threshold(size: int) -> int: ...
def shared(a: _Numbers, b: _Numbers) -> int: ...
def sampled(shingles: _Numbers, ends: list[int], first: int) -> memoryview[int]: ...

class Shingler:
    def __len__(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...
    def learn(self, terms: _Numbers, ends: _Numbers) -> None: ...
    def sets(self, ids: _Numbers, counts: list[int]) -> tuple[memoryview[int], list[int]]: ...

class Meeting:
    def __init__(self, places: int) -> None: ...
    def of(
        self,
        samples: _Numbers,
        parts: list[tuple[_Numbers, _Numbers, int]],
        anchors: _Numbers,
        place: int,
        most: int,
        later: bool,
    ) -> tuple[memoryview[int], memoryview[int]]: ...

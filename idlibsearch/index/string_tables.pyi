from typing import Any

from typing_extensions import Buffer

# A buffer of uint32 or uint64; type checkers know no buffers before 3.12.
_Numbers = Any

def ordered(text: Buffer, ends: _Numbers, numbers: _Numbers, groups: _Numbers = None) -> memoryview[int]: ...
def first_at(text: Buffer, ends: _Numbers, order: _Numbers, wanted: bytes) -> int: ...
def picked(text: Buffer, ends: _Numbers, numbers: _Numbers) -> tuple[bytes, memoryview[int]]: ...

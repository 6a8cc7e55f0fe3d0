from typing import Any

import numpy.typing as npt
from typing_extensions import Buffer

Array = Buffer | npt.NDArray[Any]

class Encoder:
    def __init__(self, positional: Array, lengths: Array) -> None: ...
    def add(
        self,
        posting_starts: Array,
        docs: Array,
        freqs: Array,
        position_starts: Array,
        positions: Array,
        surfaces: Array,
    ) -> None: ...
    def take(self) -> tuple[bytes, bytes]: ...
    def finish(self) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes]: ...

def length_codes(lengths: Array, fields: int) -> bytes: ...

from array import array
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
from typing_extensions import Buffer

Array = Buffer | npt.NDArray[Any]

class TableMerge:
    numbers: list[array[int]]
    text: bytes
    ends: array[int]
    groups: array[int]
    def __init__(
        self,
        tables: Sequence[tuple[Array, Array]],
        orders: Sequence[Array] | None = None,
        groups: Sequence[Array] | None = None,
    ) -> None: ...

class PostingMerge:
    def __init__(self, readers: list[Any], terms: list[Any], docs: list[Any], surfaces: list[Any], term_count: int) -> None: ...
    def next(self, size: int) -> tuple[array[int], array[int], array[int], array[int], array[int], array[int]] | None: ...

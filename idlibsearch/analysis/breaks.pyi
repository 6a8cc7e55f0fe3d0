from collections.abc import Collection, Sequence

from typing_extensions import Buffer

class BreakFinder:
    def __init__(self, flags: Buffer, lists: Sequence[Collection[str]]) -> None: ...
    def starts(self, text: bytes) -> tuple[memoryview[int], memoryview[int]]: ...

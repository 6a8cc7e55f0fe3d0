from collections.abc import Sequence

from typing_extensions import Buffer

from idlibsearch.index.entries import Entries
from idlibsearch.index.reader import PostingReader
from idlibsearch.query.lists import Scored

class Chosen:
    size: int
    terms: memoryview[int]
    def __init__(self, entries: Entries, words: Sequence[int], surface: int = -1) -> None: ...
    def has(self, surface: int) -> bool: ...

class Gathered:
    def __init__(self, reader: PostingReader, chosen: Chosen, anywhere: bool = False) -> None: ...
    def frequency(self, counted: Buffer) -> int: ...
    def scores(self, idf: float, weights: Buffer, b: Buffer, means: Buffer, k1: float) -> Scored: ...

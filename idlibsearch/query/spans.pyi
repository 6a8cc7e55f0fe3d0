from typing import NamedTuple

from typing_extensions import Buffer

from idlibsearch.index.reader import PostingReader
from idlibsearch.query.lists import Scored

LEAF: int
ANY: int
NEAR: int
PRE: int
SENTENCE: int
PARAGRAPH: int
APART: int
EARLY: int

class Occurrences(NamedTuple):
    docs: memoryview[int]
    ends: memoryview[int]
    columns: memoryview[int]
    starts: memoryview[int]
    stops: memoryview[int]

Breaks = tuple[Buffer, Buffer]

class Program:
    end_ns: int
    def __init__(
        self, reader: PostingReader, tree: tuple[object, ...], breaks: tuple[Breaks, Breaks, int], most: int
    ) -> None: ...
    def scores(
        self,
        idf: float,
        weights: Buffer,
        b: Buffer,
        means: Buffer,
        k1: float,
        at_least: int = 1,
        among: Buffer | None = None,
    ) -> Scored: ...
    def best(
        self, idf: float, weights: Buffer, b: Buffer, means: Buffer, k1: float, at_least: int, k: int, floor: float
    ) -> list[tuple[float, int]]: ...
    def docs(self, weights: Buffer, at_least: int = 1) -> memoryview[int]: ...
    def occurrences(self) -> Occurrences: ...
    def marks(self, doc: int, weights: Buffer, at_least: int = 1) -> list[tuple[int, int, int]] | None: ...

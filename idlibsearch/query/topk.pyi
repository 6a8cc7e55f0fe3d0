from collections.abc import Sequence

from typing_extensions import Buffer

from idlibsearch.index.reader import PostingReader

def best(
    reader: PostingReader,
    words: Sequence[tuple[int, float, Sequence[int]]],
    weights: Buffer,
    b: Buffer,
    means: Buffer,
    k1: float,
    k: int,
    floor: float,
    every: bool,
    among: Buffer | None = None,
    end_ns: int = 0,
) -> list[tuple[float, int]]: ...

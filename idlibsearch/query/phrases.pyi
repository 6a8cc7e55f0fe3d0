from typing_extensions import Buffer

from idlibsearch.index.reader import PostingReader

def best(
    reader: PostingReader,
    terms: Buffer,
    idf: float,
    weights: Buffer,
    b: Buffer,
    means: Buffer,
    k1: float,
    k: int,
    floor: float,
    among: Buffer | None = None,
    end_ns: int = 0,
) -> list[tuple[float, int]]: ...

from array import array

from typing_extensions import Buffer

from idlibsearch.index.reader import PostingReader

Scored = tuple[memoryview[int], memoryview[float]]

def word(reader: PostingReader, term: int, idf: float, weights: Buffer, b: Buffer, means: Buffer, k1: float) -> Scored: ...
def word_among(
    reader: PostingReader,
    term: int,
    docs: Buffer,
    idf: float,
    weights: Buffer,
    b: Buffer,
    means: Buffer,
    k1: float,
) -> Scored: ...
def phrase(
    reader: PostingReader,
    sequences: list[array[int]],
    joined: int,
    idf: float,
    weights: Buffer,
    b: Buffer,
    means: Buffer,
    k1: float,
) -> Scored: ...
def either(docs_a: Buffer, scores_a: Buffer, docs_b: Buffer, scores_b: Buffer) -> Scored: ...
def both(docs_a: Buffer, scores_a: Buffer, docs_b: Buffer, scores_b: Buffer) -> Scored: ...
def plus(docs_a: Buffer, scores_a: Buffer, docs_b: Buffer, scores_b: Buffer) -> Scored: ...
def times(docs: Buffer, scores: Buffer, factor: float) -> Scored: ...
def faded(docs: Buffer, scores: Buffer, days: Buffer, half_life: float, today: int, undated: float) -> Scored: ...
def without(docs: Buffer, scores: Buffer, others: Buffer) -> Scored: ...
def every(doc_count: int) -> Scored: ...
def best(reader: PostingReader, docs: Buffer, scores: Buffer, k: int, floor: float) -> list[tuple[float, int]]: ...

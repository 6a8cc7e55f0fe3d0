from typing_extensions import Buffer

def quantised(length: int) -> int: ...
def combined(lengths: Buffer, weights: Buffer, doc: int) -> int: ...
def scored(
    docs: Buffer,
    freqs: Buffer,
    lengths: Buffer,
    weights: Buffer,
    weight: float,
    k1: float,
    b: float,
    mean: float,
) -> memoryview[float]: ...

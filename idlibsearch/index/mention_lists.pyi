from typing_extensions import Buffer

# A buffer of numbers: an array, a memoryview, a NumPy array.
Packed = tuple[memoryview[int], bytes]
Spans = tuple[memoryview[int], memoryview[int], memoryview[int], memoryview[int], memoryview[int]]

def packed(
    rows: Buffer, kinds: Buffer, ranks: Buffer, starts: Buffer, stops: Buffer, field_count: int, doc_count: int
) -> Packed: ...
def spans_of(
    starts: Buffer,
    data: Buffer,
    lengths: Buffer,
    field_count: int,
    docs: Buffer,
    kind: int,
    entity: tuple[Buffer, Buffer, int] | None = None,
) -> Spans: ...
def check(starts: Buffer, data: Buffer, lengths: Buffer, field_count: int) -> None: ...

from typing_extensions import Buffer

from idlibsearch.errors import CorruptIndexError

class PostingReader:
    capsule: object
    def __init__(
        self,
        positional: Buffer,
        starts: Buffer,
        block_last: Buffer,
        block_start: Buffer,
        block_position: Buffer,
        bounds: Buffer,
        data: Buffer,
        positions: Buffer,
        lengths: Buffer,
        length_codes: Buffer,
        term_surfaces: Buffer,
        term_blocks: Buffer,
        surface_count: int,
        deleted: Buffer,
        path: str,
    ) -> None: ...
    def damaged(self) -> CorruptIndexError: ...
    def count(self, term: int) -> int: ...
    def count_in(self, term: int, column: int) -> int: ...
    def docs(self, term: int) -> memoryview[int]: ...
    def freqs(self, term: int, column: int) -> memoryview[int]: ...
    def freq(self, term: int, doc: int, column: int) -> int: ...
    def present(self, terms: Buffer, doc: int) -> list[int]: ...
    def occurrences(self, term: int, doc: int, column: int) -> list[tuple[int, int, int]]: ...

from typing import Any

import numpy.typing as npt
from typing_extensions import Buffer

Array = Buffer | npt.NDArray[Any]

def packed(tokens: Array) -> bytes: ...
def mark_met(tokens: Array, met: Array) -> None: ...

class TokenStream:
    def __init__(
        self,
        tokens: Array,
        counts: Array,
        positional: Array,
        entry_starts: Array,
        entry_terms: Array,
        entry_places: Array,
        widths: Array,
        term_count: int,
    ) -> None: ...
    def count(self, postings: Array, occurrences: Array, surface_docs: Array, surface_occurrences: Array) -> None: ...
    def measure(self, lengths: Array) -> None: ...
    def place(self, field: int, ends: Array, breaks: Array) -> None: ...
    def locate(self, rows: Array, firsts: Array, stops: Array) -> None: ...
    def invert(
        self,
        first: int,
        posting_starts: Array,
        occurrence_starts: Array,
        entry_surfaces: Array,
        docs: Array,
        freqs: Array,
        position_starts: Array,
        positions: Array,
        surfaces: Array,
    ) -> None: ...

from collections.abc import Callable, Iterable

from typing_extensions import Buffer

from idlibsearch.analysis.analyzer import Entry

Numbers = memoryview[int]

class Lexemes:
    def __init__(
        self,
        fold: Callable[[str], str],
        analyze: Callable[[str], Entry],
        kept: Iterable[str],
        special: Iterable[str],
        us: dict[str, str],
        known: dict[str, str],
        joined_parts: int,
    ) -> None: ...
    def __len__(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...
    def learn(self, text: Buffer, ends: Buffer) -> None: ...
    def folded_table(self) -> tuple[bytes, Numbers]: ...
    def terms_table(self) -> tuple[bytes, Numbers]: ...
    def surfaces(self) -> tuple[Numbers, Numbers]: ...
    def entries(self) -> tuple[Numbers, Numbers, Numbers, Numbers]: ...

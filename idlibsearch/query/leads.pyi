from collections.abc import Sequence
from typing import Any

# Buffers: of uint64 (writable), uint32 or int64. Type checkers know no buffers before 3.12.
_Numbers = Any

def keep_leads(
    sets: list[_Numbers],
    bases: Sequence[int],
    anchors: _Numbers,
    starts: _Numbers,
    members: _Numbers,
    anchor_ranks: _Numbers,
    member_ranks: _Numbers,
) -> None: ...

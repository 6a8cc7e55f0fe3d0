from array import array
from typing import Any

import numpy.typing as npt
from typing_extensions import Buffer

Array = Buffer | npt.NDArray[Any]
Sections = tuple[bytearray, array[int]]

def front_coded(words: list[bytes]) -> tuple[bytearray, array[int], int]: ...
def write_entries(
    positions: Array, starts: Array, terms: Array, places: Array, forms: Array, surface_starts: Array
) -> Sections: ...
def write_surfaces(surfaces: list[bytes], forms: Array, starts: Array, docs: Array, counts: Array) -> Sections: ...
def write_term_surfaces(starts: Array, surfaces: Array, places: Array) -> Sections: ...

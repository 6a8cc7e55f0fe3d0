"""Two lists that tell names from words: what English writes small, and what people are called. See `data/NOTICE`."""

from __future__ import annotations

import functools
import os
import zlib

_DATA = os.path.join(os.path.dirname(__file__), "data")


@functools.cache
def small_words() -> frozenset[str]:
    """The words that English writes small, inflected forms among them, in small letters."""
    with open(os.path.join(_DATA, "words.bin"), "rb") as file:
        return frozenset(zlib.decompress(file.read()).decode("ascii").split("\n"))


@functools.cache
def given_names() -> frozenset[str]:
    """Given names, capitalised, without accents."""
    with open(os.path.join(_DATA, "given_names.txt"), encoding="ascii") as file:
        return frozenset(word for line in file if not line.startswith("#") for word in line.split())

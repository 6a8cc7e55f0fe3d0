"""What a token is, and the plain face of the compiled scanner that finds them.

It is deliberately not a place for meaning: case, accents, hyphens and stems are other modules' work, and no word is left out.

The grammar, where *letter*, *digit* and *mark* are classes of characters (a mark goes on with a word and never starts one):

    token := part (hyphen part)*                  rebel-held · al-Qaeda-linked · U.S.-led · 2020-01-12 · f-16
    part  := (abbreviation | number | run) (apostrophe run)*
                                                  don't · Syria’s · Al-Fu'ah · the U.S.'s · 1990's
    abbreviation := letter ("." letter)+ "."?     U.S. · a.m. · e.g. — single letters only, and no word character after it
    number := groups ("." digits)* and then any word characters
                                                  300,000 · 3.5m · 1990s · 6.30am · 192.168.0.1
    groups := one to three digits and ("," three digits)+, or digits
                                                  "1,2,3" is three tokens, "2020,300" is two
    run    := a letter or digit, then letters, digits and marks

A hyphen or apostrophe counts only between two parts without spaces: the one of rebels' is not part of the token. Letters are
Unicode's, with every number that is no decimal digit and "_". A token that is exactly al, el, ul or ash in lower case, one plain
space away from a capital, is one with the token after it: "al Qaeda" is one surface, as al-Qaeda is. A token longer than 255
characters is cut into pieces of 255.
"""

from __future__ import annotations

import functools
import os
import zlib
from array import array
from typing import TYPE_CHECKING

from idlibsearch.errors import KernelError

if TYPE_CHECKING:
    from types import ModuleType

    from idlibsearch.analysis.scanner import Vocabulary

VERSION = 1  # of the grammar above
UNICODE_VERSION = "14.0.0"  # of the class table; what Python 3.11 carries
CLASSES_CRC = 0x5D129E07  # of the class table, uncompressed


def encoded(text: str) -> bytes:
    """The bytes that the scanner reads; lone surrogates pass through and are no part of any token."""
    return text.encode("utf-8", "surrogatepass")


def tokenize(text: str) -> list[tuple[int, int]]:
    """The (start, end) of every token, in characters.

    >>> [("al Qaeda-linked U.S. don't 300,000."[start:end]) for start, end in tokenize("al Qaeda-linked U.S. don't 300,000.")]
    ['al Qaeda-linked', 'U.S.', "don't", '300,000']
    """
    flat = iter(_scanner().spans(encoded(text), class_table()))
    return list(zip(flat, flat, strict=True))


def token_bounds(text: str) -> tuple[array[int], array[int]]:
    """Where the tokens start, and where they end, in characters (uint32 each): for who looks for a few of them.

    >>> [list(bounds) for bounds in token_bounds("rebel-held Idlib")]
    [[0, 11], [10, 16]]
    """
    flat = array("I")
    flat.frombytes(_scanner().spans(encoded(text), class_table()).cast("B"))
    return flat[::2], flat[1::2]


def new_vocabulary() -> Vocabulary:
    """An empty vocabulary: feed it ``encoded`` texts."""
    vocabulary: Vocabulary = _scanner().Vocabulary(class_table())
    return vocabulary


@functools.cache
def class_table() -> bytes:
    """One class byte per code point, as `data/make_charclass.py` wrote them."""
    with open(os.path.join(os.path.dirname(__file__), "data", "charclass.bin"), "rb") as file:
        return zlib.decompress(file.read())


def _scanner() -> ModuleType:
    try:
        from idlibsearch.analysis import scanner  # noqa: PLC0415  # an installation without it must still import
    except ImportError as error:
        raise KernelError("idlibsearch.analysis.scanner") from error
    return scanner

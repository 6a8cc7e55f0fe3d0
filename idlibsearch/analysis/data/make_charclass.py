"""Writes `charclass.bin`: what every code point is to the tokeniser, frozen so that tokens never depend on the Python at hand.

Run with the Python whose Unicode version `tokens.UNICODE_VERSION` names (the oldest of the supported Pythons, so that every
character that is a letter here is known to `unicodedata` wherever `fold` runs):

    python -m idlibsearch.analysis.data.make_charclass

The file is zlib-compressed: one class byte per code point from 0 to 0x323AF. Characters above that are OTHER. A change of the
table is a change of the recipe: give `analyzer.RECIPE` a new version and `tokens.CLASSES_CRC` the number printed here.
"""

from __future__ import annotations

import unicodedata
import zlib
from pathlib import Path

from idlibsearch.analysis.tokens import UNICODE_VERSION

# The numbers that scanner.pyx knows.
OTHER, SPACE, DOT, COMMA, HYPHEN, APOSTROPHE, MARK, DIGIT, LETTER, UPPER = range(10)

CODE_POINTS = 0x323B0  # to the end of the highest block of ideographs

SINGLE = {
    " ": SPACE,
    ".": DOT,
    ",": COMMA,
    "_": LETTER,
    # The hyphens; not the soft one, which is none to the reader, and not the dashes.
    **dict.fromkeys("-\u2010\u2011", HYPHEN),
    # As typed, mistyped and used for ayn and hamza: ' ` acute ‘ ’ ‛ prime and full-width. The modifier letters (U+02BC,
    # U+02BF, …) are letters already.
    **dict.fromkeys("'`´‘’‛′＇", APOSTROPHE),
    # Soft hyphen, zero-width non-joiner and joiner: inside a word they are nothing.
    **dict.fromkeys("\u00ad\u200c\u200d", MARK),
}
CATEGORIES = {"Mn": MARK, "Mc": MARK, "Me": MARK, "Nd": DIGIT, "Lu": UPPER, "Lt": UPPER}


def class_of(char: str) -> int:
    """The class of one character by the Unicode version of the running Python."""
    category = unicodedata.category(char)
    return SINGLE.get(char) or CATEGORIES.get(category) or (LETTER if category[0] in "LN" else OTHER)


def table() -> bytes:
    """One class byte per code point."""
    return bytes(class_of(chr(point)) for point in range(CODE_POINTS))


def main() -> None:
    """Write the file beside this script."""
    if unicodedata.unidata_version != UNICODE_VERSION:
        raise SystemExit(f"needs a Python with Unicode {UNICODE_VERSION}, this one has {unicodedata.unidata_version}")
    classes = table()
    Path(__file__).with_name("charclass.bin").write_bytes(zlib.compress(classes, 9))
    print(f"CLASSES_CRC = {zlib.crc32(classes):#010x}")


if __name__ == "__main__":
    main()

"""Writes `charclass.bin` and `charflags.bin`: what every code point is to the tokeniser and to the finder of sentences, frozen so
that neither depends on the Python at hand.

Run with the Python whose Unicode version `tokens.UNICODE_VERSION` names (the oldest of the supported Pythons, so that every
character that is a letter here is known to `unicodedata` wherever `fold` runs):

    python -m idlibsearch.analysis.data.make_charclass

Both are zlib-compressed: one byte per code point from 0 to 0x323AF, a class or flags. Characters above that are OTHER and have
no flags. A change of a table is a change of the recipe: give `analyzer.RECIPE` a new version, `tokens.CLASSES_CRC` and
`sentences.FLAGS_CRC` the numbers printed here.
"""

from __future__ import annotations

import unicodedata
import zlib
from pathlib import Path

from idlibsearch.analysis.tokens import UNICODE_VERSION

# The numbers that scanner.pyx knows.
OTHER, SPACE, DOT, COMMA, HYPHEN, APOSTROPHE, MARK, DIGIT, LETTER, UPPER = range(10)

# The flags that breaks.pyx knows: bit n is the answer of the nth question.
FLAGS = (
    str.isspace,
    lambda char: char.isalnum() or char == "_",
    str.isupper,
    lambda char: char.istitle() and not char.isupper(),
    str.islower,
    str.isdigit,
    str.isdecimal,
    str.isalpha,
)

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


def flags_of(char: str) -> int:
    """The flags of one character by the Unicode version of the running Python."""
    return sum(question(char) << bit for bit, question in enumerate(FLAGS))


def flag_table() -> bytes:
    """One byte of flags per code point."""
    return bytes(flags_of(chr(point)) for point in range(CODE_POINTS))


def table() -> bytes:
    """One class byte per code point."""
    return bytes(class_of(chr(point)) for point in range(CODE_POINTS))


def main() -> None:
    """Write the files beside this script."""
    if unicodedata.unidata_version != UNICODE_VERSION:
        raise SystemExit(f"needs a Python with Unicode {UNICODE_VERSION}, this one has {unicodedata.unidata_version}")
    for name, made in (("class", table()), ("flags", flag_table())):
        Path(__file__).with_name(f"char{name}.bin").write_bytes(zlib.compress(made, 9))
        print(f"char{name}.bin: {zlib.crc32(made):#010x}")


if __name__ == "__main__":
    main()

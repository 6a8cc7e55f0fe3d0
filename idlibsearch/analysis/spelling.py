"""British spellings to American ones, by a table and never by a rule: raise, promise and four must stay.

The table, `data/uk_us.tsv`, is written by `data/make_uk_us.py`; `data/NOTICE` names its source. It is read when the first word is
looked up.
"""

from __future__ import annotations

import functools
import os

TABLE_CRC = 0x681FD7FA  # CRC-32 of the file, so that another table is another recipe


def to_us(word: str) -> str:
    """The American spelling of a lower-case word, or the word itself.

    >>> [to_us(word) for word in ("defence", "organisations", "promise")]
    ['defense', 'organizations', 'promise']
    """
    return table().get(word, word)


@functools.cache
def table() -> dict[str, str]:
    """All British spellings that the table has, each with the American one."""
    with open(os.path.join(os.path.dirname(__file__), "data", "uk_us.tsv"), encoding="ascii") as file:
        return {british: american for british, _, american in (line.rstrip("\n").partition("\t") for line in file)}

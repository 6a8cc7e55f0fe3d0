"""Writes `words.bin`: the words that English writes small, one a line, compressed with zlib.

From the word list of Debian's package wamerican and wbritish (SCOWL by Kevin Atkinson; see NOTICE):

    python -m idlibsearch.ingest.data.make_words /usr/share/dict/american-english /usr/share/dict/british-english
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path


def words(paths: list[str]) -> list[str]:
    """Every word of the lists in small letters of ASCII throughout, without possessives."""
    found = {word for path in paths for word in Path(path).read_text(encoding="utf-8").split()}
    return sorted(word for word in found if word.isascii() and word.isalpha() and word.islower() and len(word) > 1)


if __name__ == "__main__":
    small = words(sys.argv[1:])
    content = zlib.compress("\n".join(small).encode("ascii"), 9)
    (Path(__file__).parent / "words.bin").write_bytes(content)
    print(f"{len(small)} words, {len(content)} bytes")

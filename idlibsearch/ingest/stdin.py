"""What comes in by the pipe, kept in a file without a name: it is hashed before it is read, and archives begin at their end."""

from __future__ import annotations

import sys
import tempfile
from typing import BinaryIO, cast

from idlibsearch.errors import InputError

NAME = "stdin"  # what its reports' keys begin with
MOST_BYTES = 16 << 30
_CHUNK = 1 << 20


def spooled() -> BinaryIO:
    """All of standard input, at its beginning; to be closed. Raises InputError where it is a terminal, too large or closed."""
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("-", "nothing comes in; pipe something into it")
    spool = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - who asked for it closes it
    try:
        while chunk := sys.stdin.buffer.read(_CHUNK):
            spool.write(chunk)
            if spool.tell() > MOST_BYTES:
                raise InputError("-", f"is larger than {MOST_BYTES:,} bytes")
    except OSError as error:
        raise InputError("-", (error.strerror or str(error)).lower()) from None
    spool.seek(0)
    return spool

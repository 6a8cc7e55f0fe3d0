"""Text decoded as its file says, or whoever sent it; such words are often wrong, so they are a hint and never an order."""

from __future__ import annotations

import codecs

_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}  # what is really meant by it


def as_declared(content: bytes, name: str) -> tuple[str, str] | None:
    """The text in the encoding of this name, and its own name; None where there is none, or the content is not in it."""
    try:
        used = codecs.lookup(name).name
        used = _AS_BROWSERS_DO.get(used, used)
        return content.decode(used).removeprefix("\ufeff"), used
    except (LookupError, UnicodeError, TypeError, ValueError):  # also for codecs that are no encodings of text
        return None

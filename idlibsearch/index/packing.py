"""Writes posting lists as they come, some terms at a time, without keeping them in memory (``postings`` specifies the sections).

The two ways of making a segment, ``builder`` and ``merge``, share it.
"""

from __future__ import annotations

from idlibsearch.errors import KernelError
from idlibsearch.index import storage
from idlibsearch.index.fileformat import SectionWriter
from idlibsearch.index.wordlist import U32, U64

try:
    from idlibsearch.index.encoder import Encoder
except ImportError as error:
    raise KernelError("idlibsearch.index.encoder") from error

_SMALL = ("postings.start", "blocks.last", "blocks.start", "blocks.positions", "blocks.bounds")
COPY_BYTES = 1 << 20


class PostingsWriter:
    """Takes lists as ``Encoder.add`` does; positions go to the file at once, what else is large by way of a temporary one."""

    def __init__(self, out: SectionWriter, encoder: Encoder) -> None:
        self._out, self._encoder = out, encoder
        self._data = storage.scratch(out.path.parent)
        out.begin("postings.places", "B")

    def add(self, starts: U64, docs: U32, freqs: U32, position_starts: U64, positions: U32, surfaces: U32) -> None:
        """Pack the lists of the next terms."""
        self._encoder.add(starts, docs, freqs, position_starts, positions, surfaces)
        data, places = self._encoder.take()
        self._data.write(data)
        self._out.write(places)

    def finish(self) -> None:
        """Write what is left."""
        *small, data, places = self._encoder.finish()
        self._out.write(places)
        self._data.write(data)
        self._data.seek(0)
        with self._data:
            self._out.add_chunks("postings.data", iter(lambda: self._data.read(COPY_BYTES), b""))
        for name, typecode, part in zip(_SMALL, "IIIIB", small, strict=True):
            self._out.add(name, typecode, part)

"""What several tests draw their examples with."""

from __future__ import annotations

from hypothesis import strategies as st


def made(kind, *values):
    """A node of these values; ``st.builds`` would draw those left out as well."""
    return st.tuples(*values).map(lambda drawn: kind(*drawn))

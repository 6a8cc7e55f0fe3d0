"""``idlibsearch stats``: what is in an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, format_option, index_option, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("stats")
@index_option
@format_option
def command(index_path: str | None, form: Format) -> int:
    """Say what is in the index: counts, sizes, the recipe its words were analysed by.

    \b
    Example:
      idlibsearch stats --format json
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX) as index:
        write(render.fields(index.stats(), form), form)
        return FOUND

"""``idlibsearch merge``: one segment made of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, format_option, index_option, wait_option, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("merge")
@index_option
@format_option
@wait_option
def command(index_path: str | None, form: Format, wait_s: float) -> int:
    """Make one segment of all, without what was removed or replaced, so that a question has less to go through.

    Every `index` that finds something new leaves a segment, and merges those that pile up; so this is for an index that changes
    no more. Who searches or writes meanwhile is not disturbed; the old files go with the next change.

    \b
    Example:
      idlibsearch merge --index /tmp/news
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX, wait_s=wait_s) as index:
        merged = index.merge()
        stats = index.stats()
        write(render.fields({"merged": merged, "segments": stats["segments"], "reports": stats["reports"]}, form), form)
        return FOUND

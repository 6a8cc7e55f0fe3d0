"""``idlibsearch show``: a report in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idlibsearch.faces.screen import style
from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, say, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("show")
@click.argument("key")
@index_option
@format_option
def command(key: str, index_path: str | None, form: Format) -> int:
    """Show a report in full, by its KEY as the hits of a query name it.

    \b
    Example:
      idlibsearch show seeds/003_68dc4d247c074b28.txt
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX) as index:
        report = index.get(key) if index.has_reports else index.document(key)
        if report is None:
            say(f"there is no report with the key {key}")
            return NOTHING
        write(render.fields(report, form) if isinstance(report, dict) else render.report(report, form, style(index.root)), form)
        return FOUND

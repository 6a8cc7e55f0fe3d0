"""``idlibsearch diff``: what two versions of a report change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idlibsearch.faces.screen import style
from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("diff")
@click.argument("first", metavar="KEY")
@click.argument("second", metavar="KEY")
@index_option
@format_option
def command(first: str, second: str, index_path: str | None, form: Format) -> int:
    """Show what two versions of a report change: numbers first, then words, each with the words around it.

    Line breaks, spaces and capitals are no changes. Exits with 1 where nothing else differs.

    \b
    Example:
      idlibsearch diff seeds/001_ea67c41c9312aef6.txt#b27482aa85 seeds/003_68dc4d247c074b28.txt
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.diff(first, second)
        write(render.differences(found, form, style()), form)
        return FOUND if found.changes else NOTHING

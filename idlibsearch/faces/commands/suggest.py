"""``idlibsearch suggest``: other words for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idlibsearch.faces.screen import style
from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, limit_option, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("suggest")
@click.argument("word")
@index_option
@format_option
@limit_option("words of each kind", least=1)
def command(word: str, index_path: str | None, form: Format, limit: int) -> int:
    """Show words of the index for WORD, with how often they stand there: other spellings and forms of it, words it may be
    misspelt for, words that begin so.

    \b
    Examples:
      idlibsearch suggest ceasfire
      idlibsearch suggest idl --limit 5
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.suggest(word, limit=limit)
        write(render.table([each._asdict() for each in found], ("word", "occurrences", "why", "distance"), form, style()), form)
        return FOUND if found else NOTHING

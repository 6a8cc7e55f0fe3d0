"""``idlibsearch similar``: reports like another."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click

from idlibsearch.faces.screen import style
from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, limit_option, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("similar")
@click.argument("key", required=False, default="")
@index_option
@format_option
@click.option("--text", type=click.File(encoding="utf-8", errors="replace"), metavar="FILE",
              help="Take the text of a file (-: what is typed or piped in) in place of a report's.")  # fmt: skip
@limit_option()
def command(key: str, index_path: str | None, form: Format, text: TextIO | None, limit: int) -> int:
    """Show reports like the one with a KEY, or like a text, and the words by which they are.

    \b
    Examples:
      idlibsearch similar seeds/003_68dc4d247c074b28.txt
      idlibsearch similar --text draft.txt --limit 5 --format json
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    if bool(key) == bool(text):
        raise click.UsageError("name a KEY, or a file with --text")
    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.similar(key, text=text.read() if text else "", limit=limit)
        write(render.similar(found.hits, [word._asdict() for word in found.words], form, style(index.root)), form)
        return FOUND if found.hits else NOTHING

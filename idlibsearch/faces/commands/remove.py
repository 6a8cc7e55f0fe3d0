"""``idlibsearch remove``: reports taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, wait_option, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("remove")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@index_option
@format_option
@click.option(
    "--query", "question", metavar="QUESTION", help="Remove all that answers a question; there must be nothing odd about it."
)
@wait_option
def command(keys: tuple[str, ...], index_path: str | None, form: Format, question: str | None, wait_s: float) -> int:
    """Remove reports by their keys, all reports of a file by its path as it stands in their keys, or what answers a question.

    \b
    Examples:
      idlibsearch remove seeds/003_68dc4d247c074b28.txt
      idlibsearch remove --query 'source:reuters date:[TO 2019]'
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    if not keys and question is None:
        raise click.UsageError("name keys, or a question with --query")
    with open_index(index_path or DEFAULT_INDEX, wait_s=wait_s) as index:
        with index.edit() as edit:
            edit.remove(*keys)
            if question is not None:
                edit.remove_where(question)
        removed = edit.changes.removed
        write(render.fields({"removed": removed, "reports": len(index)}, form), form)
        return FOUND if removed else NOTHING

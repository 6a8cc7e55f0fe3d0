"""``idlibsearch repair``: a damaged index made whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, progress_bar, say, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("repair")
@click.option("--reread", is_flag=True, help="Read what is lost from its source again, where that did not change.")
@index_option
@format_option
def command(index_path: str | None, form: Format, reread: bool) -> int:
    """Make a damaged index whole, and say which reports are lost.

    Every whole segment is kept, and what can be trusted of the others. One commit: whatever happens before leaves all as it was.
    Exits with 1 where reports are lost; `idlibsearch index` reads their sources as they are now.

    \b
    Examples:
      idlibsearch repair
      idlibsearch repair --reread --format json
    """
    from idlibsearch.faces.care import repair as repair_index
    from idlibsearch.results import render

    with progress_bar("Repairing") as progress:
        done = repair_index(index_path or DEFAULT_INDEX, reread=reread, progress=progress)
    for line in (*map(str, done.faults), *done.notes):
        say(line)
    value = {"sound": not done.faults} | done._asdict() | {"faults": [str(fault) for fault in done.faults]}
    write(render.fields(value, form) if done.faults or form != "text" else ["sound"], form)
    return NOTHING if done.lost else FOUND

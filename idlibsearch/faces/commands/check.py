"""``idlibsearch check``: is every file of an index sound?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, ERROR, FOUND, format_option, index_option, progress_bar, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("check")
@index_option
@format_option
def command(index_path: str | None, form: Format) -> int:
    """Check every file of the index: checksums, and that all its numbers fit together. Exits with 2 where it is damaged.

    \b
    Example:
      idlibsearch check --index /tmp/news
    """
    from idlibsearch.index.check import check as check_index
    from idlibsearch.results import render

    with progress_bar("Checking") as progress:
        faults = [str(fault) for fault in check_index(Path(index_path or DEFAULT_INDEX), progress)]
    if form == "text":
        write(faults or ["sound"])
    else:
        write(render.fields({"sound": not faults, "faults": faults}, form), form)
    return ERROR if faults else FOUND

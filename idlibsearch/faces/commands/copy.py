"""``idlibsearch copy``: a backup while others write."""

from __future__ import annotations

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, index_option, progress_bar, write


@click.command("copy")
@click.argument("target", metavar="DEST")
@click.option("--link", is_flag=True, help="Give files a second name in place of a copy: quick, but one failing disk loses both.")
@index_option
def command(target: str, link: bool, index_path: str | None) -> int:
    """Copy the index into DEST, a new or empty folder, while others read and write. The copy is verified.

    \b
    Examples:
      idlibsearch copy /backup/news-monday
      idlibsearch copy --link before-the-experiment
    """
    from idlibsearch.faces.care import copy

    path = index_path or DEFAULT_INDEX
    with progress_bar("Copying") as progress:
        generation = copy(path, target, link=link, progress=progress and (lambda done, of: progress("", done, of)))
    write([f"{path}: generation {generation} copied to {target}"])
    return FOUND

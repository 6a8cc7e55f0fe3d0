"""``idlibsearch rebuild``: stored reports analysed again."""

from __future__ import annotations

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, index_option, progress_bar, write


@click.command("rebuild")
@click.option("--memory", "memory_mb", type=click.IntRange(min=1), default=512, show_default=True, metavar="MB",
              help="How much memory it may take.")  # fmt: skip
@index_option
def command(index_path: str | None, memory_mb: int) -> int:
    """Analyse all stored reports again, without their sources: for an index that another version of the analysis made.

    Takes room on disk for the index once more, until the next change. One commit: who searches meanwhile is not disturbed.

    \b
    Example:
      idlibsearch rebuild --index /tmp/news
    """
    from idlibsearch.faces.care import rebuild as rebuild_index

    path = index_path or DEFAULT_INDEX
    with progress_bar("Analysing") as progress:
        generation = rebuild_index(path, memory_mb=memory_mb, progress=progress and (lambda done, of: progress("", done, of)))
    write([f"{path}: rebuilt as generation {generation}"])
    return FOUND

"""``idlibsearch index``: an index brought up to date with files."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idlibsearch.errors import NoIndexError
from idlibsearch.faces.terminal import DEFAULT_INDEX, ERROR, FOUND, format_option, index_option, say, wait_option, write

if TYPE_CHECKING:
    from idlibsearch.faces.api import Index
    from idlibsearch.faces.edit import Changes
    from idlibsearch.results.forms import Format

COUNTS = ("added", "changed", "unchanged", "removed", "files", "files_unchanged")


@click.command("index")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@index_option
@format_option
@click.option("--split", type=click.Choice(["auto", "article", "items", "bullets"]), default="auto", show_default=True,
              help="How pages are cut into reports.")  # fmt: skip
@click.option("--encoding", metavar="NAME", help="The encoding of the files, where it is guessed wrongly.")
@click.option("--map", "fields", multiple=True, metavar="NAME=FIELD",
              help="In JSON lines, take FIELD for the report's NAME, such as title=headline; may be repeated.")  # fmt: skip
@click.option("--entities/--no-entities", default=None,
              help="Look for names in all files, or in none.  [default: in pages, not in JSON lines]")  # fmt: skip
@click.option("--prune", is_flag=True, help="Also remove the reports of files that are gone.")
@click.option("--processes", type=click.IntRange(min=1), default=1, show_default=True, help="How many processes build the index.")
@click.option("--memory", "memory_mb", type=click.IntRange(min=1), default=512, show_default=True, metavar="MB",
              help="How much memory they may take, all together.")  # fmt: skip
@click.option("--checkpoint", "minutes", type=click.FloatRange(min=0), default=10.0, show_default=True, metavar="MINUTES",
              help="How often to commit what was read so far; 0: only in the end.")  # fmt: skip
@click.option("--stories/--no-stories", default=None,
              help="Find near-duplicates, or do not and forget those found.  [default: as before; a new index does]")  # fmt: skip
@wait_option
@click.option("--root", metavar="DIR", help="What keys are relative to, for a new index.  [default: the folder the index is in]")
def command(paths: tuple[str, ...], index_path: str | None, form: Format, minutes: float, **options: Any) -> int:
    """Read report pages and JSON lines into the index, or bring it up to date with them.

    PATH is a file or a folder; .jsonl and .ndjson, packed as .gz or .xz or not, have a report a line. Files that did not
    change are not even opened; a changed file's reports replace its old ones. The index is made where there is none. A run
    that breaks off is taken up by the next one at its last checkpoint.

    \b
    Examples:
      idlibsearch index seeds
      idlibsearch index --index /tmp/news --prune reports/ more/page.txt
      idlibsearch index --split article one_long_article.txt
      idlibsearch index --map title=headline --map key=uuid reports.jsonl.gz
      idlibsearch index --processes 4 --memory 2000 archive.jsonl.xz
    """
    from idlibsearch.results import render

    options |= {"fields": _mapping(options["fields"]), "checkpoint_s": 60 * minutes or None}
    stories = options["stories"] is not False
    with open_or_create(index_path or DEFAULT_INDEX, options.pop("root"), options.pop("wait_s"), stories=stories) as index:
        changes = add_with_progress(index, paths, options)
        value = {name: getattr(changes, name) for name in COUNTS}
        told = {
            name: [{"path": error.path, "reason": error.reason} for error in getattr(changes, name)]
            for name in ("skipped", "warnings")
        }
        for error in (*changes.skipped, *changes.warnings):
            say(str(error))
        if form == "text":
            write([summary(changes, len(index), index.path)])
        else:
            write(render.fields(value | told | {"reports": len(index)}, form))
        return ERROR if changes.skipped and not changes.files else FOUND


def summary(changes: Changes, reports: int, path: Path) -> str:
    same = f", {changes.files_unchanged:,} of them as they were" if changes.files_unchanged else ""
    counts = f"{changes.added:,} added, {changes.changed:,} changed, {changes.unchanged:,} unchanged, {changes.removed:,} removed"
    skipped = f", {len(changes.skipped):,} skipped" if changes.skipped else ""
    return f"{changes.files:,} files{same}{skipped}: {counts}; {reports:,} reports in {path}"


def open_or_create(path: str, root: str | None = None, wait_s: float = 10.0, *, stories: bool = True) -> Index:
    from idlibsearch.faces.api import create
    from idlibsearch.faces.api import open as open_index

    try:
        return open_index(path, wait_s=wait_s)
    except NoIndexError:
        return create(path, root=root, wait_s=wait_s, stories=stories)


def add_with_progress(index: Index, paths: Iterable[str], options: dict[str, Any]) -> Changes:
    from idlibsearch.faces.progress import Progress, bytes_of

    with Progress(sys.stderr, lambda: bytes_of(paths)) as advance:
        return index.add_path(*paths, **options, advance=advance)


def _mapping(options: Iterable[str]) -> dict[str, str]:
    """``title=headline`` and the like; the report's field first."""
    pairs = [option.partition("=") for option in options]
    for name, sign, taken in pairs:
        if not (name and sign and taken):
            raise click.UsageError(f"--map {name}{sign}{taken} is not of the form NAME=FIELD")
    return {name: taken for name, _, taken in pairs}

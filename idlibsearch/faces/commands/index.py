"""``idlibsearch index``: an index brought up to date with files."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idlibsearch.errors import ExtraError, NoIndexError
from idlibsearch.faces.commands.alert import write_alerts
from idlibsearch.faces.terminal import DEFAULT_INDEX, ERROR, FOUND, format_option, index_option, say, wait_option, write
from idlibsearch.ingest.formats.kinds import KINDS, NAMES

if TYPE_CHECKING:
    from idlibsearch.faces.api import Index
    from idlibsearch.faces.edit import Changes
    from idlibsearch.results.forms import Format

REASONS = 3  # that the table shows of a format
COUNTS = ("added", "changed", "unchanged", "removed", "files", "files_unchanged")


@click.command("index")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@index_option
@format_option
@click.option("--split", type=click.Choice(["auto", "article", "items", "bullets"]), default="auto", show_default=True,
              help="How pages are cut into reports.")  # fmt: skip
@click.option("--encoding", metavar="NAME", help="The encoding of the files, where it is guessed wrongly.")
@click.option("--as", "format", type=click.Choice(list(NAMES), case_sensitive=False), metavar="FORMAT",
              help=f"The format of all files, where it is not what they look like: {', '.join(KINDS)}.")  # fmt: skip
@click.option("--map", "fields", multiple=True, metavar="NAME=FIELD",
              help="In JSON and tables, take FIELD for the report's NAME, such as title=headline; may be repeated.")  # fmt: skip
@click.option("--entities/--no-entities", default=None,
              help="Look for names in all files, or in none.  [default: in pages, not in JSON and tables]")  # fmt: skip
@click.option("--gazetteer", metavar="FILE",
              help="Names to know beside our own: a line for each: type, name, other spellings, tabs between.")  # fmt: skip
@click.option("--prune", is_flag=True, help="Also remove the reports of files that are gone.")
@click.option("--processes", type=click.IntRange(min=1), default=1, show_default=True, help="How many processes build the index.")
@click.option("--memory", "memory_mb", type=click.IntRange(min=1), default=512, show_default=True, metavar="MB",
              help="How much memory they may take, all together.")  # fmt: skip
@click.option("--checkpoint", "minutes", type=click.FloatRange(min=0), default=10.0, show_default=True, metavar="MINUTES",
              help="How often to commit what was read so far; 0: only in the end.")  # fmt: skip
@click.option("--stories/--no-stories", default=None,
              help="Find near-duplicates, or do not and forget those found.  [default: as before; a new index does]")  # fmt: skip
@click.option("--alerts", is_flag=True,
              help="Then ask the saved questions of what is new, and write what they find, as 'alert run' does; what was read "
              "is told on stderr.")  # fmt: skip
@wait_option
@click.option("--root", metavar="DIR", help="What keys are relative to, for a new index.  [default: the folder the index is in]")
def command(paths: tuple[str, ...], index_path: str | None, form: Format, minutes: float, alerts: bool, **options: Any) -> int:
    """Read reports into the index, or bring it up to date with them.

    PATH is a file, a folder, a pattern in quotes, or - for standard input. Text, Markdown, HTML, PDF, DOCX, RTF, mail and
    mailboxes, JSON, JSON lines, tables (CSV) and WARC are read, packed or in archives (zip, gz, bz2, xz) too; some of them need
    more: pip install 'idlibsearch[all]'. Files that did not change are not even opened; a changed file's reports replace its old
    ones. The index is made where there is none. A run that breaks off is taken up by the next one at its last checkpoint.

    \b
    Examples:
      idlibsearch index seeds
      idlibsearch index --index /tmp/news --prune reports/ more/page.txt
      idlibsearch index --split article one_long_article.txt
      idlibsearch index --gazetteer names.tsv reports/
      idlibsearch index --map title=headline --map key=uuid reports.jsonl.gz
      idlibsearch index 'pages/**/*.html' mail.mbox archive.zip
      curl -s https://example.org/report.html | idlibsearch index - --as html
      idlibsearch index --processes 4 --memory 2000 archive.jsonl.xz
      idlibsearch index --alerts --format jsonl reports/ > matches.jsonl
    """
    from idlibsearch.results import render

    options |= {"fields": _mapping(options["fields"]), "checkpoint_s": 60 * minutes or None}
    stories = options["stories"] is not False
    with open_or_create(index_path or DEFAULT_INDEX, options.pop("root"), options.pop("wait_s"), stories=stories) as index:
        changes = add_with_progress(index, paths, options)
        for line in _complaints(changes):
            say(line)
        if not changes.files and not changes.skipped:
            say(f"no file was found in {', '.join(paths)}")
        if alerts:
            say(summary(changes, len(index), index.path))
            write_alerts(index.alerts.run(), form, index.root)
        elif form == "text":
            write([*kinds_table(changes), summary(changes, len(index), index.path)])
        else:
            write(render.fields(_as_json(changes) | {"reports": len(index)}, form), form)
        return ERROR if changes.skipped and not changes.files else FOUND


def _as_json(changes: Changes) -> dict[str, Any]:
    lists = {"skipped": changes.skipped, "warnings": changes.warnings}
    told = {name: [{"path": error.path, "reason": error.reason} for error in errors] for name, errors in lists.items()}
    kinds = [count._asdict() | {"reasons": dict(count.reasons)} for count in changes.kinds]
    return {name: getattr(changes, name) for name in COUNTS} | told | {"kinds": kinds}


def _complaints(changes: Changes) -> Iterator[str]:
    """What could not be read, a line each; what an extra is missing for once an extra, with how many there are."""
    missing = Counter(error.extra for error in changes.skipped if isinstance(error, ExtraError))
    for error in (*changes.skipped, *changes.warnings):
        if not isinstance(error, ExtraError):
            yield str(error)
        elif count := missing.pop(error.extra, 0):
            yield f"{error}" + (f" ({count - 1:,} more like it)" if count > 1 else "")


def kinds_table(changes: Changes) -> Iterator[str]:
    """What was read and what not, a line each format; nothing where all is of one kind and in order."""
    kinds = changes.kinds
    if len(kinds) < 2 and not any(count.skipped for count in kinds):
        return
    rows: list[tuple[str, ...]] = [("format", "read", "as it was", "reports", "skipped", "why")]
    for count in kinds:
        counts = (count.files, count.unchanged, count.reports, count.skipped)
        first, *further = [f"{reason} ({times:,})" for reason, times in count.reasons[:REASONS]] or [""]
        rows.append((count.kind, *(f"{number:,}" if number else "" for number in counts), first))
        more = len(count.reasons) - REASONS
        rows += [("",) * 5 + (why,) for why in (*further, *([f"{more:,} more"] if more > 0 else ()))]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers, why in rows:
        cells = (number.rjust(width) for number, width in zip(numbers, wide[1:-1], strict=True))
        yield "  ".join((name.ljust(wide[0]), *cells, why)).rstrip()


def summary(changes: Changes, reports: int, path: Path) -> str:
    same = f", {changes.files_unchanged:,} of them as they were" if changes.files_unchanged else ""
    counts = f"{changes.added:,} added, {changes.changed:,} changed, {changes.unchanged:,} unchanged, {changes.removed:,} removed"
    skipped = f", {len(changes.skipped):,} skipped" if changes.skipped else ""
    files = f"{changes.files:,} {'file' if changes.files == 1 else 'files'}"
    return f"{files}{same}{skipped}: {counts}; {reports:,} {'report' if reports == 1 else 'reports'} in {path}"


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

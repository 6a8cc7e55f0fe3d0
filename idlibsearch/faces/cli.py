"""The command line, and the only door to click: each command reads its options, asks ``api`` and hands the answer to ``render``.

Exit codes: 0 found or done, 1 nothing found, 2 error. Errors are one line on stderr. A closed pipe is success.
Imports beyond click stand inside the functions: a query must not pay for what it does not use.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from idlibsearch.errors import IdlibsearchError, NoIndexError, QueryError

if TYPE_CHECKING:
    from idlibsearch.faces.api import Index
    from idlibsearch.faces.edit import Changes
    from idlibsearch.results.render import Format, Style

FOUND, NOTHING, ERROR = 0, 1, 2
DEFAULT_INDEX, DEFAULT_SOURCE = "index", "seeds"
EMPTY_GENERATION = 1  # an index that was made and never filled, as an interrupted first run leaves it
COUNTS = ("added", "changed", "unchanged", "removed", "files", "files_unchanged")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def index_option(command: _Command) -> _Command:
    return click.option(
        "--index", "index_path", envvar="IDLIBSEARCH_INDEX", metavar="DIR", help=f"The index folder.  [default: {DEFAULT_INDEX}]"
    )(command)


def format_option(command: _Command) -> _Command:
    kinds = click.Choice(["text", "json", "jsonl", "csv"])
    return click.option("--format", "form", type=kinds, default="text", show_default=True, help="How to write the answer.")(
        command
    )


def wait_option(command: _Command) -> _Command:
    return click.option(
        "--wait", "wait_s", type=click.FloatRange(min=0), default=10.0, show_default=True, metavar="SECONDS",
        help="How long to wait while another process writes.",
    )(command)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="idlibsearch")
def cli() -> None:
    """Search collections of news reports.

    \b
    Examples:
      idlibsearch index reports/
      idlibsearch query "ceasefire Sochi"
      idlibsearch query '"secret agreements" NOT title:turkey'
      idlibsearch show KEY
    """


@cli.command("index")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@index_option
@format_option
@click.option("--split", type=click.Choice(["auto", "article", "items", "bullets"]), default="auto", show_default=True,
              help="How pages are cut into reports.")  # fmt: skip
@click.option("--encoding", metavar="NAME", help="The encoding of the files, where it is guessed wrongly.")
@click.option("--map", "fields", multiple=True, metavar="NAME=FIELD",
              help="In JSON lines, take FIELD for the report's NAME, such as title=headline; may be repeated.")  # fmt: skip
@click.option("--prune", is_flag=True, help="Also remove the reports of files that are gone.")
@click.option("--processes", type=click.IntRange(min=1), default=1, show_default=True, help="How many processes build the index.")
@click.option("--memory", "memory_mb", type=click.IntRange(min=1), default=512, show_default=True, metavar="MB",
              help="How much memory they may take, all together.")  # fmt: skip
@click.option("--checkpoint", "minutes", type=click.FloatRange(min=0), default=10.0, show_default=True, metavar="MINUTES",
              help="How often to commit what was read so far; 0: only in the end.")  # fmt: skip
@wait_option
@click.option("--root", metavar="DIR", help="What keys are relative to, for a new index.  [default: the folder the index is in]")
def index_command(paths: tuple[str, ...], index_path: str | None, form: Format, minutes: float, **options: Any) -> int:
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
    with _open_or_create(index_path or DEFAULT_INDEX, options.pop("root"), options.pop("wait_s")) as index:
        changes = _add_with_progress(index, paths, options)
        value = {name: getattr(changes, name) for name in COUNTS}
        told = {
            name: [{"path": error.path, "reason": error.reason} for error in getattr(changes, name)]
            for name in ("skipped", "warnings")
        }
        for error in (*changes.skipped, *changes.warnings):
            _say(str(error))
        if form == "text":
            _print([_summary(changes, len(index), index.path)])
        else:
            _print(render.fields(value | told | {"reports": len(index)}, form))
        return ERROR if changes.skipped and not changes.files else FOUND


def _summary(changes: Changes, reports: int, path: Path) -> str:
    same = f", {changes.files_unchanged:,} of them as they were" if changes.files_unchanged else ""
    counts = f"{changes.added:,} added, {changes.changed:,} changed, {changes.unchanged:,} unchanged, {changes.removed:,} removed"
    skipped = f", {len(changes.skipped):,} skipped" if changes.skipped else ""
    return f"{changes.files:,} files{same}{skipped}: {counts}; {reports:,} reports in {path}"


def _open_or_create(path: str, root: str | None = None, wait_s: float = 10.0) -> Index:
    from idlibsearch.faces.api import create
    from idlibsearch.faces.api import open as open_index

    try:
        return open_index(path, wait_s=wait_s)
    except NoIndexError:
        return create(path, root=root, wait_s=wait_s)


def _add_with_progress(index: Index, paths: Iterable[str], options: dict[str, Any]) -> Changes:
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


@cli.command()
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...")
@index_option
@format_option
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="How many reports to show.")
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True, help="How many of the best to pass over.")
@click.option("--sort", metavar="FIELD", default="score", show_default=True,
              help="By score, date (newest first), key, words or another field of numbers; :asc or :desc behind it.")  # fmt: skip
@click.option("--filter", metavar="QUESTION", help="Show only what answers this too; it does not count in scores.")
@click.option("--from", "date_from", metavar="DATE",
              help="Show only what was published then or later: 2020, 2020-01-12, 'last week', 'March 2019' …")  # fmt: skip
@click.option("--to", "date_to", metavar="DATE", help="The same, or earlier; all of the year, month or week that is named.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
              help="The day that dates such as 'last week' are seen from.  [default: today, in UTC]")  # fmt: skip
@click.option("--facet", "facets", multiple=True, metavar="FIELD[:N]",
              help="Count the N (10) most frequent values of a field over all matches, such as source, place, org; or "
              "date:year, quarter, month, week or day. May be given several times.")  # fmt: skip
@click.option("--any", "any_word", is_flag=True, help="Any of the words may match, in place of all.")
@click.option("--strict", is_flag=True, help="Refuse a question that there is anything odd about.")
@click.option("--timeout", "timeout_ms", type=click.FloatRange(min=0, min_open=True), metavar="MS",
              help="Give up where finding the hits takes more milliseconds than this, or counting them does.")  # fmt: skip
@click.option("--partial", is_flag=True, help="When the time is up, show the best found by then.")
def query(question: tuple[str, ...], index_path: str | None, form: Format, any_word: bool, **options: Any) -> int:
    """Ask the index a question.

    All words must match, anywhere in a report. "..." finds a phrase, NEAR/5 words at most 5 apart, {PERSON} a mention, title:word
    a word in a field (title, body, entities, date), source:reuters, place:idlib, words:>300, date:[2019 TO 2020-03] and
    date:"last week" what else is known of it; AND, OR, NOT and brackets combine. What is odd about a question is said on stderr
    and pointed at. Exits with 0 where something was found, 1 where nothing was, 2 on an error.

    \b
    Examples:
      idlibsearch query ceasefire Sochi
      idlibsearch query '"secret agreements" OR title:(truce OR ceasefire)'
      idlibsearch query '(truce OR ceasefire) NEAR/8 turkey'
      idlibsearch query 'kill* W/4 civilians date:"last 3 months"'
      idlibsearch query '"air strikes" SAME/S {PLACE} NOT date:<2019'
      idlibsearch query 'ceasefire january 2020'
      idlibsearch query --format json 'idlib NOT date:2020'
      idlibsearch query ceasefire --from 2020-01 --sort date --facet place:5 --facet date:month
      idlibsearch query 'idlib date:"since March 2019"' --to 'Q3 2019'
    """
    from idlibsearch.results import render

    if options["facets"] and form in ("jsonl", "csv"):
        raise click.UsageError(f"--facet has no place in {form}; use --format text or json")
    text = " ".join(question)
    with _open_or_build(index_path) as index:
        found = index.search(text, mode="any" if any_word else "all", **options)
        for line in render.diagnostics(text, found.diagnostics, _terminal_width()):
            _say(line)
        _print(render.results(found, form, _style()))
        return FOUND if found.hits or found.found.known_total else NOTHING


def _open_or_build(index_path: str | None) -> Index:
    """The index; where none is named and none was ever filled but a folder of seeds is there, one built from those."""
    from idlibsearch.faces.api import open as open_index

    buildable = index_path is None and Path(DEFAULT_SOURCE).is_dir()
    try:
        index = open_index(index_path or DEFAULT_INDEX)
    except NoIndexError:
        if not buildable:
            raise
        return _build()
    return _build() if buildable and index.generation == EMPTY_GENERATION else index


def _build() -> Index:
    _say(f"no index yet: building one from {DEFAULT_SOURCE}/ in {DEFAULT_INDEX}/")
    index = _open_or_create(DEFAULT_INDEX)
    changes = _add_with_progress(index, [DEFAULT_SOURCE], {})
    _say(_summary(changes, len(index), index.path))
    return index


@cli.command()
@click.argument("key")
@index_option
@format_option
def show(key: str, index_path: str | None, form: Format) -> int:
    """Show a report in full, by its KEY as the hits of a query name it.

    \b
    Example:
      idlibsearch show seeds/003_68dc4d247c074b28.txt
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX) as index:
        report = index.get(key) if index.has_reports else index.document(key)
        if report is None:
            _say(f"there is no report with the key {key}")
            return NOTHING
        _print(render.fields(report, form) if isinstance(report, dict) else render.report(report, form, _style()))
        return FOUND


@cli.command()
@index_option
@format_option
def stats(index_path: str | None, form: Format) -> int:
    """Say what is in the index: counts, sizes, the recipe its words were analysed by.

    \b
    Example:
      idlibsearch stats --format json
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX) as index:
        _print(render.fields(index.stats(), form))
        return FOUND


@cli.command()
@index_option
@format_option
def check(index_path: str | None, form: Format) -> int:
    """Check every file of the index: checksums, and that all its numbers fit together. Exits with 2 where it is damaged.

    \b
    Example:
      idlibsearch check --index /tmp/news
    """
    from idlibsearch.index.check import check as check_index
    from idlibsearch.results import render

    with _progress("Checking") as progress:
        faults = [str(fault) for fault in check_index(Path(index_path or DEFAULT_INDEX), progress)]
    if form == "text":
        _print(faults or ["sound"])
    else:
        _print(render.fields({"sound": not faults, "faults": faults}, form))
    return ERROR if faults else FOUND


@cli.command()
@click.option("--reread", is_flag=True, help="Read what is lost from its source again, where that did not change.")
@index_option
@format_option
def repair(index_path: str | None, form: Format, reread: bool) -> int:
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

    with _progress("Repairing") as progress:
        done = repair_index(index_path or DEFAULT_INDEX, reread=reread, progress=progress)
    for line in (*map(str, done.faults), *done.notes):
        _say(line)
    value = {"sound": not done.faults} | done._asdict() | {"faults": [str(fault) for fault in done.faults]}
    _print(render.fields(value, form) if done.faults or form != "text" else ["sound"])
    return NOTHING if done.lost else FOUND


@cli.command()
@click.option("--memory", "memory_mb", type=click.IntRange(min=1), default=512, show_default=True, metavar="MB",
              help="How much memory it may take.")  # fmt: skip
@index_option
def rebuild(index_path: str | None, memory_mb: int) -> int:
    """Analyse all stored reports again, without their sources: for an index that another version of the analysis made.

    Takes room on disk for the index once more, until the next change. One commit: who searches meanwhile is not disturbed.

    \b
    Example:
      idlibsearch rebuild --index /tmp/news
    """
    from idlibsearch.faces.care import rebuild as rebuild_index

    path = index_path or DEFAULT_INDEX
    with _progress("Analysing") as progress:
        generation = rebuild_index(path, memory_mb=memory_mb, progress=progress and (lambda done, of: progress("", done, of)))
    _print([f"{path}: rebuilt as generation {generation}"])
    return FOUND


@cli.command("copy")
@click.argument("target", metavar="DEST")
@click.option("--link", is_flag=True, help="Give files a second name in place of a copy: quick, but one failing disk loses both.")
@index_option
def copy_command(target: str, link: bool, index_path: str | None) -> int:
    """Copy the index into DEST, a new or empty folder, while others read and write. The copy is verified.

    \b
    Examples:
      idlibsearch copy /backup/news-monday
      idlibsearch copy --link before-the-experiment
    """
    from idlibsearch.faces.care import copy

    path = index_path or DEFAULT_INDEX
    with _progress("Copying") as progress:
        generation = copy(path, target, link=link, progress=progress and (lambda done, of: progress("", done, of)))
    _print([f"{path}: generation {generation} copied to {target}"])
    return FOUND


@contextmanager
def _progress(label: str) -> Iterator[Callable[[str, int, int], None] | None]:
    """Something to be called with what is being done, how much of it is done, and of how much; None where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=0, label=label, file=sys.stderr) as bar:

        def show(_: str, done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield show


@cli.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@index_option
@format_option
@click.option(
    "--query", "question", metavar="QUESTION", help="Remove all that answers a question; there must be nothing odd about it."
)
@wait_option
def remove(keys: tuple[str, ...], index_path: str | None, form: Format, question: str | None, wait_s: float) -> int:
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
        _print(render.fields({"removed": removed, "reports": len(index)}, form))
        return FOUND if removed else NOTHING


@cli.command("merge")
@index_option
@format_option
@wait_option
def merge_command(index_path: str | None, form: Format, wait_s: float) -> int:
    """Make one segment of all, without what was removed or replaced, so that a question has less to go through.

    Every `index` that finds something new leaves a segment, and merges those that pile up; so this is for an index that changes
    no more. Who searches or writes meanwhile is not disturbed; the old files go with the next change.

    \b
    Example:
      idlibsearch merge --index /tmp/news
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX, wait_s=wait_s) as index:
        merged = index.merge()
        stats = index.stats()
        _print(render.fields({"merged": merged, "segments": stats["segments"], "reports": stats["reports"]}, form))
        return FOUND


def _style() -> Style:
    from idlibsearch.results.render import COLOUR, PLAIN

    return COLOUR if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else PLAIN


def _print(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            click.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads: what is still buffered goes nowhere
        raise click.exceptions.Exit(FOUND) from None  # click itself would call it a failure


def _say(line: str) -> None:
    click.echo(f"idlibsearch: {line}" if not line.startswith("  ") else line, err=True)


def run() -> None:
    """The console command: every error becomes one line and exit code 2, a closed pipe exit code 0."""
    gc.set_threshold(100_000)  # importing makes objects that all stay: looking for garbage among them takes milliseconds
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = ERROR
    except click.ClickException as error:
        _say(f"{error.format_message()} (idlibsearch --help says more)")
        code = ERROR
    except (click.Abort, KeyboardInterrupt):
        _say("stopped")
        code = ERROR
    except QueryError as error:
        code = _refused(error)
    except IdlibsearchError as error:
        _say(str(error))
        code = ERROR
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        code = ERROR
    sys.exit(code)


def _refused(error: QueryError) -> int:
    from idlibsearch.results.pointing import pointed

    for line in pointed(error.query, error.span, error.message, error.advice, _terminal_width()):
        _say(line)
    return ERROR


def _terminal_width() -> int:
    """How many columns stderr has."""
    from idlibsearch.results.pointing import WIDTH

    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or WIDTH
    except (OSError, ValueError):  # no terminal
        return WIDTH

"""What all commands share: their common options, exit codes, and how they write.

Exit codes: 0 found or done, 1 nothing found, 2 error. On a terminal, text is broken between words, and what is longer than the
screen goes to a pager; elsewhere lines are written as they are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

from idlibsearch.faces.completion import facets_of
from idlibsearch.faces.screen import columns, error_columns, size_of

if TYPE_CHECKING:
    from idlibsearch.query.diagnostics import Diagnostic

FOUND, NOTHING, ERROR = 0, 1, 2
DEFAULT_INDEX = "index"
NO_PAGER = "idlibsearch.no_pager"
CLEARED = "\r\x1b[K"
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _read_ranking(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, float | str] | None:
    """NAME=NUMBER, several times, or formula=NAME; None for none."""
    pairs = [(name, text) for name, _, text in (value.partition("=") for value in values)]
    try:
        return {name: text if name == "formula" else float(text) for name, text in pairs} or None
    except ValueError:
        raise click.BadParameter(f"write NAME=NUMBER, such as k1=0.9, not {' '.join(values)}") from None


def index_option(command: _Command) -> _Command:
    return click.option(
        "--index", "index_path", envvar="IDLIBSEARCH_INDEX", metavar="DIR", type=click.Path(file_okay=False),
        help=f"The index folder.  [default: {DEFAULT_INDEX}]",
    )(command)  # fmt: skip


def format_option(command: _Command) -> _Command:
    kinds = click.Choice(["text", "json", "jsonl", "csv"])
    written = click.option("--format", "form", type=kinds, default="text", show_default=True, help="How to write the answer.")
    return written(pager_option(command))


def pager_option(command: _Command) -> _Command:
    return click.option(
        "--no-pager", is_flag=True, expose_value=False, callback=_note_pager,
        help="Write straight to the terminal, also what is longer than it.  [also: PAGER=cat]",
    )(command)  # fmt: skip


def _note_pager(context: click.Context, _option: click.Parameter, value: bool) -> None:
    context.meta[NO_PAGER] = value


def wait_option(command: _Command) -> _Command:
    return click.option(
        "--wait", "wait_s", type=click.FloatRange(min=0), default=10.0, show_default=True, metavar="SECONDS",
        help="How long to wait while another process writes.",
    )(command)  # fmt: skip


def per_option(command: _Command) -> _Command:
    return click.option(
        "--per", type=click.Choice(["report", "story"]), default="report", show_default=True,
        help="Count every report, or every story once, whatever versions of it match.",
    )(command)  # fmt: skip


def any_option(command: _Command) -> _Command:
    return click.option(
        "--any", "mode", flag_value="any", default="all", help="Any of the words may match, in place of all."
    )(command)  # fmt: skip


def limit_option(shown: str = "reports", count: int = 10, least: int = 0) -> Callable[[_Command], _Command]:
    return click.option(
        "--limit",
        type=click.IntRange(min=least),
        default=count,
        show_default=True,
        metavar="N",
        help=f"How many {shown} to show.",
    )


def facet_option(*usual: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--facet", "facets", multiple=True, metavar="FIELD[:N]", default=usual, show_default=bool(usual),
        shell_complete=facets_of,
        help="Count the N (10; 0: all) most frequent values of a field over all matches, such as source, place, person, org, "
        "group; or date:year, quarter, month, week or day. May be given several times.",
    )  # fmt: skip


def ranking_options(command: _Command) -> _Command:
    """How what answers a question is ranked, likewise."""
    for option in reversed((
        click.option("--recent", metavar="HALF-LIFE",
                     help="Newer reports first: scores fade to half in every 30d, 2w, 6m or 1y of a report's age."),
        click.option("--proximity", is_flag=True,
                     help="Count also how near to each other neighbouring words of the question stand."),
        click.option("--expand", type=click.Choice(["rm3", "bo1"]),
                     help="Add words of the reports that answer best, which are told."),
        click.option("--without", "expand_without", multiple=True, metavar="WORD",
                     help="Not this one of the words that --expand adds. May be given several times."),
        click.option("--ranking", multiple=True, metavar="NAME=NUMBER", callback=_read_ranking,
                     help="Rank by other numbers: k1, title (a field's weight), title.b (its b) … or by another formula: "
                          "formula=lucene, formula=lucene-combined. May be given several times."),
    )):  # fmt: skip
        command = option(command)
    return command


def question_options(command: _Command) -> _Command:
    """What restricts a question and how it is read, by the names that ``Index.search`` has for it."""
    for option in reversed((
        click.option("--filter", metavar="QUESTION", help="Only what answers this too; it does not count in scores."),
        click.option("--from", "date_from", metavar="DATE",
                     help="Only what was published then or later: 2020, 2020-01-12, 'last week', 'March 2019' …"),
        click.option("--to", "date_to", metavar="DATE",
                     help="The same, or earlier; all of the year, month or week that is named."),
        click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
                     help="The day that dates such as 'last week' are seen from.  [default: today, in UTC]"),
        any_option,
        click.option("--strict", is_flag=True, help="Refuse a question that there is anything odd about."),
    )):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[str, int, int], None] | None]:
    """Something to be called with what is being done, how much of it is done, and of how much; None where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = -1

    def show(_: str, done: int, of: int) -> None:
        nonlocal shown
        if (percent := 100 * done // (of or 1)) != shown:
            click.echo(f"{CLEARED}{label}: {done:,} of {of:,} ({percent} %)", err=True, nl=False)
        shown = percent

    try:
        yield show
    finally:
        click.echo(CLEARED, err=True, nl=False)


def write(lines: Iterable[str], form: str = "text") -> None:
    """Lines on stdout; only those for people are broken where they are too long."""
    try:
        if room := columns():
            _show(_broken(lines, room) if form == "text" else iter(lines))
        else:
            for line in lines:
                click.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads: what is still buffered goes nowhere
        raise click.exceptions.Exit(FOUND) from None  # click itself would call it a failure


def _broken(lines: Iterable[str], room: int) -> Iterator[str]:
    from idlibsearch.results.wrapping import wrapped

    return chain.from_iterable(wrapped(line, room) for line in lines)


def _show(lines: Iterator[str]) -> None:
    """On the screen; by a pager where that has fewer rows. Not every pager knows links."""
    screen = list(islice(lines, size_of(sys.stdout)[1] - 1)) if _is_paging() else []
    below = next(lines, None)
    if screen and below is not None:
        from idlibsearch.results.wrapping import unlinked

        os.environ.setdefault("LESS", "-FRX")  # colours, and what was shown stays on the screen
        click.echo_via_pager(f"{unlinked(line)}\n" for line in chain(screen, [below], lines))
    else:
        for line in chain(screen, [] if below is None else [below], lines):
            click.echo(line)


def _is_paging() -> bool:
    context = click.get_current_context(silent=True)
    if (
        (context is not None and context.meta.get(NO_PAGER))
        or not (sys.stdin and sys.stdin.isatty())
        or os.environ.get("TERM") == "dumb"
    ):
        return False
    from shutil import which

    return which("less") is not None if (pager := os.environ.get("PAGER")) is None else pager not in ("", "cat")


def say(line: str) -> None:
    """A line on stderr; one that is set in belongs to the one before and is as wide as it may be."""
    told = line if line.startswith("  ") else f"idlibsearch: {line}"
    room = size_of(sys.stderr)[0]
    for row in _broken([told], room) if room and not line.startswith("  ") else [told]:
        click.echo(row, err=True)


def say_diagnostics(question: str, found: Iterable[Diagnostic]) -> None:
    """What is worth telling about a question, on stderr."""
    from idlibsearch.results.render import diagnostics

    for line in diagnostics(question, found, error_columns()):
        say(line)

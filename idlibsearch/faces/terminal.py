"""What all commands share: their common options, exit codes, and how they write.

Exit codes: 0 found or done, 1 nothing found, 2 error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from idlibsearch.query.diagnostics import Diagnostic
    from idlibsearch.results.render import Style

FOUND, NOTHING, ERROR = 0, 1, 2
WIDTH = 100  # where nobody knows how wide the terminal is
DEFAULT_INDEX = "index"
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


def per_option(command: _Command) -> _Command:
    return click.option(
        "--per", type=click.Choice(["report", "story"]), default="report", show_default=True,
        help="Count every report, or every story once, whatever versions of it match.",
    )(command)  # fmt: skip


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
        click.option("--any", "mode", flag_value="any", default="all", help="Any of the words may match, in place of all."),
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
    with click.progressbar(length=0, label=label, file=sys.stderr) as bar:

        def show(_: str, done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield show


def style() -> Style:
    from idlibsearch.results.render import COLOUR, PLAIN

    return COLOUR if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else PLAIN


def write(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            click.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads: what is still buffered goes nowhere
        raise click.exceptions.Exit(FOUND) from None  # click itself would call it a failure


def say(line: str) -> None:
    click.echo(f"idlibsearch: {line}" if not line.startswith("  ") else line, err=True)


def say_diagnostics(question: str, found: Iterable[Diagnostic]) -> None:
    """What is worth telling about a question, on stderr."""
    from idlibsearch.results.render import diagnostics

    for line in diagnostics(question, found, terminal_width()):
        say(line)


def columns() -> int:
    """How many columns stdout has; 0 where it is no terminal."""
    if not sys.stdout.isatty():
        return 0
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH


def terminal_width() -> int:
    """How many columns stderr has."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or WIDTH
    except (OSError, ValueError):  # no terminal
        return WIDTH

"""The command line: finds the command that is asked for, runs it, and makes every error one line.

Click has one door: this module, what the commands share (``terminal``), and the commands, each of which is imported only when it
is asked for and imports what it needs when it runs: a query must not pay for what it does not use. A closed pipe is success.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from idlibsearch.errors import IdlibsearchError, NoIndexError, QueryError
from idlibsearch.faces.screen import error_columns
from idlibsearch.faces.terminal import DEFAULT_INDEX, ERROR, FOUND, say, write

PROGRAM = "idlibsearch"
COMMANDS = (
    *("alert", "batch", "check", "completion", "copy", "diff", "explain", "export", "facets", "index", "merge", "query"),
    *("rebuild", "remove", "repair", "show", "similar", "stats", "suggest", "terms", "timeline", "verify"),
)


class _Commands(click.Group):
    """A group whose commands are modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"idlibsearch.faces.commands.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises UsageError for what is no command, with what may have been meant."""
        if not args[0].startswith("-") and args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise click.UsageError(_no_command(args[0]), ctx)
        return super().resolve_command(ctx, args)


def _no_command(typed: str) -> str:
    from difflib import get_close_matches

    meant = get_close_matches(typed.lower(), COMMANDS, 1) or [name for name in COMMANDS if name.startswith(typed)]
    return f"there is no command {typed}" + (f"; did you mean {meant[0]}?" if meant else f'; to ask: idlibsearch query "{typed}"')


@click.group(
    cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="idlibsearch")
@click.pass_context
def cli(context: click.Context) -> int:
    """Search collections of news reports.

    \b
    Examples:
      idlibsearch index reports/
      idlibsearch query "ceasefire Sochi"
      idlibsearch query '"secret agreements" NOT title:turkey'
      idlibsearch show KEY
    """
    if context.invoked_subcommand is None:
        write(_start())
    return FOUND


def _start() -> Iterator[str]:
    """What to do first: what is there already, and the next command."""
    from idlibsearch.index.directory import exists

    path = os.environ.get("IDLIBSEARCH_INDEX") or DEFAULT_INDEX
    if exists(Path(path)):
        yield f"There is an index in {path}/. Ask it:"
        yield "  idlibsearch query ceasefire Sochi        any report with both words"
        yield "  idlibsearch facets                       which sources, places and months there are"
        yield "  idlibsearch index FOLDER                 bring it up to date, or add more"
    else:
        yield f"There is no index in {path}/ yet. Make one of a folder of reports:"
        yield "  idlibsearch index FOLDER                 pages, JSON lines, HTML, PDF, mail …"
        yield "  idlibsearch query ceasefire Sochi        then ask it"
    yield "  idlibsearch --help                       all commands"
    yield "  idlibsearch query --help                 what can be asked"


def run() -> None:
    """The console command: every error becomes one line and exit code 2, a closed pipe exit code 0."""
    gc.set_threshold(100_000)  # importing makes objects that all stay: looking for garbage among them takes milliseconds
    try:
        code = cli.main(prog_name=PROGRAM, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = ERROR
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        say(f"{error.format_message().removesuffix('.')} ({path} --help says more)")
        code = ERROR
    except click.ClickException as error:
        say(error.format_message())
        code = ERROR
    except (click.Abort, KeyboardInterrupt):
        say("stopped")
        code = ERROR
    except QueryError as error:
        code = _refused(error)
    except NoIndexError as error:
        named = "" if error.path == DEFAULT_INDEX else f" --index {error.path}"
        say(f"{error.path}: there is no index here; name the folder of one (--index), or make one: idlibsearch index{named} PATH")
        code = ERROR
    except IdlibsearchError as error:
        say(str(error))
        code = ERROR
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        code = ERROR
    sys.exit(code)


def _refused(error: QueryError) -> int:
    from idlibsearch.results.pointing import pointed

    for line in pointed(error.query, error.span, error.message, error.advice, error_columns()):
        say(line)
    return ERROR

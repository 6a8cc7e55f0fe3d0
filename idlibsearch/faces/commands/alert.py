"""``idlibsearch alert``: questions that are saved, and asked of new reports."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from idlibsearch.faces.completion import fields_of
from idlibsearch.faces.screen import style
from idlibsearch.faces.terminal import (
    DEFAULT_INDEX,
    FOUND,
    NOTHING,
    any_option,
    format_option,
    index_option,
    say,
    say_diagnostics,
    wait_option,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from idlibsearch.faces.alerts import Alerted
    from idlibsearch.query.tree import Mode
    from idlibsearch.results.forms import Format
    from idlibsearch.results.render import Style


NONE_SAVED = "no question is saved: idlibsearch alert add NAME QUESTION"


@click.group("alert")
def command() -> None:
    """Save questions, and ask them of the reports that are new.

    \b
    Examples:
      idlibsearch alert add sochi '(truce OR ceasefire) NEAR/8 sochi'
      idlibsearch index reports/ && idlibsearch alert run
      idlibsearch index --alerts --format jsonl reports/
    """


@command.command("add")
@click.argument("name")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...", shell_complete=fields_of)
@index_option
@any_option
@wait_option
def add(name: str, question: tuple[str, ...], index_path: str | None, mode: Mode, wait_s: float) -> int:
    """Save a question under a NAME, in place of the one that has it.

    The first one that is saved also notes which reports there are: those are not new.
    """
    from idlibsearch.faces.api import open as open_index

    text = " ".join(question)
    with open_index(index_path or DEFAULT_INDEX, wait_s=wait_s) as index:
        say_diagnostics(text, index.alerts.add(name, text, mode=mode))
        return FOUND


@command.command("list")
@index_option
@format_option
def show(index_path: str | None, form: Format) -> int:
    """Show the saved questions."""
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results.render import table

    with open_index(index_path or DEFAULT_INDEX) as index:
        rows = [{"alert": name, "query": each.text, "mode": each.mode} for name, each in index.alerts.saved.items()]
        if not rows:
            say(NONE_SAVED)
        write(table(rows, ("alert", "mode", "query"), form, style()), form)
        return FOUND if rows else NOTHING


@command.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@index_option
@wait_option
def remove(names: tuple[str, ...], index_path: str | None, wait_s: float) -> int:
    """Forget saved questions."""
    from idlibsearch.faces.api import open as open_index

    with open_index(index_path or DEFAULT_INDEX, wait_s=wait_s) as index:
        return FOUND if index.alerts.remove(*names) else NOTHING


@command.command("run")
@index_option
@format_option
@click.option("--every", is_flag=True, help="Ask them of every report, in place of the new ones.")
@wait_option
def run(index_path: str | None, form: Format, every: bool, wait_s: float) -> int:
    """Ask all saved questions of the reports that were added or changed since this was last done.

    Finds what each question finds in the whole index, among those, and writes it as it is found; a run that breaks off is done
    again. A question that cannot be answered any more is told on stderr. Exits with 0 where anything was found, 1 where nothing
    was.
    """
    from idlibsearch.faces.api import open as open_index

    with open_index(index_path or DEFAULT_INDEX, wait_s=wait_s) as index:
        count = write_alerts(index.alerts.run(every=every), form, index.root)
        if not count:
            say("nothing new is found" if index.alerts.saved else NONE_SAVED)
        return FOUND if count else NOTHING


def write_alerts(alerts: Iterable[Alerted], form: Format, root: Path) -> int:
    """Write what saved questions find, each match before the next is looked for; how many there were."""
    count = 0

    def found() -> Iterator[Alerted]:
        nonlocal count
        for each in alerts:
            if each.hit is None:
                say(f"{each.name}: {each.error}")
            else:
                count += 1
                yield each

    write(_written(found(), form, style(root)), form)
    return count


def _written(found: Iterator[Alerted], form: Format, dressed: Style) -> Iterator[str]:
    from idlibsearch.results.forms import as_json, records
    from idlibsearch.results.render import HIT_COLUMNS, hit_text

    if form == "text":
        for number, (name, group) in enumerate(groupby(found, key=lambda each: each.name)):
            yield from ("",) if number else ()
            yield f"{dressed.bold}{name}{dressed.plain}"
            for place, each in enumerate(group, 1):
                yield ""
                yield from hit_text(place, each.hit, dressed) if each.hit else ()
    elif form == "json":
        yield "["
        yield from (f"{',' if number else ''}{as_json(each.to_json())}" for number, each in enumerate(found))
        yield "]"
    else:
        yield from records((each.to_json() for each in found), form, ("alert", "query", *HIT_COLUMNS))

"""``idlibsearch alert``: questions that are saved, and asked of new reports."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from idlibsearch.faces.terminal import (
    DEFAULT_INDEX,
    FOUND,
    NOTHING,
    format_option,
    index_option,
    say,
    say_diagnostics,
    style,
    wait_option,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idlibsearch.faces.alerts import Alerted
    from idlibsearch.results.forms import Format


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
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...")
@index_option
@click.option("--any", "mode", flag_value="any", default="all", help="Any of the words may match, in place of all.")
@wait_option
def add(name: str, question: tuple[str, ...], index_path: str | None, mode: str, wait_s: float) -> int:
    """Save a question under a NAME, in place of the one that has it.

    The first one that is saved also notes which reports there are: those are not new.
    """
    from idlibsearch.faces.api import open as open_index

    text = " ".join(question)
    with open_index(index_path or DEFAULT_INDEX, wait_s=wait_s) as index:
        say_diagnostics(text, index.alerts.add(name, text, mode="any" if mode == "any" else "all"))
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
        write(table(rows, ("alert", "query", "mode"), form, style()))
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
        return FOUND if write_alerts(index.alerts.run(every=every), form) else NOTHING


def write_alerts(alerts: Iterable[Alerted], form: Format) -> int:
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

    write(_written(found(), form))
    return count


def _written(found: Iterator[Alerted], form: Format) -> Iterator[str]:
    from idlibsearch.results.forms import as_json, records
    from idlibsearch.results.render import HIT_COLUMNS, hit_text

    if form == "text":
        for name, group in groupby(found, key=lambda each: each.name):
            yield f"{style().bold}{name}{style().plain}"
            for number, each in enumerate(group, 1):
                yield from hit_text(number, each.hit, style()) if each.hit else ()
    elif form == "json":
        yield "["
        yield from (f"{',' if number else ''}{as_json(each.to_json())}" for number, each in enumerate(found))
        yield "]"
    else:
        yield from records((each.to_json() for each in found), form, ("alert", "query", *HIT_COLUMNS))

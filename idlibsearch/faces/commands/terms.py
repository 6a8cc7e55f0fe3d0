"""``idlibsearch terms``: what tells some reports from others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    limit_option,
    per_option,
    write,
)

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format
    from idlibsearch.results.significant import Significant

PEOPLES_COLUMNS = ("score", "kind", "here", "there", "text")  # what may be long stands last
COLUMNS = ("text", "kind", "score", "here", "of", "there", "there_of")


@click.command("terms")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...", shell_complete=fields_of)
@index_option
@format_option
@click.option("--against", metavar="QUESTION", help="Compare with what answers this.  [default: with all other reports]")
@click.option("--kind", "kinds", multiple=True, metavar="KIND",
              help="Compare words (word), or values of a field: person, place, org, group, source; may be given several times.  "
              "[default: all of these]")  # fmt: skip
@limit_option("of them", 20, 1)
@per_option
@any_option
def command(
    question: tuple[str, ...], index_path: str | None, form: Format, kinds: tuple[str, ...], **options: Any
) -> int:  # fmt: skip
    """Show the words and names that tell the reports that answer a QUESTION from others.

    They are compared by how many reports have them here and there; the score is the log-likelihood ratio (above 10.8 with a
    chance below one in 1,000).

    \b
    Examples:
      idlibsearch terms ceasefire
      idlibsearch terms idlib date:2020 --against 'idlib date:2019' --per story
      idlibsearch terms 'source:reuters' --kind place --kind person --format json
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.faces.searcher import KINDS
    from idlibsearch.results import render

    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.terms(" ".join(question), kinds=kinds or KINDS, **options)
        if form == "text":
            write(render.table([_for_people(row) for row in found], PEOPLES_COLUMNS, form, style()))
        else:
            write(render.table([row._asdict() for row in found], COLUMNS, form), form)
        return FOUND if found else NOTHING


def _for_people(row: Significant) -> dict[str, Any]:
    return row._asdict() | {"here": f"{row.here:,} of {row.of:,}", "there": f"{row.there:,} of {row.there_of:,}"}

"""``idlibsearch terms``: what tells some reports from others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, per_option, style, write

if TYPE_CHECKING:
    from idlibsearch.query.tree import Mode
    from idlibsearch.results.forms import Format

COLUMNS = ("text", "kind", "score", "here", "of", "there", "there_of")


@click.command("terms")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...")
@index_option
@format_option
@click.option("--against", metavar="QUESTION", help="Compare with what answers this.  [default: with all other reports]")
@click.option("--kind", "kinds", multiple=True, metavar="KIND",
              help="Compare words (word), or values of a field: person, place, org, group, source; may be given several times.  "
              "[default: all of these]")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many to show.")
@per_option
@click.option("--any", "any_word", is_flag=True, help="Any of the words may match, in place of all.")
def command(
    question: tuple[str, ...],
    index_path: str | None,
    form: Format,
    kinds: tuple[str, ...],
    any_word: bool,
    **options: Any,
) -> int:
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
        mode: Mode = "any" if any_word else "all"
        found = index.terms(" ".join(question), kinds=kinds or KINDS, mode=mode, **options)
        write(render.table([row._asdict() for row in found], COLUMNS, form, style()))
        return FOUND if found else NOTHING

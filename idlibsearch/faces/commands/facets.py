"""``idlibsearch facets``: what the matches of a question have in common."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click

from idlibsearch.faces.completion import choices_of, fields_of
from idlibsearch.faces.screen import columns, style
from idlibsearch.faces.terminal import (
    DEFAULT_INDEX,
    FOUND,
    NOTHING,
    facet_option,
    format_option,
    index_option,
    per_option,
    question_options,
    say_diagnostics,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idlibsearch.results.forms import Format


@click.command("facets")
@click.argument("question", nargs=-1, metavar="[QUESTION]...", shell_complete=fields_of)
@index_option
@format_option
@facet_option("source", "place", "date:month")
@click.option("--choose", "choices", multiple=True, metavar="FIELD=VALUE", shell_complete=choices_of,
              help="Only reports with this value, or another one chosen in the same field. All other facets are restricted to "
              "them, the one it is chosen in is not. May be given several times.")  # fmt: skip
@per_option
@question_options
def command(
    question: tuple[str, ...],
    index_path: str | None,
    form: Format,
    facets: tuple[str, ...],
    choices: tuple[str, ...],
    **options: Any,
) -> int:
    """Count what the reports that answer a question have, over all of them: sources, places, people, dates.

    Without a question, of all reports. A report counts once for each of its values.

    \b
    Examples:
      idlibsearch facets ceasefire --facet place --facet org:20
      idlibsearch facets ceasefire --facet place --facet source --choose source=Reuters --choose source=TASS
      idlibsearch facets --facet date:year --format csv
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results.forms import as_json, records
    from idlibsearch.results.plot import facets as drawn

    text = " ".join(question) or "*"
    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.facets(text, facets, chosen=_chosen(choices), **options)
        say_diagnostics(text, found.diagnostics)
        if form == "text":
            write(drawn(found, columns(), style()))
        elif form == "json":
            write([as_json({"query": text} | found.to_json(), indent=1)], form)
        else:
            write(records(found.rows(), form, ("facet", "value", "count")), form)
        return FOUND if found.total else NOTHING


def _chosen(choices: Iterable[str]) -> dict[str, list[str]]:
    chosen = defaultdict(list)
    for choice in choices:
        field, sign, value = choice.partition("=")
        if not (field and sign and value):
            raise click.UsageError(f"--choose {choice} is not of the form FIELD=VALUE")
        chosen[field].append(value)
    return chosen

"""``idlibsearch timeline``: how many of the matches were published when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from idlibsearch.faces.completion import fields_of
from idlibsearch.faces.screen import columns, style
from idlibsearch.faces.terminal import (
    DEFAULT_INDEX,
    FOUND,
    NOTHING,
    format_option,
    index_option,
    per_option,
    question_options,
    say_diagnostics,
    write,
)

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("timeline")
@click.argument("question", nargs=-1, metavar="[QUESTION]...", shell_complete=fields_of)
@index_option
@format_option
@click.option("--by", type=click.Choice(["day", "week", "month", "quarter", "year"]), default="month", show_default=True,
              help="How long each stretch of time is.")  # fmt: skip
@click.option("--vague", type=click.Choice(["apart", "spread"]), default="apart", show_default=True,
              help="Dates that reach over several stretches, as a year over months: kept apart, or spread.")  # fmt: skip
@click.option("--field", default="date", show_default=True,
              help="Another field of points in time, where the index has a schema of its own.")  # fmt: skip
@click.option("--zone", metavar="NAME", help="Where the days of such a field begin, as Europe/Berlin.  [default: UTC]")
@per_option
@question_options
def command(question: tuple[str, ...], index_path: str | None, form: Format, **options: Any) -> int:
    """Count the reports that answer a question by the time of their publication, and as a share of all reports of that time.

    Without a question, all reports. Stretches without a match between the first and the last are shown as well.

    \b
    Examples:
      idlibsearch timeline ceasefire --by week --from 2019-10
      idlibsearch timeline 'bank* NEAR/8 crisis' --by year --vague spread --format json
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results.forms import as_json, records
    from idlibsearch.results.plot import timeline as drawn

    text = " ".join(question) or "*"
    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.timeline(text, **options)
        say_diagnostics(text, found.diagnostics)
        if form == "text":
            write(drawn(found, columns(), style()))
        elif form == "json":
            write([as_json({"query": text} | found.to_json(), indent=1)], form)
        else:
            write(records(found.rows(), form, ("label", "start", "end", "matches", "reports", "share")), form)
        return FOUND if found.total else NOTHING

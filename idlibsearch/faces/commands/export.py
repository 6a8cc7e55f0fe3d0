"""``idlibsearch export``: everything that answers a question, in full."""

from __future__ import annotations

from typing import Any, Literal

import click

from idlibsearch.faces.completion import fields_of
from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, index_option, question_options, say_diagnostics, write


@click.command("export")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...", shell_complete=fields_of)
@index_option
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True,
              help="How to write the reports.")  # fmt: skip
@click.option("--sort", metavar="FIELD", default="added", show_default=True,
              help="As they were added, which takes least memory, or by score, date, key or a field of numbers; "
              ":asc or :desc behind it.")  # fmt: skip
@question_options
def command(question: tuple[str, ...], index_path: str | None, form: Literal["jsonl", "csv"], sort: str, **options: Any) -> int:
    """Write every report that answers a question, with its text: one JSON object a line, or CSV.

    There is no limit, and however many there are they take no more memory. '*' is every report. What was written as JSON lines
    can be indexed again.

    \b
    Examples:
      idlibsearch export ceasefire Sochi > ceasefire.jsonl
      idlibsearch export '*' --from 2020-01 --to 2020-03 --format csv --sort date:asc > winter.csv
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results.export import columns_of, rows_of
    from idlibsearch.results.forms import records

    text = " ".join(question)
    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.search(text, limit=0, **options)
        say_diagnostics(text, found.diagnostics)
        columns = columns_of(found.found.snapshot)
        write(records(rows_of(found.export(sort), columns), form, columns), form)
        return FOUND if found.total else NOTHING

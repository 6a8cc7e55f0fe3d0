"""``idlibsearch export``: everything that answers a question, in full."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING, Any, Literal

import click

from idlibsearch.faces.completion import fields_of, orders_of
from idlibsearch.faces.terminal import (
    DEFAULT_INDEX,
    FOUND,
    NOTHING,
    index_option,
    pager_option,
    question_options,
    say_diagnostics,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idlibsearch.results.arrow import ArrowForm
    from idlibsearch.results.hits import Results


@click.command("export")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...", shell_complete=fields_of)
@index_option
@click.option("--format", "form", type=click.Choice(["jsonl", "csv", "parquet", "arrow"]), default="jsonl", show_default=True,
              help="How to write the reports. The last two need more: pip install 'idlibsearch[arrow]'.")  # fmt: skip
@click.option("--output", type=click.File("wb", lazy=True), metavar="FILE", help="Write there, in place of stdout.")
@click.option("--sort", metavar="FIELD", default="added", show_default=True, shell_complete=orders_of,
              help="As they were added, which takes least memory, or by score, date, key or a field of numbers; "
              ":asc or :desc behind it.")  # fmt: skip
@pager_option
@question_options
def command(
    question: tuple[str, ...],
    index_path: str | None,
    form: Literal["jsonl", "csv"] | ArrowForm,
    output: IO[bytes] | None,
    sort: str,
    **options: Any,
) -> int:
    """Write every report that answers a question, with its text: as JSON lines, CSV, or a table of typed columns.

    There is no limit, and however many there are they take no more memory. '*' is every report. What was written as JSON lines
    can be indexed again.

    \b
    Examples:
      idlibsearch export ceasefire Sochi > ceasefire.jsonl
      idlibsearch export '*' --from 2020-01 --to 2020-03 --format csv --sort date:asc > winter.csv
      idlibsearch export ceasefire --format parquet --output ceasefire.parquet
    """
    from idlibsearch.faces.api import open as open_index

    text = " ".join(question)
    with open_index(index_path or DEFAULT_INDEX) as index:
        found = index.search(text, limit=0, **options)
        say_diagnostics(text, found.diagnostics)
        if form == "parquet" or form == "arrow":  # noqa: PLR1714 - tells the type checker what form is below
            from idlibsearch.results.arrow import write_file

            write_file(found.to_arrow(sort), output or _binary_stdout(form), form)
        elif output is not None:
            output.writelines(f"{line}\n".encode() for line in _lines(found, form, sort))
        else:
            write(_lines(found, form, sort), form)
        return FOUND if found.total else NOTHING


def _lines(found: Results, form: Literal["jsonl", "csv"], sort: str) -> Iterator[str]:
    from idlibsearch.results.export import columns_of, rows_of
    from idlibsearch.results.forms import records

    columns = columns_of(found.found.snapshot)
    return records(rows_of(found.export(sort), columns), form, columns)


def _binary_stdout(form: str) -> IO[bytes]:
    if sys.stdout.isatty():
        raise click.UsageError(f"{form} is nothing to read on a terminal; name a file with --output")
    return sys.stdout.buffer

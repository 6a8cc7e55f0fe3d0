"""``idlibsearch explain``: why a report scores what it does for a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from idlibsearch.faces.completion import fields_of
from idlibsearch.faces.terminal import (
    DEFAULT_INDEX,
    FOUND,
    NOTHING,
    format_option,
    index_option,
    question_options,
    ranking_options,
    say,
    write,
)

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("explain")
@click.argument("key")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...", shell_complete=fields_of)
@index_option
@format_option
@question_options
@ranking_options
def command(key: str, question: tuple[str, ...], index_path: str | None, form: Format, **options: Any) -> int:
    """Show why the report with this KEY scores what it does for a question, down to plain numbers, or what it lacks.

    Every line is made of those further in below it: their sum, product or what else it says; at the top stands the score. Exits
    with 1 where the report does not match.

    \b
    Examples:
      idlibsearch explain seeds/003_68dc4d247c074b28.txt ceasefire Sochi
      idlibsearch explain --any --recent 30d --format json KEY 'truce talks'
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results import render

    if form == "csv":
        raise click.UsageError("an explanation is no table; use --format text or json")
    with open_index(index_path or DEFAULT_INDEX) as index:
        if key not in index:
            say(f"there is no report with the key {key}")
            return NOTHING
        explained = index.explain(key, " ".join(question), **options)
        write(render.explanation(explained, form), form)
        return FOUND if explained.matches else NOTHING

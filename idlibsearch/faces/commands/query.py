"""``idlibsearch query``: a question and its answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idlibsearch.errors import NoIndexError
from idlibsearch.faces.completion import fields_of, orders_of
from idlibsearch.faces.screen import columns, style
from idlibsearch.faces.terminal import (
    DEFAULT_INDEX,
    FOUND,
    NOTHING,
    facet_option,
    format_option,
    index_option,
    limit_option,
    question_options,
    ranking_options,
    say,
    say_diagnostics,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idlibsearch.faces.api import Index
    from idlibsearch.results.cite import Form as CitationForm
    from idlibsearch.results.forms import Format
    from idlibsearch.results.hits import Results
    from idlibsearch.results.render import Style

DEFAULT_SOURCE = "seeds"
EMPTY_GENERATION = 1  # an index that was made and never filled, as an interrupted first run leaves it


@click.command("query")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...", shell_complete=fields_of)
@index_option
@format_option
@limit_option()
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True, help="How many of the best to pass over.")
@click.option("--sort", metavar="FIELD", default="score", show_default=True, shell_complete=orders_of,
              help="By score, date (newest first), key, words or another field of numbers; :asc or :desc behind it.")  # fmt: skip
@question_options
@ranking_options
@facet_option()
@click.option("--collapse", flag_value="story", default=None, help="Show one report a story, and how many other versions it has.")
@click.option("--lead", default="earliest", show_default=True, metavar="RULE",
              help="Which of the versions: earliest, longest, or source:NAME for one of that source.")  # fmt: skip
@click.option("--facets-by", type=click.Choice(["report", "story"]), default="report", show_default=True,
              help="Whether facets count reports or stories.")  # fmt: skip
@click.option(
    "--names",
    flag_value="on",
    default="off",
    help="Words that name an entity also find it in other spellings: al-Qaida for al-Qaeda.",
)
@click.option("--timeout", "timeout_ms", type=click.FloatRange(min=0, min_open=True), metavar="MS",
              help="Give up where finding the hits takes more milliseconds than this, or counting them does.")  # fmt: skip
@click.option("--partial", is_flag=True, help="When the time is up, show the best found by then.")
@click.option("--cite", "citing", type=click.Choice(["text", "json", "jsonl", "bibtex", "csl"]),
              help="Cite the best passage of each report in this form; `verify` reads json, jsonl and csl.")  # fmt: skip
def command(question: tuple[str, ...], index_path: str | None, form: Format, citing: CitationForm | None, **options: Any) -> int:
    """Ask the index a question.

    All words must match, anywhere in a report. "..." finds a phrase, NEAR/5 words at most 5 apart, {PERSON} a mention, title:word
    a word in a field (title, body, entities, date), source:reuters, place:idlib, words:>300, date:[2019 TO 2020-03] and
    date:"last week" what else is known of it; AND, OR, NOT and brackets combine. What is odd about a question is said on stderr
    and pointed at, and where nothing is found, what may have been meant. Exits with 0 where something was found, 1 where nothing
    was, 2 on an error.

    \b
    Examples:
      idlibsearch query ceasefire Sochi
      idlibsearch query '"secret agreements" OR title:(truce OR ceasefire)'
      idlibsearch query '(truce OR ceasefire) NEAR/8 turkey'
      idlibsearch query 'kill* W/4 civilians date:"last 3 months"'
      idlibsearch query '"air strikes" SAME/S {PLACE} NOT date:<2019'
      idlibsearch query 'ceasefire january 2020'
      idlibsearch query '{GROUP:"HTS"} NEAR/10 {PLACE}'
      idlibsearch query --names 'al-Qaida attack'
      idlibsearch query --format json 'idlib NOT date:2020'
      idlibsearch query ceasefire --from 2020-01 --sort date --facet place:5 --facet date:month
      idlibsearch query 'idlib date:"since March 2019"' --to 'Q3 2019'
      idlibsearch query ceasefire --collapse --lead source:reuters
      idlibsearch query ceasefire --cite jsonl > cited.jsonl
      idlibsearch query --any --expand rm3 --without russian --recent 30d 'truce talks'
    """
    from idlibsearch.results.hints import advice
    from idlibsearch.results.render import expansion

    if options["facets"] and form in ("jsonl", "csv"):
        raise click.UsageError(f"--facet has no place in {form}; use --format text or json")
    text = " ".join(question)
    with _open_or_build(index_path) as index:
        found = index.search(text, **options)
        say_diagnostics(text, found.diagnostics)
        for line in expansion(found):
            say(line)
        write(_cited(found, citing) if citing else _answer(found, form, style(index.root)), citing or form)
        same = {name: options[name] for name in ("filter", "date_from", "date_to", "today")}
        for line in advice(found, lambda: index.search(text, mode="any", limit=0, **same)):
            say(line)
        return FOUND if found.hits or found.found.whole.known_total else NOTHING


def _answer(found: Results, form: Format, dressed: Style) -> Iterator[str]:
    from idlibsearch.results.render import results

    yield from results(found, form, dressed)
    if found.facets and form == "text":
        from idlibsearch.results.plot import facet_tables

        yield from facet_tables(found.facets, columns(), dressed)


def _cited(found: Results, form: CitationForm) -> Iterator[str]:
    from idlibsearch.results.cite import citations

    return citations((hit.cite() for hit in found), form)


def _open_or_build(index_path: str | None) -> Index:
    """The index; where none is named and none was ever filled but a folder of seeds is there, one built from those."""
    from idlibsearch.faces.api import open as open_index

    buildable = index_path is None and Path(DEFAULT_SOURCE).is_dir()
    try:
        index = open_index(index_path or DEFAULT_INDEX)
    except NoIndexError:
        if not buildable:
            raise
        return _build()
    return _build() if buildable and index.generation == EMPTY_GENERATION else index


def _build() -> Index:
    from idlibsearch.faces.commands.index import add_with_progress, open_or_create, summary

    say(f"no index yet: building one from {DEFAULT_SOURCE}/ in {DEFAULT_INDEX}/")
    index = open_or_create(DEFAULT_INDEX)
    changes = add_with_progress(index, [DEFAULT_SOURCE], {})
    say(summary(changes, len(index), index.path))
    return index

"""``idlibsearch batch``: a file of questions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, index_option, limit_option, question_options, say, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@click.command("batch")
@click.argument("file", type=click.File("rb"))
@index_option
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False),
              help="Write there, in place of stdout. What it has already is not asked again.")  # fmt: skip
@click.option("--literal", is_flag=True, help="Each line is a name, to be found word by word; nothing in it is an operator.")
@click.option("--json/--lines", "is_json", default=None,
              help="A JSON object a line with query and maybe id, or a question a line.  [default: by its name]")  # fmt: skip
@limit_option("reports of each answer")
@question_options
def command(
    file: BinaryIO, index_path: str | None, output: str | None, is_json: bool | None, literal: bool, **options: Any
) -> int:
    """Ask all questions of FILE, one a line, and write a JSON line for each: its total and best reports, or what is wrong.

    A question that cannot be answered is no reason to stop. With --output, a run that broke off is taken up by the same command;
    a line that was changed meanwhile is asked again. - is standard input. Exits with 0 where anything was found, 1 where nothing
    was.

    \b
    Examples:
      idlibsearch batch questions.txt > answers.jsonl
      idlibsearch batch names.txt --literal --limit 3 --output found.jsonl
      idlibsearch batch questions.jsonl --any --from 2019
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.faces.batch import answered, lines_of, taken_up
    from idlibsearch.results.forms import as_json

    if is_json is None:
        is_json = file.name.lower().endswith((".jsonl", ".ndjson"))
    counts = {"answered": 0, "found nothing": 0, "refused": 0}
    with open_index(index_path or DEFAULT_INDEX) as index:
        ask = partial(index.search, **options)
        lines = lines_of(file, file.name, is_json=is_json)
        if output is None:
            write(map(as_json, _counted(answered(ask, lines, literal=literal), counts)), "jsonl")
        else:
            with open(output, "a+b") as out:
                out.seek(0)
                done = taken_up(out, output)
                left = (line for line in lines if (line.number, line.text) not in done)
                for row in _counted(answered(ask, left, literal=literal), counts):
                    out.write(as_json(row).encode("utf-8") + b"\n")
            counts = {"answered before": len(done)} | counts if done else counts
    say(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    return FOUND if counts["answered"] or not sum(counts.values()) else NOTHING


def _counted(rows: Iterable[dict[str, Any]], counts: dict[str, int]) -> Iterator[dict[str, Any]]:
    for row in rows:
        counts["refused" if "error" in row else "answered" if row["total"] or row["total"] is None else "found nothing"] += 1
        yield row

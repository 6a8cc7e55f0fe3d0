"""``idlibsearch verify``: do citations still hold?"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from idlibsearch.faces.screen import style
from idlibsearch.faces.terminal import DEFAULT_INDEX, FOUND, NOTHING, format_option, index_option, write

if TYPE_CHECKING:
    from idlibsearch.results.forms import Format


@click.command("verify")
@click.argument("file", type=click.File("rb"))
@index_option
@format_option
def command(file: BinaryIO, index_path: str | None, form: Format) -> int:
    """Say of each citation in FILE, as `query --cite` wrote them in json, jsonl or csl, whether it still holds.

    "holds": the quotation stands in the source file where it stood, to the character. "moved": it stands elsewhere, in the
    file, in the report or in another one. "drifted": it was changed, and at least half of it is left. "gone": neither, or the
    file is there no more. Of reports that have no file the index is asked alone. - is standard input. Exits with 0 where all
    hold, 1 where one does not.

    \b
    Example:
      idlibsearch query ceasefire --cite jsonl > cited.jsonl
      idlibsearch verify cited.jsonl
    """
    from idlibsearch.faces.api import open as open_index
    from idlibsearch.results.verify import read_citations, verdicts

    citations = read_citations(file.read().decode("utf-8-sig", "replace"), file.name)
    with open_index(index_path or DEFAULT_INDEX) as index:
        found = list(index.verify(citations))
        write(verdicts(found, form, style()), form)
        return FOUND if all(verdict.state == "holds" for verdict in found) else NOTHING

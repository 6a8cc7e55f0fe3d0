"""Many questions, one after the other: a bad one is an answer that says so, and the rest goes on.

A file of them has a question a line, or a JSON object a line with ``query`` and maybe ``id``. Answers are written as JSON lines,
and a run that broke off is taken up where its output ends.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from idlibsearch.errors import IdlibsearchError, InputError, QueryError, SearchTimeoutError
from idlibsearch.query.compose import all_of
from idlibsearch.query.tree import Node
from idlibsearch.results.hits import Hit, Results, diagnostic_json

Ask = Callable[[str | Node], Results]
Done = set[tuple[int, str]]  # the lines that were answered, and what stood in them


class Answer(NamedTuple):
    """The ``results`` of a question, or the ``error`` that says why there are none."""

    query: str
    results: Results | None
    error: QueryError | SearchTimeoutError | InputError | None = None


class Line(NamedTuple):
    """A line of a file, with the question in it or what is wrong with it."""

    number: int
    text: str
    query: str = ""
    id: str | int | None = None
    error: InputError | None = None


def answers(ask: Ask, queries: Iterable[str], *, literal: bool) -> Iterator[Answer]:
    """Each question with its results or its error; see ``Index.batch``."""
    return (answer(ask, query, literal=literal) for query in queries)


def answer(ask: Ask, query: str, *, literal: bool) -> Answer:
    """One question with its results or its error."""
    try:
        return Answer(query, ask(all_of(query) if literal else query))
    except (QueryError, SearchTimeoutError) as error:
        return Answer(query, None, error)


def lines_of(file: Iterable[bytes], name: str, *, is_json: bool) -> Iterator[Line]:
    """The lines of a file that are not blank."""
    for number, line in enumerate(file, 1):
        text = line.decode("utf-8", "replace").removeprefix("\ufeff" if number == 1 else "").strip()
        if text:
            yield _read(number, text, name) if is_json else Line(number, text, text)


def _read(number: int, text: str, name: str) -> Line:
    place = f"{name}:{number}"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Line(number, text, error=InputError(place, f"is not JSON ({error})"))
    if not isinstance(value, dict) or not isinstance(value.get("query"), str):
        return Line(number, text, error=InputError(place, 'is no object with a text "query"'))
    given = value.get("id")
    return Line(number, text, value["query"], given if isinstance(given, str | int) else None)


def answered(ask: Ask, lines: Iterable[Line], *, literal: bool) -> Iterator[dict[str, Any]]:
    """The answer to each line as plain JSON values."""
    for line in lines:
        if line.error is not None:
            yield row_of(line, Answer("", None, line.error))
        else:
            yield row_of(line, answer(ask, line.query, literal=literal))


def row_of(line: Line, found: Answer) -> dict[str, Any]:
    """An answer as plain JSON values: ``line`` and ``text`` as they stood in the file, then hits or an error."""
    head = {"line": line.number, "text": line.text} | ({"id": line.id} if line.id is not None else {})
    if found.results is None:
        return head | {"error": _error_json(found.error)}
    results = found.results
    return head | {
        "query": results.query,
        "total": results.found.known_total,
        "hits": [_hit_json(hit) for hit in results],
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in results.diagnostics],
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    """Without a snippet, which takes longer than all else."""
    return {
        "key": hit.key, "title": hit.title, "date": str(hit.date) if hit.date else None, "source": hit.source, "score": hit.score,
    }  # fmt: skip


def _error_json(error: IdlibsearchError | None) -> dict[str, Any]:
    if isinstance(error, QueryError):
        return {"message": error.message, "advice": error.advice, "span": list(error.span)}
    return {"message": error.reason if isinstance(error, InputError) else str(error), "advice": "", "span": None}


def taken_up(output: BinaryIO, name: str) -> Done:
    """What an output file (opened to be read and written) holds already; what was begun and not finished is cut off.

    Leaves the file at its end. Raises InputError where it holds something else, and leaves it alone then.
    """
    done: Done = set()
    end = 0
    for line in output:
        if not line.endswith(b"\n"):
            break
        try:
            value = json.loads(line)
            done.add((value["line"], value["text"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InputError(name, "holds something else than answers of a batch; name another file") from None
        end += len(line)
    output.seek(end, os.SEEK_SET)
    output.truncate()
    return done

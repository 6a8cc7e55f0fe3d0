"""The process that documents are read in: ``python -m idlibsearch.ingest.formats.sandboxed``; ``sandbox`` starts it.

A line of JSON on its input names a format, an encoding that is told and one that is hinted, if any, and how many bytes of a
document follow; its answer is a line of JSON, the extract or what is wrong. It ends when its input does. It takes no more memory
than a document may need.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from idlibsearch.errors import InputError
from idlibsearch.ingest.formats import docx, html_page, mail, pdf, rtf
from idlibsearch.ingest.formats.extract import Extract
from idlibsearch.ingest.formats.sandbox import to_answer

MOST_MEMORY = 3 << 30  # bytes of address space, of which most is never touched
READERS: Mapping[str, Callable[[bytes, str | None, str | None], Extract]] = {
    "html": html_page.read,
    "pdf": pdf.read,
    "docx": docx.read,
    "rtf": rtf.read,
    "mail": mail.read,
}


def answer_to(kind: str, content: bytes, encoding: str | None, hint: str | None) -> dict[str, Any]:
    """An extract as plain JSON values, or ``error``."""
    try:
        return to_answer(READERS[kind](content, encoding, hint))
    except InputError as error:
        return {"error": error.reason}
    except Exception as error:
        shown = " ".join(str(error).split())[:200]
        return {"error": f"is damaged, or no {kind} at all ({type(error).__name__}{': ' if shown else ''}{shown})"}


def main() -> None:
    """Answer until nobody asks any more."""
    _limit_memory()
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between answers
    while line := questions.readline():
        asked = json.loads(line)
        answer = {}
        if asked["kind"]:
            answer = answer_to(asked["kind"], questions.read(asked["size"]), asked["encoding"], asked["hint"])
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not everywhere

        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY if most < 0 else min(most, MOST_MEMORY), most))


if __name__ == "__main__":
    main()

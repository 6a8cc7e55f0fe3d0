"""Documents read in a process that can be ended: a reader that hangs, crashes or takes all memory costs one document.

The process is a plain child on a pipe, as those that build an index: a question is a line of JSON and the bytes of a document,
the answer a line of JSON. It is started when the first document comes, and anew after one that it did not survive.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import idlibsearch
from idlibsearch.errors import InputError
from idlibsearch.ingest.formats.extract import About, Extract

_HALF = re.compile("[\ud800-\udfff]")
LIMIT_S = 30.0  # for one document; a PDF of a thousand pages takes ten
_START_S = 60.0  # for the first answer: a busy machine starts Python slowly


class Sandbox:
    """Reads documents elsewhere; to be closed. ``limit_s``: how long one may take, in seconds."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._child: _Child | None = None

    def read(self, kind: str, content: bytes, encoding: str | None, hint: str | None = None) -> Extract:
        """The text of a document. Raises InputError, without a path, where it has none, is damaged, or takes too long."""
        if self._child is None:
            self._child = _Child()
            self._child.ask({"kind": ""}, b"", _START_S)
        answer = self._child.ask({"kind": kind, "encoding": encoding, "hint": hint, "size": len(content)}, content, self._limit_s)
        if answer is None:
            self.close()
            raise InputError("", f"took its reader more than {self._limit_s:g} s, or made it crash")
        if "error" in answer:
            raise InputError("", answer["error"])
        return extract_of(answer)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    def __init__(self) -> None:
        home = str(Path(idlibsearch.__file__).parent.parent)
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "idlibsearch.ingest.formats.sandboxed"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self._answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            for line in _pipe(self._process.stdout):
                self._answers.put(line)
        self._answers.put(b"")

    def ask(self, question: dict[str, Any], content: bytes, limit_s: float) -> dict[str, Any] | None:
        """The answer; None where there is none in time. The child waits for questions when it is asked, so all of one is read."""
        with suppress(OSError, ValueError):  # it has ended: there is no answer
            pipe = _pipe(self._process.stdin)
            pipe.write(json.dumps(question).encode("ascii") + b"\n" + content)
            pipe.flush()
        try:
            answer = self._answers.get(timeout=limit_s)
        except queue.Empty:
            return None
        return json.loads(answer) if answer else None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError, ValueError):
                _pipe(pipe).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def to_answer(extract: Extract) -> dict[str, Any]:
    """An extract as plain JSON values. Halves of characters that documents may hold become U+FFFD; no character moves."""
    value = {name: getattr(extract, name) for name in extract.__slots__}
    about = {name: [*map(_whole, part)] if name == "dates" else _whole(part) for name, part in extract.about._asdict().items()}
    return value | {"text": _whole(extract.text), "about": about}


def _whole(text: str) -> str:
    return _HALF.sub("\ufffd", text)


def extract_of(answer: dict[str, Any]) -> Extract:
    """The reverse."""
    about = answer["about"]
    starts = tuple(answer["page_starts"])
    return Extract(**(answer | {"about": About(**(about | {"dates": tuple(about["dates"])})), "page_starts": starts}))

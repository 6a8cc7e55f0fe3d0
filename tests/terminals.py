"""A terminal to run commands in: what a person at it would see."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

COMMAND = (sys.executable, "-m", "idlibsearch")
UNTOLD = (
    "IDLIBSEARCH",
    "COLUMNS",
    "LINES",
    "PAGER",
    "LESS",
    "NO_COLOR",
    "FORCE_HYPERLINK",
    "VTE_VERSION",
    "TERM",
)  # by names' starts


def written(
    *arguments: str, cwd: Path, columns: int = 80, rows: int = 500, shell: bool = False, **environ: str
) -> tuple[int, str]:
    """Its exit code, and all that it writes on a terminal of this size. ``shell``: the one argument is a line for a shell."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(UNTOLD)} | {"TERM": "xterm"}
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
    line: str | list[str] = arguments[0] if shell else [*COMMAND, *arguments]
    with subprocess.Popen(
        line, cwd=cwd, shell=shell, stdin=child, stdout=child, stderr=child, env=environment | environ
    ) as process:
        os.close(child)
        parts = []
        while part := _read(parent):
            parts.append(part)
        os.close(parent)
        return process.wait(60), b"".join(parts).decode("utf-8").replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # nobody writes there any more
        return b""


def seen(text: str) -> str:
    """What stays on the screen: without dresses, links, and lines that were cleared."""
    text = re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", text)
    return re.sub(r"[^\n]*\r\x1b\[K", "", text)

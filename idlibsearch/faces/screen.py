"""What stands at the other end: a terminal or not, how large it is, whether it shows colours and links.

Links (OSC 8) are written where a terminal that is known to show them says its name; FORCE_HYPERLINK=1 has them elsewhere,
FORCE_HYPERLINK=0 nowhere. NO_COLOR and TERM=dumb are respected.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

    from idlibsearch.results.render import Style

WIDTH, HEIGHT = 100, 24  # where nobody knows how large the terminal is
WIDEST = 120  # lines that are longer are hard to read
VTE_WITH_LINKS = 5000
_PROGRAMS = {"iTerm.app", "WezTerm", "vscode", "Hyper", "ghostty", "rio", "Tabby", "WarpTerminal"}
_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm")


def size_of(stream: TextIO) -> tuple[int, int]:
    """The (columns, rows) of a terminal; (0, 0) where a stream is none. COLUMNS and LINES are asked where it does not say."""
    if not stream.isatty():
        return 0, 0
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    columns, rows = (os.environ.get(name, "") for name in ("COLUMNS", "LINES"))
    return size.columns or int(columns if columns.isdigit() else WIDTH), size.lines or int(rows if rows.isdigit() else HEIGHT)


def columns() -> int:
    """How many columns there are for text on stdout; 0 where it is no terminal."""
    return min(size_of(sys.stdout)[0], WIDEST)


def error_columns() -> int:
    """How many columns stderr has."""
    return size_of(sys.stderr)[0] or WIDTH


def style(root: Path | None = None) -> Style:
    """How text on stdout is dressed. ``root``: the folder that the paths of reports are relative to, where they are shown."""
    from idlibsearch.results.render import COLOUR, PLAIN

    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return PLAIN
    return COLOUR if root is None or not shows_links(os.environ) else COLOUR._replace(links=_place(root))


def shows_links(environ: Mapping[str, str]) -> bool:
    """Is the terminal known to show links?"""
    if forced := environ.get("FORCE_HYPERLINK"):
        return forced != "0"
    vte = environ.get("VTE_VERSION", "")
    return (
        (vte.isdigit() and int(vte) >= VTE_WITH_LINKS)
        or environ.get("TERM_PROGRAM") in _PROGRAMS
        or environ.get("TERM", "").startswith(_TERMS)
        or any(name in environ for name in ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"))
    )


def _place(folder: Path) -> str:
    """A folder, behind the name of this machine: a terminal on another one must not look for it there."""
    import platform

    return f"{platform.node()}/{folder.as_posix().strip('/')}/"

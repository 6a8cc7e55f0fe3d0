"""``python -m idlibsearch``: the command line."""

from idlibsearch.faces.cli import run

run()

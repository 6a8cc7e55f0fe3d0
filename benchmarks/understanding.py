"""What is measured of reports understood: each part by its name.

    python -m benchmarks.understanding NAME [--data DIR]

NAME is the end of a module beside this one, ``understanding_NAME``, whose ``main`` takes the rest of the line.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(path.stem.removeprefix("understanding_") for path in Path(__file__).parent.glob("understanding_*.py"))


def main(arguments: list[str]) -> None:
    """Run one part."""
    if not arguments or arguments[0] not in NAMES:
        sys.exit(f"usage: python -m benchmarks.understanding {{{','.join(NAMES)}}} [--data DIR]")
    import_module(f"benchmarks.understanding_{arguments[0]}").main(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])

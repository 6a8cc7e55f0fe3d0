"""What is measured of how reports are understood: one part each, in a module of its own (``understanding_NAME.py``).

    python -m benchmarks.understanding NAME [--data DIR]

``docs/understanding.md`` has the figures.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

PARTS = tuple(sorted(path.stem.removeprefix("understanding_") for path in Path(__file__).parent.glob("understanding_*.py")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder with the collections")
    told = parser.parse_args()
    import_module(f"benchmarks.understanding_{told.part}").main(told.data)


if __name__ == "__main__":
    main()

"""A program of a user's type-checks against the package as it is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_users_program_type_checks():
    example = Path(__file__).parent / "typing_example.py"
    line = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        str(Path(__file__).parent.parent / "pyproject.toml"),
        str(example),
    ]
    result = subprocess.run(line, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout

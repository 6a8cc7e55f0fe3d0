"""Kernels once more, compiled so that a read outside a buffer ends the process: on damaged lists and lexicons, and on words."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import idlibsearch

KERNELS = {
    "test_postings.py": ("index/reader", "query/topk", "query/phrases", "query/lists", "query/wordsets", "query/spans"),
    "test_lexicon.py": ("index/words", "index/entries", "index/lexicon_decoder", "index/lexemes", "index/string_tables"),
    "test_lexemes.py": ("analysis/porter", "index/lexemes", "index/string_tables"),
    "test_inverter.py": ("index/inverter",),
    "test_mention_lists.py": ("index/mention_lists",),
    "test_strangers.py": (
        *("index/reader", "index/words", "index/entries", "index/lexicon_decoder", "index/merger", "index/keywords_kernel"),
        *("query/topk", "query/phrases", "query/lists", "query/docsets", "query/wordsets", "query/gathered", "query/sorting"),
        *("query/patterns_kernel", "query/spans", "index/mention_lists", "results/counting"),
    ),
}
FLAGS = ("-O0", "-g", "-shared", "-fPIC", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def sanitizers() -> str:
    """The libraries that have to be loaded before Python; skips the test where something that is needed is missing."""
    pytest.importorskip("Cython", reason="cython is not installed")
    if sys.platform != "linux" or not shutil.which("gcc"):
        pytest.skip("gcc on Linux is needed")
    libraries = [run("gcc", f"-print-file-name={name}") for name in ("libasan.so", "libubsan.so")]
    if not all(map(os.path.isabs, libraries)):
        pytest.skip("gcc has no sanitizers here")
    return " ".join(libraries)


def build(package: Path, kernel: str) -> None:
    source, code = (package / kernel).with_suffix(".pyx"), (package / kernel).with_suffix(".c")
    run(sys.executable, "-m", "cython", "-3", source, "-o", code)
    includes = (f"-I{sysconfig.get_paths()['include']}", "-DPy_LIMITED_API=0x030B0000")
    run("gcc", *FLAGS, *includes, code, "-o", source.with_suffix(".abi3.so"))


@pytest.mark.slow
@pytest.mark.parametrize("tests", KERNELS)
def test_no_kernel_reads_outside_its_buffers(tmp_path, tests):
    preloaded = sanitizers()
    package = tmp_path / "idlibsearch"
    shutil.copytree(Path(idlibsearch.__file__).parent, package, ignore=shutil.ignore_patterns("*.c", "__pycache__"))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda kernel: build(package, kernel), KERNELS[tests]))
    settings = {
        "PYTHONPATH": str(tmp_path),
        "LD_PRELOAD": preloaded,
        "PYTHONMALLOC": "malloc",  # Python's own allocator would hide what lies behind a buffer
        "ASAN_OPTIONS": "detect_leaks=0",  # Python itself keeps some memory to its end
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", Path(__file__).with_name(tests)],
        env=os.environ | settings, cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]

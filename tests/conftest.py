"""What many tests need: the seed pages, an index of them, and an index that is checked when the test is over."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import idlibsearch
from idlibsearch import Report

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")

SEEDS = Path(__file__).parent.parent / "seeds"
sys.path.insert(0, str(SEEDS.parent))  # benchmarks are not installed


def pytest_collection_modifyitems(config, items):
    """Leave torture out unless it is asked for by name."""
    if "torture" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("torture")])
        items[:] = [item for item in items if not item.get_closest_marker("torture")]


@pytest.fixture(scope="session")
def seeds() -> Path:
    return SEEDS


@pytest.fixture(scope="session")
def seeds_to_change(tmp_path_factory):
    """Makes folders that have a copy of the seeds and an index of it, which may be added to."""

    def made(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(SEEDS, folder / "seeds")
        with idlibsearch.create(folder / "index") as index:
            index.add_path(folder / "seeds")
        return folder

    return made


@pytest.fixture(scope="session")
def lucene():
    """Lucene as the benchmarks have it; skips, saying so, where it is not installed."""
    pytest.importorskip("jpype", reason="jpype1 is not installed: pip install .[bench]")
    pytest.importorskip("arcadedb_embedded", reason="arcadedb-embedded is not installed: pip install .[bench]")
    module = importlib.import_module("benchmarks.engines.lucene")
    module.start()
    return module


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory):
    """The five seed pages, indexed; to be searched only."""
    folder = tmp_path_factory.mktemp("seeds") / "index"
    with idlibsearch.create(folder, root=SEEDS.parent) as index:
        index.add_path(SEEDS)
        yield index
        assert index.check() == []


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """A folder with an index of two segments, one with replaced reports; to be copied, not to be changed."""
    folder = tmp_path_factory.mktemp("filled") / "index"
    with idlibsearch.create(folder, merge="never") as index:
        versions = "Rebel-held Idlib. " + " ".join(f"word{n}" for n in range(20))
        index.add(Report(f"k{n}", f"Truce {n}", versions, "2020" if n else None, source="Reuters") for n in range(3))
        index.add([Report("k4", "Four"), Report("k0", "Zero again")])
    return folder


@pytest.fixture
def new_index(tmp_path):
    """An empty index that must be sound when the test is over."""
    with idlibsearch.create(tmp_path / "index") as index:
        yield index
        assert index.check() == []

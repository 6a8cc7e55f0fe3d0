"""What many tests need: the seed pages, an index of them, and an index that is checked when the test is over."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import idlibsearch

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="session")
def seeds() -> Path:
    return SEEDS


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory):
    """The five seed pages, indexed; to be searched only."""
    folder = tmp_path_factory.mktemp("seeds") / "index"
    with idlibsearch.create(folder, root=SEEDS.parent) as index:
        index.add_path(SEEDS)
        yield index
        assert index.check() == []


@pytest.fixture
def new_index(tmp_path):
    """An empty index that must be sound when the test is over."""
    with idlibsearch.create(tmp_path / "index") as index:
        yield index
        assert index.check() == []

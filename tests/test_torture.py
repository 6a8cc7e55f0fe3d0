"""The short way along ``torture``: in every run of the suite. The long way, with seeds and figures: ``pytest -m torture -s``."""

from __future__ import annotations

import os
import shutil
import time

import pytest
import torture
from disks import Killing
from test_durability import CHANGES, cut, expected, goes_on, held

import idlibsearch
from idlibsearch.index.storage import through

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that share what they have loaded are needed")


def test_a_process_killed_in_the_midst_of_changes_loses_none_that_it_said_was_done(tmp_path):
    figures = torture.kills(tmp_path / "index", seed=5, count=12)
    assert figures["kills"] == 12


@pytest.mark.parametrize("change", CHANGES)
def test_a_process_may_be_killed_at_any_call_of_the_system(filled, tmp_path, change):
    """In place of each call in turn."""
    before, after = held(filled), expected(filled, tmp_path, CHANGES[change])
    for at in range(1000):
        folder = tmp_path / "index"
        shutil.copytree(filled, folder)

        def work(tell: int, at: int = at) -> None:
            with through(Killing(at)), idlibsearch.open(tmp_path / "index") as index:
                CHANGES[change](index)

        code, _ = torture.ended(*torture.in_child(work))
        assert held(folder) in ((before, after) if code else (after,))
        goes_on(folder)
        shutil.rmtree(folder)
        if code == 0:
            break
    assert at > 20


def test_readers_and_writers_do_not_get_into_each_others_way(tmp_path):
    figures = torture.race(tmp_path / "index", seed=5, seconds=2.5)
    assert min(figures[name] for name in ("openings", "refreshes", "questions", "commits")) > 10


def test_bits_that_flip_anywhere_are_found_when_all_is_verified(tmp_path):
    assert torture.flips(torture.filled(tmp_path / "index"), seed=5, count=150)["flips"] > 500


@pytest.mark.torture
def test_hundreds_of_kills(tmp_path):
    seed = time.time_ns()
    print("seed", seed, dict(torture.kills(tmp_path / "index", seed, 500)))


@pytest.mark.torture
def test_minutes_of_readers_and_writers(tmp_path):
    seed = time.time_ns()
    print("seed", seed, dict(torture.race(tmp_path / "index", seed, 180.0)))


@pytest.mark.torture
def test_a_bit_of_every_byte(tmp_path):
    seed = time.time_ns()
    print("seed", seed, dict(torture.flips(torture.filled(tmp_path / "index"), seed, None)))


@pytest.mark.torture
def test_power_cuts_with_all_that_may_be_left(tmp_path):
    seed = time.time_ns()
    print("seed", seed, "folders", cut(tmp_path, at_once=10, seed=seed))

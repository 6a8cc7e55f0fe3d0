"""What is public is shown in use: each example runs as it stands, in a folder with ``seeds``, on ``index``, which is of them."""

from __future__ import annotations

import doctest
import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import idlibsearch
from idlibsearch import IdlibsearchError, Report
from idlibsearch.faces.alerts import Alerts

NEEDS = {"Results.to_arrow": "pyarrow", "Results.to_pandas": "pandas"}
WITH_MEMBERS = {"Alerts", "Edit", "Hit", "Index", "Results", "Searcher"}  # other classes are values, shown as a whole


def told_by(member: object) -> object:
    """The function behind a method or property."""
    return getattr(member, "func", None) or getattr(member, "fget", None) or member


def members(kind: type) -> Iterator[tuple[str, object]]:
    """What can be called or asked of a class by name, as it or a class of ours before it defines it."""
    for name, member in inspect.getmembers(kind):
        if not name.startswith("_") and getattr(told_by(member), "__module__", "").startswith("idlibsearch."):
            yield f"{kind.__name__}.{name}", member


def public() -> dict[str, object]:
    """What is to be shown, by name: all of the package but errors (raised, not made), and the members of what is worked with."""
    things = {name: getattr(idlibsearch, name) for name in idlibsearch.__all__} | {"Alerts": Alerts}
    shown = {name: it for name, it in things.items() if not (inspect.isclass(it) and issubclass(it, IdlibsearchError))}
    for name in sorted(WITH_MEMBERS, reverse=True):
        there = set(map(told_by, shown.values()))
        shown |= {member: it for member, it in members(things[name]) if told_by(it) not in there}
    return shown


SHOWN = public()
EXAMPLES = {name: doctest.DocTestParser().get_examples(inspect.getdoc(thing) or "") for name, thing in SHOWN.items()}


@pytest.fixture(scope="module")
def indexed(seeds_to_change) -> Path:
    return seeds_to_change("examples")


def test_all_that_is_public_has_an_example():
    assert [name for name, examples in EXAMPLES.items() if not examples] == []


@pytest.mark.parametrize("name", [name for name, examples in EXAMPLES.items() if examples])
def test_an_example_runs_as_it_stands(name, indexed, tmp_path, monkeypatch):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    with idlibsearch.open("index") as index:
        known = {"idlibsearch": idlibsearch, "Report": Report, "index": index}
        example = doctest.DocTest(EXAMPLES[name], known, name, None, None, None)
        told: list[str] = []
        failed = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=told.append).failed
        assert not failed, "".join(told)

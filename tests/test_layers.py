"""The rooms: imports point left, every third-party library has one door, no circles, no code in a room's front page."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from idlibsearch.faces.cli import COMMANDS

PACKAGE = Path(__file__).parent.parent / "idlibsearch"
ROOMS = ["", "analysis", "ingest", "index", "query", "results", "faces"]  # "" is the ground: errors and model
DOORS = {
    "whoosh": {
        f"faces.whoosh_{name}" for name in ("compat", "fields", "query", "reader", "schema", "terms")
    },  # one door, one name
    "nltk": {"analysis.stem"},
    "click": {"faces.cli", "faces.completion", "faces.terminal", *(f"faces.commands.{name}" for name in COMMANDS)},
    "numpy": {
        *("index.analysed", "index.builder", "index.columns_writer", "index.rows", "index.wordlist"),
        *("index.deletions", "index.merge", "index.merge_columns", "index.merge_mentions"),
        *("index.merge_words", "index.stretches"),
        *("index.check_columns", "index.check_lists", "index.check_rows", "index.check_stories"),
        *("index.grouping", "index.sketches", "index.story_keeping"),
    },
    "backports": {"index.documents"},
    "trafilatura": {"ingest.formats.html_page"},
    "pypdf": {"ingest.formats.pdf"},
    "striprtf": {"ingest.formats.rtf"},
    "warcio": {"ingest.formats.warc"},
    "pyarrow": {"results.arrow", "results.hits"},  # hits name its types only
    "pandas": {"results.arrow", "results.hits"},
}
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "data" not in path.parts
}


def room(module: str) -> str:
    """The room a module is in; a folder inside one is a part of it."""
    return module.rpartition(".")[0].partition(".")[0]


def imports(path: Path) -> set[str]:
    """Every module a file imports, wherever it does; ``from idlibsearch.a import b`` counts as a.b where that is a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            ours = {name for name in inner if name.removeprefix("idlibsearch.") in MODULES}
            found |= ours or {str(node.module)}
    return found


def ours(path: Path) -> set[str]:
    return {name.removeprefix("idlibsearch.") for name in imports(path) if name.startswith("idlibsearch.")}


INNER = [module for module in MODULES if module not in ("__init__", "__main__")]


@pytest.mark.parametrize("module", INNER)
def test_imports_point_left(module: str):
    for other in ours(MODULES[module]):
        assert ROOMS.index(room(other)) <= ROOMS.index(room(module)), f"{module} imports {other}"


def test_the_index_knows_nothing_of_where_reports_come_from():
    assert [m for m in INNER if room(m) == "index" for other in ours(MODULES[m]) if room(other) == "ingest"] == []


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str):
    users = {module for module in MODULES if any(name.split(".")[0] == library for name in imports(MODULES[module]))}
    assert users == DOORS[library]


def test_only_the_faces_for_programs_go_through_the_door_to_whoosh():
    """The door has several modules, which go by one name; nothing else may stand in it."""
    assert {module for module in MODULES if module.startswith("faces.whoosh_")} == DOORS["whoosh"]
    users = {module for module in INNER if ours(MODULES[module]) & DOORS["whoosh"]}
    assert users - DOORS["whoosh"] == {"faces.api", "faces.care", "faces.opened", "faces.own_analysis", "faces.searcher"}


def test_no_circles():
    graph = {module: ours(MODULES[module]) & set(INNER) for module in INNER}
    done: set[str] = set()
    while ready := {module for module in graph if module not in done and graph[module] <= done}:
        done |= ready
    assert set(graph) - done == set()


@pytest.mark.parametrize("name", ROOMS[1:])
def test_a_front_page_is_a_docstring(name: str):
    body = ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8")).body
    assert len(body) == 1
    assert ast.get_docstring(ast.Module(body, [])) is not None


def test_every_module_has_a_name_of_its_own_and_says_what_it_is_for():
    names = [module.rpartition(".")[2] for module in MODULES if not module.endswith("__init__") and ".commands." not in module]
    assert sorted(names) == sorted(set(names))
    for path in MODULES.values():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path

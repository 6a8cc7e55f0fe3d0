"""The documents stay true: the command-line reference is what --help says, the README's Python runs, links lead somewhere.

To write the reference anew: python tests/test_docs.py
"""

from __future__ import annotations

import re
from pathlib import Path

import click

import idlibsearch
from idlibsearch.faces.cli import cli

TOP = Path(__file__).parent.parent
PREFACE = """# The command line

Written from `--help` by `python tests/test_docs.py`; a test holds it current. [A tour](tour.md) shows what the commands write.

On a terminal, text is broken between words in up to 120 columns, and what is longer than the screen goes to a pager: `$PAGER`,
else `less` with the options `-FRX` where `$LESS` names none; `PAGER=cat` or `--no-pager`: none. Where the terminal is known to
show links, titles lead to the web and keys to the file of a report: `FORCE_HYPERLINK=1` for one that is not known, `0` for
none. `NO_COLOR` and `TERM=dumb` are respected. What goes to a pipe or a file has none of all this, and JSON and CSV are broken
nowhere.

The shell completes commands, options, and the fields of the index: `idlibsearch completion` writes what that takes for bash,
zsh or fish. `IDLIBSEARCH_INDEX` names the index where `--index` does not.
"""
REFERENCE = TOP / "docs" / "cli.md"


def reference() -> str:
    """Every command's help, as it prints at 100 columns."""
    parts = [PREFACE]
    top = click.Context(cli, info_name="idlibsearch", terminal_width=100, **cli.context_settings)  # as it is run
    for name in ("", *cli.list_commands(top)):
        command = cli.get_command(top, name) if name else cli
        assert command
        path = f"idlibsearch {name}".strip()
        context = click.Context(command, top, info_name=name) if name else top
        parts.append(f"## {path}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def test_the_reference_is_what_help_says():
    assert REFERENCE.read_text(encoding="utf-8") == reference()


def test_the_python_of_the_readme_runs(tmp_path, seeds, monkeypatch, capsys):
    (tmp_path / "seeds").symlink_to(seeds)
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", (TOP / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    exec(code[1], {})
    assert capsys.readouterr().out.splitlines()[0].endswith("Truce holds In **Idlib** the **truce** holds.")
    with idlibsearch.open("my-index") as index:
        assert len(index) == 51


def test_the_python_of_the_page_on_schemas_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", (TOP / "docs" / "schemas.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    exec(code[1], {})
    hit, facets = capsys.readouterr().out.splitlines()
    assert hit.endswith("a 2020-01-12 10:30:00 {'any': 'json'} **Foo** renders pages")
    assert facets == "{'tags': [('x', 1), ('y', 1)], 'when:month': [('2020-01', 1)]}"


def test_links_in_the_documents_lead_somewhere():
    for page in [TOP / "README.md", *(TOP / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")

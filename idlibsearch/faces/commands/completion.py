"""``idlibsearch completion``: the shell completes commands, options and fields."""

from __future__ import annotations

import os
from pathlib import Path

import click

from idlibsearch.faces.terminal import FOUND, write

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), required=False)
def command(shell: str | None) -> int:
    """Write what makes SHELL (by default the one you use) complete commands, options, fields and values of the index.

    \b
    Once, for good:
      echo 'eval "$(idlibsearch completion bash)"' >> ~/.bashrc
      echo 'eval "$(idlibsearch completion zsh)"' >> ~/.zshrc
      idlibsearch completion fish > ~/.config/fish/completions/idlibsearch.fish
    """
    from click.shell_completion import get_completion_class

    used = shell or Path(os.environ.get("SHELL", "")).name
    script = get_completion_class(used) if used in SHELLS else None
    if script is None:
        raise click.UsageError(f"name the shell: {', '.join(SHELLS)}")
    top = click.get_current_context().find_root()
    write(script(top.command, {}, "idlibsearch", "_IDLIBSEARCH_COMPLETE").source().splitlines(), "script")
    return FOUND

"""What might help where no report has all words of a question: what any of them would find."""

from __future__ import annotations

from collections.abc import Callable

from idlibsearch.query.tree import And
from idlibsearch.results.hits import Results


def hint(found: Results, ask_any: Callable[[], Results]) -> str | None:
    """One sentence about a question that nothing answers; None where there is nothing to say.

    ``ask_any`` asks it again so that any word is enough. Which words no report has is in the diagnostics.
    """
    if found.hits or not isinstance(found.found.tree, And) or found.found.whole.known_total != 0:
        return None
    total = ask_any().found.whole.known_total
    if not total:
        return None
    which = "" if any(each.code == "unknown-word" for each in found.diagnostics) else ", though each is in some"
    return f"no report has all of these words{which}; with --any {total:,} {'matches' if total == 1 else 'match'}"

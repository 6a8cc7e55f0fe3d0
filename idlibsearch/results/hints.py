"""What might help where nothing was found: other words, any of the words, an index that is not empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from idlibsearch.index.columns import ENTITY_COLUMNS
from idlibsearch.query.tree import And
from idlibsearch.results.hits import Results


def advice(found: Results, ask_any: Callable[[], Results]) -> Iterator[str]:
    """Sentences about a question that nothing answers; none where there is nothing to say.

    ``ask_any`` asks it again so that any word is enough. Which words no report has is in the diagnostics.
    """
    if found.hits or found.found.whole.known_total != 0:
        return
    if not found.found.snapshot.live_count:
        yield "the index is empty: idlibsearch index FOLDER fills it"
        return
    if "{" in found.query and not any(map(found.found.snapshot.has_keywords, ENTITY_COLUMNS)):
        yield "names were looked for in none of these reports: idlibsearch index --entities PATH does it"
    if found.did_you_mean:
        yield f"did you mean: {found.did_you_mean}"
    if isinstance(found.found.tree, And) and (total := ask_any().found.whole.known_total):
        which = "" if any(each.code == "unknown-word" for each in found.diagnostics) else ", though each is in some"
        yield f"no report has all of these words{which}; with --any {total:,} {'matches' if total == 1 else 'match'}"

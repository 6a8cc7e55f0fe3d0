"""The analyzers of a schema that is not the reports', made when one of them is needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from idlibsearch.index.snapshot import Snapshot

if TYPE_CHECKING:
    from idlibsearch.faces.whoosh_compat import Schema as WhooshSchema
    from idlibsearch.index.schema import Analysis, Purpose, Schema


def analysis_of(snapshot: Snapshot, given: WhooshSchema | None) -> Analysis | None:
    """What runs the analyzers of a schema that is not the reports'."""
    if given is not None:
        from idlibsearch.faces.whoosh_schema import check_same

        check_same(snapshot.schema, snapshot.ranking, given)
    if snapshot.schema is None:
        return None
    if given is None:
        snapshot.schema.check_recorded()
    return _Analysis(snapshot.schema, given)


class _Analysis:
    """Makes the analyzers of a schema when one of them is needed."""

    def __init__(self, schema: Schema, given: WhooshSchema | None) -> None:
        self._schema, self._given = schema, given

    @cached_property
    def _made(self) -> Analysis:
        from idlibsearch.faces.whoosh_schema import analyzers_of

        return analyzers_of(self._schema, self._given)

    def words(self, field: str, value: str | Sequence[str], purpose: Purpose) -> list[tuple[str, int]]:
        return self._made.words(field, value, purpose)

    def places(self, field: str, text: str) -> list[tuple[int, int, int]]:
        return self._made.places(field, text)

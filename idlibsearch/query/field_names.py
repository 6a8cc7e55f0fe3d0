"""Which names of fields a question may use, and what each is: a text, a column of values, or only stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from idlibsearch.index.columns import KEYWORD_COLUMNS, WORDS

if TYPE_CHECKING:
    from idlibsearch.index.schema import Schema


class Names(NamedTuple):
    """The fields of an index. ``of_reports``: are they those of reports, among which are ``date`` and ``entities``?

    ``articles``: does al belong to the word behind it in any text, as in reports?
    """

    searched: tuple[str, ...]
    columns: tuple[str, ...]
    stored: tuple[str, ...]
    of_reports: bool = False
    articles: bool = False

    def named(self, typed: str) -> str:
        """The field that is meant by a name in any case; the name in small letters where there is none."""
        small = typed.lower()
        if self.of_reports:
            return small
        return next((name for part in self[:3] for name in part if name.lower() == small), small)

    @property
    def advice(self) -> str:
        """What may be written in place of an unknown name."""
        further = ", and those your reports bring along" if self.of_reports else ""
        return f"the fields to search are {', '.join((*self.searched, *self.columns))}{further}"


REPORT_NAMES = Names(("title", "body", "entities", "date"), (*KEYWORD_COLUMNS, WORDS), ("key", "url", "path"), True, True)


def names_of(schema: Schema | None) -> Names:
    """The names of an index with this schema; None: of reports."""
    if schema is None:
        return REPORT_NAMES
    searched = tuple(field.name for field in schema.fields if field.kind == "text")
    stored = tuple(field.name for field in schema.fields if field.kind == "stored")
    values = tuple(field.name for field in schema.fields if field.kind not in ("text", "stored"))
    return Names(searched, values, stored, articles=any(field.is_plain for field in schema.fields))

"""Which fields a report is indexed in, how much each counts, and the text that goes into each.

The four text fields share one analysis and so one posting list a term; the order of ``TEXT_FIELDS`` is the order of the
freq columns on disk.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from idlibsearch.model import Report, ReportDate


class TextField(NamedTuple):
    """A text field: its weight and length normalisation b in BM25F, and whether positions are kept."""

    name: str
    weight: float
    b: float
    positions: bool


K1 = 1.2  # how soon repeating a word stops helping; Lucene's default, to be tuned on judged collections
B = 0.75  # how much a long field is held against a report; Lucene's default

TEXT_FIELDS = (
    TextField("title", 3.0, B, positions=True),
    TextField("date", 2.0, 0.0, positions=False),  # every date field has about the same length: nothing to normalise
    TextField("entities", 2.0, B, positions=False),  # the words of mentions; their positions are the body's
    TextField("body", 1.0, B, positions=True),
)


class Ranking(NamedTuple):
    """What BM25F needs to know of an index: k1 and the text fields, in column order."""

    k1: float = K1
    fields: tuple[TextField, ...] = TEXT_FIELDS

    def column(self, name: str) -> int:
        """The freq column of a field; raises KeyError where there is no such text field."""
        for number, field in enumerate(self.fields):
            if field.name == name:
                return number
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {"k1": self.k1, "fields": [field._asdict() for field in self.fields]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Ranking:
        """The reverse of ``to_json``."""
        return cls(value["k1"], tuple(TextField(**field) for field in value["fields"]))


MONTHS = (  # English, always: what is indexed must not hang on the locale
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@lru_cache(maxsize=4096)  # a collection has few days
def date_words(date: ReportDate | None) -> str:
    """The words under which a publication date is found: year, month name, YYYY-MM and YYYY-MM-DD, as far as they are sure."""
    if date is None:
        return ""
    first, last = date.start, date.end - timedelta(days=1)
    if first.year != last.year:
        return ""
    if first.month != last.month:
        return f"{first.year}"
    words = f"{first.year} {MONTHS[first.month - 1]} {first.isoformat()[:7]}"
    return f"{words} {first.isoformat()}" if first == last else words


def text_of(report: Report, field: str) -> str:
    """What is indexed of a report in one of the text fields. Mentions stand one a line, so that no name runs into the next."""
    if field == "date":
        return date_words(report.date)
    if field == "entities":
        return "\n".join(entity.spelling for entity in report.entities)
    return report.title if field == "title" else report.body

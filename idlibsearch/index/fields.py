"""Which fields a report is indexed in, how much each counts, and the text that goes into each.

The four text fields share one analysis and so one posting list a term; the order of ``TEXT_FIELDS`` is the order of the
freq columns on disk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from idlibsearch.model import Document, Report, ReportDate


class TextField(NamedTuple):
    """A text field: its weight and length normalisation b in BM25F, and whether positions are kept.

    ``group``: what its words begin with in the lexicon, "" for those of the library's own analysis (see ``own_words``).
    """

    name: str
    weight: float
    b: float
    positions: bool
    group: str = ""


K1 = 1.7  # how soon repeating a word stops helping; tuned on judged collections (docs/relevance.md)
B = 0.65  # how much a long field is held against a report; tuned likewise

TEXT_FIELDS = (
    TextField("title", 3.0, B, positions=True),
    TextField("date", 2.0, 0.0, positions=False),  # every date field has about the same length: nothing to normalise
    TextField("entities", 2.0, B, positions=False),  # the words of mentions; their positions are the body's
    TextField("body", 1.0, B, positions=True),
)


def is_group(text: object) -> bool:
    """Can words begin so that another analyzer made? With one control character that is no space, and not the first of them."""
    return isinstance(text, str) and len(text) == 1 and "\x02" <= text < "\x09"


class Ranking(NamedTuple):
    """What BM25F needs to know of an index: k1 and the text fields, in column order.

    ``of_reports``: are they those of reports? Otherwise they are a schema's (``schema``).
    """

    k1: float = K1
    fields: tuple[TextField, ...] = TEXT_FIELDS
    of_reports: bool = True

    def column(self, name: str) -> int:
        """The freq column of a field; raises KeyError where there is no such text field."""
        for number, field in enumerate(self.fields):
            if field.name == name:
                return number
        raise KeyError(name)

    @property
    def broken_column(self) -> int:
        """The column of the field whose sentences and paragraphs are known, the body of reports; -1: of none."""
        return self.column("body") if self.of_reports else -1

    def tuned(self, settings: Mapping[str, float]) -> Ranking:
        """With other numbers: "k1", a field's name for its weight, its name and ".b" for its b.

        Raises ValueError for another name and for a number that cannot be: k1 is not negative, weights are above 0, b
        lies between 0 and 1.
        """
        left = dict(settings)
        k1 = _within(left.pop("k1", self.k1), "k1", 0.0, math.inf)
        fields = []
        for field in self.fields:
            weight = _within(left.pop(field.name, field.weight), field.name, math.ulp(0.0), math.inf)
            b = _within(left.pop(f"{field.name}.b", field.b), f"{field.name}.b", 0.0, 1.0)
            fields.append(field._replace(weight=weight, b=b))
        if left:
            raise ValueError(f"there is nothing called {next(iter(left))} to set; k1, " + ", ".join(f.name for f in fields))
        return self._replace(k1=k1, fields=tuple(fields))

    def to_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        fields = [{name: part for name, part in field._asdict().items() if part != ""} for field in self.fields]
        return {"k1": self.k1, "fields": fields} | ({} if self.of_reports else {"of_reports": False})

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Ranking:
        """The reverse of ``to_json``."""
        return cls(value["k1"], tuple(TextField(**field) for field in value["fields"]), value.get("of_reports", True))


def _within(number: float, name: str, least: float, most: float) -> float:
    if not (least <= number <= most and math.isfinite(number)):
        raise ValueError(f"{name} cannot be {number}")
    return float(number)


@lru_cache(maxsize=4096)  # a collection has few days
def date_words(date: ReportDate | None) -> str:
    """The words under which a publication date is found: year, month name, YYYY-MM and YYYY-MM-DD, as far as they are sure."""
    from idlibsearch.calendar_words import MONTHS  # noqa: PLC0415 - questions do not need them

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


def kept_text(found: Report | Document, field: str) -> str:
    """The same of what was read from an index, where that may be a document: its text, if the library's own analysis reads it."""
    return found.texts.get(field, "") if isinstance(found, Document) else text_of(found, field)

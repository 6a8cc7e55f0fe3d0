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


BM25F, LUCENE, LUCENE_COMBINED = "bm25f", "lucene", "lucene-combined"
SINGLE_MOST = 1e9  # what Lucene's formulas take, which reckon in single precision
FORMULAS = {BM25F: (K1, B), LUCENE: (1.2, 0.75), LUCENE_COMBINED: (1.2, 0.75)}  # k1 and b that each brings


class Ranking(NamedTuple):
    """What scores are made of: a formula, its k1, and the text fields, in column order.

    ``of_reports``: are they those of reports? Otherwise they are a schema's (``schema``). ``formula``: canonical BM25F
    (``query.rank``), or one of Lucene's (``query.lucene``).
    """

    k1: float = K1
    fields: tuple[TextField, ...] = TEXT_FIELDS
    of_reports: bool = True
    formula: str = BM25F

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

    def tuned(self, settings: Mapping[str, float | str]) -> Ranking:
        """With other numbers: "k1", a field's name for its weight, its name and ".b" for its b; and by another "formula".

        A formula that is named brings its own k1 and b, which other settings may change; weights stay. Raises ValueError for
        another name and for a value that cannot be: k1 is not negative, weights are above 0, b lies between 0 and 1, and is
        the same for all fields where these are combined; Lucene's formulas take no k1 or weight above a thousand million.
        """
        left = dict(settings)
        start = self._by(left.pop("formula")) if "formula" in left else self
        k1 = _within(left.pop("k1", start.k1), "k1", 0.0, math.inf)
        fields = []
        for field in start.fields:
            weight = _within(left.pop(field.name, field.weight), field.name, math.ulp(0.0), math.inf)
            b = _within(left.pop(f"{field.name}.b", field.b), f"{field.name}.b", 0.0, 1.0)
            fields.append(field._replace(weight=weight, b=b))
        if left:
            names = ", ".join(field.name for field in fields)
            raise ValueError(f"there is nothing called {next(iter(left))} to set; formula, k1, {names}")
        return start._replace(k1=k1, fields=tuple(fields))._checked()

    def _by(self, formula: object) -> Ranking:
        """Ranked by a formula, with its k1 and b."""
        if not isinstance(formula, str) or formula not in FORMULAS:
            raise ValueError(f"there is no formula {formula}; " + ", ".join(FORMULAS))
        k1, b = FORMULAS[formula]
        own = {field.name: field.b for field in TEXT_FIELDS} if self.of_reports and formula == BM25F else {}
        return self._replace(k1=k1, formula=formula, fields=tuple(f._replace(b=own.get(f.name, b)) for f in self.fields))

    def _checked(self) -> Ranking:
        if self.formula not in FORMULAS:
            raise ValueError(f"there is no formula {self.formula}")
        if self.formula == LUCENE_COMBINED and len({field.b for field in self.fields}) > 1:
            raise ValueError("fields that are combined have one b for all")
        if self.formula != BM25F and max(self.k1, *(field.weight for field in self.fields)) > SINGLE_MOST:
            raise ValueError(f"Lucene's formulas take no number above {SINGLE_MOST:g}")
        return self

    def to_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        fields = [{name: part for name, part in field._asdict().items() if part != ""} for field in self.fields]
        rest = ({} if self.of_reports else {"of_reports": False}) | ({} if self.formula == BM25F else {"formula": self.formula})
        return {"k1": self.k1, "fields": fields} | rest

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Ranking:
        """The reverse of ``to_json``. Raises ValueError where it cannot be."""
        fields = tuple(TextField(**field) for field in value["fields"])
        return cls(value["k1"], fields, value.get("of_reports", True), value.get("formula", BM25F))._checked()


def _within(number: float | str, name: str, least: float, most: float) -> float:
    if isinstance(number, str) or not (least <= number <= most and math.isfinite(number)):
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

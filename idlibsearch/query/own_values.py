"""Plans what is asked of the values of fields, in a schema that is not the reports': words of an analyzer, numbers, points in
time, truths. Nothing here scores.
"""

from __future__ import annotations

from datetime import date

from idlibsearch.errors import QueryError
from idlibsearch.index.columns import Bounds
from idlibsearch.index.instants import FORMS, Period, period, start_of
from idlibsearch.index.mapping import truth_of
from idlibsearch.index.own_words import plain
from idlibsearch.index.schema import Analysis, Field, Schema
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.days import days_of
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.ranges import number_of
from idlibsearch.query.steps import All, Having, Step
from idlibsearch.query.tree import Keyword, Ranged, Span


class OwnValues:
    """Plans the restrictions of one question; ``diagnostics`` gathers what is worth telling, ``today`` is when it is asked."""

    def __init__(self, snapshot: Snapshot, text: str, diagnostics: list[Diagnostic], today: date | None) -> None:
        assert snapshot.schema is not None
        assert snapshot.analysis is not None
        self._snapshot, self._text, self._diagnostics = snapshot, text, diagnostics
        self._today = today
        self._schema: Schema = snapshot.schema
        self._analysis: Analysis = snapshot.analysis

    def words(self, node: Keyword) -> list[str]:
        """What the analyzer of a field makes of a value, each once; the value itself where it has none."""
        field = self._field(node.field)
        if field.kind != "keyword":
            return [node.text]
        try:
            return list(dict.fromkeys(word for word, _ in self._analysis.words(field.name, node.text, "query")))
        except ValueError as error:
            raise self._error(node.span, f"the field {field.name}: {error}", "") from None

    def keyword(self, node: Keyword) -> Step:
        """Has this value; several words of it: all of them."""
        field = self._field(node.field)
        if field.kind != "keyword":
            return self._known(node, self._equal(node, field))
        steps = tuple(self._known(node, Having(field.name, Bounds(word, word), None)) for word in self.words(node))
        return steps[0] if len(steps) == 1 else All(steps, ())

    def _equal(self, node: Keyword, field: Field) -> Having:
        if field.kind == "boolean":
            try:
                truth = truth_of(node.text)
            except ValueError as error:
                raise self._error(node.span, str(error), f"write {field.name}:true or {field.name}:false") from None
            return Having(field.name, Bounds(truth, truth), None)
        if field.kind == "datetime":
            when = self._period(node, node.text)
            return Having(field.name, None, Bounds(when.start, when.end, high_open=True))
        number = self._number(node, node.text)
        return Having(field.name, None, Bounds(number, number))

    def _known(self, node: Keyword, step: Having) -> Having:
        parts = [segment.columns for segment in self._snapshot.segments]
        there = any(
            (step.keywords and columns.docs_of_keywords(step.field, step.keywords))
            or (step.numbers and columns.docs_of_numbers(step.field, step.numbers))
            for columns in parts
        )
        if not there:
            message = f"no document has the value {node.text} in the field {node.field}"
            self._diagnostics.append(Diagnostic(node.span, "unknown-value", message))
        return step

    def ranged(self, node: Ranged) -> Having:
        """Has a value between two bounds; without bounds: any value."""
        field = self._field(node.field)
        if node.low is None and node.high is None:
            return Having(field.name, Bounds(None, None), Bounds(None, None))
        match field.kind:
            case "keyword":
                low, high = (None if bound is None else self._bound(field.name, bound) for bound in (node.low, node.high))
                return Having(field.name, self._noted(node, Bounds(low, high, node.low_open, node.high_open)), None)
            case "datetime":
                return Having(field.name, None, self._noted(node, self._instants(node)))
            case "number":
                least, most = (None if bound is None else self._number(node, bound) for bound in (node.low, node.high))
                return Having(field.name, None, self._noted(node, Bounds(least, most, node.low_open, node.high_open)))
        raise self._error(node.span, f"the field {field.name} has no order", f"write {field.name}:true or {field.name}:false")

    def _bound(self, field: str, text: str) -> str:
        words = self._analysis.words(field, text, "pattern")
        return words[0][0] if len(words) == 1 else plain(text)

    def _instants(self, node: Ranged) -> Bounds:
        """An open bound leaves out all of the year, day or second that it names."""
        low = None if node.low is None else self._period(node, node.low)
        high = None if node.high is None else self._period(node, node.high)
        start = low and (low.end if node.low_open else low.start)
        end = high and (high.start if node.high_open else high.end)
        return Bounds(start, end, low_open=False, high_open=True)

    def _noted(self, node: Ranged, bounds: Bounds) -> Bounds:
        if bounds.is_empty:
            self._diagnostics.append(Diagnostic(node.span, "empty-range", f"nothing can lie in {node}"))
        return bounds

    def _number(self, node: Keyword | Ranged, text: str) -> float:
        number = number_of(text)
        if number is None:
            message = f"the field {node.field} holds numbers, and {text} is none"
            raise self._error(node.span, message, f"write numbers: {node.field}:[100 TO 300]")
        return number

    def _period(self, node: Keyword | Ranged, text: str) -> Period:
        """What a time names, or else the days that a date of ``days`` does: last week, 12 January 2020."""
        try:
            return period(text)
        except ValueError:
            pass
        try:
            first, end = days_of(text, self._today)
        except QueryError:
            message = f"the field {node.field} holds points in time, and {text} is none"
            raise self._error(node.span, message, f"write {FORMS}") from None
        return Period(start_of(first.toordinal()), start_of(end.toordinal()))

    def _field(self, name: str) -> Field:
        field = self._schema.field(name)
        assert field is not None, name
        return field

    def _error(self, span: Span, message: str, advice: str) -> QueryError:
        return QueryError(self._text, span, message, advice)

"""Why a report scores what it does: the formula of ``query.rank`` filled in, step by step of the plan, down to plain numbers.

Every explanation says how its value is made of its parts, and made so, in the order in which they stand, it comes to the same
to the last bit; at the top stands the score of the hit.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from idlibsearch.index.fields import BM25F
from idlibsearch.query.found import Found
from idlibsearch.query.match import Matcher
from idlibsearch.query.rank import idf
from idlibsearch.query.recency import UNDATED, faded
from idlibsearch.query.restrict import picked
from idlibsearch.query.steps import (
    All,
    Between,
    Chosen,
    Fading,
    Filled,
    Given,
    Having,
    Kept,
    Leaf,
    Mentioned,
    Placed,
    Plus,
    Some,
    Step,
    Term,
    Times,
    Unit,
    Where,
)

How = Literal["sum", "product", "quotient", "saturation", "normalisation", "weight", "gain", "inverse", "given"]


class Explanation(NamedTuple):
    """A value, what it is, and how it comes of its parts.

    ``how``: their sum or product; the "quotient" of the first by the second; "saturation" x / (k + x) of x and k;
    "normalisation" 1 - b + b * length / mean of b, length and mean; or it is "given". Of Lucene's formulas, each operation in
    single precision: a "weight", the product of two; a "gain" w - w / (1 + f * i) of w, f and i; an "inverse"
    1 / (k1 * (1 - b + b * length / mean)) of k1, b, length and mean. Where ``matches`` is False the report does not match what
    is described, the value is 0, and among the parts are those that failed.
    """

    value: float
    description: str
    how: How = "given"
    parts: tuple[Explanation, ...] = ()
    matches: bool = True

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        value: dict[str, Any] = {"value": self.value, "description": self.description, "how": self.how}
        return value | {"matches": self.matches, "parts": [part.to_json() for part in self.parts]}

    def lines(self, depth: int = 0) -> Iterator[str]:
        """For a person: a line each, parts further in."""
        how = {"given": "", "sum": ", sum of", "product": ", product of", "weight": ", product of", "quotient": ", quotient of"}
        made = how.get(self.how, ", of") if self.parts else ""
        yield f"{'  ' * depth}{self.value:.6g}  {self.description}{made}"
        for part in self.parts:
            yield from part.lines(depth + 1)


def explain(found: Found, segment: int, doc: int) -> Explanation:
    """Why a doc of a segment scores what it does for a question, or what it lacks."""
    return _Explainer(found, segment, doc).of(found.plan)


class _Explainer:
    """Explains the steps of a plan for one doc."""

    def __init__(self, found: Found, number: int, doc: int) -> None:
        self._snapshot, self._number, self._doc = found.snapshot, number, doc
        self._segment = found.snapshot.segments[number]
        ranking = found.snapshot.ranking
        plain = tuple(field._replace(weight=1.0, b=0.0) for field in ranking.fields)
        counting = ranking._replace(k1=1.0, fields=plain, formula=BM25F)
        self._counter = Matcher(found.snapshot.ranked(counting), number, found.deadline)

    def of(self, step: Step) -> Explanation:  # noqa: PLR0911 - a line a kind of step
        """One step."""
        match step:
            case Leaf() | Placed():
                return self._leaf(step)
            case Between() | Having() | Mentioned():
                return _picked(self._is_in(picked(step, self._segment)), _named(step))
            case Given():
                return _picked(self._is_in(step.sets[self._number]), "among those worked out before")
            case Filled():
                filled = any(self._segment.lengths[column][self._doc] for column in step.columns)
                return _picked(filled, f"something in {self._names(step.columns)}")
            case Kept():
                return self._restricted(step.wanted, (step.restriction,))
            case Where():
                return self._restricted(step.child, step.required)
            case All():
                return self._all(step)
            case Some():
                parts = [self.of(child) for child in step.children]
                matching = [part for part in parts if part.matches]
                return _sum(matching, "any of these") if matching else _failed("none of these", parts)
            case Plus():
                needed, options = self.of(step.child), [self.of(option) for option in step.options]
                if not needed.matches:
                    return _failed("what must match does not", [needed])
                return _sum([needed, *(option for option in options if option.matches)], "with what adds to it")
            case Fading():
                return self._fading(step)
            case Times():
                part = self.of(step.child)
                boost = Explanation(step.factor, "boost")
                value = part.value * step.factor
                return Explanation(value, "boosted", "product", (part, boost)) if part.matches else _failed("boosted", [part])

    def _all(self, step: All) -> Explanation:
        if not step.wanted and not step.unwanted:
            return Explanation(0.0, "every report")
        parts = [self.of(child) for child in step.wanted]
        unwanted = [part for part in map(self.of, step.unwanted) if part.matches]
        if unwanted or not all(part.matches for part in parts):
            left_out = [part._replace(matches=False, description=f"unwanted: {part.description}") for part in unwanted]
            return _failed("not all of these", [*parts, *left_out])
        return _sum(parts, "all of these") if parts else Explanation(0.0, "without what is not wanted")

    def _is_in(self, docs: memoryview[int]) -> bool:
        return bool(docs[self._doc >> 6] >> (self._doc & 63) & 1)

    def _fading(self, step: Fading) -> Explanation:
        part, day = self.of(step.child), self._segment.date_starts[self._doc]
        if not part.matches:
            return part
        if day == UNDATED:
            factor = Explanation(step.undated, "recency: without a date, as of the middle date of the index")
        else:
            age = max(step.today - day, 0)
            factor = Explanation(faded(day, step.half_life, step.today), f"recency: {age} days old, half in {step.half_life:g}")
        return Explanation(part.value * factor.value, "newer reports first", "product", (part, factor))

    def _restricted(self, wanted: Step, restrictions: Iterable[Step]) -> Explanation:
        """A restriction adds nothing, and is named only where it fails."""
        failed = [part for part in map(self.of, restrictions) if not part.matches]
        part = self.of(wanted)
        return _failed("kept out by a restriction", [part, *failed]) if failed else part

    # ---- words, phrases, patterns, nearness

    def _leaf(self, step: Leaf | Placed) -> Explanation:
        text = self._text(step)
        freqs = {column: self._freq(step, column) for column in sorted(step.columns)}
        times = step.at_least if isinstance(step, Placed) else 1
        if sum(freqs.values()) < times:
            return _failed(f"{text}: not in {self._names(step.columns)}" + (f" {times} times" if times > 1 else ""), ())
        if self._snapshot.ranking.formula != BM25F:
            return self._of_lucene(step, freqs, text)
        fields = [self._field(column, freq) for column, freq in freqs.items() if freq]
        tf, k1 = _sum(fields, "tf, weighted frequencies"), self._snapshot.ranking.k1
        saturated = Explanation(
            tf.value / (k1 + tf.value),
            "tf / (k1 + tf)",
            "saturation",
            (tf, Explanation(k1, "k1, how soon repeating stops helping")),
        )
        worth = Explanation(step.idf, self._rarity(step, self._snapshot.doc_count))
        return Explanation(step.idf * saturated.value, text, "product", (worth, saturated))

    def _of_lucene(self, step: Leaf | Placed, freqs: Mapping[int, int], text: str) -> Explanation:
        """By ``query.lucene``, of one field, or of several as one."""
        from idlibsearch.query import lucene  # noqa: PLC0415 - only for those who ask for it

        ranking, names = self._snapshot.ranking, self._names(step.columns)
        scorer, counted = lucene.Lucene(self._snapshot, self._number), lucene.statistics(self._snapshot, step.columns)
        boost = lucene.boost_of(ranking, step)
        worth = Explanation(lucene.single(step.idf), self._rarity(step, counted.docs))
        weight = Explanation(
            lucene.weight_of(ranking, step), "weight", "weight", (Explanation(boost, f"weight of {names}"), worth)
        )
        weights = scorer.weights(step.columns)
        freq = _sum([Explanation(weights[c] * freq, f"in {self._names((c,))}") for c, freq in freqs.items()], "frequency")
        numbers = lucene.numbers_of(ranking, step), (scorer.length(step, self._doc), counted.mean)
        k1, b, length, mean = (lucene.single(number) for pair in numbers for number in pair)
        parts = (
            Explanation(k1, "k1"),
            Explanation(b, "b"),
            Explanation(length, "length, as a byte keeps it"),
            Explanation(mean, "mean length"),
        )
        norm = Explanation(lucene.inverse(k1, b, length, mean), "1 / (k1 * (1 - b + b * length / mean))", "inverse", parts)
        gain = lucene.gain(weight.value, freq.value, norm.value)
        return Explanation(gain, f"{text} in {names}", "gain", (weight, freq, norm))

    def _freq(self, step: Leaf | Placed, column: int) -> int:
        """How often it counts in a field: the step is scored so that its score is freq / (1 + freq)."""
        probe = step._replace(idf=1.0, columns=(column,))
        if isinstance(probe, Placed):
            probe = probe._replace(at_least=1)
        scores = self._counter.scores(probe, memoryview(array("I", [self._doc])))
        return round(scores[0] / (1.0 - scores[0])) if len(scores) else 0

    def _field(self, column: int, freq: int) -> Explanation:
        field, mean = self._snapshot.ranking.fields[column], self._snapshot.mean_lengths[column]
        length = self._segment.lengths[column][self._doc]
        counted = Explanation(
            field.weight * freq,
            f"weighted frequency in {field.name}",
            "product",
            (Explanation(field.weight, f"weight of {field.name}"), Explanation(freq, "frequency")),
        )
        parts = (Explanation(field.b, "b"), Explanation(length, "length, in words"), Explanation(mean, "mean length"))
        norm = Explanation(1.0 - field.b + field.b * length / mean, "1 - b + b * length / mean", "normalisation", parts)
        return Explanation(counted.value / norm.value, f"in {field.name}", "quotient", (counted, norm))

    def _rarity(self, step: Leaf | Placed, docs: int) -> str:
        """Of one word, in how many of so many docs it is, which its idf tells."""
        frequency = round(_frequency_of(step.idf, docs))
        if 0 <= frequency <= docs and step.idf in (idf(frequency, docs), array("f", [idf(frequency, docs)])[0]):
            return f"idf, ln(1 + (N - n + 0.5) / (n + 0.5)), n = {frequency:,} of N = {docs:,} reports"
        return "idf, the sum of its words'"

    def _text(self, step: Leaf | Placed) -> str:
        if isinstance(step, Placed):
            return f"nearness: {step.asked.text[slice(*step.asked.span)]}"
        words = " ".join(self._word(unit) for unit in step.units)
        if "?" in words and step.text:
            return step.text
        return f'"{words}"' if len(step.units) > 1 else words

    def _word(self, unit: Unit | Chosen) -> str:
        if isinstance(unit, Chosen):
            return unit.text or f"any of {len(unit.found[self._segment])} spellings"
        parts = "+".join(map(self._term, unit.parts))
        return f"{parts}|{self._term(unit.joined)}" if unit.joined else parts

    def _term(self, term: Term) -> str:
        """As the index has it; what no segment has is "?"."""
        return next((str(s.lexicon.terms[n]) for s, n in zip(self._snapshot.segments, term, strict=True) if n >= 0), "?")

    def _names(self, columns: Iterable[int]) -> str:
        return ", ".join(self._snapshot.ranking.fields[column].name for column in columns)


def _frequency_of(value: float, docs: int) -> float:
    """The frequency that has this idf among so many docs."""
    return (docs + 1) / math.exp(value) - 0.5


def _named(step: Between | Having | Mentioned) -> str:
    if isinstance(step, Mentioned):
        return f"mention of {step.name or 'any'} {step.column}"
    return "published then" if isinstance(step, Between) else f"value in {step.field}"


def _picked(matches: bool, description: str) -> Explanation:
    return Explanation(0.0, f"{description}: does not score") if matches else _failed(description, ())


def _sum(parts: Iterable[Explanation], description: str) -> Explanation:
    parts, total = tuple(parts), 0.0
    for part in parts:
        total += part.value
    return Explanation(total, description, "sum", parts)


def _failed(description: str, parts: Iterable[Explanation]) -> Explanation:
    return Explanation(0.0, description, "given", tuple(parts), matches=False)

"""Lucene's formulas in dicts and loops: BM25 of each field added up, or of all fields as one, in single precision.

Written from Lucene's documentation of BM25Similarity, CombinedFieldQuery and SmallFloat; what matches is ``naive``'s.
"""

from __future__ import annotations

import math

import numpy as np
from naive import NaiveIndex, analysed_entries, choosers, joined_form, query_entries
from naive_nearness import combinations, fields_of, worth

from idlibsearch.query.tree import Analysed, AtLeast, Phrase, Wildcard

ONE = np.float32(1)


def kept_by_a_byte(length):
    """Exact below 40; beyond 24, the four highest bits of the rest."""
    rest = length - 24
    return length if rest < 16 else 24 + (rest >> rest.bit_length() - 4 << rest.bit_length() - 4)


class NaiveLucene(NaiveIndex):
    """Reports ranked by the formula of a ranking."""

    @property
    def is_combined(self):
        return self.ranking.formula == "lucene-combined"

    def leaf_score(self, node, doc, *, dates, beside_number):
        names = self.names_of(node, dates=dates, beside_number=beside_number)
        words = analysed_entries(node.text) if isinstance(node, Analysed) else query_entries(node.text)
        return self.scored(doc, {name: self.frequency(words, doc, name) for name in names}, words)

    def spelled_score(self, node, doc):
        names, chosen = (node.field,) if node.field else ("title", "body"), choosers(node)
        freqs = {name: len({start for start, _ in self.spelled_spans(chosen, doc, name)}) for name in names}
        return self.scored(doc, freqs, chosen)

    def mixed_score(self, node: Phrase, doc):
        names = (node.field,) if node.field else ("title", "body")
        parts = [choosers(Wildcard(piece)) if "*" in piece else query_entries(piece) for piece in node.text.split()]
        freqs = {name: len({start for start, _ in self.operand_spans(node, doc, name)}) for name in names}
        return self.scored(doc, freqs, [each for part in parts for each in part])

    def placed_score(self, node, doc):
        """Nearness is worth what it is otherwise, in each field."""
        names = fields_of(node)
        freqs = {name: len({found.start for found in combinations(self, node, doc, name)}) for name in names}
        if isinstance(node, AtLeast) and sum(freqs.values()) < node.times:
            return None
        return self.scored(doc, freqs, [], worth(self, node, names))

    def scored(self, doc, freqs, parts, known=None):
        """The score of what a doc has so often by field, and its idf the sum of its parts' or ``known``."""
        if not any(freqs.values()):
            return None
        if self.is_combined:
            freq = sum(self.fields[name].weight * times for name, times in freqs.items())
            return self.gain(doc, [*freqs], freq, 1.0, known or self.worth_of(parts, [*freqs]))
        return math.fsum(
            self.gain(doc, [name], times, self.fields[name].weight, known or self.worth_of(parts, [name]))
            for name, times in freqs.items()
            if times
        )

    def gain(self, doc, names, freq, boost, idf):
        field = self.fields[names[0]]
        k1, b = np.float32(self.ranking.k1), np.float32(field.b)
        sums, length = [], np.float32(0)
        for name in names:
            weight = self.fields[name].weight if self.is_combined else 1.0
            length += np.float32(weight) * np.float32(kept_by_a_byte(self.docs[doc][name][1]))
            sums.append(weight * sum(each[name][1] for each in self.docs))
        mean = np.float32(int(sum(sums)) / self.docs_with(names))
        kept = np.float32(kept_by_a_byte(math.floor(length + np.float32(0.5))))
        weight = np.float32(boost) * np.float32(idf)
        inverse = ONE / (k1 * ((ONE - b) + b * kept / mean))
        return float(weight - weight / (ONE + np.float32(freq) * inverse))

    def docs_with(self, names):
        """How many docs have a field, the one that most have."""
        return max(sum(each[name][1] > 0 for each in self.docs) for name in names)

    def worth_of(self, parts, names):
        return np.float32(sum(self.worth_of_part(part, names) for part in parts))

    def worth_of_part(self, part, names):
        if callable(part):
            return self.idf_in(names, max(sum(any(map(part, tokens[name])) for tokens in self.tokens) for name in names))
        joined = joined_form(part)
        if joined and self.most(joined, names):
            return self.idf_in(names, self.most(joined, names))
        return sum(self.idf_in(names, self.most(term, names)) for term, _, _ in part.terms[: part.positions])

    def most(self, term, names):
        return max(self.document_frequency(term, name) for name in names)

    def idf_in(self, names, frequency):
        return float(np.float32(math.log(1 + (self.docs_with(names) - frequency + 0.5) / (frequency + 0.5))))

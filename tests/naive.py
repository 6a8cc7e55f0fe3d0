"""The whole engine again, in dicts and loops: obviously right, slow, and the oracle of the fast one.

It shares with the product what defines words (fold, analyze_folded, the text of each field) and nothing of how they are
indexed, matched or scored.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import naive_mentions
from naive_nearness import is_placed, placed_score
from naive_tokens import tokenize

from idlibsearch.analysis.analyzer import Entry, analyze_folded
from idlibsearch.analysis.fold import fold, fold_piece
from idlibsearch.index.columns import column_name, folded_value, keywords_of
from idlibsearch.index.fields import Ranking, text_of
from idlibsearch.model import Report
from idlibsearch.query.tree import (
    Analysed,
    And,
    Boosted,
    Dated,
    Every,
    Exact,
    Fuzzy,
    Keyword,
    Maybe,
    Mention,
    Node,
    Not,
    Or,
    Phrase,
    Ranged,
    Regex,
    Require,
    Wildcard,
    Word,
)

DEFAULT = ("title", "date", "entities", "body")


@dataclass
class Occurrence:
    """A term in a field: positions [start, end)."""

    term: str
    start: int
    end: int


@dataclass
class Token:
    """A token as it was written: positions [start, end)."""

    surface: str
    folded: str
    start: int
    end: int


def written(text: str) -> list[Token]:
    """Every token of a text."""
    found, position = [], 0
    for start, end in tokenize(text):
        entry = analyze_folded(fold(text[start:end]))
        found.append(Token(text[start:end], entry.folded, position, position + entry.positions))
        position += entry.positions
    return found


def entries(text: str) -> list[Entry]:
    return [analyze_folded(fold(text[start:end])) for start, end in tokenize(text)]


def occurrences(text: str) -> tuple[list[Occurrence], int]:
    """Every occurrence of a text, and how many positions it takes."""
    found, position = [], 0
    for entry in entries(text):
        found += [Occurrence(term, position + offset, position + offset + width) for term, offset, width in entry.terms]
        position += entry.positions
    return found, position


class NaiveIndex:
    """Reports to search; those whose number is in ``deleted`` count in statistics and are never found."""

    def __init__(self, reports: Sequence[Report], deleted: frozenset[int] = frozenset(), ranking: Ranking | None = None) -> None:
        self.reports = reports
        self.deleted = deleted
        self.ranking = ranking or Ranking()
        self.fields = {field.name: field for field in self.ranking.fields}
        self.docs = [{name: occurrences(text_of(report, name)) for name in DEFAULT} for report in reports]
        self.tokens = [{name: written(text_of(report, name)) for name in ("title", "body")} for report in reports]

    # ---- what matches

    def search(self, tree: Node) -> list[tuple[str, float]]:
        """(key, score) of every match, best first, equal ones in the order of the reports."""
        found = []
        for doc, report in enumerate(self.reports):
            if doc not in self.deleted:
                score = self.score(tree, doc, dates=True, beside_number=False)
                if score is not None:
                    found.append((-score, doc, report.key))
        return [(key, -score) for score, _, key in sorted(found)]

    def score(self, node: Node, doc: int, *, dates: bool, beside_number: bool) -> float | None:  # noqa: PLR0911, PLR0912
        """The score of a node in a doc; None where it does not match."""
        if isinstance(node, Not):
            return 0.0 if self.score(node.child, doc, dates=False, beside_number=False) is None else None
        if isinstance(node, Dated | Keyword | Ranged):
            return 0.0 if self.picks(node, doc) else None
        if isinstance(node, Mention):
            return 0.0 if self.mentions(node, doc) else None
        if isinstance(node, Or):
            parts = [self.score(child, doc, dates=dates, beside_number=False) for child in node.children]
            matching = [part for part in parts if part is not None]
            return added(matching) if matching else None
        if isinstance(node, And):
            total = 0.0
            for number, child in enumerate(node.children):
                neighbours = [*node.children[max(0, number - 1) : number], *node.children[number + 1 : number + 2]]
                beside = any(is_date_number(neighbour) for neighbour in neighbours)
                part = self.score(child, doc, dates=dates, beside_number=beside)
                if part is None:
                    return None
                total += part
            return total
        if isinstance(node, Every):
            if node.field == "date":
                return 0.0 if self.reports[doc].date is not None else None
            return 0.0 if not node.field or self.docs[doc][node.field][1] else None
        if isinstance(node, Boosted):
            part = self.score(node.child, doc, dates=dates, beside_number=beside_number)
            return None if part is None else part * node.factor
        if isinstance(node, Maybe):
            total = self.score(node.child, doc, dates=dates, beside_number=False)
            for option in node.options:
                part = self.score(option, doc, dates=dates, beside_number=False)
                if total is not None and part is not None:
                    total += part
            return total
        if isinstance(node, Require):
            needed = [self.score(child, doc, dates=dates, beside_number=False) for child in node.required]
            return None if None in needed else self.score(node.child, doc, dates=dates, beside_number=False)
        if is_placed(node):
            return self.placed_score(node, doc)
        if isinstance(node, Exact | Wildcard | Fuzzy | Regex):
            return self.spelled_score(node, doc)
        if isinstance(node, Phrase) and "*" in node.text:
            return self.mixed_score(node, doc)
        return self.leaf_score(node, doc, dates=dates, beside_number=beside_number)

    def placed_score(self, node: Node, doc: int) -> float | None:
        """The score of nearness; None where it does not hold."""
        return placed_score(self, node, doc)

    def mentions(self, node: Mention, doc: int) -> bool:
        """Does a report mention an entity: in a field, or anywhere?"""
        name = folded_value(node.name)
        if node.field:
            return bool(naive_mentions.spans(self.reports[doc], node.field, node.kind, name))
        return naive_mentions.is_mentioned(self.reports[doc], node.kind, name)

    def spelled_score(self, node: Exact | Wildcard | Fuzzy | Regex, doc: int) -> float | None:
        """Spellings in a row, each of them, or all words of a pattern together, counted as one word."""
        names = (node.field,) if node.field else ("title", "body")
        wanted = choosers(node)
        tf = 0.0
        for name in names:
            field, length = self.fields[name], self.docs[doc][name][1]
            freq = len({start for start, _ in self.spelled_spans(wanted, doc, name)})
            tf += field.weight * freq / (1 - field.b + field.b * length / self.mean_length(name))
        return self.spelled_idf(node, names) * (tf / (self.ranking.k1 + tf)) if tf else None

    def spelled_idf(self, node: Exact | Wildcard | Fuzzy | Regex, names: tuple[str, ...]) -> float:
        """The idf of spellings in a row, that of each the number of docs with any of it in these fields."""
        idf = 0.0
        for chosen in choosers(node):
            having = (any(chosen(token) for name in names for token in tokens[name]) for tokens in self.tokens)
            idf += self.idf(sum(having))
        return idf

    def mixed_score(self, node: Phrase, doc: int) -> float | None:
        """A phrase with patterns in it: words and patterns in a row, each with its own idf."""
        names = (node.field,) if node.field else ("title", "body")
        parts = [choosers(Wildcard(piece)) if "*" in piece else query_entries(piece) for piece in node.text.split()]
        tf = 0.0
        for name in names:
            freq = len({start for start, _ in self.operand_spans(node, doc, name)})
            field, length = self.fields[name], self.docs[doc][name][1]
            tf += field.weight * freq / (1 - field.b + field.b * length / self.mean_length(name))
        if tf == 0:
            return None
        idf = 0.0
        for part in parts:
            if callable(part[0]):
                having = (any(part[0](token) for name in names for token in tokens[name]) for tokens in self.tokens)
                idf += self.idf(sum(having))
            else:
                idf += sum(self.word_idf(word, node.field) for word in part)
        return idf * (tf / (self.ranking.k1 + tf))

    def operand_spans(
        self, node: Word | Phrase | Analysed | Exact | Wildcard | Fuzzy | Regex, doc: int, name: str
    ) -> set[tuple[int, int]]:
        """Where a word, words side by side or spellings stand in a field, each occurrence as a whole."""
        if isinstance(node, Exact | Wildcard | Fuzzy | Regex):
            return self.spelled_spans(choosers(node), doc, name)
        if isinstance(node, Analysed):
            return self.spans(analysed_entries(node.text), doc, name)
        found: set[tuple[int, int]] | None = None
        for part in (
            [Wildcard(piece) if "*" in piece else piece for piece in node.text.split()] if "*" in node.text else [node.text]
        ):
            here = self.spans(query_entries(part), doc, name) if isinstance(part, str) else self.operand_spans(part, doc, name)
            found = here if found is None else {(a, d) for a, b in found for c, d in here if b == c}
        return found or set()

    def query_entries(self, text: str) -> list[Entry]:
        """The words of a piece of a question."""
        return query_entries(text)

    def entries_of(self, node: Word | Analysed) -> list[Entry]:
        """The words of a node."""
        return analysed_entries(node.text) if isinstance(node, Analysed) else self.query_entries(node.text)

    def spelled_spans(self, wanted: list[Chooser], doc: int, name: str) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] | None = None
        for chosen in wanted:
            here = {(token.start, token.end) for token in self.tokens[doc][name] if chosen(token)}
            found = here if found is None else {(a, d) for a, b in found for c, d in here if b == c}
        return found or set()

    def names_of(self, node: Word | Phrase | Analysed, *, dates: bool, beside_number: bool) -> tuple[str, ...]:
        """The fields in which a word or phrase counts."""
        if node.field:
            return (node.field,)
        if isinstance(node, Phrase) or (isinstance(node, Analysed) and " " in node.text):
            return ("title", "body")
        if dates and (beside_number or isinstance(node, Analysed) or node.text not in ("may", "march")):
            return DEFAULT
        return ("title", "entities", "body")

    def leaf_score(self, node: Word | Phrase | Analysed, doc: int, *, dates: bool, beside_number: bool) -> float | None:
        names = self.names_of(node, dates=dates, beside_number=beside_number)
        words = analysed_entries(node.text) if isinstance(node, Analysed) else query_entries(node.text)
        tf = 0.0
        for name in names:
            freq = self.frequency(words, doc, name)
            field, length = self.fields[name], self.docs[doc][name][1]
            tf += field.weight * freq / (1 - field.b + field.b * length / self.mean_length(name))
        if tf == 0:
            return None
        idf = sum(self.word_idf(word, node.field) for word in words)
        return idf * (tf / (self.ranking.k1 + tf))

    # ---- columns

    def picks(self, node: Dated | Keyword | Ranged, doc: int) -> bool:
        if isinstance(node, Dated):
            date = self.reports[doc].date
            return date is not None and node.start <= date.start and date.end <= node.end
        if isinstance(node, Ranged):
            return self.in_range(node, doc)
        same = folded_value(node.text) in self.keywords(doc, node.field)
        return same or as_number(node.text) in self.numbers(doc, node.field)

    def keywords(self, doc: int, field: str) -> set[str]:
        """The folded values of a keyword column in a doc."""
        return {folded_value(value) for name, value in keywords_of(self.reports[doc]) if name == field} - {""}

    def numbers(self, doc: int, field: str) -> list[float]:
        """The numbers of a column in a doc: none or one."""
        if field == "words":
            return [self.docs[doc]["title"][1] + self.docs[doc]["body"][1]]
        return [number for name, number in self.reports[doc].numbers.items() if column_name(name) == field][-1:]

    def in_range(self, node: Ranged, doc: int) -> bool:
        """Numbers where the field has any and the bounds are some, else keywords; a range without bounds takes any value."""
        bounds = [bound for bound in (node.low, node.high) if bound is not None]
        if not bounds:
            return bool(self.numbers(doc, node.field) or self.keywords(doc, node.field))
        has_numbers = any(self.numbers(other, node.field) for other in range(len(self.docs)))
        if has_numbers and all(as_number(bound) is not None for bound in bounds):
            return any(between(value, as_number(node.low), as_number(node.high), node) for value in self.numbers(doc, node.field))
        low, high = (None if bound is None else folded_value(bound) for bound in (node.low, node.high))
        return any(between(value, low, high, node) for value in self.keywords(doc, node.field))

    # ---- what goes with the matches

    def matches(self, tree: Node, restriction: Node | None = None) -> list[tuple[int, float]]:
        """(doc, score) of every match that the restriction keeps, in the order of the reports."""
        found = []
        for doc in range(len(self.reports)):
            score = self.score(tree, doc, dates=True, beside_number=False)
            kept = restriction is None or self.score(restriction, doc, dates=True, beside_number=False) is not None
            if doc not in self.deleted and score is not None and kept:
                found.append((doc, score))
        return found

    def sorted_keys(self, matches: list[tuple[int, float]], sort: str) -> list[str]:
        field, _, way = sort.partition(":")
        down = -1 if way == "desc" or (way == "" and field != "key") else 1
        found = []
        for doc, score in matches:
            if field == "key":
                value = [self.reports[doc].key]
            elif field == "date":
                date = self.reports[doc].date
                value = [date.start.toordinal()] if date else []
            else:
                value = self.numbers(doc, field)
            found.append((value, -score, doc))
        having = sorted((entry for entry in found if entry[0]), key=lambda entry: entry[1:])
        having.sort(key=lambda entry: entry[0], reverse=down < 0)
        lacking = sorted((entry for entry in found if not entry[0]), key=lambda entry: entry[1:])
        return [self.reports[doc].key for _, _, doc in having + lacking]

    def facet(self, field: str, limit: int, docs: list[int]) -> list[tuple[str, int]]:
        counts: Counter[str] = Counter()
        for doc in docs:
            numbers = {str(int(n)) if n == int(n) else str(float(n)) for n in self.numbers(doc, field)}
            counts.update(self.keywords(doc, field) | numbers)
        has_numbers = any(self.numbers(doc, field) for doc in range(len(self.docs)))

        def order(value: str) -> tuple[float, float, str]:
            number = as_number(value) if has_numbers else None
            return -counts[value], math.inf if number is None else number, value

        ranked = sorted(counts, key=order)
        return [(self.shown(field, value), counts[value]) for value in (ranked[:limit] if limit else ranked)]

    def shown(self, field: str, value: str) -> str:
        """The commonest spelling, over all reports."""
        times: Counter[str] = Counter()
        for report in self.reports:
            times.update({" ".join(text.split()) for name, text in keywords_of(report) if name == field})
        spellings = [spelling for spelling in times if folded_value(spelling) == value]
        return min(spellings, key=lambda spelling: (-times[spelling], spelling), default=value)

    def histogram(self, unit: str, docs: list[int]) -> list[tuple[str, int]]:
        counts: Counter[tuple[int, str]] = Counter()
        for doc in docs:
            date = self.reports[doc].date
            if date is None:
                counts[9_999_999, "undated"] += 1
            elif stretch(unit, date.start) != stretch(unit, date.end - timedelta(days=1)):
                counts[9_999_998, "vague"] += 1
            else:
                first = date.start
                while first > first.min and stretch(unit, first - timedelta(days=1)) == stretch(unit, first):
                    first -= timedelta(days=1)
                counts[first.toordinal(), stretch(unit, date.start)] += 1
        return [(label, count) for (_, label), count in sorted(counts.items())]

    # ---- where it stands

    def frequency(self, words: list[Entry], doc: int, name: str) -> int:
        if name in ("title", "body"):
            return len({start for start, _ in self.spans(words, doc, name)})
        if len(words) > 1:
            return 0
        term = words[0].terms[0][0] if words[0].positions == 1 else joined_form(words[0])
        return sum(occurrence.term == term for occurrence in self.docs[doc][name][0])

    def spans(self, words: list[Entry], doc: int, name: str) -> set[tuple[int, int]]:
        """The spans of the words side by side."""
        found: set[tuple[int, int]] | None = None
        for word in words:
            here = self.word_spans(word, doc, name)
            found = here if found is None else {(a, d) for a, b in found for c, d in here if b == c}
        return found or set()

    def word_spans(self, word: Entry, doc: int, name: str) -> set[tuple[int, int]]:
        """The spans of a word: its parts side by side, or its joined form."""
        found: set[tuple[int, int]] | None = None
        for term, _, _ in word.terms[: word.positions]:
            here = self.term_spans(term, doc, name)
            found = here if found is None else {(a, d) for a, b in found for c, d in here if b == c}
        joined = joined_form(word)
        return (found or set()) | (self.term_spans(joined, doc, name) if joined else set())

    def term_spans(self, term: str, doc: int, name: str) -> set[tuple[int, int]]:
        return {(o.start, o.end) for o in self.docs[doc][name][0] if o.term == term}

    # ---- what it is worth

    def word_idf(self, word: Entry, field: str) -> float:
        joined = joined_form(word)
        if joined and self.document_frequency(joined, field):
            return self.idf(self.document_frequency(joined, field))
        return sum(self.idf(self.document_frequency(term, field)) for term, _, _ in word.terms[: word.positions])

    def document_frequency(self, term: str, field: str) -> int:
        names = (field,) if field else DEFAULT
        return sum(any(o.term == term for name in names for o in doc[name][0]) for doc in self.docs)

    def idf(self, frequency: int) -> float:
        return math.log(1 + (len(self.docs) - frequency + 0.5) / (frequency + 0.5))

    def mean_length(self, name: str) -> float:
        lengths = [doc[name][1] for doc in self.docs if doc[name][1]]
        return sum(lengths) / len(lengths) if lengths else 1.0


def as_number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def between(value, low, high, node: Ranged) -> bool:
    above = low is None or (value > low if node.low_open else value >= low)
    return above and (high is None or (value < high if node.high_open else value <= high))


def stretch(unit: str, day: date) -> str:
    """The year, quarter, month, week or day that a day is in."""
    year, week, _ = day.isocalendar()
    quarter = f"Q{[1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4][day.month - 1]}"
    labels = {"year": f"{day:%Y}", "quarter": f"{day:%Y}-{quarter}", "month": f"{day:%Y-%m}", "week": f"{year}-W{week:02}"}
    return labels.get(unit, f"{day:%Y-%m-%d}")


def joined_form(word: Entry) -> str | None:
    for term, offset, width in word.terms[word.positions :]:
        if offset == 0 and width == word.positions:
            return term
    return None


def query_entries(text: str) -> list[Entry]:
    """As in a text, but that al, el and ul in any case belong to the word a space behind them."""
    spans: list[tuple[int, int]] = []
    for start, end in tokenize(text):
        if spans and text[spans[-1][0] : spans[-1][1]].lower() in ("al", "el", "ul") and text[spans[-1][1] : start] == " ":
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [analyze_folded(fold(text[start:end])) for start, end in spans]


def analysed_entries(text: str) -> list[Entry]:
    """The words of ``rebel+held|rebelheld area``."""
    found = []
    for word in text.split():
        parts, bar, joined = word.partition("|")
        terms = [(term, place, 1) for place, term in enumerate(parts.split("+"))]
        found.append(Entry(word, len(terms), (*terms, *([(joined, 0, len(terms))] if bar else []))))
    return found


def is_date_number(node: Node) -> bool:
    if isinstance(node, Boosted):
        return is_date_number(node.child)
    return (
        isinstance(node, Word) and not node.field and node.text.isascii() and node.text.isdigit() and len(node.text) in (1, 2, 4)
    )


def added(parts: list[float]) -> float:
    total = 0.0
    for part in parts:
        total += part
    return total


# ---- spellings and patterns

Chooser = Callable[[Token], bool]


def choosers(node: Exact | Wildcard | Fuzzy | Regex) -> list[Chooser]:
    """One for each word in a row: is this token one of those meant?"""
    if isinstance(node, Exact):
        surfaces = [node.text[start:end] for start, end in tokenize(node.text)]
        return [lambda token, surface=surface: token.surface == surface for surface in surfaces]  # type: ignore[misc]
    if isinstance(node, Wildcard):
        return [lambda token: glob(folded_pattern(node.text), token.folded)]
    if isinstance(node, Regex):
        return [lambda token: matches(node.text, token.folded)]
    [(start, end)] = tokenize(node.text)
    word = fold(node.text[start:end])
    return [lambda token: token.folded.startswith(word[: node.prefix]) and edits(word, token.folded) <= node.distance]


def folded_pattern(pattern: str) -> str:
    """The runs of letters between the signs * ? [ folded; sets are taken as they are."""
    return "".join(part if part[0] in "*?[" else fold_piece(part) for part in re.findall(r"\*|\?|\[.[^\]]*\]|[^*?\[]+", pattern))


def glob(pattern: str, word: str) -> bool:
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(glob(pattern[1:], word[start:]) for start in range(len(word) + 1))
    if not word:
        return False
    if pattern[0] == "[":
        end = pattern.index("]", 2)
        letters = pattern[1:end].replace("!", "^", 1) if pattern[1] == "!" else pattern[1:end]
        return re.fullmatch(f"[{letters}]", word[0]) is not None and glob(pattern[end + 1 :], word[1:])
    return pattern[0] in ("?", word[0]) and glob(pattern[1:], word[1:])


def matches(expression: str, word: str) -> bool:
    """As Python matches it; a capital may be the small letter as well. For expressions without capitals in sets."""
    return re.fullmatch(re.sub(r"(?<!\\)[A-Z]", lambda match: f"[{match[0]}{match[0].lower()}]", expression), word) is not None


@functools.cache
def edits(a: str, b: str) -> int:
    """Optimal string alignment, by its definition: inserts, deletes, replacements and swaps, no letter edited twice."""
    if not a or not b:
        return len(a) + len(b)
    ways = [edits(a[:-1], b) + 1, edits(a, b[:-1]) + 1, edits(a[:-1], b[:-1]) + (a[-1] != b[-1])]
    if len(a) > 1 and len(b) > 1 and a[-2:] == b[-1] + b[-2]:
        ways.append(edits(a[:-2], b[:-2]) + 1)
    return min(ways)


# ---- the twin of index/inverter.pyx

Postings = dict[int, dict[int, tuple[list[int], list[tuple[int, int]]]]]


def invert(
    docs: list[list[list[int]]], surface_entries: list[list[tuple[int, int]]], widths: list[int], positional: list[bool]
) -> Postings:
    """term -> doc -> (freq by field, (position, surface) field after field), from docs[doc][field] = surface numbers."""
    lists: Postings = {}
    for doc, fields in enumerate(docs):
        for field, surfaces in enumerate(fields):
            position = 0
            for surface in surfaces:
                for term, offset in surface_entries[surface]:
                    freqs, places = lists.setdefault(term, {}).setdefault(doc, ([0] * len(positional), []))
                    freqs[field] += 1
                    if positional[field]:
                        places.append((position + offset, surface))
                position += widths[surface]
    return lists


# ---- the twins of results/counting.pyx


def count_values(docs: list[int], of_doc: list[list[int]], base: int, numbers: list[int] | None, counts: list[int]) -> list[int]:
    counts = list(counts)
    for doc in docs:
        for value in of_doc[doc]:
            counts[value - base if numbers is None else numbers[value - base]] += 1
    return counts


def count_days(docs: list[int], dates: list[tuple[int, int]], edges: list[int]) -> list[int]:
    stretches = list(pairwise(edges))
    counts = [0] * (len(stretches) + 2)
    for start, end in (dates[doc] for doc in docs):
        inside = [number for number, (low, high) in enumerate(stretches) if low <= start and end <= high]
        counts[len(stretches) + 1 if start == 0 else inside[0] if inside else len(stretches)] += 1
    return counts


def most(counts: list[int], limit: int) -> list[int]:
    return sorted((place for place, count in enumerate(counts) if count), key=lambda place: (-counts[place], place))[:limit]


def most_numbers(numbers: list[float], limit: int) -> list[tuple[float, int]]:
    counts = Counter(number for number in numbers if not math.isnan(number))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

"""What to look up: the tree with its words analysed, fields turned into columns, and everything counted over the snapshot.

The rules of fields live here: words match in any text field, phrases, patterns and spellings in those that keep positions; the
date field is left out under NOT, and for may and march unless they are written or accompanied like months.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from idlibsearch.analysis.analyzer import ARTICLES, analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.errors import QueryError
from idlibsearch.index.columns import WORDS, Bounds, folded_value
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.limits import LIMITS, Deadline, Limits, PatternError
from idlibsearch.query.rank import idf
from idlibsearch.query.steps import (
    All,
    Between,
    Chosen,
    Filled,
    Having,
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
from idlibsearch.query.tree import (
    Analysed,
    And,
    AtLeast,
    Atom,
    Boosted,
    Dated,
    Every,
    Exact,
    Expansion,
    First,
    Fuzzy,
    Keyword,
    Maybe,
    Mention,
    Near,
    Nearness,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Ranged,
    Regex,
    Require,
    Same,
    Span,
    Wildcard,
    Word,
)

if TYPE_CHECKING:
    from idlibsearch.query.expand import Expander

MOST_REMEMBERED = 4_096  # words and phrases of a snapshot; some 2 MB
MAX_PHRASE_WORDS = 64  # what the kernel takes
MAX_COMPOUNDS = 8  # each can be written in two ways, all of them together in 256
MAX_TOKEN = 256  # a longer one is cut by the scanner
_PUNCTUATION = ".,;:!?()…'`\"“”‘’"  # at the edges of a pattern inside a phrase
_BESIDE_A_MONTH = re.compile(r"\d{1,2}|\d{4}")
_EVERY_DATE = Between(1, 1 << 31)


class Planner:
    """Plans queries against one snapshot; ``diagnostics`` gathers what is worth telling."""

    def __init__(self, snapshot: Snapshot, text: str = "", limits: Limits = LIMITS, deadline: Deadline | None = None) -> None:
        self.snapshot = snapshot
        self.limits = limits
        self.deadline = deadline or Deadline(text, None)
        self._expander: Expander | None = None
        self._chosen: dict[Exact | Expansion, Chosen] = {}
        self._ranking = snapshot.ranking
        self.text = text
        self._every_column = tuple(range(len(self._ranking.fields)))
        self.diagnostics: list[Diagnostic] = []
        self.own: Callable[[Node], Step] | None = (
            None  # plans all that asks for words or values where a schema is not the reports'
        )

    @cached_property
    def _undated_columns(self) -> tuple[int, ...]:
        return tuple([c for c, each in enumerate(self._ranking.fields) if each.name != "date"])

    def plan(self, node: Node, *, negated: bool = False, month: bool = False) -> Step:  # noqa: PLR0911, PLR0912  # a line a kind of node
        """The step for a node. ``negated``: under a NOT; ``month``: beside a number, as months are."""
        if self.own is not None and isinstance(node, Atom | Nearness | First | AtLeast):
            return self.own(node)
        match node:
            case Word():
                return self._word(node, date=not negated and (month or not _is_other_word(node.text)))
            case And():
                return self._conjunction(node, negated)
            case Or():
                return Some(tuple([self.plan(child, negated=negated) for child in node.children]))
            case Phrase() if node.slop > 1:
                return self._placed(node)
            case Analysed():
                return self._analysed(node, date=not negated)
            case Phrase() | Exact() | Wildcard() | Fuzzy() | Regex():
                return self.leaf(node)
            case Every():
                return self._every(node)
            case Boosted():
                return Times(self.plan(node.child, negated=negated, month=month), node.factor)
            case Maybe():
                return Plus(*self._branches(node.child, node.options, negated))
            case Require():
                return Where(*self._branches(node.child, node.required, negated))
            case Dated() | Keyword() | Ranged():
                return self._picked(node)
            case Not():
                return All((), (self.plan(node.child, negated=True),))
            case Mention():
                return self._mentions(node) if node.name else self._mention(node)
            case Near() | Same() | NotNear() | First() | AtLeast():
                return self._placed(node)

    def _placed(self, node: Node) -> Placed:
        from idlibsearch.query.placed import placed  # noqa: PLC0415  # not paid for by plain questions

        return placed(self, node)

    def leaf(self, node: Word | Phrase | Analysed | Exact | Expansion) -> Leaf:
        """What stands as one piece of text."""
        match node:
            case Word():
                return self._word(node, date=False)
            case Analysed():
                return self._analysed(node, date=False)
            case Phrase():
                return self._phrase(node)
            case Exact():
                return self._exact(node)
            case Wildcard() | Fuzzy() | Regex():
                return self._spelled(node, [node._replace(field="")])

    def _conjunction(self, node: And, negated: bool) -> Step:
        wanted, unwanted = list[Step](), list[Step]()
        for number, child in enumerate(node.children):
            if isinstance(child, Not):
                unwanted.append(self.plan(child.child, negated=True))
            elif self.own is None and isinstance(child, Word) and not _is_other_word(child.text):
                wanted.append(self._word(child, date=not negated))
            else:
                beside = node.children[max(number - 1, 0) : number] + node.children[number + 1 : number + 2]
                wanted.append(self.plan(child, negated=negated, month=any(map(_is_date_number, beside))))
        return All(tuple(wanted), tuple(unwanted))

    def _branches(self, child: Node, others: Sequence[Node], negated: bool) -> tuple[Step, tuple[Step, ...]]:
        return self.plan(child, negated=negated), tuple(self.plan(other, negated=negated) for other in others)

    def _every(self, node: Every) -> Step:
        if not node.field:
            return All((), ())
        return _EVERY_DATE if node.field == "date" else Filled((self._ranking.column(node.field),))

    def _picked(self, node: Dated | Keyword | Ranged) -> Between | Having:
        if isinstance(node, Dated):
            return Between(*node.ordinals, node.field)
        return self._keyword(node) if isinstance(node, Keyword) else self._ranged(node)

    def _mentions(self, node: Mention) -> Step:
        """Reports with a mention of any entity that a name means."""
        from idlibsearch.query.known_names import meant_by  # noqa: PLC0415 - not paid for by questions that name no entity

        steps = [self._mention(each) for each in meant_by(node, self.snapshot)]
        return steps[0] if len(steps) == 1 else Some(tuple(steps))

    def _mention(self, node: Mention) -> Mentioned | Where:
        """Reports with a mention of an entity: what the keyword column of its kind knows; in one field: where it stands."""
        if node.field:
            return Where(All((), ()), (self._placed(node),))
        column, name = node.kind.lower(), folded_value(node.name)
        bounds = Bounds(name or None, name or None)
        if not any(segment.columns.docs_of_keywords(column, bounds) for segment in self.snapshot.segments):
            self.diagnostics.append(Diagnostic(node.span, "unknown-value", f"no report mentions {node}"))
        return Mentioned(column, name)

    def _keyword(self, node: Keyword) -> Having:
        """Equal to a keyword, or to a number where it is written like one."""
        from idlibsearch.query.ranges import number_of  # noqa: PLC0415 - 1 ms that other questions need not pay

        folded, number = folded_value(node.text), number_of(node.text)
        step = Having(node.field, Bounds(folded, folded), None if number is None else Bounds(number, number))
        if not any(
            segment.columns.docs_of_keywords(step.field, Bounds(folded, folded)) for segment in self.snapshot.segments
        ) and (step.numbers is None or not self.snapshot.has_numbers(step.field)):
            message = f"no report has the value {node.text} in the field {node.field}"
            self.diagnostics.append(Diagnostic(node.span, "unknown-value", message))
        return step

    def _ranged(self, node: Ranged) -> Having:
        """Between numbers where the field has some and every bound is one, else between keywords; without bounds: any value."""
        from idlibsearch.query.ranges import number_of  # noqa: PLC0415 - see above

        bounds = [bound for bound in (node.low, node.high) if bound is not None]
        opens = (node.low_open, node.high_open)
        has_numbers = node.field == WORDS or self.snapshot.has_numbers(node.field)
        if not bounds:
            return Having(node.field, Bounds(None, None), Bounds(None, None))
        if has_numbers and all(number_of(bound) is not None for bound in bounds):
            return Having(node.field, None, self._noted(node, Bounds(number_of(node.low), number_of(node.high), *opens)))
        if has_numbers and not self.snapshot.has_keywords(node.field):
            message = f"the field {node.field} holds numbers, which {' and '.join(bounds)} cannot be compared with"
            raise self.error(node.span, message, f"write numbers: {node.field}:[100 TO 300]")
        low, high = (None if bound is None else folded_value(bound) for bound in (node.low, node.high))
        return Having(node.field, self._noted(node, Bounds(low, high, *opens)), None)

    def _noted(self, node: Ranged, bounds: Bounds) -> Bounds:
        if bounds.is_empty:
            self.diagnostics.append(Diagnostic(node.span, "empty-range", f"nothing can lie in {node}"))
        return bounds

    def _word(self, node: Word, *, date: bool) -> Leaf:
        key = (node.text, node.field, date)
        found: Leaf | None = self.snapshot.looked_up.get(key)
        return found or self._remembered(key, self._looked_up(node, date))

    def _remembered(self, key: Hashable, leaf: Leaf) -> Leaf:
        """A leaf that the next question with it need not look up, unless there is something to be said about it."""
        known = self.snapshot.looked_up
        if not self.diagnostics:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            known[key] = leaf
        return leaf

    def _looked_up(self, node: Word, date: bool) -> Leaf:
        columns = self._columns(node.field, date)
        term = self.snapshot.simple_term(fold(node.text)) if node.text.isalnum() and len(node.text) < MAX_TOKEN else None
        frequency = self._frequency(term, columns[0] if node.field else None) if term else 0
        if not term or not frequency:
            return self._leaf(node, folded_words(node.text), columns)
        return Leaf((Unit((term,), None),), columns, idf(frequency, self.snapshot.doc_count), term)

    def _columns(self, field: str, date: bool) -> tuple[int, ...]:
        if field:
            return (self._ranking.column(field),)
        return self._every_column if date or not self._ranking.of_reports else self._undated_columns

    def _phrase(self, node: Phrase) -> Leaf:
        columns = self.positional(node.field)
        if "*" not in node.text:
            key = (Phrase, node.text, node.field)
            found: Leaf | None = self.snapshot.looked_up.get(key)
            return found or self._remembered(key, self._leaf(node, folded_words(node.text), columns))
        leaves = [
            self._spelled(node, [part]) if isinstance(part, Wildcard) else self._leaf(node, folded_words(part), columns)
            for part in self._phrase_parts(node)
        ]
        return Leaf(tuple(unit for leaf in leaves for unit in leaf.units), columns, sum(leaf.idf for leaf in leaves))

    def _analysed(self, node: Analysed, *, date: bool) -> Leaf:
        words = node.text.split(" ")
        columns = self._columns(node.field, date) if len(words) == 1 else self.positional(node.field)
        return self._row(node, words, tuple(map(self._unit_of_terms, words)), columns)

    def _unit_of_terms(self, word: str) -> Unit:
        """``rebel+held|rebelheld``: parts at consecutive positions, or one term for all."""
        parts, bar, joined = word.partition("|")
        return Unit(tuple(map(self.snapshot.term, parts.split("+"))), self.snapshot.term(joined) if bar else None)

    def parts_of_phrase(self, node: Phrase, columns: tuple[int, ...]) -> list[Leaf]:
        """Each word of a phrase, or pattern in it, by itself."""
        leaves: list[Leaf] = []
        for part in self._phrase_parts(node):
            if isinstance(part, Wildcard):
                leaves.append(self._spelled(node, [part]))
            else:
                leaves += [self._leaf(node, [word], columns) for word in folded_words(part)]
        if not 0 < len(leaves) <= MAX_PHRASE_WORDS:
            raise self.error(node.span, f"a phrase has 1 to {MAX_PHRASE_WORDS} words, not {len(leaves)}", "ask for a part of it")
        return leaves

    def keeps_order(self, field: str) -> bool:
        """Does this text field know where its words stand?"""
        return any(each.name == field and each.positions for each in self._ranking.fields)

    def error(self, span: Span, message: str, advice: str) -> QueryError:
        """What is raised for a fault of the question at some place."""
        return QueryError(self.text, span, message, advice)

    def _phrase_parts(self, node: Phrase) -> list[str | Wildcard]:
        """The patterns of a phrase (words with a *; without it ? and [ ] are punctuation here), and the text between them."""
        parts: list[str | Wildcard] = []
        for piece in node.text.split():
            before = parts[-1] if parts else None
            if "*" in piece:
                pattern = piece.strip(_PUNCTUATION)
                if not re.search(r"\w", pattern):
                    advice = "leave it out, or write the words on both sides joined by AND"
                    raise self.error(node.span, "a * inside quotation marks belongs to no word", advice)
                parts.append(Wildcard(pattern))
            elif isinstance(before, str):
                parts[-1] = f"{before} {piece}"
            elif re.search(r"\w", piece):
                parts.append(piece)
        return parts

    def positional(self, field: str) -> tuple[int, ...]:
        """The columns in which order and spelling are known: of one field, or ("") of all that keep positions."""
        if field:
            return (self._ranking.column(field),)
        return tuple([c for c, each in enumerate(self._ranking.fields) if each.positions])

    def _exact(self, node: Exact) -> Leaf:
        from idlibsearch.query.expand import spellings  # noqa: PLC0415  # not paid for by plain questions

        surfaces = spellings(node.text)
        if not surfaces:
            raise self.error(node.span, f"there is no word in {node}", "type a word")
        return self._spelled(node, [Exact(surface) for surface in surfaces])

    def _spelled(self, node: Phrase | Exact | Expansion, parts: Sequence[Exact | Expansion]) -> Leaf:
        """Parts in a row, each of them any of some spellings that count as one word."""
        columns = self.positional(node.field)
        units = [self._chosen_of(part, node.span) for part in parts]
        frequencies = [sum(spelled.frequency(columns) for spelled in unit.found.values()) for unit in units]
        for part, frequency in zip(parts, frequencies, strict=True):
            if not frequency:
                kind, word = ("spelling", part.text) if isinstance(part, Exact) else ("pattern", str(part))
                self._report_missing(node, word, kind)
        return Leaf(tuple(units), columns, sum(idf(frequency, self.snapshot.doc_count) for frequency in frequencies))

    def _chosen_of(self, part: Exact | Expansion, span: Span) -> Chosen:
        """What stands for a spelling or a pattern in each segment, found once a question."""
        from idlibsearch.query.expand import Expander  # noqa: PLC0415  # not paid for by plain questions

        self.deadline.check()
        if part not in self._chosen:
            self._expander = self._expander or Expander(self.snapshot, self.limits)
            try:
                found = self._expander.spell(part.text) if isinstance(part, Exact) else self._expander.expand(part)
            except PatternError as error:
                raise QueryError(self.text, span, error.message, error.advice) from None
            self._chosen[part] = Chosen(dict(zip(self.snapshot.segments, found, strict=True)), str(part))
        return self._chosen[part]

    def _leaf(self, node: Word | Phrase, words: list[str], columns: tuple[int, ...]) -> Leaf:
        if not words:
            raise self.error(node.span, f"there is no word in {node}", "type a word")
        return self._row(node, words, tuple([self._unit(word) for word in words]), columns)

    def _row(
        self, node: Word | Phrase | Analysed, words: Sequence[str], units: tuple[Unit, ...], columns: tuple[int, ...]
    ) -> Leaf:
        """Words side by side, each with its unit."""
        compounds = sum([len(unit.parts) > 1 for unit in units])
        if len(units) > MAX_PHRASE_WORDS or (compounds and not self._is_bounded(units, compounds)):
            message = f"a phrase of more than {MAX_PHRASE_WORDS} words or {MAX_COMPOUNDS} hyphenated ones"
            raise self.error(node.span, message, "ask for a shorter part of it")
        column, total = columns[0] if node.field else None, 0.0
        for word, unit in zip(words, units, strict=True):
            is_there, worth = self._worth(unit, column)
            total += worth
            if not is_there:
                self._report_missing(node, word)
        is_one = len(units) == len(units[0].parts) == 1 and units[0].joined is None
        return Leaf(units, columns, total, units[0].parts[0] if is_one else None, node.text)

    def _is_bounded(self, units: Sequence[Unit], compounds: int) -> bool:
        return sum(len(unit.parts) for unit in units) <= MAX_PHRASE_WORDS and compounds <= MAX_COMPOUNDS

    def _report_missing(self, node: Word | Phrase | Analysed | Exact | Expansion, word: str, kind: str = "word") -> None:
        where = f" in the field {node.field}" if node.field else ""
        self.diagnostics.append(Diagnostic(node.span, "unknown-word", f"no report has the {kind} {word}{where}"))

    def _worth(self, unit: Unit, column: int | None) -> tuple[bool, float]:
        """Is a word there, and its idf: a compound counts as its joined form where the index has that, else as its parts."""
        docs = self.snapshot.doc_count
        joined = self._frequency(unit.joined, column) if unit.joined else 0
        if joined:
            return True, idf(joined, docs)
        frequencies = [self._frequency(part, column) for part in unit.parts]
        return frequencies[0] > 0, sum([idf(frequency, docs) for frequency in frequencies])

    def _frequency(self, term: Term, column: int | None) -> int:
        """How many docs have a term, in one column or in any; deleted docs count until they are merged away."""
        count = 0
        for segment, number in zip(self.snapshot.segments, term, strict=True):
            if number >= 0:
                count += segment.postings.count(number) if column is None else segment.postings.count_in(number, column)
        return count

    def knows(self, folded: str) -> bool:
        """Does any report have this word, or another that stands for the same?"""
        return all(max(part, default=-1) >= 0 for part in self._unit(folded).parts)

    def _unit(self, folded: str) -> Unit:
        """A word's terms, from a lexicon where it is known, which spares loading the stemmer; else by the recipe."""
        term = self.snapshot.simple_term(folded)
        if term:
            return Unit((term,), None)
        entry = self.snapshot.entry(folded) or analyze_folded(folded)
        parts = tuple(self.snapshot.term(each) for each, _, _ in entry.terms[: entry.positions])
        more = entry.terms[entry.positions :] if entry.positions > 1 else ()
        joined = (each for each, offset, width in more if (offset, width) == (0, entry.positions))
        return Unit(parts, next(map(self.snapshot.term, joined), None))


def folded_words(text: str) -> list[str]:
    """The folded words of a piece of a query; unlike in a text, al, el and ul join the word behind them in any case."""
    pieces = text.split(" ")
    if (
        text.isascii()
        and len(text) < MAX_TOKEN
        and all(map(str.isalnum, pieces))
        and ARTICLES.isdisjoint(text.lower().split(" "))
    ):
        return [fold(piece) for piece in pieces]  # most words are one token without a look
    return [fold(text[start:end]) for start, end in word_spans(text)]


def word_spans(text: str) -> list[tuple[int, int]]:
    """The (start, end) of every word of a piece of a query, in characters."""
    joined: list[tuple[int, int]] = []
    for start, end in tokenize(text):
        if joined and text[slice(*joined[-1])].lower() in ARTICLES and text[joined[-1][1] : start] == " ":
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _is_other_word(text: str) -> bool:
    """Is this may or march, written as the verb is?"""
    return text in ("may", "march")


def _is_date_number(node: Node) -> bool:
    if isinstance(node, Boosted):
        return _is_date_number(node.child)
    return isinstance(node, Word) and not node.field and _BESIDE_A_MONTH.fullmatch(node.text) is not None

"""The words of an index for people: close to a misspelt one, beginning alike, written otherwise; each with how often it stands.

Folded words (without case and accents) are compared, over all segments; counts are of occurrences, removed reports' included
until these are merged away.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.index.lexicon import Lexicon
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.expand import words_of
from idlibsearch.query.patterns import Close, Shaped

LIMIT = 10
SHORT = 5  # a shorter word has too many others two edits away
AN_EDIT = 4.0  # must be outweighed by e ** 4 = 55 times as many occurrences
FIRST_LETTER = 2.0  # is seldom the wrong one

Choice = Callable[[Lexicon], Iterable[int]]  # of folded words, by their numbers


class Suggestion(NamedTuple):
    """A word of the index, how often it stands there, and what it has to do with the one asked about.

    "corrected": so many edits away (optimal string alignment); "completed": it begins so; "also written": another form or
    spelling of the same word.

    >>> index.suggest("ceasfire", limit=1)
    [Suggestion(word='ceasefire', occurrences=19, why='corrected', distance=1)]
    """

    word: str
    occurrences: int
    why: Literal["corrected", "completed", "also written"]
    distance: int = 0


def suggestions(snapshot: Snapshot, word: str, limit: int = LIMIT) -> list[Suggestion]:
    """Other words for one: corrections, then other forms of it, then completions, at most ``limit`` of each."""
    folded = fold(word.strip())
    if not folded:
        return []
    written, ended = also_written(snapshot, folded), completions(snapshot, folded)
    return [
        *corrections(snapshot, folded, limit),
        *_best("also written", written, limit),
        *_best("completed", Counter({each: count for each, count in ended.items() if each not in written}), limit),
    ]


def _best(why: Literal["completed", "also written"], counts: Counter[str], limit: int) -> list[Suggestion]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Suggestion(word, count, why) for word, count in ranked[:limit]]


def corrections(snapshot: Snapshot, folded: str, limit: int = LIMIT) -> list[Suggestion]:
    """More frequent words at most two edits away (one, of a short word), the likeliest first.

    Likely is what is frequent, few edits away, and begins with the same letter.
    """
    own = _counts(snapshot, lambda lexicon: _numbers_of(lexicon, (folded,)))[folded]
    found: dict[str, Suggestion] = {}
    for distance in range(1, 2 + (len(folded) >= SHORT)):
        for word, count in _within(snapshot, folded, distance).items():
            if count > own and word != folded:
                found.setdefault(word, Suggestion(word, count, "corrected", distance))

    def likelihood(each: Suggestion) -> float:
        return math.log(each.occurrences) - AN_EDIT * each.distance - FIRST_LETTER * (each.word[0] != folded[0])

    return sorted(found.values(), key=lambda each: (-likelihood(each), each.word))[:limit]


def _within(snapshot: Snapshot, folded: str, distance: int) -> Counter[str]:
    """All words so many edits away at most."""
    return _counts(snapshot, lambda lexicon: words_of(lexicon.folded, Close("", folded, distance), None))


def completions(snapshot: Snapshot, beginning: str) -> Counter[str]:
    """All words that go on behind a folded beginning."""
    counts = _counts(snapshot, lambda lexicon: words_of(lexicon.folded, Shaped(beginning, None), None))
    del counts[beginning]
    return counts


def also_written(snapshot: Snapshot, folded: str) -> Counter[str]:
    """The other folded words with the same terms, and the other spellings (case, accents) of this one: *Sham*, *al-Sham*."""
    terms = (snapshot.entry(folded) or analyze_folded(folded)).terms
    counts = _counts(snapshot, lambda lexicon: _numbers_of(lexicon, _forms(lexicon, terms[0][0])))
    alike = Counter({word: count for word, count in counts.items() if _terms_of(snapshot, word) == terms and word != folded})
    for segment in snapshot.segments:
        for text, _, occurrences in segment.lexicon.surfaces(folded)[1]:
            if text.lower() != folded:
                alike[text] += occurrences
    return alike


def most_written(snapshot: Snapshot, term: str) -> str:
    """The folded word that a term stands for most often, one of a single position where there is one."""
    counts = _counts(snapshot, lambda lexicon: _numbers_of(lexicon, _forms(lexicon, term)))
    own = {word: count for word, count in counts.items() if _terms_of(snapshot, word) == ((term, 0, 1),)} or counts
    return min(own, key=lambda word: (-own[word], word), default=term)


def _terms_of(snapshot: Snapshot, folded: str) -> tuple[tuple[str, int, int], ...]:
    entry = snapshot.entry(folded)
    return entry.terms if entry else ()


def _forms(lexicon: Lexicon, term: str) -> Iterator[str]:
    """The folded words of which a term is one."""
    number = lexicon.terms.find(term)
    table = lexicon.folded
    for surface in sorted({surface for surface, _, _ in lexicon.term_surfaces.of(number)} if number >= 0 else ()):
        at = bisect_right(range(len(table)), surface, key=lambda n: lexicon.entries.surfaces(n, table[n])[0]) - 1
        yield table[at]


def _numbers_of(lexicon: Lexicon, words: Iterable[str]) -> list[int]:
    return sorted({number for word in words if (number := lexicon.folded.find(word)) >= 0})


def _counts(snapshot: Snapshot, chosen: Choice) -> Counter[str]:
    """How often the words stand in all reports whose numbers ``chosen`` gives for a lexicon."""
    counts: Counter[str] = Counter()
    for segment in snapshot.segments:
        lexicon = segment.lexicon
        for number in chosen(lexicon):
            word = lexicon.folded[number]
            counts[word] += sum(occurrences for _, _, occurrences in lexicon.entries.surfaces(number, word)[1])
    return counts


def corrected_question(snapshot: Snapshot, text: str, diagnostics: Iterable[Diagnostic]) -> str | None:
    """A question with each word that no report has replaced by its likeliest correction; None where there is none to replace."""
    at, parts = 0, list[str]()
    for diagnostic in sorted(diagnostics):
        start, end = diagnostic.span
        word = text[start:end]
        if diagnostic.code != "unknown-word" or diagnostic.text or not word.isalnum() or start < at:
            continue
        if best := corrections(snapshot, fold(word), 1):
            parts += [text[at:start], best[0].word]
            at = end
    return "".join(parts) + text[at:] if parts else None

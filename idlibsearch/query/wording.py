"""The words of an index for people: close to a misspelt one, beginning alike, written otherwise; each with how often it stands.

Folded words (without case and accents) are compared, over all segments; counts are of occurrences, removed reports' included
until these are merged away.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from idlibsearch.analysis.analyzer import analyze_folded
from idlibsearch.analysis.fold import fold
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.index.lexicon import Lexicon
from idlibsearch.index.snapshot import Snapshot
from idlibsearch.query.diagnostics import Diagnostic
from idlibsearch.query.expand import words_of
from idlibsearch.query.patterns import Close, Shaped
from idlibsearch.query.tree import Node, Word, leaves_in

LIMIT = 10
SHORT = 5  # a shorter word has too many others two edits away
LEAST = 3  # letters: of two, any two others are as near
AN_EDIT = 4.0  # must be outweighed by e ** 4 = 55 times as many occurrences
FIRST_LETTER = 2.0  # is seldom the wrong one
A_RIVAL = 2.3  # of a word that is in the index: another must be e ** 2.3 = 10 times as frequent for each edit

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
    del written[word.strip()]
    return [
        *corrections(snapshot, folded, limit),
        *_best("also written", written, limit),
        *_best("completed", Counter({each: count for each, count in ended.items() if each not in written}), limit),
    ]


def _best(why: Literal["completed", "also written"], counts: Counter[str], limit: int) -> list[Suggestion]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Suggestion(word, count, why) for word, count in ranked[:limit]]


def corrections(snapshot: Snapshot, folded: str, limit: int = LIMIT) -> list[Suggestion]:
    """Other words at most two edits away (one, of a short word), the likeliest first.

    Likely is what is frequent, few edits away, and begins with the same letter. Of a word that is in the index, in whatever form,
    only those that are far more frequent; of a number none.
    """
    if len(folded) < LEAST or any(map(str.isdigit, folded)):
        return []
    found: dict[str, Suggestion] = {}
    for distance in range(1, 2 + (len(folded) >= SHORT)):
        for word, count in _within(snapshot, folded, distance).items():
            if word != folded:
                found.setdefault(word, Suggestion(word, count, "corrected", distance))

    def likelihood(each: Suggestion, an_edit: float = AN_EDIT) -> float:
        return math.log(each.occurrences) - an_edit * each.distance - FIRST_LETTER * (each.word[0] != folded[0])

    forms = _alike(snapshot, folded)
    own = sum(forms.values())
    others = [each for each in found.values() if each.word not in forms]
    likelier = [each for each in others if not own or likelihood(each, A_RIVAL) > math.log(own)]
    return sorted(likelier, key=lambda each: (-likelihood(each), each.word))[:limit]


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
    alike = _alike(snapshot, folded)
    del alike[folded]
    for segment in snapshot.segments:
        for text, _, occurrences in segment.lexicon.surfaces(folded)[1]:
            if text.lower() != folded.lower():
                alike[text] += occurrences
    return alike


def _alike(snapshot: Snapshot, folded: str) -> Counter[str]:
    """The folded words with the same terms, this one among them."""
    terms = (snapshot.entry(folded) or analyze_folded(folded)).terms
    counts = _counts(snapshot, lambda lexicon: _forms(lexicon, terms[0][0]))
    return Counter({word: count for word, count in counts.items() if _terms_of(snapshot, word) == terms})


def most_written(snapshot: Snapshot, term: str) -> str:
    """The folded word that a term stands for most often, one of a single position where there is one."""
    counts = _counts(snapshot, lambda lexicon: _forms(lexicon, term))
    ranked = sorted(counts, key=lambda word: (-counts[word], word)) or [term]
    return next((word for word in ranked if _terms_of(snapshot, word) == ((term, 0, 1),)), ranked[0])


def _terms_of(snapshot: Snapshot, folded: str) -> tuple[tuple[str, int, int], ...]:
    entry = snapshot.entry(folded)
    return entry.terms if entry else ()


def _forms(lexicon: Lexicon, term: str) -> list[int]:
    """The folded words of which a term is one, by their numbers."""
    number = lexicon.terms.find(term)
    surfaces = lexicon.term_surfaces.of(number) if number >= 0 else ()
    return sorted({lexicon.entries.owner(surface) for surface, _, _ in surfaces})


def _counts(snapshot: Snapshot, chosen: Choice) -> Counter[str]:
    """How often the words stand in all reports whose numbers ``chosen`` gives for a lexicon."""
    counts: Counter[str] = Counter()
    for segment in snapshot.segments:
        lexicon = segment.lexicon
        for number in chosen(lexicon):
            word = lexicon.folded[number]
            counts[word] += sum(occurrences for _, _, occurrences in lexicon.entries.surfaces(number, word)[1])
    return counts


def corrected_question(snapshot: Snapshot, text: str, diagnostics: Iterable[Diagnostic], tree: Node | None) -> str | None:
    """A question with what was meant in place of words that look misspelt; None where there is nothing to replace.

    Words that no report has are replaced by their likeliest correction. Of a question that finds nothing, ``tree`` is handed in:
    then a word that some have is too, where another is much likelier, and two words are joined where only that is a word of
    the index (cease fire).
    """
    spans = {each.span for each in diagnostics if each.code == "unknown-word" and not each.text}
    spans |= {leaf.span for leaf in leaves_in(tree) if isinstance(leaf, Word)} if tree else set()
    at, parts = 0, list[str]()
    ordered = sorted(span for span in spans if _is_word(text[slice(*span)]))
    for (start, end), (following, behind) in itertools.zip_longest(ordered, ordered[1:], fillvalue=(0, 0)):
        if start < at:
            continue
        joined = text[start:end] + text[following:behind] if tree and text[end:following] == " " else ""
        if joined and _alike(snapshot, fold(joined)):
            parts, at = [*parts, text[at:start], joined], behind
        elif best := corrections(snapshot, fold(text[start:end]), 1):
            parts, at = [*parts, text[at:start], best[0].word], end
    return "".join(parts) + text[at:] if parts else None


def _is_word(text: str) -> bool:
    """Is it a single word, and nothing else?"""
    return tokenize(text) == [(0, len(text))]

"""The default recipe with one step of it changed: how much each step of the analysis is worth, measured over judged sets.

Tokens, fields, formula and numbers stay as they are. A hook for research, not an option: what is swapped are functions and tables
of ``idlibsearch.analysis``, while a set is indexed and asked. The builder's kernel has the stemmer in it, so it is handed a table
of the terms of all words that come up.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from benchmarks.judged import Judged, Run
from benchmarks.rankers import Ranker, ours
from idlibsearch.analysis import analyzer, fold, spelling, stem
from idlibsearch.analysis.tokens import tokenize
from idlibsearch.index import analysed

Stem = Callable[[str], str]
Swap = tuple[Any, str, Any]  # a module, a name in it, what stands there instead


def plain_snowball() -> Stem:
    """Without the exceptions."""
    from nltk.stem.snowball import EnglishStemmer  # noqa: PLC0415 - only where it is asked for

    return _never_empty(EnglishStemmer().stem)


def porter() -> Stem:
    """Porter's of 1980, as he published it."""
    from nltk.stem.porter import PorterStemmer  # noqa: PLC0415 - see above

    return _never_empty(PorterStemmer(PorterStemmer.ORIGINAL_ALGORITHM).stem)


def lancaster() -> Stem:
    """Paice and Husk's, the strongest."""
    from nltk.stem.lancaster import LancasterStemmer  # noqa: PLC0415 - see above

    return _never_empty(LancasterStemmer().stem)


def plurals() -> Stem:
    """Only plurals (Harman's S-stemmer, "How effective is suffixing?", 1991)."""

    def stemmed(word: str) -> str:
        if word.endswith("ies") and not word.endswith(("eies", "aies")):
            return word[:-3] + "y"
        if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
            return word[:-1]
        return word[:-1] if word.endswith("s") and not word.endswith(("us", "ss")) else word

    return _never_empty(stemmed)


def adverbs() -> Stem:
    """The default, and -ily as -y: militarily is military."""
    return lambda word: stem_now(word[:-3] + "y" if word.endswith("ily") and len(word) > 6 else word)


def no_stem() -> Stem:
    """Words as they are."""
    return lambda word: word


def _never_empty(function: Stem) -> Stem:
    known = functools.lru_cache(maxsize=None)(function)
    return lambda word: known(word) or word


stem_now = stem.stem


def stems(make: Callable[[], Stem]) -> list[Swap]:
    """Another stemmer."""
    return [(stem, "stem", make())]


NO_SPELLINGS: list[Swap] = [(spelling, "table", dict)]
NO_NUMBERS: list[Swap] = [(analyzer, "NUMBER_WORDS", {})]
NO_JOINED: list[Swap] = [(module, "JOINED_PARTS", 0) for module in (analyzer, analysed)]
NO_CAPITALS: list[Swap] = [(module, "KEPT_UPPER", frozenset[str]()) for module in (fold, analysed)]


@contextmanager
def swapped(judged: Judged, swaps: list[Swap]) -> Iterator[None]:
    """The recipe with these swaps, for the words of a set."""
    with ExitStack() as stack:
        for swap in (*swaps, (analyzer, "_part_term", analyzer._term)):  # without the memo
            stack.enter_context(patch.object(*swap))
        terms = {word: analyzer._term(word) for word in _words(judged)}
        stack.enter_context(patch.object(analysed, "known_terms", lambda: terms))
        yield


def _words(judged: Judged) -> set[str]:
    """All parts of words, bare, and what they are joined to."""
    found = set[str]()
    for text in {text for document in judged.documents for text in (document.title, document.body)}:
        for start, end in tokenize(text):
            parts = [part.removesuffix("'s").replace("'", "") for part in fold.fold(text[start:end]).split("-")]
            found |= {*parts, "".join(parts), "".join(map(spelling.to_us, parts))}
    return {word for word in found if word.isascii() and word.isalpha() and word.islower()}


def changed(judged: Judged, make: Callable[[], list[Swap]]) -> Run:
    """idlibsearch with a recipe of its own."""
    with swapped(judged, make()):
        return ours(judged)


def without_words(judged: Judged, language: str, indexed: bool) -> Run:
    """idlibsearch without stop words, of Whoosh's short list (``language`` "") or of Snowball's, in questions or in all."""
    from whoosh.analysis import STOP_WORDS  # noqa: PLC0415 - only where it is asked for
    from whoosh.lang.stopwords import stoplists  # noqa: PLC0415 - see above

    stopped = stoplists[language] if language else STOP_WORDS
    documents = judged.documents
    if indexed:
        documents = [d._replace(title=_left(d.title, stopped), body=_left(d.body, stopped)) for d in documents]
    questions = {key: _left(text, stopped) or text for key, text in judged.questions.items()}
    return ours(judged._replace(documents=documents, questions=questions))


def _left(text: str, stopped: frozenset[str]) -> str:
    return " ".join(word for start, end in tokenize(text) if (word := text[start:end]).lower() not in stopped)


def apart(judged: Judged) -> Run:
    """Questions with spaces in place of hyphens, so that the parts of a word need not stand side by side."""
    return ours(judged._replace(questions={key: text.replace("-", " ") for key, text in judged.questions.items()}))


def recipes() -> Mapping[str, Ranker]:
    """By what is changed, the default first."""
    swaps: dict[str, Callable[[], list[Swap]]] = {
        "no stemming": lambda: stems(no_stem),
        "plurals only": lambda: stems(plurals),
        "Porter": lambda: stems(porter),
        "Snowball without exceptions": lambda: stems(plain_snowball),
        "Snowball, -ily as -y": lambda: stems(adverbs),
        "Lancaster": lambda: stems(lancaster),
        "British spellings stay": lambda: NO_SPELLINGS,
        "number words stay": lambda: NO_NUMBERS,
        "no joined forms": lambda: NO_JOINED,
        "US is us": lambda: NO_CAPITALS,
    }
    return {
        "ours": ours,
        **{name: functools.partial(changed, make=make) for name, make in swaps.items()},
        "hyphens of questions are spaces": apart,
        "34 stop words out of questions": functools.partial(without_words, language="", indexed=False),
        "34 stop words out of all": functools.partial(without_words, language="", indexed=True),
        "127 stop words out of questions": functools.partial(without_words, language="en", indexed=False),
        "127 stop words out of all": functools.partial(without_words, language="en", indexed=True),
    }

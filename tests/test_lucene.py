"""Lucene as a further oracle of nearness: its flat forms, which are exact there, find what ours do.

Needs the jars and the Java runtime of ``pip install .[bench]``; skipped, saying so, where they are missing. Only flat forms are
compared: of nested ones Lucene keeps minimal intervals and misses matches (``tests/naive_nearness.py`` is the oracle of those).
"""

from __future__ import annotations

import random

import pytest

import idlibsearch
from idlibsearch import Report

WORDS = ("ant", "bee", "cat", "dog", "elk", "fox")
WEIGHTS = (6, 5, 4, 3, 2, 1)
QUESTIONS = 400


@pytest.fixture(scope="module")
def texts():
    rng = random.Random(8)
    return [" ".join(rng.choices(WORDS, WEIGHTS, k=rng.randint(2, 16))) for _ in range(150)]


@pytest.fixture(scope="module")
def ours(texts, tmp_path_factory):
    with idlibsearch.create(tmp_path_factory.mktemp("ours") / "index") as index:
        index.add(Report(str(number), "", text) for number, text in enumerate(texts))
        yield index


@pytest.fixture(scope="module")
def theirs(lucene, texts):
    """A function from a Lucene query to the numbers of the texts it finds."""
    java = lucene.java
    directory = java("store.ByteBuffersDirectory")()
    writer = java("index.IndexWriter")(directory, java("index.IndexWriterConfig")(lucene.analyzer()))
    for text in texts:
        document = java("document.Document")()
        document.add(java("document.TextField")("body", text, java("document.Field").Store.NO))
        writer.addDocument(document)
    writer.close()
    searcher = java("search.IndexSearcher")(java("index.DirectoryReader").open(directory))
    return lambda query: {int(hit.doc) for hit in searcher.search(query, len(texts)).scoreDocs}


def group(rng: random.Random, words: list[str], intervals):
    """A word, some words of which any will do, or two side by side: as we write it and as Lucene does.

    No two groups share a word but for single words: there Lucene lets a token serve twice.
    """
    first, second = words.pop(), words.pop()
    kind = rng.choice("wwwop")
    if kind == "w":
        return first, intervals.term(first)
    if kind == "o":
        return f"({first} OR {second})", intervals.or_([intervals.term(first), intervals.term(second)])
    return f'"{first} {second}"', intervals.phrase([intervals.term(first), intervals.term(second)])


def test_flat_nearness_finds_what_lucene_finds(lucene, ours, theirs):
    """Lucene counts the tokens between, we one more; its unordered form is the one that lets no token serve twice."""
    java = lucene.java
    intervals, matches = java("queries.intervals.Intervals"), 0
    rng = random.Random(4)
    for _ in range(QUESTIONS):
        count, distance, ordered = rng.choice([2, 2, 3, 4]), rng.choice([1, 2, 3, 5, 9]), rng.random() < 0.3
        words = rng.sample(WORDS, k=len(WORDS))
        groups = [group(rng, words, intervals) for _ in range(min(count, 3))]
        single = next((pair for pair in groups if pair[0].isalpha()), None)
        written, sources = zip(*groups, *([single] if single and count > 3 else []), strict=True)
        if ordered:
            written, sources = written[:2], sources[:2]
        joined = (intervals.ordered if ordered else intervals.unordered)([*sources])
        query = java("queries.intervals.IntervalQuery")("body", intervals.maxgaps(distance - 1, joined))
        typed = f"{written[0]} PRE/{distance} {written[1]}" if ordered else f"NEAR/{distance}({', '.join(written)})"
        found = {int(hit.key) for hit in ours.search(typed, limit=1000)}
        assert found == theirs(query), typed
        matches += len(found)
    assert matches > 10 * QUESTIONS


def test_phrases_with_gaps_find_what_lucene_finds_where_its_rule_is_written_so(lucene, ours, theirs):
    """Whoosh's rule, each step at most so far, is right-nested spans in Lucene."""
    java = lucene.java
    near, term, span = java("queries.spans.SpanNearQuery"), java("index.Term"), java("queries.spans.SpanTermQuery")
    rng, matches = random.Random(5), 0
    for _ in range(QUESTIONS):
        words, slop = rng.sample(WORDS, k=rng.choice([2, 3, 4])), rng.choice([1, 2, 3, 5])
        query = span(term("body", words[-1]))
        for word in reversed(words[:-1]):
            query = near([span(term("body", word)), query], slop - 1, True)
        typed = f'"{" ".join(words)}"~{slop}'
        found = {int(hit.key) for hit in ours.search(typed, limit=1000)}
        assert found == theirs(query), typed
        matches += len(found)
    assert matches > QUESTIONS

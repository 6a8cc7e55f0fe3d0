"""Nearness of the words of a question as a part of the score: neighbours in it that stand near each other in a text.

The sequential dependence model (Metzler and Croft, "A Markov random field model for term dependencies", 2005), of which it takes
the feature of unordered windows, weighed as BM25 (as by Huston and Croft, "A comparison of retrieval models using term
dependencies", 2014): each two neighbouring words add a little of what their nearness is worth as a question. What matches stays
the same. It is a tree like any other, so its score is exact in every order and on every page; its cost is that every match is
scored, and that positions are read.
"""

from __future__ import annotations

from itertools import pairwise

from idlibsearch.query.tree import And, Boosted, Maybe, Near, Node, Or, Word

WINDOW = 8  # tokens: four times the words of a pair, as in the paper
WEIGHT = 0.1  # of nearness beside words; the best of nine settings on the judged sets (docs/relevance.md)
MAX_PAIRS = 64  # a question of more words is a text, and where its words stand says little


def with_nearness(tree: Node, window: int = WINDOW, weight: float = WEIGHT) -> Node:
    """The question with the nearness of its neighbouring words, outside any field, at the top of it; itself where it has none."""
    if not isinstance(tree, And | Or):
        return tree
    beside = [pair for pair in pairwise(tree.children) if all(isinstance(word, Word) and not word.field for word in pair)]
    options = tuple(Boosted(Near((a, b), window, span=(a.span[0], b.span[1])), weight) for a, b in beside[:MAX_PAIRS])
    return Maybe(tree, options) if options else tree

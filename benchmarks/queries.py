"""Questions to measure with: real ones from a file, and ones drawn from the collection with a seed.

A query is neutral: each engine writes it in its own syntax, and that writing is part of the time.
"""

from __future__ import annotations

import datetime
import itertools
import json
import random
import re
import string
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpus import read_feed

KINDS = ("term", "or", "and", "phrase", "near", "nested", "prefix", "wildcard", "fuzzy", "range", "facets", "rm3", "similar")
RANKED = ("rm3", "similar")  # kinds that say how good reports are, not which match: nobody counts them
TAGS = {"union": "or", "intersection": "and", "phrase": "phrase", "term": "term"}  # the tags of the search-benchmark-game
SAMPLE = 20_000  # documents that words are drawn from
LONG = 50  # words of a document that others can be like
PLAIN = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")


class Query(NamedTuple):
    """A question: ``text`` holds words with one space between them, or a pattern; the dates only of a range, both included.

    near    two words, at most 4 others between them, either way round
    nested  three: the first two so, and at most 9 others between what they span and the third
    rm3     words as of "or", to be asked with further words from the best ten
    similar the key of a document, which is not to be among the hits
    """

    kind: str
    text: str
    first: str = ""
    last: str = ""


def load(path: Path) -> dict[str, list[Query]]:
    """Tagged queries (``{"query": ..., "tags": [...]}`` a line) by kind; what is not plain words is left out."""
    found: dict[str, list[Query]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        text = " ".join(record["query"].replace("+", " ").replace('"', " ").split()).lower()
        kinds = [TAGS[tag] for tag in record["tags"] if tag in TAGS]
        if PLAIN.fullmatch(text):
            for kind in kinds:
                found.setdefault(kind, []).append(Query(kind, text))
    return found


def draw(feed: Path, loaded: dict[str, list[Query]], kinds: list[str], per_kind: int, seed: int = 0) -> dict[str, list[Query]]:
    """At most ``per_kind`` queries of each kind in a shuffled order: loaded ones, else drawn from the feed."""
    chance = random.Random(seed)
    source = _Source(feed, loaded, chance)
    chosen = {}
    for kind in kinds:
        queries = loaded.get(kind, []) if kind in ("or", "and", "phrase") else []
        queries = list(dict.fromkeys(queries)) or list(dict.fromkeys(source.draw(kind) for _ in range(2 * per_kind)))
        chance.shuffle(queries)
        chosen[kind] = queries[:per_kind]
    return chosen


class _Source:
    """Words, word pairs and days of the collection, to draw from."""

    def __init__(self, feed: Path, loaded: dict[str, list[Query]], chance: random.Random) -> None:
        self._chance = chance
        documents = list(itertools.islice(read_feed(feed), SAMPLE))
        self._texts = [words for d in documents if len(words := re.findall(r"[a-z]+", f"{d.title} {d.body}".lower())) > 3]
        counts = Counter(word for words in self._texts for word in set(words) if len(word) >= 5)
        self._words = sorted(word for word, count in counts.items() if count >= 3)
        self._days = sorted(d.date for d in documents if d.date)
        self._real = sorted(
            {word for queries in loaded.values() for query in queries for word in query.text.split()} & set(counts)
        )
        self._asked = set(self._real or self._words)
        self._unions = loaded.get("or", [])
        self._long = [str(d.key) for d in documents if len(d.body.split()) >= LONG] or [str(d.key) for d in documents]

    def draw(self, kind: str) -> Query:
        return Query(kind, *getattr(self, f"_{kind}")())

    def _term(self) -> tuple[str, ...]:
        return (self._chance.choice(self._real or self._words),)

    def _or(self) -> tuple[str, ...]:
        words = self._chance.choice(self._texts)
        return (" ".join(self._chance.sample(words, k=self._chance.choice((2, 2, 3)))),)

    _and = _or

    def _phrase(self) -> tuple[str, ...]:
        words = self._chance.choice(self._texts)
        start, length = self._chance.randrange(len(words) - 2), self._chance.choice((2, 2, 3))
        return (" ".join(words[start : start + length]),)

    def _near(self) -> tuple[str, ...]:
        return (" ".join(self._close_by(2, 6)),)

    def _nested(self) -> tuple[str, ...]:
        return (" ".join(self._close_by(3, 6)),)

    def _close_by(self, count: int, window: int) -> list[str]:
        """Words of one text, near one another, in any order; two in three are words of real questions where there are some."""
        while True:
            words = self._chance.choice(self._texts)
            start = self._chance.randrange(len(words))
            near = list(dict.fromkeys(words[start : start + window]))
            asked = [word for word in near if word in self._asked] if self._chance.random() < 2 / 3 else near
            if len(asked) >= count:
                return self._chance.sample(asked, k=count)

    def _prefix(self) -> tuple[str, ...]:
        return (self._chance.choice(self._words)[: self._chance.choice((3, 4, 4))],)

    def _wildcard(self) -> tuple[str, ...]:
        word = self._chance.choice(self._words)
        at = self._chance.randrange(2, len(word) - 1)
        return (f"{word[:at]}?{word[at + 1 :]}" if self._chance.random() < 0.3 else f"{word[:at]}*{word[at + 1 :]}",)

    def _fuzzy(self) -> tuple[str, ...]:
        word = self._chance.choice(self._words)
        at = self._chance.randrange(1, len(word))
        letter = self._chance.choice(string.ascii_lowercase)
        return (
            self._chance.choice(
                (word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :])
            ),
        )

    def _range(self) -> tuple[str, ...]:
        first = datetime.date.fromisoformat(self._chance.choice(self._days))
        last = first + datetime.timedelta(days=self._chance.choice((7, 30, 90, 365)))
        return self._term()[0], first.isoformat(), last.isoformat()

    def _facets(self) -> tuple[str, ...]:
        return (self._chance.choice(self._unions).text,) if self._unions else self._or()

    _rm3 = _facets

    def _similar(self) -> tuple[str, ...]:
        return (self._chance.choice(self._long),)

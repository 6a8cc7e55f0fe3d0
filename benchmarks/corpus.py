"""Documents to measure with: read from JSON lines, or made up with a seed for whoever has no collection.

Every engine reads the same prepared file, the feed, so that reading costs all of them the same and can be told apart.
"""

from __future__ import annotations

import datetime
import itertools
import json
import lzma
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

FACETS = ("source", "section", "byline", "place", "topic")
VALUES = (40, 12, 500, 200, 60)  # how many values each made-up facet has
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprtvz" for vowel in "aiou"]
ENDINGS = "kpb"  # no English suffix ends in these: words as written, their stems and anybody's stems are the same


class Document(NamedTuple):
    """One report as all engines get it. ``key`` is its number in the feed, ``date`` a day or "" where there is none."""

    key: int
    title: str
    body: str
    date: str
    facets: tuple[str, ...]  # a value for each of FACETS


def synthetic(count: int, seed: int = 0, vocabulary: int = 50_000) -> Iterator[dict[str, str]]:
    """Reports of made-up words: frequencies after Zipf, lengths log-normal (about 150 words), dates from 2000 to 2019."""
    chance = random.Random(seed)
    words = list(itertools.islice(_words(), vocabulary))
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(vocabulary)))  # 2.7: Mandelbrot's shift for English
    first = datetime.date(2000, 1, 1)
    for _ in range(count):
        length = max(5, min(2000, int(chance.lognormvariate(4.7, 0.8))))
        drawn = chance.choices(words, cum_weights=weights, k=length + 8)
        day = first + datetime.timedelta(days=chance.randrange(20 * 365))
        yield {"title": " ".join(drawn[:8]), "text": " ".join(drawn[8:]), "date": day.isoformat()}


def _words() -> Iterator[str]:
    for syllables in itertools.count(1):
        for parts in itertools.product(SYLLABLES, repeat=syllables):
            for ending in ENDINGS:
                yield "".join(parts) + ending


def _open(path: Path) -> IO[str]:
    return cast("IO[str]", lzma.open(path, "rt", encoding="utf-8")) if path.suffix == ".xz" else path.open(encoding="utf-8")


def read(path: Path) -> Iterator[dict[str, str]]:
    """The objects of a ``.jsonl`` or ``.jsonl.xz`` file; of each, ``title``, ``text`` and ``date`` are used."""
    with _open(path) as lines:
        yield from map(json.loads, lines)


def write_feed(records: Iterable[dict[str, str]], feed: Path, limit: int, seed: int = 0) -> dict[str, int]:
    """Write at most ``limit`` records as the feed; a facet that a record does not have is drawn with the seed.

    Returns the number of documents, of those with a day, of characters of title and body, and of facet values of their own.
    """
    chance = random.Random(seed)
    weights = {
        name: list(itertools.accumulate(1 / (n + 1) for n in range(size))) for name, size in zip(FACETS, VALUES, strict=True)
    }
    tally = {"documents": 0, "characters": 0, "own_facets": 0, "dated": 0}
    with feed.open("w", encoding="utf-8") as out:
        for record in itertools.islice(records, limit):
            title, body = record.get("title") or "", record.get("text") or ""
            facets = []
            for name, shares in weights.items():
                drawn = f"{name}{chance.choices(range(len(shares)), cum_weights=shares)[0]}"
                facets.append(record.get(name) or drawn)
                tally["own_facets"] += name in record
            date = _day(record.get("date") or "")
            out.write(json.dumps([title, body, date, facets]) + "\n")
            tally["dated"] += bool(date)
            tally["documents"] += 1
            tally["characters"] += len(title) + len(body)
    return tally


def _day(text: str) -> str:
    """The day of a date; "" for one that names no day, which not every engine could take."""
    try:
        return datetime.date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def read_feed(feed: Path) -> Iterator[Document]:
    """The documents of a feed in order."""
    with feed.open(encoding="utf-8") as lines:
        for key, line in enumerate(lines):
            title, body, date, facets = json.loads(line)
            yield Document(key, title, body, date, tuple(facets))

"""How well names are recognised, by kind, and how fast.

    python -m benchmarks.understanding entities --data DIR [--spacy PACKAGE]

Counted is what is right in span and kind together. ``DIR/ner`` holds sentences as tokens with tags; those of an article are put
together to a text, and a sentence of the politics set stands alone, as it comes from anywhere. Armed groups count as
organisations there, which is how those sets see them; kinds that are none of person, place and organisation are passed over in
the gold, not in what is found. ``PACKAGE`` is a model of spaCy to run beside, in an environment that has it: ``en_core_web_sm``.
The seeds are held to their gold by ``tests/test_entities.py``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

Spans = set[tuple[str, int, int]]  # kind, start, end
Recogniser = Callable[[str], Spans]
KINDS = {
    **{"PER": "PERSON", "person": "PERSON", "politician": "PERSON", "ORG": "ORG", "organisation": "ORG", "politicalparty": "ORG"},
    **{"LOC": "PLACE", "location": "PLACE", "country": "PLACE", "GPE": "PLACE", "FAC": "PLACE", "PERSON": "PERSON"},
}
SETS = ("wikigold.jsonl", "crossner_politics_test.jsonl")
_CLOSING = frozenset((*",.;:!?)%]", "n't", "'s", "''"))


class Text(NamedTuple):
    """A text with its gold."""

    text: str
    gold: Spans


def texts(path: Path) -> Iterator[Text]:
    """The texts of a set: sentences of one article together where there are several."""
    articles = defaultdict[object, list[tuple[list[str], list[str]]]](list)
    for number, row in enumerate(map(json.loads, path.read_text(encoding="utf-8").splitlines())):
        articles[row["doc"] if path.name == SETS[0] else number].append((row["tokens"], row["tags"]))
    return (text_of(sentences) for sentences in articles.values())


def text_of(sentences: Iterable[tuple[list[str], list[str]]]) -> Text:
    """Tokens put together as people write them, tags as spans."""
    text, gold = "", Spans()
    for tokens, tags in sentences:
        kind, start, is_quoted = "", 0, False
        for token, tag in zip([*tokens, ""], [*tags, "O"], strict=True):
            if kind and (tag[0] != "I" or tag[2:] != kind):
                gold |= {(KINDS[kind], start, len(text))} if kind in KINDS else set()
                kind = ""
            if token and not _is_glued(text, token, is_quoted):
                text += " "
            is_quoted ^= token == '"'
            kind, start = (kind, start) if kind or tag == "O" else (tag[2:], len(text))
            text += token
    return Text(text, gold)


def _is_glued(text: str, token: str, is_quoted: bool) -> bool:
    """Does no space stand before a token?"""
    if token == '"':
        return is_quoted
    is_suffix = token in _CLOSING or (token[0] == "'" and len(token) > 1)
    return not text or is_suffix or text[-1] in "([" or (is_quoted and text[-1] == '"')


def ours(text: str) -> Spans:
    """What this library finds."""
    from idlibsearch.ingest.entities import entities_in  # noqa: PLC0415 - not needed beside spaCy

    found = entities_in("", text)
    return {("ORG" if one.type == "GROUP" else one.type, one.start, one.end) for one in found if one.type != "NAME"}


def spacys(package: str) -> Recogniser:
    """What a model of spaCy finds."""
    model = import_module(package).load()
    return lambda text: {(KINDS[one.label_], one.start_char, one.end_char) for one in model(text).ents if one.label_ in KINDS}


def report(name: str, rows: list[Text], recogniser: Recogniser) -> None:
    """Print precision, recall and F by kind."""
    right, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    started = time.process_time()
    answers = [recogniser(row.text) for row in rows]
    spent = time.process_time() - started
    for row, answer in zip(rows, answers, strict=True):
        for counts, spans in ((right, answer & row.gold), (found, answer), (wanted, row.gold)):
            counts.update(kind for kind, _, _ in spans)
    print(f"{name}: {sum(len(row.text) for row in rows) / spent / 1000:,.0f} thousand characters/s of processor time")
    for kind in ("PERSON", "PLACE", "ORG", "all"):
        counts = [each.total() if kind == "all" else each[kind] for each in (right, found, wanted)]
        precision, recall = counts[0] / max(1, counts[1]), counts[0] / max(1, counts[2])
        both = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"  {kind:6} P {precision:.3f} R {recall:.3f} F {both:.3f} of {counts[2]}")


def main(arguments: list[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--spacy", metavar="PACKAGE")
    options = parser.parse_args(arguments)
    recogniser = spacys(options.spacy) if options.spacy else ours
    recogniser("Kofi Annan went to Geneva.")  # tables and models are loaded once
    for name in SETS:
        report(name, list(texts(options.data / "ner" / name)), recogniser)

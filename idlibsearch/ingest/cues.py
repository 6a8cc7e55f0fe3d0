"""Words that tell of what kind a name is, and words that are capitalised without being names, as `data/cues.txt` has them.

Lists, and nothing that reads a text. They are short on purpose: what a reader of world news knows without being told, so
that a name they do not hold is found by its company or stays a plain name.
"""

from __future__ import annotations

import os


def _lists() -> dict[str, frozenset[str]]:
    """The lists of the file by name."""
    path = os.path.join(os.path.dirname(__file__), "data", "cues.txt")
    with open(path, encoding="utf-8") as file:
        text = " ".join(line.strip() for line in file if not line.startswith("#"))
    parts = (part.partition("]") for part in text.split("[")[1:])
    return {name: frozenset(word.strip() for word in words.split(",")) for name, _, words in parts}


_READ = _lists()
NATIONS = _READ["NATIONS"] | {f"{name}s" for name in _READ["NATIONS"]}
RANKS = _READ["RANKS"]
ORG_HEADS = _READ["ORG_HEADS"]
GROUP_HEADS = _READ["GROUP_HEADS"]
ARABIC_GROUP_HEADS = _READ["ARABIC_GROUP_HEADS"]
PLACE_HEADS = _READ["PLACE_HEADS"]
PLACE_OPENINGS = _READ["PLACE_OPENINGS"]
ORG_OPENINGS = _READ["ORG_OPENINGS"]
PLACE_FIRSTS = _READ["PLACE_FIRSTS"]
EVENT_HEADS = _READ["EVENT_HEADS"]
PARTICLES = _READ["PARTICLES"]
NOT_ORGS = _READ["NOT_ORGS"]
AGENCIES = _READ["AGENCIES"]
CALENDAR = _READ["CALENDAR"]
COMPASS = _READ["COMPASS"]
OFFICES = _READ["OFFICES"]
FUNCTION_WORDS = _READ["FUNCTION_WORDS"]
HEADLINE_SMALL = _READ["HEADLINE_SMALL"]
OPENERS = _READ["OPENERS"]
KEPT_POSSESSIVES = _READ["KEPT_POSSESSIVES"]
COORDINATED = _READ["COORDINATED"]
TAILED = _READ["TAILED"]

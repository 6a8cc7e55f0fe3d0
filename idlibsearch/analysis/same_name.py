"""Whether two spellings name one thing, and by which rule: the same letters, a known name that has both, or the same sound."""

from __future__ import annotations

from idlibsearch.analysis.gazetteer import Gazetteer
from idlibsearch.analysis.names_fold import fold_name
from idlibsearch.analysis.skeleton import are_alike

FOLDED, KNOWN, ALIKE = "same letters folded", "known as {}", "same consonants and sound"


def rule_between(one: str, other: str, kind: str, gazetteer: Gazetteer) -> str | None:
    """By which rule two spellings are of one name of a kind (PERSON, PLACE, ORG, GROUP), said in words; None: by none.

    What is known as two things stays two, however alike it looks.

    >>> from idlibsearch.analysis.gazetteer import builtin
    >>> [rule_between("HTS", name, "GROUP", builtin()) for name in ("Hay'at Tahrir al-Sham", "hts", "Hezbollah")]
    ['known as Hayat Tahrir al-Sham', 'same letters folded', None]
    """
    folded, others = fold_name(one), fold_name(other)
    if folded == others:
        return FOLDED
    known, known_other = gazetteer.find(one), gazetteer.find(other)
    if known and known_other:
        same = known.type == known_other.type == kind and fold_name(known.name) == fold_name(known_other.name)
        return KNOWN.format(known.name) if same else None
    return ALIKE if are_alike(folded, others, is_place=kind == "PLACE") else None

"""Abbreviations that a report introduces itself: "National Liberation Front (NLF)".

The letters are looked for from the right in the name before the bracket, the first at the beginning of a word: the
algorithm of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (2003),
here on names that are known already, and with most letters at the beginnings of words, since names hold many letters.
"""

from __future__ import annotations


def abbreviates(letters: str, name: str) -> bool:
    """Whether ``letters`` (two to eight) can stand for ``name``, which must have two words at least and be the longer."""
    letters = letters.replace(".", "").casefold()
    folded = name.casefold()
    if not 2 <= len(letters) <= 8 or len(folded.replace("-", " ").split()) < 2 or len(folded) <= len(letters):
        return False
    at, openings = len(folded), 0
    for number in range(len(letters) - 1, -1, -1):
        at = _place_of(letters[number], folded, at, number == 0)
        if at < 0:
            return False
        openings += _opens_word(folded, at)
    return 2 * openings >= len(letters) and not folded[:at].strip()


def _place_of(letter: str, name: str, before: int, opening: bool) -> int:
    """The last place of ``letter`` before ``before``, at the beginning of a word if ``opening``, or if there is one there."""
    at = name.rfind(letter, 0, before)
    if not opening:
        begun = at
        while begun >= 0 and not _opens_word(name, begun):
            begun = name.rfind(letter, 0, begun)
        return begun if begun >= 0 and " " not in name[begun:at].strip() else at
    while at >= 0 and not _opens_word(name, at):
        at = name.rfind(letter, 0, at)
    return at


def _opens_word(name: str, at: int) -> bool:
    return at == 0 or not name[at - 1].isalnum()

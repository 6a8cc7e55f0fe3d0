"""Folded word to stem: Snowball's English stemmer, kept from throwing together what news keeps apart.

A kernel (`porter.pyx`) stems words of letters from a to z, which are all that the analyzer asks for, exactly as nltk does; nltk
stems whatever else is asked for, and says in the tests what is right. This is the only door to it. Importing it costs 0.2 to
0.4 s, so that happens when such a word comes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from idlibsearch.errors import KernelError

NAME = "snowball-english"  # M. F. Porter's English (Porter2) stemmer as nltk has it; Snowball 3 stems organ- another way
EXCEPTIONS_VERSION = 1

# stem: the words that get it. The comment says what Snowball throws them together with (nltk 3.10).
FAMILIES = {
    "according": "according accordingly",  # accord, the treaty
    "admiral": "admiral admirals",  # admire
    "animal": "animal animals",  # animate
    "authoriti": "authority authorities",  # author
    "authoriz": "authorize authorizes authorized authorizing authorization authorizations",  # author
    "business": "business businesses",  # busy
    "candidate": "candidate candidates",  # candid
    "civiliz": "civilize civilizes civilized civilizing civilization civilizations",  # civil
    "conference": "conference conferences",  # confer
    "conservativ": "conservative conservatives conservatively",  # conserve, conservation
    "constitution": "constitution constitutions constitutional constitutionally",  # constitute
    "convention": "convention conventions conventional conventionally",  # convent
    "conversion": "conversion conversions",  # conversation
    "corporate": "corporate corporation corporations",  # corporal
    "critical": "critical critically",  # critic, criticism
    "customer": "customer customers",  # custom
    "customs": "customs",  # custom
    "department": "department departments departmental",  # depart
    "designat": "designate designates designated designating designation designations",  # design
    "emergenc": "emergency emergencies",  # emerge
    "engineer": "engineer engineers engineered engineering",  # engine
    "evening": "evening evenings",  # even
    "executiv": "executive executives",  # execute, execution
    "experiment": "experiment experiments experimented experimenting experimental",  # experience
    "extremist": "extremism extremist extremists",  # extremely (extremism; extremist is a stem of its own)
    "federation": "federation federations",  # federal
    "humaniti": "humanity humanities",  # human
    "important": "important importantly importance",  # import
    "informal": "informal informally",  # inform
    "internal": "internal internally internals internalize internalized",  # intern, interned
    # intern, internal
    "international": "international internationals internationally internationalism internationalize internationalized",
    "ironi": "ironic ironically",  # iron; with irony
    # liberate, liberation
    "liberal": "liberal liberals liberally liberalism liberalize liberalized liberalizing liberalization",
    "majoriti": "majority majorities",  # major
    "memorial": "memorial memorials",  # memory
    "minoriti": "minority minorities",  # minor
    "morale": "morale",  # moral
    "offensiv": "offensive offensives offensively",  # offense
    "officer": "officer officers",  # office
    # organ
    "organiz": "organize organizes organized organizing organizer organizers organization organizations organizational",
    "polite": "polite politely politeness",  # political
    "positive": "positive positively positives",  # position
    "protestant": "protestant protestants",  # protest
    "publication": "publication publications",  # public
    "relative": "relative relatives",  # relation, related
    "respective": "respective respectively",  # respect
    "securities": "securities",  # security
    "several": "several",  # sever, severe
    "severe": "severe severely severity",  # sever, several
    "succession": "succession successions successive successively",  # success
    "terminal": "terminal terminals terminally",  # terminate
    "tribunal": "tribunal tribunals",  # tribune
    "unite": "unite unites united uniting",  # unit
    "universal": "universal universally universality",  # university, universe
    "universiti": "university universities",  # universal, universe
    "witness": "witness witnesses witnessed witnessing",  # wit
}


def stem(word: str) -> str:
    """The stem of a lower-case ASCII word; never empty for a word that is not.

    >>> [stem(word) for word in ("ceasefires", "organizations", "organs", "several", "severed")]
    ['ceasefir', 'organiz', 'organ', 'several', 'sever']
    """
    word = word.lower()  # the l of "IT'll" comes with a capital word before it
    return exceptions().get(word) or _kernel()(word) or _snowball()(word) or word


@functools.cache
def exceptions() -> dict[str, str]:
    """The words of ``FAMILIES``, each with the stem it gets."""
    return {word: family for family, words in FAMILIES.items() for word in words.split()}


@functools.cache
def _kernel() -> Callable[[str], str | None]:
    try:
        from idlibsearch.analysis import porter  # noqa: PLC0415  # an installation without it must still import
    except ImportError as error:
        raise KernelError("idlibsearch.analysis.porter") from error
    return porter.stem


@functools.cache
def _snowball() -> Callable[[str], str]:
    from nltk.stem.snowball import EnglishStemmer  # noqa: PLC0415  # see the head of this module

    stemmer: Any = EnglishStemmer()
    stems: Callable[[str], str] = stemmer.stem
    return stems

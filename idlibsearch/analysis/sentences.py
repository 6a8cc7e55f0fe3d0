"""Where sentences and paragraphs start, by rules for English news.

Needs no model and no data: abbreviations, initials, decimals, quotes after the full stop, and two faults of scraped pages, the
glued "Human Rights.Despite" and the small letter of "Aleppo city. opposition fighters". It is deliberately not a place for
headlines: a title is one sentence by definition.

Paragraphs are separated by a blank line. A single line break separates them too where one line ends like a sentence and the next
is indented by two or more blanks, where the next opens with a bullet, and everywhere in a text that has a line longer than 120
characters: such a text is not wrapped at a fixed width. Otherwise it is a blank like any other, because plenty of news is.

The compiled finder, `breaks.pyx`, runs over the UTF-8 that the scanner reads, at more than half a gigabyte a second, and asks
nothing of Python; the word lists stand here. The rules as regular expressions are in `tests/naive_sentences.py`.
"""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from idlibsearch.analysis.tokens import encoded
from idlibsearch.errors import KernelError

if TYPE_CHECKING:
    from idlibsearch.analysis.breaks import BreakFinder

FLAGS_CRC = 0xE52BDF01  # of the table of what Unicode says of a character, uncompressed


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end: a name follows.
TITLES = _words("""
    mr mrs ms messrs mme mlle dr prof gen lt maj col capt cpt cmdr adm brig sgt cpl pvt pfc sen rep reps sens gov pres
    amb rev hon fr supt det insp atty mt ft asst assoc vs v al ca cf e.g i.e viz
""")
# The end only where a word follows that opens sentences: "Apple Inc. The company", not "Apple Inc. Chief Executive".
SHORT = _words("""
    inc corp co ltd plc bros cos jr sr esq etc est approx incl dist dept govt intl natl assn admin ave blvd rd univ
    gmbh ph.d m.d km kg lb mph pp eds
""")
# The same, but only with a capital: without it they are words.
SHORT_NAMES = _words("""
    St No Nos Art Vol Fig Sec Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat
    Sun Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa
    Penn Tenn Tex Vt Va Wash Wis Wyo Ont Que Alta
""")
# Before a figure they belong to it: No. 5, Jan. 12, p. 7.
NUMBERED = _words("""
    no nos art para pp p pg vol fig sec ch approx est jan feb mar apr jun jul aug sep sept oct nov dec
""")
# Only before these does the clock not end a sentence.
CLOCK = _words("a.m p.m")
AFTER_CLOCK = _words("""
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
    September October November December Moscow Eastern Central Pacific EST EDT CST CDT MST MDT PST PDT ET CT PT GMT
    UTC BST CET EET MSK
""")
SENTENCE_OPENERS = _words("""
    A About According After Again All Also Although Among An And Another Any As At Because Before Both But By Despite
    During Each Earlier Even Every Few For From He Her Here His How However Hundreds I If In Instead It Its Last Later
    Many Meanwhile More Moreover Most My Neither No Nobody None Nor Nothing Now Of Officials On Once One Only Or Other
    Our Over Police Rebels Residents Several She Since So Some Still Such Than That The Their Then There These They
    This Those Though Thousands Through Thus To Today Two Under Unless Until We What When Where Whether Which While
    Who Why With Without Witnesses Yesterday Yet You
""")
# Ends of internet addresses, should one be written with a capital.
DOMAINS = _words("Com Org Net Info Gov Js")
LISTS = (
    TITLES,
    SHORT,
    SHORT_NAMES,
    NUMBERED,
    CLOCK,
    AFTER_CLOCK,
    SENTENCE_OPENERS,
    DOMAINS,
)  # in the order that breaks.pyx knows


def starts(text: str) -> tuple[list[int], list[int]]:
    """Where sentences and where paragraphs start: ascending offsets in characters.

    A paragraph start is a sentence start too; both lists begin with 0 unless the text is empty.

    >>> starts("Mr. Assad left. “Why?” he asked.\n\nNobody knew.")
    ([0, 16, 34], [0, 34])
    """
    data = encoded(text)
    sentences, paragraphs = byte_starts(data)
    if len(data) == len(text):
        return list(sentences), list(paragraphs)
    return _in_characters(data, sentences), _in_characters(data, paragraphs)


def byte_starts(data: bytes) -> tuple[memoryview[int], memoryview[int]]:
    """The same of an ``encoded`` text, in bytes: two arrays of uint32."""
    return _finder().starts(data)


def _in_characters(data: bytes, offsets: Sequence[int]) -> list[int]:
    found, at, last = [], 0, 0
    for offset in offsets:
        at += len(data[last:offset].decode("utf-8", "surrogatepass"))
        last = offset
        found.append(at)
    return found


@functools.cache
def _finder() -> BreakFinder:
    try:
        from idlibsearch.analysis.breaks import BreakFinder  # noqa: PLC0415  # an installation without it must still import
    except ImportError as error:
        raise KernelError("idlibsearch.analysis.breaks") from error
    return BreakFinder(flag_table(), LISTS)


@functools.cache
def flag_table() -> bytes:
    """One byte of flags per code point, as `data/make_charclass.py` wrote them."""
    with open(os.path.join(os.path.dirname(__file__), "data", "charflags.bin"), "rb") as file:
        return zlib.decompress(file.read())

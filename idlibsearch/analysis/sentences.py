"""Where sentences and paragraphs start, by rules for English news.

Needs no model and no data: abbreviations, initials, decimals, quotes after the full stop, and two faults of scraped pages, the
glued "Human Rights.Despite" and the small letter of "Aleppo city. opposition fighters". It is deliberately not a place for
headlines: a title is one sentence by definition.

Paragraphs are separated by a blank line. A single line break separates them too where one line ends like a sentence and the next
is indented by two or more blanks, where the next opens with a bullet, and everywhere in a text that has a line longer than 120
characters: such a text is not wrapped at a fixed width. Otherwise it is a blank like any other, because plenty of news is.
"""

from __future__ import annotations

import re

# Patterns stand here as text: `re` compiles and keeps them at first use, and who only asks a query never comes to that.
_PARAGRAPH = (
    r"\r?\n[^\S\n]*\n\s*"
    r"|(?<=[.!?…:\"”’)])\r?\n(?:\t|[ \u00a0]{2})\s*"
    r"|\r?\n[^\S\n]*(?=[•▪◦‣*–—-][^\S\n])"
    r"|[\u2029\f]\s*"
)
_LINE = r"[\n\u2029\f]\s*"
_WRAPPED_AT_MOST = 120  # characters; terminals and agencies wrap at 64 to 100

# A full stop or what does its duty, reference marks, closing quotes and brackets, and the blanks after it. It matches decimal
# points and dots inside abbreviations as well, which are refused at the first look: a look ahead would be quadratic on "....".
_STOP = r"""([.!?…。！？؟]+)(?:\[[0-9]+\])*(["'”’»)\]]*)(\s*)"""
_NEXT_WORD = r"""["'“‘«([¿¡]*(\w*)"""
_ALWAYS = frozenset("。！？؟")
_OPENING = "\"'“‘«(["


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end: a name follows.
_TITLES = _words("""
    mr mrs ms messrs mme mlle dr prof gen lt maj col capt cpt cmdr adm brig sgt cpl pvt pfc sen rep reps sens gov pres
    amb rev hon fr supt det insp atty mt ft asst assoc vs v al ca cf e.g i.e viz
""")
# The end only where a word follows that opens sentences: "Apple Inc. The company", not "Apple Inc. Chief Executive".
_SHORT = _words("""
    inc corp co ltd plc bros cos jr sr esq etc est approx incl dist dept govt intl natl assn admin ave blvd rd univ
    gmbh ph.d m.d km kg lb mph pp eds
""")
# The same, but only with a capital: without it they are words.
_SHORT_NAMES = _words("""
    St No Nos Art Vol Fig Sec Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat
    Sun Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa
    Penn Tenn Tex Vt Va Wash Wis Wyo Ont Que Alta
""")
# Before a figure they belong to it: No. 5, Jan. 12, p. 7.
_NUMBERED = _words("""
    no nos art para pp p pg vol fig sec ch approx est jan feb mar apr jun jul aug sep sept oct nov dec
""")
_DOTTED = r"[^\W\d](?:\.[^\W\d])*"  # an initial, U.S, a.m
_AFTER_CLOCK = _words("""
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
    September October November December Moscow Eastern Central Pacific EST EDT CST CDT MST MDT PST PDT ET CT PT GMT
    UTC BST CET EET MSK
""")
_SENTENCE_OPENERS = _words("""
    A About According After Again All Also Although Among An And Another Any As At Because Before Both But By Despite
    During Each Earlier Even Every Few For From He Her Here His How However Hundreds I If In Instead It Its Last Later
    Many Meanwhile More Moreover Most My Neither No Nobody None Nor Nothing Now Of Officials On Once One Only Or Other
    Our Over Police Rebels Residents Several She Since So Some Still Such Than That The Their Then There These They
    This Those Though Thousands Through Thus To Today Two Under Unless Until We What When Where Whether Which While
    Who Why With Without Witnesses Yesterday Yet You
""")
_GLUED_BEFORE = r"(?:[^\W\d_A-Z]{3}|\b[0-9]{4})\Z"
_GLUED_AFTER = r"[A-Z][a-z]+(?=[\s,;:’'])"
_DOMAINS = frozenset({"Com", "Org", "Net", "Info", "Gov", "Js"})
_REACH = 32  # characters before a full stop in which its word is looked for; no abbreviation is longer


def starts(text: str) -> tuple[list[int], list[int]]:
    """Where sentences and where paragraphs start: ascending offsets in characters.

    A paragraph start is a sentence start too; both lists begin with 0 unless the text is empty.

    >>> starts("Mr. Assad left. “Why?” he asked.\\n\\nNobody knew.")
    ([0, 16, 34], [0, 34])
    """
    if not text:
        return [], []
    lead = len(text) - len(text.lstrip())
    is_wrapped = max(map(len, text.split("\n"))) <= _WRAPPED_AT_MOST
    breaks = re.finditer(_PARAGRAPH if is_wrapped else _LINE, text)
    paragraphs = [0, *(match.end() for match in breaks if lead < match.end() < len(text))]
    sentences = (match.end() for match in re.finditer(_STOP, text) if match.end() < len(text) and _ends_sentence(text, match))
    return sorted({*paragraphs, *sentences}), paragraphs


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    stop, closing, blanks = match.groups()
    if stop[-1] in _ALWAYS:
        return True
    if not blanks:
        return stop == "." and _is_glued(text, match)
    follows = re.compile(_NEXT_WORD).match(text, match.end())
    word, after = (follows[1], text[follows.end() : follows.end() + 1]) if follows else ("", "")
    if stop != ".":
        return word[:1].isupper() or (word[:1].isdigit() and stop[-1] in "!?")
    before = _word_before(text, match.start())
    if word[:1].islower():
        return not closing and text[match.end()] not in _OPENING and _ends_before_small(before, word)
    if before.isdecimal() and len(before) < 3 and text[max(0, match.start() - 3) : match.start()].rpartition("\n")[2] == before:
        return False  # "1. The first point", at the start of a line
    return _ends_before_capital(before, word, after)


def _word_before(text: str, end: int) -> str:
    """What stands before a full stop, back to a blank, a hyphen or an opening quote."""
    stretch = text[max(0, end - _REACH) : end]
    if not stretch or stretch[-1].isspace():
        return ""
    return stretch.split()[-1].lstrip(_OPENING).rpartition("-")[2]


def _ends_before_small(before: str, word: str) -> bool:
    """Aleppo city. opposition fighters: an ordinary word before, so that a forgotten capital is likelier than an abbreviation."""
    if len(word) < 2 or not before.isalpha() or before.lower() in _TITLES or before.lower() in _SHORT or before in _SHORT_NAMES:
        return False
    return len(before) > (2 if before.islower() else 4)


def _ends_before_capital(before: str, word: str, after: str) -> bool:
    small = before.lower()
    if small in _TITLES or (word[:1].isdigit() and small in _NUMBERED):
        return False
    if small in ("a.m", "p.m"):
        return word not in _AFTER_CLOCK
    if re.fullmatch(_DOTTED, before) or small in _SHORT or before in _SHORT_NAMES:
        is_initial = len(word) == 1 and after == "."
        return word in _SENTENCE_OPENERS and not is_initial
    return True


def _is_glued(text: str, match: re.Match[str]) -> bool:
    """Human Rights.Despite: an ordinary word, no blank, a capital; and neither an address nor a name with a dot."""
    stretch = text[max(0, match.start() - _REACH) : match.start()]
    before = _word_before(text, match.start())
    at = match.end() + (text[match.end()] in _OPENING)
    follows = re.compile(_GLUED_AFTER).match(text, at)
    if not follows or follows[0] in _DOMAINS or not re.search(_GLUED_BEFORE, stretch) or any(sign in before for sign in "/@."):
        return False
    return not (before.lower() in _TITLES or before.lower() in _SHORT or before in _SHORT_NAMES)

"""The forms in which texts name times ("Monday, May 6", "late April", "two days ago"): what they look like.

One expression finds them all in a pass; the form that matched is then read by a function of ``event_readers``, from the parts
that it names. Not here: what stands around an expression, and joins two of them; that is ``event_dates``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from idlibsearch.calendar_words import MONTHS
from idlibsearch.ingest.event_readers import (
    Parts,
    Reader,
    read_ago,
    read_calendar,
    read_century,
    read_day,
    read_decade,
    read_iso,
    read_named,
    read_near,
    read_numeric,
    read_quarter,
    read_weekday,
    read_weekend,
    read_year,
    read_years,
)  # fmt: skip


class Form(NamedTuple):
    """A way of naming a time: what it looks like, how it is read, and whether a day to be seen from is needed.

    ``needs``: "year", where nothing else may be missing; "day" for what is told from the day of writing.
    """

    pattern: str
    read: Reader
    needs: Literal["nothing", "year", "day"] = "nothing"


# ---- words

_S = r"(?:[ \t\xa0]{1,3}|[ \t]?\n[ \t]?)"  # a line may end there, not a paragraph
_FULL = rf"(?:{'|'.join((*MONTHS, *map(str.upper, MONTHS)))})\b"  # small, some are verbs and names
_MONTH = rf"(?:{_FULL}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_WEEKDAY = r"(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
_ANY_WEEKDAY = rf"(?:{_WEEKDAY}|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?)"
_D = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d|\s?[ap]\.?m\b)"
_Y = r"(?:1\d|20)\d\d(?![\d%]|[.,:/]\d)\b"
_TO = r"\s?(?:-|–|to|until|through)\s?"
_UNIT = r"(?:day|week|month|quarter|year|decade)"
_PART = rf"(?:(?P<part>(?i:early|mid|late))(?:-|{_S})(?:in{_S})?|(?i:the){_S}(?P<piece>beginning|start|middle|end){_S}of{_S})"
_COUNTED = (  # behind a number that is no year
    "(?:people|men|women|children|civilians|troops|soldiers|fighters|militants|refugees|migrants|families|homes|houses|dollars|euros|pounds"
    "|miles|km|kilomet(?:er|re)s|met(?:er|re)s|feet|tons|tonnes|kg|square|hectares|acres|barrels|shares|votes|jobs|points|hours|days|years|times)"
)
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_NTH = r"(?:first|second|third|fourth|final|1st|2nd|3rd|4th)"


# ---- forms, the longer ones first of those that begin alike

_QUARTER = rf"(?P<nth>(?i:{_NTH}))[ -]{{1,2}}(?:fiscal{_S})?(?P<fraction>quarter|half)\b"
_THIS = r"(?i:this|last|next|past|coming)"
_SEASON = r"(?P<season>(?i:spring|summer|autumn|fall|winter))\b"
# May, March and the names of persons are months only where the word before them says so.
_CUES = ("in", "In", "of", "by", "to", "on", "since", "Since", "until", "till", "from", "From", "through", "during", "During",
         "before", "after", "and", "between", "for", "the", "its", "late", "early", "mid")  # fmt: skip
_CUED = "|".join(rf"(?<=\b{cue}[ \n])" for cue in _CUES)
_ALONE = (
    r"(?:(?:January|February|July|September|October|November|December|JANUARY|FEBRUARY|JULY|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\b"
    r"|(?:Jan|Feb|Aug|Sept?|Oct|Nov|Dec)\.)"
)

FORMS: dict[str, Form] = {
    "iso": Form(
        r"(?P<iso>(?:1\d|20)\d\d(?:-[01]\d-[0-3]\d|/[01]?\d/[0-3]?\d|\.[01]\d\.[0-3]\d))(?:(?=T\d)|(?![\w/-]|\.\d))", read_iso
    ),
    "numeric": Form(r"(?P<numeric>[0-3]?\d(?:-[0-3]?\d-|/[0-3]?\d/|\.[0-3]?\d\.)(?:1\d|20)\d\d)(?![\w/-]|\.\d)", read_numeric),
    "day_month": Form(
        rf"(?:(?P<weekday>{_ANY_WEEKDAY}),?{_S}(?:the{_S})?)?(?P<day>{_D})(?:{_TO}(?P<last>{_D}))?(?:{_S}of)?(?:{_S}|-)"
        rf"(?P<month>{_MONTH})(?:(?:,?{_S}|-)(?P<year>{_Y}))?",
        read_day,
        "year",
    ),
    "month_day": Form(
        rf"(?:(?P<weekday>{_ANY_WEEKDAY}),?{_S})?(?P<month>{_MONTH}){_S}(?P<day>{_D})(?:{_TO}(?P<last>{_D})(?!{_S}{_MONTH}))?"
        rf"(?:,?{_S}(?P<year>{_Y}))?",
        read_day,
        "year",
    ),
    "between_days": Form(
        rf"(?<=[Bb]etween )(?P<day>{_D}){_S}and{_S}(?P<last>{_D}){_S}(?P<month>{_MONTH})(?:,?{_S}(?P<year>{_Y}))?",
        read_day,
        "year",
    ),
    "month_year": Form(rf"{_PART}?(?P<month>{_MONTH})(?:,?{_S}|{_S}of{_S})(?P<year>{_Y})", read_named),
    "season_year": Form(rf"{_PART}?{_SEASON}(?:{_S}of)?{_S}(?P<year>{_Y})", read_named),
    "quarter": Form(
        rf"(?:the{_S})?(?:{_QUARTER}|(?P<named>Q[1-4]|H[12]))"
        rf"(?:{_S}of)?(?:{_S}(?:fiscal{_S})?(?P<year>{_Y})|{_S}(?P<which>last|this|next){_S}year\b)",
        read_quarter,
        "year",
    ),
    "years_quarter": Form(
        rf"(?:the{_S})?(?:(?P<year>{_Y})(?:['’]s)?|(?P<which>(?i:last|this|next)){_S}year['’]s){_S}{_QUARTER}",
        read_quarter,
        "year",
    ),
    "bare_quarter": Form(
        rf"(?:the{_S})?(?P<nth>(?i:{_NTH}))[ -]{{1,2}}(?:fiscal{_S})?(?P<fraction>quarter)\b", read_quarter, "year"
    ),
    "years": Form(r"(?P<year>(?:1[5-9]|20)\d\d)[-–/](?P<last>(?:(?:1[5-9]|20)\d\d|\d\d))(?![\w%/-])", read_years),
    "decade": Form(rf"(?:the{_S})?{_PART}?(?:the{_S})?(?P<decade>(?:1\d|20)\d0)['’]?s\b", read_decade),
    "short_decade": Form(rf"(?:the{_S})?{_PART}?(?:the{_S})?(?P<decade>['’]\d0)s\b", read_decade, "day"),
    "century": Form(r"(?P<century>(?:1\d|2[01])(?:st|th))[ -]century\b", read_century),
    "year": Form(
        rf"{_PART}?(?:fiscal{_S})?(?P<year>(?:1[7-9]|20)\d\d)(?![\d%-]|[.,:/]\d)\b(?!{_S}(?:\w{{1,15}}{_S})?{_COUNTED}\b)",
        read_year,
    ),
    "near": Form(r"(?P<near>(?i:yesterday|today|tomorrow))\b", read_near, "day"),
    "calendar": Form(
        rf"{_PART}?(?:(?i:earlier|later){_S})?(?:the{_S})?(?P<which>(?i:this|last|next|past|previous|coming|current)){_S}"
        r"(?P<unit>week|month|quarter|year|decade)\b",
        read_calendar,
        "day",
    ),
    "weekend": Form(rf"(?:(?P<which>(?i:this|last|next|past|the|coming)){_S}(?:past{_S})?)?weekend\b", read_weekend, "day"),
    "which_named": Form(rf"{_PART}?(?P<which>{_THIS}){_S}(?:(?P<month>{_FULL})|{_SEASON})", read_named, "day"),
    "which_weekday": Form(rf"(?P<which>{_THIS}){_S}(?P<weekday>{_WEEKDAY})", read_weekday, "day"),
    "ago": Form(rf"(?P<count>(?i:{_COUNT}))[ -]{{1,2}}(?P<unit>{_UNIT})s?[ -]{{1,2}}ago\b", read_ago, "day"),
    "weekday": Form(rf"(?P<weekday>{_WEEKDAY})", read_weekday, "day"),
    "part_month": Form(rf"{_PART}(?P<month>{_FULL}|{_ALONE})", read_named, "year"),
    "month": Form(rf"(?P<month>{_ALONE}|(?:{_CUED}){_FULL}|{_FULL}(?=\s?[-–]\s?{_MONTH}))", read_named, "year"),
}


# ---- finding them


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def _cased(words: str) -> str:
    """Words with a small or a capital first letter, as far as it takes to know one that a form begins with."""
    return "|".join(f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in words.split())


# Most words and numbers begin no form: this one look at what begins spares the many.
_NUMBER_GATE = (
    rf"[12][0-9]{{3}}|[0-9]{{1,3}}(?:[-/.][0-9]{{1,2}}[-/.][0-9]|[\s-]{{1,2}}{_UNIT}|(?:st|th)[ -]c"
    rf"|(?:st|nd|rd|th)?(?:(?:{_TO}|{_S}and{_S})[0-9]{{1,2}}(?:st|nd|rd|th)?)?(?:\sof)?[\s\xa0-]{{1,3}}[JFMASOND])"
)
_GATE = (
    _NUMBER_GATE
    + r"|['’][0-9]0|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
    r"|[QH][0-9]|MON|TUE|WED|THU|FRI|SAT|SUN|YEST|TOD|TOM|[Tt]he\s(?:[0-9'’]|beg|sta|mid|end|ear|lat|pas|las|nex|prev|com|cur|week"
    + rf"|{_NTH}|Q)|(?:{_cased('a an one two three four five six seven eight nine ten eleven twelve')})[\s-]{{1,2}}{_UNIT}|"
    + _cased("mon tues wednes thurs fri sat sun this last late next early earlier mid past previous coming current")
    + "|"
    + _cased("yesterday today tomorrow weekend first second third fourth final spring summer autumn fall winter fiscal")
)  # fmt: skip
_ANY = re.compile(
    rf"(?<![\w$£€#])(?={_GATE})(?<!\d[.,:/-])(?:"
    + "|".join(f"(?P<{name}>{_unnamed(form.pattern)})" for name, form in FORMS.items())
    + ")"
)
_EACH = {name: re.compile(form.pattern) for name, form in FORMS.items()}


class Written(NamedTuple):
    """A form found in a text, at [start, end), with the parts that it names."""

    form: Form
    parts: Parts
    start: int
    end: int


def written_in(text: str) -> Iterator[Written]:
    """What is written in a text in any of the forms, from the left, none inside another."""
    for match in _ANY.finditer(text):
        name = str(match.lastgroup)
        found = _EACH[name].match(text, match.start())
        if found:
            yield Written(FORMS[name], found.groupdict(), *found.span())

"""What months, weekdays, seasons and units of time are called in English, for dates in questions and dates in reports alike.

A table of kinds: in each, words (several for one thing, separated by spaces) and what they stand for.
"""

from __future__ import annotations

from typing import Any

from idlibsearch.units import DAY, DECADE, MONTH, QUARTER, WEEK, YEAR

MONTHS = (  # English, always: what is indexed must not hang on the locale
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

VALUES: dict[str, dict[str, Any]] = {
    "month": {f"{name} {name[:3]}".lower(): (number, 1) for number, name in enumerate(MONTHS, start=1)} | {"sept": (9, 1)},
    "season": {"spring": (3, 3), "summer": (6, 3), "autumn fall": (9, 3), "winter": (12, 3)},  # the first month, and how many
    "weekday": {"monday mon": 0, "tuesday tue tues": 1, "wednesday wed weds": 2, "thursday thu thur thurs": 3, "friday fri": 4,
                "saturday sat": 5, "sunday sun": 6},
    "unit": {"day days d": DAY, "week weeks w": WEEK, "month months mo M": MONTH, "quarter quarters": QUARTER,
             "year years yr yrs y": YEAR, "decade decades": DECADE},
    "near": {"today now": 0, "yesterday": -1, "tomorrow": 1},
    "which": {"this current": 0, "last previous": -1, "next coming": 1},
    "small": {"a an one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
              "eleven": 11, "twelve": 12},
    "nth": {"first": 1, "second": 2, "third": 3, "fourth": 4},
    "part": {"early": 1, "mid": 2, "late": 3},
}  # fmt: skip


def by_word(kind: str) -> dict[str, Any]:
    """Each word of a kind, with what it stands for."""
    return {word: value for words, value in VALUES[kind].items() for word in words.split()}

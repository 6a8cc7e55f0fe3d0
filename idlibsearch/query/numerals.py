"""Numbers as English writes them with words: 500000 is "half a million", "500 thousand", "5 hundred thousand", and back.

Words are folded, and what the analysis makes one term stands for all of it: digits for number words ("5 hundred" is "five
hundred" too). One word only, as in seventeen, is the analysis' own business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from idlibsearch.analysis.analyzer import NUMBER_WORDS

SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SUFFIXES = {"k": 10**3, "mn": 10**6, "bn": 10**9, "tn": 10**12}  # not m, which is metres as often
LARGEST = 10**15
_HALF, _QUARTER, _THREE_QUARTERS = Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)
_FRACTIONS = {
    _HALF: ("half a", "half", "a half"),
    _QUARTER: ("quarter of a", "quarter", "a quarter of a", "a quarter"),
    _THREE_QUARTERS: ("3 quarters of a",),
}


def spellings(number: int) -> list[str]:
    """The ways to write a number in more than digits: words with a space between them, or digits with a suffix."""
    found = [words for words in _small(number) if " " in words] if number < 1_000 else []
    if number % 100 == 0 and number % 1_000 and 1_000 < number < 10_000:
        found.append(f"{number // 100} hundred")
    if number % 12 == 0 and number <= 144:
        found += [f"{words} dozen" for words in _small(number // 12)]
    if number == 6:
        found += ["half a dozen", "half dozen"]
    for name, scale in SCALES.items():
        found += [f"{words} {name}" for words in _amounts(number, scale)]
    return found + [
        f"{_decimal(Fraction(number, scale))}{suffix}" for suffix, scale in SUFFIXES.items() if _is_said(number, scale)
    ]


def _is_said(number: int, scale: int) -> bool:
    """1.5 million and 1.25 million are said, and 2.5 thousand, but not 2.02 thousand."""
    amount = Fraction(number, scale)
    return _QUARTER <= amount < 1_000 and (amount * (10 if scale == 1_000 else 1_000)).denominator == 1


def _amounts(number: int, scale: int) -> Iterator[str]:
    """Ways to say how many of a scale a number is."""
    amount = Fraction(number, scale)
    whole, rest = divmod(amount, 1)
    if amount in _FRACTIONS:
        yield from _FRACTIONS[amount]
    if not _is_said(number, scale):
        return
    if rest:
        yield _decimal(amount)
        if rest == _HALF and whole:
            yield from (f"{words} and a half" for words in _units(int(whole)))
    else:
        yield from _small(int(whole))


def _decimal(amount: Fraction) -> str:
    return f"{float(amount):.3f}".rstrip("0").rstrip(".")


def _units(number: int) -> list[str]:
    """A number as words that count: "one" is no digit to the analysis."""
    return ["1", "one"] if number == 1 else [str(number)]


def _small(number: int) -> list[str]:
    """Ways to write 1 to 999 before a scale."""
    if number == 1:
        return ["a", *_units(1)]
    found = [str(number)]
    if number < 100:
        tens, unit = divmod(number, 10)
        return found + ([f"{tens}0 {words}" for words in _units(unit)] if tens > 1 and unit else [])
    hundreds, rest = divmod(number, 100)
    heads = [f"{words} hundred" for words in _small(hundreds)]
    rests = _units(1) if rest == 1 else _small(rest) if rest else []
    tails = [f" {joint}{words}" for words in rests for joint in ("and ", "")] or [""]
    return found + [head + tail for head in heads for tail in tails]


# ---- and back


def number_at(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """The whole number that the words from ``at`` on say, as far as they say one, and the place behind it."""
    read = _amount_at(words, at)
    if read is None:
        return None
    amount, end, alone = read
    scale = SCALES.get(_singular(words, end)) or {"dozen": 12}.get(_singular(words, end), 0)
    if scale:
        amount, end = amount * scale, end + 1
    elif not alone:
        return None
    return (int(amount), end) if amount.denominator == 1 and 1 <= amount <= LARGEST else None


def _singular(words: Sequence[str], at: int) -> str:
    return words[at].removesuffix("s") if at < len(words) else ""


def _amount_at(words: Sequence[str], at: int) -> tuple[Fraction, int, bool] | None:
    """An amount, the place behind it, and whether it needs no scale."""
    at += words[at] in ("a", "an") and list(words[at + 1 : at + 2]) in (["half"], ["quarter"])
    word = words[at]
    if word in ("half", "quarter"):
        part = _HALF if word == "half" else _QUARTER
        at += 1 + (words[at + 1 : at + 2] == ["of"])
        return part, at + (words[at : at + 1] in (["a"], ["an"])), False
    if word in ("3", "three") and list(words[at + 1 : at + 4]) == ["quarters", "of", "a"]:
        return _THREE_QUARTERS, at + 4, False
    suffixed = _suffixed(word)
    if suffixed is not None:
        return suffixed, at + 1, True
    number = _number_of(word)
    if number is None:
        return None
    alone, at = word not in ("a", "an", "one"), at + 1
    number, at = _with_unit(words, at, number)
    if _singular(words, at) == "hundred":
        number, at = _with_rest(words, at + 1, number * 100)
        alone = True
    if list(words[at : at + 3]) == ["and", "a", "half"]:
        return number + _HALF, at + 3, False
    return number, at, alone


def _number_of(word: str) -> Fraction | None:
    word = "1" if word in ("a", "an", "one") else NUMBER_WORDS.get(word, word)
    whole, _, decimals = word.partition(".")
    is_number = word.isascii() and whole.isdigit() and (not decimals or decimals.isdigit()) and len(word) <= 18
    return Fraction(word) if is_number and not word.endswith(".") else None


def _suffixed(word: str) -> Fraction | None:
    for suffix, scale in SUFFIXES.items():
        if word.endswith(suffix) and word[:1].isdigit():
            number = _number_of(word.removesuffix(suffix))
            if number is not None:
                return number * scale
    return None


def _with_unit(words: Sequence[str], at: int, number: Fraction) -> tuple[Fraction, int]:
    """Twenty one."""
    unit = _number_of(words[at]) if at < len(words) and words[at] not in ("a", "an") else None
    if unit is not None and 1 <= unit < 10 and 20 <= number < 100 and number % 10 == 0 and unit.denominator == 1:
        return number + unit, at + 1
    return number, at


def _with_rest(words: Sequence[str], at: int, number: Fraction) -> tuple[Fraction, int]:
    """Two hundred and fifty."""
    after = at + (words[at : at + 1] == ["and"])
    rest = _number_of(words[after]) if after < len(words) and words[after] not in ("a", "an") else None
    if rest is None or not 1 <= rest < 100 or rest.denominator != 1:
        return number, at
    rest, after = _with_unit(words, after + 1, rest)
    return number + rest, after

"""What becomes of a word: folding, spelling, stems, and the terms with their places."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.snowball import EnglishStemmer

from idlibsearch.analysis import analyzer, fold, spelling, stem, tokens

QUIRKS = "US.IT,'’ʿ-‐0123é\u0301\u00adßİıσςأىة٣ﷺ½Ⅻal sh"
any_word = st.one_of(
    st.text(min_size=1, max_size=20),
    st.text(st.sampled_from(QUIRKS), min_size=1, max_size=12),
    st.lists(
        st.sampled_from(["al", "ash", "US", "twenty", "five", "'s", "rebel", "held", "1,000", "2020", "-", "-", "’", " ", "."])
    ).map("".join),
).filter(bool)


def terms(surface: str) -> list[str]:
    """The primary terms of a spelling."""
    entry = analyzer.analyze(surface)
    return [term for term, _, _ in entry.terms[: entry.positions]]


# --- folding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surfaces", "folded"),
    [
        (["Ceasefire", "CEASEFIRE", "ceasefire"], "ceasefire"),
        (["Çavuşoğlu", "C\u0327avus\u0327og\u0306lu", "Cavusoglu", "ÇAVUŞOĞLU"], "cavusoglu"),
        (["Łódź", "lodz"], "lodz"),
        (["Øster-Đakovo", "oster-dakovo"], "oster-dakovo"),
        (["Straße", "STRASSE", "straẞe"], "strasse"),
        (["Ælfred", "aelfred"], "aelfred"),
        (["İstanbul", "ISTANBUL", "ıstanbul"], "istanbul"),
        (["Al-Fu'ah", "Al-Fu’ah", "al-Fu‘ah", "Al‐Fuʿah", "Al-Fu`ah"], "al-fu'ah"),
        (["ʿAli", "Ali", "ali"], "ali"),
        (["Syria's", "Syria’s", "SYRIA'S"], "syria's"),
        (["al Qaeda", "al QAEDA"], "al qaeda"),
        (["co\u00adoperate", "co\u200doperate"], "cooperate"),
        (["300,000", "300000", "٣٠٠٠٠٠"], "300000"),
        (["1,234,567.50"], "1234567.50"),
        (["U.S.", "U.S", "US"], "US"),
        (["us", "Us", "u.s."], "us"),
        (["U.S.'s", "US’s"], "US's"),
        (["US-led", "U.S.-led", "US-LED"], "US-led"),
        (["U.N.", "UN", "un"], "un"),
        (["a.m.", "AM"], "am"),
        (["WHO", "W.H.O."], "WHO"),
        (["Who", "who"], "who"),
        (["ΟΔΟΣ", "οδος", "Οδός"], "οδοσ"),
        (["أحمد", "احمد", "أَحْمَد", "أحمـــد"], "احمد"),
        (["على", "علي", "علی"], "علي"),
        (["हिन्दी"], "हिन्दी"),
        (["한국어"], "한국어"),
        (["３５０ｋｍ²"], "350km2"),
    ],
)
def test_spellings_of_one_word_fold_together(surfaces: list[str], folded: str) -> None:
    assert {surface: fold.fold(surface) for surface in surfaces} == dict.fromkeys(surfaces, folded)


@given(any_word)
@settings(max_examples=1000)
def test_folding_again_changes_nothing_and_nothing_folds_to_nothing(word: str) -> None:
    folded = fold.fold(word)
    assert folded
    assert fold.fold(folded) == folded


def test_folding_again_changes_no_single_character() -> None:
    chars = map(chr, range(0x20000))
    assert [char for char in chars if fold.fold(fold.fold(char)) != fold.fold(char)] == []


# --- spelling and stems ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("british", "american"),
    [
        *[("organisation", "organization"), ("analysed", "analyzed"), ("armoured", "armored"), ("centred", "centered")],
        *[("kilometres", "kilometers"), ("defence", "defense"), ("programme", "program"), ("leukaemia", "leukemia")],
        *[("manoeuvres", "maneuvers"), ("demilitarised", "demilitarized"), ("fuelling", "fueling"), ("sceptics", "skeptics")],
    ],
)
def test_british_spellings_become_american(british: str, american: str) -> None:
    assert spelling.to_us(british) == american
    assert terms(british) == terms(american)


@pytest.mark.parametrize(
    "word", ["raise", "promise", "four", "wise", "advertise", "premise", "exercise", "hour", "tour", "acre", "organize"]
)
def test_words_that_only_look_british_stay(word: str) -> None:
    assert spelling.to_us(word) == word


def test_the_recipe_names_the_very_table_that_is_shipped() -> None:
    table = Path(spelling.__file__).with_name("data") / "uk_us.tsv"
    assert zlib.crc32(table.read_bytes()) == spelling.TABLE_CRC
    assert len(table.read_text(encoding="ascii").splitlines()) == 1505
    recipe = json.loads(json.dumps(analyzer.RECIPE))
    assert recipe == analyzer.RECIPE
    assert (recipe["name"], recipe["version"], recipe["stemmer"]) == ("news-en", 1, "snowball-english")
    assert recipe["classes_crc"] == tokens.CLASSES_CRC


@pytest.mark.parametrize(
    ("apart", "together"),
    [
        (["organ", "organization"], ["organizations", "organized", "organiser"]),
        (["intern", "internal", "international"], ["internationally"]),
        (["universe", "universal", "university"], ["universities"]),
        (["author", "authorize", "authority"], ["authorities"]),
        (["import", "important"], ["importance"]),
        (["sever", "several", "severe"], ["severely", "severity"]),
        (["execute", "executive"], ["executives"]),
        (["emerge", "emergency"], ["emergencies"]),
        (["even", "evening"], ["evenings"]),
        (["office", "officer"], ["officers"]),
        (["unit", "united"], ["unite"]),
        (["wit", "witness"], ["witnesses"]),
        (["accord", "according"], []),
        (["position", "positive"], []),
        (["protest", "protestant"], []),
        (["offense", "offensive"], ["offensives"]),
    ],
)
def test_words_that_the_stemmer_would_merge_stay_apart(apart: list[str], together: list[str]) -> None:
    stems = [stem.stem(spelling.to_us(word)) for word in apart]
    assert len(set(stems)) == len(apart)
    assert {stem.stem(spelling.to_us(word)) for word in together} <= {stems[-1]}


def test_every_word_of_a_family_has_its_stem() -> None:
    words = {word: family for family, words in stem.FAMILIES.items() for word in words.split()}
    assert {word: stem.stem(word) for word in words} == words


def listed(text: str) -> list[str]:
    return text.split()


# What the steps of the published algorithm look for, and its exceptions that are changed.
ENDINGS = listed("""
    sses ied ies us ss s eedly ingly edly eed ing ed y ization ational fulness ousness iveness tional biliti lessli entli ation
    alism aliti ousli iviti fulli enci anci abli izer ator alli bli ogi li alize icate iciti ative ical ness ful ement ance ence
    able ible ment ant ent ism ate iti ous ive ize ion al er ic e l ll at bl iz bb tt
""")
SPECIAL = listed("""
    skis skies dying lying tying idly gently ugly early only singly sky news howe atlas innings proceeded exceeding succeeds
""")
FAMILY_WORDS = frozenset(word for words in stem.FAMILIES.values() for word in words.split())
a_word = st.tuples(st.text(st.sampled_from("aeioubdfglmnprstvwxyz"), max_size=8), st.sampled_from(["", *ENDINGS])).map("".join)


@pytest.fixture(scope="module")
def snowball() -> Callable[[str], str]:
    return EnglishStemmer().stem


@given(word=st.one_of(a_word, st.text(st.sampled_from(ascii_lowercase))))
@settings(max_examples=2000)
def test_a_word_outside_the_families_has_the_stem_that_nltk_gives(word: str, snowball: Callable[[str], str]) -> None:
    if word not in FAMILY_WORDS:
        assert stem.stem(word) == snowball(word)


def test_so_does_a_vocabulary_of_stems_and_endings(snowball: Callable[[str], str]) -> None:
    table = Path(spelling.__file__).with_name("data") / "uk_us.tsv"
    stems = {word[:cut] for word in table.read_text(encoding="ascii").split() for cut in (3, 4, 5, len(word))}
    pairs = [(head + ending) for head in sorted(stems)[::4] for ending in ENDINGS]
    words = [word for word in (*pairs, *stems, *SPECIAL, *ascii_lowercase) if word not in FAMILY_WORDS]
    assert [word for word in words if stem.stem(word) != snowball(word)] == []


# --- terms and places --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("Ceasefires", [("ceasefir", 0, 1)]),
        ("Syria’s", [("syria", 0, 1)]),
        ("U.S.", [("US", 0, 1)]),
        ("us", [("us", 0, 1)]),
        ("US’s", [("US", 0, 1)]),
        ("don't", [("dont", 0, 1)]),
        ("O'Brien", [("obrien", 0, 1)]),
        ("rebel-held", [("rebel", 0, 1), ("held", 1, 1), ("rebelheld", 0, 2)]),
        ("de-escalation", [("de", 0, 1), ("escal", 1, 1), ("deescal", 0, 2)]),
        ("cease-fire", [("ceas", 0, 1), ("fire", 1, 1), ("ceasefir", 0, 2)]),
        ("re-organised", [("re", 0, 1), ("organiz", 1, 1), ("reorgan", 0, 2)]),
        ("day-to-day-run", [("day", 0, 1), ("to", 1, 1), ("day", 2, 1), ("run", 3, 1), ("daytodayrun", 0, 4)]),
        ("a-b-c-d-e", [("a", 0, 1), ("b", 1, 1), ("c", 2, 1), ("d", 3, 1), ("e", 4, 1)]),
        ("US-led", [("US", 0, 1), ("led", 1, 1)]),
        ("Covid-19", [("covid", 0, 1), ("19", 1, 1), ("covid19", 0, 2)]),
        ("10-12", [("10", 0, 1), ("12", 1, 1)]),
        ("2020-01-12", [("2020-01-12", 0, 1)]),
        ("2020-01", [("2020-01", 0, 1)]),
        ("1914-18", [("1914", 0, 1), ("18", 1, 1)]),
        ("300,000", [("300000", 0, 1)]),
        ("3.5m", [("3.5m", 0, 1)]),
        ("Seventeen", [("17", 0, 1)]),
        ("one", [("one", 0, 1)]),
        ("tens", [("ten", 0, 1)]),
        ("twenty-five", [("20", 0, 1), ("5", 1, 1), ("25", 0, 2)]),
        ("twenty-one-year", [("20", 0, 1), ("one", 1, 1), ("year", 2, 1), ("21", 0, 2), ("twentyoneyear", 0, 3)]),
        ("seventeen-year", [("17", 0, 1), ("year", 1, 1), ("seventeenyear", 0, 2)]),
        ("al-Qaeda-linked", [("qaeda", 0, 1), ("link", 1, 1), ("qaedalink", 0, 2)]),
        ("al Qaeda-linked", [("qaeda", 0, 1), ("link", 1, 1), ("qaedalink", 0, 2)]),
        ("Maarat-al-Numan", [("maarat", 0, 1), ("numan", 1, 1), ("maaratnuman", 0, 2)]),
        ("down-at-the-heel", [("down", 0, 1), ("at", 1, 1), ("the", 2, 1), ("heel", 3, 1), ("downattheheel", 0, 4)]),
        ("El-Al", [("al", 0, 1)]),
        ("الشام", [("الشام", 0, 1)]),
        ("-", [("-", 0, 1)]),
    ],
)
def test_a_word_becomes_these_terms(surface: str, expected: list[tuple[str, int, int]]) -> None:
    assert list(analyzer.analyze(surface).terms) == expected


@pytest.mark.parametrize(
    "spellings",
    [
        ["al-Qaeda", "al Qaeda", "Al-Qaeda", "el-Qaeda", "Qaeda", "Qaeda's"],
        ["al-Sham", "ash-Sham", "Ash-Sham", "ash Sham", "esh-Sham", "Sham"],
        ["Al-Fu'ah", "Al-Fu’ah", "al-Fuʿah", "Fuah"],
        ["al-Qa'ida", "Qaida"],
        ["az-Zor", "ez-Zor", "al-Zor"],
        ["ar-Raqqa", "Raqqa"],
        ["seventeen", "17"],
        ["300,000", "300000"],
        ["defence", "defense", "Defence's"],
    ],
)
def test_these_spellings_are_one_term_at_one_place(spellings: list[str]) -> None:
    entries = {(analyzer.analyze(word).positions, analyzer.analyze(word).terms) for word in spellings}
    assert len(entries) == 1
    assert entries.pop()[0] == 1


@given(any_word)
@settings(max_examples=1000)
def test_every_entry_has_one_primary_a_position_and_extras_after_them(word: str) -> None:
    entry = analyzer.analyze(word)
    primaries, extras = entry.terms[: entry.positions], entry.terms[entry.positions :]
    assert entry.positions >= 1
    assert [(place, width) for _, place, width in primaries] == [(place, 1) for place in range(entry.positions)]
    assert all(width >= 2 and place + width <= entry.positions for _, place, width in extras)
    assert all(term for term, _, _ in entry.terms)
    assert entry.folded == fold.fold(word)
    assert analyzer.analyze_folded(entry.folded) == entry


# --- what a query pays for ---------------------------------------------------------------------------------------------


def test_importing_and_folding_needs_neither_nltk_nor_numpy_nor_the_tables() -> None:
    program = """
import sys
from idlibsearch.analysis import analyzer, fold, sentences, spelling, stem, tokens
assert fold.fold("Ceasefires") == "ceasefires"
assert analyzer.analyze("2020-01-12").positions == 1
print(sorted({"nltk", "numpy", "whoosh", "unicodedata"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

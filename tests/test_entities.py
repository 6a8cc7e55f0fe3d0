"""Names: where they stand, of what kind they are, and which of them are one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.ingest.abbreviations import abbreviates
from idlibsearch.ingest.entities import entities_in, fold
from idlibsearch.ingest.pages import read_page


def found(body, title=""):
    return [(entity.type, entity.spelling) for entity in entities_in(title, body)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Talks in Moscow between Russia and Turkey.", [("PLACE", "Moscow"), ("PLACE", "Russia"), ("PLACE", "Turkey")]),
        ("The Syrian Observatory for Human Rights said so.", [("ORG", "Syrian Observatory for Human Rights")]),
        ("It met Russian President Vladimir Putin.", [("PERSON", "Vladimir Putin")]),
        ("They met Staffan de Mistura, an envoy.", [("NAME", "Staffan de Mistura")]),
        ("Soldiers entered the village of Hajin at dawn.", [("PLACE", "Hajin")]),
        ("Shells hit Idlib province.", [("PLACE", "Idlib")]),
        ("A position of the Jaish al-Izza rebel group fell.", [("GROUP", "Jaish al-Izza")]),
        ("It fought the National Liberation Front.", [("GROUP", "National Liberation Front")]),
        ("Turkey's Defense Ministry was silent.", [("PLACE", "Turkey"), ("ORG", "Defense Ministry")]),
        ("Turkish-backed rebels and Russian-Turkish patrols left.", []),
        ("NLF-held Kafr Hamra was quiet.", [("NAME", "NLF"), ("NAME", "Kafr Hamra")]),
        ("On Monday, May 6, the army left.", []),
        ("Clashes began. Residents fled. However, nobody died.", []),
        ("It flew over the White House and the UN Security Council.", [("ORG", "White House"), ("ORG", "UN Security Council")]),
        ("The towns of Al-Fu’ah and Kefriya fell.", [("PLACE", "Al-Fu’ah"), ("NAME", "Kefriya")]),
        ("It fought al Qaeda and al-Qaeda’s friends.", [("GROUP", "al Qaeda"), ("GROUP", "al-Qaeda")]),
        ("A strike hit the Russian Khmeimim airbase.", [("PLACE", "Khmeimim airbase")]),
        ("He spoke as Russian jets came.", []),
        ("The Republican People’s Party won.", [("ORG", "Republican People’s Party")]),
        ("Members of the Liberal Party of Canada met.", [("ORG", "Liberal Party of Canada")]),
        ("U.S. President Joe Biden's envoy came.", [("PLACE", "U.S."), ("PERSON", "Joe Biden")]),
        ("The Turkish minister, Mevlüt Çavuşoğlu, said no.", [("PERSON", "Mevlüt Çavuşoğlu")]),
    ],
)
def test_names_are_found_with_their_kinds(text, names):
    assert found(text) == names


def test_a_headline_in_capitals_gives_only_names_known_from_the_text():
    title = "Russian-Led Air Strikes Suspended in Idlib After Ceasefire"
    assert [entity.spelling for entity in entities_in(title, "It was quiet in Idlib.") if entity.field == "title"] == ["Idlib"]


def test_a_text_all_in_capitals_gives_no_names():
    assert found("THE ARMY LEFT THE CITY OF HAJIN. RESIDENTS SAID SO.") == []


def test_a_word_that_opens_a_sentence_is_a_name_where_the_text_knows_it():
    assert found("Idlib was quiet. Shelling hit eastern Idlib. Shelling stopped.") == [("NAME", "Idlib"), ("NAME", "Idlib")]


def test_an_abbreviation_shares_the_name_it_was_introduced_with():
    entities = entities_in("", "The group Hayat Tahrir al-Sham (HTS) fought the National Liberation Front (NLF). The HTS won.")
    assert [(entity.type, entity.spelling, entity.name) for entity in entities] == [
        ("GROUP", "Hayat Tahrir al-Sham", "Hayat Tahrir al-Sham"),
        ("GROUP", "HTS", "Hayat Tahrir al-Sham"),
        ("GROUP", "National Liberation Front", "National Liberation Front"),
        ("GROUP", "NLF", "National Liberation Front"),
        ("GROUP", "HTS", "Hayat Tahrir al-Sham"),
    ]


def test_a_surname_shares_the_full_name():
    entities = entities_in("", "Spokesperson Morgan Ortagus said so. “It must end,” Ortagus added.")
    assert [(entity.type, entity.name) for entity in entities] == [("PERSON", "Morgan Ortagus"), ("PERSON", "Morgan Ortagus")]


def test_a_person_is_not_abbreviated():
    assert [entity.name for entity in entities_in("", "They saw Gen. Paul Adams (PA) there.")] == ["Paul Adams", "PA"]


@pytest.mark.parametrize(
    ("letters", "name", "answer"),
    [
        ("HTS", "Hayat Tahrir al-Sham", True), ("NLF", "National Liberation Front", True),
        ("DMZ", "Demilitirisation Zone", True), ("SDF", "Syrian Democratic Forces", True), ("UN", "United Nations", True),
        ("OCHA", "Office for the Coordination of Humanitarian Affairs", True), ("HTS", "National Liberation Front", False),
        ("US", "Syria", False), ("AN", "Ankara", False), ("LF", "National Liberation Front", False),
    ],
)  # fmt: skip
def test_letters_stand_for_a_name_or_not(letters, name, answer):
    assert abbreviates(letters, name) is answer


def test_spellings_of_one_name_fold_to_one():
    assert len({fold(name) for name in ("al-Qaeda", "al Qaeda", "Al-Qaeda", "Al-Qa'eda")}) == 1
    assert fold("Hayat Tahrir al-Sham") == fold("Hayat Tahrir ash-Sham")
    assert fold("Çavuşoğlu") == fold("Cavusoglu")
    assert fold("Hama") != fold("Homs")


def test_names_of_a_seed_page_stand_where_they_say(seeds):
    (path,) = seeds.glob("003_*.txt")
    (report,) = read_page(path, seeds)
    assert [entity.spelling for entity in report.entities[:8]] == [
        "Idlib",
        "Russia",
        "Syria",
        "Idlib",
        "Turkey",
        "Idlib",
        "Turkey",
        "Defense Ministry",
    ]
    assert {entity.name: entity.type for entity in report.entities} == {
        "Idlib": "PLACE", "Russia": "PLACE", "Syria": "PLACE", "Turkey": "PLACE", "Defense Ministry": "ORG",
        "Bashar al-Assad": "PERSON", "United Nations": "ORG", "UN": "ORG", "Moscow": "PLACE", "al Qaeda": "GROUP",
        "Aleppo": "PLACE", "Mohamad Rashid": "PERSON",
    }  # fmt: skip


def test_a_kind_is_learnt_from_the_other_reports_of_the_page(seeds):
    (path,) = seeds.glob("000_*.txt")
    kinds = {entity.type for report in read_page(path, seeds) for entity in report.entities if entity.spelling == "Idlib"}
    assert kinds == {"PLACE"}


@given(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(["Al-", "al ", "Idlib", " of ", "the ", "UN", "’s ", " (", ")", "-", ". ", "Front", "J.", " "]),
        max_size=30,
    ),
)
def test_any_text_gives_names_that_stand_in_it_in_order(title, words):
    body = "".join(words)
    entities = entities_in(title, body)
    assert all(entity.spelling == (title if entity.field == "title" else body)[entity.start : entity.end] for entity in entities)
    assert all(entity.spelling and entity.name for entity in entities)
    places = [(entity.field != "title", entity.start, entity.end) for entity in entities]
    assert places == sorted(places)
    assert all(one[2] <= other[1] for one, other in itertools.pairwise(places) if one[0] == other[0])

"""One name in many spellings: what is safe, what is guarded, what a question finds by it, and what tables say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import idlibsearch
from idlibsearch.analysis.abbreviations import abbreviates
from idlibsearch.analysis.gazetteer import builtin, read
from idlibsearch.analysis.names_fold import fold_name
from idlibsearch.analysis.same_name import rule_between
from idlibsearch.analysis.skeleton import are_alike, bones, is_within, skeleton
from idlibsearch.errors import InputError
from idlibsearch.model import Entity, Report


@pytest.mark.parametrize(
    "spellings",
    [
        ("al-Qa'ida", "al Qaida", "Al-Qaida", "al-Qaʿida’s", "QAIDA"),
        ("Hayat Tahrir al-Sham", "Hayat Tahrir ash-Sham", "hayat tahrir al sham"),
        ("Çavuşoğlu", "Cavusoglu", "ÇAVUŞOĞLU"),
        ("U.S.", "US", "us"),
        ("Al-Fu’ah", "al-Fu'ah", "Al-Fuʾah"),
        ("Łódź", "Lodz"),
        ("Deir ez-Zor", "Deir Ez Zor".replace("Ez Zor", "ez-Zor")),
        ("Johnson & Johnson", "Johnson and Johnson"),
    ],
)
def test_spellings_of_one_name_fold_to_one(spellings):
    assert len({fold_name(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("Hama", "Homs"), ("El Salvador", "Salvador"), ("Iran", "Iraq"), ("Al", "Ali")])
def test_different_names_fold_differently(one, other):
    assert fold_name(one) != fold_name(other)


PIECES = st.lists(st.sampled_from(["al", "-", " ", "El", "Sham", "'s", "’", "U.S.", "Ş"]), max_size=8)


@given(st.text(max_size=30) | PIECES.map("".join))
def test_folding_a_folded_name_changes_nothing(text):
    assert fold_name(fold_name(text)) == fold_name(text)


def test_many_names_are_looked_up_as_each_by_itself():
    names = ["qaida", "syria army", "", "hayat tahrir sham", "fasher"]
    assert bones(names) == [bones([name])[0] for name in names]
    assert bones(["qaida"]) == bones(["kaeda"]) != bones(["sham"])
    assert bones([]) == []


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("Faylaq", "Failaq", True), ("Haftar", "Hafter", True), ("Saraqib", "Sarqib", True), ("Mohamad", "Muhammad", True),
        ("Mohamad Rashid", "Muhammad Rashid", True), ("Maarat Numan", "Maaret Numan", True), ("Walton", "Wilton", False),
        ("Walton", "Welton", True), ("Syria", "Syrian", False), ("Hama", "Homs", False), ("Rashid", "Rashad", False),
        ("Nusra", "Nusrah", True), ("", "", False), ("Hassan", "Hussein", False), ("Saddam Hassan", "Saddam Hussein", False),
    ],
)  # fmt: skip
def test_names_sound_alike_or_not(one, other, answer):
    assert are_alike(fold_name(one), fold_name(other)) is answer


def test_places_need_more_to_be_alike():
    assert are_alike("nusra", "nusrah")
    assert not are_alike("nusra", "nusrah", is_place=True)


@given(st.text(alphabet="abcehkqs ", max_size=12), st.text(alphabet="abcehkqs ", max_size=12))
def test_being_alike_is_mutual_and_needs_the_same_consonants(one, other):
    assert are_alike(one, other) == are_alike(other, one)
    assert not are_alike(one, other) or skeleton(one) == skeleton(other)


def edits_between(one, other):
    if not one or not other:
        return len(one) + len(other)
    same = one[0] != other[0]
    return min(
        edits_between(one[1:], other) + 1, edits_between(one, other[1:]) + 1, edits_between(one[1:], other[1:]) + same
    )  # fmt: skip


@given(st.text(alphabet="ab", max_size=5), st.text(alphabet="ab", max_size=5), st.integers(0, 4))
def test_edits_are_counted_as_their_definition_does(one, other, edits):
    assert is_within(one, other, edits) is (edits_between(one, other) <= edits)


@pytest.mark.parametrize(
    ("one", "other", "kind", "rule"),
    [
        ("al-Qaida", "al Qa'ida", "GROUP", "same letters folded"),
        ("al-Qaida", "Al-Qaeda", "GROUP", "known as al-Qaeda"),
        ("HTS", "Hayat Tahrir ash-Sham", "GROUP", "known as Hayat Tahrir al-Sham"),
        ("HTS", "Hayat Tahrir ash-Sham", "PLACE", None),
        ("Khan Shaykhun", "Khan Sheikhoun", "PLACE", "known as Khan Shaykhun"),
        ("Munich", "München", "PLACE", "known as Munich"),
        ("Qwxyzabad", "Qwxyzabed", "PLACE", "same consonants and sound"),
        ("Kabul", "Kabol Town", "PLACE", None),
        ("Haftar", "Hafter", "PERSON", "same consonants and sound"),
    ],
)
def test_the_rule_is_told_by_which_two_spellings_are_one(one, other, kind, rule):
    assert rule_between(one, other, kind, builtin()) == rule


def test_two_known_places_stay_two_however_alike_they_look():
    assert are_alike("changde", "chengde", is_place=True)
    assert rule_between("Changde", "Chengde", "PLACE", builtin()) is None


@pytest.mark.parametrize(
    ("letters", "name", "answer"),
    [
        ("HTS", "Hayat Tahrir al-Sham", True), ("NLF", "National Liberation Front", True), ("UN", "United Nations", True),
        ("OCHA", "Office for the Coordination of Humanitarian Affairs", True), ("HTS", "National Liberation Front", False),
    ],
)  # fmt: skip
def test_letters_stand_for_a_name_or_not(letters, name, answer):
    assert abbreviates(letters, name) is answer


def test_abbreviations_keep_their_capitals_where_they_would_be_words():
    find = builtin().find
    assert find("WHO").name == "World Health Organization"
    assert find("who") is None
    assert find("U.S.").name == find("USA").name == "United States"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("TOWN\tHajin", "line 2: the type 'TOWN' is none of PERSON, PLACE, ORG, GROUP"),
        ("PLACE", "line 2: a name has neither letters nor digits"),
        ("PLACE\t…", "line 2: a name has neither letters nor digits"),
        ("{", "line 2: is not JSON"),
        ('{"type": "ORG", "name": 5}', 'line 2: write {"type"'),
        ('{"type": "ORG", "name": "A", "aliases": [5]}', "line 2: aliases must be texts"),
    ],
)
def test_a_wrong_line_of_a_gazetteer_is_named(tmp_path, line, message):
    (tmp_path / "names").write_text(f"# names\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "names")
    assert message in str(caught.value)


def test_a_gazetteer_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(InputError):
        read(tmp_path / "none")
    (tmp_path / "names").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not UTF-8"):
        read(tmp_path / "names")


def test_a_gazetteer_may_be_lines_of_json(tmp_path):
    (tmp_path / "names").write_text('{"type": "group", "name": "Sons of Idlib", "aliases": ["SoI"]}\n', encoding="utf-8")
    assert read(tmp_path / "names").find("SoI") == ("GROUP", "Sons of Idlib", False)


def test_another_gazetteer_has_pages_read_again(tmp_path):
    (tmp_path / "page.txt").write_text("It was said that Qwxyz left the old town.", encoding="utf-8")
    names = tmp_path / "names.tsv"
    names.write_text("GROUP\tSons of Idlib\tQwxyz\n", encoding="utf-8")
    with idlibsearch.create(tmp_path / "index") as index:
        index.add_path(tmp_path / "page.txt")
        assert index.search('{GROUP:"Sons of Idlib"}').total == 0
        assert index.add_path(tmp_path / "page.txt", gazetteer=names).changed == 1
        assert index.search('{GROUP:"Sons of Idlib"}').total == 1
        assert index.add_path(tmp_path / "page.txt", gazetteer=names).files_unchanged == 1
        assert index.add_path(tmp_path / "page.txt").changed == 1


def report(key, body, *names):
    """A report that mentions names, each (kind, canonical name, spelling)."""
    return Report(key, body=body, entities=tuple(
        Entity(kind, name, spelling, "body", body.index(spelling), body.index(spelling) + len(spelling))
        for kind, name, spelling in names
    ))  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    reports = [
        report("a", "Then al-Qa'ida attacked.", ("GROUP", "al-Qa'ida", "al-Qa'ida")),
        report("b", "Then al Qaeda attacked.", ("GROUP", "al-Qaeda", "al Qaeda")),
        report("c", "The Sons of Idlib Front (SIF) attacked.", ("GROUP", "Sons of Idlib Front", "Sons of Idlib Front"),
               ("GROUP", "Sons of Idlib Front", "SIF")),
        report("d", "Khalifa Hafter left Haftar.", ("PERSON", "Khalifa Hafter", "Khalifa Hafter")),
        report("e", "Nobody attacked."),
    ]  # fmt: skip
    with idlibsearch.create(tmp_path_factory.mktemp("names") / "index") as made:
        made.add(reports)
        yield made


def keys(results):
    return {hit.key for hit in results.hits}


@pytest.mark.parametrize("name", ["al-Qaeda", "al Qaida", "Al-Qa'ida", "qaeda"])
def test_an_entity_is_found_by_every_spelling(index, name):
    assert keys(index.search(f'{{GROUP:"{name}"}}')) == {"a", "b"}
    assert keys(index.search(f'{{GROUP:"{name}"}} NEAR/2 attacked')) == {"a", "b"}
    assert keys(index.search(f'attacked NOT {{GROUP:"{name}"}}')) == {"c", "e"}


def test_a_hit_says_which_spelling_matched_and_why(index):
    hits = {hit.key: hit.names for hit in index.search('{GROUP:"al-Qaida"}').hits}
    assert hits == {"a": {"al-Qa'ida": "same letters folded"}, "b": {"al Qaeda": "known as al-Qaeda"}}
    (hit,) = index.search('{GROUP:"SIF"}').hits
    assert hit.names == {"Sons of Idlib Front": "abbreviation learnt in c", "SIF": "same letters folded"}
    (hit,) = index.search('{PERSON:"Khalifa Haftar"}').hits
    assert hit.names == {"Khalifa Hafter": "same consonants and sound"}
    assert index.search("attacked").hits[0].names == {}


def test_plain_words_find_their_own_spelling_unless_names_are_asked_for(index):
    assert keys(index.search("al-Qaeda attacked")) == {"b"}
    assert keys(index.search("al-Qaeda attacked", names="on")) == {"a", "b"}
    assert keys(index.search('"al Qaeda"', names="on")) == {"a", "b"}
    assert keys(index.search("=al-Qaeda", names="on")) == set()
    assert keys(index.search("sons of idlib front", names="on")) == {"c"}
    assert keys(index.search("attacked NOT qaeda", names="on")) == {"c", "e"}
    assert keys(index.search("title:qaeda OR nobody", names="on")) == {"e"}


def test_a_name_that_no_report_has_is_told_of(index):
    results = index.search('{GROUP:"Qwxyz Brigade"}')
    assert results.total == 0
    assert [diagnostic.code for diagnostic in results.diagnostics] == ["unknown-value"]


@given(st.text(max_size=20), st.sampled_from(["PERSON", "PLACE", "ORG", "GROUP"]))
def test_any_text_may_be_asked_for_as_a_name(index, text, kind):
    name = text.replace('"', "").replace("\\", "").strip() or "x"
    try:
        results = index.search(f'{{{kind}:"{name}"}}')
    except idlibsearch.QueryError:
        return
    assert all(hit.names for hit in results.hits)

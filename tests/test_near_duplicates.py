"""Near-duplicates: the kernels do what sets of tuples do, and stories are those of a naive comparison of all pairs."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import naive_stories
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import Index, Report
from idlibsearch.index import sketches
from idlibsearch.index.directory import read_manifest
from idlibsearch.index.shingles import LEAST, RATE, SAMPLES, Meeting, sampled, shared, threshold
from idlibsearch.index.shingling import Shingles

WORDS = [*(f"w{n}" for n in range(40)), "al-Qaeda", "seventeen", "17", "Truces", "truce", "ceasefire", "organisation"]


def text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words))


def edited(rng: random.Random, original: str, share: float) -> str:
    """The text with a share of its words replaced."""
    return " ".join(rng.choice(WORDS) if rng.random() < share else word for word in original.split())


def versions(rng: random.Random, count: int) -> list[str]:
    """Texts many of which are versions, cuts or chains of earlier ones, so short that all their shingles are samples."""
    found: list[str] = []
    for _ in range(count):
        base = rng.choice(found) if found and rng.random() < 0.7 else text(rng, rng.randrange(12, 20))
        words = edited(rng, base, rng.choice((0, 0.03, 0.1, 0.25))).split()
        found.append(" ".join(words[: rng.randrange(len(words) * 3 // 4, len(words) + 1)] if rng.random() < 0.3 else words))
    return found


def groups(index: Index) -> set[frozenset[str]]:
    """The stories of an index, as sets of keys; taken from what each report says of its own."""
    found = set()
    for report in index:
        story = index.story(report.key)
        if story is not None:
            found.add(frozenset(member.key for member in story.members))
    return found


def naive_groups(texts: dict[str, str]) -> set[frozenset[str]]:
    keys = list(texts)
    stars: dict[int, set[str]] = {}
    for at, anchor in naive_stories.stories(list(texts.values())).items():
        stars.setdefault(anchor, set()).add(keys[at])
    return {frozenset(keys) for keys in stars.values() if len(keys) > 1}


# ---- kernels


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), max_size=6))
def test_shingles_are_the_runs_of_four_terms_each_once(texts):
    found, ends = Shingles().of_bodies([text.encode() for text in texts])
    sets = [set(found[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    naive = [naive_stories.shingles(text) for text in texts]
    assert [len(each) for each in sets] == [len(each) for each in naive]
    assert all(list(found[s:e]) == sorted(found[s:e]) for s, e in zip([0, *ends], ends, strict=False))
    for a in range(len(texts)):
        for b in range(len(texts)):
            assert len(sets[a] & sets[b]) == len(naive[a] & naive[b])


def test_a_shingle_has_the_same_number_whoever_makes_it():
    many = Shingles()
    many.of_bodies([b"quite other words came first here", b"and more of them"])
    assert list(many.of_text("The truce holds in Idlib")) == list(Shingles().of_text("the TRUCES hold in idlib"))


numbers = st.lists(st.integers(0, 60), unique=True).map(sorted)


@given(numbers, numbers)
def test_shared_counts_what_two_ascending_lists_have_in_common(a, b):
    assert shared(np.array(a, np.uint64), np.array(b, np.uint64)) == len({*a} & {*b})


@given(st.integers(0, 10**7))
def test_the_longer_a_text_the_fewer_of_its_shingles_are_samples(size):
    share = threshold(size) / 2**32
    assert share == (0 if size < LEAST else pytest.approx(min(1, max(1 / RATE, SAMPLES / size)), abs=1e-9))


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=30, unique=True).map(sorted), max_size=5), st.integers(0, 9))
def test_samples_are_the_lower_halves_of_shingles_below_the_threshold(sets, first):
    flat = np.array([number for each in sets for number in each], np.uint64)
    ends = np.cumsum([len(each) for each in sets]).tolist()
    naive = [
        (number % 2**32) << 32 | doc
        for doc, each in enumerate(sets, first)
        for number in each
        if number >> 32 < threshold(len(each))
    ]
    assert list(sampled(flat, ends, first)) == naive


@given(st.data())
def test_who_is_met_shares_samples(data):
    """Against loops over lists of (hash, place)."""
    sizes = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=4))
    places = sum(sizes)
    anchors = [data.draw(st.sampled_from([place, 0, 0xFFFFFFFF])) for place in range(places)]
    parts, listed, base = [], [], 0
    for size in sizes:
        pairs = st.tuples(st.sampled_from([0, 1, 7, 2**31, 2**32 - 1]), st.integers(0, max(size - 1, 0)))
        samples = sorted(data.draw(st.lists(pairs, unique=True, max_size=20))) if size else []
        hashes, docs = (np.array([pair[n] for pair in samples], np.uint32) for n in (0, 1))
        parts.append((hashes, docs, base))
        listed += [(number, base + doc) for number, doc in samples]
        base += size
    if not places:
        return
    place, most, later = data.draw(st.integers(0, places - 1)), data.draw(st.integers(1, 4)), data.draw(st.booleans())
    own = sorted(data.draw(st.sets(st.sampled_from([0, 1, 7, 8, 2**31, 2**32 - 1]))))
    naive: dict[int, int] = {}
    for number in own:
        for other in [place for wanted, place in listed if wanted == number][:most]:
            fits = other > place and anchors[other] != 0xFFFFFFFF if later else other < place and anchors[other] == other
            if fits:
                naive[other] = naive.get(other, 0) + 1
    met = Meeting(places)
    for _ in range(2):  # counts are put back
        found = met.of(np.array(own, np.uint32), parts, np.array(anchors, np.uint32), place, most, later)
        assert dict(zip(*found, strict=True)) == naive


def test_a_damaged_sketch_is_an_error_and_no_crash():
    part = np.array([5], np.uint32), np.array([9], np.uint32), 0
    with pytest.raises(IndexError, match="report 9"):
        Meeting(3).of(np.array([5], np.uint32), [part], np.arange(3, dtype=np.uint32), 0, 10, False)


# ---- stories


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_stories_are_those_of_a_comparison_of_all_pairs_whatever_the_commits(tmp_path_factory, seed):
    """Adding, replacing and removing, in commits of any size, with merges in between."""
    rng = random.Random(seed)
    folder = tmp_path_factory.mktemp("stories") / "index"
    held: dict[str, str] = {}
    with idlibsearch.create(folder, merge="never") as index:
        for body in versions(rng, rng.randrange(2, 30)):
            chance = rng.random()
            if chance < 0.15 and held:
                key = rng.choice(list(held))
                index.remove(key)
                del held[key]
            if chance > 0.9:
                index.merge()
            key = rng.choice(list(held)) if held and rng.random() < 0.1 else f"k{len(held)}-{rng.random()}"
            if held.get(key) != body:
                held.pop(key, None)
                held[key] = body
            index.add([Report(key, "A title", body)])
        assert index.check() == []
        assert groups(index) == naive_groups(held)


def test_many_reports_in_one_commit_are_grouped_as_one_by_one(tmp_path):
    texts = {f"k{n}": body for n, body in enumerate(versions(random.Random(4), 300))}
    with idlibsearch.create(tmp_path / "index") as index:
        index.add(Report(key, "", body) for key, body in texts.items())
        assert groups(index) == naive_groups(texts)
        assert len(groups(index)) > 5
        assert index.check() == []


def written(folder: Path) -> list[bytes]:
    """The bytes of all that a generation says but for its manifest."""
    manifest = read_manifest(folder)
    assert manifest.stories is not None
    names = [*(record.file for record in manifest.segments), manifest.stories.file, *manifest.stories.sketches]
    return [(folder / name).read_bytes() for name in names]


def test_the_same_adds_give_the_same_bytes_after_everything_is_merged(tmp_path, monkeypatch):
    reports = [Report(f"k{n}", "", body, "2020-01" if n % 3 else None) for n, body in enumerate(versions(random.Random(8), 120))]
    with idlibsearch.create(tmp_path / "one") as index:
        index.add(reports)
        index.remove("k3", "k40")
        index.merge()
    monkeypatch.setattr(sketches, "RUN", 50)
    monkeypatch.setattr(sketches, "RANGE", 100)
    with idlibsearch.create(tmp_path / "many") as index:
        for start in range(0, 120, 17):
            index.add(reports[start : start + 17])
        index.remove("k3", "k40")
        index.merge()
    assert written(tmp_path / "one") == written(tmp_path / "many")


def test_the_two_versions_among_the_seeds_are_one_story_and_nothing_else_is(seed_index):
    assert {frozenset(key[:9] for key in keys) for keys in groups(seed_index)} == {frozenset({"seeds/001", "seeds/003"})}
    assert all(len(keys) == 2 for keys in groups(seed_index))
    story = seed_index.story(next(report.key for report in seed_index if "001_" in report.key))
    assert [member.level for member in story.members] == ["high", "high"]
    assert story.members[1].jaccard == pytest.approx(0.8287, abs=1e-4)


def test_stories_are_not_kept_where_nobody_wants_them_and_made_when_somebody_does(tmp_path):
    body = text(random.Random(1), 40)
    with idlibsearch.create(tmp_path / "index", stories=False) as index:
        index.add([Report("a", "", body), Report("b", "", body)])
        assert index.story("a") is None
        assert index.stats()["stories"] is None
        index.add([Report("c", "", "Other.")], stories=True)
        assert groups(index) == {frozenset({"a", "b"})}
        assert index.stats()["stories"] == 1
        index.add([Report("d", "", body)], stories=False)
        assert index.story("a") is None
        assert not list(index.path.glob("*.stories*")) or read_manifest(index.path).stories is None
        assert index.check() == []


def test_texts_of_fewer_than_fifteen_words_have_no_versions(new_index):
    short = " ".join(f"w{n}" for n in range(14))
    new_index.add(
        [Report("a", "", short), Report("b", "", short), Report("c", "", short + " more"), Report("d", "", short + " more")]
    )
    assert groups(new_index) == {frozenset({"c", "d"})}


# ---- dates


BODY = " ".join(f"word{n}" for n in range(60))


def test_an_undated_report_has_the_date_of_its_version_until_that_goes(new_index):
    new_index.add([Report("undated", "", BODY), Report("other", "", "Other words.", "2019")])
    new_index.add([Report("dated", "", BODY + " And more.", "2020-01-12")])
    date = new_index.get("undated").date
    assert (str(date), date.precision, date.found) == ("2020-01-12", "day", "near-duplicate")
    assert {hit.key for hit in new_index.search("date:2020-01")} == {"undated", "dated"}
    assert [str(hit.date) for hit in new_index.search("word1", sort="date")] == ["2020-01-12", "2020-01-12"]
    assert new_index.search("word1", facets=["date:month"]).facets["date:month"] == [("2020-01", 2)]
    assert new_index.search("word1", date_from="2020").total == 2
    new_index.remove("dated")
    assert new_index.get("undated").date is None
    assert new_index.search("date:2020-01").total == 0
    assert new_index.search("word1", facets=["date:month"]).facets["date:month"] == [("undated", 1)]


def test_an_inherited_date_is_not_stored_with_the_report(new_index):
    new_index.add([Report("undated", "", BODY), Report("dated", "", BODY, "2020")])
    report = new_index.get("undated")
    assert new_index.add([report]).unchanged == 1
    new_index.remove("dated")
    assert new_index.get("undated").date is None


def test_all_close_versions_of_a_story_have_the_date_of_the_closest(new_index):
    halved = " ".join(BODY.split()[:40]) + " " + " ".join(f"else{n}" for n in range(30))  # J about .4
    new_index.add(
        [Report("a", "", BODY), Report("b", "", BODY + " more"), Report("half", "", halved), Report("c", "", BODY, "2021-03")]
    )
    dates = {report.key: str(report.date) for report in new_index}
    assert dates == {"a": "2021-03", "b": "2021-03", "half": "None", "c": "2021-03"}


# ---- damage


@pytest.fixture
def with_story(tmp_path) -> Path:
    with idlibsearch.create(tmp_path / "index") as index:
        index.add([Report("a", "", BODY), Report("b", "", BODY, "2020"), Report("c", "", "Other words.")])
    return tmp_path / "index"


def sidecar(folder: Path, kind: str) -> Path:
    files = read_manifest(folder).stories
    assert files is not None
    return folder / (files.file if kind == "stories" else files.sketches[0])


@pytest.mark.parametrize("kind", ["stories", "sketch"])
@pytest.mark.parametrize("damage", ["gone", "cut", "flipped"])
def test_a_damaged_file_is_found_and_repaired_by_working_it_out_anew(with_story, kind, damage):
    path = sidecar(with_story, kind)
    data = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(data[:100] if damage == "cut" else data[:70] + bytes([data[70] ^ 1]) + data[71:])
    assert idlibsearch.repair(with_story).lost == 0
    with idlibsearch.open(with_story, verify=True) as index:
        assert index.check() == []
        assert groups(index) == {frozenset({"a", "b"})}


def test_a_writer_that_meets_damage_works_all_out_anew(with_story):
    path = sidecar(with_story, "sketch")
    path.write_bytes(path.read_bytes()[:-1])
    with idlibsearch.open(with_story) as index:
        index.add([Report("d", "", BODY)])
        assert groups(index) == {frozenset({"a", "b", "d"})}
        assert index.check() == []


def test_a_copy_has_the_stories(with_story, tmp_path):
    idlibsearch.copy(with_story, tmp_path / "copy")
    shutil.rmtree(with_story)
    with idlibsearch.open(tmp_path / "copy") as index:
        assert groups(index) == {frozenset({"a", "b"})}
        assert index.check() == []

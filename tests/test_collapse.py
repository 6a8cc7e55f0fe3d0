"""One hit a story: which version stands for it, exact totals of reports and of stories, facets per story."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

import idlibsearch
from idlibsearch import QueryError, Report
from idlibsearch.query.leads import keep_leads

BODY = " ".join(f"word{n}" for n in range(60))
OTHER = " ".join(f"else{n}" for n in range(60))


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Two stories, of three and two reports, in three segments, and two reports without versions."""
    with idlibsearch.create(tmp_path_factory.mktemp("collapse") / "index", merge="never") as index:
        index.add(
            [Report("a1", "Truce", BODY, "2020-03", source="AFP"), Report("alone", "Truce", "truce", "2020-01", source="AFP")]
        )
        index.add(
            [Report("a2", "Truce", BODY + " and so on", "2020-02", source="Reuters"), Report("b1", "Truce", OTHER, source="AP")]
        )
        index.add([
            Report("b2", "Truce", OTHER + " talks", "2020-04", source="Reuters"),
            Report("a3", "No", BODY, "2019", source="AFP"),
            Report("none", "Talks", "Nothing."),
        ])  # fmt: skip
        yield index
        assert index.check() == []


def keys(found) -> set[str]:
    return {hit.key for hit in found}


def test_a_story_is_one_hit_and_totals_count_both(index):
    found = index.search("truce", collapse="story")
    assert keys(found) == {"a2", "b1", "alone"}
    assert (found.total, found.stories) == (5, 3)
    assert index.search("truce").stories is None


@pytest.mark.parametrize(
    ("lead", "shown"),
    [
        ("earliest", {"a2", "b1", "alone"}),  # b1 has the date of b2, and was added first
        ("longest", {"a2", "b2", "alone"}),
        ("source:afp", {"a1", "b1", "alone"}),
        ("source: REUTERS", {"a2", "b2", "alone"}),
    ],
)
def test_which_version_is_shown_is_the_questions_to_say(index, lead, shown):
    assert keys(index.search("truce", collapse="story", lead=lead)) == shown


def test_only_reports_that_match_stand_for_their_story(index):
    assert keys(index.search("word1 NOT truce", collapse="story")) == {"a3"}
    assert keys(index.search("word1", collapse="story")) == {"a3"}  # of 2019


def test_hits_tell_of_their_story(index):
    hit = next(hit for hit in index.search("truce", collapse="story") if hit.key == "a2")
    assert (hit.story.id, hit.story.size, hit.story.level) == ("a1", 3, "high")
    assert [member.key for member in hit.story.members] == ["a1", "a2", "a3"]
    assert hit.to_json()["story"] == {"id": "a1", "size": 3, "level": "high"}
    assert index.search("talks title:talks")[0].story is None


def test_pages_and_orders_go_by_stories(index):
    one_by_one = [index.search("truce", collapse="story", limit=1, offset=n)[0].key for n in range(3)]
    assert one_by_one == [hit.key for hit in index.search("truce", collapse="story")]
    assert [hit.key for hit in index.search("truce", collapse="story", sort="date")] == ["b1", "a2", "alone"]


def test_facets_count_reports_or_stories(index):
    def facet(**how):
        return dict(index.search("truce", facets=["source"], **how).facets["source"])

    assert facet() == {"Reuters": 2, "AFP": 2, "AP": 1}
    assert facet(collapse="story") == {"Reuters": 2, "AFP": 2, "AP": 1}
    assert facet(facets_by="story") == {"Reuters": 1, "AFP": 1, "AP": 1}  # a2, alone, b1
    assert facet(facets_by="story", collapse="story", lead="source:reuters") == {"Reuters": 2, "AFP": 1}


def test_an_unknown_rule_is_refused_with_advice(index):
    with pytest.raises(QueryError, match="which version to show"):
        index.search("truce", collapse="story", lead="shortest")


def test_without_stories_every_report_stands_for_itself(tmp_path):
    with idlibsearch.create(tmp_path / "index", stories=False) as index:
        index.add([Report("a", "", BODY), Report("b", "", BODY)])
        found = index.search("word1", collapse="story")
        assert (found.total, found.stories, len(found)) == (2, 2, 2)


@given(st.data())
def test_the_kernel_keeps_of_each_story_the_first_of_the_lowest_rank(data):
    sizes = data.draw(st.lists(st.integers(0, 70), min_size=1, max_size=3))
    bases = [sum(sizes[:n]) for n in range(len(sizes) + 1)]
    places = list(range(bases[-1]))
    matching = {place for place in places if data.draw(st.booleans())} if len(places) < 40 else set(places)
    story_of = {place: data.draw(st.integers(0, 5)) for place in places}
    ranks = {place: data.draw(st.integers(-2, 2)) for place in places}
    groups = [[p for p in places if story_of[p] == n] for n in range(6)]
    groups = sorted(group for group in groups if len(group) > 1)
    members = [place for group in groups for place in group[1:]]
    starts = [0]
    for group in groups:
        starts.append(starts[-1] + len(group) - 1)
    sets = [array("Q", bytes(8 * ((size + 63) // 64))) for size in sizes]
    for number, base in enumerate(bases[:-1]):
        for doc in range(sizes[number]):
            if base + doc in matching:
                sets[number][doc >> 6] |= 1 << (doc & 63)
    kept = set(matching)
    for group in groups:
        there = [place for place in group if place in matching]
        kept -= set(there) - ({min(there, key=lambda place: (ranks[place], place))} if there else set())
    keep_leads(
        sets, bases, array("I", [group[0] for group in groups]), array("I", starts), array("I", members),
        array("q", [ranks[group[0]] for group in groups]), array("q", [ranks[place] for place in members]),
    )  # fmt: skip
    found = {base + doc for n, base in enumerate(bases[:-1]) for doc in range(sizes[n]) if sets[n][doc >> 6] >> (doc & 63) & 1}
    assert found == kept


def test_a_story_of_reports_that_are_not_there_is_an_error():
    with pytest.raises(IndexError, match="not there"):
        keep_leads(
            [array("Q", [0])], [0, 5], array("I", [1]), array("I", [0, 1]), array("I", [9]), array("q", [0]), array("q", [0])
        )

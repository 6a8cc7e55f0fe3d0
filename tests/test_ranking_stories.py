"""What a news analyst expects of a search in the seed pages, told as stories, each with its reason.

They were written by reading the pages, not by looking at answers. Reports go by names of our own, each told by words that
stand in no other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

REPORTS = {
    "moscow times": "Rebels and witnesses said",
    "its twin": "opposition fighters and witnesses said",
    "eighteen": "one day before a planned",
    "established": "A ceasefire has been established",
    "meeting": "behind closed doors on Friday",
    "secret": "closed-door agreements",
    "demands": "We expect the Turkish side",
    "hospitals": "The hospital coordinates",
    "urges": "a fairly high concentration of terrorists",
    "blocks": "humanitarian three",
    "resumes": "aircraft bombed the province",
    "stop": "reckless escalation",
    "airbase": "Both times the fire originated",
    "dozens": "the White Helmets",
    "joint": "Hurriyet",
    "putin": "After more than six hours of talks",
    "migrants": "their numbers swelling",
    "unilateral": "after a unilateral ceasefire",
    "staved off": "stave off a threatened",
    "truce": "A Russian-Turkish truce agreement",
    "thousands fled": "More than 30,000 people have fled",
    "half fled": "Nearly half of the people",
    "map": "A map locating weekend air raids",
    "chemical": "swiftly and vigorously",
    "thirteen": "they had killed 13 civilians",
    "new crisis": "it could threaten the region with a new humanitarian crisis",
    "grave crisis": "the unfolding of a grave humanitarian crisis",
    "displacement": "the displacement of over 186,000 people",
    "astana": "the latest round of the Astana Talks",
    "wednesday": "On Wednesday, representatives of Iran",
    "hts": "taken advantage of the withdrawal",
    "clashes": "Clashes between the rebel groups, HTS and NLF",
    "militarily": "will likely be determined militarily",
    "faylaq": "Faylaq al-Sham al-Islami",
    "welcome": "cautiously welcome the creation",
    "back home": "head back to their homes",
}


class Story(NamedTuple):
    """Who asks ``question`` expects ``first`` (names in any order) before all else, and of each ``before`` this order.

    ``only``: and nothing else. ``options``: those of ``search``. ``fails``: why it does not come true today.
    """

    question: str
    because: str
    first: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    only: bool = False
    options: dict[str, Any] = {}  # noqa: RUF012 - read only
    fails: str = ""


ANY = {"mode": "any"}
STORIES = [
    Story(
        "ceasefire idlib",
        "two headlines have both words; the demand that Turkey comply names them in passing, in the text",
        before=("established > demands", "blocks > demands", "moscow times > demands"),
    ),
    Story("security council idlib", "two headlines are on the council and Idlib", ("meeting", "blocks"), options=ANY),
    Story(
        "ceasefire january 2020",
        "only the Moscow Times' report and its twin appeared in that month, which their texts never name",
        ("moscow times", "its twin"),
        only=True,
        fails="a date that a report has from its twin can be asked for by date:2020-01, but not by words",
    ),
    Story(
        "idlib january 2020",
        "half of all reports have Idlib: those of the month asked for come first",
        ("moscow times", "its twin"),
        options=ANY,
        fails="the same",
    ),
    Story("turkey january 2020", "one report has that date on its page, and most have Turkey", ("moscow times",), options=ANY),
    Story(
        "residents rescuers four main towns",
        "one agency report in two wordings (seventeen, eighteen): an analyst wants to see it once",
        ("moscow times",),
        only=True,
        options={"collapse": "story", "lead": "source:reuters"},
    ),
    Story("sochi syria", "Sochi stands in two reports, Syria in most: the rare word decides", ("demands", "urges"), options=ANY),
    Story("khmeimim russian idlib", "one report is on Khmeimim; all else is Russia and Idlib", ("airbase",), options=ANY),
    Story("hospitals russia syria", "the headline is on hospitals, which no other report names", ("hospitals",), options=ANY),
    Story(
        '"demilitarised zone"',
        "side by side in three reports, in either spelling; a demilitarised buffer zone and a demilitarised area are not that",
        ("demands", "faylaq", "welcome"),
        only=True,
    ),
    Story(
        "demilitarised zone",
        "without quotes the demilitarised buffer zone is found as well",
        before=("welcome > demands", "back home > demands"),
    ),
    Story('"secret agreements" russia turkey', "the phrase is what is asked for", ("secret",), options=ANY),
    Story(
        "hayat tahrir al-sham",
        "al-Sham and ash-Sham are one name; Faylaq al-Sham is another group, which shares only a part of it",
        ("resumes", "airbase", "joint", "hts"),
        options=ANY,
    ),
    Story(
        '{GROUP:"HTS"}',
        "the group in full, in another spelling, and by its abbreviation alone",
        ("resumes", "airbase", "joint", "hts", "clashes"),
        only=True,
    ),
    Story("hts nlf", "the clashes are between the two; the other report names each once", ("clashes", "hts"), ("clashes > hts",)),
    Story("cavusoglu", "nobody types the accents", ("joint",), only=True),
    Story(
        "aleppo",
        "two short reports are on events in Aleppo, the two long ones have one sentence on it",
        before=("clashes > moscow times", "clashes > its twin", "faylaq > moscow times", "faylaq > its twin"),
    ),
    Story("humanitarian crisis", "three say so", ("map", "new crisis", "grave crisis"), only=True),
    Story("chemical weapons", "only one is on them; weapons alone stand in others", ("chemical",), only=True),
    Story(
        "chemical weapons",
        "words added from its neighbours must not push the one report away",
        ("chemical",),
        options={"mode": "any", "expand": "rm3"},
    ),
    Story(
        "ceasefire",
        "a truce is what the best reports also call it, and one that never says ceasefire is found, behind those that do",
        before=("established > truce", "blocks > truce", "moscow times > truce", "putin > truce"),
        options={"mode": "any", "expand": "rm3", "limit": 50},
    ),
    Story(
        "astana talks",
        "the Astana talks in one, a meeting in Astana and, two sentences on, talks in the other",
        ("astana", "wednesday"),
        ("astana > wednesday",),
        only=True,
        options={"proximity": True},
    ),
    Story(
        "military idlib",
        "Idlib's fate is to be determined militarily; elsewhere a military man speaks, and Idlib comes later",
        before=("militarily > resumes",),
        options={"proximity": True},
        fails="military and militarily have two stems in Snowball, as all of -y and -ily",
    ),
    Story(
        "putin erdogan moscow ceasefire agreement signed",
        "no report has every word (nothing was signed); the one on the talks has the names, the town and the ceasefire",
        ("putin",),
        options=ANY,
    ),
    Story("migrants trapped turkey border", "the migrants are named in one", ("migrants",), options=ANY),
    Story(
        "displaced syrians return home",
        "it is on displaced Syrians who go back to their homes; others fled theirs, or have a return in a quotation",
        ("back home",),
        ("back home > displacement", "back home > half fled"),
        options=ANY,
    ),
    Story("russian airstrikes killed civilians", "that is its headline", ("dozens",), ("dozens > thirteen",), options=ANY),
    Story("17 killed", "seventeen is 17, and its twin has eighteen", ("moscow times",), only=True),
    Story(
        "18 killed",
        "it is the headline of one; the other has it in its last sentence",
        ("eighteen", "its twin"),
        ("eighteen > its twin",),
        only=True,
    ),
    Story("fled homes", "both are on that, in one sentence", ("thousands fled", "half fled"), only=True),
    Story(
        "truce agreement turkey",
        "recency fades reports by their age, and where only two have a date that is no reason to bury the others",
        before=("truce > its twin",),
        options={"mode": "any", "recent": "30d"},
    ),
]


@pytest.fixture(scope="module")
def names(seed_index) -> dict[str, str]:
    """The name of each report that has one, by its key."""
    texts = {report.key: f"{report.title}\n{report.body}" for report in seed_index}
    keys = {name: [key for key, text in texts.items() if words in text] for name, words in REPORTS.items()}
    assert {name: len(found) for name, found in keys.items() if len(found) != 1} == {}
    return {key: name for name, (key,) in keys.items()}


def told(story):
    known = [pytest.mark.xfail(reason=story.fails)] if story.fails else []
    return pytest.param(story, id=" ".join((story.question, *story.options)), marks=known)


@pytest.mark.parametrize("story", [told(story) for story in STORIES])
def test_who_asks_finds_what_was_asked_for_first(seed_index, names, story):
    hits = seed_index.search(story.question, **{"limit": 50, **story.options})
    order = [names.get(hit.key, hit.key) for hit in hits]
    assert {*order[: len(story.first)]} == {*story.first}, story.because
    assert not story.only or len(order) == len(story.first), story.because
    for pair in story.before:
        before, _, after = pair.partition(" > ")
        assert {before, after} <= {*order}, story.because
        assert order.index(before) < order.index(after), story.because

"""How a page's text is cut into reports: the five seed pages exactly, and made-up pages of every layout."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.ingest.layout import MODES
from idlibsearch.ingest.lines import read_lines
from idlibsearch.ingest.split import split

TITLE = "Ferry service to the northern islands resumes"
PARAGRAPHS = [
    "The ferry between Port Allen and the northern islands sailed again on Monday after eleven days, the operator said.",
    "It had been held back by a damaged propeller, which divers replaced over the weekend.",
    '"We are relieved to be back on the water," said Maria Tolle, who has captained the ship since 2009.',
    "However, the evening crossing will not be offered before the end of the month.",
    "Islanders had been supplied by helicopter in the meantime. The cost of the flights is not yet known.",
]
LEADS = [
    "More than forty fishing boats were destroyed when a storm hit the harbour of Port Allen overnight, officials said.",
    "A court in Port Allen has sentenced the former mayor to three years in prison for accepting bribes from a builder.",
    "Scientists from Port Allen have found a species of crab that was thought to have died out a century ago.",
    "Port Allen will close its last coal-fired power station in the spring, two years earlier than had been planned.",
    "Hundreds of teachers marched through Port Allen on Saturday to demand smaller classes and better pay for beginners.",
    "An express train from the capital derailed near Port Allen on Thursday, injuring nine passengers and the driver.",
    "Voters in Port Allen go to the polls on Sunday to choose a new council from a record number of candidates.",
    "Port Allen's museum of navigation has been given a collection of maps worth several million by an unknown donor.",
    "A whale that had strayed into the estuary at Port Allen swam back into the open sea on Tuesday morning.",
]


def seed(seeds, number):
    return next(seeds.glob(f"00{number}_*.txt")).read_text(encoding="utf-8")


def spans(drafts):
    return [(draft.start, draft.end) for draft in drafts]


def title(text, draft):
    return " ".join(text[start:end] for start, end in draft.title)


def test_the_list_with_a_topic_heading_gives_nineteen_items(seeds):
    text = seed(seeds, 0)
    drafts = split(text).drafts
    assert spans(drafts) == [
        (6, 231), (232, 419), (420, 588), (589, 779), (780, 874), (875, 1072), (1073, 1213), (1214, 1375), (1376, 1541),
        (1542, 1681), (1682, 1861), (1862, 2035), (2036, 2180), (2181, 2377), (2378, 2594), (2595, 2775), (2776, 2899),
        (2900, 3074), (3075, 3243),
    ]  # fmt: skip
    assert {draft.layout for draft in drafts} == {"items"}
    assert title(text, drafts[0]) == "Aid agencies move to block virus outbreak in Syria rebel-held region"
    assert [draft.truncated for draft in drafts] == [True] + [False] * 18
    assert all(draft.title == () for draft in drafts[1:])


def test_the_article_with_teasers_behind_it_gives_four_reports(seeds):
    text = seed(seeds, 1)
    drafts = split(text).drafts
    assert spans(drafts) == [(0, 2950), (2953, 3178), (3179, 3404), (3405, 3621)]
    assert [draft.layout for draft in drafts] == ["article", "related", "related", "related"]
    assert [draft.truncated for draft in drafts] == [False, True, True, True]
    assert [draft.section and text[slice(*draft.section)] for draft in drafts] == [
        None,
        "Middle East",
        "Middle East",
        "Middle East",
    ]
    assert [title(text, draft) for draft in drafts[1:]] == [
        "Syrian regime air strikes kill 18 civilians in Syria’s Idlib: Monitor",
        "Russia says ceasefire established in Syria’s Idlib: Report",
        "UN Security Council to meet on Friday on Syria’s Idlib",
    ]
    assert [text[: draft.body[-1][-1][1]].rpartition(" ")[2] for draft in drafts[1:]] == ["..."] * 3
    assert drafts[0].derived == ("title",)
    assert not any("RELATED" in text[start:end] for pieces in drafts[0].body for start, end in pieces)


def test_the_page_of_bullets_gives_ten_truncated_reports(seeds):
    text = seed(seeds, 2)
    drafts = split(text).drafts
    assert spans(drafts) == [
        (32, 581), (587, 1155), (1161, 1714), (1720, 2295), (2301, 2871), (2877, 3460), (3466, 4035), (4041, 4606), (4612, 5192),
        (5198, 5768),
    ]  # fmt: skip
    assert {draft.layout for draft in drafts} == {"bullets"}
    assert all(draft.truncated for draft in drafts)
    assert title(text, drafts[0]) == "Secret Syrian deal between Russia and Turkey uncovered"
    assert title(text, drafts[9]) == "Turkey: Russia proposed to conduct joint operation in Syria"


def test_the_article_with_everything_around_it_stays_one(seeds):
    text = seed(seeds, 3)
    (draft,) = split(text).drafts
    assert (draft.start, draft.end, draft.layout) == (2, 3093, "article")
    assert title(text, draft) == "Russian-Led Air Strikes Suspended in Idlib After Ceasefire"
    assert [mark.kind for mark in draft.marks] == ["byline", "date", "label", "url"]
    assert draft.body[3] == ((783, 971), (973, 1008))  # a paragraph broken over a blank line
    assert len(draft.body) == 14
    shown = [text[start:end] for pieces in draft.body for start, end in pieces]
    assert not any("Related" in piece or "TASS" in piece for piece in shown)


def test_the_captions_give_sixteen_reports_and_one_repeat(seeds):
    text = seed(seeds, 4)
    drafts = split(text).drafts
    assert spans(drafts) == [
        (1, 178), (309, 472), (473, 642), (643, 789), (790, 972), (973, 1103), (1104, 1337), (1338, 1631), (1632, 1843),
        (1844, 2091), (2092, 2311), (2312, 2462), (2463, 2708), (2709, 2987), (2988, 3215), (3216, 3422),
    ]  # fmt: skip
    assert title(text, drafts[0]) == "Syrian Regime Attacks Kill 25 In Besieged Idlib"
    assert [draft.repeats for draft in drafts] == [((179, 308),), *[()] * 15]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_matter(seeds, end):
    for number, count in enumerate([19, 4, 10, 1, 16]):
        assert len(split(seed(seeds, number).replace("\n", end)).drafts) == count


def wrapped(paragraphs):
    return [textwrap.fill(paragraph, 72) for paragraph in paragraphs]


ARTICLES = {
    "a blank line between paragraphs": f"{TITLE}\n\n" + "\n\n".join(PARAGRAPHS),
    "one line a paragraph": f"{TITLE}\n" + "\n".join(PARAGRAPHS),
    "wrapped at 72 columns": f"{TITLE}\n\n" + "\n\n".join(wrapped(PARAGRAPHS)),
    "wrapped and indented": f"{TITLE}\n\n" + "\n".join(textwrap.fill(p, 72, initial_indent="    ") for p in PARAGRAPHS),
    "wrapped, with Windows line ends": (f"{TITLE}\n\n" + "\n\n".join(wrapped(PARAGRAPHS))).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("layout", ARTICLES)
def test_an_article_stays_one_in_every_layout(layout):
    text = ARTICLES[layout]
    result = split(text)
    assert result.score > 0
    (draft,) = result.drafts
    assert title(text, draft) == TITLE
    assert [" ".join(text[start:end] for start, end in pieces) for pieces in draft.body] == PARAGRAPHS


def test_leads_under_a_topic_heading_are_items():
    result = split("Port Allen\n" + "\n".join(LEADS))
    assert result.score < 0
    assert [draft.layout for draft in result.drafts] == ["items"] * len(LEADS)


def test_titles_and_leads_taking_turns_are_items():
    text = "\n".join(f"{lead[:40]} now\n{lead}\n" for lead in LEADS)
    assert [bool(draft.title) for draft in split(text).drafts] == [True] * len(LEADS)


def test_three_leads_are_not_enough_to_cut_a_page():
    assert len(split("\n".join(LEADS[:3])).drafts) == 1


def test_a_list_with_dates_below_its_titles_keeps_them_with_their_items():
    text = "\n\n".join(f"{lead[:40]} now\n{day} March 2019\n{lead}" for day, lead in enumerate(LEADS, 1))
    drafts = split(text, "items").drafts
    assert [[text[mark.start : mark.end] for mark in draft.marks] for draft in drafts] == [
        [f"{n} March 2019"] for n in range(1, 10)
    ]


def test_a_list_with_dates_above_its_titles_keeps_them_with_their_items():
    text = "\n\n".join(f"{day} March 2019\n{lead[:40]} now\n{lead}" for day, lead in enumerate(LEADS, 1))
    drafts = split(text, "items").drafts
    assert [[text[mark.start : mark.end] for mark in draft.marks] for draft in drafts] == [
        [f"{n} March 2019"] for n in range(1, 10)
    ]


def test_articles_between_separators_are_articles_of_their_own():
    text = f"\n{'=' * 20}\n".join(f"{TITLE} {n}\nBy Jane Roe\n\n" + "\n\n".join(PARAGRAPHS) for n in range(3))
    drafts = split(text).drafts
    assert [draft.layout for draft in drafts] == ["article"] * 3
    assert [title(text, draft)[-1] for draft in drafts] == ["0", "1", "2"]


def test_a_separator_inside_an_article_does_not_cut_it():
    text = f"{TITLE}\n\n" + "\n\n".join([*PARAGRAPHS[:2], "* * *", *PARAGRAPHS[2:]])
    assert len(split(text).drafts) == 1


def test_bullets_inside_an_article_do_not_cut_it():
    text = f"{TITLE}\n\n{PARAGRAPHS[0]}\n\n• A new propeller\n• New paint\n\n" + "\n\n".join(PARAGRAPHS[1:])
    assert len(split(text).drafts) == 1


def test_a_summary_in_bullets_over_an_article_does_not_cut_it():
    text = f"{TITLE}\n\n• The propeller is new\n• The evening crossing waits\n• The cost is not known\n\n" + "\n\n".join(
        PARAGRAPHS
    )
    assert len(split(text).drafts) == 1


def test_a_page_of_bare_bullets_gives_one_report_a_bullet():
    text = "News from Port Allen\n" + "\n".join(f"- {lead}" for lead in LEADS)
    drafts = split(text).drafts
    assert [draft.layout for draft in drafts] == ["bullets"] * len(LEADS)
    assert [draft.title for draft in drafts] == [()] * len(LEADS)


def test_the_layout_can_be_told():
    text = f"{TITLE}\n" + "\n".join(PARAGRAPHS)
    assert len(split(text, "items").drafts) == 5
    assert len(split("Port Allen\n" + "\n".join(LEADS), "article").drafts) == 1
    assert len(split("• One thing\n  It is so.\n• Another\n  It is not.\n", "article").drafts) == 1


def test_a_layout_that_is_none_is_refused():
    with pytest.raises(ValueError, match="split must be one of auto, article, items, bullets, not 'guess'"):
        split("", "guess")


def test_a_page_without_text_has_no_reports():
    for text in ("", " \n\t\r\n", "-----\n", "Related:\n", "By Jane Roe\n"):
        assert split(text).drafts == ()


def test_a_title_is_derived_from_the_lead_behind_its_dateline():
    text = "PORT ALLEN, 12 January 2020 (Reuters) - The ferry sailed again. It had been held back."
    (draft,) = split(text).drafts
    assert title(text, draft) == "The ferry sailed again. It had been held back"
    assert draft.derived == ("title",)


def test_a_question_can_be_a_title():
    text = "Will the ferry sail again?\n\n" + "\n\n".join(PARAGRAPHS)
    assert title(text, split(text).drafts[0]) == "Will the ferry sail again?"


def test_lines_are_known_by_their_looks():
    kinds = {
        "": "blank", "* * *": "separator", "-": "separator", "• A bullet": "bullet", "- A bullet": "bullet",
        "RELATED: Something else": "related", "Read more: Something else": "related", "By <u>Reuters</u>": "byline",
        "By Jane Roe and John Doe": "byline", "By Sunday the army had left the city.": "text", "January 12, 2020": "date",
        "Published: Sunday, 12 January 2020 10:35 GMT": "date", "A. Photographer / AP / TASS": "credit",
        "[Reuters]": "credit", "Photo: Jane Roe": "credit", "https://example.org/a/b": "url", "Original url:": "label",
        "Contents tagged with Idlib": "heading", "Share this article": "boilerplate",
        "Share prices fell in very active trading today": "text", "Source: Reuters": "source",
        "Truce holds in Idlib": "text",
    }  # fmt: skip
    assert {content: read_lines(f"{content}\n")[0].kind for content in kinds} == kinds


PIECES = [
    "Idlib",
    "\n",
    "\n\n",
    "• ",
    "- ",
    "...",
    "…",
    ". ",
    "By Jane",
    "12 January 2020",
    "http://a.b/",
    "Related:",
    "\r\n",
    "-----\n",
    "the army said ",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map("".join), st.sampled_from(MODES))
def test_any_text_is_cut_into_pieces_of_itself(text, mode):
    for draft in split(text, mode).drafts:
        found = [piece for pieces in (draft.title, *draft.body) for piece in pieces]
        assert found
        assert all(0 <= start < end <= len(text) for start, end in found)
        assert draft.start <= min(found)[0] < max(found)[1] <= draft.end


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The army said so. " * 60_000, 1),
        ("a" * 1_000_000, 1),
        ("The army said so.\n" * 200_000, 1),
        ("• T\n  t.\n" * 20_000, 20_000),
        ("-\n" * 200_000, 0),
        ("http://a.b/" + "c/" * 400_000, 1),
        ("A (AB) " * 100_000, 1),
        (" " * 1_000_000, 0),
        (" ".join(str(number) for number in range(100_000)), 1),
    ],
    ids=["sentences", "one word", "lines", "bullets", "separators", "address", "brackets", "blanks", "numbers"],
)
def test_large_pages_are_read_in_no_time_to_speak_of(text, count):
    assert len(split(text).drafts) == count

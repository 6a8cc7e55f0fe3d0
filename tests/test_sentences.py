"""Where sentences and paragraphs start. In an example | stands where a sentence starts, ‖ where a paragraph does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.analysis import sentences

LONG = "The convoy of forty trucks left the border crossing before dawn and reached the camp in the hills only late that evening"


def marked(text: str) -> str:
    """The text with its starts marked, but for the first, which is always there."""
    starts, paragraphs = sentences.starts(text)
    marks = {start: "‖" if start in paragraphs else "|" for start in starts[1:]}
    return "".join(marks.get(at, "") + char for at, char in enumerate(text))


@pytest.mark.parametrize(
    "example",
    [
        "The truce held overnight. |Shelling resumed at noon.",
        "Mr. Khaled met Dr. Amal Said. |They spoke for an hour.",
        "Gen. Omar and Lt. Col. R. Hadi signed it. |Nobody else did.",
        "The envoy left the U.S. Embassy by car. |He flew home.",
        "Troops returned to the U.S. |The last left in March.",
        "The U.N. Security Council met. |It failed to agree.",
        "George W. A. Hill wrote to J. Brandt. |No reply came.",
        "Aid stopped in World War I. |The camp closed.",
        "Shares of Nadir Corp. Chief Executive Lamia Aziz fell. |Trade stopped.",
        "He works for Nadir Inc. |The firm denied it.",
        "The price rose to 3.5 million. |In 2019 it was 1.25 million.",
        "It happened in 2016. |Two years later he returned.",
        "At 6 a.m. Monday the raid began. |By 9 p.m. EST it was over.",
        "They arrived at 7 p.m. |Officials were waiting.",
        "See No. 5 on Jan. 12, p. 7. |The answer is no. |Others agree.",
        "The road runs from St. Maron to Mt. Hermon. |Both are closed.",
        "“Nobody slept.” |The old man wept. |“We ran,” he said.",
        "“Who fired first?” he asked. |“They did!” |She nodded.",
        '"It is over." |"Not yet."',
        "He had “no comment.” |Others did (see below.) |That was all.",
        "They waited ... and waited. |Then … nothing moved… |Night fell.",
        "Was it true? |Yes! |It was.",
        "The group spoke to Human Rights.|Despite this, nothing changed.",
        "Rebels entered the eastern city. |opposition fighters cheered.",
        "He wrote to info@relief.Example and read www.Relief.Org today.",
        "Write in Node.Js or visit Relief.Com now.",
        "About 5 km. north of town, approx. 300 fled. |Others etc. stayed.",
        "Capt.Jones saw it. |Maj.Smith did not.",
        "He paid in cash.[3] |The rest came later.[4][5] |End.",
        "The sun was setting near Jan. |The man smiled.",
        "It rose 5.2 pct. |300 people left.",
        "最初の文。|次の文。|終わり",
        "هل انتهى؟ |نعم.",
    ],
)
def test_sentences_start_here(example: str) -> None:
    assert marked(example.replace("|", "")) == example


@pytest.mark.parametrize(
    "example",
    [
        "One.\n\n‖Two. |Three.\n \t\n\n‖Four",
        "Wrapped at a fixed\nwidth. |It goes\non here.",
        "First paragraph\nof two lines.\n    ‖Second paragraph\nof two lines.",
        "    All lines are\n    indented here.\n    ‖But these are\n    two paragraphs.",
        "Points:\n‖• the first. |It is short.\n‖- the second",
        "1. The first point. |It is short.\n|2. The second point.",
        "Windows lines.\r\n\r\n‖Go on\r\nhere.",
        LONG + ".\n‖" + LONG + ".|" + " Nobody met it.\n‖The end",
        "\n\n  Blanks before. |And after.\n\n",
    ],
)
def test_paragraphs_start_here(example: str) -> None:
    text = example.replace(".| ", ". |")
    assert marked(text.replace("|", "").replace("‖", "")) == text


def test_an_empty_text_has_no_starts_and_any_other_has_one_at_0() -> None:
    assert sentences.starts("") == ([], [])
    assert sentences.starts(" \n\n ") == ([0], [0])
    assert sentences.starts("no full stop") == ([0], [0])


@given(st.one_of(st.text(), st.lists(st.sampled_from([*".!?…\"“”'’()[]1aA\n\r\t \f", "Mr", "U.S", "\n\n", "• "])).map("".join)))
def test_starts_ascend_inside_the_text_and_paragraphs_are_sentences(text: str) -> None:
    starts, paragraphs = sentences.starts(text)
    for offsets in (starts, paragraphs):
        assert offsets == sorted(set(offsets))
        assert offsets[:1] == ([0] if text else [])
        assert all(offset < len(text) and not text[offset].isspace() for offset in offsets[1:])
    assert set(paragraphs) <= set(starts)


@pytest.mark.parametrize("piece", [" ", "\n", ".", ". ", "1. ", "a.", ".[1]", "\n \r", ".“", "\r", "• "])
def test_odd_input_of_a_million_characters_takes_linear_time(piece: str) -> None:
    starts, paragraphs = sentences.starts(piece * (1_000_000 // len(piece)))
    assert starts[0] == paragraphs[0] == 0

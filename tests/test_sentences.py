"""Where sentences and paragraphs start. In an example | stands where a sentence starts, ‖ where a paragraph does."""

from __future__ import annotations

import importlib
import unicodedata
import zlib

import naive_sentences
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idlibsearch.analysis import breaks, sentences, tokens

make_charclass = importlib.import_module("idlibsearch.analysis.data.make_charclass")

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


def is_known(char: str) -> bool:
    """False only for a character that is younger than the table; there the twin may see a letter."""
    return ord(char) >= 0x323B0 or make_charclass.flags_of(char) == sentences.flag_table()[ord(char)]


# Everything the rules look at, and characters that are nearly so: other blanks, digits and letters, marks, lone surrogates.
SIGNS = [*".!?…。！？؟:,;/@_", *"\"“”'‘’«»()[]¿¡", *"•–-", *"\n\r\t \f\u2029\u00a0\x1c\x85\u2003\u3000"]
LETTERS = [*"aAbZéÉßıµªǅⅧⅷ½²٣１\u0301\u200d\ud800\U0001d400\U00020000", "\u212ag", "ΑΣ"]
WORDS = [
    "Mr",
    "St",
    "no",
    "No",
    "Jan",
    "Inc",
    "U.S",
    "a.m",
    "p.M",
    "ph.D",
    "vs",
    "The",
    "I",
    "EST",
    "Monday",
    "Com",
    "Node",
    "city",
]
LINES = ["\n\n", ".\n  ", "\n• ", "\r\n", "[3]", "[12][4]", "2016", "5", "12. ", ". ", "... ", ".” ", "abc.De ", "x" * 120]
nasty_text = st.lists(st.sampled_from([*SIGNS, *LETTERS, *WORDS, *LINES]), max_size=40).map("".join)
worded_text = st.lists(
    st.sampled_from([*WORDS, "opposition", "Rebels", "go", ". ", ".", "! ", "? ", ".\n", " ", "-", "“", "”"])
).map("".join)
any_text = st.text(st.characters(exclude_categories=[]).filter(is_known), max_size=60)
any_of_these = st.one_of(any_text, nasty_text, worded_text)


@given(any_of_these)
@settings(max_examples=3000)
def test_the_finder_agrees_with_its_slow_twin(text: str) -> None:
    assert sentences.starts(text) == naive_sentences.starts(text)


@given(nasty_text, st.text(st.sampled_from(SIGNS), max_size=8), st.text(st.sampled_from("aA é- “."), max_size=36))
@settings(max_examples=1000)
def test_it_agrees_where_a_word_is_longer_than_it_looks_back_or_ahead(text: str, signs: str, word: str) -> None:
    text = text + word + "." + signs + 4 * word
    assert sentences.starts(text) == naive_sentences.starts(text)


@pytest.mark.parametrize("point", range(0, 0x33000, 0x1000))
def test_it_agrees_about_every_character(point: int) -> None:
    """As the last of a sentence, the first of the next, and between them."""
    chars = [char for char in map(chr, range(point, point + 0x1000)) if is_known(char)]
    for example in ("ab{0}.{0}a go. X", "city. {0}go", "city.{0}Home too", "{0}. The", "{0}{0}m. Next", "It is.\n{0} a"):
        text = "\n\n".join(example.format(char) for char in chars)
        assert sentences.starts(text) == naive_sentences.starts(text)


@given(any_of_these)
def test_byte_offsets_are_those_of_the_same_characters(text: str) -> None:
    for offsets, in_bytes in zip(sentences.starts(text), sentences.byte_starts(tokens.encoded(text)), strict=True):
        assert [len(tokens.encoded(text[:offset])) for offset in offsets] == list(in_bytes)


@given(st.binary(max_size=80))
def test_any_bytes_are_safe(data: bytes) -> None:
    for offsets in sentences.byte_starts(data):
        assert list(offsets) == sorted(set(offsets))
        assert all(offset < len(data) for offset in offsets)


def test_a_finder_refuses_what_it_was_not_made_for() -> None:
    table, lists = sentences.flag_table(), sentences.LISTS
    with pytest.raises(ValueError, match="a class table has 205744 bytes"):
        breaks.BreakFinder(b"", lists)
    with pytest.raises(ValueError, match="8 lists of words, not 7"):
        breaks.BreakFinder(table, lists[1:])
    with pytest.raises(ValueError, match="1 to 15 bytes"):
        breaks.BreakFinder(table, [["abbreviations-all"], *lists[1:]])
    with pytest.raises(ValueError, match="more than 512 words"):
        breaks.BreakFinder(table, [[str(number) for number in range(513)], *lists[1:]])
    with pytest.raises(TypeError):
        breaks.BreakFinder(table, lists).starts(None)  # type: ignore[arg-type]


def test_the_shipped_flags_are_what_their_generator_writes() -> None:
    table, fresh = sentences.flag_table(), make_charclass.flag_table()
    assert zlib.crc32(table) == sentences.FLAGS_CRC
    if unicodedata.unidata_version == tokens.UNICODE_VERSION:
        assert table == fresh


@given(any_of_these)
def test_starts_ascend_inside_the_text_and_paragraphs_are_sentences(text: str) -> None:
    starts, paragraphs = sentences.starts(text)
    for offsets in (starts, paragraphs):
        assert offsets == sorted(set(offsets))
        assert offsets[:1] == ([0] if text else [])
        assert all(offset < len(text) and not text[offset].isspace() for offset in offsets[1:])
    assert set(paragraphs) <= set(starts)


@pytest.mark.parametrize(
    "piece", [" ", "\n", ".", ". ", "1. ", "a.", ".[1]", ".[1", "\n \r", ".“", ". (", ".Ab", "-", "é", "\r", "• "]
)
def test_odd_input_of_a_million_characters_takes_linear_time(piece: str) -> None:
    starts, paragraphs = sentences.starts(piece * (1_000_000 // len(piece)))
    assert starts[0] == paragraphs[0] == 0

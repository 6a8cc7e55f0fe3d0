"""What a token is, and that the compiled scanner agrees with its slow twin whatever it is given."""

from __future__ import annotations

import array
import builtins
import importlib
import random
import threading
import unicodedata
import zlib

import naive_tokens
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idlibsearch.analysis import scanner, tokens
from idlibsearch.errors import KernelError

NASTY = "aAbZ_é0١9.,-‐'’ʿ \u0301\u00ad\u200d\n\ud800½ǅ\U0001d400\U00020000\U000e0100\x00€alAshelul"
make_charclass = importlib.import_module("idlibsearch.analysis.data.make_charclass")


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in tokens.tokenize(text)]


def is_known(char: str) -> bool:
    """False only for a character that is younger than the table; there the twin may see a letter."""
    return unicodedata.unidata_version == tokens.UNICODE_VERSION or (
        ord(char) >= 0x323B0 or make_charclass.class_of(char) == tokens.class_table()[ord(char)]
    )


any_text = st.text(st.characters(exclude_categories=[]).filter(is_known), max_size=60)
nasty_text = st.text(st.sampled_from(NASTY), max_size=40)
pieces = ["al", "ash", "el", "ul", "Al", "Qaeda", "U.S.", "a.b", "1,000", "12,34", "3.5", "x", *"-' .,É\u0301\n", "’s"]
wordy_text = st.lists(st.sampled_from(pieces), max_size=25).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russia halted airstrikes.", ["Russia", "halted", "airstrikes"]),
        ("rebel-held, al-Qaeda-linked", ["rebel-held", "al-Qaeda-linked"]),
        ("the U.S.-led raid", ["the", "U.S.-led", "raid"]),
        ("in the U.S. The U.N. said", ["in", "the", "U.S.", "The", "U.N.", "said"]),
        ("at 6 a.m., e.g. today", ["at", "6", "a.m.", "e.g.", "today"]),
        ("the U.S.'s role, the 1990's", ["the", "U.S.'s", "role", "the", "1990's"]),
        ("the U.S.Army and J.Smith", ["the", "U.S", "Army", "and", "J", "Smith"]),
        ("300,000 fled", ["300,000", "fled"]),
        ("1,2,3 and 2020,300", ["1", "2", "3", "and", "2020", "300"]),
        ("1,234,5678", ["1,234", "5678"]),
        ("3.5m in the 1990s from 192.168.0.1.", ["3.5m", "in", "the", "1990s", "from", "192.168.0.1"]),
        ("on 2020-01-12, 10-12,000", ["on", "2020-01-12", "10-12,000"]),
        ("don't, Syria’s, Al-Fu'ah, rebels' camp", ["don't", "Syria’s", "Al-Fu'ah", "rebels", "camp"]),
        ("‘No heavy weapons’", ["No", "heavy", "weapons"]),
        ("non-\nbreaking -- dash – here", ["non", "breaking", "dash", "here"]),
        ("by al Qaeda militants", ["by", "al Qaeda", "militants"]),
        ("al Qaeda-linked, ash Shaab, el Sisi", ["al Qaeda-linked", "ash Shaab", "el Sisi"]),
        ("al  Qaeda, al\nQaeda, al qaeda, Al Gore", ["al", "Qaeda", "al", "Qaeda", "al", "qaeda", "Al", "Gore"]),
        ("Ünal C\u0327eviko\u0308z co\u00adoperates", ["Ünal", "C\u0327eviko\u0308z", "co\u00adoperates"]),
        ("\u0301a", ["a"]),
        ("snake_case ½ km²", ["snake_case", "½", "km²"]),
        ("a\ud800b", ["a", "b"]),
        ("في إدلب ٣٠٠ مدني", ["في", "إدلب", "٣٠٠", "مدني"]),
        ("", []),
        (" \n.,-' ", []),
    ],
)
def test_a_text_falls_into_these_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_token_of_more_than_255_characters_is_cut_into_pieces() -> None:
    assert [len(word) for word in words("é" * 600 + " end")] == [255, 255, 90, 3]
    assert [len(word) for word in words("x" * 255 + " " + "y" * 256)] == [255, 255, 1]


@given(st.one_of(any_text, nasty_text, wordy_text))
@settings(max_examples=1500)
def test_the_scanner_agrees_with_its_slow_twin(text: str) -> None:
    assert tokens.tokenize(text) == naive_tokens.tokenize(text)


@given(st.text(st.sampled_from("a.é-'"), min_size=250, max_size=800))
@settings(max_examples=60)
def test_the_scanner_agrees_with_its_slow_twin_on_long_tokens(text: str) -> None:
    assert tokens.tokenize(text) == naive_tokens.tokenize(text)


@given(st.lists(st.one_of(any_text, nasty_text, wordy_text), max_size=6))
@settings(max_examples=500)
def test_a_vocabulary_numbers_surfaces_in_order_of_first_sight(texts: list[str]) -> None:
    vocabulary = tokens.new_vocabulary()
    seen: dict[str, int] = {}
    expected: list[int] = []
    for text in texts:
        surfaces = [text[start:end] for start, end in naive_tokens.tokenize(text)]
        expected += [seen.setdefault(surface, len(seen)) for surface in surfaces]
        assert vocabulary.scan(tokens.encoded(text)) == len(surfaces)
    assert list(vocabulary.ids()) == expected
    assert vocabulary.surfaces() == list(seen)
    assert len(vocabulary) == len(seen)


breaks = st.lists(st.integers(0, 70), max_size=8).map(sorted)


@given(st.one_of(any_text, nasty_text, wordy_text), breaks, breaks)
@settings(max_examples=500)
def test_breaks_are_told_as_the_first_tokens_behind_them(text: str, sentences: list[int], paragraphs: list[int]) -> None:
    starts = [len(tokens.encoded(text[:start])) for start, _ in naive_tokens.tokenize(text)]
    vocabulary = tokens.new_vocabulary()
    count, *found = vocabulary.scan_breaks(tokens.encoded(text), array.array("I", sentences), array.array("I", paragraphs))
    assert count == len(starts)
    for offsets, firsts in zip((sentences, paragraphs), found, strict=True):
        inner = {sum(start < offset for start in starts) for offset in offsets} - {0, count}
        assert list(firsts) == sorted(inner)


def test_breaks_count_bytes_and_the_tokens_of_this_text_only() -> None:
    vocabulary = tokens.new_vocabulary()
    vocabulary.scan(b"some words before")
    text = "Çok iyi. “İşte” böyle."
    breaks = array.array("I", [len(text[:at].encode()) for at in (0, 9, 16, 22)])
    count, sentences, paragraphs = vocabulary.scan_breaks(text.encode(), breaks, breaks[:1])
    assert (count, list(sentences), list(paragraphs)) == (4, [2, 3], [])


def test_breaks_that_do_not_ascend_are_refused() -> None:
    vocabulary = tokens.new_vocabulary()
    up, down = array.array("I", [1, 2]), array.array("I", [2, 1])
    for pair in ((up, down), (down, up)):
        with pytest.raises(ValueError, match="ascend"):
            vocabulary.scan_breaks(b"a b", *pair)
    assert len(vocabulary) == 0


@given(st.binary(max_size=80))
@settings(max_examples=1500)
def test_any_bytes_are_safe_and_every_surface_is_valid_text(data: bytes) -> None:
    vocabulary = tokens.new_vocabulary()
    count = vocabulary.scan(data)
    spans = scanner.spans(data, tokens.class_table())
    assert len(spans) == 2 * count
    assert list(spans) == sorted(spans)
    assert all(surface for surface in vocabulary.surfaces())


@pytest.mark.parametrize(
    "data", [b"a\xc3", b"a\xe2\x80", b"\xf0\x9d\x90", b"\xc0\x80a", b"\xed\xa0\x80b", b"\xf4\x90\x80\x80c", b"\x80\xffd"]
)
def test_bytes_that_are_no_character_separate_words(data: bytes) -> None:
    vocabulary = tokens.new_vocabulary()
    vocabulary.scan(data)
    assert all(surface.isascii() for surface in vocabulary.surfaces())
    assert len(vocabulary) == sum(chr(byte).isalpha() for byte in data if byte < 0x80)


def test_many_surfaces_of_all_lengths_keep_their_numbers() -> None:
    rng = random.Random(7)
    surfaces = list(dict.fromkeys("".join(rng.choices("abcé", k=rng.randint(1, 30))) for _ in range(30_000)))
    vocabulary = tokens.new_vocabulary()
    for _ in range(2):
        assert vocabulary.scan(" ".join(surfaces).encode()) == len(surfaces)
    assert vocabulary.surfaces() == surfaces
    assert list(vocabulary.ids()) == 2 * list(range(len(surfaces)))
    assert vocabulary.surface(12_345) == surfaces[12_345]
    assert vocabulary.surfaces(len(surfaces) - 2) == surfaces[-2:]
    assert vocabulary.size_bytes > 8 * len(surfaces)


def test_clearing_the_ids_keeps_the_numbers() -> None:
    vocabulary = tokens.new_vocabulary()
    vocabulary.scan(b"one two")
    before = vocabulary.ids()
    vocabulary.clear_ids()
    vocabulary.scan(b"two three")
    assert (list(before), list(vocabulary.ids()), vocabulary.surfaces()) == ([0, 1], [1, 2], ["one", "two", "three"])
    assert vocabulary.ids().format == "I"


def test_an_empty_vocabulary_has_nothing() -> None:
    vocabulary = tokens.new_vocabulary()
    assert (vocabulary.scan(b""), len(vocabulary)) == (0, 0)
    assert (list(vocabulary.ids()), vocabulary.surfaces(), vocabulary.surfaces(5)) == ([], [], [])
    for number in (0, -1):
        with pytest.raises(IndexError):
            vocabulary.surface(number)


def test_none_is_refused_by_every_kernel() -> None:
    vocabulary = tokens.new_vocabulary()
    table, numbers = tokens.class_table(), array.array("I")
    with pytest.raises(TypeError):
        scanner.Vocabulary(None)  # type: ignore[arg-type]
    for arguments in ((None, table), (b"", None)):
        with pytest.raises(TypeError):
            scanner.spans(*arguments)
    with pytest.raises(TypeError):
        vocabulary.scan(None)  # type: ignore[arg-type]
    for triple in ((None, numbers, numbers), (b"", None, numbers), (b"", numbers, None)):
        with pytest.raises(TypeError):
            vocabulary.scan_breaks(*triple)
    with pytest.raises(TypeError):
        vocabulary.surface(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        vocabulary.surfaces(None)  # type: ignore[arg-type]


def test_a_table_of_another_size_is_refused() -> None:
    for table in (b"", bytes(256)):
        with pytest.raises(ValueError, match="a class table has 205744 bytes"):
            scanner.Vocabulary(table)
        with pytest.raises(ValueError, match="a class table has 205744 bytes"):
            scanner.spans(b"a", table)


def test_two_threads_cannot_spoil_one_vocabulary() -> None:
    vocabulary = tokens.new_vocabulary()
    text = b"many words here " * 20_000
    counts: list[int] = []

    def scan() -> None:
        for _ in range(20):
            try:
                counts.append(vocabulary.scan(text))
            except RuntimeError:
                counts.append(0)

    threads = [threading.Thread(target=scan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert vocabulary.surfaces() == ["many", "words", "here"]
    assert len(vocabulary.ids()) == sum(counts)


def test_the_shipped_table_is_what_its_generator_writes() -> None:
    assert zlib.crc32(tokens.class_table()) == tokens.CLASSES_CRC
    table, fresh = tokens.class_table(), make_charclass.table()
    differing = [point for point in range(len(table)) if table[point] != fresh[point]]
    if unicodedata.unidata_version == tokens.UNICODE_VERSION:
        assert differing == []
    assert all(table[point] == make_charclass.OTHER for point in differing)  # only characters younger than the table


def test_a_missing_kernel_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def no_scanner(name: str, globals=None, locals=None, fromlist=(), level=0):  # type: ignore[no-untyped-def]
        if name == "idlibsearch.analysis" and fromlist == ("scanner",):
            raise ImportError(name)
        return real_import(name, globals, locals, fromlist, level)

    monkeypatch.setattr(builtins, "__import__", no_scanner)
    with pytest.raises(KernelError, match=r"without its compiled part \(idlibsearch.analysis.scanner\)"):
        tokens.tokenize("word")

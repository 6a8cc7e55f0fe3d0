"""Files walked and decoded: every character keeps its place, and one bad file does not stop the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch.errors import InputError
from idlibsearch.ingest.files import Skipped, decode, read_text, walk


def tree(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text\n", encoding="utf-8")


def names(folder, found):
    return [path.relative_to(folder).as_posix() for path in found if isinstance(path, Path)]


def test_folders_are_walked_by_name(tmp_path):
    tree(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "c.txt", "a/a.txt")
    assert names(tmp_path, walk([tmp_path])) == ["a/a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "c.txt"]


def test_paths_are_taken_in_the_order_given_and_once(tmp_path):
    tree(tmp_path, "b.txt", "a.txt")
    found = list(walk([tmp_path / "b.txt", tmp_path]))
    assert names(tmp_path, found) == ["b.txt", "a.txt"]
    assert [one.reason for one in found if isinstance(one, Skipped)] == ["met before, maybe through a link"]


def test_hidden_files_are_passed_over_unless_named(tmp_path):
    tree(tmp_path, ".hidden.txt", ".git/config", "a.txt")
    found = list(walk([tmp_path]))
    assert names(tmp_path, found) == ["a.txt"]
    assert [Path(one.path).name for one in found if isinstance(one, Skipped)] == [".git", ".hidden.txt"]
    assert names(tmp_path, walk([tmp_path / ".hidden.txt"])) == [".hidden.txt"]


def test_a_link_to_a_parent_ends(tmp_path):
    tree(tmp_path, "a/b.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path, walk([tmp_path])) == ["a/b.txt"]


def test_other_formats_are_passed_over_and_refused_when_named(tmp_path):
    tree(tmp_path, "a.epub", "b.html", "c.txt", "README")
    assert names(tmp_path, walk([tmp_path])) == ["README", "b.html", "c.txt"]
    (refused,) = walk([tmp_path / "a.epub"])
    assert isinstance(refused, InputError)
    assert refused.reason == "the format .epub is not read; give its text as a .txt file, or say what it is (--as)"
    assert names(tmp_path, walk([tmp_path / "a.epub"], every=True)) == ["a.epub"]


def test_patterns_stand_for_what_is_there(tmp_path):
    tree(tmp_path, "b.txt", "a.txt", "c.md", "d/e.txt", "[x].txt")
    assert names(tmp_path, walk([f"{tmp_path}/*.txt"])) == ["[x].txt", "a.txt", "b.txt"]
    assert names(tmp_path, walk([f"{tmp_path}/**/*.txt"])) == ["[x].txt", "a.txt", "b.txt", "d/e.txt"]
    assert names(tmp_path, walk([tmp_path / "[x].txt"])) == ["[x].txt"]
    (refused,) = walk([f"{tmp_path}/*.pdf"])
    assert isinstance(refused, InputError)
    assert refused.reason == "matches no file"


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        (b"", "", "utf-8"),
        ("Çavuşoğlu…\r\n".encode(), "Çavuşoğlu…\r\n", "utf-8"),
        ("Çavuşoğlu".encode("utf-8-sig"), "Çavuşoğlu", "utf-8"),
        ("Idlib".encode("utf-16"), "Idlib", "utf-16-le"),
        ("Idlib".encode("utf-16-le"), "Idlib", "utf-16-le"),
        ("Idlib é".encode("utf-16-be"), "Idlib é", "utf-16-be"),
        ("Idlib".encode("utf-32"), "Idlib", "utf-32-le"),
        ("“Syria’s” café".encode("cp1252"), "“Syria’s” café", "cp1252"),
        (b"caf\xe9 \x81", "café \x81", "cp1252"),
        ("Çavuşoğlu in Ankara".encode() + b"\xe2\x80", "Çavuşoğlu in Ankara\ufffd", "utf-8"),
    ],
)
def test_bytes_are_decoded_by_what_they_show(content, text, encoding):
    assert decode(content) == (text, encoding)


def test_an_encoding_can_be_told():
    assert decode("İdlib'de ateşkes".encode("cp1254"), "cp1254") == ("İdlib'de ateşkes", "cp1254")


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x01\x00", None, "is not text (it holds NUL bytes)"),
        (bytes(range(1, 32)) * 20, None, "is not text (it is full of control characters)"),
        (b"caf\xe9", "utf-8", "is not in utf-8"),
        (b"caf", "klingon", "there is no encoding named 'klingon'"),
        (b"caf", "hex", "there is no encoding named 'hex'"),
    ],
)
def test_what_is_no_text_is_refused(content, encoding, reason):
    with pytest.raises(InputError) as caught:
        decode(content, encoding, path="a.bin")
    assert caught.value.reason.startswith(reason)


def test_files_that_cannot_be_read_say_why(tmp_path):
    with pytest.raises(InputError, match="no such file or directory"):
        read_text(tmp_path / "missing.txt")
    with pytest.raises(InputError, match="is a folder"):
        read_text(tmp_path)
    tree(tmp_path, "large.txt")
    with pytest.raises(InputError, match="is larger than 4 bytes; split it or raise the limit"):
        read_text(tmp_path / "large.txt", max_bytes=4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is not a file"):
        read_text(tmp_path / "pipe")


@given(st.binary(max_size=300))
def test_any_bytes_become_text_or_an_input_error(content):
    try:
        text, _ = decode(content)
    except InputError:
        return
    assert text.encode("utf-8").decode("utf-8") == text  # no lone surrogates


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=100))
def test_text_in_utf8_comes_back_as_it_was(text):
    assert decode(text.encode("utf-8"))[0] == text.removeprefix("\ufeff")

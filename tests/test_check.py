"""What ``check`` finds: for each thing that must hold, an index in which just that does not, under right checksums."""

from __future__ import annotations

import json
import random
import shutil
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import idlibsearch
from idlibsearch import Entity, Provenance, Report
from idlibsearch.index.check import check
from idlibsearch.index.directory import checksum_of, manifest_name, read_manifest
from idlibsearch.index.documents import DocumentsWriter, to_record
from idlibsearch.index.encoder import Encoder
from idlibsearch.index.fileformat import SectionFile, SectionWriter
from idlibsearch.index.merger import PostingMerge
from idlibsearch.index.packing import PostingsWriter
from idlibsearch.index.segment import Segment
from idlibsearch.index.strings import Table, table_of_bytes
from idlibsearch.index.wordlist import WordList, numbered, read_words, write_words

Sections = dict[str, tuple[str, Any]]
WORDS = ["truce", "Truce", "TRUCE", "Idlib", "rebel-held", "so-so", "seventeen", "the", "Ḥoms", "al-Qaeda", "strikes"]


def report(number: int) -> Report:
    rng = random.Random(number)
    body = ". ".join(" ".join(rng.choices(WORDS, k=9)) for _ in range(3)) + "\n\nA new paragraph. It ends."
    where = Provenance(f"{'ab'[number % 2]}.txt", 0, 1, "items", 0.0, "utf-8", f"{number % 2}", f"{number}")
    return Report(
        f"k{number}", f"Truce {number}", body, f"20{number % 20:02}" if number % 9 else None, source=f"S{number % 3}",
        entities=(Entity("PLACE", "Idlib", "Idlib", "body", 0, 5),), provenance=where,
        keywords={"tag": ("x", f"Y{number % 4}", "X")}, numbers={"views": number},
    )  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "index"
    with idlibsearch.create(folder, merge="never") as index:
        index.add(report(number) for number in range(300))
        index.remove("k7", "k8")
        index.add(report(number) for number in range(300, 305))
        assert index.check() == []
    return folder


def rewritten(folder: Path, file: str, change: Callable[[Sections, Segment], Sections | None]) -> None:
    """Write a file of sections anew with something changed; all checksums are right."""
    manifest = read_manifest(folder)
    segment = Segment(folder / file, None, manifest.ranking) if file.endswith(".seg") else None
    source = segment.file if segment else SectionFile(folder / file)
    sections: Sections = {name: (s.typecode, array(s.typecode, source.array(name))) for name, s in source.sections.items()}
    changed = change(sections, segment) or sections
    with SectionWriter(folder / "new") as out:
        for name, (typecode, data) in changed.items():
            out.add(name, typecode, data)
    (folder / "new").replace(folder / file)


def put(name: str, at: int, value: Any) -> Callable[[Sections, Segment], None]:
    """One item of a section becomes another one; a function makes it of the old."""

    def change(sections: Sections, _: Segment) -> None:
        data = sections[name][1]
        data[at] = value(data[at]) if callable(value) else value

    return change


def last_left_out(name: str) -> Callable[[Sections, Segment], None]:
    def change(sections: Sections, _: Segment) -> None:
        sections[name][1].pop()

    return change


def both_left_out(*names: str) -> Callable[[Sections, Segment], Sections]:
    return lambda sections, _: {name: section for name, section in sections.items() if name not in names}


def swapped(name: str, a: int, b: int) -> Callable[[Sections, Segment], None]:
    def change(sections: Sections, _: Segment) -> None:
        data = sections[name][1]
        data[a], data[b] = data[b], data[a]

    return change


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Sections, Segment], None]:
    def change(sections: Sections, _: Segment) -> None:
        data = bytes(sections[name][1])
        assert old in data
        sections[name] = "B", data.replace(old, new, 1)

    return change


def words(change: Callable[[WordList, Any], tuple[WordList, Any] | None], docs: int = 0) -> Callable[[Sections, Segment], None]:
    """The lexicon written anew from changed words or counts."""

    def changed(sections: Sections, segment: Segment) -> None:
        found = read_words(segment.lexicon)
        list_, counts = found.words, np.array(found.counts)
        numbering = numbered(list_, counts)
        list_, counts = change(list_, counts) or (list_, counts)
        reports = np.array(found.docs)
        reports[:docs] += 1
        sections.update(written(segment.path, lambda out: write_words(out, list_, numbering, reports, counts)))

    return changed


def lists(change: Callable[[list[Any], Any], None]) -> Callable[[Sections, Segment], None]:
    """The posting lists written anew from changed arrays (as ``PostingMerge`` has them) or lengths."""

    def changed(sections: Sections, segment: Segment) -> None:
        terms, docs = np.arange(len(segment.lexicon.terms), dtype=np.uint32), np.arange(segment.doc_count, dtype=np.uint32)
        read = read_words(segment.lexicon)
        own = np.concatenate([np.arange(n, dtype=np.uint32) for n in np.diff(read.term_first)])
        window = PostingMerge([segment.postings], [terms], [docs], [(read.term_first, own)], len(terms)).next(1 << 30)
        arrays = [np.array(part) for part in window]
        lengths = np.array(segment.file.array("lengths"))
        change(arrays, lengths)

        def write(out: SectionWriter) -> None:
            writer = PostingsWriter(out, Encoder(np.array(segment.positional, np.uint8), lengths))
            writer.add(*arrays)
            writer.finish()

        sections.update(written(segment.path, write))

    return changed


def written(beside: Path, write: Callable[[SectionWriter], None]) -> Sections:
    path = beside.with_name("part")
    with SectionWriter(path) as out:
        write(out)
    file = SectionFile(path)
    path.unlink()
    return {name: (s.typecode, array(s.typecode, file.array(name))) for name, s in file.sections.items()}


def stored(change: Callable[[int, Report], Report]) -> Callable[[Sections, Segment], None]:
    """The stored reports written anew, some of them changed."""

    def changed(sections: Sections, segment: Segment) -> None:
        def write(out: SectionWriter) -> None:
            writer = DocumentsWriter(out)
            for doc in range(segment.doc_count):
                writer.add(to_record(change(doc, segment.documents.read(doc))))
            writer.finish()

        sections.update(written(segment.path, write))

    return changed


def fifth(**changes: Any) -> Callable[[Sections, Segment], None]:
    """The fifth report is stored with other fields than it was indexed with."""
    return stored(lambda doc, r: Report(**{n: getattr(r, n) for n in Report.__slots__} | changes) if doc == 5 else r)


def less_positions(arrays: list[Any], lengths: Any) -> None:
    lengths[3::4] = 99  # the bounds say so, and the segment does not


def text_swapped(name: str) -> Callable[[WordList, Any], tuple[WordList, Any]]:
    def change(list_: WordList, counts: Any) -> tuple[WordList, Any]:
        texts = list(getattr(list_, name))
        texts[1], texts[2] = texts[2], texts[1]
        return list_._replace(**{name: table_of_bytes(texts)}), counts

    return change


def surface_renamed(list_: WordList, counts: Any) -> tuple[WordList, Any]:
    texts = list(list_.surfaces)
    at = next(n for n, form in enumerate(list_.forms) if form == 3)
    texts[at] = b"Elsewhere"
    return list_._replace(surfaces=Table(*_table(texts))), counts


def _table(texts: list[bytes]) -> tuple[Any, Any]:
    table = table_of_bytes(texts)
    return table.text, table.ends


def term_exchanged(list_: WordList, counts: Any) -> tuple[WordList, Any]:
    terms = np.array(list_.entry_terms)
    terms[0], terms[-1] = terms[-1], terms[0]
    return list_._replace(entry_terms=terms), counts


def offset_raised(list_: WordList, counts: Any) -> tuple[WordList, Any]:
    places = np.array(list_.entry_places)
    extra = next(n for n in range(len(places)) if places[n] & 0xFF > 1)
    places[extra] += 1
    return list_._replace(entry_places=places), counts


def counted_once_more(list_: WordList, counts: Any) -> tuple[WordList, Any]:
    counts[int(np.argmax(counts))] += 1
    return list_, counts


def moved_to_another_field(arrays: list[Any], _: Any) -> None:
    freqs = arrays[2].reshape(4, -1)
    at = int(np.argmax((freqs[0] == 1) & (freqs[3] == 0)))
    freqs[0, at], freqs[3, at] = 0, 1


def freq_in_an_empty_field(arrays: list[Any], lengths: Any) -> None:
    lengths[1::4] = 1  # here, not in the segment: else it would not be written
    arrays[2].reshape(4, -1)[1, int(np.argmax(arrays[1] == 0))] = 1


def freq_of_a_date(arrays: list[Any], _: Any) -> None:
    freqs = arrays[2].reshape(4, -1)
    freqs[1, int(np.argmax(freqs[1] > 0))] += 1


def position_at_the_end(arrays: list[Any], _: Any) -> None:
    _, _, _, starts, positions, _ = arrays
    positions[int(starts[-1]) - 1] += 1000


def other_surface(arrays: list[Any], _: Any) -> None:
    surfaces = arrays[5]
    at = int(np.argmax(surfaces == 1))
    surfaces[at] = 0


# (what is wrong, how, which section or words of the fault name it)
BROKEN: list[tuple[str, Callable[[Sections, Segment], None], str]] = [
    ("a length", put("lengths", 3, lambda n: n + 1), "section meta: the lengths do not add up"),
    ("a length's code", put("lengths.codes", 0, 200), "lengths.codes"),
    ("the sums of lengths", replaced("meta", b'"title": [', b'"title": [1'), "meta: the lengths do not add up"),
    ("a range of sentences", put("sentences.starts", 1, 10**6), "sentences.starts: the ranges"),
    ("a sentence beyond the end", put("sentences", -1, 10**6), "section sentences: a start"),
    ("sentences out of order", swapped("sentences", 0, 1), "section sentences: a start"),
    ("a sentence at the beginning", put("sentences", 0, 0), "section sentences: a start"),
    ("a paragraph beyond the end", put("paragraphs", 0, 10**6), "section paragraphs: a start"),
    ("a range of paragraphs", put("paragraphs.starts", 0, 1), "paragraphs.starts: the ranges"),
    ("a first day", put("dates.start", 2, 5), "dates.start: report 2 has another date"),
    ("a last day", put("dates.end", 2, 10**6), "dates.start: report 2 has another date"),
    ("the order of dates", swapped("dates.order", 0, -1), "dates.order"),
    ("the order of keys", swapped("keys.order", 0, 1), "keys.order: not in the order"),
    ("a key left out of the order", put("keys.order", 0, 1), "keys.order: not every report once"),
    ("a key", replaced("keys.text", b"k0k1", b"kXk1"), "stored under another key"),
    ("where a key ends", put("keys.ends", 0, 5), "keys.ends: the ranges"),
    ("the order of files", replaced("files.text", b"a.txtb.txt", b"b.txta.txt"), "files.text: not in order"),
    ("where a file's name ends", put("files.ends", 0, 99), "files.ends: the ranges"),
    ("a fingerprint", replaced("files.prints.text", b"0 utf-8", b"7 utf-8"), "files.prints.text: a file has another"),
    ("a file that is not there", put("docs.file", 0, 2), "docs.file: names a file that is not there"),
    ("a report's file", put("docs.file", 0, 1), "docs.file: report 0 came from another file"),
    ("a file without reports", put("docs.file", slice(0, 300), array("I", [1] * 300)), "leaves one out"),
    ("a block of reports", put("stored.blocks", 20, lambda n: n ^ 255), "stored.blocks: report"),
    ("where a block ends", put("stored.ends", -1, lambda n: n - 1), "stored.ends: the ranges"),
    ("the first report of a block", put("stored.firsts", 0, 1), "stored.firsts: the ranges"),
    ("where a report ends", put("stored.records", 1, lambda n: n + 3), "stored.blocks: report 2"),
    ("a stored key", fifth(key="k6"), "stored.blocks: report 5 is stored under another key"),
    ("a stored date", fifth(date="1999"), "dates.start: report 5"),
    ("a stored keyword", fifth(source="Tass"), "keywords.values: report 5 has other keywords"),
    ("a stored spelling", fifth(source="s2"), "keywords.times"),
    ("a stored number", fifth(numbers={"views": 6}), "numbers.values: report 5"),
    ("the names of columns", replaced("columns", b'"place", "source"', b'"source", "place"'), "columns: the names"),
    ("a range of values", put("keywords.columns", -1, 1), "keywords.columns: the ranges"),
    ("the order of values", replaced("keywords.folded.text", b"s0s1", b"s1s0"), "keywords.folded.text: the values of source"),
    ("where a value ends", put("keywords.folded.ends", 0, 10**6), "keywords.folded.ends"),
    ("a range of docs", put("keywords.lists", 1, 10**6), "keywords.lists: the ranges"),
    ("a doc of a value", swapped("keywords.docs", 0, 1), "keywords.docs: the lists of"),
    ("a range of a doc's values", put("keywords.starts", 1, 10**6), "keywords.starts: the ranges"),
    ("a doc's values out of order", swapped("keywords.values", -1, -2), "keywords.values: the values of tag"),
    ("a doc's value", put("keywords.values", 0, 1), "keywords.docs: the lists of"),
    ("a range of spellings", put("keywords.spelled", 1, 10**6), "keywords.spelled: the ranges"),
    ("a spelling of another value", replaced("keywords.spellings.text", b"S0S1", b"S9S1"), "spellings.text: the spellings of"),
    ("where a spelling ends", put("keywords.spellings.ends", 0, 10**6), "keywords.spellings.ends"),
    ("how often a spelling comes", put("keywords.times", 0, 1), "keywords.times: a spelling"),
    ("a number", put("numbers.values", 1, 99.0), "numbers.order: the order of views"),
    ("the words of a report", put("numbers.values", -1, 1.0), "numbers."),
    ("a range of numbers", put("numbers.ends", -1, 1), "numbers.ends: the ranges"),
    ("the order of numbers", swapped("numbers.order", 0, 1), "numbers.order: the order of views"),
    ("where a mention stands", put("mentions", 2, 1), "mentions: a report mentions other entities, or elsewhere"),
    ("the kind of a mention", put("mentions", 0, 26), "mentions: a report mentions"),
    ("a mention beyond the end", put("mentions", 2, 127), "mentions: the mentions of report 0 cannot be read"),
    ("where the mentions of a report start", put("mentions.starts", 1, 5), "mentions: the mentions of report"),
    ("the mentions of the last report", last_left_out("mentions.starts"), "mentions.starts: not a row for each"),
    ("all mentions", both_left_out("mentions", "mentions.starts"), "mentions: a report mentions"),
    ("the longest term", put("lexicon", 1, lambda n: n + 1), "lexicon: the longest of terms"),
    ("the longest word", put("lexicon", 3, lambda n: n + 1), "lexicon: the longest of folded"),
    ("how many surfaces there are", put("lexicon", 4, lambda n: n + 1), "surfaces"),
    ("the order of terms", words(text_swapped("terms")), "terms.text: not in order"),
    ("the order of folded words", words(text_swapped("folded")), "folded.text: not in order"),
    ("where a block of terms starts", put("terms.blocks", 1, lambda n: n + 1), "terms.text"),
    ("another word's surface", words(surface_renamed), "surfaces.data: the surfaces of"),
    ("what a word stands for", words(term_exchanged), "term.surfaces"),
    ("where a term stands in a word", words(offset_raised), "entries.data: the terms of"),
    ("where a block of entries starts", put("entries.blocks", 1, lambda n: n + 1), "entries"),
    ("how often a surface occurs", words(counted_once_more), "surfaces.data: a surface occurs more or less often"),
    ("in how many reports a surface is", words(lambda *_: None, docs=3), "surfaces.data: a surface"),
    ("the surfaces of a term", put("term.surfaces", 0, lambda n: n + 2), "term.surfaces"),
    ("where a list starts", swapped("postings.start", -1, -2), "post"),
    ("a term without a list", last_left_out("postings.start"), "not a list for each term"),
    ("the last doc of a block", put("blocks.last", 0, lambda n: n + 1), "posting"),
    ("where a block starts", put("blocks.start", 1, lambda n: n + 1), "posting"),
    ("where the positions of a block start", put("blocks.positions", 1, lambda n: n + 1), "posting"),
    ("a bound of freqs", put("blocks.bounds", slice(0, 8), array("B", [0] * 8)), "blocks.bounds"),
    ("the bounds of lengths", lists(less_positions), "blocks.bounds: a freq or a length goes beyond"),
    ("an occurrence in another field", lists(moved_to_another_field), "section lengths: a field is longer"),
    ("a date's word", lists(freq_of_a_date), "postings.data: a term stands more or less often in the field date"),
    ("an occurrence in an empty field", lists(freq_in_an_empty_field), "a term stands in a field that is empty"),
    ("a position beyond the end", lists(position_at_the_end), "postings.places: a position lies beyond"),
    ("an occurrence of another surface", lists(other_surface), "surfaces.data: a surface occurs more or less often"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "fault"), BROKEN, ids=[what for what, _, _ in BROKEN])
def test_what_does_not_hold_is_found_and_named(sound, tmp_path, what, change, fault):
    shutil.copytree(sound, tmp_path / "index")
    rewritten(tmp_path / "index", "00000001.seg", change)
    told = [str(error) for error in check(tmp_path / "index")]
    assert any("00000001.seg: damaged: " in error and fault in error for error in told), told


def test_rewriting_without_a_change_is_sound(sound, tmp_path):
    shutil.copytree(sound, tmp_path / "index")
    for change in (lambda *_: None, words(lambda *_: None), lists(lambda *_: None), stored(lambda _, r: r)):
        rewritten(tmp_path / "index", "00000001.seg", change)
        assert check(tmp_path / "index") == []


# ---- what the manifest says


def manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """The newest manifest with something changed, under a right checksum."""
    path = folder / manifest_name(read_manifest(folder).generation)
    value = json.loads(path.read_bytes())
    value.pop("checksum")
    change(value)
    path.write_text(json.dumps(value | {"checksum": checksum_of(value)}))


def doubled_segment(value: dict[str, Any]) -> None:
    value["segments"].append(value["segments"][1])
    value["stories"]["sketches"].append(value["stories"]["sketches"][1])


def first_segment(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda value: value["segments"][0].update(changes)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (first_segment(docs=299), "counts other reports than the segment"),
        (first_segment(deleted=1), "counts other reports than the segment"),
        (first_segment(deleted_file=None, deleted=0), None),  # two removed reports are back: nothing says that they must not be
        (first_segment(deleted_file="00000001.del-00000099"), "del-00000099: damaged: it is missing"),
        (
            lambda value: value.update(next_segment=10) or first_segment(file="00000009.seg")(value),
            "00000009.seg: damaged: it is missing",
        ),
        (first_segment(file="../00000001.seg"), "a name that no file of an index has"),
        (first_segment(file="/etc/passwd"), "a name that no file of an index has"),
        (first_segment(deleted=-1), "more reports are deleted"),
        (first_segment(docs="many"), "it says what cannot be"),
        (lambda value: value.update(next_segment=2), "would take the name of one that is there"),
        (lambda value: value.update(generation=7), "it is of generation 7"),
        (lambda value: value.update(generation=4.0), "a count that is none"),
        (lambda value: value.update(root=5), "a root that is no path"),
        (lambda value: value["ranking"].update(k1=float("nan")), "a weight that is no number"),
        (lambda value: value["ranking"].update(fields=[]), "damaged"),
        (doubled_segment, "the key 'k300' is live twice"),
        (lambda value: value["segments"].append(value["segments"][1]), "not a sketch for each segment"),
        (lambda value: value["stories"].update(file="../00000001.stories"), "a name that no file of an index has"),
        (lambda value: value["stories"].update(sketches=["/etc/passwd"] * 2), "a name that no file of an index has"),
        (
            lambda value: value["stories"].update(sketches=["00000001.sketch-00000009"] * 2),
            "sketch-00000009: damaged: it is missing",
        ),
    ],
)
def test_what_a_manifest_says_wrongly_is_found_and_named(sound, tmp_path, change, fault):
    shutil.copytree(sound, tmp_path / "index")
    manifest(tmp_path / "index", change)
    told = [str(error) for error in check(tmp_path / "index")]
    assert any(fault in error for error in told) if fault else told == [], told


def test_a_bitmap_that_marks_reports_that_are_not_there_is_found(sound, tmp_path):
    shutil.copytree(sound, tmp_path / "index")
    bitmap = read_manifest(sound).segments[0].deleted_file
    rewritten(tmp_path / "index", bitmap, put("deleted", -1, 0b11110000))  # 300 reports: four bits of the last byte
    assert "section deleted: marks reports that are not there" in str(check(tmp_path / "index"))


def test_words_that_stand_for_other_terms_than_in_another_segment_are_found(sound, tmp_path):
    shutil.copytree(sound, tmp_path / "index")

    def shifted(list_: WordList, counts: Any) -> tuple[WordList, Any]:
        texts = [b"trucf" if text == b"truce" else text for text in list_.terms]
        return list_._replace(terms=table_of_bytes(texts)), counts

    rewritten(tmp_path / "index", "00000002.seg", words(shifted))
    assert "the word 'truce' stands for other terms than elsewhere" in str(check(tmp_path / "index"))


def test_wrong_checksums_are_told_of_all_sections_that_have_them(sound, tmp_path):
    shutil.copytree(sound, tmp_path / "index")
    path = tmp_path / "index" / "00000001.seg"
    data = bytearray(path.read_bytes())
    for name in ("stored.blocks", "postings.data"):
        data[SectionFile(path).sections[name].offset] ^= 1
    path.write_bytes(data)
    assert [error.section for error in check(tmp_path / "index")] == ["stored.blocks", "postings.data"]


def test_progress_is_told_segment_by_segment(sound):
    met = []
    check(sound, lambda *told: met.append(told))
    assert met == [("00000001.seg", 0, 2), ("00000002.seg", 1, 2)]

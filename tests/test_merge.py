"""Merged segments are, byte for byte, what one builder makes of the same reports."""

from __future__ import annotations

import tempfile
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idlibsearch import Entity, Provenance, Report
from idlibsearch.index import documents
from idlibsearch.index.analysed import Analysed
from idlibsearch.index.builder import SegmentBuilder
from idlibsearch.index.documents import to_record
from idlibsearch.index.fields import Ranking
from idlibsearch.index.merge import merge
from idlibsearch.index.merger import TableMerge
from idlibsearch.index.segment import Segment
from idlibsearch.index.stretches import Stretch, without
from idlibsearch.index.strings import table_of

WORDS = st.sampled_from(
    [
        *("truce", "Truce", "TRUCE", "truces", "Idlib", "idlib", "rebel-held", "so-so"),
        "the",
        "al-Qaeda",
        "Ḥoms",
        "it.",
        "17",
        "\ud800",
    ]
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(documents, "BLOCK_BYTES", 150)
    monkeypatch.setattr(documents, "BATCH_BYTES", 400)


TEXT = st.lists(WORDS, max_size=12).map(" ".join)
NAMES = st.lists(st.sampled_from(["Idlib", "Aleppo", "idlib", "al-Qaeda", "U.S."]), max_size=2)
VALUES = st.lists(st.sampled_from(["Reuters", "reuters", "AFP", "A.F.P.", " ", "Ünal"]), max_size=2).map(tuple)


def plain_reports():
    """Without dates and names, the fields that keep no positions."""
    return st.builds(
        Report,
        key=st.sampled_from([f"k{n}" for n in range(12)]),
        title=TEXT,
        body=st.lists(TEXT, max_size=3).map(". ".join),
        source=st.sampled_from(["", "Reuters", "REUTERS"]),
        keywords=st.dictionaries(st.sampled_from(["tag", "desk"]), VALUES, max_size=2),
        numbers=st.dictionaries(st.sampled_from(["views", "rank"]), st.integers(-3, 3), max_size=2),
        provenance=st.sampled_from([None, *(Provenance(f"{n}.txt", 0, 1, "items", 0.0, "utf-8", n, n) for n in "ab")]),
    )


def reports():
    """With all that a report may have."""
    named = NAMES.map(lambda names: tuple(Entity("PLACE", name, name, "body", 0, 1) for name in names))
    dates = st.sampled_from([None, "2020", "2020-01", "2020-01-12"])
    return st.builds(
        lambda report, entities, date: Report(
            **{name: getattr(report, name) for name in Report.__slots__} | {"entities": entities, "date": date}
        ),
        plain_reports(),
        named,
        dates,
    )


@st.composite
def deals(draw, kind):
    """Batches of reports, and for each of them the run that has it."""
    batches = draw(st.lists(st.lists(kind, min_size=1, max_size=4), min_size=1, max_size=6))
    runs = draw(st.lists(st.integers(0, 3), min_size=len(batches), max_size=len(batches)))
    return batches, runs


def built(path: Path, batches, words: Analysed | None = None) -> Segment:
    builder = SegmentBuilder(path, Ranking(), words or Analysed(), window_bytes=200)
    for batch in batches:
        for report in batch:
            builder.add(report, to_record(report))
        builder.end_batch()
    builder.finish()
    return Segment(path, None, Ranking())


def dealt(folder: Path, batches, runs) -> tuple[list[Segment], list[Stretch]]:
    """The runs as segments, and the stretches of them in the order of the reports."""
    words = Analysed()
    used = sorted(set(runs))
    segments = [
        built(folder / f"run{run}", [batch for batch, owner in zip(batches, runs, strict=True) if owner == run], words)
        for run in used
    ]
    at, stretches = dict.fromkeys(used, 0), []
    for batch, run in zip(batches, runs, strict=True):
        stretches.append(Stretch(used.index(run), at[run], at[run] + len(batch)))
        at[run] += len(batch)
    return segments, stretches


@given(deals(reports()))
def test_runs_merged_are_what_one_builder_writes(deal):
    batches, runs = deal
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = built(folder / "one", [[report for batch in batches for report in batch]])
        segments, stretches = dealt(folder, batches, runs)
        merge(folder / "merged", segments, stretches, Ranking())
        assert differing(folder / "merged", one) == []
        assert (folder / "merged").read_bytes() == (folder / "one").read_bytes()


@given(deals(reports()), st.sets(st.integers(0, 23)))
def test_reports_are_left_out_alike_however_they_lie_in_runs(deal, dead):
    batches, runs = deal
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = built(folder / "one", [[report for batch in batches for report in batch]])
        merge(folder / "of one", [one], without([Stretch(0, 0, one.doc_count)], [dead]), Ranking())
        segments, stretches = dealt(folder, batches, runs)
        merge(folder / "of runs", segments, without(stretches, places(stretches, dead, len(segments))), Ranking())
        assert (folder / "of runs").read_bytes() == (folder / "of one").read_bytes()


@given(deals(plain_reports()), st.sets(st.integers(0, 23)))
def test_nothing_is_left_of_reports_that_are_left_out(deal, dead):
    batches, runs = deal
    live = [report for n, report in enumerate(report for batch in batches for report in batch) if n not in dead]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = built(folder / "one", [live])
        segments, stretches = dealt(folder, batches, runs)
        merge(folder / "merged", segments, without(stretches, places(stretches, dead, len(segments))), Ranking())
        assert differing(folder / "merged", one) == []
        merged = Segment(folder / "merged", None, Ranking())
        assert [merged.documents.read(doc) for doc in range(merged.doc_count)] == live


def differing(path: Path, other: Segment) -> list[str]:
    mine = Segment(path, None, Ranking()).file
    assert list(mine.sections) == list(other.file.sections)
    return [name for name in mine.sections if bytes(mine.array(name)) != bytes(other.file.array(name))]


def places(stretches, docs, parts) -> list[set[int]]:
    """Docs by their number in all stretches, as docs of each segment."""
    flat = [(part, doc) for part, start, stop in stretches for doc in range(start, stop)]
    return [{doc for n, (owner, doc) in enumerate(flat) if n in docs and owner == part} for part in range(parts)]


@given(st.lists(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=3))), max_size=4))
def test_tables_are_merged_as_sets_are(lists):
    rows = [sorted(set(table), key=lambda row: (row[0], row[1].encode("utf-8", "surrogatepass"))) for table in lists]
    tables = [table_of(text for _, text in table) for table in rows]
    groups = [array("Q", [group for group, _ in table]) for table in rows]
    merged = TableMerge([(table.text, table.ends) for table in tables], None, groups)
    expected = sorted({row for table in rows for row in table}, key=lambda row: (row[0], row[1].encode("utf-8", "surrogatepass")))
    texts = [
        merged.text[start:end].decode("utf-8", "surrogatepass")
        for start, end in zip([0, *merged.ends], merged.ends, strict=False)
    ]
    assert list(zip(merged.groups, texts, strict=True)) == expected
    assert [list(numbers) for numbers in merged.numbers] == [[expected.index(row) for row in table] for table in rows]

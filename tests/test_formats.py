"""Indexes that older versions wrote, kept under ``formats``: today's code opens them, answers as they did, and goes on with them.

To keep one, when the format changes and before it does: python tests/test_formats.py v4
"""

from __future__ import annotations

import json
import shutil
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

import idlibsearch
from idlibsearch import Entity, Index, Piece, Provenance, Report, ReportDate

FORMATS = Path(__file__).parent / "formats"
LATER = ", member='', page=0, page_breaks=(), extracted=False"  # fields of reports that came later, empty in older ones
QUESTIONS = [
    *("truce", "ceasefire idlib", "truce OR talks", '"rebel-held town"', "title:truce", "=Truce", "tr?ce*"),
    *("talsk~1", "source:reuters", "place:aleppo", "views:>20", "date:2020-01", "date:[2019 TO 2020-06]"),
    *("NOT truce", "17", "seventeen", "Ḥoms", "tag:x", "harvest"),
]
MENTIONS = ["{PLACE}", '{PLACE:"homs"}', "{PLACE} NEAR/2 idlib", "ATLEAST/1 {PLACE} talks", "title:{PLACE:Aleppo} PRE/1 in"]


def reports(first: int, count: int) -> list[Report]:
    """Reports with all that a report may have."""
    return [_report(number) for number in range(first, first + count)]


def _report(number: int) -> Report:
    place = ("Idlib", "Aleppo", "Ḥoms")[number % 3]
    word = ("truce", "Truce", "ceasefire")[number % 3]
    body = f"The rebel-held town talks of a {word} in {place}.\n\n" + "Seventeen trucks. " * (number % 5)
    return Report(
        key=f"page.txt#{number:03}",
        title=f"{('Truce', 'Talks')[number % 2]} {number} in {place}",
        body=body + ("A harvest was brought in. " * 150 if number % 40 == 7 else ""),
        date=None if number % 7 == 0 else ("2020", "2020-01", f"2019-0{number % 9 + 1}-11")[number % 3],
        source=("Reuters", "REUTERS", "AFP")[number % 3],
        language="en",
        entities=(Entity("PLACE", place, place, "title", 0, len(place)),),
        provenance=Provenance("page.txt", 0, 9, "items", 0.5, "utf-8", "ab", f"{number}", {"body": (Piece(0, 1, 5),)}, "text 1"),
        keywords={"tag": ("x", "Y")} if number % 4 == 0 else {},
        numbers={"views": number},
    )


def answers(index: Index) -> dict[str, Any]:
    """What an index says to all questions: keys and scores, and some counts."""
    found: dict[str, Any] = {}
    for question in QUESTIONS:
        results = index.search(question, limit=5, facets=["source", "date:year"])
        hits = [[hit.key, round(hit.score, 6), hit.title] for hit in results]
        facets = {name: [list(value) for value in values] for name, values in results.facets.items()}
        found[question] = {"total": results.total, "hits": hits, "facets": facets}
    return {"reports": len(index), "last": _shown(index.get("page.txt#129")), "questions": found}


def _shown(report: Any) -> str:
    """A report as text, without what reports could not have when older indexes were kept."""
    text = str(report)
    for added_since in ("event_dates=(), ", LATER):
        text = text.replace(added_since, "")
    return text


def spans(index: Index) -> dict[str, Any]:
    """Where questions with mentions are satisfied."""
    return {question: [(hit.key, hit.spans) for hit in index.search(question, limit=200)] for question in MENTIONS}


def fill(index: Index) -> None:
    """Two segments, with reports that are gone."""
    index.add(reports(0, 130))
    index.add([*reports(130, 20), Report("page.txt#003", "Replaced"), Report("late", date=ReportDate(*_ten_days()))])
    index.remove("page.txt#004", "page.txt#131")


def freeze(folder: Path) -> None:
    """Write an index as today's code does, and its answers."""
    with idlibsearch.create(folder / "index") as index:
        fill(index)
        (folder / "answers.json").write_text(json.dumps(answers(index), indent=1, ensure_ascii=False), encoding="utf-8")
    (folder / "index" / "write.lock").unlink()


def _ten_days() -> tuple[Any, ...]:
    from datetime import date  # noqa: PLC0415 - here only

    return date(2020, 1, 11), date(2020, 1, 21), "part-month", "url"


@pytest.fixture(params=sorted(path.name for path in FORMATS.iterdir() if path.is_dir()))
def frozen(request, tmp_path) -> Path:
    shutil.copytree(FORMATS / request.param, tmp_path / "frozen")
    return tmp_path / "frozen"


def expected(frozen: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((frozen / "answers.json").read_text(encoding="utf-8"))
    return value


def test_an_index_of_an_older_version_is_sound_and_answers_as_it_did(frozen):
    with idlibsearch.open(frozen / "index", verify=True) as index:
        assert index.check() == []
        assert json.loads(json.dumps(answers(index))) == expected(frozen)


@pytest.mark.parametrize("change", ["leave", "merge", "rebuild"])
def test_its_mentions_are_found_where_todays_code_would_put_them(frozen, tmp_path, change):
    with idlibsearch.open(frozen / "index") as index, idlibsearch.create(tmp_path / "today") as today:
        fill(today)
        if change != "leave":
            getattr(index, change)()
        assert spans(index) == spans(today)
        assert sum(map(len, spans(index).values())) > 200


@pytest.mark.parametrize("change", ["merge", "rebuild"])
def test_it_can_be_merged_and_analysed_again(frozen, change):
    with idlibsearch.open(frozen / "index") as index:
        getattr(index, change)()
        assert index.check() == []
        found, before = answers(index), expected(frozen)
        assert (found["reports"], found["last"]) == (before["reports"], before["last"])
        totals = {question: answer["total"] for question, answer in before["questions"].items()}
        assert {question: answer["total"] for question, answer in found["questions"].items()} == totals


def test_it_goes_on_living(frozen):
    with idlibsearch.open(frozen / "index") as index:
        changes = index.add([*reports(0, 3), Report("new", "A harvest of 2021", date="2021")])
        assert (changes.added, changes.changed, changes.unchanged) == (1, 0, 3)
        index.remove("page.txt#007")
        assert index.check() == []
        assert index.search("harvest", sort="date")[0].key == "new"


@pytest.mark.parametrize(
    ("version", "cure"), [(1, "build the index again from its sources"), (99, "update idlibsearch")], ids=["older", "newer"]
)
def test_a_segment_of_another_version_is_refused_and_the_cure_is_told(frozen, version, cure):
    path = frozen / "index" / "00000001.seg"
    data = bytearray(path.read_bytes())
    data[8:12] = struct.pack("<I", version)
    data[36:40] = struct.pack("<I", zlib.crc32(data[:36]))
    path.write_bytes(data)
    with pytest.raises(idlibsearch.FormatVersionError, match=f"format version {version}, this idlibsearch reads 2 to 3; {cure}"):
        idlibsearch.open(frozen / "index")


if __name__ == "__main__":
    target = FORMATS / sys.argv[1]
    target.mkdir(parents=True)
    freeze(target)

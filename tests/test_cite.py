"""Citations: a quotation stands where they say; later they tell whether it still does."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest
from whoosh.fields import ID, TEXT, Schema

import idlibsearch
from idlibsearch import Citation, InputError, Piece, Report
from idlibsearch.ingest.files import read_text
from idlibsearch.results.cite import citations
from idlibsearch.results.verify import read_citations, verdicts

PAGE = """Truce holds in Idlib

BEIRUT, Jan 12, 2020 (Reuters) - The truce that Russia and Turkey agreed on held for a third day, residents said.

Air strikes were suspended, but few were optimistic that the ceasefire would last until the end of the month.
"""


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "truce.txt").write_text(PAGE, encoding="utf-8")
    return tmp_path / "pages"


@pytest.fixture
def index(pages, tmp_path):
    with idlibsearch.create(tmp_path / "index") as index:
        index.add_path(pages, split="article")
        yield index


def states(index, citation) -> tuple[str, str | None, str]:
    [verdict] = index.verify([citation])
    return verdict.state, verdict.in_source and verdict.in_source.state, verdict.in_index.state


# ---- made


def test_every_citation_of_the_seeds_stands_where_it_says_and_holds(seed_index):
    """Character for character, of every report and for questions of several kinds."""
    for question in ("idlib", "ceasefire NEAR/8 turkey", "title:syria", "date:2020-01-12", "*"):
        cited = [hit.cite() for hit in seed_index.search(question).export()]
        assert cited
        for citation in cited:
            text = read_text(seed_index.root / citation.path).text
            assert citation.pieces
            assert (citation.start, citation.end) == (citation.pieces[0].start, citation.pieces[-1].end)
            for at, start, end in citation.pieces:
                assert text[start:end] == citation.quote[at : at + end - start]
            report = seed_index.get(citation.key)
            assert getattr(report, citation.field)[citation.at :].startswith(citation.quote)
        assert {verdict.state for verdict in seed_index.verify(cited)} == {"holds"}


def test_a_citation_says_all_that_is_known(index):
    citation = index.search("ceasefire month")[0].cite(tokens=10)
    assert citation.quote == "ceasefire would last until the end of the month."
    assert (citation.field, citation.source, citation.date, citation.path) == ("body", "Reuters", "2020-01-12", "pages/truce.txt")
    assert PAGE[citation.start : citation.end] == citation.quote
    assert (citation.query, citation.generation) == ("ceasefire AND month", index.generation)
    assert citation.content_hash == index.get(citation.key).provenance.content_hash


def test_the_title_is_quoted_where_only_it_matched(index):
    assert index.search("title:holds")[0].cite().quote == "Truce holds in Idlib"


def test_a_report_that_was_handed_in_is_cited_by_its_key(new_index):
    new_index.add([Report("a", "Truce", "The truce holds.", "2020-01", byline="A. Writer", url="https://example.org/{a}")])
    citation = new_index.search("truce")[0].cite()
    assert (citation.path, citation.pieces, citation.quote) == ("", (), "The truce holds.")
    assert states(new_index, citation) == ("holds", None, "holds")
    new_index.add([Report("a", "Truce", "At last: the truce holds. The truce holds.")])
    assert states(new_index, citation) == ("moved", None, "moved")
    new_index.remove("a")
    assert states(new_index, citation) == ("gone", None, "gone")


def test_documents_of_another_schema_can_be_cited(tmp_path):
    with idlibsearch.create(tmp_path / "index", Schema(path=ID(unique=True, stored=True), text=TEXT(stored=True))) as index:
        index.add([{"path": "a", "text": "The truce holds."}])
        citation = index.search("truce")[0].cite()
        assert (citation.key, citation.field, citation.quote) == ("a", "text", "The truce holds.")
        assert states(index, citation) == ("holds", None, "holds")


# ---- written and read


def test_text_is_one_line(index):
    line = index.search("ceasefire month")[0].cite().text()
    assert "\n" not in line
    assert "Truce holds in Idlib. Reuters. 2020-01-12. [pages/truce.txt, characters " in line


def test_bibtex_has_an_entry_without_odd_characters():
    made = Citation(
        "k", "50 % of {them} & more", title="A_B", date="2020-01-12", url="https://a/{b}", byline="Ann", source="S & T"
    )
    assert made.bibtex().splitlines()[:5] == [
        f"@article{{{made.name},", r"  title = {A\_B},", r"  journal = {S \& T},", "  author = {Ann},", "  year = {2020},",
    ]  # fmt: skip
    assert r"50 \% of \{them\} \& more" in made.bibtex()
    assert made.bibtex().splitlines()[-4:] == ["  month = jan,", "  day = {12},", "  url = {https://a/%7Bb%7D},", "}"]


@pytest.mark.parametrize(
    ("date", "parts"), [("2020-01-12", [2020, 1, 12]), ("2020-01", [2020, 1]), ("2020-01-01/2020-03-31", [2020])]
)
def test_csl_has_the_date_as_exact_as_it_is(date, parts):
    item = Citation("k", "q", date=date, title="T").csl()
    assert (item["type"], item["issued"]) == ("article-newspaper", {"date-parts": [parts]})
    assert "author" not in item


def test_json_json_lines_and_csl_are_read_back_as_they_were(seed_index):
    cited = [hit.cite() for hit in seed_index.search("idlib")]
    assert read_citations("\n".join(citations(cited, "json"))) == cited
    assert read_citations("\n".join(citations(cited, "jsonl"))) == cited
    assert read_citations("\n".join(citations(cited, "csl"))) == cited
    assert read_citations(json.dumps(cited[0].to_json())) == cited[:1]


@pytest.mark.parametrize(
    "text",
    ["[1]", "3", '{"key": 1, "quote": "q"}', '{"quote": "q"}', '{"key": "k", "quote": "q", "pieces": [[1, 2]]}', "{}\nnot json",
     '{"key": "k", "quote": "q", "pieces": 3}', '{"key": "k", "quote": "q", "start": true}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_citation_is_refused_by_name(text):
    with pytest.raises(InputError, match=r"file"):
        read_citations(text, "file")


# ---- later


def test_what_happens_to_a_file_is_told(index, pages):
    citation = index.search("ceasefire month")[0].cite()
    page = pages / "truce.txt"
    assert states(index, citation) == ("holds", "holds", "holds")
    page.write_text("A new headline\n\n" + PAGE.replace(" Air", "\nAir").replace("would last", "would\nlast"), encoding="utf-8")
    assert states(index, citation) == ("moved", "moved", "holds")
    page.write_text(PAGE.replace("optimistic", "sure"), encoding="utf-8")
    assert states(index, citation) == ("drifted", "drifted", "holds")
    page.write_text("Something else altogether is on this page now.\n", encoding="utf-8")
    assert states(index, citation) == ("gone", "gone", "holds")
    page.unlink()
    assert states(index, citation) == ("gone", "gone", "holds")
    page.mkdir()
    assert states(index, citation) == ("gone", "gone", "holds")


def test_the_place_of_what_moved_is_told(index, pages):
    citation = index.search("ceasefire month")[0].cite(tokens=10)
    (pages / "truce.txt").write_text("New.\n\n" + PAGE, encoding="utf-8")
    [verdict] = index.verify([citation])
    assert verdict.in_source.place == (citation.start + 6, citation.end + 6)
    assert "stands in the file at" in verdict.reason


def test_a_report_that_is_read_again_from_another_file_has_moved_in_the_index(index, pages):
    citation = index.search("ceasefire month")[0].cite()
    shutil.move(pages / "truce.txt", pages / "renamed.txt")
    index.add_path(pages, split="article", prune=True)
    assert states(index, citation) == ("gone", "gone", "moved")
    [verdict] = index.verify([citation])
    assert "stands in the report pages/renamed.txt" in verdict.reason


def test_a_report_that_was_changed_has_drifted_in_the_index(index, pages):
    citation = index.search("ceasefire month")[0].cite()
    (pages / "truce.txt").write_text(PAGE.replace("optimistic", "sure"), encoding="utf-8")
    index.add_path(pages, split="article")
    assert states(index, citation) == ("drifted", "drifted", "drifted")


@pytest.mark.parametrize("name", ["news.jsonl", "news.jsonl.gz"])
def test_a_json_line_is_cited_as_a_line(tmp_path, name):
    lines = [json.dumps({"id": n, "title": f"Truce {n}", "text": f'Said {n}: "the truce\nholds".'}) for n in range(5)]

    def write(lines):
        data = "".join(f"{line}\n" for line in lines).encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)

    write(lines)
    with idlibsearch.create(tmp_path / "index") as index:
        index.add_path(tmp_path / name)
        citation = index.search("title:3")[0].cite()
        assert citation.pieces == ()
        assert "\n".join(lines)[citation.start : citation.end] == lines[3]
        assert states(index, citation)[:2] == ("holds", "holds")
        write(lines[1:])
        assert states(index, citation)[:2] == ("moved", "moved")
        write([*lines[:3], lines[3].replace("Truce 3", "Other")])
        assert states(index, citation)[:2] == ("moved", "moved") if citation.field == "body" else ("gone", "gone")
        write(lines[:3])
        assert states(index, citation)[:2] == ("gone", "gone")


def test_a_citation_of_a_stranger_does_no_harm(index):
    odd = [
        Citation("k", "q", path="../../etc/passwd", start=-5, end=10**12, pieces=(Piece(-1, 5, 2),)),
        Citation("k", "", path="pages/truce.txt"),
        Citation("k", "(((.*", path="pages/truce.txt", encoding="no-such", pieces=(Piece(0, 0, 5),)),
        Citation("k", "*", path="\0", field="__class__"),
        Citation("k", "the " * 5000, path="pages/truce.txt", pieces=tuple(Piece(4 * n, 4 * n, 4 * n + 3) for n in range(5000))),
    ]
    assert len(list(index.verify(odd))) == 5


def test_verdicts_are_written_in_every_form(index):
    found = list(index.verify([hit.cite() for hit in index.search("truce")]))
    assert next(verdicts(found, "text")) == "holds   pages/truce.txt"
    [row] = json.loads("".join(verdicts(found, "json")))
    assert (row["state"], row["source"], row["index"]) == ("holds", "holds", "holds")
    assert len(list(verdicts(found, "csv"))) == 2
    assert json.loads(next(verdicts(found, "jsonl"))) == row


def test_a_page_of_markup_is_read_again(tmp_path):
    page = tmp_path / "truce.html"
    head, lead, end = PAGE.strip().split("\n\n")
    text = f"<html><body><article><h1>{head}</h1><p>{lead}</p><p>{end} Bread &amp; peace.</p></article></body></html>"
    page.write_text(text, encoding="utf-8")
    with idlibsearch.create(tmp_path / "index") as index:
        index.add_path(page)
        citation = index.search("ceasefire month")[0].cite(tokens=60)
        assert citation.extracted
        assert citation.quote.endswith("month. Bread & peace.")
        assert read_citations(json.dumps(citation.to_json())) == [citation]
        assert states(index, citation)[:2] == ("holds", "holds")
        page.write_text(text.replace("<h1>", "<h1>New: "), encoding="utf-8")
        assert states(index, citation)[:2] == ("moved", "moved")
        page.write_text(text.replace("optimistic", "sure"), encoding="utf-8")
        assert states(index, citation)[:2] == ("drifted", "drifted")
        page.write_text("<html><body><p>Nothing of it.</p></body></html>", encoding="utf-8")
        assert states(index, citation)[:2] == ("gone", "gone")

"""The reader says what Whoosh's own index of the same reports says, and Whoosh's tools run on it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from test_whoosh_oracle import collections
from whoosh import query as wq
from whoosh import scoring, sorting
from whoosh.filedb.filestore import RamStorage
from whoosh.index import Index
from whoosh.matching import ListMatcher
from whoosh.qparser import QueryParser
from whoosh.reading import EmptyReader, IndexReader, MultiReader, TermNotFound
from whoosh.searching import Searcher

import idlibsearch
from idlibsearch import Entity, Report
from idlibsearch.index.columns import folded_value
from idlibsearch.index.fields import text_of

REPORTS = [
    Report("a", "Ceasefires hold", "The cease-fire in rebel-held Idlib holds.", "2020-01-12", "Reuters", numbers={"price": 3}),
    Report("b", "Air strikes", "Cease fire broken; al-Qaeda men march on Idlib.", "2019-03", "Al Masdar News", url="http://b"),
    Report(
        "c", "Ceasefire broken", "Ceasefires never hold in Idlib, door-to-door.", "2020-02-12", "REUTERS", numbers={"price": 7}
    ),
    Report("d", "Gone", "Idlib", keywords={"tag": ("War", "Aid")}, entities=(Entity("PLACE", "Idlib", "Idlib", "body", 0, 5),)),
    Report("e", keywords={"tag": ("Aid",)}),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Two segments, with a report removed."""
    with idlibsearch.create(tmp_path_factory.mktemp("reader") / "index", merge="never") as index:
        index.add(REPORTS[:2])
        index.add([*REPORTS[2:], Report("f", "Removed", "Idlib")])
        index.remove("f")
        yield index


@pytest.fixture(scope="module")
def searcher(index):
    with Searcher(index.whoosh_reader()) as searcher:
        yield searcher


def keys(results) -> list[str]:
    return [hit["key"] for hit in results]


# ---- beside an index that Whoosh made


def index_by_whoosh(schema, found) -> Index:
    made = RamStorage().create_index(schema)
    with made.writer() as writer:
        for report in found:
            texts = {name: text_of(report, name) for name in ("title", "body", "entities")}
            day = {"date": datetime.fromisoformat(str(report.date))} if report.date else {}
            writer.add_document(key=report.key, source=report.source, **texts, **day, **report.numbers)
    return made


def listed(reader: IndexReader, name: str) -> dict[bytes, list[tuple[int, int, list[int]]]]:
    """Every term of a field with its docs, how often each has it, and where."""
    found = {}
    for term in reader.lexicon(name):
        matcher, found[term] = reader.postings(name, term), []
        while matcher.is_active():
            has_order = matcher.supports("positions")
            row = (matcher.id(), int(matcher.value_as("frequency")), matcher.value_as("positions") if has_order else [])
            found[term].append(row)
            matcher.next()
    return found


@settings(max_examples=40)
@given(collections)
def test_terms_docs_and_positions_are_those_of_an_index_that_whoosh_made(found):
    found = [replace(report, keywords={}) for report in found]
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        schema = index.schema
        ours, theirs = index.whoosh_reader(), index_by_whoosh(schema, found).reader()
        for name in ("title", "body", "entities", "date", "price", "key", "source"):
            expected = {term: rows for term, rows in listed(theirs, name).items() if b"+" not in term}  # of compounds: not listed
            assert listed(ours, name) == expected, name
            for term in expected:
                assert ours.doc_frequency(name, term) == theirs.doc_frequency(name, term)
                assert ours.frequency(name, term) == theirs.frequency(name, term)
        for name in ("title", "body"):
            for term in theirs.lexicon(name):
                if b"+" in term:  # Whoosh has them where they were written with a hyphen, we in all their forms
                    assert {row[0] for row in listed(theirs, name)[term]} <= {*ours.postings(name, term).all_ids()}


@settings(max_examples=40)
@given(collections)
def test_words_as_written_are_listed_where_they_stand(found):
    with tempfile.TemporaryDirectory() as folder, idlibsearch.create(Path(folder) / "index", merge="never") as index:
        index.add(found)
        reader, analyzer = index.whoosh_reader(), index.schema["body"].analyzer
        for name in ("title", "body"):
            expected: dict[bytes, list[tuple[int, int, list[int]]]] = {}
            for doc, report in enumerate(found):
                places: dict[bytes, list[int]] = {}
                for token in analyzer(text_of(report, name), positions=True, no_morph=True):
                    places.setdefault(token.text.encode(), []).append(token.pos)
                for word, positions in places.items():
                    expected.setdefault(word, []).append((doc, len(positions), positions))
            assert listed(reader, f"spell_{name}") == dict(sorted(expected.items()))


# ---- what a reader knows


def test_one_segment_is_one_reader_and_none_is_an_empty_one(tmp_path):
    with idlibsearch.create(tmp_path / "index", merge="never") as index:
        assert isinstance(index.whoosh_reader(), EmptyReader)
        index.add(REPORTS)
        reader = index.whoosh_reader()
        assert reader.is_atomic()
        assert reader.generation() == index.generation
        index.add([Report("z")])
        assert isinstance(index.whoosh_reader(), MultiReader)
        assert reader.doc_count() == 5  # a reader sees what was there when it was made


def test_a_reader_counts(searcher):
    reader = searcher.reader()
    assert (reader.doc_count(), reader.doc_count_all(), reader.has_deletions()) == (5, 6, True)
    assert reader.is_deleted(5)
    assert [reader.doc_field_length(doc, "body") for doc in range(6)] == [8, 8, 8, 1, 0, 1]
    assert (reader.field_length("body"), reader.min_field_length("body"), reader.max_field_length("body")) == (26, 0, 8)
    assert (reader.doc_frequency("body", "idlib"), reader.frequency("body", b"door")) == (
        5,
        2,
    )  # until merged, the removed counts
    assert reader.doc_frequency("body", "nowhere") == reader.frequency("colour", "red") == 0
    info = reader.term_info("body", "door")
    assert (info.doc_frequency(), info.weight(), info.max_weight(), info.min_length(), info.max_length()) == (1, 2, 2, 8, 8)
    assert (info.min_id(), info.max_id()) == (2, 2)
    with pytest.raises(TermNotFound):
        reader.term_info("body", "nowhere")
    assert ("body", b"ceas+fire|ceasefir") in reader
    assert ("body", b"fire+ceas") not in reader
    assert ("colour", b"red") not in reader


def test_spans_are_as_wide_as_words(searcher):
    matcher = searcher.postings("body", "ceas+fire|ceasefir")
    spans = {}
    while matcher.is_active():
        spans[matcher.id()] = [(span.start, span.end) for span in matcher.spans()]
        matcher.next()
    assert spans == {0: [(1, 2)], 1: [(0, 1)], 2: [(0, 0)]}


def test_terms_are_listed_in_order_from_any_on(searcher):
    reader = searcher.reader()
    assert [*reader.expand_prefix("spell_body", "ceas")] == [b"cease", b"cease-fire", b"ceasefires"]
    assert [text for _, text in reader.terms_from("title", b"c")] == [b"ceasefir", b"gone", b"hold", b"remov", b"strike"]
    assert [*reader.lexicon("source")] == [b"al masdar news", b"reuters"]
    assert [*reader.field_terms("date")] == [datetime(2019, 3, 1), datetime(2020, 1, 12), datetime(2020, 2, 12)]
    assert [*reader.field_terms("price")] == [3.0, 7.0]
    terms = [*reader.all_terms()]
    assert terms == sorted(set(terms))
    assert {name for name, _ in terms} >= {"title", "spell_title", "body", "entities", "key", "date", "words", "place", "tag"}


def test_stored_fields_are_the_reports(searcher):
    assert searcher.document(key="b") == {
        "key": "b",
        "title": "Air strikes",
        "body": "Cease fire broken; al-Qaeda men march on Idlib.",
        "date": datetime(2019, 3, 1),
        "source": "Al Masdar News",
        "url": "http://b",
    }
    assert searcher.document(key="d")["tag"] == "War, Aid"
    assert searcher.document(key="f") is None
    assert [fields["key"] for fields in searcher.reader().all_stored_fields()] == ["a", "b", "c", "d", "e"]


# ---- Whoosh's tools


def test_results_are_sorted_and_grouped(searcher):
    every = wq.Every()
    assert keys(searcher.search(every, sortedby="date"))[:3] == ["b", "a", "c"]
    assert keys(searcher.search(wq.Every("price"), sortedby="price", reverse=True)) == ["c", "a"]
    assert keys(searcher.search(wq.Every("source"), sortedby=[sorting.FieldFacet("source", reverse=True), "key"])) == [
        "a",
        "c",
        "b",
    ]
    assert keys(searcher.search(every, sortedby=sorting.ScoreFacet())) == ["a", "b", "c", "d", "e"]
    by_source = searcher.search(wq.Every("source"), groupedby="source").groups("source")
    assert by_source == {"reuters": [0, 2], "al masdar news": [1]}
    tags = sorting.FieldFacet("tag", allow_overlap=True)
    assert searcher.search(wq.Every("tag"), groupedby={"tag": tags}).groups("tag") == {"aid": [3, 4], "war": [3]}
    years = sorting.DateRangeFacet("date", datetime(2019, 1, 1), datetime(2021, 1, 1), timedelta(days=365))
    groups = searcher.search(wq.Every("date"), groupedby={"year": years}).groups("year")
    assert sorted(map(len, groups.values())) == [1, 2]


def test_columns_give_values(searcher):
    reader = searcher.reader()
    assert [*reader.column_reader("source")] == ["reuters", "al masdar news", "reuters", "", "", ""]
    assert [*reader.column_reader("price")][2] == 7.0
    assert not reader.has_column("body")
    assert [*searcher.docs_for_query(wq.ColumnQuery("price", 7.0))] == [2]


def test_hits_are_highlighted(searcher):
    parser = QueryParser("body", searcher.schema)
    hit = searcher.search(parser.parse('"rebel-held idlib" OR ceasefires'))[0]
    assert hit.highlights("body").count('class="match') == 3
    assert ">cease-fire</b>" in hit.highlights("body")


def test_words_are_suggested_as_written(searcher):
    assert searcher.suggest("body", "ceasfires") == ["ceasefires"]
    assert searcher.suggest("title", "strikse") == ["strikes"]


@pytest.mark.parametrize("model", [scoring.BM25F(), scoring.TF_IDF(), scoring.Frequency(), scoring.PL2()])
def test_other_models_score(index, model):
    with Searcher(index.whoosh_reader(), weighting=model) as searcher:
        scores = [hit.score for hit in searcher.search(wq.Term("body", "door"))]
    assert len(scores) == 1
    assert scores[0] > 0


def test_queries_without_a_counterpart_here_run_on_the_reader(searcher):
    hold, idlib = wq.Term("body", "hold"), wq.Term("body", "idlib")
    assert set(keys(searcher.search(wq.DisjunctionMax([hold, idlib])))) == {"a", "b", "c", "d"}
    assert set(keys(searcher.search(wq.SpanNot(idlib, wq.SpanNear(hold, idlib, slop=2))))) == {"a", "b", "d"}
    assert keys(searcher.search(wq.SpanContains(wq.SpanNear(hold, wq.Term("body", "door"), slop=3), idlib))) == ["c"]
    assert set(keys(searcher.search(wq.Variations("spell_body", "hold")))) == {"a", "c"}
    assert set(keys(searcher.search(wq.Otherwise(wq.Term("body", "nowhere"), hold)))) == {"a", "c"}


class Twice(wq.Term):
    """Reports in which a term stands at least twice: a query class of one's own."""

    def matcher(self, searcher, context=None):
        matcher, docs = super().matcher(searcher, context), []
        while matcher.is_active():
            docs += [matcher.id()] if matcher.value_as("frequency") > 1 else []
            matcher.next()
        return ListMatcher(docs)


def test_a_query_class_of_ones_own_runs_on_the_reader(searcher):
    assert keys(searcher.search(Twice("body", "door"))) == ["c"]
    assert keys(searcher.search(Twice("body", "idlib"))) == []


def test_reports_alike_are_found(searcher):
    assert "c" in keys(searcher.search(wq.Term("key", "a"))[0].more_like_this("body", numterms=10))


def test_keywords_are_matched_folded(searcher):
    parser = QueryParser("source", searcher.schema)
    assert keys(searcher.search(parser.parse("REUTERS"), sortedby="key")) == ["a", "c"]
    assert keys(searcher.search(parser.parse('"AL  masdar news"'))) == ["b"]
    assert folded_value("AL  masdar news").encode() in searcher.lexicon("source")
